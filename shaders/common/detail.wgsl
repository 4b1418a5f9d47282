// A volume of which a coarse level is in one texture, and bricks of all its voxels in an atlas, as many as there is room
// for (gpu::detail). A sample reads voxels where all that it needs are there, else the coarse level.

// For each brick, i fastest, in rows of PAGES_WIDTH: where it is, and which of its slices are there, a bit each.
@group(3) @binding(0) var pages: texture_2d<u32>;
const PAGES_WIDTH: i32 = 2048;
const BRICK_SHIFT: vec3<u32> = vec3<u32>(5u);
const BRICK_MASK: vec3<i32> = vec3<i32>(31);
// All voxels of the brick are what the lowest 16 bits say. Else ten bits each say the place in the atlas, in bricks.
const PAGE_IS_UNIFORM: u32 = 0x80000000u;

// Whether voxels are read and not the coarse level.
var<private> reads_bricks: bool = false;
// The page that was looked at last: most samples stay in one brick.
var<private> last_brick: vec3<i32> = vec3<i32>(-1);
var<private> last_page: vec2<u32>;

fn page_of(brick: vec3<i32>) -> vec2<u32> {
    if any(brick != last_brick) {
        let across = (layer.dims + BRICK_MASK) >> BRICK_SHIFT;
        let index = (brick.z * across.y + brick.y) * across.x + brick.x;
        last_page = textureLoad(pages, vec2<i32>(index % PAGES_WIDTH, index / PAGES_WIDTH), 0).rg;
        last_brick = brick;
    }
    return last_page;
}

// Whether all voxels of a box, both ends included, are there.
fn are_there(low: vec3<i32>, high: vec3<i32>) -> bool {
    let first = low >> BRICK_SHIFT;
    let last = high >> BRICK_SHIFT;
    for (var k = first.z; k <= last.z; k++) {
        let from_slice = u32(max(low.z - 32 * k, 0));
        let to_slice = u32(min(high.z - 32 * k, 31));
        let slices = (0xffffffffu << from_slice) & (0xffffffffu >> (31u - to_slice));
        for (var j = first.y; j <= last.y; j++) {
            for (var i = first.x; i <= last.x; i++) {
                if (page_of(vec3<i32>(i, j, k)).y & slices) != slices {
                    return false;
                }
            }
        }
    }
    return true;
}

fn texels_along() -> vec3<i32> {
    return select(layer.texels, layer.dims, reads_bricks);
}

fn texel_at(at: vec3<i32>) -> Texel {
    if !reads_bricks {
        return textureLoad(voxels, at, 0);
    }
    let page = page_of(at >> BRICK_SHIFT);
    if page.y == 0u {
        // Of no weight.
        return Texel();
    }
    if (page.x & PAGE_IS_UNIFORM) != 0u {
        return uniform_texel(page.x & 0xffffu);
    }
    let brick = vec3<i32>(vec3<u32>(page.x, page.x >> 10u, page.x >> 20u) & vec3<u32>(1023u));
    return textureLoad(atlas, (brick << BRICK_SHIFT) + (at & BRICK_MASK), 0);
}

fn is_missing(slice: i32) -> bool {
    return has(TRAIT_PARTIAL) && !reads_bricks && !is_loaded(slice);
}

// The place among the voxels if all that have weight are there, else among the texels of the coarse level.
fn place_to_read(voxel: Place) -> Place {
    let place = snapped(voxel);
    var low = place.base;
    var high = place.base;
    if INTERPOLATION == NEAREST {
        low += vec3<i32>(floor(place.fraction + (0.5 + SNAP)));
        high = low;
    } else {
        let more = select(vec3<i32>(0), vec3<i32>(1), place.fraction > vec3<f32>(0.0));
        high += more;
        if INTERPOLATION == CUBIC {
            low -= more;
            high += more;
        }
    }
    let last = layer.dims - 1;
    reads_bricks = are_there(clamp(low, vec3<i32>(0), last), clamp(high, vec3<i32>(0), last));
    if reads_bricks {
        return place;
    }
    return texel_place(voxel);
}

fn place_around(voxel: vec3<f32>) -> Place {
    let last = layer.dims - 1;
    let place = clamp(voxel, vec3<f32>(0.0), vec3<f32>(last));
    let low = vec3<i32>(place);
    reads_bricks = are_there(low, min(low + 1, last));
    if reads_bricks {
        return Place(low, fract(place));
    }
    let at = clamp((voxel + 0.5) * layer.texels_per_voxel - 0.5, vec3<f32>(0.0), vec3<f32>(layer.texels - 1));
    return Place(vec3<i32>(at), fract(at));
}
