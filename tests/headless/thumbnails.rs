//! Small pictures of volumes: what is seen on them, and when they are made.

use std::path::Path;
use std::sync::Arc;

use isocenter::app::thumbnail::{self, SIDE, Thumbnail};
use isocenter::app::{Command, Program};
use isocenter::io::{self, OpenVolume, Progress};
use isocenter::model::volume::VolumeId;

use super::driver;
use super::nifti_file::{lps_grid, write_i16};

fn scan(path: &Path) -> OpenVolume {
    let cancelled = std::sync::atomic::AtomicBool::new(false);
    let opened = io::scan(&[path.to_owned()], &Progress::new(&cancelled, &|_| {}))
        .unwrap_or_else(|err| panic!("{}", err.message));
    opened.volumes.into_iter().next().unwrap()
}

fn grey(thumbnail: &Thumbnail, x: u32, y: u32) -> u8 {
    let at = 4 * (y * thumbnail.size[0] + x) as usize;
    assert_eq!(thumbnail.rgba[at], thumbnail.rgba[at + 1]);
    thumbnail.rgba[at]
}

#[test]
fn the_middle_slice_is_seen_as_in_a_pane_and_at_its_aspect() {
    let folder = tempfile::tempdir().unwrap();
    let dims = [40, 20, 9];
    // Bright at the patient's right front of the middle slice, dark elsewhere.
    let path = write_i16(
        folder.path(),
        "corner.nii",
        dims,
        lps_grid([1.0, 3.0, 5.0], [0.0, 0.0, 0.0]),
        |i, j, k| if k == 4 && i < 20 && j < 10 { 1000 } else { 0 },
    );
    let open = scan(&path);
    let made = thumbnail::make(&open).expect("it can be read");
    // 40 mm wide and 60 mm high.
    assert_eq!(made.size, [64, SIDE]);
    assert_eq!(made.rgba.len(), 4 * 64 * SIDE as usize);
    assert_eq!(
        [
            grey(&made, 5, 5),
            grey(&made, 58, 5),
            grey(&made, 5, 90),
            grey(&made, 58, 90)
        ],
        [255, 0, 0, 0]
    );
    assert_eq!(open.volume.voxels.revision(), 0, "nothing that was read stays");
}

#[test]
fn an_empty_middle_gives_way_to_a_slice_with_something_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0; 3], [0.0; 3]);
    let path = write_i16(folder.path(), "late.nii", [16, 16, 32], grid, |i, _, k| {
        if k >= 19 && i > 7 { 100 } else { 0 }
    });
    let made = thumbnail::make(&scan(&path)).expect("it can be read");
    assert_eq!((grey(&made, 10, 50), grey(&made, 90, 50)), (0, 255));
}

#[test]
fn what_cannot_be_read_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let grid = lps_grid([1.0; 3], [0.0; 3]);
    let path = write_i16(folder.path(), "gone.nii", [16, 16, 8], grid, |_, _, _| 1);
    let open = scan(&path);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(thumbnail::make(&open), None);
}

fn two_volumes() -> (Program, Vec<VolumeId>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one.nii", "two.nii"] {
        driver::write_volume(folder.path(), name);
    }
    let mut program = Program::new(Arc::new(|| {}));
    driver::run(
        &mut program,
        Command::Open {
            paths: vec![folder.path().to_owned()],
        },
    );
    driver::wait(&mut program);
    let ids = program
        .state()
        .document
        .entries
        .iter()
        .map(|entry| entry.volume().id)
        .collect();
    (program, ids, folder)
}

#[test]
fn they_are_made_when_they_are_seen() {
    let (mut program, ids, _folder) = two_volumes();
    assert!(ids.iter().all(|id| !program.state().thumbnails.is_settled(*id)));
    driver::run(
        &mut program,
        Command::WantThumbnails {
            volumes: ids[1..].to_vec(),
        },
    );
    driver::wait(&mut program);
    assert!(program.state().thumbnails.get(ids[0]).is_none());
    let first = Arc::clone(program.state().thumbnails.get(ids[1]).expect("it was made"));
    driver::run(&mut program, Command::WantThumbnails { volumes: ids.clone() });
    driver::wait(&mut program);
    assert!(program.state().thumbnails.get(ids[0]).is_some());
    assert!(
        Arc::ptr_eq(&first, program.state().thumbnails.get(ids[1]).unwrap()),
        "once is enough"
    );
}

#[test]
fn closing_takes_them_away_and_shows_the_next() {
    let (mut program, ids, _folder) = two_volumes();
    driver::run(&mut program, Command::WantThumbnails { volumes: ids.clone() });
    driver::wait(&mut program);
    let index = program
        .state()
        .document
        .entries
        .iter()
        .position(|entry| Some(entry.volume().id) == program.state().view.shown);
    driver::run(&mut program, Command::Close { index: index.unwrap() });
    driver::wait(&mut program);
    let state = program.state();
    assert_eq!(state.document.entries.len(), 1);
    let left = state.document.entries[0].volume().id;
    assert_eq!(state.view.shown, Some(left));
    assert!(ids.iter().all(|id| state.thumbnails.is_settled(*id) == (*id == left)));

    // What was begun before everything was closed is dropped.
    let (mut program, ids, _folder) = two_volumes();
    driver::run(&mut program, Command::WantThumbnails { volumes: ids.clone() });
    driver::run(&mut program, Command::CloseAll);
    driver::wait(&mut program);
    assert!(ids.iter().all(|id| !program.state().thumbnails.is_settled(*id)));
}
