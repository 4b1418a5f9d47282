//! Bones in a CT with contrast, told from vessels that are as dense as their marrow.
//!
//! Cortical bone is denser than contrast; connected parts of it that are large are bone, small ones are calcified
//! plaques. From there it is followed a short way into what is a little less dense, gaps are closed, and what it
//! encloses in the slices across the patient is marrow, if it is not as large as what the skull encloses.

use super::bits::Bits;
use super::body_mask::across;
use super::components::Components;
use super::morphology::{closed, dilated, filled, grown, voxels};
use crate::model::volume::Volume;
use crate::model::voxel_mask::VoxelMask;

/// Denser than this is cortical bone, HU.
const BONE_HU: f64 = 400.0;
/// Bone beside it is denser than this, HU.
const SOFTER_HU: f64 = 300.0;
/// How far it is followed there, mm.
const FOLLOWED_MM: f64 = 4.0;
/// Smaller parts are plaques, ml.
const LEAST_ML: f64 = 0.5;
/// Gaps in the cortex up to twice this are closed, mm.
const GAP_MM: f64 = 2.5;
/// What it encloses in a slice is marrow up to this area; the skull encloses more, mm².
const MARROW_MM2: f64 = 1500.0;
/// The rim of bone is blurred, mm.
const MARGIN_MM: f64 = 1.6;
/// What of the rim is denser than this goes too, HU.
const RIM_HU: f64 = 90.0;
/// Steps of which the listener is told.
const STEPS: usize = 6;

/// What stays of a CT when bone is removed. `goes_on` hears how many of how many steps are done and answers false to
/// stop. `None` if it was stopped, if slabs are missing, of colours, and where there is no bone.
pub fn without_bone(volume: &Volume, frame: usize, goes_on: &dyn Fn(usize, usize) -> bool) -> Option<VoxelMask> {
    let step = |done: usize| goes_on(done, STEPS).then_some(());
    let spacing = volume
        .geometry()
        .map_or([1.0; 3], |geometry| geometry.spacing().to_array());
    step(0)?;
    let hard = large_parts(&Bits::between(volume, frame, BONE_HU, f64::INFINITY)?, spacing);
    if hard.is_empty() {
        return None;
    }
    step(1)?;
    let softer = Bits::between(volume, frame, SOFTER_HU, f64::INFINITY)?;
    let bone = grown(&hard, &softer, FOLLOWED_MM, spacing);
    step(2)?;
    let bone = closed(&bone, voxels(GAP_MM, spacing));
    step(3)?;
    let axis = volume.geometry().map_or(2, across);
    let pixel = spacing.iter().product::<f64>() / spacing[axis];
    let bone = filled(&bone, axis, (MARROW_MM2 / pixel) as usize);
    step(4)?;
    let rim = dilated(&bone, voxels(MARGIN_MM, spacing));
    let bone = rim.and(&Bits::between(volume, frame, RIM_HU, f64::INFINITY)?).or(&bone);
    step(STEPS)?;
    Some(bone.inverse().to_mask())
}

fn large_parts(bits: &Bits, spacing: [f64; 3]) -> Bits {
    let least = LEAST_ML * 1000.0 / spacing.iter().product::<f64>();
    let parts = Components::of(bits);
    parts.select(|part| parts.sizes().get(part).is_some_and(|size| *size as f64 >= least))
}
