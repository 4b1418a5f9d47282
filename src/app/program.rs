//! State, commands and jobs put together: what the window, scripts and tests drive.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cases::CaseChange;
use super::command::{Command, Effect};
use super::job::{Answer, JobEvent, JobId, Jobs, Pictures};
use super::movie::Film;
use super::settings::keeper::Keeper;
use super::settings::{Settings, WindowPlace, file};
use super::state::State;
use super::update::{
    apply_event, begin_movie, begin_picture, chosen, due_for_cases, due_for_safety, file_changed, is_at_work, kept,
    last_try, look_for_work, take, update,
};
use super::watcher::Watcher;
use crate::io::home::Home;

/// Events applied in one go at most, so that a fast job cannot hold a frame up.
const EVENTS_PER_POLL: usize = 64;

/// So long the end of the program waits at most until painted work is on the disk.
const LAST_WRITING: Duration = Duration::from_secs(30);
/// It looks after it so often.
const WRITING_STEP: Duration = Duration::from_millis(50);

/// The running program.
pub struct Program {
    state: State,
    jobs: Jobs,
    /// Where commands are written down, one JSON line each.
    recording: Option<Box<dyn std::io::Write>>,
    memory: Option<Memory>,
    /// Looks after files that may change; made when the first is watched.
    watcher: Option<Watcher>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// What a program with a home remembers.
struct Memory {
    home: Home,
    keeper: Keeper,
    /// What the keeper has.
    kept: Settings,
    /// Nothing was open when recent files were last looked for.
    was_empty: bool,
}

impl Program {
    /// An empty program. `wake` is called, from any thread, when there is something to poll.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            state: State::new(),
            jobs: Jobs::new(Arc::clone(&wake)),
            recording: None,
            memory: None,
            watcher: None,
            wake,
        }
    }

    /// The same with a home: it begins with what is remembered there, and remembers there what changes.
    pub fn at_home(wake: Arc<dyn Fn() + Send + Sync>, home: Home) -> Self {
        let path = home.settings_file();
        let file::Read { settings, note } = file::read(&path);
        let keeper = Keeper::new(path, settings.clone(), Arc::clone(&wake));
        keeper.look_for(settings.recent.clone());
        let mut program = Self::new(wake);
        take(&mut program.state, settings.clone(), home.settings_file(), note);
        program.state.home = Some(home.clone());
        let effects = look_for_work(&mut program.state);
        program.carry_out(effects);
        program.memory = Some(Memory {
            home,
            keeper,
            kept: settings,
            was_empty: true,
        });
        program
    }

    /// Where the window was when the program last ended, for the one who makes the window before there is a program.
    pub fn window_place(home: &Home) -> Option<WindowPlace> {
        file::peek(&home.settings_file()).window
    }

    /// Where things of the user are kept, if anywhere.
    pub fn home(&self) -> Option<&Home> {
        self.memory.as_ref().map(|memory| &memory.home)
    }

    /// Writes what is to be remembered, and remembers nothing more. Comes back when it is on the disk.
    pub fn close(&mut self) {
        self.keep();
        self.memory = None;
        self.write_work();
    }

    /// Waits until what the user made is on the disk.
    fn write_work(&mut self) {
        // What was painted while the stroke before was being written is still to be kept.
        let until = Instant::now() + LAST_WRITING;
        last_try(&mut self.state);
        loop {
            let mut effects = due_for_safety(&mut self.state);
            effects.extend(due_for_cases(&mut self.state));
            self.carry_out(effects);
            let left = until.saturating_duration_since(Instant::now());
            if !is_at_work(&self.state) || left.is_zero() {
                break;
            }
            if let Some(received) = self.jobs.receive_within(left.min(WRITING_STEP)) {
                self.take_in(received);
            }
        }
        self.jobs.finish_writing();
        for request in self.state.measurements.unsaved() {
            if let Err(why) = crate::io::measurements::save(&request) {
                tracing::error!("{why}");
            }
        }
    }

    /// Has what changed written down.
    fn keep(&mut self) {
        let Some(memory) = &mut self.memory else {
            return;
        };
        let settings = &self.state.settings;
        let is_empty = self.state.document.entries.is_empty();
        if (is_empty && !memory.was_empty) || settings.recent != memory.kept.recent {
            memory.keeper.look_for(settings.recent.clone());
        }
        memory.was_empty = is_empty;
        if *settings != memory.kept {
            memory.kept = settings.clone();
            memory.keeper.save(settings.clone());
        }
    }

    /// Takes in what the keeper has to say. True if it had.
    fn hear_keeper(&mut self) -> bool {
        let mut has_changed = false;
        while let Some(memory) = &self.memory
            && let Some(report) = memory.keeper.receive()
        {
            kept(&mut self.state, &memory.home.settings_file(), report);
            has_changed = true;
        }
        has_changed
    }

    /// Has files read again that have changed.
    fn hear_watcher(&mut self) -> Vec<Effect> {
        let mut others = Vec::new();
        while let Some(path) = self.watcher.as_ref().and_then(Watcher::receive) {
            let effects = file_changed(&mut self.state, &path);
            others.extend(self.carry_out(effects));
        }
        others
    }

    /// Has files watched.
    fn watch(&mut self, paths: &[PathBuf]) {
        if self.watcher.is_none() && !paths.is_empty() {
            match Watcher::new(Arc::clone(&self.wake)) {
                Ok(watcher) => self.watcher = Some(watcher),
                Err(err) => tracing::error!("files cannot be watched: {err}"),
            }
        }
        if let Some(watcher) = &self.watcher {
            watcher.watch(paths);
        }
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
                | Command::WantThumbnails { .. }
                | Command::WantTransferThumbnails { .. }
                | Command::ChooseTransferFile { .. }
                | Command::ResizePane { .. }
                | Command::ResizePanel { .. }
                | Command::PlaceWindow(_)
                | Command::Develop { .. }
                | Command::ChooseFiles
                | Command::ChooseFolder
                | Command::ChoosePicture { .. }
                | Command::ChooseMovie { .. }
                | Command::CopyPicture { .. }
                | Command::ChooseMeasurementsFile { .. }
                | Command::ChooseSegmentationFile { .. }
                | Command::Cases(CaseChange::Choose { .. })
        ) && let Some(sink) = &mut self.recording
            && let Ok(line) = serde_json::to_string(&command)
            && writeln!(sink, "{line}").and_then(|()| sink.flush()).is_err()
        {
            self.recording = None;
        }
        let effects = update(&mut self.state, command);
        self.keep();
        self.carry_out(effects)
    }

    /// Takes in what jobs brought back. True if anything changed; more may wait if it was much.
    #[must_use = "the effects that come back are the caller's to carry out"]
    pub fn poll(&mut self) -> (bool, Vec<Effect>) {
        let has_heard = self.hear_keeper();
        let mut effects = self.hear_watcher();
        for count in 0..EVENTS_PER_POLL {
            let Some(received) = self.jobs.receive() else {
                return (has_heard || count > 0, effects);
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

    /// Answers [`Effect::SaveMovie`]: the job, and where the pictures go in.
    pub fn start_movie(&mut self, film: &Film) -> (JobId, Pictures) {
        let job = begin_movie(&mut self.state, &film.path);
        (job, self.jobs.start_movie(job, film.clone()))
    }

    /// Whether any job is under way.
    pub fn is_busy(&self) -> bool {
        self.jobs.is_busy()
    }

    fn take_in(&mut self, (job, event, is_over): (JobId, JobEvent, bool)) -> Vec<Effect> {
        // What the user chose in a dialog is a command like any other, and recorded as one.
        let asked = chosen(&self.state, &event).filter(|_| self.state.jobs.contains_key(&job));
        let effects = apply_event(&mut self.state, job, event, is_over);
        self.keep();
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
                Effect::StartThumbnail { job, open } => self.jobs.start_thumbnail(job, open),
                Effect::LoadMeasurements { job, series } => self.jobs.start_load_measurements(job, series),
                Effect::SaveMeasurements { job, request } => self.jobs.start_save_measurements(job, request),
                Effect::WriteText { job, path, text } => self.jobs.start_text(job, path, text),
                Effect::StartHistogram { job, volume } => self.jobs.start_histogram(job, volume),
                Effect::StartLabels { job, open, is_guess } => self.jobs.start_labels(job, open, is_guess),
                Effect::StartProbability { job, open } => self.jobs.start_probability(job, open),
                Effect::CutProbability { job, request } => self.jobs.start_cut(job, request),
                Effect::StartJudging { job, maps } => self.jobs.start_judging(job, maps),
                Effect::StartCurve { job, request } => self.jobs.start_curve(job, request),
                Effect::CompareReaders { job, maps } => self.jobs.start_readers(job, maps),
                Effect::StartMeasuring { job, map, image, frame } => {
                    self.jobs.start_measuring(job, map, image, frame);
                }
                Effect::StartTransferThumbnails { job, request } => self.jobs.start_transfer_thumbnails(job, request),
                Effect::Watch { paths } => self.watch(&paths),
                Effect::ReadCases { job, path } => self.jobs.start_read_cases(job, path),
                Effect::KeepCases { job, list, changed } => self.jobs.start_keep_cases(job, list, changed),
                Effect::ReadTransfer { job, path } => self.jobs.start_read_transfer(job, path),
                Effect::WriteTransfer { job, path, function } => self.jobs.start_write_transfer(job, path, function),
                Effect::StartMask {
                    job,
                    volume,
                    frame,
                    removal,
                } => self.jobs.start_mask(job, volume, frame, removal),
                Effect::FindSurfaces { job, request } => self.jobs.start_surfaces(job, request),
                Effect::FindOcclusion { job, request } => self.jobs.start_occlusion(job, request),
                Effect::SaveLabels { job, request } => self.jobs.start_save_labels(job, request),
                Effect::FindRange { job, request } => self.jobs.start_range(job, request),
                Effect::WorkOnSegment { job, request } => self.jobs.start_segment_work(job, request),
                Effect::KeepLabels { job, request } => self.jobs.start_keep_labels(job, request),
                Effect::EndJournals { job, journals } => self.jobs.start_end_journals(job, journals),
                Effect::LookForWork { job, home } => self.jobs.start_look_for_work(job, home),
                Effect::TakeOverWork { job, path } => self.jobs.start_take_over(job, path),
                Effect::StartDeveloping { job, scene, samples } => self.jobs.start_developing(job, *scene, samples),
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
        self.write_work();
    }
}
