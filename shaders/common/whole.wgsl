// A volume or a level of it that is in one texture. The other way is detail.wgsl.

fn texels_along() -> vec3<i32> {
    return layer.texels;
}

fn texel_at(at: vec3<i32>) -> Texel {
    return textureLoad(voxels, at, 0);
}

// Whether a slice that is needed has not arrived.
fn is_missing(slice: i32) -> bool {
    return has(TRAIT_PARTIAL) && !is_loaded(slice);
}

// The place among the texels that are read.
fn place_to_read(voxel: Place) -> Place {
    return texel_place(voxel);
}

// The same between the outermost texels, for those that read all eight around it.
fn place_around(voxel: vec3<f32>) -> Place {
    let at = clamp((voxel + 0.5) * layer.texels_per_voxel - 0.5, vec3<f32>(0.0), vec3<f32>(layer.texels - 1));
    return Place(vec3<i32>(at), fract(at));
}
