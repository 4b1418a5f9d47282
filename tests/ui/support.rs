//! A window without a screen, and what the tests do with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui_wgpu::WgpuSetup;
use egui::{Pos2, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use isocenter::app::State;
use isocenter::app::state::LoadState;
use isocenter::gpu::Gpu;
use isocenter::window::{Begin, Window};

use crate::nifti_file::{lps_grid, write_i16};

/// A window under test.
pub type Bench = Harness<'static, Window>;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window of 900 by 640 points; `None` (and a word about it) where there is no graphics adapter.
pub fn window(begin: Begin) -> Option<Bench> {
    window_at_scale(begin, 1.0)
}

/// The same on a screen with so many pixels per point.
pub fn window_at_scale(begin: Begin, scale: f32) -> Option<Bench> {
    made(begin, [900.0, 640.0], scale)
}

/// A window of another size in points.
pub fn window_of_size(begin: Begin, size: [f32; 2]) -> Option<Bench> {
    made(begin, size, 1.0)
}

fn made(begin: Begin, size: [f32; 2], scale: f32) -> Option<Bench> {
    if Gpu::headless().is_err() {
        assert!(
            std::env::var_os("REQUIRE_GPU").is_none(),
            "REQUIRE_GPU is set, but there is no adapter"
        );
        eprintln!("skipped: no graphics adapter");
        return None;
    }
    let mut setup = egui_kittest::wgpu::default_wgpu_setup();
    if let WgpuSetup::CreateNew(new) = &mut setup {
        new.device_descriptor = Arc::new(isocenter::gpu::device_descriptor);
    }
    let mut bench = Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_pixels_per_point(scale)
        .wgpu_setup(setup)
        .build_eframe(|cc| Window::new(cc, begin).expect("the window opens"));
    bench.step();
    Some(bench)
}

/// A window with one file, loaded.
pub fn window_on(path: &Path) -> Option<Bench> {
    let mut bench = window(Begin {
        paths: vec![path.to_owned()],
        ..Begin::default()
    })?;
    until(&mut bench, "the file is loaded", is_loaded);
    Some(bench)
}

/// Whether the shown volume is all there.
pub fn is_loaded(state: &State) -> bool {
    state.shown().is_some_and(|entry| entry.load == LoadState::Loaded)
}

/// Frames until something holds, then until the window has nothing more to draw.
pub fn until(bench: &mut Bench, what: &str, holds: impl Fn(&State) -> bool) {
    let began = Instant::now();
    while !holds(bench.state().state()) {
        assert!(began.elapsed() < PATIENCE, "not in time: {what}");
        bench.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    rest(bench);
}

/// Frames until the window sleeps.
pub fn rest(bench: &mut Bench) {
    let began = Instant::now();
    loop {
        bench.step();
        let delay = bench
            .output()
            .viewport_output
            .values()
            .map(|output| output.repaint_delay)
            .min()
            .unwrap_or(Duration::MAX);
        if delay > Duration::from_secs(60) {
            return;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "the window does not come to rest: {:?}",
            bench.ctx.repaint_causes()
        );
        std::thread::sleep(delay.min(Duration::from_millis(50)));
    }
}

/// Where a pane stands.
pub fn pane(bench: &Bench, label: &str) -> Rect {
    bench.get_by_label(label).rect()
}

/// Pixels of the window: RGBA, rows from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    rgba: Vec<u8>,
}

impl Picture {
    /// One pixel.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let at = 4 * (y * self.width + x) as usize;
        [self.rgba[at], self.rgba[at + 1], self.rgba[at + 2], self.rgba[at + 3]]
    }
}

/// The picture of the last frame.
pub fn picture(bench: &mut Bench) -> Picture {
    let image = bench.render().expect("the frame can be drawn");
    Picture {
        width: image.width(),
        rgba: image.into_raw(),
    }
}

/// The middle of a pane in the last frame, without texts and frames.
pub fn middle_of(bench: &mut Bench, label: &str) -> Picture {
    let rect = pane(bench, label);
    let inner = Rect::from_center_size(rect.center(), rect.size() * 0.5);
    let image = picture(bench);
    let (left, top, width, height) = (
        inner.min.x as u32,
        inner.min.y as u32,
        inner.width() as u32,
        inner.height() as u32,
    );
    let rgba = (top..top + height)
        .flat_map(|y| (left..left + width).map(move |x| (x, y)))
        .flat_map(|(x, y)| image.pixel(x, y))
        .collect();
    Picture { width, rgba }
}

/// Presses the left button, moves by steps, and lets go, a frame each.
pub fn drag(bench: &mut Bench, from: Pos2, by: Vec2) {
    bench.drag_at(from);
    bench.step();
    bench.hover_at(from + by);
    bench.step();
    bench.drop_at(from + by);
    bench.step();
}

/// Size of the test volume in voxels.
pub const DIMS: [usize; 3] = [40, 36, 30];

/// Says in a NIfTI-1 file that it is a label map (NIFTI_INTENT_LABEL, 1002).
pub fn name_label_map(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[68..70].copy_from_slice(&1002i16.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

/// A volume with a smooth, uneven content from 0 to about 1000.
pub fn volume(folder: &Path, name: &str) -> PathBuf {
    // Others stand elsewhere: on one grid, so few values would be taken for a label map.
    let x = if name == "one.nii" { -20.0 } else { -23.0 };
    let grid = lps_grid([1.0, 1.1, 2.0], [x, -15.0, 100.0]);
    write_i16(folder, name, DIMS, grid, |i, j, k| {
        (12 * i + 7 * j + 11 * k + 40 * ((i / 5 + j / 4 + k / 3) % 2)) as i16
    })
}
