//! Saving segmentations, keeping what is painted in journals, and bringing back what was left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::command::{Choice, Effect};
use super::super::leaving::Goal;
use super::super::overlays::{self, Kept, Overlay, Saved};
use super::super::painting;
use super::super::recent;
use super::super::safety::{LabelsKept, LabelsSaved, LabelsToKeep, LabelsToSave, Taken, WorkTaken};
use super::super::state::{Entry, JobSubject, Level, LoadState, State};
use super::{cases, file, jobs, leaving, reload};
use crate::io::cases::{Case, CaseStatus};
use crate::io::journal::{self, Head, Left};
use crate::io::segmentation::Written;
use crate::io::{self, OpenVolume};
use crate::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::Voxels;
use crate::say;

fn which(state: &State, index: Option<usize>) -> Option<usize> {
    index.or_else(|| painting::target(state).map(|(index, ..)| index))
}

/// Has the user choose where to save a segmentation.
pub(super) fn choose(state: &mut State, index: Option<usize>) -> Vec<Effect> {
    match which(state, index) {
        Some(index) => choose_for(state, index),
        None => Vec::new(),
    }
}

fn choose_for(state: &mut State, index: usize) -> Vec<Effect> {
    let id = state.document.entries.get(index).map(|entry| entry.volume().id);
    id.map_or_else(Vec::new, |id| file::choose(state, Choice::Segmentation(id)))
}

/// Begins to save a segmentation: to its own file, unless another one is named. Where it has none it becomes a mask of the
/// open case, and where that is none of its own, the user is asked.
pub(super) fn save(state: &mut State, index: Option<usize>, path: Option<PathBuf>) -> Vec<Effect> {
    super::pointer::settle(state);
    let Some(index) = which(state, index) else {
        return Vec::new();
    };
    let Some((_, overlay)) = both(state, index) else {
        return Vec::new();
    };
    let (path, known) = match (path, overlay.path.clone()) {
        // Its own file, named or not.
        (Some(path), Some((own, known))) if path == own => (path, known),
        (None, Some((own, known))) => (own, known),
        (Some(path), _) => (path, None),
        (None, None) => match cases::path_of(state, index) {
            Some(path) => (path, None),
            None => return choose_for(state, index),
        },
    };
    let Some((entry, overlay)) = both(state, index) else {
        return Vec::new();
    };
    let request = LabelsToSave {
        volume: Arc::clone(entry.volume()),
        table: overlay.table.clone(),
        path,
        known,
        reference: reference_of(state, entry),
    };
    let id = request.volume.id;
    let is_under_way = state
        .jobs
        .values()
        .any(|status| status.subject == JobSubject::SavingLabels(id));
    if is_under_way {
        return Vec::new();
    }
    let title = say!("app-job-save-labels", path = request.path.display().to_string());
    let job = file::begin(state, title, JobSubject::SavingLabels(id));
    vec![Effect::SaveLabels {
        job,
        request: Box::new(request),
    }]
}

/// Saves a segmentation beside its image, under a name that is free: where the system has no dialog to ask in, work is to be
/// saved all the same.
pub(super) fn save_beside(state: &mut State, id: VolumeId) -> Vec<Effect> {
    let index = state.document.entries.iter().position(|entry| entry.volume().id == id);
    let entry = index.and_then(|index| Some((index, state.document.entries.get(index)?)));
    let Some((index, entry)) = entry else {
        state.tell(Level::Note, say!("app-segmentation-gone"));
        return Vec::new();
    };
    // What has a file is not moved to another that nobody named.
    if entry.overlay.as_ref().is_some_and(|overlay| overlay.path.is_some()) {
        state.tell(Level::Error, say!("app-no-dialog"));
        return Vec::new();
    }
    let Some(image) = image_of(state, entry).or(state.shown()).and_then(beside) else {
        state.tell(Level::Error, say!("app-no-dialog-to-save"));
        return Vec::new();
    };
    let case = Case {
        image,
        mask: None,
        status: CaseStatus::Open,
    };
    let path = case.new_mask(|_| false);
    save(state, Some(index), Some(path))
}

/// The file of an image, or what it could be called in the folder of its files; of an archive that one.
fn beside(image: &Entry) -> Option<PathBuf> {
    let open = image.from_file();
    let file = open.source.file()?;
    let path = std::path::absolute(file.name()).ok()?;
    if file.is_unpacked() {
        let archive = path.ancestors().find(|path| path.is_file());
        return archive.map(Path::to_owned);
    }
    if open.volume.series.files <= 1 {
        return Some(path);
    }
    let folder = path.parent()?;
    let name = folder.file_name().unwrap_or_default();
    Some(folder.join(name))
}

/// A segmentation that can be saved.
fn both(state: &State, index: usize) -> Option<(&Entry, &Overlay)> {
    let entry = state.document.entries.get(index)?;
    entry.volume().voxels.label_map(0)?;
    Some((entry, entry.overlay.as_ref()?))
}

/// The image that a segmentation was painted on: of those on its grid the one over which it was made, the shown one, or the
/// first.
fn image_of<'a>(state: &'a State, map: &Entry) -> Option<&'a Entry> {
    let is_under = |entry: &&Entry| {
        let (image, map) = (entry.volume(), map.volume());
        !entry.lies_over() && overlays::shares_space(image, map) && overlays::same_grid(image, map)
    };
    let made_over = map.overlay.as_ref().and_then(|overlay| overlay.made_over);
    let begun = made_over.and_then(|id| state.document.entry(id));
    let images = begun.into_iter().chain(state.shown()).chain(&state.document.entries);
    images.into_iter().find(is_under)
}

/// The same to be named in a file; else what it says itself.
fn reference_of(state: &State, map: &Entry) -> Option<OpenVolume> {
    let image = image_of(state, map).map(|entry| entry.open.clone());
    image.or_else(|| (map.volume().series.format == "dicom").then(|| map.open.clone()))
}

/// A segmentation was saved, or not. Its journal goes once all of it is in the file.
pub(super) fn saved(state: &mut State, saved: LabelsSaved) {
    let path = saved.path.display().to_string();
    match saved.outcome {
        Ok(Written { stamp, mut warnings }) => {
            if let Some(entry) = state.document.entry_mut(saved.id)
                && entry.overlay.is_some()
            {
                // The file that was watched is another's from now on.
                entry.is_watched &= reload::file_of(entry).is_some_and(|own| own == saved.path);
            }
            if let Some(entry) = state.document.entry_mut(saved.id)
                && let Some(overlay) = &mut entry.overlay
            {
                if overlay.path.as_ref().is_some_and(|(own, _)| *own != saved.path) {
                    overlay.told.clear();
                }
                warnings.retain(|warning| overlay.told.insert(warning.clone()));
                overlay.path = Some((saved.path.clone(), Some(stamp)));
                overlay.file = None;
                overlay.saved = Some(Saved {
                    revision: saved.revision,
                    table: saved.table,
                });
            }
            state.tell(Level::Note, say!("app-labels-saved", path = path.clone()));
            for warning in warnings {
                let path = path.clone();
                state.tell(
                    Level::Note,
                    say!("app-labels-saved-but", path = path, warning = warning),
                );
            }
            cases::saved(state, saved.id, &saved.path);
        }
        Err(err) => {
            cases::not_saved(state, saved.id);
            state.tell(Level::Error, err.to_string());
        }
    }
}

/// So long what could not be kept safe is not tried again: then there may be room for it.
const RETRY: Duration = Duration::from_secs(5);

/// The next thing to be kept safe, if there is one and nothing is being kept now. What could not be kept is tried again
/// after a while.
pub(in crate::app) fn due(state: &mut State) -> Vec<Effect> {
    let Some(home) = state.home.clone() else {
        return Vec::new();
    };
    if state.jobs.values().any(|status| status.subject == JobSubject::Journal) {
        return Vec::new();
    }
    // What is saved or closed needs no journal any more.
    let is_unsaved = |entry: &&Entry| {
        let overlay = entry.overlay.as_ref();
        overlay.is_some_and(|overlay| overlay.is_unsaved(entry.volume()))
    };
    let unsaved = state.document.entries.iter().filter(is_unsaved);
    let unsaved: BTreeSet<VolumeId> = unsaved.map(|entry| entry.volume().id).collect();
    state.journal_failed.retain(|id, _| unsaved.contains(id));
    for index in 0..state.document.entries.len() {
        give_journal_up(state, index);
    }
    if !state.ended_journals.is_empty() {
        let job = file::begin(state, say!("app-job-journal"), JobSubject::Journal);
        let journals = std::mem::take(&mut state.ended_journals);
        return vec![Effect::EndJournals { job, journals }];
    }
    let request = state.document.entries.iter().find_map(|entry| {
        let overlay = entry
            .overlay
            .as_ref()
            .filter(|overlay| overlay.is_unsaved(entry.volume()))?;
        let failed = state.journal_failed.get(&entry.volume().id);
        let is_hopeless = failed.is_some_and(|at| at.elapsed() < RETRY);
        (!has_all(entry, overlay) && !is_hopeless).then(|| {
            let image = image_of(state, entry).or(state.shown());
            let opened = recent::opened_with(&state.settings.recent, image);
            to_keep(entry, overlay, home.clone(), opened)
        })
    });
    request.map_or_else(Vec::new, |request| {
        let job = file::begin(state, say!("app-job-journal"), JobSubject::Journal);
        let request = Box::new(request);
        vec![Effect::KeepLabels { job, request }]
    })
}

/// Gives the journal of the n-th volume up if nothing of it is unsaved: it is in its file, or was taken back.
pub(super) fn give_journal_up(state: &mut State, index: usize) {
    let Some(entry) = state.document.entries.get_mut(index) else {
        return;
    };
    if let Some(overlay) = &mut entry.overlay
        && !overlay.is_unsaved(&entry.open.volume)
        // Work that was brought back is not in its file, even if all of it was erased.
        && (overlay.saved.is_some() || overlay.path.is_none())
        && let Some(kept) = overlay.journal.take()
    {
        state.ended_journals.push(kept.journal);
    }
}

/// The program ends: what could not be kept safe is tried once more.
pub(in crate::app) fn last_try(state: &mut State) {
    state.journal_failed.clear();
}

/// Whether the journal of a segmentation has all of it.
fn has_all(entry: &Entry, overlay: &Overlay) -> bool {
    let revision = entry.volume().voxels.painted_revision();
    overlay
        .journal
        .as_ref()
        .is_some_and(|kept| kept.revision == revision && kept.state.table == overlay.table && kept.path == overlay.path)
}

/// Whether all of the n-th volume that is not saved is in its journal.
pub(super) fn is_kept(state: &State, index: usize) -> bool {
    let entry = state.document.entries.get(index);
    let both = entry.and_then(|entry| Some((entry, entry.overlay.as_ref()?)));
    both.is_none_or(|(entry, overlay)| has_all(entry, overlay))
}

/// Whether something that was made is still being written, or has to be.
pub(in crate::app) fn is_at_work(state: &State) -> bool {
    let is_work = |subject: &JobSubject| {
        matches!(
            subject,
            JobSubject::Journal | JobSubject::SavingLabels(_) | JobSubject::Cases
        )
    };
    state.jobs.values().any(|status| is_work(&status.subject))
}

fn to_keep(entry: &Entry, overlay: &Overlay, home: io::home::Home, opened: Vec<PathBuf>) -> LabelsToKeep {
    let volume = entry.volume();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let mut head = Head {
        name: volume.series.description.clone(),
        file: overlay.path.as_ref().map(|(path, _)| path.clone()),
        stamp: overlay.path.as_ref().and_then(|(_, stamp)| *stamp),
        opened,
        frame_of_reference_uid: volume.series.frame_of_reference_uid.clone(),
        layers: volume.voxels.frames(),
        begun: now.map_or(0, |since| since.as_secs()),
        ..Head::default()
    };
    if let Some(geometry) = volume.geometry() {
        head.set_grid(geometry);
    }
    LabelsToKeep {
        id: volume.id,
        home,
        head,
        journal: overlay
            .journal
            .as_ref()
            .map(|kept| (Arc::clone(&kept.journal), kept.state.clone())),
        is_head_new: overlay.journal.as_ref().is_some_and(|kept| kept.path != overlay.path),
        state: journal::State {
            maps: volume.voxels.label_maps().to_vec(),
            table: overlay.table.clone(),
        },
        revision: volume.voxels.painted_revision(),
    }
}

/// Painted work was kept safe, or could not be.
pub(super) fn kept(state: &mut State, kept: LabelsKept) {
    match kept.outcome {
        Ok(journal) => {
            state.journal_failed.remove(&kept.id);
            // Of a segmentation that was closed it stays on the disk, to be offered again.
            let Some(entry) = state.document.entry_mut(kept.id) else {
                return;
            };
            let Some(overlay) = &mut entry.overlay else { return };
            if overlay.is_unsaved(&entry.open.volume) {
                overlay.journal = Some(Kept {
                    journal,
                    state: kept.state,
                    revision: kept.revision,
                    path: kept.path,
                });
            } else {
                // It was saved or taken back in the meantime.
                overlay.journal = None;
                state.ended_journals.push(journal);
            }
        }
        Err(err) => {
            let was_known = state.journal_failed.insert(kept.id, Instant::now()).is_some();
            let text = err.to_string();
            if !was_known && state.messages.iter().all(|message| message.text != text) {
                state.tell(Level::Error, text);
            }
        }
    }
}

/// Begins to look for work that was left behind.
pub(in crate::app) fn look_for_work(state: &mut State) -> Vec<Effect> {
    let Some(home) = state.home.clone() else {
        return Vec::new();
    };
    let job = file::begin(state, say!("app-job-journal"), JobSubject::Journal);
    vec![Effect::LookForWork { job, home }]
}

/// Work was found that was left behind.
pub(super) fn found(state: &mut State, mut left: Vec<Left>) {
    // What was taken over since it was looked for is here.
    let overlays = state.document.entries.iter().filter_map(|entry| entry.overlay.as_ref());
    let ours: Vec<&Path> = overlays
        .filter_map(|overlay| Some(overlay.journal.as_ref()?.journal.path()))
        .collect();
    left.retain(|left| !ours.contains(&left.path.as_path()));
    if !left.is_empty() {
        state.tell(Level::Note, say!("app-work-left", count = left.len()));
    }
    state.left_work = left;
}

/// Begins to bring such work back.
pub(super) fn recover(state: &mut State, index: usize) -> Vec<Effect> {
    let path = state.left_work.get(index).map(|left| left.path.clone());
    path.map_or_else(Vec::new, |path| take_over(state, path))
}

/// The same, by its journal.
pub(super) fn take_over(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let Some(left) = state.left_work.iter().find(|left| left.path == path) else {
        return Vec::new();
    };
    let job = file::begin(
        state,
        say!("app-job-recover", name = left.head.name.clone()),
        JobSubject::Journal,
    );
    vec![Effect::TakeOverWork { job, path }]
}

/// Throws such work away.
pub(super) fn discard(state: &mut State, index: usize) -> Vec<Effect> {
    if index < state.left_work.len() {
        let left = state.left_work.remove(index);
        if let Err(err) = journal::discard(&left.path) {
            state.tell(Level::Error, err.to_string());
        }
    }
    Vec::new()
}

/// Where painted work belongs that is brought back.
enum Place {
    /// Over nothing that is open: its image is opened with it, if it is known.
    Nothing,
    /// Over this image.
    Over(VolumeId),
    /// Over another image than what is shown. Nothing of it may get into another patient's mask.
    Elsewhere,
}

fn place_of(state: &State, head: &Head, work: &Volume) -> Place {
    if state.view.shown.is_none() {
        return Place::Nothing;
    }
    let is_under = |entry: &&Entry| {
        let (image, first) = (entry.volume(), head.opened.get(..1).unwrap_or_default());
        let is_named = first.is_empty() || recent::lies_in(entry, first);
        !entry.lies_over() && overlays::shares_space(image, work) && overlays::same_grid(image, work) && is_named
    };
    let mut images = state.shown().into_iter().chain(&state.document.entries);
    images
        .find(is_under)
        .map_or(Place::Elsewhere, |image| Place::Over(image.volume().id))
}

/// Work that was left behind was read: it is there again, not saved, and what it was painted over is opened.
pub(super) fn took_over(state: &mut State, taken: WorkTaken) -> Vec<Effect> {
    let Taken {
        journal,
        head,
        state: kept,
        counts,
    } = match taken.outcome {
        Ok(found) => found,
        Err(why) => {
            state.tell(Level::Error, why);
            return Vec::new();
        }
    };
    let volume = head.grid().and_then(|grid| {
        let voxels = Voxels::of_labels(kept.maps.clone()).ok()?;
        Some(Arc::new(recovered(&head, Placement::Patient(grid), voxels)))
    });
    let Some(volume) = volume else {
        let path = taken.path.display().to_string();
        state.tell(Level::Error, say!("io-journal-damaged", path = path));
        return Vec::new();
    };
    let place = place_of(state, &head, &volume);
    if matches!(place, Place::Elsewhere) {
        // It stays where it is until its image can be opened.
        drop(journal);
        if head.opened.is_empty() {
            state.tell(Level::Note, say!("app-work-other-image", name = head.name));
            return Vec::new();
        }
        return leaving::begin_with(state, Goal::Recover { journal: taken.path });
    }
    state.left_work.retain(|left| left.path != taken.path);
    let (id, revision) = (volume.id, volume.voxels.painted_revision());
    let source = io::blank::source(&volume);
    let mut entry = jobs::entry(OpenVolume { volume, source }, state.settings.interpolation);
    let mut overlay = Overlay::made(kept.table.clone(), BTreeMap::new());
    let gained = counts.into_iter().map(|(label, voxels)| (label, voxels as i64));
    overlay.gained(&gained.collect());
    overlay.path = head.file.clone().map(|path| (path, head.stamp));
    overlay.made_over = match place {
        Place::Over(image) => Some(image),
        _ => None,
    };
    overlay.journal = Some(Kept {
        journal,
        state: kept,
        revision,
        path: overlay.path.clone(),
    });
    entry.load = LoadState::Loaded;
    entry.overlay = Some(overlay);
    state.document.entries.push(entry);
    state.painting.target = Some(id);
    state.view.overlays.is_on = true;
    state.tell(Level::Note, say!("app-work-recovered", name = head.name.clone()));
    match place {
        Place::Over(image) if state.view.shown != Some(image) => file::show(state, image),
        Place::Nothing if !head.opened.is_empty() => {
            cases::opened_instead(state, head.opened.get(..1).unwrap_or_default());
            file::open(state, Some(head.opened))
        }
        _ => Vec::new(),
    }
}

fn recovered(head: &Head, placement: Placement, voxels: Voxels) -> Volume {
    Volume {
        id: VolumeId::fresh(),
        series: SeriesInfo {
            format: "isocenter",
            kind: VolumeKind::Segmentation,
            modality: "SEG".to_owned(),
            description: head.name.clone(),
            patient: Patient::default(),
            study_uid: String::new(),
            study_description: String::new(),
            study_date: String::new(),
            series_uid: String::new(),
            series_number: None,
            transfer_syntax: String::new(),
            frame_of_reference_uid: head.frame_of_reference_uid.clone(),
            files: 0,
            stored_type: "u16".to_owned(),
        },
        placement,
        voxels,
        rescale: Rescale::IDENTITY,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    }
}
