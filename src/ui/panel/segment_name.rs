//! The name of a segment in its list: a click goes there, a double click lets it be changed in its place, with the table of
//! codes for what it is below.

use egui::{
    Button, Key, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
};

use crate::app::Command;
use crate::app::overlays::{Overlay, SegmentChange};
use crate::app::painting::PaintChange;
use crate::model::coding::Coding;
use crate::model::segment::Segment;
use crate::model::volume::VolumeId;
use crate::say;
use crate::ui::memory::RenamingSegment;
use crate::ui::{Commands, Memory, theme};

/// Rows of the table that are shown.
const MOST_ROWS: usize = 40;
/// Width and greatest height of the list.
const CODES: [f32; 2] = [300.0, 180.0];

/// Shows the name of a segment of a label map: its place in the document, its volume and what is known of it.
/// `is_somewhere`: the map has a voxel of it.
pub(super) fn show(
    ui: &mut Ui,
    (index, map, overlay): (usize, VolumeId, &Overlay),
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
        if rename(ui, index, segment, renaming, commands) {
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
    let response = ui.add(button).on_hover_text(format!("{tip}\n{}", what_it_is(segment)));
    let go = say!("ui-segment-go", name = segment.name.clone());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &go));
    let mut is_renamed = response.double_clicked();
    // The key of file managers, for who has the name under the pointer or in focus.
    if response.hovered() || response.has_focus() {
        is_renamed |= ui.input(|input| input.key_pressed(Key::F2));
    }
    response.context_menu(|ui| is_renamed |= menu(ui, (index, overlay), segment, is_somewhere, commands));
    if is_renamed {
        memory.renaming_segment = Some(RenamingSegment {
            map,
            label,
            text: segment.name.clone(),
            sought: String::new(),
            wants_focus: true,
        });
    } else if response.clicked() && is_somewhere {
        commands.push(Command::GoToSegment { index, label });
    }
}

/// What can be done with a segment; whether it is to be renamed.
fn menu(
    ui: &mut Ui,
    (index, overlay): (usize, &Overlay),
    segment: &Segment,
    is_somewhere: bool,
    commands: &mut Commands,
) -> bool {
    let label = segment.label;
    let go = Button::new(say!("work-segment-menu-go"));
    if ui.add_enabled(is_somewhere, go).clicked() {
        commands.push(Command::GoToSegment { index, label });
    }
    if ui.button(say!("work-segment-menu-paint")).clicked() {
        commands.push(Command::Paint(PaintChange::Into { index, label }));
    }
    if ui.button(say!("work-segment-menu-alone")).clicked() {
        solo(index, overlay, label, commands);
    }
    let is_renamed = ui
        .add(Button::new(say!("work-segment-menu-rename")).shortcut_text("F2"))
        .clicked();
    ui.separator();
    let remove = Button::new(say!("work-segment-menu-remove"));
    if ui.add_enabled(!segment.is_locked, remove).clicked() {
        commands.push(Command::RemoveSegment { index, label });
    }
    is_renamed
}

/// Shows one segment of a map alone; all of them if it is alone already.
pub(super) fn solo(index: usize, overlay: &Overlay, label: u32, commands: &mut Commands) {
    let is_alone = overlay
        .table
        .segments
        .iter()
        .all(|segment| segment.is_visible == (segment.label == label));
    commands.push(Command::ShowAllSegments {
        index,
        visible: is_alone,
    });
    if !is_alone {
        let change = SegmentChange::Visible(true);
        commands.push(Command::SetSegment { index, label, change });
    }
}

/// What was said that it is, or what its name says.
fn what_it_is(segment: &Segment) -> String {
    let coding = segment.coding();
    let is_told = segment.detail.as_ref().is_some_and(|detail| detail.coding.is_some());
    let (what, code) = (coding.text(), coding.code_text());
    if is_told {
        say!("ui-segment-code", what = what, code = code)
    } else {
        say!("ui-segment-code-by-name", what = what, code = code)
    }
}

/// The field of the name, and the codes below; whether that is over.
fn rename(
    ui: &mut Ui,
    index: usize,
    segment: &Segment,
    renaming: &mut RenamingSegment,
    commands: &mut Commands,
) -> bool {
    let label = segment.label;
    let field = ui.add(TextEdit::singleline(&mut renaming.text).desired_width(f32::INFINITY));
    let what = say!("ui-segment-name", name = segment.name.clone());
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &what));
    if std::mem::take(&mut renaming.wants_focus) {
        field.request_focus();
    }
    let (chosen, codes) = codes(&field, segment, renaming);
    let (is_escape, is_enter) = ui.input(|input| (input.key_pressed(Key::Escape), input.key_pressed(Key::Enter)));
    let is_in = |rect: Rect| {
        let pressed = ui.input(|input| {
            input
                .pointer
                .any_pressed()
                .then(|| input.pointer.interact_pos())
                .flatten()
        });
        pressed.is_none_or(|at| rect.contains(at) || field.rect.contains(at))
    };
    let is_over = is_escape || is_enter || chosen.is_some() || !is_in(codes);
    if !is_over {
        return false;
    }
    let name = renaming.text.trim().to_owned();
    if !is_escape && !name.is_empty() && name != segment.name {
        let change = SegmentChange::Name(name);
        commands.push(Command::SetSegment { index, label, change });
    }
    if let Some(coding) = chosen {
        let change = SegmentChange::Coding(Box::new(coding));
        commands.push(Command::SetSegment { index, label, change });
    }
    true
}

/// The table of codes below the field: what was chosen in it, and where it is.
fn codes(field: &Response, segment: &Segment, renaming: &mut RenamingSegment) -> (Option<Coding>, Rect) {
    let popup = Popup::from_response(field)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .open(true)
        .width(CODES[0]);
    let shown = popup.show(|ui| {
        ui.label(RichText::new(what_it_is(segment)).color(theme::of(ui).text_weak));
        let search = ui.add(
            TextEdit::singleline(&mut renaming.sought)
                .hint_text(say!("ui-segment-codes-hint"))
                .desired_width(f32::INFINITY),
        );
        let what = say!("ui-segment-codes", name = segment.name.clone());
        search.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &what));
        let found = found(renaming);
        if found.is_empty() {
            ui.label(RichText::new(say!("ui-segment-codes-none")).color(theme::of(ui).text_weak));
        }
        let now = segment.detail.as_ref().and_then(|detail| detail.coding.as_ref());
        // Enter in the field takes the first.
        let is_enter = search.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let mut chosen = found
            .first()
            .filter(|_| is_enter && !renaming.sought.trim().is_empty())
            .cloned();
        let list = ScrollArea::vertical().max_height(CODES[1]).auto_shrink([false, true]);
        list.show(ui, |ui| {
            for coding in found {
                let text = coding.text();
                let row = Button::selectable(now == Some(&coding), text.as_str()).truncate();
                let tip = format!("{} · {}", coding.category.meaning, coding.code_text());
                let row = ui.add_sized([ui.available_width(), 0.0], row).on_hover_text(tip);
                let name = say!("ui-segment-code-choose", what = text);
                row.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                if row.clicked() {
                    chosen = Some(coding);
                }
            }
        });
        chosen
    });
    shown.map_or((None, Rect::NOTHING), |shown| (shown.inner, shown.response.rect))
}

/// Codes by what is looked for; before anything is, by the name; where that says nothing, all.
fn found(renaming: &RenamingSegment) -> Vec<Coding> {
    let sought = renaming.sought.trim();
    if !sought.is_empty() {
        return Coding::search(sought, MOST_ROWS);
    }
    let by_name = Coding::search(renaming.text.trim(), MOST_ROWS);
    if by_name.is_empty() {
        Coding::search("", MOST_ROWS)
    } else {
        by_name
    }
}
