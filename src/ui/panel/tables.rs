//! Tables of numbers below the panes: how well segmentations agree, and what is measured of the segments of one.

use egui::{Button, ComboBox, Grid, RichText, Role, ScrollArea, Ui, WidgetInfo};

use super::toolbar::glyph_button;
use super::{curve, menu, readers, series};
use crate::app::agreement::{LabelAgreement, mean_dice};
use crate::app::label_statistics::SegmentStatistics;
use crate::app::state::{Entry, JobSubject};
use crate::app::table_basis::Basis;
use crate::app::tables::{self, Judgement, Table, TableChange};
use crate::app::{Command, State};
use crate::model::volume::VolumeId;
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, glyph, theme};

/// Height of the panel at first.
const HEIGHT: f32 = 190.0;
/// Width of a field in which a map is chosen, and where there is little room.
const CHOICE: f32 = 220.0;
const NARROWEST_CHOICE: f32 = 110.0;
/// What stands beside these fields in one line takes this width, and with less than that all of it takes two lines.
const BESIDE_CHOICES: f32 = 230.0;
const ROOM_FOR_ONE_LINE: f32 = 580.0;

/// Shows the table that was asked for at the bottom of the room.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let Some(table) = state.tables.shown.filter(|_| state.shown().is_some()) else {
        return;
    };
    egui::Panel::bottom("tables")
        .resizable(true)
        .default_size(HEIGHT)
        .min_size(90.0)
        .frame(theme::panel_frame())
        .show(ui, |ui| {
            // What has little to say does not make the panel smaller for what comes after it.
            ui.set_min_height(ui.available_height());
            match table {
                Table::Agreement => agreement(ui, state, commands),
                Table::Statistics => statistics(ui, state, commands),
                Table::Readers => readers::show(ui, state, commands),
            }
        });
}

/// What was chosen in the fields, if anything: the window's own business.
type Chosen = (Option<VolumeId>, Option<VolumeId>);

fn agreement(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let maps = tables::choices_with_probability(state);
    let key = ui.scope_id().with("compared");
    let judgement = state.tables.judgement.as_ref();
    let curve = state.tables.curve.as_ref().filter(|_| state.tables.shows_curve);
    let usual: Chosen = match (curve, judgement) {
        (Some(found), _) => (Some(found.reference), Some(found.probability)),
        (None, Some(found)) => (Some(found.reference), Some(found.judged)),
        (None, None) => (None, None),
    };
    let (of, kept): (Chosen, Chosen) = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    // Until something else is chosen the fields say what was compared last.
    let mut chosen = if of == usual { kept } else { usual };
    let mut fields: Chosen = (None, None);
    let is_of = |fields: Chosen| {
        // A curve is the same whichever of its maps stands first.
        fields == usual || (curve.is_some() && (fields.1, fields.0) == usual)
    };
    let has_numbers = curve.is_some() || judgement.is_some();
    // As the fields were in the picture before.
    let before: Option<Chosen> = ui.data(|data| data.get_temp(key.with("fields")));
    let can_copy = has_numbers && before.is_none_or(is_of);
    head(ui, &say!("ui-agreement"), can_copy, commands, |ui, commands| {
        let width = ((ui.available_width() - BESIDE_CHOICES) / 2.0).clamp(NARROWEST_CHOICE, CHOICE);
        let reference = choice(ui, state, &maps, 0, width, &say!("ui-reference"), &mut chosen.0);
        let judged = choice(ui, state, &maps, 1, width, &say!("ui-judged"), &mut chosen.1);
        let pair = reference.zip(judged).filter(|(a, b)| a != b);
        let id = |index: usize| state.document.entries.get(index).map(|entry| entry.volume().id);
        fields = (reference.and_then(id), judged.and_then(id));
        let is_probability = |index: usize| {
            let entry = state.document.entries.get(index);
            entry.is_some_and(|entry| entry.probability.is_some())
        };
        let pair = pair.filter(|(a, b)| !(is_probability(*a) && is_probability(*b)));
        let can_compare = pair.is_some() && !is_busy(state);
        let compare = ui.add_enabled(can_compare, Button::new(say!("ui-compare")));
        let compare = compare.on_disabled_hover_text(say!("ui-compare-needs-two"));
        if let (true, Some((reference, judged))) = (compare.clicked(), pair) {
            commands.push(Command::Tables(TableChange::Judge { reference, judged }));
        }
    });
    ui.data_mut(|data| data.insert_temp(key, (usual, chosen)));
    ui.data_mut(|data| data.insert_temp(key.with("fields"), fields));
    if has_numbers && !is_of(fields) {
        return hint(ui, &say!("judge-agreement-of-others"));
    }
    if let Some(curve) = curve {
        painted_since(ui, state, &curve.basis);
        return curve::show(ui, state, curve, commands);
    }
    let Some(found) = judgement else {
        hint(ui, &say!("ui-agreement-hint"));
        return;
    };
    painted_since(ui, state, &found.basis);
    let rows: Vec<Vec<String>> = found.labels.iter().map(agreement_row).collect();
    grid(ui, "agreement", &agreement_headings(), &rows, 2);
    let mut below = say!("ui-mean-dice", dice = number(mean_dice(&found.labels), 4));
    if found.is_sampled {
        below = format!("{below} {}", say!("ui-judged-sampled"));
    }
    ui.horizontal(|ui| {
        steps(ui, state, found, commands);
        ui.separator();
        ui.add(egui::Label::new(RichText::new(below).color(theme::of(ui).text_weak)).truncate());
    });
}

fn agreement_headings() -> [String; 15] {
    [
        say!("ui-table-label"),
        say!("ui-table-name"),
        say!("ui-table-dice"),
        say!("judge-table-jaccard"),
        say!("ui-table-hausdorff"),
        say!("ui-table-hd95"),
        say!("ui-table-mean-distance"),
        say!("ui-table-sensitivity"),
        say!("judge-table-specificity"),
        say!("ui-table-precision"),
        say!("judge-table-positive-ratio"),
        say!("judge-table-negative-ratio"),
        say!("ui-table-volume-a"),
        say!("ui-table-volume-b"),
        say!("ui-table-difference"),
    ]
}

fn agreement_row(one: &LabelAgreement) -> Vec<String> {
    vec![
        one.label.to_string(),
        one.name.clone(),
        number(Some(one.dice), 4),
        number(Some(one.jaccard), 4),
        number(one.hausdorff_mm, 2),
        number(one.hd95_mm, 2),
        number(one.mean_surface_distance_mm, 2),
        number(one.sensitivity, 4),
        number(one.specificity, 6),
        number(one.precision, 4),
        number(one.positive_likelihood_ratio, 1),
        number(one.negative_likelihood_ratio, 4),
        number(Some(one.volume_a_ml), 2),
        number(Some(one.volume_b_ml), 2),
        number(Some(one.volume_difference_ml), 2),
    ]
}

/// From one piece of disagreement to the next, and which one it is.
fn steps(ui: &mut Ui, state: &State, found: &Judgement, commands: &mut Commands) {
    let count = found.places.len();
    menu_button(ui, count > 0, "‹", Action::Disagreement(-1), -1, commands);
    menu_button(ui, count > 0, "›", Action::Disagreement(1), 1, commands);
    let piece = state
        .tables
        .piece
        .and_then(|piece| Some((piece, found.places.get(piece)?)));
    let text = match piece {
        Some((n, place)) => say!(
            "ui-disagreement",
            n = n + 1,
            count = count,
            ml = number(Some(place.volume_ml), 3)
        ),
        None => say!("ui-disagreements", count = count),
    };
    ui.label(text);
}

fn menu_button(ui: &mut Ui, is_enabled: bool, text: &str, action: Action, step: i64, commands: &mut Commands) {
    let response = ui.add_enabled(is_enabled, Button::new(text));
    let name = crate::ui::action::find(action).map_or_else(String::new, crate::ui::action::Row::label);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, &name));
    if menu::tip_of(response, action).clicked() {
        commands.push(Command::Tables(TableChange::StepDisagreement(step)));
    }
}

fn statistics(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let maps = tables::choices(state);
    let key = ui.scope_id().with("measured");
    let measured = state.tables.measured.as_ref();
    let usual = measured.map(|found| found.map);
    type Kept = (Option<VolumeId>, Option<VolumeId>);
    let (of, kept): Kept = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    let mut chosen = if of == usual { kept } else { usual };
    let mut field = None;
    let before: Option<Option<VolumeId>> = ui.data(|data| data.get_temp(key.with("field")));
    let can_copy = measured.is_some() && before.is_none_or(|before| before == usual);
    head(ui, &say!("ui-statistics"), can_copy, commands, |ui, commands| {
        let width = (ui.available_width() - BESIDE_CHOICES).clamp(NARROWEST_CHOICE, CHOICE);
        let index = choice(ui, state, &maps, 0, width, &say!("ui-measured-map"), &mut chosen);
        let entry = index.and_then(|index| state.document.entries.get(index));
        field = entry.map(|entry| entry.volume().id);
        let can_measure = index.is_some() && !is_busy(state);
        let button = ui.add_enabled(can_measure, Button::new(say!("ui-measure-segments")));
        if let (true, Some(index)) = (button.clicked(), index) {
            commands.push(Command::Tables(TableChange::Measure { index }));
        }
    });
    ui.data_mut(|data| data.insert_temp(key, (usual, chosen)));
    let Some(found) = measured else {
        hint(ui, &say!("ui-statistics-hint"));
        return;
    };
    ui.data_mut(|data| data.insert_temp(key.with("field"), field));
    if field != Some(found.map) {
        return hint(ui, &say!("judge-statistics-of-another"));
    }
    painted_since(ui, state, &found.basis);
    let headings = [
        say!("ui-table-label"),
        say!("ui-table-name"),
        say!("ui-table-voxels"),
        say!("ui-table-volume"),
        say!("ui-table-mean"),
        say!("ui-table-sd"),
        say!("ui-table-min"),
        say!("ui-table-median"),
        say!("ui-table-max"),
        say!("ui-table-p5"),
        say!("ui-table-p95"),
        say!("ui-table-axial"),
        say!("ui-table-perpendicular"),
        say!("ui-table-longest"),
        say!("ui-table-surface"),
        say!("ui-table-sphericity"),
        say!("judge-table-centroid"),
        say!("judge-table-box"),
    ];
    let rows: Vec<Vec<String>> = found.segments.iter().map(statistics_row).collect();
    grid(ui, "statistics", &headings, &rows, 2);
}

fn statistics_row(one: &SegmentStatistics) -> Vec<String> {
    vec![
        one.label.to_string(),
        one.name.clone(),
        one.voxels.to_string(),
        number(Some(one.volume_ml), 2),
        number(one.mean, 2),
        number(one.sd, 2),
        number(one.min, 1),
        number(one.median, 1),
        number(one.max, 1),
        number(one.p5, 1),
        number(one.p95, 1),
        number(one.longest_axial_diameter_mm, 1),
        number(one.perpendicular_mm, 1),
        number(one.longest_diameter_mm, 1),
        number(one.surface_mm2.map(|mm2| mm2 / 100.0), 1),
        number(one.sphericity, 3),
        one.centroid_lps
            .map_or_else(|| number(None, 0), |at| at.map(|mm| format!("{mm:.1}")).join(", ")),
        one.bounding_box.map_or_else(
            || number(None, 0),
            |[low, high]| {
                let side = |axis: usize| format!("{}–{}", low[axis], high[axis]);
                [side(0), side(1), side(2)].join(", ")
            },
        ),
    ]
}

/// Says so where numbers are of maps that were painted since.
pub(super) fn painted_since(ui: &mut Ui, state: &State, basis: &Basis) {
    if basis.has_changed(state) {
        ui.label(RichText::new(say!("judge-table-painted-since")).color(ui.visuals().warn_fg_color));
    }
}

/// A field in which a map is chosen; the n-th one if none was. Its place in the document.
fn choice(
    ui: &mut Ui,
    state: &State,
    maps: &[(usize, &Entry)],
    n: usize,
    width: f32,
    name: &str,
    chosen: &mut Option<VolumeId>,
) -> Option<usize> {
    let now = maps
        .iter()
        .find(|(_, entry)| Some(entry.volume().id) == *chosen)
        .or_else(|| maps.get(n));
    let text = now.map_or_else(|| say!("ui-no-map"), |(_, entry)| series::title(entry, state));
    let combo = ComboBox::from_id_salt(name)
        .selected_text(text)
        .width(width)
        .truncate()
        .show_ui(ui, |ui| {
            for (index, entry) in maps {
                let is_on = now.is_some_and(|(other, _)| other == index);
                if ui.selectable_label(is_on, series::title(entry, state)).clicked() {
                    *chosen = Some(entry.volume().id);
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
    combo.response.on_hover_text(name);
    now.map(|(index, _)| *index)
}

/// The line above a table: what it is, what can be chosen, and copying and closing at the right. What can be chosen gets a
/// line of its own where there is no room for it.
pub(super) fn head(
    ui: &mut Ui,
    title: &str,
    can_copy: bool,
    commands: &mut Commands,
    choices: impl FnOnce(&mut Ui, &mut Commands),
) {
    let is_narrow = ui.available_width() < ROOM_FOR_ONE_LINE;
    let mut choices = Some(choices);
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).color(theme::of(ui).text_strong));
        if !is_narrow && let Some(choices) = choices.take() {
            choices(ui, commands);
        }
        ends(ui, can_copy, commands);
    });
    if let Some(choices) = choices.take() {
        ui.horizontal_wrapped(|ui| choices(ui, commands));
    }
}

/// Copying and closing, at the right.
fn ends(ui: &mut Ui, can_copy: bool, commands: &mut Commands) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if glyph_button(ui, &glyph::CLOSE, None, &say!("ui-table-close")).clicked() {
            commands.push(Command::Tables(TableChange::Show(None)));
        }
        if can_copy {
            if ui.button(say!("ui-table-copy")).clicked() {
                commands.push(Command::Tables(TableChange::Copy));
            }
            let save = ui.button(say!("judge-table-save"));
            if save.on_hover_text(say!("judge-table-save-tip")).clicked() {
                commands.push(Command::Tables(TableChange::Choose));
            }
        }
    });
}

pub(super) fn is_busy(state: &State) -> bool {
    state.jobs.values().any(|status| status.subject == JobSubject::Table)
}

pub(super) fn hint(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).color(theme::of(ui).text_weak));
}

/// A table with headings that scrolls both ways; the first columns are text.
pub(super) fn grid(ui: &mut Ui, name: &str, headings: &[String], rows: &[Vec<String>], texts: usize) {
    let height = (ui.available_height() - 22.0).max(40.0);
    ScrollArea::both().auto_shrink(false).max_height(height).show(ui, |ui| {
        Grid::new(name).striped(true).spacing([14.0, 3.0]).show(ui, |ui| {
            for heading in headings {
                ui.label(
                    RichText::new(heading)
                        .size(theme::FONT_SMALL)
                        .color(theme::of(ui).text_weak),
                );
            }
            ui.end_row();
            for row in rows {
                for (column, cell) in row.iter().enumerate() {
                    if column < texts {
                        ui.label(cell);
                    } else {
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(cell));
                    }
                }
                ui.end_row();
            }
        });
    });
}

/// A number with so many digits after the point; a dash where there is none.
pub(super) fn number(number: Option<f64>, digits: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
}
