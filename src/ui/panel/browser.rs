//! The study browser: patient, study, series; one click shows a series. Below it the files that were not used.

use egui::{Button, CollapsingHeader, RichText, ScrollArea, Ui};

use super::{cases, menu, path, series};
use crate::app::leaving::Leave;
use crate::app::probability::ProbabilityChange;
use crate::app::state::Entry;
use crate::app::update::can_reload;
use crate::app::{Command, State, browser, identifiers};
use crate::model::volume::{Patient, VolumeId};
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, Memory, theme};

/// Files listed at most; a folder of ten thousand strangers says how many more there are.
const LISTED: usize = 200;

/// What the list of this frame consists of.
#[derive(Default)]
struct List {
    /// Series in sight.
    seen: Vec<VolumeId>,
    /// All series, in their order.
    rows: Vec<egui::Id>,
    /// The one that has the keyboard, counted from 0.
    focused: Option<usize>,
}

impl List {
    fn add(&mut self, response: &egui::Response) {
        if response.has_focus() {
            self.focused = Some(self.rows.len());
            // The arrows walk through the list, not about the window.
            let filter = egui::EventFilter {
                vertical_arrows: true,
                ..egui::EventFilter::default()
            };
            response
                .ctx
                .memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        self.rows.push(response.id);
    }

    /// Hands the keyboard on to the next or the previous series.
    fn walk(&self, ui: &Ui) {
        let Some(now) = self.focused else { return };
        let steps = ui.input(|input| {
            let count = |key| input.num_presses(key) as isize;
            count(egui::Key::ArrowDown) - count(egui::Key::ArrowUp)
        });
        let next = now.saturating_add_signed(steps).min(self.rows.len() - 1);
        if let Some(id) = self.rows.get(next).filter(|_| next != now) {
            ui.memory_mut(|memory| memory.request_focus(*id));
        }
    }
}

/// Shows the browser.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    ui.add_space(theme::GAP);
    path::field(ui, state, memory, commands);
    ui.horizontal(|ui| {
        let files = ui.button(say!("ui-open-files"));
        if menu::tip_of(files, Action::OpenFiles).clicked() {
            commands.push(Command::ChooseFiles);
        }
        let folder = ui.button(say!("ui-open-folder"));
        if menu::tip_of(folder, Action::OpenFolder).clicked() {
            commands.push(Command::ChooseFolder);
        }
    });
    ui.separator();
    cases::show(ui, state, commands);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if state.document.entries.is_empty() {
            ui.weak(say!("ui-nothing-open"));
        }
        let mut list = List::default();
        for (n, patient) in browser::tree(&state.document).iter().enumerate() {
            ui.push_id(n, |ui| patient_ui(ui, patient, state, memory, commands, &mut list));
        }
        list.walk(ui);
        memory.thumbnails.tidy(state);
        if list.seen != state.thumbnails.wanted() {
            commands.push(Command::WantThumbnails { volumes: list.seen });
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
    list: &mut List,
) {
    let who = Patient {
        name: patient.name.clone(),
        id: patient.id.clone(),
        ..Patient::default()
    };
    let heading = match identifiers::patient(state, &who) {
        nobody if nobody.is_empty() => say!("ui-no-patient"),
        somebody => somebody,
    };
    ui.add(egui::Label::new(RichText::new(heading).color(theme::of(ui).text_strong)).truncate());
    for study in &patient.studies {
        let title = identifiers::study(state, &study.date, &study.description);
        if !title.is_empty() {
            ui.add(egui::Label::new(RichText::new(title).color(theme::of(ui).text_weak)).truncate());
        }
        for index in &study.series {
            if let Some(entry) = state.document.entries.get(*index) {
                let is_shown = state.view.shown == Some(entry.volume().id);
                let response = series::show(ui, entry, state, &mut memory.thumbnails);
                if response.clicked() {
                    commands.push(Command::Show { index: *index });
                }
                if is_shown && std::mem::take(&mut memory.focus_browser) {
                    response.request_focus();
                }
                list.add(&response);
                offers(&response, *index, entry, commands);
                let id = entry.volume().id;
                if ui.is_rect_visible(response.rect) {
                    list.seen.push(id);
                }
                if state.view.shown == Some(id) && memory.scrolled_to.replace(id) != Some(id) {
                    response.scroll_to_me(None);
                }
            }
        }
    }
    ui.add_space(theme::GAP);
}

/// What can be done with a series.
fn offers(response: &egui::Response, index: usize, entry: &Entry, commands: &mut Commands) {
    response.context_menu(|ui| {
        if ui.button(say!("ui-show-series")).clicked() {
            commands.push(Command::Show { index });
        }
        let path = entry.open.source.file().map(|file| file.name().to_owned());
        let copy = ui.add_enabled(path.is_some(), Button::new(say!("ui-copy-path")));
        if copy.on_hover_text(say!("ui-copy-path-tip")).clicked()
            && let Some(path) = path
        {
            ui.ctx().copy_text(path.display().to_string());
        }
        if entry.volume().geometry().is_some() && entry.volume().voxels.components() == 1 {
            let is_map = entry.overlay.is_some();
            let text = if is_map {
                say!("ui-use-as-image")
            } else {
                say!("ui-use-as-map")
            };
            if ui.button(text).clicked() {
                commands.push(Command::UseAsSegmentation { index, yes: !is_map });
            }
            let is_probability = entry.probability.is_some();
            if is_probability && ui.button(say!("ui-use-as-image")).clicked() {
                let change = ProbabilityChange::Use(false);
                commands.push(Command::Probability { index, change });
            }
            if !is_probability && ui.button(say!("ui-use-as-probability")).clicked() {
                let change = ProbabilityChange::Use(true);
                commands.push(Command::Probability { index, change });
            }
        }
        if can_reload(entry) {
            ui.separator();
            if ui.button(say!("ui-reload")).clicked() {
                commands.push(Command::Reload { index });
            }
            let mut yes = entry.is_watched;
            let watch = ui.checkbox(&mut yes, say!("ui-watch"));
            if watch.on_hover_text(say!("ui-watch-tip")).changed() {
                commands.push(Command::Watch { index, yes });
            }
        }
        ui.separator();
        if ui.button(say!("ui-close-series")).clicked() {
            commands.push(Command::Leave(Leave::Close(index)));
        }
    });
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
                let name = identifiers::file(state, &file.path);
                ui.label(name).on_hover_text(identifiers::path(state, &file.path));
                ui.label(
                    RichText::new(identifiers::text(state, &file.reason))
                        .color(theme::of(ui).text_weak)
                        .size(theme::FONT_SMALL),
                );
            }
            if skipped.len() > LISTED {
                ui.weak(say!("ui-skipped-more", count = skipped.len() - LISTED));
            }
        });
}
