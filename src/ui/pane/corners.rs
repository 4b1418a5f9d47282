//! The texts in the corners of a pane: what it shows, of whom, and how.

use egui::{Align2, Color32, Painter, vec2};

use super::Pane;
use crate::app::pane::PaneId;
use crate::app::planes::Alignment;
use crate::app::readout;
use crate::app::state::Entry;
use crate::app::transfer::Transfer;
use crate::app::transfer_presets::{TransferPreset, transfer_preset};
use crate::app::{State, identifiers};
use crate::model::orientation::degrees_from_axis;
use crate::model::window::WindowFunction;
use crate::say;
use crate::scene::{Interpolation, SlabMode, VolumeMode};
use crate::ui::{text, theme};

/// Less than this is not worth a word, degrees.
const OBLIQUE_FROM_DEG: f64 = 0.05;

/// Paints all four corners. Answers how far down the right side is taken.
pub(super) fn paint(painter: &Painter, pane: &Pane<'_>, state: &State) -> f32 {
    let Some(entry) = state.shown() else {
        return pane.rect.top();
    };
    let inner = pane.rect.shrink(theme::PANE_INSET);
    // The letter at the top edge stands in the middle.
    let room = pane.rect.width() * 0.42;
    let full = title(pane.id, state);
    let title = if text::width(painter, &full, &theme::pane_font()) <= room {
        full
    } else {
        text::shortened(painter, &super::short_name(pane.id), &theme::pane_font(), room)
    };
    let line = text::over_picture(
        painter,
        inner.left_top(),
        Align2::LEFT_TOP,
        &title,
        theme::pane_font(),
        theme::pane_color(pane.id),
    )
    .height();
    let has_room = pane.rect.width() >= theme::ROOM_FOR_TEXT.x && pane.rect.height() >= theme::ROOM_FOR_TEXT.y;
    if has_room {
        let widest = pane.rect.width() * 0.42;
        let from = inner.left_top() + vec2(0.0, line);
        // All panes show the same patient: the first one says who it is.
        let is_first = state.view.layout.panes().first() == Some(&pane.id);
        let identity = if is_first { identity(entry, state) } else { Vec::new() };
        column(painter, from, Align2::LEFT_TOP, &identity, widest, theme::PANE_TEXT);
        column(
            painter,
            inner.left_bottom(),
            Align2::LEFT_BOTTOM,
            &display(entry, pane.id, state, |line| {
                text::width(painter, line, &theme::pane_font()) <= widest
            }),
            widest,
            theme::PANE_TEXT,
        );
        column(
            painter,
            inner.right_bottom(),
            Align2::RIGHT_BOTTOM,
            &under_pointer(pane.id, state, entry),
            widest,
            theme::PANE_STRONG,
        );
    }
    if pane.rect.width() < theme::ROOM_FOR_SLICE {
        return inner.top() + line;
    }
    column(
        painter,
        inner.right_top(),
        Align2::RIGHT_TOP,
        &position(pane.id, state, entry),
        pane.rect.width() * 0.4,
        theme::PANE_TEXT,
    )
}

/// Lines from the top down, or from the bottom up. Answers where they end.
fn column(painter: &Painter, mut at: egui::Pos2, anchor: Align2, lines: &[String], widest: f32, color: Color32) -> f32 {
    let is_up = anchor.y() == egui::Align::Max;
    let ordered: Box<dyn Iterator<Item = &String>> = if is_up {
        Box::new(lines.iter().rev())
    } else {
        Box::new(lines.iter())
    };
    for line in ordered.filter(|line| !line.is_empty()) {
        let short = text::shortened(painter, line, &theme::pane_font(), widest);
        let height = text::over_picture(painter, at, anchor, &short, theme::pane_font(), color).height();
        at.y += if is_up { -height } else { height };
    }
    at.y
}

/// The pane, what its plane is aligned with, and how far that is from the patient's axes.
fn title(pane: PaneId, state: &State) -> String {
    let name = super::short_name(pane);
    if pane == PaneId::Volume {
        let mode = volume_mode(state.view.volume.mode);
        return say!("ui-title", name = name, alignment = mode);
    }
    if pane.view().is_none() {
        return name;
    }
    let alignment = match state.view.alignment {
        Alignment::Acquisition => say!("ui-acquisition"),
        Alignment::Anatomical => say!("ui-anatomical"),
        Alignment::Oblique => say!("ui-turned"),
    };
    let degrees = state
        .view
        .plane(pane)
        .map_or(0.0, |plane| degrees_from_axis(plane.axes.normal()));
    match (degrees >= OBLIQUE_FROM_DEG, state.view.alignment) {
        (true, _) => say!(
            "ui-title-oblique",
            name = name,
            alignment = alignment,
            degrees = format!("{degrees:.1}")
        ),
        // The others were turned about this one's normal.
        (false, Alignment::Oblique) => name,
        (false, _) => say!("ui-title", name = name, alignment = alignment),
    }
}

/// Who, when and what.
fn identity(entry: &Entry, state: &State) -> Vec<String> {
    let series = &entry.volume().series;
    vec![
        identifiers::patient(state, &series.patient),
        identifiers::study(state, &series.study_date, &series.study_description),
        identifiers::series(state, entry),
    ]
}

/// Slice, slab and time point.
fn position(pane: PaneId, state: &State, entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some((slice, count)) = readout::slice_number(state, pane) {
        lines.push(say!("ui-slice", slice = slice.to_string(), count = count.to_string()));
    }
    if let Some(slab) = state.view.plane(pane).and_then(|plane| plane.slab) {
        lines.push(say!(
            "ui-slab",
            mode = slab_mode(slab.mode),
            thickness = text::number((slab.thickness_mm * 10.0).round() / 10.0)
        ));
    }
    let frames = entry.volume().voxels.frames();
    if frames > 1 {
        lines.push(say!(
            "ui-frame",
            frame = (entry.display.frame + 1).to_string(),
            count = frames.to_string()
        ));
    }
    lines
}

/// The name of a slab mode.
pub(crate) fn slab_mode(mode: SlabMode) -> String {
    match mode {
        SlabMode::Mip => say!("ui-mip"),
        SlabMode::MinIp => say!("ui-minip"),
        SlabMode::Mean => say!("ui-mean"),
    }
}

/// Window, interpolation, magnification. Without room, the window has no name.
fn display(entry: &Entry, pane: PaneId, state: &State, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let display = &entry.display;
    let interpolation = match display.interpolation {
        Interpolation::Nearest => say!("ui-nearest"),
        Interpolation::Linear => say!("ui-linear"),
        Interpolation::Cubic => say!("ui-cubic"),
    };
    let zoom = if pane == PaneId::Volume {
        state.view.camera_zoom
    } else {
        state.view.zoom
    };
    let mut lines = vec![say!(
        "ui-zoom-line",
        interpolation = interpolation,
        zoom = format!("{:.0}", zoom * 100.0)
    )];
    if display.invert {
        lines.push(say!("ui-inverted"));
    }
    let is_material = pane == PaneId::Volume && !state.view.volume.mode.is_projection();
    if is_material {
        lines.extend(display.transfer.as_ref().map(|transfer| material(transfer, state)));
        return lines;
    }
    let window = if pane == PaneId::Volume {
        display.projection_window
    } else {
        display.window
    };
    if let Some(window) = window.filter(|_| entry.volume().voxels.components() == 1) {
        let curve = if window.function == WindowFunction::Sigmoid {
            say!("ui-sigmoid")
        } else {
            String::new()
        };
        let name = identifiers::text(state, &text::window_name(entry, &window).unwrap_or_default());
        let numbers = text::window(&window);
        let joined = |parts: [&str; 3]| {
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join("  ")
        };
        let full = joined([&numbers, &name, &curve]);
        lines.push(if fits(&full) {
            full
        } else {
            joined([&numbers, "", &curve])
        });
    }
    lines
}

/// The colours of a composite or surface: their preset, and whether it was changed.
fn material(transfer: &Transfer, state: &State) -> String {
    let title =
        |name: &String| transfer_preset(name).map_or_else(|| identifiers::text(state, name), TransferPreset::title);
    match (&transfer.preset, &transfer.origin) {
        (Some(name), _) => title(name),
        (None, Some(origin)) => say!("ui-preset-changed", name = title(origin)),
        (None, None) => String::new(),
    }
}

/// The name of a way of rendering.
fn volume_mode(mode: VolumeMode) -> String {
    match mode {
        VolumeMode::Composite => say!("ui-volume-composite"),
        VolumeMode::Mip => say!("ui-volume-mip"),
        VolumeMode::MinIp => say!("ui-volume-minip"),
        VolumeMode::Average => say!("ui-volume-average"),
        VolumeMode::Iso => say!("ui-volume-iso"),
    }
}

fn under_pointer(pane: PaneId, state: &State, entry: &Entry) -> Vec<String> {
    let at = state
        .hover
        .filter(|(hovered, _)| *hovered == pane)
        .and_then(|(_, at)| readout::readout(state, pane, at));
    at.map_or_else(Vec::new, |found| text::readout(&found, entry.volume()))
}
