//! A picture of volumes seen through a camera: makes them resident and draws them, all at once in composites and with
//! surfaces, one over the other as projections.

use crate::say;
use crate::scene::{Interpolation, LabelLayer, VolumeLayer, VolumeScene};

use super::allowance::Allowance;
use super::crossings::{self, CrossingViews};
use super::detail::Detail;
use super::device::Context;
use super::error::GpuError;
use super::need::Need;
use super::pipelines::{TRAIT_BRICKS, TRAIT_MASK, mask_doublings, traits};
use super::store::{Key, Prepared, Store};
use super::uniform::LayerUniform;
use super::volume_mask::{self, Masks, ResidentMask};
use super::volume_occlusion::Fields;
use super::volume_pipelines::{Key as PipelineKey, SlotKind, VolumePipelines};
use super::volume_shader::{CROSSING_BINDINGS, VolumeProgram, binding};
use super::volume_table::Tables;
use super::volume_view::{MOST_PLANES, MOST_SLICES, MOST_SLOTS, MatterUniform, ViewUniform};
use super::voxel_map::VoxelMap;

/// What draws volumes, and what it keeps for the next picture.
pub(super) struct VolumeDrawer {
    pipelines: VolumePipelines,
    tables: Tables,
    masks: Masks,
    fields: Fields,
    sampler: wgpu::Sampler,
}

/// A volume or label map, ready to be drawn.
struct Slot {
    kind: SlotKind,
    layer: LayerUniform,
    matter: MatterUniform,
    views: [wgpu::TextureView; 3],
    detail: Option<[wgpu::TextureView; 2]>,
    /// What is to be said if these are left out.
    without_detail: Option<String>,
    table: wgpu::TextureView,
    mask: ResidentMask,
    /// Open cells, where light is dimmed.
    occlusion: Option<wgpu::TextureView>,
}

/// One draw of a picture.
struct Draw {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroup,
}

impl VolumeDrawer {
    pub(super) fn new(context: &Context) -> Self {
        Self {
            pipelines: VolumePipelines::default(),
            tables: Tables::default(),
            masks: Masks::default(),
            fields: Fields::default(),
            sampler: context.device.create_sampler(&wgpu::SamplerDescriptor {
                label: Some("voxels"),
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
        }
    }

    /// Draws a scene; answers whether all voxels that had arrived are in it, and what is to be said of it.
    pub(super) fn draw(
        &mut self,
        context: &Context,
        store: &mut Store,
        scene: &VolumeScene,
        view: &wgpu::TextureView,
        allowance: &mut Allowance,
    ) -> Result<Prepared, GpuError> {
        // Without a volume in the patient there are no samples, and any step is as good.
        let step_mm = scene.sample_step_mm().unwrap_or(1.0);
        let (mut slots, mut prepared) = self.slots(context, store, scene, step_mm, allowance)?;
        let crossings = if scene.mode.is_projection() {
            None
        } else {
            crossings::prepare(context, scene, step_mm)?
        };
        if lighten(context, &mut slots, crossings.is_some()) {
            prepared.say(say!("gpu-open-everywhere"));
        }
        if let Some(notice) = give_up_detail(context, scene, &mut slots, crossings.is_some()) {
            prepared.notice = Some(notice);
        }
        check(context, scene, &slots, crossings.is_some())?;
        let draws = self.draws(context, scene, step_mm, &slots, crossings.as_ref());
        encode(context, view, &draws);
        Ok(prepared)
    }

    /// All volumes and label maps that are resident, and what came of making them so.
    fn slots(
        &mut self,
        context: &Context,
        store: &mut Store,
        scene: &VolumeScene,
        step_mm: f64,
        allowance: &mut Allowance,
    ) -> Result<(Vec<Slot>, Prepared), GpuError> {
        let mut slots = Vec::new();
        let mut prepared = Prepared::default();
        for layer in &scene.layers {
            let volume = &layer.image.volume;
            let Some(map) = VoxelMap::of_view(scene, volume, step_mm) else {
                continue;
            };
            let key = Key::of(volume, layer.image.frame);
            let need = Need::Volume(scene, layer);
            prepared.add(store.prepare(context, volume, key, (map.center.z, need), allowance)?);
            slots.extend(self.volume(context, store, scene, layer, &map, step_mm)?);
            let doublings = slots.last().map_or(0, |slot: &Slot| slot.mask.doublings);
            if let Some(notice) = volume_mask::notice(doublings, volume.dims()) {
                prepared.say(notice);
            }
        }
        let labels = scene.labels.iter().filter(|_| !scene.mode.is_projection());
        for layer in labels.filter(|layer| layer.volume.voxels.components() == 1) {
            let Some(map) = VoxelMap::of_view(scene, &layer.volume, step_mm) else {
                continue;
            };
            let key = Key::of_labels(&layer.volume, layer.frame);
            let need = Need::VolumeLabels(scene, layer);
            prepared.add(store.prepare(context, &layer.volume, key, (map.center.z, need), allowance)?);
            slots.extend(self.label_map(context, store, scene, layer, &map, step_mm)?);
        }
        Ok((slots, prepared))
    }

    fn volume(
        &mut self,
        context: &Context,
        store: &Store,
        scene: &VolumeScene,
        layer: &VolumeLayer,
        map: &VoxelMap,
        step_mm: f64,
    ) -> Result<Option<Slot>, GpuError> {
        let image = &layer.image;
        let known = store.get(Key::of(&image.volume, image.frame));
        let Some((geometry, resident)) = image.volume.geometry().zip(known) else {
            return Ok(None);
        };
        // Rays go through the texture's filter where that is right: whole, evenly spaced volumes, interpolated linearly.
        let is_filtered = resident.can_filter
            && resident.is_complete
            && resident.detail.is_none()
            && !map.uses_table
            && image.interpolation == Interpolation::Linear;
        // A cubic curve leaves the range of the voxels around it.
        let has_bricks = resident.knows_bricks() && !map.uses_table && image.interpolation != Interpolation::Cubic;
        let wanted = layer.mask.as_deref().filter(|mask| mask.dims() == image.volume.dims());
        let mask = self.masks.prepare(context, &store.budget, wanted)?;
        let mut traits = traits(map, resident) | mask_doublings(mask.doublings);
        traits |= if has_bricks { TRAIT_BRICKS } else { 0 };
        traits |= if wanted.is_some() { TRAIT_MASK } else { 0 };
        let uniform = LayerUniform::new(image, map, resident, scene.size);
        let occlusion = scene.occlusion(layer).filter(|_| !scene.mode.is_projection());
        let kind = SlotKind::of_volume(resident.format, is_filtered, image.interpolation, traits);
        Ok(Some(Slot {
            kind: kind
                .with_detail(resident.detail.is_some())
                .with_occlusion(occlusion.is_some()),
            detail: resident.detail.as_ref().map(Detail::views),
            without_detail: resident.level.notice(image.volume.dims()),
            matter: MatterUniform::new(scene, layer, geometry, &uniform, resident.format, step_mm),
            layer: uniform,
            views: resident.views(),
            table: self.tables.of_matter(context, &layer.transfer, &image.color_map),
            mask,
            occlusion: occlusion.map(|(field, _)| self.fields.prepare(context, field)),
        }))
    }

    fn label_map(
        &mut self,
        context: &Context,
        store: &Store,
        scene: &VolumeScene,
        layer: &LabelLayer,
        map: &VoxelMap,
        step_mm: f64,
    ) -> Result<Option<Slot>, GpuError> {
        let known = store.get(Key::of_labels(&layer.volume, layer.frame));
        let Some((geometry, resident)) = layer.volume.geometry().zip(known) else {
            return Ok(None);
        };
        let mut traits = traits(map, resident);
        if resident.knows_bricks() && !map.uses_table {
            traits |= TRAIT_BRICKS;
        }
        Ok(Some(Slot {
            kind: SlotKind::of_labels(resident.format, traits).with_detail(resident.detail.is_some()),
            detail: resident.detail.as_ref().map(Detail::views),
            without_detail: resident.level.notice(layer.volume.dims()),
            layer: LayerUniform::of_labels(layer, map, resident, scene.size),
            matter: MatterUniform::of_labels(scene, layer, geometry, step_mm),
            views: resident.views(),
            table: self.tables.of_labels(context, &layer.colors),
            mask: self.masks.prepare(context, &store.budget, None)?,
            occlusion: None,
        }))
    }

    fn draws(
        &mut self,
        context: &Context,
        scene: &VolumeScene,
        step_mm: f64,
        slots: &[Slot],
        crossings: Option<&CrossingViews>,
    ) -> Vec<Draw> {
        let view = ViewUniform::new(scene, step_mm);
        let program = match scene.mode {
            crate::scene::VolumeMode::Iso => VolumeProgram::Surfaces,
            _ => VolumeProgram::Composite,
        };
        if scene.mode.is_projection() {
            // Of no volumes the background is seen.
            let mut draws = vec![self.draw_of(context, VolumeProgram::Composite, view, &[], None)];
            for slot in slots {
                let slot = std::slice::from_ref(slot);
                draws.push(self.draw_of(context, VolumeProgram::Project, view, slot, None));
            }
            draws
        } else {
            vec![self.draw_of(context, program, view, slots, crossings)]
        }
    }

    fn draw_of(
        &mut self,
        context: &Context,
        program: VolumeProgram,
        mut view: ViewUniform,
        slots: &[Slot],
        crossings: Option<&CrossingViews>,
    ) -> Draw {
        for (place, slot) in view.matter.iter_mut().zip(slots) {
            *place = slot.matter;
        }
        let key = PipelineKey {
            program,
            slots: slots.iter().map(|slot| slot.kind).collect(),
            has_crossings: crossings.is_some(),
        };
        let pipeline = self.pipelines.prepare(context, key);
        let view = uniform(context, bytemuck::bytes_of(&view));
        let layers: Vec<wgpu::Buffer> = slots
            .iter()
            .map(|slot| uniform(context, bytemuck::bytes_of(&slot.layer)))
            .collect();
        let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
        let mut entries = vec![entry(0, view.as_entire_binding())];
        if let Some(views) = crossings {
            let both = CROSSING_BINDINGS.into_iter().zip([&views.spans, &views.all]);
            entries.extend(both.map(|(at, view)| entry(at, wgpu::BindingResource::TextureView(view))));
        }
        for (n, (slot, layer)) in slots.iter().zip(&layers).enumerate() {
            let [voxels, slice_table, bricks] = slot.views.each_ref().map(wgpu::BindingResource::TextureView);
            entries.extend([
                entry(binding(n, 0, 0), layer.as_entire_binding()),
                entry(binding(n, 1, 0), voxels),
                entry(binding(n, 1, 1), slice_table),
                entry(binding(n, 1, 3), bricks),
                entry(binding(n, 2, 0), wgpu::BindingResource::TextureView(&slot.table)),
            ]);
            if let Some(detail) = slot.detail.as_ref().filter(|_| slot.kind.has_detail) {
                let [pages, atlas] = detail.each_ref().map(wgpu::BindingResource::TextureView);
                entries.extend([entry(binding(n, 3, 0), pages), entry(binding(n, 3, 1), atlas)]);
            }
            if slot.kind.is_filtered {
                entries.push(entry(binding(n, 1, 2), wgpu::BindingResource::Sampler(&self.sampler)));
            }
            if !slot.kind.is_labels {
                entries.push(entry(
                    binding(n, 2, 1),
                    wgpu::BindingResource::TextureView(&slot.mask.view),
                ));
            }
            if let Some(cells) = &slot.occlusion {
                entries.extend([
                    entry(binding(n, 2, 2), wgpu::BindingResource::TextureView(cells)),
                    entry(binding(n, 2, 3), wgpu::BindingResource::Sampler(&self.sampler)),
                ]);
            }
        }
        let group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("volumes"),
            layout: &pipeline.layout,
            entries: &entries,
        });
        Draw {
            pipeline: pipeline.pipeline.clone(),
            group,
        }
    }
}

/// How many textures a picture of these reads.
fn textures(slots: &[Slot], has_crossings: bool) -> usize {
    let own: usize = slots.iter().map(|slot| slot.kind.textures()).sum();
    own + if has_crossings { crossings::TEXTURES } else { 0 }
}

/// Volumes for whose bricks there are no bindings left are drawn as coarse as they are without, the last first. Answers
/// what is to be said then.
fn give_up_detail(context: &Context, scene: &VolumeScene, slots: &mut [Slot], has_crossings: bool) -> Option<String> {
    let most = context.device.limits().max_sampled_textures_per_shader_stage as usize;
    let mut notice = None;
    while !scene.mode.is_projection() && textures(slots, has_crossings) > most {
        let last = slots.iter_mut().rfind(|slot| slot.kind.has_detail)?;
        last.kind = last.kind.with_detail(false);
        notice = last.without_detail.take().or(notice);
    }
    notice
}

/// Where a device has too few textures for all of them, the last volumes are lit as if they were open everywhere. Answers
/// whether any is.
fn lighten(context: &Context, slots: &mut [Slot], has_crossings: bool) -> bool {
    let most = context.device.limits().max_sampled_textures_per_shader_stage as usize;
    let mut is_lighter = false;
    while textures(slots, has_crossings) > most
        && let Some(slot) = slots.iter_mut().rev().find(|slot| slot.occlusion.is_some())
    {
        slot.occlusion = None;
        slot.kind = slot.kind.with_occlusion(false);
        is_lighter = true;
    }
    is_lighter
}

/// Whether one picture can have so much.
fn check(context: &Context, scene: &VolumeScene, slots: &[Slot], has_crossings: bool) -> Result<(), GpuError> {
    let limits = context.device.limits();
    let is_alone = scene.mode.is_projection();
    let trusted = context.adapter.most_together();
    if !is_alone && trusted.is_some_and(|most| slots.len() > most) {
        return Err(GpuError::OldDriver(context.adapter.driver.clone()));
    }
    let fits = is_alone
        || slots.len() <= MOST_SLOTS
            && textures(slots, has_crossings) <= limits.max_sampled_textures_per_shader_stage as usize
            && slots.len() < limits.max_uniform_buffers_per_shader_stage as usize;
    if fits && scene.cuts.half_spaces().count() <= MOST_PLANES && scene.slices.len() <= MOST_SLICES {
        Ok(())
    } else {
        Err(GpuError::TooManyVolumes)
    }
}

fn uniform(context: &Context, bytes: &[u8]) -> wgpu::Buffer {
    let buffer = context.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("volumes"),
        size: bytes.len() as u64,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    context.queue.write_buffer(&buffer, 0, bytes);
    buffer
}

fn encode(context: &Context, view: &wgpu::TextureView, draws: &[Draw]) {
    let mut encoder = context
        .device
        .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("volumes") });
    let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("volumes"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            resolve_target: None,
            depth_slice: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                store: wgpu::StoreOp::Store,
            },
        })],
        ..Default::default()
    });
    for draw in draws {
        pass.set_pipeline(&draw.pipeline);
        pass.set_bind_group(0, &draw.group, &[]);
        pass.draw(0..3, 0..1);
    }
    drop(pass);
    context.queue.submit([encoder.finish()]);
}
