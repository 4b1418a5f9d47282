//! Pictures of panes: how large they become, and what is written on them.

use isocenter::app::annotations::{annotate, beside};
use isocenter::app::command::PictureStyle;
use isocenter::app::pane::PaneId;
use isocenter::app::{Command, Effect, scenes};

use crate::driver::*;

#[test]
fn sizes_follow_the_scale_and_have_a_limit() {
    let (program, _folder) = opened();
    let state = program.state();
    let [width, height] = scenes::picture_size(state, PaneId::Axial, 1.0);
    let twice = scenes::picture_size(state, PaneId::Axial, 2.0);
    assert_eq!(twice, [2 * width, 2 * height]);
    for scale in [1e9, f64::NAN, -1.0, 0.0] {
        let [width, height] = scenes::picture_size(state, PaneId::Axial, scale);
        assert!((1..=8192).contains(&width) && (1..=8192).contains(&height), "{scale}");
    }
}

#[test]
fn annotations_change_the_picture_and_hidden_names_change_them() {
    let (mut program, _folder) = opened();
    let size = [400, 400];
    let drawn = |program: &isocenter::app::Program| {
        let scene = scenes::picture(program.state(), PaneId::Axial, size).expect("a picture");
        let mut pixels = vec![0u8; 400 * 400 * 4];
        let beside = beside(program.state(), PaneId::Axial, size);
        annotate(&mut pixels, &scene, &beside).expect("the font is there");
        pixels
    };
    let plain = drawn(&program);
    assert!(plain.iter().any(|part| *part > 200), "something is written");
    run(&mut program, Command::ToggleIdentifiers);
    let hidden = drawn(&program);
    assert_ne!(plain, hidden, "what identifies is not written");
    let middle = program.state().view.crosshair;
    let ends = [middle, middle + glam::DVec3::X * 5.0];
    run(
        &mut program,
        Command::AddLength {
            points: ends,
            name: None,
        },
    );
    assert_ne!(drawn(&program), hidden, "the measurement is drawn");
}

#[test]
fn a_picture_is_copied_as_it_was_asked_for() {
    let (mut program, _folder) = opened();
    let style = PictureStyle {
        scale: 2.0,
        annotated: true,
    };
    let command = Command::CopyPicture {
        pane: PaneId::Axial,
        style,
    };
    let effects = program.dispatch(command);
    assert!(matches!(&effects[..], [Effect::CopyPicture { pane: PaneId::Axial, style: asked }] if *asked == style));
    // Scripts of before know nothing of styles.
    let old: Command = serde_json::from_str(r#"{"save_picture":{"pane":"axial","path":"a.png"}}"#).expect("a command");
    let Command::SavePicture { style, .. } = old else {
        panic!("another command");
    };
    assert_eq!(style, PictureStyle::default());
}
