//! Presets of the transfer function as small pictures of the open volume, and the user's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Button, Color32, ColorImage, Key, Rect, RichText, Role, Sense, TextEdit, TextureHandle, TextureOptions};
use egui::{Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{VolumeMemory, fields};
use crate::app::state::Entry;
use crate::app::thumbnail::Thumbnail;
use crate::app::transfer::Transfer;
use crate::app::transfer_presets::{self, TransferPreset};
use crate::app::user_presets;
use crate::app::volume_view::VolumeChange;
use crate::app::{Command, State};
use crate::model::volume::VolumeId;
use crate::say;
use crate::ui::{Commands, theme};

/// Pictures beside each other.
const COLUMNS: usize = 3;
/// Space between pictures.
const GAP: f32 = 4.0;
/// Height of the name below a picture.
const NAME: f32 = 15.0;

/// Small pictures as textures.
#[derive(Default)]
pub struct Textures(BTreeMap<(VolumeId, String), (Arc<Thumbnail>, TextureHandle)>);

/// A name that is being typed.
#[derive(Clone, Debug)]
pub struct Naming {
    /// The preset that gets another name; `None` for one that is to be saved.
    from: Option<String>,
    text: String,
    wants_focus: bool,
}

/// A preset in the list.
struct Offer {
    name: String,
    title: String,
    is_own: bool,
}

/// Shows the presets.
pub fn show(ui: &mut Ui, state: &State, entry: &Entry, memory: &mut VolumeMemory, commands: &mut Commands) {
    let Some(transfer) = &entry.display.transfer else {
        return;
    };
    let modality = transfer_presets::modality_for(entry.volume());
    let built_in = |fits: bool| {
        transfer_presets::transfer_presets()
            .iter()
            .filter(move |preset| (preset.modality == modality) == fits)
            .map(|preset| Offer {
                name: preset.name.clone(),
                title: TransferPreset::title(preset),
                is_own: false,
            })
    };
    let own = state
        .settings
        .transfer_presets
        .iter()
        .filter(|(_, preset)| preset.modality == modality)
        .map(|(name, _)| Offer {
            name: name.clone(),
            title: name.clone(),
            is_own: true,
        });
    let offers: Vec<Offer> = built_in(true).chain(own).collect();
    let mut seen = Vec::new();
    head(ui, transfer, memory, commands);
    grid(ui, state, entry, transfer, &offers, memory, commands, &mut seen);
    naming(ui, memory, commands);
    let others: Vec<Offer> = built_in(false).collect();
    egui::CollapsingHeader::new(RichText::new(say!("volume-presets-others")).size(theme::FONT_SMALL))
        .id_salt("other-presets")
        .show(ui, |ui| {
            grid(ui, state, entry, transfer, &others, memory, commands, &mut seen);
        });
    if state.transfer_thumbnails.wanted() != seen {
        commands.push(Command::WantTransferThumbnails { presets: seen });
    }
    memory
        .textures
        .0
        .retain(|(id, name), _| state.transfer_thumbnails.get(*id, name).is_some());
}

/// The heading, and what can be done with the curve as it is.
fn head(ui: &mut Ui, transfer: &Transfer, memory: &mut VolumeMemory, commands: &mut Commands) {
    ui.horizontal(|ui| {
        fields::heading(ui, say!("volume-presets"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let more = ui.menu_button("…", |ui| {
                if ui.button(say!("volume-import")).clicked() {
                    commands.push(Command::ChooseTransferFile { write: false });
                }
                if ui.button(say!("volume-export")).clicked() {
                    commands.push(Command::ChooseTransferFile { write: true });
                }
            });
            more.response
                .widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("volume-files")));
            more.response.on_hover_text(say!("volume-files"));
            let saves = ui
                .small_button(say!("volume-save"))
                .on_hover_text(say!("volume-save-tip"));
            if saves.clicked() {
                memory.naming = Some(Naming {
                    from: None,
                    text: String::new(),
                    wants_focus: true,
                });
            }
            let can_reset = transfer.preset.is_none() && transfer.origin.is_some();
            let reset = ui
                .add_enabled(can_reset, Button::new(say!("volume-reset")).small())
                .on_hover_text(say!("volume-reset-tip"));
            if reset.clicked() {
                commands.push(Command::VolumeView(VolumeChange::ResetTransfer));
            }
        });
    });
}

#[expect(clippy::too_many_arguments, reason = "a row of the panel sees all of it")]
fn grid(
    ui: &mut Ui,
    state: &State,
    entry: &Entry,
    transfer: &Transfer,
    offers: &[Offer],
    memory: &mut VolumeMemory,
    commands: &mut Commands,
    seen: &mut Vec<String>,
) {
    let side = ((ui.available_width() - GAP * (COLUMNS as f32 - 1.0)) / COLUMNS as f32).floor();
    for row in offers.chunks(COLUMNS) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            for offer in row {
                seen.push(offer.name.clone());
                let place = if transfer.preset.as_ref() == Some(&offer.name) {
                    Place::Chosen
                } else if transfer.preset.is_none() && transfer.origin.as_ref() == Some(&offer.name) {
                    Place::Changed
                } else {
                    Place::Other
                };
                let texture = texture(ui, state, entry.volume().id, &offer.name, memory);
                let response = card(ui, offer, side, texture.as_ref(), place);
                if response.clicked() {
                    commands.push(Command::VolumeView(VolumeChange::Preset(offer.name.clone())));
                }
                if offer.is_own {
                    response.context_menu(|ui| own_menu(ui, offer, memory, commands));
                }
            }
        });
    }
}

fn own_menu(ui: &mut Ui, offer: &Offer, memory: &mut VolumeMemory, commands: &mut Commands) {
    if ui.button(say!("volume-save-over")).clicked() {
        commands.push(Command::VolumeView(VolumeChange::SavePreset(offer.name.clone())));
    }
    if ui.button(say!("volume-rename")).clicked() {
        memory.naming = Some(Naming {
            from: Some(offer.name.clone()),
            text: offer.name.clone(),
            wants_focus: true,
        });
    }
    if ui.button(say!("volume-delete")).clicked() {
        commands.push(Command::VolumeView(VolumeChange::DeletePreset(offer.name.clone())));
    }
}

/// The field for a name.
fn naming(ui: &mut Ui, memory: &mut VolumeMemory, commands: &mut Commands) {
    let Some(naming) = &mut memory.naming else { return };
    let label = match &naming.from {
        None => say!("volume-name-new"),
        Some(from) => say!("volume-name-other", name = from.clone()),
    };
    let field = ui.add(
        TextEdit::singleline(&mut naming.text)
            .hint_text(&label)
            .desired_width(f32::INFINITY),
    );
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &label));
    if std::mem::take(&mut naming.wants_focus) {
        field.request_focus();
        return;
    }
    if !field.lost_focus() {
        return;
    }
    if ui.input(|input| input.key_pressed(Key::Enter))
        && let Some(name) = user_presets::tidy_name(&naming.text)
    {
        let change = match naming.from.take() {
            None => VolumeChange::SavePreset(name),
            Some(from) => VolumeChange::RenamePreset { from, to: name },
        };
        commands.push(Command::VolumeView(change));
    }
    memory.naming = None;
}

/// What a preset is to what is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Chosen,
    /// What is shown came from it.
    Changed,
    Other,
}

/// One preset: picture and name.
fn card(ui: &mut Ui, offer: &Offer, side: f32, texture: Option<&TextureHandle>, place: Place) -> egui::Response {
    let is_on = place == Place::Chosen;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side + NAME), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &offer.title));
    let colors = theme::of(ui);
    let picture = Rect::from_min_size(rect.min, Vec2::splat(side));
    let corner = f32::from(theme::CORNER);
    ui.painter().rect_filled(picture, corner, Color32::BLACK);
    if let Some(texture) = texture {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .image(texture.id(), picture.shrink(1.0), whole, Color32::WHITE);
    }
    let (width, line) = match (place, response.hovered() || response.has_focus()) {
        (Place::Chosen, _) => (2.0, colors.accent_line),
        (Place::Changed, _) => (1.0, colors.accent_line),
        (Place::Other, true) => (1.0, colors.text_strong),
        (Place::Other, false) => (1.0, colors.line),
    };
    ui.painter().rect_stroke(
        picture,
        corner,
        egui::Stroke::new(width, line),
        egui::StrokeKind::Inside,
    );
    let color = if is_on { colors.text_strong } else { colors.text_weak };
    let mut job = egui::text::LayoutJob::simple(
        short(&offer.title).to_owned(),
        egui::FontId::proportional(theme::FONT_SMALL - 1.0),
        color,
        side,
    );
    job.wrap.max_rows = 1;
    job.halign = egui::Align::Center;
    let galley = ui.painter().layout_job(job);
    ui.painter()
        .galley(pos2(picture.center().x, picture.bottom() + 1.0), galley, color);
    response.on_hover_text(&offer.title)
}

/// A title without the modality, which all beside it have.
fn short(title: &str) -> &str {
    ["CT ", "MR ", "PET "]
        .iter()
        .find_map(|modality| title.strip_prefix(modality))
        .unwrap_or(title)
}

fn texture(ui: &Ui, state: &State, id: VolumeId, name: &str, memory: &mut VolumeMemory) -> Option<TextureHandle> {
    let picture = state.transfer_thumbnails.get(id, name)?;
    let key = (id, name.to_owned());
    if let Some((of, texture)) = memory.textures.0.get(&key)
        && Arc::ptr_eq(of, picture)
    {
        return Some(texture.clone());
    }
    let size = picture.size.map(|side| side as usize);
    let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    let texture = ui
        .ctx()
        .load_texture(format!("preset {name}"), image, TextureOptions::LINEAR);
    memory.textures.0.insert(key, (Arc::clone(picture), texture.clone()));
    Some(texture)
}
