//! The volumes that are resident on the device: one texture for each (volume, frame), filled as slabs arrive.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::volume::{Volume, VolumeId};

use super::allowance::Allowance;
use super::budget::{Budget, Level};
use super::device::Context;
use super::error::GpuError;
use super::format::VoxelFormat;
use super::resident::Resident;

/// One frame of one volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    volume: VolumeId,
    frame: usize,
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

/// Layouts of the voxel bind groups (group 1).
pub(super) struct VoxelLayouts {
    pub(super) float: wgpu::BindGroupLayout,
    pub(super) uint: wgpu::BindGroupLayout,
}

impl VoxelLayouts {
    fn new(device: &wgpu::Device) -> Self {
        let layout = |label, sample_type| {
            let texture = |binding, sample_type, view_dimension| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::FRAGMENT,
                ty: wgpu::BindingType::Texture {
                    sample_type,
                    view_dimension,
                    multisampled: false,
                },
                count: None,
            };
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries: &[
                    texture(0, sample_type, wgpu::TextureViewDimension::D3),
                    texture(
                        1,
                        wgpu::TextureSampleType::Float { filterable: false },
                        wgpu::TextureViewDimension::D2,
                    ),
                ],
            })
        };
        Self {
            float: layout("voxels", wgpu::TextureSampleType::Float { filterable: false }),
            uint: layout("whole voxels", wgpu::TextureSampleType::Uint),
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

    /// Makes a frame of a volume resident and uploads slices that have arrived, those nearest to slice `near` first.
    /// Answers whether all that have arrived are uploaded.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        volume: &Arc<Volume>,
        key: Key,
        near: f64,
        allowance: &mut Allowance,
    ) -> Result<bool, GpuError> {
        if !self.resident.contains_key(&key) {
            let resident = self.allocate(context, volume, key.is_labels)?;
            self.resident.insert(key, resident);
        }
        let clock = self.clock;
        let Some(resident) = self.resident.get_mut(&key) else {
            return Ok(true);
        };
        resident.last_used = clock;
        if let Some(map) = volume.voxels.label_map(key.frame) {
            return resident.upload_painted(context, volume, map, near, allowance);
        }
        if resident.is_complete {
            Ok(true)
        } else {
            resident.upload(context, volume, key.frame, near, allowance)
        }
    }

    fn allocate(&mut self, context: &Context, volume: &Arc<Volume>, is_labels: bool) -> Result<Resident, GpuError> {
        let dims = volume.dims();
        let format = VoxelFormat::of(&volume.voxels, context.device.features());
        let mut level = Level::fitting(&volume.voxels, format, &self.budget);
        loop {
            let bytes = level.bytes(dims, format);
            self.make_room(bytes);
            let made = if bytes > self.refuses_above {
                Err(GpuError::OutOfMemory)
            } else {
                try_texture(context, level.texels(dims), format)
            };
            match made {
                Ok(texture) => {
                    let resident = Resident::new(context, &self.layouts, volume, texture, format, level);
                    return Ok(if is_labels { resident.picking() } else { resident });
                }
                Err(GpuError::OutOfMemory) if level.texels(dims) != [1, 1, 1] => {
                    level = level.coarser(dims);
                }
                Err(err) => return Err(err),
            }
        }
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
    let scopes = [
        wgpu::ErrorFilter::Validation,
        wgpu::ErrorFilter::Internal,
        wgpu::ErrorFilter::OutOfMemory,
    ]
    .map(|filter| context.device.push_error_scope(filter));
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("volume"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D3,
        format: format.texture_format(),
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    let errors: Vec<wgpu::Error> = scopes
        .into_iter()
        .rev()
        .filter_map(|scope| pollster::block_on(scope.pop()))
        .collect();
    errors.first().map_or(Ok(texture), |err| Err(GpuError::from_wgpu(err)))
}
