// How much of the light the surroundings of a place let in. The CPU twin is model::occlusion.

@group(2) @binding(2) var open_cells: texture_3d<f32>;
@group(2) @binding(3) var between_cells: sampler;

const DIMS: bool = true;

fn dimmed(color: vec3<f32>, place: Place) -> vec3<f32> {
    let share = vec3<f32>(view.matter[SLOT].share_i, view.matter[SLOT].share_j, view.matter[SLOT].share_k);
    let open = textureSampleLevel(open_cells, between_cells, (voxel_of(place) + 0.5) * share, 0.0).r;
    return color * (1.0 - view.occlusion * (1.0 - open));
}
