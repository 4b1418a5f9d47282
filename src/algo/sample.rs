//! Replaced.
use crate::model::volume::{Value, Volume};
use crate::scene::Interpolation;
use glam::DVec3;
/// Value.
pub fn value_at(
    volume: &Volume,
    voxel: DVec3,
    frame: usize,
    _interpolation: Interpolation,
) -> Option<Value> {
    volume
        .nearest_voxel(voxel)
        .and_then(|index| volume.value(index, frame))
}
