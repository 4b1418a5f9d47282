//! The text at the beginning of a NRRD file: fields and key/value pairs (teem.sourceforge.net/nrrd/format.html).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::say;

/// Every NRRD file begins so; the version follows.
const MAGIC: &[u8] = b"NRRD000";
/// A longer header is none: a segmentation with a thousand segments has half of it.
const MAX_HEADER_BYTES: u64 = 4 << 20;

/// A header as it stands.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Fields: name and description.
    pub(super) fields: Vec<(String, String)>,
    /// Key/value pairs.
    pub(super) pairs: Vec<(String, String)>,
    /// Bytes up to the data, the blank line included.
    pub(super) bytes: u64,
    /// Whether a blank line ends it; the data of a file without one are elsewhere.
    pub(super) is_closed: bool,
}

/// Reads a header; `None` if the file is no NRRD. The error is the reason for the user.
pub(super) fn read(path: &Path) -> io::Result<Option<Result<Fields, String>>> {
    let mut reader = BufReader::new(File::open(path)?.take(MAX_HEADER_BYTES));
    let mut line = Vec::new();
    // A line of a file that is no NRRD may be very long.
    (&mut reader).take(64).read_until(b'\n', &mut line)?;
    if !line.starts_with(MAGIC) {
        return Ok(None);
    }
    let mut fields = Fields {
        bytes: line.len() as u64,
        ..Fields::default()
    };
    loop {
        line.clear();
        let count = reader.read_until(b'\n', &mut line)?;
        fields.bytes += count as u64;
        if count == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            fields.is_closed = true;
            break;
        }
        fields.take(text);
    }
    if fields.bytes >= MAX_HEADER_BYTES {
        return Ok(Some(Err(say!("io-nrrd-header-too-long"))));
    }
    Ok(Some(Ok(fields)))
}

impl Fields {
    /// Takes one line. What is neither field nor pair is left out.
    fn take(&mut self, line: &str) {
        if line.starts_with('#') {
            return;
        }
        let Some((name, text)) = line.split_once(':') else {
            return;
        };
        if let Some(value) = text.strip_prefix('=') {
            self.pairs.push((name.to_owned(), unescaped(value)));
        } else {
            self.fields.push((name.trim().to_owned(), text.trim().to_owned()));
        }
    }

    /// What a field says, whatever its spaces and capitals; `None` where it is missing or says nothing.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let plain = |name: &str| name.to_ascii_lowercase().replace([' ', '_'], "");
        let wanted = plain(name);
        let found = self.fields.iter().find(|(name, _)| plain(name) == wanted);
        found.map(|(_, text)| text.as_str()).filter(|text| !text.is_empty())
    }

    /// The words of a field.
    pub(super) fn words(&self, name: &str) -> Vec<String> {
        words(self.get(name).unwrap_or_default())
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }
}

/// Words apart by blanks; vectors in parentheses and words in quotes are one each.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut is_vector, mut is_quoted) = (false, false);
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => is_vector = true,
            ')' if !is_quoted => {
                is_vector = false;
                words.push(std::mem::take(&mut word));
            }
            c if c.is_whitespace() && !is_vector && !is_quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The value of a pair: `\n` is the end of a line, `\\` a backslash.
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some('\\') | None => text.push('\\'),
                Some(other) => text.extend(['\\', other]),
            },
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_words_and_pairs() {
        assert_eq!(words("none (1, 0,0)  (0,2e-1,nan)"), ["none", "1, 0,0", "0,2e-1,nan"]);
        assert_eq!(words("\"mm\" \"a b\" c"), ["mm", "a b", "c"]);
        assert_eq!(unescaped(r"a\nb\\n\c"), "a\nb\\n\\c");
        let mut fields = Fields::default();
        for line in [
            "# type: no",
            "Space Directions: none",
            "key:=a: b",
            "data file: x: y.raw",
            "rubbish",
        ] {
            fields.take(line);
        }
        assert_eq!(fields.get("space directions"), Some("none"));
        assert_eq!(fields.get("datafile"), Some("x: y.raw"));
        assert_eq!(fields.pairs, [("key".to_owned(), "a: b".to_owned())]);
    }
}
