//! The controls of the volume view: mode, presets, transfer function, material, light.

mod curve;
mod edges;
mod editor;
mod fields;
mod light;
mod paint;
mod presets;

use egui::{ScrollArea, Ui};

use crate::app::pane::PaneId;
use crate::app::state::Entry;
use crate::app::transfer::Transfer;
use crate::app::volume_view::VolumeChange;
use crate::app::{Command, State};
use crate::model::transfer_function::{Material, TransferFunction};
use crate::model::volume::VolumeId;
use crate::say;
use crate::scene::VolumeMode;
use crate::ui::glyph::{self, Glyph};
use crate::ui::panel::toolbar::glyph_button;
use crate::ui::panel::{cuts, together};
use crate::ui::{Commands, Memory, text, theme};

/// What the panel remembers from frame to frame.
#[derive(Default)]
pub struct VolumeMemory {
    editor: editor::EditorMemory,
    edges: curve::CurveMemory,
    /// How far the scale of the edges goes.
    edges_to: Option<(VolumeId, f64)>,
    naming: Option<presets::Naming>,
    textures: presets::Textures,
    /// Which controls are shown, and the pane that had the keys when this was decided.
    tab: Option<(Tab, PaneId)>,
}

impl VolumeMemory {
    /// Whether a point of a curve has the keyboard: then it is what Delete deletes.
    pub fn has_point(&self) -> bool {
        self.editor.curve.has_keys || self.edges.has_keys
    }
}

/// Which controls are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Slices,
    Volume,
}

/// Shows which controls there are, and follows the pane that has the keys. True if those of the volume are asked for.
pub fn tabs(ui: &mut Ui, state: &State, memory: &mut Memory) -> bool {
    let has_place = state.shown().is_some_and(|entry| entry.volume().geometry().is_some());
    if !has_place {
        return false;
    }
    let focused = state.view.focused;
    let memory = &mut memory.volume;
    let followed = if focused == PaneId::Volume {
        Tab::Volume
    } else {
        Tab::Slices
    };
    let mut tab = match memory.tab {
        Some((tab, pane)) if (pane == PaneId::Volume) == (focused == PaneId::Volume) => tab,
        _ => followed,
    };
    ui.add_space(theme::GAP);
    ui.columns_const(|[left, right]| {
        for (ui, of, name, tip) in [
            (
                left,
                Tab::Slices,
                say!("volume-tab-slices"),
                say!("volume-tab-slices-tip"),
            ),
            (
                right,
                Tab::Volume,
                say!("volume-tab-volume"),
                say!("volume-tab-volume-tip"),
            ),
        ] {
            let width = ui.available_width();
            let button = egui::Button::selectable(tab == of, name).min_size(egui::vec2(width, 22.0));
            if ui.add(button).on_hover_text(tip).clicked() {
                tab = of;
            }
        }
    });
    memory.tab = Some((tab, focused));
    tab == Tab::Volume
}

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let Some(entry) = state.shown() else { return };
    let memory = &mut memory.volume;
    // What is changed while a button is down is one step.
    if state.view.volume.is_being_changed() && !ui.input(|input| input.pointer.any_down()) {
        commands.push(Command::VolumeView(VolumeChange::Settle));
    }
    ScrollArea::vertical()
        .id_salt("controls of the volume")
        .auto_shrink(false)
        .show(ui, |ui| {
            // The bar floats over the content, and would take what is dragged there.
            ui.set_max_width(ui.available_width() - ui.spacing().scroll.bar_width);
            ui.add_space(theme::GAP);
            modes(ui, state.view.volume.mode, commands);
            let mode = state.view.volume.mode;
            if mode.is_projection() {
                window(ui, entry, commands);
            } else if let Some(transfer) = &entry.display.transfer {
                presets::show(ui, state, entry, memory, commands);
                fields::heading(ui, say!("volume-transfer"));
                editor::show(ui, entry, transfer, mode, memory, commands);
                if mode == VolumeMode::Iso {
                    iso(ui, transfer, commands);
                } else {
                    thickness(ui, &transfer.function, commands);
                    edges::show(ui, entry, transfer, memory, commands);
                }
                material(ui, &transfer.function, commands);
                light::show(ui, state, commands);
            }
            together::show(ui, state, commands);
            cuts::show(ui, state, commands);
            ui.add_space(theme::GAP);
        });
}

fn modes(ui: &mut Ui, now: VolumeMode, commands: &mut Commands) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for mode in VolumeMode::ALL {
            let (glyph, name, tip) = described(mode);
            let response = glyph_button(ui, glyph, Some(mode == now), &name);
            if response.clicked() && mode != now {
                commands.push(Command::VolumeView(VolumeChange::Mode(mode)));
            }
            response.on_hover_text(tip);
        }
    });
}

fn described(mode: VolumeMode) -> (&'static Glyph, String, String) {
    match mode {
        VolumeMode::Composite => (
            &glyph::COMPOSITE,
            say!("volume-composite"),
            say!("volume-composite-tip"),
        ),
        VolumeMode::Mip => (&glyph::MIP, say!("volume-mip"), say!("volume-mip-tip")),
        VolumeMode::MinIp => (&glyph::MINIP, say!("volume-minip"), say!("volume-minip-tip")),
        VolumeMode::Average => (&glyph::AVERAGE, say!("volume-average"), say!("volume-average-tip")),
        VolumeMode::Iso => (&glyph::SURFACE, say!("volume-iso"), say!("volume-iso-tip")),
    }
}

/// The window of projections.
fn window(ui: &mut Ui, entry: &Entry, commands: &mut Commands) {
    fields::heading(ui, say!("volume-window"));
    let Some(now) = entry.display.projection_window else {
        return;
    };
    ui.horizontal(|ui| {
        let decimals = text::decimals(now.width);
        let speed = (now.width / 200.0).max(1e-6);
        let (width, _) = fields::number(ui, &say!("ui-width"), now.width, |field| {
            field.speed(speed).max_decimals(decimals)
        });
        let (center, _) = fields::number(ui, &say!("ui-center-field"), now.center, |field| {
            field.speed(speed).max_decimals(decimals)
        });
        if width.is_some() || center.is_some() {
            commands.push(Command::VolumeView(VolumeChange::Window {
                center: center.unwrap_or(now.center),
                width: width.unwrap_or(now.width),
            }));
        }
        if ui
            .button(say!("ui-auto-window"))
            .on_hover_text(say!("volume-auto-window-tip"))
            .clicked()
        {
            commands.push(Command::VolumeView(VolumeChange::AutoWindow));
        }
    });
    let hint = egui::RichText::new(say!("volume-window-hint"))
        .size(theme::FONT_SMALL)
        .color(theme::of(ui).text_weak);
    ui.add(egui::Label::new(hint).wrap());
}

fn iso(ui: &mut Ui, transfer: &Transfer, commands: &mut Commands) {
    let span = transfer
        .function
        .range()
        .map_or(1.0, |[low, high]| high - low)
        .max(1e-9);
    ui.horizontal(|ui| {
        let decimals = text::decimals(span);
        let (value, response) = fields::number(ui, &say!("volume-iso-value"), transfer.iso, |field| {
            field.speed(span / 300.0).max_decimals(decimals)
        });
        if let Some(value) = value {
            commands.push(Command::VolumeView(VolumeChange::Iso(value)));
        }
        fields::settle(&response, commands);
    });
}

fn with(function: &TransferFunction, unit_mm: f64, material: Material) -> TransferFunction {
    TransferFunction::new(
        function.points().to_vec(),
        function.gradient().to_vec(),
        unit_mm,
        material,
    )
}

/// How much material has the opacity of the curve.
fn thickness(ui: &mut Ui, function: &TransferFunction, commands: &mut Commands) {
    ui.horizontal(|ui| {
        let now = function.unit_mm();
        let (unit_mm, response) = fields::number(ui, &say!("volume-thickness"), now, |field| {
            field
                .speed(now * 0.01)
                .range(0.01..=100.0)
                .max_decimals(2)
                .suffix(say!("ui-mm-suffix"))
        });
        let response = response.on_hover_text(say!("volume-thickness-tip"));
        if let Some(unit_mm) = unit_mm {
            editor::push_function(commands, with(function, unit_mm, function.material));
        }
        fields::settle(&response, commands);
    });
}

fn material(ui: &mut Ui, function: &TransferFunction, commands: &mut Commands) {
    fields::heading(ui, say!("volume-material"));
    let now = function.material;
    let mut next = now;
    let mut responses = Vec::new();
    let parts = [
        (
            say!("volume-ambient"),
            say!("volume-ambient-tip"),
            &mut next.ambient,
            1.0,
            2,
        ),
        (
            say!("volume-diffuse"),
            say!("volume-diffuse-tip"),
            &mut next.diffuse,
            1.0,
            2,
        ),
        (
            say!("volume-specular"),
            say!("volume-specular-tip"),
            &mut next.specular,
            1.0,
            2,
        ),
        (
            say!("volume-shininess"),
            say!("volume-shininess-tip"),
            &mut next.shininess,
            100.0,
            0,
        ),
    ];
    for (name, tip, part, most, decimals) in parts {
        let (changed, response) = fields::slider(ui, &name, &tip, *part, 0.0..=most, decimals);
        *part = changed.unwrap_or(*part);
        responses.push(response);
    }
    if next != now {
        editor::push_function(commands, with(function, function.unit_mm(), next));
    }
    for response in &responses {
        fields::settle(response, commands);
    }
}
