//! How well a probability map agrees with a segment, threshold by threshold: what the panel of agreement shows of one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::named_map::NamedMap;
use super::probability::certain_value;
use super::table_basis::Basis;
use super::tables::{MapRequest, named};
pub use crate::algo::agreement::AtThreshold;
use crate::algo::agreement::{best_threshold, even_thresholds, threshold_curve};
use crate::algo::value_range::value_range;
use crate::io::OpenVolume;
use crate::model::volume::VolumeId;
use crate::say;

/// Thresholds of a curve: from 0 to 1 in hundredths.
const COUNT: usize = 101;

/// A curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The segmentation that is the reference.
    pub reference: VolumeId,
    /// The probability map.
    pub probability: VolumeId,
    /// Which frame of it.
    pub frame: usize,
    /// The label of the reference.
    pub label: u16,
    /// The labels that there are, and what they are called.
    pub labels: Vec<(u16, String)>,
    /// Threshold by threshold, as probabilities from 0 to 1.
    pub points: Vec<AtThreshold>,
    /// Which of them has the highest Dice.
    pub best: usize,
    /// The segmentation as it was.
    pub basis: Basis,
}

/// A curve that is wanted.
#[derive(Clone)]
pub struct CurveRequest {
    /// The reference.
    pub reference: MapRequest,
    /// The probability map.
    pub map: OpenVolume,
    /// Which frame of it.
    pub frame: usize,
    /// The value that stands for certainty, if it is known.
    pub certain: Option<f64>,
    /// The label of the reference; else the one that is called as the map's segment, else the first.
    pub label: Option<u16>,
    /// What the map's segment is called.
    pub name: String,
}

impl CurveRequest {
    /// Finds it, both maps being loaded. The error is a sentence for the user.
    pub(super) fn carry_out(&self) -> Result<Curve, String> {
        let reference = named(&self.reference)?;
        let labels: BTreeSet<u16> = reference.labels().into_iter().chain(reference.named()).collect();
        let label = self.label.or_else(|| self.label_in(&reference, &labels));
        let label = label.ok_or_else(|| say!("app-curve-no-label", name = description(&self.reference.open)))?;
        let range = value_range(&self.map.volume).unwrap_or([0.0, 1.0]);
        let certain = self.certain.or_else(|| certain_value(range));
        let certain = certain.ok_or_else(|| {
            let [low, high] = range.map(|end| end.to_string());
            say!(
                "app-probability-odd",
                name = description(&self.map),
                low = low,
                high = high
            )
        })?;
        let probabilities = even_thresholds(0.0, 1.0, COUNT);
        let thresholds: Vec<f64> = probabilities.iter().map(|p| p * certain).collect();
        let layer = reference.layers.get(reference.layer_of(label));
        let found = layer.map(|grid| {
            let map = &self.map.volume;
            threshold_curve(grid, label, &reference.geometry, map, self.frame, &thresholds)
        });
        let of_probability = |(at, p): (AtThreshold, &f64)| AtThreshold { threshold: *p, ..at };
        let points: Vec<AtThreshold> = found
            .unwrap_or_default()
            .into_iter()
            .zip(&probabilities)
            .map(of_probability)
            .collect();
        let best = best_threshold(&points);
        let best = best.ok_or_else(|| say!("app-curve-no-label", name = description(&self.reference.open)))?;
        Ok(Curve {
            reference: self.reference.open.volume.id,
            probability: self.map.volume.id,
            frame: self.frame,
            label,
            labels: labels.iter().map(|label| (*label, reference.name(*label))).collect(),
            points,
            best,
            basis: Basis::of([self.reference.open.volume.as_ref()]),
        })
    }

    fn label_in(&self, reference: &NamedMap, labels: &BTreeSet<u16>) -> Option<u16> {
        let own = self.name.trim().to_lowercase();
        let is_own = |label: &&u16| reference.name(**label).trim().to_lowercase() == own;
        labels.iter().find(is_own).or_else(|| labels.first()).copied()
    }
}

fn description(open: &OpenVolume) -> String {
    open.volume.series.description.clone()
}

/// As comma-separated values, with a heading; what is not there is empty.
pub fn to_csv(points: &[AtThreshold]) -> String {
    let mut text = "threshold,dice,sensitivity,precision\r\n".to_owned();
    let field = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    for at in points {
        let (sensitivity, precision) = (field(at.sensitivity), field(at.precision));
        // Writing to a text cannot fail.
        write!(text, "{},{},{sensitivity},{precision}\r\n", at.threshold, at.dice).ok();
    }
    text
}
