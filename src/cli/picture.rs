//! Pictures of panes, headless: the scene that the window would show, drawn by the same GPU code.

use std::path::Path;

use super::{Failure, Outcome};
use crate::app::command::PictureStyle;
use crate::app::pane::PaneId;
use crate::app::{State, annotations, scenes};
use crate::gpu::Gpu;
use crate::io::png::write_png;
use crate::say;

/// A GPU that is only asked for when the first picture is.
#[derive(Default)]
pub(super) struct LazyGpu(Option<Gpu>);

impl LazyGpu {
    /// The GPU, if it was asked for before.
    pub(super) fn started(&self) -> Option<&Gpu> {
        self.0.as_ref()
    }

    /// The GPU.
    pub(super) fn get(&mut self) -> Result<&mut Gpu, Failure> {
        if self.0.is_none() {
            self.0 = Some(Gpu::headless()?);
        }
        self.0.as_mut().ok_or_else(|| Failure(say!("cli-nothing-to-show")))
    }
}

/// Writes what a pane shows, at a size, or at its own in points times the scale of the style.
pub(super) fn save(
    state: &State,
    gpu: &mut LazyGpu,
    pane: PaneId,
    path: &Path,
    size: Option<[u32; 2]>,
    style: PictureStyle,
) -> Outcome {
    let size = size.unwrap_or_else(|| scenes::picture_size(state, pane, f64::from(style.scale)));
    let scene = scenes::picture(state, pane, size).ok_or_else(|| Failure(say!("cli-nothing-to-show")))?;
    let mut pixels = gpu.get()?.picture(&scene)?;
    if style.annotated {
        annotations::annotate(&mut pixels, &scene, &annotations::beside(state, pane, size))?;
    }
    Ok(write_png(path, size, &pixels)?)
}
