// Samples of a ray, interpolated by hand: any texel format, any slice table, any interpolation.

fn place_on_ray(at: vec3<f32>) -> Place {
    return true_place(mean_place(at.x, at.y, at.z));
}

fn sample_place(place: Place) -> Sampled {
    return sample_voxel(place);
}
