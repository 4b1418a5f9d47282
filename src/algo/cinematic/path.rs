//! One path of light, followed backwards from a pixel.

use glam::{DVec3, Vec3A};

use super::chance::Chance;
use super::medium::{Collision, Media};
use crate::scene::VolumeScene;

/// Where light comes from.
pub(super) struct Sky {
    /// Up for the viewer.
    up: Vec3A,
    /// What comes from the side, and how much more from above (less from below).
    even: f32,
    tilt: f32,
    /// Towards the key light.
    key: Vec3A,
    /// What falls on a surface that faces it.
    key_strength: f32,
}

/// Half the angle of the key light: a window two metres away and half a metre wide.
const KEY_COS_HALF: f32 = 0.985;

impl Sky {
    pub(super) fn of(scene: &VolumeScene) -> Self {
        let axes = scene.camera.axes();
        let is_shaded = scene.light.is_shaded;
        Self {
            up: (-axes.down).as_vec3a(),
            even: if is_shaded { 0.55 } else { 1.0 },
            tilt: if is_shaded { 0.25 } else { 0.0 },
            key: scene.light.direction(&axes).as_vec3a(),
            key_strength: if is_shaded { 1.1 } else { 0.0 },
        }
    }

    fn seen_along(&self, direction: Vec3A) -> f32 {
        self.even + self.tilt * direction.dot(self.up)
    }
}

/// How often a collision is with a surface: where values change by `steep` a mm, two times in three.
pub fn surface_share(gradient_per_mm: f64, steep: f64) -> f32 {
    (1.0 - (-gradient_per_mm / steep.max(1e-12)).exp()) as f32
}

/// The light of one path through a pixel: linear red, green, blue, and whether it met anything.
pub(super) fn sample(scene: &VolumeScene, media: &Media<'_>, sky: &Sky, [x, y]: [u32; 2], sample: u32) -> [f32; 4] {
    let corner = scene.whole().corner;
    let mut chance = Chance::new([x + corner[0], y + corner[1]], sample);
    let (right, down) = (chance.next(), chance.next());
    let ray = scene.ray(f64::from(x) + f64::from(right), f64::from(y) + f64::from(down));
    let (mut from, mut along) = (ray.origin, ray.direction);
    let mut nearest = -ray.to_eye_mm;
    let mut carried = Vec3A::ONE;
    let mut light = Vec3A::ZERO;
    /// Far more than any path that chance does not end.
    const MOST_COLLISIONS: u32 = 1 << 17;
    for n in 0..MOST_COLLISIONS {
        let Some(collision) = media.collide(from, along, nearest, &mut chance) else {
            if n == 0 {
                return [0.0; 4];
            }
            light += carried * sky.seen_along(along.as_vec3a());
            break;
        };
        from += along * collision.t;
        nearest = 0.0;
        let viewer = -along.as_vec3a();
        let normal = facing(collision.gradient, viewer);
        let is_surface = chance.next() < surface_share(collision.gradient.length(), collision.steep);
        if sky.key_strength > 0.0 {
            light += carried
                * from_key(
                    media,
                    sky,
                    &collision,
                    from,
                    viewer,
                    is_surface.then_some(normal),
                    &mut chance,
                );
        }
        carried *= collision.albedo;
        // A path that carries little is worth going on with only now and then, and then carries more.
        let worth = carried.max_element().min(1.0);
        if n >= 2 {
            if chance.next() >= worth {
                break;
            }
            carried /= worth.max(1e-12);
        }
        let next = if is_surface {
            chance.lambert(normal)
        } else {
            chance.direction()
        };
        along = next.as_dvec3();
    }
    let finite = |part: f32| if part.is_finite() { part } else { 0.0 };
    [finite(light.x), finite(light.y), finite(light.z), 1.0]
}

/// The normal of a surface, to the viewer's side.
fn facing(gradient: DVec3, viewer: Vec3A) -> Vec3A {
    let normal = gradient.as_vec3a().try_normalize().unwrap_or(viewer);
    if normal.dot(viewer) < 0.0 { -normal } else { normal }
}

/// What a collision sends to the viewer of the key light's light.
fn from_key(
    media: &Media<'_>,
    sky: &Sky,
    collision: &Collision,
    place: DVec3,
    viewer: Vec3A,
    normal: Option<Vec3A>,
    chance: &mut Chance,
) -> Vec3A {
    let towards = chance.in_cone(sky.key, KEY_COS_HALF);
    let response = match normal {
        Some(normal) => {
            let cosine = normal.dot(towards).max(0.0);
            if cosine == 0.0 {
                return Vec3A::ZERO;
            }
            let material = media.surface(collision.layer);
            let halfway = (towards + viewer).normalize_or(normal);
            // Blinn's lobe, as wide as the material says, made to send back no more than its share.
            let power = material.shininess.max(1.0) as f32;
            let shine = material.specular as f32 * (power + 8.0) / 8.0 * normal.dot(halfway).max(0.0).powf(power);
            (collision.albedo + Vec3A::splat(shine)) * cosine
        }
        // An even cloud sends a quarter of what falls on a square of it to each side that could be seen.
        None => collision.albedo / 4.0,
    };
    let through = media.transmittance(place, towards.as_dvec3(), chance);
    response * sky.key_strength * through
}
