//! Wavefront OBJ: text, one object a surface, numbered from 1 through all of them. Colours stand behind the places, as most
//! programs read them.

use std::io::{self, Write};

use super::{NamedMesh, SPACE, one_line};

pub(super) fn write(out: &mut dyn Write, surfaces: &[NamedMesh]) -> io::Result<()> {
    writeln!(out, "# Isocenter {SPACE}")?;
    let mut first = 1_u64;
    for surface in surfaces {
        writeln!(out, "o {}", one_line(&surface.name))?;
        let [r, g, b] = surface.color.map(|part| f32::from(part) / 255.0);
        for place in &surface.mesh.vertices {
            let [x, y, z] = place.to_array().map(|part| part as f32);
            writeln!(out, "v {x} {y} {z} {r:.3} {g:.3} {b:.3}")?;
        }
        for triangle in &surface.mesh.triangles {
            let [a, b, c] = triangle.map(|corner| first + u64::from(corner));
            writeln!(out, "f {a} {b} {c}")?;
        }
        first += surface.mesh.vertices.len() as u64;
    }
    Ok(())
}
