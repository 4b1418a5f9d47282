//! What all dialogs in the window share: a heading, a way to close, and room enough on any screen.

use egui::{Context, Frame, Id, Margin, Modal, RichText, Ui};

use super::toolbar::glyph_button;
use super::{about, history, keys, menu, movie, picture, settings};
use crate::app::State;
use crate::say;
use crate::ui::action::Action;
use crate::ui::memory::Dialog;
use crate::ui::{Commands, Memory, glyph, theme};

/// Space between a dialog and the edge of the window.
const MARGIN: f32 = 24.0;

/// Shows the dialog that is open, if one is. Escape, a click beside it and its cross close it.
pub fn show(ctx: &Context, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let Some(dialog) = memory.dialog else {
        return;
    };
    let (title, width) = match dialog {
        Dialog::Keys => (say!("ui-keys"), 1090.0),
        Dialog::Settings => (say!("window-settings"), 520.0),
        Dialog::Picture => {
            let pane = crate::ui::pane::short_name(state.view.focused);
            (say!("ui-picture-title", pane = pane), 360.0)
        }
        Dialog::Movie => (say!("ui-movie-title"), 440.0),
        Dialog::History => (say!("ui-history"), 340.0),
        Dialog::About => (say!("window-about"), 400.0),
    };
    // What the settings change has to be seen while they are open.
    let shade = match dialog {
        Dialog::Settings | Dialog::History => egui::Color32::TRANSPARENT,
        Dialog::Keys | Dialog::Picture | Dialog::Movie | Dialog::About => theme::of(ctx).shade,
    };
    let room = ctx.content_rect().size() - egui::Vec2::splat(2.0 * MARGIN);
    let modal = Modal::new(Id::unique("dialog"))
        .backdrop_color(shade)
        .frame(Frame::window(&ctx.global_style()).inner_margin(Margin::same(0)))
        .show(ctx, |ui| {
            ui.set_width(room.x.min(width));
            ui.set_max_height(room.y);
            ui.spacing_mut().item_spacing.y = theme::GAP;
            let is_closed = heading(ui, &title);
            Frame::new()
                .inner_margin(Margin {
                    left: 16,
                    right: 16,
                    top: 2,
                    bottom: 12,
                })
                .show(ui, |ui| match dialog {
                    Dialog::Keys => keys::show(ui, memory),
                    Dialog::Settings => settings::show(ui, state, commands),
                    Dialog::Picture => picture::show(ui, state, memory, commands),
                    Dialog::Movie => movie::show(ui, state, memory, commands),
                    Dialog::History => history::show(ui, state, commands),
                    Dialog::About => about::show(ui),
                });
            is_closed
        });
    if modal.inner || modal.should_close() {
        memory.dialog = None;
    }
}

/// The name of the dialog. True if it is to be closed.
fn heading(ui: &mut Ui, title: &str) -> bool {
    let frame = Frame::new().inner_margin(Margin {
        left: 16,
        right: 8,
        top: 8,
        bottom: 0,
    });
    frame
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(RichText::new(title).heading().color(theme::of(ui).text_strong));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = say!("window-close");
                    let key = menu::key_of(ui.ctx(), Action::Cancel);
                    menu::tip_saying(
                        glyph_button(ui, &glyph::CLOSE, None, &name),
                        &name,
                        key.as_deref(),
                        None,
                    )
                    .clicked()
                })
                .inner
            })
            .inner
        })
        .inner
}

/// The button for what a dialog is there for.
pub fn main_button(ui: &mut Ui, text: String) -> egui::Response {
    let colors = theme::of(ui);
    ui.add(egui::Button::new(RichText::new(text).color(colors.text_on_accent)).fill(colors.accent))
}

/// The heading of a part of a panel.
pub fn small_heading(ui: &mut Ui, text: String) {
    ui.label(
        RichText::new(text)
            .color(theme::of(ui).text_weak)
            .size(theme::FONT_SMALL),
    );
}

/// The heading of a part of a dialog, with a fine line.
pub fn section(ui: &mut Ui, title: &str) {
    ui.add_space(theme::GAP);
    small_heading(ui, title.to_owned());
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(egui::vec2(width, 1.0), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0.0, theme::of(ui).line);
}
