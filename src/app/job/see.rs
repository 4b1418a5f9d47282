//! Jobs that bring pictures of the document: reading, counting, small pictures, masks and developing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::overlays::MOST_LABELS;
use super::super::probability::CutRequest;
use super::super::thumbnail;
use super::super::transfer_thumbnail::{self, ThumbnailRequest};
use super::super::volume_view::Removal;
use super::{JobEvent, JobId, Jobs, LabelsReading};
use crate::algo::cinematic::{Developing, Tracking};
use crate::algo::label_counts::read_labels;
use crate::algo::occlusion::OcclusionRequest;
use crate::algo::value_range::value_range;
use crate::algo::{body_mask, bone_mask, percentile};
use crate::io::load::LoadReport;
use crate::io::progress::ProgressEvent;
use crate::io::{self, FilePlace, OpenVolume, Opened, Progress};
use crate::model::volume::Volume;
use crate::scene::VolumeScene;

impl Jobs {
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
    pub fn start_labels(&mut self, job: JobId, open: OpenVolume, is_guess: bool) {
        self.start(job, "labels", move |outlet| {
            let tell = outlet.progress();
            let report = io::load(&open, &Progress::new(&outlet.cancelled, &tell));
            if report.cancelled {
                return JobEvent::Nothing;
            }
            let is_cancelled = || outlet.cancelled.load(Ordering::Relaxed);
            let most_labels = if is_guess { MOST_LABELS } else { usize::from(u16::MAX) };
            let read = read_labels(&open.volume, most_labels, &is_cancelled);
            let read = read.filter(|read| !is_guess || read.look_like_labels());
            if is_cancelled() {
                return JobEvent::Nothing;
            }
            let has_changed = open.source.file().is_some_and(FilePlace::has_changed);
            JobEvent::Labelled(open.volume.id, read, LabelsReading { has_changed, is_guess })
        });
    }

    /// Reads a probability map.
    pub fn start_probability(&mut self, job: JobId, open: OpenVolume) {
        self.start(job, "probability", move |outlet| {
            let tell = outlet.progress();
            let report = io::load(&open, &Progress::new(&outlet.cancelled, &tell));
            if report.cancelled {
                return JobEvent::Nothing;
            }
            JobEvent::ProbabilityRead(open.volume.id, value_range(&open.volume))
        });
    }

    /// Cuts a segmentation out of a probability map.
    pub fn start_cut(&mut self, job: JobId, request: Box<CutRequest>) {
        self.start(job, "cut", move |outlet| {
            let cut = request.carry_out();
            if outlet.cancelled.load(Ordering::Relaxed) {
                return JobEvent::Nothing;
            }
            JobEvent::ProbabilityCut(Box::new(cut))
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

    /// Finds how open the places of a volume are.
    pub fn start_occlusion(&mut self, job: JobId, request: Box<OcclusionRequest>) {
        self.start(job, "occlusion", move |outlet| {
            let is_over = || outlet.cancelled.load(Ordering::Relaxed);
            let field = request.field(&is_over).map(Arc::new);
            if is_over() {
                return JobEvent::Nothing;
            }
            JobEvent::Occluded(request.volume().id, field)
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
}
