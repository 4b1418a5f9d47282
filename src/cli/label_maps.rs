//! Label maps that a subcommand counts in.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Failure, output, source};
use crate::app::named_map::{NamedMap, Pairing};
use crate::app::overlays::same_grid;
use crate::io::{OpenVolume, unplaced};
use crate::model::segment::MOST_LABEL;
use crate::model::volume::{Volume, VolumeKind};
use crate::model::voxels::SampleType;
use crate::say;

/// A label map that was read.
pub(super) struct LabelMap {
    pub(super) open: OpenVolume,
    pub(super) map: NamedMap,
    path: String,
}

impl LabelMap {
    /// Reads the map of a path. Of several volumes it is the largest segmentation, else the largest.
    pub(super) fn read(path: &Path, quiet: bool) -> Result<Self, Failure> {
        Self::load(path, open_map(path, quiet)?, quiet)
    }

    /// The same; if its file does not say where it lies, it lies on the grid of `image` where it fits.
    pub(super) fn read_on(path: &Path, image: &Volume, quiet: bool) -> Result<Self, Failure> {
        Self::load(path, open_on(path, image, quiet)?, quiet)
    }

    /// Several maps; those whose files do not say where they lie are on the grid of another that does and that they fit. If
    /// none says it, they are on that of the first.
    pub(super) fn read_all(paths: &[PathBuf], quiet: bool) -> Result<Vec<Self>, Failure> {
        let mut all = Vec::new();
        for path in paths {
            all.push((path, open_map(path, quiet)?));
        }
        let opened = all.iter().map(|(_, open)| open);
        let mut grids: Vec<OpenVolume> = opened
            .clone()
            .filter(|open| !unplaced::is_adrift(open))
            .cloned()
            .collect();
        if grids.is_empty() {
            grids.extend(opened.take(1).cloned());
        }
        let on_another = |open: &OpenVolume| {
            let mut others = grids.iter().filter(|grid| grid.volume.id != open.volume.id);
            others.find_map(|grid| unplaced::lie_on(open, &grid.volume))
        };
        all.into_iter()
            .map(|(path, open)| Self::load(path, on_another(&open).unwrap_or(open), quiet))
            .collect()
    }

    /// Two maps; of which one lies on the grid of the other if its file does not say where.
    pub(super) fn read_both([a, b]: [&Path; 2], quiet: bool) -> Result<(Self, Self), Failure> {
        let (mut one, mut other) = (open_map(a, quiet)?, open_map(b, quiet)?);
        if let Some(placed) = unplaced::lie_on(&other, &one.volume) {
            other = placed;
        } else if let Some(placed) = unplaced::lie_on(&one, &other.volume) {
            one = placed;
        }
        Ok((Self::load(a, one, quiet)?, Self::load(b, other, quiet)?))
    }

    fn load(path: &Path, open: OpenVolume, quiet: bool) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        if open.volume.geometry().is_none() {
            return Err(Failure(say!("cli-labels-without-space", path = shown)));
        }
        source::load(&open, quiet)?;
        let map = NamedMap::new(&open.volume, open.source.segments().unwrap_or_default());
        let map = map.ok_or_else(|| {
            Failure(say!(
                "cli-overlay-no-labels",
                path = shown.clone(),
                most = MOST_LABEL.to_string()
            ))
        })?;
        Ok(Self { open, map, path: shown })
    }

    /// Brings it onto another map's grid, unless it lies there already; says so on stderr.
    pub(super) fn bring_onto(&mut self, other: &Self, quiet: bool) -> Result<(), Failure> {
        if same_grid(&self.open.volume, &other.open.volume) {
            return Ok(());
        }
        let too_large = || Failure(say!("cli-labels-without-space", path = self.path.clone()));
        self.map.bring_onto(&other.map.geometry).ok_or_else(too_large)?;
        if !quiet {
            output::complain(&say!(
                "cli-compare-other-grid",
                path = self.path.clone(),
                onto = other.path.clone()
            ));
        }
        Ok(())
    }
}

/// The map of a path as [`open_map`] chooses it, on the grid of `image` if its file does not say where it lies.
pub(super) fn open_on(path: &Path, image: &Volume, quiet: bool) -> Result<OpenVolume, Failure> {
    let open = open_map(path, quiet)?;
    Ok(unplaced::lie_on(&open, image).unwrap_or(open))
}

/// The largest segmentation of a path; without one, whatever is largest: a label map may not say that it is one.
pub(super) fn open_map(path: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
    let rank = |open: &OpenVolume| {
        let is_map = open.volume.series.kind == VolumeKind::Segmentation;
        (is_map, open.volume.dims().iter().product::<usize>())
    };
    first_of(path, quiet, rank, |count, name| {
        say!("cli-took-map", count = count, name = name)
    })
}

/// The map of probabilities of a path: a fractional segmentation, else what says that it was computed from an image, else an
/// image, else the rest; of several the largest.
pub(super) fn open_probabilities(path: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
    let rank = |open: &OpenVolume| {
        let is_map = open.volume.series.kind == VolumeKind::Segmentation;
        let is_whole = !matches!(open.volume.voxels.sample_type(), SampleType::F32 | SampleType::F64);
        let is_derived = open.source.unplaced().is_some_and(|unplaced| unplaced.follows_image);
        let rank = match (is_map, is_whole) {
            (true, false) => 3,
            (true, true) => 0,
            (false, _) if is_derived => 2,
            (false, _) => 1,
        };
        let voxels: usize = open.volume.dims().iter().product();
        (rank, voxels * open.volume.voxels.frames())
    };
    first_of(path, quiet, rank, |count, name| {
        say!("cli-took-probabilities", count = count, name = name)
    })
}

/// The volume of a path that ranks highest, of equals the first. Of several it is said which was taken.
fn first_of<R: Ord>(
    path: &Path,
    quiet: bool,
    rank: impl Fn(&OpenVolume) -> R,
    says: impl Fn(usize, String) -> String,
) -> Result<OpenVolume, Failure> {
    let volumes = source::scan(&[path.to_owned()], quiet)?.volumes;
    let count = volumes.len();
    let chosen = volumes.into_iter().rev().max_by_key(rank);
    let chosen = chosen.ok_or_else(|| Failure(say!("cli-no-volume")))?;
    if count > 1 && !quiet {
        output::complain(&says(count, chosen.volume.series.description.clone()));
    }
    Ok(chosen)
}

/// What makes labels of two maps one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MatchBy {
    /// The same number.
    Number,
    /// The same name.
    Name,
}

/// Pairs the labels of `b` with those of `a`: without a wish by name where both maps have names and share some, else by
/// number.
pub(super) fn pair(a: &LabelMap, b: &mut LabelMap, by: Option<MatchBy>, quiet: bool) -> Result<Pairing, Failure> {
    let by_name = match by {
        Some(MatchBy::Number) => false,
        Some(MatchBy::Name) => {
            if let Some(nameless) = [a, &*b].into_iter().find(|one| !one.map.has_names()) {
                return Err(Failure(say!("cli-compare-no-names", path = nameless.path.clone())));
            }
            true
        }
        None => a.map.shares_names(&b.map),
    };
    if !by_name {
        return Ok(Pairing::default());
    }
    let pairing = b.map.pair_by_name(&a.map);
    if !pairing.own_numbers.is_empty() && !quiet {
        output::complain(&say!("cli-compare-by-name", count = pairing.own_numbers.len()));
    }
    Ok(pairing)
}
