//! Maps that the program made itself, as volumes like any other.

use std::collections::BTreeMap;
use std::sync::Arc;

use glam::DVec3;

use crate::algo::label_counts::LabelCount;
use crate::io::source::{OpenVolume, SlabError, SlabRead, SlabSource};
use crate::model::label_map::LabelMap;
use crate::model::segment::SegmentTable;
use crate::model::volume::{Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::say;

/// The format of what was found out and is in no file.
const FORMAT: &str = "made";

/// Whether a volume is what the program found out by comparing others.
pub(super) fn is_made(volume: &Volume) -> bool {
    volume.series.format == FORMAT
}

/// Labels that were made, to be painted and saved like any others.
#[derive(Clone)]
pub(super) struct MadeLabels {
    /// What the segmentation is called.
    pub description: String,
    /// Its segments.
    pub table: SegmentTable,
    /// Their voxels.
    pub map: LabelMap,
    /// How many each of them has.
    pub counts: BTreeMap<u32, LabelCount>,
}

/// How many voxels each label of a map has, and a place in each.
pub(super) fn counts_of(map: &LabelMap) -> BTreeMap<u32, LabelCount> {
    let count = |(label, voxels): (u16, u64)| {
        let inside = map.find(label)?;
        let count = LabelCount {
            voxels,
            centroid: DVec3::from_array(inside.map(|at| at as f64)),
            inside,
        };
        Some((u32::from(label), count))
    };
    map.counts().into_iter().filter_map(count).collect()
}

/// Labels on the grid of another volume, with names. `None` if they are not as many as that has voxels.
pub(super) fn made_map(
    labels: &[u8],
    like: &Volume,
    description: String,
    segments: SegmentTable,
) -> Option<OpenVolume> {
    made(labels, like, description, Some(segments), Rescale::IDENTITY)
}

/// Shares on the grid of another volume, in so many parts: a probability map. `None` as above.
pub(super) fn made_shares(parts: &[u8], of: usize, like: &Volume, description: String) -> Option<OpenVolume> {
    let rescale = Rescale {
        slope: 1.0 / of.max(1) as f64,
        intercept: 0.0,
    };
    made(parts, like, description, None, rescale)
}

fn made(
    labels: &[u8],
    like: &Volume,
    description: String,
    segments: Option<SegmentTable>,
    rescale: Rescale,
) -> Option<OpenVolume> {
    let dims = like.dims();
    let per_slab = Voxels::slices_for_slab_bytes(dims, 1, SampleType::U8);
    let voxels = Voxels::new(dims, 1, 1, SampleType::U8, per_slab).ok()?;
    let slice = dims[0] * dims[1];
    for (slab, samples) in labels.chunks(slice * per_slab).enumerate() {
        voxels.publish(slab, Samples::U8(samples.to_vec())).ok()?;
    }
    let volume = Arc::new(Volume {
        id: VolumeId::fresh(),
        series: SeriesInfo {
            format: FORMAT,
            kind: if segments.is_some() {
                VolumeKind::Segmentation
            } else {
                VolumeKind::Image
            },
            modality: String::new(),
            description,
            series_uid: String::new(),
            series_number: None,
            transfer_syntax: String::new(),
            files: 0,
            stored_type: SampleType::U8.name().to_owned(),
            ..like.series.clone()
        },
        placement: like.placement.clone(),
        voxels,
        rescale,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    });
    let source = Made {
        volume: Arc::clone(&volume),
        segments,
    };
    volume.voxels.is_complete().then(|| OpenVolume {
        volume,
        source: Arc::new(source),
    })
}

/// All of it is there from the start.
struct Made {
    volume: Arc<Volume>,
    segments: Option<SegmentTable>,
}

impl SlabSource for Made {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let missing = || SlabError {
            message: say!("io-decoder-panicked"),
        };
        let samples = self.volume.voxels.slab(slab).ok_or_else(missing)?;
        Ok(SlabRead {
            samples: samples.as_ref().clone(),
            warnings: Vec::new(),
        })
    }

    fn segments(&self) -> Option<SegmentTable> {
        self.segments.clone()
    }
}
