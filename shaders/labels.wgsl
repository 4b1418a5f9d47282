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
    let value = sampled.value * layer.gain + layer.bias + 0.5;
    // By its bits, for a comparison may believe that there are no such numbers: those that are not finite have all
    // bits of the exponent set. What floor, clamp and i32 make of them is for the driver to choose.
    if (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u {
        return NO_LABEL;
    }
    let label = i32(floor(clamp(value, 0.0, 1e9)));
    return select(NO_LABEL, label, color_of(label).a > 0.0);
}

fn is_other(label: i32, x: f32, y: f32) -> bool {
    let other = label_at(x, y);
    return other != PENDING && other != label;
}

// Whether a pixel no further away than the outline is wide has another label.
fn touches_another(label: i32, x: f32, y: f32) -> bool {
    let width = i32(layer.outline_px);
    // Quarter by quarter: (dx, dy) with dx >= 1 and dy >= 0, and what a quarter turn, a half and three make of it.
    for (var dx = 1; dx <= width; dx++) {
        for (var dy = 0; dx * dx + dy * dy <= width * width; dy++) {
            let across = f32(dx);
            let along = f32(dy);
            if is_other(label, x + across, y + along) || is_other(label, x - along, y + across)
                || is_other(label, x - across, y - along) || is_other(label, x + along, y - across) {
                return true;
            }
        }
    }
    return false;
}

@fragment
fn labels(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let x = f32(i32(position.x) - layer.middle_x);
    let y = f32(i32(position.y) - layer.middle_y);
    let label = label_at(x, y);
    if label <= NO_LABEL {
        discard;
    }
    let is_edge = layer.outline > layer.opacity && touches_another(label, x, y);
    let opacity = select(layer.opacity, layer.outline, is_edge);
    return vec4<f32>(color_of(label).rgb, opacity);
}
