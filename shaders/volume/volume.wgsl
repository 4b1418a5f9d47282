// A volume under a ray: material and surfaces. The CPU twin is algo::raycast. The texture of colours has the colour map
// in its first row, the transfer function below it (colour and opacity), and then, entry by entry, how many up to it
// have any opacity, and the factor of gradients.

const TRANSFER_ROW: i32 = 1;
const FACTOR_ROW: i32 = 2;
const LAST_ENTRY: f32 = 2047.0;

// One bit a voxel, i fastest, the first the lowest bit; or one for a cube of voxels whose edge, one voxel, is doubled as
// often as mask_doublings says.
@group(2) @binding(1) var mask: texture_2d<u32>;
const MASK_WIDTH: u32 = 2048u;

fn mask_doublings() -> u32 {
    return (TRAITS >> FIRST_BIT_OF_DOUBLINGS) & 3u;
}

// Whether the voxel nearest to a place is one of the mask's.
fn is_kept(place: Place) -> bool {
    if !has(TRAIT_MASK) {
        return true;
    }
    let nearest = clamp(place.base + vec3<i32>(floor(place.fraction + 0.5)), vec3<i32>(0), layer.dims - 1);
    let doublings = vec3<u32>(mask_doublings());
    let cube = vec3<u32>(nearest) >> doublings;
    let cubes = (vec3<u32>(layer.dims - 1) >> doublings) + 1u;
    let bit = (cube.z * cubes.y + cube.y) * cubes.x + cube.x;
    let word = bit / 32u;
    let bits = textureLoad(mask, vec2<u32>(word % MASK_WIDTH, word / MASK_WIDTH), 0).r;
    return ((bits >> (bit % 32u)) & 1u) == 1u;
}

fn sample_kept(place: Place) -> Sampled {
    if !is_kept(place) {
        return Sampled(Sample(0.0), STATE_NOTHING);
    }
    return sample_place(place);
}

fn entry_of(value: f32) -> f32 {
    return clamp((value - view.matter[SLOT].table_start) * view.matter[SLOT].table_gain, 0.0, LAST_ENTRY);
}

fn between_entries(entry: f32, row: i32) -> vec4<f32> {
    let low = i32(entry);
    let high = min(low + 1, i32(LAST_ENTRY));
    return mix(textureLoad(color_map, vec2<i32>(low, row), 0), textureLoad(color_map, vec2<i32>(high, row), 0), fract(entry));
}

// Colour and opacity of a value.
fn classified(value: f32) -> vec4<f32> {
    return between_entries(entry_of(value), TRANSFER_ROW);
}

// Whether any number of a brick is to be seen.
fn is_seen(range: vec2<f32>) -> bool {
    if range.x > range.y {
        return false;
    }
    if IS_SURFACE {
        return is_within(select(range.x, range.y, view.matter[SLOT].iso_side > 0.0));
    }
    let ends = vec2<f32>(entry_of(range.x), entry_of(range.y));
    // Two entries more: texture hardware rounds.
    let first = max(i32(min(ends.x, ends.y)) - 1, 0);
    let last = min(i32(max(ends.x, ends.y)) + 2, i32(LAST_ENTRY));
    let before = textureLoad(color_map, vec2<i32>(max(first - 1, 0), FACTOR_ROW), 0).x;
    let up_to = textureLoad(color_map, vec2<i32>(last, FACTOR_ROW), 0).x;
    return select(up_to > before, up_to > 0.0, first == 0);
}

fn tap(voxel: vec3<f32>, otherwise: f32) -> f32 {
    let sampled = sample_place(place_among_voxels(voxel));
    return select(otherwise, scalar(sampled.value), sampled.state == STATE_VALUE);
}

// From one voxel behind a place to one ahead. Rounding is no slope: it would have a direction.
fn change_along(at: vec3<f32>, axis: vec3<f32>, value: f32) -> f32 {
    let ahead = tap(at + axis, value);
    let behind = tap(at - axis, value);
    let noise = 1e-6 * (abs(ahead) + abs(behind) + abs(layer.texel_offset));
    return select(ahead - behind, 0.0, abs(ahead - behind) <= noise);
}

// How values change around a place, per mm: algo::gradient.
fn gradient(place: Place, value: f32) -> vec3<f32> {
    let at = voxel_of(place);
    let along = vec3<f32>(
        change_along(at, vec3<f32>(1.0, 0.0, 0.0), value),
        change_along(at, vec3<f32>(0.0, 1.0, 0.0), value),
        change_along(at, vec3<f32>(0.0, 0.0, 1.0), value),
    ) * (0.5 * view.matter[SLOT].value_gain);
    let i = view.matter[SLOT].edge_i;
    let j = view.matter[SLOT].edge_j;
    return in_patient(along, i, j, step_to_next_slice(at.z));
}

// Lays what the volume has at a sample of the ray behind what was gathered.
fn add_material(so_far: vec4<f32>, ray: Ray, n: f32) -> vec4<f32> {
    let at = at_sample(ray, n);
    let place = place_on_ray(at);
    let sampled = sample_kept(place);
    if sampled.state != STATE_VALUE {
        return so_far;
    }
    let value = scalar(sampled.value);
    let seen = classified(value);
    if seen.a <= 0.0 {
        return so_far;
    }
    var slope = vec3<f32>(0.0);
    var opacity = seen.a;
    let gradient_gain = view.matter[SLOT].gradient_gain;
    if view.is_shaded != 0u || gradient_gain > 0.0 {
        slope = gradient(place, value);
    }
    if gradient_gain > 0.0 {
        let entry = (length(slope) - view.matter[SLOT].gradient_start) * gradient_gain;
        opacity *= between_entries(clamp(entry, 0.0, LAST_ENTRY), FACTOR_ROW).y;
    }
    // What lets nothing through does so at any thickness.
    opacity = select(1.0 - pow(max(1.0 - opacity, 1e-9), view.matter[SLOT].thickness), 1.0, opacity >= 1.0);
    let color = dimmed(lit(tinted(seen.rgb, at), SLOT, slope, ray.direction), place);
    return behind(so_far, color, opacity * view.matter[SLOT].opacity);
}

fn is_within(value: f32) -> bool {
    return (value - view.matter[SLOT].iso) * view.matter[SLOT].iso_side >= 0.0;
}

fn is_within_at(ray: Ray, n: f32) -> bool {
    if n < ray.near - ON_CUT || n > ray.far + ON_CUT {
        return false;
    }
    let sampled = sample_kept(place_on_ray(at_sample(ray, n)));
    return sampled.state == STATE_VALUE && is_within(scalar(sampled.value));
}

// Adds the sheet where the ray first comes to values within the surface, found by halves.
fn add_surface(ray: Ray) {
    let within = reach(ray);
    let last = min(within.y, floor(ray.far + ON_CUT));
    for (var n = max(within.x, ceil(ray.near - ON_CUT)); n <= last; n += 1.0) {
        let free = idle(ray, n);
        if free > n {
            n += max(ceil(free - n), 1.0) - 1.0;
            continue;
        }
        if !is_within_at(ray, n) {
            continue;
        }
        var outside = n - 1.0;
        var inside = n;
        for (var c = 0; c < 16; c++) {
            let middle = (outside + inside) * 0.5;
            if is_within_at(ray, middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        let at = at_sample(ray, inside);
        let place = place_on_ray(at);
        let slope = gradient(place, scalar(sample_place(place).value));
        let color = dimmed(lit(tinted(view.matter[SLOT].iso_color, at), SLOT, slope, ray.direction), place);
        add_sheet(inside, vec4<f32>(color, view.matter[SLOT].opacity));
        return;
    }
}

// Adds the sheets of the slices that stand in the first volume.
fn add_slices(ray: Ray) {
    if SLOT != 0u {
        return;
    }
    for (var c = 0u; c < view.slice_count; c++) {
        let plane = view.slices[c];
        let slope = dot(plane.xyz, ray.step);
        let n = (plane.w - dot(plane.xyz, ray.start)) / select(slope, 1e-12, abs(slope) < 1e-12);
        if abs(n) > MOST_SAMPLES || n < ray.eye {
            continue;
        }
        let sampled = sample_place(place_on_ray(at_sample(ray, n)));
        if sampled.state == STATE_VALUE {
            add_sheet(n, vec4<f32>(shade(sampled.value).rgb, 1.0));
        }
    }
}
