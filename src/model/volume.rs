//! A volume: stored voxels, where they lie, what their numbers mean, and where they come from.

use std::sync::atomic::{AtomicU64, Ordering};

use glam::DVec3;

use super::geometry::Geometry;
use super::voxels::Voxels;
use super::window::NamedWindow;

/// Names a volume within this run of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct VolumeId(pub u64);

impl VolumeId {
    /// An id that no volume has had yet.
    pub fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Where a volume stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Placement {
    /// In the patient.
    Patient(Geometry),
    /// Nowhere: a stack of pictures in their own pixels (a radiograph, a secondary capture).
    Stack(StackGrid),
}

/// The grid of pictures that have no place in space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StackGrid {
    /// Columns, rows, pictures.
    pub dims: [usize; 3],
    /// Width and height of a pixel: mm where `pixel_scale` says so, else only their ratio counts.
    pub pixel_size: [f64; 2],
    /// What the pixel size is good for.
    pub pixel_scale: PixelScale,
}

/// Where the size of a pixel holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelScale {
    /// In the patient, mm.
    Patient,
    /// At the detector, or on a film that was scanned, mm. In the patient, nearer to the source, lengths are shorter.
    Detector,
    /// Nowhere: only the ratio of its sides is known.
    Unknown,
}

/// Stored number × slope + intercept = value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rescale {
    /// Slope.
    pub slope: f64,
    /// Intercept, in units of the value.
    pub intercept: f64,
}

impl Rescale {
    /// Values are the stored numbers.
    pub const IDENTITY: Self = Self {
        slope: 1.0,
        intercept: 0.0,
    };

    /// The value of a stored number.
    pub fn value(&self, stored: f64) -> f64 {
        stored * self.slope + self.intercept
    }

    /// The stored number of a value, between whole numbers too.
    pub fn stored(&self, value: f64) -> f64 {
        (value - self.intercept) / self.slope
    }

    /// Whether a value is at least `floor`. They are compared as stored numbers and in f32, as the shaders do it: of a
    /// map of `f32`, 0.7 is at least 0.7, though its 0.7 is a little less than the `f64`.
    pub fn reaches(&self, value: f64, floor: f64) -> bool {
        let [value, floor] = [value, floor].map(|value| self.stored(value) as f32);
        if self.slope < 0.0 {
            value <= floor
        } else {
            value >= floor
        }
    }
}

/// What a volume is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum VolumeKind {
    Image,
    Segmentation,
}

/// Who was examined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patient {
    /// Name as the file has it, component separators included.
    pub name: String,
    /// Patient ID.
    pub id: String,
    /// Birth date as the file has it (YYYYMMDD).
    pub birth_date: String,
    /// Sex as the file has it.
    pub sex: String,
}

/// Where a volume comes from: the words and identifiers of its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesInfo {
    /// `dicom`, `nifti`, ….
    pub format: &'static str,
    /// What it is for.
    pub kind: VolumeKind,
    /// CT, MR, …; empty if the format does not say.
    pub modality: String,
    /// Series Description, or the file's own description, or its name.
    pub description: String,
    /// Who was examined.
    pub patient: Patient,
    /// Study Instance UID; empty if there is none.
    pub study_uid: String,
    /// Study Description.
    pub study_description: String,
    /// Study date as the file has it (YYYYMMDD).
    pub study_date: String,
    /// Series Instance UID; empty if there is none.
    pub series_uid: String,
    /// Series Number.
    pub series_number: Option<i64>,
    /// Transfer Syntax UID; empty for other formats.
    pub transfer_syntax: String,
    /// Frame of Reference UID; volumes may be shown together only if it is the same or the user says so.
    pub frame_of_reference_uid: String,
    /// How many files it was made of.
    pub files: usize,
    /// Type of the numbers in the file (`i16`, `u8`, `rgb24`, …), which may differ from the type in memory.
    pub stored_type: String,
}

/// A volume. Immutable behind an `Arc`, but for slabs of voxels that arrive.
#[derive(Debug)]
pub struct Volume {
    /// Its name in this run of the program.
    pub id: VolumeId,
    /// Where it comes from.
    pub series: SeriesInfo,
    /// Where it stands.
    pub placement: Placement,
    /// The stored numbers.
    pub voxels: Voxels,
    /// From stored numbers to values.
    pub rescale: Rescale,
    /// Unit of the values (`HU`, `Bq/ml`, …); `None` if unknown.
    pub unit: Option<String>,
    /// The file's own windows, in its order.
    pub windows: Vec<NamedWindow>,
    /// MONOCHROME1: low values are shown bright.
    pub is_inverted: bool,
    /// Stored numbers from..=to that pad the picture and are no measurement (Pixel Padding Value).
    pub padding: Option<(f64, f64)>,
    /// Doubts about it, each a sentence for the user.
    pub warnings: Vec<String>,
}

/// The value of a voxel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A number in the volume's unit.
    Scalar(f64),
    /// Red, green, blue.
    Rgb([f64; 3]),
}

impl Volume {
    /// Its place in the patient, if it has one.
    pub fn geometry(&self) -> Option<&Geometry> {
        match &self.placement {
            Placement::Patient(geometry) => Some(geometry),
            Placement::Stack(_) => None,
        }
    }

    /// The same volume with other voxels of its size: what was painted.
    pub fn with_voxels(&self, voxels: Voxels) -> Self {
        Self {
            id: self.id,
            series: self.series.clone(),
            placement: self.placement.clone(),
            voxels,
            rescale: self.rescale,
            unit: self.unit.clone(),
            windows: self.windows.clone(),
            is_inverted: self.is_inverted,
            padding: self.padding,
            warnings: self.warnings.clone(),
        }
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.voxels.dims()
    }

    /// The value of a voxel; `None` outside or where it has not arrived.
    pub fn value(&self, index: [usize; 3], frame: usize) -> Option<Value> {
        let part = |component| self.voxels.stored(index, frame, component);
        if self.voxels.components() == 3 {
            return Some(Value::Rgb([part(0)?, part(1)?, part(2)?]));
        }
        part(0).map(|stored| Value::Scalar(self.rescale.value(stored)))
    }

    /// The voxel whose centre is nearest to a fractional index; `None` outside the volume.
    pub fn nearest_voxel(&self, voxel: DVec3) -> Option<[usize; 3]> {
        let dims = self.dims();
        let mut index = [0; 3];
        for (axis, at) in voxel.to_array().into_iter().enumerate() {
            if !(at >= -0.5 && at <= dims[axis] as f64 - 0.5) {
                return None;
            }
            index[axis] = (at + 0.5).floor().clamp(0.0, dims[axis] as f64 - 1.0) as usize;
        }
        Some(index)
    }
}
