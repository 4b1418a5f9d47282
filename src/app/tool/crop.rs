//! The crop box in the panes: its outline, and a handle on each side to move it by.

use glam::{DVec2, DVec3};

use crate::app::pane::PaneId;
use crate::app::scenes;
use crate::app::state::State;
use crate::model::geometry::Geometry;
use crate::model::plane::Plane;
use crate::scene::CropBox;

/// How near the pointer must be to a handle, in points.
const REACH: f64 = 9.0;
/// A side whose direction is foreshortened below this has no handle.
const LEAST_ACROSS: f64 = 0.35;
/// The box is never thinner, mm.
const THINNEST_MM: f64 = 1.0;

/// A side of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropSide {
    /// 0, 1, 2: x, y, z.
    pub axis: usize,
    /// The side of high coordinates.
    pub is_high: bool,
}

/// A handle in points from the pane's top left.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// The side that it moves.
    pub side: CropSide,
    /// Where it stands.
    pub at: DVec2,
    /// Where it goes for a mm along the axis.
    pub per_mm: DVec2,
}

/// The box around a volume.
pub fn around(geometry: &Geometry) -> CropBox {
    let corners = geometry.corners();
    CropBox {
        low: corners.iter().copied().fold(DVec3::INFINITY, DVec3::min),
        high: corners.iter().copied().fold(DVec3::NEG_INFINITY, DVec3::max),
    }
}

/// The box that is shown with its handles.
pub fn shown(state: &State) -> Option<CropBox> {
    state.view.volume.shows_crop.then_some(state.view.volume.cuts.crop?)
}

/// The box with a side moved, as far as the other side lets it.
pub fn moved(crop: CropBox, side: CropSide, mm: f64) -> CropBox {
    let CropBox { mut low, mut high } = crop;
    let axis = side.axis;
    if side.is_high {
        high[axis] = (high[axis] + mm).max(low[axis] + THINNEST_MM);
    } else {
        low[axis] = (low[axis] + mm).min(high[axis] - THINNEST_MM);
    }
    CropBox { low, high }
}

/// How far a drag moves a side, mm.
pub fn distance_mm(handle: &Handle, delta: DVec2) -> f64 {
    delta.dot(handle.per_mm) / handle.per_mm.length_squared().max(1e-12)
}

/// The handles that a pane has room for.
pub fn handles(state: &State, pane: PaneId) -> Vec<Handle> {
    let Some(crop) = shown(state) else {
        return Vec::new();
    };
    let sides = (0..3).flat_map(|axis| [false, true].map(|is_high| CropSide { axis, is_high }));
    let handle = |side: CropSide| {
        let mut middle = (crop.low + crop.high) / 2.0;
        middle[side.axis] = if side.is_high { crop.high } else { crop.low }[side.axis];
        let at = point_of(state, pane, middle)?;
        let per_mm = point_of(state, pane, middle + DVec3::AXES[side.axis])? - at;
        let across = per_mm.length() * mm_per_point(state, pane);
        (across >= LEAST_ACROSS).then_some(Handle { side, at, per_mm })
    };
    sides.filter_map(handle).collect()
}

/// The handle at a point of a pane.
pub fn handle_at(state: &State, pane: PaneId, at: DVec2) -> Option<Handle> {
    let distance = |handle: &Handle| (handle.at - at).length();
    handles(state, pane)
        .into_iter()
        .filter(|handle| distance(handle) <= REACH)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// The lines of the box in a pane: where it cuts the plane, or all its edges in the volume view.
pub fn lines(state: &State, pane: PaneId) -> Vec<[DVec2; 2]> {
    let Some(crop) = shown(state) else {
        return Vec::new();
    };
    let lines = match scenes::plane(state, pane) {
        Some(plane) => section(&crop, &plane),
        None if pane == PaneId::Volume => edges(&crop).to_vec(),
        None => Vec::new(),
    };
    let seen = |[from, to]: [DVec3; 2]| Some([point_of(state, pane, from)?, point_of(state, pane, to)?]);
    lines.into_iter().filter_map(seen).collect()
}

fn edges(crop: &CropBox) -> [[DVec3; 2]; 12] {
    let corner = |n: usize| {
        let pick = |axis: usize| {
            if n >> axis & 1 == 1 {
                crop.high[axis]
            } else {
                crop.low[axis]
            }
        };
        DVec3::new(pick(0), pick(1), pick(2))
    };
    std::array::from_fn(|n| {
        let (axis, rest) = (n / 4, n % 4);
        // The corner with a zero for this axis, and the one beyond.
        let low_bits = rest & ((1 << axis) - 1);
        let from = (rest - low_bits) << 1 | low_bits;
        [corner(from), corner(from | 1 << axis)]
    })
}

/// The sides of the polygon in which a plane cuts the box.
fn section(crop: &CropBox, plane: &Plane) -> Vec<[DVec3; 2]> {
    let normal = plane.axes.normal();
    let beyond = |place: DVec3| (place - plane.center).dot(normal);
    let mut points: Vec<DVec3> = edges(crop)
        .into_iter()
        .filter_map(|[from, to]| {
            let (a, b) = (beyond(from), beyond(to));
            ((a < 0.0) != (b < 0.0)).then(|| from.lerp(to, a / (a - b)))
        })
        .collect();
    let middle = points.iter().sum::<DVec3>() / points.len().max(1) as f64;
    let angle = |place: &DVec3| {
        let apart = *place - middle;
        apart.dot(plane.axes.down).atan2(apart.dot(plane.axes.right))
    };
    points.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    (0..points.len())
        .map(|n| [points[n], points[(n + 1) % points.len()]])
        .collect()
}

fn point_of(state: &State, pane: PaneId, place: DVec3) -> Option<DVec2> {
    if pane == PaneId::Volume {
        return scenes::volume_point_of(state, place);
    }
    scenes::point_of(state, pane, place)
}

fn mm_per_point(state: &State, pane: PaneId) -> f64 {
    if pane == PaneId::Volume {
        scenes::camera_mm_per_point(state)
    } else {
        scenes::mm_per_point(state, pane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plane::View;

    const CROP: CropBox = CropBox {
        low: DVec3::new(-1.0, -2.0, -3.0),
        high: DVec3::new(1.0, 2.0, 3.0),
    };

    #[test]
    fn a_box_has_twelve_edges_of_the_right_lengths() {
        let mut lengths: Vec<f64> = edges(&CROP).iter().map(|[from, to]| (*to - *from).length()).collect();
        lengths.sort_by(f64::total_cmp);
        assert_eq!(lengths, [2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 4.0, 6.0, 6.0, 6.0, 6.0]);
    }

    #[test]
    fn a_plane_cuts_it_in_a_closed_polygon() {
        let axial = Plane {
            center: DVec3::new(40.0, 0.0, 1.0),
            axes: View::Axial.axes(),
        };
        let around: f64 = section(&CROP, &axial)
            .iter()
            .map(|[from, to]| (*to - *from).length())
            .sum();
        assert_eq!(section(&CROP, &axial).len(), 4);
        assert!((around - 12.0).abs() < 1e-12);
        let beside = Plane {
            center: DVec3::new(0.0, 0.0, 9.0),
            ..axial
        };
        assert!(section(&CROP, &beside).is_empty());
    }

    #[test]
    fn a_side_stops_before_the_other() {
        let left = CropSide { axis: 0, is_high: true };
        assert_eq!(moved(CROP, left, 0.5).high.x, 1.5);
        assert_eq!(moved(CROP, left, -50.0).high.x, 0.0);
    }
}
