//! Trees of vessels and airways that branch as lungs do: each branch forks into a stronger and a weaker one.

use glam::{DMat3, DVec3};

use super::noise;

/// A piece of a tree: a straight tube.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch {
    /// One end, LPS mm.
    pub(super) from: DVec3,
    /// The other.
    pub(super) to: DVec3,
    /// Its radius in mm.
    pub(super) radius_mm: f64,
}

/// How a tree grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    /// Branches thinner than this are not grown.
    pub(super) least_radius_mm: f64,
    /// Length of a branch, in radii.
    pub(super) slenderness: f64,
    /// Radius of the stronger and of the weaker branch, of the radius of their parent. By Murray's law their cubes add
    /// up to about 1.
    pub(super) thinning: [f64; 2],
    /// Chooses one tree of many.
    pub(super) seed: u64,
}

/// Grows a tree from a stem. `may_grow` says where it may reach.
pub(super) fn grow(stem: Branch, growth: &Growth, may_grow: &impl Fn(DVec3) -> bool) -> Vec<Branch> {
    let mut grown = vec![stem];
    // Branches whose own branches are still to be grown.
    let mut next = 0;
    while let Some(parent) = grown.get(next).copied() {
        next += 1;
        let way = (parent.to - parent.from).normalize_or(DVec3::Z);
        let (aside, up) = way.any_orthonormal_pair();
        let chance = |n: i64| f64::from(noise::even(next as i64, n, 0, growth.seed));
        // Each fork lies about across the last one.
        let turn = std::f64::consts::FRAC_PI_2 * (next % 2) as f64 + 0.9 * chance(0);
        let hinge = aside * turn.cos() + up * turn.sin();
        for (n, thinning) in growth.thinning.iter().enumerate() {
            let radius_mm = parent.radius_mm * thinning;
            if radius_mm < growth.least_radius_mm {
                continue;
            }
            // The weaker branch turns off further.
            let angle = if n == 0 { -0.24 } else { 0.82 } + 0.2 * chance(1 + n as i64);
            let onward = DMat3::from_axis_angle(hinge, angle) * way;
            let length = radius_mm.powf(0.75) * growth.slenderness * (1.0 + 0.25 * chance(3 + n as i64));
            let to = parent.to + onward * length;
            if may_grow(parent.to + onward * (length * 0.6)) {
                grown.push(Branch {
                    from: parent.to,
                    to,
                    radius_mm,
                });
            }
        }
    }
    grown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_ends_and_stays_where_it_may() {
        let stem = Branch {
            from: DVec3::ZERO,
            to: DVec3::new(10.0, 0.0, 0.0),
            radius_mm: 5.0,
        };
        let growth = Growth {
            least_radius_mm: 0.8,
            slenderness: 6.0,
            thinning: [0.85, 0.7],
            seed: 3,
        };
        let tree = grow(stem, &growth, &|at| at.x > 0.0);
        assert!((50..5000).contains(&tree.len()), "{}", tree.len());
        assert!(tree.iter().all(|branch| branch.radius_mm >= 0.8));
        let again = grow(stem, &growth, &|at| at.x > 0.0);
        assert!(tree.iter().zip(&again).all(|(a, b)| a.to == b.to));
    }
}
