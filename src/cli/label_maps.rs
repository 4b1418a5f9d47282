//! Label maps that a subcommand counts in: read, brought onto one grid, and their labels paired.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::ValueEnum;

use super::{Failure, output, source};
use crate::algo::label_grid::{label_grid, resampled};
use crate::app::overlays::same_grid;
use crate::io::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::label_grid::LabelGrid;
use crate::model::segment::{MOST_LABEL, SegmentTable};
use crate::model::volume::VolumeKind;
use crate::say;

/// A label map with what its labels are called.
pub(super) struct LabelMap {
    pub(super) open: OpenVolume,
    pub(super) grid: LabelGrid,
    pub(super) segments: SegmentTable,
    path: String,
}

impl LabelMap {
    /// Reads the map of a path. Of several volumes it is the largest segmentation, else the largest.
    pub(super) fn read(path: &Path, quiet: bool) -> Result<Self, Failure> {
        let open = open_map(path, quiet)?;
        source::load(&open, quiet)?;
        let shown = path.display().to_string();
        let grid = label_grid(&open.volume, 0).ok_or_else(|| {
            Failure(say!(
                "cli-overlay-no-labels",
                path = shown.clone(),
                most = MOST_LABEL.to_string()
            ))
        })?;
        let segments = open.source.segments().unwrap_or_default();
        Ok(Self {
            open,
            grid,
            segments,
            path: shown,
        })
    }

    /// Where it lies.
    pub(super) fn geometry(&self) -> Result<&Geometry, Failure> {
        let nowhere = || Failure(say!("cli-labels-without-space", path = self.path.clone()));
        self.open.volume.geometry().ok_or_else(nowhere)
    }

    /// Brings it onto another map's grid, unless it lies there already; says so on stderr.
    pub(super) fn bring_onto(&mut self, other: &Self, quiet: bool) -> Result<(), Failure> {
        let (from, onto) = (self.geometry()?, other.geometry()?);
        if same_grid(&self.open.volume, &other.open.volume) {
            return Ok(());
        }
        let failed = || Failure(say!("cli-labels-without-space", path = self.path.clone()));
        let grid = resampled(&self.grid, from, onto).ok_or_else(failed)?;
        if !quiet {
            output::complain(&say!(
                "cli-compare-other-grid",
                path = self.path.clone(),
                onto = other.path.clone()
            ));
        }
        self.grid = grid;
        Ok(())
    }

    /// The name of a label; nothing if it has none.
    pub(super) fn name(&self, label: u16) -> String {
        let segment = self.segments.get(u32::from(label));
        segment.map(|segment| segment.name.clone()).unwrap_or_default()
    }

    fn names(&self) -> BTreeSet<String> {
        let names = self.segments.segments.iter().map(|segment| key(&segment.name));
        names.filter(|name| !name.is_empty()).collect()
    }
}

/// The largest segmentation of a path; without one, whatever is largest: a label map may not say that it is one.
fn open_map(path: &Path, quiet: bool) -> Result<OpenVolume, Failure> {
    let volumes = source::scan(&[path.to_owned()], quiet)?.volumes;
    let count = volumes.len();
    let chosen = volumes.into_iter().rev().max_by_key(|open| {
        let is_map = open.volume.series.kind == VolumeKind::Segmentation;
        (is_map, open.volume.dims().iter().product::<usize>())
    });
    let chosen = chosen.ok_or_else(|| Failure(say!("cli-no-volume")))?;
    if count > 1 && !quiet {
        output::complain(&say!(
            "cli-took-map",
            count = count,
            name = chosen.volume.series.description.clone()
        ));
    }
    Ok(chosen)
}

/// Names are the same whatever the case of their letters and the spaces around them.
fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What makes labels of two maps one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum MatchBy {
    /// The same number.
    Number,
    /// The same name.
    Name,
}

/// How labels of the second map are called after they were paired with those of the first.
pub(super) struct Pairing {
    /// Numbers of the second map by the number under which they are compared, where these differ.
    pub(super) own_numbers: BTreeMap<u16, u16>,
}

/// Pairs the labels of `b` with those of `a`: without a wish by name where both maps have names and share some, else by
/// number. By name, the labels of `b` are renumbered; those without a partner keep their numbers or get free ones.
pub(super) fn pair(a: &LabelMap, b: &mut LabelMap, by: Option<MatchBy>, quiet: bool) -> Result<Pairing, Failure> {
    let (names_a, names_b) = (a.names(), b.names());
    let shared = names_a.intersection(&names_b).count();
    let by_name = match by {
        Some(MatchBy::Number) => false,
        Some(MatchBy::Name) => {
            if let Some(nameless) = [(&names_a, a), (&names_b, b)]
                .into_iter()
                .find(|(names, _)| names.is_empty())
            {
                return Err(Failure(say!("cli-compare-no-names", path = nameless.1.path.clone())));
            }
            true
        }
        None => shared > 0,
    };
    if !by_name {
        return Ok(Pairing {
            own_numbers: BTreeMap::new(),
        });
    }
    let mut number_of_name: BTreeMap<String, u16> = BTreeMap::new();
    for segment in &a.segments.segments {
        number_of_name.entry(key(&segment.name)).or_insert(segment.label as u16);
    }
    let mut taken: BTreeSet<u16> = a.grid.labels().iter().copied().collect();
    taken.extend(a.segments.segments.iter().map(|segment| segment.label as u16));
    let mut numbers: BTreeMap<u16, u16> = BTreeMap::new();
    let mut labels: BTreeSet<u16> = b.grid.labels().iter().copied().filter(|label| *label > 0).collect();
    labels.extend(b.segments.segments.iter().map(|segment| segment.label as u16));
    let partner = |label: u16| number_of_name.get(&key(&b.name(label))).copied();
    let mut lonely = Vec::new();
    for label in labels {
        match partner(label) {
            Some(number) => {
                numbers.insert(label, number);
            }
            None => lonely.push(label),
        }
    }
    for label in lonely {
        let free = std::iter::once(label)
            .chain(1..=u16::MAX)
            .find(|number| !taken.contains(number));
        let number = free.unwrap_or(label);
        taken.insert(number);
        numbers.insert(label, number);
    }
    let own_numbers: BTreeMap<u16, u16> = numbers
        .iter()
        .filter(|(own, number)| own != number)
        .map(|(own, number)| (*number, *own))
        .collect();
    if !own_numbers.is_empty() {
        if !quiet {
            output::complain(&say!("cli-compare-by-name", count = own_numbers.len()));
        }
        let grid = b.grid.clone();
        b.grid = grid.renumbered(|label| numbers.get(&label).copied().unwrap_or(label));
        for segment in &mut b.segments.segments {
            segment.label = u32::from(
                numbers
                    .get(&(segment.label as u16))
                    .copied()
                    .unwrap_or(segment.label as u16),
            );
        }
        b.segments.segments.sort_by_key(|segment| segment.label);
        b.segments.segments.dedup_by_key(|segment| segment.label);
    }
    Ok(Pairing { own_numbers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::demo::{self, Content};
    use crate::model::segment::Segment;

    /// A map of one row whose labels have these names.
    fn map(labels: &[u16], names: &[(u16, &str)]) -> LabelMap {
        let segment = |(label, name): &(u16, &str)| Segment::new(u32::from(*label), (*name).to_owned(), [0; 3]);
        LabelMap {
            open: demo::open_one(Content::Truth),
            grid: LabelGrid::new([labels.len(), 1, 1], labels.to_vec()).unwrap(),
            segments: SegmentTable {
                segments: names.iter().map(segment).collect(),
            },
            path: "map".to_owned(),
        }
    }

    #[test]
    fn labels_are_paired_by_name_where_names_are_shared() {
        let a = map(&[1, 2, 3, 0], &[(1, "Liver"), (2, "Spleen")]);
        let b = || map(&[2, 1, 5, 3], &[(1, " spleen"), (2, "liver"), (3, "heart")]);
        let mut judged = b();
        let pairing = pair(&a, &mut judged, None, true).unwrap();
        // Heart cannot stay 3, which is something else in A.
        assert_eq!(judged.grid.labels(), [1, 2, 5, 4]);
        assert_eq!(judged.name(4), "heart");
        assert_eq!(pairing.own_numbers, BTreeMap::from([(1, 2), (2, 1), (4, 3)]));
        let mut judged = b();
        pair(&a, &mut judged, Some(MatchBy::Number), true).unwrap();
        assert_eq!(judged.grid.labels(), [2, 1, 5, 3]);
        let mut nameless = map(&[1, 1], &[]);
        assert!(pair(&a, &mut nameless, Some(MatchBy::Name), true).is_err());
        assert!(pair(&a, &mut nameless, None, true).unwrap().own_numbers.is_empty());
    }
}
