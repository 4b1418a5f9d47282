//! What the shaders are told about a layer: `Layer` in `shaders/common/layer.wgsl`, number for number.

use glam::DVec3;

use crate::model::volume::{Rescale, Volume};
use crate::model::window::{Window, WindowFunction};
use crate::scene::{ImageLayer, LabelLayer};

use super::budget::Level;
use super::resident::Resident;
use super::voxel_map::{Gather, VoxelMap};

/// The uniform of one layer. Each row is 16 bytes: a vector of three and one number.
#[expect(missing_docs, reason = "the WGSL says what they are")]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct LayerUniform {
    pub right_high: [f32; 3],
    pub invert: u32,
    pub right_low: [f32; 3],
    pub opacity: f32,
    pub down_high: [f32; 3],
    pub window_function: u32,
    pub down_low: [f32; 3],
    pub gather: u32,
    pub depth_high: [f32; 3],
    pub depth_steps: u32,
    pub depth_low: [f32; 3],
    pub gain: f32,
    pub base: [i32; 3],
    pub bias: f32,
    pub fraction: [f32; 3],
    pub texel_scale: f32,
    pub dims: [i32; 3],
    pub texel_offset: f32,
    pub texels: [i32; 3],
    pub outline_px: u32,
    pub texels_per_voxel: [f32; 3],
    pub middle_x: i32,
    pub box_low: [f32; 3],
    pub middle_y: i32,
    pub box_high: [f32; 3],
    pub outline: f32,
}

const WINDOW_STRAIGHT: u32 = 0;
const WINDOW_SIGMOID: u32 = 1;
const WINDOW_STEP: u32 = 2;

impl LayerUniform {
    /// For a layer of a picture of `size` pixels.
    pub(super) fn new(layer: &ImageLayer, map: &VoxelMap, resident: &Resident, size: [u32; 2]) -> Self {
        let volume = &*layer.volume;
        let grey = match layer.floor {
            Some(floor) => GreyMap::from_floor(&layer.window, &volume.rescale, floor.value),
            None => GreyMap::new(&layer.window, &volume.rescale, resident.format.is_whole()),
        };
        let placed = Self::placed(volume, map, resident, size);
        Self {
            invert: u32::from(layer.invert),
            opacity: layer.opacity.clamp(0.0, 1.0),
            window_function: grey.function,
            gather: grey.gather(map.gather) as u32,
            gain: grey.gain,
            bias: grey.bias,
            texel_offset: (f64::from(placed.texel_offset) - grey.origin) as f32,
            outline: layer.floor.map_or(0.0, |floor| floor.outline.clamp(0.0, 1.0)),
            outline_px: layer.floor.map_or(1, |floor| floor.outline_width()),
            ..placed
        }
    }

    /// For a label map over a picture of `size` pixels.
    pub(super) fn of_labels(layer: &LabelLayer, map: &VoxelMap, resident: &Resident, size: [u32; 2]) -> Self {
        let volume = &*layer.volume;
        Self {
            opacity: layer.fill.clamp(0.0, 1.0),
            outline: layer.outline.clamp(0.0, 1.0),
            outline_px: layer.outline_width(),
            gain: volume.rescale.slope as f32,
            bias: volume.rescale.intercept as f32,
            ..Self::placed(volume, map, resident, size)
        }
    }

    /// Where the voxels lie, and the stored numbers they are.
    fn placed(volume: &Volume, map: &VoxelMap, resident: &Resident, size: [u32; 2]) -> Self {
        let middle = size.map(|side| (side / 2) as i32);
        // From the middle of the picture to the centre of the middle pixel: half a pixel where the size is even.
        let [x, y] = size.map(|side| if side % 2 == 0 { 0.5 } else { 0.0 });
        let at = map.center + map.right * x + map.down * y;
        let base = at.floor().clamp(DVec3::splat(-1e9), DVec3::splat(1e9));
        let (right, down, depth) = (Split::new(map.right), Split::new(map.down), Split::new(map.depth));
        let [box_low, box_high] = mean_box(volume, map.uses_table);
        let Level { factors } = resident.level;
        Self {
            right_high: right.high,
            right_low: right.low,
            down_high: down.high,
            down_low: down.low,
            depth_high: depth.high,
            depth_low: depth.low,
            depth_steps: map.steps,
            base: base.to_array().map(|v| v as i32),
            fraction: (at - base).as_vec3().to_array(),
            texel_scale: resident.format.texel_scale(),
            texel_offset: resident.format.texel_offset(volume.voxels.sample_type()) as f32,
            dims: volume.dims().map(|side| side as i32),
            texels: resident.level.texels(volume.dims()).map(|side| side as i32),
            texels_per_voxel: factors.map(|factor| (1.0 / factor as f64) as f32),
            middle_x: middle[0],
            middle_y: middle[1],
            box_low: box_low.as_vec3().to_array(),
            box_high: box_high.as_vec3().to_array(),
            ..Self::default()
        }
    }
}

/// The volume's box in index coordinates before the slice table.
fn mean_box(volume: &Volume, uses_table: bool) -> [DVec3; 2] {
    let end = DVec3::from_array(volume.dims().map(|side| side as f64 - 0.5));
    let (mut low, mut high) = (DVec3::splat(-0.5), end);
    let table = volume
        .geometry()
        .and_then(|geometry| geometry.slice_table())
        .filter(|_| uses_table);
    if let Some(rows) = table {
        for row in rows {
            let shift = DVec3::new(row.shift_i, row.shift_j, 0.0);
            low = low.min(DVec3::splat(-0.5) + shift);
            high = high.max(end + shift);
        }
        // Beyond the ends the first and last distance go on: half of it, and the longest is surely enough.
        let longest = rows
            .windows(2)
            .map(|pair| pair[1].step - pair[0].step)
            .fold(1.0, f64::max);
        low.z = rows.first().map_or(low.z, |row| row.step - longest);
        high.z = rows.last().map_or(high.z, |row| row.step + longest);
    }
    [low, high]
}

/// A step in voxels as a number of 11 bits, whose products with pixel numbers below 2¹³ are exact in f32, and the rest.
struct Split {
    high: [f32; 3],
    low: [f32; 3],
}

impl Split {
    fn new(step: DVec3) -> Self {
        let high = step
            .to_array()
            .map(|v| f32::from_bits((v as f32).to_bits() & 0xFFFF_E000));
        let rest = step - DVec3::from_array(high.map(f64::from));
        Self {
            high,
            low: rest.to_array().map(|v| v as f32),
        }
    }
}

/// A window as a straight line: its centre, how many units are one grey scale, and the grey at the centre.
fn straight(window: &Window) -> (f64, f64, f64) {
    match window.function {
        WindowFunction::Linear => (window.center - 0.5, window.width - 1.0, 0.5),
        WindowFunction::LinearExact => (window.center, window.width, 0.5),
        WindowFunction::Sigmoid => (window.center, window.width.max(f64::MIN_POSITIVE), 0.0),
    }
}

/// From stored numbers to grey. Numbers are taken relative to `origin`, near the window's centre, so that f32 has its
/// precision where the window needs it.
struct GreyMap {
    /// The stored number that counts as zero.
    origin: f64,
    gain: f32,
    bias: f32,
    function: u32,
    /// High stored numbers are low values.
    is_falling: bool,
}

impl GreyMap {
    fn new(window: &Window, rescale: &Rescale, is_whole: bool) -> Self {
        let at_center = rescale.stored(straight(window).0);
        let origin = match (at_center.is_finite(), is_whole) {
            (false, _) => 0.0,
            // Whole numbers below 2²⁴ are exact in f32, and so are their differences.
            (true, true) => at_center.round().clamp(-8_388_608.0, 8_388_608.0),
            (true, false) => f64::from((at_center as f32).clamp(-1e29, 1e29)),
        };
        Self::from_origin(window, rescale, origin)
    }

    /// Numbers are counted from the stored number of a floor, so that their sign says which of them reach it.
    fn from_floor(window: &Window, rescale: &Rescale, floor: f64) -> Self {
        let origin = f64::from(rescale.stored(floor) as f32);
        let origin = if origin.is_nan() {
            0.0
        } else {
            origin.clamp(-1e29, 1e29)
        };
        Self::from_origin(window, rescale, origin)
    }

    fn from_origin(window: &Window, rescale: &Rescale, origin: f64) -> Self {
        let (center, span, half) = straight(window);
        let beyond = rescale.value(origin) - center;
        let is_step = span <= 1e-30 && window.function != WindowFunction::Sigmoid;
        let (gain, bias, function) = if is_step {
            (rescale.slope, beyond, WINDOW_STEP)
        } else {
            let function = if window.function == WindowFunction::Sigmoid {
                WINDOW_SIGMOID
            } else {
                WINDOW_STRAIGHT
            };
            (rescale.slope / span, beyond / span + half, function)
        };
        let finite = |v: f64| v.clamp(-1e30, 1e30) as f32;
        Self {
            origin,
            gain: finite(gain),
            bias: finite(bias),
            function,
            is_falling: rescale.slope < 0.0,
        }
    }

    /// The highest value is the lowest stored number where the slope is negative.
    fn gather(&self, gather: Gather) -> Gather {
        match (gather, self.is_falling) {
            (Gather::Highest, true) => Gather::Lowest,
            (Gather::Lowest, true) => Gather::Highest,
            (other, _) => other,
        }
    }
}
