//! What goes to stdout (results only) and to stderr (everything else). A closed pipe is no error.

use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Failure;
use crate::io::progress::ProgressEvent;

/// Prints a result.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(err) if err.kind() != std::io::ErrorKind::BrokenPipe => Err(err.into()),
        _ => Ok(()),
    }
}

/// Prints a result as one JSON document.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string_pretty(value)?)
}

/// Says something on stderr.
pub(super) fn complain(text: &str) {
    // If even stderr is gone there is nobody to tell.
    writeln!(std::io::stderr(), "{text}").ok();
}

/// A progress bar on stderr, if that is a terminal.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn new(quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(visible.then(|| ProgressBar::new(0).with_style(style)))
    }

    pub(super) fn tell(&self, event: &ProgressEvent) {
        let (ProgressEvent::Scanning { done, total } | ProgressEvent::Decoding { done, total }) = *event;
        self.is_at(done, total);
    }

    pub(super) fn is_at(&self, done: usize, total: usize) {
        if let Some(bar) = &self.0 {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
