//! A label map that the program made itself, as a volume like any other.

use std::sync::Arc;

use crate::io::source::{OpenVolume, SlabError, SlabRead, SlabSource};
use crate::model::segment::SegmentTable;
use crate::model::volume::{Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::say;

/// Labels on the grid of another volume, with names. `None` if they are not as many as that has voxels.
pub(super) fn made_map(
    labels: &[u8],
    like: &Volume,
    description: String,
    segments: SegmentTable,
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
            format: "made",
            kind: VolumeKind::Segmentation,
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
        rescale: Rescale::IDENTITY,
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
    segments: SegmentTable,
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
        Some(self.segments.clone())
    }
}
