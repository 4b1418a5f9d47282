//! What a job has to tell by, and to hear whether it is to stop.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use super::super::state::Counted;
use super::{JobEvent, JobId};
use crate::algo::{histogram, percentile};
use crate::io::progress::ProgressEvent;
use crate::model::volume::Volume;
use crate::say;

/// Progress is told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(30);

/// Where a job's events go.
pub(in crate::app) struct Outlet {
    pub(super) job: JobId,
    pub(in crate::app) cancelled: Arc<AtomicBool>,
    pub(super) sender: SyncSender<(JobId, JobEvent, bool)>,
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outlet {
    /// Tells the percentile windows of what has arrived.
    pub(super) fn send_windows(&self, volume: &Volume) {
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
    pub(super) fn send_counts(&self, volume: &Volume, slabs: &BTreeSet<usize>) {
        if let Some(counted) = self.count(volume, slabs.iter().copied()) {
            self.send(JobEvent::Counted(volume.id, counted), false);
        }
    }

    pub(super) fn count(&self, volume: &Volume, slabs: impl IntoIterator<Item = usize>) -> Option<Counted> {
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

    pub(super) fn send(&self, event: JobEvent, is_over: bool) {
        // Nobody listens any more when the program ends: then it does not matter.
        self.sender.send((self.job, event, is_over)).ok();
        (self.wake)();
    }

    /// Waits for a picture, unless the job is to stop.
    pub(super) fn next_picture(&self, pictures: &Receiver<Result<Vec<u8>, String>>) -> std::io::Result<Vec<u8>> {
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
    pub(in crate::app) fn progress(&self) -> impl Fn(ProgressEvent) + Sync + '_ {
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
