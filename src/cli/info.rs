//! `isocenter info`: every volume and everything that was skipped, and why.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Failure, Outcome, output, source};
use crate::algo::value_range::value_range;
use crate::io::dicom::CONTOUR_MODALITY;
use crate::io::{OpenVolume, Skipped};
use crate::model::geometry::Geometry;
use crate::model::segment::Segment;
use crate::model::volume::{PixelScale, Placement, Volume, VolumeKind};
use crate::say;

#[derive(Args)]
#[command(after_help = "Example:\n  isocenter info scan/ --json")]
pub(super) struct InfoArgs {
    /// Files and folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Decodes all voxels and gives their lowest and highest value.
    #[arg(long)]
    values: bool,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct InfoJson {
    volumes: Vec<VolumeJson>,
    skipped: Vec<SkippedJson>,
}

#[derive(Serialize)]
struct PatientJson {
    name: String,
    id: String,
}

#[derive(Serialize)]
struct SkippedJson {
    path: String,
    reason: String,
}

#[derive(Serialize)]
struct SegmentJson {
    label: u32,
    name: String,
    /// `#rrggbb`.
    color: String,
}

#[derive(Serialize)]
struct VolumeJson {
    index: usize,
    kind: &'static str,
    format: &'static str,
    modality: String,
    description: String,
    patient: PatientJson,
    study_uid: String,
    series_uid: String,
    dims: [usize; 3],
    frames: usize,
    components: usize,
    stored_type: String,
    /// `null` where a picture has no place in space.
    index_to_lps: Option<[[f64; 4]; 4]>,
    spacing: Option<Vec<f64>>,
    value_range: Option<[f64; 2]>,
    unit: Option<String>,
    transfer_syntax: String,
    files: usize,
    warnings: Vec<String>,
    /// Of a segmentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    segments: Option<Vec<SegmentJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slice_positions: Option<Vec<f64>>,
}

pub(super) fn info(args: &InfoArgs, quiet: bool) -> Outcome {
    let opened = source::scan(&args.paths, quiet)?;
    let volumes = opened
        .volumes
        .into_iter()
        .enumerate()
        .map(|(index, open)| describe(index, &open, args.values))
        .collect();
    let skipped = opened
        .skipped
        .into_iter()
        .map(|Skipped { path, reason }| SkippedJson {
            path: path.display().to_string(),
            reason,
        })
        .collect();
    let info = InfoJson { volumes, skipped };
    if args.json {
        output::print_json(&info)
    } else {
        output::print(&readable(&info))
    }
}

fn describe(index: usize, open: &OpenVolume, values: bool) -> VolumeJson {
    let volume: &Volume = &open.volume;
    let series = &volume.series;
    let mut warnings = volume.warnings.clone();
    let mut range = None;
    if values {
        // A volume that cannot be decoded is still listed, with the reason.
        match source::load(open, true) {
            Ok(report) => warnings.extend(report.warnings),
            Err(Failure(message)) => warnings.push(message),
        }
        range = value_range(volume);
    }
    let geometry = volume.geometry();
    VolumeJson {
        index,
        kind: match series.kind {
            VolumeKind::Image => "image",
            VolumeKind::Segmentation if series.modality == CONTOUR_MODALITY => "contours",
            VolumeKind::Segmentation => "segmentation",
        },
        format: series.format,
        modality: series.modality.clone(),
        description: series.description.clone(),
        patient: PatientJson {
            name: series.patient.name.clone(),
            id: series.patient.id.clone(),
        },
        study_uid: series.study_uid.clone(),
        series_uid: series.series_uid.clone(),
        dims: volume.dims(),
        frames: volume.voxels.frames(),
        components: volume.voxels.components(),
        stored_type: series.stored_type.clone(),
        index_to_lps: geometry.map(row_major),
        spacing: match &volume.placement {
            Placement::Patient(geometry) => Some(geometry.spacing().to_array().to_vec()),
            Placement::Stack(grid) => (grid.pixel_scale == PixelScale::Patient).then(|| grid.pixel_size.to_vec()),
        },
        value_range: range,
        unit: volume.unit.clone(),
        transfer_syntax: series.transfer_syntax.clone(),
        files: series.files,
        warnings,
        segments: (series.kind == VolumeKind::Segmentation).then(|| segments(open)),
        slice_positions: geometry.and_then(Geometry::slice_positions_mm),
    }
}

/// What the file, or the table beside it, says of its labels.
fn segments(open: &OpenVolume) -> Vec<SegmentJson> {
    let table = open.source.segments().unwrap_or_default();
    let json = |segment: Segment| {
        let [r, g, b] = segment.color;
        SegmentJson {
            label: segment.label,
            name: segment.name,
            color: format!("#{r:02x}{g:02x}{b:02x}"),
        }
    };
    table.segments.into_iter().map(json).collect()
}

fn row_major(geometry: &Geometry) -> [[f64; 4]; 4] {
    let map = geometry.patient_from_voxel();
    let columns = [
        map.matrix3.x_axis,
        map.matrix3.y_axis,
        map.matrix3.z_axis,
        map.translation,
    ];
    std::array::from_fn(|row| {
        if row < 3 {
            columns.map(|column| column[row])
        } else {
            [0.0, 0.0, 0.0, 1.0]
        }
    })
}

fn readable(info: &InfoJson) -> String {
    let mut lines = Vec::new();
    for volume in &info.volumes {
        let [x, y, z] = volume.dims;
        let frames = if volume.frames > 1 {
            format!(" x {}", volume.frames)
        } else {
            String::new()
        };
        let spacing = volume.spacing.as_ref().map_or_else(
            || say!("cli-no-place"),
            |spacing| {
                format!(
                    "{} mm",
                    spacing
                        .iter()
                        .map(|mm| format!("{mm:.3}"))
                        .collect::<Vec<_>>()
                        .join(" x ")
                )
            },
        );
        let named = [volume.modality.as_str(), volume.description.as_str()]
            .iter()
            .filter(|word| !word.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        lines.push(format!(
            "{:>3}  {named}  {x} x {y} x {z}{frames}  {}  {spacing}",
            volume.index, volume.stored_type
        ));
        lines.push(format!(
            "     {}",
            say!(
                "cli-info-line",
                format = volume.format,
                files = volume.files,
                patient = volume.patient.name.clone(),
                unit = volume.unit.clone().unwrap_or_else(|| "-".to_owned())
            )
        ));
        if let Some([low, high]) = volume.value_range {
            lines.push(format!(
                "     {}",
                say!("cli-info-range", low = format!("{low}"), high = format!("{high}"))
            ));
        }
        let segments = volume.segments.iter().flatten();
        lines.extend(segments.map(|segment| format!("     {:>5}  {}", segment.label, segment.name)));
        lines.extend(volume.warnings.iter().map(|warning| format!("     ! {warning}")));
    }
    lines.extend(info.skipped.iter().map(|skipped| {
        say!(
            "cli-info-skipped",
            path = skipped.path.clone(),
            reason = skipped.reason.clone()
        )
    }));
    lines.join("\n")
}
