// A sample of a ray through evenly spaced slices that have all arrived, interpolated by the texture hardware.

@group(1) @binding(2) var filtering: sampler;
// Lowest and highest number of each brick of voxels; one brick that is never leapt over where they are not known.
@group(1) @binding(3) var bricks: texture_3d<f32>;

const BRICK_BITS: vec3<u32> = vec3<u32>(4u);

// The brick that was looked at last: most samples are in the brick of the one before.
var<private> known_brick: vec3<i32> = vec3<i32>(-1);

fn ray_place(x: f32, y: f32, n: f32) -> vec3<f32> {
    let right = x * (layer.right_high + layer.right_low);
    let down = y * (layer.down_high + layer.down_low);
    let depth = n * (layer.depth_high + layer.depth_low);
    return vec3<f32>(layer.base) + (layer.fraction + right + down + depth);
}

fn sample_ray(x: f32, y: f32, n: f32) -> Sampled {
    let at = ray_place(x, y, n);
    if any(at < layer.box_low) || any(at > layer.box_high) {
        return Sampled(Sample(0.0), STATE_NOTHING);
    }
    let coordinate = (at + 0.5) * layer.texels_per_voxel / vec3<f32>(layer.texels);
    let value = from_texel(textureSampleLevel(voxels, filtering, coordinate, 0.0));
    return Sampled(value, select(STATE_NOTHING, STATE_VALUE, is_number(value)));
}

// How many samples from the n-th on cannot change what was gathered so far.
fn idle_samples(x: f32, y: f32, n: f32, so_far: Gathered) -> f32 {
    let at = ray_place(x, y, n);
    let brick = clamp(vec3<i32>(floor(at)), vec3<i32>(0), layer.dims - 1) >> BRICK_BITS;
    if so_far.count == 0u || all(brick == known_brick) {
        return 0.0;
    }
    known_brick = brick;
    let there = min(brick, vec3<i32>(textureDimensions(bricks)) - 1);
    let range = textureLoad(bricks, there, 0).rg + layer.texel_offset;
    if !is_idle(range, so_far.value) {
        return 0.0;
    }
    // To the side of the brick through which the ray leaves it.
    let step = layer.depth_high + layer.depth_low;
    let side = vec3<f32>((brick + select(vec3<i32>(0), vec3<i32>(1), step > vec3<f32>(0.0))) << BRICK_BITS);
    let is_still = abs(step) < vec3<f32>(1e-9);
    let away = select((side - at) / select(step, vec3<f32>(1.0), is_still), vec3<f32>(1e6), is_still);
    return max(ceil(min(min(away.x, away.y), away.z)), 1.0);
}
