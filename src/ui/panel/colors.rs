//! The chooser of colour maps: each with a strip of its colours, dark values on the left, as they are shown now.

use egui::{Atom, Button, ComboBox, IdSalt, Ui, Vec2};

use super::histogram::paint_gradient;
use super::menu;
use crate::app::state::Entry;
use crate::app::{Command, presets};
use crate::model::color_map::ColorMap;
use crate::say;
use crate::ui::Commands;

/// Size of a strip in points.
const STRIP: Vec2 = Vec2::new(96.0, 11.0);

/// Shows the chooser.
pub fn show(ui: &mut Ui, entry: &Entry, commands: &mut Commands) {
    let is_inverted = entry.display.invert != entry.volume().is_inverted;
    let level: fn(u8) -> u8 = if is_inverted {
        |level| 255 - level
    } else {
        |level| level
    };
    ui.horizontal(|ui| {
        let label = ui.label(say!("ui-colors"));
        let now = entry.display.color_map.name();
        let title = presets::color_map_title(&entry.display.color_map);
        let selected = if is_inverted {
            say!("ui-colors-inverted", name = title)
        } else {
            title
        };
        let combo = ComboBox::from_id_salt("colors")
            .selected_text(selected)
            .height(f32::INFINITY)
            .show_ui(ui, |ui| {
                for map in presets::color_maps() {
                    if row(ui, map, now, level) {
                        commands.push(Command::SetColorMap {
                            name: map.name().to_owned(),
                        });
                    }
                }
            });
        let response = combo.response.labelled_by(label.id);
        menu::tip_saying(response, &say!("ui-colors"), None, Some(&say!("ui-colors-tip")));
    });
}

/// A chooser without a word before it, `said` to those who do not see it. The name of what was chosen.
pub(super) fn choose(ui: &mut Ui, now: &ColorMap, said: String) -> Option<String> {
    let mut chosen = None;
    let combo = ComboBox::from_id_salt("colors")
        .selected_text(presets::color_map_title(now))
        .height(f32::INFINITY)
        .show_ui(ui, |ui| {
            for map in presets::color_maps() {
                if row(ui, map, now.name(), |level| level) {
                    chosen = Some(map.name().to_owned());
                }
            }
        });
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &said));
    combo.response.on_hover_text(said);
    chosen
}

/// One colour map. True if it was chosen.
fn row(ui: &mut Ui, map: &ColorMap, now: &str, shown: fn(u8) -> u8) -> bool {
    let is_on = map.name() == now;
    let title = presets::color_map_title(map);
    let place = IdSalt::new("strip");
    let button = Button::selectable(is_on, (Atom::custom(place, STRIP), title.as_str()));
    let drawn = button.atom_ui(ui);
    if let Some(rect) = drawn.rect(place) {
        paint_gradient(ui, rect, |x| {
            let level = ((x - rect.left()) / rect.width() * 255.0).round() as u8;
            map.color(shown(level))
        });
    }
    let response = drawn.response;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_on, &title));
    response.clicked()
}
