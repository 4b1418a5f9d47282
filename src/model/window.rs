//! From values to grey: the VOI window of DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3.

use serde::{Deserialize, Serialize};

/// Which curve maps the window to grey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowFunction {
    /// C.11.2.1.2.1, with its c − ½ and w − 1.
    #[default]
    Linear,
    /// C.11.2.1.3.2.
    LinearExact,
    /// C.11.2.1.3.1.
    Sigmoid,
}

/// A window: which values become black, white and what lies between.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Centre, in units of the modality (HU, …).
    pub center: f64,
    /// Width, in the same units.
    pub width: f64,
    /// The curve.
    #[serde(default)]
    pub function: WindowFunction,
}

impl Window {
    /// A LINEAR window.
    pub fn linear(center: f64, width: f64) -> Self {
        Self {
            center,
            width,
            function: WindowFunction::Linear,
        }
    }

    /// The LINEAR_EXACT window that shows `low` as black and `high` as white.
    pub fn between(low: f64, high: f64) -> Self {
        Self {
            center: (low + high) / 2.0,
            width: (high - low).max(f64::MIN_POSITIVE),
            function: WindowFunction::LinearExact,
        }
    }

    /// Grey of a value, 0 to 1. The slice shader computes the same.
    pub fn grey(&self, value: f64) -> f64 {
        match self.function {
            WindowFunction::Linear => {
                // Width 1 is a step: PS3.3 lets w − 1 be 0 and says so.
                let span = self.width - 1.0;
                if span > 0.0 {
                    ((value - (self.center - 0.5)) / span + 0.5).clamp(0.0, 1.0)
                } else {
                    f64::from(value > self.center - 0.5)
                }
            }
            WindowFunction::LinearExact => {
                if self.width > 0.0 {
                    ((value - self.center) / self.width + 0.5).clamp(0.0, 1.0)
                } else {
                    f64::from(value > self.center)
                }
            }
            WindowFunction::Sigmoid => {
                1.0 / (1.0 + (-4.0 * (value - self.center) / self.width.max(f64::MIN_POSITIVE)).exp())
            }
        }
    }

    /// Grey level 0 to 255, rounded to the nearest.
    pub fn level(&self, value: f64) -> u8 {
        (self.grey(value) * 255.0 + 0.5).floor() as u8
    }

    /// The values between which grey rises from black to white. A sigmoid never quite gets there; its edges are those
    /// of the straight line through its middle.
    pub fn edges(&self) -> [f64; 2] {
        match self.function {
            WindowFunction::Linear => {
                let half = (self.width - 1.0).max(0.0) / 2.0;
                [self.center - 0.5 - half, self.center - 0.5 + half]
            }
            WindowFunction::LinearExact | WindowFunction::Sigmoid => {
                [self.center - self.width / 2.0, self.center + self.width / 2.0]
            }
        }
    }

    /// The window of the same curve with other [`Self::edges`].
    #[must_use]
    pub fn with_edges(&self, [low, high]: [f64; 2]) -> Self {
        let extra = f64::from(u8::from(self.function == WindowFunction::Linear));
        Self {
            center: (low + high) / 2.0 + extra / 2.0,
            width: (high - low + extra).max(self.smallest_width()),
            function: self.function,
        }
    }

    /// The narrowest width that the function allows: LINEAR needs at least 1 (PS3.3 C.11.2.1.2.1).
    pub fn smallest_width(&self) -> f64 {
        match self.function {
            WindowFunction::Linear => 1.0,
            WindowFunction::LinearExact | WindowFunction::Sigmoid => 1e-6,
        }
    }
}

/// A window with the name that a file or a preset gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedWindow {
    /// Its name (Window Center & Width Explanation); may be empty.
    pub name: String,
    /// The window.
    pub window: Window,
}
