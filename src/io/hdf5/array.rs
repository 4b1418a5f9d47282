//! From an array to its volumes.

use std::sync::Arc;

use hdf5_reader::Dataset;

use super::axes::{Axes, axes, shown};
use super::number::{Number, NumberKind, number};
use super::place::{Place, place};
use super::source::ArraySource;
use super::walk::FoundArray;
use crate::io::place::FilePlace;
use crate::io::source::OpenVolume;
use crate::io::unplaced::Unplaced;
use crate::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::Voxels;
use crate::say;

/// DEFLATE cannot pack tighter than this.
const MOST_RATIO: u64 = 1032;
/// An array may be so large however small its file is: of what was never written nothing is in it.
const ALWAYS_BYTES: u64 = 256 << 20;

/// The volumes of an array of a file of so many bytes: one, or one for each channel. The error is the reason for the user.
pub(super) fn volumes(file: &FilePlace, file_bytes: u64, found: &FoundArray) -> Result<Vec<OpenVolume>, String> {
    let dataset = &found.dataset;
    let shape = dataset.shape();
    let number = number(dataset)?;
    let axes = axes(shape, found.told.axes.as_deref())?;
    check_size(shape, number, file_bytes)?;
    let mut dims = [1_usize; 3];
    for (to, axis) in dims.iter_mut().zip(axes.space.iter().rev()) {
        let side = shape.get(*axis).and_then(|side| usize::try_from(*side).ok());
        *to = side.ok_or_else(|| say!("io-hdf5-too-large"))?;
    }
    let slices = slices_of_slab(dataset, &axes, dims, number);
    let role = role(&found.path, number);
    let mut all = Vec::new();
    for fixed in fixed(shape, &axes) {
        let Place {
            geometry,
            unplaced,
            mut warnings,
        } = place(dims, shape.len(), &axes, &found.told)?;
        for name in found.told.unusable.iter().copied() {
            warnings.push(say!("io-hdf5-unusable", name = name));
        }
        if found.told.axes.is_some() && !axes.is_named {
            warnings.push(say!("io-hdf5-unusable", name = "axes"));
        }
        if axes.space.len() == 3 && axes.directions != [2, 1, 0] {
            warnings.push(say!("io-hdf5-axes"));
        }
        let voxels = Voxels::new(dims, 1, 1, number.sample_type(), slices).map_err(|err| err.to_string())?;
        let indices: Vec<String> = fixed.iter().map(|(_, index)| format!("[{index}]")).collect();
        let description = format!("{}{}", found.path, indices.concat());
        let volume = Volume {
            id: VolumeId::fresh(),
            series: series(description, role, number),
            placement: Placement::Patient(geometry),
            voxels,
            rescale: Rescale::IDENTITY,
            unit: None,
            windows: Vec::new(),
            is_inverted: false,
            padding: None,
            warnings,
        };
        let source = ArraySource {
            dataset: dataset.clone(),
            number,
            space: axes.space.clone(),
            fixed,
            slabs: volume.voxels.unread(),
            unplaced: unplaced.map(|unplaced| Unplaced {
                follows_image: role != Role::Image,
                axes_named: axes.is_named.then(|| in_memory(&axes)).flatten(),
                ..unplaced
            }),
            file: file.clone(),
        };
        all.push(OpenVolume {
            volume: Arc::new(volume),
            source: Arc::new(source),
        });
    }
    Ok(all)
}

/// Compares what an array asks for with the most that its file can hold.
fn check_size(shape: &[u64], number: Number, file_bytes: u64) -> Result<(), String> {
    let asked = shape
        .iter()
        .try_fold(number.byte_size() as u64, |product, side| product.checked_mul(*side));
    let most = file_bytes.saturating_mul(MOST_RATIO).max(ALWAYS_BYTES);
    match asked {
        Some(asked) if asked <= most && shape.iter().all(|side| *side <= u64::from(u32::MAX)) => Ok(()),
        _ => Err(say!("io-hdf5-too-few-bytes", shape = shown(shape))),
    }
}

/// Slices of a slab: as many whole chunks as make about the usual size, so that each is decoded once.
fn slices_of_slab(dataset: &Dataset, axes: &Axes, dims: [usize; 3], number: Number) -> usize {
    let usual = Voxels::slices_for_slab_bytes(dims, 1, number.sample_type()).max(1);
    let chunk = match (axes.space.as_slice(), dataset.chunks()) {
        ([slowest, _, _], Some(chunks)) => chunks.get(*slowest).map_or(1, |side| *side as usize),
        _ => 1,
    };
    let chunk = chunk.clamp(1, dims[2].max(1));
    usual.div_ceil(chunk).saturating_mul(chunk)
}

/// Which direction i, j and k run along: the last axis of the file is the first in memory.
fn in_memory(axes: &Axes) -> Option<[usize; 3]> {
    let [slowest, middle, fastest] = axes.directions[..] else {
        return None;
    };
    Some([fastest, middle, slowest])
}

/// What an array is, by its name and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Image,
    /// It says that it is a label map.
    Labels,
    /// It may have been computed from an image: labels that do not say so, probabilities.
    Derived,
}

/// Images by the names that are usual for them; whole numbers that are named so, or are true and false only, are labels. The
/// rest is found out when it is read, as with other formats.
fn role(path: &str, number: Number) -> Role {
    let name = path.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let begins = |parts: &[&str]| words.iter().any(|word| parts.iter().any(|part| word.starts_with(part)));
    let is_one_of = |all: &[&str]| words.iter().any(|word| all.contains(word));
    let is_label = number.is_whole() && (begins(&["seg", "mask"]) || name.contains("label"));
    if is_label || number.kind == NumberKind::Truth {
        Role::Labels
    } else if begins(&["pred", "prob", "exported", "softmax"]) {
        Role::Derived
    } else if begins(&["raw", "image", "img", "volume"]) || is_one_of(&["ct", "mr", "mri", "pet", "scan", "data"]) {
        Role::Image
    } else if number.is_whole() {
        Role::Derived
    } else {
        Role::Image
    }
}

/// The index along each axis that is no space, for each volume.
fn fixed(shape: &[u64], axes: &Axes) -> Vec<Vec<(usize, u64)>> {
    let mut all = vec![Vec::new()];
    for axis in &axes.repeats {
        let count = shape.get(*axis).copied().unwrap_or(0);
        all = all
            .iter()
            .flat_map(|before: &Vec<(usize, u64)>| {
                (0..count).map(move |index| [before.as_slice(), &[(*axis, index)]].concat())
            })
            .collect();
    }
    all
}

fn series(description: String, role: Role, number: Number) -> SeriesInfo {
    SeriesInfo {
        format: "hdf5",
        kind: if role == Role::Labels {
            VolumeKind::Segmentation
        } else {
            VolumeKind::Image
        },
        modality: String::new(),
        description,
        patient: Patient::default(),
        study_uid: String::new(),
        study_description: String::new(),
        study_date: String::new(),
        series_uid: String::new(),
        series_number: None,
        transfer_syntax: String::new(),
        frame_of_reference_uid: String::new(),
        files: 1,
        stored_type: number.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::raw::Stored;
    use crate::model::voxels::SampleType;

    #[test]
    fn names_say_what_an_array_is() {
        let of = |sample_type| Number {
            kind: NumberKind::Stored(Stored::Plain(sample_type)),
            is_big_endian: false,
        };
        for (path, number, expected) in [
            ("label", of(SampleType::U8), Role::Labels),
            ("volumes/labels/neurons", of(SampleType::U32), Role::Labels),
            ("Segmentation", of(SampleType::I16), Role::Labels),
            ("brain_mask", of(SampleType::U8), Role::Labels),
            ("label", of(SampleType::F32), Role::Image),
            ("raw", of(SampleType::U8), Role::Image),
            ("exported_data", of(SampleType::U8), Role::Derived),
            ("exported_data", of(SampleType::F32), Role::Derived),
            ("predictions", of(SampleType::F32), Role::Derived),
            ("scan", of(SampleType::F32), Role::Image),
        ] {
            assert_eq!(role(path, number), expected, "{path}");
        }
    }
}
