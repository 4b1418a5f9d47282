//! The whole program driven by commands, without a window: opening, and commands as text.

use glam::{DVec2, DVec3};
use isocenter::app::Command;
use isocenter::app::pane::{Layout, PaneId};
use isocenter::app::state::{Level, LoadState};
use isocenter::app::tool::{Button, Modifiers, PointerAction, PointerEvent};
use isocenter::scene::SlabMode;

use crate::driver::*;

#[test]
fn a_second_open_while_one_runs_works_and_a_bad_path_is_one_sentence() {
    let (mut program, folder) = opened();
    let first = program.state().view.shown;
    let second = write_volume(folder.path(), "two.nii");
    run(&mut program, Command::Open { paths: vec![second] });
    run(
        &mut program,
        Command::Open {
            paths: vec![folder.path().join("nowhere")],
        },
    );
    wait(&mut program);
    let state = program.state();
    assert_eq!(state.document.entries.len(), 2);
    assert_ne!(state.view.shown, first);
    let errors: Vec<_> = state
        .messages
        .iter()
        .filter(|said| said.level == Level::Error)
        .collect();
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].text.contains("nowhere") && !errors[0].text.contains('\n'),
        "{}",
        errors[0].text
    );
    run(&mut program, Command::StepSeries { steps: -1 });
    assert_eq!(program.state().view.shown, first);
    run(&mut program, Command::CloseAll);
    assert!(program.state().document.entries.is_empty());
    assert!(program.state().shown().is_none() && program.state().view.layout == Layout::Quad);
}

#[test]
fn going_to_and_fro_between_series_loads_what_is_shown() {
    let (mut program, folder) = opened();
    let paths = ["a.nii", "b.nii", "c.nii"].map(|name| write_volume(folder.path(), name));
    run(&mut program, Command::Open { paths: paths.to_vec() });
    wait(&mut program);
    for index in [1, 2, 3, 2, 1, 3, 1] {
        run(&mut program, Command::Show { index });
    }
    wait(&mut program);
    let entry = program.state().shown().unwrap();
    assert_eq!(entry.volume().id, program.state().document.entries[1].volume().id);
    assert_eq!(entry.load, LoadState::Loaded);
    assert!(entry.volume().voxels.is_complete());
    // A load that was stopped before anything was known leaves no window behind that nobody chose.
    for index in 0..4 {
        run(&mut program, Command::Show { index });
        wait(&mut program);
        let window = program.state().shown().unwrap().display.window.unwrap();
        assert!(window.width > 10_000.0, "{window:?}");
    }
}

#[test]
fn commands_survive_being_written_down() {
    let commands = [
        Command::Open {
            paths: vec!["a folder".into()],
        },
        Command::AutoWindow,
        Command::SetCrosshair {
            lps: DVec3::new(0.1, -2.0, 3e5),
        },
        Command::Hover {
            at: Some((PaneId::Volume, DVec2::ONE)),
        },
        Command::Pointer(PointerEvent {
            pane: PaneId::Axial,
            action: PointerAction::Press(Button::Left),
            at: DVec2::ZERO,
            modifiers: Modifiers::default(),
        }),
    ];
    for command in commands {
        let line = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&line).unwrap(), command, "{line}");
    }
    let by_hand = r#"{"save_picture":{"pane":"axial","path":"a.png"}}"#;
    assert!(matches!(
        serde_json::from_str(by_hand),
        Ok(Command::SavePicture { size: None, .. })
    ));
    assert!(serde_json::from_str::<Command>(r#"{"no_such":{}}"#).is_err());
}

#[test]
fn hostile_numbers_change_nothing() {
    let (mut program, _folder) = opened();
    let before = program.state().view.crosshair;
    for bad in [f64::NAN, f64::INFINITY, -1e300] {
        run(&mut program, Command::SetCrosshair { lps: DVec3::splat(bad) });
        run(
            &mut program,
            Command::Zoom {
                pane: PaneId::Axial,
                at: DVec2::ZERO,
                factor: bad,
            },
        );
        run(
            &mut program,
            Command::SetWindow {
                center: bad,
                width: bad,
            },
        );
        run(
            &mut program,
            Command::RotateLines {
                pane: PaneId::Axial,
                degrees: bad,
            },
        );
        run(
            &mut program,
            Command::SetSlab {
                pane: PaneId::Axial,
                thickness_mm: bad,
                mode: SlabMode::Mean,
            },
        );
        pointer(
            &mut program,
            PaneId::Axial,
            PointerAction::Press(Button::Left),
            DVec2::splat(bad),
            Modifiers::default(),
        );
    }
    run(&mut program, Command::Show { index: 99 });
    run(&mut program, Command::SetFrame { frame: 99 });
    run(
        &mut program,
        Command::Scroll {
            pane: PaneId::Volume,
            steps: 1,
        },
    );
    let state = program.state();
    assert!(state.view.crosshair.is_finite() && state.view.zoom.is_finite());
    assert!(state.shown().unwrap().display.window.unwrap().width.is_finite());
    assert!(
        state
            .shown()
            .unwrap()
            .volume()
            .geometry()
            .unwrap()
            .contains(voxel_of_crosshair(&program)),
        "{before}"
    );
}
