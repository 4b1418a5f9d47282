//! One frame of the interface: input, panels and panes, for the window and for whoever measures what it costs.

use egui::{Context, Ui};

use crate::app::pane::PaneId;
use crate::app::{Command, State};
use crate::ui::pane::Pane;
use crate::ui::picture::Shown;
use crate::ui::{Commands, Memory, input, layout, pane, panel, theme};

/// Who has the program.
pub(super) trait Host {
    /// What the program knows.
    fn state(&self) -> &State;

    /// The same, with what the interface remembers.
    fn parts(&mut self) -> (&State, &mut Memory);

    /// Has commands carried out. True if there were any.
    fn carry_out(&mut self, ctx: &Context, commands: Commands) -> bool;

    /// What a pane shows.
    fn picture(&mut self, pane: PaneId, pixels_per_point: f32) -> Shown;
}

/// Lays everything out. Answers whether the pictures are finished.
pub(super) fn show(ui: &mut Ui, host: &mut impl Host) -> bool {
    let ctx = ui.ctx().clone();
    let (state, memory) = host.parts();
    theme::follow(&ctx, &state.settings);
    let mut commands = input::read(&ctx, state, memory);
    panel::drop::read(&ctx, &mut commands);
    host.carry_out(&ctx, commands);
    let mut commands = Commands::new();
    let (state, memory) = host.parts();
    panel::show_all(ui, state, memory, &mut commands);
    if host.carry_out(&ctx, commands) {
        // The panels were laid out before: they catch up in the next frame, the pictures are right in this one.
        ctx.request_repaint();
    }
    let is_finished = egui::CentralPanel::no_frame().show(ui, |ui| center(ui, host)).inner;
    panel::drop::hint(&ctx);
    is_finished
}

/// The panes, or how to begin.
fn center(ui: &mut Ui, host: &mut impl Host) -> bool {
    let ctx = ui.ctx().clone();
    let mut commands = Commands::new();
    let is_finished = if host.state().shown().is_some() {
        panes(ui, host, &mut commands)
    } else {
        let (state, memory) = host.parts();
        memory.rects.clear();
        panel::start::show(ui, state, memory, &mut commands);
        true
    };
    if host.carry_out(&ctx, commands) {
        ctx.request_repaint();
    }
    is_finished
}

fn panes(ui: &mut Ui, host: &mut impl Host, commands: &mut Commands) -> bool {
    let ctx = ui.ctx().clone();
    let rects = layout::pane_rects(host.state().view.layout, ui.max_rect(), ctx.pixels_per_point());
    host.parts().1.rects = rects.iter().copied().collect();
    for (id, rect) in &rects {
        let size = glam::DVec2::new(f64::from(rect.width()), f64::from(rect.height()));
        if host.state().view.sizes.get(id) != Some(&size) {
            host.carry_out(&ctx, vec![Command::ResizePane { pane: *id, size }]);
        }
    }
    let mut is_finished = true;
    for (id, rect) in rects {
        let shown = host.picture(id, ctx.pixels_per_point());
        if let Some(again) = shown.again {
            ctx.request_repaint_after(again);
            is_finished = false;
        }
        if let Some(size) = shown.develops {
            host.carry_out(&ctx, vec![Command::Develop { size }]);
        }
        let pane = Pane {
            id,
            rect,
            pictures: &shown.pictures,
            notice: shown.notice,
        };
        let (state, memory) = host.parts();
        pane::show(ui, &pane, state, memory, commands);
    }
    is_finished
}
