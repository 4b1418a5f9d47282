//! Tables of colours for volumes on the device: a colour map with a transfer function, or the colours of labels.
//!
//! Of a volume: rows of [`ENTRIES`] texels. The first begins with the colour map; the second is the transfer function
//! (colour and opacity), over the values where it changes; the third has for each of its entries how many up to it have
//! any opacity, by which a range of values is known to be invisible without looking at each, and the factor of a length
//! of the gradient. Of labels: their colours, in rows.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::color_map::ColorMap;
use crate::model::segment::LabelColors;
use crate::model::transfer_function::TransferFunction;

use super::device::Context;

/// Entries of a table; `LAST_ENTRY` in `shaders/volume/volume.wgsl` is the last.
pub(super) const ENTRIES: usize = 2048;

/// More than anybody shows at once; beyond, the one that was used longest ago goes.
const MOST_TABLES: usize = 16;

/// Entries of a table over the values where a curve changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) start: f64,
    /// From entry to entry.
    pub(super) width: f64,
}

impl Spread {
    fn over([low, high]: [f64; 2]) -> Self {
        // A little more than the range: what holds beyond an end has its entry, also where the end is a step.
        let span = high - low;
        let more = (span / 1000.0).max(low.abs().max(high.abs()) * 1e-4).max(1e-6);
        Self {
            start: low - more,
            width: (span + 3.0 * more) / (ENTRIES - 1) as f64,
        }
    }

    /// Of opacity and colour.
    pub(super) fn of_values(transfer: &TransferFunction) -> Self {
        Self::over(transfer.range().unwrap_or([0.0, 1.0]))
    }

    /// Of the factors of gradients; `None` if they do not matter.
    pub(super) fn of_gradients(transfer: &TransferFunction) -> Option<Self> {
        let points = transfer.gradient();
        Some(Self::over([points.first()?.per_mm, points.last()?.per_mm]))
    }

    /// A curve at each entry. Of two points at one value the second counts from there on, so the entry just before
    /// such a step has what comes after it.
    fn table<T>(self, curve: impl Fn(f64) -> T, places: &[f64]) -> Vec<T> {
        let mut table: Vec<T> = (0..ENTRIES)
            .map(|entry| curve(self.start + self.width * entry as f64))
            .collect();
        for pair in places.windows(2) {
            let entry = (pair[0] - self.start) / self.width;
            if pair[0] == pair[1]
                && let Some(at) = table.get_mut(entry.max(0.0) as usize)
            {
                *at = curve(pair[0]);
            }
        }
        table
    }
}

/// What a table is made of.
#[derive(Clone)]
enum Contents {
    Matter(Arc<TransferFunction>, Arc<ColorMap>),
    Labels(Arc<LabelColors>),
}

fn is_same<T: PartialEq>(a: &Arc<T>, b: &Arc<T>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

impl PartialEq for Contents {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Matter(a, b), Self::Matter(c, d)) => is_same(a, c) && is_same(b, d),
            (Self::Labels(a), Self::Labels(b)) => is_same(a, b),
            _ => false,
        }
    }
}

/// The tables that are resident, the last used at the back.
#[derive(Default)]
pub(super) struct Tables {
    tables: VecDeque<(Contents, wgpu::TextureView)>,
}

impl Tables {
    /// The table of a volume.
    pub(super) fn of_matter(
        &mut self,
        context: &Context,
        transfer: &Arc<TransferFunction>,
        colors: &Arc<ColorMap>,
    ) -> wgpu::TextureView {
        self.prepare(
            context,
            Contents::Matter(Arc::clone(transfer), Arc::clone(colors)),
            || matter(transfer, colors),
        )
    }

    /// The table of a label map.
    pub(super) fn of_labels(&mut self, context: &Context, colors: &Arc<LabelColors>) -> wgpu::TextureView {
        self.prepare(context, Contents::Labels(Arc::clone(colors)), || {
            colors
                .rgba()
                .iter()
                .map(|rgba| rgba.map(|part| f32::from(part) / 255.0))
                .collect()
        })
    }

    fn prepare(
        &mut self,
        context: &Context,
        contents: Contents,
        texels: impl Fn() -> Vec<[f32; 4]>,
    ) -> wgpu::TextureView {
        let known = self.tables.iter().position(|(known, _)| *known == contents);
        let view = match known.and_then(|at| self.tables.remove(at)) {
            Some((_, view)) => view,
            None => upload(context, texels()),
        };
        if self.tables.len() >= MOST_TABLES {
            self.tables.pop_front();
        }
        self.tables.push_back((contents, view.clone()));
        view
    }
}

fn matter(transfer: &TransferFunction, colors: &ColorMap) -> Vec<[f32; 4]> {
    let mut texels: Vec<[f32; 4]> = (0..=255)
        .map(|level| {
            let [r, g, b] = colors.color(level).map(|part| f32::from(part) / 255.0);
            [r, g, b, 1.0]
        })
        .collect();
    texels.resize(ENTRIES, [0.0; 4]);
    let places: Vec<f64> = transfer.points().iter().map(|point| point.value).collect();
    let seen = Spread::of_values(transfer).table(|value| transfer.at(value), &places);
    texels.extend(seen.iter().map(|seen| {
        let [r, g, b] = seen.color.map(|part| part as f32);
        [r, g, b, seen.opacity as f32]
    }));
    let places: Vec<f64> = transfer.gradient().iter().map(|point| point.per_mm).collect();
    let factors = Spread::of_gradients(transfer).map_or_else(
        || vec![1.0; ENTRIES],
        |spread| spread.table(|per_mm| transfer.gradient_factor(per_mm), &places),
    );
    let mut visible = 0.0;
    texels.extend(seen.iter().zip(factors).map(|(seen, factor)| {
        visible += if seen.opacity > 0.0 { 1.0 } else { 0.0 };
        [visible, factor as f32, 0.0, 0.0]
    }));
    texels
}

fn upload(context: &Context, mut texels: Vec<[f32; 4]>) -> wgpu::TextureView {
    let rows = texels.len().div_ceil(ENTRIES).max(1);
    texels.resize(rows * ENTRIES, [0.0; 4]);
    let size = wgpu::Extent3d {
        width: ENTRIES as u32,
        height: rows as u32,
        depth_or_array_layers: 1,
    };
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("colours of a volume"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba32Float,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    context.queue.write_texture(
        texture.as_image_copy(),
        bytemuck::cast_slice(&texels),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(16 * size.width),
            rows_per_image: Some(size.height),
        },
        size,
    );
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::transfer_function::{Material, TransferPoint};

    fn transfer(points: &[(f64, f64)]) -> TransferFunction {
        let point = |(value, opacity): &(f64, f64)| TransferPoint {
            value: *value,
            opacity: *opacity,
            color: [255; 3],
        };
        TransferFunction::new(points.iter().map(point).collect(), Vec::new(), 1.0, Material::default())
    }

    /// As the shader reads it.
    fn opacity(transfer: &TransferFunction, value: f64) -> f64 {
        let texels = matter(transfer, &ColorMap::gray());
        let spread = Spread::of_values(transfer);
        let entry = ((value - spread.start) / spread.width).clamp(0.0, (ENTRIES - 1) as f64);
        let row = &texels[ENTRIES..2 * ENTRIES];
        let low = entry as usize;
        let high = (low + 1).min(ENTRIES - 1);
        f64::from(row[low][3]) * (1.0 - entry.fract()) + f64::from(row[high][3]) * entry.fract()
    }

    #[test]
    fn a_table_says_what_the_function_says() {
        let ramp = transfer(&[(-100.0, 0.0), (300.0, 0.5), (1500.0, 0.9)]);
        for value in [-2000.0, -100.0, 0.0, 123.4, 300.0, 900.0, 1500.0, 9000.0] {
            assert!((opacity(&ramp, value) - ramp.at(value).opacity).abs() < 1e-3, "{value}");
        }
        let step = transfer(&[(0.0, 0.0), (100.0, 0.0), (100.0, 1.0), (200.0, 1.0)]);
        for value in [0.0, 99.0, 100.0, 101.0, 200.0] {
            assert!((opacity(&step, value) - step.at(value).opacity).abs() < 1e-3, "{value}");
        }
        for at_one in [
            transfer(&[(40.0, 0.0), (40.0, 0.7)]),
            transfer(&[(40.0, 0.3)]),
            transfer(&[]),
        ] {
            for value in [0.0, 39.0, 40.0, 41.0] {
                assert!(
                    (opacity(&at_one, value) - at_one.at(value).opacity).abs() < 1e-3,
                    "{value}"
                );
            }
        }
    }
}
