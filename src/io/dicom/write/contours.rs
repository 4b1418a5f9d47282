//! Segmentations to RT Structure Sets (PS3.3 A.19, C.8.8.5, C.8.8.6): closed planar contours on the slices of the
//! reference image, holes as keyholes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use glam::{DVec2, DVec3};
use rayon::prelude::*;

use super::super::header::{DicomObject, read_object};
use super::codes::{algorithm_word, item, series_items};
use super::ground::Ground;
use super::modules::Elements;
use super::segmentation::SegmentationToWrite;
use super::study::{NewObject, Study, now};
use super::text::{decimal_strings, line};
use super::{check_sides, file_bytes};
use crate::algo::pixel_outlines::outlines;
use crate::io::save::{SaveError, write_checked};
use crate::model::segment::Segment;
use crate::model::voxels::Samples;
use crate::say;

/// The retired class of study management, which RT objects still name (PS3.3 C.8.8.5.2).
const STUDY_CLASS: &str = "1.2.840.10008.3.1.2.3.1";

/// The outlines of a segment: slice, and polygons in its pixels.
type Outlines = Vec<(usize, Vec<Vec<DVec2>>)>;

/// Writes one file, and reads it back before it counts: filled again, every voxel must be what it was. Gives warnings,
/// each a sentence.
pub fn write_contours(path: &Path, what: &SegmentationToWrite<'_>) -> Result<Vec<String>, SaveError> {
    let refuse = |why: String| SaveError::refused(path, why);
    let geometry = what.volume.geometry().ok_or_else(|| refuse(say!("io-seg-nowhere")))?;
    what.check_labels().map_err(refuse)?;
    let ground = Ground::of(geometry, what.reference);
    let [columns, rows, _] = ground.dims();
    check_sides(columns, rows).map_err(refuse)?;
    let planes = Planes::of(what, &ground).map_err(refuse)?;
    let regions: Vec<(&Segment, Outlines)> = what.table.segments.iter().zip(planes.outlines()).collect();
    let study = Study::of(what.reference, what.volume);
    let object = build(what, &ground, &study, &regions);
    // Contours are longer than the 64 KiB that a DS has room for where its VR is told.
    let bytes = file_bytes(object, uids::IMPLICIT_VR_LITTLE_ENDIAN).map_err(refuse)?;
    write_checked(
        path,
        |out| out.write_all(&bytes),
        |copy| read_back(copy, what, &ground, &study, &planes),
    )?;
    Ok(ground.warnings())
}

/// The labels of the map on the grid.
struct Planes<'a> {
    what: &'a SegmentationToWrite<'a>,
    ground: &'a Ground,
    /// Samples of each slab of the volume.
    slabs: Vec<&'a Samples>,
    /// Index of the segment of each label, by frame of the volume.
    segments: BTreeMap<(usize, u32), usize>,
}

/// The first and the last pixel along each side.
#[derive(Clone, Copy, Debug)]
struct Extent {
    low: [usize; 2],
    high: [usize; 2],
}

impl<'a> Planes<'a> {
    fn of(what: &'a SegmentationToWrite<'a>, ground: &'a Ground) -> Result<Self, String> {
        let voxels = &what.volume.voxels;
        let slabs = voxels.slabs_of_frames(0..voxels.frames());
        let of_segment = |(n, segment): (usize, &Segment)| ((what.frame.unwrap_or(segment.layer), segment.label), n);
        Ok(Self {
            what,
            ground,
            slabs: slabs.ok_or_else(|| say!("io-not-loaded"))?,
            segments: what.table.segments.iter().enumerate().map(of_segment).collect(),
        })
    }

    /// The frames of the volume that have segments.
    fn frames(&self) -> BTreeSet<usize> {
        self.segments.keys().map(|(frame, _)| *frame).collect()
    }

    /// The labels of a slice of the grid, row by row; 0 beyond the map.
    fn plane(&self, slice: usize, frame: usize) -> Vec<u32> {
        let [columns, rows, _] = self.ground.dims();
        let volume = self.what.volume;
        let voxels = &volume.voxels;
        let label = |at: usize| -> Option<u32> {
            let [i, j, k] = self.ground.map_index([at % columns, at / columns, slice])?;
            let slab = voxels.slab_of(k, frame);
            let first = (k - voxels.slab_range(slab).first_slice) * voxels.slice_samples();
            let stored = self.slabs.get(slab)?.get(first + j * voxels.dims()[0] + i)?;
            Some(volume.rescale.value(stored) as u32)
        };
        (0..columns * rows).map(|at| label(at).unwrap_or(0)).collect()
    }

    /// The outlines of every segment. Each slice is read once, and each segment outlined where it is.
    fn outlines(&self) -> Vec<Outlines> {
        let [columns, _, slices] = self.ground.dims();
        let frames = self.frames();
        let of_plane = |slice: usize, frame: usize| {
            let plane = self.plane(slice, frame);
            let mut all = Vec::new();
            for (label, extent) in extents(&plane, columns) {
                let Some(segment) = self.segments.get(&(frame, label)) else {
                    continue;
                };
                let [left, top] = extent.low;
                let [width, height] = [0, 1].map(|side| extent.high[side] - extent.low[side] + 1);
                let is_in = |i: usize, j: usize| plane.get((top + j) * columns + left + i) == Some(&label);
                let corner = DVec2::new(left as f64, top as f64);
                let polygons = outlines(width, height, is_in).into_iter();
                let placed = polygons.map(|polygon| polygon.into_iter().map(|at| at + corner).collect());
                all.push((*segment, placed.collect::<Vec<Vec<DVec2>>>()));
            }
            all
        };
        let found: Vec<Vec<(usize, Vec<Vec<DVec2>>)>> = (0..slices)
            .into_par_iter()
            .map(|slice| frames.iter().flat_map(|frame| of_plane(slice, *frame)).collect())
            .collect();
        let mut regions: Vec<Outlines> = vec![Vec::new(); self.what.table.segments.len()];
        for (slice, segments) in found.into_iter().enumerate() {
            for (segment, polygons) in segments {
                if let Some(region) = regions.get_mut(segment) {
                    region.push((slice, polygons));
                }
            }
        }
        regions
    }
}

/// The labels of a slice, and where each of them is.
fn extents(plane: &[u32], columns: usize) -> BTreeMap<u32, Extent> {
    let mut all: BTreeMap<u32, Extent> = BTreeMap::new();
    for (j, row) in plane.chunks(columns.max(1)).enumerate() {
        let mut first = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let last = first + run.len() - 1;
            if let Some(label) = run.first().filter(|label| **label != 0) {
                let extent = all.entry(*label).or_insert(Extent {
                    low: [first, j],
                    high: [last, j],
                });
                extent.low[0] = extent.low[0].min(first);
                extent.high = [extent.high[0].max(last), j];
            }
            first = last + 1;
        }
    }
    all
}

fn build(
    what: &SegmentationToWrite<'_>,
    ground: &Ground,
    study: &Study,
    regions: &[(&Segment, Outlines)],
) -> InMemDicomObject {
    let mut elements = Elements::new();
    let description = &what.volume.series.description;
    study.put(
        &mut elements,
        &NewObject {
            class_uid: uids::RT_STRUCTURE_SET_STORAGE,
            modality: "RTSTRUCT",
            description,
            series_number: "301",
        },
    );
    let (date, time) = now();
    elements.text(tags::OPERATORS_NAME, VR::PN, "");
    elements.text(tags::APPROVAL_STATUS, VR::CS, "UNAPPROVED");
    let label = line(description, 16);
    elements.text(
        tags::STRUCTURE_SET_LABEL,
        VR::SH,
        if label.is_empty() {
            "Isocenter".to_owned()
        } else {
            label
        },
    );
    elements.text(tags::STRUCTURE_SET_DATE, VR::DA, date);
    elements.text(tags::STRUCTURE_SET_TIME, VR::TM, time);
    put_references(&mut elements, ground, study);
    put_regions(&mut elements, ground, study, regions);
    elements.into_object()
}

/// Structure Set ROI, ROI Contour and RT ROI Observations.
fn put_regions(elements: &mut Elements, ground: &Ground, study: &Study, regions: &[(&Segment, Outlines)]) {
    let of_region = |fill: &dyn Fn(&mut Elements, usize, &Segment, &Outlines)| -> Vec<InMemDicomObject> {
        regions
            .iter()
            .enumerate()
            .map(|(n, (segment, outlines))| item(|inside| fill(inside, n, segment, outlines)))
            .collect()
    };
    let rois = of_region(&|inside, _, segment, _| {
        inside.text(tags::ROI_NUMBER, VR::IS, segment.label.to_string());
        inside.text(
            tags::REFERENCED_FRAME_OF_REFERENCE_UID,
            VR::UI,
            study.frame_of_reference_uid.as_str(),
        );
        inside.text(tags::ROI_NAME, VR::LO, line(&segment.name, 64));
        let algorithm = segment.detail.as_ref().and_then(|detail| detail.algorithm.as_ref());
        let word = algorithm.map_or("", |(kind, _)| algorithm_word(*kind));
        inside.text(tags::ROI_GENERATION_ALGORITHM, VR::CS, word);
    });
    elements.items(tags::STRUCTURE_SET_ROI_SEQUENCE, rois);
    let contours = of_region(&|inside, _, segment, outlines| {
        let color = segment.color.map(|part| part.to_string()).join("\\");
        inside.text(tags::ROI_DISPLAY_COLOR, VR::IS, color);
        inside.text(tags::REFERENCED_ROI_NUMBER, VR::IS, segment.label.to_string());
        let mut number = 0;
        let mut items = Vec::new();
        for (slice, polygons) in outlines {
            for polygon in polygons {
                number += 1;
                items.push(contour_item(ground, *slice, polygon, number));
            }
        }
        if !items.is_empty() {
            inside.items(tags::CONTOUR_SEQUENCE, items);
        }
    });
    elements.items(tags::ROI_CONTOUR_SEQUENCE, contours);
    let observations = of_region(&|inside, n, segment, _| {
        inside.text(tags::OBSERVATION_NUMBER, VR::IS, (n + 1).to_string());
        inside.text(tags::REFERENCED_ROI_NUMBER, VR::IS, segment.label.to_string());
        inside.coding(&segment.coding(), tags::RTROI_IDENTIFICATION_CODE_SEQUENCE);
        inside.text(tags::RTROI_INTERPRETED_TYPE, VR::CS, "");
        inside.text(tags::ROI_INTERPRETER, VR::PN, "");
    });
    elements.items(tags::RTROI_OBSERVATIONS_SEQUENCE, observations);
}

/// The frame of reference, and the images in it.
fn put_references(elements: &mut Elements, ground: &Ground, study: &Study) {
    elements.one(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE, |frame| {
        frame.text(
            tags::FRAME_OF_REFERENCE_UID,
            VR::UI,
            study.frame_of_reference_uid.as_str(),
        );
        let series = series_items(ground, tags::CONTOUR_IMAGE_SEQUENCE);
        if series.is_empty() {
            return;
        }
        frame.one(tags::RT_REFERENCED_STUDY_SEQUENCE, |of_study| {
            of_study.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, STUDY_CLASS);
            of_study.text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, study.study_uid.as_str());
            of_study.items(tags::RT_REFERENCED_SERIES_SEQUENCE, series);
        });
    });
}

fn contour_item(ground: &Ground, slice: usize, polygon: &[DVec2], number: usize) -> InMemDicomObject {
    item(|contour| {
        if let Some(source) = ground.sources(slice).next() {
            contour.one(tags::CONTOUR_IMAGE_SEQUENCE, |image| image.image(source));
        }
        contour.text(tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, "CLOSED_PLANAR");
        contour.text(tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, polygon.len().to_string());
        contour.text(tags::CONTOUR_NUMBER, VR::IS, number.to_string());
        let points = polygon.iter().flat_map(|at| {
            let place = ground.geometry.patient_at(DVec3::new(at.x, at.y, slice as f64));
            place.to_array()
        });
        contour.text(
            tags::CONTOUR_DATA,
            VR::DS,
            decimal_strings(&points.collect::<Vec<f64>>()),
        );
    })
}

/// Reads a file back and fills its contours on the grid that they were made on.
fn read_back(
    path: &Path,
    what: &SegmentationToWrite<'_>,
    ground: &Ground,
    study: &Study,
    planes: &Planes<'_>,
) -> io::Result<()> {
    let wrong = || io::Error::other(say!("io-read-back"));
    let Ok(DicomObject::Contours(file)) = read_object(&path.into()) else {
        return Err(wrong());
    };
    let [_, _, slices] = ground.dims();
    let image = ground.as_image(what.volume, study)?;
    let back = file
        .into_open_volume(std::slice::from_ref(&image))
        .map_err(io::Error::other)?;
    let told = back.source.segments().unwrap_or_default();
    let layer_of: BTreeMap<u32, usize> = told.segments.iter().map(|one| (one.label, one.layer)).collect();
    let frames = planes.frames();
    let is_same = |k: usize| -> Option<bool> {
        let read: Vec<_> = (0..back.volume.voxels.frames())
            .map(|layer| Some(back.source.read_slab(layer * slices + k).ok()?.samples))
            .collect::<Option<_>>()?;
        let (mut expected, mut is_same) = (0_usize, true);
        for frame in &frames {
            for (at, label) in planes.plane(k, *frame).into_iter().enumerate() {
                if label != 0 && planes.segments.contains_key(&(*frame, label)) {
                    let samples = layer_of.get(&label).and_then(|layer| read.get(*layer));
                    is_same &= samples.and_then(|samples| samples.get(at)) == Some(f64::from(label));
                    expected += 1;
                }
            }
        }
        // What is nowhere else than expected is nowhere too much.
        let is_set = |samples: &Samples| (0..samples.len()).filter(|at| samples.get(*at) != Some(0.0)).count();
        Some(is_same && read.iter().map(is_set).sum::<usize>() == expected)
    };
    let is_whole = (0..slices).into_par_iter().all(|k| is_same(k) == Some(true));
    is_whole.then_some(()).ok_or_else(wrong)
}
