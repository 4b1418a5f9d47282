//! Masks of volumes on the device: one bit a voxel, in a flat texture of words.

use std::collections::VecDeque;

use crate::model::voxel_mask::VoxelMask;

use super::device::Context;

/// Words of a row; `MASK_WIDTH` in `shaders/volume/volume.wgsl`.
const WIDTH: usize = 2048;

/// More than anybody shows at once; beyond, the one that was used longest ago goes.
const MOST_MASKS: usize = 8;

/// The masks that are resident, the last used at the back.
#[derive(Default)]
pub(super) struct Masks {
    masks: VecDeque<(u64, wgpu::TextureView)>,
}

impl Masks {
    /// A mask, made resident if need be; `None` stands for the smallest mask there is. A mask that is larger than the
    /// device bears is cut off: what is missing is not kept.
    pub(super) fn prepare(&mut self, context: &Context, mask: Option<&VoxelMask>) -> wgpu::TextureView {
        // Masks count from 1.
        let id = mask.map_or(0, VoxelMask::id);
        let known = self.masks.iter().position(|(known, _)| *known == id);
        let view = match known.and_then(|at| self.masks.remove(at)) {
            Some((_, view)) => view,
            None => upload(context, mask.map_or(&[], VoxelMask::words)),
        };
        if self.masks.len() >= MOST_MASKS {
            self.masks.pop_front();
        }
        self.masks.push_back((id, view.clone()));
        view
    }
}

fn upload(context: &Context, bits: &[u64]) -> wgpu::TextureView {
    let mut words: Vec<u32> = bits
        .iter()
        .flat_map(|word| [*word as u32, (*word >> 32) as u32])
        .collect();
    let most = context.device.limits().max_texture_dimension_2d as usize;
    let rows = words.len().div_ceil(WIDTH).clamp(1, most);
    words.resize(rows * WIDTH, 0);
    let size = wgpu::Extent3d {
        width: WIDTH as u32,
        height: rows as u32,
        depth_or_array_layers: 1,
    };
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("mask"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::R32Uint,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    context.queue.write_texture(
        texture.as_image_copy(),
        bytemuck::cast_slice(&words),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * size.width),
            rows_per_image: Some(size.height),
        },
        size,
    );
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
