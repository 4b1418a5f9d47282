//! What attributes say of an array's axes and its place, as they stand in the file.

use hdf5_reader::{Attribute, ByteOrder, Datatype};
use serde::Deserialize;

/// More numbers or names than any of these attributes has.
const MAX_PARTS: u64 = 64;

/// The attributes that mean something here. Numbers are in the order of the array's axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// `element_size_um` (Fiji's and ilastik's plugin, pytorch-3dunet, PlantSeg): micrometres.
    pub(super) element_size_um: Option<Vec<f64>>,
    /// `spacing`: mm.
    pub(super) spacing_mm: Option<Vec<f64>>,
    /// `origin`: where the centre of the first voxel lies, mm.
    pub(super) origin_mm: Option<Vec<f64>>,
    /// `affine`: four rows of four numbers, or the first three of them.
    pub(super) affine: Option<Vec<f64>>,
    /// A letter for each axis, from `axistags` (vigra, ilastik), `DIMENSION_LABELS` (HDF5 itself) or `axes`.
    pub(super) axes: Option<Vec<char>>,
    /// Those of these attributes that are there and cannot be understood.
    pub(super) unusable: Vec<&'static str>,
}

/// vigra's description of axes.
#[derive(Deserialize)]
struct AxisTags {
    axes: Vec<AxisTag>,
}

#[derive(Deserialize)]
struct AxisTag {
    key: String,
}

impl Told {
    /// What some attributes say.
    pub(super) fn of(attributes: &[Attribute]) -> Self {
        let find = |name: &str| attributes.iter().find(|attribute| attribute.name == name);
        let mut unusable = Vec::new();
        let mut numbers = |name: &'static str| {
            let attribute = find(name)?;
            let found = numbers(attribute);
            unusable.extend(found.is_none().then_some(name));
            found
        };
        let (element_size_um, spacing_mm) = (numbers("element_size_um"), numbers("spacing"));
        let (origin_mm, affine) = (numbers("origin"), numbers("affine"));
        let mut axes = None;
        for name in ["axistags", "DIMENSION_LABELS", "axes"] {
            let Some(attribute) = find(name).filter(|_| axes.is_none()) else {
                continue;
            };
            axes = if name == "axistags" {
                tags(attribute)
            } else {
                letters(attribute)
            };
            // HDF5 itself has empty labels where somebody labelled only some axes, or none.
            let is_blank = texts(attribute).is_some_and(|texts| texts.iter().all(|text| text.trim().is_empty()));
            unusable.extend((axes.is_none() && !is_blank).then_some(name));
        }
        Self {
            element_size_um,
            spacing_mm,
            origin_mm,
            affine,
            axes,
            unusable,
        }
    }

    /// The same, and where it is silent what `other` says.
    pub(super) fn or(self, other: &Self) -> Self {
        // A size in one unit is not mixed with one in another from farther away.
        let has_size = self.element_size_um.is_some() || self.spacing_mm.is_some() || self.affine.is_some();
        let of_other = |mine: Option<Vec<f64>>, theirs: &Option<Vec<f64>>| {
            if has_size {
                mine
            } else {
                mine.or_else(|| theirs.clone())
            }
        };
        let mut unusable = self.unusable;
        for name in &other.unusable {
            if !unusable.contains(name) {
                unusable.push(name);
            }
        }
        Self {
            element_size_um: of_other(self.element_size_um, &other.element_size_um),
            spacing_mm: of_other(self.spacing_mm, &other.spacing_mm),
            origin_mm: of_other(self.origin_mm, &other.origin_mm),
            affine: of_other(self.affine, &other.affine),
            axes: self.axes.or_else(|| other.axes.clone()),
            unusable,
        }
    }
}

/// The numbers of an attribute, if they are few and all are finite.
fn numbers(attribute: &Attribute) -> Option<Vec<f64>> {
    let count = attribute.num_elements().ok().filter(|count| *count <= MAX_PARTS)? as usize;
    let (size, order) = match &attribute.datatype {
        Datatype::FixedPoint { size, byte_order, .. } | Datatype::FloatingPoint { size, byte_order } => {
            (usize::from(*size), *byte_order)
        }
        _ => return None,
    };
    if !(1..=8).contains(&size) {
        return None;
    }
    let parts = attribute.raw_data.chunks_exact(size).take(count);
    let numbers: Option<Vec<f64>> = parts.map(|part| number(part, &attribute.datatype, order)).collect();
    numbers.filter(|all| all.len() == count && all.iter().all(|number| number.is_finite()))
}

fn number(part: &[u8], kind: &Datatype, order: ByteOrder) -> Option<f64> {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(part) {
        *to = *from;
    }
    if order == ByteOrder::BigEndian {
        bytes.get_mut(..part.len())?.reverse();
    }
    let whole = u64::from_le_bytes(bytes);
    match (kind, part.len()) {
        (Datatype::FloatingPoint { .. }, 4) => Some(f64::from(f32::from_bits(whole as u32))),
        (Datatype::FloatingPoint { .. }, 8) => Some(f64::from_bits(whole)),
        (Datatype::FixedPoint { signed: true, .. }, length) => {
            let unused = 64 - 8 * length as u32;
            Some(((whole << unused) as i64 >> unused) as f64)
        }
        (Datatype::FixedPoint { .. }, _) => Some(whole as f64),
        _ => None,
    }
}

/// The texts of an attribute: one, or a list.
fn texts(attribute: &Attribute) -> Option<Vec<String>> {
    attribute.num_elements().ok().filter(|count| *count <= MAX_PARTS)?;
    let texts = attribute
        .read_strings()
        .or_else(|_| attribute.read_string().map(|text| vec![text]))
        .ok()?;
    (!texts.is_empty()).then_some(texts)
}

fn tags(attribute: &Attribute) -> Option<Vec<char>> {
    let text = texts(attribute)?.into_iter().next()?;
    let tags: AxisTags = serde_json::from_str(&text).ok()?;
    tags.axes.iter().map(|axis| letter(&axis.key)).collect()
}

/// `"zyx"`, or `["z", "y", "x"]`.
fn letters(attribute: &Attribute) -> Option<Vec<char>> {
    let texts = texts(attribute)?;
    match texts.as_slice() {
        [only] => only
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .map(|letter| Some(letter.to_ascii_lowercase()))
            .collect(),
        several => several.iter().map(|text| letter(text)).collect(),
    }
}

fn letter(text: &str) -> Option<char> {
    text.chars().next().map(|letter| letter.to_ascii_lowercase())
}
