//! Which program this is, what it may be used for, and what its makers want to know with a report.

use egui::{RichText, Ui};

use crate::app::version;
use crate::say;
use crate::ui::{icon, theme};

/// Side of the program's picture.
const PICTURE: f32 = 72.0;

/// Shows it.
pub fn show(ui: &mut Ui) {
    let colors = theme::of(ui);
    ui.vertical_centered(|ui| {
        icon::show(ui, PICTURE);
        ui.label(
            RichText::new(say!("ui-start-title"))
                .size(theme::FONT_TITLE)
                .color(colors.text_strong),
        );
        ui.label(say!("ui-start-subtitle"));
        ui.add_space(theme::GAP);
        ui.label(RichText::new(say!("window-about-version", version = version::full())).color(colors.text_weak));
        if ui
            .button(say!("window-about-copy"))
            .on_hover_text(say!("window-about-copy-tip"))
            .clicked()
        {
            ui.ctx().copy_text(version::full().to_owned());
        }
        ui.add_space(theme::GAP);
        ui.label(RichText::new(say!("ui-not-for-diagnosis")).color(colors.warning));
        ui.label(RichText::new(say!("window-about-diagnosis")).color(colors.text_weak));
        ui.add_space(theme::GAP);
        ui.label(RichText::new(say!("window-about-license")).color(colors.text_weak));
        ui.add_space(theme::GAP);
    });
}
