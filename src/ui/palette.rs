//! The colours of the window, dark and light. Pictures are black around in both, and what stands on them is light.

use egui::Color32;

use crate::app::pane::PaneId;

/// One set of colours.
#[derive(Debug, PartialEq)]
pub struct Palette {
    /// Behind everything: panels and the gaps between panes. The window is cleared with it, which costs nothing.
    pub panel: Color32,
    /// Behind menus and dialogs, which stand above the panels.
    pub raised: Color32,
    /// Text fields and troughs.
    pub sunken: Color32,
    /// Buttons and fields.
    pub widget: Color32,
    /// Buttons under the pointer.
    pub widget_hovered: Color32,
    /// What is chosen.
    pub selected: Color32,
    /// The one thing to do next, the filled part of a bar, and the mark of what is chosen.
    pub accent: Color32,
    /// The accent of pictures and thin lines, which need more contrast than a filled part.
    pub accent_line: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that can wait.
    pub text_weak: Color32,
    /// Text that counts.
    pub text_strong: Color32,
    /// Text on the accent.
    pub text_on_accent: Color32,
    /// Doubts.
    pub warning: Color32,
    /// What failed.
    pub error: Color32,
    /// Behind a message of something that failed.
    pub error_fill: Color32,
    /// Behind a message that is good to know.
    pub note_fill: Color32,
    /// Over everything while files hover above the window.
    pub drop_fill: Color32,
    /// Behind a dialog, over what cannot be used meanwhile.
    pub shade: Color32,
    /// The names of the panes in panels: axial, coronal, sagittal, volume, stack.
    pane_names: [Color32; 5],
}

impl Palette {
    /// A pane's colour for text in panels; on pictures it is [`super::theme::pane_color`].
    pub fn pane_name(&self, pane: PaneId) -> Color32 {
        let [axial, coronal, sagittal, volume, stack] = self.pane_names;
        match pane {
            PaneId::Axial => axial,
            PaneId::Coronal => coronal,
            PaneId::Sagittal => sagittal,
            PaneId::Volume => volume,
            PaneId::Stack => stack,
        }
    }
}

/// Dark and calm: nothing is brighter than the pictures.
pub static DARK: Palette = Palette {
    panel: Color32::from_rgb(27, 29, 32),
    raised: Color32::from_rgb(33, 35, 39),
    sunken: Color32::from_rgb(18, 19, 21),
    widget: Color32::from_rgb(43, 46, 51),
    widget_hovered: Color32::from_rgb(55, 59, 66),
    selected: Color32::from_rgb(36, 68, 102),
    accent: Color32::from_rgb(58, 120, 182),
    accent_line: Color32::from_rgb(130, 186, 240),
    line: Color32::from_rgb(51, 54, 59),
    text: Color32::from_rgb(203, 206, 211),
    text_weak: Color32::from_rgb(152, 157, 165),
    text_strong: Color32::from_rgb(236, 238, 240),
    text_on_accent: Color32::WHITE,
    warning: Color32::from_rgb(229, 170, 73),
    error: Color32::from_rgb(238, 132, 122),
    error_fill: Color32::from_rgb(66, 32, 31),
    note_fill: Color32::from_rgb(33, 46, 60),
    drop_fill: Color32::from_rgba_premultiplied(10, 24, 38, 190),
    shade: Color32::from_rgba_premultiplied(0, 0, 0, 120),
    pane_names: [
        Color32::from_rgb(236, 108, 104),
        Color32::from_rgb(96, 190, 104),
        Color32::from_rgb(226, 196, 66),
        Color32::from_rgb(122, 162, 216),
        Color32::from_rgb(160, 164, 170),
    ],
};

/// For bright rooms and for print.
pub static LIGHT: Palette = Palette {
    panel: Color32::from_rgb(236, 238, 240),
    raised: Color32::from_rgb(247, 248, 249),
    sunken: Color32::from_rgb(255, 255, 255),
    widget: Color32::from_rgb(221, 224, 228),
    widget_hovered: Color32::from_rgb(207, 211, 217),
    selected: Color32::from_rgb(190, 215, 240),
    accent: Color32::from_rgb(38, 99, 160),
    accent_line: Color32::from_rgb(30, 90, 150),
    line: Color32::from_rgb(205, 208, 213),
    text: Color32::from_rgb(42, 45, 50),
    text_weak: Color32::from_rgb(82, 87, 95),
    text_strong: Color32::from_rgb(14, 16, 18),
    text_on_accent: Color32::WHITE,
    warning: Color32::from_rgb(122, 74, 0),
    error: Color32::from_rgb(160, 36, 28),
    error_fill: Color32::from_rgb(250, 222, 219),
    note_fill: Color32::from_rgb(218, 232, 246),
    drop_fill: Color32::from_rgba_premultiplied(180, 200, 220, 225),
    shade: Color32::from_rgba_premultiplied(0, 0, 0, 70),
    pane_names: [
        Color32::from_rgb(160, 36, 34),
        Color32::from_rgb(22, 98, 38),
        Color32::from_rgb(112, 84, 0),
        Color32::from_rgb(36, 84, 148),
        Color32::from_rgb(80, 84, 90),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |color: Color32| {
            let linear = |part: u8| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast(Color32::WHITE, Color32::BLACK) - 21.0).abs() < 1e-9);
        // The grey that is well known for just passing on white.
        assert!((contrast(Color32::from_rgb(118, 118, 118), Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn all_text_can_be_read_on_all_that_it_stands_on() {
        for palette in [&DARK, &LIGHT] {
            let plain = [palette.panel, palette.raised, palette.sunken, palette.widget];
            let with_pointer = [&plain[..], &[palette.widget_hovered, palette.selected]].concat();
            let check = |text: Color32, on: &[Color32], least: f64| {
                for fill in on {
                    let found = contrast(text, *fill);
                    assert!(found >= least, "{text:?} on {fill:?}: {found:.2}");
                }
            };
            check(palette.text, &with_pointer, 4.5);
            check(palette.text_strong, &with_pointer, 7.0);
            check(palette.text_weak, &plain, 4.5);
            check(palette.text_on_accent, &[palette.accent], 4.5);
            check(palette.warning, &plain, 4.5);
            check(palette.error, &plain, 4.5);
            check(palette.text_strong, &[palette.error_fill, palette.note_fill], 7.0);
            check(palette.warning, &[palette.error_fill, palette.note_fill], 4.5);
            for name in palette.pane_names {
                check(name, &plain[..3], 4.5);
            }
            // What is not text has to be seen: 3 to 1.
            check(palette.accent, &[palette.panel, palette.raised], 3.0);
            check(palette.accent_line, &with_pointer, 4.5);
        }
    }
}
