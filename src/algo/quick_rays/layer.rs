//! One volume of a picture, with all that its rays need.

use std::sync::Arc;

use glam::{DAffine3, Mat3A, Vec3A};

use super::bricks::{Bricks, SIDE};
use super::composite::{Glimpse, Sum, Walk};
use super::field::{Field, Stored};
use super::kept::Kept;
use super::lamp::Lamp;
use super::leaps::{Leaps, seen};
use super::path::{Path, Place};
use super::project::{Gathering, Trail};
use super::tables::Tables;
use super::veil::Veil;
use super::view::{Sight, View};
use crate::algo::runs::slices;
use crate::model::voxel_mask::VoxelMask;
use crate::model::voxels::Samples;
use crate::scene::{Interpolation, VolumeLayer, VolumeMode, VolumeScene};

/// What can be asked of a volume, whatever its type.
pub(super) trait Layer: Send + Sync {
    /// The samples of the ray through a column of the picture made one stored number; `None` if there are none.
    fn gathered(&self, sight: &Sight, trail: &mut Trail, column: u32) -> Option<f32>;

    /// Material front to back.
    fn composite(&self, sight: &Sight) -> Sum;

    /// The way of a ray through the volume; `None` if it meets none of it.
    fn walk(&self, sight: &Sight) -> Option<Walk>;

    /// The next sample that is seen.
    fn next(&self, walk: &mut Walk) -> Option<Glimpse>;

    /// Where the surface is first met, in steps, with its colour there and its opacity.
    fn surface(&self, sight: &Sight) -> Option<(f64, Vec3A, f32)>;
}

/// A volume of one type.
pub(super) struct Matter<'a, T> {
    pub(super) field: Field<'a, T>,
    pub(super) bricks: Arc<Bricks>,
    pub(super) leaps: Arc<Leaps>,
    pub(super) tables: Tables,
    pub(super) lamp: Lamp,
    /// What dims light in crevices.
    pub(super) veil: Option<Veil<'a>>,
    pub(super) gathering: Gathering,
    /// The stored number of the surface, and whether what lies above it is inside.
    pub(super) iso: (f32, bool),
    pub(super) iso_color: Vec3A,
    pub(super) opacity: f32,
    mask: Option<&'a VoxelMask>,
    /// Whether every sample has to be looked at on its own: numbers that are none, or a mask.
    pub(super) is_picky: bool,
    /// Stored numbers that are not between these are not seen.
    pub(super) seen: [f32; 2],
    voxel_from_patient: DAffine3,
    /// From [`Field::double_slope`] to the gradient in the patient, values per mm.
    pub(super) gradient: Mat3A,
}

impl<T: Stored> Matter<'_, T> {
    pub(super) fn path(&self, sight: &Sight) -> Option<Path> {
        Path::new(&self.voxel_from_patient, self.field.last(), sight)
    }

    /// The number at a place, if there is one and the mask keeps it.
    pub(super) fn at(&self, at: Place, is_inner: bool) -> Option<f32> {
        if let Some(mask) = self.mask {
            let nearest = |axis: usize| {
                let last = self.field.dims[axis] as i64 - 1;
                ((at[axis] + HALF) >> 32).clamp(0, last) as usize
            };
            let [columns, rows, _] = mask.dims();
            if !mask.keeps((nearest(2) * rows + nearest(1)) * columns + nearest(0)) {
                return None;
            }
        }
        self.field.at(at, is_inner)
    }

    /// The brick of any place in the volume.
    pub(super) fn brick(&self, at: Place) -> [i32; 3] {
        let inside = |axis: usize| at[axis].clamp(0, (self.field.dims[axis] as i64 - 1) << 32);
        Path::box_of::<SIDE>([inside(0), inside(1), inside(2)])
    }
}

/// Half a voxel.
const HALF: i64 = 1 << 31;

/// Longer sides are not drawn here.
const LONGEST: usize = 16384;

/// A layer of the usual case; `None` if it is not.
pub(super) fn of<'a>(
    scene: &VolumeScene,
    layer: &'a VolumeLayer,
    view: &View,
    kept: &Kept,
) -> Option<Box<dyn Layer + 'a>> {
    let image = &layer.image;
    let (volume, voxels) = (&image.volume, &image.volume.voxels);
    let geometry = volume.geometry()?;
    let rescale = volume.rescale;
    let is_usual = voxels.components() == 1
        && geometry.slice_table().is_none()
        && image.interpolation == Interpolation::Linear
        && voxels.is_complete()
        && image.frame < voxels.frames()
        && layer.mask.as_ref().is_none_or(|mask| mask.dims() == voxels.dims())
        && voxels.dims().iter().all(|side| *side <= LONGEST)
        && rescale.slope != 0.0
        && (rescale.slope.is_finite() && rescale.intercept.is_finite());
    if !is_usual {
        return None;
    }
    macro_rules! matter {
        ($variant:ident) => {{
            let slices = slices(voxels, image.frame, |samples| match samples {
                Samples::$variant(samples) => Some(samples.as_slice()),
                _ => None,
            })?;
            Some(Box::new(matter(scene, layer, view, kept, slices)?))
        }};
    }
    match voxels.slab(voxels.slab_of(0, image.frame))?.as_ref() {
        Samples::U8(_) => matter!(U8),
        Samples::I8(_) => matter!(I8),
        Samples::U16(_) => matter!(U16),
        Samples::I16(_) => matter!(I16),
        Samples::F32(_) => matter!(F32),
        Samples::U32(_) | Samples::I32(_) | Samples::F64(_) => None,
    }
}

fn matter<'a, T: Stored>(
    scene: &VolumeScene,
    layer: &'a VolumeLayer,
    view: &View,
    kept: &Kept,
    slices: Vec<&'a [T]>,
) -> Option<Matter<'a, T>> {
    let image = &layer.image;
    let volume = &image.volume;
    let dims = volume.dims();
    let rescale = &volume.rescale;
    let bricks = kept.bricks(volume, image.frame, || Bricks::new(&slices, dims[0], dims[1]));
    let iso = (
        ((layer.iso - rescale.intercept) / rescale.slope) as f32,
        rescale.slope > 0.0,
    );
    let numbers = match scene.mode {
        VolumeMode::Iso if iso.1 => vec![[iso.0.next_down(), f32::INFINITY]],
        VolumeMode::Iso => vec![[f32::NEG_INFINITY, iso.0.next_up()]],
        VolumeMode::Composite if image.opacity > 0.0 => seen(&layer.transfer, rescale),
        _ => Vec::new(),
    };
    let outermost = |n: usize, better: fn(f32, f32) -> f32| numbers.iter().map(|range| range[n]).reduce(better);
    let seen_between = [
        outermost(0, f32::min).unwrap_or(f32::INFINITY),
        outermost(1, f32::max).unwrap_or(f32::NEG_INFINITY),
    ];
    let mask = layer.mask.as_deref();
    let leaps = kept.leaps(volume, image.frame, numbers, &bricks);
    let per_mm = volume.geometry()?.voxel_from_patient();
    Some(Matter {
        field: Field {
            slices,
            dims,
            is_odd: bricks.is_odd,
        },
        leaps,
        tables: Tables::new(layer, rescale, bricks.range(), view.step_mm),
        lamp: Lamp::new(scene, &layer.transfer.material),
        veil: Veil::new(scene, layer),
        gathering: Gathering::new(scene.mode, image),
        iso,
        iso_color: Vec3A::from_array(layer.transfer.at(layer.iso).color.map(|part| part as f32)),
        opacity: image.opacity.clamp(0.0, 1.0),
        is_picky: bricks.is_odd || mask.is_some(),
        mask,
        seen: seen_between,
        voxel_from_patient: *per_mm,
        gradient: (per_mm.matrix3.transpose() * (0.5 * rescale.slope)).as_mat3().into(),
        bricks,
    })
}
