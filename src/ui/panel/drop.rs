//! Files and folders that are dropped on the window.

use egui::{Align2, Context, FontId, Id, LayerId, Order};

use crate::app::Command;
use crate::say;
use crate::ui::{Commands, theme};

/// Opens what was dropped.
pub fn read(ctx: &Context, commands: &mut Commands) {
    let paths: Vec<std::path::PathBuf> = ctx.input(|input| {
        input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect()
    });
    if !paths.is_empty() {
        commands.push(Command::Open { paths });
    }
}

/// Says that the window takes what hovers over it.
pub fn hint(ctx: &Context) {
    let count = ctx.input(|input| input.raw.hovered_files.len());
    if count == 0 {
        return;
    }
    let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, theme::of(ctx).drop_fill);
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        say!("ui-drop", count = count),
        FontId::proportional(2.0 * theme::FONT_HEADING),
        theme::of(ctx).text_strong,
    );
}
