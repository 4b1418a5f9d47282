//! Which pictures belong together: by series, then by what must be equal in one stack, then by position.
//!
//! File names and instance numbers decide nothing here but the order of pictures at one and the same position.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use glam::DVec3;

use super::frames::{FrameInfo, NoPlane, Plane};
use super::header::DicomFile;
use super::seg;
use super::stack::{Cell, Cells, Doubt, build};
use crate::io::source::{Opened, Skipped};
use crate::say;

/// One picture: its file and its frame in it.
#[derive(Clone, Copy)]
pub struct Shot<'a> {
    /// The file.
    pub file: &'a DicomFile,
    /// What the file says about it.
    pub info: &'a FrameInfo,
}

/// Groups files into volumes; every picture ends up in one, or its file among the skipped.
pub fn group(files: Vec<DicomFile>) -> Opened {
    let mut opened = Opened::default();
    let mut by_series: BTreeMap<(String, String, String), Vec<DicomFile>> = BTreeMap::new();
    let (segmentations, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.seg.is_some());
    for file in files {
        // A file without series is a series of its own.
        let series = if file.identity.series_uid.is_empty() {
            file.pixels.file.to_string()
        } else {
            file.identity.series_uid.clone()
        };
        // Whatever tools did to identifiers: two patients never share a volume.
        let patient = &file.identity.patient;
        by_series
            .entry((patient.id.clone(), patient.name.clone(), series))
            .or_default()
            .push(file);
    }
    for (_, mut files) in by_series {
        files.sort_by(|a, b| {
            (a.identity.instance_number, a.pixels.file.name()).cmp(&(b.identity.instance_number, b.pixels.file.name()))
        });
        let files = without_copies(files, &mut opened.skipped);
        let stacks = split(&files);
        let places = stacks.iter().filter(|stack| stack[0].info.plane.is_ok()).count();
        for stack in stacks {
            let mut doubts = Vec::new();
            if places > 1 && stack[0].info.plane.is_ok() {
                doubts.push(Doubt::Split { stacks: places });
            }
            for (cells, more) in arrange(&stack) {
                let all: Vec<Doubt> = doubts.iter().cloned().chain(more).collect();
                match build(&cells, &all) {
                    Ok(volume) => opened.volumes.push(volume),
                    Err(reason) => opened.skipped.extend(cells.files().map(|path| Skipped {
                        path: path.to_owned(),
                        reason: reason.clone(),
                    })),
                }
            }
        }
    }
    for file in segmentations {
        let made = file
            .seg
            .as_ref()
            .map(|header| seg::build(&file, header, &opened.volumes));
        match made {
            Some(Ok(volume)) => opened.volumes.push(volume),
            Some(Err(reason)) => opened.skipped.push(Skipped {
                path: file.pixels.file.name().to_owned(),
                reason,
            }),
            None => {}
        }
    }
    opened
}

/// Leaves out files that hold an image which another file holds already.
fn without_copies(files: Vec<DicomFile>, skipped: &mut Vec<Skipped>) -> Vec<DicomFile> {
    let mut kept: Vec<DicomFile> = Vec::with_capacity(files.len());
    let mut by_uid: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        let uid = file.identity.instance_uid.clone();
        let original = by_uid
            .get(&uid)
            .and_then(|index| kept.get(*index))
            .filter(|other| is_copy(&file, other));
        if let Some(original) = original {
            let name = original.pixels.file.file_name();
            skipped.push(Skipped {
                path: file.pixels.file.name().to_owned(),
                reason: say!("io-dicom-copy", name = name),
            });
            continue;
        }
        if !uid.is_empty() {
            by_uid.entry(uid).or_insert(kept.len());
        }
        kept.push(file);
    }
    kept
}

/// Equal identifiers alone prove little: careless tools give one to a whole series.
fn is_copy(a: &DicomFile, b: &DicomFile) -> bool {
    a.identity == b.identity && a.frames == b.frames && a.pixels.layout == b.pixels.layout
}

/// Splits the pictures of a series into those that can stand in one stack.
fn split(files: &[DicomFile]) -> Vec<Vec<Shot<'_>>> {
    let mut stacks: Vec<Vec<Shot<'_>>> = Vec::new();
    for file in files {
        for info in &file.frames {
            let shot = Shot { file, info };
            match stacks.iter_mut().find(|stack| can_share_stack(&stack[0], &shot)) {
                Some(stack) => stack.push(shot),
                None => stacks.push(vec![shot]),
            }
        }
    }
    stacks
}

fn can_share_stack(a: &Shot<'_>, b: &Shot<'_>) -> bool {
    let (one, other) = (&a.file.pixels.layout, &b.file.pixels.layout);
    let is_alike = one.columns == other.columns
        && one.rows == other.rows
        && one.components() == other.components()
        && one.sample_type() == other.sample_type()
        && one.is_inverted == other.is_inverted
        && a.file.identity.is_localizer == b.file.identity.is_localizer
        && a.file.identity.frame_of_reference_uid == b.file.identity.frame_of_reference_uid
        && a.file.identity.modality == b.file.identity.modality
        && a.file.meaning.unit == b.file.meaning.unit;
    is_alike
        && match (&a.info.plane, &b.info.plane) {
            (Ok(one), Ok(other)) => is_parallel(one, other),
            (Err(one), Err(other)) => (*one == NoPlane::Mosaic) == (*other == NoPlane::Mosaic),
            _ => false,
        }
}

/// Whether two planes have the same directions and pixel sizes, but for what rounding does.
fn is_parallel(a: &Plane, b: &Plane) -> bool {
    let is_same = |x: DVec3, y: DVec3| (x - y).length() <= 5e-4 * x.length();
    is_same(a.step_i, b.step_i) && is_same(a.step_j, b.step_j)
}

/// Planes closer than this (mm), or than a fiftieth of a pixel, are at one position.
fn position_tolerance_mm(plane: &Plane) -> f64 {
    1e-3f64.min(0.02 * plane.step_i.length().min(plane.step_j.length()))
}

/// Arranges the pictures of a stack by position and, where several are at each position, by time.
fn arrange<'a>(stack: &[Shot<'a>]) -> Vec<(Cells<'a>, Vec<Doubt>)> {
    let Ok(first) = stack[0].info.plane else {
        let cells = stack
            .iter()
            .map(|shot| Cell {
                shot: *shot,
                plane: None,
            })
            .collect();
        return vec![(
            Cells {
                cells,
                depth: stack.len(),
                frames: 1,
            },
            Vec::new(),
        )];
    };
    let normal = first.normal();
    let mut placed: Vec<(f64, Shot<'_>, Plane)> = stack
        .iter()
        .filter_map(|shot| {
            shot.info
                .plane
                .ok()
                .map(|plane| (plane.origin.dot(normal), *shot, plane))
        })
        .collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let tolerance = position_tolerance_mm(&first);
    let mut positions: Vec<Vec<Cell<'_>>> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for (at, shot, plane) in placed {
        let cell = Cell {
            shot,
            plane: Some(plane),
        };
        match positions.last_mut() {
            Some(here) if at - last <= tolerance => here.push(cell),
            _ => {
                positions.push(vec![cell]);
                last = at;
            }
        }
    }
    positions.iter_mut().for_each(|here| here.sort_by(order));
    time_points(&positions, tolerance)
}

/// The order of pictures at one position: frames of one file by temporal index, b-value and echo, as far as it gives
/// them; else by instance and frame number. All frames of a file share its instance number.
fn order(a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    let repeat = |cell: &Cell<'_>| cell.shot.info.repeat;
    let key = |cell: &Cell<'_>, n: usize| {
        let value = repeat(cell).keys.get(n).copied().flatten();
        value.filter(|_| cell.shot.file.frames.len() > 1).unwrap_or(0.0)
    };
    (0..3)
        .map(|n| key(a, n).total_cmp(&key(b, n)))
        .fold(Ordering::Equal, Ordering::then)
        .then_with(|| (repeat(a).instance, repeat(a).frame).cmp(&(repeat(b).instance, repeat(b).frame)))
}

/// One volume where each position has equally many pictures; else the complete time points, and the rest apart.
fn time_points<'a>(positions: &[Vec<Cell<'a>>], tolerance: f64) -> Vec<(Cells<'a>, Vec<Doubt>)> {
    let fewest = positions.iter().map(Vec::len).min().unwrap_or(0);
    let most = positions.iter().map(Vec::len).max().unwrap_or(0);
    let depth = positions.len();
    let is_aligned = positions
        .iter()
        .all(|here| here.windows(2).all(|pair| pair[0].is_at(&pair[1], tolerance)));
    if fewest == most && is_aligned {
        let cells = (0..most)
            .flat_map(|time| positions.iter().filter_map(move |here| here.get(time).copied()))
            .collect();
        return vec![(
            Cells {
                cells,
                depth,
                frames: most,
            },
            Vec::new(),
        )];
    }
    let mut volumes = Vec::new();
    let apart = match telling_key(positions, most) {
        Some(key) if fewest > 1 => by_key(positions, key),
        _ => by_rank(positions),
    };
    let count = apart.len();
    for (n, cells) in apart.into_iter().enumerate() {
        let depth = cells.len();
        let doubt = if n == 0 {
            Doubt::HasExtras { apart: count - 1 }
        } else {
            Doubt::IsExtra { pictures: depth }
        };
        volumes.push((
            Cells {
                cells,
                depth,
                frames: 1,
            },
            vec![doubt],
        ));
    }
    volumes
}

/// The attribute that tells the pictures of every position apart and takes no more values than there are time points.
fn telling_key(positions: &[Vec<Cell<'_>>], most: usize) -> Option<usize> {
    (0..6).find(|key| {
        let value = |cell: &Cell<'_>| cell.shot.info.repeat.keys[*key].map(f64::to_bits);
        let mut all: Vec<Option<u64>> = positions.iter().flatten().map(value).collect();
        all.sort_unstable();
        all.dedup();
        let is_unique = positions.iter().all(|here| {
            let mut values: Vec<Option<u64>> = here.iter().map(value).collect();
            values.sort_unstable();
            values.windows(2).all(|pair| pair[0] != pair[1])
        });
        is_unique && all.len() == most && !all.contains(&None)
    })
}

/// One stack for each value of a key, each in the order of positions.
fn by_key<'a>(positions: &[Vec<Cell<'a>>], key: usize) -> Vec<Vec<Cell<'a>>> {
    let mut stacks: Vec<(f64, Vec<Cell<'a>>)> = Vec::new();
    for cell in positions.iter().flatten() {
        let value = cell.shot.info.repeat.keys[key].unwrap_or_default();
        match stacks.iter_mut().find(|(other, _)| *other == value) {
            Some((_, stack)) => stack.push(*cell),
            None => stacks.push((value, vec![*cell])),
        }
    }
    stacks.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.total_cmp(&b.0)));
    stacks.into_iter().map(|(_, stack)| stack).collect()
}

/// The first picture of each position, then the second of those that have one, and so on.
fn by_rank<'a>(positions: &[Vec<Cell<'a>>]) -> Vec<Vec<Cell<'a>>> {
    let most = positions.iter().map(Vec::len).max().unwrap_or(0);
    (0..most)
        .map(|rank| positions.iter().filter_map(|here| here.get(rank).copied()).collect())
        .collect()
}
