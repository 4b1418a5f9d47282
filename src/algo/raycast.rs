//! Volumes seen through a camera, drawn slowly and obviously in f64: the CPU twin of `shaders/volume/*.wgsl` and of
//! `algo::quick_rays`.

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::model::occlusion::Occlusion;
use crate::model::plane::Plane;
use crate::model::transfer_function::Material;
use crate::scene::{Ray, VolumeLayer, VolumeMode, VolumeScene};

use super::gradient::{gradient, scalar};
use super::label_matter::{LabelField, tinted};
use super::lighting::Lit;
use super::mesh_tree::MeshTree;
use super::reslice::draw_pixels;
use super::sample::{SNAP, Sample, sample};
use super::shade::color;

/// The picture as RGBA, 8 bits, rows from the top. Samples that have not arrived are left out: the picture grows while
/// its volume is read.
pub fn draw_volume(scene: &VolumeScene) -> Vec<u8> {
    if scene.mode.is_projection() {
        return super::project::draw_projection(scene);
    }
    // Without a volume in the patient there are no samples, and any step is as good.
    let step_mm = scene.sample_step_mm().unwrap_or(1.0);
    let there = There {
        layers: layers(scene),
        labels: LabelField::of(scene),
        meshes: MeshTree::new(&scene.surfaces),
        lit: Lit::new(scene),
    };
    draw_pixels(scene.size, |x, y, pixel| {
        let ray = scene.ray(f64::from(x) + 0.5, f64::from(y) + 0.5);
        let color = match scene.mode {
            VolumeMode::Iso => surfaces(scene, &there, &ray, step_mm),
            _ => composite(scene, &there, &ray, step_mm),
        };
        *pixel = over(scene, y, color);
    })
}

/// All that may be met by a ray.
struct There<'a> {
    layers: Vec<Placed<'a>>,
    labels: Vec<LabelField<'a>>,
    meshes: MeshTree,
    lit: Lit,
}

impl There<'_> {
    /// What a ray meets at one place each: slices that stand in the volume and surfaces, nearest first. Where, in mm
    /// from its origin, and colour and opacity there.
    fn sheets(&self, scene: &VolumeScene, ray: &Ray) -> Vec<(f64, [f64; 4])> {
        let opaque = |(at, [red, green, blue]): (f64, [f64; 3])| (at, [red, green, blue, 1.0]);
        let mut sheets: Vec<(f64, [f64; 4])> = slices(scene, ray).into_iter().map(opaque).collect();
        let seen = self.meshes.hits(ray.origin, ray.direction, seen_range(scene, ray));
        sheets.extend(seen.into_iter().filter_map(|hit| {
            let layer = scene.surfaces.get(hit.layer)?;
            let color = layer.color.map(|part| f64::from(part) / 255.0);
            let color = self.lit.shade(color, &Material::default(), hit.normal, ray.direction);
            let [red, green, blue] = dimmed(scene, color, ray.origin + ray.direction * hit.at_mm);
            Some((hit.at_mm, [red, green, blue, f64::from(layer.drawn_opacity())]))
        }));
        sheets.sort_by(|a, b| a.0.total_cmp(&b.0));
        sheets
    }
}

/// The part of a ray that is before the eye and not cut away, mm from its origin.
fn seen_range(scene: &VolumeScene, ray: &Ray) -> [f64; 2] {
    let [near, far] = scene.cuts.range(ray.origin, ray.direction);
    [near.max(-ray.to_eye_mm), far]
}

/// A layer that has a place in the patient.
struct Placed<'a> {
    layer: &'a VolumeLayer,
    geometry: &'a Geometry,
    /// How open its places are, and how much that counts.
    occlusion: Option<(&'a Occlusion, f64)>,
}

impl Placed<'_> {
    /// The number at a place, with its voxel.
    fn at(&self, place: DVec3) -> Option<(f64, DVec3)> {
        let image = &self.layer.image;
        let voxel = self.geometry.voxel_at(place);
        if self.layer.mask.as_ref().is_some_and(|mask| !mask.keeps_at(voxel)) {
            return None;
        }
        match sample(&image.volume, voxel, image.frame, image.interpolation) {
            Sample::Value(value) => Some((scalar(value), voxel)),
            Sample::Nothing | Sample::Pending => None,
        }
    }

    /// A colour with as much of its light as the surroundings of its voxel let in.
    fn dimmed(&self, color: [f64; 3], voxel: DVec3) -> [f64; 3] {
        match self.occlusion {
            Some((field, strength)) => color.map(|part| part * (1.0 - strength * (1.0 - field.open_at(voxel)))),
            None => color,
        }
    }

    /// Whether the value at a place of a ray, in mm from its origin, is the surface's or above.
    fn is_within(&self, ray: &Ray, t: f64) -> bool {
        self.at(ray.origin + ray.direction * t)
            .is_some_and(|(value, _)| value >= self.layer.iso)
    }
}

fn layers(scene: &VolumeScene) -> Vec<Placed<'_>> {
    let geometries = scene.layers.iter().map(|layer| layer.image.volume.geometry());
    let placed = scene.layers.iter().zip(geometries).filter_map(|(layer, geometry)| {
        let geometry = geometry?;
        let occlusion = scene
            .occlusion(layer)
            .map(|(field, strength)| (field.as_ref(), strength));
        Some(Placed {
            layer,
            geometry,
            occlusion,
        })
    });
    placed.collect()
}

/// Which samples of a ray lie inside the cuts and before the eye, and may lie in a volume: first and last.
pub(super) fn samples_of(scene: &VolumeScene, ray: &Ray, step_mm: f64) -> std::ops::RangeInclusive<i64> {
    let around = scene
        .layers
        .iter()
        .map(|layer| &layer.image.volume)
        .chain(scene.labels.iter().map(|layer| &layer.volume))
        .filter_map(|volume| volume.geometry())
        .map(|geometry| extent_mm(geometry, ray))
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[near, far], [low, high]| {
            [near.min(low), far.max(high)]
        });
    let kept = scene.cuts.range(ray.origin, ray.direction);
    // Each sample is asked whether it lies in a volume: one to spare at the ends, but none beyond a cut.
    let first = (around[0] / step_mm)
        .floor()
        .max((kept[0].max(-ray.to_eye_mm) / step_mm - SNAP).ceil());
    let last = (around[1] / step_mm).ceil().min((kept[1] / step_mm + SNAP).floor());
    first as i64..=last as i64
}

/// From where to where a volume may reach along a ray, in mm from the ray's origin: its corners, slice by slice, since
/// any of them may be displaced sideways.
fn extent_mm(geometry: &Geometry, ray: &Ray) -> [f64; 2] {
    let [columns, rows, slices] = geometry.dims().map(|side| side as f64 - 0.5);
    let table = geometry.slice_table().map_or(0, |_| geometry.dims()[2]);
    let places = (0..table).map(|k| k as f64).chain([-0.5, slices]);
    places
        .flat_map(|k| {
            [(-0.5, -0.5), (columns, -0.5), (-0.5, rows), (columns, rows)]
                .map(|(i, j)| (geometry.patient_at(DVec3::new(i, j, k)) - ray.origin).dot(ray.direction))
        })
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], at| {
            [low.min(at), high.max(at)]
        })
}

/// Material front to back: colour and opacity of a ray, the colour already multiplied by the opacity.
fn composite(scene: &VolumeScene, there: &There<'_>, ray: &Ray, step_mm: f64) -> [f64; 4] {
    let mut sum = [0.0; 4];
    walk(scene, there, ray, step_mm, |_, color, opacity| {
        add(&mut sum, color, opacity);
        false
    });
    sum
}

/// Goes along a ray through material and what stands in it, nearest first. `meet` is told where in mm from the ray's
/// origin something is, its colour and its opacity, and answers whether that is enough.
fn walk(
    scene: &VolumeScene,
    there: &There<'_>,
    ray: &Ray,
    step_mm: f64,
    mut meet: impl FnMut(f64, [f64; 3], f64) -> bool,
) {
    let There {
        layers, labels, lit, ..
    } = there;
    let mut sheets = there.sheets(scene, ray).into_iter().peekable();
    for n in samples_of(scene, ray, step_mm) {
        let at = n as f64 * step_mm;
        while let Some((depth, [red, green, blue, opacity])) = sheets.next_if(|(depth, _)| *depth <= at) {
            if meet(depth, [red, green, blue], opacity) {
                return;
            }
        }
        let place = ray.origin + ray.direction * at;
        for field in labels {
            if let Some(drawn) = field.at(place) {
                let color = lit.shade(drawn.color, &Material::default(), field.slope(&drawn), ray.direction);
                if meet(at, dimmed(scene, color, place), field.over_step(step_mm)) {
                    return;
                }
            }
        }
        for placed in layers {
            let Some((value, voxel)) = placed.at(place) else {
                continue;
            };
            let transfer = &placed.layer.transfer;
            let seen = transfer.at(value);
            if seen.opacity <= 0.0 {
                continue;
            }
            let slope = gradient(&placed.layer.image, placed.geometry, voxel, value);
            let opacity = seen.opacity * transfer.gradient_factor(slope.length());
            let opacity = transfer.over_step(opacity, step_mm) * f64::from(placed.layer.image.opacity);
            let color = tinted(labels, seen.color, place);
            let color = lit.shade(color, &transfer.material, slope, ray.direction);
            if meet(at, placed.dimmed(color, voxel), opacity) {
                return;
            }
        }
    }
    for (depth, [red, green, blue, opacity]) in sheets {
        if meet(depth, [red, green, blue], opacity) {
            return;
        }
    }
}

/// Where a ray meets the slices that stand in the volume, nearest first: mm from its origin, and the colour there.
pub(super) fn slices(scene: &VolumeScene, ray: &Ray) -> Vec<(f64, [f64; 3])> {
    let Some((layer, geometry)) = scene
        .layers
        .first()
        .and_then(|layer| Some((&layer.image, layer.image.volume.geometry()?)))
    else {
        return Vec::new();
    };
    let meet = |plane: &Plane| {
        let normal = plane.axes.normal();
        let at = (plane.center - ray.origin).dot(normal) / ray.direction.dot(normal);
        if !at.is_finite() || at < -ray.to_eye_mm {
            return None;
        }
        let voxel = geometry.voxel_at(ray.origin + ray.direction * at);
        match sample(&layer.volume, voxel, layer.frame, layer.interpolation) {
            Sample::Value(value) => Some((at, color(layer, value).map(|part| f64::from(part) / 255.0))),
            Sample::Nothing | Sample::Pending => None,
        }
    };
    let mut met: Vec<(f64, [f64; 3])> = scene.slices.iter().filter_map(meet).collect();
    met.sort_by(|a, b| a.0.total_cmp(&b.0));
    met
}

/// The colour of a label or a surface with as much of its light as its surroundings let in.
fn dimmed(scene: &VolumeScene, color: [f64; 3], place: DVec3) -> [f64; 3] {
    let left = scene.light_left_at(place);
    color.map(|part| part * left)
}

/// Adds what lies behind.
fn add(sum: &mut [f64; 4], color: [f64; 3], opacity: f64) {
    let share = (1.0 - sum[3]) * opacity;
    for (part, color) in sum.iter_mut().zip(color) {
        *part += share * color;
    }
    sum[3] += share;
}

/// The nearest surface of each label map and volume, all of meshes, and the slices, front to back.
fn surfaces(scene: &VolumeScene, there: &There<'_>, ray: &Ray, step_mm: f64) -> [f64; 4] {
    let mut sum = [0.0; 4];
    for (_, [r, g, b, opacity]) in all_sheets(scene, there, ray, step_mm) {
        add(&mut sum, [r, g, b], opacity);
    }
    sum
}

/// The same, each for itself: where, in mm from the ray's origin, and colour and opacity there.
fn all_sheets(scene: &VolumeScene, there: &There<'_>, ray: &Ray, step_mm: f64) -> Vec<(f64, [f64; 4])> {
    let There {
        layers, labels, lit, ..
    } = there;
    let mut sheets = there.sheets(scene, ray);
    for field in labels {
        let is_there = |t: f64| field.at(ray.origin + ray.direction * t).is_some();
        if let Some(at) = hit(scene, is_there, ray, step_mm)
            && let Some(drawn) = field.at(ray.origin + ray.direction * at)
        {
            let color = lit.shade(drawn.color, &Material::default(), field.slope(&drawn), ray.direction);
            let [r, g, b] = dimmed(scene, color, ray.origin + ray.direction * at);
            sheets.push((at, [r, g, b, field.fill()]));
        }
    }
    for placed in layers {
        let transfer = &placed.layer.transfer;
        if let Some(at) = hit(scene, |t| placed.is_within(ray, t), ray, step_mm)
            && let Some((value, voxel)) = placed.at(ray.origin + ray.direction * at)
        {
            let slope = gradient(&placed.layer.image, placed.geometry, voxel, value);
            let color = transfer.at(placed.layer.iso).color;
            let color = tinted(labels, color, ray.origin + ray.direction * at);
            let color = lit.shade(color, &transfer.material, slope, ray.direction);
            let [r, g, b] = placed.dimmed(color, voxel);
            sheets.push((at, [r, g, b, f64::from(placed.layer.image.opacity)]));
        }
    }
    sheets.sort_by(|a, b| a.0.total_cmp(&b.0));
    sheets
}

/// Where a ray first comes to places that are within something, in mm from its origin: between the samples before and
/// after, by halves. A cut face is a surface too.
fn hit(scene: &VolumeScene, is_within: impl Fn(f64) -> bool, ray: &Ray, step_mm: f64) -> Option<f64> {
    let [near, far] = seen_range(scene, ray);
    let is_within = |t: f64| t >= near && t <= far && is_within(t);
    let first = samples_of(scene, ray, step_mm).find(|n| is_within(*n as f64 * step_mm))? as f64 * step_mm;
    let (mut out, mut within) = (first - step_mm, first);
    for _ in 0..40 {
        let middle = (out + within) / 2.0;
        if is_within(middle) {
            within = middle;
        } else {
            out = middle;
        }
    }
    Some(within)
}

/// The place under a pixel that is seen first: where what lies there, one behind the other, has become opaque enough to be
/// noticed, or where the value of a projection is. Among surfaces of which nothing is noticed it is the first. `None` where
/// nothing is.
pub fn place_under(scene: &VolumeScene, x: f64, y: f64) -> Option<DVec3> {
    // As the picture is drawn.
    let step_mm = scene.sample_step_mm().unwrap_or(1.0);
    let ray = scene.ray(x, y);
    let place = |t: f64| ray.origin + ray.direction * t;
    let there = || There {
        layers: layers(scene),
        labels: LabelField::of(scene),
        meshes: MeshTree::along(&scene.surfaces, ray.origin, ray.direction),
        lit: Lit::new(scene),
    };
    let mut seen = 0.0;
    let mut is_noticed = |opacity: f64| {
        seen += (1.0 - seen) * opacity;
        seen >= NOTICED
    };
    match scene.mode {
        VolumeMode::Iso => {
            let mut sheets = all_sheets(scene, &there(), &ray, step_mm);
            sheets.retain(|(_, [.., opacity])| *opacity > 0.0);
            let noticed = sheets.iter().find(|(_, [.., opacity])| is_noticed(*opacity));
            noticed.or(sheets.first()).map(|(at, _)| place(*at))
        }
        VolumeMode::Composite => {
            let mut met = None;
            walk(scene, &there(), &ray, step_mm, |at, _, opacity| {
                met = is_noticed(opacity).then_some(at);
                met.is_some()
            });
            met.map(place)
        }
        VolumeMode::Average => None,
        VolumeMode::Mip | VolumeMode::MinIp => {
            let layers = layers(scene);
            let first = layers.first()?;
            let sign = if scene.mode == VolumeMode::Mip { 1.0 } else { -1.0 };
            samples_of(scene, &ray, step_mm)
                .map(|n| place(n as f64 * step_mm))
                .filter_map(|place| Some((first.at(place)?.0 * sign, place)))
                .reduce(|best, next| if next.0 > best.0 { next } else { best })
                .map(|(_, place)| place)
        }
    }
}

/// The opacity at which material in front is noticed.
const NOTICED: f64 = 0.3;

/// A ray's colour (multiplied by its opacity) over the background, as a pixel.
pub(super) fn over(scene: &VolumeScene, y: u32, [red, green, blue, opacity]: [f64; 4]) -> [u8; 4] {
    let behind = scene.background_at(y);
    let left = 1.0 - opacity;
    let alpha = opacity + left * behind[3];
    let level = |part: f64| (part.clamp(0.0, 1.0) * 255.0 + 0.5).floor() as u8;
    let part = |front: f64, behind_part: f64| {
        let sum = front + left * behind[3] * behind_part;
        // What is half seen keeps its colour; the alpha says that it is half seen.
        level(if alpha > 0.0 { sum / alpha } else { 0.0 })
    };
    [
        part(red, behind[0]),
        part(green, behind[1]),
        part(blue, behind[2]),
        level(alpha),
    ]
}
