//! Dialogs of the system, and the commands that their answers are.

use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use crate::app::cases::CaseChange;
use crate::app::job::Answer;
use crate::app::movie::{MovieFormat, numbered_name};
use crate::app::tables::TableChange;
use crate::app::{Choice, Command};

/// No user closes a dialog this fast: there was none.
const NO_DIALOG_WITHIN: Duration = Duration::from_millis(400);

/// The answer of a dialog, still to come.
type Pending = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;

/// A dialog of the system. It is made here, on the window's thread, as some systems demand, and waited for elsewhere.
pub(super) fn question(choice: Choice) -> impl FnOnce() -> Answer + Send + 'static {
    let asked = Instant::now();
    let no_dialog = match &choice {
        Choice::Segmentation(volume) => Answer::NoDialogToSave(*volume),
        _ => Answer::NoDialog,
    };
    let answer = match choice {
        Choice::Files | Choice::Folders | Choice::Transfer | Choice::CaseList | Choice::CaseFolder => to_open(choice),
        Choice::Measurements(format) => to_save("measurements", format.extension(), |path| Command::SaveMeasurements {
            path: path.to_owned(),
        }),
        Choice::Segmentation(volume) => to_save_as(
            "segmentation.nii.gz",
            (
                "NIfTI, NRRD, MetaImage, DICOM",
                &["nii.gz", "nii", "seg.nrrd", "nrrd", "mha", "dcm"],
            ),
            move |path| Answer::SaveTo {
                volume,
                path: path.to_owned(),
            },
        ),
        Choice::Table => to_save_as("table.csv", ("CSV, JSON", &["csv", "json"]), |path| {
            to_do(Command::Tables(TableChange::Save { path: path.to_owned() }))
        }),
        Choice::TransferTo => to_save("transfer", "json", |path| Command::ExportTransfer {
            path: path.to_owned(),
        }),
        Choice::Picture(pane, style) => to_save("picture", "png", move |path| Command::SavePicture {
            pane,
            path: path.to_owned(),
            size: None,
            style,
        }),
        Choice::Movie(pane, format, style) => to_save("movie", format.extension(), move |path| Command::SaveMovie {
            pane,
            path: match format {
                MovieFormat::Pngs => numbered_name(path),
                _ => path.to_owned(),
            },
            style,
        }),
    };
    move || match pollster::block_on(answer) {
        Some(answer) => answer,
        None if asked.elapsed() < NO_DIALOG_WITHIN => no_dialog,
        None => Answer::Nothing,
    }
}

fn to_open(choice: Choice) -> Pending {
    let dialog = rfd::AsyncFileDialog::new();
    let open = |files: Vec<rfd::FileHandle>| {
        let paths = files.iter().map(|file| file.path().to_owned()).collect();
        to_do(Command::Open { paths })
    };
    match choice {
        Choice::Transfer => {
            let file = dialog.add_filter("JSON", &["json"]).pick_file();
            Box::pin(async move {
                file.await.map(|file| {
                    let path = file.path().to_owned();
                    to_do(Command::ImportTransfer { path })
                })
            })
        }
        Choice::CaseList => {
            let file = dialog.add_filter("CSV", &["csv", "tsv", "txt"]).pick_file();
            Box::pin(async move { file.await.map(|file| open_cases(&file)) })
        }
        Choice::CaseFolder => {
            let folder = dialog.pick_folder();
            Box::pin(async move { folder.await.map(|folder| open_cases(&folder)) })
        }
        Choice::Folders => {
            let folders = dialog.pick_folders();
            Box::pin(async move { folders.await.map(open) })
        }
        _ => {
            let files = dialog.pick_files();
            Box::pin(async move { files.await.map(open) })
        }
    }
}

fn open_cases(chosen: &rfd::FileHandle) -> Answer {
    to_do(Command::Cases(CaseChange::Open {
        path: chosen.path().to_owned(),
    }))
}

fn to_do(command: Command) -> Answer {
    Answer::Do(Box::new(command))
}

/// Asks for a file to write, of one kind.
fn to_save(name: &str, extension: &str, then: impl FnOnce(&Path) -> Command + Send + 'static) -> Pending {
    let filter = extension.to_uppercase();
    to_save_as(&format!("{name}.{extension}"), (&filter, &[extension]), |path| {
        to_do(then(path))
    })
}

/// Asks for a file to write, of one of several kinds.
fn to_save_as(
    name: &str,
    (kind, extensions): (&str, &[&str]),
    then: impl FnOnce(&Path) -> Answer + Send + 'static,
) -> Pending {
    let file = rfd::AsyncFileDialog::new()
        .add_filter(kind, extensions)
        .set_file_name(name)
        .save_file();
    Box::pin(async move { file.await.map(|file| then(file.path())) })
}
