//! Where the slices of a volume lie and which have arrived, as a small texture that the shaders read.
//!
//! Two texels a slice, in rows of [`WIDTH`]: (whole step, rest of step, 1 / distance to the next slice, whether texture
//! slice n is loaded) and (shift along i, shift along j, 0, 0). The step is split so that it keeps its precision in f32.

use crate::model::geometry::Geometry;

/// Texels of a row; `TABLE_WIDTH` in `shaders/common/place.wgsl`.
pub(super) const WIDTH: usize = 2048;

/// The texels of the table.
pub(super) struct SliceTable {
    texels: Vec<[f32; 4]>,
}

impl SliceTable {
    /// A table for a texture of `texture_slices` slices, none of them loaded. Only where the volume's own slices have
    /// places of their own, of which there may be more, is there a row for each of them: the texture fits the device,
    /// and so does the table of a volume that is far longer.
    pub(super) fn new(texture_slices: usize, geometry: Option<&Geometry>) -> Self {
        let places = geometry.and_then(Geometry::slice_table);
        let slices = places.map_or(texture_slices, |rows| rows.len().max(texture_slices));
        let mut texels = vec![[0.0; 4]; (2 * slices).next_multiple_of(WIDTH.min(2 * slices))];
        if let Some(rows) = places {
            for (k, (row, texel)) in rows.iter().zip(texels.as_chunks_mut::<2>().0).enumerate() {
                let span = rows.get(k + 1).map_or(0.0, |next| next.step - row.step);
                let whole = row.step.floor();
                let inverse = if span > 0.0 { 1.0 / span } else { 0.0 };
                *texel = [
                    [whole as f32, (row.step - whole) as f32, inverse as f32, 0.0],
                    [row.shift_i as f32, row.shift_j as f32, 0.0, 0.0],
                ];
            }
        }
        Self { texels }
    }

    /// Says that a slice of the texture has its voxels.
    pub(super) fn set_loaded(&mut self, slice: usize) {
        if let Some(texel) = self.texels.get_mut(2 * slice) {
            texel[3] = 1.0;
        }
    }

    /// Whether a slice of the texture has its voxels.
    pub(super) fn is_loaded(&self, slice: usize) -> bool {
        self.texels.get(2 * slice).is_some_and(|texel| texel[3] > 0.5)
    }

    /// Width and height of the texture.
    pub(super) fn size(&self) -> wgpu::Extent3d {
        let width = self.texels.len().min(WIDTH);
        wgpu::Extent3d {
            width: width as u32,
            height: (self.texels.len() / width.max(1)) as u32,
            depth_or_array_layers: 1,
        }
    }

    /// The texels as bytes, row by row.
    pub(super) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.texels)
    }
}
