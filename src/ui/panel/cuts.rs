//! What is cut away in the volume view: the crop box, cuts at slices and planes, the scalpel, table and bone.

use egui::{Button, DragValue, RichText, Ui};

use crate::app::pane::PaneId;
use crate::app::tool::Tool;
use crate::app::volume_view::{MOST_CLIP_PLANES, Removal, SliceCut, VolumeChange};
use crate::app::{Command, State, mask};
use crate::model::orientation::letters;
use crate::say;
use crate::scene::{ClipPlane, Cuts};
use crate::ui::{Commands, pane, theme};

/// Steps of a plane's place, mm a point of drag.
const SPEED: f64 = 0.5;

/// Shows them, if the shown volume has a place in space.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    if state.shown().is_none_or(|entry| entry.volume().geometry().is_none()) {
        return;
    }
    let heading = RichText::new(say!("ui-cuts"))
        .size(theme::FONT_SMALL)
        .color(theme::of(ui).text_weak);
    egui::CollapsingHeader::new(heading).id_salt("cuts").show(ui, |ui| {
        let mut shows_crop = state.view.volume.shows_crop;
        let crop = ui.checkbox(&mut shows_crop, say!("ui-crop-box"));
        if crop.on_hover_text(say!("ui-crop-box-tip")).changed() {
            commands.push(Command::VolumeView(VolumeChange::ShowCrop(shows_crop)));
        }
        for (id, cut) in PaneId::PLANES.into_iter().zip(state.view.volume.slice_cuts) {
            at_slice(ui, state, id, cut, commands);
        }
        planes(ui, state, commands);
        parts(ui, state, commands);
        let reset = ui.button(say!("ui-reset-cuts"));
        if reset.on_hover_text(say!("ui-reset-cuts-tip")).clicked() {
            commands.push(Command::VolumeView(VolumeChange::ResetCuts));
        }
    });
}

/// Three buttons: nothing, what lies on one side of the slice, what lies on the other, by their letters in the patient.
fn at_slice(ui: &mut Ui, state: &State, id: PaneId, now: SliceCut, commands: &mut Commands) {
    let Some(plane) = state.view.plane(id) else { return };
    let normal = plane.axes.normal();
    ui.horizontal(|ui| {
        ui.colored_label(theme::pane_color(id), pane::short_name(id));
        let choices = [
            (SliceCut::None, say!("ui-cut-none")),
            (SliceCut::Before, letters(-normal)),
            (SliceCut::Behind, letters(normal)),
        ];
        for (cut, label) in choices {
            let tip = match cut {
                SliceCut::None => say!("ui-cut-none-tip"),
                _ => say!(
                    "ui-cut-at-slice-tip",
                    side = label.clone(),
                    plane = pane::short_name(id)
                ),
            };
            let name = format!("{} {label}", pane::short_name(id));
            let response = ui.selectable_label(now == cut, label).on_hover_text(tip);
            response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, now == cut, name.clone()));
            if response.clicked() {
                commands.push(Command::VolumeView(VolumeChange::SliceCut { pane: id, cut }));
            }
        }
    });
}

/// The scalpel, and what is found by itself.
fn parts(ui: &mut Ui, state: &State, commands: &mut Commands) {
    ui.horizontal(|ui| {
        let is_on = state.view.tool == Some(Tool::Scalpel);
        let scalpel = ui.selectable_label(is_on, say!("ui-scalpel"));
        scalpel.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_on, say!("ui-scalpel")));
        if scalpel.on_hover_text(say!("ui-scalpel-tip")).clicked() {
            let tool = (!is_on).then_some(Tool::Scalpel);
            commands.push(Command::SetTool { tool });
        }
        let mut outside = state.view.volume.cuts_outside;
        let switch = ui.checkbox(&mut outside, say!("ui-cut-outside"));
        if switch.on_hover_text(say!("ui-cut-outside-tip")).changed() {
            commands.push(Command::VolumeView(VolumeChange::CutOutside(outside)));
        }
    });
    ui.horizontal(|ui| {
        let removals = [
            (Removal::Table, say!("ui-remove-table"), say!("ui-remove-table-tip")),
            (Removal::Bone, say!("ui-remove-bone"), say!("ui-remove-bone-tip")),
        ];
        for (removal, label, tip) in removals {
            let button = ui.add_enabled(mask::can_remove(state), Button::new(label));
            let button = button
                .on_hover_text(tip)
                .on_disabled_hover_text(say!("ui-remove-disabled"));
            if button.clicked() {
                commands.push(Command::VolumeView(VolumeChange::Remove(removal)));
            }
        }
    });
}

fn planes(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let cuts = &state.view.volume.cuts;
    let mut next: Option<Vec<ClipPlane>> = None;
    for (n, plane) in cuts.planes.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.label(say!("ui-clip-plane", number = n + 1, side = letters(-plane.normal)));
            let mut offset_mm = plane.offset_mm;
            let place = DragValue::new(&mut offset_mm)
                .speed(SPEED)
                .fixed_decimals(1)
                .suffix(" mm");
            let mut changed = cuts.planes.clone();
            if ui.add(place).on_hover_text(say!("ui-clip-plane-tip")).changed() {
                changed[n].offset_mm = offset_mm;
                next = Some(changed.clone());
            }
            if ui
                .button(say!("ui-clip-flip"))
                .on_hover_text(say!("ui-clip-flip-tip"))
                .clicked()
            {
                changed[n] = ClipPlane {
                    normal: -plane.normal,
                    offset_mm: -plane.offset_mm,
                };
                next = Some(changed.clone());
            }
            if ui.button(say!("ui-clip-remove")).clicked() {
                changed.remove(n);
                next = Some(changed);
            }
        });
    }
    if let Some(planes) = next {
        let cuts = Cuts { planes, ..cuts.clone() };
        commands.push(Command::VolumeView(VolumeChange::Cuts(cuts)));
    }
    let has_room = cuts.planes.len() < MOST_CLIP_PLANES;
    let add = ui.add_enabled(has_room, Button::new(say!("ui-add-clip-plane")));
    if add.on_hover_text(say!("ui-add-clip-plane-tip")).clicked() {
        commands.push(Command::VolumeView(VolumeChange::AddClipPlane));
    }
}
