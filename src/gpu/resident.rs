//! One frame of one volume on the device: its textures, filled as its slices arrive.

use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Instant;

use crate::for_samples;
use crate::model::volume::Volume;

use super::allowance::Allowance;
use super::bricks::{self, Bricks, DetailRanges};
use super::budget::Level;
use super::detail::{Detail, Served, Source};
use super::device::Context;
use super::error::GpuError;
use super::format::VoxelFormat;
use super::need::Need;
use super::painted::Painted;
use super::slice_table::SliceTable;
use super::store::VoxelLayouts;
use super::texels;

/// Source bytes that are read, converted and uploaded at a time, if a slice has no more: a small part of what a window's
/// frame may take.
const RUN_BYTES: usize = 2 << 20;

/// A volume on the device.
pub(super) struct Resident {
    volume: Weak<Volume>,
    pub(super) format: VoxelFormat,
    pub(super) level: Level,
    /// For shaders that read texel by texel.
    pub(super) exact: wgpu::BindGroup,
    /// Whether the texture hardware can interpolate it.
    pub(super) can_filter: bool,
    texture: wgpu::Texture,
    table_texture: wgpu::Texture,
    table: SliceTable,
    bricks_texture: wgpu::Texture,
    /// Until the volume is complete.
    bricks: Option<Bricks>,
    finds_ranges: bool,
    /// Bricks of all voxels, where the texture has a coarse level.
    pub(super) detail: Option<Detail>,
    /// Of these bricks, once the volume is complete.
    detail_ranges: Option<DetailRanges>,
    pub(super) bytes: u64,
    /// The turn of the store's clock in which it was last needed.
    pub(super) last_used: u64,
    /// Whether every slice is there.
    pub(super) is_complete: bool,
    /// Whether a texel of a coarse level is one of its voxels and not their mean.
    picks: bool,
    /// Of voxels that are painted.
    pub(super) painted: Painted,
}

/// Whether ranges of bricks are found while slices arrive: of single numbers, where all voxels may come to the device,
/// and if it can hold the texture of them.
fn finds_ranges(device: &wgpu::Device, dims: [usize; 3], format: VoxelFormat, has_all: bool) -> bool {
    let size = bricks::size(dims);
    let longest = size.width.max(size.height).max(size.depth_or_array_layers);
    has_all && format != VoxelFormat::Color && longest <= device.limits().max_texture_dimension_3d
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
        detail: Option<Detail>,
    ) -> Self {
        let device = &context.device;
        let table = SliceTable::new(level.texels(volume.dims())[2], volume.geometry());
        let table_texture = small_texture(device, "slice table", table.size(), wgpu::TextureFormat::Rgba32Float);
        let finds_ranges = finds_ranges(device, volume.dims(), format, level.is_full() || detail.is_some());
        let bricks = if finds_ranges {
            Bricks::new(volume.dims())
        } else {
            Bricks::unknown()
        };
        let bricks_texture = small_texture(device, "bricks", bricks.size(), wgpu::TextureFormat::Rg32Float);
        let views =
            [&texture, &table_texture].map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()));
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
        let exact = bind("voxels", exact_layout, &[entry(0, &views[0]), entry(1, &views[1])]);
        Self {
            volume: Arc::downgrade(volume),
            format,
            level,
            exact,
            can_filter: format.is_filterable(device.features()),
            bytes: level.bytes(volume.dims(), format) + detail.as_ref().map_or(0, |detail| detail.bytes),
            texture,
            table_texture,
            table,
            bricks_texture,
            bricks: Some(bricks),
            finds_ranges,
            detail,
            detail_ranges: None,
            last_used: 0,
            is_complete: false,
            picks: false,
            painted: Painted::default(),
        }
    }

    /// The voxels, the table of their slices, and their bricks.
    pub(super) fn views(&self) -> [wgpu::TextureView; 3] {
        [&self.texture, &self.table_texture, &self.bricks_texture]
            .map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()))
    }

    /// Whether the numbers of its bricks are known.
    pub(super) fn knows_bricks(&self) -> bool {
        self.is_complete && self.finds_ranges
    }

    /// The ranges of the bricks of its detail, or `None` in it if these cannot be known. `None` until all has arrived.
    pub(super) fn known_ranges(&self) -> Option<Option<&DetailRanges>> {
        (self.is_complete || !self.finds_ranges).then_some(self.detail_ranges.as_ref())
    }

    /// What its detail is made of.
    fn source<'a>(&'a self, volume: &'a Volume, frame: usize) -> Source<'a> {
        Source {
            volume,
            frame,
            map: volume.voxels.label_map(frame),
            ranges: self.detail_ranges.as_ref(),
        }
    }

    /// Brings the bricks that a picture needs, if there are any besides the texture.
    pub(super) fn serve(
        &mut self,
        context: &Context,
        volume: &Volume,
        frame: usize,
        need: &Need<'_>,
        allowance: &mut Allowance,
    ) -> Served {
        let Some(mut detail) = self.detail.take() else {
            return Served {
                is_done: true,
                is_whole: self.level.is_full(),
            };
        };
        let needed = need.bricks(self);
        let mut served = detail.serve(
            context,
            &self.source(volume, frame),
            needed.as_deref().unwrap_or_default(),
            self.last_used,
            allowance,
        );
        served.is_whole &= needed.is_some();
        self.detail = Some(detail);
        served
    }

    /// What is to be said of a picture for which so much was served.
    pub(super) fn notice(&self, volume: &Volume, served: Served) -> Option<String> {
        let is_coarse = !served.is_done || !served.is_whole;
        is_coarse.then(|| self.sentence(volume)).flatten()
    }

    /// What is to be said of a picture that is coarser than the volume, if it can be.
    pub(super) fn sentence(&self, volume: &Volume) -> Option<String> {
        if self.detail.is_some() {
            self.level.notice_of_parts(volume.dims())
        } else {
            self.level.notice(volume.dims())
        }
    }

    /// Whether a picture of what is on the device is coarser than the voxels that have arrived.
    pub(super) fn is_coarse(&self, volume: &Volume, frame: usize, need: &Need<'_>) -> bool {
        let is_there = |detail: &Detail| {
            let needed = need.bricks(self);
            needed.is_some_and(|needed| detail.has(&self.source(volume, frame), &needed))
        };
        !self.level.is_full() && !self.detail.as_ref().is_some_and(is_there)
    }

    /// Whether anybody still holds the volume.
    pub(super) fn is_wanted(&self) -> bool {
        self.volume.strong_count() > 0
    }

    /// The volume has become another one, which was painted on.
    pub(super) fn hold(&mut self, volume: &Arc<Volume>) {
        self.volume = Arc::downgrade(volume);
    }

    /// The same for labels, none of which comes out of two others.
    pub(super) fn picking(mut self) -> Self {
        self.picks = true;
        self
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
        let mut is_table_new = false;
        let mut is_done = true;
        for run in self.waiting_runs(volume, frame, near) {
            if allowance.is_spent() {
                is_done = false;
                break;
            }
            let start = Instant::now();
            let source_bytes = self.source_bytes(volume) * run.len();
            self.upload_run(context, volume, frame, run);
            is_table_new = true;
            // An empty submission lets wgpu free the staging memory of the run before the next one needs its own.
            context.queue.submit([]);
            allowance.spend(source_bytes, start);
        }
        if is_table_new {
            self.write_table(context);
        }
        self.is_complete = (0..self.level.texels(volume.dims())[2]).all(|slice| self.table.is_loaded(slice));
        if self.is_complete
            && let Some(bricks) = self.bricks.take()
        {
            if self.detail.is_some() && self.finds_ranges {
                self.detail_ranges = Some(DetailRanges::new(&bricks, self.format.is_whole()));
            }
            let size = bricks.size();
            let layout = wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(8 * size.width),
                rows_per_image: Some(size.height),
            };
            context
                .queue
                .write_texture(self.bricks_texture.as_image_copy(), bricks.bytes(), layout, size);
        }
        context.check()?;
        Ok(is_done)
    }

    /// All slices count as there.
    pub(super) fn load_all_slices(&mut self, context: &Context, dims: [usize; 3]) {
        for slice in 0..self.level.texels(dims)[2] {
            self.table.set_loaded(slice);
        }
        self.write_table(context);
    }

    fn write_table(&self, context: &Context) {
        let size = self.table.size();
        let layout = wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(16 * size.width),
            rows_per_image: Some(size.height),
        };
        context
            .queue
            .write_texture(self.table_texture.as_image_copy(), self.table.bytes(), layout, size);
    }

    /// Bytes of the voxels for which a slice of the texture stands.
    fn source_bytes(&self, volume: &Volume) -> usize {
        let voxels = &volume.voxels;
        voxels.slice_samples() * voxels.sample_type().byte_size() * self.level.factors[2]
    }

    /// Slices of the texture whose voxels have all arrived and are not uploaded, in runs of neighbours, nearest to slice
    /// `near` of the volume first.
    fn waiting_runs(&self, volume: &Volume, frame: usize, near: f64) -> Vec<Range<usize>> {
        let dims = volume.dims();
        let most = (RUN_BYTES / self.source_bytes(volume).max(1)).max(1);
        let has_arrived = |slice| {
            let mut voxels = self.level.span(dims, 2, slice);
            voxels.all(|k| volume.voxels.has_slice(k, frame))
        };
        let mut runs: Vec<Range<usize>> = Vec::new();
        let slices = 0..self.level.texels(dims)[2];
        for slice in slices.filter(|slice| !self.table.is_loaded(*slice) && has_arrived(*slice)) {
            match runs.last_mut() {
                Some(run) if run.end == slice && run.len() < most => run.end += 1,
                _ => runs.push(slice..slice + 1),
            }
        }
        let near = (near + 0.5) / self.level.factors[2] as f64;
        runs.sort_by_key(|run| ((run.start + run.end) as f64 - 2.0 * near).abs() as u64);
        runs
    }

    /// Uploads slices of the texture whose voxels have arrived.
    fn upload_run(&mut self, context: &Context, volume: &Volume, frame: usize, run: Range<usize>) {
        let (voxels, format) = (&volume.voxels, self.format);
        let mut bytes = Vec::new();
        for slice in run.clone() {
            for voxels in self.level.span(volume.dims(), 2, slice) {
                self.take_bricks(volume, frame, voxels);
            }
            if self.level.is_full() {
                texels::encode(&mut bytes, voxels, frame, slice, format);
            } else {
                let encode = if self.picks {
                    texels::encode_picked
                } else {
                    texels::encode_coarse
                };
                encode(&mut bytes, voxels, frame, slice, self.level, format);
            }
        }
        self.write(context, volume, &bytes, run.start, run.len());
        run.for_each(|slice| self.table.set_loaded(slice));
    }

    fn take_bricks(&mut self, volume: &Volume, frame: usize, slice: usize) {
        let voxels = &volume.voxels;
        let offset = self.format.texel_offset(voxels.sample_type());
        if self.finds_ranges
            && let Some(bricks) = &mut self.bricks
            && let Some((samples, first)) = texels::slice_of(voxels, frame, slice)
        {
            let range = first..first + voxels.slice_samples();
            for_samples!(samples, v => bricks.take(texels::part(v, range), slice, offset));
        }
    }

    fn write(&self, context: &Context, volume: &Volume, bytes: &[u8], first_slice: usize, slice_count: usize) {
        let [width, height, _] = self.level.texels(volume.dims()).map(|side| side as u32);
        let origin = [0, 0, first_slice as u32];
        self.write_box(context, bytes, origin, [width, height, slice_count as u32]);
    }

    /// Writes the texels of a box, i fastest.
    pub(super) fn write_box(&self, context: &Context, bytes: &[u8], origin: [u32; 3], size: [u32; 3]) {
        let ([x, y, z], [width, height, depth]) = (origin, size);
        context.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d { x, y, z },
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
                depth_or_array_layers: depth,
            },
        );
    }
}
