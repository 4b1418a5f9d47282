//! Every colour and size of the window. Dark and calm: nothing is brighter than the pictures.

use egui::epaint::CornerRadius;
use egui::{Color32, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2, Visuals};

use crate::app::pane::PaneId;

/// Behind everything: panels and the gaps between panes. The window is cleared with it, which costs nothing.
pub const PANEL: Color32 = Color32::from_rgb(27, 29, 32);
/// Text fields and troughs.
pub const SUNKEN: Color32 = Color32::from_rgb(18, 19, 21);
/// Buttons and fields.
pub const WIDGET: Color32 = Color32::from_rgb(43, 46, 51);
/// Buttons under the pointer.
pub const WIDGET_HOVERED: Color32 = Color32::from_rgb(58, 62, 69);
/// What is chosen.
pub const SELECTED: Color32 = Color32::from_rgb(38, 79, 120);
/// Lines between things.
pub const LINE: Color32 = Color32::from_rgb(54, 57, 62);
/// Text.
pub const TEXT: Color32 = Color32::from_rgb(200, 203, 208);
/// Text that can wait.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(134, 139, 147);
/// Text that counts.
pub const TEXT_STRONG: Color32 = Color32::from_rgb(236, 238, 240);
/// Text on pictures.
pub const PANE_TEXT: Color32 = Color32::from_rgb(205, 205, 198);
/// Dark rim of everything that stands on pictures.
pub const PANE_RIM: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 200);
/// Where a pane has no picture.
pub const PANE_EMPTY: Color32 = Color32::BLACK;
/// Doubts.
pub const WARNING: Color32 = Color32::from_rgb(229, 170, 73);
/// What failed.
pub const ERROR: Color32 = Color32::from_rgb(224, 108, 98);
/// Behind a message of something that failed.
pub const ERROR_FILL: Color32 = Color32::from_rgb(66, 32, 31);
/// Behind a message that is good to know.
pub const NOTE_FILL: Color32 = Color32::from_rgb(33, 46, 60);
/// What takes a drop.
pub const DROP_FILL: Color32 = Color32::from_rgba_premultiplied(10, 24, 38, 190);

/// Radius of corners.
pub const CORNER: u8 = 3;
/// Space between things.
pub const GAP: f32 = 6.0;
/// Space between panes, wide enough that panels can be widened beside them.
pub const PANE_GAP: f32 = 3.0;
/// Frame around a pane; of the focused one twice that.
pub const PANE_FRAME: f32 = 1.0;
/// Space between a pane's edge and its text.
pub const PANE_INSET: f32 = 6.0;
/// Text on pictures.
pub const PANE_FONT: f32 = 12.0;
/// Orientation letters.
pub const LETTER_FONT: f32 = 14.0;
/// Text everywhere else.
pub const FONT: f32 = 12.5;
/// Small text.
pub const FONT_SMALL: f32 = 11.0;
/// Headings.
pub const FONT_HEADING: f32 = 14.0;
/// Width of the study browser.
pub const BROWSER_WIDTH: f32 = 232.0;
/// Width of the display panel.
pub const DISPLAY_WIDTH: f32 = 208.0;
/// Panes smaller than this show only their title.
pub const ROOM_FOR_TEXT: Vec2 = Vec2::new(240.0, 190.0);
/// Half of the gap where crosshair lines meet.
pub const CROSSHAIR_GAP: f32 = 10.0;
/// Radius of a turning handle.
pub const HANDLE_RADIUS: f32 = 4.5;
/// Half the side of a slab handle.
pub const HANDLE_HALF: f32 = 3.5;
/// Crosshair lines.
pub const CROSSHAIR_WIDTH: f32 = 1.0;
/// Dashes of a slab's extent.
pub const DASH: f32 = 5.0;
/// How much of a line is seen over the picture.
const LINE_OPACITY: f32 = 0.75;

/// The colour of a pane's frame, and of its plane in the other panes.
pub fn pane_color(pane: PaneId) -> Color32 {
    match pane {
        PaneId::Axial => Color32::from_rgb(226, 88, 84),
        PaneId::Sagittal => Color32::from_rgb(226, 196, 66),
        PaneId::Coronal => Color32::from_rgb(96, 190, 104),
        PaneId::Volume => Color32::from_rgb(106, 148, 206),
        PaneId::Stack => Color32::from_rgb(150, 154, 160),
    }
}

/// The frame of a pane.
pub fn pane_frame(pane: PaneId, is_focused: bool) -> Stroke {
    if is_focused {
        Stroke::new(2.0 * PANE_FRAME, pane_color(pane))
    } else {
        Stroke::new(PANE_FRAME, pane_color(pane).gamma_multiply(0.45))
    }
}

/// The line of a pane's plane in another pane.
pub fn plane_line(of: PaneId) -> Stroke {
    Stroke::new(CROSSHAIR_WIDTH, pane_color(of).gamma_multiply(LINE_OPACITY))
}

/// The font of text on pictures.
pub fn pane_font() -> FontId {
    FontId::new(PANE_FONT, FontFamily::Proportional)
}

/// The font of orientation letters.
pub fn letter_font() -> FontId {
    FontId::new(LETTER_FONT, FontFamily::Proportional)
}

/// The frame of a panel: no fill, since what is behind it has its colour.
pub fn panel_frame() -> egui::Frame {
    egui::Frame::new().inner_margin(Margin::symmetric(8, 2))
}

/// Sets the look of everything.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(|style| {
        style.visuals = visuals();
        let fonts = [
            (TextStyle::Body, FONT),
            (TextStyle::Button, FONT),
            (TextStyle::Monospace, FONT),
            (TextStyle::Small, FONT_SMALL),
            (TextStyle::Heading, FONT_HEADING),
        ];
        for (text_style, size) in fonts {
            style
                .text_styles
                .insert(text_style, FontId::new(size, FontFamily::Proportional));
        }
        style.spacing.item_spacing = Vec2::new(GAP, 3.0);
        style.spacing.button_padding = Vec2::new(6.0, 2.0);
        style.spacing.interact_size = Vec2::new(36.0, 19.0);
        style.spacing.window_margin = Margin::same(10);
        style.spacing.indent = 12.0;
        style.spacing.combo_width = 60.0;
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        style.interaction.selectable_labels = false;
        style.interaction.resize_grab_radius_side = PANE_GAP;
        // Nothing moves by itself: a change is there at once, and a still window costs nothing.
        style.animation_time = 0.0;
        style.scroll_animation = egui::style::ScrollAnimation::none();
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = PANEL;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.window_corner_radius = CornerRadius::same(4);
    visuals.menu_corner_radius = CornerRadius::same(4);
    visuals.extreme_bg_color = SUNKEN;
    visuals.faint_bg_color = WIDGET;
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = ERROR;
    visuals.weak_text_color = Some(TEXT_WEAK);
    visuals.selection.bg_fill = SELECTED;
    visuals.selection.stroke = Stroke::new(1.0, TEXT_STRONG);
    visuals.text_cursor.blink = false;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, TEXT);
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, LINE);
    widgets.inactive.fg_stroke = Stroke::new(1.0, TEXT);
    widgets.inactive.weak_bg_fill = WIDGET;
    widgets.inactive.bg_fill = WIDGET;
    widgets.hovered.weak_bg_fill = WIDGET_HOVERED;
    widgets.hovered.bg_fill = WIDGET_HOVERED;
    widgets.hovered.bg_stroke = Stroke::new(1.0, LINE);
    for widget in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        widget.corner_radius = CornerRadius::same(CORNER);
        widget.expansion = 0.0;
    }
    visuals
}
