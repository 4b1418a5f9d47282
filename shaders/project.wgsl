// A projection of one volume along parallel rays, texel by texel. The CPU twin is algo::project.

// Where a ray meets the volume's box, in samples: first and last.
fn box_range(start: vec3<f32>, step: vec3<f32>) -> vec2<f32> {
    // A direction of zero would divide by it; the box is then met everywhere or nowhere.
    let safe = select(step, vec3<f32>(1e-12), abs(step) < vec3<f32>(1e-12));
    let a = (layer.box_low - start) / safe;
    let b = (layer.box_high - start) / safe;
    let near = min(a, b);
    let far = max(a, b);
    // A sample to spare on both sides: each is asked whether it lies inside.
    let first = floor(max(max(near.x, near.y), near.z)) - 1.0;
    let last = ceil(min(min(far.x, far.y), far.z)) + 1.0;
    return clamp(vec2<f32>(first, last), vec2<f32>(-MOST_SAMPLES), vec2<f32>(MOST_SAMPLES));
}

const MOST_SAMPLES: f32 = 8192.0;

@fragment
fn project(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let x = f32(i32(position.x) - layer.middle_x);
    let y = f32(i32(position.y) - layer.middle_y);
    let start = vec3<f32>(layer.base) + layer.fraction + x * (layer.right_high + layer.right_low) + y * (layer.down_high + layer.down_low);
    let range = box_range(start, layer.depth_high + layer.depth_low);
    var all = Gathered(Sample(0.0), 0u);
    for (var n = range.x; n <= range.y; n += 1.0) {
        let idle = idle_samples(x, y, n, all);
        if idle > 0.0 {
            n += idle - 1.0;
            continue;
        }
        let sampled = sample_ray(x, y, n);
        if sampled.state == STATE_VALUE {
            all = gather(all, sampled.value);
            if is_settled(all.value) {
                break;
            }
        }
    }
    if all.count == 0u {
        discard;
    }
    return shade(gathered_value(all));
}
