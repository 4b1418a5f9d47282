//! Writes the settings down beside the window: when they have been still for a moment, and at the end.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Settings, file};
use crate::app::recent::Recent;

/// Settings that have not changed for so long are written.
const QUIET: Duration = Duration::from_millis(400);

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
    /// `None` once it is to end.
    settings: Option<Sender<Settings>>,
    thread: Option<JoinHandle<()>>,
    reporter: Reporter,
    reports: Receiver<Report>,
}

/// Where reports go.
#[derive(Clone)]
struct Reporter {
    sender: Sender<Report>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Reporter {
    fn tell(&self, report: Report) {
        // Nobody listens any more when the program ends.
        self.sender.send(report).ok();
        (self.wake)();
    }
}

impl Keeper {
    /// Keeps the settings of a file, which say `base` so far. `wake` is called when there is something to receive.
    pub fn new(path: PathBuf, base: Settings, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, reports) = channel();
        let reporter = Reporter { sender, wake };
        let (settings, receiver) = channel();
        let its_reporter = reporter.clone();
        let thread = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || write_all(&path, base, &receiver, &its_reporter));
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(err) => {
                reporter.tell(Report::NotSaved(err.to_string()));
                None
            }
        };
        Self {
            settings: Some(settings),
            thread,
            reporter,
            reports,
        }
    }

    /// Has settings written soon.
    pub fn save(&self, settings: Settings) {
        if let Some(sender) = &self.settings {
            // Without a thread nothing is written, which was told.
            sender.send(settings).ok();
        }
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
        self.settings = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn write_all(path: &std::path::Path, mut base: Settings, settings: &Receiver<Settings>, reporter: &Reporter) {
    let mut pending: Option<Settings> = None;
    loop {
        let received = if pending.is_some() {
            settings.recv_timeout(QUIET)
        } else {
            settings.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let is_over = match received {
            Ok(newer) => {
                pending = Some(newer);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if let Some(ours) = pending.take() {
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
