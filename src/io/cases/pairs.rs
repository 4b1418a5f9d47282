//! Which files of a folder are images, and which mask belongs to which of them.
//!
//! Three ways to lay them out are understood: images and masks side by side, told apart by their names (`a.nii.gz`,
//! `a_seg.nii.gz`); two folders, one for images and one for masks of the same names (nnU-Net's `imagesTr` and
//! `labelsTr`, with the number of the channel behind the images' names); and a folder for each case.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Case, CaseStatus};

/// How names of images and masks end. The longer ones come first.
const ENDINGS: [&str; 10] = [
    ".seg.nrrd",
    ".seg.nhdr",
    ".nii.gz",
    ".nii",
    ".nrrd",
    ".nhdr",
    ".mha",
    ".mhd",
    ".hdr",
    ".img.gz",
];

/// What names of masks end with, before the ending.
const MASK_WORDS: [&str; 11] = [
    "segmentation",
    "seg",
    "mask",
    "masks",
    "label",
    "labels",
    "labelmap",
    "annotation",
    "gt",
    "pred",
    "truth",
];

/// Files that are looked at in one folder.
const MAX_FILES: usize = 1_000_000;

/// The name of a file without its ending, and the ending in small letters; of other files the whole name.
pub(super) fn stem_and_ending(path: &Path) -> (String, &'static str) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let small = name.to_lowercase();
    let ending = ENDINGS.into_iter().find(|ending| small.ends_with(ending)).unwrap_or("");
    let stem = name.get(..name.len() - ending.len()).unwrap_or(&name).to_owned();
    (stem, ending)
}

/// The cases of a folder, in the order of their names, numbers by their value.
pub(super) fn in_folder(folder: &Path) -> io::Result<Vec<Case>> {
    let (files, folders) = listed(folder)?;
    let mut cases = side_by_side(&files);
    if cases.is_empty() {
        cases = in_two_folders(&folders)?;
    }
    if cases.is_empty() {
        for folder in &folders {
            cases.extend(in_own_folder(folder)?);
        }
    }
    cases.sort_by_cached_key(|case| in_order(&case.image));
    Ok(cases)
}

/// Files and folders in a folder.
fn listed(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder)?.flatten().take(MAX_FILES) {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() {
            folders.push(path);
        } else if !is_hidden {
            files.push(path);
        }
    }
    files.sort_by_cached_key(|path| in_order(path));
    folders.sort_by_cached_key(|path| in_order(path));
    Ok((files, folders))
}

/// The name of the image that a mask says it belongs to, if its name is one of a mask.
fn image_of_mask(path: &Path) -> Option<String> {
    let (stem, ending) = stem_and_ending(path);
    if ending.starts_with(".seg.") {
        return Some(stem);
    }
    let small = stem.to_lowercase();
    MASK_WORDS.into_iter().find_map(|word| {
        let before = small.strip_suffix(word)?;
        let is_apart = before.is_empty() || before.ends_with(['_', '-', '.', ' ']);
        let length = before.trim_end_matches(['_', '-', '.', ' ']).len();
        is_apart.then(|| stem.get(..length).unwrap_or_default().to_owned())
    })
}

/// Whether a file is a mask by its name, a further one (`a_seg-2.nii.gz`) too.
fn is_mask(path: &Path) -> bool {
    let (stem, _) = stem_and_ending(path);
    let further = stem
        .rsplit_once('-')
        .filter(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    image_of_mask(path).is_some() || further.is_some_and(|(first, _)| image_of_mask(Path::new(first)).is_some())
}

fn is_volume(path: &Path) -> bool {
    !stem_and_ending(path).1.is_empty()
}

fn case(image: &Path, mask: Option<&PathBuf>) -> Case {
    Case {
        image: image.to_owned(),
        mask: mask.cloned(),
        status: CaseStatus::Open,
    }
}

fn side_by_side(files: &[PathBuf]) -> Vec<Case> {
    let volumes = || files.iter().filter(|path| is_volume(path));
    let masks: BTreeMap<String, &PathBuf> = volumes()
        .filter_map(|path| Some((image_of_mask(path)?, path)))
        .collect();
    volumes()
        .filter(|path| !is_mask(path))
        .map(|image| {
            case(
                image,
                masks
                    .get(&without_channel(image))
                    .or(masks.get(&stem_and_ending(image).0))
                    .copied(),
            )
        })
        .collect()
}

/// The name of an image without the number of its channel, which nnU-Net puts behind it.
fn without_channel(image: &Path) -> String {
    let (stem, _) = stem_and_ending(image);
    let bare = stem
        .rsplit_once('_')
        .filter(|(_, number)| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()));
    bare.map_or(stem.clone(), |(bare, _)| bare.to_owned())
}

fn in_two_folders(folders: &[PathBuf]) -> io::Result<Vec<Case>> {
    let name = |folder: &Path| folder.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut cases = Vec::new();
    for images in folders.iter().filter(|folder| name(folder).starts_with("image")) {
        // `imagesTr` goes with `labelsTr`.
        let kind = name(images)
            .trim_start_matches("images")
            .trim_start_matches("image")
            .to_owned();
        let is_masks = |folder: &&PathBuf| {
            let words = [
                "labels",
                "label",
                "masks",
                "mask",
                "segmentations",
                "segmentation",
                "seg",
            ];
            words.into_iter().any(|word| name(folder) == format!("{word}{kind}"))
        };
        let mut masks: BTreeMap<String, PathBuf> = BTreeMap::new();
        if let Some(folder) = folders.iter().find(is_masks) {
            for path in listed(folder)?.0.into_iter().filter(|path| is_volume(path)) {
                if let Some(image) = image_of_mask(&path) {
                    masks.entry(image).or_insert_with(|| path.clone());
                }
                masks.insert(stem_and_ending(&path).0, path);
            }
        }
        let mut last = None;
        for image in listed(images)?
            .0
            .iter()
            .filter(|path| is_volume(path) && !is_mask(path))
        {
            let bare = without_channel(image);
            // Of several channels the first stands for the case.
            if last.replace(bare.clone()).as_ref() != Some(&bare) {
                cases.push(case(image, masks.get(&bare)));
            }
        }
    }
    Ok(cases)
}

fn in_own_folder(folder: &Path) -> io::Result<Option<Case>> {
    let (files, _) = listed(folder)?;
    let volumes: Vec<&PathBuf> = files.iter().filter(|path| is_volume(path)).collect();
    let mask = volumes.iter().copied().find(|path| image_of_mask(path).is_some());
    let image = volumes.iter().copied().find(|path| !is_mask(path));
    Ok(match image {
        Some(image) => Some(case(image, mask)),
        // Files without such an ending are taken for a DICOM series: it is opened as a whole.
        None => (!files.is_empty()).then(|| case(folder, mask)),
    })
}

/// Orders names as people do: numbers in them by their value.
fn in_order(path: &Path) -> Vec<(u128, String)> {
    let name = path.to_string_lossy().to_lowercase();
    let mut parts = Vec::new();
    let mut rest = name.as_str();
    while !rest.is_empty() {
        let text_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(text_end);
        let number_end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let (number, after) = after.split_at(number_end);
        parts.push((0, text.to_owned()));
        parts.push((number.parse().unwrap_or(u128::MAX), String::new()));
        rest = after;
    }
    parts
}
