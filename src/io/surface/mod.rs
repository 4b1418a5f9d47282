//! Surfaces to files that other programs and printers read: STL, PLY, OBJ. Places are LPS mm, and the files say so.

mod obj;
mod ply;
mod stl;

use std::path::Path;

use super::save::{SaveError, write_atomically};
use crate::model::mesh::Mesh;

/// A surface with what it is called and how it looks.
pub struct NamedMesh {
    /// Its name.
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// The surface.
    pub mesh: Mesh,
}

/// A format of surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurfaceFormat {
    /// Binary STL: triangles and nothing else, all surfaces in one.
    Stl,
    /// Binary PLY, with a colour at every corner.
    Ply,
    /// Wavefront OBJ: every surface by its name.
    Obj,
}

/// Writes surfaces whole or not at all.
pub fn write_surfaces(path: &Path, surfaces: &[NamedMesh], format: SurfaceFormat) -> Result<(), SaveError> {
    write_atomically(path, |out| match format {
        SurfaceFormat::Stl => stl::write(out, surfaces),
        SurfaceFormat::Ply => ply::write(out, surfaces),
        SurfaceFormat::Obj => obj::write(out, surfaces),
    })
}

/// What a comment says of the coordinates; 3D Slicer looks for it.
const SPACE: &str = "SPACE=LPS";

/// A name without what would end a line.
fn one_line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::*;

    fn surfaces() -> Vec<NamedMesh> {
        let vertices = vec![DVec3::ZERO, DVec3::X, DVec3::Y, DVec3::Z];
        let triangles = vec![[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]];
        let mesh = Mesh { vertices, triangles };
        assert!((mesh.volume_mm3() - 1.0 / 6.0).abs() < 1e-12);
        ["one", "two\nlines"]
            .map(|name| NamedMesh {
                name: name.to_owned(),
                color: [255, 128, 0],
                mesh: mesh.clone(),
            })
            .into()
    }

    #[test]
    fn files_are_as_long_as_they_say() {
        let folder = tempfile::tempdir().unwrap();
        let write = |format| {
            let path = folder.path().join("x");
            write_surfaces(&path, &surfaces(), format).unwrap();
            std::fs::read(path).unwrap()
        };
        let stl = write(SurfaceFormat::Stl);
        assert_eq!(stl.len(), 84 + 8 * 50);
        assert_eq!(&stl[80..84], 8_u32.to_le_bytes());
        assert!(!stl.starts_with(b"solid"));
        let ply = write(SurfaceFormat::Ply);
        let end = b"end_header\n";
        let at = ply.windows(end.len()).position(|part| part == end).unwrap() + end.len();
        assert_eq!(ply.len(), at + 8 * 15 + 8 * 13);
        let obj = String::from_utf8(write(SurfaceFormat::Obj)).unwrap();
        let lines = |start: &str| obj.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((lines("v "), lines("f "), lines("o ")), (8, 8, 2));
        assert!(obj.contains("f 6 7 8\n"));
    }
}
