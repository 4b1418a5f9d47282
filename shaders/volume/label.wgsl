// A label map under a ray: it colours what it covers, and is material of its own. The CPU twin is algo::label_matter.
// Rows of COLORS_WIDTH labels have their colours, with alpha 0 where a label is not drawn.

const COLORS_WIDTH: i32 = 2048;
const NO_LABEL: i32 = 0;
// A smaller change of occupancy is rounding: it would have a direction. OCCUPANCY_NOISE in algo::label_matter.
const OCCUPANCY_NOISE: f32 = 2e-5;

fn label_of(number: f32) -> i32 {
    return i32(clamp(floor(number * layer.gain + layer.bias + 0.5), 0.0, 1e9));
}

fn color_of(label: i32) -> vec4<f32> {
    let size = vec2<i32>(textureDimensions(color_map));
    if label <= NO_LABEL || label >= COLORS_WIDTH * size.y {
        return vec4<f32>(0.0);
    }
    return textureLoad(color_map, vec2<i32>(label % COLORS_WIDTH, label / COLORS_WIDTH), 0);
}

fn label_at(place: Place) -> i32 {
    let sampled = sample_place(place);
    if sampled.state != STATE_VALUE {
        return NO_LABEL;
    }
    return label_of(sampled.value);
}

fn is_seen(range: vec2<f32>) -> bool {
    return label_of(range.x) > NO_LABEL || label_of(range.y) > NO_LABEL;
}

fn tint(color: vec3<f32>, at: vec3<f32>) -> vec3<f32> {
    let drawn = color_of(label_at(place_on_ray(at)));
    return mix(color, drawn.rgb, select(0.0, view.matter[SLOT].opacity, drawn.a > 0.0));
}

// How much of a label is around a place: between the voxels around it, 1 for each that has it.
fn occupancy(voxel: vec3<f32>, label: i32) -> f32 {
    let around = place_around(voxel);
    let t = around.fraction;
    var sum = 0.0;
    for (var c = 0; c < 8; c++) {
        let corner = vec3<i32>(c & 1, (c >> 1u) & 1, c >> 2u);
        let weights = select(1.0 - t, t, corner == vec3<i32>(1));
        let is_it = label_of(fetch(clamped(around.base + corner))) == label;
        sum += select(0.0, weights.x * weights.y * weights.z, is_it);
    }
    return sum;
}

// From one voxel behind a place to one ahead.
fn occupancy_along(at: vec3<f32>, axis: vec3<f32>, label: i32) -> f32 {
    let change = occupancy(at + axis, label) - occupancy(at - axis, label);
    return select(change, 0.0, abs(change) < OCCUPANCY_NOISE);
}

fn slope_of(place: Place, label: i32) -> vec3<f32> {
    let at = voxel_of(place);
    let along = vec3<f32>(
        occupancy_along(at, vec3<f32>(1.0, 0.0, 0.0), label),
        occupancy_along(at, vec3<f32>(0.0, 1.0, 0.0), label),
        occupancy_along(at, vec3<f32>(0.0, 0.0, 1.0), label),
    );
    return in_patient(along, view.matter[SLOT].edge_i, view.matter[SLOT].edge_j, step_to_next_slice(at.z));
}

// Lays the label at a sample of the ray behind what was gathered.
fn add_label(so_far: vec4<f32>, ray: Ray, n: f32) -> vec4<f32> {
    let at = at_sample(ray, n);
    let place = place_on_ray(at);
    let label = label_at(place);
    let drawn = color_of(label);
    if drawn.a <= 0.0 {
        return so_far;
    }
    let color = dimmed_by_first(lit(drawn.rgb, SLOT, slope_of(place, label), ray.direction), at);
    let fill = view.matter[SLOT].opacity;
    let opacity = select(1.0 - pow(max(1.0 - fill, 1e-9), view.matter[SLOT].thickness), 1.0, fill >= 1.0);
    return behind(so_far, color, opacity);
}

fn is_label_at(ray: Ray, n: f32) -> bool {
    if n < ray.near - ON_CUT || n > ray.far + ON_CUT {
        return false;
    }
    return color_of(label_at(place_on_ray(at_sample(ray, n)))).a > 0.0;
}

// Adds the sheet where the ray first comes to a label that is drawn, found by halves.
fn add_surface(ray: Ray) {
    let within = reach(ray);
    let last = min(within.y, floor(ray.far + ON_CUT));
    for (var n = max(within.x, ceil(ray.near - ON_CUT)); n <= last; n += 1.0) {
        let free = idle(ray, n);
        if free > n {
            n += max(ceil(free - n), 1.0) - 1.0;
            continue;
        }
        if !is_label_at(ray, n) {
            continue;
        }
        var outside = n - 1.0;
        var inside = n;
        for (var c = 0; c < 16; c++) {
            let middle = (outside + inside) * 0.5;
            if is_label_at(ray, middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        let at = at_sample(ray, inside);
        let place = place_on_ray(at);
        let label = label_at(place);
        let color = dimmed_by_first(lit(color_of(label).rgb, SLOT, slope_of(place, label), ray.direction), at);
        add_sheet(inside, vec4<f32>(color, view.matter[SLOT].opacity));
        return;
    }
}
