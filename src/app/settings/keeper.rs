//! Writes the settings down beside the window: when they have been still for a moment, and at the end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Settings, file};
use crate::app::recent::Recent;

/// Settings that have not changed for so long are written.
const QUIET: Duration = Duration::from_millis(400);

/// Reports that wait at most.
const QUEUE_LENGTH: usize = 64;

/// What the keeper has to say.
pub enum Report {
    /// Something for the user to read.
    Note(String),
    /// The settings could not be written, and why.
    NotSaved(String),
    /// Which of the recent files are not there any more.
    Missing(BTreeSet<Vec<PathBuf>>),
}

/// The thread that writes.
pub struct Keeper {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
    reporter: Reporter,
    reports: Receiver<Report>,
}

/// Where settings lie until they are written.
#[derive(Default)]
struct Desk {
    paper: Mutex<Paper>,
    has_changed: Condvar,
}

#[derive(Default)]
struct Paper {
    /// The newest ones; those before are of no use any more.
    pending: Option<Settings>,
    is_over: bool,
}

impl Desk {
    fn paper(&self) -> MutexGuard<'_, Paper> {
        self.paper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, change: impl FnOnce(&mut Paper)) {
        change(&mut self.paper());
        self.has_changed.notify_one();
    }

    /// What is to be written, once it has been still for a moment; and whether that is the end.
    fn take(&self) -> (Option<Settings>, bool) {
        let is_idle = |paper: &mut Paper| paper.pending.is_none() && !paper.is_over;
        let mut paper = self
            .has_changed
            .wait_while(self.paper(), is_idle)
            .unwrap_or_else(PoisonError::into_inner);
        while !paper.is_over {
            let (now, timeout) = self
                .has_changed
                .wait_timeout(paper, QUIET)
                .unwrap_or_else(PoisonError::into_inner);
            paper = now;
            if timeout.timed_out() {
                break;
            }
        }
        (paper.pending.take(), paper.is_over)
    }
}

/// Where reports go.
#[derive(Clone)]
struct Reporter {
    sender: SyncSender<Report>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Reporter {
    fn tell(&self, report: Report) {
        // Nobody listens any more when the program ends; and who does not listen for long needs no more of the same.
        self.sender.try_send(report).ok();
        (self.wake)();
    }
}

impl Keeper {
    /// Keeps the settings of a file, which say `base` so far. `wake` is called when there is something to receive.
    pub fn new(path: PathBuf, base: Settings, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, reports) = sync_channel(QUEUE_LENGTH);
        let reporter = Reporter { sender, wake };
        let desk = Arc::new(Desk::default());
        let (its_desk, its_reporter) = (Arc::clone(&desk), reporter.clone());
        let thread = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || write_all(&path, base, &its_desk, &its_reporter));
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(err) => {
                reporter.tell(Report::NotSaved(err.to_string()));
                None
            }
        };
        Self {
            desk,
            thread,
            reporter,
            reports,
        }
    }

    /// Has settings written soon.
    pub fn save(&self, settings: Settings) {
        self.desk.put(|paper| paper.pending = Some(settings));
    }

    /// Looks which recent files are still there. A disk that does not answer holds up nobody: not even the end.
    pub fn look_for(&self, recent: Vec<Recent>) {
        let reporter = self.reporter.clone();
        let looking = std::thread::Builder::new().name("recent".to_owned()).spawn(move || {
            let missing = recent
                .into_iter()
                .map(|recent| recent.paths)
                .filter(|paths| !paths.iter().any(|path| path.exists()));
            reporter.tell(Report::Missing(missing.collect()));
        });
        if let Err(err) = looking {
            tracing::warn!("recent files are not looked for: {err}");
        }
    }

    /// The next report, if there is one.
    pub fn receive(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.desk.put(|paper| paper.is_over = true);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn write_all(path: &Path, mut base: Settings, desk: &Desk, reporter: &Reporter) {
    loop {
        let (pending, is_over) = desk.take();
        if let Some(ours) = pending {
            match file::write(path, &base, &ours) {
                Ok(note) => {
                    note.into_iter().for_each(|note| reporter.tell(Report::Note(note)));
                    base = ours;
                }
                Err(why) => reporter.tell(Report::NotSaved(why)),
            }
        }
        if is_over {
            return;
        }
    }
}
