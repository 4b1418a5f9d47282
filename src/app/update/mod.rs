//! The only code that changes the state: one function for what people ask for, one for what jobs bring back.

mod cases;
mod developing;
mod display;
mod file;
mod jobs;
mod leaving;
mod look;
mod mask;
mod measure;
mod movie;
mod navigate;
mod occlusion;
mod outline;
mod overlay;
mod paint;
mod planes;
mod pointer;
mod probability;
mod reload;
mod safety;
mod segment_work;
mod settings;
mod surfaces;
mod tables;
mod thumbnails;
mod transfer;
mod transfer_thumbnails;
mod volume_view;

pub(super) use cases::due as due_for_cases;
pub(super) use file::begin_picture;
pub use jobs::apply_event;
pub(super) use jobs::chosen;
pub(super) use movie::begin_movie;
pub use reload::can_reload;
pub(super) use reload::file_changed;
pub(super) use safety::{due as due_for_safety, is_at_work, last_try, look_for_work};
pub(super) use settings::{kept, take};

use super::command::{Choice, Command, Effect};
use super::pane::{Arrangement, Layout, PaneId};
use super::state::State;
use super::volume_view::VolumeChange;

/// Applies a command. What is not a change of state comes back as effects, to be carried out by the caller.
pub fn update(state: &mut State, command: Command) -> Vec<Effect> {
    let mut effects = apply(state, command);
    effects.extend(measure::due(state));
    effects.extend(segment_work::due(state));
    effects.extend(overlay::due(state));
    effects.extend(probability::due(state));
    effects.extend(surfaces::due(state));
    tables::forget_closed(state);
    effects.extend(volume_view::due(state));
    effects.extend(safety::due(state));
    effects.extend(leaving::due(state));
    effects.extend(cases::due(state));
    effects.extend(occlusion::due(state));
    effects.extend(developing::due(state));
    effects
}

fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::Open { paths } => file::open(state, Some(paths)),
        Command::OpenDemo => file::open(state, None),
        Command::ChooseFiles => file::choose(state, Choice::Files),
        Command::ChooseFolder => file::choose(state, Choice::Folders),
        Command::ChoosePicture { pane, style } => file::choose(state, Choice::Picture(pane, style)),
        Command::ChooseMovie { pane, format, style } => file::choose(state, Choice::Movie(pane, format, style)),
        Command::SaveMovie { pane, path, style } => movie::save(state, pane, path, &style),
        Command::CopyPicture { pane, style } => vec![Effect::CopyPicture { pane, style }],
        Command::CancelJob { job } => file::cancel_job(state, job),
        Command::CancelAll => state
            .jobs
            .keys()
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
            .flat_map(|job| file::cancel_job(state, job))
            .collect(),
        Command::Develop { size } => developing::begin(state, size),
        Command::CloseAll => file::close_all(state),
        Command::UseAsSegmentation { index, yes } => overlay::set_role(state, index, yes),
        Command::Probability { index, change } => probability::change(state, index, change),
        Command::Show { index } => file::show_index(state, index),
        Command::StepSeries { steps } => file::step_series(state, steps),
        Command::Reload { index } => reload::reload(state, index),
        Command::Watch { index, yes } => reload::watch(state, index, yes),
        Command::Close { index } => file::close(state, index),
        Command::WantThumbnails { volumes } => thumbnails::want(state, volumes),
        Command::WantTransferThumbnails { presets } => transfer_thumbnails::want(state, presets),
        Command::VolumeView(VolumeChange::Remove(removal)) => mask::remove(state, removal),
        Command::ChooseTransferFile { write: false } => file::choose(state, Choice::Transfer),
        Command::ChooseTransferFile { write: true } => file::choose(state, Choice::TransferTo),
        Command::ImportTransfer { path } => transfer::import(state, path),
        Command::ExportTransfer { path } => transfer::export(state, path),
        Command::SavePicture {
            pane,
            path,
            size,
            style,
        } => vec![Effect::SavePicture {
            pane,
            path,
            size,
            style,
        }],
        Command::SaveWindow { path } => vec![Effect::SaveWindow { path }],
        Command::ChooseSegmentationFile { index } => safety::choose(state, index),
        Command::SaveSegmentation { index, path } => safety::save(state, index, path),
        Command::WorkOnSegment { work } => segment_work::begin(state, work, false),
        Command::PreviewWork { work } => segment_work::begin(state, work, true),
        Command::RecoverWork { index } => safety::recover(state, index),
        Command::DiscardWork { index } => safety::discard(state, index),
        Command::ChooseMeasurementsFile { format } => file::choose(state, Choice::Measurements(format)),
        Command::SaveMeasurements { path } => measure::export(state, path),
        Command::CopyMeasurements => measure::copy(state),
        Command::Tables(change) => tables::change(state, change),
        Command::RestartGraphics => vec![Effect::RestartGraphics],
        Command::Leave(how) => leaving::begin(state, how),
        Command::AnswerLeaving(answer) => leaving::answer(state, answer),
        Command::Cases(change) => cases::change(state, change),
        Command::Quit => vec![Effect::Quit],
        other => {
            update_view(state, other);
            Vec::new()
        }
    }
}

/// Commands that change how the document is looked at, and nothing else.
fn update_view(state: &mut State, command: Command) {
    match command {
        Command::Pointer(event) => pointer::pointer(state, event),
        Command::Hover { at } => pointer::hover(state, at),
        Command::CancelGesture => {
            pointer::cancel(state);
            transfer::take_back(state);
            look::take_back(state);
        }
        Command::FinishOutline => outline::finish(state),
        Command::DropCorner => outline::drop_corner(state),
        Command::CopySlice { pane, steps } => outline::copy_slice(state, pane, steps),
        Command::Scroll { pane, steps } => navigate::scroll(state, pane, steps),
        Command::ScrollToEnd { pane, last } => navigate::scroll_to_end(state, pane, last),
        Command::SetCrosshair { lps } => navigate::set_crosshair(state, lps),
        Command::SetStackSlice { slice } => navigate::set_stack_slice(state, slice),
        Command::Zoom { pane, at, factor } => navigate::zoom(state, pane, at, factor),
        Command::SetCamera {
            azimuth_deg,
            elevation_deg,
        } => navigate::set_camera(state, azimuth_deg, elevation_deg),
        Command::LookFrom { side } => navigate::look_from(state, side),
        Command::ResetView => navigate::reset(state),
        Command::CenterOnCrosshair => navigate::center(state),
        Command::ResizePane { pane, size } => navigate::resize(state, pane, size),
        Command::Align { alignment } => planes::align(state, alignment),
        Command::ToggleAlignment => planes::toggle(state),
        Command::RotateLines { pane, degrees } => planes::rotate(state, pane, degrees),
        Command::SetSlab {
            pane,
            thickness_mm,
            mode,
        } => planes::set_slab(state, pane, thickness_mm, mode),
        Command::ToggleConvention => state.view.is_neurological = !state.view.is_neurological,
        Command::ToggleIdentifiers => state.view.hides_identifiers = !state.view.hides_identifiers,
        Command::ToggleMeasurements => state.view.shows_measurements = !state.view.shows_measurements,
        Command::ToggleCrosshair => state.view.crosshair_visible = !state.view.crosshair_visible,
        Command::SetTool { tool } => {
            pointer::settle(state);
            state.view.tool = tool;
        }
        Command::ToggleMaximised { pane } => navigate::toggle_maximised(state, pane),
        Command::Focus { pane } => state.view.focused = pane,
        Command::FocusNext => navigate::focus_next(state),
        Command::SetLayout { layout } => settings::set_layout(state, layout),
        Command::SetSetting(setting) => settings::set(state, setting),
        Command::ResetSettings => settings::reset(state),
        Command::TogglePanel { panel } => settings::toggle_panel(state, panel),
        Command::ResizePanel { panel, size } => settings::resize_panel(state, panel, size),
        Command::PlaceWindow(place) => settings::place_window(state, place),
        Command::ForgetRecent { paths } => settings::forget(state, &paths),
        Command::ForgetAllRecent => state.settings.recent.clear(),
        Command::DismissMessage { index } => {
            if index < state.messages.len() {
                state.messages.remove(index);
            }
        }
        other => update_measurements(state, other),
    }
}

/// Commands that change what the user made.
fn update_measurements(state: &mut State, command: Command) {
    match command {
        Command::AddLength { points, name } => measure::add_length(state, points, name),
        Command::SelectMeasurement { index } => measure::select(state, index),
        Command::GoToMeasurement { index } => measure::go_to(state, index),
        Command::RenameMeasurement { index, name } => measure::rename(state, index, &name),
        Command::SetMeasurementVisible { index, visible } => measure::set_visible(state, index, visible),
        Command::DeleteMeasurement { index } => measure::delete(state, index),
        Command::Undo => measure::undo(state),
        Command::Redo => measure::redo(state),
        Command::GoToStep { done } => measure::go_to_step(state, done),
        other => update_overlays(state, other),
    }
}

/// Commands about label maps.
fn update_overlays(state: &mut State, command: Command) {
    match command {
        Command::ToggleOverlays => overlay::toggle(state),
        Command::NewSegmentation => {
            pointer::settle(state);
            paint::new_segmentation(state);
        }
        Command::AddSegment { index } => {
            pointer::settle(state);
            paint::add_segment(state, index);
        }
        Command::RemoveSegment { index, label } => {
            pointer::settle(state);
            paint::remove_segment(state, index, label);
        }
        Command::AcceptPreview => segment_work::accept(state),
        Command::RejectPreview => state.preview = None,
        Command::FindThreshold => segment_work::find_threshold(state),
        Command::Paint(change) => paint::change(state, &change),
        Command::SetOverlayVisible { index, visible } => overlay::set_visible(state, index, visible),
        Command::SetOverlayLook { index, look } => surfaces::set_look(state, index, look),
        Command::SetSurfaceOpacity { opacity } => surfaces::set_opacity(state, opacity),
        Command::SetOverlayOpacity { opacity } => overlay::set_opacity(state, opacity),
        Command::SetOutline { opacity, width } => overlay::set_outline(state, opacity, width),
        Command::StepOverlayOpacity { steps } => overlay::step_opacity(state, steps),
        Command::SetPictureStyle { style } => state.view.picture_style = style,
        Command::SetOutlinesOnly { only } => {
            state.view.overlays.outlines_only = only;
            overlay::remember_view(state);
        }
        Command::SetSegment { index, label, change } => overlay::change_segment(state, index, label, change),
        Command::ShowAllSegments { index, visible } => overlay::show_all_segments(state, index, visible),
        Command::GoToSegment { index, label } => overlay::go_to_segment(state, index, label),
        Command::VolumeView(change) => volume_view::change(state, change),
        other => display::update(state, other),
    }
}

/// The layout that was chosen, as far as what is shown has the panes for it.
fn layout_for(state: &State) -> Layout {
    let focused = state.view.focused;
    match (state.shown(), state.settings.layout) {
        (Some(entry), _) if entry.volume().geometry().is_none() => Layout::Single(PaneId::Stack),
        (_, Arrangement::Quad) => Layout::Quad,
        (_, Arrangement::OneAndThree) => Layout::OneAndThree(state.view.large),
        (_, Arrangement::Single) if focused == PaneId::Stack => Layout::Single(PaneId::Axial),
        (_, Arrangement::Single) => Layout::Single(focused),
    }
}
