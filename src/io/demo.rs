//! The built-in study: the phantom, read slab by slab like any file.

use std::sync::{Arc, OnceLock};

use super::source::{OpenVolume, SlabError, SlabRead, SlabSource};
use crate::algo::phantom::{self, Phantom};
use crate::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::model::window::{NamedWindow, Window};
use crate::say;

/// Small slabs, so that the study is seen to arrive.
const SLICES_PER_SLAB: usize = 4;

/// The phantom of the demo study.
pub fn phantom() -> &'static Phantom {
    static PHANTOM: OnceLock<Phantom> = OnceLock::new();
    PHANTOM.get_or_init(Phantom::default)
}

/// What of the phantom a volume shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Values,
    Labels,
}

/// The CT of the built-in study.
pub fn open() -> OpenVolume {
    build(Content::Values)
}

/// The structures of the built-in study as a label map on the grid of the CT.
pub fn open_truth() -> OpenVolume {
    build(Content::Labels)
}

#[expect(clippy::expect_used, reason = "the grid is made of constants, and a test opens it")]
fn build(content: Content) -> OpenVolume {
    let geometry = phantom::demo_geometry().expect("a grid of constants");
    let dims = geometry.dims();
    let sample_type = if content == Content::Values {
        SampleType::I16
    } else {
        SampleType::U8
    };
    let voxels = Voxels::new(dims, 1, 1, sample_type, SLICES_PER_SLAB).expect("a grid of constants");
    let is_ct = content == Content::Values;
    let window = |name: String, center: f64, width: f64| NamedWindow {
        name,
        window: Window::linear(center, width),
    };
    let windows = if is_ct {
        vec![
            window(say!("io-demo-soft-tissue"), 40.0, 400.0),
            window(say!("io-demo-lung"), -600.0, 1500.0),
            window(say!("io-demo-bone"), 400.0, 2000.0),
        ]
    } else {
        Vec::new()
    };
    let volume = Arc::new(Volume {
        id: VolumeId::fresh(),
        series: series(is_ct, sample_type),
        placement: Placement::Patient(geometry),
        voxels,
        rescale: Rescale::IDENTITY,
        unit: is_ct.then(|| "HU".to_owned()),
        windows,
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    });
    let source = DemoSource {
        volume: Arc::clone(&volume),
        content,
    };
    OpenVolume {
        volume,
        source: Arc::new(source),
    }
}

fn series(is_ct: bool, sample_type: SampleType) -> SeriesInfo {
    SeriesInfo {
        format: "demo",
        kind: if is_ct {
            VolumeKind::Image
        } else {
            VolumeKind::Segmentation
        },
        modality: if is_ct { "CT".to_owned() } else { String::new() },
        description: if is_ct {
            say!("io-demo-series")
        } else {
            say!("io-demo-truth")
        },
        patient: Patient {
            name: say!("io-demo-patient"),
            id: "ISOCENTER-DEMO".to_owned(),
            birth_date: String::new(),
            sex: String::new(),
        },
        study_uid: String::new(),
        study_description: say!("io-demo-study"),
        study_date: String::new(),
        series_uid: String::new(),
        series_number: Some(if is_ct { 1 } else { 2 }),
        transfer_syntax: String::new(),
        frame_of_reference_uid: "isocenter.demo".to_owned(),
        files: 0,
        stored_type: sample_type.name().to_owned(),
    }
}

struct DemoSource {
    volume: Arc<Volume>,
    content: Content,
}

impl SlabSource for DemoSource {
    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let range = self.volume.voxels.slab_range(slab);
        let Some(geometry) = self.volume.geometry() else {
            return Err(SlabError {
                message: say!("io-decoder-panicked"),
            });
        };
        let samples = match self.content {
            Content::Values => Samples::I16(phantom().values(geometry, range.first_slice, range.slice_count)),
            Content::Labels => Samples::U8(phantom().labels(geometry, range.first_slice, range.slice_count)),
        };
        Ok(SlabRead {
            samples,
            warnings: Vec::new(),
        })
    }
}
