//! The whole program driven by commands: files that cannot be read, folders that lead into themselves, streams.

use std::io::Write as _;

use glam::DVec3;
use isocenter::app::pane::PaneId;
use isocenter::app::state::LoadState;
use isocenter::app::{Command, Program, readout, scenes};
use isocenter::io::{self, Progress};
use isocenter::model::volume::Value;

use crate::dicom_builder::{CtSeries, RLE};
use crate::driver::*;

/// Five CT slices, the middle one of which claims to be compressed and is not.
fn with_a_broken_slice(folder: &std::path::Path) -> std::path::PathBuf {
    let series = CtSeries::new(5);
    let paths = series.write(folder);
    let broken = series.slice(2).fragments(&[vec![0xff; 70]]).file(RLE);
    let mut file = std::fs::File::create(&paths[2]).unwrap();
    file.write_all(&broken).unwrap();
    paths[2].clone()
}

fn read_out(program: &mut Program, slice: f64) -> Option<Value> {
    let geometry = program.state().shown().unwrap().volume().geometry().unwrap().clone();
    run(
        program,
        Command::SetCrosshair {
            lps: geometry.patient_at(DVec3::new(4.0, 3.0, slice)),
        },
    );
    let at = scenes::point_of(program.state(), PaneId::Axial, program.state().view.crosshair).unwrap();
    readout::readout(program.state(), PaneId::Axial, at).unwrap().value
}

#[test]
fn a_slice_that_cannot_be_read_has_no_value_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let broken = with_a_broken_slice(folder.path());
    let (mut program, _other) = opened();
    run(
        &mut program,
        Command::Open {
            paths: vec![folder.path().to_owned()],
        },
    );
    wait(&mut program);
    let entry = program.state().shown().unwrap();
    assert_eq!(entry.load, LoadState::Loaded);
    assert_eq!(entry.volume().dims()[2], 5);
    let name = broken.file_name().unwrap().to_str().unwrap();
    assert!(
        entry.warnings().any(|doubt| doubt.contains(name)),
        "{:?}",
        entry.warnings().collect::<Vec<_>>()
    );
    assert_eq!(read_out(&mut program, 2.0), None);
    let good = f64::from(CtSeries::stored(4, 3, 3)) - 1024.0;
    assert_eq!(read_out(&mut program, 3.0), Some(Value::Scalar(good)));
}

#[test]
fn links_in_a_circle_end() {
    let folder = tempfile::tempdir().unwrap();
    write_volume(folder.path(), "one.nii");
    #[cfg(unix)]
    for name in ["a", "b", "c"] {
        std::os::unix::fs::symlink(".", folder.path().join(name)).unwrap();
    }
    let opened = io::scan(&[folder.path().to_owned()], &Progress::silent()).unwrap();
    assert_eq!(opened.volumes.len(), 1);
    assert!(opened.skipped.is_empty());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let err = io::scan(std::slice::from_ref(&pipe), &Progress::silent())
        .err()
        .unwrap();
    assert!(
        err.message.contains("pipe") && err.message.contains("regular file"),
        "{}",
        err.message
    );
    // Of several paths it costs only itself.
    let volume = write_volume(folder.path(), "one.nii");
    let opened = io::scan(&[pipe.clone(), volume], &Progress::silent()).unwrap();
    assert_eq!((opened.volumes.len(), opened.skipped.len()), (1, 1));
}

#[test]
fn a_gzip_stream_is_read_once_and_windowed_as_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let plain = std::fs::read(write_volume(folder.path(), "one.nii")).unwrap();
    let packed = folder.path().join("packed.nii.gz");
    let mut packer =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    packer.write_all(&plain).unwrap();
    packer.finish().unwrap();
    let found = io::scan(std::slice::from_ref(&packed), &Progress::silent()).unwrap();
    assert!(found.volumes[0].source.streams());
    let (mut program, _other) = opened();
    run(&mut program, Command::Open { paths: vec![packed] });
    wait(&mut program);
    let [unpacked, packed] = [0, 1].map(|n| program.state().document.entries[n].display.window.unwrap());
    assert_eq!(unpacked, packed);
}
