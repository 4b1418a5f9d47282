// A label map over a picture that is drawn: filled and outlined. The CPU twin is algo::labels.
// The uniform's gain and bias make labels of stored numbers, its opacity is that of the inside, and the colour map's
// texture holds a colour for each label in rows of COLORS_WIDTH, with alpha 0 where a label is not drawn.

const COLORS_WIDTH: i32 = 256;
const NO_LABEL: i32 = 0;
const PENDING: i32 = -1;

fn color_of(label: i32) -> vec4<f32> {
    let size = vec2<i32>(textureDimensions(color_map));
    if label <= NO_LABEL || label >= COLORS_WIDTH * size.y {
        return vec4<f32>(0.0);
    }
    return textureLoad(color_map, vec2<i32>(label % COLORS_WIDTH, label / COLORS_WIDTH), 0);
}

// The label under a pixel counted from the middle one; that of a label that is not drawn is none.
fn label_at(x: f32, y: f32) -> i32 {
    let sampled = sample_at(mean_place(x, y, 0.0));
    if sampled.state == STATE_PENDING {
        return PENDING;
    }
    if sampled.state != STATE_VALUE {
        return NO_LABEL;
    }
    let label = i32(clamp(floor(sampled.value * layer.gain + layer.bias + 0.5), 0.0, 1e9));
    return select(NO_LABEL, label, color_of(label).a > 0.0);
}

fn is_other(label: i32, x: f32, y: f32) -> bool {
    let other = label_at(x, y);
    return other != PENDING && other != label;
}

@fragment
fn labels(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let x = f32(i32(position.x) - layer.middle_x);
    let y = f32(i32(position.y) - layer.middle_y);
    let label = label_at(x, y);
    if label <= NO_LABEL {
        discard;
    }
    let width = f32(layer.outline_px);
    let is_edge = is_other(label, x - width, y) || is_other(label, x + width, y)
        || is_other(label, x, y - width) || is_other(label, x, y + width);
    let opacity = select(layer.opacity, max(layer.outline, layer.opacity), is_edge);
    return vec4<f32>(color_of(label).rgb, opacity);
}
