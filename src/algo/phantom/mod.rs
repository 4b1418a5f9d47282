//! An analytic CT phantom of head, chest and upper abdomen with its exact truth.
//!
//! Anatomy is a list of solids, each with a CT number and a texture; later ones cover earlier ones ([`Structure`]).
//! A slice is made in steps: the solids are painted row by row from exact line intersections, the outlines are bent by
//! a smooth field of a few millimetres so that no organ is an ellipse (`warp`), and that is the label map, the truth.
//! CT numbers follow from the labels as a scanner makes them: texture, blur, correlated noise, streaks (`scanner`).
//! Every slice can be made by itself, in any order, on any computer with the same result.
//! Right and left differ (heart, stomach and spleen are on the left, the liver is on the right).

mod abdomen;
mod chest;
mod face;
mod head;
mod noise;
mod painter;
mod scanner;
mod segments;
mod solid;
mod tree;
mod uptake;
mod vessels;
mod warp;

use glam::{DAffine3, DMat3, DVec3};

pub use self::segments::{SEGMENTS, Segment};
use self::solid::Solid;
pub use self::uptake::{DOSE_BQ, HALF_LIFE_S, STEP_BQ_ML, WEIGHT_G, bq_ml_per_suv, pet_geometry, suv_of};
use crate::model::geometry::{Geometry, GeometryError};

/// CT number of air, which is everywhere where nothing else is, HU.
pub const AIR_HU: i16 = -1000;

/// How the values of a structure vary from voxel to voxel before the scanner's noise, all in HU around its CT number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Texture {
    /// Height of hills some 10 mm apart.
    coarse_hu: f32,
    /// Height of hills some 2.5 mm apart.
    fine_hu: f32,
    /// Thin sheets of fat, as between muscles.
    has_strands: bool,
    /// Denser towards the back, as the lungs of someone who lies on the back; HU a mm.
    gradient_hu_mm: f32,
}

/// One named thing in the phantom.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Its value in label maps, from 1 up.
    pub label: u8,
    /// Its name.
    pub name: &'static str,
    /// Its CT number: the mean of its voxels away from its surface.
    pub hu: i16,
    /// The exact volume of its solid, where it is one ellipsoid that nothing covers or bends.
    pub volume_ml: Option<f64>,
    texture: Texture,
    /// The label that it may cover; `None` for all.
    only_over: Option<fn(&str) -> bool>,
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
    /// A structure of one CT number and the texture of soft tissue.
    fn add(&mut self, name: &'static str, hu: i16, parts: impl IntoIterator<Item = Solid>) -> &mut Structure {
        let label = u8::try_from(self.structures.len() + 1).unwrap_or(u8::MAX);
        let index = self.structures.len();
        self.structures.push(Structure {
            label,
            name,
            hu,
            volume_ml: None,
            texture: Texture {
                coarse_hu: 4.0,
                ..Texture::default()
            },
            only_over: None,
            parts: parts.into_iter().collect(),
        });
        &mut self.structures[index]
    }

    /// A structure that nothing covers and nothing bends, so that its volume is known.
    fn add_target(&mut self, name: &'static str, hu: i16, body: solid::Convex) {
        let target = self.add(name, hu, [Solid::of(body)]);
        target.volume_ml = target
            .parts
            .first()
            .and_then(Solid::volume_mm3)
            .map(|volume| volume / 1000.0);
    }
}

impl Structure {
    /// Whether nothing covers it and nothing bends it.
    fn is_target(&self) -> bool {
        self.volume_ml.is_some()
    }

    fn coarse(&mut self, hu: f32) -> &mut Self {
        self.texture.coarse_hu = hu;
        self
    }

    fn fine(&mut self, hu: f32) -> &mut Self {
        self.texture.fine_hu = hu;
        self
    }

    fn strands(&mut self) -> &mut Self {
        self.texture.has_strands = true;
        self
    }

    fn gradient(&mut self, hu_mm: f32) -> &mut Self {
        self.texture.gradient_hu_mm = hu_mm;
        self
    }

    /// Covers only what is named so.
    fn over(&mut self, may_cover: fn(&str) -> bool) -> &mut Self {
        self.only_over = Some(may_cover);
        self
    }
}

impl Default for Phantom {
    fn default() -> Self {
        let mut builder = Builder::default();
        chest::add_body(&mut builder);
        head::add(&mut builder);
        chest::add_organs(&mut builder);
        vessels::add(&mut builder);
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

    /// The structure with a label; `None` for the air around.
    pub fn labelled(&self, label: u8) -> Option<&Structure> {
        self.structures.get(usize::from(label).checked_sub(1)?)
    }

    /// CT numbers of a run of slices of a grid, in voxel order, rounded to whole HU.
    ///
    /// The grid's axes should run along the patient's; noise and texture follow the grid.
    pub fn values(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<i16> {
        self.slices(geometry, first_slice, slice_count)
            .flat_map(|(slice, labels)| scanner::scan(self, &slice, &labels))
            .collect()
    }

    /// Labels of a run of slices of a grid, in voxel order; 0 is air.
    pub fn labels(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<u8> {
        self.slices(geometry, first_slice, slice_count)
            .flat_map(|(_, labels)| labels)
            .collect()
    }

    fn slices<'a>(
        &'a self,
        geometry: &'a Geometry,
        first_slice: usize,
        slice_count: usize,
    ) -> impl Iterator<Item = (painter::Slice, Vec<u8>)> + 'a {
        (first_slice..first_slice + slice_count).map(move |k| {
            let slice = painter::Slice::of(geometry, k);
            let labels = self.labels_of(&slice);
            (slice, labels)
        })
    }

    fn labels_of(&self, slice: &painter::Slice) -> Vec<u8> {
        let mut straight = vec![0; slice.size[0] * slice.size[1]];
        painter::paint(
            &self.structures,
            |structure| !structure.is_target(),
            slice,
            &mut straight,
        );
        let mut labels = warp::bend(slice, &straight);
        head::fold_brain(self, slice, &mut labels);
        painter::paint(&self.structures, Structure::is_target, slice, &mut labels);
        labels
    }
}

/// The grid of the demo study: 512 × 512 × 300 voxels of 0.8 × 0.8 × 2 mm, along the patient's axes as a scanner
/// without tilt makes them.
pub fn demo_geometry() -> Result<Geometry, GeometryError> {
    grid([512, 512, 300], [0.8, 0.8, 2.0])
}

/// A grid of these dims and voxel edges in mm around the middle of the phantom.
pub fn grid(dims: [usize; 3], step_mm: [f64; 3]) -> Result<Geometry, GeometryError> {
    let matrix3 = DMat3::from_diagonal(DVec3::from_array(step_mm));
    let middle = matrix3 * ((DVec3::from_array(dims.map(|side| side as f64)) - 1.0) / 2.0);
    Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3,
            translation: DVec3::new(0.0, 10.0, -46.0) - middle,
        },
    )
}
