//! Lists of cases to be worked through: images with the masks that belong to them, and how far each is.
//!
//! A list is a table with a column of images, and, where they are there, of masks and of states; all its other columns
//! stay as they are. Of a folder the list is made (`pairs`), and kept in it as `cases.csv`.

mod pairs;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use csv::StringRecord;
use serde::{Deserialize, Serialize};

use super::lock::Turn;
use super::plain;
use super::save::{self, SaveError};
use crate::say;

/// The list of a folder.
pub const FOLDER_LIST: &str = "cases.csv";

/// Longer tables are not read, nor those with more cases.
const MAX_BYTES: u64 = 64 << 20;
const MAX_CASES: usize = 100_000;

/// Titles of the columns, as they are written and as others write them.
const IMAGES: [&str; 8] = ["image", "scan", "volume", "img", "images", "image_path", "file", "path"];
const MASKS: [&str; 9] = [
    "mask",
    "label",
    "labels",
    "segmentation",
    "seg",
    "mask_path",
    "label_path",
    "masks",
    "annotation",
];
const STATES: [&str; 3] = ["status", "state", "progress"];

/// How far a case is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// To be done.
    #[default]
    Open,
    /// Done.
    Done,
    /// To be looked at again.
    Review,
}

impl CaseStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Review];

    fn written(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Review => "review",
        }
    }

    fn read(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "done" | "finished" | "complete" | "completed" | "yes" | "true" | "1" => Self::Done,
            "review" | "flag" | "flagged" | "unsure" | "check" => Self::Review,
            _ => Self::Open,
        }
    }
}

/// One image, and its mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// A file, or the folder of a DICOM series.
    pub image: PathBuf,
    /// Its mask, if there is one. It need not be there yet.
    pub mask: Option<PathBuf>,
    /// How far it is.
    pub status: CaseStatus,
}

impl Case {
    /// What it is called: the name of the image, without what says which kind of file it is.
    pub fn name(&self) -> String {
        let (stem, _) = pairs::stem_and_ending(&self.image);
        stem
    }

    /// Where its mask is written to if it has none: beside the image, under a name that is free and not taken otherwise.
    pub fn new_mask(&self, is_taken: impl Fn(&Path) -> bool) -> PathBuf {
        let stem = self.name();
        let named = |number: usize| {
            let suffix = if number == 1 {
                String::new()
            } else {
                format!("-{number}")
            };
            self.image.with_file_name(format!("{stem}_seg{suffix}.nii.gz"))
        };
        (1..1000)
            .map(named)
            .find(|path| !path.exists() && !is_taken(path))
            .unwrap_or_else(|| named(1000))
    }
}

/// A list of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseList {
    /// The table that says how far they are.
    pub file: PathBuf,
    /// In their order.
    pub cases: Vec<Case>,
}

/// Reads a table of cases, or makes the list of a folder. The error is one sentence.
pub fn read(path: &Path) -> Result<CaseList, String> {
    let refused = |why: String| say!("io-cannot-open", path = path.display().to_string(), why = why);
    let list = if path.is_dir() {
        let found = pairs::in_folder(path).map_err(|err| refused(plain(&err)))?;
        let file = path.join(FOLDER_LIST);
        let mut cases = found;
        if file.is_file() {
            let known = Table::read(&file).map_err(refused)?.cases();
            let known: BTreeMap<PathBuf, Case> = known.into_iter().map(|case| (case.image.clone(), case)).collect();
            for case in &mut cases {
                if let Some(known) = known.get(&case.image) {
                    *case = known.clone();
                }
            }
        }
        CaseList { file, cases }
    } else {
        CaseList {
            file: path.to_owned(),
            cases: Table::read(path).map_err(refused)?.cases(),
        }
    };
    if list.cases.is_empty() {
        return Err(refused(say!("io-no-cases")));
    }
    if list.cases.len() > MAX_CASES {
        return Err(refused(say!("io-too-many-cases", most = MAX_CASES)));
    }
    Ok(list)
}

/// Writes how far the cases in `changed` are, and where their masks are; what else stands in the table, and what other
/// programs wrote into it meanwhile, stays.
pub fn write(list: &CaseList, changed: &[Case]) -> Result<(), SaveError> {
    let _turn = Turn::at(&list.file);
    let refused = |why: String| SaveError::refused(&list.file, why);
    let mut table = if list.file.exists() {
        Table::read(&list.file).map_err(refused)?
    } else {
        Table::of(&list.file, &list.cases)
    };
    for case in changed {
        table.set(case);
    }
    let bytes = table.bytes().map_err(|err| refused(err.to_string()))?;
    save::write_atomically(&list.file, |out| out.write_all(&bytes))
}

/// A table as it is in a file.
struct Table {
    /// Paths in it are counted from here.
    folder: PathBuf,
    delimiter: u8,
    titles: Option<StringRecord>,
    rows: Vec<StringRecord>,
    image: usize,
    mask: Option<usize>,
    state: Option<usize>,
}

impl Table {
    /// The table of cases that are in none yet.
    fn of(file: &Path, cases: &[Case]) -> Self {
        let mut table = Self {
            folder: folder_of(file),
            delimiter: b',',
            titles: Some(StringRecord::from(vec![IMAGES[0], MASKS[0], STATES[0]])),
            rows: Vec::new(),
            image: 0,
            mask: Some(1),
            state: Some(2),
        };
        for case in cases {
            table.set(case);
        }
        table
    }

    fn read(path: &Path) -> Result<Self, String> {
        // A pipe would be waited for.
        if !std::fs::metadata(path).map_err(|err| plain(&err))?.is_file() {
            return Err(say!("io-no-cases"));
        }
        let mut file = File::open(path).map_err(|err| plain(&err))?;
        if file.metadata().map_err(|err| plain(&err))?.len() > MAX_BYTES {
            return Err(say!("io-no-cases"));
        }
        let mut first = [0; 4096];
        let length = file.read(&mut first).map_err(|err| plain(&err))?;
        file.seek(SeekFrom::Start(0)).map_err(|err| plain(&err))?;
        let first = first.get(..length).unwrap_or_default();
        let line = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = [b'\t', b';', b',']
            .into_iter()
            .find(|it| line.contains(it))
            .unwrap_or(b',');
        let mut rows = Vec::new();
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(file.take(MAX_BYTES));
        for row in reader.into_records() {
            rows.push(row.map_err(|_| say!("io-no-cases"))?);
            if rows.len() > MAX_CASES + 1 {
                return Err(say!("io-too-many-cases", most = MAX_CASES));
            }
        }
        let titles = rows.first().cloned().unwrap_or_default();
        let column = |names: &[&str]| {
            names.iter().find_map(|name| {
                let is_it = |title: &str| title.trim().trim_start_matches('\u{feff}').to_lowercase() == *name;
                titles.iter().position(is_it)
            })
        };
        let folder = folder_of(path);
        Ok(match column(&IMAGES) {
            Some(image) => Self {
                folder,
                delimiter,
                image,
                mask: column(&MASKS),
                state: column(&STATES),
                titles: Some(rows.remove(0)),
                rows,
            },
            // Without titles: the image, and perhaps the mask.
            None => Self {
                folder,
                delimiter,
                image: 0,
                mask: rows.iter().all(|row| row.len() > 1).then_some(1),
                state: None,
                titles: None,
                rows,
            },
        })
    }

    fn path(&self, row: &StringRecord, column: usize) -> Option<PathBuf> {
        let text = row.get(column)?.trim();
        (!text.is_empty()).then(|| self.folder.join(text))
    }

    fn cases(&self) -> Vec<Case> {
        let case = |row: &StringRecord| {
            Some(Case {
                image: self.path(row, self.image)?,
                mask: self.mask.and_then(|column| self.path(row, column)),
                status: CaseStatus::read(self.state.and_then(|column| row.get(column)).unwrap_or_default()),
            })
        };
        self.rows.iter().filter_map(case).collect()
    }

    /// Takes a case in, in the row of its image.
    fn set(&mut self, case: &Case) {
        let at = self
            .rows
            .iter()
            .position(|row| self.path(row, self.image).as_ref() == Some(&case.image));
        let at = at.unwrap_or_else(|| {
            let mut fields = vec![String::new(); self.image + 1];
            fields[self.image] = self.written(&case.image);
            self.rows.push(fields.into());
            self.rows.len() - 1
        });
        if let Some(mask) = &case.mask {
            let column = self.column(self.mask, MASKS[0]);
            self.mask = Some(column);
            self.put(at, column, self.written(mask));
        }
        let column = self.column(self.state, STATES[0]);
        self.state = Some(column);
        self.put(at, column, case.status.written().to_owned());
    }

    /// A column, made if there is none.
    fn column(&mut self, known: Option<usize>, title: &str) -> usize {
        known.unwrap_or_else(|| {
            let widest = self
                .rows
                .iter()
                .chain(&self.titles)
                .map(StringRecord::len)
                .max()
                .unwrap_or(0);
            let columns = widest.max(self.image + 1);
            let titles = self.titles.get_or_insert_with(|| {
                let mut fields = vec![String::new(); columns];
                fields[self.image] = IMAGES[0].to_owned();
                if let Some(mask) = self.mask.and_then(|mask| fields.get_mut(mask)) {
                    *mask = MASKS[0].to_owned();
                }
                fields.into()
            });
            let mut fields: Vec<String> = titles.iter().map(str::to_owned).collect();
            fields.resize(columns, String::new());
            fields.push(title.to_owned());
            *titles = fields.into();
            columns
        })
    }

    fn put(&mut self, row: usize, column: usize, text: String) {
        if let Some(row) = self.rows.get_mut(row) {
            let mut fields: Vec<String> = row.iter().map(str::to_owned).collect();
            fields.resize(fields.len().max(column + 1), String::new());
            fields[column] = text;
            *row = fields.into();
        }
    }

    /// A path as it is written: counted from the table's folder where it lies below it.
    fn written(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.folder).unwrap_or(path);
        inside.display().to_string()
    }

    fn bytes(&self) -> csv::Result<Vec<u8>> {
        let mut out = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .flexible(true)
            .from_writer(Vec::new());
        for row in self.titles.iter().chain(&self.rows) {
            out.write_record(row)?;
        }
        out.into_inner().map_err(|err| err.into_error().into())
    }
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}
