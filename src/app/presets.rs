//! Window presets and colour maps: data files in `assets/`, read once.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::model::color_map::{ColorMap, ColorStop};
use crate::model::window::{Window, WindowFunction};
use crate::words;

/// A window that people know by name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPreset {
    /// Its name on the command line and in commands: lower case with dashes.
    pub name: String,
    /// Centre, in `unit`.
    pub center: f64,
    /// Width, in `unit`.
    pub width: f64,
    /// The curve; LINEAR where the file does not say.
    #[serde(default)]
    pub function: WindowFunction,
    /// The unit of values that it is meant for: `HU` or `SUV`.
    pub unit: String,
    /// The digit that chooses it, 1 to 9.
    #[serde(default)]
    pub key: Option<u8>,
}

impl WindowPreset {
    /// Its name in menus.
    pub fn title(&self) -> String {
        words::lookup(&format!("app-preset-{}", self.name), &[])
    }

    /// Its window.
    pub fn window(&self) -> Window {
        Window {
            center: self.center,
            width: self.width,
            function: self.function,
        }
    }
}

/// All window presets, in the order of menus.
pub fn window_presets() -> &'static [WindowPreset] {
    // What cannot be read is not offered; a test insists that all of it can.
    static PRESETS: LazyLock<Vec<WindowPreset>> =
        LazyLock::new(|| serde_json::from_str(WINDOW_PRESETS).unwrap_or_default());
    &PRESETS
}

/// The preset with a name.
pub fn window_preset(name: &str) -> Option<&'static WindowPreset> {
    window_presets().iter().find(|preset| preset.name == name)
}

/// The preset of a digit key.
pub fn window_preset_of_key(key: u8) -> Option<&'static WindowPreset> {
    window_presets().iter().find(|preset| preset.key == Some(key))
}

/// All colour maps, in the order of menus.
pub fn color_maps() -> &'static [Arc<ColorMap>] {
    static MAPS: LazyLock<Vec<Arc<ColorMap>>> = LazyLock::new(|| {
        let rows: Vec<ColorMapRow> = serde_json::from_str(COLOR_MAPS).unwrap_or_default();
        rows.iter().filter_map(ColorMapRow::color_map).map(Arc::new).collect()
    });
    &MAPS
}

/// The name of a colour map in menus.
pub fn color_map_title(map: &ColorMap) -> String {
    words::lookup(&format!("app-colors-{}", map.name()), &[])
}

/// The colour map with a name.
pub fn color_map(name: &str) -> Option<&'static Arc<ColorMap>> {
    color_maps().iter().find(|map| map.name() == name)
}

/// Plain grey.
pub fn gray() -> Arc<ColorMap> {
    static GRAY: LazyLock<Arc<ColorMap>> =
        LazyLock::new(|| color_map("gray").cloned().unwrap_or_else(|| Arc::new(ColorMap::gray())));
    Arc::clone(&GRAY)
}

const WINDOW_PRESETS: &str = include_str!("../../assets/window_presets.json");
const COLOR_MAPS: &str = include_str!("../../assets/color_maps.json");

/// A colour map as the file has it: places from 0 to 1, each with a colour `#rrggbb`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColorMapRow {
    name: String,
    stops: Vec<(f64, String)>,
}

impl ColorMapRow {
    fn color_map(&self) -> Option<ColorMap> {
        let stops: Option<Vec<ColorStop>> = self
            .stops
            .iter()
            .map(|(at, color)| {
                Some(ColorStop {
                    at: *at,
                    color: parse_color(color)?,
                })
            })
            .collect();
        ColorMap::from_stops(&self.name, &stops?)
    }
}

/// A colour written as `#rrggbb`.
pub fn parse_color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_name(name: &str) -> bool {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    }

    #[test]
    fn window_presets_can_be_read() {
        let presets: Vec<WindowPreset> = serde_json::from_str(WINDOW_PRESETS).unwrap();
        assert_eq!(presets, window_presets());
        let mut names: Vec<&str> = presets.iter().map(|preset| preset.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), presets.len(), "names are different");
        for preset in &presets {
            assert!(
                is_name(&preset.name) && preset.width >= preset.window().smallest_width(),
                "{preset:?}"
            );
            assert!(["HU", "SUV"].contains(&preset.unit.as_str()), "{preset:?}");
        }
        let keys: Vec<u8> = presets.iter().filter_map(|preset| preset.key).collect();
        assert_eq!(
            keys,
            (1..=9).collect::<Vec<u8>>(),
            "each digit has one, in the order of the list"
        );
        assert_eq!(window_preset("lung").unwrap().window(), Window::linear(-600.0, 1500.0));
        assert_eq!(window_preset_of_key(1).unwrap().name, "brain");
    }

    #[test]
    fn color_maps_can_be_read() {
        let rows: Vec<ColorMapRow> = serde_json::from_str(COLOR_MAPS).unwrap();
        assert_eq!(
            rows.len(),
            color_maps().len(),
            "every map has stops that ascend and colours that are colours"
        );
        for row in &rows {
            let map = color_map(&row.name).unwrap();
            assert!(is_name(map.name()));
            assert_eq!(
                (row.stops.first().unwrap().0, row.stops.last().unwrap().0),
                (0.0, 1.0),
                "{}",
                row.name
            );
        }
        assert_eq!(*color_map("gray").unwrap().colors(), *ColorMap::gray().colors());
        assert_eq!(color_map("inverted-gray").unwrap().color(0), [255, 255, 255]);
        assert_eq!(color_map("viridis").unwrap().color(255), [0xfd, 0xe7, 0x25]);
    }
}
