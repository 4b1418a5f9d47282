//! Measurements as they are seen in a pane.
//!
//! A line is solid, with its value, where it lies in what the pane shows: both ends no farther from the plane than half
//! a slice, or half the slab. Elsewhere it is seen projected onto the plane, without its value, and the fainter the
//! farther its nearest part is: nobody takes it for a line of this slice, and nobody loses it. On pictures without a
//! place in space a line belongs to its picture alone.

use glam::{DVec2, DVec3};

use super::super::pane::PaneId;
use super::super::scenes;
use super::super::state::State;
use super::super::tool::measure::{self, Part};
use super::text;
use crate::model::measurement::{Measurement, MeasurementId, Shape, Space};

/// How much is seen of a line just off the plane, and of one far away.
const NEAR_OPACITY: f64 = 0.55;
const FAR_OPACITY: f64 = 0.2;

/// A line this far away is as faint as any.
const FAR_MM: f64 = 40.0;

/// Beyond this share of a step, half a slice is not exceeded by rounding.
const ROUNDING: f64 = 1e-6;

/// A measured line in a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownLine {
    /// Of which measurement.
    pub id: MeasurementId,
    /// Its ends, from the top left of the pane.
    pub a: DVec2,
    /// The end that was set last; the value stands beside it.
    pub b: DVec2,
    /// What was measured ("43.2 mm"); `None` where it is off the plane.
    pub text: Option<String>,
    /// Off the plane: projected onto it, and drawn faint.
    pub is_faded: bool,
    /// How much of it is seen, from 0 to 1.
    pub opacity: f64,
    /// Whether keys act on it, or it is being drawn.
    pub is_selected: bool,
    /// What of it the pointer would take hold of.
    pub hovered: Option<Part>,
}

/// Where one measurement is in a pane.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Its ends in points from the pane's top left.
    pub ends: [DVec2; 2],
    /// How far its nearest part is from the plane, mm; 0 where it lies in the plane or goes through it.
    pub distance_mm: f64,
    /// Whether it lies in what the pane shows.
    pub is_in_plane: bool,
}

/// The lines of a pane, in points from its top left; the selected one last, above the others.
pub fn lines_in(state: &State, pane: PaneId) -> Vec<ShownLine> {
    let Some(entry) = state.shown() else { return Vec::new() };
    let hovered = measure::hovered(state, pane);
    let mut lines: Vec<ShownLine> = current(state)
        .filter_map(|measurement| {
            let placed = place(state, pane, measurement)?;
            let is_draft = state
                .measurements
                .draft()
                .is_some_and(|draft| draft.id == measurement.id);
            let is_selected = is_draft || state.measurements.selected() == Some(measurement.id);
            let [a, b] = placed.ends;
            let near = 1.0 - (placed.distance_mm / FAR_MM).min(1.0);
            Some(ShownLine {
                id: measurement.id,
                a,
                b,
                text: placed.is_in_plane.then(|| text(measurement, entry)),
                is_faded: !placed.is_in_plane,
                opacity: if placed.is_in_plane {
                    1.0
                } else {
                    FAR_OPACITY + (NEAR_OPACITY - FAR_OPACITY) * near
                },
                is_selected,
                hovered: hovered.filter(|grip| grip.id == measurement.id).map(|grip| grip.part),
            })
        })
        .collect();
    lines.sort_by_key(|line| (!line.is_faded, line.is_selected));
    lines
}

/// The same in pixels of a picture of the pane, which shows all of it from top to bottom.
pub fn lines_in_picture(state: &State, pane: PaneId, size: [u32; 2]) -> Vec<ShownLine> {
    let points = scenes::pane_size(state, pane);
    let pixels = DVec2::new(f64::from(size[0]), f64::from(size[1]));
    let scale = pixels.y / points.y;
    let place = |at: DVec2| (at - points / 2.0) * scale + pixels / 2.0;
    let mut lines = lines_in(state, pane);
    for line in &mut lines {
        (line.a, line.b) = (place(line.a), place(line.b));
        line.is_selected = false;
        line.hovered = None;
    }
    lines
}

/// The measurements to be drawn, the draft in place of the one that it comes from.
pub fn current(state: &State) -> impl Iterator<Item = &Measurement> {
    let draft = state.measurements.draft();
    let list = super::of_shown(state).map_or(&[][..], |series| &series.list);
    let is_new = draft.is_some_and(|draft| list.iter().all(|entry| entry.id != draft.id));
    list.iter()
        .filter(|entry| entry.is_visible && state.view.shows_measurements)
        .map(move |entry| draft.filter(|draft| draft.id == entry.id).unwrap_or(entry))
        .chain(draft.filter(|_| is_new))
}

/// Where a measurement is in a pane; `None` where it is not seen at all.
pub fn place(state: &State, pane: PaneId, measurement: &Measurement) -> Option<Placed> {
    let Shape::Length { points } = measurement.shape;
    match (pane, measurement.space) {
        (PaneId::Volume, _) => None,
        (PaneId::Stack, space) => {
            let geometry = state.shown()?.volume().geometry();
            let pixels = match (space, geometry) {
                (Space::Picture, None) => points,
                (Space::Patient, Some(geometry)) => points.map(|point| geometry.voxel_at(point)),
                _ => return None,
            };
            let slice = state.view.stack.slice as f64;
            if pixels.iter().any(|pixel| (pixel.z - slice).abs() > 0.5) {
                return None;
            }
            let [a, b] = pixels.map(|pixel| scenes::stack_point_of(state, pixel.truncate()));
            Some(Placed {
                ends: [a?, b?],
                distance_mm: 0.0,
                is_in_plane: true,
            })
        }
        (_, Space::Picture) => None,
        (_, Space::Patient) => {
            let half = half_thickness_mm(state, pane)?;
            let plane = scenes::plane(state, pane)?;
            let depths = points.map(|point: DVec3| plane.coordinates_of(point).z);
            let crosses = depths[0] * depths[1] <= 0.0;
            let nearest = depths[0].abs().min(depths[1].abs());
            let [a, b] = points.map(|point| scenes::point_of(state, pane, point));
            Some(Placed {
                ends: [a?, b?],
                distance_mm: if crosses { 0.0 } else { (nearest - half).max(0.0) },
                is_in_plane: depths.iter().all(|depth| depth.abs() <= half * (1.0 + ROUNDING)),
            })
        }
    }
}

/// Half of what a pane shows around its plane: half a slice, or half its slab.
fn half_thickness_mm(state: &State, pane: PaneId) -> Option<f64> {
    let geometry = state.shown()?.volume().geometry()?;
    let plane = state.view.plane(pane)?;
    let slice = geometry.step_along_mm(plane.axes.normal());
    let slab = plane.slab.map_or(0.0, |slab| slab.thickness_mm);
    Some(slice.max(slab) / 2.0)
}
