// Lit material front to back. A line that names something …_VOLUME stands in the shader once for each volume, and one
// that names something …_LABELS once for each label map (gpu::volume_shader).

const IS_SURFACE: bool = false;
// What is behind so much opacity changes no pixel.
const ENOUGH: f32 = 0.9985;

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

fn widened(range: vec2<f32>, by: vec2<f32>) -> vec2<f32> {
    return vec2<f32>(min(range.x, by.x), max(range.y, by.y));
}

@fragment
fn composite(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let ray = ray_under(position);
    begin_crossings(position);
    var range = vec2<f32>(FAR_AWAY, -FAR_AWAY);
    range = widened(range, reach_VOLUME(ray));
    range = widened(range, reach_LABELS(ray));
    add_slices_VOLUME(ray);
    let late = put_off(position);
    let last = min(range.y, ray.far + ON_CUT);
    var sum = vec4<f32>(0.0);
    for (var n = ceil(max(range.x, ray.near - ON_CUT) - late) + late; n <= last; n += 1.0) {
        var free = FAR_AWAY;
        free = min(free, idle_VOLUME(ray, n));
        free = min(free, idle_LABELS(ray, n));
        if free > n {
            n += max(ceil(free - n), 1.0) - 1.0;
            continue;
        }
        sum = lay_sheets(sum, n);
        sum = add_label_LABELS(sum, ray, n);
        sum = add_material_VOLUME(sum, ray, n);
        if sum.a > ENOUGH {
            break;
        }
    }
    if sum.a <= ENOUGH {
        sum = lay_sheets(sum, FAR_AWAY);
    }
    return before_background(sum, position);
}
