//! The renderer: takes a scene, makes its volumes resident, draws its layers.

use std::sync::Arc;

use crate::algo::quick_rays::QuickRays;
use crate::algo::{labels, quick_slice};
use crate::model::volume::Volume;
use crate::scene::{ImageLayer, Interpolation, LabelLayer, Scene, SliceScene};

use super::allowance::{Allowance, Pace};
use super::budget::{Budget, Level};
use super::color_maps::ColorMaps;
use super::device::{Adapter, Context};
use super::error::GpuError;
use super::label_colors::LabelTables;
use super::need::Need;
use super::pipelines::{Pipelines, TRAIT_FLOOR, Wanted, traits};
use super::shader::Program;
use super::store::{Key, Prepared, Store};
use super::target::{self, PaneTarget};
use super::uniform::LayerUniform;
use super::volume_mask;
use super::volume_pass::VolumeDrawer;
use super::voxel_map::VoxelMap;
use super::{device, readback};

/// What became of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Whether it was drawn at all (it is not, if it would look the same).
    pub is_new: bool,
    /// Whether all voxels that had arrived are in it. If not, ask for another frame.
    pub is_complete: bool,
    /// The sentence that tells the user where it is coarser than its voxels.
    pub notice: Option<String>,
}

/// A graphics device with all that drawing needs.
pub struct Gpu {
    context: Context,
    store: Store,
    pace: Pace,
    color_maps: ColorMaps,
    label_tables: LabelTables,
    pipelines: Pipelines,
    volumes: VolumeDrawer,
    layers: wgpu::Buffer,
    layers_bind_group: wgpu::BindGroup,
    layer_stride: u32,
    /// Whether the device is the processor, which draws faster without shaders.
    is_quick: bool,
    rays: QuickRays,
}

/// How many layers the uniform buffer holds at first.
const FIRST_LAYERS: u32 = 16;

/// One layer, ready to be drawn.
struct Draw {
    wanted: Wanted,
    key: Key,
    colors: wgpu::BindGroup,
}

/// What a picture is made of, lowest first.
#[derive(Default)]
struct Plan {
    draws: Vec<Draw>,
    uniforms: Vec<LayerUniform>,
    /// Of all layers.
    prepared: Prepared,
}

impl Gpu {
    /// A device without a window, on the best adapter there is: a real one, else the processor.
    pub fn headless() -> Result<Self, GpuError> {
        Self::headless_with(device::wanted_features())
    }

    /// The same with only some optional features, if the adapter has them (for tests of the ways around them).
    pub fn headless_with(features: wgpu::Features) -> Result<Self, GpuError> {
        Context::headless(features).map(Self::new)
    }

    /// On a device that somebody else made, with [`super::device_descriptor`] if it shall be good.
    pub fn from_parts(device: wgpu::Device, queue: wgpu::Queue, info: &wgpu::AdapterInfo) -> Self {
        Self::new(Context::from_parts(device, queue, info))
    }

    fn new(context: Context) -> Self {
        let layer_stride = (size_of::<LayerUniform>() as u32)
            .next_multiple_of(context.device.limits().min_uniform_buffer_offset_alignment);
        let pipelines = Pipelines::new(&context);
        let (layers, layers_bind_group) = layer_buffer(&context, &pipelines, layer_stride, FIRST_LAYERS);
        Self {
            store: Store::new(&context),
            pace: Pace::new(),
            color_maps: ColorMaps::new(&context),
            label_tables: LabelTables::default(),
            pipelines,
            volumes: VolumeDrawer::new(&context),
            layers,
            layers_bind_group,
            layer_stride,
            is_quick: context.adapter.is_software,
            rays: QuickRays::default(),
            context,
        }
    }

    /// The same, but everything is drawn by shaders, also where the processor would be faster without (for tests).
    #[must_use]
    pub fn with_shaders_only(mut self) -> Self {
        self.is_quick = false;
        self
    }

    /// Who draws.
    pub fn adapter(&self) -> &Adapter {
        &self.context.adapter
    }

    /// The device.
    pub fn device(&self) -> &wgpu::Device {
        &self.context.device
    }

    /// What the device may be given. A change counts for volumes that are not resident yet.
    pub fn set_budget(&mut self, budget: Budget) {
        self.store.budget = budget;
    }

    /// Has textures of volumes refused that have more bytes, as if memory had run out (for tests of that).
    pub fn refuse_above(&mut self, bytes: u64) {
        self.store.refuses_above = bytes;
    }

    /// Whether the device is lost. Whatever is drawn with it from now on is an error: make another [`Gpu`].
    pub fn is_lost(&self) -> bool {
        self.context.is_lost()
    }

    /// Gives the device up as if it had been lost.
    pub fn lose(&mut self) {
        self.context.lose();
    }

    /// The sentence that tells the user which of a scene's volumes or label maps would be drawn coarser than it is, of
    /// those that have been drawn before.
    pub fn notice(&self, scene: &Scene) -> Option<String> {
        let needs = needs(scene);
        let coarse = needs.iter().find_map(|(volume, key, need)| {
            let resident = self.store.get(*key)?;
            let is_coarse = resident.is_coarse(volume, key.frame, need);
            is_coarse.then(|| resident.sentence(volume)).flatten()
        });
        let Scene::Volume(scene) = scene else { return coarse };
        coarse.or_else(|| {
            let masks = scene.layers.iter().filter_map(|layer| layer.mask.as_ref());
            masks.map(|mask| mask.dims()).find_map(|dims| {
                let doublings = volume_mask::doublings(&self.context, &self.store.budget, dims)?;
                volume_mask::notice(doublings, dims)
            })
        })
    }

    /// Bytes of all resident volumes.
    pub fn resident_bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// At which level a frame of a volume is resident; `None` if it is not. Other than [`Level::FULL`] deserves a notice
    /// ([`Level::notice`]).
    pub fn level(&self, volume: &Volume, frame: usize) -> Option<Level> {
        self.store.get(Key::of(volume, frame)).map(|resident| resident.level)
    }

    /// Draws a scene and reads it back: RGBA, 8 bits, rows from the top.
    pub fn picture(&mut self, scene: &Scene) -> Result<Vec<u8>, GpuError> {
        self.check_size(scene.size())?;
        self.check_there()?;
        if let Some(pixels) = self.on_processor(scene) {
            return Ok(pixels);
        }
        let target = PaneTarget::new(self, scene.size())?;
        self.draw_into(scene, target.view())?;
        self.read(&target)
    }

    /// Reads a pane's picture back: RGBA, 8 bits, rows from the top.
    pub fn read(&self, target: &PaneTarget) -> Result<Vec<u8>, GpuError> {
        readback::read(&self.context, target.texture())
    }

    pub(super) fn put(&self, texture: &wgpu::Texture, pixels: &[u8]) {
        target::write(&self.context, texture, pixels);
    }

    /// Uploads all voxels of a scene that have arrived and waits until they are on the device.
    pub fn upload(&mut self, scene: &Scene) -> Result<(), GpuError> {
        self.check_there()?;
        self.store.begin();
        for (volume, key, need) in needs(scene) {
            let mut all = Allowance::unlimited();
            self.store.prepare(&self.context, volume, key, (0.0, need), &mut all)?;
        }
        readback::wait(&self.context)
    }

    /// Draws a scene into a view of the scene's size in [`super::PICTURE_FORMAT`], with every voxel that has arrived.
    pub fn draw_into(&mut self, scene: &Scene, view: &wgpu::TextureView) -> Result<Drawn, GpuError> {
        self.draw(scene, view, &mut Allowance::unlimited())
    }

    /// The same, but uploads only so much that a window goes on smoothly.
    pub(super) fn draw_in_frame(&mut self, scene: &Scene, view: &wgpu::TextureView) -> Result<Drawn, GpuError> {
        let mut allowance = self.pace.allowance();
        let drawn = self.draw(scene, view, &mut allowance);
        self.pace.keep(allowance);
        drawn
    }

    /// Whether a picture of this size can be drawn.
    pub(super) fn check_size(&self, [width, height]: [u32; 2]) -> Result<(), GpuError> {
        let most = self.context.device.limits().max_texture_dimension_2d;
        let is_drawable = (1..=most).contains(&width) && (1..=most).contains(&height);
        if is_drawable {
            Ok(())
        } else {
            Err(GpuError::PictureSize { width, height, most })
        }
    }

    /// A lost device is not asked for anything more.
    fn check_there(&self) -> Result<(), GpuError> {
        if self.is_lost() { self.context.check() } else { Ok(()) }
    }

    /// The picture, where the processor draws it better than the shader that would run on it.
    fn on_processor(&self, scene: &Scene) -> Option<Vec<u8>> {
        if self.is_quick
            && let Scene::Volume(scene) = scene
            && let Some(picture) = self.rays.draw(scene)
        {
            return Some(picture);
        }
        let mut picture = self.is_quick.then(|| quick_slice::draw(scene)).flatten()?;
        if let Scene::Slice(scene) = scene {
            labels::lay_over(&mut picture, scene);
        }
        Some(picture)
    }

    fn draw(&mut self, scene: &Scene, view: &wgpu::TextureView, allowance: &mut Allowance) -> Result<Drawn, GpuError> {
        self.check_there()?;
        if view.texture().usage().contains(wgpu::TextureUsages::COPY_DST)
            && let Some(pixels) = self.on_processor(scene)
        {
            target::write(&self.context, view.texture(), &pixels);
            self.context.check()?;
            return Ok(Drawn {
                is_new: true,
                is_complete: true,
                notice: None,
            });
        }
        self.store.begin();
        if let Scene::Volume(scene) = scene {
            let prepared = self
                .volumes
                .draw(&self.context, &mut self.store, scene, view, allowance)?;
            self.context.check()?;
            return Ok(prepared.into());
        }
        let mut plan = Plan::default();
        for layer in scene.layers() {
            self.plan_image(&mut plan, scene, layer, allowance)?;
        }
        if let Scene::Slice(slice) = scene {
            for layer in &slice.labels {
                self.plan_labels(&mut plan, slice, layer, allowance)?;
            }
        }
        self.write_layers(&plan.uniforms);
        self.encode(view, &plan.draws);
        self.context.check()?;
        Ok(plan.prepared.into())
    }

    fn plan_image(
        &mut self,
        plan: &mut Plan,
        scene: &Scene,
        layer: &ImageLayer,
        allowance: &mut Allowance,
    ) -> Result<(), GpuError> {
        let Some(map) = VoxelMap::of(scene, layer) else {
            return Ok(());
        };
        let key = Key::of(&layer.volume, layer.frame);
        let need = Need::Image(scene, layer);
        let prepared = self
            .store
            .prepare(&self.context, &layer.volume, key, (map.center.z, need), allowance)?;
        plan.prepared.add(prepared);
        let Some(resident) = self.store.get(key) else {
            return Ok(());
        };
        let wanted = Wanted {
            program: Program::Slice,
            format: resident.format,
            interpolation: layer.interpolation,
            traits: traits(&map, resident) | if layer.floor.is_some() { TRAIT_FLOOR } else { 0 },
            has_detail: resident.detail.is_some(),
        };
        let colors = self.color_maps.prepare(&self.context, &layer.color_map);
        self.pipelines
            .prepare(&self.context, wanted, &self.store.layouts, self.color_maps.layout());
        plan.uniforms
            .push(LayerUniform::new(layer, &map, resident, scene.size()));
        plan.draws.push(Draw { wanted, key, colors });
        Ok(())
    }

    fn plan_labels(
        &mut self,
        plan: &mut Plan,
        scene: &SliceScene,
        layer: &LabelLayer,
        allowance: &mut Allowance,
    ) -> Result<(), GpuError> {
        let map = VoxelMap::of_labels(scene, layer).filter(|_| layer.volume.voxels.components() == 1);
        let Some(map) = map else {
            return Ok(());
        };
        let key = Key::of_labels(&layer.volume, layer.frame);
        let need = Need::Labels(scene, layer);
        let prepared = self
            .store
            .prepare(&self.context, &layer.volume, key, (map.center.z, need), allowance)?;
        plan.prepared.add(prepared);
        let Some(resident) = self.store.get(key) else {
            return Ok(());
        };
        let wanted = Wanted {
            program: Program::Labels,
            format: resident.format,
            interpolation: Interpolation::Nearest,
            traits: traits(&map, resident),
            has_detail: resident.detail.is_some(),
        };
        let colors = self
            .label_tables
            .prepare(&self.context, self.color_maps.layout(), &layer.colors);
        self.pipelines
            .prepare(&self.context, wanted, &self.store.layouts, self.color_maps.layout());
        plan.uniforms
            .push(LayerUniform::of_labels(layer, &map, resident, scene.size));
        plan.draws.push(Draw { wanted, key, colors });
        Ok(())
    }

    fn write_layers(&mut self, uniforms: &[LayerUniform]) {
        let stride = self.layer_stride as usize;
        if (uniforms.len() * stride) as u64 > self.layers.size() {
            (self.layers, self.layers_bind_group) = layer_buffer(
                &self.context,
                &self.pipelines,
                self.layer_stride,
                (uniforms.len() as u32).next_power_of_two(),
            );
        }
        let mut bytes = vec![0; uniforms.len() * stride];
        for (place, uniform) in bytes.chunks_exact_mut(stride).zip(uniforms) {
            place[..size_of::<LayerUniform>()].copy_from_slice(bytemuck::bytes_of(uniform));
        }
        self.context.queue.write_buffer(&self.layers, 0, &bytes);
    }

    fn encode(&self, view: &wgpu::TextureView, draws: &[Draw]) {
        let mut encoder = self
            .context
            .device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("picture") });
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("picture"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view,
                resolve_target: None,
                depth_slice: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        for (place, draw) in (0..).zip(draws) {
            let (Some(pipeline), Some(resident)) = (self.pipelines.get(draw.wanted), self.store.get(draw.key)) else {
                continue;
            };
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &self.layers_bind_group, &[place * self.layer_stride]);
            pass.set_bind_group(1, &resident.exact, &[]);
            pass.set_bind_group(2, &draw.colors, &[]);
            if let Some(detail) = &resident.detail {
                pass.set_bind_group(3, &detail.group, &[]);
            }
            pass.draw(0..3, 0..1);
        }
        drop(pass);
        self.context.queue.submit([encoder.finish()]);
    }
}

impl From<Prepared> for Drawn {
    fn from(prepared: Prepared) -> Self {
        Self {
            is_new: true,
            is_complete: !prepared.is_behind,
            notice: prepared.notice,
        }
    }
}

/// The volumes and label maps of a scene with what it needs of each.
fn needs(scene: &Scene) -> Vec<(&Arc<Volume>, Key, Need<'_>)> {
    let images: Vec<_> = match scene {
        Scene::Volume(scene) => scene
            .layers
            .iter()
            .map(|layer| (&layer.image, Need::Volume(scene, layer)))
            .collect(),
        _ => scene.layers().map(|layer| (layer, Need::Image(scene, layer))).collect(),
    };
    let labels = scene.labels().iter().filter_map(|layer| {
        let need = match scene {
            Scene::Slice(scene) => Need::Labels(scene, layer),
            Scene::Volume(scene) => Need::VolumeLabels(scene, layer),
            Scene::Stack(_) => return None,
        };
        Some((&layer.volume, Key::of_labels(&layer.volume, layer.frame), need))
    });
    images
        .into_iter()
        .map(|(layer, need)| (&layer.volume, Key::of(&layer.volume, layer.frame), need))
        .chain(labels)
        .collect()
}

fn layer_buffer(context: &Context, pipelines: &Pipelines, stride: u32, count: u32) -> (wgpu::Buffer, wgpu::BindGroup) {
    let buffer = context.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("layers"),
        size: u64::from(stride) * u64::from(count),
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let one = wgpu::BufferBinding {
        buffer: &buffer,
        offset: 0,
        size: wgpu::BufferSize::new(size_of::<LayerUniform>() as u64),
    };
    let bind_group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("layers"),
        layout: pipelines.layer_layout(),
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(one),
        }],
    });
    (buffer, bind_group)
}
