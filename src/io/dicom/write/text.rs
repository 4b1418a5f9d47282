//! Values as the text that DICOM elements hold (PS3.5 6.2).

use std::ops::RangeInclusive;

use dicom_core::VR;

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

/// A text as one value of a VR may be: short enough, and of dates, times, ages and numbers only what is one.
pub(super) fn fitting(vr: VR, text: &str) -> String {
    match vr {
        VR::PN => person_name(text),
        VR::SH | VR::CS => line(text, 16),
        VR::DS => Some(line(text, usize::MAX))
            .filter(|text| text.len() <= 16 && text.parse::<f64>().is_ok_and(f64::is_finite))
            .unwrap_or_default(),
        VR::DA => digits(text, 8..=8),
        VR::AS => Some(line(text, usize::MAX))
            .filter(|text| text.len() == 4 && text.ends_with(['D', 'W', 'M', 'Y']))
            .unwrap_or_default(),
        VR::TM => {
            let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
            let (whole, fraction) = (digits(whole, 2..=6), digits(fraction, 1..=6));
            if whole.len() == 6 && !fraction.is_empty() {
                format!("{whole}.{fraction}")
            } else {
                whole
            }
        }
        _ => line(text, 64),
    }
}

/// Digits alone, so many of them; nothing of anything else.
fn digits(text: &str, count: RangeInclusive<usize>) -> String {
    let text = text.trim();
    let is_one = count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_one { text.to_owned() } else { String::new() }
}

/// The name of a person: up to three groups (letters, ideographs, sounds) of 64 characters each, with `=` between them.
pub(super) fn person_name(text: &str) -> String {
    let groups = text.split('=').take(3).map(|group| line(group, 64));
    groups.collect::<Vec<_>>().join("=").trim_end_matches('=').to_owned()
}

/// A text without what would end or split it, at most so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c == '\\' || c.is_control() { ' ' } else { c })
        .collect();
    let cut: String = clean.trim().chars().take(most).collect();
    cut.trim_end().to_owned()
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
        assert_eq!(line("ab cd", 3), "ab");
    }

    #[test]
    fn each_kind_of_text_has_its_room() {
        let long = "x".repeat(100);
        for (vr, most) in [(VR::SH, 16), (VR::CS, 16), (VR::LO, 64), (VR::PN, 64)] {
            assert_eq!(fitting(vr, &long).len(), most, "{vr:?}");
        }
        // PN: 64 characters for each of three groups, and no fourth.
        let name = fitting(VR::PN, &[long.as_str(), "山田^太郎", &long, "more"].join("="));
        let lengths: Vec<usize> = name.split('=').map(|group| group.chars().count()).collect();
        assert_eq!(lengths, [64, 5, 64]);
        assert_eq!(fitting(VR::PN, "Doe^Jane=="), "Doe^Jane");
        for (vr, text, expected) in [
            (VR::DA, "20260227", "20260227"),
            (VR::DA, "2026-02-27", ""),
            (VR::TM, "101112.123456", "101112.123456"),
            (VR::TM, "10", "10"),
            (VR::TM, "10:11:12", ""),
            (VR::TM, "1011.5", "1011"),
            (VR::AS, "045Y", "045Y"),
            (VR::AS, "45", ""),
            (VR::DS, "72.5", "72.5"),
            (VR::DS, "NaN", ""),
            (VR::DS, "72.5\\10", ""),
            (VR::LO, "a\\b\n", "a b"),
        ] {
            assert_eq!(fitting(vr, text), expected, "{vr:?} {text:?}");
        }
    }
}
