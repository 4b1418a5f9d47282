//! A program that is killed at any moment while it paints and saves: nothing older than a second is lost.

use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;
use std::time::Duration;

use glam::DVec2;
use isocenter::app::painting::PaintChange;
use isocenter::app::pane::PaneId;
use isocenter::app::tool::{Button, PointerAction, PointerEvent, Tool};
use isocenter::app::{Command, Program};
use isocenter::io::home::Home;

use crate::driver::*;
use crate::painting_safe::{NONE, at, labels};

/// Lines of a script that paints strokes and saves now and then; the n-th stroke is a dot at its own place.
fn script(folder: &Path, image: &Path, seg: &Path) -> PathBuf {
    let mut commands = Vec::new();
    for pane in PaneId::QUAD {
        let size = at(400.0, 300.0);
        commands.push(Command::ResizePane { pane, size });
    }
    commands.push(Command::Open {
        paths: vec![image.to_owned()],
    });
    commands.push(Command::SetTool {
        tool: Some(Tool::Brush),
    });
    commands.push(Command::Paint(PaintChange::Radius(1.6)));
    for n in 0..STROKES {
        let point = place(n);
        for action in [PointerAction::Press(Button::Left), PointerAction::Release] {
            commands.push(Command::Pointer(PointerEvent {
                pane: PaneId::Axial,
                action,
                at: point,
                modifiers: NONE,
            }));
        }
        // A sign that the stroke is over and that the script goes on.
        let path = sign(folder, n);
        commands.push(Command::SaveMeasurements { path });
        if n % 9 == 8 {
            let path = Some(seg.to_owned());
            commands.push(Command::SaveSegmentation { index: None, path });
        }
    }
    let path = folder.join("script.jsonl");
    let lines: Vec<String> = commands
        .iter()
        .map(|command| serde_json::to_string(command).unwrap())
        .collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

const STROKES: usize = 60;

/// The file that says that the n-th stroke was over.
fn sign(folder: &Path, n: usize) -> PathBuf {
    folder.join(format!("{n}.csv"))
}

pub fn place(n: usize) -> DVec2 {
    at(170.0 + 6.0 * (n % 10) as f64, 110.0 + 12.0 * (n / 10) as f64)
}

/// How many strokes each state of the label map has had, by painting them one after the other.
fn states(image: &Path) -> Vec<Vec<u16>> {
    let mut program = program_on(image);
    run(
        &mut program,
        Command::SetTool {
            tool: Some(Tool::Brush),
        },
    );
    run(&mut program, Command::Paint(PaintChange::Radius(1.6)));
    let mut states = Vec::new();
    for n in 0..STROKES {
        drag(&mut program, PaneId::Axial, Button::Left, place(n), place(n), NONE);
        wait(&mut program);
        states.push(labels(&program));
    }
    states
}

/// The program as it paints and saves by itself.
fn painter(home: &Path, image: &Path, seg: &Path) -> Child {
    Process::new(env!("CARGO_BIN_EXE_isocenter"))
        .arg("run")
        .arg(script(home, image, seg))
        .arg("-q")
        .env("ISOCENTER_HOME", home.join("home"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_program_that_is_killed_at_any_moment_loses_nothing_older_than_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let image = write_volume(folder.path(), "one.nii");
    let states = states(&image);
    let mut dice = 0x2026_1126_u64;
    let (mut came_back, mut broke_off, mut whole_files, mut all_over) = (0, 0, 0, 0);
    for round in 0..200 {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let home = tempfile::tempdir().unwrap();
        let seg = home.path().join("seg.nii.gz");
        let mut child = painter(home.path(), &image, &seg);
        // At some stroke, or before the first, and a moment after it: however fast the machine is today.
        let stroke = ((dice >> 33) % (STROKES as u64 + 3)).checked_sub(3);
        let moment = Duration::from_micros((dice >> 40) % 40_000);
        let has_come = || stroke.is_none_or(|n| sign(home.path(), n as usize).exists());
        while !has_come() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(moment);
        let has_ended = child.try_wait().unwrap().is_some();
        child.kill().ok();
        child.wait().unwrap();
        broke_off += usize::from(!has_ended);
        // The file is whole or not there: never half a one.
        let saved = seg.exists().then(|| {
            let mut program = program_on(&image);
            open(&mut program, &seg);
            whole_files += 1;
            labels(&program)
        });
        let saved = saved.map(|saved| {
            let strokes = states.iter().rposition(|state| *state == saved);
            strokes.expect("a saved state that was never painted") + 1
        });
        let mut next = Program::at_home(Arc::new(|| {}), Home::at(home.path().join("home")));
        wait(&mut next);
        let kept = (!next.state().left_work.is_empty()).then(|| {
            run(&mut next, Command::RecoverWork { index: 0 });
            wait(&mut next);
            came_back += 1;
            let labels = labels(&next);
            let strokes = states.iter().rposition(|state| *state == labels);
            strokes.expect("a state that was never painted") + 1
        });
        // Of what was over when the program was killed nothing is lost.
        let over = (0..STROKES).take_while(|n| sign(home.path(), *n).exists()).count();
        let there = kept.max(saved).unwrap_or(0);
        all_over += over;
        assert!(
            there >= over,
            "round {round}: {over} strokes were over, {there} are there"
        );
        // And what is kept is never behind what was saved.
        if let (Some(saved), Some(kept)) = (saved, kept) {
            assert!(kept >= saved, "round {round}: {kept} strokes kept, {saved} saved");
        }
        if has_ended {
            let last = kept.or(saved);
            assert_eq!(last, Some(STROKES), "round {round}");
        }
    }
    assert!(
        broke_off > 100 && came_back > 50 && all_over > 1000,
        "{broke_off} broken off, {came_back} back, {whole_files} files, {all_over} strokes over"
    );
}
