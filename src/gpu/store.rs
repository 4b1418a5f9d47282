//! The volumes that are resident on the device: one texture for each (volume, frame), filled as slabs arrive.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::volume::{Volume, VolumeId};

use crate::algo::needed_bricks::BRICK_SIDE;

use super::allowance::Allowance;
use super::budget::{Budget, Level};
use super::detail::{self, Detail};
use super::device::Context;
use super::error::GpuError;
use super::format::VoxelFormat;
use super::need::Need;
use super::resident::Resident;

/// One frame of one volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    volume: VolumeId,
    pub(super) frame: usize,
    /// At a coarse level labels are picked where values are averaged: the mean of two labels is a third one.
    is_labels: bool,
    /// What is painted has a format of its own.
    is_painted: bool,
}

impl Key {
    pub(super) fn of(volume: &Volume, frame: usize) -> Self {
        Self {
            volume: volume.id,
            frame,
            is_labels: false,
            is_painted: volume.voxels.label_map(frame).is_some(),
        }
    }

    /// The same as a label map.
    pub(super) fn of_labels(volume: &Volume, frame: usize) -> Self {
        Self {
            is_labels: true,
            ..Self::of(volume, frame)
        }
    }
}

/// What came of making a volume resident for a picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// Whether voxels have arrived that are not on the device yet, though there is room.
    pub(super) is_behind: bool,
    /// What is to be said where the picture will be coarser than the voxels.
    pub(super) notice: Option<String>,
}

impl Prepared {
    /// Of one picture.
    pub(super) fn add(&mut self, other: Self) {
        self.is_behind |= other.is_behind;
        self.notice = self.notice.take().or(other.notice);
    }

    /// Says something, if nothing else is to be said.
    pub(super) fn say(&mut self, notice: String) {
        self.notice.get_or_insert(notice);
    }
}

/// Layouts of the voxel bind groups (group 1).
pub(super) struct VoxelLayouts {
    pub(super) float: wgpu::BindGroupLayout,
    pub(super) uint: wgpu::BindGroupLayout,
    /// Of bricks (group 3).
    pub(super) detail_float: wgpu::BindGroupLayout,
    pub(super) detail_uint: wgpu::BindGroupLayout,
}

impl VoxelLayouts {
    fn new(device: &wgpu::Device) -> Self {
        use wgpu::TextureViewDimension::{D2, D3};
        let layout = |label, textures: [(wgpu::TextureSampleType, wgpu::TextureViewDimension); 2]| {
            let entries: Vec<wgpu::BindGroupLayoutEntry> = (0..)
                .zip(textures)
                .map(|(binding, (sample_type, view_dimension))| wgpu::BindGroupLayoutEntry {
                    binding,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Texture {
                        sample_type,
                        view_dimension,
                        multisampled: false,
                    },
                    count: None,
                })
                .collect();
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries: &entries,
            })
        };
        let float = wgpu::TextureSampleType::Float { filterable: false };
        let uint = wgpu::TextureSampleType::Uint;
        Self {
            float: layout("voxels", [(float, D3), (float, D2)]),
            uint: layout("whole voxels", [(uint, D3), (float, D2)]),
            detail_float: layout("bricks", [(uint, D2), (float, D3)]),
            detail_uint: layout("bricks of whole voxels", [(uint, D2), (uint, D3)]),
        }
    }

    /// Of the bricks of a format.
    fn detail(&self, format: VoxelFormat) -> &wgpu::BindGroupLayout {
        if format == VoxelFormat::Uint16 {
            &self.detail_uint
        } else {
            &self.detail_float
        }
    }
}

/// All resident volumes.
pub(super) struct Store {
    pub(super) layouts: VoxelLayouts,
    pub(super) budget: Budget,
    /// Larger textures are refused as if memory had run out (for tests of that).
    pub(super) refuses_above: u64,
    resident: HashMap<Key, Resident>,
    clock: u64,
}

impl Store {
    pub(super) fn new(context: &Context) -> Self {
        let budget = Budget::of(&context.device.limits(), context.adapter.is_software);
        Self {
            layouts: VoxelLayouts::new(&context.device),
            budget,
            refuses_above: u64::MAX,
            resident: HashMap::new(),
            clock: 0,
        }
    }

    /// A new picture begins: what it uses stays, what nobody holds any more goes.
    pub(super) fn begin(&mut self) {
        self.clock += 1;
        self.resident.retain(|_, resident| resident.is_wanted());
    }

    /// Bytes of all textures.
    pub(super) fn bytes(&self) -> u64 {
        self.resident.values().map(|resident| resident.bytes).sum()
    }

    pub(super) fn get(&self, key: Key) -> Option<&Resident> {
        self.resident.get(&key)
    }

    /// Makes a frame of a volume resident and uploads slices that have arrived, those nearest to slice `near` first, and
    /// where not all of it can be resident, what a picture needs.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        volume: &Arc<Volume>,
        key: Key,
        (near, need): (f64, Need<'_>),
        allowance: &mut Allowance,
    ) -> Result<Prepared, GpuError> {
        if !self.resident.contains_key(&key) {
            let resident = self.allocate(context, volume, key.is_labels)?;
            self.resident.insert(key, resident);
        }
        let clock = self.clock;
        let Some(resident) = self.resident.get_mut(&key) else {
            return Ok(Prepared::default());
        };
        resident.last_used = clock;
        let map = volume.voxels.label_map(key.frame);
        // The coarse level and bricks both come bit by bit, each with its share.
        let mut share = if resident.detail.is_some() {
            allowance.half()
        } else {
            *allowance
        };
        let before = share;
        let is_done = match map {
            Some(map) => resident.upload_painted(context, volume, map, near, &mut share)?,
            None if resident.is_complete => true,
            None => resident.upload(context, volume, key.frame, near, &mut share)?,
        };
        allowance.take_off(before, share);
        let served = resident.serve(context, volume, key.frame, &need, allowance);
        context.check()?;
        Ok(Prepared {
            is_behind: !is_done || !served.is_done,
            notice: resident.notice(volume, served),
        })
    }

    fn allocate(&mut self, context: &Context, volume: &Arc<Volume>, is_labels: bool) -> Result<Resident, GpuError> {
        let dims = volume.dims();
        let format = VoxelFormat::of(&volume.voxels, context.device.features());
        let mut level = Level::fitting(&volume.voxels, format, &self.budget);
        if !level.is_full() {
            let coarse = Level::beside_bricks(&volume.voxels, format, &self.budget);
            let room = self.room_for_bricks(coarse.bytes(dims, format));
            if self.atlas_size(context, dims, format, room).is_some() {
                level = coarse;
            }
        }
        loop {
            let bytes = level.bytes(dims, format);
            self.make_room(bytes);
            match self.try_texture(context, level.texels(dims), format) {
                Ok(texture) => {
                    let detail = if level.is_full() {
                        None
                    } else {
                        self.try_detail(context, dims, format, bytes)?
                    };
                    let resident = Resident::new(context, &self.layouts, volume, texture, format, level, detail);
                    return Ok(if is_labels { resident.picking() } else { resident });
                }
                Err(GpuError::OutOfMemory) if level.texels(dims) != [1, 1, 1] => {
                    level = level.coarser(dims);
                }
                Err(err) => return Err(err),
            }
        }
    }

    /// Bytes for bricks beside a coarse level, so that others have their share of what is left for all too.
    fn room_for_bricks(&self, coarse_bytes: u64) -> u64 {
        let in_use: u64 = self
            .resident
            .values()
            .filter(|resident| resident.last_used == self.clock)
            .map(|resident| resident.bytes)
            .sum();
        let left = self.budget.max_total_bytes.saturating_sub(in_use + coarse_bytes);
        let own = self.budget.max_volume_bytes.saturating_sub(coarse_bytes);
        own.min(left / 4 * 3)
    }

    /// The atlas of bricks in bricks, if there is one that is worth it. Of a long thin volume bricks are mostly empty:
    /// they may have some times the room that its voxels have.
    fn atlas_size(&self, context: &Context, dims: [usize; 3], format: VoxelFormat, room: u64) -> Option<[usize; 3]> {
        let room = room.min(Level::FULL.bytes(dims, format).saturating_mul(4));
        detail::atlas_size(dims, format, room, &context.device.limits(), self.budget.max_side)
    }

    /// Bricks beside a coarse level; fewer where memory runs out, and then none.
    fn try_detail(
        &mut self,
        context: &Context,
        dims: [usize; 3],
        format: VoxelFormat,
        coarse_bytes: u64,
    ) -> Result<Option<Detail>, GpuError> {
        let mut room = self.room_for_bricks(coarse_bytes);
        while let Some(size) = self.atlas_size(context, dims, format, room) {
            let bytes = size.iter().product::<usize>() as u64 * detail::brick_bytes(format);
            self.make_room(bytes.saturating_add(coarse_bytes));
            match self.try_texture(context, size.map(|count| count * BRICK_SIDE), format) {
                Ok(atlas) => {
                    let layout = self.layouts.detail(format);
                    return Ok(Some(Detail::new(context, layout, dims, format, atlas, size)));
                }
                Err(GpuError::OutOfMemory) => room = bytes / 2,
                Err(err) => return Err(err),
            }
        }
        Ok(None)
    }

    fn try_texture(&self, context: &Context, size: [usize; 3], format: VoxelFormat) -> Result<wgpu::Texture, GpuError> {
        let texels: u64 = size.iter().map(|side| *side as u64).product();
        if texels.saturating_mul(format.texel_bytes() as u64) > self.refuses_above {
            return Err(GpuError::OutOfMemory);
        }
        try_texture(context, size, format)
    }

    /// Drops the longest unused volumes until there is room; those of the picture being drawn stay.
    fn make_room(&mut self, bytes: u64) {
        while self.bytes().saturating_add(bytes) > self.budget.max_total_bytes {
            let oldest = self
                .resident
                .iter()
                .filter(|(_, resident)| resident.last_used < self.clock)
                .min_by_key(|(_, resident)| resident.last_used)
                .map(|(key, _)| *key);
            let Some(oldest) = oldest else { return };
            self.resident.remove(&oldest);
        }
    }
}

/// A 3D texture, or the reason why there is none.
fn try_texture(
    context: &Context,
    [width, height, depth]: [usize; 3],
    format: VoxelFormat,
) -> Result<wgpu::Texture, GpuError> {
    let side = |texels: usize| u32::try_from(texels).map_err(|_| GpuError::OutOfMemory);
    let size = wgpu::Extent3d {
        width: side(width)?,
        height: side(height)?,
        depth_or_array_layers: side(depth)?,
    };
    try_create(
        context,
        &wgpu::TextureDescriptor {
            label: Some("volume"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D3,
            format: format.texture_format(),
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        },
    )
}

/// A texture, or the reason why there is none.
pub(super) fn try_create(
    context: &Context,
    descriptor: &wgpu::TextureDescriptor<'_>,
) -> Result<wgpu::Texture, GpuError> {
    let scopes = [
        wgpu::ErrorFilter::Validation,
        wgpu::ErrorFilter::Internal,
        wgpu::ErrorFilter::OutOfMemory,
    ]
    .map(|filter| context.device.push_error_scope(filter));
    let texture = context.device.create_texture(descriptor);
    let errors: Vec<wgpu::Error> = scopes
        .into_iter()
        .rev()
        .filter_map(|scope| pollster::block_on(scope.pop()))
        .collect();
    errors.first().map_or(Ok(texture), |err| Err(GpuError::from_wgpu(err)))
}
