//! The field that takes a typed or pasted path.

use egui::{Key, TextEdit, Ui, WidgetInfo};

use super::menu;
use crate::app::{Command, State, identifiers};
use crate::say;
use crate::ui::action::Action;
use crate::ui::{Commands, Memory};

/// Shows the field; Enter opens what it says.
pub fn field(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let field = ui.add(
        TextEdit::singleline(&mut memory.path)
            .hint_text(say!("ui-path-hint"))
            .password(identifiers::are_hidden(state))
            .desired_width(f32::INFINITY),
    );
    let name = say!("ui-path-field");
    field.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, "", identifiers::text(state, &memory.path), "");
        info.label = Some(name.clone());
        info
    });
    let field = menu::tip_of(field, Action::TypePath);
    if std::mem::take(&mut memory.focus_path) {
        field.request_focus();
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !memory.path.trim().is_empty() {
        commands.push(Command::Open {
            paths: vec![unquoted(&memory.path).into()],
        });
    }
}

/// A path as people paste it: with blanks around it, quoted, or as a file address.
fn unquoted(path: &str) -> &str {
    let path = path.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    ['"', '\'']
        .into_iter()
        .find_map(|quote| path.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn paths_come_as_people_paste_them() {
        for path in ["/a b/c", " /a b/c\n", "\"/a b/c\"", "'/a b/c'", "file:///a b/c"] {
            assert_eq!(unquoted(path), "/a b/c");
        }
    }
}
