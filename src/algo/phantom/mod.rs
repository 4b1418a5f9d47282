//! A person of ellipsoids: an analytic CT phantom of head, chest and upper abdomen with its exact truth.
//!
//! Everything is a list of solids with a CT number; later ones cover earlier ones. The same list answers for a point
//! ([`Phantom::value_at`]) and paints whole rows of voxels from exact line intersections, so a volume of it takes a
//! fraction of a second. Right and left differ (heart, stomach and spleen are on the left, the liver is on the right).

mod abdomen;
mod chest;
mod head;
mod solid;

use glam::{DAffine3, DMat3, DVec3, EulerRot};

use self::solid::Solid;
use crate::model::geometry::{Geometry, GeometryError};

/// CT number of air, which is everywhere where nothing else is, HU.
pub const AIR_HU: i16 = -1000;

/// One named thing in the phantom.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Its value in label maps, from 1 up.
    pub label: u8,
    /// Its name.
    pub name: &'static str,
    /// Its CT number.
    pub hu: i16,
    /// Its exact volume, where it is one ellipsoid that nothing covers.
    pub volume_ml: Option<f64>,
    parts: Vec<Solid>,
}

/// The phantom.
#[derive(Clone, Debug)]
pub struct Phantom {
    structures: Vec<Structure>,
}

/// Collects structures in the order in which they cover each other.
#[derive(Default)]
struct Builder {
    structures: Vec<Structure>,
}

impl Builder {
    fn add(&mut self, name: &'static str, hu: i16, parts: impl IntoIterator<Item = Solid>) {
        let label = u8::try_from(self.structures.len() + 1).unwrap_or(u8::MAX);
        self.structures.push(Structure {
            label,
            name,
            hu,
            volume_ml: None,
            parts: parts.into_iter().collect(),
        });
    }

    /// A structure that nothing added later covers, so that its volume is known.
    fn add_target(&mut self, name: &'static str, hu: i16, body: solid::Convex) {
        self.add(name, hu, [Solid::of(body)]);
        if let Some(last) = self.structures.last_mut() {
            last.volume_ml = last
                .parts
                .first()
                .and_then(Solid::volume_mm3)
                .map(|volume| volume / 1000.0);
        }
    }
}

impl Default for Phantom {
    fn default() -> Self {
        let mut builder = Builder::default();
        chest::add_body(&mut builder);
        head::add(&mut builder);
        chest::add_organs(&mut builder);
        abdomen::add(&mut builder);
        chest::add_findings(&mut builder);
        Self {
            structures: builder.structures,
        }
    }
}

impl Phantom {
    /// Its structures; of two that overlap the later one covers the earlier.
    pub fn structures(&self) -> &[Structure] {
        &self.structures
    }

    /// The structure with a name.
    pub fn structure(&self, name: &str) -> Option<&Structure> {
        self.structures.iter().find(|structure| structure.name == name)
    }

    /// The structure at a place, LPS mm; `None` in the air around.
    pub fn structure_at(&self, patient: DVec3) -> Option<&Structure> {
        self.structures
            .iter()
            .rev()
            .find(|structure| structure.parts.iter().any(|part| part.contains(patient)))
    }

    /// The CT number at a place, LPS mm.
    pub fn value_at(&self, patient: DVec3) -> i16 {
        self.structure_at(patient).map_or(AIR_HU, |structure| structure.hu)
    }

    /// CT numbers of a run of slices of a grid, in voxel order.
    pub fn values(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<i16> {
        self.paint(geometry, first_slice, slice_count, AIR_HU, |structure| structure.hu)
    }

    /// Labels of a run of slices of a grid, in voxel order; 0 is air.
    pub fn labels(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<u8> {
        self.paint(geometry, first_slice, slice_count, 0, |structure| structure.label)
    }

    fn paint<T: Copy>(
        &self,
        geometry: &Geometry,
        first_slice: usize,
        slice_count: usize,
        background: T,
        color: impl Fn(&Structure) -> T,
    ) -> Vec<T> {
        let [columns, rows, _] = geometry.dims();
        let step = geometry.patient_from_voxel().matrix3.x_axis;
        let mut voxels = vec![background; columns * rows * slice_count];
        for (n, row) in voxels.chunks_exact_mut(columns.max(1)).enumerate() {
            let start = geometry.patient_at(DVec3::new(0.0, (n % rows) as f64, (first_slice + n / rows) as f64));
            for structure in &self.structures {
                for [from, to] in structure
                    .parts
                    .iter()
                    .filter_map(|part| part.spans(start, step))
                    .flatten()
                {
                    let first = from.ceil().max(0.0);
                    let last = to.floor().min(columns as f64 - 1.0);
                    if first <= last {
                        row[first as usize..=last as usize].fill(color(structure));
                    }
                }
            }
        }
        voxels
    }
}

/// The grid of the demo study: 256 × 256 × 200 voxels of 1.6 × 1.6 × 2.5 mm, turned a little about all three axes so
/// that nothing is accidentally axis-aligned.
pub fn demo_geometry() -> Result<Geometry, GeometryError> {
    let dims = [256, 256, 200];
    let turn = DMat3::from_euler(
        EulerRot::XYZ,
        3f64.to_radians(),
        (-4f64).to_radians(),
        5f64.to_radians(),
    );
    let matrix3 = turn * DMat3::from_diagonal(DVec3::new(1.6, 1.6, 2.5));
    let middle = matrix3 * DVec3::new(127.5, 127.5, 99.5);
    Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3,
            translation: DVec3::new(0.0, 14.0, 2.0) - middle,
        },
    )
}
