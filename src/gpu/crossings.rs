//! Where rays go through surfaces, on the device: what `shaders/volume/crossings.wgsl` reads.

use crate::algo::quick_rays::Crossings;
use crate::scene::VolumeScene;

use super::device::Context;
use super::error::GpuError;

/// Crossings of a row; `CROSSINGS_WIDTH` in the shader.
const WIDTH: usize = 4096;

/// Textures that a shader reads of it.
pub(super) const TEXTURES: usize = 2;

/// The crossings of a picture: a texture of spans and one of crossings.
pub(super) struct CrossingViews {
    pub(super) spans: wgpu::TextureView,
    pub(super) all: wgpu::TextureView,
}

/// Those of a scene whose samples are `step_mm` apart; `None` if it has none.
pub(super) fn prepare(context: &Context, scene: &VolumeScene, step_mm: f64) -> Result<Option<CrossingViews>, GpuError> {
    if scene.surfaces.is_empty() {
        return Ok(None);
    }
    let crossings = Crossings::of(scene);
    if crossings.is_empty() {
        return Ok(None);
    }
    let [width, height] = scene.size;
    let rows = crossings.all().len().div_ceil(WIDTH);
    if rows > context.device.limits().max_texture_dimension_2d as usize {
        return Err(GpuError::TooManyVolumes);
    }
    let mut spans = Vec::with_capacity(width as usize * height as usize);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let [start, end] = crossings.span(x, y);
        spans.push([start, end - start]);
    }
    let unorm = |low: f32, high: f32| {
        let level = |part: f32| (part.clamp(0.0, 1.0) * 65535.0 + 0.5) as u32;
        level(low) | level(high) << 16
    };
    let mut all: Vec<[u32; 4]> = crossings
        .all()
        .iter()
        .map(|crossing| {
            let [red, green, blue] = crossing.color.to_array();
            [
                ((f64::from(crossing.at_mm) / step_mm) as f32).to_bits(),
                unorm(red, green),
                unorm(blue, crossing.opacity),
                0,
            ]
        })
        .collect();
    all.resize(rows * WIDTH, [0; 4]);
    Ok(Some(CrossingViews {
        spans: upload(
            context,
            [width, height],
            wgpu::TextureFormat::Rg32Uint,
            bytemuck::cast_slice(&spans),
        ),
        all: upload(
            context,
            [WIDTH as u32, rows as u32],
            wgpu::TextureFormat::Rgba32Uint,
            bytemuck::cast_slice(&all),
        ),
    }))
}

fn upload(
    context: &Context,
    [width, height]: [u32; 2],
    format: wgpu::TextureFormat,
    bytes: &[u8],
) -> wgpu::TextureView {
    let size = wgpu::Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let texture = context.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("crossings"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    context.queue.write_texture(
        texture.as_image_copy(),
        bytes,
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(bytes.len() as u32 / height),
            rows_per_image: Some(height),
        },
        size,
    );
    texture.create_view(&wgpu::TextureViewDescriptor::default())
}
