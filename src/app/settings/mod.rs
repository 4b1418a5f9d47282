//! What the program remembers from one session to the next.
//!
//! Settings are part of the [`super::State`] and change by commands like everything else. [`keeper`] writes them
//! down beside the window, [`mod@file`] knows how they stand in their file. A program without a home has the same
//! settings and forgets them when it ends.

pub mod file;
pub mod keeper;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::overlays::OverlayView;
use super::painting::PaintHabits;
use super::pane::Arrangement;
use super::recent::Recent;
use super::user_presets::{self, UserPresets};
use crate::scene::Interpolation;

/// The version of the file. It rises when an older program could misread what a newer one wrote.
pub const VERSION: u32 = 1;

/// The smallest and the largest interface, as shares of the system's own size.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.7..=2.5;

/// Everything that is remembered. What a file does not say is as at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The version of the file that they came from or go to.
    pub version: u32,
    /// Dark or light.
    pub theme: Theme,
    /// Size of the interface, 1 is the system's.
    pub scale: f32,
    /// How the panes stand.
    pub layout: Arrangement,
    /// The patient's left is on the screen's left.
    pub is_neurological: bool,
    /// Whether the crosshair's lines are drawn.
    pub crosshair: bool,
    /// How values between voxels are found in a series that is newly opened.
    pub interpolation: Interpolation,
    /// Dragging the window upwards makes the picture brighter instead of darker.
    pub up_is_brighter: bool,
    /// The panels beside the panes; one that is missing is open and of its first size.
    pub panels: BTreeMap<PanelId, PanelPlace>,
    /// Where the window was.
    pub window: Option<WindowPlace>,
    /// What was opened, the newest first.
    pub recent: Vec<Recent>,
    /// How segments are painted.
    pub painting: PaintHabits,
    /// How label maps are seen.
    pub overlays: OverlayView,
    /// Transfer functions that the user saved.
    pub transfer_presets: UserPresets,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: Theme::Dark,
            scale: 1.0,
            layout: Arrangement::Quad,
            is_neurological: false,
            crosshair: true,
            interpolation: Interpolation::Linear,
            up_is_brighter: false,
            panels: BTreeMap::new(),
            window: None,
            recent: Vec::new(),
            painting: PaintHabits::default(),
            overlays: OverlayView::default(),
            transfer_presets: UserPresets::new(),
        }
    }
}

impl Settings {
    /// The same with every number where it may be: files are written by people too.
    pub(super) fn in_range(mut self) -> Self {
        self.version = VERSION;
        self.scale = in_range(self.scale);
        self.panels
            .values_mut()
            .for_each(|panel| panel.size = panel.size.filter(|size| PANEL_SIZES.contains(size)));
        self.window = self.window.filter(WindowPlace::is_possible);
        self.recent.truncate(super::recent::LIMIT);
        self.transfer_presets = user_presets::in_range(self.transfer_presets);
        self
    }

    /// Whether a panel is open.
    pub fn is_open(&self, panel: PanelId) -> bool {
        self.panels.get(&panel).is_none_or(|place| place.is_open)
    }

    /// The size of a panel in points, if somebody changed it.
    pub fn size(&self, panel: PanelId) -> Option<f32> {
        self.panels.get(&panel).and_then(|place| place.size)
    }
}

fn in_range(scale: f32) -> f32 {
    if scale.is_finite() {
        scale.clamp(*SCALES.start(), *SCALES.end())
    } else {
        1.0
    }
}

/// One thing that can be set. As JSON: `{"theme":"light"}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// [`Settings::theme`].
    Theme(Theme),
    /// [`Settings::scale`].
    Scale(f32),
    /// [`Settings::is_neurological`]; the panes follow.
    Neurological(bool),
    /// [`Settings::crosshair`]; the panes follow.
    Crosshair(bool),
    /// [`Settings::interpolation`]; the shown series follows.
    Interpolation(Interpolation),
    /// [`Settings::up_is_brighter`].
    UpIsBrighter(bool),
}

impl Settings {
    /// Takes one over.
    pub(super) fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Theme(theme) => self.theme = theme,
            Setting::Scale(scale) => self.scale = in_range(scale),
            Setting::Neurological(is_neurological) => self.is_neurological = is_neurological,
            Setting::Crosshair(crosshair) => self.crosshair = crosshair,
            Setting::Interpolation(interpolation) => self.interpolation = interpolation,
            Setting::UpIsBrighter(up_is_brighter) => self.up_is_brighter = up_is_brighter,
        }
    }
}

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For reading rooms.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
    /// As the system says; dark where it says nothing.
    System,
}

/// A panel beside the panes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelId {
    /// The study browser.
    Browser,
    /// How the shown series is displayed.
    Display,
}

/// Sizes that a panel may have, in points.
const PANEL_SIZES: std::ops::RangeInclusive<f32> = 40.0..=2000.0;

/// How a panel stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelPlace {
    /// Whether it is there.
    pub is_open: bool,
    /// Its width in points, if somebody changed it.
    pub size: Option<f32>,
}

impl Default for PanelPlace {
    fn default() -> Self {
        Self {
            is_open: true,
            size: None,
        }
    }
}

/// Where the window stands, in the system's points: as if the interface had its own size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left and top of its frame; some systems keep that to themselves.
    pub position: Option<[f32; 2]>,
    /// Width and height without its frame.
    pub size: [f32; 2],
    /// It fills the screen; place and size are those it goes back to.
    #[serde(default)]
    pub is_maximised: bool,
}

impl WindowPlace {
    /// Whether a window can stand so at all.
    pub fn is_possible(&self) -> bool {
        let is_size = |side: f32| (200.0..=20_000.0).contains(&side);
        let is_place = |at: f32| (-50_000.0..=50_000.0).contains(&at);
        self.size.into_iter().all(is_size) && self.position.is_none_or(|at| at.into_iter().all(is_place))
    }
}
