//! Tables with commas, semicolons or tabs between their columns, with a line of titles or without.

use super::{Row, color_of_texts, hex_color};

/// Titles of the column of numbers, the surest first.
const NUMBERS: [&str; 9] = [
    "labelvalue",
    "value",
    "index",
    "labelid",
    "id",
    "no",
    "number",
    "key",
    "label",
];
/// Titles of the column of names.
const NAMES: [&str; 9] = [
    "name",
    "labelname",
    "structure",
    "segment",
    "region",
    "organ",
    "class",
    "description",
    "label",
];
const COLORS: [&str; 4] = ["color", "colour", "rgb", "hex"];

/// Which column says what.
struct Columns {
    number: usize,
    name: usize,
    color: Option<usize>,
    rgb: Option<[usize; 3]>,
}

/// The rows of a table; `None` if it is none.
pub(super) fn rows(text: &str) -> Option<Vec<Row>> {
    let lines = || {
        text.lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    };
    let first = lines().next()?;
    let delimiter = ['\t', ';', ',']
        .into_iter()
        .find(|delimiter| first.contains(*delimiter))?;
    let titles = fields(first, delimiter);
    let (columns, has_titles) = match titled(&titles) {
        Some(columns) => (columns, true),
        None => (untitled(&titles)?, false),
    };
    let rows = lines()
        .skip(usize::from(has_titles))
        .map(|line| row(&fields(line, delimiter), &columns))
        .collect::<Option<Vec<Row>>>()?;
    (!rows.is_empty()).then_some(rows)
}

fn titled(titles: &[String]) -> Option<Columns> {
    let plain = |title: &String| title.to_lowercase().replace([' ', '_', '-', '.'], "");
    let titles: Vec<String> = titles.iter().map(plain).collect();
    let find = |wanted: &[&str], but: Option<usize>| {
        wanted.iter().find_map(|wanted| {
            let mut all = titles.iter().enumerate();
            all.find(|(at, title)| title == wanted && Some(*at) != but)
                .map(|(at, _)| at)
        })
    };
    let number = find(&NUMBERS, None)?;
    let name = find(&NAMES, Some(number))?;
    let one = |wanted: [&str; 4]| find(&wanted, None);
    let rgb = match (
        one(["r", "red", "colorr", "colourr"]),
        one(["g", "green", "colorg", "colourg"]),
        one(["b", "blue", "colorb", "colourb"]),
    ) {
        (Some(r), Some(g), Some(b)) => Some([r, g, b]),
        _ => None,
    };
    Some(Columns {
        number,
        name,
        color: find(&COLORS, None),
        rgb,
    })
}

/// Number, name and perhaps a colour, in this order.
fn untitled(first: &[String]) -> Option<Columns> {
    let is_list = first.first()?.trim().parse::<u32>().is_ok() && first.get(1)?.contains(char::is_alphabetic);
    is_list.then_some(Columns {
        number: 0,
        name: 1,
        color: (first.len() == 3).then_some(2),
        rgb: (first.len() >= 5).then_some([2, 3, 4]),
    })
}

fn row(fields: &[String], columns: &Columns) -> Option<Row> {
    let at = |column: usize| fields.get(column).map(|field| field.trim());
    let number = at(columns.number)?;
    // Whole numbers that a spreadsheet or a data frame has written as fractions.
    let number = number.strip_suffix(".0").unwrap_or(number);
    let from_one = columns.color.and_then(at).and_then(|text| {
        let parts: Vec<&str> = text
            .trim_start_matches("rgb")
            .trim_matches(['(', ')', '[', ']'])
            .split([' ', ',', '/'])
            .filter(|part| !part.is_empty())
            .collect();
        match parts[..] {
            [r, g, b] => color_of_texts([r, g, b]),
            _ => hex_color(text),
        }
    });
    let from_three = || {
        columns
            .rgb
            .and_then(|[r, g, b]| color_of_texts([at(r)?, at(g)?, at(b)?]))
    };
    Some(Row {
        color: from_one.or_else(from_three),
        ..Row::new(number.parse().ok()?, at(columns.name)?)
    })
}

/// The fields of a line; a field in quotes may hold the delimiter, and a quote twice for one (RFC 4180).
fn fields(line: &str, delimiter: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, fields.last_mut()) {
            ('"', Some(field)) if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            ('"', _) => is_quoted = !is_quoted,
            (c, _) if c == delimiter && !is_quoted => fields.push(String::new()),
            (c, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    fields
}
