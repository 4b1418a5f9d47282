//! Tables whose columns stand apart by blanks: ITK-SNAP's label descriptions, colour tables, and plain lists of names.

use super::{Row, color_of_texts};
use crate::say;

/// The lines that say something, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//"))
}

/// A table in which every line has a colour; `None` if the first line is none of such a table.
pub(super) fn colored(text: &str) -> Result<Option<Vec<Row>>, String> {
    let Some((_, first)) = lines(text).next() else {
        return Ok(None);
    };
    let read: fn(&str) -> Option<Row> = if described(first).is_some() {
        described
    } else if looked_up(first).is_some() {
        looked_up
    } else {
        return Ok(None);
    };
    lines(text)
        .map(|(number, line)| read(line).ok_or_else(|| say!("io-table-line", line = number)))
        .collect::<Result<Vec<_>, _>>()
        .map(Some)
}

/// ITK-SNAP: index, red, green, blue, opacity, visibility, visibility in 3D, name in quotes.
fn described(line: &str) -> Option<Row> {
    let (numbers, name) = line.split_once('"')?;
    let name = name.strip_suffix('"')?;
    let numbers: Vec<&str> = numbers.split_whitespace().collect();
    let [label, r, g, b, opacity, visible, _mesh] = numbers[..] else {
        return None;
    };
    let opacity: f64 = opacity.parse().ok()?;
    Some(Row {
        label: label.parse().ok()?,
        name: name.to_owned(),
        color: Some(color_of_texts([r, g, b])?),
        is_visible: visible != "0" && opacity > 0.0,
    })
}

/// FreeSurfer and 3D Slicer: index, name, red, green, blue and, mostly, a fourth number, whose sense differs.
fn looked_up(line: &str) -> Option<Row> {
    // Commas are for the lists that have them between all columns.
    if line.contains(',') {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let numbers = words.iter().rev().take_while(|word| word.parse::<u8>().is_ok()).count();
    // The name may end in a number, so that four of more are taken; a name there must be.
    let colors = numbers.min(4);
    if colors < 3 || words.len() < colors + 2 {
        return None;
    }
    let (front, color) = words.split_at(words.len() - colors);
    let (label, name) = front.split_first()?;
    Some(Row {
        color: Some(color_of_texts([color.first()?, color.get(1)?, color.get(2)?])?),
        ..Row::new(label.parse().ok()?, &name.join(" "))
    })
}

/// A plain list: number, then name, perhaps with a colon or an equals sign between. Every line must be one.
pub(super) fn named(text: &str) -> Option<Vec<Row>> {
    let row = |line: &str| {
        let digits = line.find(|c: char| !c.is_ascii_digit())?;
        let (label, name) = line.split_at_checked(digits)?;
        let is_apart = name.starts_with([':', '=']) || name.starts_with(char::is_whitespace);
        let name = name.trim().trim_start_matches([':', '=']).trim().trim_matches('"');
        let is_name = is_apart && name.contains(char::is_alphabetic);
        is_name.then_some(Row::new(label.parse().ok()?, name))
    };
    let rows: Option<Vec<Row>> = lines(text).map(|(_, line)| row(line)).collect();
    rows.filter(|rows| !rows.is_empty())
}
