//! Bricks of all voxels of a volume that is resident at a coarse level, as many as there is room for: those that pictures
//! need (`algo::needed_bricks`), in an atlas, and a table that says where each of them is.
//!
//! The table has two numbers a brick, i fastest (`shaders/common/detail.wgsl`): its place in the atlas, ten bits an axis,
//! or the one number that all its voxels are; and a bit for each of its slices that is there.

use std::ops::Range;
use std::time::Instant;

use crate::algo::needed_bricks::{BRICK_SIDE, bricks_along};
use crate::model::label_map::{BlockLabels, LabelMap, VoxelBox};
use crate::model::volume::Volume;

use super::allowance::Allowance;
use super::bricks::DetailRanges;
use super::device::Context;
use super::format::VoxelFormat;
use super::texels;

/// Texels of a row of the table; `PAGES_WIDTH` in `shaders/common/detail.wgsl`.
const WIDTH: usize = 2048;
const IS_UNIFORM: u32 = 1 << 31;
const ALL_SLICES: u32 = u32::MAX;
/// Nothing of the brick is there.
const ABSENT: Page = [0, 0];

/// Bricks that are written before wgpu may free its staging memory.
const BATCH: usize = 32;

/// A brick's entry in the table: where it is, and which of its slices are there.
type Page = [u32; 2];

/// An atlas with room for less is not worth it, unless that is all there is.
const FEWEST: usize = 8;

/// Bytes of a brick.
pub(super) fn brick_bytes(format: VoxelFormat) -> u64 {
    (BRICK_SIDE * BRICK_SIDE * BRICK_SIDE * format.texel_bytes()) as u64
}

/// The atlas for a volume in bricks along each axis: room for all of it, or as much as there are bytes for. `None` where
/// the device can hold hardly any brick, or not the table.
pub(super) fn atlas_size(
    dims: [usize; 3],
    format: VoxelFormat,
    bytes: u64,
    limits: &wgpu::Limits,
    max_side: u32,
) -> Option<[usize; 3]> {
    let all = bricks_along(dims).into_iter().try_fold(1, usize::checked_mul)?;
    if all.div_ceil(WIDTH) > limits.max_texture_dimension_2d as usize {
        return None;
    }
    let most = usize::try_from(bytes / brick_bytes(format)).unwrap_or(usize::MAX);
    // A place in the table has ten bits.
    let side = (max_side as usize / BRICK_SIDE).min(1023);
    let mut best: Option<([usize; 3], usize)> = None;
    for columns in 1..=side.min(most) {
        for rows in 1..=columns.min(most / columns) {
            let layer = columns * rows;
            let layers = (most / layer).min(side).min(all.div_ceil(layer));
            let room = layer * layers;
            let is_better = best.is_none_or(|(_, known)| {
                room.min(all) > known.min(all) || room.min(all) == known.min(all) && room < known
            });
            if layers > 0 && is_better {
                best = Some(([columns, rows, layers], room));
            }
        }
    }
    best.filter(|(_, room)| *room >= all.min(FEWEST)).map(|(size, _)| size)
}

/// A place in the atlas.
#[derive(Clone, Copy, Default)]
struct Slot {
    brick: Option<usize>,
    /// The turn of the store's clock in which its brick was last needed.
    last_used: u64,
}

/// Where the voxels of bricks come from.
pub(super) struct Source<'a> {
    pub(super) volume: &'a Volume,
    pub(super) frame: usize,
    /// What is painted.
    pub(super) map: Option<&'a LabelMap>,
    /// Lowest and highest numbers, once everything has arrived.
    pub(super) ranges: Option<&'a DetailRanges>,
}

/// What came of the bricks that a picture needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Served {
    /// Whether all that have arrived and for which there is room are there.
    pub(super) is_done: bool,
    /// Whether there is none for which there is no room.
    pub(super) is_whole: bool,
}

/// The bricks of a volume.
pub(super) struct Detail {
    /// For slices: group 3.
    pub(super) group: wgpu::BindGroup,
    /// Bytes of the atlas.
    pub(super) bytes: u64,
    atlas: wgpu::Texture,
    pages: wgpu::Texture,
    format: VoxelFormat,
    dims: [usize; 3],
    /// Of the atlas, in bricks.
    size: [usize; 3],
    table: Vec<Page>,
    /// Rows of the table that the device does not have yet.
    changed_rows: Option<Range<usize>>,
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Of painted voxels: the stamp that a brick had when it was uploaded, 0 if it was not.
    stamps: Vec<u64>,
}

impl Detail {
    /// Around an atlas of a size in bricks, without any of them.
    pub(super) fn new(
        context: &Context,
        layout: &wgpu::BindGroupLayout,
        dims: [usize; 3],
        format: VoxelFormat,
        atlas: wgpu::Texture,
        size: [usize; 3],
    ) -> Self {
        let bricks: usize = bricks_along(dims).iter().product();
        let rows = bricks.div_ceil(WIDTH).max(1);
        let width = bricks.clamp(1, WIDTH);
        let pages = context.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("pages"),
            size: wgpu::Extent3d {
                width: width as u32,
                height: rows as u32,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rg32Uint,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let views = [&pages, &atlas].map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()));
        let entry = |binding, view| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::TextureView(view),
        };
        let group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("bricks of voxels"),
            layout,
            entries: &[entry(0, &views[0]), entry(1, &views[1])],
        });
        let room: usize = size.iter().product();
        Self {
            group,
            bytes: room as u64 * brick_bytes(format),
            atlas,
            pages,
            format,
            dims,
            size,
            table: vec![ABSENT; rows * width],
            // A texture is zero at first.
            changed_rows: None,
            slots: vec![Slot::default(); room],
            free: (0..room).rev().collect(),
            stamps: Vec::new(),
        }
    }

    /// The table and the atlas.
    pub(super) fn views(&self) -> [wgpu::TextureView; 2] {
        [&self.pages, &self.atlas].map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()))
    }

    /// Whether all voxels of some bricks that have arrived are there.
    pub(super) fn has(&self, source: &Source<'_>, needed: &[usize]) -> bool {
        needed
            .iter()
            .all(|brick| self.is_current(*brick, source) || source.arrived(*brick) == 0)
    }

    /// Brings the bricks that a picture needs, those that matter most first, as far as there is room and the allowance
    /// goes. What no picture of this turn of the clock needs gives way, the longest unused first.
    pub(super) fn serve(
        &mut self,
        context: &Context,
        source: &Source<'_>,
        needed: &[usize],
        clock: u64,
        allowance: &mut Allowance,
    ) -> Served {
        let mut served = Served {
            is_done: true,
            is_whole: true,
        };
        let waiting = self.waiting(source, needed, clock, &mut served);
        self.forget_painted_over(source, clock);
        let mut leaving = if waiting.len() > self.free.len() {
            self.leaving(clock)
        } else {
            Vec::new()
        };
        for (n, brick) in waiting.into_iter().enumerate() {
            if allowance.is_spent() {
                served.is_done = false;
                break;
            }
            let start = Instant::now();
            let slot = self.slot_of(brick).or_else(|| self.room(&mut leaving));
            let Some(slot) = slot else {
                served.is_whole = false;
                break;
            };
            self.slots[slot] = Slot {
                brick: Some(brick),
                last_used: clock,
            };
            let bytes = self.upload(context, source, brick, slot);
            if n % BATCH == BATCH - 1 {
                context.queue.submit([]);
            }
            allowance.spend(bytes, start);
        }
        self.write_table(context);
        served
    }

    /// The needed bricks that are not there, as far as there is room for what is needed. Those that are there count as
    /// used from now on, and those of one number are there at once.
    fn waiting(&mut self, source: &Source<'_>, needed: &[usize], clock: u64, served: &mut Served) -> Vec<usize> {
        let mut room = self.slots.len();
        let mut waiting = Vec::new();
        for brick in needed.iter().copied() {
            if source.arrived(brick) == 0 {
                continue;
            }
            if let Some(number) = source.uniform(brick) {
                let page = [IS_UNIFORM | u32::from(number), ALL_SLICES];
                if self.table.get(brick).is_some_and(|known| *known != page) {
                    self.forget(brick);
                    self.set_page(brick, page);
                }
                self.set_stamp(source, brick);
                continue;
            }
            let Some(left) = room.checked_sub(1) else {
                served.is_whole = false;
                continue;
            };
            room = left;
            if let Some(slot) = self.slot_of(brick) {
                self.slots[slot].last_used = clock;
            }
            if !self.is_current(brick, source) {
                waiting.push(brick);
            }
        }
        waiting
    }

    /// What was painted over and is not needed now is forgotten: it may be needed when nobody looks at stamps.
    fn forget_painted_over(&mut self, source: &Source<'_>, clock: u64) {
        let Some(map) = source.map else { return };
        for brick in 0..self.stamps.len() {
            let is_needed = self
                .slot_of(brick)
                .is_some_and(|slot| self.slots[slot].last_used == clock);
            if self.stamps[brick] != 0 && self.stamps[brick] != map.stamp(brick) && !is_needed {
                self.forget(brick);
            }
        }
    }

    /// Slots whose bricks are not needed now, the longest unused last.
    fn leaving(&self, clock: u64) -> Vec<usize> {
        let mut leaving: Vec<usize> = (0..self.slots.len())
            .filter(|slot| self.slots[*slot].brick.is_some() && self.slots[*slot].last_used < clock)
            .collect();
        leaving.sort_unstable_by_key(|slot| std::cmp::Reverse(self.slots[*slot].last_used));
        leaving
    }

    /// A slot for another brick.
    fn room(&mut self, leaving: &mut Vec<usize>) -> Option<usize> {
        self.free.pop().or_else(|| {
            let slot = leaving.pop()?;
            if let Some(brick) = self.slots[slot].brick {
                self.forget(brick);
            }
            self.free.pop()
        })
    }

    fn slot_of(&self, brick: usize) -> Option<usize> {
        let [place, slices] = *self.table.get(brick)?;
        if slices == 0 || place & IS_UNIFORM != 0 {
            return None;
        }
        let [i, j, k] = [0, 10, 20].map(|bits| (place >> bits) as usize & 1023);
        Some((k * self.size[1] + j) * self.size[0] + i)
    }

    /// Whether all slices of a brick that have arrived are there as they are.
    fn is_current(&self, brick: usize, source: &Source<'_>) -> bool {
        let Some([_, slices]) = self.table.get(brick) else {
            return true;
        };
        let is_same = source
            .map
            .is_none_or(|map| self.stamps.get(brick).copied().unwrap_or(0) == map.stamp(brick));
        *slices != 0 && source.arrived(brick) & !slices == 0 && is_same
    }

    fn forget(&mut self, brick: usize) {
        if let Some(slot) = self.slot_of(brick) {
            self.slots[slot].brick = None;
            self.free.push(slot);
        }
        self.set_page(brick, ABSENT);
        if let Some(stamp) = self.stamps.get_mut(brick) {
            *stamp = 0;
        }
    }

    fn set_page(&mut self, brick: usize, page: Page) {
        if let Some(known) = self.table.get_mut(brick)
            && *known != page
        {
            *known = page;
            let row = brick / WIDTH;
            self.changed_rows = Some(match &self.changed_rows {
                Some(rows) => rows.start.min(row)..rows.end.max(row + 1),
                None => row..row + 1,
            });
        }
    }

    fn set_stamp(&mut self, source: &Source<'_>, brick: usize) {
        if let Some(map) = source.map {
            self.stamps.resize(self.table.len(), 0);
            if let Some(stamp) = self.stamps.get_mut(brick) {
                *stamp = map.stamp(brick);
            }
        }
    }

    /// Writes what of a brick has arrived into a slot. Answers how many bytes that were.
    fn upload(&mut self, context: &Context, source: &Source<'_>, brick: usize, slot: usize) -> usize {
        let arrived = source.arrived(brick);
        let known = match self.slot_of(brick) {
            Some(_) if source.map.is_none() => self.table.get(brick).map_or(0, |page| page[1]),
            _ => 0,
        };
        let mut voxels = voxels_of(self.dims, brick);
        let first = voxels[2].start;
        // Of a brick that is there in part, the slices around what is new.
        let new = arrived & !known;
        voxels[2].end = voxels[2].end.min(first + (u32::BITS - new.leading_zeros()) as usize);
        voxels[2].start = (first + new.trailing_zeros() as usize).min(voxels[2].end);
        let mut bytes = Vec::new();
        match source.map {
            Some(map) => bytes.extend_from_slice(bytemuck::cast_slice(&map.dense_box(&voxels))),
            None => texels::encode_box(&mut bytes, &source.volume.voxels, source.frame, &voxels, self.format),
        }
        let at = [
            slot % self.size[0],
            slot / self.size[0] % self.size[1],
            slot / (self.size[0] * self.size[1]),
        ];
        let [x, y, z] = at.map(|at| (at * BRICK_SIDE) as u32);
        let [width, height, depth] = [&voxels[0], &voxels[1], &voxels[2]].map(|side| side.len() as u32);
        context.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d {
                    x,
                    y,
                    z: z + (voxels[2].start - first) as u32,
                },
                ..self.atlas.as_image_copy()
            },
            &bytes,
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
        let place = (0..).zip(at).map(|(axis, at)| (at as u32) << (10 * axis)).sum();
        self.set_page(brick, [place, arrived]);
        self.set_stamp(source, brick);
        bytes.len()
    }

    fn write_table(&mut self, context: &Context) {
        let Some(rows) = self.changed_rows.take() else { return };
        let width = self.pages.width();
        let texels = rows.start * width as usize..rows.end * width as usize;
        context.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                origin: wgpu::Origin3d {
                    x: 0,
                    y: rows.start as u32,
                    z: 0,
                },
                ..self.pages.as_image_copy()
            },
            bytemuck::cast_slice(self.table.get(texels).unwrap_or_default()),
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(8 * width),
                rows_per_image: None,
            },
            wgpu::Extent3d {
                width,
                height: rows.len() as u32,
                depth_or_array_layers: 1,
            },
        );
    }
}

impl Source<'_> {
    /// A bit for each slice of a brick that has arrived.
    fn arrived(&self, brick: usize) -> u32 {
        let slices = voxels_of(self.volume.dims(), brick)[2].clone();
        let count = slices.len() as u32;
        if self.map.is_some() || self.ranges.is_some() {
            return ALL_SLICES >> (u32::BITS - count.clamp(1, u32::BITS));
        }
        (0..)
            .zip(slices)
            .filter(|(_, slice)| self.volume.voxels.has_slice(*slice, self.frame))
            .map(|(n, _)| 1 << n)
            .sum()
    }

    /// The number in a texel of which all voxels of a brick are, where that is known.
    fn uniform(&self, brick: usize) -> Option<u16> {
        if let Some(map) = self.map {
            return match map.block(brick) {
                BlockLabels::Uniform(label) => Some(*label),
                BlockLabels::Dense(_) => None,
            };
        }
        self.ranges?.uniform(brick)
    }
}

/// The voxels of a brick.
fn voxels_of(dims: [usize; 3], brick: usize) -> VoxelBox {
    let [across_i, across_j, _] = bricks_along(dims).map(|count| count.max(1));
    let at = [
        brick % across_i,
        brick / across_i % across_j,
        brick / (across_i * across_j),
    ];
    std::array::from_fn(|axis| {
        let start = at[axis] * BRICK_SIDE;
        start..(start + BRICK_SIDE).min(dims[axis])
    })
}
