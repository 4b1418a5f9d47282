//! Closed surfaces made of triangles.

use glam::DVec3;

/// A surface. Triangles are counter-clockwise as seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// Places of its corners, LPS mm.
    pub vertices: Vec<DVec3>,
    /// Three corners each.
    pub triangles: Vec<[u32; 3]>,
}

impl Mesh {
    /// The corners of a triangle.
    pub fn corners(&self, triangle: [u32; 3]) -> [DVec3; 3] {
        triangle.map(|at| self.vertices.get(at as usize).copied().unwrap_or_default())
    }

    /// What it encloses, mm³; negative if it is inside out (the divergence theorem).
    pub fn volume_mm3(&self) -> f64 {
        let origin = self.vertices.first().copied().unwrap_or_default();
        let volume = |triangle: &[u32; 3]| {
            let [a, b, c] = self.corners(*triangle).map(|corner| corner - origin);
            a.dot(b.cross(c)) / 6.0
        };
        self.triangles.iter().map(volume).sum()
    }
}
