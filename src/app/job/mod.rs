//! Work beside the window: named threads with immutable inputs, progress, cancel, and a typed result.
//!
//! Only this and the keeper of the settings start threads. A panic in a job is caught and reported; nothing else is lost.

mod event;
mod files;
mod labels;
mod outlet;
mod see;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::event::{Answer, JobEvent, LabelsReading};
pub use self::files::Pictures;
pub(super) use self::outlet::Outlet;

/// Names a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u64);

/// Events that wait at most; a job that is faster waits for the window.
const QUEUE_LENGTH: usize = 1024;

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

    pub(super) fn start(
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
