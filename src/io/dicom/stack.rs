//! From arranged pictures to a volume: its geometry, its values, its words, and every doubt about them.

use std::path::Path;
use std::sync::Arc;

use glam::DVec3;

use super::frames::{NoPlane, Plane};
use super::layout::Layout;
use super::series::Shot;
use super::source::{Picture, PictureSource};
use super::spacing::spacing_doubts;
use crate::io::place::FilePlace;
use crate::io::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::volume::{PixelScale, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

/// One picture at its place.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    /// The picture.
    pub shot: Shot<'a>,
    /// Its plane; `None` where it has none.
    pub plane: Option<Plane>,
}

impl Cell<'_> {
    /// Whether two pictures begin at the same point.
    pub fn is_at(&self, other: &Self, tolerance_mm: f64) -> bool {
        match (&self.plane, &other.plane) {
            (Some(a), Some(b)) => (a.origin - b.origin).length() <= tolerance_mm,
            _ => true,
        }
    }
}

/// The pictures of a volume: `depth` slices of the first frame, then of the next.
pub struct Cells<'a> {
    /// The pictures.
    pub cells: Vec<Cell<'a>>,
    /// Slices.
    pub depth: usize,
    /// Time points.
    pub frames: usize,
}

impl<'a> Cells<'a> {
    /// The files, each once.
    pub fn files(&self) -> impl Iterator<Item = &'a Path> {
        let mut paths: Vec<&'a Path> = self
            .cells
            .iter()
            .map(|cell| cell.shot.file.pixels.file.name())
            .collect();
        paths.sort_unstable();
        paths.dedup();
        paths.into_iter()
    }
}

/// What grouping has to say about a volume.
#[derive(Clone, Debug)]
pub enum Doubt {
    /// Its series has pictures of several orientations or sizes.
    Split {
        /// How many volumes came of it.
        stacks: usize,
    },
    /// Some positions had more pictures than others; the surplus is apart.
    HasExtras {
        /// In how many volumes.
        apart: usize,
    },
    /// It is that surplus.
    IsExtra {
        /// How many pictures it has.
        pictures: usize,
    },
}

impl Doubt {
    fn sentence(&self) -> String {
        match self {
            Self::Split { stacks } => say!("io-dicom-split", stacks = *stacks),
            Self::HasExtras { apart } => say!("io-dicom-has-extras", apart = *apart),
            Self::IsExtra { pictures } => say!("io-dicom-is-extra", pictures = *pictures),
        }
    }
}

/// Slices may lie this far from an even stack before a table of positions is kept, mm.
const EVEN_TOLERANCE_MM: f64 = 0.005;

/// Makes the volume; the error is the reason why it cannot be shown.
pub fn build(cells: &Cells<'_>, doubts: &[Doubt]) -> Result<OpenVolume, String> {
    let Some(first) = cells.cells.first() else {
        return Err(say!("io-dicom-no-pixels"));
    };
    // Windows and the like may differ from slice to slice; the middle of the body speaks for the rest.
    let middle = cells.cells.get(cells.depth / 2).unwrap_or(first);
    let layout = &first.shot.file.pixels.layout;
    let mut warnings: Vec<String> = doubts.iter().map(Doubt::sentence).collect();
    let dims = [layout.columns, layout.rows, cells.depth];
    let placement = place(cells, dims, &mut warnings);
    let (rescale, is_rescaled) = shared_rescale(cells, layout);
    if is_rescaled {
        warnings.push(say!("io-dicom-rescale-differs"));
    }
    warnings.extend(file_warnings(cells));
    let sample_type = if is_rescaled {
        SampleType::F32
    } else {
        layout.sample_type()
    };
    let voxels = Voxels::new(dims, cells.frames, layout.components(), sample_type, 1).map_err(|err| err.to_string())?;
    let meaning = &middle.shot.file.meaning;
    let volume = Volume {
        id: VolumeId::fresh(),
        series: series_info(cells, first),
        placement,
        voxels,
        rescale,
        unit: meaning.unit.clone(),
        windows: meaning.windows.clone(),
        is_inverted: meaning.is_inverted,
        padding: meaning.padding.filter(|_| !is_rescaled),
        warnings,
    };
    let pictures = cells
        .cells
        .iter()
        .map(|cell| Picture {
            pixels: Arc::clone(&cell.shot.file.pixels),
            frame: cell.shot.info.repeat.frame,
            rescale: cell.shot.info.rescale,
        })
        .collect();
    let source = PictureSource {
        pictures,
        depth: cells.depth,
        series_uid: first.shot.file.identity.series_uid.clone(),
        is_rescaled,
        padding: meaning.padding.map(|(low, _)| low),
    };
    Ok(OpenVolume {
        volume: Arc::new(volume),
        source: Arc::new(source),
    })
}

/// Where the pictures stand: in the patient if they say so and make a geometry, else as a stack of pictures.
fn place(cells: &Cells<'_>, dims: [usize; 3], warnings: &mut Vec<String>) -> Placement {
    let Some(first) = cells.cells.first() else {
        return Placement::Stack(crate::model::volume::StackGrid {
            dims,
            pixel_size: [1.0, 1.0],
            pixel_scale: PixelScale::Unknown,
        });
    };
    let mut no_plane = NoPlane::Absent;
    if let Some(plane) = first.plane {
        let origins: Vec<DVec3> = cells
            .cells
            .iter()
            .take(cells.depth)
            .filter_map(|cell| cell.plane.map(|plane| plane.origin))
            .collect();
        let tolerance = EVEN_TOLERANCE_MM.min(0.05 * plane.step_i.length());
        match Geometry::from_slices(dims[0], dims[1], plane.step_i, plane.step_j, &origins, tolerance) {
            Ok(geometry) => {
                warnings.extend(spacing_doubts(&plane, &origins));
                let geometry = if origins.len() == 1 {
                    geometry.with_single_slice_step(first.shot.info.depth_mm.unwrap_or(1.0))
                } else {
                    geometry
                };
                return Placement::Patient(geometry);
            }
            Err(_) => no_plane = NoPlane::BadOrientation,
        }
    }
    no_plane = cells
        .cells
        .iter()
        .filter_map(|cell| cell.shot.info.plane.as_ref().err().copied())
        .max()
        .unwrap_or(no_plane);
    let is_sectional = matches!(
        first.shot.file.identity.modality.as_str(),
        "CT" | "MR" | "PT" | "NM" | "RTDOSE"
    );
    match no_plane {
        NoPlane::Absent if is_sectional => warnings.push(say!("io-dicom-no-position")),
        NoPlane::Absent => {}
        NoPlane::Incomplete => warnings.push(say!("io-dicom-no-position")),
        NoPlane::BadOrientation => warnings.push(say!("io-dicom-bad-orientation")),
        NoPlane::NoSpacing => warnings.push(say!("io-dicom-no-spacing")),
        NoPlane::Mosaic => warnings.push(say!("io-dicom-mosaic")),
    }
    let size = &first.shot.file.pixel_size;
    warnings.extend(size.doubt());
    Placement::Stack(size.grid(dims))
}

/// The rescale that all pictures share; else the identity, and the values themselves are kept.
fn shared_rescale(cells: &Cells<'_>, layout: &Layout) -> (Rescale, bool) {
    if layout.components() != 1 {
        return (Rescale::IDENTITY, false);
    }
    let mut all = cells.cells.iter().map(|cell| cell.shot.info.rescale);
    match all.next() {
        Some(first) if all.all(|other| other == first) => (first, false),
        Some(_) => (Rescale::IDENTITY, true),
        None => (Rescale::IDENTITY, false),
    }
}

/// What was odd about the files, each oddity once, with the file where it was met first.
fn file_warnings(cells: &Cells<'_>) -> Vec<String> {
    let mut told: Vec<(&str, &FilePlace, usize)> = Vec::new();
    let mut last: Option<&Path> = None;
    for cell in &cells.cells {
        let file = cell.shot.file;
        if last.replace(file.pixels.file.name()) == Some(file.pixels.file.name()) {
            continue;
        }
        for warning in &file.warnings {
            match told.iter_mut().find(|(text, _, _)| text == warning) {
                Some((_, _, count)) => *count += 1,
                None => told.push((warning, &file.pixels.file, 1)),
            }
        }
    }
    told.into_iter()
        .map(|(text, file, count)| {
            say!(
                "io-dicom-in-file",
                name = file.file_name(),
                text = text.to_owned(),
                more = count - 1
            )
        })
        .collect()
}

fn series_info(cells: &Cells<'_>, first: &Cell<'_>) -> SeriesInfo {
    let identity = &first.shot.file.identity;
    SeriesInfo {
        format: "dicom",
        kind: VolumeKind::Image,
        modality: identity.modality.clone(),
        description: identity.series_description.clone(),
        patient: identity.patient.clone(),
        study_uid: identity.study_uid.clone(),
        study_description: identity.study_description.clone(),
        study_date: identity.study_date.clone(),
        series_uid: identity.series_uid.clone(),
        series_number: identity.series_number,
        transfer_syntax: first.shot.file.pixels.transfer_syntax.clone(),
        frame_of_reference_uid: identity.frame_of_reference_uid.clone(),
        files: cells.files().count(),
        stored_type: first.shot.file.pixels.layout.stored_type(),
    }
}
