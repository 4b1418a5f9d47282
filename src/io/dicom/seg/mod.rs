//! DICOM segmentations: binary, fractional and label map (PS3.3 A.51, C.8.20), their frames placed by position.

mod color;
mod grid;
mod header;
mod layers;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::grid::{Grid, Spot};
use self::source::{Part, SegSource};
use super::header::DicomFile;
use super::references::References;
use crate::io::source::OpenVolume;
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable, default_color};
use crate::model::volume::{Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

pub(super) use self::color::lab_of_srgb;
pub(super) use self::header::{SegHeader, SegKind};

/// The volume of a segmentation. Where one of the images has its grid, the volume is on it, slice by slice; else on a
/// grid of its own that spans its planes. The error is the reason for the user.
pub(super) fn build(file: &DicomFile, header: &SegHeader, images: &[OpenVolume]) -> Result<OpenVolume, String> {
    let mut warnings = file.warnings.clone();
    let grid = Grid::of(file, header, images)?;
    let table = table_of(header, &mut warnings);
    let frames: Vec<(usize, u32, Spot)> = grid
        .spots
        .iter()
        .enumerate()
        .filter_map(|(frame, spot)| {
            let number = match header.kind {
                SegKind::LabelMap => 0,
                _ => header.frame_segments.get(frame).copied().flatten()?,
            };
            Some((frame, number, *spot))
        })
        .collect();
    let unnamed = grid.spots.len() - frames.len();
    if unnamed > 0 {
        warnings.push(say!("io-seg-no-number", count = unnamed));
    }
    let layer_of = layers::assign(file, header, &frames, &table)?;
    let layer_count = layer_of.values().max().map_or(1, |last| last + 1);
    layers::check_slabs(grid.dims[2], layer_count, grid.spots.len())?;
    let table = SegmentTable {
        segments: table
            .segments
            .into_iter()
            .map(|segment| Segment {
                layer: layer_of.get(&segment.label).copied().unwrap_or(0),
                ..segment
            })
            .collect(),
    };
    let highest = frames.iter().map(|(_, number, _)| *number).max().unwrap_or(0);
    let sample_type = match header.kind {
        SegKind::Fractional { .. } => SampleType::F32,
        SegKind::LabelMap => file.pixels.layout.sample_type(),
        SegKind::Binary if highest <= 255 => SampleType::U8,
        SegKind::Binary => SampleType::U16,
    };
    let dims = grid.dims;
    let voxels = Voxels::new(dims, layer_count, 1, sample_type, 1).map_err(|err| err.to_string())?;
    let references = references_of(header, &frames, dims[2]);
    let mut parts: Vec<Vec<Part>> = vec![Vec::new(); voxels.slab_count()];
    for (frame, number, spot) in frames {
        let layer = layer_of.get(&number).copied().unwrap_or(0);
        if let Some(slab) = parts.get_mut(layer * dims[2] + spot.slice) {
            slab.push(Part {
                frame,
                label: number,
                left: spot.left,
                top: spot.top,
            });
        }
    }
    Ok(OpenVolume {
        volume: Arc::new(volume_of(file, grid.placement, voxels, warnings)),
        source: Arc::new(SegSource {
            pixels: Arc::clone(&file.pixels),
            kind: header.kind,
            columns: dims[0],
            rows: dims[1],
            sample_type,
            parts,
            table,
            references: references.map(Arc::new),
        }),
    })
}

/// The images that it was drawn on, series by series, by slice where frames say so.
fn references_of(header: &SegHeader, frames: &[(usize, u32, Spot)], depth: usize) -> Option<References> {
    let mut all: Vec<References> = Vec::new();
    // A series of which no image is named is there all the same.
    let mut series_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (series_uid, images) in &header.referenced_series {
        let n = all.iter().position(|one| one.series_uid == *series_uid);
        let n = n.unwrap_or_else(|| {
            all.push(References {
                series_uid: series_uid.clone(),
                slices: vec![Vec::new(); depth],
                ..References::default()
            });
            all.len() - 1
        });
        if let Some(one) = all.get_mut(n) {
            one.others.extend(images.iter().cloned());
        }
        for image in images {
            series_of.entry(&image.instance_uid).or_insert(n);
        }
    }
    for (frame, _, spot) in frames {
        for source in header.frame_sources.get(*frame).into_iter().flatten() {
            // What no series lists can only be of the one that is there; of several it is nobody's.
            let only = (header.referenced_series.len() == 1).then_some(0);
            let n = series_of.get(source.instance_uid.as_str()).copied().or(only);
            let one = n.and_then(|n| all.get_mut(n));
            if let Some(slice) = one.and_then(|one| one.slices.get_mut(spot.slice))
                && !slice.contains(source)
            {
                slice.push(source.clone());
            }
        }
    }
    let mut all = all.into_iter();
    let first = all.next()?;
    Some(References {
        further: all.collect(),
        ..first
    })
}

fn volume_of(file: &DicomFile, placement: Placement, voxels: Voxels, warnings: Vec<String>) -> Volume {
    Volume {
        id: VolumeId::fresh(),
        series: series_info(file),
        placement,
        voxels,
        rescale: Rescale::IDENTITY,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings,
    }
}

/// The segments by number. Numbers that cannot be drawn, and those told twice, are left out with a word.
fn table_of(header: &SegHeader, warnings: &mut Vec<String>) -> SegmentTable {
    let named = header.segments.iter().filter(|segment| segment.number != 0);
    let segments: Vec<Segment> = named
        .map(|segment| {
            let name = if segment.name.is_empty() {
                say!("app-segment", label = segment.number)
            } else {
                segment.name.clone()
            };
            let color = segment.color.unwrap_or_else(|| default_color(segment.number));
            Segment {
                detail: segment.detail.clone(),
                ..Segment::new(segment.number, name, color)
            }
        })
        .collect();
    let told = segments.len();
    let table = SegmentTable::from_segments(segments);
    if table.segments.len() < told {
        warnings.push(say!(
            "io-seg-bad-numbers",
            count = told - table.segments.len(),
            most = MOST_LABEL.to_string()
        ));
    }
    table
}

fn series_info(file: &DicomFile) -> SeriesInfo {
    let identity = &file.identity;
    SeriesInfo {
        format: "dicom",
        kind: VolumeKind::Segmentation,
        modality: identity.modality.clone(),
        description: identity.series_description.clone(),
        patient: identity.patient.clone(),
        study_uid: identity.study_uid.clone(),
        study_description: identity.study_description.clone(),
        study_date: identity.study_date.clone(),
        series_uid: identity.series_uid.clone(),
        series_number: identity.series_number,
        transfer_syntax: file.pixels.transfer_syntax.clone(),
        frame_of_reference_uid: identity.frame_of_reference_uid.clone(),
        files: 1,
        stored_type: file.pixels.layout.stored_type(),
    }
}
