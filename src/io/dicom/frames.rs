//! The pictures of a file: where each lies, what its numbers mean, and its place in a sequence of time points.
//!
//! A plain file has one, described by the data set itself; an enhanced file has many, described by functional groups
//! (PS3.3 C.7.6.16), each with what all frames share as its default; a dose grid by offsets (PS3.3 C.8.8.3.2).

use dicom_core::Tag;
use dicom_dictionary_std::tags;
use glam::DVec3;

use super::elements::Item;
use super::header::Identity;
use crate::model::volume::Rescale;

/// What the file says about one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameInfo {
    /// Where it lies.
    pub plane: Result<Plane, NoPlane>,
    /// How thick it is along its normal, mm: Spacing Between Slices, else Slice Thickness.
    pub depth_mm: Option<f64>,
    /// From stored numbers to values.
    pub rescale: Rescale,
    /// What may tell pictures at one position apart.
    pub repeat: Repeat,
}

/// A picture's plane in the patient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// Centre of the first pixel, LPS mm.
    pub origin: DVec3,
    /// From one pixel to the next in a row, LPS mm.
    pub step_i: DVec3,
    /// From one row to the next, LPS mm.
    pub step_j: DVec3,
}

impl Plane {
    /// Row direction × column direction, of length 1.
    pub fn normal(&self) -> DVec3 {
        self.step_i.cross(self.step_j).normalize_or_zero()
    }
}

/// Why a picture has no place in the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoPlane {
    /// The file has neither position nor orientation, as is usual for radiographs.
    Absent,
    /// One of position and orientation is missing or is not made of numbers.
    Incomplete,
    /// The orientation is no pair of perpendicular directions.
    BadOrientation,
    /// The distance of pixels is missing or not positive.
    NoSpacing,
    /// A sheet of many slices.
    Mosaic,
}

/// What may tell pictures at one position apart, the strongest first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Repeat {
    /// Temporal Position Index or Identifier, diffusion b-value, echo time, Acquisition Number, trigger or acquisition time.
    pub keys: [Option<f64>; 6],
    /// Instance Number.
    pub instance: i64,
    /// Index of the frame in its file.
    pub frame: usize,
}

/// Reads what a file says about its pictures, `count` of them.
pub fn read_frames(root: Item<'_>, identity: &Identity, count: usize) -> Vec<FrameInfo> {
    let shared = root.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let per_frame: Vec<Item<'_>> = root
        .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
        .take(count)
        .collect();
    let instance = identity.instance_number.unwrap_or(0);
    if shared.is_none() && per_frame.is_empty() {
        let mut first = FrameInfo {
            plane: plane_of(&|_, tag| root.get(tag).map(|_| root)),
            depth_mm: depth_of(&|_, _| Some(root)),
            rescale: rescale_of(&|_, _| Some(root)),
            repeat: plain_repeat(root, instance),
        };
        if identity.is_mosaic && first.plane.is_ok() {
            first.plane = Err(NoPlane::Mosaic);
        }
        return plain_frames(root, &first, count);
    }
    (0..count)
        .map(|frame| {
            let own = per_frame.get(frame).copied();
            // Legacy converted and broken files keep some of it at the top.
            let find = |sequence: Tag, tag: Tag| {
                let groups = [own, shared]
                    .into_iter()
                    .flatten()
                    .filter_map(|group| group.item(sequence));
                groups.chain(std::iter::once(root)).find(|item| item.get(tag).is_some())
            };
            FrameInfo {
                plane: plane_of(&find),
                depth_mm: depth_of(&find),
                rescale: rescale_of(&find),
                repeat: Repeat {
                    keys: frame_keys(&find),
                    instance,
                    frame,
                },
            }
        })
        .collect()
}

/// Finds the item that holds an attribute: (sequence of the functional group, attribute).
type Find<'f, 'a> = &'f dyn Fn(Tag, Tag) -> Option<Item<'a>>;

fn plane_of(find: Find<'_, '_>) -> Result<Plane, NoPlane> {
    let position = find(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT);
    let orientation = find(tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT);
    let (position, orientation) = match (position, orientation) {
        (Some(position), Some(orientation)) => (position, orientation),
        (None, None) => return Err(NoPlane::Absent),
        _ => return Err(NoPlane::Incomplete),
    };
    let three = |numbers: &[f64]| numbers.first_chunk::<3>().map(|xyz| DVec3::from_array(*xyz));
    let origin = position
        .numbers(tags::IMAGE_POSITION_PATIENT)
        .filter(|numbers| numbers.len() == 3)
        .and_then(|numbers| three(&numbers))
        .ok_or(NoPlane::Incomplete)?;
    let cosines = orientation
        .numbers(tags::IMAGE_ORIENTATION_PATIENT)
        .filter(|numbers| numbers.len() == 6)
        .ok_or(NoPlane::BadOrientation)?;
    let (Some(along_row), Some(along_column)) = (three(&cosines), cosines.get(3..).and_then(three)) else {
        return Err(NoPlane::BadOrientation);
    };
    // Rounded cosines are off by some 1e-6; beyond this they are wrong rather than rounded.
    let is_unit = |direction: DVec3| (direction.length() - 1.0).abs() < 0.01;
    if !is_unit(along_row) || !is_unit(along_column) || along_row.dot(along_column).abs() > 0.01 {
        return Err(NoPlane::BadOrientation);
    }
    let spacing = find(tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING)
        .and_then(|item| item.numbers(tags::PIXEL_SPACING))
        .ok_or(NoPlane::NoSpacing)?;
    let [between_rows, between_columns] = *spacing.first_chunk::<2>().ok_or(NoPlane::NoSpacing)?;
    if between_rows <= 0.0 || between_columns <= 0.0 {
        return Err(NoPlane::NoSpacing);
    }
    Ok(Plane {
        origin,
        step_i: along_row * between_columns,
        step_j: along_column * between_rows,
    })
}

fn depth_of(find: Find<'_, '_>) -> Option<f64> {
    [tags::SPACING_BETWEEN_SLICES, tags::SLICE_THICKNESS]
        .into_iter()
        .filter_map(|tag| find(tags::PIXEL_MEASURES_SEQUENCE, tag)?.number(tag))
        .map(f64::abs)
        .find(|depth| *depth > 0.0)
}

/// Rescale Slope and Intercept; of a dose grid its scaling (PS3.3 C.8.8.3). A slope of 0 would erase the picture.
fn rescale_of(find: Find<'_, '_>) -> Rescale {
    let number = |tag| find(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tag)?.number(tag);
    let slope = number(tags::RESCALE_SLOPE)
        .or_else(|| number(tags::DOSE_GRID_SCALING))
        .filter(|slope| *slope != 0.0);
    Rescale {
        slope: slope.unwrap_or(1.0),
        intercept: number(tags::RESCALE_INTERCEPT).unwrap_or(0.0),
    }
}

fn plain_repeat(root: Item<'_>, instance: i64) -> Repeat {
    let keys = [
        tags::TEMPORAL_POSITION_IDENTIFIER,
        tags::DIFFUSION_B_VALUE,
        tags::ECHO_TIME,
        tags::ACQUISITION_NUMBER,
        tags::TRIGGER_TIME,
        tags::ACQUISITION_TIME,
    ];
    Repeat {
        keys: keys.map(|tag| root.number(tag)),
        instance,
        frame: 0,
    }
}

fn frame_keys(find: Find<'_, '_>) -> [Option<f64>; 6] {
    let groups = [
        (tags::FRAME_CONTENT_SEQUENCE, tags::TEMPORAL_POSITION_INDEX),
        (tags::MR_DIFFUSION_SEQUENCE, tags::DIFFUSION_B_VALUE),
        (tags::MR_ECHO_SEQUENCE, tags::EFFECTIVE_ECHO_TIME),
        (tags::FRAME_CONTENT_SEQUENCE, tags::FRAME_ACQUISITION_NUMBER),
        (
            tags::CARDIAC_SYNCHRONIZATION_SEQUENCE,
            tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME,
        ),
        (tags::FRAME_CONTENT_SEQUENCE, tags::FRAME_REFERENCE_DATE_TIME),
    ];
    groups.map(|(sequence, tag)| find(sequence, tag)?.number(tag))
}

/// Frames without functional groups: of a dose grid each at its offset, else all alike but for their number.
fn plain_frames(root: Item<'_>, first: &FrameInfo, count: usize) -> Vec<FrameInfo> {
    let offsets = root
        .numbers(tags::GRID_FRAME_OFFSET_VECTOR)
        .filter(|offsets| offsets.len() >= count);
    (0..count)
        .map(|frame| {
            let mut info = first.clone();
            info.repeat.frame = frame;
            let Ok(plane) = &mut info.plane else {
                return info;
            };
            match offsets
                .as_ref()
                .and_then(|offsets| Some((*offsets.first()?, *offsets.get(frame)?)))
            {
                // Relative to the first plane, or as z of the patient (then the first is the position's own z).
                Some((base, offset)) => plane.origin += plane.normal() * (offset - base),
                // Many frames at one declared position: where the others lie is not said.
                None if count > 1 => info.plane = Err(NoPlane::Incomplete),
                None => {}
            }
            info
        })
        .collect()
}
