//! Colour and opacity of the volume view: presets, changes that can be undone, the user's own, files, small pictures.

use std::path::Path;
use std::sync::Arc;

use glam::{DVec2, DVec3};
use isocenter::algo::sample::value_at;
use isocenter::algo::shrink::shrunk;
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, Modifiers, Tool};
use isocenter::app::transfer::Transfer;
use isocenter::app::transfer_presets::transfer_presets;
use isocenter::app::volume_view::VolumeChange;
use isocenter::app::{Command, Home, Program};
use isocenter::model::transfer_function::{Material, TransferFunction, TransferPoint};
use isocenter::model::volume::Value;
use isocenter::scene::{Interpolation, VolumeMode};

use crate::driver::*;

fn transfer(program: &Program) -> Transfer {
    program.state().shown().unwrap().display.transfer.clone().unwrap()
}

fn change(program: &mut Program, change: VolumeChange) {
    run(program, Command::VolumeView(change));
}

fn function(values: [f64; 2]) -> TransferFunction {
    let points = values.map(|value| TransferPoint {
        value,
        opacity: value / 100_000.0,
        color: [200, 100, 50],
    });
    TransferFunction::new(points.to_vec(), Vec::new(), 1.0, Material::default())
}

#[test]
fn a_volume_is_seen_as_material_with_the_first_preset_that_fits() {
    let (program, _folder) = opened();
    let state = program.state();
    assert_eq!(state.view.volume.mode, VolumeMode::Composite);
    let now = transfer(&program);
    // Nothing is known of the modality: the preset follows the data.
    assert_eq!(now.preset.as_deref(), Some("mr-default"));
    let window = state.shown().unwrap().auto_window.unwrap();
    let preset = isocenter::app::transfer_presets::transfer_preset("mr-default").unwrap();
    assert_eq!(*now.function, preset.function(window));
    let [low, high] = now.function.range().unwrap();
    let edges = window.edges();
    assert!(low >= edges[0] && high <= edges[1] + 0.6 * window.width);
}

#[test]
fn changes_in_a_row_are_one_step() {
    let (mut program, _folder) = opened();
    let first = transfer(&program);
    for high in [5000.0, 6000.0, 7000.0] {
        change(&mut program, VolumeChange::Transfer(function([0.0, high])));
    }
    assert_eq!(program.state().history.undo_name(), None, "it is still being changed");
    change(&mut program, VolumeChange::Settle);
    assert_eq!(*transfer(&program).function, function([0.0, 7000.0]));
    assert_eq!(transfer(&program).preset, None);
    change(&mut program, VolumeChange::Preset("mr-angio".to_owned()));
    assert_eq!(transfer(&program).preset.as_deref(), Some("mr-angio"));
    run(&mut program, Command::Undo);
    assert_eq!(*transfer(&program).function, function([0.0, 7000.0]));
    run(&mut program, Command::Undo);
    assert_eq!(transfer(&program), first);
    assert_eq!(program.state().history.undo_name(), None);
    run(&mut program, Command::Redo);
    assert_eq!(*transfer(&program).function, function([0.0, 7000.0]));
    change(&mut program, VolumeChange::ResetTransfer);
    assert_eq!(transfer(&program), first);
}

#[test]
fn escape_takes_back_what_is_being_changed_and_undo_what_was_not_settled() {
    let (mut program, _folder) = opened();
    let first = transfer(&program);
    change(&mut program, VolumeChange::Transfer(function([0.0, 5000.0])));
    run(&mut program, Command::CancelGesture);
    assert_eq!(transfer(&program), first);
    change(&mut program, VolumeChange::Iso(77.0));
    assert_eq!(transfer(&program).iso, 77.0);
    run(&mut program, Command::Undo);
    assert_eq!(transfer(&program), first);
    // What is no number changes nothing.
    change(&mut program, VolumeChange::Iso(f64::NAN));
    change(&mut program, VolumeChange::Preset("no such thing".to_owned()));
    assert_eq!(transfer(&program), first);
}

#[test]
fn the_curve_is_dragged_in_its_pane_as_a_window_is() {
    let (mut program, _folder) = opened();
    let first = transfer(&program);
    let [low, high] = first.function.range().unwrap();
    let ctrl = Modifiers {
        ctrl: true,
        ..Modifiers::default()
    };
    change(&mut program, VolumeChange::Mode(VolumeMode::Composite));
    let from = DVec2::new(200.0, 150.0);
    let span = program.state().shown().unwrap().auto_window.unwrap().width;
    drag(
        &mut program,
        PaneId::Volume,
        Button::Left,
        from,
        from + DVec2::new(0.0, -40.0),
        ctrl,
    );
    let up = transfer(&program).function.range().unwrap();
    assert!((up[0] - low - span / 10.0).abs() < 1e-6 && (up[1] - high - span / 10.0).abs() < 1e-6);
    run(&mut program, Command::Undo);
    assert_eq!(transfer(&program), first);
    // The window tool does the same without a key; to the right is wider about the middle.
    run(
        &mut program,
        Command::SetTool {
            tool: Some(Tool::Window),
        },
    );
    let camera = program.state().view.camera;
    let to = from + DVec2::new(150.0, 0.0);
    drag(
        &mut program,
        PaneId::Volume,
        Button::Left,
        from,
        to,
        Modifiers::default(),
    );
    let wide = transfer(&program).function.range().unwrap();
    assert!((wide[0] + wide[1] - low - high).abs() < 1e-6);
    assert!(((wide[1] - wide[0]) / (high - low) - std::f64::consts::E).abs() < 1e-9);
    assert_eq!(program.state().view.camera, camera);
    // Of a surface the value moves, of a projection its window.
    change(&mut program, VolumeChange::Mode(VolumeMode::Iso));
    let before = transfer(&program);
    drag(
        &mut program,
        PaneId::Volume,
        Button::Left,
        from,
        from + DVec2::new(0.0, 40.0),
        Modifiers::default(),
    );
    assert!((transfer(&program).iso - before.iso + span / 10.0).abs() < 1e-6);
    assert_eq!(transfer(&program).function, before.function);
    change(&mut program, VolumeChange::Mode(VolumeMode::Mip));
    let window = program.state().shown().unwrap().display.projection_window.unwrap();
    drag(
        &mut program,
        PaneId::Volume,
        Button::Left,
        from,
        to,
        Modifiers::default(),
    );
    let wider = program.state().shown().unwrap().display.projection_window.unwrap();
    assert!(wider.width > window.width);
}

fn at_home(home: &Path, path: &Path) -> Program {
    let mut program = laid_out(Program::at_home(Arc::new(|| {}), Home::at(home)));
    open(&mut program, path);
    program
}

#[test]
fn the_user_s_presets_are_there_in_the_next_session() {
    let (home, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = write_volume(folder.path(), "one.nii");
    let mut program = at_home(home.path(), &path);
    change(&mut program, VolumeChange::Transfer(function([1000.0, 9000.0])));
    change(&mut program, VolumeChange::Settle);
    change(&mut program, VolumeChange::SavePreset("  Mine ".to_owned()));
    change(&mut program, VolumeChange::SavePreset("ct-bone".to_owned()));
    change(&mut program, VolumeChange::SavePreset("Two".to_owned()));
    assert_eq!(transfer(&program).preset.as_deref(), Some("Two"));
    change(
        &mut program,
        VolumeChange::RenamePreset {
            from: "Two".to_owned(),
            to: "Second".to_owned(),
        },
    );
    assert_eq!(transfer(&program).preset.as_deref(), Some("Second"));
    change(&mut program, VolumeChange::DeletePreset("Second".to_owned()));
    let saved = transfer(&program);
    program.close();

    let mut program = at_home(home.path(), &path);
    let names: Vec<&String> = program.state().settings.transfer_presets.keys().collect();
    assert_eq!(names, ["Mine"], "a built-in name is not taken");
    change(&mut program, VolumeChange::Preset("Mine".to_owned()));
    let now = transfer(&program);
    // It was kept as shares of the data.
    for (a, b) in now.function.points().iter().zip(saved.function.points()) {
        assert!((a.value - b.value).abs() < 1e-6 && a.opacity == b.opacity && a.color == b.color);
    }
}

#[test]
fn colours_are_written_and_read() {
    let (mut program, folder) = opened();
    let path = folder.path().join("mine.json");
    change(&mut program, VolumeChange::Transfer(function([10.0, 9000.0])));
    run(&mut program, Command::ExportTransfer { path: path.clone() });
    wait(&mut program);
    change(&mut program, VolumeChange::Preset("mr-angio".to_owned()));
    run(&mut program, Command::ImportTransfer { path });
    wait(&mut program);
    assert_eq!(*transfer(&program).function, function([10.0, 9000.0]));
    let path = folder.path().join("nothing.json");
    run(&mut program, Command::ImportTransfer { path });
    wait(&mut program);
    let told = program.state().messages.last().unwrap();
    assert!(told.text.contains("nothing.json"), "{}", told.text);
    assert_eq!(*transfer(&program).function, function([10.0, 9000.0]));
}

#[test]
fn each_preset_has_a_picture_of_the_volume() {
    let (mut program, _folder) = opened();
    let presets: Vec<String> = transfer_presets()
        .iter()
        .filter(|preset| preset.modality == "MR")
        .map(|preset| preset.name.clone())
        .collect();
    assert!(presets.len() > 1);
    let want = Command::WantTransferThumbnails {
        presets: presets.clone(),
    };
    run(&mut program, want);
    wait(&mut program);
    let state = program.state();
    let id = state.shown().unwrap().volume().id;
    let pictures: Vec<_> = presets
        .iter()
        .map(|name| state.transfer_thumbnails.get(id, name).unwrap())
        .collect();
    for (n, picture) in pictures.iter().enumerate() {
        assert!(
            picture.rgba.as_chunks::<4>().0.iter().any(|pixel| pixel[..3] != [0; 3]),
            "{} is black",
            presets[n]
        );
        assert!(n == 0 || picture.rgba != pictures[0].rgba, "{} is no other", presets[n]);
    }
    run(&mut program, Command::CloseAll);
    assert!(program.state().transfer_thumbnails.get(id, &presets[0]).is_none());
}

#[test]
fn a_smaller_volume_has_its_values_where_they_were() {
    let (program, _folder) = opened();
    let volume = program.state().shown().unwrap().volume().clone();
    let small = shrunk(&volume, 0, 10).unwrap();
    assert_eq!(small.dims(), [10, 10, 10]);
    let (fine, coarse) = (volume.geometry().unwrap(), small.geometry().unwrap());
    for voxel in [DVec3::ZERO, DVec3::new(9.0, 4.0, 7.0), DVec3::new(3.0, 8.0, 9.0)] {
        let at = fine.voxel_at(coarse.patient_at(voxel));
        // Values are linear in the voxels.
        let expected = at.x + 20.0 * at.y + 600.0 * at.z;
        let Some(Value::Scalar(value)) = value_at(&small, voxel, 0, Interpolation::Nearest) else {
            panic!("{voxel}")
        };
        assert!((value - expected).abs() < 1.0, "{voxel}: {value}, not {expected}");
    }
}
