//! Label maps: which volume is one, what of them is seen, and reading those that are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::super::command::Effect;
use super::super::history::LabelEdit;
use super::super::job::{JobId, LabelsReading};
use super::super::overlays::{self, Becomes, OPACITY_STEP, Overlay, OverlayView, Saved, SegmentChange};
use super::super::probability::{self, Probability};
use super::super::state::{Entry, JobSubject, Level, LoadState, State};
use super::super::surfaces::VolumeLook;
use super::{file, navigate, paint, reload, safety};
use crate::algo::label_counts::LabelsRead;
use crate::io::OpenVolume;
use crate::io::segmentation::{self, Stamp};
use crate::model::segment::{Segment, default_color};
use crate::model::volume::{Rescale, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

/// What a volume is at first, by what its header says. The demo's maps wait until they are asked for.
pub(super) fn first_role(entry: &mut Entry) {
    let volume = entry.volume();
    if probability::says_so(volume) {
        entry.probability = Some(Probability::new(None));
        return;
    }
    if volume.series.kind == VolumeKind::Segmentation && volume.geometry().is_some() {
        let is_demo = entry.volume().series.format == "demo";
        let table = entry.open.source.segments().unwrap_or_default();
        entry.overlay = Some(Overlay::new(table, !is_demo));
    }
}

/// Whether a volume could be a label map by its header alone: whole numbers in NIfTI, NRRD, MetaImage or HDF5 on the grid of
/// another image. Of other formats the file says what it is.
pub(super) fn may_be_map(entry: &Entry, others: &[Entry]) -> bool {
    let volume = entry.volume();
    // Whole numbers of 64 bits are kept as fractions.
    let is_wide = matches!(volume.series.stored_type.as_str(), "i64" | "u64");
    let is_whole = is_wide || !matches!(volume.voxels.sample_type(), SampleType::F32 | SampleType::F64);
    let may_be = !entry.is_image
        && ["nifti", "nrrd", "mha", "hdf5"].contains(&volume.series.format)
        && is_whole
        && volume.voxels.components() == 1;
    may_be
        && !entry.lies_over()
        && others.iter().any(|other| {
            let image = other.volume();
            !other.lies_over() && overlays::shares_space(image, volume) && overlays::same_grid(image, volume)
        })
}

/// A job was stopped or broke: a map that it was reading is not drawn, so that it is not begun again at once.
pub(super) fn stopped(state: &mut State, job: JobId) {
    if let Some(JobSubject::Labels(id)) = state.jobs.get(&job).map(|status| status.subject.clone())
        && let Some(overlay) = state.document.entry_mut(id).and_then(|entry| entry.overlay.as_mut())
        && overlay.counts.is_none()
    {
        overlay.is_visible = false;
    }
    // Surfaces that could not be found are not looked for again: the voxels are there.
    if let Some(JobSubject::Surfaces(id)) = state.jobs.get(&job).map(|status| status.subject.clone())
        && let Some(overlay) = state.document.entry_mut(id).and_then(|entry| entry.overlay.as_mut())
    {
        overlay.look = VolumeLook::Voxels;
    }
}

/// Begins to read the maps that are to be seen and are not yet.
pub(super) fn due(state: &mut State) -> Vec<Effect> {
    if !state.view.overlays.is_on {
        return Vec::new();
    }
    let wanted: Vec<VolumeId> = overlays::over_shown(state)
        .filter(|(_, _, overlay)| overlay.is_visible && overlay.counts.is_none())
        .map(|(_, entry, _)| entry.volume().id)
        .collect();
    wanted.into_iter().filter_map(|id| read(state, id)).collect()
}

/// Has a volume read and its labels counted.
pub(super) fn read(state: &mut State, id: VolumeId) -> Option<Effect> {
    let is_under_way = state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::Labels(id));
    let entry = state.document.entry(id)?;
    let open = entry.open.clone();
    if is_under_way {
        return None;
    }
    let is_guess = entry.overlay.is_none();
    let title = say!("app-job-labels", name = open.volume.series.description.clone());
    let job = file::begin(state, title, JobSubject::Labels(id));
    Some(Effect::StartLabels { job, open, is_guess })
}

/// A volume was read: it is a label map with these labels, or none. If its file `has_changed` since its header was read,
/// what was read may be wrong.
pub(super) fn counted(state: &mut State, id: VolumeId, found: Option<LabelsRead>, how: LabelsReading) -> Vec<Effect> {
    let Some(entry) = state.document.entry_mut(id) else {
        return Vec::new();
    };
    let name = entry.volume().series.description.clone();
    let is_known = entry.overlay.is_some();
    match found {
        Some(LabelsRead { counts, maps }) => {
            let table = || entry.open.source.segments().unwrap_or_default();
            let overlay = entry.overlay.get_or_insert_with(|| Overlay::new(table(), true));
            overlay.take_counts(counts);
            if let Ok(voxels) = Voxels::of_labels(maps) {
                // From now on it is painted; its file is asked again only if it shall be an image.
                let painted = entry.open.volume.with_voxels(voxels);
                let file = without_voxels(&entry.open);
                overlay.saved = Some(Saved {
                    revision: painted.voxels.painted_revision(),
                    table: overlay.table.clone(),
                });
                overlay.path = own_file(&file);
                overlay.file = Some(file);
                entry.open.volume = Arc::new(Volume {
                    rescale: Rescale::IDENTITY,
                    ..painted
                });
            }
            if how.has_changed {
                tell_change(state, id);
            }
            tell_place(state, id, &name);
            Vec::new()
        }
        // It was said to be one while it was looked whether it is: it is read once more.
        None if is_known && how.is_guess => Vec::new(),
        // It was said to be one: it is drawn as far as it goes.
        None if is_known => {
            if let Some(overlay) = &mut entry.overlay {
                overlay.take_counts(BTreeMap::new());
            }
            state.tell(Level::Error, say!("app-labels-odd", name = name));
            Vec::new()
        }
        None => {
            entry.is_image = true;
            let is_answered = state
                .shown()
                .is_some_and(|shown| shown.is_image && shown.volume().id != id);
            let mut effects = if is_answered { Vec::new() } else { file::show(state, id) };
            // What was taken for the image by its header may be the map of this one.
            effects.extend(maps_of(state, id).into_iter().filter_map(|map| read(state, map)));
            effects
        }
    }
}

/// The file that a map was read from, if it can be saved to.
fn own_file(open: &OpenVolume) -> Option<(PathBuf, Option<Stamp>)> {
    let file = open.source.file().filter(|file| !file.is_unpacked())?;
    // Contours are not replaced by voxels.
    let series = &open.volume.series;
    if series.format == "dicom" && series.modality != "SEG" {
        return None;
    }
    segmentation::is_writable_name(file.path()).then(|| (file.path().to_owned(), file.stamp()))
}

/// Says that a file has changed since its header was read, unless it is read again by itself.
fn tell_change(state: &mut State, id: VolumeId) {
    let entry = state.document.entry(id).filter(|entry| !entry.is_watched);
    if let Some(file) = entry.and_then(|entry| entry.open.source.file()) {
        let path = file.to_string();
        state.tell(Level::Error, say!("app-labels-changed", path = path));
    }
}

/// A volume as it was before anything of it was read.
fn without_voxels(open: &OpenVolume) -> OpenVolume {
    let voxels = &open.volume.voxels;
    let unread = voxels.unread();
    OpenVolume {
        volume: Arc::new(open.volume.with_voxels(unread)),
        source: Arc::clone(&open.source),
    }
}

/// What could be a label map of an image, by headers alone.
fn maps_of(state: &State, image: VolumeId) -> Vec<VolumeId> {
    let Some(at) = state
        .document
        .entries
        .iter()
        .position(|entry| entry.volume().id == image)
    else {
        return Vec::new();
    };
    let image = &state.document.entries[at..=at];
    let others = state
        .document
        .entries
        .iter()
        .filter(|entry| entry.volume().id != image[0].volume().id);
    others
        .filter(|entry| may_be_map(entry, image))
        .map(|entry| entry.volume().id)
        .collect()
}

/// Says where a map lies if that is nowhere near the image.
fn tell_place(state: &mut State, id: VolumeId, name: &str) {
    let (Some(image), Some(map)) = (state.shown(), state.document.entry(id)) else {
        return;
    };
    if image.volume().id != id && !overlays::overlaps(image.volume(), map.volume()) {
        let image = image.volume().series.description.clone();
        state.tell(
            Level::Error,
            say!("app-labels-elsewhere", name = name.to_owned(), image = image),
        );
    }
}

/// From label map to image and back.
pub(super) fn set_role(state: &mut State, index: usize, as_map: bool) -> Vec<Effect> {
    if !as_map && let GivenUp::Not(effects) = give_up_labels(state, index, Becomes::Image) {
        return effects;
    }
    let Some(entry) = state.document.entries.get_mut(index) else {
        return Vec::new();
    };
    let id = entry.volume().id;
    if as_map && entry.overlay.is_some() {
        // It is one, and what was painted stays.
        set_visible(state, index, true);
        return Vec::new();
    }
    if !as_map {
        entry.probability = None;
        return file::show(state, id);
    }
    if entry.volume().voxels.components() > 1 || entry.volume().geometry().is_none() {
        let name = entry.volume().series.description.clone();
        state.tell(Level::Error, say!("app-labels-impossible", name = name));
        return Vec::new();
    }
    let table = entry.open.source.segments().unwrap_or_default();
    entry.overlay = Some(Overlay::new(table, true));
    entry.probability = None;
    state.view.overlays.is_on = true;
    show_image_of(state, id)
}

/// Whether a volume is a label map no longer.
pub(super) enum GivenUp {
    /// It never was one, or is none now.
    Done,
    /// It still is one. What is to be done so that it becomes what it shall, if that can be done.
    Not(Vec<Effect>),
}

/// The voxels of a label map become those of its file again: at once if that is as it was opened, else when it has been
/// read again. What was painted and is not saved is not given up.
pub(super) fn give_up_labels(state: &mut State, index: usize, becomes: Becomes) -> GivenUp {
    let Some(entry) = state.document.entries.get_mut(index) else {
        return GivenUp::Not(Vec::new());
    };
    if let Some(overlay) = &entry.overlay {
        if overlay.is_unsaved(entry.volume()) {
            let name = entry.volume().series.description.clone();
            state.tell(Level::Error, say!("app-unsaved-stays", name = name));
            return GivenUp::Not(Vec::new());
        }
        match overlay.file.clone() {
            Some(file) => {
                entry.open = file;
                entry.load = LoadState::Header;
            }
            // It was saved, and the header that was read before is of another file.
            None if overlay.path.is_some() && overlay.is_read() => {
                return GivenUp::Not(reload::become_another(state, index, becomes));
            }
            // What was made here is in no file that it could be read from again.
            None => {
                if let Ok(slabs) = entry.open.volume.voxels.to_slabs() {
                    entry.open.volume = Arc::new(entry.open.volume.with_voxels(slabs));
                }
            }
        }
    }
    safety::give_journal_up(state, index);
    if let Some(entry) = state.document.entries.get_mut(index) {
        entry.overlay = None;
    }
    GivenUp::Done
}

/// A map over itself shows nothing: the largest image comes back.
pub(super) fn show_image_of(state: &mut State, id: VolumeId) -> Vec<Effect> {
    let image = image_for(state, id).filter(|_| state.view.shown == Some(id));
    image.map_or_else(Vec::new, |image| file::show(state, image))
}

/// The largest image that a map can lie over.
pub(super) fn image_for(state: &State, id: VolumeId) -> Option<VolumeId> {
    let map = state.document.entry(id)?.volume();
    state
        .document
        .entries
        .iter()
        .filter(|entry| !entry.lies_over() && overlays::shares_space(entry.volume(), map))
        .max_by_key(|entry| entry.volume().voxels.byte_size())
        .map(|entry| entry.volume().id)
}

/// All maps on or off. If none of them is chosen, the first one is.
pub(super) fn toggle(state: &mut State) {
    let labels = overlays::over_shown(state).map(|(index, _, map)| (index, map.is_visible));
    let probabilities = probability::over_shown(state).map(|(index, _, map)| (index, map.is_visible));
    let maps: Vec<(usize, bool)> = labels.chain(probabilities).collect();
    if maps.iter().any(|(_, is_visible)| *is_visible) {
        state.view.overlays.is_on = !state.view.overlays.is_on;
    } else if let Some((index, _)) = maps.first() {
        set_visible(state, *index, true);
    }
}

/// One map on or off.
pub(super) fn set_visible(state: &mut State, index: usize, is_visible: bool) {
    let Some(entry) = state.document.entries.get_mut(index) else {
        return;
    };
    if let Some(overlay) = &mut entry.overlay {
        overlay.is_visible = is_visible;
    }
    if let Some(map) = &mut entry.probability {
        map.is_visible = is_visible;
    }
    state.view.overlays.is_on |= is_visible;
}

/// Changes the opacity of all label maps and probability maps by steps.
pub(super) fn step_opacity(state: &mut State, steps: i64) {
    // Whole steps, so that as many steps back lead back.
    let stepped = |opacity: f32| ((opacity / OPACITY_STEP).round() + steps as f32) * OPACITY_STEP;
    set_opacity(state, stepped(state.view.overlays.opacity));
    for map in state
        .document
        .entries
        .iter_mut()
        .filter_map(|entry| entry.probability.as_mut())
    {
        map.opacity = stepped(map.opacity).clamp(0.0, 1.0);
    }
}

/// Sets the opacity of all maps.
pub(super) fn set_opacity(state: &mut State, opacity: f32) {
    if opacity.is_finite() {
        state.view.overlays.opacity = opacity.clamp(0.0, 1.0);
        remember_view(state);
    }
}

/// Sets how strong and how wide outlines are.
pub(super) fn set_outline(state: &mut State, opacity: Option<f32>, width: f32) {
    let view = &mut state.view.overlays;
    (view.outline, view.outline_width) = (opacity, width);
    *view = view.in_range();
    remember_view(state);
}

/// What was set goes on in the next session.
pub(super) fn remember_view(state: &mut State) {
    state.settings.overlays = OverlayView {
        is_on: true,
        ..state.view.overlays
    };
}

/// Changes a segment. What it is called and what it is are steps that can be undone; how it is looked at is none.
pub(super) fn change_segment(state: &mut State, index: usize, label: u32, change: SegmentChange) {
    let Some(volume) = state.document.entries.get(index).map(|entry| entry.volume().id) else {
        return;
    };
    let Some(overlay) = overlay_mut(state, index) else {
        return;
    };
    let before = overlay.table.clone();
    let mut table = overlay.table.clone();
    let Some(segment) = table.get_mut(label) else {
        return;
    };
    let step = match change {
        SegmentChange::Color(color) => {
            segment.color = color;
            None
        }
        SegmentChange::Visible(is_visible) => {
            segment.is_visible = is_visible;
            None
        }
        SegmentChange::Locked(is_locked) => {
            segment.is_locked = is_locked;
            None
        }
        SegmentChange::Name(name) => {
            let old = std::mem::replace(&mut segment.name, name);
            Some(say!("app-step-rename-segment", old = old, name = segment.name.clone()))
        }
        SegmentChange::Coding(coding) => {
            let text = coding.text();
            if is_unnamed(segment) {
                segment.name.clone_from(&text);
                let has_own_color = segment.color != default_color(label);
                segment.color = coding.color().filter(|_| !has_own_color).unwrap_or(segment.color);
            }
            segment.set_coding(*coding);
            Some(say!("app-step-code-segment", name = segment.name.clone(), code = text))
        }
    };
    match step {
        Some(step) if table != before => {
            let edit = LabelEdit {
                volume,
                layer: 0,
                delta: None,
                tables: Some((before, table)),
            };
            paint::commit(state, edit, step);
        }
        _ => {
            overlay.table = table;
            overlay.recolor();
        }
    }
}

/// Whether a segment has the name that it got by itself.
fn is_unnamed(segment: &Segment) -> bool {
    let name = segment.name.trim();
    name.is_empty() || name == say!("app-segment", label = segment.label)
}

/// Shows or hides all segments of a map.
pub(super) fn show_all_segments(state: &mut State, index: usize, are_visible: bool) {
    if let Some(overlay) = overlay_mut(state, index) {
        for segment in &mut overlay.table.segments {
            segment.is_visible = are_visible;
        }
        overlay.recolor();
    }
}

/// Brings the crosshair into a segment.
pub(super) fn go_to_segment(state: &mut State, index: usize, label: u32) {
    let place = state.document.entries.get(index).and_then(|entry| {
        let overlay = entry.overlay.as_ref()?;
        let count = *overlay.counts.as_ref()?.get(&label)?;
        let layer = overlay.table.get(label).map_or(0, |segment| segment.layer);
        let map = entry.volume().voxels.label_map(layer)?;
        let short = u16::try_from(label).ok()?;
        // Since it was counted it may have been painted on.
        let is_still_inside = map.get(count.inside) == Some(short);
        let inside = if is_still_inside {
            count.inside
        } else {
            map.find(short)?
        };
        let inside = glam::DVec3::from_array(inside.map(|at| at as f64));
        Some(entry.volume().geometry()?.patient_at(inside))
    });
    if let Some(place) = place {
        navigate::set_crosshair(state, place);
    }
}

fn overlay_mut(state: &mut State, index: usize) -> Option<&mut Overlay> {
    state.document.entries.get_mut(index)?.overlay.as_mut()
}
