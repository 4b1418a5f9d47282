//! Jobs on segmentations: work on whole segments, keeping and saving.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::preview::RangeRequest;
use super::super::safety::{LabelsToKeep, LabelsToSave, WorkTaken};
use super::super::segment_work::WorkRequest;
use super::super::surfaces::SurfacesRequest;
use super::{JobEvent, JobId, Jobs};
use crate::io::home::Home;
use crate::io::journal::{self, Journal};

impl Jobs {
    /// Writes a segmentation. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_save_labels(&mut self, job: JobId, request: Box<LabelsToSave>) {
        let writer = self.start(job, "labels", move |_| JobEvent::LabelsSaved(request.save()));
        self.writers.extend(writer);
    }

    /// Works on a whole segment.
    pub fn start_segment_work(&mut self, job: JobId, request: Box<WorkRequest>) {
        self.start(job, "segment", move |outlet| {
            let is_over = || outlet.cancelled.load(Ordering::Relaxed);
            let done = request.carry_out(&is_over);
            if is_over() {
                return JobEvent::Nothing;
            }
            JobEvent::SegmentWorked(Box::new(done))
        });
    }

    /// Finds the surfaces of a label map.
    pub fn start_surfaces(&mut self, job: JobId, request: Box<SurfacesRequest>) {
        self.start(job, "surfaces", move |outlet| {
            let is_over = || outlet.cancelled.load(Ordering::Relaxed);
            let found = request.find(&is_over);
            found.map_or(JobEvent::Nothing, |found| {
                JobEvent::Surfaced(request.volume.id, Arc::new(found))
            })
        });
    }

    /// Finds out what a range of values would paint.
    pub fn start_range(&mut self, job: JobId, request: Box<RangeRequest>) {
        self.start(job, "range", move |_| match request.carry_out() {
            Some(map) => JobEvent::RangeFound(Box::new((request.key, map))),
            None => JobEvent::Nothing,
        });
    }

    /// Keeps what was painted safe. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_keep_labels(&mut self, job: JobId, request: Box<LabelsToKeep>) {
        let writer = self.start(job, "journal", move |_| JobEvent::LabelsKept(request.keep()));
        self.writers.retain(|writer| !writer.is_finished());
        self.writers.extend(writer);
    }

    /// Throws journals away. Cannot be stopped, and the program does not end before it has ended.
    pub fn start_end_journals(&mut self, job: JobId, journals: Vec<Arc<Journal>>) {
        let writer = self.start(job, "journal", move |_| {
            journals.iter().for_each(|journal| journal.end());
            JobEvent::Nothing
        });
        self.writers.extend(writer);
    }

    /// Looks for painted work that programs left behind.
    pub fn start_look_for_work(&mut self, job: JobId, home: Home) {
        self.start(job, "journals", move |_| JobEvent::WorkFound(journal::left(&home)));
    }

    /// Reads painted work that a program left behind.
    pub fn start_take_over(&mut self, job: JobId, path: PathBuf) {
        self.start(job, "journal", move |_| {
            JobEvent::WorkTaken(Box::new(WorkTaken::read(path)))
        });
    }
}
