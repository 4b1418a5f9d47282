// Bricks of voxels in normalised or floating-point texels.

@group(3) @binding(1) var atlas: texture_3d<f32>;

fn uniform_texel(number: u32) -> Texel {
    return Texel(f32(number) / layer.texel_scale);
}
