// A plane or a slab through one volume. The CPU twins are algo::reslice and algo::stack.

// What a pixel has, counted from the middle one.
fn sampled_at(x: f32, y: f32) -> Sampled {
    if !has(TRAIT_GATHERS) {
        return sample_at(mean_place(x, y, 0.0));
    }
    var all = Gathered(Sample(0.0), 0u);
    for (var n = 0u; n <= layer.depth_steps; n++) {
        let sampled = sample_at(mean_place(x, y, f32(n)));
        if sampled.state == STATE_PENDING {
            // Part of a slab would be a plausible picture of something else.
            return sampled;
        }
        if sampled.state == STATE_VALUE {
            all = gather(all, sampled.value);
        }
    }
    if all.count == 0u {
        return Sampled(Sample(0.0), STATE_NOTHING);
    }
    return Sampled(gathered_value(all), STATE_VALUE);
}

// Whether a number is at least the floor, from which it is counted. High numbers are low values where the gain is
// negative.
fn reaches_floor(value: Sample) -> bool {
    return select(scalar(value) >= 0.0, scalar(value) <= 0.0, layer.gain < 0.0);
}

// Whether a pixel is known not to reach the floor.
fn is_below(x: f32, y: f32) -> bool {
    let sampled = sampled_at(x, y);
    return sampled.state == STATE_NOTHING || (sampled.state == STATE_VALUE && !reaches_floor(sampled.value));
}

// Whether a pixel no further away than the outline is wide is below the floor.
fn touches_edge(x: f32, y: f32) -> bool {
    let width = i32(layer.outline_px);
    // Quarter by quarter: (dx, dy) with dx >= 1 and dy >= 0, and what a quarter turn, a half and three make of it.
    for (var dx = 1; dx <= width; dx++) {
        for (var dy = 0; dx * dx + dy * dy <= width * width; dy++) {
            let across = f32(dx);
            let along = f32(dy);
            if is_below(x + across, y + along) || is_below(x - along, y + across)
                || is_below(x - across, y - along) || is_below(x + along, y - across) {
                return true;
            }
        }
    }
    return false;
}

@fragment
fn slice(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let x = f32(i32(position.x) - layer.middle_x);
    let y = f32(i32(position.y) - layer.middle_y);
    let sampled = sampled_at(x, y);
    if sampled.state != STATE_VALUE {
        discard;
    }
    if !has(TRAIT_FLOOR) {
        return shade(sampled.value);
    }
    if !reaches_floor(sampled.value) {
        discard;
    }
    let is_edge = layer.outline > layer.opacity && touches_edge(x, y);
    return vec4<f32>(shade(sampled.value).rgb, select(layer.opacity, layer.outline, is_edge));
}
