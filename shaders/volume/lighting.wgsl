// How light comes back from a surface (Blinn 1977, after Phong). The CPU twin is algo::lighting.

fn lit(color: vec3<f32>, slot: u32, gradient: vec3<f32>, direction: vec3<f32>) -> vec3<f32> {
    if view.is_shaded == 0u {
        return color;
    }
    let steepness = length(gradient);
    var normal = -direction;
    if steepness > 1e-20 {
        normal = gradient / steepness;
    }
    normal = select(normal, -normal, dot(normal, direction) > 0.0);
    let sum = view.towards_light - direction;
    let halfway = select(normal, normalize(sum), dot(sum, sum) > 1e-12);
    let even = view.matter[slot].ambient + view.matter[slot].diffuse * max(dot(normal, view.towards_light), 0.0);
    let mirrored = view.matter[slot].specular * pow(max(dot(normal, halfway), 1e-6), view.matter[slot].shininess);
    let aside = max(1.0 + dot(normal, direction), 0.0);
    let edge = 1.0 - view.silhouettes * aside * aside * aside;
    return clamp((color * even + mirrored) * edge, vec3<f32>(0.0), vec3<f32>(1.0));
}

// Carries differences from voxel to voxel (along i, j, k) into the patient, for voxels with these edges.
fn in_patient(along: vec3<f32>, i: vec3<f32>, j: vec3<f32>, k: vec3<f32>) -> vec3<f32> {
    let jk = cross(j, k);
    return (along.x * jk + along.y * cross(k, i) + along.z * cross(i, j)) / dot(i, jk);
}
