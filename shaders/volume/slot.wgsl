// A volume or a label map of a picture under a ray: from where to where, and where it is idle. This text stands in the
// shader once for each of them, with a number behind its names (gpu::volume_shader); SLOT is that number.

fn voxel_of(place: Place) -> vec3<f32> {
    return vec3<f32>(place.base) + place.fraction;
}

// The place of a voxel index, kept between the outermost centres.
fn place_among_voxels(voxel: vec3<f32>) -> Place {
    let at = clamp(voxel, vec3<f32>(0.0), vec3<f32>(layer.dims - 1));
    return Place(vec3<i32>(floor(at)), fract(at));
}

// From slice to slice around a place, mm.
fn step_to_next_slice(at: f32) -> vec3<f32> {
    let k = view.matter[SLOT].edge_k;
    if !has(TRAIT_TABLE) || layer.dims.z < 2 {
        return k;
    }
    let low = clamp(i32(floor(at)), 0, layer.dims.z - 2);
    let inverse = table_texel(2 * low).z;
    if inverse <= 0.0 {
        return k;
    }
    let shift = table_texel(2 * low + 3).xy - table_texel(2 * low + 1).xy;
    return k / inverse + view.matter[SLOT].edge_i * shift.x + view.matter[SLOT].edge_j * shift.y;
}

// Where a ray meets the box, in whole samples, with some to spare: each is asked whether it lies inside.
fn reach(ray: Ray) -> vec2<f32> {
    let right = layer.right_high + layer.right_low;
    let down = layer.down_high + layer.down_low;
    let depth = layer.depth_high + layer.depth_low;
    let start = vec3<f32>(layer.base) + layer.fraction + ray.start.x * right + ray.start.y * down;
    let step = ray.step.x * right + ray.step.y * down + ray.step.z * depth;
    // A direction of zero would divide by it; the box is then met everywhere or nowhere.
    let safe = select(step, vec3<f32>(1e-12), abs(step) < vec3<f32>(1e-12));
    let a = (layer.box_low - start) / safe;
    let b = (layer.box_high - start) / safe;
    let low = min(a, b);
    let high = max(a, b);
    let first = floor(max(max(low.x, low.y), low.z)) - 1.0;
    let last = ceil(min(min(high.x, high.y), high.z)) + 1.0;
    return clamp(vec2<f32>(first, last), vec2<f32>(-MOST_SAMPLES), vec2<f32>(MOST_SAMPLES));
}

const MOST_SAMPLES: f32 = 20000.0;

// Lowest and highest number of each brick of voxels.
@group(1) @binding(3) var bricks: texture_3d<f32>;
const BRICK_BITS: vec3<u32> = vec3<u32>(4u);

// The brick around a sample: its lowest and highest number, and the sample at which the ray leaves it.
struct Brick {
    range: vec2<f32>,
    end: f32,
}

fn brick_at(ray: Ray, n: f32) -> Brick {
    let at = voxel_of(place_on_ray(at_sample(ray, n)));
    let brick = clamp(vec3<i32>(floor(at)), vec3<i32>(0), layer.dims - 1) >> BRICK_BITS;
    let range = textureLoad(bricks, brick, 0).rg + layer.texel_offset;
    let step = ray.step.x * (layer.right_high + layer.right_low) + ray.step.y * (layer.down_high + layer.down_low)
        + ray.step.z * (layer.depth_high + layer.depth_low);
    let side = vec3<f32>((brick + select(vec3<i32>(0), vec3<i32>(1), step > vec3<f32>(0.0))) << BRICK_BITS);
    let is_still = abs(step) < vec3<f32>(1e-9);
    let away = select((side - at) / select(step, vec3<f32>(1.0), is_still), vec3<f32>(1e6), is_still);
    // Before the first brick and behind the last one the outermost goes on.
    let ahead = select(away, vec3<f32>(1e6), away < vec3<f32>(0.0));
    return Brick(range, n + max(min(min(ahead.x, ahead.y), ahead.z), 0.01));
}

var<private> looked_until: f32 = -FAR_AWAY;
var<private> idle_until: f32 = -FAR_AWAY;

// Up to which sample, from the n-th on, there is nothing to be seen.
fn idle(ray: Ray, n: f32) -> f32 {
    if n < looked_until {
        return idle_until;
    }
    let within = reach(ray);
    if n < within.x || n > within.y {
        looked_until = select(FAR_AWAY, within.x, n < within.x);
        idle_until = looked_until;
    } else if has(TRAIT_BRICKS) {
        let brick = brick_at(ray, n);
        looked_until = brick.end;
        idle_until = select(brick.end, n, is_seen(brick.range));
    } else {
        looked_until = within.y;
        idle_until = n;
    }
    return idle_until;
}
