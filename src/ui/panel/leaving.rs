//! The question what is to become of work that is not saved.

use egui::{Context, Id, Key, Modal, Modifiers};

use super::dialog::main_button;
use super::series;
use crate::app::leaving::{LeaveAnswer, Leaving, Stage, unanswered, under_way, unsaved};
use crate::app::{Command, State};
use crate::say;
use crate::ui::{Commands, theme};

/// Names that are listed at most.
const LISTED: usize = 6;

/// Shows the question, if there is one. Escape and a click beside it stay.
pub fn show(ctx: &Context, state: &State, commands: &mut Commands) {
    let Some(Leaving { goal, stage }) = &state.leaving else {
        return;
    };
    // Who goes to another case is asked for nothing but what waits for a yes; that its mask is being saved is seen below.
    if !matches!(stage, Stage::Asking) {
        return;
    }
    let names: Vec<String> = unsaved(state, goal)
        .map(|(_, entry)| series::title(entry, state))
        .collect();
    let works: Vec<&str> = under_way(state, goal).map(|status| status.title.as_str()).collect();
    let is_saved = names.is_empty() && works.is_empty();
    let mut answer = None;
    let modal = Modal::new(Id::unique("leaving")).show(ctx, |ui| {
        ui.set_width(360.0_f32.min(ctx.content_rect().width() - 48.0));
        ui.spacing_mut().item_spacing.y = theme::GAP;
        ui.heading(if names.is_empty() {
            say!("ui-leaving-unfinished")
        } else {
            say!("ui-leaving", count = names.len())
        });
        for name in names.iter().take(LISTED) {
            ui.label(name);
        }
        if names.len() > LISTED {
            ui.weak(say!("ui-leaving-more", count = names.len() - LISTED));
        }
        for work in works {
            ui.label(say!("ui-leaving-work", work = work));
        }
        if let Some(name) = unanswered(state, goal) {
            ui.label(say!("ui-leaving-preview", name = name));
        }
        ui.add_space(theme::GAP);
        ui.horizontal_wrapped(|ui| {
            // Where nothing is to be saved there is only something to be dropped.
            let save = if is_saved {
                say!("ui-leaving-leave")
            } else {
                say!("ui-leaving-save")
            };
            let save = main_button(ui, save);
            let has_enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            if save.clicked() || has_enter {
                answer = Some(LeaveAnswer::Save);
            }
            if !is_saved && state.can_keep_work() {
                let keep = ui.button(say!("ui-leaving-keep"));
                if keep.on_hover_text(say!("ui-leaving-keep-tip")).clicked() {
                    answer = Some(LeaveAnswer::Keep);
                }
            }
            if ui.button(say!("ui-leaving-stay")).clicked() {
                answer = Some(LeaveAnswer::Stay);
            }
        });
    });
    if modal.should_close() {
        answer = answer.or(Some(LeaveAnswer::Stay));
    }
    commands.extend(answer.map(Command::AnswerLeaving));
}
