//! `isocenter convert`: a volume of any format to NIfTI, NRRD, MetaImage, a DICOM series, and labels to DICOM
//! segmentations, contours, or surfaces.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Failure, Outcome, output, source, surfaces};
use crate::algo::label_counts::label_counts;
use crate::algo::resample;
use crate::algo::value_range::value_range;
use crate::io::OpenVolume;
use crate::io::dicom::{SegmentationKind, SegmentationToWrite, write_contours, write_segmentation, write_series};
use crate::io::meta_image::write_meta_image;
use crate::io::nifti::write_nifti;
use crate::io::nrrd::write_nrrd;
use crate::io::surface::{SurfaceFormat, write_surfaces};
use crate::model::segment::{MOST_LABEL, Segment, SegmentTable, default_color};
use crate::model::volume::{Volume, VolumeKind};
use crate::model::voxels::SampleType;
use crate::say;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter convert scan/ scan.nii.gz --series 2\n  isocenter convert brain.nii.gz brain-dicom/\n  isocenter convert labels.nii.gz labels.seg.nrrd\n  isocenter convert labels.nii.gz labels.dcm --reference scan/\n  isocenter convert labels.nii.gz labels.rtstruct.dcm --reference scan/\n  isocenter convert labels.nii.gz liver.stl --segment liver\n  isocenter convert uneven/ even.nii --resample 1"
)]
pub(super) struct ConvertArgs {
    /// A file or folder.
    input: PathBuf,
    /// What to write: a name that ends in .nii, .nii.gz, .nrrd, .seg.nrrd or .mha, or, for the surfaces of
    /// labels, in .dcm, .stl, .ply or .obj, or a new folder for a DICOM series.
    output: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    series: Option<String>,
    /// Only this time point, counted from 0.
    #[arg(long, value_name = "T")]
    frame: Option<usize>,
    /// The image that a segmentation was made on (for .dcm): patient, study and frame of reference are copied from it, and
    /// its slices are named as the source. Without it, what a DICOM segmentation named before.
    #[arg(long, value_name = "IMAGE")]
    reference: Option<PathBuf>,
    /// What a .dcm of labels is to be; without it RTSTRUCT for a name that ends in .rtstruct.dcm, a fractional segmentation
    /// for probabilities, else a binary one.
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<ObjectKind>,
    /// Only this segment, by number or name; may be given again (for .stl, .ply and .obj).
    #[arg(long, value_name = "N|NAME")]
    segment: Vec<String>,
    /// Puts it on an even, upright grid first, with slices MM apart (without MM: as far apart as most of them are).
    #[arg(long, value_name = "MM", num_args = 0..=1, value_parser = super::parse_positive)]
    resample: Option<Option<f64>>,
}

/// A format, by the name of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Nifti,
    Nrrd,
    SegNrrd,
    MetaImage,
    Surface(SurfaceFormat),
    Dicom,
    DicomLabels,
}

/// What a DICOM file of labels is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ObjectKind {
    /// Segmentation, a bit for each voxel of each segment; these may overlap.
    Seg,
    /// Label Map Segmentation (2024), a number for each voxel.
    Labelmap,
    /// Segmentation of probabilities from 0 to 1.
    Fractional,
    /// RT Structure Set: contours.
    Rtstruct,
}

/// Endings that mean a format which is not written (yet); anything else without `.nii` is a folder.
const NOT_WRITTEN: [&str; 10] = ["nhdr", "mhd", "png", "jpg", "gz", "zip", "hdr", "img", "gif", "mp4"];

impl Target {
    fn of(path: &Path) -> Result<Self, Failure> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        let by_ending = [
            (".nii", Self::Nifti),
            (".nii.gz", Self::Nifti),
            (".seg.nrrd", Self::SegNrrd),
            (".nrrd", Self::Nrrd),
            (".mha", Self::MetaImage),
            (".dcm", Self::DicomLabels),
            (".stl", Self::Surface(SurfaceFormat::Stl)),
            (".ply", Self::Surface(SurfaceFormat::Ply)),
            (".obj", Self::Surface(SurfaceFormat::Obj)),
        ];
        if let Some((_, target)) = by_ending.iter().find(|(ending, _)| name.ends_with(ending)) {
            return Ok(*target);
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
        None => write(&open, &open.volume, target, args, quiet),
        Some(step_mm) => {
            let even = resample::onto_even_grid(&open.volume, step_mm).map_err(|why| {
                Failure(say!(
                    "cli-cannot-resample",
                    path = args.input.display().to_string(),
                    why = why.to_string()
                ))
            })?;
            write(&open, &even, target, args, quiet)
        }
    }
}

/// Writes a volume: that of `open`, or what was made of it.
fn write(open: &OpenVolume, volume: &Volume, target: Target, args: &ConvertArgs, quiet: bool) -> Outcome {
    let (path, frame) = (&args.output, args.frame);
    match target {
        Target::Nifti => Ok(write_nifti(path, volume, frame)?),
        Target::Nrrd => Ok(write_nrrd(
            path,
            volume,
            frame,
            segments(open, volume, args).ok().as_ref(),
        )?),
        Target::MetaImage => Ok(write_meta_image(
            path,
            volume,
            frame,
            segments(open, volume, args).ok().as_ref(),
        )?),
        Target::SegNrrd => Ok(write_nrrd(path, volume, frame, Some(&labels(open, volume, args)?))?),
        Target::Surface(format) => {
            let surfaces = surfaces::of_labels(volume, &labels(open, volume, args)?, &args.segment, frame)?;
            Ok(write_surfaces(path, &surfaces, format)?)
        }
        Target::DicomLabels => dicom_labels(open, volume, args, quiet),
        Target::Dicom => {
            for warning in write_series(path, volume, frame)?.into_iter().filter(|_| !quiet) {
                output::complain(&say!("cli-warning", message = warning));
            }
            Ok(())
        }
    }
}

/// Writes labels, or probabilities, as one DICOM file.
fn dicom_labels(open: &OpenVolume, volume: &Volume, args: &ConvertArgs, quiet: bool) -> Outcome {
    let reference = args
        .reference
        .as_ref()
        .map(|path| source::open_one(path, None, quiet))
        .transpose()?;
    // A DICOM segmentation says itself what it was made on.
    let reference = reference.or_else(|| (open.volume.series.format == "dicom").then(|| open.clone()));
    let name = args
        .output
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let is_share = matches!(volume.voxels.sample_type(), SampleType::F32 | SampleType::F64)
        && value_range(volume).is_some_and(|[low, high]| low >= 0.0 && high <= 1.0);
    let labels = labels(open, volume, args);
    let kind = args.kind.unwrap_or_else(|| match () {
        () if name.ends_with("rtstruct.dcm") => ObjectKind::Rtstruct,
        () if is_share && labels.is_err() => ObjectKind::Fractional,
        () => ObjectKind::Seg,
    });
    let table = match kind {
        ObjectKind::Fractional => shares(open, volume),
        ObjectKind::Seg | ObjectKind::Labelmap | ObjectKind::Rtstruct => labels?,
    };
    let what = SegmentationToWrite {
        volume,
        table: &table,
        frame: args.frame,
        reference: reference.as_ref(),
    };
    let path = &args.output;
    let warnings = match kind {
        ObjectKind::Seg => write_segmentation(path, &what, SegmentationKind::Binary)?,
        ObjectKind::Labelmap => write_segmentation(path, &what, SegmentationKind::LabelMap)?,
        ObjectKind::Fractional => write_segmentation(path, &what, SegmentationKind::Fractional)?,
        ObjectKind::Rtstruct => write_contours(path, &what)?,
    };
    for warning in warnings.into_iter().filter(|_| !quiet) {
        output::complain(&say!("cli-warning", message = warning));
    }
    Ok(())
}

/// A segment for each frame of a probability map.
fn shares(open: &OpenVolume, volume: &Volume) -> SegmentTable {
    let told = open.source.segments().unwrap_or_default();
    let frames = volume.voxels.frames();
    let name = volume.series.description.trim();
    let segments = (0..frames).map(|layer| {
        let known = told.segments.iter().find(|segment| segment.layer == layer);
        let label = layer as u32 + 1;
        known.cloned().unwrap_or_else(|| {
            let name = if frames == 1 && !name.is_empty() {
                name.to_owned()
            } else {
                say!("app-segment", label = label)
            };
            Segment {
                layer,
                ..Segment::new(label, name, default_color(label))
            }
        })
    });
    SegmentTable::from_segments(segments.collect())
}

/// The segments of what is known to be a label map.
fn segments(open: &OpenVolume, volume: &Volume, args: &ConvertArgs) -> Result<SegmentTable, Failure> {
    if volume.series.kind == VolumeKind::Segmentation || open.source.segments().is_some() {
        labels(open, volume, args)
    } else {
        Err(Failure(String::new()))
    }
}

/// The segments of a label map, with those that the file does not name. The error is why it is none.
fn labels(open: &OpenVolume, volume: &Volume, args: &ConvertArgs) -> Result<SegmentTable, Failure> {
    let path = || args.input.display().to_string();
    let mut segments = open.source.segments().unwrap_or_default().segments;
    let has_layers = segments.iter().any(|segment| segment.layer > 0);
    if let Some(frame) = args.frame {
        if has_layers {
            segments.retain(|segment| segment.layer == frame);
        }
        segments.iter_mut().for_each(|segment| segment.layer = 0);
    } else if volume.voxels.frames() > 1 && !has_layers {
        // The same labels in every time point are no layers.
        return Err(Failure(say!("cli-convert-frames", path = path())));
    }
    let frames = args.frame.map_or(0..volume.voxels.frames(), |frame| frame..frame + 1);
    for (layer, frame) in frames.enumerate() {
        let counts = label_counts(volume, frame, MOST_LABEL as usize, &|| false);
        let counts = counts.ok_or_else(|| {
            Failure(say!(
                "cli-overlay-no-labels",
                path = path(),
                most = MOST_LABEL.to_string()
            ))
        })?;
        let known: BTreeSet<u32> = segments.iter().map(|segment| segment.label).collect();
        segments.extend(
            counts
                .into_keys()
                .filter(|label| !known.contains(label))
                .map(|label| Segment {
                    layer,
                    ..Segment::new(label, say!("app-segment", label = label), default_color(label))
                }),
        );
    }
    Ok(SegmentTable::from_segments(segments))
}
