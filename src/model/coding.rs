//! What a segment is, in codes that other programs understand (PS3.3 C.8.20.2, PS3.16 CID 7150 and 7151), and a table
//! of codes to choose from.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A coded term (PS3.3 8.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Code Value.
    pub value: String,
    /// Coding Scheme Designator.
    pub scheme: String,
    /// Code Meaning.
    pub meaning: String,
}

impl Code {
    /// A term of SNOMED CT.
    pub fn snomed(value: &str, meaning: &str) -> Self {
        Self {
            value: value.to_owned(),
            scheme: "SCT".to_owned(),
            meaning: meaning.to_owned(),
        }
    }
}

/// What a segment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coding {
    /// Segmented Property Category.
    pub category: Code,
    /// Segmented Property Type.
    pub kind: Code,
    /// Its modifier: left or right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modifier: Option<Code>,
    /// Anatomic Region, where the type is no structure itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Code>,
    /// The region's modifier: left or right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_modifier: Option<Code>,
}

/// How a segment was made (Segment Algorithm Type).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlgorithmKind {
    /// By a program alone.
    Automatic,
    /// By a program that a person guided.
    Semiautomatic,
    /// By hand.
    Manual,
}

/// What a file says of a segment beside its name and colour, and what is written again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// What it is.
    pub coding: Option<Coding>,
    /// How it was made, and the name of the program.
    pub algorithm: Option<(AlgorithmKind, String)>,
    /// Tracking ID and Tracking UID: the same thing in other studies has the same.
    pub tracking: Option<(String, String)>,
    /// What else a `.seg.nrrd` has in its field `Tags`, entry by entry.
    pub tags: Vec<String>,
}

/// The table: category, code, meaning, names. Our own compilation.
const TABLE: &str = include_str!("../../assets/segment_codes.tsv");

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRow {
    category: &'static str,
    value: &'static str,
    /// Code Meaning.
    pub meaning: &'static str,
    /// Names that lead to it, each as words.
    names: Vec<Vec<String>>,
    /// What it is usually drawn in, where there is something usual.
    color: Option<[u8; 3]>,
}

/// The rows of the table of codes.
pub fn code_rows() -> &'static [CodeRow] {
    static ROWS: OnceLock<Vec<CodeRow>> = OnceLock::new();
    ROWS.get_or_init(|| TABLE.lines().filter_map(row_of).collect())
}

fn row_of(line: &'static str) -> Option<CodeRow> {
    let mut columns = line.split('\t');
    let (category, value) = (columns.next()?, columns.next()?);
    let (meaning, names) = (columns.next()?, columns.next()?);
    let names = names.split('|').map(|name| words_of(name).0);
    Some(CodeRow {
        category,
        value,
        meaning,
        names: names.collect(),
        color: columns.next().and_then(color_of),
    })
}

/// `rrggbb`.
fn color_of(text: &str) -> Option<[u8; 3]> {
    let all = u32::from_str_radix(text, 16).ok()?;
    let [_, color @ ..] = all.to_be_bytes();
    Some(color)
}

/// Segmented Property Category (PS3.16 CID 7150).
fn category(name: &str) -> Code {
    let (value, meaning) = match name {
        "anatomy" => ("91723000", "Anatomical Structure"),
        "abnormal" => ("49755003", "Morphologically Abnormal Structure"),
        "substance" => ("91720002", "Body Substance"),
        "object" => ("260787004", "Physical object"),
        _ => ("85756007", "Tissue"),
    };
    Code::snomed(value, meaning)
}

/// Which side (PS3.16 CID 244).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn code(self) -> Code {
        match self {
            Self::Left => Code::snomed("7771000", "Left"),
            Self::Right => Code::snomed("24028007", "Right"),
        }
    }
}

/// A name as words in lower case, and the side that one of them says. `KidneyLeft`, `left_kidney` and `Kidney L` are alike.
fn words_of(name: &str) -> (Vec<String>, Option<Side>) {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for c in name.chars() {
        let begins = before.is_none_or(|before| !before.is_alphanumeric() || before.is_lowercase() && c.is_uppercase());
        if c.is_alphanumeric() {
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = Some(c);
    }
    let side_of = |word: &str| match word {
        "left" | "l" | "lt" => Some(Side::Left),
        "right" | "r" | "rt" => Some(Side::Right),
        _ => None,
    };
    let side = words.iter().find_map(|word| side_of(word));
    words.retain(|word| side_of(word).is_none());
    (words, side)
}

impl CodeRow {
    /// What it stands for, on a side that a name says.
    fn coding(&self, side: Option<Side>) -> Coding {
        // "Left atrium" has its side in its own code.
        let has_side = words_of(self.meaning).1.is_some();
        Coding {
            category: category(self.category),
            kind: Code::snomed(self.value, self.meaning),
            modifier: side.filter(|_| !has_side).map(Side::code),
            region: None,
            region_modifier: None,
        }
    }

    /// Whether the side that the meaning has is that of a name.
    fn has_side_of(&self, side: Option<Side>) -> bool {
        let own = words_of(self.meaning).1;
        own.is_none() || own == side
    }
}

/// The row of a type, if it is in the table.
fn row_of_kind(kind: &Code) -> Option<&'static CodeRow> {
    code_rows()
        .iter()
        .find(|row| kind.scheme == "SCT" && row.value == kind.value)
}

impl Coding {
    /// "Tissue", which says of a segment that it is one.
    pub fn unknown() -> Self {
        Self {
            category: category("tissue"),
            kind: Code::snomed("85756007", "Tissue"),
            modifier: None,
            region: None,
            region_modifier: None,
        }
    }

    /// Whether it says no more than that it is something: [`Self::unknown`].
    pub fn is_unknown(&self) -> bool {
        *self == Self::unknown()
    }

    /// The code of the table whose name has the most words of a segment's name, all of them in it; [`Self::unknown`]
    /// where there is none. Something abnormal in a structure has the structure as its region.
    pub fn of_name(name: &str) -> Self {
        let (words, side) = words_of(name);
        let is_in = |alias: &Vec<String>| alias.iter().all(|word| words.contains(word));
        let best = |is_abnormal: bool| {
            let rows = code_rows()
                .iter()
                .filter(|row| (row.category == "abnormal") == is_abnormal && row.has_side_of(side));
            rows.filter_map(|row| {
                let longest = row.names.iter().filter(|alias| is_in(alias)).map(Vec::len).max()?;
                Some((longest, row))
            })
            // Of equals the first.
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, row)| row)
        };
        match (best(true), best(false)) {
            (Some(abnormal), Some(place)) if place.category == "anatomy" => {
                let place = place.coding(side);
                Self {
                    region: Some(place.kind),
                    region_modifier: place.modifier,
                    ..abnormal.coding(None)
                }
            }
            (Some(row), _) | (None, Some(row)) => row.coding(side),
            (None, None) => Self::unknown(),
        }
    }

    /// Codes whose meaning or names have all words of a query, as they begin; those that begin with it first.
    pub fn search(query: &str, most: usize) -> Vec<Self> {
        let (words, side) = words_of(query);
        let mut found: Vec<(usize, &str, Self)> = code_rows()
            .iter()
            .filter_map(|row| {
                let meaning = words_of(row.meaning).0;
                let texts = row.names.iter().chain(std::iter::once(&meaning));
                let begins =
                    |text: &Vec<String>, word: &String| text.iter().any(|have| have.starts_with(word.as_str()));
                let surplus = texts
                    .filter(|text| words.iter().all(|word| begins(text, word)))
                    .map(|text| text.len() - words.len().min(text.len()))
                    .min()?;
                Some((surplus, row.meaning, row.coding(side)))
            })
            .collect();
        found.sort_by_cached_key(|(surplus, meaning, _)| (*surplus, meaning.to_lowercase()));
        found.into_iter().take(most).map(|(_, _, coding)| coding).collect()
    }

    /// What a type of the table stands for, with the table's category; of other types the category is [`Self::unknown`]'s.
    pub fn of_kind(kind: Code) -> Self {
        let row = row_of_kind(&kind);
        Self {
            category: category(row.map_or("tissue", |row| row.category)),
            kind,
            modifier: None,
            region: None,
            region_modifier: None,
        }
    }

    /// The colour that is usual for it, if there is one.
    pub fn color(&self) -> Option<[u8; 3]> {
        row_of_kind(&self.kind)?.color
    }

    /// The type's code: scheme and value.
    pub fn code_text(&self) -> String {
        format!("{} {}", self.kind.scheme, self.kind.value)
    }

    /// What it says in words: type, side, and region.
    pub fn text(&self) -> String {
        let with = |code: &Code, modifier: &Option<Code>| match modifier {
            Some(modifier) => format!("{}, {}", code.meaning, modifier.meaning.to_lowercase()),
            None => code.meaning.clone(),
        };
        match &self.region {
            Some(region) => format!(
                "{} ({})",
                with(&self.kind, &self.modifier),
                with(region, &self.region_modifier)
            ),
            None => with(&self.kind, &self.modifier),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(code_rows().len(), lines);
        assert!(lines > 200);
        let codes: BTreeSet<&str> = code_rows().iter().map(|row| row.value).collect();
        assert_eq!(codes.len(), lines, "each code once");
        for row in code_rows() {
            assert!(
                row.value.len() <= 16 && row.value.bytes().all(|byte| byte.is_ascii_digit()),
                "{row:?}"
            );
            assert!(
                (1..=64).contains(&row.meaning.len()) && !row.names.iter().any(Vec::is_empty),
                "{row:?}"
            );
            assert!(
                ["tissue", "anatomy", "substance", "abnormal", "object"].contains(&row.category),
                "{row:?}"
            );
        }
    }

    #[test]
    fn types_lead_to_categories_and_colours() {
        let of = |value: &str| Coding::of_kind(Code::snomed(value, ""));
        assert_eq!(of("10200004").category.meaning, "Anatomical Structure");
        assert_eq!(of("87612001").category.meaning, "Tissue");
        assert_eq!(of("1").category.meaning, "Tissue");
        assert!(of("10200004").color().is_some() && of("1").color().is_none());
        // Each colour that the table has can be read.
        let told = TABLE.lines().filter(|line| line.split('\t').count() == 5).count();
        assert!(told > 20);
        assert_eq!(code_rows().iter().filter(|row| row.color.is_some()).count(), told);
    }

    #[test]
    fn names_lead_to_codes() {
        let check = |name: &str, kind: &str, modifier: Option<&str>, region: Option<&str>| {
            let found = Coding::of_name(name);
            let text = |code: &Option<Code>| code.as_ref().map(|code| code.meaning.clone());
            assert_eq!(
                (
                    found.kind.meaning.as_str(),
                    text(&found.modifier).as_deref(),
                    text(&found.region).as_deref()
                ),
                (kind, modifier, region),
                "{name}"
            );
        };
        check("kidney_left", "Kidney", Some("Left"), None);
        check("Left Kidney", "Kidney", Some("Left"), None);
        check("KidneyR", "Kidney", Some("Right"), None);
        check("heart_atrium_left", "Left atrium", None, None);
        check("lung_upper_lobe_right", "Upper lobe of lung", Some("Right"), None);
        check("vertebrae_L3", "L3 vertebra", None, None);
        check("rib_left_4", "Fourth rib", Some("Left"), None);
        check("liver", "Liver", None, None);
        check("Liver tumor", "Neoplasm", None, Some("Liver"));
        check("Lung nodule left", "Nodule", None, Some("Lung"));
        check("inferior_vena_cava", "Inferior vena cava", None, None);
        check("Label 7", "Tissue", None, None);
        check("", "Tissue", None, None);
    }

    #[test]
    fn a_search_finds_what_is_being_typed() {
        let first = |query: &str| Coding::search(query, 5).first().map(Coding::text).unwrap_or_default();
        assert_eq!(first("kidn"), "Kidney");
        assert_eq!(first("left kid"), "Kidney, left");
        assert_eq!(first("tumour"), "Neoplasm");
        assert_eq!(Coding::search("", 3).len(), 3);
        assert!(Coding::search("zzz", 3).is_empty());
    }
}
