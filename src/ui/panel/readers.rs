//! Several segmentations of one image side by side: how well each pair agrees, and each with what is most likely true.

use egui::{Button, ComboBox, PopupCloseBehavior, RichText, Role, Ui, WidgetInfo};

use super::series;
use super::tables::{grid, head, hint, is_busy, number, painted_since};
use crate::app::compared_readers::ComparedReaders;
use crate::app::readers::{LabelReaders, ReaderOfLabel};
use crate::app::state::Entry;
use crate::app::tables::{self, TableChange};
use crate::app::{Command, State, identifiers};
use crate::model::volume::VolumeId;
use crate::say;
use crate::ui::{Commands, theme};

/// Readers at least.
const LEAST: usize = 2;

/// Shows who is compared, and what was found.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let maps = tables::choices(state);
    let found = state.tables.readers.as_ref();
    head(ui, &say!("judge-readers"), found.is_some(), commands, |ui, commands| {
        let chosen = chosen(ui, state, &maps);
        let can_compare = chosen.len() >= LEAST && !is_busy(state);
        let compare = ui.add_enabled(can_compare, Button::new(say!("judge-readers-compare")));
        if compare
            .on_disabled_hover_text(say!("judge-readers-needs-two"))
            .clicked()
        {
            commands.push(Command::Tables(TableChange::Compare { readers: chosen }));
        }
        if found.is_some() {
            ui.separator();
            let consensus = ui.button(say!("judge-readers-consensus"));
            if consensus.on_hover_text(say!("judge-readers-consensus-tip")).clicked() {
                commands.push(Command::Tables(TableChange::AddConsensus));
            }
            let agreement = ui.button(say!("judge-readers-agreement"));
            if agreement.on_hover_text(say!("judge-readers-agreement-tip")).clicked() {
                commands.push(Command::Tables(TableChange::AddAgreement));
            }
        }
    });
    match found {
        Some(found) => {
            painted_since(ui, state, &found.basis);
            table(ui, state, found);
        }
        None => hint(ui, &say!("judge-readers-hint")),
    }
}

/// The field in which readers are chosen: all of them at first. Their places in the document.
fn chosen(ui: &mut Ui, state: &State, maps: &[(usize, &Entry)]) -> Vec<usize> {
    let key = ui.scope_id().with("readers");
    let mut left_out: Vec<VolumeId> = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    let count = maps.iter().filter(|(_, entry)| !left_out.contains(&entry.volume().id));
    let combo = ComboBox::from_id_salt("readers")
        .selected_text(say!("judge-readers-count", count = count.count()))
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let shown = combo.show_ui(ui, |ui| {
        for (_, entry) in maps {
            let id = entry.volume().id;
            let mut is_in = !left_out.contains(&id);
            if ui.checkbox(&mut is_in, series::title(entry, state)).changed() {
                left_out.retain(|other| *other != id);
                if !is_in {
                    left_out.push(id);
                }
            }
        }
    });
    let said = say!("judge-readers-choose");
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &said));
    shown.response.on_hover_text(said);
    let is_in = |entry: &&(usize, &Entry)| !left_out.contains(&entry.1.volume().id);
    let chosen = maps.iter().filter(is_in).map(|(index, _)| *index).collect();
    ui.data_mut(|data| data.insert_temp(key, left_out));
    chosen
}

fn table(ui: &mut Ui, state: &State, found: &ComparedReaders) {
    let readers = found.maps.len();
    let mut headings = vec![
        say!("ui-table-label"),
        say!("ui-table-name"),
        say!("judge-readers-reader"),
        say!("ui-table-volume"),
        say!("ui-table-sensitivity"),
        say!("judge-readers-specificity"),
    ];
    headings.extend((1..=readers).map(|number| say!("judge-readers-dice-with", number = number)));
    let names: Vec<String> = found.maps.iter().map(|id| name(state, *id)).collect();
    let rows: Vec<Vec<String>> = found
        .labels
        .iter()
        .flat_map(|label| rows_of(state, label, &names))
        .collect();
    grid(ui, "readers table", &headings, &rows, 3);
    let means: Vec<f64> = found.labels.iter().filter_map(|label| label.mean_dice).collect();
    let mean = (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64);
    let mut below = say!("judge-readers-mean", dice = number(mean, 4));
    if found.is_sampled {
        below = format!("{below} {}", say!("judge-readers-sampled"));
    }
    ui.label(RichText::new(below).color(theme::of(ui).text_weak));
}

fn name(state: &State, id: VolumeId) -> String {
    let entry = state.document.entry(id);
    entry.map_or_else(String::new, |entry| series::title(entry, state))
}

/// A label: reader by reader, and the likely truth.
fn rows_of(state: &State, label: &LabelReaders, names: &[String]) -> Vec<Vec<String>> {
    let first = |reader: String| vec![label.label.to_string(), identifiers::text(state, &label.name), reader];
    let of_reader = |(n, (name, reader)): (usize, (&String, &ReaderOfLabel))| {
        let mut row = first(format!("{}. {name}", n + 1));
        row.push(number(Some(reader.volume_ml), 2));
        row.push(number(reader.sensitivity, 4));
        row.push(number(reader.specificity, 6));
        row.extend((0..names.len()).map(|other| number(label.dice(n, other), 4)));
        row
    };
    let mut rows: Vec<Vec<String>> = names.iter().zip(&label.readers).enumerate().map(of_reader).collect();
    let mut truth = first(say!("judge-readers-truth"));
    truth.push(number(Some(label.consensus_ml), 2));
    truth.resize(6 + names.len(), String::new());
    rows.push(truth);
    rows
}
