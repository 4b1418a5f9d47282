//! Measurements: drawing and moving them, changing the list, and having it written to disk.

use std::path::PathBuf;

use glam::{DQuat, DVec2, DVec3};

use super::super::command::{Effect, MeasurementsFile};
use super::super::history::{Edit, MeasurementEdit, Step};
use super::super::job::{JobEvent, JobId};
use super::super::measurements::{SeriesMeasurements, of_shown, selected};
use super::super::pane::{Layout, PaneId};
use super::super::planes::{Alignment, acquisition_axes, anatomical_axes};
use super::super::scenes;
use super::super::state::{JobStatus, JobSubject, Level, State};
use super::super::tool::measure::{CLICK, Grip, Part};
use super::super::tool::{Before, measure};
use super::{file, navigate};
use crate::io::measurements as files;
use crate::model::measurement::{Measurement, Shape, Space};
use crate::model::plane::Axes;
use crate::say;

/// Longest name, in characters.
const MAX_NAME: usize = 200;

/// Normals closer than this are of the same plane.
const SAME_PLANE: f64 = 1e-9;

/// Begins a line. False where nothing can be measured.
pub(super) fn begin_line(state: &mut State, pane: PaneId, at: DVec2) -> bool {
    let name = of_shown(state).map_or_else(String::new, |series| {
        series.free_name(|number| say!("app-length-name", number = number))
    });
    state.measurements.selected = None;
    let tool = state.view.active_tool();
    state.measurements.draft = measure::begin(state, tool, pane, at, name);
    // Who draws wants to see what is there.
    state.view.shows_measurements |= state.measurements.draft.is_some();
    state.measurements.draft.is_some()
}

/// The second end of the line being drawn goes to a point of a pane.
pub(super) fn end_line(state: &mut State, pane: PaneId, at: DVec2) {
    let ended = state
        .measurements
        .draft
        .as_ref()
        .and_then(|line| measure::ended(state, pane, line, at));
    if ended.is_some() {
        state.measurements.draft = ended;
    }
}

/// Takes hold of a measurement; what it was is the answer.
pub(super) fn take(state: &mut State, pane: PaneId, at: DVec2) -> Option<Measurement> {
    let Grip { id, .. } = measure::grip_at(state, pane, at)?;
    let taken = of_shown(state)?.list.iter().find(|entry| entry.id == id)?.clone();
    state.measurements.selected = Some(id);
    Some(taken)
}

/// Moves what was taken hold of.
pub(super) fn move_part(state: &mut State, pane: PaneId, before: &Before, part: Part, from: DVec2, to: DVec2) {
    let Some(original) = &before.measurement else { return };
    state.measurements.draft = if from == to {
        None
    } else {
        measure::dragged(state, pane, original, part, from, to)
    };
}

/// The line was drawn: it stays, unless it is too short to have been meant.
pub(super) fn finish_line(state: &mut State, pane: PaneId) {
    let Some(line) = state.measurements.draft.take() else {
        return;
    };
    let length_on_screen = super::super::measurements::shown::place(state, pane, &line)
        .map_or(0.0, |placed| (placed.ends[1] - placed.ends[0]).length());
    if length_on_screen > CLICK && line.is_finite() {
        add(state, line);
    }
}

/// What was moved stays where it is.
pub(super) fn finish_move(state: &mut State, before: &Before) {
    let (Some(moved), Some(original)) = (state.measurements.draft.take(), before.measurement.clone()) else {
        return;
    };
    if moved != original && moved.is_finite() {
        replace(state, original, moved, say!("app-step-move"));
    }
}

fn add(state: &mut State, line: Measurement) {
    let Some(index) = of_shown(state).map(|series| series.list.len()) else {
        return;
    };
    state.measurements.selected = Some(line.id);
    commit(state, index, None, Some(line), say!("app-step-length"));
}

fn replace(state: &mut State, before: Measurement, after: Measurement, name: String) {
    let index = of_shown(state).and_then(|series| series.list.iter().position(|entry| entry.id == before.id));
    if let Some(index) = index {
        commit(state, index, Some(before), Some(after), name);
    }
}

/// Makes a change of the shown series that can be undone.
fn commit(state: &mut State, index: usize, before: Option<Measurement>, after: Option<Measurement>, name: String) {
    let Some(key) = state.view.shown.and_then(|id| state.measurements.key(id)).cloned() else {
        return;
    };
    let edit = MeasurementEdit {
        key,
        index,
        before,
        after,
    };
    apply_edit(state, &edit);
    let edit = Edit::Measurement(edit);
    state.history.did(Step { name, edit });
}

fn apply_edit(state: &mut State, edit: &MeasurementEdit) {
    let Some(id) = edit.after.as_ref().or(edit.before.as_ref()).map(|entry| entry.id) else {
        return;
    };
    if let Some(series) = state.measurements.series_mut(&edit.key) {
        series.change(edit.index, id, edit.after.clone());
    }
    if edit.after.is_none() {
        state.measurements.selected.take_if(|selected| *selected == id);
    }
}

/// Takes the last step back; in the middle of a stroke, the stroke.
pub(super) fn undo(state: &mut State) {
    let is_in_stroke = state.stroke.is_some();
    super::pointer::cancel(state);
    if is_in_stroke {
        return;
    }
    super::transfer::settle(state);
    if let Some(edit) = state.history.undo() {
        apply_any(state, &edit);
    }
}

fn apply_any(state: &mut State, edit: &Edit) {
    match edit {
        Edit::Measurement(edit) => apply_edit(state, edit),
        Edit::Mask(edit) => super::mask::apply_edit(state, edit),
        Edit::Look(edit) => super::look::apply_edit(state, edit),
        Edit::Labels(edit) => {
            super::paint::apply_edit(state, edit);
        }
        Edit::Transfer(edit) => super::transfer::apply_edit(state, edit),
    }
}

/// Does it again.
pub(super) fn redo(state: &mut State) {
    super::pointer::settle(state);
    super::transfer::settle(state);
    if let Some(edit) = state.history.redo() {
        apply_any(state, &edit);
    }
}

/// Goes back or on to where so many steps were done.
pub(super) fn go_to_step(state: &mut State, done: usize) {
    super::pointer::settle(state);
    let done = done.min(state.history.len());
    while state.history.done_count() > done {
        undo(state);
    }
    while state.history.done_count() < done && state.history.redo_name().is_some() {
        redo(state);
    }
}

fn nth(state: &State, index: usize) -> Option<Measurement> {
    of_shown(state)?.list.get(index).cloned()
}

/// Adds a length between two places.
pub(super) fn add_length(state: &mut State, points: [DVec3; 2], name: Option<String>) {
    let (Some(entry), Some(series)) = (state.shown(), of_shown(state)) else {
        return;
    };
    let space = match entry.volume().geometry() {
        Some(_) => Space::Patient,
        None => Space::Picture,
    };
    let name = name
        .map(|name| tidy_name(&name))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| series.free_name(|number| say!("app-length-name", number = number)));
    let mut line = measure::new(state, state.view.focused, name, space, Shape::Length { points });
    // Nobody drew it in a plane.
    line.drawn_in = None;
    if line.is_finite() {
        add(state, line);
    }
}

/// Makes one the one that keys act on.
pub(super) fn select(state: &mut State, index: Option<usize>) {
    state.measurements.selected = index.and_then(|index| nth(state, index)).map(|entry| entry.id);
}

fn tidy_name(name: &str) -> String {
    let without_control: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    without_control.trim().to_owned()
}

/// Gives one another name. An empty one changes nothing.
pub(super) fn rename(state: &mut State, index: usize, name: &str) {
    let name = tidy_name(name);
    if let Some(before) = nth(state, index)
        && !name.is_empty()
        && name != before.name
    {
        let after = Measurement { name, ..before.clone() };
        replace(state, before, after, say!("app-step-rename"));
    }
}

/// Shows or hides one.
pub(super) fn set_visible(state: &mut State, index: usize, is_visible: bool) {
    if let Some(before) = nth(state, index)
        && before.is_visible != is_visible
    {
        let after = Measurement {
            is_visible,
            ..before.clone()
        };
        replace(state, before, after, say!("app-step-visibility"));
    }
}

/// Takes one out of the list.
pub(super) fn delete(state: &mut State, index: Option<usize>) {
    super::pointer::settle(state);
    let index = index.or_else(|| selected(state).map(|(index, _)| index));
    if let Some((index, entry)) = index.and_then(|index| Some((index, nth(state, index)?))) {
        commit(state, index, Some(entry), None, say!("app-step-delete"));
    }
}

/// Goes where one was drawn: the crosshair to its middle, the plane of its pane as it was, the line in sight.
pub(super) fn go_to(state: &mut State, index: usize) {
    super::pointer::settle(state);
    let Some(entry) = nth(state, index) else { return };
    state.measurements.selected = Some(entry.id);
    if entry.space == Space::Picture {
        let slice = entry.shape.middle().z.round().max(0.0) as usize;
        return navigate::set_stack_slice(state, slice);
    }
    let drawn_pane = entry.drawn_in.and_then(|drawn| {
        let pane = PaneId::PLANES
            .into_iter()
            .find(|pane| pane.view() == Some(drawn.view))?;
        turn_to(state, pane, drawn.axes);
        Some(pane)
    });
    let pane_in_sight = drawn_pane.filter(|pane| state.view.layout.panes().contains(pane));
    state.view.focused = pane_in_sight.unwrap_or(state.view.focused);
    if let (Layout::Single(single), Some(pane)) = (state.view.layout, drawn_pane)
        && single != PaneId::Stack
    {
        state.view.layout = Layout::Single(pane);
        state.view.focused = pane;
    }
    navigate::set_crosshair(state, entry.shape.middle());
    // Where an end is out of sight the pane moves to the line.
    for pane in PaneId::PLANES {
        let size = scenes::pane_size(state, pane);
        let is_seen = |point: &DVec3| {
            scenes::point_of(state, pane, *point).is_some_and(|at| at.cmpge(DVec2::ZERO).all() && at.cmple(size).all())
        };
        if !entry.shape.points().iter().all(is_seen)
            && let Some(plane) = state.view.plane_mut(pane)
        {
            plane.center = entry.shape.middle();
        }
    }
}

/// Turns all planes together until one pane shows the plane of some axes; its own if it shows it already.
fn turn_to(state: &mut State, pane: PaneId, axes: Axes) {
    let Some(now) = state.view.plane(pane).map(|plane| plane.axes) else {
        return;
    };
    let is_unit = |v: DVec3| v.is_finite() && (v.length() - 1.0).abs() < 1e-6;
    let is_sound = is_unit(axes.right) && is_unit(axes.down) && axes.right.dot(axes.down).abs() < 1e-6;
    if !is_sound || now.normal().dot(axes.normal()) > 1.0 - SAME_PLANE {
        return;
    }
    let turn = DQuat::from_mat3(&(axes.matrix() * now.matrix().transpose())).normalize();
    for (plane, id) in state.view.planes.iter_mut().zip(PaneId::PLANES) {
        plane.axes = if id == pane { axes } else { plane.axes.rotated(turn) };
    }
    let own = state
        .shown()
        .and_then(|entry| entry.volume().geometry())
        .map(acquisition_axes);
    let shows = |all: [Axes; 3]| {
        let mut pairs = state.view.planes.iter().zip(all);
        pairs.all(|(plane, axes)| {
            (plane.axes.right - axes.right).length() < 1e-9 && (plane.axes.down - axes.down).length() < 1e-9
        })
    };
    state.view.alignment = if own.is_some_and(shows) {
        Alignment::Acquisition
    } else if shows(anatomical_axes()) {
        Alignment::Anatomical
    } else {
        Alignment::Oblique
    };
}

/// Volumes were opened: their measurements are to be read.
pub(super) fn opened(state: &mut State, from: usize) -> Vec<Effect> {
    let mut series = Vec::new();
    for entry in state.document.entries.iter().skip(from) {
        let key = files::key_of(&entry.open);
        let places = files::places_of(&entry.open, &key, state.home.as_ref());
        state.measurements.register(entry.volume(), key.clone(), places.clone());
        if places != files::Places::default() {
            series.push((key, places));
        }
    }
    if series.is_empty() {
        return Vec::new();
    }
    let job = file::begin(state, say!("app-job-measurements"), JobSubject::Measurements);
    vec![Effect::LoadMeasurements { job, series }]
}

/// Jobs for what was changed and is not being written yet.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    let mut last = state.last_job;
    let due = state.measurements.due(|| {
        last += 1;
        JobId(last)
    });
    state.last_job = last;
    let mut effects = Vec::new();
    for (job, request) in due {
        let status = JobStatus {
            title: say!("app-job-save-measurements"),
            progress: None,
            subject: JobSubject::Measurements,
        };
        state.jobs.insert(job, status);
        effects.push(Effect::SaveMeasurements {
            job,
            request: Box::new(request),
        });
    }
    effects
}

/// Everything is closed: what is not on disk yet is written without anybody waiting for it.
pub(super) fn close(state: &mut State) -> Vec<Effect> {
    let unsaved = state.measurements.unsaved();
    let mut effects = Vec::new();
    for request in unsaved {
        effects.push(Effect::SaveMeasurements {
            job: state.next_job(),
            request: Box::new(request),
        });
    }
    state.measurements.clear();
    state.history.clear();
    effects
}

/// What jobs about measurements brought back.
pub(super) fn took_in(state: &mut State, job: JobId, event: JobEvent) {
    match event {
        JobEvent::MeasurementsLoaded(all) => {
            for (key, found) in all {
                for note in &found.notes {
                    tell_once(state, Level::Error, note);
                }
                if let Some(series) = state.measurements.series_mut(&key) {
                    series.found(found);
                }
            }
        }
        JobEvent::MeasurementsSaved(key, outcome) => {
            let (notes, trouble) = match &outcome {
                Ok(saved) => (
                    saved.as_ref().map(|saved| saved.notes.clone()).unwrap_or_default(),
                    None,
                ),
                Err(why) => (Vec::new(), Some(why.clone())),
            };
            for note in &notes {
                tell_once(state, Level::Error, note);
            }
            let is_news = state
                .measurements
                .series_mut(&key)
                .is_some_and(|series| series.saved(job, outcome));
            if let Some(trouble) = trouble.filter(|_| is_news) {
                tell_once(state, Level::Error, &trouble);
            }
        }
        JobEvent::MeasurementsExported(Ok(path)) => {
            let path = path.display().to_string();
            state.tell(Level::Note, say!("app-measurements-saved", path = path));
        }
        JobEvent::MeasurementsExported(Err(why)) => state.tell(Level::Error, why),
        _ => {}
    }
}

fn tell_once(state: &mut State, level: Level, text: &str) {
    if state.messages.iter().all(|message| message.text != text) {
        state.tell(level, text.to_owned());
    }
}

/// Writes the list of the shown series to a file of the user's choice, in the format that its name asks for.
pub(super) fn export(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let Some(text) = of_shown(state).and_then(|series| as_text(state, series, MeasurementsFile::by_name(&path))) else {
        return Vec::new();
    };
    let job = file::begin(
        state,
        say!("app-job-picture", path = path.display().to_string()),
        JobSubject::Picture,
    );
    vec![Effect::WriteText { job, path, text }]
}

/// The list of the shown series for the clipboard.
pub(super) fn copy(state: &State) -> Vec<Effect> {
    of_shown(state)
        .and_then(|series| as_text(state, series, MeasurementsFile::Csv))
        .map_or_else(Vec::new, |text| vec![Effect::CopyText(text)])
}

fn as_text(state: &State, series: &SeriesMeasurements, format: MeasurementsFile) -> Option<String> {
    let entry = state.shown()?;
    let key = state.measurements.key(entry.volume().id)?;
    match format {
        MeasurementsFile::Csv => Some(files::to_csv(key, entry.volume(), &series.list)),
        MeasurementsFile::Json => files::to_json(key, entry.volume(), &series.list).ok(),
    }
}
