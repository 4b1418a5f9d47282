//! What the fields of a NRRD header mean: axes, type, encoding, and where the data are.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};

use glam::DVec3;

use super::fields::Fields;
use super::place;
use crate::io::place::FilePlace;
use crate::io::raw::{Axis, DataFile, Order, OrderError, Packing, RawVolume, Role, Stored, data_file, segments};
use crate::io::scan::plain;
use crate::model::volume::Rescale;
use crate::model::voxels::SampleType;
use crate::say;

/// The most axes that the format knows.
const MAX_AXES: usize = 16;

/// The volume that a header describes. The error is the reason for the user.
pub(super) fn volume(file: &FilePlace, fields: &Fields) -> Result<RawVolume, String> {
    let mut warnings = Vec::new();
    let stored = stored(fields.get("type").ok_or_else(|| missing("type"))?)?;
    let sizes = sizes(fields)?;
    let vectors = place::directions(fields)?;
    if vectors.as_ref().is_some_and(|vectors| vectors.len() != sizes.len()) {
        return Err(say!("io-nrrd-count", field = "space directions", count = sizes.len()));
    }
    let axes = axes(fields, &sizes, vectors.as_deref(), stored);
    let order = Order::of(&axes).map_err(OrderError::reason)?;
    if axes.iter().any(|axis| axis.role == Role::Color && axis.size == 4) && order.components() == 3 {
        warnings.push(say!("io-raw-rgba"));
    }
    let geometry =
        place::place(fields, &axes, vectors.as_deref(), order.dims, &mut warnings).map_err(|err| err.to_string())?;
    let data = data(file, fields, stored, &mut warnings)?;
    let (segments, relabels) = match segments(&fields.pairs, order.frames) {
        Some(found) if order.components() == 1 => {
            warnings.extend(found.warnings);
            (Some(found.table), found.relabels)
        }
        _ => (None, Vec::new()),
    };
    let unit = fields.get("sample units").map(|unit| unit.trim_matches('"').to_owned());
    Ok(RawVolume {
        format: "nrrd",
        modality: String::new(),
        description: description(file, fields),
        unit: unit.filter(|unit| !unit.is_empty() && unit != "???"),
        rescale: Rescale::IDENTITY,
        geometry,
        order,
        stored,
        data,
        relabels,
        segments,
        warnings,
    })
}

fn missing(field: &'static str) -> String {
    say!("io-nrrd-missing", field = field)
}

/// The file's name, and what the header says of its content.
fn description(file: &FilePlace, fields: &Fields) -> String {
    let name = file.file_name();
    let stem = ["nrrd", "nhdr"]
        .iter()
        .find_map(|ending| {
            let (stem, end) = name.rsplit_once('.')?;
            (end.eq_ignore_ascii_case(ending) && !stem.is_empty()).then(|| stem.to_owned())
        })
        .unwrap_or(name);
    match fields.get("content") {
        Some(content) if content != stem => format!("{stem} ({content})"),
        _ => stem,
    }
}

fn stored(name: &str) -> Result<Stored, String> {
    let plain = name.to_ascii_lowercase();
    Ok(match plain.as_str() {
        "signed char" | "int8" | "int8_t" => Stored::Plain(SampleType::I8),
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => Stored::Plain(SampleType::U8),
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            Stored::Plain(SampleType::I16)
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => Stored::Plain(SampleType::U16),
        "int" | "signed int" | "int32" | "int32_t" => Stored::Plain(SampleType::I32),
        "uint" | "unsigned int" | "uint32" | "uint32_t" => Stored::Plain(SampleType::U32),
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => Stored::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => Stored::U64,
        "float" => Stored::Plain(SampleType::F32),
        "double" => Stored::Plain(SampleType::F64),
        "block" => return Err(say!("io-nrrd-block")),
        _ => return Err(say!("io-nrrd-type", name = name.to_owned())),
    })
}

fn sizes(fields: &Fields) -> Result<Vec<usize>, String> {
    let dimension = fields.integer("dimension").ok_or_else(|| missing("dimension"))?;
    let dimension = usize::try_from(dimension)
        .ok()
        .filter(|axes| (1..=MAX_AXES).contains(axes));
    let dimension = dimension.ok_or_else(|| say!("io-nrrd-dimension"))?;
    let words = fields.words("sizes");
    if words.is_empty() {
        return Err(missing("sizes"));
    }
    if words.len() != dimension {
        return Err(say!("io-nrrd-count", field = "sizes", count = dimension));
    }
    words
        .iter()
        .map(|word| {
            let size = word.parse().ok().filter(|size| (1..=u32::MAX as usize).contains(size));
            size.ok_or_else(|| say!("io-nrrd-size", size = word.clone()))
        })
        .collect()
}

/// What each axis is: by its direction in space, else by its kind, else the first three are space.
fn axes(fields: &Fields, sizes: &[usize], vectors: Option<&[Option<DVec3>]>, stored: Stored) -> Vec<Axis> {
    let kinds: Vec<String> = fields
        .words("kinds")
        .iter()
        .map(|kind| kind.to_ascii_lowercase())
        .collect();
    let kind = |at: usize| kinds.get(at).map_or("", String::as_str);
    let is_color_type = matches!(stored, Stored::Plain(SampleType::U8 | SampleType::U16));
    let mut of_space = 0;
    let mut roles = Vec::new();
    for (at, size) in sizes.iter().copied().enumerate() {
        let is_space = match vectors {
            Some(vectors) => vectors.get(at).copied().flatten().is_some(),
            None => of_space < 3 && matches!(kind(at), "" | "domain" | "space" | "none" | "???"),
        };
        let color_sizes: &[usize] = match kind(at) {
            "rgb-color" | "3-color" => &[3],
            "rgba-color" | "4-color" => &[4],
            _ => &[],
        };
        let role = if is_space {
            of_space += 1;
            Role::Space
        } else if is_color_type
            && color_sizes.contains(&size)
            && !roles.iter().any(|axis: &Axis| axis.role == Role::Color)
        {
            Role::Color
        } else {
            Role::Frames
        };
        roles.push(Axis { size, role });
    }
    roles
}

/// Where the voxels are and how they are encoded.
fn data(file: &FilePlace, fields: &Fields, stored: Stored, warnings: &mut Vec<String>) -> Result<DataFile, String> {
    let encoding = fields.get("encoding").ok_or_else(|| missing("encoding"))?;
    let packing = match encoding.to_ascii_lowercase().as_str() {
        "raw" => Packing::Plain,
        "gz" | "gzip" => Packing::Gzip,
        "bz2" | "bzip2" => Packing::Bzip2,
        "txt" | "text" | "ascii" => Packing::Text,
        "hex" => Packing::Hex,
        _ => return Err(say!("io-nrrd-encoding", name = encoding.to_owned())),
    };
    let has_order = stored.voxel_bytes() > 1 && packing != Packing::Text;
    let is_big_endian = match fields.get("endian").map(str::to_ascii_lowercase).as_deref() {
        Some("big") => has_order,
        Some("little") => false,
        Some(other) => return Err(say!("io-nrrd-endian", name = other.to_owned())),
        None => {
            if has_order {
                warnings.push(say!("io-nrrd-no-endian"));
            }
            false
        }
    };
    let (file, is_detached, mut start) = match fields.get("data file") {
        Some(name) if is_list(name) => return Err(say!("io-raw-list")),
        Some(name) => (data_file(file, name)?, true, 0),
        None if fields.is_closed => (file.clone(), false, fields.bytes),
        None => return Err(say!("io-nrrd-cut")),
    };
    let skip = |name: &'static str| match fields.get(name) {
        None => Ok(0),
        Some(text) => text
            .parse::<i64>()
            .map_err(|_| say!("io-nrrd-skip", field = name, text = text.to_owned())),
    };
    let (lines, bytes) = (skip("line skip")?, skip("byte skip")?);
    let wrong = |field: &'static str, number: i64| say!("io-nrrd-skip", field = field, text = number.to_string());
    let lines = u64::try_from(lines).map_err(|_| wrong("line skip", lines))?;
    start += skipped(&file, start, lines).map_err(|err| plain(&err))?;
    let data_offset = match (bytes, packing) {
        (-1, Packing::Plain | Packing::Gzip | Packing::Bzip2) => None,
        (..0, _) => return Err(wrong("byte skip", bytes)),
        (bytes, Packing::Gzip | Packing::Bzip2) => Some(bytes.unsigned_abs()),
        (bytes, _) => {
            start = start.saturating_add(bytes.unsigned_abs());
            Some(0)
        }
    };
    Ok(DataFile {
        file,
        is_detached,
        packing,
        start,
        data_offset,
        is_big_endian,
    })
}

/// Whether a data file is many: a list, or a pattern with numbers.
fn is_list(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_pattern = name.contains('%')
        && words
            .iter()
            .rev()
            .take_while(|word| word.parse::<i64>().is_ok())
            .count()
            >= 3;
    words.first() == Some(&"LIST") || is_pattern
}

/// Bytes of so many lines.
fn skipped(file: &FilePlace, start: u64, lines: u64) -> io::Result<u64> {
    let mut bytes = 0;
    if lines > 0 {
        let mut reader = File::open(file.path())?;
        reader.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::new(reader);
        for _ in 0..lines {
            let count = reader.skip_until(b'\n')?;
            if count == 0 {
                break;
            }
            bytes += count as u64;
        }
    }
    Ok(bytes)
}
