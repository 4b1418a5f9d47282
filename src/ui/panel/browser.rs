//! The study browser: patient, study, series; one click shows a series. Below it the files that were not used.

use egui::{Button, CollapsingHeader, RichText, ScrollArea, Ui, WidgetText};

use super::path;
use crate::app::state::{Entry, LoadState};
use crate::app::{Command, State, browser};
use crate::say;
use crate::ui::{Commands, Memory, text, theme};

/// Files listed at most; a folder of ten thousand strangers says how many more there are.
const LISTED: usize = 200;

/// Shows the browser.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    ui.add_space(theme::GAP);
    path::field(ui, memory, commands);
    ui.horizontal(|ui| {
        if ui.button(say!("ui-open-files")).clicked() {
            commands.push(Command::ChooseFiles);
        }
        if ui.button(say!("ui-open-folder")).clicked() {
            commands.push(Command::ChooseFolder);
        }
    });
    ui.separator();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if state.document.entries.is_empty() {
            ui.weak(say!("ui-nothing-open"));
        }
        for (n, patient) in browser::tree(&state.document).iter().enumerate() {
            ui.push_id(n, |ui| patient_ui(ui, patient, state, memory, commands));
        }
        skipped(ui, state);
    });
}

fn patient_ui(
    ui: &mut Ui,
    patient: &browser::PatientNode,
    state: &State,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    let name = browser::readable_name(&patient.name);
    let heading = match (name.as_str(), patient.id.as_str()) {
        ("", "") => say!("ui-no-patient"),
        (name, id) => [name, id]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("  "),
    };
    ui.add(egui::Label::new(RichText::new(heading).color(theme::of(ui).text_strong)).truncate());
    for study in &patient.studies {
        let parts = [browser::readable_date(&study.date), study.description.clone()];
        let title = parts
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join("  ");
        if !title.is_empty() {
            ui.add(egui::Label::new(RichText::new(title).color(theme::of(ui).text_weak)).truncate());
        }
        for index in &study.series {
            if let Some(entry) = state.document.entries.get(*index) {
                let response = series_ui(ui, entry, state);
                if response.clicked() {
                    commands.push(Command::Show { index: *index });
                }
                let id = entry.volume().id;
                if state.view.shown == Some(id) && memory.scrolled_to.replace(id) != Some(id) {
                    response.scroll_to_me(None);
                }
            }
        }
    }
    ui.add_space(theme::GAP);
}

fn series_ui(ui: &mut Ui, entry: &Entry, state: &State) -> egui::Response {
    let is_shown = state.view.shown == Some(entry.volume().id);
    let title = title(entry);
    let mut lines = egui::text::LayoutJob::default();
    let format = |size: f32, color| egui::TextFormat {
        font_id: egui::FontId::proportional(size),
        color,
        ..Default::default()
    };
    let widest = ui.available_width() - 2.0 * ui.spacing().button_padding.x;
    let short = |text: &str, size: f32| text::shortened(ui.painter(), text, &egui::FontId::proportional(size), widest);
    lines.append(
        &short(&title, theme::FONT),
        0.0,
        format(
            theme::FONT,
            if is_shown {
                theme::of(ui).text_strong
            } else {
                theme::of(ui).text
            },
        ),
    );
    lines.append("\n", 0.0, format(theme::FONT, theme::of(ui).text));
    lines.append(
        &short(&details(entry), theme::FONT_SMALL),
        0.0,
        format(theme::FONT_SMALL, theme::of(ui).text_weak),
    );
    if entry.warnings().next().is_some() {
        lines.append("\n", 0.0, format(theme::FONT_SMALL, theme::of(ui).text));
        lines.append(
            &say!("ui-warnings", count = entry.warnings().count()),
            0.0,
            format(theme::FONT_SMALL, theme::of(ui).warning),
        );
    }
    let button = Button::selectable(is_shown, WidgetText::from(lines)).min_size(egui::vec2(ui.available_width(), 0.0));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_shown, &title));
    response.on_hover_ui(|ui| tooltip(ui, entry))
}

/// What a series is called, if need be by its number.
fn title(entry: &Entry) -> String {
    match (browser::title(entry), entry.volume().series.series_number) {
        (title, Some(number)) if title.is_empty() => {
            say!("ui-series-number", number = number.to_string())
        }
        (title, None) if title.is_empty() => say!("ui-unnamed"),
        (title, _) => title,
    }
}

/// Size, files and what became of its voxels.
fn details(entry: &Entry) -> String {
    let [i, j, k] = entry.volume().dims();
    let frames = entry.volume().voxels.frames();
    let mut parts = vec![say!("ui-dims", i = i.to_string(), j = j.to_string(), k = k.to_string())];
    if frames > 1 {
        parts.push(say!("ui-frames", count = frames));
    }
    if entry.volume().series.files > 0 {
        parts.push(say!("ui-files", count = entry.volume().series.files));
    }
    if entry.load == LoadState::Stopped {
        parts.push(say!("ui-stopped"));
    }
    parts.join(" · ")
}

fn tooltip(ui: &mut Ui, entry: &Entry) {
    ui.label(title(entry));
    ui.label(details(entry));
    if let Some(geometry) = entry.volume().geometry() {
        let spacing = geometry.spacing();
        ui.label(say!(
            "ui-spacing",
            x = format!("{:.3}", spacing.x),
            y = format!("{:.3}", spacing.y),
            z = format!("{:.3}", spacing.z)
        ));
    }
    ui.label(&entry.volume().series.stored_type);
    for warning in entry.warnings() {
        ui.colored_label(theme::of(ui).warning, warning);
    }
}

fn skipped(ui: &mut Ui, state: &State) {
    let skipped = &state.document.skipped;
    if skipped.is_empty() {
        return;
    }
    CollapsingHeader::new(say!("ui-skipped", count = skipped.len()))
        .id_salt("skipped")
        .show(ui, |ui| {
            for file in skipped.iter().take(LISTED) {
                let name = file.path.file_name().map_or_else(
                    || file.path.display().to_string(),
                    |name| name.to_string_lossy().into_owned(),
                );
                ui.label(name).on_hover_text(file.path.display().to_string());
                ui.label(
                    RichText::new(&file.reason)
                        .color(theme::of(ui).text_weak)
                        .size(theme::FONT_SMALL),
                );
            }
            if skipped.len() > LISTED {
                ui.weak(say!("ui-skipped-more", count = skipped.len() - LISTED));
            }
        });
}
