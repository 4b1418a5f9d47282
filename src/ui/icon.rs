//! The program's own picture: the bore of a scanner with its isocenter. The same file is installed for the desktop.

/// What the system's bars and the start page show.
pub fn image() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/isocenter-128.png")).unwrap_or_default()
}

/// Shows it, `side` points wide.
pub fn show(ui: &mut egui::Ui, side: f32) {
    let id = egui::Id::unique("icon");
    let known: Option<egui::TextureHandle> = ui.data(|data| data.get_temp(id));
    let texture = known.unwrap_or_else(|| {
        let icon = image();
        let size = [icon.width as usize, icon.height as usize];
        let pixels = egui::ColorImage::from_rgba_unmultiplied(size, &icon.rgba);
        let options = egui::TextureOptions::LINEAR.with_mipmap_mode(Some(egui::TextureFilter::Linear));
        let texture = ui.ctx().load_texture("icon", pixels, options);
        ui.data_mut(|data| data.insert_temp(id, texture.clone()));
        texture
    });
    ui.add(egui::Image::from_texture(&texture).fit_to_exact_size(egui::Vec2::splat(side)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there() {
        let icon = image();
        assert_eq!([icon.width, icon.height], [128, 128]);
        assert_eq!(icon.rgba.len(), 128 * 128 * 4);
        assert_eq!(
            icon.rgba[(64 * 128 + 64) * 4..][..4],
            [255; 4],
            "the isocenter is in the middle"
        );
    }
}
