//! `isocenter convert`: a volume of any format to NIfTI, NRRD, MetaImage, a DICOM series, and labels to DICOM
//! segmentations, contours, or surfaces.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Failure, Outcome, label_maps, output, source, surfaces};
use crate::algo::label_counts::label_counts;
use crate::algo::resample;
use crate::algo::value_range::value_range;
use crate::io::OpenVolume;
use crate::io::dicom::{SegmentationKind, SegmentationToWrite, write_contours, write_segmentation, write_series};
use crate::io::meta_image::write_meta_image;
use crate::io::nifti::write_nifti;
use crate::io::nrrd::write_nrrd;
use crate::io::segmentation;
use crate::io::surface::{SurfaceFormat, write_surfaces};
use crate::io::unplaced;
use crate::model::coding::Detail;
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
    /// The image that a segmentation was made on. For .dcm patient, study and frame of reference are copied from it, and
    /// its slices are named as the source; without it, what a DICOM segmentation named before. Labels whose file does not say
    /// where they lie are laid on its grid.
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
    let open = open_input(args, target, quiet)?;
    let reference = args.reference.as_ref();
    let reference = reference.map(|path| source::open_one(path, None, quiet)).transpose()?;
    let placed = reference
        .as_ref()
        .and_then(|image| unplaced::lie_on(&open, &image.volume));
    let open = placed.unwrap_or(open);
    let is_dicom = matches!(target, Target::Dicom | Target::DicomLabels);
    if is_dicom && unplaced::is_adrift(&open) {
        let path = args.input.display().to_string();
        return Err(Failure(say!("cli-convert-nowhere", path = path)));
    }
    let frames = open.volume.voxels.frames();
    if let Some(frame) = args.frame.filter(|frame| *frame >= frames) {
        return Err(Failure(say!("cli-no-such-frame", frame = frame, count = frames)));
    }
    warn(&open.volume.warnings, quiet);
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
        None => write(&open, &open.volume, reference.as_ref(), target, args, quiet),
        Some(step_mm) => {
            let even = resample::onto_even_grid(&open.volume, step_mm).map_err(|why| {
                Failure(say!(
                    "cli-cannot-resample",
                    path = args.input.display().to_string(),
                    why = why.to_string()
                ))
            })?;
            write(&open, &even, reference.as_ref(), target, args, quiet)
        }
    }
}

/// Opens what is to be written. Where the target is one of labels, these are meant and not the image beside them.
fn open_input(args: &ConvertArgs, target: Target, quiet: bool) -> Result<OpenVolume, Failure> {
    let input = &args.input;
    if args.series.is_some() {
        return source::open_one(input, args.series.as_deref(), quiet);
    }
    match (target, args.kind) {
        (Target::DicomLabels, Some(ObjectKind::Fractional)) => label_maps::open_probabilities(input, quiet),
        (Target::SegNrrd | Target::Surface(_) | Target::DicomLabels, _) => label_maps::open_map(input, quiet),
        (Target::Nifti | Target::Nrrd | Target::MetaImage | Target::Dicom, _) => source::open_one(input, None, quiet),
    }
}

fn warn(warnings: &[String], quiet: bool) {
    for warning in warnings.iter().filter(|_| !quiet) {
        output::complain(&say!("cli-warning", message = warning.clone()));
    }
}

/// Writes a volume: that of `open`, or what was made of it.
fn write(
    open: &OpenVolume,
    volume: &Volume,
    reference: Option<&OpenVolume>,
    target: Target,
    args: &ConvertArgs,
    quiet: bool,
) -> Outcome {
    let (path, frame) = (&args.output, args.frame);
    let table = match target {
        Target::Nifti | Target::Nrrd | Target::MetaImage => segments(open, volume, args).ok(),
        Target::SegNrrd | Target::Surface(_) => Some(labels(open, volume, args)?),
        // Those of labels find out by themselves, and a series has no room for names.
        Target::DicomLabels | Target::Dicom => None,
    };
    match target {
        Target::Nifti => {
            write_nifti(path, volume, frame)?;
            // As where label maps are saved: names that somebody gave stand beside. A table that names few of the values is
            // that of other files in the folder, as of the labels beside an image.
            let told = open.source.segments().map_or(0, |told| told.segments.len());
            if let Some(table) = table.as_ref().filter(|table| 2 * told >= table.segments.len().max(1)) {
                segmentation::save_table(path, table)?;
            }
        }
        Target::Nrrd | Target::SegNrrd => write_nrrd(path, volume, frame, table.as_ref())?,
        Target::MetaImage => write_meta_image(path, volume, frame, table.as_ref())?,
        Target::Surface(format) => {
            let table = table.clone().unwrap_or_default();
            let surfaces = surfaces::of_labels(volume, &table, &args.segment, frame)?;
            write_surfaces(path, &surfaces, format)?;
        }
        Target::DicomLabels => dicom_labels(open, volume, reference, args, quiet)?,
        Target::Dicom => warn(&write_series(path, volume, frame)?, quiet),
    }
    warn(&lost(open, table.as_ref(), target, args), quiet);
    Ok(())
}

/// What a format has no room for, each a sentence.
fn lost(open: &OpenVolume, table: Option<&SegmentTable>, target: Target, args: &ConvertArgs) -> Vec<String> {
    let path = args.output.display().to_string();
    let Some(table) = table else {
        let is_map = open.volume.series.kind == VolumeKind::Segmentation && open.source.segments().is_some();
        let has_names = target != Target::DicomLabels && is_map;
        return has_names
            .then(|| say!("cli-convert-no-names", path = path))
            .into_iter()
            .collect();
    };
    let details: Vec<&Detail> = table.segments.iter().filter_map(|one| one.detail.as_deref()).collect();
    let has_codes = details.iter().any(|detail| detail.coding.is_some());
    let has_makers = details
        .iter()
        .any(|detail| detail.algorithm.is_some() || detail.tracking.is_some());
    let holds_codes = matches!(target, Target::Nrrd | Target::SegNrrd);
    let is_map = !matches!(target, Target::Surface(_));
    let mut lost = Vec::new();
    if is_map && has_codes && !holds_codes {
        lost.push(say!("cli-convert-no-codes", path = path.clone()));
    }
    if is_map && has_makers {
        lost.push(say!("cli-convert-no-makers", path = path.clone()));
    }
    if target == Target::Nifti && table.layers() > 1 {
        lost.push(say!("cli-convert-no-layers", path = path));
    }
    lost
}

/// Writes labels, or probabilities, as one DICOM file.
fn dicom_labels(
    open: &OpenVolume,
    volume: &Volume,
    reference: Option<&OpenVolume>,
    args: &ConvertArgs,
    quiet: bool,
) -> Outcome {
    // A DICOM segmentation says itself what it was made on.
    let reference = reference.or_else(|| (open.volume.series.format == "dicom").then_some(open));
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
        ObjectKind::Fractional => shares(open, volume, args.frame),
        ObjectKind::Seg | ObjectKind::Labelmap | ObjectKind::Rtstruct => labels?,
    };
    let what = SegmentationToWrite {
        volume,
        table: &table,
        frame: args.frame,
        reference,
    };
    let path = &args.output;
    let warnings = match kind {
        ObjectKind::Seg => write_segmentation(path, &what, SegmentationKind::Binary)?,
        ObjectKind::Labelmap => write_segmentation(path, &what, SegmentationKind::LabelMap)?,
        ObjectKind::Fractional if open.source.is_occupancy() => {
            write_segmentation(path, &what, SegmentationKind::Occupancy)?
        }
        ObjectKind::Fractional => write_segmentation(path, &what, SegmentationKind::Fractional)?,
        ObjectKind::Rtstruct => write_contours(path, &what)?,
    };
    warn(&warnings, quiet);
    Ok(())
}

/// A segment for each frame of a probability map, or for the one that is asked for. Those that nobody named have numbers
/// behind those that somebody did.
fn shares(open: &OpenVolume, volume: &Volume, frame: Option<usize>) -> SegmentTable {
    let told = open.source.segments().unwrap_or_default();
    let count = volume.voxels.frames();
    let name = volume.series.description.trim();
    let mut next = told.segments.last().map_or(0, |segment| segment.label);
    let segments = frame.map_or(0..count, |frame| frame..frame + 1).map(|layer| {
        let of_layer: Vec<&Segment> = told.segments.iter().filter(|one| one.layer == layer).collect();
        // A table of several labels names no frame.
        if let [known] = of_layer[..] {
            return known.clone();
        }
        next += 1;
        let name = if count == 1 && !name.is_empty() {
            name.to_owned()
        } else {
            say!("app-segment", label = next)
        };
        Segment {
            layer,
            ..Segment::new(next, name, default_color(next))
        }
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
