//! Colours of labels on the device: rows of 256 texels, as many as the table needs, by content.

use std::collections::HashMap;

use crate::model::segment::LabelColors;

use super::device::Context;

/// Texels of a row; `COLORS_WIDTH` in `shaders/labels.wgsl`.
const WIDTH: usize = 256;

/// More tables than anybody shows at once; beyond, all are made anew.
const MOST_TABLES: usize = 64;

/// The tables that are resident, in the layout of colour maps.
#[derive(Default)]
pub(super) struct LabelTables {
    tables: HashMap<LabelColors, wgpu::BindGroup>,
}

impl LabelTables {
    /// A table, made resident if need be.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        layout: &wgpu::BindGroupLayout,
        colors: &LabelColors,
    ) -> wgpu::BindGroup {
        if let Some(table) = self.tables.get(colors) {
            return table.clone();
        }
        if self.tables.len() >= MOST_TABLES {
            self.tables.clear();
        }
        let table = make(context, layout, colors);
        self.tables.insert(colors.clone(), table.clone());
        table
    }
}

fn make(context: &Context, layout: &wgpu::BindGroupLayout, colors: &LabelColors) -> wgpu::BindGroup {
    let rows = colors.rgba().len().div_ceil(WIDTH).max(1);
    let mut texels = colors.rgba().to_vec();
    texels.resize(rows * WIDTH, [0; 4]);
    let size = wgpu::Extent3d {
        width: WIDTH as u32,
        height: rows as u32,
        depth_or_array_layers: 1,
    };
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("colours of labels"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    context.queue.write_texture(
        texture.as_image_copy(),
        texels.as_flattened(),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(4 * size.width),
            rows_per_image: Some(size.height),
        },
        size,
    );
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    context.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("colours of labels"),
        layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::TextureView(&view),
        }],
    })
}
