//! State, commands and jobs put together: what the window, scripts and tests drive.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::command::{Command, Effect};
use super::job::{Answer, JobEvent, JobId, Jobs};
use super::state::State;
use super::update::{apply_event, begin_picture, update};
use crate::io::home::Home;

/// Events applied in one go at most, so that a fast job cannot hold a frame up.
const EVENTS_PER_POLL: usize = 64;

/// The running program.
pub struct Program {
    state: State,
    jobs: Jobs,
    /// Where commands are written down, one JSON line each.
    recording: Option<Box<dyn std::io::Write>>,
}

impl Program {
    /// An empty program. `wake` is called, from any thread, when there is something to poll.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            state: State::new(),
            jobs: Jobs::new(wake),
            recording: None,
        }
    }

    /// Says where the user's own data is, before anything is opened. A program without a home keeps nothing there.
    pub fn set_home(&mut self, home: Option<Home>) {
        self.state.home = home;
    }

    /// What it knows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Writes every command down from now on, to be replayed by `isocenter run`.
    pub fn record_to(&mut self, sink: Box<dyn std::io::Write>) {
        self.recording = Some(sink);
    }

    /// A new file for a recording; it grows line by line.
    pub fn new_recording(path: &std::path::Path) -> std::io::Result<Box<dyn std::io::Write>> {
        Ok(Box::new(std::io::BufWriter::new(std::fs::File::create(path)?)))
    }

    /// Carries a command out. Effects that need a window or pixels come back.
    #[must_use = "the effects that come back are the caller's to carry out"]
    pub fn dispatch(&mut self, command: Command) -> Vec<Effect> {
        // Where the pointer rests, how large the window is and that a dialog was opened says nothing to a replay.
        if !matches!(
            command,
            Command::Hover { .. }
                | Command::ResizePane { .. }
                | Command::ChooseFiles
                | Command::ChooseFolder
                | Command::ChoosePicture { .. }
                | Command::ChooseMeasurementsFile { .. }
        ) && let Some(sink) = &mut self.recording
            && let Ok(line) = serde_json::to_string(&command)
            && writeln!(sink, "{line}").and_then(|()| sink.flush()).is_err()
        {
            self.recording = None;
        }
        let effects = update(&mut self.state, command);
        self.carry_out(effects)
    }

    /// Takes in what jobs brought back. True if anything changed; more may wait if it was much.
    #[must_use = "the effects that come back are the caller's to carry out"]
    pub fn poll(&mut self) -> (bool, Vec<Effect>) {
        let mut effects = Vec::new();
        for count in 0..EVENTS_PER_POLL {
            let Some(received) = self.jobs.receive() else {
                return (count > 0, effects);
            };
            effects.extend(self.take_in(received));
        }
        (true, effects)
    }

    /// Waits until all jobs have ended, at most for `patience`. True if they have.
    #[must_use = "the effects that come back are the caller's to carry out"]
    pub fn wait(&mut self, patience: Duration) -> (bool, Vec<Effect>) {
        let until = Instant::now() + patience;
        let mut effects = Vec::new();
        while self.jobs.is_busy() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (false, effects);
            }
            if let Some(received) = self.jobs.receive_within(left) {
                effects.extend(self.take_in(received));
            }
        }
        (true, effects)
    }

    /// Answers [`Effect::Choose`]: `ask` waits for the user on a thread of its own.
    pub fn answer_later(&mut self, job: JobId, ask: impl FnOnce() -> Answer + Send + 'static) {
        self.jobs.start_question(job, ask);
    }

    /// Answers [`Effect::SavePicture`]: RGBA, rows from the top.
    pub fn write_picture(&mut self, path: PathBuf, size: [u32; 2], rgba: Vec<u8>) {
        let job = begin_picture(&mut self.state, &path);
        self.jobs.start_picture(job, path, size, rgba);
    }

    /// Whether any job is under way.
    pub fn is_busy(&self) -> bool {
        self.jobs.is_busy()
    }

    fn take_in(&mut self, (job, event, is_over): (JobId, JobEvent, bool)) -> Vec<Effect> {
        // What the user chose in a dialog is a command like any other, and recorded as one.
        let asked = match &event {
            JobEvent::Answered(Answer::Do(command)) if self.state.jobs.contains_key(&job) => Some((**command).clone()),
            _ => None,
        };
        let effects = apply_event(&mut self.state, job, event, is_over);
        let mut others = self.carry_out(effects);
        others.extend(
            asked
                .into_iter()
                .flat_map(|command| self.dispatch(command))
                .collect::<Vec<_>>(),
        );
        others
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in effects {
            match effect {
                Effect::StartScan { job, paths } => self.jobs.start_scan(job, paths),
                Effect::StartLoad { job, open } => self.jobs.start_load(job, open),
                Effect::LoadMeasurements { job, series } => self.jobs.start_load_measurements(job, series),
                Effect::SaveMeasurements { job, request } => self.jobs.start_save_measurements(job, request),
                Effect::WriteText { job, path, text } => self.jobs.start_text(job, path, text),
                Effect::CancelJob(job) => self.jobs.cancel(job),
                other => others.push(other),
            }
        }
        others
    }
}

/// What the user made is on disk before the program ends.
impl Drop for Program {
    fn drop(&mut self) {
        self.jobs.finish_writing();
        for request in self.state.measurements.unsaved() {
            if let Err(why) = crate::io::measurements::save(&request) {
                tracing::error!("{why}");
            }
        }
    }
}
