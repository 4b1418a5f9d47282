//! NIfTI files.

use std::path::Path;

use super::source::OpenVolume;

/// A NIfTI file whose header was read.
pub struct NiftiFile;

impl NiftiFile {
    /// The volume and its source.
    pub fn into_open_volume(self) -> OpenVolume {
        unimplemented!()
    }
}

/// What a file is.
pub enum Recognised {
    /// A NIfTI header.
    Header,
    /// The image that belongs to a header beside it.
    ImageOfPair,
    /// Something else.
    No,
}

/// Looks at the first bytes.
pub fn recognise(_path: &Path) -> std::io::Result<Recognised> {
    Ok(Recognised::No)
}

/// Reads the header.
pub fn read_header(_path: &Path) -> Result<NiftiFile, super::SlabError> {
    unimplemented!()
}
