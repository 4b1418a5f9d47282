//! The program's own picture: the bore of a scanner with its isocenter. The same file is installed for the desktop.

/// What the system's bars and the start page show.
pub fn image() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/isocenter-128.png")).unwrap_or_default()
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
