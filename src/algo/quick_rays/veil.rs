//! How much of the light the surroundings of a place let in ([`crate::model::occlusion`]), in `f32`.

use super::path::{ONE, Place};
use crate::scene::{VolumeLayer, VolumeScene};

/// Light in crevices of a volume.
pub(super) struct Veil<'a> {
    open: &'a [u8],
    columns: usize,
    plane: usize,
    /// The last cell along i, j, k.
    last: [f32; 3],
    /// Cell = place × `scale` + `shift`.
    scale: [f32; 3],
    shift: [f32; 3],
    /// Light of a place that is shut in, and what each 255th of openness adds.
    least: f32,
    gain: f32,
}

impl<'a> Veil<'a> {
    /// `None` where light is the same everywhere.
    pub(super) fn new(scene: &VolumeScene, layer: &'a VolumeLayer) -> Option<Self> {
        let (field, strength) = scene.occlusion(layer)?;
        let cells = field.cells();
        let per_voxel = field.voxels_per_cell().map(|side| 1.0 / side as f64);
        Some(Self {
            open: field.open(),
            columns: cells[0],
            plane: cells[0] * cells[1],
            last: cells.map(|side| side as f32 - 1.0),
            scale: per_voxel.map(|scale| (scale / ONE) as f32),
            shift: per_voxel.map(|scale| (0.5 * scale - 0.5) as f32),
            least: 1.0 - strength as f32,
            gain: strength as f32 / 255.0,
        })
    }

    /// What light is multiplied by at a place.
    #[inline(always)]
    pub(super) fn open_at(&self, at: Place) -> f32 {
        let cell = |axis: usize| {
            let cell = at[axis] as f32 * self.scale[axis] + self.shift[axis];
            // Of a place that is none the first.
            cell.max(0.0).min(self.last[axis])
        };
        let (x, y, z) = (cell(0), cell(1), cell(2));
        let (i, j, k) = (x as usize, y as usize, z as usize);
        let (x, y, z) = (x - i as f32, y - j as f32, z - k as f32);
        let step = |t: f32, stride: usize| if t > 0.0 { stride } else { 0 };
        let (right, down, deep) = (step(x, 1), step(y, self.columns), step(z, self.plane));
        let first = k * self.plane + j * self.columns + i;
        let open = |at: usize| self.open.get(at).map_or(255.0, |open| f32::from(*open));
        let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
        let row = |at: usize| mix(open(at), open(at + right), x);
        let square = |at: usize| mix(row(at), row(at + down), y);
        self.least + self.gain * mix(square(first), square(first + deep), z)
    }
}
