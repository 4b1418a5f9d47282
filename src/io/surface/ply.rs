//! Binary PLY (G. Turk, Stanford, 1994): corners with their colours, then triangles.

use std::io::{self, Write};

use super::{NamedMesh, SPACE, one_line};

pub(super) fn write(out: &mut dyn Write, surfaces: &[NamedMesh]) -> io::Result<()> {
    let sum = |count: fn(&NamedMesh) -> usize| surfaces.iter().map(count).sum::<usize>();
    let vertices = sum(|surface| surface.mesh.vertices.len());
    let triangles = sum(|surface| surface.mesh.triangles.len());
    // Corners are numbered with 32 bits, of which some readers take one for the sign.
    i32::try_from(vertices).map_err(io::Error::other)?;
    write!(
        out,
        "ply\nformat binary_little_endian 1.0\ncomment Isocenter\ncomment {SPACE}\n"
    )?;
    for surface in surfaces {
        writeln!(out, "comment segment {}", one_line(&surface.name))?;
    }
    write!(
        out,
        "element vertex {vertices}\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\n\
         property uchar green\nproperty uchar blue\nelement face {triangles}\nproperty list uchar int vertex_indices\n\
         end_header\n"
    )?;
    for surface in surfaces {
        for place in &surface.mesh.vertices {
            for part in place.to_array() {
                out.write_all(&(part as f32).to_le_bytes())?;
            }
            out.write_all(&surface.color)?;
        }
    }
    let mut first = 0;
    for surface in surfaces {
        for triangle in &surface.mesh.triangles {
            out.write_all(&[3])?;
            for corner in triangle {
                out.write_all(&(first + corner).to_le_bytes())?;
            }
        }
        first += surface.mesh.vertices.len() as u32;
    }
    Ok(())
}
