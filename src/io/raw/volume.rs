//! From what a header says to a volume whose voxels are still in the file: the part that NRRD and MetaImage share.

use std::path::{Component, Path};
use std::sync::{Arc, Mutex};

use super::{Order, OrderError, Packing, RawSource, Relabel, SMALLEST_SHARE, Stored, unpacked_length};
use crate::io::place::FilePlace;
use crate::io::scan::plain;
use crate::io::source::OpenVolume;
use crate::model::geometry::Geometry;
use crate::model::segment::SegmentTable;
use crate::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use crate::model::voxels::{SampleType, Voxels};
use crate::say;

/// Bytes that may stand before the voxels in a packed file whose header says that they are at its end.
const MAX_BEFORE_BYTES: u64 = 1 << 20;

/// Where the bytes of the voxels are.
pub(in crate::io) struct DataFile {
    pub(in crate::io) file: FilePlace,
    /// Whether it is another file than the header's.
    pub(in crate::io) is_detached: bool,
    pub(in crate::io) packing: Packing,
    /// Where the packed bytes begin.
    pub(in crate::io) start: u64,
    /// Where the voxels begin in what was unpacked; `None` if they are the last bytes of it.
    pub(in crate::io) data_offset: Option<u64>,
    pub(in crate::io) is_big_endian: bool,
}

/// A volume as a header describes it.
pub(in crate::io) struct RawVolume {
    pub(in crate::io) format: &'static str,
    pub(in crate::io) modality: String,
    pub(in crate::io) description: String,
    pub(in crate::io) unit: Option<String>,
    pub(in crate::io) rescale: Rescale,
    pub(in crate::io) geometry: Geometry,
    pub(in crate::io) order: Order,
    pub(in crate::io) stored: Stored,
    pub(in crate::io) data: DataFile,
    pub(in crate::io) relabels: Vec<Relabel>,
    /// Of a segmentation.
    pub(in crate::io) segments: Option<SegmentTable>,
    pub(in crate::io) warnings: Vec<String>,
}

/// The file that a header names as the one with its voxels: in the header's own folder, and there. The error is the
/// reason for the user.
pub(in crate::io) fn data_file(header: &FilePlace, name: &str) -> Result<FilePlace, String> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let outside = || say!("io-raw-outside", name = name.to_owned());
    let mut parts = Path::new(name).components();
    let (Some(Component::Normal(only)), None) = (parts.next(), parts.next()) else {
        return Err(outside());
    };
    if name.contains('\\') {
        return Err(outside());
    }
    if header.is_unpacked() {
        return Err(say!("io-raw-archive", name = name.to_owned()));
    }
    let path = header.path().with_file_name(only);
    if path.is_file() {
        Ok(header.partner(path))
    } else {
        Err(say!("io-raw-missing", name = name.to_owned()))
    }
}

impl OrderError {
    /// The reason for the user.
    pub(in crate::io) fn reason(self) -> String {
        match self {
            Self::Size => say!("io-raw-sizes"),
            Self::Frames(frames) => say!("io-raw-frames", frames = frames),
            Self::Space => say!("io-raw-no-space"),
        }
    }
}

impl RawVolume {
    /// Compares what the header asks for with the most that the file can hold, before anything is made for it.
    pub(in crate::io) fn checked(mut self) -> Result<CheckedVolume, String> {
        let asked = self.order.elements().saturating_mul(self.stored.voxel_bytes() as u64);
        let data = &self.data;
        let path = data.file.path();
        let length = std::fs::metadata(path).map_err(|err| plain(&err))?.len();
        let packed = length.saturating_sub(data.start);
        let capacity = data.packing.capacity(packed, self.stored);
        let is_exact = data.packing == Packing::Plain;
        let offset = match data.data_offset {
            Some(offset) => offset,
            None if is_exact => packed.saturating_sub(asked),
            None if capacity < asked => 0,
            None => unpacked_length(
                path,
                data.packing,
                data.start,
                self.stored,
                asked.saturating_add(MAX_BEFORE_BYTES),
            )
            .map_err(|err| plain(&err))?
            .saturating_sub(asked),
        };
        let present = capacity.saturating_sub(offset);
        if present == 0 {
            return Err(say!("io-raw-no-voxels"));
        }
        let believable = if is_exact {
            present.saturating_mul(SMALLEST_SHARE)
        } else {
            present
        };
        if believable < asked {
            return Err(say!("io-raw-too-few-bytes", asked = asked, present = present));
        }
        if is_exact && present < asked {
            self.warnings.push(say!("io-raw-cut", asked = asked, present = present));
        }
        if is_exact && present > asked {
            self.warnings
                .push(say!("io-raw-more", asked = asked, present = present));
        }
        let sample_type = self.sample_type();
        let components = self.order.components();
        let slices_per_slab = Voxels::slices_for_slab_bytes(
            self.order.dims,
            components.saturating_mul(self.order.inner()),
            sample_type,
        );
        let voxels = Voxels::new(
            self.order.dims,
            self.order.frames,
            components,
            sample_type,
            slices_per_slab,
        )
        .map_err(|err| err.to_string())?;
        self.data.data_offset = Some(offset);
        Ok(CheckedVolume { raw: self, voxels })
    }

    /// The type in memory: wide enough for labels that get other numbers.
    fn sample_type(&self) -> SampleType {
        let new = self.relabels.iter().flat_map(|relabel| &relabel.0).map(|(_, to)| *to);
        match (self.stored.sample_type(), new.max().unwrap_or(0)) {
            (SampleType::U8, 256..) => SampleType::U16,
            (SampleType::I8, 128..) => SampleType::I16,
            (other, _) => other,
        }
    }
}

/// A volume whose header can be believed.
pub(in crate::io) struct CheckedVolume {
    raw: RawVolume,
    voxels: Voxels,
}

impl CheckedVolume {
    /// The file with the voxels, if it is not that of the header.
    pub(in crate::io) fn detached(&self) -> Option<&Path> {
        self.raw.data.is_detached.then(|| self.raw.data.file.path())
    }

    /// The volume and where its voxels come from. Axes are as the file stores them.
    pub(in crate::io) fn into_open_volume(self) -> OpenVolume {
        let Self { raw, voxels } = self;
        let series = SeriesInfo {
            format: raw.format,
            kind: if raw.segments.is_some() {
                VolumeKind::Segmentation
            } else {
                VolumeKind::Image
            },
            modality: raw.modality,
            description: raw.description,
            patient: Patient::default(),
            study_uid: String::new(),
            study_description: String::new(),
            study_date: String::new(),
            series_uid: String::new(),
            series_number: None,
            transfer_syntax: String::new(),
            frame_of_reference_uid: String::new(),
            files: if raw.data.is_detached { 2 } else { 1 },
            stored_type: raw.stored.name().to_owned(),
        };
        let volume = Arc::new(Volume {
            id: VolumeId::fresh(),
            series,
            placement: Placement::Patient(raw.geometry),
            voxels,
            rescale: raw.rescale,
            unit: raw.unit,
            windows: Vec::new(),
            is_inverted: false,
            padding: None,
            warnings: raw.warnings,
        });
        let source = RawSource {
            volume: Arc::clone(&volume),
            packing: raw.data.packing,
            is_big_endian: raw.data.is_big_endian,
            start: raw.data.start,
            data_offset: raw.data.data_offset.unwrap_or(0),
            stored: raw.stored,
            order: raw.order,
            relabels: raw.relabels,
            segments: raw.segments,
            ends_with_voxels: true,
            stream: Mutex::new(None),
            file: raw.data.file,
        };
        OpenVolume {
            volume,
            source: Arc::new(source),
        }
    }
}
