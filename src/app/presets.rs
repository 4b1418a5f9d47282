//! Presets (replaced by the data files).

use std::sync::{Arc, LazyLock};

use crate::model::color_map::ColorMap;
use crate::model::window::Window;

/// A preset.
pub struct WindowPreset;

impl WindowPreset {
    /// Its window.
    pub fn window(&self) -> Window {
        Window::linear(40.0, 400.0)
    }
}

/// By name.
pub fn window_preset(_name: &str) -> Option<&'static WindowPreset> {
    None
}

/// By name.
pub fn color_map(_name: &str) -> Option<&'static Arc<ColorMap>> {
    None
}

/// Plain grey.
pub fn gray() -> Arc<ColorMap> {
    static GRAY: LazyLock<Arc<ColorMap>> = LazyLock::new(|| Arc::new(ColorMap::gray()));
    Arc::clone(&GRAY)
}
