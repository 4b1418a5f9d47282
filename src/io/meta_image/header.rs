//! What the fields of a MetaImage header mean: axes, type, place, and where the data are.

use glam::{DAffine3, DMat3, DVec3};

use super::fields::Fields;
use crate::io::place::FilePlace;
use crate::io::raw::{Axis, DataFile, Order, OrderError, Packing, RawVolume, Role, Stored, data_file, segments};
use crate::model::geometry::Geometry;
use crate::model::volume::Rescale;
use crate::model::voxels::SampleType;
use crate::say;

/// The most axes of a grid that are read.
const MAX_AXES: usize = 8;

/// The volume that a header describes. The error is the reason for the user.
pub(super) fn volume(file: &FilePlace, fields: &Fields) -> Result<RawVolume, String> {
    let mut warnings = Vec::new();
    let kind = fields.get(&["ElementType"]).ok_or_else(|| missing("ElementType"))?;
    let stored = stored(kind)?;
    let sizes = sizes(fields)?;
    let axes = axes(fields, &sizes, stored)?;
    let order = Order::of(&axes).map_err(OrderError::reason)?;
    if axes.iter().any(|axis| axis.role == Role::Color && axis.size == 4) {
        warnings.push(say!("io-raw-rgba"));
    }
    let geometry = place(fields, sizes.len(), order.dims, &mut warnings)?;
    let data = data(file, fields, stored)?;
    let (table, relabels) = match segments(&fields.all, order.frames) {
        Some(found) if order.components() == 1 => {
            warnings.extend(found.warnings);
            (Some(found.table), found.relabels)
        }
        _ => (None, Vec::new()),
    };
    let one = |key: &str| fields.numbers(&[key]).and_then(|all| all.first().copied());
    let modality = fields.get(&["Modality"]).and_then(|name| name.strip_prefix("MET_MOD_"));
    Ok(RawVolume {
        format: "mha",
        modality: modality
            .filter(|name| !matches!(*name, "OTHER" | "UNKNOWN"))
            .unwrap_or_default()
            .to_owned(),
        description: description(file),
        unit: None,
        rescale: Rescale {
            slope: one("ElementToIntensityFunctionSlope")
                .filter(|slope| *slope != 0.0)
                .unwrap_or(1.0),
            intercept: one("ElementToIntensityFunctionOffset").unwrap_or(0.0),
        },
        geometry,
        order,
        stored,
        data,
        relabels,
        segments: table,
        warnings,
    })
}

fn missing(field: &'static str) -> String {
    say!("io-meta-missing", field = field)
}

fn description(file: &FilePlace) -> String {
    let name = file.file_name();
    match name.rsplit_once('.') {
        Some((stem, ending)) if ["mha", "mhd"].iter().any(|known| ending.eq_ignore_ascii_case(known)) => {
            stem.to_owned()
        }
        _ => name,
    }
}

fn stored(name: &str) -> Result<Stored, String> {
    Ok(match name.strip_suffix("_ARRAY").unwrap_or(name) {
        "MET_CHAR" => Stored::Plain(SampleType::I8),
        "MET_UCHAR" => Stored::Plain(SampleType::U8),
        "MET_SHORT" => Stored::Plain(SampleType::I16),
        "MET_USHORT" => Stored::Plain(SampleType::U16),
        // A long is 4 bytes in this format.
        "MET_INT" | "MET_LONG" => Stored::Plain(SampleType::I32),
        "MET_UINT" | "MET_ULONG" => Stored::Plain(SampleType::U32),
        "MET_LONG_LONG" => Stored::I64,
        "MET_ULONG_LONG" => Stored::U64,
        "MET_FLOAT" => Stored::Plain(SampleType::F32),
        "MET_DOUBLE" => Stored::Plain(SampleType::F64),
        _ => return Err(say!("io-meta-type", name = name.to_owned())),
    })
}

fn sizes(fields: &Fields) -> Result<Vec<usize>, String> {
    let dimension = fields.get(&["NDims"]).and_then(|text| text.parse::<usize>().ok());
    let dimension = dimension
        .filter(|axes| (1..=MAX_AXES).contains(axes))
        .ok_or_else(|| say!("io-meta-dimension"))?;
    let words: Vec<&str> = fields
        .get(&["DimSize"])
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    if words.len() != dimension {
        return Err(say!("io-meta-count", field = "DimSize", count = dimension));
    }
    let size = |word: &&str| {
        let size = word.parse().ok().filter(|size| (1..=u32::MAX as usize).contains(size));
        size.ok_or_else(|| say!("io-meta-size", size = (*word).to_owned()))
    };
    words.iter().map(size).collect()
}

/// Channels lie together; three or four of bytes are a colour. Axes beyond the third repeat the grid.
fn axes(fields: &Fields, sizes: &[usize], stored: Stored) -> Result<Vec<Axis>, String> {
    let channels = fields.get(&["ElementNumberOfChannels"]).unwrap_or("1");
    let channels: usize = channels
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| say!("io-meta-channels", count = channels.to_owned()))?;
    let mut axes = Vec::new();
    if channels > 1 {
        let is_color = stored == Stored::Plain(SampleType::U8) && (3..=4).contains(&channels);
        axes.push(Axis {
            size: channels,
            role: if is_color { Role::Color } else { Role::Frames },
        });
    }
    axes.extend(sizes.iter().enumerate().map(|(at, size)| Axis {
        size: *size,
        role: if at < 3 { Role::Space } else { Role::Frames },
    }));
    Ok(axes)
}

/// The matrix has the direction of an axis in each row; its numbers are LPS. The words of `AnatomicalOrientation` often say
/// something else and are not asked.
fn place(fields: &Fields, count: usize, dims: [usize; 3], warnings: &mut Vec<String>) -> Result<Geometry, String> {
    let mut numbers = |keys: &[&str], needed: usize, what: &'static str| {
        let found = fields.numbers(keys).filter(|all| all.len() >= needed);
        if found.is_none() {
            warnings.push(say!("io-meta-no-place", field = what));
        }
        found
    };
    let spacing = numbers(&["ElementSpacing", "ElementSize"], count, "ElementSpacing");
    let matrix = numbers(
        &["TransformMatrix", "Orientation", "Rotation"],
        count * count,
        "TransformMatrix",
    );
    let offset = numbers(&["Offset", "Position", "Origin"], count, "Offset");
    let part = |all: &Option<Vec<f64>>, at: usize, other: f64| {
        all.as_ref().and_then(|all| all.get(at)).copied().unwrap_or(other)
    };
    let axis = |n: usize| {
        let direction: [f64; 3] = std::array::from_fn(|along| {
            let own = if n == along { 1.0 } else { 0.0 };
            if n < count && along < count {
                part(&matrix, n * count + along, own)
            } else {
                own
            }
        });
        let step = if n < count { part(&spacing, n, 1.0) } else { 1.0 };
        DVec3::from_array(direction) * if step == 0.0 { 1.0 } else { step }
    };
    let affine = DAffine3 {
        matrix3: DMat3::from_cols(axis(0), axis(1), axis(2)),
        translation: DVec3::from_array(std::array::from_fn(
            |n| if n < count { part(&offset, n, 0.0) } else { 0.0 },
        )),
    };
    Geometry::from_affine(dims, affine).map_err(|err| err.to_string())
}

/// Where the voxels are and how they are packed.
fn data(file: &FilePlace, fields: &Fields, stored: Stored) -> Result<DataFile, String> {
    let name = fields
        .get(&["ElementDataFile"])
        .ok_or_else(|| missing("ElementDataFile"))?;
    let is_packed = fields.is_true(&["CompressedData"]) == Some(true);
    let packing = match fields.is_true(&["BinaryData"]) {
        Some(false) => Packing::Text,
        _ if is_packed => Packing::Zlib,
        _ => Packing::Plain,
    };
    let is_many = name.starts_with("LIST") || name.contains('%') && name.split_whitespace().count() > 2;
    let (file, is_detached, start) = match name {
        _ if is_many => return Err(say!("io-raw-list")),
        "LOCAL" | "Local" | "local" => (file.clone(), false, fields.bytes),
        name => (data_file(file, name)?, true, 0),
    };
    let header = fields.get(&["HeaderSize"]).map_or(Ok(0), str::parse::<i64>);
    let header = header
        .ok()
        .filter(|bytes| *bytes >= -1)
        .ok_or_else(|| say!("io-meta-header-size"))?;
    let is_big = fields.is_true(&["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]) == Some(true);
    Ok(DataFile {
        file,
        is_detached,
        packing,
        start: start.max(u64::try_from(header).unwrap_or(0)),
        data_offset: (header >= 0 || packing == Packing::Text).then_some(0),
        is_big_endian: is_big && stored.voxel_bytes() > 1 && packing != Packing::Text,
    })
}
