//! The built-in study: the phantom as a CT, a PET, its truth and what a model made of it, each read slab by slab like
//! any file.

use std::sync::{Arc, OnceLock};

use super::dicom::PetAcquisition;
use super::source::{OpenVolume, SlabError, SlabRead, SlabSource};
use crate::algo::phantom::{self, Phantom};
use crate::model::geometry::{Geometry, GeometryError};
use crate::model::segment::{Segment, SegmentTable, default_color};
use crate::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Samples, Voxels};
use crate::model::window::{NamedWindow, Window};
use crate::say;

/// Small slabs, so that the study is seen to arrive.
const SLICES_PER_SLAB: usize = 4;

/// Identifiers of the study, always the same: its files and the built-in one are one study in one space.
const STUDY_UID: &str = "2.25.189402771835520198374650192837465019283";
const SPACE_UID: &str = "2.25.189402771835520198374650192837465019284";
const STUDY_DATE: &str = "20260115";

/// How the PET was acquired: the dose that is left an hour after the injection is what the phantom spreads.
pub const PET: PetAcquisition = PetAcquisition {
    weight_kg: phantom::WEIGHT_G / 1000.0,
    // 2 to the power of 3600 s / 6586.2 s.
    injected_bq: phantom::DOSE_BQ * 1.460_628_6,
    half_life_s: phantom::HALF_LIFE_S,
    positron_fraction: 0.9673,
    tracer: "Fluorodeoxyglucose",
    injection_time: "090000",
    date: STUDY_DATE,
    time: "100000",
};

/// The phantom of the demo study.
pub fn phantom() -> &'static Phantom {
    static PHANTOM: OnceLock<Phantom> = OnceLock::new();
    PHANTOM.get_or_init(Phantom::default)
}

/// What of the phantom a volume shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// CT numbers.
    Ct,
    /// Activity concentration.
    Pet,
    /// The true label map, on the grid of the CT.
    Truth,
    /// The label map of an imperfect model, on the grid of the CT.
    Model,
    /// How sure that model is of a lung nodule, on the grid of the CT.
    Probability,
}

impl Content {
    /// Everything, the CT first.
    pub const ALL: [Self; 5] = [Self::Ct, Self::Pet, Self::Truth, Self::Model, Self::Probability];

    fn sample_type(self) -> SampleType {
        match self {
            Self::Ct | Self::Pet => SampleType::I16,
            Self::Truth | Self::Model | Self::Probability => SampleType::U8,
        }
    }

    fn description(self) -> String {
        match self {
            Self::Ct => say!("io-demo-series"),
            Self::Pet => say!("io-demo-pet"),
            Self::Truth => say!("io-demo-truth"),
            Self::Model => say!("io-demo-model"),
            Self::Probability => say!("io-demo-probability"),
        }
    }

    fn geometry(self) -> Result<Geometry, GeometryError> {
        match self {
            Self::Pet => phantom::pet_geometry(),
            _ => phantom::demo_geometry(),
        }
    }

    fn rescale(self) -> Rescale {
        let slope = match self {
            Self::Pet => phantom::STEP_BQ_ML,
            Self::Probability => 1.0 / 255.0,
            Self::Ct | Self::Truth | Self::Model => 1.0,
        };
        Rescale { slope, intercept: 0.0 }
    }

    fn unit(self) -> Option<String> {
        match self {
            Self::Ct => Some("HU".to_owned()),
            Self::Pet => Some("Bq/ml".to_owned()),
            Self::Truth | Self::Model | Self::Probability => None,
        }
    }

    fn windows(self) -> Vec<NamedWindow> {
        let window = |name: String, center: f64, width: f64| NamedWindow {
            name,
            window: Window::linear(center, width),
        };
        match self {
            Self::Ct => vec![
                window(say!("io-demo-soft-tissue"), 40.0, 400.0),
                window(say!("io-demo-lung"), -600.0, 1500.0),
                window(say!("io-demo-bone"), 400.0, 2000.0),
            ],
            Self::Pet => {
                let suv = phantom::bq_ml_per_suv();
                vec![window(say!("io-demo-suv"), 3.5 * suv, 7.0 * suv)]
            }
            Self::Truth | Self::Model => {
                let labels = phantom::SEGMENTS.len() as f64;
                vec![window(say!("io-demo-labels"), labels / 2.0, labels)]
            }
            Self::Probability => vec![window(say!("io-demo-labels"), 0.5, 1.0)],
        }
    }

    fn series(self) -> SeriesInfo {
        let is_label_map = matches!(self, Self::Truth | Self::Model);
        let number = Self::ALL.iter().position(|content| *content == self).unwrap_or(0) + 1;
        SeriesInfo {
            format: "demo",
            kind: if is_label_map {
                VolumeKind::Segmentation
            } else {
                VolumeKind::Image
            },
            modality: match self {
                Self::Ct => "CT".to_owned(),
                Self::Pet => "PT".to_owned(),
                Self::Truth | Self::Model | Self::Probability => String::new(),
            },
            description: self.description(),
            patient: Patient {
                name: say!("io-demo-patient"),
                id: "ISOCENTER-DEMO".to_owned(),
                birth_date: String::new(),
                sex: "O".to_owned(),
            },
            study_uid: STUDY_UID.to_owned(),
            study_description: say!("io-demo-study"),
            study_date: STUDY_DATE.to_owned(),
            series_uid: format!("{STUDY_UID}.{number}"),
            series_number: Some(number as i64),
            transfer_syntax: String::new(),
            frame_of_reference_uid: SPACE_UID.to_owned(),
            files: 0,
            stored_type: self.sample_type().name().to_owned(),
        }
    }
}

/// The CT of the built-in study.
pub fn open() -> OpenVolume {
    open_one(Content::Ct)
}

/// Everything of the built-in study, the CT first.
pub fn open_all() -> Vec<OpenVolume> {
    Content::ALL.map(open_one).into()
}

/// One volume of the built-in study.
#[expect(clippy::expect_used, reason = "the grid is made of constants, and a test opens it")]
pub fn open_one(content: Content) -> OpenVolume {
    let geometry = content.geometry().expect("a grid of constants");
    let voxels =
        Voxels::new(geometry.dims(), 1, 1, content.sample_type(), SLICES_PER_SLAB).expect("a grid of constants");
    let volume = Arc::new(Volume {
        id: VolumeId::fresh(),
        series: content.series(),
        placement: Placement::Patient(geometry),
        voxels,
        rescale: content.rescale(),
        unit: content.unit(),
        windows: content.windows(),
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

struct DemoSource {
    volume: Arc<Volume>,
    content: Content,
}

impl SlabSource for DemoSource {
    fn segments(&self) -> Option<SegmentTable> {
        let is_map = matches!(self.content, Content::Truth | Content::Model);
        is_map.then(|| SegmentTable {
            segments: phantom::SEGMENTS
                .iter()
                .map(|segment| {
                    let label = u32::from(segment.label);
                    Segment::new(label, segment.name.to_owned(), default_color(label))
                })
                .collect(),
        })
    }

    fn read_slab(&self, slab: usize) -> Result<SlabRead, SlabError> {
        let range = self.volume.voxels.slab_range(slab);
        let Some(geometry) = self.volume.geometry() else {
            return Err(SlabError {
                message: say!("io-decoder-panicked"),
            });
        };
        let (first, count) = (range.first_slice, range.slice_count);
        let samples = match self.content {
            Content::Ct => Samples::I16(phantom().values(geometry, first, count)),
            Content::Pet => Samples::I16(phantom().activity(geometry, first, count)),
            Content::Truth => Samples::U8(phantom().truth(geometry, first, count)),
            Content::Model => Samples::U8(phantom().model_output(geometry, first, count)),
            Content::Probability => Samples::U8(phantom().nodule_probability(geometry, first, count)),
        };
        Ok(SlabRead {
            samples,
            warnings: Vec::new(),
        })
    }
}
