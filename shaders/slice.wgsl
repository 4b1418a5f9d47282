// A plane or a slab through one volume. The CPU twins are algo::reslice and algo::stack.

@fragment
fn slice(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let x = f32(i32(position.x) - layer.middle_x);
    let y = f32(i32(position.y) - layer.middle_y);
    if !has(TRAIT_GATHERS) {
        let sampled = sample_at(mean_place(x, y, 0.0));
        if sampled.state != STATE_VALUE {
            discard;
        }
        return shade(sampled.value);
    }
    var all = Gathered(Sample(0.0), 0u);
    for (var n = 0u; n <= layer.depth_steps; n++) {
        let sampled = sample_at(mean_place(x, y, f32(n)));
        if sampled.state == STATE_PENDING {
            // Part of a slab would be a plausible picture of something else.
            discard;
        }
        if sampled.state == STATE_VALUE {
            all = gather(all, sampled.value);
        }
    }
    if all.count == 0u {
        discard;
    }
    return shade(gathered_value(all));
}
