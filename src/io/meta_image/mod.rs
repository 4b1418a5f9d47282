//! MetaImage: `.mha` with its data inside, `.mhd` with its data beside it.

mod fields;
mod header;
mod write;

use std::path::Path;

pub use write::write_meta_image;

use super::place::FilePlace;
use super::raw::CheckedVolume;
use super::scan::plain;

/// Reads the header of a file; `None` if it is no MetaImage. The error is the reason for the user.
pub(super) fn read_header_of(file: &FilePlace) -> Result<Option<CheckedVolume>, String> {
    match fields::read(file.path()).map_err(|err| plain(&err))? {
        Some(fields) => header::volume(file, &fields?)?.checked().map(Some),
        None => Ok(None),
    }
}

/// The fields of a header as they are; `None` if the file is no MetaImage.
pub fn read_fields(path: &Path) -> Result<Option<Vec<(String, String)>>, String> {
    let fields = fields::read(path).map_err(|err| plain(&err))?.transpose()?;
    Ok(fields.map(|fields| fields.all))
}
