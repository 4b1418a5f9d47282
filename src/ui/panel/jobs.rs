//! What is under way, with progress and a way to stop it.

use egui::{ProgressBar, Ui};

use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::{Commands, theme};

/// Shows the jobs, oldest first.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    for (job, status) in state.jobs.iter().filter(|(_, status)| !status.subject.is_quiet()) {
        ui.add(egui::Label::new(identifiers::text(state, &status.title)).truncate());
        ui.horizontal(|ui| {
            if ui.button(say!("ui-stop")).on_hover_text(say!("ui-stop-tip")).clicked() {
                commands.push(Command::CancelJob { job: *job });
            }
            let bar = match status.progress {
                Some((done, total)) => ProgressBar::new(done as f32 / total.max(1) as f32).text(say!(
                    "ui-progress",
                    done = done.to_string(),
                    total = total.to_string()
                )),
                None => ProgressBar::new(0.0).text(say!("ui-working")),
            };
            let bar = ui.add(bar.desired_width(ui.available_width()).corner_radius(theme::CORNER));
            bar.widget_info(|| {
                egui::WidgetInfo::labeled(
                    egui::Role::ProgressIndicator,
                    true,
                    identifiers::text(state, &status.title),
                )
            });
        });
    }
}
