//! Contours: closed planar outlines of regions, as radiotherapy draws them.

use glam::DVec3;

use super::coding::Coding;

/// One region of interest.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its number in its set.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// Red, green, blue; `None` where it is not said.
    pub color: Option<[u8; 3]>,
    /// What it is, in codes, where that is said.
    pub coding: Option<Coding>,
    /// Closed outlines, LPS mm; the last point joins the first. A point is inside where it is inside an odd number of
    /// the outlines of its plane, so that one within another is a hole.
    pub outlines: Vec<Vec<DVec3>>,
}
