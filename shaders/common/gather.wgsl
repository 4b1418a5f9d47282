// Many samples made one.

struct Gathered {
    value: Sample,
    count: u32,
}

fn gather(so_far: Gathered, value: Sample) -> Gathered {
    var next = value;
    if so_far.count > 0u {
        if layer.gather == GATHER_HIGHEST {
            next = max(so_far.value, value);
        } else if layer.gather == GATHER_LOWEST {
            next = min(so_far.value, value);
        } else {
            next = so_far.value + value;
        }
    }
    return Gathered(next, so_far.count + 1u);
}

fn gathered_value(all: Gathered) -> Sample {
    return select(all.value, all.value / Sample(f32(max(all.count, 1u))), layer.gather == GATHER_MEAN);
}
