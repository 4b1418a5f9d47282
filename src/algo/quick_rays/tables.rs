//! A transfer function looked up by stored number.

use glam::Vec3A;

use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Rescale;
use crate::scene::VolumeLayer;

/// Entries of a table; a power of two, so that an index is a mask.
const COUNT: usize = 4096;

/// Colours and opacities at evenly spaced numbers.
pub(super) struct Tables {
    /// Index = number × `scale` + `shift`.
    scale: f32,
    shift: f32,
    /// Of one step, or, where the gradient counts, of the unit of the transfer function.
    opacities: Box<[f32; COUNT]>,
    colors: Box<[Vec3A; COUNT]>,
    /// What the gradient does; `None` if nothing.
    pub(super) steepness: Option<Steepness>,
}

/// What the length of a gradient does to opacity.
pub(super) struct Steepness {
    per_index: f32,
    factors: Box<[f32; COUNT]>,
    /// Opacity of a step for opacities of the unit, 0 to 1.
    of_step: Box<[f32; COUNT]>,
}

/// The index nearest to a number from 0 to `COUNT` − 1; others are brought in.
#[inline(always)]
fn nearest(number: f32) -> usize {
    // Added to 2²³ a number is rounded to a whole one, in the lowest bits.
    let bits = (number.max(0.0).min((COUNT - 1) as f32) + 8_388_608.0).to_bits();
    bits as usize & (COUNT - 1)
}

fn table<V: Copy + Default>(of: impl Fn(usize) -> V) -> Box<[V; COUNT]> {
    let mut table = Box::new([V::default(); COUNT]);
    for (n, place) in table.iter_mut().enumerate() {
        *place = of(n);
    }
    table
}

impl Tables {
    /// For samples `step_mm` apart of stored numbers in a range.
    pub(super) fn new(layer: &VolumeLayer, rescale: &Rescale, stored: [f32; 2], step_mm: f64) -> Self {
        let transfer = &layer.transfer;
        let ends = stored.map(|end| rescale.value(f64::from(end)));
        let (least, most) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let range = transfer.range().unwrap_or([0.0; 2]);
        // Beyond the last points nothing changes; a little more, since there may be a step at the very end.
        let [low, high] = range.map(|end| if least <= most { end.clamp(least, most) } else { end });
        let spare = ((high - low) / COUNT as f64).max(low.abs().max(high.abs()).max(1.0) * 1e-6);
        let (low, high) = (low - spare, high + spare);
        let per_index = (high - low) / (COUNT - 1) as f64;
        let value = |n: usize| low + n as f64 * per_index;
        let image_opacity = f64::from(layer.image.opacity.clamp(0.0, 1.0));
        let steepness = Steepness::new(transfer, step_mm, image_opacity);
        let opacity = |n: usize| {
            let opacity = transfer.at(value(n)).opacity;
            if steepness.is_some() {
                opacity as f32
            } else {
                (transfer.over_step(opacity, step_mm) * image_opacity) as f32
            }
        };
        Self {
            scale: (rescale.slope / per_index) as f32,
            shift: ((rescale.intercept - low) / per_index) as f32,
            opacities: table(opacity),
            colors: table(|n| Vec3A::from_array(transfer.at(value(n)).color.map(|part| part as f32))),
            steepness,
        }
    }

    /// Where a stored number is in the tables.
    #[inline(always)]
    pub(super) fn index(&self, stored: f32) -> usize {
        nearest(stored * self.scale + self.shift)
    }

    /// Zero where nothing is seen.
    #[inline(always)]
    pub(super) fn opacity(&self, index: usize) -> f32 {
        self.opacities[index & (COUNT - 1)]
    }

    #[inline(always)]
    pub(super) fn color(&self, index: usize) -> Vec3A {
        self.colors[index & (COUNT - 1)]
    }
}

impl Steepness {
    fn new(transfer: &TransferFunction, step_mm: f64, image_opacity: f64) -> Option<Self> {
        let last = transfer.gradient().last()?;
        let per_index = (last.per_mm.max(1e-9) * 1.001) / (COUNT - 1) as f64;
        Some(Self {
            per_index: (1.0 / per_index) as f32,
            factors: table(|n| transfer.gradient_factor(n as f64 * per_index) as f32),
            of_step: table(|n| (transfer.over_step(n as f64 / (COUNT - 1) as f64, step_mm) * image_opacity) as f32),
        })
    }

    /// Opacity of a step where values change by so much per mm.
    #[inline(always)]
    pub(super) fn opacity(&self, opacity: f32, per_mm: f32) -> f32 {
        let factor = self.factors[nearest(per_mm * self.per_index)];
        self.of_step[nearest(opacity * factor * (COUNT - 1) as f32)]
    }
}
