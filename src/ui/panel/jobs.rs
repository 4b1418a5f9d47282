//! What is under way: what and which file, how far it is, and a way to stop it.

use egui::{Label, ProgressBar, RichText, Role, Ui, WidgetInfo};

use super::menu;
use super::toolbar::glyph_button;
use crate::app::job::JobId;
use crate::app::state::JobStatus;
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, glyph, theme};

/// Jobs that stand in the bar; of more it says how many.
const IN_BAR: usize = 2;

/// Width of a progress bar in the bar.
const BAR_WIDTH: f32 = 90.0;

/// Height of a progress bar.
const BAR_HEIGHT: f32 = 12.0;

/// The widest title of a job in the bar.
const TITLE_WIDTH: f32 = 260.0;

/// The jobs that a person has to know of.
fn seen(state: &State) -> impl Iterator<Item = (&JobId, &JobStatus)> {
    state.jobs.iter().filter(|(_, status)| !status.subject.is_quiet())
}

/// Whether there is any such job.
pub fn any(state: &State) -> bool {
    seen(state).next().is_some()
}

/// Shows all jobs one below the other, oldest first.
pub fn list(ui: &mut Ui, state: &State, commands: &mut Commands) {
    for (job, status) in seen(state) {
        let title = identifiers::text(state, &status.title);
        ui.add(Label::new(&title).truncate());
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                stop(ui, *job, &title, commands);
                let width = ui.available_width();
                progress(ui, status, &title, width);
            });
        });
    }
}

/// Shows the oldest jobs in a row, from right to left.
pub fn bar(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let more = seen(state).count().saturating_sub(IN_BAR);
    if more > 0 {
        let titles: Vec<String> = seen(state)
            .skip(IN_BAR)
            .map(|(_, job)| identifiers::text(state, &job.title))
            .collect();
        ui.weak(say!("window-jobs-more", count = more))
            .on_hover_text(titles.join("\n"));
    }
    for (job, status) in seen(state).take(IN_BAR) {
        let full = identifiers::text(state, &status.title);
        stop(ui, *job, &full, commands);
        progress(ui, status, &full, BAR_WIDTH);
        let width = ui.available_width().min(TITLE_WIDTH);
        let font = egui::FontId::proportional(theme::FONT_SMALL);
        let short = crate::ui::text::shortened(ui.painter(), &full, &font, width);
        ui.label(RichText::new(short).size(theme::FONT_SMALL))
            .on_hover_text(&full);
        ui.add_space(theme::GAP);
    }
}

fn stop(ui: &mut Ui, job: JobId, title: &str, commands: &mut Commands) {
    let button = glyph_button(ui, &glyph::CLOSE, None, &say!("ui-stop"));
    let (name, tip) = (say!("ui-stop"), say!("window-stop-tip", title = title.to_owned()));
    let key = menu::key_of(ui.ctx(), Action::Cancel);
    if menu::tip_saying(button, &name, key.as_deref(), Some(&tip)).clicked() {
        commands.push(Command::CancelJob { job });
    }
}

fn progress(ui: &mut Ui, status: &JobStatus, title: &str, width: f32) {
    let (share, text) = match status.progress {
        Some((done, total)) => (
            done as f32 / total.max(1) as f32,
            say!("ui-progress", done = done.to_string(), total = total.to_string()),
        ),
        None => (0.0, say!("ui-working")),
    };
    let bar = ProgressBar::new(share)
        .desired_width(width)
        .desired_height(BAR_HEIGHT)
        .fill(theme::of(ui).accent)
        .corner_radius(theme::CORNER);
    let response = ui.add(bar).on_hover_text(&text);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, title));
}
