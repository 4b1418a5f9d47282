//! Outlines of pixels: closed polygons which, filled again, give the same pixels.
//!
//! Marching squares (W. Lorensen and H. Cline's cubes in the plane): a corner of the polygon lies between each pixel that
//! is set and a neighbour that is not, so that corners are cut and the area stays that of the pixels but for half a
//! pixel. Pixels that touch at a corner only are apart. Holes are tied to what is around them by a channel of no width
//! ("keyhole", PS3.3 C.8.8.6.3): out and back along a row of pixels that are set.

use std::collections::BTreeMap;

use glam::DVec2;

/// How far a corner lies from the pixel that is set, in pixels: all but half way, so that programs which round corners
/// to pixels find the ones that are set.
const TOWARDS: f64 = 0.49;

/// A pixel that is set, and the neighbour that is not: as a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Corner {
    i: i32,
    j: i32,
    di: i32,
    dj: i32,
}

impl Corner {
    fn at(self) -> DVec2 {
        DVec2::new(
            f64::from(self.i) + TOWARDS * f64::from(self.di),
            f64::from(self.j) + TOWARDS * f64::from(self.dj),
        )
    }
}

/// The outlines of the pixels that are set, in pixels (centres are whole numbers), one for each piece.
pub fn outlines(columns: usize, rows: usize, is_set: impl Fn(usize, usize) -> bool) -> Vec<Vec<DVec2>> {
    let (width, height) = (columns as i32, rows as i32);
    let set = |i: i32, j: i32| (0..width).contains(&i) && (0..height).contains(&j) && is_set(i as usize, j as usize);
    // From each corner to the next one, what is set on the right hand (rows run down).
    let mut next: BTreeMap<Corner, Corner> = BTreeMap::new();
    for j in -1..height {
        for i in -1..width {
            link_cell(i, j, &set, &mut next);
        }
    }
    let mut loops: Vec<Vec<Corner>> = Vec::new();
    while let Some((start, _)) = next.first_key_value().map(|(from, to)| (*from, *to)) {
        let mut corners = Vec::new();
        let mut at = start;
        while let Some(to) = next.remove(&at) {
            corners.push(at);
            at = to;
        }
        loops.push(corners);
    }
    tied(&loops, &set)
        .into_iter()
        .map(|corners| simplified(&corners))
        .collect()
}

/// The pieces of outlines between four pixels, of which (i, j) is the upper left.
fn link_cell(i: i32, j: i32, set: &impl Fn(i32, i32) -> bool, next: &mut BTreeMap<Corner, Corner>) {
    // Clockwise: upper left, upper right, lower right, lower left.
    let places = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
    let states = places.map(|(i, j)| set(i, j));
    if states.iter().all(|state| *state) || !states.iter().any(|state| *state) {
        return;
    }
    // The corner on the edge from one place to the next, seen from the one that is set.
    let corner = |n: usize| {
        let (a, b) = (places[n % 4], places[(n + 1) % 4]);
        let (from, to) = if states[n % 4] { (a, b) } else { (b, a) };
        Corner {
            i: from.0,
            j: from.1,
            di: to.0 - from.0,
            dj: to.1 - from.1,
        }
    };
    // Each run of set pixels around the cell begins on one edge and ends on another; two runs stay apart.
    for first in (0..4).filter(|n| states[*n] && !states[(n + 3) % 4]) {
        let length = (1..4).take_while(|n| states[(first + n) % 4]).count();
        next.insert(corner(first + length), corner(first + 3));
    }
}

/// Twice the area, positive where the pixels inside are set.
fn area(corners: &[Corner]) -> f64 {
    let around = corners.iter().zip(corners.iter().cycle().skip(1));
    around.map(|(a, b)| a.at().perp_dot(b.at())).sum()
}

/// Ties every hole to the outline to its left.
fn tied(loops: &[Vec<Corner>], set: &impl Fn(i32, i32) -> bool) -> Vec<Vec<Corner>> {
    let is_outer: Vec<bool> = loops.iter().map(|corners| area(corners) > 0.0).collect();
    // All corners as one list, each with the one that follows; a channel's ends are there twice.
    let mut corners: Vec<Corner> = Vec::new();
    let mut after: Vec<usize> = Vec::new();
    let mut before: Vec<usize> = Vec::new();
    let mut starts = Vec::new();
    let mut index: BTreeMap<Corner, usize> = BTreeMap::new();
    for one in loops {
        let first = corners.len();
        starts.push(first);
        for (n, corner) in one.iter().enumerate() {
            index.insert(*corner, corners.len());
            corners.push(*corner);
            after.push(first + (n + 1) % one.len());
            before.push(first + (n + one.len() - 1) % one.len());
        }
    }
    for (one, _) in loops.iter().zip(&is_outer).filter(|(_, is_outer)| !**is_outer) {
        // The leftmost corner of a hole looks right from a pixel that is set.
        let leftmost = one
            .iter()
            .filter(|corner| corner.di == 1)
            .min_by_key(|corner| (corner.i, corner.j));
        let Some(leftmost) = leftmost else { continue };
        let mut i = leftmost.i;
        while set(i - 1, leftmost.j) {
            i -= 1;
        }
        let end = Corner { i, di: -1, ..*leftmost };
        let (Some(&from), Some(&to)) = (index.get(leftmost), index.get(&end)) else {
            continue;
        };
        // end → leftmost → around the hole → leftmost again → end again → on.
        let (again, end_again) = (corners.len(), corners.len() + 1);
        corners.extend([*leftmost, end]);
        after.extend([again; 2]);
        before.extend([again; 2]);
        let (Some(&last), Some(&behind)) = (before.get(from), after.get(to)) else {
            continue;
        };
        for (a, b) in [(last, again), (again, end_again), (end_again, behind), (to, from)] {
            if let (Some(next), Some(previous)) = (after.get_mut(a), before.get_mut(b)) {
                (*next, *previous) = (b, a);
            }
        }
    }
    let outer = starts.iter().zip(&is_outer).filter(|(_, is_outer)| **is_outer);
    outer
        .map(|(start, _)| {
            let mut found = Vec::new();
            let mut at = *start;
            loop {
                found.extend(corners.get(at).copied());
                at = after.get(at).copied().unwrap_or(*start);
                if at == *start || found.len() > corners.len() {
                    return found;
                }
            }
        })
        .collect()
}

/// Without the corners that lie on a line between those before and behind them.
fn simplified(corners: &[Corner]) -> Vec<DVec2> {
    let points: Vec<DVec2> = corners.iter().map(|corner| corner.at()).collect();
    let count = points.len();
    let is_needed = |n: usize| {
        let (before, at, behind) = (points[(n + count - 1) % count], points[n], points[(n + 1) % count]);
        let (a, b) = (at - before, behind - at);
        // Turning back, as at the end of a channel, is no straight line.
        a.perp_dot(b).abs() > 1e-9 || a.dot(b) <= 0.0
    };
    (0..count).filter(|n| is_needed(*n)).map(|n| points[n]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(picture: &[&str]) -> (usize, usize, Vec<bool>) {
        let set = picture.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        (picture[0].len(), picture.len(), set)
    }

    /// Pixels whose centres are inside an odd number of polygons, and the area of all.
    fn filled(polygons: &[Vec<DVec2>], columns: usize, rows: usize) -> (Vec<bool>, f64) {
        let crosses = |a: DVec2, b: DVec2, at: DVec2| {
            (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) * (b.x - a.x) / (b.y - a.y)
        };
        let inside = |at: DVec2| {
            let edges = polygons.iter().flat_map(|p| p.iter().zip(p.iter().cycle().skip(1)));
            edges.filter(|(a, b)| crosses(**a, **b, at)).count() % 2 == 1
        };
        let set = (0..columns * rows).map(|n| inside(DVec2::new((n % columns) as f64, (n / columns) as f64)));
        let area = |p: &Vec<DVec2>| -> f64 {
            p.iter()
                .zip(p.iter().cycle().skip(1))
                .map(|(a, b)| a.perp_dot(*b))
                .sum()
        };
        (set.collect(), polygons.iter().map(area).sum::<f64>() / 2.0)
    }

    fn check(picture: &[&str], pieces: usize) {
        let (columns, rows, set) = parse(picture);
        let found = outlines(columns, rows, |i, j| set[j * columns + i]);
        assert_eq!(found.len(), pieces, "{picture:?}");
        let (back, _) = filled(&found, columns, rows);
        assert_eq!(back, set, "{picture:?}: {found:?}");
    }

    #[test]
    fn pixels_come_back() {
        check(&["....", "...."], 0);
        check(&["#"], 1);
        check(&["####", "####"], 1);
        check(&["#.", ".#"], 2);
        check(&[".#", "#."], 2);
        check(&["####", "#..#", "####"], 1);
        check(&["#####", "#.#.#", "#####", "#.#.#", "#####"], 1);
        check(
            &[
                "#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######",
            ],
            2,
        );
        check(&["#####", "##.##", "#.#.#", "##.##", "#####"], 2);
    }

    #[test]
    fn any_pixels_come_back() {
        let mut seed = 12345_u64;
        for round in 0..300 {
            let (columns, rows) = (3 + round % 14, 2 + round % 11);
            let share = 20 + round as u64 % 60;
            let mut random = || {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % 100 < share
            };
            let set: Vec<bool> = (0..columns * rows).map(|_| random()).collect();
            let found = outlines(columns, rows, |i, j| set[j * columns + i]);
            assert_eq!(filled(&found, columns, rows).0, set, "{columns} × {rows}");
        }
    }

    #[test]
    fn the_area_is_that_of_the_pixels() {
        let inside = |i: usize, j: usize| {
            let r2 = (i as f64 - 50.0).powi(2) + (j as f64 - 50.0).powi(2);
            (400.0..1600.0).contains(&r2)
        };
        let count = (0..101 * 101).filter(|n| inside(n % 101, n / 101)).count() as f64;
        let found = outlines(101, 101, inside);
        assert_eq!(found.len(), 1);
        let area = filled(&found, 1, 1).1;
        assert!((area / count - 1.0).abs() < 0.003, "{area} for {count} pixels");
    }
}
