// Places in a volume: voxel indices as a whole part and a rest, so that far from the first voxel they are as exact as near it.

struct Place {
    base: vec3<i32>,
    fraction: vec3<f32>,
}

// Weights smaller than this are noise of the arithmetic; algo::sample has the same number.
const SNAP: f32 = 4e-6;
const TABLE_WIDTH: i32 = 2048;

// Two texels a slice: (whole step, rest of step, 1 / distance to the next slice, whether texture slice n is loaded),
// (shift along i, shift along j, 0, 0).
@group(1) @binding(1) var slice_table: texture_2d<f32>;

fn table_texel(index: i32) -> vec4<f32> {
    return textureLoad(slice_table, vec2<i32>(index % TABLE_WIDTH, index / TABLE_WIDTH), 0);
}

fn is_loaded(slice: i32) -> bool {
    return table_texel(2 * slice).w > 0.5;
}

// The place of sample n under pixel (x, y), both counted from the middle pixel, on the mean grid.
fn mean_place(x: f32, y: f32, n: f32) -> Place {
    let right = x * layer.right_high;
    let down = y * layer.down_high;
    let depth = n * layer.depth_high;
    let rest = (right - floor(right)) + (down - floor(down)) + (depth - floor(depth)) + layer.fraction
        + x * layer.right_low + y * layer.down_low + n * layer.depth_low;
    let carry = floor(rest);
    let whole = floor(right) + floor(down) + floor(depth) + carry;
    return Place(layer.base + vec3<i32>(clamp(whole, vec3<f32>(-1e8), vec3<f32>(1e8))), rest - carry);
}

// How many mean slice steps a place lies beyond a slice.
fn beyond(mean: Place, row: vec4<f32>) -> f32 {
    return f32(mean.base.z - i32(row.x)) + (mean.fraction.z - row.y);
}

// From the mean grid to the true slices: model::geometry::Geometry::voxel_from_mean.
fn true_place(mean: Place) -> Place {
    if !has(TRAIT_TABLE) {
        return mean;
    }
    let last = layer.dims.z - 1;
    var low = 0;
    var end = layer.dims.z;
    // The first slice that lies behind the place.
    while low < end {
        let middle = (low + end) / 2;
        if beyond(mean, table_texel(2 * middle)) >= 0.0 {
            low = middle + 1;
        } else {
            end = middle;
        }
    }
    low = clamp(low - 1, 0, max(last - 1, 0));
    let row = table_texel(2 * low);
    let t = beyond(mean, row) * row.z;
    let shift = mix(table_texel(2 * low + 1).xy, table_texel(2 * min(low + 1, last) + 1).xy, clamp(t, 0.0, 1.0));
    let rest = vec3<f32>(mean.fraction.xy - shift, t);
    let carry = floor(rest);
    return Place(vec3<i32>(mean.base.xy, low) + vec3<i32>(carry), rest - carry);
}

// The volume ends half a voxel beyond the outermost centres.
fn is_inside(place: Place) -> bool {
    let from_first = vec3<f32>(place.base) + (place.fraction + 0.5);
    let from_last = vec3<f32>(place.base - (layer.dims - 1)) + (place.fraction - 0.5);
    return all(from_first >= vec3<f32>(-SNAP)) && all(from_last <= vec3<f32>(SNAP));
}

// A place with fractions that are noise made zero.
fn snapped(place: Place) -> Place {
    let is_next = place.fraction > vec3<f32>(1.0 - SNAP);
    let base = select(place.base, place.base + 1, is_next);
    return Place(base, select(place.fraction, vec3<f32>(0.0), is_next | (place.fraction < vec3<f32>(SNAP))));
}

// From voxels to texels.
fn texel_place(voxel: Place) -> Place {
    if !has(TRAIT_COARSE) {
        return snapped(voxel);
    }
    let at = (vec3<f32>(voxel.base) + voxel.fraction + 0.5) * layer.texels_per_voxel - 0.5;
    return snapped(Place(vec3<i32>(floor(at)), at - floor(at)));
}
