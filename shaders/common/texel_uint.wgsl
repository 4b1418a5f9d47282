// Voxels in integer texels, where the adapter has no normalised 16-bit ones.

alias Sample = f32;
alias Texel = vec4<u32>;

@group(1) @binding(0) var voxels: texture_3d<u32>;

fn fetch(at: vec3<i32>) -> Sample {
    return f32(texel_at(at).r) + layer.texel_offset;
}
