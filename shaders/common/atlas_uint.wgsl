// Bricks of voxels in integer texels.

@group(3) @binding(1) var atlas: texture_3d<u32>;

fn uniform_texel(number: u32) -> Texel {
    return Texel(number);
}
