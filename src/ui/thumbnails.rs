//! Thumbnails as textures: each is handed to egui once and goes when the program has let go of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{ColorImage, TextureHandle, TextureOptions};

use crate::app::State;
use crate::app::thumbnail::Thumbnail;
use crate::model::volume::VolumeId;

/// The textures that there are.
#[derive(Default)]
pub struct Textures(BTreeMap<VolumeId, (Arc<Thumbnail>, TextureHandle)>);

impl Textures {
    /// The texture of a volume's thumbnail, if there is one.
    pub fn get(&mut self, ctx: &egui::Context, state: &State, id: VolumeId) -> Option<TextureHandle> {
        let thumbnail = state.thumbnails.get(id)?;
        if let Some((of, texture)) = self.0.get(&id)
            && Arc::ptr_eq(of, thumbnail)
        {
            return Some(texture.clone());
        }
        let size = thumbnail.size.map(|side| side as usize);
        let image = ColorImage::from_rgba_unmultiplied(size, &thumbnail.rgba);
        let texture = ctx.load_texture(format!("thumbnail {}", id.0), image, TextureOptions::LINEAR);
        self.0.insert(id, (Arc::clone(thumbnail), texture.clone()));
        Some(texture)
    }

    /// Lets go of those that the program no longer has.
    pub fn tidy(&mut self, state: &State) {
        self.0.retain(|id, _| state.thumbnails.get(*id).is_some());
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
