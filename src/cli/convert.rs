//! `isocenter convert`: a volume of any format to NIfTI or to a DICOM series.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Outcome, output, source};
use crate::algo::resample;
use crate::io::dicom::write_series;
use crate::io::nifti::write_nifti;
use crate::model::volume::Volume;
use crate::say;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter convert scan/ scan.nii.gz --series 2\n  isocenter convert brain.nii.gz brain-dicom/\n  isocenter convert uneven/ even.nii --resample 1"
)]
pub(super) struct ConvertArgs {
    /// A file or folder.
    input: PathBuf,
    /// What to write: a name that ends in .nii or .nii.gz, or a new folder for a DICOM series.
    output: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// Only this time point, counted from 0.
    #[arg(long, value_name = "T")]
    frame: Option<usize>,
    /// Puts it on an even, upright grid first, with slices MM apart (without MM: as far apart as most of them are).
    #[arg(long, value_name = "MM", num_args = 0..=1, value_parser = super::parse_positive)]
    resample: Option<Option<f64>>,
}

/// A format, by the name of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Nifti,
    Dicom,
}

/// Endings that mean a format which is not written (yet); anything else without `.nii` is a folder.
const NOT_WRITTEN: [&str; 16] = [
    "nrrd", "nhdr", "mha", "mhd", "dcm", "stl", "ply", "obj", "png", "jpg", "gz", "zip", "hdr", "img", "gif", "mp4",
];

impl Target {
    fn of(path: &Path) -> Result<Self, Failure> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        if name.ends_with(".nii") || name.ends_with(".nii.gz") {
            return Ok(Self::Nifti);
        }
        match name.rsplit_once('.') {
            Some((_, ending)) if NOT_WRITTEN.contains(&ending) && !path.is_dir() => {
                Err(Failure(say!("cli-convert-format", path = path.display().to_string())))
            }
            _ => Ok(Self::Dicom),
        }
    }
}

pub(super) fn convert(args: &ConvertArgs, quiet: bool) -> Outcome {
    let target = Target::of(&args.output)?;
    let open = source::open_one(&args.input, args.series.as_deref(), quiet)?;
    let frames = open.volume.voxels.frames();
    if let Some(frame) = args.frame.filter(|frame| *frame >= frames) {
        return Err(Failure(say!("cli-no-such-frame", frame = frame, count = frames)));
    }
    let report = source::load(&open, quiet)?;
    // A file with slices that nobody ever measured would look like any other.
    if report.failed_slabs > 0 {
        let why = report.warnings.first().cloned().unwrap_or_default();
        return Err(Failure(say!(
            "cli-unreadable-slices",
            count = report.failed_slabs,
            why = why
        )));
    }
    match args.resample {
        None => write(&open.volume, target, args, quiet),
        Some(step_mm) => {
            let even = resample::onto_even_grid(&open.volume, step_mm).map_err(|why| {
                Failure(say!(
                    "cli-cannot-resample",
                    path = args.input.display().to_string(),
                    why = why.to_string()
                ))
            })?;
            write(&even, target, args, quiet)
        }
    }
}

fn write(volume: &Volume, target: Target, args: &ConvertArgs, quiet: bool) -> Outcome {
    match target {
        Target::Nifti => Ok(write_nifti(&args.output, volume, args.frame)?),
        Target::Dicom => {
            for warning in write_series(&args.output, volume, args.frame)?
                .into_iter()
                .filter(|_| !quiet)
            {
                output::complain(&say!("cli-warning", message = warning));
            }
            Ok(())
        }
    }
}
