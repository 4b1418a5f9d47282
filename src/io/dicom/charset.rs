//! Text in the character sets of DICOM (PS3.5 6.1 and PS3.3 C.12.1.1.2), ISO 2022 escapes included.

use dicom_encoding::text::{SpecificCharacterSet, TextCodec as _};

/// The character sets that a data set declares.
#[derive(Debug, Default, Clone)]
pub struct Charset {
    /// In force at the start of each value; `None` is the default repertoire.
    first: Option<SpecificCharacterSet>,
    /// Whether escape sequences switch between sets.
    has_escapes: bool,
}

const ESC: u8 = 0x1b;

impl Charset {
    /// From the values of Specific Character Set (0008,0005).
    pub fn from_codes(codes: &[String]) -> Self {
        let first = codes
            .first()
            .filter(|code| !code.is_empty())
            .and_then(|code| SpecificCharacterSet::from_code(code));
        Self {
            first,
            has_escapes: codes.len() > 1 || codes.iter().any(|code| code.starts_with("ISO 2022")),
        }
    }

    /// The text of a value. What cannot be decoded is shown as Latin-1, so that nothing disappears.
    pub fn decode(&self, bytes: &[u8]) -> String {
        if bytes.is_ascii() && !bytes.contains(&ESC) {
            return bytes.iter().map(|byte| char::from(*byte)).collect();
        }
        if !self.has_escapes {
            return decode_run(self.first.as_ref(), bytes);
        }
        self.decode_escaped(bytes)
    }

    /// Runs between escapes, and between the delimiters that reset to the first set (PS3.5 6.1.2.5.3).
    fn decode_escaped(&self, bytes: &[u8]) -> String {
        let mut text = String::new();
        let mut set = self.first.clone();
        let mut run = Vec::new();
        let mut rest = bytes;
        while let Some((byte, tail)) = rest.split_first() {
            if *byte == ESC
                && let Some((next, length)) = designated(tail)
            {
                text += &decode_run(set.as_ref(), &run);
                run.clear();
                set = match next {
                    Designation::Default => self.first.clone(),
                    Designation::Set(code) => SpecificCharacterSet::from_code(code),
                };
                if code_needs_escape(set.as_ref()) {
                    run.push(ESC);
                    run.extend_from_slice(&tail[..length]);
                }
                rest = &tail[length..];
                continue;
            }
            if matches!(byte, b'^' | b'=' | b'\\' | b'\r' | b'\n') && !code_needs_escape(set.as_ref()) {
                text += &decode_run(set.as_ref(), &run);
                run.clear();
                text.push(char::from(*byte));
                set = self.first.clone();
            } else {
                run.push(*byte);
            }
            rest = tail;
        }
        text + &decode_run(set.as_ref(), &run)
    }
}

enum Designation {
    /// Back to ASCII, with the first set's upper half.
    Default,
    Set(&'static str),
}

/// What an escape sequence (without ESC) switches to, and its length (PS3.3 tables C.12-3 and C.12-4).
fn designated(tail: &[u8]) -> Option<(Designation, usize)> {
    let found = match tail {
        [b'(', b'B', ..] => (Designation::Default, 2),
        [b'(', b'J', ..] | [b')', b'I', ..] => (Designation::Set("ISO_IR 13"), 2),
        [b'-', b'A', ..] => (Designation::Set("ISO_IR 100"), 2),
        [b'-', b'B', ..] => (Designation::Set("ISO_IR 101"), 2),
        [b'-', b'C', ..] => (Designation::Set("ISO_IR 109"), 2),
        [b'-', b'D', ..] => (Designation::Set("ISO_IR 110"), 2),
        [b'-', b'L', ..] => (Designation::Set("ISO_IR 144"), 2),
        [b'-', b'G', ..] => (Designation::Set("ISO_IR 127"), 2),
        [b'-', b'F', ..] => (Designation::Set("ISO_IR 126"), 2),
        [b'-', b'H', ..] => (Designation::Set("ISO_IR 138"), 2),
        [b'-', b'T', ..] => (Designation::Set("ISO_IR 166"), 2),
        [b'$', b'B', ..] => (Designation::Set("ISO_IR 87"), 2),
        [b'$', b'(', b'D', ..] => (Designation::Set("ISO_IR 87"), 3),
        [b'$', b')', b'C', ..] => (Designation::Set("ISO_IR 149"), 3),
        [b'$', b')', b'A', ..] => (Designation::Set("GBK"), 3),
        _ => return None,
    };
    Some(found)
}

/// The decoder of ISO-2022-JP wants to see its own escape; the others are plain two-byte or one-byte codes.
fn code_needs_escape(set: Option<&SpecificCharacterSet>) -> bool {
    set.is_some_and(|set| set.name() == "ISO_IR 87")
}

fn decode_run(set: Option<&SpecificCharacterSet>, bytes: &[u8]) -> String {
    let latin = || bytes.iter().map(|byte| char::from(*byte)).collect();
    match set {
        Some(set) => set.decode(bytes).unwrap_or_else(|_| latin()),
        // Files without a declared set often hold UTF-8 all the same.
        None => std::str::from_utf8(bytes).map_or_else(|_| latin(), str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(codes: &[&str], bytes: &[u8], expected: &str) {
        let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
        assert_eq!(Charset::from_codes(&codes).decode(bytes), expected, "{codes:?}");
    }

    #[test]
    fn names_of_the_standards_examples() {
        // PS3.5 annexes H, I and J.
        check(&["ISO_IR 100"], b"Buc^J\xe9r\xf4me", "Buc^J\u{e9}r\u{f4}me");
        check(
            &["", "ISO 2022 IR 87"],
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
            "Yamada^Tarou=\u{5c71}\u{7530}^\u{592a}\u{90ce}",
        );
        check(
            &["ISO 2022 IR 13", "ISO 2022 IR 87"],
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3",
            "\u{ff94}\u{ff8f}\u{ff80}\u{ff9e}^\u{ff80}\u{ff9b}\u{ff73}",
        );
        check(
            &["", "ISO 2022 IR 149"],
            b"\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce",
            "\u{6d2a}^\u{5409}",
        );
        check(&["ISO_IR 192"], "L\u{e4}ufer".as_bytes(), "L\u{e4}ufer");
    }

    #[test]
    fn bytes_that_fit_no_set_are_kept_as_latin() {
        check(&[], b"J\xe9r\xf4me", "J\u{e9}r\u{f4}me");
        check(&["ISO 2022 IR 6", "ISO 2022 IR 87"], b"\x1b", "\x1b");
    }
}
