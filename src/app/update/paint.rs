//! Painting: new segmentations and segments, strokes, and each of them as a step that can be undone.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::DVec2;

use super::super::history::{Edit, LabelEdit, Step};
use super::super::made_map::{self, MadeLabels};
use super::super::overlays::Overlay;
use super::super::paint_rule::Rule;
use super::super::painting::{self, Begun, PaintChange, PaintHabits};
use super::super::pane::PaneId;
use super::super::state::{Level, LoadState, State};
use super::super::tool::{Tool, paint};
use super::jobs;
use crate::algo::brush::Stroke;
use crate::io::{self, OpenVolume};
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::LabelMap;
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::model::volume::{Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::Voxels;
use crate::say;

/// Applies a change of how segments are painted.
pub(super) fn change(state: &mut State, change: &PaintChange) {
    let painting = &mut state.painting;
    match *change {
        PaintChange::Into { index, label } => {
            if let Some(entry) = state
                .document
                .entries
                .get(index)
                .filter(|entry| entry.overlay.is_some() && !made_map::is_made(entry.volume()))
            {
                painting.target = Some(entry.volume().id);
                painting.label = label;
            }
        }
        PaintChange::Radius(radius_mm) => painting.radius_mm = painting::limited(radius_mm),
        PaintChange::StepRadius(steps) => painting.radius_mm = painting::stepped(painting.radius_mm, steps),
        PaintChange::Ball(is_ball) => painting.is_ball = is_ball,
        PaintChange::Over(over) => painting.over = over,
        PaintChange::ShowsRange(shows_range) => painting.shows_range = shows_range,
        PaintChange::Within(within) => painting.within = within,
        PaintChange::Erases(erases) => painting.erases = erases,
        PaintChange::Tolerance(tolerance) => {
            painting.tolerance = Some(tolerance).filter(|tolerance| tolerance.is_finite() && *tolerance >= 0.0);
        }
        PaintChange::FillsVolume(fills_volume) => painting.fills_volume = fills_volume,
        PaintChange::Cut(cut) => painting.cut = cut,
        PaintChange::Islands(islands) => painting.islands = islands,
        PaintChange::Range(range) => {
            let sorted = |[low, high]: [f64; 2]| [low.min(high), low.max(high)];
            painting.range = range.map(sorted).filter(|range| range.iter().all(|end| !end.is_nan()));
        }
    }
    state.settings.painting = PaintHabits::of(painting);
}

/// A new, empty segmentation on the grid of the shown image, with one segment, to be painted.
pub(super) fn new_segmentation(state: &mut State) {
    let Some(image) = state.shown().map(|entry| Arc::clone(entry.volume())) else {
        return;
    };
    let known = state
        .document
        .entries
        .iter()
        .filter(|entry| entry.overlay.is_some())
        .count();
    let made = MadeLabels {
        description: say!("app-new-segmentation", number = known + 1),
        table: SegmentTable {
            segments: vec![Segment::new(1, say!("app-segment", label = 1), default_color(1))],
        },
        map: LabelMap::empty(image.dims()),
        counts: BTreeMap::new(),
    };
    if add_made(state, &image, made).is_none() {
        return state.tell(Level::Error, say!("app-no-grid-to-paint"));
    }
    if !state.view.tool.is_some_and(Tool::paints) {
        state.view.tool = Some(Tool::Brush);
    }
}

/// Adds a segmentation on the grid of a volume, which nothing is in a file of yet, as the one that is painted. `None`
/// where that has no place in the patient.
pub(super) fn add_made(state: &mut State, like: &Volume, made: MadeLabels) -> Option<VolumeId> {
    like.geometry()?;
    let voxels = Voxels::of_labels(vec![made.map]).ok()?;
    let series = SeriesInfo {
        format: "isocenter",
        kind: VolumeKind::Segmentation,
        modality: "SEG".to_owned(),
        description: made.description,
        series_uid: String::new(),
        series_number: None,
        transfer_syntax: String::new(),
        files: 0,
        stored_type: "u16".to_owned(),
        ..like.series.clone()
    };
    let volume = Arc::new(Volume {
        id: VolumeId::fresh(),
        series,
        placement: like.placement.clone(),
        voxels,
        rescale: Rescale::IDENTITY,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    });
    let id = volume.id;
    let source = io::blank::source(&volume);
    let mut entry = jobs::entry(OpenVolume { volume, source }, state.settings.interpolation);
    state.painting.label = made.table.segments.first().map_or(1, |segment| segment.label);
    entry.load = LoadState::Loaded;
    entry.overlay = Some(Overlay {
        made_over: state.view.shown,
        ..Overlay::made(made.table, made.counts)
    });
    state.document.entries.push(entry);
    state.view.overlays.is_on = true;
    state.painting.target = Some(id);
    Some(id)
}

/// A new segment of a map, to be painted.
pub(super) fn add_segment(state: &mut State, index: usize) {
    let Some(entry) = state.document.entries.get(index) else {
        return;
    };
    let id = entry.volume().id;
    let Some(overlay) = &entry.overlay else { return };
    let Some(label) = painting::free_label(&overlay.table.segments) else {
        return;
    };
    let mut table = overlay.table.clone();
    let name = say!("app-segment", label = label);
    table
        .segments
        .push(Segment::new(label, name.clone(), default_color(label)));
    table.segments.sort_by_key(|segment| segment.label);
    let edit = LabelEdit {
        volume: id,
        layer: 0,
        delta: None,
        tables: Some((overlay.table.clone(), table)),
    };
    commit(state, edit, say!("app-step-add-segment", name = name));
    state.painting.target = Some(id);
    state.painting.label = label;
}

/// Takes a segment out of a map, with all its voxels.
pub(super) fn remove_segment(state: &mut State, index: usize, label: u32) {
    let Some(entry) = state.document.entries.get(index) else {
        return;
    };
    let id = entry.volume().id;
    let Some(overlay) = entry.overlay.as_ref().filter(|overlay| overlay.is_read()) else {
        return;
    };
    let Some(segment) = overlay.table.get(label) else {
        return;
    };
    let (layer, name) = (segment.layer, segment.name.clone());
    if segment.is_locked {
        return state.tell(Level::Note, say!("app-segment-locked", name = name));
    }
    let mut table = overlay.table.clone();
    table.segments.retain(|segment| segment.label != label);
    let Some(before) = entry.volume().voxels.label_map(layer) else {
        return;
    };
    let mut after = before.clone();
    after.relabel(|old| if u32::from(old) == label { 0 } else { old });
    let edit = LabelEdit {
        volume: id,
        layer,
        delta: LabelDelta::between(before, &after).map(Arc::new),
        tables: Some((overlay.table.clone(), table)),
    };
    commit(state, edit, say!("app-step-remove-segment", name = name));
}

/// Makes a change of a map and notes it as a step.
pub(super) fn commit(state: &mut State, edit: LabelEdit, name: String) {
    if apply_edit(state, &edit) {
        let edit = Edit::Labels(edit);
        state.history.did(Step { name, edit });
    }
}

/// A layer has become another state of itself; what differs is a step with a name.
pub(super) fn note_change(
    state: &mut State,
    (volume, layer): (VolumeId, usize),
    delta: LabelDelta,
    tables: Option<(SegmentTable, SegmentTable)>,
    name: String,
) {
    if let Some(overlay) = state
        .document
        .entry_mut(volume)
        .and_then(|entry| entry.overlay.as_mut())
    {
        overlay.gained(&delta.balance());
        if let Some((_, after)) = &tables {
            overlay.table = after.clone();
            overlay.recolor();
        }
    }
    let edit = Edit::Labels(LabelEdit {
        volume,
        layer,
        delta: Some(Arc::new(delta)),
        tables,
    });
    state.history.did(Step { name, edit });
}

/// Gives a layer of a map other labels.
pub(super) fn set_layer(state: &mut State, volume: VolumeId, layer: usize, map: LabelMap) {
    let Some(entry) = state.document.entry(volume) else {
        return;
    };
    let mut maps = entry.volume().voxels.label_maps().to_vec();
    if let Some(place) = maps.get_mut(layer) {
        *place = map;
        set_maps(state, volume, maps);
    }
}

/// Goes one step back or on. Answers whether it could.
pub(super) fn apply_edit(state: &mut State, edit: &LabelEdit) -> bool {
    let Some(entry) = state.document.entry_mut(edit.volume) else {
        return false;
    };
    if let Some(delta) = &edit.delta {
        let mut maps = entry.volume().voxels.label_maps().to_vec();
        let Some(map) = maps.get_mut(edit.layer) else {
            return false;
        };
        if let Err(why) = delta.apply(map) {
            tracing::error!("{why}");
            return false;
        }
        let balance = delta.balance();
        set_maps(state, edit.volume, maps);
        if let Some(overlay) = state
            .document
            .entry_mut(edit.volume)
            .and_then(|entry| entry.overlay.as_mut())
        {
            overlay.gained(&balance);
        }
    }
    if let Some((_, after)) = &edit.tables
        && let Some(overlay) = state
            .document
            .entry_mut(edit.volume)
            .and_then(|entry| entry.overlay.as_mut())
    {
        overlay.table = after.clone();
        overlay.recolor();
    }
    true
}

/// Gives a painted volume other labels: it becomes another value of the same name.
fn set_maps(state: &mut State, id: VolumeId, maps: Vec<LabelMap>) {
    if let Some(entry) = state.document.entry_mut(id)
        && let Ok(voxels) = Voxels::of_labels(maps)
    {
        entry.open.volume = Arc::new(entry.volume().with_voxels(voxels));
    }
}

/// The map that a stroke or a tool would change; one is made where there is none yet, and so is a segment.
pub(super) fn ready(state: &mut State) -> Option<(VolumeId, usize, u16)> {
    if let Some(index) = painting::unread(state) {
        await_reading(state, index);
        return None;
    }
    match painting::target(state) {
        None => match painting::hidden(state)[..] {
            [] => new_segmentation(state),
            // Who hid the only one paints into it, and sees it again.
            [only] => state.painting.target = Some(only),
            ref several => {
                let count = several.len();
                state.tell(Level::Note, say!("app-several-hidden", count = count));
                return None;
            }
        },
        // The last segment was removed: who paints wants one.
        Some((index, _, overlay)) if overlay.table.segments.is_empty() => add_segment(state, index),
        Some(_) => {}
    }
    let (index, segment) = painting::segment(state)?;
    let (label, layer, name, is_locked) = (segment.label, segment.layer, segment.name.clone(), segment.is_locked);
    let entry = state.document.entries.get(index)?;
    let id = entry.volume().id;
    entry.volume().voxels.label_map(layer)?;
    if is_locked {
        state.tell(Level::Note, say!("app-segment-locked", name = name));
        return None;
    }
    state.painting.target = Some(id);
    state.painting.label = label;
    if let Some(overlay) = state.document.entry_mut(id).and_then(|entry| entry.overlay.as_mut()) {
        overlay.is_visible = true;
    }
    state.view.overlays.is_on = true;
    Some((id, layer, u16::try_from(label).ok()?))
}

/// Has the map read that is to be painted, and says that it is waited for: a new one beside it is not what was meant.
fn await_reading(state: &mut State, index: usize) {
    let Some(entry) = state.document.entries.get_mut(index) else {
        return;
    };
    let name = entry.volume().series.description.clone();
    if let Some(overlay) = &mut entry.overlay {
        overlay.is_visible = true;
        state.view.overlays.is_on = true;
    }
    let said = say!("app-labels-unread", name = name);
    if state.messages.last().is_none_or(|last| last.text != said) {
        state.tell(Level::Note, said);
    }
}

/// Begins a stroke. Answers whether there is anything to paint in.
pub(super) fn begin(state: &mut State, pane: PaneId, at: DVec2) -> bool {
    let Some(place) = paint::place_at(state, pane, at) else {
        return false;
    };
    let Some((volume, layer, label)) = ready(state) else {
        return false;
    };
    let entry = state.document.entry(volume);
    let Some(before) = entry.and_then(|entry| entry.volume().voxels.label_map(layer)).cloned() else {
        return false;
    };
    state.stroke = Some(Begun {
        volume,
        layer,
        before,
        label,
        is_erasing: painting::brush(state, pane) == Some(Tool::Eraser),
        at: place,
    });
    true
}

/// Leads the stroke on to a point of its pane.
pub(super) fn lead(state: &mut State, pane: PaneId, at: DVec2) {
    let Some(place) = paint::place_at(state, pane, at) else {
        return;
    };
    let (Some(begun), Some(footprint)) = (&state.stroke, paint::footprint(state, pane)) else {
        return;
    };
    let (volume, layer, label, is_erasing) = (begun.volume, begun.layer, begun.label, begun.is_erasing);
    let stroke = Stroke {
        from: begun.at,
        to: place,
        radius_mm: state.painting.radius_mm,
        footprint,
    };
    let Some(entry) = state.document.entry(volume) else {
        return;
    };
    let (grid, overlay) = (Arc::clone(entry.volume()), entry.overlay.as_ref());
    let rule = overlay.and_then(|overlay| Rule::new(state, is_erasing, label, overlay, &grid));
    let (Some(rule), Some(geometry)) = (rule, grid.geometry()) else {
        return;
    };
    let mut maps = grid.voxels.label_maps().to_vec();
    let is_changed = maps
        .get_mut(layer)
        .is_some_and(|map| paint::stroke(map, stroke, geometry, &rule));
    if is_changed {
        set_maps(state, volume, maps);
    }
    if let Some(begun) = &mut state.stroke {
        begun.at = place;
    }
}

/// Ends the stroke: what it changed is one step.
pub(super) fn finish(state: &mut State) {
    let Some(begun) = state.stroke.take() else { return };
    let name = if begun.is_erasing {
        say!("app-step-erase")
    } else {
        say!("app-step-paint")
    };
    let entry = state.document.entry(begun.volume);
    let after = entry.and_then(|entry| entry.volume().voxels.label_map(begun.layer));
    if let Some(delta) = after.and_then(|after| LabelDelta::between(&begun.before, after)) {
        note_change(state, (begun.volume, begun.layer), delta, None, name);
    }
}

/// Takes the stroke back.
pub(super) fn cancel(state: &mut State) {
    if let Some(begun) = state.stroke.take() {
        set_layer(state, begun.volume, begun.layer, begun.before);
    }
}
