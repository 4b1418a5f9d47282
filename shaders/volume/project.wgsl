// The highest, the lowest or the mean value of one volume along a ray, windowed. The CPU twin is algo::project.

const IS_SURFACE: bool = false;

fn tinted(color: vec3<f32>, at: vec3<f32>) -> vec3<f32> {
    return color;
}

// How many samples from the n-th on cannot change what was gathered so far.
fn without_news(ray: Ray, n: f32, so_far: Gathered) -> f32 {
    if !has(TRAIT_BRICKS) || so_far.count == 0u || n < looked_until {
        return 0.0;
    }
    let brick = brick_at(ray, n);
    looked_until = brick.end;
    return select(0.0, max(ceil(brick.end - n), 1.0), is_idle(brick.range, so_far.value));
}

@fragment
fn project(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let ray = ray_under(position);
    let within = reach(ray);
    let last = min(within.y, floor(ray.far + ON_CUT));
    var all = Gathered(Sample(0.0), 0u);
    for (var n = max(within.x, ceil(ray.near - ON_CUT)); n <= last; n += 1.0) {
        let leap = without_news(ray, n, all);
        if leap > 0.0 {
            n += leap - 1.0;
            continue;
        }
        let sampled = sample_kept(place_on_ray(at_sample(ray, n)));
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
