//! What actions ask the program for, as things are now.

use super::action::Action;
use crate::app::cases::CaseChange;
use crate::app::leaving::Leave;
use crate::app::painting::{self, PaintChange};
use crate::app::pane::PaneId;
use crate::app::settings::Setting;
use crate::app::tables::TableChange;
use crate::app::tool::{GestureKind, Tool};
use crate::app::volume_view::{MOST_CLIP_PLANES, SliceCut, VolumeChange};
use crate::app::{Command, State, mask, measurements, overlays, presets, probability};
use crate::scene::Cuts;

/// By how much a key makes the interface larger.
const SCALE_STEP: f32 = 0.1;

/// What an action asks the program for, for a pane; `None` where it makes no sense.
pub(super) fn command(action: Action, state: &State, pane: PaneId) -> Option<Command> {
    general_command(action, state)
        .or_else(|| segment_command(action, state))
        .or_else(|| display_command(action, state, pane))
}

/// Commands that need no picture.
fn general_command(action: Action, state: &State) -> Option<Command> {
    Some(match action {
        Action::OpenFiles => Command::ChooseFiles,
        Action::OpenFolder => Command::ChooseFolder,
        Action::OpenDemo => Command::OpenDemo,
        Action::OpenCases { folder } => Command::Cases(CaseChange::Choose { folder }),
        Action::Case(steps) => {
            let cases = state.cases.as_ref()?;
            cases.at_step(steps)?;
            Command::Cases(CaseChange::Step(steps))
        }
        Action::CaseDone => {
            state.cases.as_ref()?.current?;
            Command::Cases(CaseChange::DoneAndNext)
        }
        Action::CloseAll => (!state.document.entries.is_empty() || !state.document.skipped.is_empty())
            .then_some(Command::Leave(Leave::CloseAll))?,
        Action::Quit => Command::Leave(Leave::Quit),
        Action::Panel(panel) => Command::TogglePanel { panel },
        Action::Scale(steps) => Command::SetSetting(Setting::Scale(state.settings.scale + SCALE_STEP * steps as f32)),
        Action::UsualScale => (state.settings.scale != 1.0).then_some(Command::SetSetting(Setting::Scale(1.0)))?,
        Action::Convention => Command::ToggleConvention,
        Action::Identifiers => Command::ToggleIdentifiers,
        Action::Crosshair => Command::ToggleCrosshair,
        Action::Cancel if state.gesture.is_some() => Command::CancelGesture,
        Action::Maximise if draws_corners(state) => Command::FinishOutline,
        Action::Maximise if state.preview.is_some() => Command::AcceptPreview,
        Action::DeleteMeasurement if draws_corners(state) => Command::DropCorner,
        Action::Cancel if state.preview.is_some() => Command::RejectPreview,
        Action::Cancel
            if state
                .view
                .tool
                .is_some_and(|tool| tool.measures() || tool.paints() || tool == Tool::Scalpel) =>
        {
            Command::SetTool { tool: None }
        }
        Action::Undo => state.history.undo_name().map(|_| Command::Undo)?,
        Action::Redo => state.history.redo_name().map(|_| Command::Redo)?,
        Action::Cancel => state
            .jobs
            .values()
            .any(|status| !status.subject.is_quiet())
            .then_some(Command::CancelAll)?,
        Action::Series(steps) => (state.document.entries.len() > 1).then_some(Command::StepSeries { steps })?,
        _ => return None,
    })
}

/// Commands about label maps over the shown image.
fn segment_command(action: Action, state: &State) -> Option<Command> {
    let has_place = state.shown()?.volume().geometry().is_some();
    Some(match action {
        Action::OverlayOpacity(steps) if state.view.tool.is_some_and(Tool::is_brush) => {
            Command::Paint(PaintChange::StepRadius(steps))
        }
        Action::SaveSegmentation => painting::target(state)
            .filter(|(_, entry, overlay)| overlay.is_unsaved(entry.volume()))
            .map(|(index, ..)| Command::SaveSegmentation {
                index: Some(index),
                path: None,
            })?,
        Action::SaveSegmentationAs => {
            painting::target(state).map(|(index, ..)| Command::ChooseSegmentationFile { index: Some(index) })?
        }
        Action::Table(table) => {
            let next = (state.tables.shown != Some(table)).then_some(table);
            has_overlay(state).then_some(Command::Tables(TableChange::Show(next)))?
        }
        Action::Disagreement(steps) => {
            let has_any = state
                .tables
                .judgement
                .as_ref()
                .is_some_and(|found| !found.places.is_empty());
            has_any.then_some(Command::Tables(TableChange::StepDisagreement(steps)))?
        }
        Action::NewSegmentation => has_place.then_some(Command::NewSegmentation)?,
        Action::Overlays => has_overlay(state).then_some(Command::ToggleOverlays)?,
        Action::OverlayOpacity(steps) => has_overlay(state).then_some(Command::StepOverlayOpacity { steps })?,
        _ => return None,
    })
}

/// Commands about what is shown.
fn display_command(action: Action, state: &State, pane: PaneId) -> Option<Command> {
    let entry = state.shown()?;
    let has_place = entry.volume().geometry().is_some();
    let is_plane = pane != PaneId::Volume;
    Some(match action {
        Action::Slices(steps) => is_plane.then_some(Command::Scroll { pane, steps })?,
        Action::CopySlice(steps) => {
            (is_plane && painting::segment(state).is_some()).then_some(Command::CopySlice { pane, steps })?
        }
        Action::FirstSlice => is_plane.then_some(Command::ScrollToEnd { pane, last: false })?,
        Action::LastSlice => is_plane.then_some(Command::ScrollToEnd { pane, last: true })?,
        Action::Frame(steps) => (entry.volume().voxels.frames() > 1).then_some(Command::StepFrame { steps })?,
        Action::CopyPicture => Command::CopyPicture {
            pane,
            style: state.view.picture_style,
        },
        Action::NextPane => has_place.then_some(Command::FocusNext)?,
        Action::Maximise => has_place.then_some(Command::ToggleMaximised { pane })?,
        Action::Arrange(layout) => has_place.then_some(Command::SetLayout { layout })?,
        Action::ToggleAlignment => has_place.then_some(Command::ToggleAlignment)?,
        Action::ResetView => Command::ResetView,
        Action::LookFrom(side) => has_place.then_some(Command::LookFrom { side })?,
        Action::Perspective => {
            let is_on = state.view.camera.perspective_deg > 0.0;
            let angle = if is_on { 0.0 } else { PERSPECTIVE_DEG };
            has_place.then_some(Command::VolumeView(VolumeChange::Perspective(angle)))?
        }
        Action::Cinematic => {
            let yes = !state.view.volume.is_cinematic;
            has_place.then_some(Command::VolumeView(VolumeChange::Cinematic(yes)))?
        }
        Action::CropBox => {
            let shows = !state.view.volume.shows_crop;
            has_place.then_some(Command::VolumeView(VolumeChange::ShowCrop(shows)))?
        }
        Action::VolumeSlices => {
            let shows = !state.view.volume.shows_slices;
            has_place.then_some(Command::VolumeView(VolumeChange::ShowSlices(shows)))?
        }
        Action::AddClipPlane => (has_place && state.view.volume.cuts.planes.len() < MOST_CLIP_PLANES)
            .then_some(Command::VolumeView(VolumeChange::AddClipPlane))?,
        Action::ResetCuts => has_cuts(state).then_some(Command::VolumeView(VolumeChange::ResetCuts))?,
        Action::Remove(removal) => {
            mask::can_remove(state).then_some(Command::VolumeView(VolumeChange::Remove(removal)))?
        }
        Action::Center => has_place.then_some(Command::CenterOnCrosshair)?,
        Action::Tool(tool) => toggled_tool(state, tool, has_place)?,
        Action::ExportMeasurements(format) => {
            has_measurements(state).then_some(Command::ChooseMeasurementsFile { format })?
        }
        Action::Measurements => has_measurements(state).then_some(Command::ToggleMeasurements)?,
        Action::CopyMeasurements => has_measurements(state).then_some(Command::CopyMeasurements)?,
        Action::DeleteMeasurement => {
            measurements::selected(state).map(|(index, _)| Command::DeleteMeasurement { index: Some(index) })?
        }
        Action::Preset(n) => Command::WindowPreset {
            name: presets::window_preset_of_key(n)?.name.clone(),
        },
        Action::AutoWindow => entry.auto_window.map(|_| Command::AutoWindow)?,
        Action::FileWindow => next_file_window(state)?,
        Action::Invert => Command::ToggleInvert,
        Action::Interpolate(interpolation) => Command::SetInterpolation { interpolation },
        _ => return None,
    })
}

/// The angle of view that the perspective key chooses, degrees.
const PERSPECTIVE_DEG: f64 = 30.0;

/// Whether anything is cut away from volumes.
fn has_cuts(state: &State) -> bool {
    let view = &state.view.volume;
    let has_mask = state.shown().is_some_and(|entry| entry.display.mask.is_some());
    has_mask || view.cuts != Cuts::default() || view.slice_cuts.iter().any(|cut| *cut != SliceCut::None)
}

/// Whether a line is being drawn corner by corner.
fn draws_corners(state: &State) -> bool {
    let gesture = state.gesture.as_ref();
    gesture.is_some_and(|gesture| gesture.kind == GestureKind::Corners)
}

fn has_measurements(state: &State) -> bool {
    measurements::of_shown(state).is_some_and(|series| !series.list.is_empty())
}

/// A tool's key takes it and puts it down again. Pictures without a place have no crosshair to choose instead.
fn toggled_tool(state: &State, tool: Tool, has_place: bool) -> Option<Command> {
    let is_on = state.view.active_tool() == tool;
    let next = match tool {
        Tool::Window if is_on => Some(Tool::Crosshair),
        _ if is_on => None,
        _ => Some(tool),
    };
    (has_place || tool.measures()).then_some(Command::SetTool { tool: next })
}

/// Whether a label map can be shown over the image.
fn has_overlay(state: &State) -> bool {
    overlays::over_shown(state).next().is_some() || probability::over_shown(state).next().is_some()
}

/// The file's window after the one that is on, so that the key goes through all of them.
fn next_file_window(state: &State) -> Option<Command> {
    let entry = state.shown()?;
    let windows = &entry.volume().windows;
    let now = windows
        .iter()
        .position(|named| Some(named.window) == entry.display.window);
    (!windows.is_empty()).then(|| Command::FileWindow {
        index: now.map_or(0, |now| (now + 1) % windows.len()),
    })
}
