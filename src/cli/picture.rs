//! Pictures of panes, headless: the scene that the window would show, drawn by the same GPU code.

use std::path::Path;

use super::{Failure, Outcome};
use crate::app::pane::PaneId;
use crate::app::{State, scenes};
use crate::gpu::Gpu;
use crate::io::png::write_png;
use crate::say;

/// A GPU that is only asked for when the first picture is.
#[derive(Default)]
pub(super) struct LazyGpu(Option<Gpu>);

impl LazyGpu {
    /// The GPU.
    pub(super) fn get(&mut self) -> Result<&mut Gpu, Failure> {
        if self.0.is_none() {
            self.0 = Some(Gpu::headless()?);
        }
        self.0.as_mut().ok_or_else(|| Failure(say!("cli-nothing-to-show")))
    }
}

/// Writes what a pane shows, at its own size in points or another.
pub(super) fn save(state: &State, gpu: &mut LazyGpu, pane: PaneId, path: &Path, size: Option<[u32; 2]>) -> Outcome {
    let size = size.unwrap_or_else(|| {
        let points = scenes::pane_size(state, pane).round();
        [points.x as u32, points.y as u32]
    });
    let scene = scenes::picture(state, pane, size).ok_or_else(|| Failure(say!("cli-nothing-to-show")))?;
    let pixels = gpu.get()?.picture(&scene)?;
    Ok(write_png(path, size, &pixels)?)
}
