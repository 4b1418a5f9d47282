//! Colour maps on the device: a row of 256 texels each, by content.

use std::collections::HashMap;

use crate::model::color_map::ColorMap;

use super::device::Context;

/// More maps than anybody shows at once; beyond, all are made anew.
const MOST_MAPS: usize = 64;

/// The colour maps that are resident.
pub(super) struct ColorMaps {
    layout: wgpu::BindGroupLayout,
    maps: HashMap<Vec<[u8; 3]>, wgpu::BindGroup>,
}

impl ColorMaps {
    pub(super) fn new(context: &Context) -> Self {
        let layout = context
            .device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some("colour map"),
                entries: &[wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: false },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                    count: None,
                }],
            });
        Self {
            layout,
            maps: HashMap::new(),
        }
    }

    pub(super) fn layout(&self) -> &wgpu::BindGroupLayout {
        &self.layout
    }

    /// A map, made resident if need be.
    pub(super) fn prepare(&mut self, context: &Context, map: &ColorMap) -> wgpu::BindGroup {
        if let Some(resident) = self.maps.get(map.colors()) {
            return resident.clone();
        }
        if self.maps.len() >= MOST_MAPS {
            self.maps.clear();
        }
        let size = wgpu::Extent3d {
            width: 256,
            height: 1,
            depth_or_array_layers: 1,
        };
        let texture = context.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("colour map"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: wgpu::TextureFormat::Rgba8Unorm,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let bytes: Vec<u8> = (0..=255)
            .flat_map(|level| map.color(level).into_iter().chain([255]))
            .collect();
        context.queue.write_texture(
            texture.as_image_copy(),
            &bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(4 * 256),
                rows_per_image: Some(1),
            },
            size,
        );
        let bind_group = context.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("colour map"),
            layout: &self.layout,
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(
                    &texture.create_view(&wgpu::TextureViewDescriptor::default()),
                ),
            }],
        });
        self.maps.insert(map.colors().to_vec(), bind_group.clone());
        bind_group
    }
}
