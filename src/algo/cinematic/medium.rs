//! The material of a volume as rays meet it: free paths to collisions, and how much light comes through.

use glam::{DVec3, Vec3A};

use super::bounds::Bounds;
use super::chance::Chance;
use super::linear;
use crate::algo::gradient::{gradient, scalar};
use crate::algo::mesh_tree::{Hit, MeshTree};
use crate::algo::sample::{Sample, sample};
use crate::model::geometry::Geometry;
use crate::model::transfer_function::TransferFunction;
use crate::scene::{SurfaceLayer, VolumeLayer, VolumeScene};

/// How free paths are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracking {
    /// With a bound for every part of the volume: long steps where there is little.
    #[default]
    Bounded,
    /// With one bound for all, as in the textbook: what the other is held against.
    Plain,
}

/// Extinction and colour by value, looked up.
pub(super) struct Material {
    /// The values of the first and the last row.
    low: f64,
    rows_per_value: f64,
    /// Extinction per mm, and linear red, green, blue.
    rows: Vec<[f32; 4]>,
    /// The greatest factor of any gradient.
    most_factor: f64,
    /// A gradient of this length counts as a surface's, values per mm.
    pub(super) steep: f64,
}

/// Rows of the look-up table.
const ROWS: usize = 4096;
/// Material is never denser than this, per mm: opaque within a tenth of a millimetre.
const DENSEST: f64 = 60.0;

impl Material {
    fn new(transfer: &TransferFunction, edge_mm: f64, opacity: f64) -> Self {
        let [low, high] = transfer.range().unwrap_or([0.0, 1.0]);
        let span = (high - low).max(1e-9);
        let row = |n: usize| {
            let seen = transfer.at(low + span * n as f64 / (ROWS - 1) as f64);
            let extinction = (-(1.0 - seen.opacity * opacity).max(1e-30).ln() / transfer.unit_mm()).min(DENSEST);
            let [red, green, blue] = seen.color.map(|part| linear(part) as f32);
            [extinction as f32, red, green, blue]
        };
        let gradient = transfer.gradient();
        Self {
            low,
            rows_per_value: (ROWS - 1) as f64 / span,
            rows: (0..ROWS).map(row).collect(),
            most_factor: gradient
                .iter()
                .map(|point| point.factor)
                .fold(0.0, f64::max)
                .max(if gradient.is_empty() { 1.0 } else { 0.0 }),
            steep: 0.08 * span / edge_mm.max(1e-6),
        }
    }

    /// Extinction and linear colour of a value.
    fn at(&self, value: f64) -> [f32; 4] {
        let at = ((value - self.low) * self.rows_per_value).clamp(0.0, (ROWS - 1) as f64);
        let row = (at as usize).min(ROWS - 2);
        let t = (at - row as f64) as f32;
        let (a, b) = (self.rows[row], self.rows[row + 1]);
        std::array::from_fn(|n| a[n] + t * (b[n] - a[n]))
    }

    /// The greatest extinction of values from `low` to `high`.
    pub(super) fn most_in(&self, low: f64, high: f64) -> f32 {
        if low > high {
            return 0.0;
        }
        let row = |value: f64| ((value - self.low) * self.rows_per_value).clamp(0.0, (ROWS - 1) as f64);
        let rows = row(low).floor() as usize..=row(high).ceil() as usize;
        let most = self.rows[rows].iter().map(|row| row[0]).fold(0.0, f32::max);
        // A little more, for the arithmetic.
        most * self.most_factor as f32 * 1.0001
    }
}

/// Where light met material.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collision {
    /// mm from the ray's beginning.
    pub(super) t: f64,
    /// Linear colour.
    pub(super) albedo: Vec3A,
    /// The change of values in the patient, per mm.
    pub(super) gradient: DVec3,
    /// A gradient of this length counts as a surface's.
    pub(super) steep: f64,
    /// Which of the scene's layers; of a mesh none.
    pub(super) layer: usize,
}

/// So steep that a collision is always with a surface.
const ALWAYS_STEEP: f64 = 1e-9;
/// A ray that begins on a mesh does not meet it there, mm.
const OFF_SURFACE_MM: f64 = 1e-3;

struct Medium<'a> {
    index: usize,
    layer: &'a VolumeLayer,
    geometry: &'a Geometry,
    material: &'a Material,
    bounds: &'a Bounds,
}

/// What is found out once for all samples: material and bounds of every layer, and where surfaces are.
pub(super) struct Prepared {
    layers: Vec<(Material, Bounds)>,
    meshes: MeshTree,
}

impl Prepared {
    pub(super) fn new(scene: &VolumeScene, tracking: Tracking) -> Self {
        let prepare = |layer: &VolumeLayer| {
            let image = &layer.image;
            let opacity = f64::from(image.opacity.clamp(0.0, 1.0));
            let geometry = image.volume.geometry();
            let material = Material::new(
                &layer.transfer,
                geometry.map_or(1.0, Geometry::shortest_edge_mm),
                opacity,
            );
            let is_even = geometry.is_some_and(|geometry| geometry.slice_table().is_none())
                && image.volume.voxels.components() == 1
                && image.interpolation != crate::scene::Interpolation::Cubic;
            let bounds = if is_even && tracking == Tracking::Bounded {
                Bounds::parts(&image.volume, image.frame, &material)
            } else {
                Bounds::plain(&material)
            };
            (material, bounds)
        };
        Self {
            layers: scene.layers.iter().map(prepare).collect(),
            meshes: MeshTree::new(&scene.surfaces),
        }
    }
}

/// All volumes and surfaces of a scene.
pub(super) struct Media<'a> {
    scene: &'a VolumeScene,
    meshes: &'a MeshTree,
    media: Vec<Medium<'a>>,
}

impl<'a> Media<'a> {
    pub(super) fn new(scene: &'a VolumeScene, prepared: &'a Prepared) -> Self {
        let layers = scene.layers.iter().zip(&prepared.layers).enumerate();
        let medium = |(index, (layer, (material, bounds))): (usize, (&'a VolumeLayer, &'a (Material, Bounds)))| {
            Some(Medium {
                index,
                layer,
                geometry: layer.image.volume.geometry()?,
                material,
                bounds,
            })
        };
        Self {
            scene,
            meshes: &prepared.meshes,
            media: layers.filter_map(medium).collect(),
        }
    }

    /// The first collision of a ray, of all volumes the nearest: free paths through several materials at once are the
    /// shortest of those through each.
    pub(super) fn collide(&self, from: DVec3, along: DVec3, nearest: f64, chance: &mut Chance) -> Option<Collision> {
        let mut first: Option<Collision> = None;
        for medium in &self.media {
            let end = first.map_or(f64::INFINITY, |collision| collision.t);
            if let Some(range) = medium.range(self.scene, from, along, nearest, end) {
                first = medium.collide(from, along, range, chance).or(first);
            }
        }
        let end = first.map_or(f64::INFINITY, |collision| collision.t);
        self.mesh(from, along, [nearest, end], chance).or(first)
    }

    /// The first surface that a ray does not go through: by chance, as often as its opacity says.
    fn mesh(&self, from: DVec3, along: DVec3, [near, far]: [f64; 2], chance: &mut Chance) -> Option<Collision> {
        let mut hits = self.mesh_hits(from, along, [near, far]).into_iter();
        let hit = hits.find(|hit| chance.next() < self.mesh_opacity(hit))?;
        let color = self.scene.surfaces.get(hit.layer)?.color;
        Some(Collision {
            t: hit.at_mm,
            albedo: Vec3A::from_array(color.map(|part| linear(f64::from(part) / 255.0) as f32)),
            gradient: hit.normal,
            steep: ALWAYS_STEEP,
            layer: usize::MAX,
        })
    }

    fn mesh_hits(&self, from: DVec3, along: DVec3, [near, far]: [f64; 2]) -> Vec<Hit> {
        if self.meshes.is_empty() {
            return Vec::new();
        }
        let kept = self.scene.cuts.range(from, along);
        let near = near.max(kept[0]) + OFF_SURFACE_MM;
        self.meshes.hits(from, along, [near, far.min(kept[1])])
    }

    fn mesh_opacity(&self, hit: &Hit) -> f32 {
        let layer = self.scene.surfaces.get(hit.layer);
        layer.map_or(0.0, SurfaceLayer::drawn_opacity)
    }

    /// The share of light that comes through along a ray, on average.
    pub(super) fn transmittance(&self, from: DVec3, along: DVec3, chance: &mut Chance) -> f32 {
        let hits = self.mesh_hits(from, along, [0.0, f64::INFINITY]);
        let mut through: f32 = hits.iter().map(|hit| 1.0 - self.mesh_opacity(hit)).product();
        for medium in &self.media {
            if through <= 0.0 {
                break;
            }
            if let Some(range) = medium.range(self.scene, from, along, 0.0, f64::INFINITY) {
                through *= medium.transmittance(from, along, range, chance);
            }
        }
        through
    }

    /// How light comes back from the material of a layer; of a mesh as from the usual one.
    pub(super) fn surface(&self, layer: usize) -> crate::model::transfer_function::Material {
        let of_layer = self.scene.layers.get(layer);
        of_layer.map(|layer| layer.transfer.material).unwrap_or_default()
    }
}

impl Medium<'_> {
    /// The part of a ray that lies in the volume and inside the cuts.
    fn range(&self, scene: &VolumeScene, from: DVec3, along: DVec3, near: f64, far: f64) -> Option<[f64; 2]> {
        let [mut near, mut far] = {
            let kept = scene.cuts.range(from, along);
            [near.max(kept[0]), far.min(kept[1])]
        };
        if self.geometry.slice_table().is_none() {
            let (start, step) = self.in_voxels(from, along);
            let dims = self.geometry.dims();
            for axis in 0..3 {
                let (low, high) = (-0.5, dims[axis] as f64 - 0.5);
                if step[axis].abs() < 1e-12 {
                    if start[axis] < low || start[axis] > high {
                        return None;
                    }
                    continue;
                }
                let (a, b) = ((low - start[axis]) / step[axis], (high - start[axis]) / step[axis]);
                near = near.max(a.min(b));
                far = far.min(a.max(b));
            }
        } else {
            let corners = self.geometry.corners();
            let reach = corners
                .iter()
                .map(|corner| (*corner - from).length())
                .fold(0.0, f64::max);
            far = far.min(reach);
            near = near.max(-reach);
        }
        (near < far).then_some([near, far])
    }

    fn in_voxels(&self, from: DVec3, along: DVec3) -> (DVec3, DVec3) {
        let voxel_from_patient = self.geometry.voxel_from_patient();
        (
            voxel_from_patient.transform_point3(from),
            voxel_from_patient.matrix3 * along,
        )
    }

    /// Extinction and colour at a place, with voxel and value.
    fn at(&self, place: DVec3) -> Option<([f32; 4], DVec3, f64)> {
        let image = &self.layer.image;
        let voxel = self.geometry.voxel_at(place);
        let Sample::Value(value) = sample(&image.volume, voxel, image.frame, image.interpolation) else {
            return None;
        };
        let value = scalar(value);
        let mut seen = self.material.at(value);
        if seen[0] <= 0.0 || self.layer.mask.as_ref().is_some_and(|mask| !mask.keeps_at(voxel)) {
            return None;
        }
        if !self.layer.transfer.gradient().is_empty() {
            let slope = gradient(image, self.geometry, voxel, value);
            seen[0] *= self.layer.transfer.gradient_factor(slope.length()) as f32;
        }
        Some((seen, voxel, value))
    }

    fn collide(&self, from: DVec3, along: DVec3, [near, far]: [f64; 2], chance: &mut Chance) -> Option<Collision> {
        let mut found = None;
        self.track(from, along, [near, far], chance, |t, most, chance| {
            let Some((seen, voxel, value)) = self.at(from + along * t) else {
                return true;
            };
            if chance.next() * most >= seen[0] {
                return true;
            }
            found = Some(Collision {
                t,
                albedo: Vec3A::new(seen[1], seen[2], seen[3]),
                gradient: gradient(&self.layer.image, self.geometry, voxel, value),
                steep: self.material.steep,
                layer: self.index,
            });
            false
        });
        found
    }

    fn transmittance(&self, from: DVec3, along: DVec3, range: [f64; 2], chance: &mut Chance) -> f32 {
        /// Less is asked by chance whether it is nothing.
        const LITTLE: f32 = 0.1;
        let mut through = 1.0;
        self.track(from, along, range, chance, |t, most, chance| {
            if let Some((seen, ..)) = self.at(from + along * t) {
                through *= 1.0 - seen[0] / most;
            }
            if through < LITTLE {
                if chance.next() * LITTLE >= through {
                    through = 0.0;
                    return false;
                }
                through = LITTLE;
            }
            true
        });
        through
    }

    /// Goes from one possible collision to the next, as often as the bounds let them be; `visit` gets place and bound,
    /// and answers whether to go on.
    fn track(
        &self,
        from: DVec3,
        along: DVec3,
        [near, far]: [f64; 2],
        chance: &mut Chance,
        mut visit: impl FnMut(f64, f32, &mut Chance) -> bool,
    ) {
        /// The least step over a wall, so that none is met twice, mm.
        const OVER_WALL: f64 = 1e-6;
        let (start, step) = self.in_voxels(from, along);
        let mut t = near;
        let mut left = f64::from(chance.free_path());
        while t < far {
            let (most, end) = self.bounds.around(start, step, t + OVER_WALL);
            let end = end.max(t + OVER_WALL).min(far);
            let depth = f64::from(most) * (end - t);
            if depth < left {
                left -= depth;
                t = end;
                continue;
            }
            t += left / f64::from(most);
            if !visit(t, most, chance) {
                return;
            }
            left = f64::from(chance.free_path());
        }
    }
}
