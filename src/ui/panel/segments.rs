//! Label maps and probability maps over the image, and segments: seen or not, alone or not, colour, name, volume.

use egui::{Align, DragValue, Layout, RichText, Role, ScrollArea, Slider, Ui, WidgetInfo};

use crate::app::overlays::{self, OUTLINE_WIDTHS, Overlay, OverlayView, SegmentChange};
use crate::app::probability;
use crate::app::state::Entry;
use crate::app::surfaces::VolumeLook;
use crate::app::tool::Tool;
use crate::app::{Command, State};
use crate::model::segment::Segment;
use crate::say;
use crate::ui::panel::rows::rows;
use crate::ui::panel::toolbar::glyph_button;
use crate::ui::panel::{painting, probability as of_map, segment_name, segment_work, series};
use crate::ui::{Commands, Memory, glyph, theme};

/// Width of a segment's colour.
const SWATCH: f32 = 18.0;
/// Height of the panel at first, and that which it has at least.
const HEIGHT: f32 = 300.0;
const LEAST: f32 = 90.0;
/// While painting it grows with its controls up to this share of the height, and the list keeps so much of it.
const SHARE: f32 = 0.75;
const LIST: f32 = 96.0;
/// What the question takes whether what is shown shall be.
const QUESTION: f32 = 52.0;

/// Shows the panel at the bottom of the room, if a label map can lie over the image.
pub fn show(ui: &mut Ui, state: &State, memory: &mut Memory, commands: &mut Commands) {
    let is_painting = state.view.tool.is_some_and(Tool::paints);
    let any = overlays::over_shown(state).next().is_some() || probability::over_shown(state).next().is_some();
    if !any && !is_painting {
        return;
    }
    // What the controls took in the picture before.
    let key = ui.scope_id().with("painting");
    let controls: f32 = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    let most = (SHARE * ui.available_height()).max(LEAST);
    let least = (controls + LIST).clamp(LEAST, most);
    egui::Panel::bottom("segments")
        .resizable(true)
        .default_size(HEIGHT)
        .min_size(least)
        .max_size(most)
        .frame(egui::Frame::new())
        .show(ui, |ui| {
            ui.add_space(theme::GAP);
            let top = ui.cursor().top();
            head(ui, state, commands);
            // However many controls there are, the list below stays in sight.
            let above = ui.cursor().top() - top;
            let question = if state.preview.is_some() { QUESTION } else { 0.0 };
            let below = LIST + question;
            let controls = ScrollArea::vertical()
                .id_salt("painting")
                .max_height(
                    (ui.available_height() - below)
                        .max(LIST.min(ui.available_height() - question))
                        .max(0.0),
                )
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    // The bar covers nothing.
                    ui.set_max_width(ui.available_width() - ui.spacing().scroll.bar_width);
                    painting::show(ui, state, commands);
                });
            ui.data_mut(|data| data.insert_temp(key, above + controls.content_size.y));
            if is_painting {
                segment_work::preview(ui, state, commands);
                ui.separator();
            }
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                for (index, entry, map) in probability::over_shown(state) {
                    ui.push_id(index, |ui| of_map::show(ui, index, state, entry, map, commands));
                }
                for (index, entry, overlay) in overlays::over_shown(state) {
                    ui.push_id(index, |ui| map(ui, index, state, entry, overlay, memory, commands));
                }
            });
        });
}

/// What holds for all maps: whether they are seen, how strongly, and whether filled.
fn head(ui: &mut Ui, state: &State, commands: &mut Commands) {
    let view = state.view.overlays;
    ui.horizontal(|ui| {
        let mut is_on = overlays::any_seen(state);
        let heading = RichText::new(say!("ui-segments")).size(theme::FONT_SMALL);
        let response = ui.checkbox(&mut is_on, heading).on_hover_text(say!("ui-overlays-tip"));
        if response.changed() {
            commands.push(Command::ToggleOverlays);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut only = view.outlines_only;
            let response = ui
                .toggle_value(&mut only, say!("ui-outlines"))
                .on_hover_text(say!("ui-outlines-tip"));
            if response.changed() {
                commands.push(Command::SetOutlinesOnly { only });
            }
        });
    });
    if let Some(opacity) = share(ui, &say!("ui-opacity"), &say!("ui-opacity-tip"), view.opacity) {
        commands.push(Command::SetOverlayOpacity { opacity });
    }
    outline(ui, view, commands);
    let has_surfaces = |(_, _, overlay): (usize, &Entry, &Overlay)| overlay.surfaces.is_some();
    if overlays::over_shown(state).any(has_surfaces) {
        let (name, tip) = (say!("ui-surface-opacity"), say!("ui-surface-opacity-tip"));
        if let Some(opacity) = share(ui, &name, &tip, view.surface_opacity) {
            commands.push(Command::SetSurfaceOpacity { opacity });
        }
    }
}

/// How strong and how wide outlines are.
fn outline(ui: &mut Ui, view: OverlayView, commands: &mut Commands) {
    ui.horizontal(|ui| {
        let (name, tip) = (say!("work-outline-opacity"), say!("work-outline-opacity-tip"));
        let width = say!("work-outline-width");
        ui.label(&name);
        ui.spacing_mut().slider_width = (ui.available_width() - 106.0).max(40.0);
        let mut percent = view.outline_opacity() * 100.0;
        let slider = Slider::new(&mut percent, 0.0..=100.0).fixed_decimals(0).suffix(" %");
        let opacity = ui.add(slider).on_hover_text(tip);
        opacity.widget_info(|| WidgetInfo::slider(true, f64::from(percent), &name));
        let mut points = view.outline_width;
        let field = DragValue::new(&mut points)
            .range(OUTLINE_WIDTHS)
            .speed(0.02)
            .fixed_decimals(1);
        let field = ui.add(field).on_hover_text(&width);
        field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &width));
        if opacity.changed() || field.changed() {
            commands.push(Command::SetOutline {
                opacity: if opacity.changed() {
                    Some(percent / 100.0)
                } else {
                    view.outline
                },
                width: points,
            });
        }
    });
}

/// A share from 0 to 1, shown in percent; the new one if it was changed.
fn share(ui: &mut Ui, name: &str, tip: &str, now: f32) -> Option<f32> {
    ui.horizontal(|ui| {
        let mut percent = now * 100.0;
        ui.label(name);
        ui.spacing_mut().slider_width = (ui.available_width() - 56.0).max(40.0);
        let slider = Slider::new(&mut percent, 0.0..=100.0).fixed_decimals(0).suffix(" %");
        let response = ui.add(slider).on_hover_text(tip);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(percent), name));
        response.changed().then_some(percent / 100.0)
    })
    .inner
}

fn map(
    ui: &mut Ui,
    index: usize,
    state: &State,
    entry: &Entry,
    overlay: &Overlay,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let mut is_visible = overlay.is_visible;
        let name = series::title(entry, state);
        let response = ui
            .checkbox(&mut is_visible, RichText::new(&name).color(theme::of(ui).text_strong))
            .on_hover_text(say!("ui-map-tip", name = name.clone()));
        if response.changed() {
            commands.push(Command::SetOverlayVisible {
                index,
                visible: is_visible,
            });
        }
        if overlay.is_visible && overlay.counts.is_none() {
            ui.label(RichText::new(say!("ui-map-loading")).color(theme::of(ui).text_weak));
        }
    });
    if !overlay.is_visible {
        return;
    }
    let any_visible = overlay.table.segments.iter().any(|segment| segment.is_visible);
    let all = if any_visible {
        say!("ui-segments-none")
    } else {
        say!("ui-segments-all")
    };
    ui.horizontal(|ui| {
        if overlay.table.segments.len() > 1 && ui.small_button(all).clicked() {
            commands.push(Command::ShowAllSegments {
                index,
                visible: !any_visible,
            });
        }
        look(ui, index, overlay.look, &series::title(entry, state), commands);
    });
    let segments = &overlay.table.segments;
    let id = entry.volume().id;
    let renamed = memory.renaming_segment.as_ref().filter(|renaming| renaming.map == id);
    let renamed = renamed.and_then(|renaming| segments.iter().position(|segment| segment.label == renaming.label));
    rows(ui, segments.len(), ui.spacing().interact_size.y, renamed, |ui, n| {
        if let Some(segment) = segments.get(n) {
            ui.push_id(segment.label, |ui| {
                row(ui, index, entry, overlay, segment, memory, commands);
            });
        }
    });
}

/// What a map is in the volume view.
fn look(ui: &mut Ui, index: usize, now: VolumeLook, name: &str, commands: &mut Commands) {
    let word = |look: VolumeLook| match look {
        VolumeLook::Surfaces => say!("ui-look-surfaces"),
        VolumeLook::Voxels => say!("ui-look-voxels"),
        VolumeLook::Hidden => say!("ui-look-hidden"),
    };
    let menu = egui::ComboBox::from_id_salt("look").selected_text(RichText::new(word(now)).size(theme::FONT_SMALL));
    let response = menu.show_ui(ui, |ui| {
        for look in VolumeLook::ALL {
            if ui.selectable_label(look == now, word(look)).clicked() {
                commands.push(Command::SetOverlayLook { index, look });
            }
        }
    });
    let tip = say!("ui-look-tip", name = name.to_owned());
    response
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, &tip));
    response.response.on_hover_text(tip);
}

fn row(
    ui: &mut Ui,
    index: usize,
    entry: &Entry,
    overlay: &Overlay,
    segment: &Segment,
    memory: &mut Memory,
    commands: &mut Commands,
) {
    let label = segment.label;
    let name = || segment.name.clone();
    let count = overlay.counts.as_ref().and_then(|counts| counts.get(&label));
    let change = |change| Command::SetSegment { index, label, change };
    ui.horizontal(|ui| {
        let mut is_visible = segment.is_visible;
        let shows = say!("ui-segment-show", name = name());
        let tip = say!("ui-segment-show-tip", name = name());
        let response = ui.checkbox(&mut is_visible, "").on_hover_text(tip);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_visible, &shows));
        if response.changed() && ui.input(|input| input.modifiers.alt) {
            segment_name::solo(index, overlay, label, commands);
        } else if response.changed() {
            commands.push(change(SegmentChange::Visible(is_visible)));
        }
        lock(ui, segment, &change, commands);
        let mut color = segment.color;
        let colors = say!("ui-segment-color", name = name());
        // Names need the room more than colours do.
        let usual = std::mem::replace(&mut ui.spacing_mut().interact_size.x, SWATCH);
        let response = ui.color_edit_button_srgb(&mut color).on_hover_text(&colors);
        ui.spacing_mut().interact_size.x = usual;
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &colors));
        if response.changed() {
            commands.push(change(SegmentChange::Color(color)));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let voxel_ml = entry
                .volume()
                .geometry()
                .map(|geometry| geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0);
            if let (Some(count), Some(voxel_ml)) = (count, voxel_ml) {
                let ml = count.voxels as f64 * voxel_ml;
                ui.label(RichText::new(say!("ui-ml", ml = volume(ml))).color(theme::of(ui).text_weak));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let map = (index, entry.volume().id, overlay);
                segment_name::show(ui, map, segment, count.is_some(), memory, commands);
            });
        });
    });
}

/// Whether painting leaves the segment as it is.
fn lock(ui: &mut Ui, segment: &Segment, change: &impl Fn(SegmentChange) -> Command, commands: &mut Commands) {
    let mut is_locked = segment.is_locked;
    let name = say!("ui-segment-lock", name = segment.name.clone());
    let lock = if is_locked { &glyph::LOCK } else { &glyph::UNLOCKED };
    let response = glyph_button(ui, lock, Some(is_locked), &name).on_hover_text(say!("ui-segment-lock-tip"));
    if response.clicked() {
        is_locked = !is_locked;
        commands.push(change(SegmentChange::Locked(is_locked)));
    }
}

/// A volume with three significant digits, as far as there are any.
fn volume(ml: f64) -> String {
    match ml {
        ml if ml >= 100.0 => format!("{ml:.0}"),
        ml if ml >= 10.0 => format!("{ml:.1}"),
        ml if ml >= 1.0 => format!("{ml:.2}"),
        ml => format!("{ml:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::volume;

    #[test]
    fn volumes_have_three_digits() {
        assert_eq!(
            [1234.4, 12.34, 2.145, 0.5].map(volume),
            ["1234", "12.3", "2.15", "0.500"]
        );
    }
}
