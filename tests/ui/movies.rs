//! Movies from the window: by command and by dialog, stopped in the middle, and beside panes that go on.

use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use isocenter::app::Command;
use isocenter::app::movie::MovieStyle;
use isocenter::app::pane::PaneId;
use isocenter::app::state::Level;

use crate::support::{Bench, rest, until, volume, window_on};

fn opened() -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = volume(folder.path(), "one.nii");
    Some((window_on(&path)?, folder))
}

fn save(bench: &mut Bench, pane: PaneId, path: &Path, style: MovieStyle) {
    let ctx = bench.ctx.clone();
    let path = path.to_owned();
    bench
        .state_mut()
        .dispatch(&ctx, [Command::SaveMovie { pane, path, style }]);
}

fn style(frames: usize) -> MovieStyle {
    MovieStyle {
        frames,
        size: Some([48, 32]),
        ..MovieStyle::default()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_movie_is_written_as_the_pane_was_when_it_was_asked_for() {
    let Some((mut bench, folder)) = opened() else {
        return;
    };
    rest(&mut bench);
    let (turn, again) = (folder.path().join("turn.png"), folder.path().join("again.png"));
    save(&mut bench, PaneId::Volume, &turn, style(5));
    // The view turns away at once; the movie does not.
    let ctx = bench.ctx.clone();
    let look = |azimuth_deg| Command::SetCamera {
        azimuth_deg,
        elevation_deg: 15.0,
    };
    bench.state_mut().dispatch(&ctx, [look(77.0)]);
    until(&mut bench, "the movie is written", |state| state.jobs.is_empty());
    // The message takes room from the panes.
    let dismiss = Command::DismissMessage { index: 0 };
    bench.state_mut().dispatch(&ctx, [dismiss, look(25.0)]);
    rest(&mut bench);
    save(&mut bench, PaneId::Volume, &again, style(5));
    until(&mut bench, "the movie is written again", |state| state.jobs.is_empty());
    let bytes = std::fs::read(&turn).unwrap();
    assert!(bytes.windows(4).any(|name| name == b"acTL"), "it is animated");
    assert_eq!(bytes, std::fs::read(&again).unwrap());
    assert!(
        bench
            .state()
            .state()
            .messages
            .iter()
            .all(|said| said.level == Level::Note)
    );

    let slices = folder.path().join("slices-%02d.png");
    save(&mut bench, PaneId::Coronal, &slices, style(4));
    until(&mut bench, "the slices are written", |state| state.jobs.is_empty());
    let written = names(folder.path());
    assert_eq!(written.iter().filter(|name| name.starts_with("slices-0")).count(), 4);
}

#[test]
fn a_movie_that_is_stopped_leaves_nothing() {
    let Some((mut bench, folder)) = opened() else {
        return;
    };
    let before = names(folder.path());
    let large = MovieStyle {
        size: Some([640, 480]),
        ..style(900)
    };
    for name in ["long.webp", "long-%03d.png"] {
        save(&mut bench, PaneId::Volume, &folder.path().join(name), large);
        for _ in 0..20 {
            bench.step();
        }
        assert!(!bench.state().state().jobs.is_empty(), "it is under way");
        assert_ne!(names(folder.path()), before, "something is being written");
        let ctx = bench.ctx.clone();
        bench.state_mut().dispatch(&ctx, [Command::CancelAll]);
        until(&mut bench, "the job has ended", |state| state.jobs.is_empty());
        assert_eq!(names(folder.path()), before, "{name}");
    }
    assert!(
        bench
            .state()
            .state()
            .messages
            .iter()
            .all(|said| said.level != Level::Error)
    );
}

#[test]
fn what_cannot_be_written_is_told() {
    let Some((mut bench, folder)) = opened() else {
        return;
    };
    let wrong = [
        (folder.path().join("nowhere/F.gif"), style(3)),
        (folder.path().join("F.doc"), style(3)),
        (folder.path().join("F.gif"), style(0)),
        (
            folder.path().join("F.png"),
            MovieStyle {
                size: Some([0, 9]),
                ..style(3)
            },
        ),
        (
            folder.path().join("F.mp4"),
            MovieStyle {
                transparent: true,
                ..style(3)
            },
        ),
    ];
    let before = names(folder.path());
    for (n, (path, style)) in wrong.into_iter().enumerate() {
        save(&mut bench, PaneId::Volume, &path, style);
        until(&mut bench, "the reason is told", |state| {
            state.jobs.is_empty() && state.messages.len() == n + 1
        });
        let said = bench.state().state().messages.last().unwrap();
        assert_eq!(said.level, Level::Error, "{}", said.text);
        assert!(said.text.contains(&path.display().to_string()), "{}", said.text);
    }
    assert_eq!(names(folder.path()), before);
}

#[test]
fn the_dialog_says_what_will_be_made() {
    let Some((mut bench, _folder)) = opened() else {
        return;
    };
    bench.get_by_label("3D").click();
    rest(&mut bench);
    bench.get_by_label("Movie…").click();
    rest(&mut bench);
    bench.get_by_label("Save movie…");
    bench.get_by_label("Transparent background");
    bench.get_by_label("Plays again and again");
}
