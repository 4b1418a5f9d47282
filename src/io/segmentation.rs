//! Segmentations to files, so that no painted voxel is ever lost: what was there is kept beside, what was written is
//! read back and compared, and a file that another program has changed meanwhile is not touched.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::OpenVolume;
use super::dicom::{SegmentationKind, SegmentationToWrite, write_segmentation};
use super::lock::Turn;
use super::meta_image::write_meta_image;
use super::nifti::write_nifti;
use super::nrrd::write_nrrd;
use super::replacement::{Replacement, replace_all};
use super::save::{SaveError, folder_of, remove_leftovers, working_folder, write_atomically};
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

/// A segmentation that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// How its file is now.
    pub stamp: Stamp,
    /// What could not be written as it is, each a sentence.
    pub warnings: Vec<String>,
}

/// Saves a segmentation, whose voxels are painted label maps. Names and colours stand in the header where that has room
/// for them (DICOM; NRRD, as 3D Slicer keeps them), else in a table beside it as ITK-SNAP keeps it. The file that was there gets
/// the name with `.bak` behind it. `known` is how that file was when this program last read or wrote it: if it is
/// another one by now, nothing is written. `reference` is the image that it was painted on, which DICOM names.
///
/// Everything is written beside the file first, and takes its place in milliseconds, in which no other window of the
/// program has its turn. A save that fails leaves all as it was.
pub fn save(
    path: &Path,
    volume: &Volume,
    table: &SegmentTable,
    known: Option<Stamp>,
    reference: Option<&OpenVolume>,
) -> Result<Written, SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    let format = Format::of(path).ok_or_else(|| refuse(say!("io-labels-format")))?;
    if volume.voxels.frames() > 1 && table.layers() > 1 && !format.holds_segments() {
        return Err(refuse(say!("io-labels-overlap")));
    }
    let check_unchanged = || match (known, Stamp::of(path)) {
        (Some(known), Some(now)) if known != now => Err(refuse(say!("io-labels-changed"))),
        _ => Ok(()),
    };
    // Before the work, so that it is said at once, and once more when it is done.
    check_unchanged()?;
    let dense = to_be_written(volume).map_err(refuse)?;
    let fail = |why| SaveError {
        path: path.to_owned(),
        why,
    };
    let folder = folder_of(path);
    remove_leftovers(folder);
    let desk = working_folder(folder).map_err(fail)?;
    let new = desk.path().join(path.file_name().unwrap_or_default());
    let written = match format {
        Format::Nifti => write_nifti(&new, &dense, None).map(|()| Vec::new()),
        Format::Nrrd => write_nrrd(&new, &dense, None, Some(table)).map(|()| Vec::new()),
        Format::MetaImage => write_meta_image(&new, &dense, None, Some(table)).map(|()| Vec::new()),
        Format::Dicom => {
            let what = SegmentationToWrite {
                volume: &dense,
                table,
                frame: None,
                reference,
            };
            write_segmentation(&new, &what, SegmentationKind::Binary)
        }
    };
    let warnings = written.map_err(|err| fail(err.why))?;
    // It has the same when it has its place.
    let stamp = Stamp::of(&new).ok_or_else(|| refuse(say!("io-read-back")))?;
    let mut replacements = Vec::new();
    if !format.holds_segments() {
        let (text, new, path) = (to_itk_snap(table), table_path(&new), table_path(path));
        write_atomically(&new, |out| std::io::Write::write_all(out, text.as_bytes())).map_err(|err| fail(err.why))?;
        replacements.push(Replacement::new(new, path));
    }
    replacements.push(Replacement::new(new, path.to_owned()));
    let _turn = Turn::at(path);
    check_unchanged()?;
    replace_all(&mut replacements)?;
    Ok(Written { stamp, warnings })
}

/// Saves names and colours beside the label map of a file; the table that was there gets the name with `.bak` behind it.
pub fn save_table(map: &Path, table: &SegmentTable) -> Result<(), SaveError> {
    let path = table_path(map);
    let fail = |why| SaveError {
        path: path.clone(),
        why,
    };
    let desk = working_folder(folder_of(&path)).map_err(fail)?;
    let new = desk.path().join(path.file_name().unwrap_or_default());
    let text = to_itk_snap(table);
    write_atomically(&new, |out| std::io::Write::write_all(out, text.as_bytes())).map_err(|err| fail(err.why))?;
    let _turn = Turn::at(map);
    replace_all(&mut [Replacement::new(new, path)])
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
    use crate::model::geometry::Geometry;
    use crate::model::label_map::LabelMap;
    use crate::model::volume::Placement;

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

    /// A map of one label everywhere.
    fn map_of(label: u16) -> (Volume, SegmentTable) {
        const DIMS: [usize; 3] = [7, 6, 5];
        let geometry = Geometry::from_affine(DIMS, glam::DAffine3::IDENTITY).unwrap();
        let map = LabelMap::from_dense(DIMS, &vec![label; DIMS.iter().product()]);
        let demo = crate::io::demo::open_all().swap_remove(0).volume;
        let volume = Volume {
            placement: Placement::Patient(geometry),
            rescale: Rescale::IDENTITY,
            ..demo.with_voxels(Voxels::of_labels(vec![map]).unwrap())
        };
        (volume, SegmentTable::default())
    }

    fn saved(path: &Path, label: u16, known: Option<Stamp>) -> Result<Written, SaveError> {
        let (volume, table) = map_of(label);
        save(path, &volume, &table, known, None)
    }

    /// The names in a folder, without those of tables.
    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .filter(|name| !name.contains(".label"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_program_left_behind_costs_neither_the_old_map_nor_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seg.nii");
        let first = saved(&path, 1, None).unwrap();
        let before = std::fs::read(&path).unwrap();
        // A second name of the map, as a program with this very number made it before it was killed.
        let left = folder.path().join(format!("seg.nii.{}.tmp", std::process::id()));
        std::fs::hard_link(&path, &left).unwrap();
        let second = saved(&path, 2, Some(first.stamp)).unwrap();
        assert_eq!(Some(second.stamp), Stamp::of(&path));
        let after = std::fs::read(&path).unwrap();
        assert_eq!(before.len(), after.len());
        assert_ne!(before, after);
        assert_eq!(std::fs::read(folder.path().join("seg.nii.bak")).unwrap(), before);
        assert_eq!(std::fs::read(left).unwrap(), before);
    }

    #[test]
    fn of_two_who_save_at_once_one_is_told_that_the_other_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seg.nii");
        for _ in 0..20 {
            let known = saved(&path, 1, None).unwrap().stamp;
            std::thread::sleep(std::time::Duration::from_millis(12));
            let both: Vec<bool> = std::thread::scope(|scope| {
                let path = &path;
                let threads = [2, 3].map(|label| scope.spawn(move || saved(path, label, Some(known)).is_ok()));
                threads.map(|thread| thread.join().unwrap()).to_vec()
            });
            assert_eq!(both.iter().filter(|is_saved| **is_saved).count(), 1);
        }
        assert_eq!(names(folder.path()), ["seg.nii", "seg.nii.bak"]);
    }

    #[test]
    fn a_save_whose_last_step_fails_can_be_done_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seg.nii");
        let first = saved(&path, 1, None).unwrap();
        let before = std::fs::read(&path).unwrap();
        std::fs::remove_file(folder.path().join("seg.label")).unwrap();
        for file in ["seg.nii.bak", "seg.label"] {
            // Nothing takes the name of a folder with something in it.
            let occupied = folder.path().join(file);
            std::fs::create_dir(&occupied).unwrap();
            std::fs::write(occupied.join("x"), b"x").unwrap();
            assert!(saved(&path, 2, Some(first.stamp)).is_err(), "{file}");
            assert_eq!(std::fs::read(&path).unwrap(), before, "{file}");
            std::fs::remove_dir_all(occupied).unwrap();
        }
        let second = saved(&path, 2, Some(first.stamp)).unwrap();
        assert_eq!(std::fs::read(folder.path().join("seg.nii.bak")).unwrap(), before);
        assert_eq!(Some(second.stamp), Stamp::of(&path));
    }
}
