//! `isocenter tags`: the elements of a DICOM file or the header of a NIfTI, NRRD or MetaImage file.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Failure, Outcome, output};
use crate::io::dicom::{TagContent, list_tags};
use crate::io::nifti::{FieldValue, read_fields};
use crate::io::{meta_image, nrrd};
use crate::say;

/// More characters of a value than this are left out where people read it.
const SHOWN_CHARS: usize = 160;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter tags slice.dcm\n  isocenter tags slice.dcm 0020,0032\n  isocenter tags brain.nii.gz srow --json"
)]
pub(super) struct TagsArgs {
    /// A DICOM, NIfTI, NRRD or MetaImage file.
    file: PathBuf,
    /// Only elements whose name, place or tag contains this: `PatientName`, `spacing`, `0028,0030`.
    filter: Option<String>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct TagsJson {
    format: &'static str,
    elements: Vec<RowJson>,
}

/// One element. What its format does not have is left out.
#[derive(Serialize)]
struct RowJson {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vr: Option<String>,
    keyword: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fragments: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<usize>,
    #[serde(skip)]
    depth: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Values {
    Text(Vec<String>),
    Integers(Vec<i64>),
    /// What is no number in JSON (NaN) is `null`.
    Reals(Vec<Option<f64>>),
}

/// Names and texts of a header of text, if a file has one.
type TextFields = Result<Option<Vec<(String, String)>>, String>;

pub(super) fn tags(args: &TagsArgs) -> Outcome {
    let mut listed = list(&args.file)?;
    if let Some(filter) = &args.filter {
        listed.elements.retain(|row| row.matches(filter));
    }
    if args.json {
        return output::print_json(&listed);
    }
    let lines: Vec<String> = listed.elements.iter().map(RowJson::readable).collect();
    if lines.is_empty() {
        Ok(())
    } else {
        output::print(&lines.join("\n"))
    }
}

fn list(path: &Path) -> Result<TagsJson, Failure> {
    let cannot_open = |why: String| Failure(say!("io-cannot-open", path = path.display().to_string(), why = why));
    if path.is_dir() {
        return Err(cannot_open(say!("cli-tags-folder")));
    }
    if let Some(fields) = read_fields(path).map_err(cannot_open)? {
        let elements = fields
            .iter()
            .map(|(name, value)| RowJson::of_field(name, value))
            .collect();
        return Ok(TagsJson {
            format: "nifti",
            elements,
        });
    }
    for (format, read) in [
        ("nrrd", nrrd::read_fields as fn(&Path) -> TextFields),
        ("mha", meta_image::read_fields),
    ] {
        if let Some(fields) = read(path).map_err(cannot_open)? {
            let row = |(name, text): (String, String)| RowJson {
                values: Some(Values::Text(vec![text])),
                ..RowJson::named(name.clone(), name)
            };
            return Ok(TagsJson {
                format,
                elements: fields.into_iter().map(row).collect(),
            });
        }
    }
    let rows = list_tags(path).map_err(cannot_open)?;
    let elements = rows
        .into_iter()
        .map(|row| {
            let mut json = RowJson::named(row.path, row.keyword);
            (json.tag, json.vr, json.depth) = (Some(row.tag), Some(row.vr), row.depth);
            match row.content {
                TagContent::Values(values) => json.values = Some(Values::Text(values)),
                TagContent::Bytes(count) => json.bytes = Some(count),
                TagContent::Fragments(count) => json.fragments = Some(count),
                TagContent::Items(count) => json.items = Some(count),
            }
            json
        })
        .collect();
    Ok(TagsJson {
        format: "dicom",
        elements,
    })
}

impl RowJson {
    fn named(path: String, keyword: String) -> Self {
        Self {
            path,
            tag: None,
            vr: None,
            keyword,
            values: None,
            bytes: None,
            fragments: None,
            items: None,
            depth: 0,
        }
    }

    fn of_field(name: &str, value: &FieldValue) -> Self {
        let values = match value {
            FieldValue::Text(text) => Values::Text(vec![text.clone()]),
            FieldValue::Integers(all) => Values::Integers(all.clone()),
            FieldValue::Reals(all) => {
                Values::Reals(all.iter().map(|number| number.is_finite().then_some(*number)).collect())
            }
        };
        Self {
            values: Some(values),
            ..Self::named(name.to_owned(), name.to_owned())
        }
    }

    /// Case does not matter, nor do the brackets and the comma of a tag.
    fn matches(&self, filter: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace(['(', ')', ','], "");
        let filter = plain(filter);
        plain(&self.path).contains(&filter) || self.tag.as_deref().is_some_and(|tag| plain(tag).contains(&filter))
    }

    fn readable(&self) -> String {
        let indent = "  ".repeat(self.depth);
        let head = match (&self.tag, &self.vr) {
            (Some(tag), Some(vr)) => format!("{indent}{tag} {vr} {}", self.keyword),
            _ => format!("{indent}{}", self.keyword),
        };
        let content = match (&self.values, self.bytes, self.fragments, self.items) {
            (Some(values), ..) => values.readable(),
            (None, Some(count), ..) => say!("cli-tags-bytes", count = count),
            (None, None, Some(count), _) => say!("cli-tags-fragments", count = count),
            (None, None, None, Some(count)) => say!("cli-tags-items", count = count),
            _ => String::new(),
        };
        format!("{head}\t{content}").trim_end().to_owned()
    }
}

impl Values {
    /// On one line, and not too long.
    fn readable(&self) -> String {
        let joined = match self {
            Self::Text(all) => all.join("\\"),
            Self::Integers(all) => all.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
            Self::Reals(all) => all
                .iter()
                .map(|number| number.map_or_else(|| "nan".to_owned(), |number| number.to_string()))
                .collect::<Vec<_>>()
                .join(" "),
        };
        let clean: String = joined
            .chars()
            .take(SHOWN_CHARS + 1)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        match clean.char_indices().nth(SHOWN_CHARS) {
            Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
            None => clean,
        }
    }
}
