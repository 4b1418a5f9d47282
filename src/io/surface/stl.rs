//! Binary STL (3D Systems, 1989): 80 bytes of anything, the number of triangles, and 50 bytes for each.

use std::io::{self, Write};

use super::{NamedMesh, SPACE};

const HEADER_BYTES: usize = 80;

pub(super) fn write(out: &mut dyn Write, surfaces: &[NamedMesh]) -> io::Result<()> {
    let mut header = [b' '; HEADER_BYTES];
    for (place, byte) in header.iter_mut().zip(format!("Isocenter {SPACE}").bytes()) {
        *place = byte;
    }
    out.write_all(&header)?;
    let count: usize = surfaces.iter().map(|surface| surface.mesh.triangles.len()).sum();
    out.write_all(&u32::try_from(count).map_err(io::Error::other)?.to_le_bytes())?;
    for mesh in surfaces.iter().map(|surface| &surface.mesh) {
        for triangle in &mesh.triangles {
            let [a, b, c] = mesh.corners(*triangle);
            let normal = (b - a).cross(c - a).normalize_or_zero();
            for place in [normal, a, b, c] {
                for part in place.to_array() {
                    out.write_all(&(part as f32).to_le_bytes())?;
                }
            }
            out.write_all(&[0; 2])?;
        }
    }
    Ok(())
}
