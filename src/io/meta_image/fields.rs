//! The text at the beginning of a MetaImage file: `Key = Value`, up to the line that names the data.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::say;

/// A longer header is none.
const MAX_HEADER_BYTES: u64 = 1 << 20;
/// Keys with which a header begins.
const FIRST: [&str; 4] = ["ObjectType", "NDims", "Comment", "Name"];

/// A header as it stands.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Keys and values, in their order.
    pub(super) all: Vec<(String, String)>,
    /// Bytes up to the data of a file that holds them itself.
    pub(super) bytes: u64,
}

/// Reads a header; `None` if the file is no MetaImage. The error is the reason for the user.
pub(super) fn read(path: &Path) -> io::Result<Option<Result<Fields, String>>> {
    let mut reader = BufReader::new(File::open(path)?.take(MAX_HEADER_BYTES));
    let mut fields = Fields::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line of a file that is no header may be very long.
        let most = if fields.all.is_empty() {
            1 << 10
        } else {
            MAX_HEADER_BYTES
        };
        let count = (&mut reader).take(most).read_until(b'\n', &mut line)?;
        fields.bytes += count as u64;
        let text = String::from_utf8_lossy(&line);
        let field = text
            .split_once('=')
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
        match field {
            Some((key, _)) if fields.all.is_empty() && !FIRST.contains(&key.as_str()) => return Ok(None),
            Some((key, value)) => {
                let is_last = key == "ElementDataFile";
                fields.all.push((key, value));
                if is_last {
                    break;
                }
            }
            None if fields.all.is_empty() => return Ok(None),
            None if count == 0 => break,
            None => {}
        }
    }
    // Other text may begin with such a key.
    if fields.get(&["NDims"]).is_none() || fields.get(&["DimSize"]).is_none() {
        return Ok(None);
    }
    Ok(Some(match fields.get(&["ObjectType"]) {
        Some(kind) if kind != "Image" => Err(say!("io-meta-object", kind = kind.to_owned())),
        _ => Ok(fields),
    }))
}

impl Fields {
    /// The value of the first of some keys that is there and not empty.
    pub(super) fn get(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| {
            let found = self.all.iter().find(|(name, _)| name == key);
            found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        })
    }

    /// Numbers apart by blanks; `None` where one of them is none, or infinite.
    pub(super) fn numbers(&self, keys: &[&str]) -> Option<Vec<f64>> {
        let words = self.get(keys)?.split_whitespace();
        words
            .map(|word| word.parse().ok().filter(|number: &f64| number.is_finite()))
            .collect()
    }

    /// `True` or `1`, in any case.
    pub(super) fn is_true(&self, keys: &[&str]) -> Option<bool> {
        self.get(keys).map(|value| value.starts_with(['T', 't', '1', 'Y', 'y']))
    }
}
