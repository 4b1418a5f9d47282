//! How open the places of volumes are, on the device: a small texture of cells for each field.

use std::collections::VecDeque;

use crate::model::occlusion::Occlusion;

use super::device::Context;

/// More than anybody shows at once; beyond, the one that was used longest ago goes.
const MOST_FIELDS: usize = 8;

/// The fields that are resident, the last used at the back.
#[derive(Default)]
pub(super) struct Fields {
    fields: VecDeque<(u64, wgpu::TextureView)>,
}

impl Fields {
    /// A field, made resident if need be.
    pub(super) fn prepare(&mut self, context: &Context, field: &Occlusion) -> wgpu::TextureView {
        let known = self.fields.iter().position(|(known, _)| *known == field.id());
        let view = match known.and_then(|at| self.fields.remove(at)) {
            Some((_, view)) => view,
            None => upload(context, field),
        };
        if self.fields.len() >= MOST_FIELDS {
            self.fields.pop_front();
        }
        self.fields.push_back((field.id(), view.clone()));
        view
    }
}

fn upload(context: &Context, field: &Occlusion) -> wgpu::TextureView {
    let [width, height, depth] = field.cells().map(|side| side as u32);
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: depth,
    };
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("occlusion"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D3,
        format: wgpu::TextureFormat::R8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    context.queue.write_texture(
        texture.as_image_copy(),
        field.open(),
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(width),
            rows_per_image: Some(height),
        },
        size,
    );
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
