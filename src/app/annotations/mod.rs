//! What a picture says about itself: orientation letters on its edges, a scale bar, and who and what it shows.

mod canvas;

use glam::{DVec2, DVec3};

use crate::app::measurements::{self, ShownLine};
use crate::app::pane::PaneId;
use crate::app::{State, identifiers};
use crate::model::orientation::letters;
use crate::model::scale::round_length;
use crate::model::volume::{PixelScale, Placement, Volume};
use crate::say;
use crate::scene::Scene;

use canvas::{Anchor, Canvas};

/// Height of the text as a share of the picture, and its bounds in pixels.
const TEXT_SHARE: f32 = 1.0 / 34.0;
const TEXT_PX: (f32, f32) = (11.0, 48.0);
/// Share of the picture's width that the scale bar may take.
const BAR_SHARE: f64 = 0.28;

/// What is written on a picture of a pane of this size in pixels, beside what the scene itself tells.
pub fn beside(state: &State, pane: PaneId, size: [u32; 2]) -> Beside {
    Beside {
        hides_identifiers: identifiers::are_hidden(state),
        lines: measurements::lines_in_picture(state, pane, size),
    }
}

/// What is written beside what the scene itself tells.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Nothing that identifies the patient.
    pub hides_identifiers: bool,
    /// Measurements, in pixels of the picture.
    pub lines: Vec<ShownLine>,
}

/// Writes onto a picture of a scene: RGBA, 8 bits, rows from the top. The error is a sentence for the user.
pub fn annotate(picture: &mut [u8], scene: &Scene, beside: &Beside) -> Result<(), String> {
    let [width, height] = scene.size().map(|side| side as f32);
    let text_px = (height.min(width) * TEXT_SHARE).clamp(TEXT_PX.0, TEXT_PX.1);
    let mut canvas = Canvas::new(picture, scene.size(), text_px)?;
    let margin = text_px * 0.5;
    if let Some((right, down)) = directions(scene) {
        canvas.text(
            [width - margin, height / 2.0],
            Anchor { x: 1.0, y: 0.5 },
            &letters(right),
        );
        canvas.text([margin, height / 2.0], Anchor { x: 0.0, y: 0.5 }, &letters(-right));
        canvas.text(
            [width / 2.0, height - margin],
            Anchor { x: 0.5, y: 1.0 },
            &letters(down),
        );
        canvas.text([width / 2.0, margin], Anchor { x: 0.5, y: 0.0 }, &letters(-down));
    }
    if let Some((mm_per_pixel, is_at_detector)) = mm_per_pixel(scene) {
        scale_bar(&mut canvas, [width, height], mm_per_pixel, is_at_detector);
    }
    for line in &beside.lines {
        measured(&mut canvas, line);
    }
    let Some(layer) = scene.layers().next() else {
        return Ok(());
    };
    let corners = [
        (identity(&layer.volume, beside), Anchor { x: 0.0, y: 0.0 }),
        (series(&layer.volume, beside), Anchor { x: 1.0, y: 0.0 }),
        (display(scene), Anchor { x: 0.0, y: 1.0 }),
        (place(scene), Anchor { x: 1.0, y: 1.0 }),
    ];
    for (lines, anchor) in corners {
        let lines: Vec<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
        for (n, line) in (0u8..).zip(&lines) {
            // Lines at the bottom grow upwards.
            let from_edge = if anchor.y > 0.5 {
                lines.len() as f32 - 1.0 - f32::from(n)
            } else {
                f32::from(n)
            };
            let inset = margin + from_edge * text_px * 1.25;
            let y = if anchor.y > 0.5 { height - inset } else { inset };
            let x = if anchor.x > 0.5 { width - margin } else { margin };
            canvas.text([x, y], anchor, line);
        }
    }
    Ok(())
}

/// Where right and down of the picture point in the patient.
fn directions(scene: &Scene) -> Option<(DVec3, DVec3)> {
    match scene {
        Scene::Slice(scene) => Some((scene.plane.axes.right, scene.plane.axes.down)),
        Scene::Volume(scene) => Some((scene.camera.axes().right, scene.camera.axes().down)),
        Scene::Stack(scene) => {
            let matrix = scene.layer.volume.geometry()?.patient_from_voxel().matrix3;
            Some((matrix.x_axis, matrix.y_axis))
        }
    }
}

/// The scale, and whether it is that at a detector; `None` where millimetres are not known.
fn mm_per_pixel(scene: &Scene) -> Option<(f64, bool)> {
    match scene {
        Scene::Slice(scene) => Some((scene.mm_per_pixel, false)),
        Scene::Volume(scene) => Some((scene.camera.mm_per_pixel, false)),
        Scene::Stack(scene) => match &scene.layer.volume.placement {
            Placement::Stack(grid) if grid.pixel_scale == PixelScale::Unknown => None,
            Placement::Stack(grid) => Some((scene.units_per_pixel, grid.pixel_scale == PixelScale::Detector)),
            Placement::Patient(_) => Some((scene.units_per_pixel, false)),
        },
    }
}

fn scale_bar(canvas: &mut Canvas<'_>, [width, height]: [f32; 2], mm_per_pixel: f64, is_at_detector: bool) {
    let length_mm = round_length(f64::from(width) * BAR_SHARE * mm_per_pixel);
    let length = (length_mm / mm_per_pixel) as f32;
    let text_px = canvas.text_px();
    let y = height - 2.2 * text_px;
    let end = text_px * 0.25;
    let (left, right) = (width / 2.0 - length / 2.0, width / 2.0 + length / 2.0);
    canvas.bar([left, y], [right, y]);
    canvas.bar([left, y - end], [left, y + end]);
    canvas.bar([right, y - end], [right, y + end]);
    let label = if length_mm >= 10.0 {
        say!("app-bar-cm", cm = format!("{}", length_mm / 10.0))
    } else {
        say!("app-bar-mm", mm = format!("{length_mm}"))
    };
    let label = if is_at_detector {
        say!("app-bar-detector", length = label)
    } else {
        label
    };
    canvas.text([width / 2.0, y - end - 2.0], Anchor { x: 0.5, y: 1.0 }, &label);
}

/// A measured line with its value; off the plane, where it has none, thin crosses mark its ends.
fn measured(canvas: &mut Canvas<'_>, line: &ShownLine) {
    let at = |point: DVec2| [point.x as f32, point.y as f32];
    let (a, b) = (at(line.a), at(line.b));
    let Some(text) = &line.text else {
        let reach = canvas.text_px() * 0.2;
        for [x, y] in [a, b] {
            canvas.bar([x - reach, y], [x + reach, y]);
            canvas.bar([x, y - reach], [x, y + reach]);
        }
        return;
    };
    canvas.line(a, b);
    let gap = canvas.text_px() * 0.6;
    // The value stands on the side where the line does not run.
    let (aside, anchor) = if b[0] >= a[0] { (gap, 0.0) } else { (-gap, 1.0) };
    canvas.text([b[0] + aside, b[1]], Anchor { x: anchor, y: 0.5 }, text);
}

fn identity(volume: &Volume, beside: &Beside) -> Vec<String> {
    if beside.hides_identifiers {
        return Vec::new();
    }
    let patient = &volume.series.patient;
    // DICOM separates the parts of a name with ^ (PS3.5 6.2).
    vec![patient.name.replace('^', " ").trim().to_owned(), patient.id.clone()]
}

fn series(volume: &Volume, beside: &Beside) -> Vec<String> {
    let series = &volume.series;
    if beside.hides_identifiers {
        return vec![series.modality.clone()];
    }
    vec![
        format!("{} {}", series.modality, series.description).trim().to_owned(),
        series.study_date.clone(),
    ]
}

fn display(scene: &Scene) -> Vec<String> {
    let Some(layer) = scene.layers().next() else {
        return Vec::new();
    };
    let number = |value: f64| format!("{}", (value * 100.0).round() / 100.0);
    let mut lines = Vec::new();
    if let Scene::Slice(slice) = scene
        && let Some(slab) = slice.slab
    {
        lines.push(say!("app-annotation-slab", mm = number(slab.thickness_mm)));
    }
    if layer.volume.voxels.components() == 1 {
        lines.push(say!(
            "app-annotation-window",
            center = number(layer.window.center),
            width = number(layer.window.width)
        ));
    }
    lines
}

fn place(scene: &Scene) -> Vec<String> {
    let at = |place: DVec3| {
        say!(
            "app-annotation-place",
            x = format!("{:.1}", place.x),
            y = format!("{:.1}", place.y),
            z = format!("{:.1}", place.z)
        )
    };
    match scene {
        Scene::Slice(scene) => vec![at(scene.plane.center)],
        Scene::Volume(scene) => vec![at(scene.camera.target)],
        Scene::Stack(scene) => vec![say!(
            "app-annotation-slice",
            slice = (scene.slice + 1).to_string(),
            count = scene.layer.volume.dims()[2].to_string()
        )],
    }
}
