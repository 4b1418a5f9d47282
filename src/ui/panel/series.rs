//! One series of the study browser: its thumbnail and three lines about it.

use egui::{
    Align2, Color32, FontId, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::state::{Entry, LoadState};
use crate::app::{State, identifiers};
use crate::say;
use crate::ui::glyph;
use crate::ui::picture::WHOLE;
use crate::ui::thumbnails::Textures;
use crate::ui::{text, theme};

/// Side of the square that a thumbnail stands in.
const SIDE: f32 = 48.0;
/// Space around it.
const INSET: f32 = 3.0;
/// Height of an entry.
pub(super) const HEIGHT: f32 = SIDE + 2.0 * INSET;
/// Width of the mark of the series in the panes.
const MARK: f32 = 3.0;
/// Height of the bar that grows while voxels come in.
const BAR: f32 = 3.0;
/// Text of a format's badge.
const FONT_BADGE: f32 = 9.0;

/// Shows a series. Nothing is laid out of one that is scrolled out of sight.
pub(super) fn show(ui: &mut Ui, entry: &Entry, state: &State, textures: &mut Textures) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let is_shown = state.view.shown == Some(entry.volume().id);
    let name = title(entry, state);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_shown, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let colors = theme::of(ui.ctx());
    let painter = ui.painter_at(rect);
    let fill = if is_shown {
        colors.selected
    } else if response.hovered() || response.has_focus() {
        colors.widget
    } else {
        Color32::TRANSPARENT
    };
    painter.rect_filled(rect, f32::from(theme::CORNER), fill);
    if is_shown {
        let mark = Rect::from_min_size(rect.min, vec2(MARK, rect.height()));
        painter.rect_filled(mark, 1.0, colors.accent);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.0, colors.accent);
        painter.rect_stroke(rect, f32::from(theme::CORNER), stroke, StrokeKind::Inside);
    }
    let square = Rect::from_min_size(rect.min + vec2(MARK + INSET, INSET), vec2(SIDE, SIDE));
    picture(ui, &painter, square, entry, state, textures);
    let lines = Rect::from_min_max(pos2(square.right() + 7.0, square.top()), rect.max - vec2(5.0, INSET));
    words(ui, &painter, lines, entry, state);
    response.on_hover_ui(|ui| tooltip(ui, entry, state))
}

fn picture(ui: &Ui, painter: &Painter, square: Rect, entry: &Entry, state: &State, textures: &mut Textures) {
    let colors = theme::of(ui.ctx());
    // Pictures stand on black, in the light theme too.
    painter.rect_filled(square, 2.0, Color32::BLACK);
    match textures.get(ui.ctx(), state, entry.volume().id) {
        Some(texture) => {
            let size = texture.size_vec2();
            let size = size * (SIDE / size.max_elem());
            painter.image(
                texture.id(),
                Rect::from_center_size(square.center(), size),
                WHOLE,
                Color32::WHITE,
            );
        }
        // Known by now to have none: what it is stands in its place.
        None if state.thumbnails.is_settled(entry.volume().id) => {
            let font = FontId::proportional(theme::FONT_SMALL);
            painter.text(
                square.center(),
                Align2::CENTER_CENTER,
                modality(entry),
                font,
                theme::PANE_TEXT,
            );
        }
        None => {}
    }
    let bar = |share: f32| {
        let size = vec2(square.width() * share, BAR);
        Rect::from_min_size(pos2(square.left(), square.bottom() - BAR), size)
    };
    match entry.load {
        LoadState::Loading(job) => {
            let progress = state.jobs.get(&job).and_then(|status| status.progress);
            let share = progress.map_or(0.0, |(done, total)| done as f32 / total.max(1) as f32);
            painter.rect_filled(bar(1.0), 0.0, Color32::from_black_alpha(160));
            painter.rect_filled(bar(share), 0.0, colors.accent);
        }
        LoadState::Stopped => {
            painter.rect_filled(bar(1.0), 0.0, colors.warning.gamma_multiply(0.7));
        }
        LoadState::Header | LoadState::Loaded => {}
    }
}

fn words(ui: &Ui, painter: &Painter, rect: Rect, entry: &Entry, state: &State) {
    let is_shown = state.view.shown == Some(entry.volume().id);
    let colors = theme::of(ui.ctx());
    let (font, small) = (
        FontId::proportional(theme::FONT),
        FontId::proportional(theme::FONT_SMALL),
    );
    let strong = if is_shown { colors.text_strong } else { colors.text };
    let weak = if is_shown { colors.text } else { colors.text_weak };
    let middle = rect.center().y;
    let mut widest = rect.width();
    let doubts = entry.warnings().count();
    if doubts > 0 {
        let drawn = painter.text(
            rect.right_top(),
            Align2::RIGHT_TOP,
            doubts.to_string(),
            small.clone(),
            colors.warning,
        );
        let side = drawn.height();
        let mark = Rect::from_min_size(drawn.left_top() - vec2(side + 2.0, 0.0), vec2(side, side));
        glyph::WARNING.paint(painter, mark, side, colors.warning);
        widest -= drawn.width() + side + 8.0;
    }
    let line = text::shortened(painter, &title(entry, state), &font, widest);
    painter.text(rect.left_top(), Align2::LEFT_TOP, line, font, strong);
    let line = text::shortened(painter, &size(entry), &small, rect.width());
    painter.text(
        pos2(rect.left(), middle),
        Align2::LEFT_CENTER,
        line,
        small.clone(),
        weak,
    );
    let badge = badge(painter, rect, entry, colors.text_weak, colors.line);
    let line = text::shortened(painter, &grain(entry), &small, badge - 5.0 - rect.left());
    painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, line, small, weak);
}

/// The format in a frame, at the right bottom. Answers where it begins.
fn badge(painter: &Painter, rect: Rect, entry: &Entry, color: Color32, line: Color32) -> f32 {
    let galley = painter.layout_no_wrap(format_name(entry), FontId::proportional(FONT_BADGE), color);
    let size = galley.size() + vec2(6.0, 1.0);
    let frame = Rect::from_min_max(rect.max - size - vec2(0.0, 1.0), rect.max - vec2(0.0, 1.0));
    painter.rect_stroke(frame, 2.0, Stroke::new(1.0, line), StrokeKind::Inside);
    painter.galley(frame.min + vec2(3.0, 0.5), galley, color);
    frame.left()
}

fn format_name(entry: &Entry) -> String {
    match entry.volume().series.format {
        "dicom" => say!("ui-format-dicom"),
        "nifti" => say!("ui-format-nifti"),
        "demo" => say!("ui-format-demo"),
        other => other.to_uppercase(),
    }
}

/// CT, MR, …, or what it is for.
fn modality(entry: &Entry) -> String {
    if entry.overlay.is_some() {
        say!("ui-label-map")
    } else if entry.probability.is_some() {
        say!("judge-probability-map")
    } else {
        entry.volume().series.modality.clone()
    }
}

/// What a series is called, if need be by its number.
pub(super) fn title(entry: &Entry, state: &State) -> String {
    match (identifiers::series(state, entry), entry.volume().series.series_number) {
        (title, Some(number)) if title.is_empty() => {
            say!("ui-series-number", number = number.to_string())
        }
        (title, None) if title.is_empty() => say!("ui-unnamed"),
        (title, _) => title,
    }
}

/// Voxels, time points, and where DICOM counts pictures, how many.
fn size(entry: &Entry) -> String {
    let volume = entry.volume();
    let [i, j, k] = volume.dims();
    let frames = volume.voxels.frames();
    let mut parts = vec![say!("ui-dims", i = i.to_string(), j = j.to_string(), k = k.to_string())];
    if frames > 1 {
        parts.push(say!("ui-frames", count = frames));
    }
    if volume.series.format == "dicom" {
        parts.push(say!("ui-images", count = k * frames));
    }
    parts.join(" · ")
}

/// Voxel spacing, or what became of its voxels.
fn grain(entry: &Entry) -> String {
    if entry.load == LoadState::Stopped {
        return say!("ui-stopped");
    }
    // Two decimals at most, and no zeros behind.
    let mm = |length: f64| format!("{}", (length * 100.0).round() / 100.0);
    entry.volume().geometry().map_or_else(
        || say!("ui-no-place"),
        |geometry| {
            let spacing = geometry.spacing();
            say!(
                "ui-spacing-short",
                x = mm(spacing.x),
                y = mm(spacing.y),
                z = mm(spacing.z)
            )
        },
    )
}

fn tooltip(ui: &mut Ui, entry: &Entry, state: &State) {
    let series = &entry.volume().series;
    ui.label(title(entry, state));
    ui.label(size(entry));
    if let Some(geometry) = entry.volume().geometry() {
        let spacing = geometry.spacing();
        ui.label(say!(
            "ui-spacing",
            x = format!("{:.3}", spacing.x),
            y = format!("{:.3}", spacing.y),
            z = format!("{:.3}", spacing.z)
        ));
    }
    if series.files > 0 {
        ui.label(say!("ui-files", count = series.files));
    }
    ui.label(&series.stored_type);
    let colors = theme::of(ui.ctx());
    for warning in entry.warnings() {
        ui.colored_label(colors.warning, identifiers::text(state, warning));
    }
}
