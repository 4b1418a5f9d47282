//! Tables for people: columns of even width, numbers to the right.

/// The rows under their headings; the first `texts` columns are text and stand to the left.
pub(super) fn table(headings: &[String], rows: &[Vec<String>], texts: usize) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .chain(headings.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                if column < texts {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let all = std::iter::once(line(headings)).chain(rows.iter().map(|row| line(row)));
    all.collect::<Vec<_>>().join("\n")
}

/// A number with so many digits after the point; a dash where there is none.
pub(super) fn cell(number: Option<f64>, digits: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_headings() {
        let headings = ["name", "mL"].map(str::to_owned);
        let rows = [
            vec!["lung".to_owned(), cell(Some(12.345), 1)],
            vec!["é".to_owned(), cell(None, 1)],
        ];
        assert_eq!(table(&headings, &rows, 1), "name    mL\nlung  12.3\né        –");
    }
}
