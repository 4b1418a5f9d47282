// Voxels that are colours: shown as they are stored, no window, no colour map.

alias Sample = vec3<f32>;
alias Texel = vec4<f32>;

@group(1) @binding(0) var voxels: texture_3d<f32>;

fn fetch(at: vec3<i32>) -> Sample {
    return texel_at(at).rgb;
}

fn from_texel(texel: vec4<f32>) -> Sample {
    return texel.rgb;
}

fn is_number(value: Sample) -> bool {
    return true;
}

fn is_settled(value: Sample) -> bool {
    return false;
}

fn is_idle(range: vec2<f32>, so_far: Sample) -> bool {
    return false;
}

// The number by which a value is classified: the luminance of a colour (ITU-R BT.709).
fn scalar(value: Sample) -> f32 {
    return dot(value, vec3<f32>(0.2126, 0.7152, 0.0722));
}

fn shade(value: Sample) -> vec4<f32> {
    return vec4<f32>(floor(clamp(value, vec3<f32>(0.0), vec3<f32>(1.0)) * 255.0 + 0.5) / 255.0, layer.opacity);
}
