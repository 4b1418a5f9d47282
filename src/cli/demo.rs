//! `isocenter demo`: the built-in study, in the window, as files or as pictures.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::picture::{self, LazyGpu};
use super::{Failure, Outcome, output};
use crate::app::command::PictureStyle;
use crate::app::pane::PaneId;
use crate::app::{Command, Program};
use crate::say;

/// Making the demo takes seconds; more than this means that something hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// Width and height of the pictures.
const PICTURE_SIZE: [u32; 2] = [768, 768];

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter demo\n  isocenter demo --save demo-study/\n  isocenter demo --pictures shots/"
)]
pub(super) struct DemoArgs {
    /// Renders it to PNG files in DIR instead of opening the window.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Writes it to DIR, a new folder: `ct/` and `pet/` (DICOM series), `truth.nii.gz` and `model.nii.gz` (label maps),
    /// `probability.nii.gz`, and `truth.json` (names, volumes, centroids).
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

impl DemoArgs {
    /// Whether it is to be looked at in the window.
    pub(super) fn opens_window(&self) -> bool {
        self.pictures.is_none() && self.save.is_none()
    }
}

pub(super) fn demo(args: &DemoArgs, quiet: bool) -> Outcome {
    if let Some(folder) = &args.save {
        crate::io::demo_save::save(folder)?;
    }
    if let Some(folder) = &args.pictures {
        pictures(folder, quiet)?;
    }
    Ok(())
}

/// What the four panes show, as PNG files.
fn pictures(folder: &Path, quiet: bool) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|err| {
        Failure(say!(
            "io-cannot-write",
            path = folder.display().to_string(),
            why = crate::io::plain(&err)
        ))
    })?;
    let mut program = Program::new(Arc::new(|| {}));
    // Opening and waiting ask for nothing else to be done.
    drop(program.dispatch(Command::OpenDemo));
    drop(program.wait(PATIENCE));
    let mut gpu = LazyGpu::default();
    let panes = [
        (PaneId::Axial, "axial.png"),
        (PaneId::Coronal, "coronal.png"),
        (PaneId::Sagittal, "sagittal.png"),
        (PaneId::Volume, "volume.png"),
    ];
    for (pane, name) in panes {
        let path = folder.join(name);
        picture::save(
            program.state(),
            &mut gpu,
            pane,
            &path,
            Some(PICTURE_SIZE),
            PictureStyle::default(),
        )?;
        if !quiet {
            output::print(&path.display().to_string())?;
        }
    }
    Ok(())
}
