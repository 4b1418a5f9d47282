//! Numbers as a person reads them. Decimals are formatted here, not by the catalogue, so that they line up.

use std::path::PathBuf;

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, vec2};
use glam::DVec3;

use crate::app::presets::{self, WindowPreset};
use crate::app::readout::Readout;
use crate::app::recent::{self, Ago, Recent};
use crate::app::state::Entry;
use crate::model::volume::{Value, Volume};
use crate::model::window::Window;
use crate::say;
use crate::ui::theme;

/// A number with as many decimals as its size deserves: 1234, 57, 3.25, 0.0031.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value == value.round() && size < 1e7 {
        return format!("{value:.0}");
    }
    match size {
        s if !(1e-3..1e7).contains(&s) => format!("{value:.3e}"),
        s if s >= 100.0 => format!("{value:.1}"),
        s if s >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// A probability: two decimals, or three where it has them.
pub fn probability(p: f64) -> String {
    let text = format!("{p:.3}");
    text.strip_suffix('0').unwrap_or(&text).to_owned()
}

/// A count with its thousands apart.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Decimals of a number field whose value is about as large as `scale`.
pub fn decimals(scale: f64) -> usize {
    match scale.abs() {
        s if s >= 50.0 => 0,
        s if s >= 5.0 => 1,
        s if s >= 0.5 => 2,
        _ => 4,
    }
}

/// Millimetres or centimetres, whichever is shorter.
pub fn length(mm: f64) -> String {
    if mm >= 10.0 {
        say!("ui-centimetres", length = number(mm / 10.0))
    } else {
        say!("ui-millimetres", length = number(mm))
    }
}

/// With one decimal, and never "-0.0".
fn tenths(value: f64) -> String {
    format!("{:.1}", (value * 10.0).round() / 10.0 + 0.0)
}

/// A place in the patient.
pub fn place(lps: DVec3) -> String {
    say!("ui-place", x = tenths(lps.x), y = tenths(lps.y), z = tenths(lps.z))
}

/// A voxel.
pub fn voxel([i, j, k]: [usize; 3]) -> String {
    say!("ui-voxel", i = i.to_string(), j = j.to_string(), k = k.to_string())
}

/// A value with its unit.
pub fn value(value: Value, volume: &Volume) -> String {
    match (value, &volume.unit) {
        (Value::Scalar(value), Some(unit)) => {
            say!("ui-value-unit", value = number(value), unit = unit.clone())
        }
        (Value::Scalar(value), None) => number(value),
        (Value::Rgb([r, g, b]), _) => {
            say!("ui-value-rgb", r = number(r), g = number(g), b = number(b))
        }
    }
}

/// Everything about the place under the pointer, the value first.
pub fn readout(readout: &Readout, volume: &Volume) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(match (readout.value, readout.voxel) {
        (Some(found), _) => Some(value(found, volume)),
        (None, Some([_, _, slice])) if volume.voxels.is_settled(volume.voxels.slab_of(slice, readout.frame)) => {
            Some(say!("ui-unreadable"))
        }
        (None, Some(_)) => Some(say!("ui-not-loaded")),
        (None, None) => Some(say!("ui-outside")),
    });
    lines.extend(readout.voxel.map(voxel));
    lines.extend(readout.lps.map(place));
    lines
}

/// Width and centre of a window.
pub fn window(window: &Window) -> String {
    say!(
        "ui-window-line",
        width = number(window.width),
        center = number(window.center)
    )
}

/// Width and centre alone, for columns.
pub fn window_numbers(window: &Window) -> String {
    say!(
        "ui-window-numbers",
        width = number(window.width),
        center = number(window.center)
    )
}

/// The presets that make sense for a volume: those for its unit; where the file names none, those that have a key.
pub fn presets_for(entry: &Entry) -> impl Iterator<Item = &'static WindowPreset> {
    let is_gray = entry.volume().voxels.components() == 1;
    let unit = entry.volume().unit.clone();
    presets::window_presets()
        .iter()
        .filter(move |preset| is_gray && unit.as_ref().map_or(preset.key.is_some(), |unit| *unit == preset.unit))
}

/// A shortcut as it is written on a menu.
pub fn shortcut(ctx: &egui::Context, shortcut: &egui::KeyboardShortcut) -> String {
    let said = ctx.format_shortcut(shortcut);
    let (before, key) = said
        .rsplit_once('+')
        .map_or(("", said.as_str()), |(before, key)| (before, key));
    let sign = match key {
        "Backtick" => "`",
        "Comma" => ",",
        "OpenBracket" => "[",
        "CloseBracket" => "]",
        "Plus" => "+",
        "Minus" => "−",
        "PageUp" => "Page up",
        "PageDown" => "Page down",
        other => other,
    };
    if before.is_empty() {
        sign.to_owned()
    } else {
        format!("{before}+{sign}")
    }
}

/// What a window is called: by the file, as the automatic one, or by a preset.
pub fn window_name(entry: &Entry, window: &Window) -> Option<String> {
    let from_file = entry
        .volume()
        .windows
        .iter()
        .find(|named| named.window == *window && !named.name.is_empty());
    if let Some(named) = from_file {
        return Some(named.name.clone());
    }
    if entry.auto_window == Some(*window) {
        return Some(say!("ui-auto-window"));
    }
    presets_for(entry)
        .find(|preset| preset.window() == *window)
        .map(WindowPreset::title)
}

/// Text with a dark rim, readable on any picture. Answers where it stands.
pub fn over_picture(painter: &Painter, at: Pos2, anchor: Align2, text: &str, font: FontId, color: Color32) -> Rect {
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let rect = anchor.anchor_size(at, galley.size());
    // All around, so that light letters stand on white bone too.
    for (right, down) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
        let offset = vec2(right as f32, down as f32);
        painter.galley_with_override_text_color(rect.min + offset, galley.clone(), theme::PANE_RIM);
    }
    painter.galley(rect.min, galley, color);
    rect
}

/// Width of a text in one line, in points.
pub fn width(painter: &Painter, text: &str, font: &FontId) -> f32 {
    let galley = painter.layout_no_wrap(text.to_owned(), font.clone(), theme::PANE_TEXT);
    galley.size().x
}

/// A text that is no wider than `widest` points; what is cut off is shown by dots.
pub fn shortened(painter: &Painter, text: &str, font: &FontId, widest: f32) -> String {
    let width = |text: &str| width(painter, text, font);
    if width(text) <= widest {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let fits = ends.partition_point(|end| width(&format!("{}…", &text[..*end])) <= widest);
    format!("{}…", &text[..ends.get(fits.saturating_sub(1)).copied().unwrap_or(0)])
}

/// The same for a path: what is cut off is its beginning.
pub fn shortened_start(painter: &Painter, text: &str, font: &FontId, widest: f32) -> String {
    let width = |text: &str| width(painter, text, font);
    if width(text) <= widest {
        return text.to_owned();
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let too_wide = starts.partition_point(|start| width(&format!("…{}", &text[*start..])) > widest);
    format!("…{}", &text[starts.get(too_wide).copied().unwrap_or(text.len())..])
}

/// What a recent file is called: its name, of several files the first one's and how many more.
pub fn recent_name(recent: &Recent) -> String {
    match recent.paths.len() {
        0 | 1 => recent.name(),
        several => say!("window-recent-several", name = recent.name(), count = several - 1),
    }
}

/// Paths, one a line.
pub fn paths(paths: &[PathBuf]) -> String {
    let lines: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    lines.join("\n")
}

/// How long ago something was; both in seconds since 1970.
pub fn ago(then: u64, now: u64) -> String {
    match recent::ago(then, now) {
        Ago::Now => say!("window-ago-now"),
        Ago::Minutes(count) => say!("window-ago-minutes", count = count),
        Ago::Hours(count) => say!("window-ago-hours", count = count),
        Ago::Days(count) => say!("window-ago-days", count = count),
        Ago::On(year, month, day) => format!("{year}-{month:02}-{day:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_the_decimals_they_deserve() {
        for (value, text) in [
            (57.0, "57"),
            (-1024.0, "-1024"),
            (1234.56, "1234.6"),
            (3.254, "3.25"),
            (0.00312, "0.0031"),
            (0.0, "0"),
            (2.5e9, "2.500e9"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
