// A sample of a ray, interpolated by hand: any texel format, any slice table, any interpolation.

fn sample_ray(x: f32, y: f32, n: f32) -> Sampled {
    return sample_at(mean_place(x, y, n));
}

// Where slices are uneven or missing no brick is known.
fn idle_samples(x: f32, y: f32, n: f32, so_far: Gathered) -> f32 {
    return 0.0;
}
