// Samples of a ray through evenly spaced slices that have all arrived, interpolated by the texture hardware.

@group(1) @binding(2) var filtering: sampler;

fn place_on_ray(at: vec3<f32>) -> Place {
    let right = at.x * (layer.right_high + layer.right_low);
    let down = at.y * (layer.down_high + layer.down_low);
    let depth = at.z * (layer.depth_high + layer.depth_low);
    return Place(layer.base, layer.fraction + right + down + depth);
}

fn sample_place(place: Place) -> Sampled {
    let at = voxel_of(place);
    if any(at < layer.box_low) || any(at > layer.box_high) {
        return Sampled(Sample(0.0), STATE_NOTHING);
    }
    let coordinate = (at + 0.5) * layer.texels_per_voxel / vec3<f32>(layer.texels);
    let value = from_texel(textureSampleLevel(voxels, filtering, coordinate, 0.0));
    return Sampled(value, select(STATE_NOTHING, STATE_VALUE, is_number(value)));
}
