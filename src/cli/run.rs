//! `isocenter run`: replays recorded commands, one JSON document a line, and waits between lines until all jobs ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::picture::{self, LazyGpu};
use super::{Failure, Outcome, movie, output};
use crate::app::state::Level;
use crate::app::{Command, Effect, Home, Program};
use crate::say;

/// Jobs that take longer than this are given up.
const PATIENCE: Duration = Duration::from_secs(3600);

#[derive(Args)]
#[command(
    after_help = "Example script:\n  {\"open\":{\"paths\":[\"scan/\"]}}\n  {\"window_preset\":{\"name\":\"lung\"}}\n  {\"save_picture\":{\"pane\":\"axial\",\"path\":\"axial.png\",\"size\":[512,512]}}"
)]
pub(super) struct RunArgs {
    /// The script; empty lines and lines that begin with # are passed over.
    pub(super) script: PathBuf,
    /// Replays it in the window.
    #[arg(long)]
    pub(super) window: bool,
}

/// Reads a script. The error says which line is wrong and why.
pub(super) fn read_script(path: &std::path::Path) -> Result<Vec<Command>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|err| {
        Failure(say!(
            "io-cannot-open",
            path = path.display().to_string(),
            why = crate::io::plain(&err)
        ))
    })?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|err| {
                let path = path.display().to_string();
                Failure(say!(
                    "cli-bad-script",
                    path = path,
                    line = number + 1,
                    why = err.to_string()
                ))
            })
        })
        .collect()
}

/// Replays a script without a window. The first thing that does not work ends it.
pub(super) fn run(args: &RunArgs, quiet: bool) -> Outcome {
    // Only a home that was named: a script finds the same everywhere.
    let mut program = match Home::named() {
        Some(home) => Program::at_home(Arc::new(|| {}), home),
        None => Program::new(Arc::new(|| {})),
    };
    let mut gpu = LazyGpu::default();
    for command in read_script(&args.script)? {
        let mut effects = program.dispatch(command);
        let (has_ended, more) = program.wait(PATIENCE);
        effects.extend(more);
        if !has_ended {
            return Err(Failure(say!("cli-job-too-long")));
        }
        for effect in effects {
            match effect {
                Effect::SavePicture {
                    pane,
                    path,
                    size,
                    style,
                } => {
                    picture::save(program.state(), &mut gpu, pane, &path, size, style)?;
                }
                Effect::SaveMovie(film) => {
                    movie::save(&film, &mut gpu, quiet)?;
                }
                Effect::SaveWindow { .. } => return Err(Failure(say!("cli-needs-window"))),
                Effect::Quit => return Ok(()),
                // Dialogs have nobody to ask here; pixels are not kept between pictures.
                _ => {}
            }
        }
        let mut errors = program
            .state()
            .messages
            .iter()
            .filter(|said| said.level == Level::Error);
        if let Some(error) = errors.next_back() {
            return Err(Failure(error.text.clone()));
        }
    }
    if !quiet {
        for message in &program.state().messages {
            output::complain(&message.text);
        }
    }
    Ok(())
}
