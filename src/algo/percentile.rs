//! Percentiles (replaced).

use std::collections::BTreeSet;

use crate::model::volume::Volume;
use crate::model::window::Window;

/// Slabs needed.
pub fn auto_window_slabs(_volume: &Volume, _frame: usize) -> BTreeSet<usize> {
    BTreeSet::new()
}

/// The window.
pub fn auto_window(_volume: &Volume, _frame: usize) -> Option<Window> {
    Some(Window::linear(40.0, 400.0))
}
