//! Looks now and then whether files have changed, such as those that a training run writes again and again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use crate::io::segmentation::Stamp;

/// How often it looks.
const EVERY: Duration = Duration::from_millis(400);

/// Changes that wait at most.
const QUEUE_LENGTH: usize = 64;

/// The thread that looks.
pub(super) struct Watcher {
    desk: Arc<Mutex<Desk>>,
    changes: Receiver<PathBuf>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Desk {
    files: BTreeMap<PathBuf, Seen>,
    is_over: bool,
}

/// A file as it was seen.
struct Seen {
    /// When it was last told, or first looked at; `None` of a file that was not there.
    known: Option<Stamp>,
    /// The last time: a file that is being written differs from one time to the next.
    last: Option<Stamp>,
}

impl Watcher {
    /// One that watches nothing yet. `wake` is called when there is something to receive. Fails where the system gives
    /// no thread.
    pub(super) fn new(wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let (sender, changes) = sync_channel(QUEUE_LENGTH);
        let desk = Arc::new(Mutex::new(Desk::default()));
        let its_desk = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || look(&its_desk, &sender, &*wake))?;
        Ok(Self { desk, changes, thread })
    }

    /// Watches these files and no others.
    pub(super) fn watch(&self, paths: &[PathBuf]) {
        let mut desk = lock(&self.desk);
        desk.files.retain(|path, _| paths.contains(path));
        for path in paths {
            desk.files.entry(path.clone()).or_insert_with(|| {
                let known = Stamp::of(path);
                Seen { known, last: known }
            });
        }
    }

    /// A file that has changed and is still now.
    pub(super) fn receive(&self) -> Option<PathBuf> {
        self.changes.try_recv().ok()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        lock(&self.desk).is_over = true;
        let thread: &Thread = self.thread.thread();
        thread.unpark();
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn look(desk: &Mutex<Desk>, sender: &SyncSender<PathBuf>, wake: &dyn Fn()) {
    loop {
        std::thread::park_timeout(EVERY);
        let paths: Vec<PathBuf> = {
            let desk = lock(desk);
            if desk.is_over {
                return;
            }
            desk.files.keys().cloned().collect()
        };
        for path in paths {
            // The disk may take its time: the desk is free meanwhile.
            let now = Stamp::of(&path);
            let mut desk = lock(desk);
            let Some(seen) = desk.files.get_mut(&path) else {
                continue;
            };
            let is_still = seen.last == now;
            seen.last = now;
            if is_still && now.is_some() && now != seen.known {
                // If many wait already, those are looked after first, and this one is told next time.
                if sender.try_send(path).is_ok() {
                    seen.known = now;
                    drop(desk);
                    wake();
                }
            }
        }
    }
}
