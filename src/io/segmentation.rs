//! Segmentations to files, so that no painted voxel is ever lost: what was there is kept beside, what was written is
//! read back and compared, and a file that another program has changed meanwhile is not touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::OpenVolume;
use super::dicom::{SegmentationKind, SegmentationToWrite, write_segmentation};
use super::meta_image::write_meta_image;
use super::nifti::write_nifti;
use super::nrrd::write_nrrd;
use super::save::{SaveError, write_atomically};
use crate::model::segment::SegmentTable;
use crate::model::volume::{Rescale, Volume, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::say;

/// How a file was when it was last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    changed: SystemTime,
    length: u64,
}

impl Stamp {
    /// Of a file that is there.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            changed: metadata.modified().ok()?,
            length: metadata.len(),
        })
    }
}

/// A format that holds segmentations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Nifti,
    /// With segments in its header, overlapping ones too.
    Nrrd,
    MetaImage,
    /// A binary segmentation, overlapping segments too.
    Dicom,
}

/// Endings of names that segmentations are saved under.
pub const ENDINGS: [&str; 5] = ["nii.gz", "nii", "nrrd", "mha", "dcm"];

impl Format {
    fn of(path: &Path) -> Option<Self> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        let ending = ENDINGS.iter().find(|ending| name.ends_with(&format!(".{ending}")))?;
        Some(match *ending {
            "nrrd" => Self::Nrrd,
            "mha" => Self::MetaImage,
            "dcm" => Self::Dicom,
            _ => Self::Nifti,
        })
    }

    /// Whether names, colours and layers stand in the file itself.
    fn holds_segments(self) -> bool {
        matches!(self, Self::Nrrd | Self::Dicom)
    }
}

/// Whether segmentations can be saved in a file of this name.
pub fn is_writable_name(path: &Path) -> bool {
    Format::of(path).is_some()
}

/// Saves a segmentation, whose voxels are painted label maps. Names and colours stand in the header where that has room
/// for them (DICOM; NRRD, as 3D Slicer keeps them), else in a table beside it as ITK-SNAP keeps it. The file that was there gets
/// the name with `.bak` behind it. `known` is how that file was when this program last read or wrote it: if it is
/// another one by now, nothing is written. `reference` is the image that it was painted on, which DICOM names.
pub fn save(
    path: &Path,
    volume: &Volume,
    table: &SegmentTable,
    known: Option<Stamp>,
    reference: Option<&OpenVolume>,
) -> Result<Stamp, SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    let format = Format::of(path).ok_or_else(|| refuse(say!("io-labels-format")))?;
    if volume.voxels.frames() > 1 && table.layers() > 1 && !format.holds_segments() {
        return Err(refuse(say!("io-labels-overlap")));
    }
    if known.is_some_and(|known| Stamp::of(path).is_some_and(|now| now != known)) {
        return Err(refuse(say!("io-labels-changed")));
    }
    let dense = to_be_written(volume).map_err(refuse)?;
    let previous = Previous::hold(path)?;
    match format {
        Format::Nifti => write_nifti(path, &dense, None),
        Format::Nrrd => write_nrrd(path, &dense, None, Some(table)),
        Format::MetaImage => write_meta_image(path, &dense, None, Some(table)),
        Format::Dicom => {
            let what = SegmentationToWrite {
                volume: &dense,
                table,
                frame: None,
                reference,
            };
            write_segmentation(path, &what, SegmentationKind::Binary).map(|_| ())
        }
    }?;
    previous.keep()?;
    if !format.holds_segments() {
        save_table(path, table)?;
    }
    Stamp::of(path).ok_or_else(|| refuse(say!("io-read-back")))
}

/// Saves names and colours beside the label map of a file; the table that was there gets the name with `.bak` behind it.
pub fn save_table(map: &Path, table: &SegmentTable) -> Result<(), SaveError> {
    let (text, path) = (to_itk_snap(table), table_path(map));
    let previous = Previous::hold(&path)?;
    write_atomically(&path, |out| std::io::Write::write_all(out, text.as_bytes()))?;
    previous.keep()
}

/// The same voxels as slabs, in 8 bits where no label needs more.
fn to_be_written(volume: &Volume) -> Result<Volume, String> {
    let slabs = volume.voxels.to_slabs().map_err(|err| err.to_string())?;
    let all: Vec<_> = (0..slabs.slab_count()).filter_map(|slab| slabs.slab(slab)).collect();
    let highest = all.iter().map(|samples| match samples.as_ref() {
        Samples::U16(labels) => labels.iter().copied().max().unwrap_or(0),
        _ => u16::MAX,
    });
    let voxels = if highest.max().unwrap_or(0) > u16::from(u8::MAX) {
        slabs
    } else {
        let dims = slabs.dims();
        let slices = slabs.slab_range(0).slice_count;
        let narrow = Voxels::new(dims, slabs.frames(), 1, SampleType::U8, slices).map_err(|err| err.to_string())?;
        for (slab, samples) in all.iter().enumerate() {
            if let Samples::U16(labels) = samples.as_ref() {
                let labels = labels.iter().map(|label| *label as u8).collect();
                narrow
                    .publish(slab, Samples::U8(labels))
                    .map_err(|err| err.to_string())?;
            }
        }
        narrow
    };
    let mut dense = volume.with_voxels(voxels);
    dense.rescale = Rescale::IDENTITY;
    dense.series.kind = VolumeKind::Segmentation;
    Ok(dense)
}

/// The file of the table beside a segmentation.
pub fn table_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    path.with_file_name(format!("{stem}.label"))
}

/// The file that is about to be replaced, under a second name; gone again unless it is kept.
struct Previous {
    held: Option<(PathBuf, PathBuf)>,
}

impl Previous {
    fn hold(path: &Path) -> Result<Self, SaveError> {
        if !path.exists() {
            return Ok(Self { held: None });
        }
        let with = |ending: &str| {
            let mut name = path.file_name().map(OsString::from).unwrap_or_default();
            name.push(ending);
            path.with_file_name(name)
        };
        let (held, kept) = (with(&format!(".{}.tmp", std::process::id())), with(".bak"));
        // Not every file system has files with two names.
        if std::fs::hard_link(path, &held).is_err() {
            let copied = std::fs::copy(path, &held);
            copied.map_err(|why| SaveError {
                path: held.clone(),
                why,
            })?;
        }
        Ok(Self {
            held: Some((held, kept)),
        })
    }

    /// The new file is there: the one before takes the place of the one before that.
    fn keep(mut self) -> Result<(), SaveError> {
        match self.held.take() {
            Some((held, kept)) => std::fs::rename(&held, &kept).map_err(|why| SaveError { path: kept, why }),
            None => Ok(()),
        }
    }
}

impl Drop for Previous {
    fn drop(&mut self) {
        if let Some((held, _)) = &self.held {
            std::fs::remove_file(held).ok();
        }
    }
}

/// A table as ITK-SNAP's label descriptions: index, red, green, blue, opacity, visibility in slices and in 3D, name.
pub fn to_itk_snap(table: &SegmentTable) -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# ITK-SnAP Label Description File\n# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL\n    0     0    0    0        0  0  0    \"Clear Label\"\n",
    );
    for segment in &table.segments {
        let [r, g, b] = segment.color;
        let visible = u8::from(segment.is_visible);
        let name = segment.name.replace(['"', '\n', '\r'], "'");
        // Writing to a string does not fail.
        writeln!(
            text,
            "{:5} {r:5} {g:4} {b:4}        1  {visible}  {visible}    \"{name}\"",
            segment.label
        )
        .ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_beside_their_maps() {
        for (map, table) in [
            ("a/b.nii.gz", "a/b.label"),
            ("a/b.c.nii", "a/b.c.label"),
            ("x.nii.gz", "x.label"),
        ] {
            assert_eq!(table_path(Path::new(map)), Path::new(table));
        }
    }
}
