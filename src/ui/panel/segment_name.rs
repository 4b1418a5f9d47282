//! The name of a segment in its list: a click goes there, a double click lets it be changed in its place.

use egui::{Button, Key, Role, Sense, TextEdit, Ui, WidgetInfo};

use crate::app::Command;
use crate::app::overlays::SegmentChange;
use crate::model::segment::Segment;
use crate::model::volume::VolumeId;
use crate::say;
use crate::ui::memory::RenamingSegment;
use crate::ui::{Commands, Memory};

/// Shows the name of a segment of the label map `map`, which is the document's number `index`; `is_somewhere`: the map
/// has a voxel of it.
pub(super) fn show(
    ui: &mut Ui,
    (index, map): (usize, VolumeId),
    segment: &Segment,
    is_somewhere: bool,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    let label = segment.label;
    if let Some(renaming) = memory
        .renaming_segment
        .as_mut()
        .filter(|renaming| renaming.map == map && renaming.label == label)
    {
        let field = ui.add(TextEdit::singleline(&mut renaming.text).desired_width(f32::INFINITY));
        let what = say!("ui-segment-name", name = segment.name.clone());
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &what));
        if std::mem::take(&mut renaming.wants_focus) {
            field.request_focus();
        }
        if field.lost_focus() {
            let name = renaming.text.trim().to_owned();
            let is_kept = ui.input(|input| input.key_pressed(Key::Escape)) || name.is_empty() || name == segment.name;
            if !is_kept {
                let change = SegmentChange::Name(name);
                commands.push(Command::SetSegment { index, label, change });
            }
            memory.renaming_segment = None;
        }
        return;
    }
    let tip = if is_somewhere {
        say!("ui-segment-go-tip", label = label)
    } else {
        say!("ui-segment-nowhere-tip", label = label)
    };
    let button = Button::new(&segment.name).frame(false).truncate().sense(Sense::click());
    let response = ui.add(button).on_hover_text(tip);
    let go = say!("ui-segment-go", name = segment.name.clone());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &go));
    if response.double_clicked() {
        memory.renaming_segment = Some(RenamingSegment {
            map,
            label,
            text: segment.name.clone(),
            wants_focus: true,
        });
    } else if response.clicked() && is_somewhere {
        commands.push(Command::GoToSegment { index, label });
    }
}
