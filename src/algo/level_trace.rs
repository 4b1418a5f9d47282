//! The line of one value around a place of a plane: marching squares (Lorensen and Cline's cubes, in two dimensions),
//! walked from cell to cell, so that it costs by the length of the line alone.

use glam::{DVec2, DVec3};

use super::sample;
use crate::model::plane::Plane;
use crate::model::volume::{Value, Volume};
use crate::scene::Interpolation;

/// A line with more corners is that of noise, and nobody wants it filled.
const MOST_CORNERS: usize = 20_000;

/// The values of a plane at the corners of square cells.
struct Squares<'a> {
    volume: &'a Volume,
    frame: usize,
    plane: Plane,
    /// Side of a cell, mm.
    side_mm: f64,
    level: f64,
}

/// A side of a cell: 0 the upper, 1 the right, 2 the lower, 3 the left one.
type Side = usize;

impl Squares<'_> {
    fn value(&self, [x, y]: [i64; 2]) -> f64 {
        let place = self.plane.patient_at(x as f64 * self.side_mm, y as f64 * self.side_mm);
        value(self.volume, self.frame, place).unwrap_or(f64::NEG_INFINITY)
    }

    /// Values at the corners of a cell, clockwise from the upper left.
    fn corners(&self, [x, y]: [i64; 2]) -> [f64; 4] {
        [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]].map(|at| self.value(at))
    }

    /// The side by which the line leaves that comes in by another. High values stay on one hand.
    fn way_out(&self, corners: [f64; 4], from: Side) -> Option<Side> {
        let crossed: Vec<Side> = (0..4)
            .filter(|side| (corners[*side] >= self.level) != (corners[(side + 1) % 4] >= self.level))
            .collect();
        match crossed.len() {
            2 => crossed.into_iter().find(|side| *side != from),
            4 => {
                // A saddle: its middle says which corners belong together.
                let middle = corners.iter().sum::<f64>() / 4.0;
                let joins_first = (middle >= self.level) == (corners[0] >= self.level);
                let pairs: [Side; 4] = if joins_first { [1, 0, 3, 2] } else { [3, 2, 1, 0] };
                pairs.get(from).copied()
            }
            _ => None,
        }
    }

    /// Where the line crosses a side, mm on the plane.
    fn crossing(&self, [x, y]: [i64; 2], corners: [f64; 4], side: Side) -> DVec2 {
        let at = |n: usize| DVec2::from([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]][n % 4]);
        let (a, b) = (corners[side], corners[(side + 1) % 4]);
        // Beyond the volume there is nothing: the line runs along its border.
        let share = match (a.is_finite(), b.is_finite()) {
            (true, true) if a != b => ((self.level - a) / (b - a)).clamp(0.0, 1.0),
            (true, _) => 0.0,
            (false, _) => 1.0,
        };
        (DVec2::new(x as f64, y as f64) + at(side).lerp(at(side + 1), share)) * self.side_mm
    }
}

fn value(volume: &Volume, frame: usize, place: DVec3) -> Option<f64> {
    let voxel = volume.geometry()?.voxel_at(place);
    match sample::value_at(volume, voxel, frame, Interpolation::Linear)? {
        Value::Scalar(value) if value.is_finite() => Some(value),
        _ => None,
    }
}

/// The closed line on a plane through a point of it, given in mm right of and below its middle, along which an image
/// has the value that it has there. `None` where there is no value, all around is alike, or the line has no end.
pub fn trace(volume: &Volume, frame: usize, plane: Plane, point: DVec2) -> Option<Vec<DVec2>> {
    let side_mm = volume.geometry()?.shortest_edge_mm();
    // A cell stands with its middle at the point, so that lines come from there and not from the grid's place.
    let from = plane.patient_at(point.x, point.y);
    let plane = Plane {
        center: plane.patient_at(point.x - side_mm / 2.0, point.y - side_mm / 2.0),
        ..plane
    };
    let mut squares = Squares {
        volume,
        frame,
        plane,
        side_mm,
        level: value(volume, frame, from)?,
    };
    let start = [0, 0];
    let corners = squares.corners(start);
    let lowest = corners.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if lowest >= highest {
        return None;
    }
    // What is as bright as the brightest corner, or brighter, would have no line in the cell.
    if squares.level <= lowest || squares.level > highest {
        let finite = corners.iter().filter(|value| value.is_finite());
        squares.level = finite.clone().sum::<f64>() / finite.count().max(1) as f64;
    }
    let first = (0..4).find(|side| (corners[*side] >= squares.level) != (corners[(side + 1) % 4] >= squares.level))?;
    let (mut cell, mut side) = (start, first);
    let mut line = Vec::new();
    loop {
        let corners = squares.corners(cell);
        line.push(squares.crossing(cell, corners, side) + point - side_mm / 2.0);
        side = squares.way_out(corners, side)?;
        let step = [[0, -1], [1, 0], [0, 1], [-1, 0]][side];
        cell = [cell[0] + step[0], cell[1] + step[1]];
        side = (side + 2) % 4;
        if (cell, side) == (start, first) {
            return (line.len() >= 3).then_some(line);
        }
        if line.len() >= MOST_CORNERS {
            return None;
        }
    }
}
