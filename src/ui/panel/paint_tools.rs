//! The tools of painting, and what each of them can be told.

use egui::{DragValue, Role, Slider, Ui, WidgetInfo};

use crate::app::painting::{self, Cut, IslandWork, PaintChange, RADIUS_MM};
use crate::app::tool::Tool;
use crate::app::{Command, State};
use crate::say;
use crate::ui::Commands;
use crate::ui::action::{self, Action};

/// The tools in the order in which they stand.
const TOOLS: [Tool; 7] = [
    Tool::Brush,
    Tool::Eraser,
    Tool::Lasso,
    Tool::Fill,
    Tool::Trace,
    Tool::Scissors,
    Tool::Islands,
];

/// One button a tool.
pub fn buttons(ui: &mut Ui, state: &State, commands: &mut Commands) {
    for tool in TOOLS {
        let Some(row) = action::find(Action::Tool(tool)) else {
            continue;
        };
        let (label, is_on) = (row.label(), state.view.tool == Some(tool));
        let response = super::menu::tip(ui.selectable_label(is_on, &label), row);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &label));
        if response.clicked() {
            let tool = (!is_on).then_some(tool);
            commands.push(Command::SetTool { tool });
        }
    }
}

/// What the tool in hand can be told.
pub fn options(ui: &mut Ui, state: &State, commands: &mut Commands) {
    match state.view.tool {
        Some(Tool::Brush | Tool::Eraser) => brush(ui, state, commands),
        Some(Tool::Fill) => {
            fill(ui, state, commands);
            erases(ui, state, commands);
        }
        Some(Tool::Lasso | Tool::Trace) => erases(ui, state, commands),
        Some(Tool::Scissors) => {
            let choices = [
                (Cut::EraseInside, say!("ui-cut-erase-inside")),
                (Cut::EraseOutside, say!("ui-cut-erase-outside")),
                (Cut::FillInside, say!("ui-cut-fill-inside")),
            ];
            choose(ui, state.painting.cut, choices, PaintChange::Cut, commands);
        }
        Some(Tool::Islands) => {
            let choices = [
                (IslandWork::Keep, say!("ui-island-keep")),
                (IslandWork::Remove, say!("ui-island-remove")),
                (IslandWork::Give, say!("ui-island-give")),
                (IslandWork::Part, say!("ui-island-part")),
            ];
            choose(ui, state.painting.islands, choices, PaintChange::Islands, commands);
        }
        _ => {}
    }
}

/// One of several, side by side.
fn choose<T: Copy + PartialEq, const N: usize>(
    ui: &mut Ui,
    now: T,
    choices: [(T, String); N],
    change: impl Fn(T) -> PaintChange,
    commands: &mut Commands,
) {
    ui.horizontal_wrapped(|ui| {
        for (choice, label) in choices {
            if ui.radio(now == choice, label).clicked() {
                commands.push(Command::Paint(change(choice)));
            }
        }
    });
}

fn brush(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let painting = &state.painting;
    ui.horizontal(|ui| {
        ui.label(say!("ui-radius"));
        let mut radius_mm = painting.radius_mm;
        ui.spacing_mut().slider_width = (ui.available_width() - 170.0).max(30.0);
        let slider = Slider::new(&mut radius_mm, RADIUS_MM)
            .logarithmic(true)
            .max_decimals(1)
            .suffix(" mm");
        let slider = ui.add(slider).on_hover_text(say!("ui-radius-tip"));
        slider.widget_info(|| WidgetInfo::slider(true, radius_mm, say!("ui-radius")));
        if slider.changed() {
            commands.push(Command::Paint(PaintChange::Radius(radius_mm)));
        }
        let mut is_ball = painting.is_ball;
        let switch = ui.checkbox(&mut is_ball, say!("ui-ball"));
        if switch.on_hover_text(say!("ui-ball-tip")).changed() {
            commands.push(Command::Paint(PaintChange::Ball(is_ball)));
        }
    });
}

fn fill(ui: &mut Ui, state: &State, commands: &mut Commands) {
    ui.horizontal_wrapped(|ui| {
        let mut tolerance = painting::tolerance(state);
        // Where a range limits painting, that is how far a fill goes.
        let is_used = state.painting.range.is_none();
        ui.add_enabled_ui(is_used, |ui| {
            ui.label(say!("ui-tolerance"));
            let speed = (tolerance / 50.0).max(1e-3);
            let value = DragValue::new(&mut tolerance)
                .range(0.0..=f64::MAX)
                .speed(speed)
                .max_decimals(3);
            let response = ui
                .add(value)
                .on_hover_text(say!("ui-tolerance-tip"))
                .on_disabled_hover_text(say!("ui-tolerance-range"));
            response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, is_used, say!("ui-tolerance")));
            if response.changed() {
                commands.push(Command::Paint(PaintChange::Tolerance(tolerance)));
            }
        });
        let mut fills_volume = state.painting.fills_volume;
        let switch = ui.checkbox(&mut fills_volume, say!("ui-fill-volume"));
        if switch.on_hover_text(say!("ui-fill-volume-tip")).changed() {
            commands.push(Command::Paint(PaintChange::FillsVolume(fills_volume)));
        }
    });
}

fn erases(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let mut erases = state.painting.erases;
    let switch = ui.checkbox(&mut erases, say!("ui-tool-erases"));
    if switch.on_hover_text(say!("ui-tool-erases-tip")).changed() {
        commands.push(Command::Paint(PaintChange::Erases(erases)));
    }
}
