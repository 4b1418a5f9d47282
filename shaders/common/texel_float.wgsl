// Voxels in normalised or floating-point texels.

alias Sample = f32;
alias Texel = vec4<f32>;

@group(1) @binding(0) var voxels: texture_3d<f32>;

fn fetch(at: vec3<i32>) -> Sample {
    let number = texel_at(at).r * layer.texel_scale;
    // Normalised texels are whole numbers over a power of two less one: rounding makes them exact again.
    return select(number, round(number), has(TRAIT_WHOLE_NUMBERS)) + layer.texel_offset;
}

// A texel that the texture hardware has interpolated.
fn from_texel(texel: vec4<f32>) -> Sample {
    return texel.r * layer.texel_scale + layer.texel_offset;
}
