//! Work beside the window: named threads with immutable inputs, progress, cancel, and a typed result.
//!
//! Only this and the keeper of the settings start threads. A panic in a job is caught and reported; nothing else is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::movie::{self, Film};
use super::overlays::MOST_LABELS;
use super::state::Counted;
use super::thumbnail::{self, Thumbnail};
use super::transfer_thumbnail::{self, ThumbnailRequest};
use super::volume_view::Removal;
use crate::algo::cinematic::{Developing, Tracking};
use crate::algo::label_counts::{LabelCount, label_counts};
use crate::algo::{body_mask, bone_mask, histogram, percentile};
use crate::io::load::LoadReport;
use crate::io::measurements::{Found, Places, Saved, ToSave};
use crate::io::progress::ProgressEvent;
use crate::io::{self, OpenError, OpenVolume, Opened, Progress};
use crate::model::series_key::SeriesKey;
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::{Volume, VolumeId};
use crate::model::voxel_mask::VoxelMask;
use crate::model::window::Window;
use crate::say;
use crate::scene::VolumeScene;

/// Names a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u64);

/// What a job tells. Applied by [`super::update::apply_event`], never recorded.
pub enum JobEvent {
    /// How far it is.
    Progress {
        /// Done.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// Headers were read.
    Scanned(Opened),
    /// Nothing could be opened.
    ScanFailed(OpenError),
    /// The percentile windows of a volume, for slices and for projections, are known.
    AutoWindow {
        /// Which volume.
        volume: VolumeId,
        /// For slices.
        slices: Window,
        /// For projections.
        projections: Window,
    },
    /// A small picture was made, or could not be.
    Thumbnail(VolumeId, Option<Thumbnail>),
    /// A small picture with a preset of the transfer function was made, or could not be.
    TransferThumbnail(VolumeId, String, Option<Thumbnail>),
    /// A transfer function was read, or why not.
    TransferRead(Result<TransferFunction, String>),
    /// A transfer function was written, or why not.
    TransferSaved(Result<PathBuf, String>),
    /// The values of a volume were counted.
    Counted(VolumeId, Counted),
    /// The labels of a volume were counted; `None` if it is no label map.
    Labelled(VolumeId, Option<BTreeMap<u32, LabelCount>>),
    /// Voxels were read.
    Loaded(VolumeId, LoadReport),
    /// The user answered.
    Answered(Answer),
    /// A picture was written, or why not.
    PictureSaved(Result<PathBuf, String>),
    /// A movie was written, or why not.
    MovieSaved(Result<PathBuf, String>),
    /// The measurements of some series were read.
    MeasurementsLoaded(Vec<(SeriesKey, Found)>),
    /// The measurements of a series were written, or why not.
    MeasurementsSaved(SeriesKey, Result<Option<Saved>, String>),
    /// A list of measurements was written, or why not.
    MeasurementsExported(Result<PathBuf, String>),
    /// What stays of a volume when something is removed; `None` if nothing was found to be removed.
    Masked(VolumeId, Removal, Option<VoxelMask>),
    /// A path-traced picture has become finer.
    Developed {
        /// Samples of every pixel.
        samples: u32,
        /// RGBA, 8 bits, rows from the top.
        pixels: Arc<Vec<u8>>,
    },
    /// There is nothing to tell.
    Nothing,
    /// The job broke.
    Panicked,
    /// The system gave no thread for it.
    NoThread,
}

/// What the user answered in a dialog of the system.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// This is to be done.
    Do(Box<Command>),
    /// Nothing is to be done.
    Nothing,
    /// There was no dialog: the system has none to offer.
    NoDialog,
}

/// Where the pictures of a movie go in, in their order.
pub type Pictures = SyncSender<Result<Vec<u8>, String>>;

/// Pictures of a movie that wait to be written.
const PICTURES_AHEAD: usize = 2;

/// Events that wait at most; a job that is faster waits for the window.
const QUEUE_LENGTH: usize = 1024;

/// Progress is told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(30);

/// All jobs under way.
pub struct Jobs {
    cancels: BTreeMap<JobId, Arc<AtomicBool>>,
    sender: SyncSender<(JobId, JobEvent, bool)>,
    receiver: Receiver<(JobId, JobEvent, bool)>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Threads that write the user's work.
    writers: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// `wake` is called from the jobs' threads whenever there is something to receive.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, receiver) = sync_channel(QUEUE_LENGTH);
        Self {
            cancels: BTreeMap::new(),
            sender,
            receiver,
            wake,
            writers: Vec::new(),
        }
    }

    /// Reads headers of paths, or of the built-in study.
    pub fn start_scan(&mut self, job: JobId, paths: Option<Vec<PathBuf>>) {
        self.start(job, "scan", move |outlet| {
            let Some(paths) = paths else {
                let opened = Opened {
                    volumes: io::demo::open_all(),
                    skipped: Vec::new(),
                };
                return JobEvent::Scanned(opened);
            };
            let tell = outlet.progress();
            match io::scan(&paths, &Progress::new(&outlet.cancelled, &tell)) {
                Ok(opened) => JobEvent::Scanned(opened),
                Err(err) => JobEvent::ScanFailed(err),
            }
        });
    }

    /// Decodes the voxels of a volume: first those that the automatic window needs, then the rest, the middle first.
    /// Of a stream, which comes from first to last, the window is told again whenever more of these have arrived.
    pub fn start_load(&mut self, job: JobId, open: OpenVolume) {
        self.start(job, "load", move |outlet| {
            let needed = percentile::auto_window_slabs(&open.volume, 0);
            let mut first = LoadReport::default();
            if !open.source.streams() {
                let quiet = Progress::new(&outlet.cancelled, &|_| {});
                first = io::load_slabs(&open, &needed, &quiet);
                outlet.send_windows(&open.volume);
                outlet.send_counts(&open.volume, &needed);
            }
            let arrived = AtomicUsize::new(0);
            let tell_progress = outlet.progress();
            let tell = |event| {
                if open.source.streams() {
                    let voxels = &open.volume.voxels;
                    let now = needed.iter().filter(|slab| voxels.slab(**slab).is_some()).count();
                    if arrived.swap(now, Ordering::Relaxed) != now {
                        outlet.send_windows(&open.volume);
                        outlet.send_counts(&open.volume, &needed);
                    }
                }
                tell_progress(event);
            };
            let rest = io::load(&open, &Progress::new(&outlet.cancelled, &tell));
            JobEvent::Loaded(open.volume.id, first.followed_by(rest))
        });
    }

    /// Makes a small picture of a volume.
    pub fn start_thumbnail(&mut self, job: JobId, open: OpenVolume) {
        self.start(job, "thumbnail", move |_| {
            JobEvent::Thumbnail(open.volume.id, thumbnail::make(&open))
        });
    }

    /// Makes small pictures of a volume with several transfer functions.
    pub fn start_transfer_thumbnails(&mut self, job: JobId, request: Box<ThumbnailRequest>) {
        self.start(job, "presets", move |outlet| {
            let is_cancelled = || outlet.cancelled.load(Ordering::Relaxed);
            let id = request.volume.id;
            transfer_thumbnail::make(&request, &is_cancelled, &|name, picture| {
                outlet.send(JobEvent::TransferThumbnail(id, name.to_owned(), picture), false);
            });
            JobEvent::Nothing
        });
    }

    /// Reads a transfer function.
    pub fn start_read_transfer(&mut self, job: JobId, path: PathBuf) {
        self.start(job, "transfer", move |_| {
            JobEvent::TransferRead(io::transfer::read(&path).map_err(|err| err.to_string()))
        });
    }

    /// Writes a transfer function. The program does not end before it has.
    pub fn start_write_transfer(&mut self, job: JobId, path: PathBuf, function: Arc<TransferFunction>) {
        let writer = self.start(job, "transfer", move |_| {
            let written = io::transfer::write(&path, &function).map_err(|err| err.to_string());
            JobEvent::TransferSaved(written.map(|()| path))
        });
        self.writers.extend(writer);
    }

    /// Counts the values of a volume.
    pub fn start_histogram(&mut self, job: JobId, volume: Arc<Volume>) {
        self.start(job, "histogram", move |outlet| {
            let slabs = 0..volume.voxels.slab_count();
            outlet
                .count(&volume, slabs)
                .map_or(JobEvent::Nothing, |counted| JobEvent::Counted(volume.id, counted))
        });
    }

    /// Decodes the voxels of a volume and counts its labels.
    pub fn start_labels(&mut self, job: JobId, open: OpenVolume) {
        self.start(job, "labels", move |outlet| {
            let tell = outlet.progress();
            let report = io::load(&open, &Progress::new(&outlet.cancelled, &tell));
            if report.cancelled {
                return JobEvent::Nothing;
            }
            let is_cancelled = || outlet.cancelled.load(Ordering::Relaxed);
            let layers = open.source.segments().map_or(1, |table| table.layer_count());
            let counts = (0..layers).try_fold(BTreeMap::new(), |mut all, layer| {
                all.extend(label_counts(&open.volume, layer, MOST_LABELS, &is_cancelled)?);
                Some(all)
            });
            if is_cancelled() {
                return JobEvent::Nothing;
            }
            JobEvent::Labelled(open.volume.id, counts)
        });
    }

    /// Looks for what is to be removed from the volume view.
    pub fn start_mask(&mut self, job: JobId, volume: Arc<Volume>, frame: usize, removal: Removal) {
        self.start(job, "mask", move |outlet| {
            let tell = outlet.progress();
            let goes_on = |done, total| {
                tell(ProgressEvent::Decoding { done, total });
                !outlet.cancelled.load(Ordering::Relaxed)
            };
            let mask = match removal {
                Removal::Table => body_mask::without_table(&volume, frame, &goes_on),
                Removal::Bone => bone_mask::without_bone(&volume, frame, &goes_on),
            };
            if outlet.cancelled.load(Ordering::Relaxed) {
                return JobEvent::Nothing;
            }
            JobEvent::Masked(volume.id, removal, mask)
        });
    }

    /// Path-traces a picture, and tells of it now and then.
    pub fn start_developing(&mut self, job: JobId, scene: VolumeScene, samples: u32) {
        self.start(job, "develop", move |outlet| {
            /// The first pictures are told at once, later ones at most this often: they differ little.
            const EVERY: Duration = Duration::from_millis(250);
            let mut picture = Developing::new(scene, Tracking::Bounded);
            let mut told = Instant::now();
            for n in 1..=samples {
                if outlet.cancelled.load(Ordering::Relaxed) {
                    return JobEvent::Nothing;
                }
                picture.add_sample();
                if n < 4 || n == samples || told.elapsed() >= EVERY {
                    told = Instant::now();
                    let pixels = Arc::new(picture.picture());
                    outlet.send(JobEvent::Developed { samples: n, pixels }, false);
                }
            }
            JobEvent::Nothing
        });
    }

    /// Waits for an answer of the user, which `ask` brings.
    pub fn start_question(&mut self, job: JobId, ask: impl FnOnce() -> Answer + Send + 'static) {
        self.start(job, "ask", move |_| JobEvent::Answered(ask()));
    }

    /// Writes a picture: RGBA, rows from the top.
    pub fn start_picture(&mut self, job: JobId, path: PathBuf, size: [u32; 2], rgba: Vec<u8>) {
        self.start(job, "picture", move |_| {
            let saved = io::png::write_png(&path, size, &rgba);
            JobEvent::PictureSaved(saved.map(|()| path).map_err(|err| err.to_string()))
        });
    }

    /// Writes a movie of the pictures that come through what is returned; each is RGBA, rows from the top, or the reason
    /// why there is none. The program does not end before the job has, which is then stopped.
    /// A path-traced movie develops its pictures itself.
    pub fn start_movie(&mut self, job: JobId, film: Film) -> Pictures {
        let (sender, receiver) = sync_channel(PICTURES_AHEAD);
        let writer = self.start(job, "movie", move |outlet| {
            let tell = outlet.progress();
            let mut next = |n: usize| {
                let total = film.movie.frames;
                tell(ProgressEvent::Decoding { done: n, total });
                if film.samples.is_none() {
                    return outlet.next_picture(&receiver);
                }
                let developed = film.developed(n, &|| outlet.cancelled.load(Ordering::Relaxed));
                let mut picture = developed.ok_or_else(|| std::io::Error::other(say!("app-movie-stopped")))?;
                film.annotate(n, &mut picture).map_err(std::io::Error::other)?;
                Ok(picture)
            };
            let saved = movie::write(&film.path, &film.settings, &mut next);
            if outlet.cancelled.load(Ordering::Relaxed) && saved.is_err() {
                return JobEvent::Nothing;
            }
            JobEvent::MovieSaved(saved.map(|()| film.path).map_err(|err| err.to_string()))
        });
        self.writers.extend(writer);
        sender
    }

    /// Reads measurements.
    pub fn start_load_measurements(&mut self, job: JobId, series: Vec<(SeriesKey, Places)>) {
        self.start(job, "measures", move |_| {
            JobEvent::MeasurementsLoaded(io::measurements::load(&series))
        });
    }

    /// Writes measurements. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_save_measurements(&mut self, job: JobId, request: Box<ToSave>) {
        let writer = self.start(job, "measures", move |_| {
            JobEvent::MeasurementsSaved(request.key.clone(), io::measurements::save(&request))
        });
        self.writers.retain(|writer| !writer.is_finished());
        self.writers.extend(writer);
    }

    /// Writes a text file.
    pub fn start_text(&mut self, job: JobId, path: PathBuf, text: String) {
        let writer = self.start(job, "text", move |_| {
            let written = io::save::write_atomically(&path, |out| std::io::Write::write_all(out, text.as_bytes()));
            JobEvent::MeasurementsExported(written.map(|()| path).map_err(|err| err.to_string()))
        });
        self.writers.extend(writer);
    }

    /// Waits for what is being written. What jobs tell in the meantime is of no interest any more.
    pub fn finish_writing(&mut self) {
        // Movies end so, and leave nothing behind; the user's work is written all the same.
        for cancelled in self.cancels.values() {
            cancelled.store(true, Ordering::Relaxed);
        }
        for writer in std::mem::take(&mut self.writers) {
            while !writer.is_finished() {
                // Makes room: a full queue would hold the writer up.
                self.receiver.recv_timeout(Duration::from_millis(2)).ok();
            }
        }
    }

    fn start(
        &mut self,
        job: JobId,
        name: &str,
        body: impl FnOnce(&Outlet) -> JobEvent + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        let cancelled = Arc::new(AtomicBool::new(false));
        self.cancels.insert(job, cancelled.clone());
        let outlet = Outlet {
            job,
            cancelled,
            sender: self.sender.clone(),
            wake: self.wake.clone(),
        };
        let spawned = std::thread::Builder::new()
            .name(format!("{name}-{}", job.0))
            .spawn(move || {
                let event = catch_unwind(AssertUnwindSafe(|| body(&outlet))).unwrap_or(JobEvent::Panicked);
                outlet.send(event, true);
            });
        match spawned {
            Ok(handle) => Some(handle),
            Err(err) => {
                tracing::error!("no thread for a job: {err}");
                // The queue is bounded, so it may be full; then the job is simply over.
                self.sender.try_send((job, JobEvent::NoThread, true)).ok();
                None
            }
        }
    }

    /// Asks a job to stop. It ends soon after, with what it has done.
    pub fn cancel(&self, job: JobId) {
        if let Some(cancelled) = self.cancels.get(&job) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// The next event, if there is one: the job, what it tells, and whether it has ended.
    pub fn receive(&mut self) -> Option<(JobId, JobEvent, bool)> {
        let received = self.receiver.try_recv().ok()?;
        self.ended(&received);
        Some(received)
    }

    /// Waits for the next event.
    pub fn receive_within(&mut self, patience: Duration) -> Option<(JobId, JobEvent, bool)> {
        let received = self.receiver.recv_timeout(patience).ok()?;
        self.ended(&received);
        Some(received)
    }

    fn ended(&mut self, (job, _, is_over): &(JobId, JobEvent, bool)) {
        if *is_over {
            self.cancels.remove(job);
        }
    }

    /// Whether any job is under way.
    pub fn is_busy(&self) -> bool {
        !self.cancels.is_empty()
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for cancelled in self.cancels.values() {
            cancelled.store(true, Ordering::Relaxed);
        }
    }
}

/// Where a job's events go.
struct Outlet {
    job: JobId,
    cancelled: Arc<AtomicBool>,
    sender: SyncSender<(JobId, JobEvent, bool)>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outlet {
    /// Tells the percentile windows of what has arrived.
    fn send_windows(&self, volume: &Volume) {
        let slices = percentile::auto_window(volume, 0);
        if let Some((slices, projections)) = slices.zip(percentile::projection_window(volume, 0)) {
            let event = JobEvent::AutoWindow {
                volume: volume.id,
                slices,
                projections,
            };
            self.send(event, false);
        }
    }

    /// Tells how often each value occurs in some slabs, as far as they have arrived.
    fn send_counts(&self, volume: &Volume, slabs: &BTreeSet<usize>) {
        if let Some(counted) = self.count(volume, slabs.iter().copied()) {
            self.send(JobEvent::Counted(volume.id, counted), false);
        }
    }

    fn count(&self, volume: &Volume, slabs: impl IntoIterator<Item = usize>) -> Option<Counted> {
        let slabs: Vec<usize> = slabs.into_iter().collect();
        let revision = volume.voxels.revision();
        let is_complete = volume.voxels.is_complete() && slabs.len() == volume.voxels.slab_count();
        let is_cancelled = || self.cancelled.load(Ordering::Relaxed);
        let histogram = histogram::histogram(volume, slabs, &is_cancelled)?;
        Some(Counted {
            histogram: Arc::new(histogram),
            revision,
            is_complete,
        })
    }

    fn send(&self, event: JobEvent, is_over: bool) {
        // Nobody listens any more when the program ends: then it does not matter.
        self.sender.send((self.job, event, is_over)).ok();
        (self.wake)();
    }

    /// Waits for a picture, unless the job is to stop.
    fn next_picture(&self, pictures: &Receiver<Result<Vec<u8>, String>>) -> std::io::Result<Vec<u8>> {
        loop {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(std::io::Error::other(say!("app-movie-stopped")));
            }
            match pictures.recv_timeout(PROGRESS_EVERY) {
                Ok(picture) => return picture.map_err(std::io::Error::other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(std::io::Error::other(say!("app-movie-stopped")));
                }
            }
        }
    }

    /// A progress listener that tells now and then, and at the end.
    fn progress(&self) -> impl Fn(ProgressEvent) + Sync + '_ {
        let began = Instant::now();
        let last_told_ms = AtomicU64::new(0);
        move |event| {
            let (ProgressEvent::Scanning { done, total } | ProgressEvent::Decoding { done, total }) = event;
            let now = began.elapsed().as_millis() as u64;
            let last = last_told_ms.load(Ordering::Relaxed);
            let is_due = done == total || now.saturating_sub(last) >= PROGRESS_EVERY.as_millis() as u64;
            if is_due
                && last_told_ms
                    .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                    .is_ok()
            {
                // Progress may be dropped when the window is slow; results never are.
                self.sender
                    .try_send((self.job, JobEvent::Progress { done, total }, false))
                    .ok();
                (self.wake)();
            }
        }
    }
}
