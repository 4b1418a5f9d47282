//! From values to pixels: gathering samples, window, inversion, colour map, opacity. The twin of
//! `shaders/common/{gather,shade_gray,texel_color}.wgsl`.

use crate::model::volume::Value;
use crate::scene::{ImageLayer, SlabMode, VolumeMode};

/// How samples become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gather {
    Highest,
    Lowest,
    Mean,
}

impl From<SlabMode> for Gather {
    fn from(mode: SlabMode) -> Self {
        match mode {
            SlabMode::Mip => Self::Highest,
            SlabMode::MinIp => Self::Lowest,
            SlabMode::Mean => Self::Mean,
        }
    }
}

impl Gather {
    /// Of a projection; `None` of the modes that do not gather values.
    pub(super) fn of(mode: VolumeMode) -> Option<Self> {
        match mode {
            VolumeMode::Mip => Some(Self::Highest),
            VolumeMode::MinIp => Some(Self::Lowest),
            VolumeMode::Average => Some(Self::Mean),
            VolumeMode::Composite | VolumeMode::Iso => None,
        }
    }
}

/// Samples made one; colours part by part. `None` without samples.
pub(super) fn gathered(gather: Gather, samples: impl Iterator<Item = Value>) -> Option<Value> {
    let one = |a: f64, b: f64| match gather {
        Gather::Highest => a.max(b),
        Gather::Lowest => a.min(b),
        Gather::Mean => a + b,
    };
    let (all, count) = samples.fold((None, 0.0), |(all, count), sample| {
        let next = match (all, sample) {
            (Some(Value::Scalar(a)), Value::Scalar(b)) => Value::Scalar(one(a, b)),
            (Some(Value::Rgb(a)), Value::Rgb(b)) => Value::Rgb(std::array::from_fn(|part| one(a[part], b[part]))),
            _ => sample,
        };
        (Some(next), count + 1.0)
    });
    let divisor = if gather == Gather::Mean { count } else { 1.0 };
    all.map(|all| match all {
        Value::Scalar(sum) => Value::Scalar(sum / divisor),
        Value::Rgb(sums) => Value::Rgb(sums.map(|sum| sum / divisor)),
    })
}

/// The colour of a value in a layer.
pub(super) fn color(layer: &ImageLayer, value: Value) -> [u8; 3] {
    match value {
        Value::Scalar(value) => {
            let grey = layer.window.grey(value);
            let grey = if layer.invert { 1.0 - grey } else { grey };
            layer.color_map.color(level(grey))
        }
        Value::Rgb(parts) => {
            let most = layer.volume.voxels.sample_type().color_max();
            parts.map(|part| level((part / most).clamp(0.0, 1.0)))
        }
    }
}

/// Lays a colour over what is there. The picture has 8 bits after each layer, as on the graphics device.
pub(super) fn blend(pixel: &mut [u8; 4], color: [u8; 3], opacity: f32) {
    let opacity = f64::from(opacity.clamp(0.0, 1.0));
    for (below, above) in pixel.iter_mut().zip(color) {
        *below = (f64::from(above) * opacity + f64::from(*below) * (1.0 - opacity) + 0.5).floor() as u8;
    }
}

fn level(share: f64) -> u8 {
    (share * 255.0 + 0.5).floor() as u8
}
