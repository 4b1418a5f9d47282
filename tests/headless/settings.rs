//! What the program remembers from session to session: kept, merged between windows, and never lost with a damaged file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use isocenter::app::painting::{Over, PaintChange};
use isocenter::app::pane::{Arrangement, Layout, PaneId};
use isocenter::app::settings::{PanelId, Setting, Settings, Theme, WindowPlace, file};
use isocenter::app::{Command, Home, Program};
use isocenter::scene::Interpolation;

use crate::driver::{opened, run, wait, write_volume};

fn at_home(folder: &Path) -> Program {
    Program::at_home(Arc::new(|| {}), Home::at(folder))
}

fn recent_names(program: &Program) -> Vec<String> {
    program
        .state()
        .settings
        .recent
        .iter()
        .map(isocenter::app::recent::Recent::name)
        .collect()
}

#[test]
fn what_was_set_is_there_in_the_next_session() {
    let home = tempfile::tempdir().unwrap();
    let mut program = at_home(home.path());
    assert_eq!(program.state().settings, Settings::default());
    let place = WindowPlace {
        position: Some([12.0, 34.0]),
        size: [1000.0, 700.0],
        is_maximised: false,
    };
    let commands = [
        Command::SetSetting(Setting::Theme(Theme::Light)),
        Command::SetSetting(Setting::Scale(1.5)),
        Command::SetSetting(Setting::Neurological(true)),
        Command::SetSetting(Setting::Crosshair(false)),
        Command::SetSetting(Setting::UpIsBrighter(true)),
        Command::SetSetting(Setting::Interpolation(Interpolation::Nearest)),
        Command::SetLayout {
            layout: Arrangement::OneAndThree,
        },
        Command::TogglePanel {
            panel: PanelId::Display,
        },
        Command::ResizePanel {
            panel: PanelId::Browser,
            size: 301.0,
        },
        Command::Paint(PaintChange::Radius(7.5)),
        Command::Paint(PaintChange::Ball(true)),
        Command::Paint(PaintChange::Over(Over::Background)),
        Command::PlaceWindow(place),
    ];
    for command in commands {
        run(&mut program, command);
    }
    let before = program.state().settings.clone();
    drop(program);

    let program = at_home(home.path());
    let state = program.state();
    assert!(state.messages.is_empty());
    assert_eq!(state.settings, before);
    assert!(state.view.is_neurological && !state.view.crosshair_visible);
    assert_eq!(state.view.layout, Layout::OneAndThree(PaneId::Axial));
    assert!(state.painting.is_ball && state.painting.over == Over::Background);
    assert_eq!(state.painting.radius_mm, 7.5);
    assert!(!state.settings.is_open(PanelId::Display) && state.settings.is_open(PanelId::Browser));
    assert_eq!(state.settings.size(PanelId::Browser), Some(301.0));
    assert_eq!(Program::window_place(&Home::at(home.path())), Some(place));
}

#[test]
fn settings_are_written_a_moment_after_they_changed() {
    let home = tempfile::tempdir().unwrap();
    let mut program = at_home(home.path());
    run(&mut program, Command::SetSetting(Setting::Theme(Theme::Light)));
    let began = Instant::now();
    while file::peek(&Home::at(home.path()).settings_file()).theme != Theme::Light {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing was written");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn numbers_out_of_range_are_put_right() {
    let home = tempfile::tempdir().unwrap();
    let path = Home::at(home.path()).settings_file();
    std::fs::write(
        &path,
        r#"{"scale": 400, "window": {"position": null, "size": [1, 1e9]}, "panels": {"browser": {"size": -5}},
            "painting": {"radius_mm": 1e12}}"#,
    )
    .unwrap();
    let program = at_home(home.path());
    let settings = &program.state().settings;
    assert_eq!((settings.scale, settings.window), (2.5, None));
    assert_eq!(settings.size(PanelId::Browser), None);
    assert!(program.state().painting.radius_mm <= 1000.0);
    assert!(program.state().messages.is_empty());
}

#[test]
fn a_damaged_file_is_kept_under_another_name() {
    for damage in ["{\"theme\": ", "[1, 2]", "{\"theme\": 7}", "", "\u{0}\u{1}"] {
        let home = tempfile::tempdir().unwrap();
        let path = Home::at(home.path()).settings_file();
        std::fs::write(&path, damage).unwrap();
        std::fs::write(path.with_file_name("settings-damaged.json"), "from before").unwrap();
        let mut program = at_home(home.path());
        assert_eq!(program.state().settings, Settings::default());
        let text = &program.state().messages[0].text;
        let kept = path.with_file_name("settings-damaged-2.json");
        assert!(text.contains(&kept.display().to_string()), "{text}");
        assert_eq!(std::fs::read_to_string(&kept).unwrap(), damage);
        run(&mut program, Command::SetSetting(Setting::Theme(Theme::System)));
        drop(program);
        assert_eq!(file::peek(&path).theme, Theme::System);
        let before = path.with_file_name("settings-damaged.json");
        assert_eq!(std::fs::read_to_string(before).unwrap(), "from before");
    }
}

#[test]
fn a_file_of_a_newer_program_is_kept_and_fields_that_are_not_known_stay() {
    let home = tempfile::tempdir().unwrap();
    let path = Home::at(home.path()).settings_file();
    let newer = r#"{"version": 99, "theme": {"name": "dusk"}}"#;
    std::fs::write(&path, newer).unwrap();
    let program = at_home(home.path());
    assert!(program.state().messages[0].text.contains("settings-newer.json"));
    let kept = path.with_file_name("settings-newer.json");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), newer);
    drop(program);

    std::fs::write(&path, r#"{"version": 1, "theme": "light", "whistle": {"loud": true}}"#).unwrap();
    let mut program = at_home(home.path());
    run(&mut program, Command::SetSetting(Setting::Crosshair(false)));
    drop(program);
    let written: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(written["whistle"]["loud"], true);
    assert_eq!(
        (&written["theme"], &written["crosshair"]),
        (&"light".into(), &false.into())
    );
}

#[test]
fn two_windows_do_not_undo_each_other() {
    let home = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let [a, b] = ["a.nii", "b.nii"].map(|name| write_volume(data.path(), name));
    let mut first = at_home(home.path());
    let mut second = at_home(home.path());
    run(&mut first, Command::SetSetting(Setting::Theme(Theme::Light)));
    run(&mut first, Command::Open { paths: vec![a] });
    wait(&mut first);
    drop(first);
    run(&mut second, Command::SetSetting(Setting::Scale(1.25)));
    run(&mut second, Command::Open { paths: vec![b] });
    wait(&mut second);
    drop(second);
    let third = at_home(home.path());
    let settings = &third.state().settings;
    assert_eq!((settings.theme, settings.scale), (Theme::Light, 1.25));
    let mut names = recent_names(&third);
    names.sort();
    assert_eq!(names, ["a.nii", "b.nii"]);
}

#[test]
fn what_was_opened_is_remembered_and_can_be_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let [a, b] = ["a.nii", "b.nii"].map(|name| write_volume(data.path(), name));
    let mut program = at_home(home.path());
    let nothing = data.path().join("nothing.nii");
    for path in [&a, &b, &a, &nothing] {
        run(
            &mut program,
            Command::Open {
                paths: vec![path.clone()],
            },
        );
        wait(&mut program);
    }
    run(&mut program, Command::OpenDemo);
    run(&mut program, Command::CancelAll);
    assert_eq!(
        recent_names(&program),
        ["a.nii", "b.nii"],
        "what cannot be opened is not among them"
    );
    assert_eq!(program.state().settings.recent[0].folder(), Some(data.path()));
    drop(program);

    std::fs::remove_file(&b).unwrap();
    let mut program = at_home(home.path());
    let began = Instant::now();
    while program.state().missing.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "nobody looked");
        assert!(program.poll().1.is_empty());
        std::thread::sleep(Duration::from_millis(5));
    }
    let missing: Vec<&Vec<PathBuf>> = program.state().missing.iter().collect();
    assert_eq!(missing, [&vec![b.clone()]]);
    run(&mut program, Command::ForgetRecent { paths: vec![b] });
    assert_eq!(recent_names(&program), ["a.nii"]);
    drop(program);
    let mut program = at_home(home.path());
    assert_eq!(recent_names(&program), ["a.nii"]);
    run(&mut program, Command::ForgetAllRecent);
    drop(program);
    assert!(recent_names(&at_home(home.path())).is_empty());
}

#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_written_to_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    std::fs::write(&home, "a file where the folder should be").unwrap();
    let mut program = at_home(&home);
    let told = |program: &Program| program.state().messages.len();
    let began = Instant::now();
    for theme in [Theme::Light, Theme::System] {
        run(&mut program, Command::SetSetting(Setting::Theme(theme)));
        while began.elapsed() < Duration::from_secs(2) || told(&program) == 0 {
            assert!(program.poll().1.is_empty());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    let messages = &program.state().messages;
    assert!(messages.iter().any(|message| message.text.contains("settings.json")));
    assert!(messages.len() <= 2, "{messages:?}");
}

#[test]
fn layouts_follow_what_is_shown_and_what_was_chosen() {
    let (mut program, _folder) = opened();
    let layout = |program: &Program| program.state().view.layout;
    assert_eq!(layout(&program), Layout::Quad);
    run(&mut program, Command::Focus { pane: PaneId::Coronal });
    let one_and_three = Command::SetLayout {
        layout: Arrangement::OneAndThree,
    };
    run(&mut program, one_and_three.clone());
    assert_eq!(layout(&program), Layout::OneAndThree(PaneId::Coronal));
    assert_eq!(
        layout(&program).panes(),
        [PaneId::Coronal, PaneId::Axial, PaneId::Sagittal, PaneId::Volume]
    );
    // A click in a small pane leaves everything where it is; Tab and choosing the layout again do not.
    run(&mut program, Command::Focus { pane: PaneId::Axial });
    assert_eq!(layout(&program), Layout::OneAndThree(PaneId::Coronal));
    run(&mut program, one_and_three);
    assert_eq!(layout(&program), Layout::OneAndThree(PaneId::Axial));
    run(&mut program, Command::FocusNext);
    assert_eq!(layout(&program), Layout::OneAndThree(PaneId::Coronal));
    // One alone and back.
    run(&mut program, Command::ToggleMaximised { pane: PaneId::Volume });
    assert_eq!(layout(&program), Layout::Single(PaneId::Volume));
    run(&mut program, Command::ToggleMaximised { pane: PaneId::Volume });
    assert_eq!(layout(&program), Layout::OneAndThree(PaneId::Coronal));
    run(
        &mut program,
        Command::SetLayout {
            layout: Arrangement::Single,
        },
    );
    assert_eq!(layout(&program), Layout::Single(PaneId::Volume));
    run(&mut program, Command::CloseAll);
    run(
        &mut program,
        Command::SetLayout {
            layout: Arrangement::Quad,
        },
    );
    assert_eq!(layout(&program), Layout::Quad);
}

#[test]
fn dragging_upwards_makes_brighter_if_that_is_wanted() {
    use glam::DVec2;
    use isocenter::app::tool::{Button, Modifiers};
    let (mut program, _folder) = opened();
    let center = |program: &Program| program.state().shown().unwrap().display.window.unwrap().center;
    let up = |program: &mut Program| {
        let before = center(program);
        let (from, to) = (DVec2::new(100.0, 100.0), DVec2::new(100.0, 60.0));
        let control = Modifiers {
            ctrl: true,
            ..Modifiers::default()
        };
        crate::driver::drag(program, PaneId::Axial, Button::Left, from, to, control);
        center(program) - before
    };
    assert!(up(&mut program) > 0.0, "a higher centre is darker");
    run(&mut program, Command::SetSetting(Setting::UpIsBrighter(true)));
    assert!(up(&mut program) < 0.0);
}
