//! Painting: which segment, with which brush, and over what.

use egui::{Button, ComboBox, DragValue, RichText, Role, Slider, Ui, WidgetInfo};

use crate::app::painting::{self, Over, PaintChange, RADIUS_MM};
use crate::app::tool::Tool;
use crate::app::{Command, State};
use crate::say;
use crate::ui::panel::{left_work, segment_work};
use crate::ui::{Commands, theme};

/// Shows the controls, as the head of the list of segments.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    tools(ui, state, commands);
    let is_painting = state.view.tool.is_some_and(Tool::paints);
    if !is_painting {
        return;
    }
    into(ui, state, commands);
    brush(ui, state, commands);
    rules(ui, state, commands);
    segment_work::show(ui, state, commands);
    ui.separator();
}

fn tools(ui: &mut Ui, state: &State, commands: &mut Commands) {
    ui.horizontal_wrapped(|ui| {
        for (tool, label, tip) in [
            (Tool::Brush, say!("ui-brush"), say!("ui-brush-tip")),
            (Tool::Eraser, say!("ui-eraser"), say!("ui-eraser-tip")),
        ] {
            let is_on = state.view.tool == Some(tool);
            let response = ui.selectable_label(is_on, &label).on_hover_text(tip);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &label));
            if response.clicked() {
                let tool = (!is_on).then_some(tool);
                commands.push(Command::SetTool { tool });
            }
        }
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

fn brush(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let painting = &state.painting;
    ui.horizontal(|ui| {
        ui.label(say!("ui-radius"));
        let mut radius_mm = painting.radius_mm;
        ui.spacing_mut().slider_width = (ui.available_width() - 150.0).max(40.0);
        let slider = Slider::new(&mut radius_mm, RADIUS_MM)
            .logarithmic(true)
            .max_decimals(1)
            .suffix(" mm");
        if ui.add(slider).on_hover_text(say!("ui-radius-tip")).changed() {
            commands.push(Command::Paint(PaintChange::Radius(radius_mm)));
        }
        let mut is_ball = painting.is_ball;
        let switch = ui.checkbox(&mut is_ball, say!("ui-ball"));
        if switch.on_hover_text(say!("ui-ball-tip")).changed() {
            commands.push(Command::Paint(PaintChange::Ball(is_ball)));
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
    ui.horizontal(|ui| {
        let mut is_limited = painting.range.is_some();
        let window = state.shown().and_then(|entry| entry.display.window);
        let first = window.map_or([0.0, 100.0], |window| {
            let half = window.width / 2.0;
            [(window.center - half).round(), (window.center + half).round()]
        });
        let switch = ui.checkbox(&mut is_limited, say!("ui-paint-range"));
        if switch.on_hover_text(say!("ui-paint-range-tip")).changed() {
            let range = is_limited.then_some(first);
            commands.push(Command::Paint(PaintChange::Range(range)));
        }
        if let Some([mut low, mut high]) = painting.range {
            let speed = ((high - low).abs() / 200.0).max(1e-3);
            let from = ui.add(DragValue::new(&mut low).speed(speed).max_decimals(2));
            ui.label("–");
            let to = ui.add(DragValue::new(&mut high).speed(speed).max_decimals(2));
            if from.changed() || to.changed() {
                commands.push(Command::Paint(PaintChange::Range(Some([low, high]))));
            }
        }
    });
}
