//! Every colour and size of the window. The colours of panels come from a [`Palette`], dark or light: `theme::of(ui)`.
//! Those on pictures are constants, since pictures are black around in both.

use egui::epaint::{CornerRadius, Shadow};
use egui::{Color32, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Theme, ThemePreference, Vec2, Visuals};

pub use super::palette::Palette;
use super::palette::{DARK, LIGHT};
use crate::app::pane::PaneId;
use crate::app::settings::{self, Settings};

/// Text on pictures.
pub const PANE_TEXT: Color32 = Color32::from_rgb(205, 205, 198);
/// Dark rim of everything that stands on pictures.
pub const PANE_RIM: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 200);
/// Where a pane has no picture.
pub const PANE_EMPTY: Color32 = Color32::BLACK;
/// Text on pictures that counts.
pub const PANE_STRONG: Color32 = Color32::from_rgb(236, 238, 240);
/// What cuts volumes.
pub const CROP: Color32 = Color32::from_rgb(240, 150, 70);
/// Doubts, on pictures.
pub const PANE_WARNING: Color32 = Color32::from_rgb(229, 170, 73);

/// Curves beside the one that counts, told apart with any colour vision.
pub const CURVES: [Color32; 2] = [Color32::from_rgb(86, 180, 233), Color32::from_rgb(230, 159, 0)];

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
/// Measured values.
pub const MEASURE_FONT: f32 = 13.0;
/// Orientation letters.
pub const LETTER_FONT: f32 = 14.0;
/// Text everywhere else.
pub const FONT: f32 = 12.5;
/// Small text.
pub const FONT_SMALL: f32 = 11.0;
/// What is to be chosen on the start page.
pub const FONT_LARGE: f32 = 13.5;
/// Headings.
pub const FONT_HEADING: f32 = 14.0;
/// The name of the program.
pub const FONT_TITLE: f32 = 24.0;
/// Height of what stands in the bar of menus and tools.
pub const BAR: f32 = 24.0;
/// Small pictures on buttons.
pub const GLYPH: f32 = 16.0;
/// Width of the study browser.
pub const BROWSER_WIDTH: f32 = 252.0;
/// Width of the display panel.
pub const DISPLAY_WIDTH: f32 = 208.0;
/// Panes smaller than this show only their title.
pub const ROOM_FOR_TEXT: Vec2 = Vec2::new(240.0, 190.0);
/// Panes narrower than this do not tell their slice.
pub const ROOM_FOR_SLICE: f32 = 190.0;
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

/// The colour of what was measured, and of what of it is selected or under the pointer. None of the planes has it.
pub fn measure_color(is_lively: bool) -> Color32 {
    if is_lively {
        Color32::from_rgb(190, 246, 255)
    } else {
        Color32::from_rgb(92, 214, 232)
    }
}

/// The font of measured values.
pub fn measure_font() -> FontId {
    FontId::new(MEASURE_FONT, FontFamily::Proportional)
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

/// The colours that are on: of a `Ui`, or of a context.
pub fn of(ctx: &egui::Context) -> &'static Palette {
    palette(ctx.theme())
}

fn palette(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// Follows the settings: which theme, and how large.
pub fn follow(ctx: &egui::Context, settings: &Settings) {
    let preference = match settings.theme {
        settings::Theme::Dark => ThemePreference::Dark,
        settings::Theme::Light => ThemePreference::Light,
        settings::Theme::System => ThemePreference::System,
    };
    if ctx.options(|options| options.theme_preference) != preference {
        ctx.set_theme(preference);
    }
    if ctx.zoom_factor() != settings.scale {
        ctx.set_zoom_factor(settings.scale);
    }
}

/// Sets the look of everything, for both themes; the context says which is on.
pub fn apply(ctx: &egui::Context) {
    // The settings say how large everything is, and have keys for it.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme);
            measures(style);
        });
    }
}

fn measures(style: &mut Style) {
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
    style.spacing.window_margin = Margin::same(12);
    style.spacing.indent = 12.0;
    style.spacing.combo_width = 60.0;
    style.spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.resize_grab_radius_side = PANE_GAP;
    // Nothing moves by itself: a change is there at once, and a still window costs nothing.
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
}

fn visuals(theme: Theme) -> Visuals {
    let colors = palette(theme);
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = colors.panel;
    visuals.window_fill = colors.raised;
    visuals.window_stroke = Stroke::new(1.0, colors.line);
    visuals.window_corner_radius = CornerRadius::same(6);
    visuals.menu_corner_radius = CornerRadius::same(4);
    let shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: colors.shade,
    };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.extreme_bg_color = colors.sunken;
    visuals.faint_bg_color = colors.panel;
    visuals.warn_fg_color = colors.warning;
    visuals.error_fg_color = colors.error;
    visuals.hyperlink_color = colors.accent;
    visuals.weak_text_color = Some(colors.text_weak);
    visuals.selection.bg_fill = colors.selected;
    // Text that is chosen, and the frame of the field that is written in: nothing shines brighter than a picture.
    visuals.selection.stroke = Stroke::new(1.0, colors.accent_line);
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke.color = colors.text_strong;
    let widgets = &mut visuals.widgets;
    let states = [
        (&mut widgets.noninteractive, colors.panel, colors.text, colors.line),
        (&mut widgets.inactive, colors.widget, colors.text, Color32::TRANSPARENT),
        (
            &mut widgets.hovered,
            colors.widget_hovered,
            colors.text_strong,
            colors.line,
        ),
        (&mut widgets.active, colors.selected, colors.text_strong, colors.accent),
        (
            &mut widgets.open,
            colors.widget_hovered,
            colors.text_strong,
            colors.line,
        ),
    ];
    for (widget, fill, text, line) in states {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.bg_stroke = Stroke::new(if line == Color32::TRANSPARENT { 0.0 } else { 1.0 }, line);
        widget.corner_radius = CornerRadius::same(CORNER);
        widget.expansion = 0.0;
    }
    visuals
}
