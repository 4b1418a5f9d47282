//! Several segmentations of one image side by side: what the panel of readers shows.

use std::sync::Arc;

use super::label_statistics::quoted;
use super::made_map::{MadeLabels, counts_of, made_shares};
use super::named_map::NamedMap;
use super::overlays::same_grid;
use super::readers::{LabelReaders, ReaderOfLabel, compare, consensus_table};
use super::table_basis::Basis;
use super::tables::{MapRequest, named};
use crate::io::OpenVolume;
use crate::model::label_map::LabelMap;
use crate::model::volume::{Volume, VolumeId};
use crate::say;

/// What was found of several readers.
pub struct ComparedReaders {
    /// Their segmentations, in the order in which they were compared.
    pub maps: Vec<VolumeId>,
    /// What these are called.
    pub names: Vec<String>,
    /// Label by label.
    pub labels: Vec<LabelReaders>,
    /// Whether some lie on other grids than the first and were sampled on its.
    pub is_sampled: bool,
    /// Their maps as they were.
    pub basis: Basis,
    /// The likely truth.
    pub(super) consensus: MadeLabels,
    /// The share of readers that give a voxel the label that most of them give it.
    pub(super) agreement: OpenVolume,
    /// The image that both lie on the grid of.
    pub(super) like: Arc<Volume>,
    /// The likely truth in the document.
    pub(super) added: Option<VolumeId>,
}

/// Compares the maps of several readers, all of them loaded. The error is a sentence for the user.
pub(super) fn compared_readers(requests: &[MapRequest]) -> Result<ComparedReaders, String> {
    let too_large = || say!("app-differences-too-large");
    let mut maps: Vec<NamedMap> = Vec::new();
    let mut is_sampled = false;
    for request in requests {
        let mut map = named(request)?;
        if let (Some(first), Some(like)) = (maps.first(), requests.first()) {
            if !same_grid(&like.open.volume, &request.open.volume) {
                map.bring_onto(&first.geometry).ok_or_else(too_large)?;
                is_sampled = true;
            }
            if first.shares_names(&map) {
                map.pair_by_name(first);
            }
        }
        maps.push(map);
    }
    let (found, like) = compare(&maps).zip(requests.first()).ok_or_else(too_large)?;
    let like = Arc::clone(&like.open.volume);
    let map = LabelMap::from_dense(found.consensus.dims(), found.consensus.labels());
    let parts: Vec<u8> = found.agreement.labels().iter().map(|count| *count as u8).collect();
    let agreement = made_shares(&parts, maps.len(), &like, say!("app-readers-agreement"));
    Ok(ComparedReaders {
        maps: requests.iter().map(|request| request.open.volume.id).collect(),
        names: requests
            .iter()
            .map(|request| request.open.volume.series.description.clone())
            .collect(),
        is_sampled,
        basis: Basis::of(requests.iter().map(|request| request.open.volume.as_ref())),
        consensus: MadeLabels {
            description: say!("app-readers-consensus"),
            table: consensus_table(&maps, &found.labels),
            counts: counts_of(&map),
            map,
        },
        agreement: agreement.ok_or_else(too_large)?,
        labels: found.labels,
        like,
        added: None,
    })
}

impl LabelReaders {
    /// How well a reader agrees with another; `None` with itself.
    pub fn dice(&self, one: usize, other: usize) -> Option<f64> {
        let pair = self
            .pairs
            .iter()
            .find(|pair| [pair.a, pair.b] == [one.min(other), one.max(other)]);
        pair.map(|pair| pair.dice)
    }
}

/// As comma-separated values, with a heading: a line for each label and reader, with its Dice with each of the others.
/// What is not there is empty.
pub fn to_csv(found: &ComparedReaders) -> String {
    let mut heading = ["label", "name", "reader", "volume_ml", "sensitivity", "specificity"]
        .map(str::to_owned)
        .to_vec();
    heading.extend(found.names.iter().map(|name| quoted(&format!("dice with {name}"))));
    let field = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    let mut lines = vec![heading.join(",")];
    for label in &found.labels {
        let line = |name: &str, reader: ReaderOfLabel, dice: Vec<Option<f64>>| {
            let mut fields = vec![label.label.to_string(), quoted(&label.name), quoted(name)];
            fields.extend([Some(reader.volume_ml), reader.sensitivity, reader.specificity].map(field));
            fields.extend(dice.into_iter().map(field));
            fields.join(",")
        };
        for (n, (name, reader)) in found.names.iter().zip(&label.readers).enumerate() {
            let dice = (0..found.names.len()).map(|other| label.dice(n, other)).collect();
            lines.push(line(name, *reader, dice));
        }
    }
    lines.join("\r\n") + "\r\n"
}
