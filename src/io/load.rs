//! Decodes the slabs of a volume on all cores, the middle first.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::progress::{Progress, ProgressEvent};
use super::source::{OpenVolume, SlabError, SlabRead};
use crate::model::voxels::Samples;
use crate::say;

/// What happened while voxels were decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Doubts, each a sentence, in the order of the slabs.
    pub warnings: Vec<String>,
    /// Slabs that could not be read; nothing is shown in their place.
    pub failed_slabs: usize,
    /// Whether somebody stopped it.
    pub cancelled: bool,
}

impl LoadReport {
    /// This report with what a later part of the same load found.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        self.warnings.extend(later.warnings);
        self.failed_slabs += later.failed_slabs;
        self.cancelled = later.cancelled;
        self
    }
}

/// Decodes all slabs of a volume.
pub fn load(open: &OpenVolume, progress: &Progress<'_>) -> LoadReport {
    let mut sequential = Vec::new();
    let total = open.volume.voxels.slab_count();
    let mut done = 0;
    let streamed = catch_unwind(AssertUnwindSafe(|| {
        open.source.read_in_order(&mut |slab, read| {
            publish(open, slab, read.samples);
            sequential.extend(read.warnings);
            done += 1;
            progress.tell(ProgressEvent::Decoding { done, total });
            !progress.is_cancelled()
        })
    }))
    .unwrap_or_else(|_| {
        Some(Err(SlabError {
            message: say!("io-decoder-panicked"),
        }))
    });
    let Some(outcome) = streamed else {
        let middle = open.volume.voxels.slabs_per_frame() / 2;
        let mut order: Vec<usize> = (0..total)
            .filter(|slab| !open.volume.voxels.is_settled(*slab))
            .collect();
        order.sort_by_key(|slab| {
            let range = open.volume.voxels.slab_range(*slab);
            (
                range.frame,
                (slab % open.volume.voxels.slabs_per_frame()).abs_diff(middle),
            )
        });
        return decode(open, &order, progress);
    };
    let mut report = LoadReport {
        warnings: sequential,
        failed_slabs: 0,
        cancelled: progress.is_cancelled(),
    };
    if let Err(err) = outcome
        && !report.cancelled
    {
        report.warnings.push(err.message);
        report.failed_slabs = (0..total)
            .filter(|slab| !open.volume.voxels.is_settled(*slab))
            .inspect(|slab| open.volume.voxels.publish_unreadable(*slab))
            .count();
    }
    report
}

/// Decodes only some slabs; those that have arrived already are left alone.
pub fn load_slabs(open: &OpenVolume, slabs: &BTreeSet<usize>, progress: &Progress<'_>) -> LoadReport {
    let missing: Vec<usize> = slabs
        .iter()
        .copied()
        .filter(|slab| !open.volume.voxels.is_settled(*slab))
        .collect();
    if missing.is_empty() {
        LoadReport::default()
    } else {
        decode(open, &missing, progress)
    }
}

fn decode(open: &OpenVolume, order: &[usize], progress: &Progress<'_>) -> LoadReport {
    let done = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let warnings = Mutex::new(Vec::<(usize, String)>::new());
    let note = |slab: usize, text: String| {
        if let Ok(mut all) = warnings.lock() {
            all.push((slab, text));
        }
    };
    // Each thread takes the next slab of the order, so that the middle really comes first.
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(slab) = order.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
            if progress.is_cancelled() {
                return;
            }
            match read_slab(open, slab) {
                Ok(read) => {
                    publish(open, slab, read.samples);
                    read.warnings.into_iter().for_each(|text| note(slab, text));
                }
                Err(err) => {
                    failed.fetch_add(1, Ordering::Relaxed);
                    open.volume.voxels.publish_unreadable(slab);
                    note(slab, err.message);
                }
            }
            progress.tell(ProgressEvent::Decoding {
                done: done.fetch_add(1, Ordering::Relaxed) + 1,
                total: order.len(),
            });
        }
    };
    // Threads of its own: the shared ones must stay free for headers of what is opened next, and for pictures.
    let threads = rayon::current_num_threads().min(order.len()).max(1);
    match rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|n| format!("decode-{n}"))
        .build()
    {
        Ok(pool) => {
            pool.broadcast(|_| work());
        }
        Err(err) => {
            tracing::warn!("decoding on one thread: {err}");
            work();
        }
    }
    let mut warnings = warnings.into_inner().unwrap_or_default();
    warnings.sort();
    LoadReport {
        warnings: warnings.into_iter().map(|(_, text)| text).collect(),
        failed_slabs: failed.into_inner(),
        cancelled: progress.is_cancelled(),
    }
}

/// Decodes one slab and hands it over; nothing of it stays in the volume. A codec that panics costs its slab, not the
/// program.
pub fn read_slab(open: &OpenVolume, slab: usize) -> Result<SlabRead, SlabError> {
    let read = catch_unwind(AssertUnwindSafe(|| open.source.read_slab(slab))).unwrap_or_else(|_| {
        Err(SlabError {
            message: say!("io-decoder-panicked"),
        })
    })?;
    let expected = open.volume.voxels.slab_samples(slab);
    if read.samples.len() != expected || read.samples.sample_type() != open.volume.voxels.sample_type() {
        return Err(SlabError {
            message: say!("io-slab-wrong-size", expected = expected, got = read.samples.len()),
        });
    }
    Ok(read)
}

fn publish(open: &OpenVolume, slab: usize, samples: Samples) {
    if let Err(err) = open.volume.voxels.publish(slab, samples) {
        tracing::error!("a decoded slab does not fit its volume: {err}");
    }
}
