//! Jobs that ask for files, read them and write them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::super::movie::{self, Film};
use super::{Answer, JobEvent, JobId, Jobs};
use crate::io;
use crate::io::cases::{Case, CaseList};
use crate::io::measurements::{Places, ToSave};
use crate::io::progress::ProgressEvent;
use crate::model::series_key::SeriesKey;
use crate::model::transfer_function::TransferFunction;
use crate::say;

/// Where the pictures of a movie go in, in their order.
pub type Pictures = SyncSender<Result<Vec<u8>, String>>;

/// Pictures of a movie that wait to be written.
const PICTURES_AHEAD: usize = 2;

impl Jobs {
    /// Reads a transfer function.
    pub fn start_read_transfer(&mut self, job: JobId, path: PathBuf) {
        self.start(job, "transfer", move |_| {
            JobEvent::TransferRead(io::transfer::read(&path).map_err(|err| err.to_string()))
        });
    }

    /// Writes a transfer function. The program does not end before it has.
    pub fn start_write_transfer(&mut self, job: JobId, path: PathBuf, function: Arc<TransferFunction>) {
        let writer = self.start(job, "transfer", move |_| {
            let written = io::transfer::write(&path, &function).map_err(|err| err.to_string());
            JobEvent::TransferSaved(written.map(|()| path))
        });
        self.writers.extend(writer);
    }

    /// Waits for an answer of the user, which `ask` brings.
    pub fn start_question(&mut self, job: JobId, ask: impl FnOnce() -> Answer + Send + 'static) {
        self.start(job, "ask", move |_| JobEvent::Answered(ask()));
    }

    /// Writes a picture: RGBA, rows from the top.
    pub fn start_picture(&mut self, job: JobId, path: PathBuf, size: [u32; 2], rgba: Vec<u8>) {
        self.start(job, "picture", move |_| {
            let saved = io::png::write_png(&path, size, &rgba);
            JobEvent::PictureSaved(saved.map(|()| path).map_err(|err| err.to_string()))
        });
    }

    /// Writes a movie of the pictures that come through what is returned; each is RGBA, rows from the top, or the reason
    /// why there is none. The program does not end before the job has, which is then stopped.
    /// A path-traced movie develops its pictures itself.
    pub fn start_movie(&mut self, job: JobId, film: Film) -> Pictures {
        let (sender, receiver) = sync_channel(PICTURES_AHEAD);
        let writer = self.start(job, "movie", move |outlet| {
            let tell = outlet.progress();
            let mut next = |n: usize| {
                let total = film.movie.frames;
                tell(ProgressEvent::Decoding { done: n, total });
                if film.samples.is_none() {
                    return outlet.next_picture(&receiver);
                }
                let developed = film.developed(n, &|| outlet.cancelled.load(Ordering::Relaxed));
                let mut picture = developed.ok_or_else(|| std::io::Error::other(say!("app-movie-stopped")))?;
                film.annotate(n, &mut picture).map_err(std::io::Error::other)?;
                Ok(picture)
            };
            let saved = movie::write(&film.path, &film.settings, &mut next);
            if outlet.cancelled.load(Ordering::Relaxed) && saved.is_err() {
                return JobEvent::Nothing;
            }
            JobEvent::MovieSaved(saved.map(|()| film.path).map_err(|err| err.to_string()))
        });
        self.writers.extend(writer);
        sender
    }

    /// Reads measurements.
    pub fn start_load_measurements(&mut self, job: JobId, series: Vec<(SeriesKey, Places)>) {
        self.start(job, "measures", move |_| {
            JobEvent::MeasurementsLoaded(io::measurements::load(&series))
        });
    }

    /// Writes measurements. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_save_measurements(&mut self, job: JobId, request: Box<ToSave>) {
        let writer = self.start(job, "measures", move |_| {
            JobEvent::MeasurementsSaved(request.key.clone(), io::measurements::save(&request))
        });
        self.writers.retain(|writer| !writer.is_finished());
        self.writers.extend(writer);
    }

    /// Reads a list of cases.
    pub fn start_read_cases(&mut self, job: JobId, path: PathBuf) {
        self.start(job, "cases", move |_| JobEvent::CasesRead(io::cases::read(&path)));
    }

    /// Writes how far cases are. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_keep_cases(&mut self, job: JobId, list: CaseList, changed: Vec<Case>) {
        let writer = self.start(job, "cases", move |_| {
            JobEvent::CasesKept(io::cases::write(&list, &changed).map_err(|err| err.to_string()))
        });
        self.writers.retain(|writer| !writer.is_finished());
        self.writers.extend(writer);
    }

    /// Writes a text file.
    pub fn start_text(&mut self, job: JobId, path: PathBuf, text: String) {
        let writer = self.start(job, "text", move |_| {
            let written = io::save::write_atomically(&path, |out| std::io::Write::write_all(out, text.as_bytes()));
            JobEvent::MeasurementsExported(written.map(|()| path).map_err(|err| err.to_string()))
        });
        self.writers.extend(writer);
    }
}
