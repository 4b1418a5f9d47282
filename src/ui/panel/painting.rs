//! Painting: which segment, with which brush, and over what.

use egui::{Button, ComboBox, DragValue, RichText, Role, Ui, WidgetInfo};

use crate::app::painting::{self, Over, PaintChange, Within};
use crate::app::tool::Tool;
use crate::app::{Command, State};
use crate::say;
use crate::ui::panel::range_slider::range_slider;
use crate::ui::panel::{left_work, paint_tools, segment_work};
use crate::ui::{Commands, theme};

/// The share of voxels with values beyond the ends of the slider for ranges.
const OUTSIDE: f64 = 0.005;

/// Shows the controls, as the head of the list of segments.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    tools(ui, state, commands);
    let is_painting = state.view.tool.is_some_and(Tool::paints);
    if !is_painting {
        return;
    }
    into(ui, state, commands);
    paint_tools::options(ui, state, commands);
    rules(ui, state, commands);
    segment_work::show(ui, state, commands);
}

fn tools(ui: &mut Ui, state: &State, commands: &mut Commands) {
    ui.horizontal_wrapped(|ui| {
        paint_tools::buttons(ui, state, commands);
        let new = Button::new(say!("ui-new-segmentation")).small();
        if ui.add(new).on_hover_text(say!("ui-new-segmentation-tip")).clicked() {
            commands.push(Command::NewSegmentation);
        }
        if let Some((index, entry, overlay)) = painting::target(state) {
            let is_unsaved = overlay.is_unsaved(entry.volume());
            let save = ui.add_enabled(is_unsaved, Button::new(say!("ui-save-labels")).small());
            let save = save
                .on_hover_text(say!("ui-save-labels-tip"))
                .on_disabled_hover_text(say!("ui-save-labels-saved"));
            if save.clicked() {
                let path = None;
                commands.push(Command::SaveSegmentation {
                    index: Some(index),
                    path,
                });
            }
        }
    });
    left_work::show(ui, state, commands);
}

/// The segment that is painted.
fn into(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let Some((index, entry, overlay)) = painting::target(state) else {
        ui.label(RichText::new(say!("ui-paint-makes-new")).color(theme::of(ui).text_weak));
        return;
    };
    let chosen = painting::segment(state).map(|(_, segment)| segment.clone());
    ui.horizontal(|ui| {
        if let Some(segment) = &chosen {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
            let [r, g, b] = segment.color;
            ui.painter().rect_filled(rect, 2.0, egui::Color32::from_rgb(r, g, b));
        }
        let text = chosen.as_ref().map_or_else(String::new, |segment| segment.name.clone());
        let combo = ComboBox::from_id_salt("paint-into")
            .selected_text(text)
            .width(ui.available_width() - 64.0)
            .truncate()
            .show_ui(ui, |ui| {
                for segment in &overlay.table.segments {
                    let is_on = chosen.as_ref().is_some_and(|chosen| chosen.label == segment.label);
                    let [r, g, b] = segment.color;
                    let name = RichText::new(&segment.name).color(egui::Color32::from_rgb(r, g, b));
                    if ui.selectable_label(is_on, name).clicked() {
                        let label = segment.label;
                        commands.push(Command::Paint(PaintChange::Into { index, label }));
                    }
                }
            });
        let tip = say!("ui-paint-into-tip", name = entry.volume().series.description.clone());
        combo
            .response
            .on_hover_text(&tip)
            .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, say!("ui-paint-into")));
        let add = ui.small_button("+").on_hover_text(say!("ui-add-segment-tip"));
        add.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("ui-add-segment")));
        if add.clicked() {
            commands.push(Command::AddSegment { index });
        }
        if let Some(segment) = &chosen {
            let remove = ui.small_button("−").on_hover_text(say!("ui-remove-segment-tip"));
            let name = say!("ui-remove-segment", name = segment.name.clone());
            remove.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if remove.clicked() {
                let label = segment.label;
                commands.push(Command::RemoveSegment { index, label });
            }
        }
    });
}

fn over_name(over: Over) -> String {
    match over {
        Over::All => say!("ui-over-all"),
        Over::Unlocked => say!("ui-over-unlocked"),
        Over::Background => say!("ui-over-background"),
    }
}

/// Where painting is limited to.
fn within(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let Some((_, _, overlay)) = painting::target(state) else {
        return;
    };
    let name = |within| match within {
        Within::Anywhere => say!("ui-within-anywhere"),
        Within::Visible => say!("ui-within-visible"),
        Within::OutsideOthers => say!("ui-within-outside"),
        Within::Segment(label) => {
            let segment = overlay.table.get(label);
            segment.map_or_else(
                || say!("ui-within-anywhere"),
                |segment| say!("ui-within-segment", name = segment.name.clone()),
            )
        }
    };
    ui.label(say!("ui-within"));
    let now = state.painting.within;
    let segments = overlay
        .table
        .segments
        .iter()
        .map(|segment| Within::Segment(segment.label));
    let combo = ComboBox::from_id_salt("paint-within")
        .selected_text(name(now))
        .width(ui.available_width() - 8.0)
        .truncate()
        .show_ui(ui, |ui| {
            let general = [Within::Anywhere, Within::OutsideOthers, Within::Visible];
            for within in general.into_iter().chain(segments) {
                if ui.selectable_label(now == within, name(within)).clicked() {
                    commands.push(Command::Paint(PaintChange::Within(within)));
                }
            }
        });
    combo
        .response
        .on_hover_text(say!("ui-within-tip"))
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, say!("ui-within")));
}

/// What may be painted over, and between which values.
fn rules(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let painting = &state.painting;
    ui.horizontal(|ui| {
        ui.label(say!("ui-paint-over"));
        let combo = ComboBox::from_id_salt("paint-over")
            .selected_text(over_name(painting.over))
            .show_ui(ui, |ui| {
                for over in [Over::Unlocked, Over::Background, Over::All] {
                    if ui.selectable_label(painting.over == over, over_name(over)).clicked() {
                        commands.push(Command::Paint(PaintChange::Over(over)));
                    }
                }
            });
        combo
            .response
            .on_hover_text(say!("ui-paint-over-tip"))
            .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, say!("ui-paint-over")));
    });
    ui.horizontal(|ui| within(ui, state, commands));
    range(ui, state, commands);
}

/// Between which values of the image is painted.
fn range(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let painting = &state.painting;
    let shown = state.shown();
    let mut change = |range| commands.push(Command::Paint(PaintChange::Range(range)));
    ui.horizontal_wrapped(|ui| {
        let mut is_limited = painting.range.is_some();
        let window = shown.and_then(|entry| entry.display.window);
        let first = window.map_or([0.0, 100.0], |window| {
            let half = window.width / 2.0;
            [(window.center - half).round(), (window.center + half).round()]
        });
        let switch = ui.checkbox(&mut is_limited, say!("ui-paint-range"));
        if switch.on_hover_text(say!("ui-paint-range-tip")).changed() {
            change(is_limited.then_some(first));
        }
        let Some([mut low, mut high]) = painting.range else {
            return;
        };
        let speed = ((high - low).abs() / 200.0).max(1e-3);
        let from = ui.add(DragValue::new(&mut low).speed(speed).max_decimals(2));
        from.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, say!("work-paint-range-low")));
        ui.label("–");
        let to = ui.add(DragValue::new(&mut high).speed(speed).max_decimals(2));
        to.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, say!("work-paint-range-high")));
        if from.changed() || to.changed() {
            change(Some([low, high]));
        }
    });
    let Some(mut range) = painting.range else { return };
    if let Some(histogram) = shown.and_then(|entry| entry.histogram.as_ref()) {
        // A few voxels far from all others would leave no room for the rest.
        let bulk = histogram.histogram.bulk(OUTSIDE);
        let ends = [bulk[0].min(range[0]), bulk[1].max(range[1])];
        let (says, tip) = (say!("ui-paint-range-slider"), say!("ui-paint-range-slider-tip"));
        if range_slider(ui, &mut range, ends, &says, &tip) {
            change(Some(range));
        }
    }
    let mut shows = painting.shows_range;
    let switch = ui.checkbox(&mut shows, say!("ui-paint-range-show"));
    if switch.on_hover_text(say!("ui-paint-range-show-tip")).changed() {
        commands.push(Command::Paint(PaintChange::ShowsRange(shows)));
    }
}
