// One layer of a picture: where its voxels lie under the pixels, and how its values become grey.
// The Rust side is gpu::uniform::LayerUniform; a test compares the offsets of both.

struct Layer {
    // Steps in voxels from pixel to pixel and from sample to sample, split in two: the high parts have 11 bits, so
    // that their products with pixel numbers are exact and only small remainders are ever rounded.
    right_high: vec3<f32>,
    // 1: black and white exchanged.
    invert: u32,
    right_low: vec3<f32>,
    opacity: f32,
    down_high: vec3<f32>,
    window_function: u32,
    down_low: vec3<f32>,
    gather: u32,
    depth_high: vec3<f32>,
    // Steps from the first to the last sample.
    depth_steps: u32,
    depth_low: vec3<f32>,
    // grey = value * gain + bias
    gain: f32,
    // The voxel under the middle pixel at sample 0: whole part and rest.
    base: vec3<i32>,
    bias: f32,
    fraction: vec3<f32>,
    // stored = texel * texel_scale + texel_offset
    texel_scale: f32,
    // Voxels of the volume along i, j, k.
    dims: vec3<i32>,
    texel_offset: f32,
    // Texels of the texture; fewer than voxels at a coarse level.
    texels: vec3<i32>,
    // Width of the outline of labels, and of what reaches a floor.
    outline_px: u32,
    texels_per_voxel: vec3<f32>,
    middle_x: i32,
    // The volume's box in the coordinates before the slice table.
    box_low: vec3<f32>,
    middle_y: i32,
    box_high: vec3<f32>,
    // Opacity of that outline.
    outline: f32,
}

// What a pipeline is made for: the usual case, evenly spaced and complete, does without the code of the others.
override TRAITS: u32 = 0u;
// Slices are where a table says.
const TRAIT_TABLE: u32 = 1u;
// Slices are missing.
const TRAIT_PARTIAL: u32 = 2u;
// A texel stands for several voxels.
const TRAIT_COARSE: u32 = 4u;
// Texels are normalised whole numbers.
const TRAIT_WHOLE_NUMBERS: u32 = 8u;
// Several samples make a pixel.
const TRAIT_GATHERS: u32 = 16u;
// Lowest and highest number of each brick of voxels are known.
const TRAIT_BRICKS: u32 = 32u;
// Only the voxels of a mask are seen.
const TRAIT_MASK: u32 = 64u;
// Values below a floor are not drawn; numbers are counted from it.
const TRAIT_FLOOR: u32 = 128u;
// From this bit on two bits: mask_doublings in volume/volume.wgsl.
const FIRST_BIT_OF_DOUBLINGS: u32 = 8u;

const GATHER_NONE: u32 = 0u;
const GATHER_HIGHEST: u32 = 1u;
const GATHER_LOWEST: u32 = 2u;
const GATHER_MEAN: u32 = 3u;

@group(0) @binding(0) var<uniform> layer: Layer;
@group(2) @binding(0) var color_map: texture_2d<f32>;

fn has(trait_bit: u32) -> bool {
    return (TRAITS & trait_bit) != 0u;
}
