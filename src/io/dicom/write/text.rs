//! Values as the text that DICOM elements hold (PS3.5 6.2).

/// A number in the 16 characters of a DS, as near to the number as they allow.
pub(super) fn decimal_string(number: f64) -> String {
    const MOST: usize = 16;
    let shortest = number.to_string();
    if shortest.len() <= MOST {
        return shortest;
    }
    let fixed = (0..MOST)
        .rev()
        .map(|digits| format!("{number:.digits$}"))
        .find(|text| text.len() <= MOST);
    let scientific = (0..MOST)
        .rev()
        .map(|digits| format!("{number:.digits$e}"))
        .find(|text| text.len() <= MOST);
    let fixed = fixed.map(|text| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    });
    let error = |text: &String| (text.parse::<f64>().unwrap_or(f64::INFINITY) - number).abs();
    let mut best: Vec<String> = fixed.into_iter().chain(scientific).collect();
    best.sort_by(|a, b| error(a).total_cmp(&error(b)));
    best.into_iter().next().unwrap_or(shortest)
}

/// Several numbers of a DS.
pub(super) fn decimal_strings(numbers: &[f64]) -> String {
    numbers
        .iter()
        .map(|number| decimal_string(*number))
        .collect::<Vec<_>>()
        .join("\\")
}

/// A text without what would end or split it, at most so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c == '\\' || c.is_control() { ' ' } else { c })
        .collect();
    clean.trim().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_and_stay_near() {
        for number in [
            0.0,
            1.0,
            -0.5,
            1.0 / 3.0,
            -1.0 / 3.0,
            1e-9 / 7.0,
            -123_456.789_012_345_67,
            1e20 / 3.0,
            0.976_562_023,
            -1e-12,
            5e-324,
        ] {
            let text = decimal_string(number);
            let back: f64 = text.parse().unwrap();
            assert!(
                text.len() <= 16 && (back - number).abs() <= number.abs() * 1e-8,
                "{number}: {text}"
            );
        }
        assert_eq!(decimal_string(2.499_999_999_999_999_6), "2.5");
        assert_eq!(decimal_strings(&[1.5, -2.0]), "1.5\\-2");
    }

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(line("a\\b\r\nc ", 64), "a b  c");
        assert_eq!(line("äöüß", 3), "äöü");
    }
}
