//! Surfaces as they are drawn: triangles in parts, with normals that change smoothly.

use std::sync::Arc;

use glam::{DVec3, Vec3};

use super::mesh::Mesh;

/// A piece of a surface.
#[derive(Clone, Debug, PartialEq)]
pub struct SurfacePart {
    mesh: Mesh,
    normals: Vec<Vec3>,
    bounds: [DVec3; 2],
}

impl SurfacePart {
    /// From triangles and one normal for each corner (LPS, of length 1). `None` if they do not belong together.
    pub fn new(mesh: Mesh, normals: Vec<Vec3>) -> Option<Self> {
        let is_known = |corner: &u32| (*corner as usize) < mesh.vertices.len();
        let fits = normals.len() == mesh.vertices.len() && mesh.triangles.as_flattened().iter().all(is_known);
        let bounds = mesh
            .vertices
            .iter()
            .fold([DVec3::INFINITY, DVec3::NEG_INFINITY], |[low, high], vertex| {
                [low.min(*vertex), high.max(*vertex)]
            });
        fits.then_some(Self { mesh, normals, bounds })
    }

    /// Its triangles, LPS mm.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The normal at each corner, outwards, of length 1.
    pub fn normals(&self) -> &[Vec3] {
        &self.normals
    }

    /// The lowest and the highest x, y, z of its corners, LPS mm. Of no corners the lowest lies beyond the highest.
    pub fn bounds(&self) -> [DVec3; 2] {
        self.bounds
    }
}

/// A surface. Where parts meet, corners and normals of both are equal to the last bit, so that no seam is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surface {
    /// Its parts; surfaces share those that are the same.
    pub parts: Vec<Arc<SurfacePart>>,
}

impl Surface {
    /// How many triangles it has.
    pub fn triangle_count(&self) -> usize {
        self.parts.iter().map(|part| part.mesh.triangles.len()).sum()
    }

    /// All of it in one mesh. Corners of different parts stay apart.
    pub fn to_mesh(&self) -> Mesh {
        let mut mesh = Mesh::default();
        for part in &self.parts {
            let first = mesh.vertices.len() as u32;
            mesh.vertices.extend(&part.mesh.vertices);
            let moved = part.mesh.triangles.iter();
            mesh.triangles
                .extend(moved.map(|triangle| triangle.map(|corner| corner + first)));
        }
        mesh
    }
}
