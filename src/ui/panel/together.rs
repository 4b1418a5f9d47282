//! What is rendered together with the shown volume: other volumes, and the slices of the plane panes.

use egui::{RichText, Ui};

use super::series;
use crate::app::volume_view::VolumeChange;
use crate::app::{Command, State};
use crate::say;
use crate::ui::{Commands, theme};

/// Shows them, if the shown volume has a place in space.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if state.shown().is_none_or(|entry| entry.volume().geometry().is_none()) {
        return;
    }
    let weak = theme::of(ui).text_weak;
    let heading = RichText::new(say!("ui-together")).size(theme::FONT_SMALL).color(weak);
    egui::CollapsingHeader::new(heading).id_salt("together").show(ui, |ui| {
        let mut shows = state.view.volume.shows_slices;
        let response = ui.checkbox(&mut shows, say!("ui-volume-slices"));
        if response.on_hover_text(say!("ui-volume-slices-tip")).changed() {
            commands.push(Command::VolumeView(VolumeChange::ShowSlices(shows)));
        }
        for (index, entry) in state.document.entries.iter().enumerate() {
            let id = entry.volume().id;
            let is_other = Some(id) != state.view.shown && entry.overlay.is_none();
            if !is_other || entry.volume().geometry().is_none() {
                continue;
            }
            let mut yes = state.view.volume.also.contains(&id);
            let name = series::title(entry, state);
            let response = ui.checkbox(&mut yes, &name);
            if response
                .on_hover_text(say!("ui-together-tip", name = name.clone()))
                .changed()
            {
                commands.push(Command::VolumeView(VolumeChange::Also { index, yes }));
            }
        }
    });
}
