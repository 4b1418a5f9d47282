//! Where the voxels of a volume lie in the patient.
//!
//! Voxel *centres* have whole-number indices: voxel (i, j, k) reaches from i − ½ to i + ½, and the centre of
//! voxel i has the texture coordinate (i + ½) / n. This is the one place that says so.
//!
//! A geometry is an affine map (never orthogonalised: gantry tilt is a shear and stays one) and, where slices are
//! not evenly spaced or not on one line, a table of where each slice really lies. The table is expressed in the
//! coordinates of the mean affine, so that the GPU and the CPU look it up in the same three numbers a slice.

use glam::{DAffine3, DMat3, DVec3};

use crate::say;

/// Why a set of numbers is not a geometry.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GeometryError {
    /// A dimension is zero or too large to count.
    #[error("{}", say!("model-no-side", voxels = *.0))]
    Dims(usize),
    /// The map holds an infinity or a NaN.
    #[error("{}", say!("model-not-finite"))]
    NotFinite,
    /// The three voxel edges lie in one plane.
    #[error("{}", say!("model-flat"))]
    Singular,
    /// Slice origins do not advance along the normal.
    #[error("{}", say!("model-not-ascending", slice = *.0))]
    NotAscending(usize),
}

/// Where one slice lies, in the index coordinates of the mean affine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliceRow {
    /// The slice's place along the stack, in mean slice steps from slice 0.
    pub step: f64,
    /// How far the slice is displaced along the row direction, in voxels.
    pub shift_i: f64,
    /// How far the slice is displaced along the column direction, in voxels.
    pub shift_j: f64,
}

/// The exact map between voxel indices and patient space (LPS, mm).
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    dims: [usize; 3],
    patient_from_voxel: DAffine3,
    voxel_from_patient: DAffine3,
    /// Present where the slices are not where the affine alone would put them; one row a slice.
    slice_table: Option<Vec<SliceRow>>,
}

impl Geometry {
    /// A geometry that is an affine map alone. `patient_from_voxel` maps voxel centres to LPS mm.
    pub fn from_affine(dims: [usize; 3], patient_from_voxel: DAffine3) -> Result<Self, GeometryError> {
        for side in dims {
            if side == 0 || side > u32::MAX as usize {
                return Err(GeometryError::Dims(side));
            }
        }
        if !patient_from_voxel.is_finite() {
            return Err(GeometryError::NotFinite);
        }
        let matrix = patient_from_voxel.matrix3;
        let edges = matrix.x_axis.length() * matrix.y_axis.length() * matrix.z_axis.length();
        let voxel_from_patient = patient_from_voxel.inverse();
        // Relative, so that micrometre voxels are as good as metres.
        if edges <= 0.0 || matrix.determinant().abs() <= edges * 1e-9 || !voxel_from_patient.is_finite() {
            return Err(GeometryError::Singular);
        }
        Ok(Self {
            dims,
            patient_from_voxel,
            voxel_from_patient,
            slice_table: None,
        })
    }

    /// A stack of parallel slices, each with its own origin (the place of voxel (0, 0, k), LPS mm).
    ///
    /// `step_i` and `step_j` lead from one voxel to the next along a row and along a column. `origins` ascend along
    /// `step_i × step_j`. A slice table is kept if any origin lies farther than `tolerance_mm` from the even stack.
    pub fn from_slices(
        columns: usize,
        rows: usize,
        step_i: DVec3,
        step_j: DVec3,
        origins: &[DVec3],
        tolerance_mm: f64,
    ) -> Result<Self, GeometryError> {
        let (Some(first), Some(last)) = (origins.first(), origins.last()) else {
            return Err(GeometryError::Dims(0));
        };
        let normal = step_i.cross(step_j).normalize_or_zero();
        for (k, pair) in origins.windows(2).enumerate() {
            // NaN must fail too, so the comparison is asked the positive way round.
            let advances = (pair[1] - pair[0]).dot(normal) > 0.0;
            if !advances {
                return Err(GeometryError::NotAscending(k + 1));
            }
        }
        let step_k = if origins.len() > 1 {
            (*last - *first) / (origins.len() - 1) as f64
        } else {
            normal
        };
        let affine = DAffine3 {
            matrix3: DMat3::from_cols(step_i, step_j, step_k),
            translation: *first,
        };
        let mut geometry = Self::from_affine([columns, rows, origins.len()], affine)?;
        let table: Vec<SliceRow> = origins
            .iter()
            .map(|origin| geometry.voxel_from_patient.transform_point3(*origin))
            .map(|at| SliceRow {
                step: at.z,
                shift_i: at.x,
                shift_j: at.y,
            })
            .collect();
        let is_even = origins.iter().enumerate().all(|(k, origin)| {
            (affine.transform_point3(DVec3::new(0.0, 0.0, k as f64)) - *origin).length() <= tolerance_mm
        });
        if !is_even {
            geometry.slice_table = Some(table);
        }
        Ok(geometry)
    }

    /// The same stack with a given thickness where there is one slice only, so that the voxel has a depth.
    pub fn with_single_slice_step(mut self, step_mm: f64) -> Self {
        if self.dims[2] == 1 && step_mm.is_finite() && step_mm > 0.0 {
            let mut affine = self.patient_from_voxel;
            affine.matrix3.z_axis = self.normal() * step_mm;
            self.patient_from_voxel = affine;
            self.voxel_from_patient = affine.inverse();
        }
        self
    }

    /// Number of voxels along i (columns), j (rows) and k (slices).
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// The affine map from voxel centres to LPS mm; with uneven slices it holds the mean step.
    pub fn patient_from_voxel(&self) -> &DAffine3 {
        &self.patient_from_voxel
    }

    /// The inverse of [`Self::patient_from_voxel`].
    pub fn voxel_from_patient(&self) -> &DAffine3 {
        &self.voxel_from_patient
    }

    /// Where the slices lie, if not evenly.
    pub fn slice_table(&self) -> Option<&[SliceRow]> {
        self.slice_table.as_deref()
    }

    /// The place of a (fractional) voxel index in LPS mm, on the true slices.
    pub fn patient_at(&self, voxel: DVec3) -> DVec3 {
        self.patient_from_voxel.transform_point3(self.mean_from_voxel(voxel))
    }

    /// The fractional voxel index of a place in LPS mm, on the true slices.
    pub fn voxel_at(&self, patient: DVec3) -> DVec3 {
        self.voxel_from_mean(self.voxel_from_patient.transform_point3(patient))
    }

    /// From true voxel index to the index coordinates of the mean affine.
    fn mean_from_voxel(&self, voxel: DVec3) -> DVec3 {
        let Some(table) = &self.slice_table else {
            return voxel;
        };
        let last = table.len() - 1;
        let low = (voxel.z.floor().max(0.0) as usize).min(last.saturating_sub(1));
        let high = (low + 1).min(last);
        let t = voxel.z - low as f64;
        let step = table[low].step + t * (table[high].step - table[low].step);
        let clamped = t.clamp(0.0, 1.0);
        let shift_i = table[low].shift_i + clamped * (table[high].shift_i - table[low].shift_i);
        let shift_j = table[low].shift_j + clamped * (table[high].shift_j - table[low].shift_j);
        DVec3::new(voxel.x + shift_i, voxel.y + shift_j, step)
    }

    /// From the index coordinates of the mean affine to the true voxel index. The slice shader does the same.
    pub fn voxel_from_mean(&self, mean: DVec3) -> DVec3 {
        let Some(table) = &self.slice_table else {
            return mean;
        };
        let last = table.len() - 1;
        let low = table
            .partition_point(|row| row.step <= mean.z)
            .saturating_sub(1)
            .min(last.saturating_sub(1));
        let high = (low + 1).min(last);
        let span = table[high].step - table[low].step;
        let t = if span > 0.0 {
            (mean.z - table[low].step) / span
        } else {
            0.0
        };
        let clamped = t.clamp(0.0, 1.0);
        let shift_i = table[low].shift_i + clamped * (table[high].shift_i - table[low].shift_i);
        let shift_j = table[low].shift_j + clamped * (table[high].shift_j - table[low].shift_j);
        DVec3::new(mean.x - shift_i, mean.y - shift_j, low as f64 + t)
    }

    /// Whether a fractional voxel index lies in the volume, which ends half a voxel beyond the outermost centres.
    pub fn contains(&self, voxel: DVec3) -> bool {
        let inside = |v: f64, n: usize| v >= -0.5 && v <= n as f64 - 0.5;
        inside(voxel.x, self.dims[0]) && inside(voxel.y, self.dims[1]) && inside(voxel.z, self.dims[2])
    }

    /// Lengths of the voxel edges in mm (of a sheared stack: along the edge, not along the normal).
    pub fn spacing(&self) -> DVec3 {
        let matrix = self.patient_from_voxel.matrix3;
        DVec3::new(matrix.x_axis.length(), matrix.y_axis.length(), matrix.z_axis.length())
    }

    /// The unit normal of the slices, row direction × column direction.
    pub fn normal(&self) -> DVec3 {
        let matrix = self.patient_from_voxel.matrix3;
        matrix.x_axis.cross(matrix.y_axis).normalize_or(DVec3::Z)
    }

    /// Distance of each slice from the first along the normal in mm, if they are not evenly spaced.
    pub fn slice_positions_mm(&self) -> Option<Vec<f64>> {
        let step_mm = self.patient_from_voxel.matrix3.z_axis.dot(self.normal());
        self.slice_table
            .as_ref()
            .map(|table| table.iter().map(|row| row.step * step_mm).collect())
    }

    /// The shortest voxel edge in mm, the smallest slice distance included.
    pub fn shortest_edge_mm(&self) -> f64 {
        let spacing = self.spacing();
        let along_slices = match &self.slice_table {
            Some(table) => (1..table.len())
                .map(|k| {
                    (self.patient_at(DVec3::new(0.0, 0.0, k as f64))
                        - self.patient_at(DVec3::new(0.0, 0.0, k as f64 - 1.0)))
                    .length()
                })
                .fold(f64::INFINITY, f64::min),
            None => spacing.z,
        };
        spacing.x.min(spacing.y).min(along_slices)
    }

    /// The place of the middle of the volume, LPS mm.
    pub fn center(&self) -> DVec3 {
        let [x, y, z] = self.dims;
        self.patient_at(DVec3::new(x as f64 - 1.0, y as f64 - 1.0, z as f64 - 1.0) * 0.5)
    }

    /// The eight outer corners of the volume (half a voxel beyond the outermost centres), LPS mm.
    pub fn corners(&self) -> [DVec3; 8] {
        let [x, y, z] = self.dims.map(|n| n as f64 - 0.5);
        std::array::from_fn(|n| {
            let pick = |bit: usize, high: f64| if n >> bit & 1 == 1 { high } else { -0.5 };
            self.patient_at(DVec3::new(pick(0, x), pick(1, y), pick(2, z)))
        })
    }

    /// Extent of the volume along a unit direction, as (lowest, highest) dot product with it, mm.
    pub fn extent_along(&self, direction: DVec3) -> (f64, f64) {
        self.corners()
            .iter()
            .map(|corner| corner.dot(direction))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
                (low.min(at), high.max(at))
            })
    }

    /// How far to move along a unit direction to come from one sample to the next, mm.
    ///
    /// Along the acquisition's own axes this is the spacing of its slices, columns or rows; between them it is the
    /// distance in which the fastest changing voxel index changes by one.
    pub fn step_along_mm(&self, direction: DVec3) -> f64 {
        let per_mm = self.voxel_from_patient.matrix3 * direction;
        1.0 / per_mm.abs().max_element().max(1e-9)
    }
}
