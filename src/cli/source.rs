//! Opening paths for a subcommand, and choosing one volume of what was found.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::output::{Bar, complain};
use super::{Failure, Outcome};
use crate::io::load::LoadReport;
use crate::io::{self, OpenVolume, Opened, Progress};
use crate::model::volume::VolumeKind;
use crate::say;

/// Runs a reading job with a progress bar.
fn with_progress<T>(quiet: bool, job: impl FnOnce(&Progress<'_>) -> T) -> T {
    static NEVER: AtomicBool = AtomicBool::new(false);
    let bar = Bar::new(quiet);
    let tell = |event| bar.tell(&event);
    job(&Progress::new(&NEVER, &tell))
}

/// Reads the headers of everything below some paths.
pub(super) fn scan(paths: &[PathBuf], quiet: bool) -> Result<Opened, Failure> {
    Ok(with_progress(quiet, |progress| io::scan(paths, progress))?)
}

/// One volume of a path: the n-th, the one of a series UID, or the largest image, and then stderr says so.
pub(super) fn open_one(path: &Path, series: Option<&str>, quiet: bool) -> Result<OpenVolume, Failure> {
    let opened = scan(&[path.to_owned()], quiet)?;
    let count = opened.volumes.len();
    let largest = |volumes: Vec<OpenVolume>| {
        volumes.into_iter().rev().max_by_key(|open| {
            (
                open.volume.series.kind == VolumeKind::Image,
                open.volume.dims().iter().product::<usize>() * open.volume.voxels.frames(),
            )
        })
    };
    let Some(series) = series else {
        let chosen = largest(opened.volumes).ok_or_else(|| Failure(say!("cli-no-volume")))?;
        if count > 1 && !quiet {
            complain(&say!(
                "cli-took-largest",
                count = count,
                name = chosen.volume.series.description.clone()
            ));
        }
        return Ok(chosen);
    };
    let missing = || Failure(say!("cli-no-such-series", series = series.to_owned(), count = count));
    if let Ok(index) = series.parse::<usize>()
        && index < count
    {
        return opened.volumes.into_iter().nth(index).ok_or_else(missing);
    }
    largest(
        opened
            .volumes
            .into_iter()
            .filter(|open| open.volume.series.series_uid == series)
            .collect(),
    )
    .ok_or_else(missing)
}

/// Decodes some slabs and says on stderr what was wrong with them. Fails if not one of them could be read.
pub(super) fn load_slabs(open: &OpenVolume, slabs: &BTreeSet<usize>, quiet: bool) -> Outcome {
    let report = with_progress(quiet, |progress| io::load_slabs(open, slabs, progress));
    judge(&report, slabs.len(), quiet)
}

/// Decodes everything.
pub(super) fn load(open: &OpenVolume, quiet: bool) -> Result<LoadReport, Failure> {
    let report = with_progress(quiet, |progress| io::load(open, progress));
    judge(&report, open.volume.voxels.slab_count(), quiet)?;
    Ok(report)
}

fn judge(report: &LoadReport, asked: usize, quiet: bool) -> Outcome {
    if report.failed_slabs > 0 && report.failed_slabs >= asked {
        return Err(Failure(
            report
                .warnings
                .first()
                .cloned()
                .unwrap_or_else(|| say!("io-decoder-panicked")),
        ));
    }
    if !quiet {
        report
            .warnings
            .iter()
            .for_each(|warning| complain(&say!("cli-warning", message = warning.clone())));
    }
    Ok(())
}
