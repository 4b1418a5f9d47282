//! How well two label maps agree: overlaps, volumes, and distances of surfaces. Map A is the reference, B is judged.

mod disagreement;
mod distances;
mod nearest;
mod overlap;
mod surface;

pub use disagreement::{AGREED, Differences, FALSE, MISSED, MISTAKEN, Piece, differences};
pub use distances::{SurfaceDistances, surface_distances};
pub use nearest::NearestPoint;
pub(crate) use overlap::slice_shares;
pub use overlap::{Overlap, Overlaps, overlaps};
pub use surface::surface_voxels;
