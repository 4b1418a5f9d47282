//! The volumes that are resident on the device: one texture for each (volume, frame), filled as slabs arrive.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use crate::model::volume::{Volume, VolumeId};

use super::budget::{Budget, Level};
use super::device::Context;
use super::error::GpuError;
use super::format::VoxelFormat;
use super::slice_table::SliceTable;
use super::texels;

/// One frame of one volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    volume: VolumeId,
    frame: usize,
}

impl Key {
    pub(super) fn of(volume: &Volume, frame: usize) -> Self {
        Self {
            volume: volume.id,
            frame,
        }
    }
}

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
    bytes: u64,
    last_used: u64,
    /// Slabs of this frame that are uploaded.
    slabs: Vec<bool>,
    /// Whether every slice is there.
    pub(super) is_complete: bool,
}

/// Layouts of the voxel bind groups (group 1).
pub(super) struct VoxelLayouts {
    pub(super) float: wgpu::BindGroupLayout,
    pub(super) uint: wgpu::BindGroupLayout,
    pub(super) filtered: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
}

impl VoxelLayouts {
    fn new(device: &wgpu::Device) -> Self {
        let layout = |label, sample_type, has_sampler: bool| {
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
            let mut entries = vec![
                texture(0, sample_type, wgpu::TextureViewDimension::D3),
                texture(
                    1,
                    wgpu::TextureSampleType::Float { filterable: false },
                    wgpu::TextureViewDimension::D2,
                ),
            ];
            if has_sampler {
                entries.push(wgpu::BindGroupLayoutEntry {
                    binding: 2,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                    count: None,
                });
            }
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries: &entries,
            })
        };
        Self {
            float: layout(
                "voxels",
                wgpu::TextureSampleType::Float { filterable: false },
                false,
            ),
            uint: layout("whole voxels", wgpu::TextureSampleType::Uint, false),
            filtered: layout(
                "filtered voxels",
                wgpu::TextureSampleType::Float { filterable: true },
                true,
            ),
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("voxels"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
        }
    }
}

/// All resident volumes.
pub(super) struct Store {
    pub(super) layouts: VoxelLayouts,
    pub(super) budget: Budget,
    resident: HashMap<Key, Resident>,
    clock: u64,
}

/// What one picture may upload.
pub(super) struct Allowance {
    /// Bytes; the slab that crosses the limit is the last.
    pub(super) bytes: u64,
}

impl Store {
    pub(super) fn new(context: &Context) -> Self {
        let budget = Budget::of(&context.device.limits(), context.adapter.is_software);
        Self {
            layouts: VoxelLayouts::new(&context.device),
            budget,
            resident: HashMap::new(),
            clock: 0,
        }
    }

    /// A new picture begins: what it uses stays, what nobody holds any more goes.
    pub(super) fn begin(&mut self) {
        self.clock += 1;
        self.resident
            .retain(|_, resident| resident.volume.strong_count() > 0);
    }

    /// Bytes of all textures.
    pub(super) fn bytes(&self) -> u64 {
        self.resident.values().map(|resident| resident.bytes).sum()
    }

    pub(super) fn get(&self, key: Key) -> Option<&Resident> {
        self.resident.get(&key)
    }

    /// Makes a frame of a volume resident and uploads slabs that have arrived, those nearest to slice `near` first.
    /// Answers whether all that have arrived are uploaded.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        volume: &Arc<Volume>,
        frame: usize,
        near: f64,
        allowance: &mut Allowance,
    ) -> Result<bool, GpuError> {
        let key = Key::of(volume, frame);
        if !self.resident.contains_key(&key) {
            let resident = self.allocate(context, volume)?;
            self.resident.insert(key, resident);
        }
        let clock = self.clock;
        let Some(resident) = self.resident.get_mut(&key) else {
            return Ok(true);
        };
        resident.last_used = clock;
        if resident.is_complete {
            Ok(true)
        } else {
            resident.upload(context, volume, frame, near, allowance)
        }
    }

    fn allocate(&mut self, context: &Context, volume: &Arc<Volume>) -> Result<Resident, GpuError> {
        let dims = volume.dims();
        let format = VoxelFormat::of(&volume.voxels, context.device.features());
        let mut level = Level::fitting(&volume.voxels, format, &self.budget);
        loop {
            let bytes = level.bytes(dims, format);
            self.make_room(bytes);
            match try_texture(context, level.texels(dims), format) {
                Ok(texture) => return Ok(self.resident_of(context, volume, texture, format, level)),
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

    fn resident_of(
        &self,
        context: &Context,
        volume: &Arc<Volume>,
        texture: wgpu::Texture,
        format: VoxelFormat,
        level: Level,
    ) -> Resident {
        let device = &context.device;
        let table = SliceTable::new(volume.dims()[2], volume.geometry());
        let table_texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("slice table"),
            size: table.size(),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba32Float,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let voxels_view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let table_view = table_texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind = |label, layout, with_sampler: bool| {
            let mut entries = vec![
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&voxels_view),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::TextureView(&table_view),
                },
            ];
            if with_sampler {
                entries.push(wgpu::BindGroupEntry {
                    binding: 2,
                    resource: wgpu::BindingResource::Sampler(&self.layouts.sampler),
                });
            }
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(label),
                layout,
                entries: &entries,
            })
        };
        let exact = bind(
            "voxels",
            if format == VoxelFormat::Uint16 {
                &self.layouts.uint
            } else {
                &self.layouts.float
            },
            false,
        );
        let filtered = format
            .is_filterable(device.features())
            .then(|| bind("filtered voxels", &self.layouts.filtered, true));
        Resident {
            volume: Arc::downgrade(volume),
            format,
            level,
            exact,
            filtered,
            bytes: level.bytes(volume.dims(), format),
            texture,
            table_texture,
            table,
            last_used: self.clock,
            slabs: vec![false; volume.voxels.slabs_per_frame()],
            is_complete: false,
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
    errors
        .first()
        .map_or(Ok(texture), |err| Err(GpuError::from_wgpu(err)))
}

impl Resident {
    fn upload(
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
