//! Where the rays of a picture go through surfaces, found for all pixels at once: triangles are laid out over the
//! picture, and every pixel keeps what covers its middle. Renderers that march along rays merge it with their samples.

use std::ops::Range;

use glam::{DVec3, Vec3, Vec3A};
use rayon::prelude::*;

use super::lamp::Lamp;
use super::view::View;
use crate::model::surface::SurfacePart;
use crate::model::transfer_function::Material;
use crate::scene::{SurfaceLayer, VolumeScene};

/// Rows of the picture that are filled together.
const BAND_ROWS: u32 = 16;

/// Where no more light than this is left nothing more is seen.
const DARK: f32 = 0.0015;

/// What lies nearer to the eye than this share of its distance to the target is not drawn in perspective.
const NEAREST: f64 = 1e-3;

/// A place where a ray goes through a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// From the ray's origin, mm.
    pub at_mm: f32,
    /// Red, green, blue in the scene's light, 0 to 1.
    pub color: Vec3A,
    /// What it hides of what is behind it, 0 to 1.
    pub opacity: f32,
}

/// The crossings of all pixels of a picture, nearest first: down to the first behind which nothing is seen.
#[derive(Debug, Default)]
pub struct Crossings {
    width: usize,
    /// Where each pixel's begin; the end of the last is behind them.
    starts: Vec<u32>,
    all: Vec<Crossing>,
}

/// A corner as it is seen, in pixels from the top left of the picture. Sides of triangles are compared in `f64` by
/// products of differences of these `f32`, which are exact: neighbours leave no gap and do not overlap.
#[derive(Clone, Copy)]
struct Corner {
    x: f32,
    y: f32,
    /// How much larger than in the plane through the target things are here.
    nearness: f32,
    /// Away from the viewer, mm from the plane through the target.
    depth_mm: f32,
}

/// A part of a surface in the picture.
struct Seen<'a> {
    layer: u32,
    part: &'a SurfacePart,
    corners: Vec<Corner>,
    /// The rows that it touches, first and last.
    rows: [f32; 2],
}

impl Seen<'_> {
    fn touches(&self, rows: &Range<u32>) -> bool {
        self.rows[1] >= rows.start as f32 && self.rows[0] <= rows.end as f32
    }
}

/// What covers the middle of a pixel.
#[derive(Clone, Copy)]
struct Fragment {
    pixel: u32,
    at_mm: f32,
    layer: u32,
    normal: Vec3,
}

impl Crossings {
    /// Those of a scene.
    pub fn of(scene: &VolumeScene) -> Self {
        let drawn = (0..)
            .zip(&scene.surfaces)
            .filter(|(_, layer)| layer.drawn_opacity() > 0.0);
        let parts: Vec<(u32, &SurfacePart)> = drawn
            .flat_map(|(n, layer)| layer.surface.parts.iter().map(move |part| (n, part.as_ref())))
            .collect();
        let [width, height] = scene.size;
        if parts.is_empty() || scene.mode.is_projection() || width == 0 {
            return Self::default();
        }
        let screen = Screen::new(scene);
        let seen: Vec<Seen<'_>> = parts
            .into_par_iter()
            .filter_map(|(layer, part)| screen.see(layer, part))
            .collect();
        let view = View::with_step(scene, 1.0);
        let lamp = Lamp::new(scene, &Material::default());
        let tops: Vec<u32> = (0..height).step_by(BAND_ROWS as usize).collect();
        let bands: Vec<(Vec<u32>, Vec<Crossing>)> = tops
            .into_par_iter()
            .map(|top| {
                let rows = top..(top + BAND_ROWS).min(height);
                if !seen.iter().any(|part| part.touches(&rows)) {
                    return (vec![0; rows.len() * width as usize], Vec::new());
                }
                let mut band = Band::new(scene, &screen, &view, rows);
                for part in &seen {
                    band.add(part);
                }
                band.finish(&lamp)
            })
            .collect();
        let mut crossings = Self {
            width: width as usize,
            ..Self::default()
        };
        for (counts, own) in bands {
            let mut start = crossings.all.len() as u32;
            for count in counts {
                crossings.starts.push(start);
                start += count;
            }
            crossings.all.extend(own);
        }
        crossings.starts.push(crossings.all.len() as u32);
        crossings
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Those of a pixel.
    pub fn under(&self, x: u32, y: u32) -> &[Crossing] {
        let [start, end] = self.span(x, y);
        self.all.get(start as usize..end as usize).unwrap_or_default()
    }

    /// From which of [`Self::all`] to before which those of a pixel are.
    pub fn span(&self, x: u32, y: u32) -> [u32; 2] {
        let at = y as usize * self.width + x as usize;
        let place = |at: usize| self.starts.get(at).copied().unwrap_or(0);
        [place(at), place(at + 1)]
    }

    /// All of them, pixel by pixel in rows from the top.
    pub fn all(&self) -> &[Crossing] {
        &self.all
    }
}

/// From places of the patient to the picture.
struct Screen {
    target: DVec3,
    right: DVec3,
    down: DVec3,
    forward: DVec3,
    /// The target in the picture, pixels.
    middle: [f64; 2],
    distance_mm: Option<f64>,
    pixels_per_mm: f64,
    size: [f32; 2],
}

impl Screen {
    fn new(scene: &VolumeScene) -> Self {
        let whole = scene.whole();
        let axes = scene.camera.axes();
        Self {
            target: scene.camera.target,
            right: axes.right,
            down: axes.down,
            forward: axes.normal(),
            middle: std::array::from_fn(|n| f64::from(whole.size[n]) / 2.0 - f64::from(whole.corner[n])),
            distance_mm: scene.camera.distance_mm(whole.size[1]),
            pixels_per_mm: 1.0 / scene.camera.mm_per_pixel,
            size: scene.size.map(|side| side as f32),
        }
    }

    fn corner(&self, place: DVec3) -> Corner {
        let from_target = place - self.target;
        let depth_mm = from_target.dot(self.forward);
        let nearness = self
            .distance_mm
            .map_or(1.0, |distance| distance / (distance + depth_mm));
        let scale = self.pixels_per_mm * nearness;
        Corner {
            x: (from_target.dot(self.right) * scale + self.middle[0]) as f32,
            y: (from_target.dot(self.down) * scale + self.middle[1]) as f32,
            nearness: nearness as f32,
            depth_mm: depth_mm as f32,
        }
    }

    /// Whether a place is so near to the eye, or behind it, that it cannot be laid out.
    fn is_too_near(&self, depth_mm: f32) -> bool {
        self.distance_mm
            .is_some_and(|distance| distance + f64::from(depth_mm) < NEAREST * distance)
    }

    /// A part that may be in the picture.
    fn see<'a>(&self, layer: u32, part: &'a SurfacePart) -> Option<Seen<'a>> {
        let [low, high] = part.bounds();
        let around = (0..8).map(|n| {
            let pick = |bit: usize, low: f64, high: f64| if n >> bit & 1 == 0 { low } else { high };
            self.corner(DVec3::new(
                pick(0, low.x, high.x),
                pick(1, low.y, high.y),
                pick(2, low.z, high.z),
            ))
        });
        let mut range = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
        for corner in around {
            if self.is_too_near(corner.depth_mm) {
                range = [f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY];
                break;
            }
            range[0] = range[0].min(corner.x);
            range[1] = range[1].max(corner.x);
            range[2] = range[2].min(corner.y);
            range[3] = range[3].max(corner.y);
        }
        let is_in = range[0] <= self.size[0] && range[1] >= 0.0 && range[2] <= self.size[1] && range[3] >= 0.0;
        is_in.then(|| Seen {
            layer,
            part,
            corners: part.mesh().vertices.iter().map(|place| self.corner(*place)).collect(),
            rows: [range[2], range[3]],
        })
    }
}

/// Some rows of the picture.
struct Band<'a> {
    scene: &'a VolumeScene,
    screen: &'a Screen,
    view: &'a View,
    rows: Range<u32>,
    width: u32,
    pixels: Vec<Pixel>,
    /// Of surfaces that let something through.
    thin: Vec<Fragment>,
}

/// What is found out about a pixel.
#[derive(Clone, Copy)]
struct Pixel {
    /// Away from the viewer.
    direction: Vec3A,
    /// How long the ray is for one mm of depth.
    stretch: f32,
    /// What is seen of the ray, mm.
    kept: [f32; 2],
    /// The nearest surface that hides all behind it; at infinity without one.
    wall: Fragment,
}

impl<'a> Band<'a> {
    fn new(scene: &'a VolumeScene, screen: &'a Screen, view: &'a View, rows: Range<u32>) -> Self {
        let width = scene.size[0];
        let places = rows.clone().flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places
            .map(|(x, y)| {
                let sight = view.sight(x, y, false);
                Pixel {
                    direction: sight.ray.direction.as_vec3a(),
                    stretch: (1.0 / sight.ray.direction.dot(screen.forward)) as f32,
                    kept: sight.kept.map(|mm| mm as f32),
                    wall: Fragment {
                        pixel: 0,
                        at_mm: f32::INFINITY,
                        layer: 0,
                        normal: Vec3::ZERO,
                    },
                }
            })
            .collect();
        Self {
            scene,
            screen,
            view,
            rows,
            width,
            pixels,
            thin: Vec::new(),
        }
    }

    fn add(&mut self, seen: &Seen<'_>) {
        if !seen.touches(&self.rows) {
            return;
        }
        let is_wall = self
            .scene
            .surfaces
            .get(seen.layer as usize)
            .is_some_and(|layer| layer.drawn_opacity() >= 1.0);
        for triangle in &seen.part.mesh().triangles {
            let numbers = triangle.map(|at| at as usize);
            let [Some(a), Some(b), Some(c)] = numbers.map(|at| seen.corners.get(at).copied()) else {
                continue;
            };
            let normals = numbers.map(|at| seen.part.normals().get(at).copied().unwrap_or_default());
            if [a, b, c].iter().any(|corner| self.screen.is_too_near(corner.depth_mm)) {
                let places = numbers.map(|at| seen.part.mesh().vertices.get(at).copied().unwrap_or_default());
                for (corners, normals) in self.clipped(places, normals) {
                    self.fill(corners, normals, seen.layer, is_wall);
                }
            } else {
                self.fill([a, b, c], normals, seen.layer, is_wall);
            }
        }
    }

    /// What is left of a triangle before the eye.
    fn clipped(&self, places: [DVec3; 3], normals: [Vec3; 3]) -> Vec<([Corner; 3], [Vec3; 3])> {
        let Some(distance_mm) = self.screen.distance_mm else {
            return Vec::new();
        };
        let nearest_mm = (2.0 * NEAREST - 1.0) * distance_mm;
        let beyond = places.map(|place| (place - self.screen.target).dot(self.screen.forward) - nearest_mm);
        let mut rest: Vec<(Corner, Vec3)> = Vec::new();
        for n in 0..3 {
            let next = (n + 1) % 3;
            if beyond[n] >= 0.0 {
                rest.push((self.screen.corner(places[n]), normals[n]));
            }
            if (beyond[n] >= 0.0) != (beyond[next] >= 0.0) {
                let t = beyond[n] / (beyond[n] - beyond[next]);
                let normal = normals[n].lerp(normals[next], t as f32);
                rest.push((self.screen.corner(places[n].lerp(places[next], t)), normal));
            }
        }
        let fan = |n: usize| {
            let three = [rest[0], rest[n], rest[n + 1]];
            (three.map(|(corner, _)| corner), three.map(|(_, normal)| normal))
        };
        (1..rest.len().saturating_sub(1)).map(fan).collect()
    }

    /// Adds what a triangle covers.
    fn fill(&mut self, corners: [Corner; 3], normals: [Vec3; 3], layer: u32, is_wall: bool) {
        let reach = |part: fn(&Corner) -> f32| {
            let parts = corners.each_ref().map(part);
            let low = parts.iter().copied().fold(f32::INFINITY, f32::min);
            let high = parts.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            [(low - 0.5).ceil(), (high - 0.5).floor()]
        };
        let [top, bottom] = reach(|corner| corner.y);
        let (top, bottom) = (top.max(self.rows.start as f32), bottom.min(self.rows.end as f32 - 1.0));
        if top > bottom || top.is_nan() || bottom.is_nan() {
            return;
        }
        let [left, right] = reach(|corner| corner.x);
        let (left, right) = (left.max(0.0), right.min(self.width as f32 - 1.0));
        if left > right || left.is_nan() || right.is_nan() {
            return;
        }
        let [a, b, c] = corners;
        let area = side(a, b, f64::from(c.x), f64::from(c.y));
        if area == 0.0 {
            return;
        }
        let turn = area.signum();
        for y in top as u32..=bottom as u32 {
            for x in left as u32..=right as u32 {
                let (px, py) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
                let sides = [(b, c), (c, a), (a, b)].map(|(from, to)| covers(from, to, px, py, turn));
                let [Some(at_a), Some(at_b), Some(at_c)] = sides else {
                    continue;
                };
                // Straight in the picture is what is divided by the depth.
                let weights = [
                    at_a as f32 * a.nearness,
                    at_b as f32 * b.nearness,
                    at_c as f32 * c.nearness,
                ];
                let sum = weights[0] + weights[1] + weights[2];
                let [wa, wb, wc] = weights.map(|weight| weight / sum);
                let depth_mm = wa * a.depth_mm + wb * b.depth_mm + wc * c.depth_mm;
                let pixel = (y - self.rows.start) * self.width + x;
                let Some(place) = self.pixels.get_mut(pixel as usize) else {
                    continue;
                };
                let at_mm = depth_mm * place.stretch;
                let is_seen = at_mm >= place.kept[0] && at_mm <= place.kept[1] && at_mm < place.wall.at_mm;
                if !is_seen {
                    continue;
                }
                let fragment = Fragment {
                    pixel,
                    at_mm,
                    layer,
                    normal: normals[0] * wa + normals[1] * wb + normals[2] * wc,
                };
                if is_wall {
                    place.wall = fragment;
                } else {
                    self.thin.push(fragment);
                }
            }
        }
    }

    /// How many crossings each pixel has, and all of them.
    fn finish(mut self, lamp: &Lamp) -> (Vec<u32>, Vec<Crossing>) {
        self.thin.sort_unstable_by(|a, b| {
            let order = a.pixel.cmp(&b.pixel).then(a.at_mm.total_cmp(&b.at_mm));
            order.then(a.layer.cmp(&b.layer))
        });
        let mut counts = Vec::with_capacity(self.pixels.len());
        let mut all = Vec::new();
        let mut thin = self.thin.iter().peekable();
        let is_dimmed = self
            .scene
            .layers
            .iter()
            .any(|layer| self.scene.occlusion(layer).is_some());
        let light_left = |n: u32, at_mm: f32| {
            if !is_dimmed {
                return 1.0;
            }
            let ray = self
                .view
                .sight(n % self.width, self.rows.start + n / self.width, false)
                .ray;
            self.scene.light_left_at(ray.origin + ray.direction * f64::from(at_mm)) as f32
        };
        for (n, pixel) in (0..).zip(&self.pixels) {
            let before = all.len();
            let gaze = lamp.gaze(pixel.direction);
            let mut left = 1.0;
            let mut cross = |fragment: &Fragment| {
                let layer = self.scene.surfaces.get(fragment.layer as usize);
                let opacity = layer.map_or(0.0, SurfaceLayer::drawn_opacity);
                let color = layer.map_or([0; 3], |layer| layer.color);
                let color = Vec3A::from_array(color.map(|part| f32::from(part) / 255.0));
                if left > DARK {
                    all.push(Crossing {
                        at_mm: fragment.at_mm,
                        color: if lamp.is_on {
                            let open = light_left(n, fragment.at_mm);
                            lamp.shine(&gaze, fragment.normal.into()).in_open(open).on(color)
                        } else {
                            color
                        },
                        opacity,
                    });
                }
                left *= 1.0 - opacity;
            };
            while let Some(fragment) = thin.next_if(|fragment| fragment.pixel == n) {
                if fragment.at_mm < pixel.wall.at_mm {
                    cross(fragment);
                }
            }
            if pixel.wall.at_mm < f32::INFINITY {
                cross(&pixel.wall);
            }
            counts.push((all.len() - before) as u32);
        }
        (counts, all)
    }
}

/// Twice the area of a triangle over a side, positive where the corner lies to the right of it (y grows downwards).
/// Seen from the other end it is the same number with the other sign, to the last bit.
fn side(from: Corner, to: Corner, x: f64, y: f64) -> f64 {
    if (from.x, from.y) > (to.x, to.y) {
        return -side(to, from, x, y);
    }
    let (from_x, from_y) = (f64::from(from.x), f64::from(from.y));
    (f64::from(to.x) - from_x) * (y - from_y) - (f64::from(to.y) - from_y) * (x - from_x)
}

/// How much of a triangle that turns one way lies between a side and a place; `None` beyond the side. Of two triangles
/// that share a side, one has what lies on it.
fn covers(from: Corner, to: Corner, x: f64, y: f64, turn: f64) -> Option<f64> {
    let inside = side(from, to, x, y) * turn;
    let has_side = ((from.x, from.y) < (to.x, to.y)) == (turn > 0.0);
    (inside > 0.0 || (inside == 0.0 && has_side)).then_some(inside)
}
