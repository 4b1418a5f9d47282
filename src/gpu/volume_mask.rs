//! Masks of volumes on the device: one bit a voxel, in a flat texture of words. Where the device does not bear so many,
//! a bit stands for a cube of voxels.

use std::collections::VecDeque;

use crate::algo::shrink::shrunk_mask;
use crate::model::voxel_mask::VoxelMask;
use crate::say;

use super::budget::Budget;
use super::device::Context;
use super::error::GpuError;
use super::store::try_create;

/// Words of a row; `MASK_WIDTH` in `shaders/volume/volume.wgsl`.
const WIDTH: usize = 2048;

/// More than anybody shows at once; beyond, the one that was used longest ago goes.
const MOST_MASKS: usize = 8;

/// So often the edge of what a bit stands for is doubled at most; `mask_doublings` in `shaders/volume/volume.wgsl` has
/// two bits for it.
const MOST_DOUBLINGS: u32 = 3;

/// A mask on the device.
#[derive(Clone)]
pub(super) struct ResidentMask {
    pub(super) view: wgpu::TextureView,
    /// A bit stands for a cube of `1 << doublings` voxels along each edge.
    pub(super) doublings: u32,
    bytes: u64,
}

/// The masks that are resident, the last used at the back.
#[derive(Default)]
pub(super) struct Masks {
    masks: VecDeque<(u64, ResidentMask)>,
}

impl Masks {
    /// A mask, made resident if need be; `None` stands for the smallest mask there is.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        budget: &Budget,
        mask: Option<&VoxelMask>,
    ) -> Result<ResidentMask, GpuError> {
        // Masks count from 1.
        let id = mask.map_or(0, VoxelMask::id);
        let known = self.masks.iter().position(|(known, _)| *known == id);
        let resident = match known.and_then(|at| self.masks.remove(at)) {
            Some((_, resident)) => resident,
            None => match mask {
                Some(mask) => as_fine_as_possible(context, budget, mask)?,
                None => upload(context, &[], 0)?,
            },
        };
        // Masks may have as much room as a volume.
        while self.masks.len() >= MOST_MASKS
            || !self.masks.is_empty() && self.bytes().saturating_add(resident.bytes) > budget.max_volume_bytes
        {
            self.masks.pop_front();
        }
        self.masks.push_back((id, resident.clone()));
        Ok(resident)
    }

    fn bytes(&self) -> u64 {
        self.masks.iter().map(|(_, resident)| resident.bytes).sum()
    }
}

/// How often the edge of what a bit stands for has to be doubled for a mask of a volume of this size; `None` where the
/// device bears none of it.
pub(super) fn doublings(context: &Context, budget: &Budget, dims: [usize; 3]) -> Option<u32> {
    let most_rows = u64::from(context.device.limits().max_texture_dimension_2d);
    (0..=MOST_DOUBLINGS).find(|doublings| {
        let sides = dims.map(|side| (side as u64).div_ceil(1 << doublings));
        let bits = sides.into_iter().try_fold(1, u64::checked_mul).unwrap_or(u64::MAX);
        let rows = bits.div_ceil(32 * WIDTH as u64);
        // The shader counts bits in 32.
        let is_countable = u32::try_from(bits).is_ok();
        is_countable && rows <= most_rows && bits.div_ceil(8) <= budget.max_volume_bytes
    })
}

/// What is to be said where bits of a volume's mask stand for cubes of voxels.
pub(super) fn notice(doublings: u32, dims: [usize; 3]) -> Option<String> {
    let sides = dims.map(|side| side.to_string()).join(" × ");
    (doublings > 0).then(|| say!("gpu-coarse-mask", share = format!("1/{}", 1 << doublings), dims = sides))
}

fn as_fine_as_possible(context: &Context, budget: &Budget, mask: &VoxelMask) -> Result<ResidentMask, GpuError> {
    let fitting = doublings(context, budget, mask.dims()).ok_or(GpuError::OutOfMemory)?;
    let mut last = GpuError::OutOfMemory;
    for doublings in fitting..=MOST_DOUBLINGS {
        let uploaded = if doublings == 0 {
            upload(context, mask.words(), doublings)
        } else {
            upload(context, shrunk_mask(mask, doublings).words(), doublings)
        };
        match uploaded {
            Err(GpuError::OutOfMemory) => last = GpuError::OutOfMemory,
            other => return other,
        }
    }
    Err(last)
}

fn upload(context: &Context, bits: &[u64], doublings: u32) -> Result<ResidentMask, GpuError> {
    let rows = (2 * bits.len()).div_ceil(WIDTH).max(1);
    let size = wgpu::Extent3d {
        width: WIDTH as u32,
        height: u32::try_from(rows).map_err(|_| GpuError::OutOfMemory)?,
        depth_or_array_layers: 1,
    };
    let texture = try_create(
        context,
        &wgpu::TextureDescriptor {
            label: Some("mask"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::R32Uint,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        },
    )?;
    let mut words: Vec<u32> = bits
        .iter()
        .flat_map(|word| [*word as u32, (*word >> 32) as u32])
        .collect();
    words.resize(rows * WIDTH, 0);
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
    Ok(ResidentMask {
        view: texture.create_view(&wgpu::TextureViewDescriptor::default()),
        doublings,
        bytes: 4 * (rows * WIDTH) as u64,
    })
}
