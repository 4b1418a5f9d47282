//! Which table belongs to which label map: the one that shares its name, the one opened with it, or the folder's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::read_table;
use crate::io::dicom::references::References;
use crate::io::place::FilePlace;
use crate::io::source::{OpenVolume, Opened, Skipped, SlabError, SlabRead, SlabSource};
use crate::io::unplaced::Unplaced;
use crate::model::segment::SegmentTable;
use crate::model::voxels::SampleType;
use crate::say;

/// Endings of tables, the richest first.
const ENDINGS: [&str; 6] = ["label", "ctab", "json", "csv", "tsv", "txt"];
/// Formats that say nothing of their labels by themselves.
const FORMATS: [&str; 4] = ["nifti", "nrrd", "mha", "hdf5"];

/// A table among the files that were looked at.
pub(in crate::io) struct FoundTable {
    pub(in crate::io) file: FilePlace,
    pub(in crate::io) table: SegmentTable,
}

/// Gives every volume that can be a label map its table, if there is one. Tables that belong to nothing are skipped with
/// the reason; so are damaged ones.
pub(in crate::io) fn attach(opened: &mut Opened, found: Vec<FoundTable>, given: &[PathBuf]) {
    let mut tables = Tables {
        given: found
            .iter()
            .filter(|found| given.iter().any(|path| path == found.file.path()))
            .map(|found| found.file.name().to_owned())
            .collect(),
        read: found
            .into_iter()
            .map(|found| (found.file.name().to_owned(), Some(found.table)))
            .collect(),
        used: BTreeSet::new(),
        damaged: Vec::new(),
    };
    let found: Vec<PathBuf> = tables.read.keys().cloned().collect();
    for open in &mut opened.volumes {
        if can_be_map(open)
            && let Some(table) = open.source.file().cloned().and_then(|file| tables.table_of(&file))
        {
            open.source = Arc::new(Named {
                inner: Arc::clone(&open.source),
                table,
            });
        }
    }
    let unused = found.into_iter().filter(|name| !tables.used.contains(name));
    opened.skipped.extend(unused.map(|path| Skipped {
        path,
        reason: say!("io-table-unused"),
    }));
    let known: BTreeSet<PathBuf> = opened.skipped.iter().map(|skipped| skipped.path.clone()).collect();
    let damaged = tables.damaged.into_iter();
    opened
        .skipped
        .extend(damaged.filter(|skipped| !known.contains(&skipped.path)));
}

/// Whole numbers, one a voxel, of a file that does not name its segments.
fn can_be_map(open: &OpenVolume) -> bool {
    let voxels = &open.volume.voxels;
    // Whole numbers of 64 bits are kept as fractions.
    let is_wide = matches!(open.volume.series.stored_type.as_str(), "i64" | "u64");
    FORMATS.contains(&open.volume.series.format)
        && (is_wide || !matches!(voxels.sample_type(), SampleType::F32 | SampleType::F64))
        && voxels.components() == 1
        && open.source.segments().is_none()
}

/// All tables that were looked for, by name.
struct Tables {
    /// Those that the user named, in the order of their names.
    given: Vec<PathBuf>,
    /// What was read; `None` where there is no table.
    read: BTreeMap<PathBuf, Option<SegmentTable>>,
    used: BTreeSet<PathBuf>,
    damaged: Vec<Skipped>,
}

impl Tables {
    fn table_of(&mut self, file: &FilePlace) -> Option<SegmentTable> {
        let on_disk = !file.is_unpacked();
        let own = stems(file.name());
        let own = own
            .iter()
            .flat_map(|stem| ENDINGS.map(|ending| file.name().with_file_name(format!("{stem}.{ending}"))));
        let own: Vec<PathBuf> = own.collect();
        let of_folder = of_folder(file.name());
        let mut candidates: Vec<(PathBuf, bool)> = own.into_iter().map(|path| (path, on_disk)).collect();
        candidates.extend(self.given.iter().map(|path| (path.clone(), false)));
        candidates.extend(of_folder.into_iter().map(|path| (path, on_disk)));
        candidates.into_iter().find_map(|(path, on_disk)| {
            let table = self.read(&path, on_disk)?;
            self.used.insert(path);
            Some(table)
        })
    }

    /// The table of a name: one that was found, or, `on_disk`, one that stands there.
    fn read(&mut self, name: &Path, on_disk: bool) -> Option<SegmentTable> {
        if let Some(known) = self.read.get(name) {
            return known.clone();
        }
        let table = if on_disk && name.is_file() {
            read_table(name).unwrap_or_else(|reason| {
                self.damaged.push(Skipped {
                    path: name.to_owned(),
                    reason,
                });
                None
            })
        } else {
            None
        };
        self.read.insert(name.to_owned(), table.clone());
        table
    }
}

/// The names that a table of this map may have, without ending, the nearest first: `a.seg.nrrd` → `a.seg`, `a`.
fn stems(path: &Path) -> Vec<String> {
    let mut stem = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut stems = Vec::new();
    while let Some((shorter, ending)) = stem.rsplit_once('.') {
        let is_ending = [
            "gz", "nii", "hdr", "img", "seg", "nrrd", "nhdr", "mha", "mhd", "raw", "zraw", "h5", "hdf5", "hdf",
        ]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known));
        if !is_ending || shorter.is_empty() {
            break;
        }
        stem = shorter.to_owned();
        stems.push(stem.clone());
    }
    stems
}

/// `labels.*` and nnU-Net's `dataset.json`, which stands beside the folders of its label maps.
fn of_folder(path: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = ENDINGS
        .iter()
        .map(|ending| path.with_file_name(format!("labels.{ending}")))
        .collect();
    all.push(path.with_file_name("dataset.json"));
    if let Some(folder) = path.parent()
        && let Some(name) = folder.file_name()
        && name.to_string_lossy().starts_with("labels")
    {
        all.push(folder.with_file_name("dataset.json"));
    }
    all
}

/// A volume whose labels another file names.
struct Named {
    inner: Arc<dyn SlabSource>,
    table: SegmentTable,
}

impl SlabSource for Named {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        self.inner.read_slab(slab)
    }

    fn segments(&self) -> Option<SegmentTable> {
        Some(self.table.clone())
    }

    fn file(&self) -> Option<&FilePlace> {
        self.inner.file()
    }

    fn references(&self) -> Option<Arc<References>> {
        self.inner.references()
    }

    fn unplaced(&self) -> Option<&Unplaced> {
        self.inner.unplaced()
    }

    fn is_occupancy(&self) -> bool {
        self.inner.is_occupancy()
    }

    fn streams(&self) -> bool {
        self.inner.streams()
    }

    fn read_in_order(&self, publish: &mut dyn FnMut(usize, SlabRead) -> bool) -> Option<Result<(), SlabError>> {
        self.inner.read_in_order(publish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_endings_one_by_one() {
        assert_eq!(stems(Path::new("/a/b.v1.nii.gz")), ["b.v1.nii", "b.v1"]);
        assert_eq!(stems(Path::new("x.seg.nrrd")), ["x.seg", "x"]);
        assert!(stems(Path::new("plain")).is_empty());
    }
}
