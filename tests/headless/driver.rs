//! A program with one small volume, driven by commands.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use glam::{DVec2, DVec3};
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, Modifiers, PointerAction, PointerEvent};
use isocenter::app::{Command, Program};

use crate::nifti_file::{lps_grid, write_i16};

pub const DIMS: [usize; 3] = [20, 30, 40];
pub const SPACING: [f64; 3] = [1.0, 0.75, 2.5];
pub const ORIGIN: [f64; 3] = [-10.0, 5.0, 100.0];

/// A program with one volume whose value is 10000·i/… told apart by every voxel: i + 20·j + 600·k.
pub fn opened() -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = write_volume(folder.path(), "one.nii");
    (program_on(&path), folder)
}

/// A program without anything, its panes laid out.
pub fn empty_program() -> Program {
    laid_out(Program::new(Arc::new(|| {})))
}

/// A program with panes of 400 × 300 points.
pub fn laid_out(mut program: Program) -> Program {
    for pane in PaneId::QUAD.into_iter().chain([PaneId::Stack]) {
        run(
            &mut program,
            Command::ResizePane {
                pane,
                size: DVec2::new(400.0, 300.0),
            },
        );
    }
    program
}

/// A program that has opened a file or a folder.
pub fn program_on(path: &Path) -> Program {
    let mut program = empty_program();
    open(&mut program, path);
    program
}

pub fn open(program: &mut Program, path: &Path) {
    run(
        program,
        Command::Open {
            paths: vec![path.to_owned()],
        },
    );
    wait(program);
}

pub fn write_volume(folder: &Path, name: &str) -> std::path::PathBuf {
    let grid = lps_grid(SPACING.map(|mm| mm as f32), ORIGIN.map(|mm| mm as f32));
    write_i16(folder, name, DIMS, grid, |i, j, k| (i + 20 * j + 600 * k) as i16)
}

/// Carries a command out that has no effects for a window.
pub fn run(program: &mut Program, command: Command) {
    assert!(program.dispatch(command).is_empty());
}

/// The names of all steps, the oldest first.
pub fn step_names(program: &Program) -> Vec<String> {
    let history = &program.state().history;
    let names = (0..history.len()).filter_map(|n| history.name(n));
    names.map(str::to_owned).collect()
}

pub fn wait(program: &mut Program) {
    let (has_ended, effects) = program.wait(Duration::from_secs(60));
    assert!(has_ended && effects.is_empty());
}

pub fn pointer(program: &mut Program, pane: PaneId, action: PointerAction, at: DVec2, modifiers: Modifiers) {
    run(
        program,
        Command::Pointer(PointerEvent {
            pane,
            action,
            at,
            modifiers,
        }),
    );
}

pub fn drag(program: &mut Program, pane: PaneId, button: Button, from: DVec2, to: DVec2, modifiers: Modifiers) {
    pointer(program, pane, PointerAction::Press(button), from, modifiers);
    pointer(program, pane, PointerAction::Move, (from + to) / 2.0, modifiers);
    pointer(program, pane, PointerAction::Move, to, modifiers);
    pointer(program, pane, PointerAction::Release, to, modifiers);
}

pub fn voxel_of_crosshair(program: &Program) -> DVec3 {
    let state = program.state();
    state
        .shown()
        .unwrap()
        .volume()
        .geometry()
        .unwrap()
        .voxel_at(state.view.crosshair)
}

pub fn near(a: DVec3, b: DVec3) -> bool {
    (a - b).abs().max_element() < 1e-4
}
