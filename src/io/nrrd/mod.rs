//! NRRD, with its data in the same file or beside it, and 3D Slicer's segmentations (`.seg.nrrd`).

mod fields;
mod header;
mod place;
mod write;

use std::path::Path;

pub use write::write_nrrd;

use super::place::FilePlace;
use super::raw::CheckedVolume;
use super::scan::plain;

/// Reads the header of a file; `None` if it is no NRRD. The error is the reason for the user.
pub(super) fn read_header_of(file: &FilePlace) -> Result<Option<CheckedVolume>, String> {
    match fields::read(file.path()).map_err(|err| plain(&err))? {
        Some(fields) => header::volume(file, &fields?)?.checked().map(Some),
        None => Ok(None),
    }
}

/// The fields and pairs of a header as they are; `None` if the file is no NRRD.
pub fn read_fields(path: &Path) -> Result<Option<Vec<(String, String)>>, String> {
    let fields = fields::read(path).map_err(|err| plain(&err))?.transpose()?;
    Ok(fields.map(|fields| fields.fields.into_iter().chain(fields.pairs).collect()))
}
