//! How far a reading job is, and whether somebody wants it to stop.

use std::sync::atomic::{AtomicBool, Ordering};

/// What a reading job tells while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgressEvent {
    /// Headers: files looked at, of all that were found.
    Scanning {
        /// Looked at.
        done: usize,
        /// Found.
        total: usize,
    },
    /// Voxels: slabs decoded, of all to decode.
    Decoding {
        /// Decoded.
        done: usize,
        /// All.
        total: usize,
    },
}

/// Given to everything that may take long. Called from many threads.
pub struct Progress<'a> {
    cancelled: &'a AtomicBool,
    tell: &'a (dyn Fn(ProgressEvent) + Sync),
}

impl<'a> Progress<'a> {
    /// Tells `tell`, stops when `cancelled` becomes true.
    pub fn new(cancelled: &'a AtomicBool, tell: &'a (dyn Fn(ProgressEvent) + Sync)) -> Self {
        Self { cancelled, tell }
    }

    /// Tells nobody and never stops.
    pub fn silent() -> Progress<'static> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Progress {
            cancelled: &NEVER,
            tell: &|_| {},
        }
    }

    /// Whether to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Says how far it is.
    pub fn tell(&self, event: ProgressEvent) {
        (self.tell)(event);
    }
}
