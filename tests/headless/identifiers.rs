//! What is left of a patient when identifiers are hidden.

use std::sync::Arc;

use isocenter::app::{Command, Program, identifiers};

use super::driver;

#[test]
fn a_file_named_after_its_patient_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = driver::write_volume(folder.path(), "Doe_Jane.nii");
    let mut program = Program::new(Arc::new(|| {}));
    driver::run(
        &mut program,
        Command::Open {
            paths: vec![path.clone()],
        },
    );
    driver::wait(&mut program);
    let shown = |program: &Program| {
        let state = program.state();
        let entry = state.shown().unwrap();
        [
            identifiers::series(state, entry),
            identifiers::file(state, &path),
            identifiers::path(state, &path),
            identifiers::text(state, &format!("cannot read {}: it is short", path.display())),
            identifiers::text(state, "Loading Doe_Jane"),
            identifiers::patient(state, &entry.volume().series.patient),
        ]
    };
    assert!(shown(&program).iter().take(5).all(|text| text.contains("Doe_Jane")));
    driver::run(&mut program, Command::ToggleIdentifiers);
    let hidden = shown(&program);
    assert!(
        hidden
            .iter()
            .all(|text| !text.contains("Doe") && !text.contains("Jane")),
        "{hidden:?}"
    );
    assert_eq!(hidden[3], "cannot read …: it is short");
    assert_eq!(hidden[5], "Patient 1");
}
