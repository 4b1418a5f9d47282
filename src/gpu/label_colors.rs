//! Colours of labels on the device: rows of 256 texels, as many as the table needs, known again by their `Arc`.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::segment::LabelColors;

use super::device::Context;

/// Texels of a row; `COLORS_WIDTH` in `shaders/labels.wgsl`.
const WIDTH: usize = 256;

/// More tables than anybody shows at once; beyond, the one that was used longest ago goes.
const MOST_TABLES: usize = 32;

/// The tables that are resident, in the layout of colour maps, the last used at the back.
#[derive(Default)]
pub(super) struct LabelTables {
    /// Holding on to the colours keeps their address from being given to others.
    tables: VecDeque<(Arc<LabelColors>, wgpu::BindGroup)>,
}

impl LabelTables {
    /// A table, made resident if need be. Tables never change; a changed colour makes a new one.
    pub(super) fn prepare(
        &mut self,
        context: &Context,
        layout: &wgpu::BindGroupLayout,
        colors: &Arc<LabelColors>,
    ) -> wgpu::BindGroup {
        let known = self.tables.iter().position(|(known, _)| Arc::ptr_eq(known, colors));
        let table = match known.and_then(|at| self.tables.remove(at)) {
            Some((_, table)) => table,
            None => make(context, layout, colors),
        };
        if self.tables.len() >= MOST_TABLES {
            self.tables.pop_front();
        }
        self.tables.push_back((Arc::clone(colors), table.clone()));
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
