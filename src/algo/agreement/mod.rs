//! How well two label maps agree: overlaps, volumes, and distances of surfaces. Map A is the reference, B is judged.

mod curve;
mod disagreement;
mod distances;
mod nearest;
mod overlap;
mod staple;
mod surface;

pub use curve::{AtThreshold, best_threshold, even_thresholds, threshold_curve};
pub use disagreement::{AGREED, Differences, FALSE, MISSED, MISTAKEN, Piece, differences};
pub use distances::{SurfaceDistances, surface_distances};
pub use nearest::NearestPoint;
pub(crate) use overlap::slice_shares;
pub use overlap::{Overlap, Overlaps, overlaps};
pub use staple::{MOST_READERS, Pattern, Performance, Staple, pattern_of_slice, patterns, staple};
pub use surface::surface_voxels;
