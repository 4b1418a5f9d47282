//! Where rays meet surfaces: every triangle that a ray goes through, found by a tree of boxes.

use glam::{DVec3, Vec3};

use crate::model::surface::SurfacePart;
use crate::scene::SurfaceLayer;

/// Triangles of a box that is not divided any further.
const LEAF: usize = 4;

/// The triangles of all surfaces of a scene.
#[derive(Debug, Default)]
pub struct MeshTree {
    triangles: Vec<Triangle>,
    /// The first is the root.
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
struct Triangle {
    corners: [DVec3; 3],
    normals: [Vec3; 3],
    layer: u32,
}

/// A box around some triangles that stand one behind the other.
#[derive(Clone, Copy, Debug)]
struct Node {
    low: DVec3,
    high: DVec3,
    first: usize,
    count: usize,
    /// Its two halves; `None` of a leaf.
    halves: Option<[usize; 2]>,
}

/// A place where a ray goes through a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// From the ray's origin, mm.
    pub at_mm: f64,
    /// Which of the scene's surfaces.
    pub layer: usize,
    /// The surface's normal there, as it changes from corner to corner, of any length.
    pub normal: DVec3,
}

impl MeshTree {
    /// The tree of some surfaces; those that are not drawn have no place in it.
    pub fn new(surfaces: &[SurfaceLayer]) -> Self {
        Self::of_parts(surfaces, |_| true)
    }

    /// The same, but of what a single ray may meet.
    pub fn along(surfaces: &[SurfaceLayer], origin: DVec3, direction: DVec3) -> Self {
        let per_mm = direction.recip();
        Self::of_parts(surfaces, |part| {
            reach(part.bounds(), origin, per_mm, [f64::NEG_INFINITY, f64::INFINITY])
        })
    }

    fn of_parts(surfaces: &[SurfaceLayer], is_wanted: impl Fn(&SurfacePart) -> bool) -> Self {
        let drawn = (0..).zip(surfaces).filter(|(_, layer)| layer.drawn_opacity() > 0.0);
        let parts = drawn
            .flat_map(|(n, layer)| layer.surface.parts.iter().map(move |part| (n, part)))
            .filter(|(_, part)| is_wanted(part));
        let mut triangles: Vec<Triangle> = parts
            .flat_map(|(layer, part)| {
                part.mesh().triangles.iter().map(move |triangle| Triangle {
                    corners: part.mesh().corners(*triangle),
                    normals: triangle.map(|at| part.normals().get(at as usize).copied().unwrap_or_default()),
                    layer,
                })
            })
            .filter(|triangle| triangle.corners.iter().all(|corner| corner.is_finite()))
            .collect();
        let mut nodes = Vec::new();
        if !triangles.is_empty() {
            nodes.push(node(&triangles, 0, triangles.len()));
        }
        // Each box is halved at the middle triangle of its longest side.
        let mut at = 0;
        while let Some(Node {
            low,
            high,
            first,
            count,
            ..
        }) = nodes.get(at).copied()
        {
            if count > LEAF {
                let axis = (high - low).max_position();
                let middle = |triangle: &Triangle| triangle.corners.iter().map(|corner| corner[axis]).sum::<f64>();
                let half = count / 2;
                triangles[first..first + count].select_nth_unstable_by(half, |a, b| middle(a).total_cmp(&middle(b)));
                nodes[at].halves = Some([nodes.len(), nodes.len() + 1]);
                nodes.push(node(&triangles, first, half));
                nodes.push(node(&triangles, first + half, count - half));
            }
            at += 1;
        }
        Self { triangles, nodes }
    }

    /// Whether there are no triangles.
    pub fn is_empty(&self) -> bool {
        self.triangles.is_empty()
    }

    /// All places in a part of a ray where it goes through surfaces, nearest first; at one place in the order of the
    /// surfaces. `direction` has length 1.
    pub fn hits(&self, origin: DVec3, direction: DVec3, [near_mm, far_mm]: [f64; 2]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut open = vec![0];
        let per_mm = direction.recip();
        while let Some(node) = open.pop().and_then(|at| self.nodes.get(at)) {
            if !reach([node.low, node.high], origin, per_mm, [near_mm, far_mm]) {
                continue;
            }
            match node.halves {
                Some(halves) => open.extend(halves),
                None => {
                    let own = self.triangles.get(node.first..node.first + node.count);
                    let met = own.unwrap_or_default().iter();
                    hits.extend(
                        met.filter_map(|triangle| triangle.hit(origin, direction))
                            .filter(|hit| (near_mm..=far_mm).contains(&hit.at_mm)),
                    );
                }
            }
        }
        hits.sort_by(|a, b| a.at_mm.total_cmp(&b.at_mm).then(a.layer.cmp(&b.layer)));
        hits
    }
}

/// Whether a part of a ray may go through a box; `per_mm` is one by the ray's direction.
fn reach([low, high]: [DVec3; 2], origin: DVec3, per_mm: DVec3, [near_mm, far_mm]: [f64; 2]) -> bool {
    let (mut enter, mut leave) = (near_mm, far_mm);
    for axis in 0..3 {
        let (a, b) = (
            (low[axis] - origin[axis]) * per_mm[axis],
            (high[axis] - origin[axis]) * per_mm[axis],
        );
        // Along a side 0 · ∞ is no number, and `max` and `min` leave it out.
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    enter <= leave + 1e-9 * (1.0 + leave.abs())
}

fn node(triangles: &[Triangle], first: usize, count: usize) -> Node {
    let own = triangles.get(first..first + count).unwrap_or_default();
    let corners = || own.iter().flat_map(|triangle| triangle.corners);
    Node {
        low: corners().fold(DVec3::INFINITY, DVec3::min),
        high: corners().fold(DVec3::NEG_INFINITY, DVec3::max),
        first,
        count,
        halves: None,
    }
}

impl Triangle {
    /// T. Möller, B. Trumbore, "Fast, minimum storage ray/triangle intersection", Journal of Graphics Tools 2 (1997);
    /// from both sides.
    fn hit(&self, origin: DVec3, direction: DVec3) -> Option<Hit> {
        let [a, b, c] = self.corners;
        let (ab, ac) = (b - a, c - a);
        let across = direction.cross(ac);
        let determinant = ab.dot(across);
        if determinant == 0.0 {
            return None;
        }
        let from = origin - a;
        let u = from.dot(across) / determinant;
        let aside = from.cross(ab);
        let v = direction.dot(aside) / determinant;
        let is_inside = u >= 0.0 && v >= 0.0 && u + v <= 1.0;
        let [normal_a, normal_b, normal_c] = self.normals.map(Vec3::as_dvec3);
        is_inside.then(|| Hit {
            at_mm: ac.dot(aside) / determinant,
            layer: self.layer as usize,
            normal: normal_a * (1.0 - u - v) + normal_b * u + normal_c * v,
        })
    }
}
