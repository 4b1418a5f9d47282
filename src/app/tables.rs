//! Tables of numbers below the panes: how well two segmentations agree, and what is measured of the segments of one.

use std::path::PathBuf;

use glam::DVec3;
use serde::{Deserialize, Serialize};

use super::agreement::{LabelAgreement, judge};
use super::compared_readers::{ComparedReaders, compared_readers};
use super::job::{JobEvent, JobId, Jobs, Outlet};
use super::label_statistics::{SegmentStatistics, statistics};
use super::made_map::made_map;
use super::named_map::{NamedMap, Pairing};
use super::overlays::{self, same_grid};
use super::probability;
use super::state::{Entry, State};
use super::table_basis::Basis;
use super::threshold_curve::{Curve, CurveRequest};
use crate::algo::agreement::{AGREED, FALSE, MISSED, MISTAKEN, differences};
use crate::io::{self, OpenVolume, Progress};
use crate::model::segment::{Segment, SegmentTable};
use crate::model::volume::{Volume, VolumeId};
use crate::say;

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// How well two segmentations agree.
    Agreement,
    /// What is measured of segments.
    Statistics,
    /// How well several segmentations agree.
    Readers,
}

/// What can be asked of the tables. Maps are named by their place in the document, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableChange {
    /// Shows a table, or none.
    Show(Option<Table>),
    /// Judges a segmentation by a reference. If one of them is a probability map, it is judged threshold by threshold.
    Judge {
        /// The reference.
        reference: usize,
        /// The one that is judged.
        judged: usize,
    },
    /// Judges a probability map by a label of a segmentation, threshold by threshold.
    Curve {
        /// The segmentation.
        reference: usize,
        /// The probability map.
        probability: usize,
        /// The label; the one that is called as the map, or the first, if absent.
        #[serde(default)]
        label: Option<u16>,
    },
    /// Compares what several readers segmented.
    Compare {
        /// Their segmentations.
        readers: Vec<usize>,
    },
    /// Puts what the readers most likely agree on into the document, as a segmentation.
    AddConsensus,
    /// Puts into the document how many of the readers agree, as a probability map.
    AddAgreement,
    /// Goes on (1) or back (−1) in the pieces of disagreement, largest first.
    StepDisagreement(i64),
    /// Measures the segments of a map, in the shown image.
    Measure {
        /// The map.
        index: usize,
    },
    /// Puts the shown table on the clipboard, as CSV.
    Copy,
    /// Asks where the shown table is to be written to.
    Choose,
    /// Writes the shown table to a file, as JSON or as CSV.
    Save {
        /// The file; its name's end says which.
        path: PathBuf,
    },
}

/// The tables, and which of them is shown.
#[derive(Default)]
pub struct Tables {
    /// The one that is shown.
    pub shown: Option<Table>,
    /// What was found of two segmentations.
    pub judgement: Option<Judgement>,
    /// The piece of disagreement that was gone to last.
    pub piece: Option<usize>,
    /// What was measured of the segments of a map.
    pub measured: Option<Measured>,
    /// How well a probability map agrees with a segment.
    pub curve: Option<Curve>,
    /// Whether it, and not the judgement, was found last.
    pub shows_curve: bool,
    /// What was found of several readers.
    pub readers: Option<ComparedReaders>,
}

/// How well two segmentations agree.
pub struct Judgement {
    /// The reference.
    pub reference: VolumeId,
    /// The one that was judged.
    pub judged: VolumeId,
    /// Label by label.
    pub labels: Vec<LabelAgreement>,
    /// Where they disagree, the largest first.
    pub places: Vec<Disagreement>,
    /// Whether the judged map lies on another grid and was sampled on the reference's.
    pub is_sampled: bool,
    /// What agrees, what was missed and what is false, as a label map.
    pub differences: OpenVolume,
    /// The two maps as they were.
    pub basis: Basis,
}

/// A connected piece in which two segmentations disagree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disagreement {
    /// A place in it, LPS mm.
    pub at: DVec3,
    /// How large it is.
    pub volume_ml: f64,
}

/// What was measured of the segments of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The map.
    pub map: VolumeId,
    /// The image.
    pub image: VolumeId,
    /// Segment by segment.
    pub segments: Vec<SegmentStatistics>,
    /// The map as it was.
    pub basis: Basis,
}

/// A segmentation of the document as a job takes it.
#[derive(Clone)]
pub struct MapRequest {
    /// The map.
    pub open: OpenVolume,
    /// Its segments as the user sees them.
    pub segments: SegmentTable,
}

/// The maps that can be chosen: those over the shown image, with their place in the document.
pub fn choices(state: &State) -> Vec<(usize, &Entry)> {
    let made = state
        .tables
        .judgement
        .as_ref()
        .map(|judgement| judgement.differences.volume.id);
    overlays::over_shown(state)
        .filter(|(_, entry, _)| Some(entry.volume().id) != made)
        .map(|(index, entry, _)| (index, entry))
        .collect()
}

/// The same and the probability maps behind them.
pub fn choices_with_probability(state: &State) -> Vec<(usize, &Entry)> {
    let probabilities = probability::over_shown(state).map(|(index, entry, _)| (index, entry));
    choices(state).into_iter().chain(probabilities).collect()
}

impl Jobs {
    /// Judges a probability map threshold by threshold.
    pub fn start_curve(&mut self, job: JobId, request: Box<CurveRequest>) {
        self.start(job, "curve", move |outlet| {
            if !has_loaded(outlet, &request.reference.open) || !has_loaded(outlet, &request.map) {
                return JobEvent::Nothing;
            }
            JobEvent::Curved(request.carry_out())
        });
    }

    /// Compares what several readers segmented.
    pub fn start_readers(&mut self, job: JobId, maps: Vec<MapRequest>) {
        self.start(job, "readers", move |outlet| {
            if !maps.iter().all(|map| has_loaded(outlet, &map.open)) {
                return JobEvent::Nothing;
            }
            JobEvent::ReadersCompared(compared_readers(&maps).map(Box::new))
        });
    }

    /// Compares two segmentations; the reference comes first.
    pub fn start_judging(&mut self, job: JobId, maps: Box<[MapRequest; 2]>) {
        self.start(job, "judge", move |outlet| {
            let [reference, judged] = &*maps;
            if !has_loaded(outlet, &reference.open) || !has_loaded(outlet, &judged.open) {
                return JobEvent::Nothing;
            }
            JobEvent::Judged(compared(reference, judged).map(Box::new))
        });
    }

    /// Measures the segments of a map in an image.
    pub fn start_measuring(&mut self, job: JobId, map: Box<MapRequest>, image: OpenVolume, frame: usize) {
        self.start(job, "statistics", move |outlet| {
            if !has_loaded(outlet, &map.open) || !has_loaded(outlet, &image) {
                return JobEvent::Nothing;
            }
            JobEvent::Measured(measured(&map, &image.volume, frame))
        });
    }
}

/// Decodes what is missing of a volume; false if it was stopped.
fn has_loaded(outlet: &Outlet, open: &OpenVolume) -> bool {
    let tell = outlet.progress();
    !io::load(open, &Progress::new(&outlet.cancelled, &tell)).cancelled
}

/// Compares two maps that are loaded. The error is a sentence for the user.
pub(super) fn compared(reference: &MapRequest, judged: &MapRequest) -> Result<Judgement, String> {
    let a = named(reference)?;
    let mut b = named(judged)?;
    let is_sampled = !same_grid(&reference.open.volume, &judged.open.volume);
    if is_sampled {
        b.bring_onto(&a.geometry)
            .ok_or_else(|| say!("app-differences-too-large"))?;
    }
    let pairing = if a.shares_names(&b) {
        b.pair_by_name(&a)
    } else {
        Pairing::default()
    };
    let labels = judge(&a, &b, &pairing);
    let spacing = a.geometry.spacing().to_array();
    let found = differences(&a.layers, &b.layers, spacing).ok_or_else(|| say!("app-differences-too-large"))?;
    let voxel_ml = a.geometry.patient_from_voxel().matrix3.determinant().abs() / 1000.0;
    let places = found.pieces.iter().map(|piece| Disagreement {
        at: a.geometry.patient_at(DVec3::from_array(piece.at.map(|n| n as f64))),
        volume_ml: piece.voxels as f64 * voxel_ml,
    });
    let like = &reference.open.volume;
    let description = say!("app-differences", name = judged.open.volume.series.description.clone());
    let made = made_map(&found.verdicts, like, description, verdict_table());
    Ok(Judgement {
        reference: like.id,
        judged: judged.open.volume.id,
        labels,
        places: places.collect(),
        is_sampled,
        differences: made.ok_or_else(|| say!("app-differences-too-large"))?,
        basis: Basis::of([reference, judged].map(|map| map.open.volume.as_ref())),
    })
}

/// Measures a map in an image, both loaded. The error is a sentence for the user.
pub(super) fn measured(map: &MapRequest, image: &Volume, frame: usize) -> Result<Measured, String> {
    let named = named(map)?;
    let segments = statistics(&named, &map.open.volume, image, frame).ok_or_else(|| say!("app-no-values"))?;
    Ok(Measured {
        map: map.open.volume.id,
        image: image.id,
        segments,
        basis: Basis::of([map.open.volume.as_ref()]),
    })
}

/// A segmentation as it is compared. The error is a sentence for the user.
pub(super) fn named(map: &MapRequest) -> Result<NamedMap, String> {
    let odd = || say!("app-labels-odd", name = map.open.volume.series.description.clone());
    NamedMap::new(&map.open.volume, map.segments.clone()).ok_or_else(odd)
}

/// Green for agreed, orange for missed, magenta for false, blue for something else: told apart with any colour vision.
fn verdict_table() -> SegmentTable {
    let segments = [
        (AGREED, say!("app-agreed"), [0, 158, 115]),
        (MISSED, say!("app-missed"), [230, 159, 0]),
        (FALSE, say!("app-false"), [204, 60, 150]),
        (MISTAKEN, say!("app-mistaken"), [86, 180, 233]),
    ];
    let all = segments.map(|(label, name, color)| Segment::new(u32::from(label), name, color));
    SegmentTable::from_segments(all.into())
}
