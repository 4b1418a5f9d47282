//! NIfTI-1 and NIfTI-2, single files and pairs, plain or gzipped, of either byte order.
//!
//! Reading is ours from the first byte: headers are small, and files from strangers have to be refused in one plain
//! sentence (the `nifti` crate, which has no NIfTI-2, is the cross-check in the tests).

mod affine;
mod datatype;
mod fields;
mod header;
mod write;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub use fields::{FieldValue, Fields, Version};
pub use write::write_nifti;

use self::header::Header;
use super::place::FilePlace;
use super::raw::{Order, Packing, RawSource, beginning};
use super::scan::plain;
use super::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{Patient, Placement, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::Voxels;
use crate::model::window::{NamedWindow, Window};
use crate::say;

/// Bytes that tell everything about a file before its voxels.
const BEGINNING_BYTES: usize = Version::Two.header_bytes();

/// A NIfTI file whose header was read and found to be good.
pub struct NiftiFile {
    header: Header,
    geometry: Geometry,
    voxels: Voxels,
    name: String,
    data_file: FilePlace,
    is_data_gzip: bool,
    warnings: Vec<String>,
}

/// Reads the header of a file; `None` if it is no NIfTI file. The error is the reason for the user.
pub fn read_header(path: &Path) -> Result<Option<NiftiFile>, String> {
    read_header_of(&path.into())
}

/// The same for a file that may have come out of an archive.
pub fn read_header_of(file: &FilePlace) -> Result<Option<NiftiFile>, String> {
    let path = file.path();
    let start = beginning(path, BEGINNING_BYTES).map_err(|err| plain(&err))?;
    let Some(fields) = header::recognise(&start.bytes) else {
        return Ok(None);
    };
    let mut header = Header::new(fields?)?;
    let (data_file, data) = if header.is_pair {
        let image =
            beside(path, ["img", "img.gz"]).ok_or_else(|| say!("io-nifti-no-image", name = file.file_name()))?;
        let image = file.partner(image);
        let data = beginning(image.path(), 2)
            .map_err(|err| say!("io-cannot-open", path = image.to_string(), why = plain(&err)))?;
        (image, data)
    } else {
        (file.clone(), start)
    };
    header.check_bytes(data.capacity, !data.is_gzip)?;
    let mut warnings = std::mem::take(&mut header.warnings);
    let geometry = affine::place(&header.fields, header.dims, &mut warnings).map_err(|err| err.to_string())?;
    let (components, sample_type) = (header.stored.components(), header.stored.sample_type());
    let slices_per_slab = Voxels::slices_for_slab_bytes(header.dims, components, sample_type);
    let voxels = Voxels::new(header.dims, header.frames, components, sample_type, slices_per_slab)
        .map_err(|err| err.to_string())?;
    Ok(Some(NiftiFile {
        header,
        geometry,
        voxels,
        name: stem(file.name()),
        data_file,
        is_data_gzip: data.is_gzip,
        warnings,
    }))
}

/// The fields of a NIfTI header as they are; `None` if the file has none.
pub fn read_fields(path: &Path) -> Result<Option<Fields>, String> {
    let start = beginning(path, BEGINNING_BYTES).map_err(|err| plain(&err))?;
    header::recognise(&start.bytes).transpose()
}

/// The header that a file is the image of, where the two are a pair: whoever is given the one opens the other.
pub fn header_of_pair(path: &Path) -> Option<PathBuf> {
    let name = file_name(path).to_ascii_lowercase();
    if !(name.ends_with(".img") || name.ends_with(".img.gz")) {
        return None;
    }
    let header = beside(path, ["hdr", "hdr.gz"])?;
    read_fields(&header)
        .ok()
        .flatten()
        .filter(|fields| fields.text("magic").starts_with("ni"))
        .map(|_| header)
}

impl NiftiFile {
    /// The volume and where its voxels come from. Axes are as the file stores them.
    pub fn into_open_volume(self) -> OpenVolume {
        let Self {
            header,
            geometry,
            voxels,
            name,
            data_file,
            is_data_gzip,
            warnings,
        } = self;
        let description = match header.fields.text("descrip").trim() {
            "" => name,
            text => format!("{name} ({text})"),
        };
        let window = |(low, high)| NamedWindow {
            name: say!("io-nifti-window"),
            window: Window::between(low, high),
        };
        let series = SeriesInfo {
            format: "nifti",
            kind: if header.is_label_map {
                VolumeKind::Segmentation
            } else {
                VolumeKind::Image
            },
            modality: String::new(),
            description,
            patient: Patient::default(),
            study_uid: String::new(),
            study_description: String::new(),
            study_date: String::new(),
            series_uid: String::new(),
            series_number: None,
            transfer_syntax: String::new(),
            frame_of_reference_uid: String::new(),
            files: if header.is_pair { 2 } else { 1 },
            stored_type: header.stored.name().to_owned(),
        };
        let volume = Arc::new(Volume {
            id: VolumeId::fresh(),
            series,
            placement: Placement::Patient(geometry),
            voxels,
            rescale: header.rescale,
            unit: None,
            windows: header.display_range.map(window).into_iter().collect(),
            is_inverted: false,
            padding: None,
            warnings,
        });
        let source = RawSource {
            packing: if is_data_gzip { Packing::Gzip } else { Packing::Plain },
            is_big_endian: header.fields.is_big_endian(),
            start: 0,
            data_offset: header.data_offset,
            stored: header.stored,
            order: Order::plain(volume.dims(), header.frames),
            relabels: Vec::new(),
            segments: None,
            // Extensions and padding may follow.
            ends_with_voxels: false,
            stream: Mutex::new(None),
            file: data_file,
            volume: Arc::clone(&volume),
        };
        OpenVolume {
            volume,
            source: Arc::new(source),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The file name without the endings of the format.
fn stem(path: &Path) -> String {
    let name = file_name(path);
    let without = |name: &str, ending: &str| {
        let at = name.len().checked_sub(ending.len())?;
        let (stem, end) = (name.get(..at)?, name.get(at..)?);
        (end.eq_ignore_ascii_case(ending) && !stem.is_empty()).then(|| stem.to_owned())
    };
    let unpacked = without(&name, ".gz").unwrap_or(name);
    [".nii", ".hdr", ".img"]
        .iter()
        .find_map(|ending| without(&unpacked, ending))
        .unwrap_or(unpacked)
}

/// The other file of a pair: the same name with another ending, in small or capital letters.
fn beside(path: &Path, endings: [&str; 2]) -> Option<PathBuf> {
    let stem_length = stem(path).len();
    let whole = path.file_name()?;
    // Only names that are text can be taken apart; others have no partner.
    let stem = whole.to_str()?.get(..stem_length)?;
    endings
        .iter()
        .flat_map(|ending| [(*ending).to_owned(), ending.to_ascii_uppercase()])
        .find_map(|ending| {
            let mut name = OsString::from(stem);
            name.push(".");
            name.push(ending);
            let candidate = path.with_file_name(name);
            candidate.is_file().then_some(candidate)
        })
}
