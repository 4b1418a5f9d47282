//! One frame of one volume on the device: its textures, filled as slabs arrive.

use std::sync::{Arc, Weak};

use crate::model::volume::Volume;

use super::bricks::Bricks;
use super::budget::Level;
use super::device::Context;
use super::error::GpuError;
use super::format::VoxelFormat;
use super::slice_table::SliceTable;
use super::store::{Allowance, VoxelLayouts};
use super::texels;

/// A volume on the device.
pub(super) struct Resident {
    volume: Weak<Volume>,
    pub(super) format: VoxelFormat,
    pub(super) level: Level,
    /// For shaders that read texel by texel.
    pub(super) exact: wgpu::BindGroup,
    /// For rays through the texture's own filter, where the format allows.
    pub(super) filtered: Option<wgpu::BindGroup>,
    texture: wgpu::Texture,
    table_texture: wgpu::Texture,
    table: SliceTable,
    bricks_texture: wgpu::Texture,
    /// Until the volume is complete.
    bricks: Option<Bricks>,
    pub(super) bytes: u64,
    /// The turn of the store's clock in which it was last needed.
    pub(super) last_used: u64,
    /// Slabs of this frame that are uploaded.
    slabs: Vec<bool>,
    /// Whether every slice is there.
    pub(super) is_complete: bool,
}

fn small_texture(
    device: &wgpu::Device,
    label: &str,
    size: wgpu::Extent3d,
    format: wgpu::TextureFormat,
) -> wgpu::Texture {
    let is_flat = size.depth_or_array_layers == 1 && format == wgpu::TextureFormat::Rgba32Float;
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: if is_flat {
            wgpu::TextureDimension::D2
        } else {
            wgpu::TextureDimension::D3
        },
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

impl Resident {
    /// Around a texture of the volume's level, nothing uploaded.
    pub(super) fn new(
        context: &Context,
        layouts: &VoxelLayouts,
        volume: &Arc<Volume>,
        texture: wgpu::Texture,
        format: VoxelFormat,
        level: Level,
    ) -> Self {
        let device = &context.device;
        let table = SliceTable::new(volume.dims()[2], volume.geometry());
        let table_texture = small_texture(
            device,
            "slice table",
            table.size(),
            wgpu::TextureFormat::Rgba32Float,
        );
        let bricks = Bricks::new(volume.dims());
        let bricks_texture = small_texture(
            device,
            "bricks",
            bricks.size(),
            wgpu::TextureFormat::Rg32Float,
        );
        let views = [&texture, &table_texture, &bricks_texture]
            .map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()));
        let entry = |binding, view| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        };
        let bind = |label, layout, entries: &[wgpu::BindGroupEntry<'_>]| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(label),
                layout,
                entries,
            })
        };
        let exact_layout = if format == VoxelFormat::Uint16 {
            &layouts.uint
        } else {
            &layouts.float
        };
        let exact = bind(
            "voxels",
            exact_layout,
            &[entry(0, &views[0]), entry(1, &views[1])],
        );
        let filtered = format.is_filterable(device.features()).then(|| {
            let sampler = wgpu::BindGroupEntry {
                binding: 2,
                resource: wgpu::BindingResource::Sampler(&layouts.sampler),
            };
            bind(
                "filtered voxels",
                &layouts.filtered,
                &[
                    entry(0, &views[0]),
                    entry(1, &views[1]),
                    sampler,
                    entry(3, &views[2]),
                ],
            )
        });
        Self {
            volume: Arc::downgrade(volume),
            format,
            level,
            exact,
            filtered,
            bytes: level.bytes(volume.dims(), format),
            texture,
            table_texture,
            table,
            bricks_texture,
            bricks: Some(bricks),
            last_used: 0,
            slabs: vec![false; volume.voxels.slabs_per_frame()],
            is_complete: false,
        }
    }

    /// Whether anybody still holds the volume.
    pub(super) fn is_wanted(&self) -> bool {
        self.volume.strong_count() > 0
    }

    /// Uploads what has arrived, nearest to slice `near` first, as far as the allowance goes. Answers whether all of it.
    pub(super) fn upload(
        &mut self,
        context: &Context,
        volume: &Volume,
        frame: usize,
        near: f64,
        allowance: &mut Allowance,
    ) -> Result<bool, GpuError> {
        let voxels = &volume.voxels;
        let first_slab = voxels.slab_of(0, frame);
        let distance = |slab: &usize| {
            let range = voxels.slab_range(first_slab + slab);
            ((range.first_slice as f64 + range.slice_count as f64 / 2.0 - near).abs() * 2.0) as u64
        };
        let mut waiting: Vec<usize> = (0..self.slabs.len())
            .filter(|slab| !self.slabs[*slab] && voxels.slab(first_slab + slab).is_some())
            .collect();
        waiting.sort_by_key(distance);
        let mut is_table_new = false;
        let mut is_done = true;
        for slab in waiting {
            if allowance.bytes == 0 {
                is_done = false;
                break;
            }
            let written = self.upload_slab(context, volume, frame, first_slab + slab);
            self.slabs[slab] = true;
            is_table_new = true;
            allowance.bytes = allowance.bytes.saturating_sub(written as u64);
            // An empty submission lets wgpu free the staging memory of the slab before the next one needs its own.
            context.queue.submit([]);
        }
        if is_table_new {
            let size = self.table.size();
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(16 * size.width),
                rows_per_image: Some(size.height),
            };
            context.queue.write_texture(
                self.table_texture.as_image_copy(),
                self.table.bytes(),
                layout,
                size,
            );
        }
        self.is_complete =
            (0..self.level.texels(volume.dims())[2]).all(|slice| self.table.is_loaded(slice));
        if self.is_complete
            && let Some(bricks) = self.bricks.take()
        {
            let size = bricks.size();
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(8 * size.width),
                rows_per_image: Some(size.height),
            };
            context.queue.write_texture(
                self.bricks_texture.as_image_copy(),
                &bricks.bytes(),
                layout,
                size,
            );
        }
        context.check()?;
        Ok(is_done)
    }

    /// Uploads a slab that has arrived; answers how many bytes that was.
    fn upload_slab(
        &mut self,
        context: &Context,
        volume: &Volume,
        frame: usize,
        slab: usize,
    ) -> usize {
        let range = volume.voxels.slab_range(slab);
        let slices = range.first_slice..range.first_slice + range.slice_count;
        if self.level.is_full() {
            let Some(samples) = volume.voxels.slab(slab) else {
                return 0;
            };
            let offset = self.format.texel_offset(volume.voxels.sample_type());
            if let Some(bricks) = self
                .bricks
                .as_mut()
                .filter(|_| self.format != VoxelFormat::Color)
            {
                bricks.take(samples, slices.start, offset);
            }
            let bytes = texels::encode(samples, self.format);
            self.write(context, volume, &bytes, slices.start, range.slice_count);
            slices.for_each(|slice| self.table.set_loaded(slice));
            return bytes.len();
        }
        let depth = self.level.factors[2];
        let mut written = 0;
        for slice in slices.start / depth..slices.end.div_ceil(depth) {
            // A slice of several slabs comes with the last of them.
            if let Some(bytes) =
                texels::encode_coarse(&volume.voxels, frame, slice, self.level, self.format)
                && !self.table.is_loaded(slice)
            {
                self.write(context, volume, &bytes, slice, 1);
                self.table.set_loaded(slice);
                written += bytes.len();
            }
        }
        written
    }

    fn write(
        &self,
        context: &Context,
        volume: &Volume,
        bytes: &[u8],
        first_slice: usize,
        slice_count: usize,
    ) {
        let [width, height, _] = self.level.texels(volume.dims()).map(|side| side as u32);
        context.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d {
                    x: 0,
                    y: 0,
                    z: first_slice as u32,
                },
                ..self.texture.as_image_copy()
            },
            bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(width * self.format.texel_bytes() as u32),
                rows_per_image: Some(height),
            },
            wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: slice_count as u32,
            },
        );
    }
}
