// From values to grey to colour: the VOI window of PS3.3 C.11.2.1.2, inversion, colour map.

const WINDOW_STRAIGHT: u32 = 0u;
const WINDOW_SIGMOID: u32 = 1u;
const WINDOW_STEP: u32 = 2u;

// Not-a-number is uploaded as 1e36; real values are kept below 1e29.
const NUMBERS_END: f32 = 1e30;

fn is_number(value: Sample) -> bool {
    return abs(value) < NUMBERS_END;
}

// Whether the highest (or lowest) value so far is beyond the window's end, so that no other can change the grey.
fn is_settled(value: Sample) -> bool {
    if layer.gather == GATHER_MEAN || layer.window_function == WINDOW_SIGMOID {
        return false;
    }
    let x = value * layer.gain + layer.bias;
    let gets_brighter = (layer.gather == GATHER_HIGHEST) == (layer.gain > 0.0);
    return select(x <= 0.0, x >= 1.0, gets_brighter);
}

// Whether no number in a range could change the highest (or lowest) so far, or not so that it is seen.
fn is_idle(range: vec2<f32>, so_far: Sample) -> bool {
    if layer.gather == GATHER_MEAN {
        return false;
    }
    let is_highest = layer.gather == GATHER_HIGHEST;
    let most = select(range.x, range.y, is_highest);
    if select(most >= so_far, most <= so_far, is_highest) {
        return true;
    }
    let x = most * layer.gain + layer.bias;
    let gets_brighter = is_highest == (layer.gain > 0.0);
    return layer.window_function != WINDOW_SIGMOID && select(x >= 1.0, x <= 0.0, gets_brighter);
}

// The number by which a value is classified.
fn scalar(value: Sample) -> f32 {
    return value;
}

fn shade(value: Sample) -> vec4<f32> {
    let x = value * layer.gain + layer.bias;
    var grey = clamp(x, 0.0, 1.0);
    if layer.window_function == WINDOW_SIGMOID {
        grey = 1.0 / (1.0 + exp(-4.0 * clamp(x, -20.0, 20.0)));
    } else if layer.window_function == WINDOW_STEP {
        grey = select(0.0, 1.0, x > 0.0);
    }
    if layer.invert != 0u {
        grey = 1.0 - grey;
    }
    let level = i32(floor(grey * 255.0 + 0.5));
    return vec4<f32>(textureLoad(color_map, vec2<i32>(level, 0), 0).rgb, layer.opacity);
}
