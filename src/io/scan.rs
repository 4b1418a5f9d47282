//! From paths to volumes: walks folders, recognises each file by its content, hands it to its format.

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::folders::walk;
use super::place::{FilePlace, Members};
use super::progress::{Progress, ProgressEvent};
use super::raw::CheckedVolume;
use super::source::{Opened, Skipped};
use super::{dicom, hdf5, label_table, meta_image, nifti, nrrd, unplaced, zip};
use crate::say;

/// Why nothing could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OpenError {
    /// One sentence: what, which file, why, what to do.
    pub message: String,
    /// Somebody stopped it; nothing is wrong.
    pub is_cancelled: bool,
}

impl OpenError {
    fn new(message: String) -> Self {
        Self {
            message,
            is_cancelled: false,
        }
    }
}

/// What a file turned out to be.
enum Found {
    Dicom(Box<dicom::DicomFile>),
    Contours(Box<dicom::ContourFile>),
    Nifti(Box<nifti::NiftiFile>),
    Raw(Box<CheckedVolume>),
    Arrays(hdf5::Arrays),
    Table(label_table::FoundTable),
    Skipped(Skipped),
}

/// Reads the headers of everything below `paths` and says which volumes there are. Reads no voxels.
///
/// Fails only if nothing can be opened at all: a path that is not there, or no image in any of them.
pub fn scan(paths: &[PathBuf], progress: &Progress<'_>) -> Result<Opened, OpenError> {
    let mut opened = Opened::default();
    let files = files_below(paths, progress, &mut opened.skipped)?;
    let total = files.len();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let found: Vec<Option<Found>> = files
        .par_iter()
        .map(|file| {
            if progress.is_cancelled() {
                return None;
            }
            let found = look(file);
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if done.is_multiple_of(16) || done == total {
                progress.tell(ProgressEvent::Scanning { done, total });
            }
            Some(found)
        })
        .collect();
    if progress.is_cancelled() {
        return Err(OpenError {
            message: say!("io-cancelled"),
            is_cancelled: true,
        });
    }
    let mut dicom_files = Vec::new();
    let mut contours = Vec::new();
    let mut tables = Vec::new();
    let mut parts = BTreeSet::new();
    for found in found.into_iter().flatten() {
        match found {
            Found::Dicom(file) => dicom_files.push(*file),
            Found::Contours(file) => contours.push(*file),
            Found::Nifti(file) => opened.volumes.push(file.into_open_volume()),
            Found::Raw(file) => {
                parts.extend(file.detached().map(Path::to_owned));
                opened.volumes.push(file.into_open_volume());
            }
            Found::Arrays(mut arrays) => {
                opened.volumes.append(&mut arrays.volumes);
                opened.skipped.append(&mut arrays.skipped);
            }
            Found::Table(table) => tables.push(table),
            Found::Skipped(skipped) => opened.skipped.push(skipped),
        }
    }
    let mut from_dicom = dicom::group(dicom_files);
    opened.volumes.append(&mut from_dicom.volumes);
    opened.skipped.append(&mut from_dicom.skipped);
    for file in contours {
        let path = file.path().to_owned();
        match file.into_open_volume(&opened.volumes) {
            Ok(volume) => opened.volumes.push(volume),
            Err(reason) => opened.skipped.push(Skipped { path, reason }),
        }
    }
    // What holds the voxels of a header elsewhere is used, whatever it looks like by itself.
    opened.skipped.retain(|skipped| !parts.contains(&skipped.path));
    unplaced::settle(&mut opened.volumes, &[]);
    label_table::attach(&mut opened, tables, paths);
    sort(&mut opened.volumes);
    opened.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    if opened.volumes.is_empty() {
        Err(nothing(&opened.skipped, paths))
    } else {
        Ok(opened)
    }
}

/// By patient, study and series number.
fn sort(volumes: &mut [super::OpenVolume]) {
    volumes.sort_by_cached_key(|open| {
        let series = &open.volume.series;
        (
            series.patient.name.clone(),
            series.patient.id.clone(),
            series.study_date.clone(),
            series.study_uid.clone(),
            series.series_number,
        )
    });
}

/// Every file below some paths, once, in the order of their names. One path that is not there fails; of several, it is
/// skipped.
fn files_below(
    paths: &[PathBuf],
    progress: &Progress<'_>,
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<FilePlace>, OpenError> {
    let mut files: Vec<FilePlace> = Vec::new();
    for path in paths {
        let reason = match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                let mut below = Vec::new();
                walk(path, progress, &mut below, skipped);
                files.extend(below.iter().map(|path| FilePlace::from(path.as_path())));
                continue;
            }
            Ok(meta) if meta.is_file() => match members(path, progress) {
                Ok(Some(mut members)) => {
                    files.append(&mut members.files);
                    skipped.append(&mut members.skipped);
                    continue;
                }
                Ok(None) => {
                    files.push(path.as_path().into());
                    continue;
                }
                Err(reason) => reason,
            },
            Ok(_) => say!("io-not-a-file"),
            Err(err) => plain(&err),
        };
        if paths.len() == 1 {
            let path = path.display().to_string();
            return Err(OpenError::new(say!("io-cannot-open", path = path, why = reason)));
        }
        skipped.push(Skipped {
            path: path.clone(),
            reason,
        });
    }
    // Of a NIfTI pair the header is opened, whichever of the two was given.
    for file in &mut files {
        if let Some(header) = nifti::header_of_pair(file.path()) {
            *file = file.partner(header);
        }
    }
    files.sort_by(|a, b| a.name().cmp(b.name()));
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.path().to_owned()));
    Ok(files)
}

/// The files that a file which was given by itself stands for: those in an archive, those that a DICOMDIR names; `None`
/// if it stands for itself. The error is the reason for the user.
fn members(path: &Path, progress: &Progress<'_>) -> Result<Option<Members>, String> {
    let beginning = beginning(path).unwrap_or_default();
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| {
        if zip::is_archive(&beginning) {
            zip::unpack(path, &zip::Limits::USUAL, progress).map(Some)
        } else if dicom::directory::may_be_directory(&beginning) {
            dicom::directory::files_named_by(path)
        } else {
            Ok(None)
        }
    }));
    outcome.unwrap_or_else(|_| Err(say!("io-decoder-panicked")))
}

/// What a file of other files is recognised by: enough for the meta header of a DICOMDIR.
fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(1 << 10).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// That there is no volume, and why.
fn nothing(skipped: &[Skipped], paths: &[PathBuf]) -> OpenError {
    match (skipped, paths) {
        ([only], [path]) if only.path == *path => OpenError::new(say!(
            "io-cannot-open",
            path = path.display().to_string(),
            why = only.reason.clone()
        )),
        ([], _) => OpenError::new(say!("io-no-files", path = join(paths))),
        ([first, ..], _) => OpenError::new(say!(
            "io-no-images",
            path = join(paths),
            count = skipped.len(),
            first = first
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            why = first.reason.clone()
        )),
    }
}

fn join(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// What the system says, without the error number that it adds and without its capitals. What we say stays as it is.
pub(crate) fn plain(err: &std::io::Error) -> String {
    let text = err.to_string();
    match err.raw_os_error() {
        Some(_) => text.split(" (os error").next().unwrap_or(&text).to_lowercase(),
        None => text,
    }
}

/// Recognises one file by its content and reads its header.
fn look(file: &FilePlace) -> Found {
    let outcome = std::panic::catch_unwind(|| look_inside(&file.stamped()));
    outcome.unwrap_or_else(|_| {
        Found::Skipped(Skipped {
            path: file.name().to_owned(),
            reason: say!("io-decoder-panicked"),
        })
    })
}

fn look_inside(file: &FilePlace) -> Found {
    let skip = |reason: String| {
        Found::Skipped(Skipped {
            path: file.name().to_owned(),
            reason,
        })
    };
    match nifti::read_header_of(file) {
        Ok(Some(file)) => return Found::Nifti(Box::new(file)),
        Ok(None) => {}
        Err(reason) => return skip(reason),
    }
    for read in [nrrd::read_header_of, meta_image::read_header_of] {
        match read(file) {
            Ok(Some(file)) => return Found::Raw(Box::new(file)),
            Ok(None) => {}
            Err(reason) => return skip(reason),
        }
    }
    match hdf5::read_arrays_of(file) {
        Ok(Some(arrays)) => return Found::Arrays(arrays),
        Ok(None) => {}
        Err(reason) => return skip(reason),
    }
    match dicom::read_object(file) {
        Ok(dicom::DicomObject::Pictures(file)) => Found::Dicom(file),
        Ok(dicom::DicomObject::Contours(file)) => Found::Contours(file),
        Err(_) if beginning(file.path()).is_ok_and(|bytes| zip::is_archive(&bytes)) => skip(say!("io-zip-inside")),
        Err(reason) => match label_table::read_table(file.path()) {
            Ok(Some(table)) => Found::Table(label_table::FoundTable {
                file: file.clone(),
                table,
            }),
            Ok(None) => skip(reason),
            Err(reason) => skip(reason),
        },
    }
}
