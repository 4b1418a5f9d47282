//! The panes' pictures on the device, each drawn again only when its scene or its voxels changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Painter, Rect, TextureId, pos2};

use super::pane::refine::{Hand, Refined};
use crate::app::developing::{self, DevelopingPicture, SAMPLES};
use crate::app::pane::PaneId;
use crate::app::scenes::Quality;
use crate::app::tool::GestureKind;
use crate::app::{State, scenes};
use crate::gpu::{Gpu, GpuError, PaneTarget};
use crate::say;
use crate::scene::{Scene, VolumeScene};

/// A picture to be shown in a pane.
#[derive(Clone, Copy, Debug)]
pub struct Picture {
    /// Its pixels.
    pub texture: TextureId,
    /// The part of the pane that it fills: 0 to 1 in both directions.
    pub part: Rect,
}

/// All of a pane.
pub const WHOLE: Rect = Rect {
    min: pos2(0.0, 0.0),
    max: pos2(1.0, 1.0),
};

impl Picture {
    /// Puts it where it belongs.
    pub fn paint(&self, painter: &Painter, pane: Rect) {
        let at = |p: egui::Pos2| pane.min + p.to_vec2() * pane.size();
        painter.image(
            self.texture,
            Rect::from_min_max(at(self.part.min), at(self.part.max)),
            WHOLE,
            Color32::WHITE,
        );
    }
}

/// What a pane is to show.
#[derive(Default)]
pub struct Shown {
    /// Lowest first.
    pub pictures: Vec<Picture>,
    /// What should be said about it.
    pub notice: Option<String>,
    /// The size at which it should be path-traced, in pixels.
    pub develops: Option<[u32; 2]>,
    /// When to look again, if it is not finished.
    pub again: Option<Duration>,
}

/// A target and the name under which egui knows it.
pub struct Slot {
    target: PaneTarget,
    texture: TextureId,
}

impl Slot {
    /// The name under which egui knows it.
    pub fn texture(&self) -> TextureId {
        self.texture
    }

    /// What should be said about its picture.
    pub fn notice(&self) -> Option<&str> {
        self.target.notice()
    }
}

/// The device with which pictures are drawn and shown.
pub struct Canvas {
    /// Draws.
    pub gpu: Gpu,
    render: RenderState,
}

impl Canvas {
    /// Draws a scene into a slot, making or resizing it first. Answers whether all voxels are in it.
    pub fn draw(
        &mut self,
        slot: &mut Option<Slot>,
        scene: &Scene,
        filter: eframe::wgpu::FilterMode,
    ) -> Result<(TextureId, bool), GpuError> {
        let slot = self.fit(slot, scene.size(), filter)?;
        let drawn = slot.target.update(&mut self.gpu, scene)?;
        Ok((slot.texture, drawn.is_complete))
    }

    /// A slot of a size, made or made anew.
    fn fit<'a>(
        &self,
        slot: &'a mut Option<Slot>,
        size: [u32; 2],
        filter: eframe::wgpu::FilterMode,
    ) -> Result<&'a mut Slot, GpuError> {
        if slot.as_ref().is_none_or(|slot| slot.target.size() != size) {
            let target = PaneTarget::new(&self.gpu, size)?;
            let mut renderer = self.render.renderer.write();
            let texture = match slot.take() {
                Some(old) => {
                    renderer.update_egui_texture_from_wgpu_texture(
                        &self.render.device,
                        target.view(),
                        filter,
                        old.texture,
                    );
                    old.texture
                }
                None => renderer.register_native_texture(&self.render.device, target.view(), filter),
            };
            *slot = Some(Slot { target, texture });
        }
        slot.as_mut().ok_or(GpuError::OutOfMemory)
    }

    /// Shows pixels that were made elsewhere: RGBA of 8 bits, rows from the top.
    fn put(
        &mut self,
        slot: &mut Option<(Slot, Arc<Vec<u8>>)>,
        size: [u32; 2],
        pixels: &Arc<Vec<u8>>,
    ) -> Result<TextureId, GpuError> {
        if let Some((slot, shown)) = slot
            && Arc::ptr_eq(shown, pixels)
        {
            return Ok(slot.texture);
        }
        let mut inner = slot.take().map(|(slot, _)| slot);
        let texture = self.fit(&mut inner, size, eframe::wgpu::FilterMode::Nearest)?.texture;
        if let Some(inner) = inner {
            inner.target.put(&self.gpu, pixels);
            *slot = Some((inner, Arc::clone(pixels)));
        }
        Ok(texture)
    }

    /// Whether a slot shows a scene already.
    pub fn is_current(slot: &Option<Slot>, scene: &Scene) -> bool {
        slot.as_ref()
            .is_some_and(|slot| slot.target.size() == scene.size() && slot.target.is_current(scene))
    }

    /// Waits until everything is drawn where the processor does the drawing, so that its time can be shared out.
    pub fn finish(&self) {
        if self.gpu.adapter().is_software {
            // A device that was lost says so when it is next drawn with.
            self.render
                .device
                .poll(eframe::wgpu::PollType::wait_indefinitely())
                .ok();
        }
    }
}

/// The pictures of all panes.
pub struct Pictures {
    canvas: Canvas,
    planes: BTreeMap<PaneId, Option<Slot>>,
    volume: Refined,
    developed: Option<(Slot, Arc<Vec<u8>>)>,
}

impl Pictures {
    /// On the window's own device.
    pub fn new(render: &RenderState) -> Self {
        let gpu = Gpu::from_parts(render.device.clone(), render.queue.clone(), &render.adapter.get_info());
        Self {
            canvas: Canvas {
                gpu,
                render: render.clone(),
            },
            planes: BTreeMap::new(),
            volume: Refined::default(),
            developed: None,
        }
    }

    /// Who draws.
    pub fn gpu(&mut self) -> &mut Gpu {
        &mut self.canvas.gpu
    }

    /// Brings a pane's picture up to date.
    pub fn show(&mut self, state: &State, pane: PaneId, pixels_per_point: f32) -> Shown {
        let Some(still) = scenes::scene(state, pane, f64::from(pixels_per_point), Quality::Still) else {
            return Shown::default();
        };
        let shown = if let Some(pixels) = developed(state, pane, &still) {
            self.canvas
                .put(&mut self.developed, still.size(), pixels)
                .map(|texture| Shown {
                    pictures: vec![Picture { texture, part: WHOLE }],
                    notice: state.developing.as_ref().and_then(progress),
                    ..Shown::default()
                })
        } else if pane == PaneId::Volume {
            let quality = Quality::Moving {
                shrink: self.volume.shrink(),
            };
            let moving = scenes::scene(state, pane, f64::from(pixels_per_point), quality);
            let moving = moving.as_ref().unwrap_or(&still);
            self.volume.show(&mut self.canvas, &still, moving, hand(state))
        } else {
            let slot = self.planes.entry(pane).or_default();
            self.canvas
                .draw(slot, &still, eframe::wgpu::FilterMode::Nearest)
                .map(|(texture, is_complete)| Shown {
                    pictures: vec![Picture { texture, part: WHOLE }],
                    again: (!is_complete).then_some(Duration::ZERO),
                    notice: slot.as_ref().and_then(Slot::notice).map(str::to_owned),
                    ..Shown::default()
                })
        };
        let mut shown = shown.unwrap_or_else(|err| Shown {
            notice: Some(err.to_string()),
            ..Shown::default()
        });
        if pane == PaneId::Volume && shown.again.is_none() {
            let wanted = developing::wanted(state, still.size());
            let is_under_way = |(scene, revision): &(VolumeScene, usize)| {
                let picture = state.developing.as_ref();
                picture.is_some_and(|picture| picture.shows(scene, *revision))
            };
            shown.develops = wanted.filter(|it| !is_under_way(it)).map(|(scene, _)| scene.size);
        }
        shown
    }
}

/// What the hand does.
fn hand(state: &State) -> Hand {
    match &state.gesture {
        Some(gesture) if gesture.pane == PaneId::Volume => Hand::Turns,
        Some(gesture) if gesture.kind == GestureKind::Paint => Hand::Paints,
        _ => Hand::Free,
    }
}

/// The path-traced picture of a pane, if there is one of just this scene.
fn developed<'a>(state: &'a State, pane: PaneId, still: &Scene) -> Option<&'a Arc<Vec<u8>>> {
    let (Some(picture), Scene::Volume(scene)) = (&state.developing, still) else {
        return None;
    };
    let is_it = pane == PaneId::Volume && picture.shows(scene, still.voxel_revision());
    picture.pixels.as_ref().filter(|_| is_it)
}

/// How far it is, until it is done.
fn progress(picture: &DevelopingPicture) -> Option<String> {
    (picture.samples < SAMPLES).then(|| say!("ui-developing", done = picture.samples, total = SAMPLES))
}
