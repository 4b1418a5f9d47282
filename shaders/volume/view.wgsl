// What all volumes of a picture share: the camera's rays, the cuts, the light, and what is seen behind.
// The Rust side is gpu::volume_view::ViewUniform; a test compares the offsets of both.
//
// Places on rays are counted in pixels to the right of and below the middle pixel of the picture and in samples behind
// the plane through the camera's target; lengths and gradients are in mm along the same three axes.

const MOST_SLOTS: u32 = 8u;
const MOST_PLANES: u32 = 32u;
const MOST_SLICES: u32 = 8u;

// How a volume or a label map is classified and lit.
struct Matter {
    // A voxel's edges, mm.
    edge_i: vec3<f32>,
    // Entry of the table of the transfer function = (sample - table_start) * table_gain
    table_start: f32,
    edge_j: vec3<f32>,
    table_gain: f32,
    edge_k: vec3<f32>,
    // Samples on this side of it are within the surface …
    iso: f32,
    iso_color: vec3<f32>,
    // … those above (1) or below (-1).
    iso_side: f32,
    ambient: f32,
    diffuse: f32,
    specular: f32,
    shininess: f32,
    opacity: f32,
    // The step in units of the thickness that opacities are given for.
    thickness: f32,
    // Value = sample * value_gain + …
    value_gain: f32,
    // Entry of the table of gradients = (length - gradient_start) * gradient_gain; 0: gradients do not matter.
    gradient_gain: f32,
    gradient_start: f32,
    // Coordinate in the texture of open cells = (voxel index + ½) * share
    share_i: f32,
    share_j: f32,
    share_k: f32,
}

struct View {
    // From the middle pixel's centre to the middle of the whole picture, pixels.
    from_middle: vec2<f32>,
    // From the eye to the target; 0: rays are parallel.
    distance_mm: f32,
    mm_per_pixel: f32,
    // Of length 1.
    towards_light: vec3<f32>,
    step_mm: f32,
    // What is seen behind, at the top and at the bottom of the whole picture.
    top: vec4<f32>,
    bottom: vec4<f32>,
    middle: vec2<i32>,
    // Of the tile in the whole picture.
    corner: vec2<f32>,
    whole_height: f32,
    is_shaded: u32,
    silhouettes: f32,
    plane_count: u32,
    slice_count: u32,
    // How dark it is where it is not open.
    occlusion: f32,
    padding_a: u32,
    padding_b: u32,
    // Kept is where dot(plane.xyz, place) >= plane.w.
    planes: array<vec4<f32>, MOST_PLANES>,
    // Pictures that stand where dot(slice.xyz, place) = slice.w.
    slices: array<vec4<f32>, MOST_SLICES>,
    matter: array<Matter, MOST_SLOTS>,
}

@group(0) @binding(0) var<uniform> view: View;

struct Ray {
    start: vec3<f32>,
    // From sample to sample.
    step: vec3<f32>,
    // Of length 1, in mm.
    direction: vec3<f32>,
    // What is before the eye and not cut away, in samples.
    near: f32,
    far: f32,
    // The eye, in samples.
    eye: f32,
}

const FAR_AWAY: f32 = 1e9;
// What lies on a cut is kept, whatever the noise of the arithmetic says.
const ON_CUT: f32 = 2e-5;

fn at_sample(ray: Ray, n: f32) -> vec3<f32> {
    return ray.start + n * ray.step;
}

fn ray_under(position: vec4<f32>) -> Ray {
    let pixel = vec2<f32>(vec2<i32>(position.xy) - view.middle);
    var ray = Ray(vec3<f32>(pixel, 0.0), vec3<f32>(0.0, 0.0, 1.0), vec3<f32>(0.0, 0.0, 1.0), -FAR_AWAY, FAR_AWAY, -FAR_AWAY);
    if view.distance_mm > 0.0 {
        let from_eye = vec3<f32>((pixel + view.from_middle) * view.mm_per_pixel, view.distance_mm);
        ray.direction = normalize(from_eye);
        ray.step = vec3<f32>(ray.direction.xy * (view.step_mm / view.mm_per_pixel), ray.direction.z);
        ray.eye = -length(from_eye) / view.step_mm;
        ray.near = ray.eye;
    }
    for (var c = 0u; c < view.plane_count; c++) {
        let plane = view.planes[c];
        let beyond = dot(plane.xyz, ray.start) - plane.w;
        let slope = dot(plane.xyz, ray.step);
        if abs(slope) < 1e-12 {
            if beyond < 0.0 {
                ray.far = -FAR_AWAY;
            }
        } else if slope > 0.0 {
            ray.near = max(ray.near, -beyond / slope);
        } else {
            ray.far = min(ray.far, -beyond / slope);
        }
    }
    return ray;
}

// A share of a step by which the samples of a pixel's ray are put off, so that their layers do not show as rings.
fn put_off(position: vec4<f32>) -> f32 {
    let pixel = position.xy + view.corner;
    return fract(52.9829189 * fract(dot(floor(pixel), vec2<f32>(0.06711056, 0.00583715))));
}

// Adds what lies behind; colours are already multiplied by their opacity.
fn behind(sum: vec4<f32>, color: vec3<f32>, opacity: f32) -> vec4<f32> {
    return sum + (1.0 - sum.a) * opacity * vec4<f32>(color, 1.0);
}

// The pixel: what was gathered, before the background. The alpha of pictures is not premultiplied.
fn before_background(sum: vec4<f32>, position: vec4<f32>) -> vec4<f32> {
    let t = (floor(position.y) + 0.5 + view.corner.y) / view.whole_height;
    let back = mix(view.top, view.bottom, t);
    let all = behind(sum, back.rgb, back.a);
    return vec4<f32>(all.rgb / max(all.a, 1e-6), all.a);
}
