// The nearest surface of each volume and label map. A line that names something …_VOLUME stands in the shader once for
// each volume, and one that names something …_LABELS once for each label map (gpu::volume_shader).

const IS_SURFACE: bool = true;

// The colour of material at a place of a ray, with that of the labels there.
fn tinted(color: vec3<f32>, at: vec3<f32>) -> vec3<f32> {
    var mixed = color;
    mixed = tint_LABELS(mixed, at);
    return mixed;
}

// The colour of a label at a place of a ray, as dark as the first volume of which it is known how open it is says.
fn dimmed_by_first(color: vec3<f32>, at: vec3<f32>) -> vec3<f32> {
    var is_known = false;
    var left = color;
    if DIMS_VOLUME && !is_known { left = dimmed_VOLUME(color, place_on_ray_VOLUME(at)); is_known = true; }
    return left;
}

@fragment
fn surfaces(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let ray = ray_under(position);
    begin_crossings(position);
    add_slices_VOLUME(ray);
    add_surface_LABELS(ray);
    add_surface_VOLUME(ray);
    return before_background(lay_sheets(vec4<f32>(0.0), FAR_AWAY), position);
}
