//! Strokes that are timed: a sample of the brush with the update of the texture, and undoing a stroke.

use std::sync::Arc;
use std::time::Instant;

use cpu_time::ProcessTime;
use glam::DVec3;

use super::{Failure, Timed, frames, ms};
use crate::algo::brush::{Cover, Footprint, Stroke};
use crate::algo::{paint, percentile};
use crate::gpu::Gpu;
use crate::model::geometry::Geometry;
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::LabelMap;
use crate::model::segment::LabelColors;
use crate::model::volume::{Rescale, Volume};
use crate::model::voxels::Voxels;
use crate::model::window::Window;
use crate::scene::{LabelLayer, Scene};

/// The radius of the brush, mm.
const RADIUS_MM: f64 = 10.0;
/// Samples of a stroke.
const SAMPLES: u32 = 10;

/// The label map as it is shown.
struct Painted<'a> {
    image: &'a Arc<Volume>,
    scene: Scene,
}

impl Painted<'_> {
    /// Brings a state of the map to the device.
    fn show(&mut self, gpu: &mut Gpu, map: &LabelMap) -> Result<(), Failure> {
        let voxels = Voxels::of_labels(vec![map.clone()]).map_err(|err| Failure(err.to_string()))?;
        let mut volume = self.image.with_voxels(voxels);
        volume.rescale = Rescale::IDENTITY;
        let colors = Arc::new(LabelColors::up_to(255));
        let mut scene = self.scene.clone();
        if let Scene::Slice(slice) = &mut scene {
            slice.layers.clear();
            slice.labels = vec![LabelLayer::new(Arc::new(volume), colors, 0.4, 1)];
        }
        gpu.upload(&scene)?;
        // As a pane does: what was drawn last is held until the next is drawn, so that its texture stays.
        self.scene = scene;
        Ok(())
    }
}

/// Strokes across the middle of a volume, each of [`SAMPLES`] samples of a ball, and undoing each of them.
pub(super) fn edits(
    gpu: &mut Gpu,
    image: &Arc<Volume>,
    geometry: &Geometry,
    window: Window,
    strokes: u32,
) -> Result<Vec<Timed>, Failure> {
    let mut painted = Painted {
        image,
        scene: frames::middle_slice(image, geometry, window),
    };
    let mut map = LabelMap::empty(image.dims());
    painted.show(gpu, &map)?;
    let [columns, rows, slices] = image.dims().map(|side| side as f64);
    let place = |n: u32| {
        let share = f64::from(n) / f64::from(strokes * SAMPLES);
        let at = |side: f64, share: f64| side * (0.3 + 0.4 * share.fract());
        geometry.patient_at(DVec3::new(
            at(columns, share * 7.0),
            at(rows, share * 3.0),
            at(slices, share),
        ))
    };
    let (mut brush, mut undo) = (Vec::new(), Vec::new());
    let (mut brush_cpu, mut undo_cpu) = (0.0, 0.0);
    for stroke in 0..strokes {
        let before = map.clone();
        for n in stroke * SAMPLES..(stroke + 1) * SAMPLES {
            let (begun, cpu) = (Instant::now(), ProcessTime::now());
            let stroke = Stroke {
                from: place(n),
                to: place(n) + DVec3::X,
                radius_mm: RADIUS_MM,
                footprint: Footprint::Ball,
            };
            let label = (n % 5 + 1) as u16;
            paint::stroke(&mut map, &Cover::new(stroke, geometry), |_, _| label);
            painted.show(gpu, &map)?;
            brush.push(ms(begun));
            brush_cpu += cpu.elapsed().as_secs_f64() * 1e3;
        }
        let Some(delta) = LabelDelta::between(&before, &map) else {
            continue;
        };
        let (begun, cpu) = (Instant::now(), ProcessTime::now());
        if delta.inverse().apply(&mut map).is_ok() {
            painted.show(gpu, &map)?;
        }
        undo.push(ms(begun));
        undo_cpu += cpu.elapsed().as_secs_f64() * 1e3;
        // On it goes from what was painted.
        delta.apply(&mut map).ok();
    }
    let report = |what: &str, times: &mut Vec<f64>, cpu_ms: f64| Timed {
        what: what.to_owned(),
        cpu_ms: cpu_ms / times.len().max(1) as f64,
        median_ms: percentile::percentile(times, 50.0).unwrap_or(f64::NAN),
    };
    Ok(vec![
        report("brush 10 mm", &mut brush, brush_cpu),
        report("undo of a stroke", &mut undo, undo_cpu),
    ])
}
