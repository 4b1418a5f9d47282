//! How a movie of a pane is made: what moves, how long, how large, and as which kind of file.

use egui::{ComboBox, DragValue, RichText, Ui};

use super::dialog;
use crate::app::movie::{self, LEAST_FPS, MOST_FPS, MOST_FRAMES, MovieFormat, MovieStyle};
use crate::app::pane::PaneId;
use crate::app::{Command, State};
use crate::ui::pane::short_name;
use crate::ui::{Commands, Memory, theme};
use crate::{say, words};

/// Sides that can be chosen; those of the pane stand before them.
const SIZES: [[u32; 2]; 4] = [[512, 512], [1024, 1024], [1280, 720], [1920, 1080]];

/// Larger pictures than this are not offered.
const MOST_SIDE: u32 = 8192;

/// What was chosen for the next movie.
#[derive(Clone, Debug, Default)]
pub struct MovieMemory {
    /// Of which pane; of the one with the focus, until another is chosen.
    pub pane: Option<PaneId>,
    format: Option<MovieFormat>,
    style: MovieStyle,
    has_ffmpeg: Option<bool>,
}

/// Shows what can be chosen.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let chosen = &mut memory.movie;
    let has_ffmpeg = *chosen.has_ffmpeg.get_or_insert_with(movie::has_ffmpeg);
    let mut pane = chosen.pane.unwrap_or(state.view.focused);
    let mut format = chosen.format.unwrap_or(MovieFormat::WebP);
    let style = &mut chosen.style;
    egui::Grid::new("movie").num_columns(2).show(ui, |ui| {
        ui.label(say!("ui-movie-what"));
        what(ui, state, &mut pane);
        ui.end_row();
        ui.label(say!("ui-movie-length"));
        length(ui, style);
        ui.end_row();
        ui.label(say!("ui-movie-size"));
        size(ui, movie::size(state, pane, style), style);
        ui.end_row();
        ui.label(say!("ui-movie-format"));
        formats(ui, &mut format, has_ffmpeg);
        ui.end_row();
    });
    note(ui, &words::lookup(&format!("{}-tip", key(format)), &[]));
    let is_volume = pane == PaneId::Volume;
    ui.add_enabled_ui(is_volume && format.keeps_transparency(), |ui| {
        ui.checkbox(&mut style.transparent, say!("ui-movie-transparent"));
    });
    ui.add_enabled_ui(
        !matches!(format, MovieFormat::Pngs | MovieFormat::Mp4 | MovieFormat::WebM),
        |ui| {
            ui.checkbox(&mut style.repeats, say!("ui-movie-repeats"));
        },
    );
    ui.checkbox(&mut style.annotated, say!("ui-picture-annotated"))
        .on_hover_text(say!("ui-movie-annotated-tip"));
    ui.add_space(theme::GAP);
    let wanted = MovieStyle {
        transparent: style.transparent && is_volume && format.keeps_transparency(),
        ..*style
    };
    (chosen.pane, chosen.format) = (Some(pane), Some(format));
    let can = has_ffmpeg || !format.needs_ffmpeg();
    let button = ui.add_enabled_ui(can, |ui| dialog::main_button(ui, say!("ui-movie-save")));
    if button.inner.clicked() {
        commands.push(Command::ChooseMovie {
            pane,
            format,
            style: wanted,
        });
        memory.dialog = None;
    }
}

fn note(ui: &mut Ui, text: &str) {
    let text = RichText::new(text)
        .color(theme::of(ui).text_weak)
        .size(theme::FONT_SMALL);
    ui.label(text);
}

/// The kind of movement is the pane's.
fn what(ui: &mut Ui, state: &State, pane: &mut PaneId) {
    let has_place = state.shown().is_some_and(|entry| entry.volume().geometry().is_some());
    let panes: &[PaneId] = if has_place {
        &[PaneId::Volume, PaneId::Axial, PaneId::Coronal, PaneId::Sagittal]
    } else {
        &[PaneId::Stack]
    };
    if !panes.contains(pane) {
        *pane = panes[0];
    }
    let name = |pane: PaneId| match pane {
        PaneId::Volume => say!("ui-movie-turntable"),
        _ => say!("ui-movie-sweep", pane = short_name(pane)),
    };
    let combo = ComboBox::from_id_salt("movie-what").selected_text(name(*pane));
    combo.show_ui(ui, |ui| {
        for other in panes {
            ui.selectable_value(pane, *other, name(*other));
        }
    });
}

fn length(ui: &mut Ui, style: &mut MovieStyle) {
    ui.horizontal(|ui| {
        let frames = DragValue::new(&mut style.frames).range(2..=MOST_FRAMES);
        ui.add(frames).on_hover_text(say!("ui-movie-frames-tip"));
        ui.label(say!("ui-movie-pictures"));
        let mut seconds = style.frames as f64 / style.fps;
        let drag = DragValue::new(&mut seconds)
            .range(0.1..=1000.0)
            .speed(0.05)
            .max_decimals(2);
        let response = ui.add(drag).on_hover_text(say!("ui-movie-seconds-tip"));
        ui.label(say!("ui-movie-seconds"));
        if response.changed() {
            style.fps = (style.frames as f64 / seconds).clamp(LEAST_FPS, MOST_FPS);
        }
    });
}

fn size(ui: &mut Ui, [mut width, mut height]: [u32; 2], style: &mut MovieStyle) {
    ui.horizontal(|ui| {
        let before = [width, height];
        ui.add(DragValue::new(&mut width).range(16..=MOST_SIDE));
        ui.label("×");
        ui.add(DragValue::new(&mut height).range(16..=MOST_SIDE));
        if [width, height] != before {
            style.size = Some([width, height]);
        }
        let times = |[width, height]: [u32; 2]| format!("{width} × {height}");
        let named = style.size.map_or_else(|| say!("ui-movie-as-pane"), times);
        ComboBox::from_id_salt("movie-size")
            .selected_text(named)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut style.size, None, say!("ui-movie-as-pane"));
                for size in SIZES {
                    ui.selectable_value(&mut style.size, Some(size), times(size));
                }
            });
    });
}

fn formats(ui: &mut Ui, format: &mut MovieFormat, has_ffmpeg: bool) {
    let name = |format: MovieFormat| words::lookup(key(format), &[]);
    let combo = ComboBox::from_id_salt("movie-format").selected_text(name(*format));
    combo.show_ui(ui, |ui| {
        for other in MovieFormat::ALL {
            ui.add_enabled_ui(has_ffmpeg || !other.needs_ffmpeg(), |ui| {
                ui.selectable_value(format, other, name(other))
                    .on_disabled_hover_text(say!("ui-movie-needs-ffmpeg"));
            });
        }
    });
}

/// The key of a format's name; with `-tip` that of what there is to say about it.
fn key(format: MovieFormat) -> &'static str {
    match format {
        MovieFormat::WebP => "ui-movie-webp",
        MovieFormat::Apng => "ui-movie-apng",
        MovieFormat::Gif => "ui-movie-gif",
        MovieFormat::Pngs => "ui-movie-pngs",
        MovieFormat::Mp4 => "ui-movie-mp4",
        MovieFormat::WebM => "ui-movie-webm",
    }
}
