//! The nearest of many points, exactly: a tree of boxes over points that were sorted along a curve.

use glam::DVec3;
use rayon::prelude::*;

/// Points of a leaf, and boxes of a node.
const WIDTH: usize = 8;

/// Points that can be asked which of them is nearest. Coordinates in any one unit.
#[derive(Clone, Debug, Default)]
pub struct NearestPoint {
    points: Vec<[[f64; WIDTH]; 3]>,
    /// Of each level from the leaves up, eight boxes together; the last level is one node.
    levels: Vec<Vec<Node>>,
}

/// Boxes of eight children; what is missing is nowhere.
#[derive(Clone, Copy, Debug)]
struct Node {
    low: [[f64; WIDTH]; 3],
    high: [[f64; WIDTH]; 3],
}

impl Node {
    const EMPTY: Self = Self {
        low: [[f64::INFINITY; WIDTH]; 3],
        high: [[f64::NEG_INFINITY; WIDTH]; 3],
    };

    /// The box around all children.
    fn bounds(&self) -> ([f64; 3], [f64; 3]) {
        (
            self.low.map(|low| low.into_iter().fold(f64::INFINITY, f64::min)),
            self.high.map(|high| high.into_iter().fold(f64::NEG_INFINITY, f64::max)),
        )
    }
}

impl NearestPoint {
    /// Over points that come in an order in which neighbours are mostly near each other (along a space-filling curve):
    /// any order is right, that one is quick. No coordinate may be NaN.
    pub fn new(points: &[DVec3]) -> Self {
        let leaves: Vec<[[f64; WIDTH]; 3]> = points
            .par_chunks(WIDTH)
            .map(|chunk| {
                let mut leaf = [[f64::INFINITY; WIDTH]; 3];
                for (n, point) in chunk.iter().enumerate() {
                    for axis in 0..3 {
                        leaf[axis][n] = point[axis];
                    }
                }
                leaf
            })
            .collect();
        let mut bounds: Vec<([f64; 3], [f64; 3])> = points.par_chunks(WIDTH).map(bounds_of).collect();
        let mut levels = Vec::new();
        while bounds.len() > 1 || (levels.is_empty() && !bounds.is_empty()) {
            let nodes: Vec<Node> = bounds
                .par_chunks(WIDTH)
                .map(|children| {
                    let mut node = Node::EMPTY;
                    for (n, (low, high)) in children.iter().enumerate() {
                        for axis in 0..3 {
                            node.low[axis][n] = low[axis];
                            node.high[axis][n] = high[axis];
                        }
                    }
                    node
                })
                .collect();
            bounds = nodes.iter().map(Node::bounds).collect();
            levels.push(nodes);
        }
        Self { points: leaves, levels }
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The square of the distance to the nearest point, and that point. `hint` is a point of the set that may be near
    /// (the one found for a neighbour), or any place infinitely far away. `None` if there are no points.
    pub fn nearest(&self, at: DVec3, hint: DVec3) -> Option<(f64, DVec3)> {
        let top = self.levels.len().checked_sub(1)?;
        let mut best = Best {
            squared: at.distance_squared(hint),
            point: hint,
        };
        if best.squared.is_nan() {
            best.squared = f64::INFINITY;
        }
        self.descend(top, 0, at, &mut best);
        best.squared.is_finite().then_some((best.squared, best.point))
    }

    fn descend(&self, level: usize, node: usize, at: DVec3, best: &mut Best) {
        let Some(boxes) = self.levels.get(level).and_then(|nodes| nodes.get(node)) else {
            return;
        };
        let mut apart = [0.0; WIDTH];
        for axis in 0..3 {
            let here = at[axis];
            let sides = boxes.low[axis].iter().zip(&boxes.high[axis]);
            for (apart, (low, high)) in apart.iter_mut().zip(sides) {
                let outside = (low - here).max(here - high).max(0.0);
                *apart += outside * outside;
            }
        }
        loop {
            // The nearest child that is left.
            let mut child = 0;
            for n in 1..WIDTH {
                if apart[n] < apart[child] {
                    child = n;
                }
            }
            if apart[child] >= best.squared {
                return;
            }
            apart[child] = f64::INFINITY;
            let index = node * WIDTH + child;
            match level.checked_sub(1) {
                Some(below) => self.descend(below, index, at, best),
                None => self.search(index, at, best),
            }
        }
    }

    fn search(&self, leaf: usize, at: DVec3, best: &mut Best) {
        let Some([x, y, z]) = self.points.get(leaf) else {
            return;
        };
        let mut squared = [0.0; WIDTH];
        for n in 0..WIDTH {
            let (dx, dy, dz) = (x[n] - at.x, y[n] - at.y, z[n] - at.z);
            squared[n] = dx * dx + dy * dy + dz * dz;
        }
        for n in 0..WIDTH {
            if squared[n] < best.squared {
                best.squared = squared[n];
                best.point = DVec3::new(x[n], y[n], z[n]);
            }
        }
    }
}

struct Best {
    squared: f64,
    point: DVec3,
}

fn bounds_of(points: &[DVec3]) -> ([f64; 3], [f64; 3]) {
    let (low, high) = points
        .iter()
        .fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), point| {
            (low.min(*point), high.max(*point))
        });
    (low.to_array(), high.to_array())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_few_and_of_many() {
        let place = |n: usize| {
            let part = |step: usize, size: usize| (n * step % size) as f64 / 7.0;
            DVec3::new(part(7919, 101), part(104_729, 97), part(1_299_709, 89))
        };
        for count in [1, 2, 8, 9, 64, 65, 513, 1200] {
            let points: Vec<DVec3> = (0..count).map(place).collect();
            let tree = NearestPoint::new(&points);
            for n in 0..200 {
                let at = place(n + 5000) * 1.3 - DVec3::ONE;
                let brute = points
                    .iter()
                    .map(|point| point.distance_squared(at))
                    .fold(f64::INFINITY, f64::min);
                for hint in [DVec3::INFINITY, points[0]] {
                    let (squared, point) = tree.nearest(at, hint).unwrap();
                    assert!((squared - brute).abs() < 1e-12 && (point.distance_squared(at) - brute).abs() < 1e-12);
                }
            }
        }
        assert!(NearestPoint::new(&[]).nearest(DVec3::ZERO, DVec3::INFINITY).is_none());
    }
}
