// The value of a volume between voxel centres, read texel by texel in f32. The CPU twin is algo::sample.

override INTERPOLATION: u32 = 1u;
const NEAREST: u32 = 0u;
const LINEAR: u32 = 1u;
const CUBIC: u32 = 2u;

const STATE_NOTHING: u32 = 0u;
const STATE_VALUE: u32 = 1u;
const STATE_PENDING: u32 = 2u;

struct Sampled {
    value: Sample,
    // Nothing: outside, or not a number. Pending: a slice that is needed has not arrived.
    state: u32,
}

fn clamped(at: vec3<i32>) -> vec3<i32> {
    return clamp(at, vec3<i32>(0), texels_along() - 1);
}

// Within a slice a tap of weight zero does no harm: finite times zero is zero.
fn linear_plane(low: vec2<i32>, high: vec2<i32>, k: i32, t: vec2<f32>) -> Sample {
    let above = mix(fetch(vec3<i32>(low, k)), fetch(vec3<i32>(high.x, low.y, k)), Sample(t.x));
    let below = mix(fetch(vec3<i32>(low.x, high.y, k)), fetch(vec3<i32>(high, k)), Sample(t.x));
    return mix(above, below, Sample(t.y));
}

fn sample_linear(place: Place) -> Sampled {
    let low = clamped(place.base);
    let high = clamped(place.base + 1);
    let t = place.fraction;
    let needs_high = t.z > 0.0 && high.z != low.z;
    if is_missing(low.z) || (needs_high && is_missing(high.z)) {
        return Sampled(Sample(0.0), STATE_PENDING);
    }
    var value = linear_plane(low.xy, high.xy, low.z, t.xy);
    if needs_high {
        value = mix(value, linear_plane(low.xy, high.xy, high.z, t.xy), Sample(t.z));
    }
    return Sampled(value, STATE_VALUE);
}

fn sample_nearest(place: Place) -> Sampled {
    // Half-way goes up, whatever the noise says.
    let at = clamped(place.base + vec3<i32>(floor(place.fraction + (0.5 + SNAP))));
    if is_missing(at.z) {
        return Sampled(Sample(0.0), STATE_PENDING);
    }
    return Sampled(fetch(at), STATE_VALUE);
}

// Catmull-Rom weights of the four neighbours of a fraction.
fn cubic_weights(t: f32) -> array<f32, 4> {
    return array<f32, 4>(
        ((2.0 - t) * t - 1.0) * t * 0.5,
        ((3.0 * t - 5.0) * t * t + 2.0) * 0.5,
        ((4.0 - 3.0 * t) * t + 1.0) * t * 0.5,
        (t - 1.0) * t * t * 0.5,
    );
}

fn sample_cubic(place: Place) -> Sampled {
    var x = cubic_weights(place.fraction.x);
    var y = cubic_weights(place.fraction.y);
    var z = cubic_weights(place.fraction.z);
    let last = texels_along() - 1;
    var value = Sample(0.0);
    for (var c = 0; c < 4; c++) {
        if z[c] == 0.0 {
            continue;
        }
        let k = clamp(place.base.z + c - 1, 0, last.z);
        if is_missing(k) {
            return Sampled(Sample(0.0), STATE_PENDING);
        }
        var plane = Sample(0.0);
        for (var b = 0; b < 4; b++) {
            if y[b] == 0.0 {
                continue;
            }
            let j = clamp(place.base.y + b - 1, 0, last.y);
            var row = Sample(0.0);
            for (var a = 0; a < 4; a++) {
                if x[a] != 0.0 {
                    row += x[a] * fetch(vec3<i32>(clamp(place.base.x + a - 1, 0, last.x), j, k));
                }
            }
            plane += y[b] * row;
        }
        value += z[c] * plane;
    }
    return Sampled(value, STATE_VALUE);
}

fn sample_at(mean: Place) -> Sampled {
    return sample_voxel(true_place(mean));
}

// The value at a place among the true slices.
fn sample_voxel(voxel: Place) -> Sampled {
    if !is_inside(voxel) {
        return Sampled(Sample(0.0), STATE_NOTHING);
    }
    let place = place_to_read(voxel);
    var sampled: Sampled;
    if INTERPOLATION == NEAREST {
        sampled = sample_nearest(place);
    } else if INTERPOLATION == CUBIC {
        sampled = sample_cubic(place);
    } else {
        sampled = sample_linear(place);
    }
    if sampled.state == STATE_VALUE && !is_number(sampled.value) {
        sampled.state = STATE_NOTHING;
    }
    return sampled;
}
