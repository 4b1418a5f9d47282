//! Small volumes to draw, and how to hold two pictures against each other.

use std::sync::Arc;

use glam::{DAffine3, DMat3, DVec3};
use isocenter::model::color_map::ColorMap;
use isocenter::model::geometry::Geometry;
use isocenter::model::transfer_function::{Material, TransferFunction, TransferPoint};
use isocenter::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use isocenter::model::voxels::{SampleType, Samples, Voxels};
use isocenter::model::window::Window;
use isocenter::scene::{Camera, ImageLayer, Interpolation, Scene, VolumeLayer, VolumeMode, VolumeScene};

/// Numbers from 0 to 1 that look like noise and are always the same.
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

pub fn series() -> SeriesInfo {
    SeriesInfo {
        format: "test",
        kind: VolumeKind::Image,
        modality: "CT".to_owned(),
        description: String::new(),
        patient: Patient::default(),
        study_uid: String::new(),
        study_description: String::new(),
        study_date: String::new(),
        series_uid: String::new(),
        series_number: None,
        transfer_syntax: String::new(),
        frame_of_reference_uid: String::new(),
        files: 1,
        stored_type: String::new(),
    }
}

/// Samples of a type from numbers that it can hold.
pub fn samples(sample_type: SampleType, numbers: &[f64]) -> Samples {
    macro_rules! cast {
        ($kind:ident) => {
            Samples::$kind(numbers.iter().map(|n| *n as _).collect())
        };
    }
    match sample_type {
        SampleType::U8 => cast!(U8),
        SampleType::I8 => cast!(I8),
        SampleType::U16 => cast!(U16),
        SampleType::I16 => cast!(I16),
        SampleType::U32 => cast!(U32),
        SampleType::I32 => cast!(I32),
        SampleType::F32 => cast!(F32),
        SampleType::F64 => cast!(F64),
    }
}

/// A volume of given stored numbers, `slices_per_slab` slices in a slab; only the slabs in `arrived` (all, if `None`)
/// have their voxels.
pub struct Recipe {
    pub placement: Placement,
    pub dims: [usize; 3],
    pub sample_type: SampleType,
    pub components: usize,
    pub rescale: Rescale,
    pub slices_per_slab: usize,
    pub arrived: Option<Vec<usize>>,
}

impl Recipe {
    pub fn new(geometry: Geometry, sample_type: SampleType) -> Self {
        let dims = geometry.dims();
        Self {
            placement: Placement::Patient(geometry),
            dims,
            sample_type,
            components: 1,
            rescale: Rescale::IDENTITY,
            slices_per_slab: 2,
            arrived: None,
        }
    }

    /// `stored` gives the number of (index, component).
    pub fn volume(&self, mut stored: impl FnMut([usize; 3], usize) -> f64) -> Arc<Volume> {
        let voxels =
            Voxels::new(self.dims, 1, self.components, self.sample_type, self.slices_per_slab).expect("a small volume");
        for slab in 0..voxels.slab_count() {
            let range = voxels.slab_range(slab);
            let mut numbers = Vec::new();
            for k in range.first_slice..range.first_slice + range.slice_count {
                for j in 0..self.dims[1] {
                    for i in 0..self.dims[0] {
                        numbers.extend((0..self.components).map(|part| stored([i, j, k], part)));
                    }
                }
            }
            if self.arrived.as_ref().is_none_or(|arrived| arrived.contains(&slab)) {
                voxels
                    .publish(slab, samples(self.sample_type, &numbers))
                    .expect("a slab that fits");
            }
        }
        Arc::new(Volume {
            id: VolumeId::fresh(),
            series: series(),
            placement: self.placement.clone(),
            voxels,
            rescale: self.rescale,
            unit: None,
            windows: Vec::new(),
            is_inverted: false,
            padding: None,
            warnings: Vec::new(),
        })
    }
}

/// A grid with the given edges (mm) about the origin.
pub fn even_geometry(dims: [usize; 3], edges: DMat3) -> Geometry {
    let middle = DVec3::from_array(dims.map(|side| (side as f64 - 1.0) / 2.0));
    Geometry::from_affine(
        dims,
        DAffine3 {
            matrix3: edges,
            translation: -(edges * middle) + DVec3::new(11.3, -7.9, 201.4),
        },
    )
    .expect("a grid")
}

pub fn layer(volume: &Arc<Volume>, window: Window) -> ImageLayer {
    ImageLayer {
        volume: Arc::clone(volume),
        frame: 0,
        window,
        invert: false,
        color_map: Arc::new(ColorMap::gray()),
        interpolation: Interpolation::Linear,
        opacity: 1.0,
        floor: None,
    }
}

/// Says where two pictures differ; fails unless 99.99 % of the pixels are within one level (one pixel may always be
/// off, small pictures being small), or where they show nothing.
/// An image as a layer of the volume view, with a transfer function that shows its upper half.
pub fn deep(image: ImageLayer) -> VolumeLayer {
    let [low, high] = [image.window.center, image.window.center + image.window.width / 2.0];
    let point = |value, opacity, color| TransferPoint { value, opacity, color };
    let points = vec![point(low, 0.0, [200, 60, 40]), point(high, 0.7, [255, 240, 200])];
    VolumeLayer {
        iso: low,
        transfer: Arc::new(TransferFunction::new(points, Vec::new(), 1.0, Material::default())),
        image,
        mask: None,
        occlusion: None,
    }
}

/// A projection of one image.
pub fn projection(camera: Camera, size: [u32; 2], mode: VolumeMode, step_mm: f64, image: ImageLayer) -> Scene {
    Scene::Volume(VolumeScene::new(camera, size, mode, step_mm, vec![deep(image)]))
}

pub fn assert_same(what: &str, from_gpu: &[u8], from_cpu: &[u8]) {
    assert_within(what, from_gpu, from_cpu, 1, 0.0001);
}

pub fn assert_within(what: &str, from_gpu: &[u8], from_cpu: &[u8], levels: u8, share: f64) {
    assert_eq!(from_gpu.len(), from_cpu.len(), "{what}: size");
    let (gpu, cpu) = (from_gpu.as_chunks::<4>().0, from_cpu.as_chunks::<4>().0);
    let off: Vec<usize> = (0..gpu.len())
        .filter(|n| gpu[*n].iter().zip(cpu[*n]).any(|(a, b)| a.abs_diff(b) > levels))
        .collect();
    let allowed = (gpu.len() as f64 * share).ceil() as usize;
    let first: Vec<_> = off.iter().take(4).map(|n| (n, gpu[*n], cpu[*n])).collect();
    assert!(
        off.len() <= allowed,
        "{what}: {} of {} pixels differ, first (pixel, gpu, cpu): {first:?}",
        off.len(),
        gpu.len()
    );
    let first = cpu[0];
    assert!(
        cpu.iter().any(|pixel| *pixel != first),
        "{what}: the picture shows nothing"
    );
}
