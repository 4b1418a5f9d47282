//! What label maps are in a picture of volumes; the CPU twin of `shaders/volume/label.wgsl`.
//!
//! The label of a place is that of the voxel nearest to it, if it is drawn. It colours what lies there: of the colour of
//! any material, the label's replaces the share `fill`. And it is material of its own: in a composite it has the opacity
//! `fill` for each mm, and lies before the material of the volumes at the same place; among surfaces the first place of
//! a ray that has a label is one, with opacity `fill`. It is lit as the usual material, by the gradient of its
//! occupancy: 1 at each voxel that has this label, 0 at the others, and straight lines between. In crevices of the
//! volume it is as dark as what is there ([`VolumeScene::light_left_at`]).

use glam::DVec3;

use crate::model::geometry::Geometry;
use crate::model::volume::Value;
use crate::scene::{Interpolation, LabelLayer, VolumeScene};

use super::gradient::voxel_from_patient_at;
use super::sample::{Sample, sample};

/// The thickness of a label's material that has its opacity, mm.
pub const LABEL_UNIT_MM: f64 = 1.0;

/// A smaller change of occupancy is rounding: it would have a direction. `OCCUPANCY_NOISE` in
/// `shaders/volume/label.wgsl`.
const OCCUPANCY_NOISE: f64 = 2e-5;

/// A label map that has a place in the patient.
pub(super) struct LabelField<'a> {
    layer: &'a LabelLayer,
    geometry: &'a Geometry,
}

/// A label that is drawn, at a place.
pub(super) struct Labelled {
    label: u32,
    voxel: DVec3,
    /// Red, green, blue, 0 to 1.
    pub(super) color: [f64; 3],
}

impl<'a> LabelField<'a> {
    /// Those of a scene.
    pub(super) fn of(scene: &'a VolumeScene) -> Vec<Self> {
        let placed = |layer: &'a LabelLayer| {
            let geometry = layer.volume.geometry()?;
            (layer.volume.voxels.components() == 1).then_some(Self { layer, geometry })
        };
        scene.labels.iter().filter_map(placed).collect()
    }

    /// The opacity of a label, for [`LABEL_UNIT_MM`].
    pub(super) fn fill(&self) -> f64 {
        f64::from(self.layer.fill.clamp(0.0, 1.0))
    }

    /// The opacity of a label for a step.
    pub(super) fn over_step(&self, step_mm: f64) -> f64 {
        1.0 - (1.0 - self.fill()).powf(step_mm / LABEL_UNIT_MM)
    }

    /// The label at a place, if it is drawn.
    pub(super) fn at(&self, place: DVec3) -> Option<Labelled> {
        let voxel = self.geometry.voxel_at(place);
        match sample(&self.layer.volume, voxel, self.layer.frame, Interpolation::Nearest) {
            Sample::Value(Value::Scalar(value)) => {
                let label = label_of(value);
                let color = self.layer.colors.get(label)?.map(|part| f64::from(part) / 255.0);
                Some(Labelled { label, voxel, color })
            }
            Sample::Value(Value::Rgb(_)) | Sample::Nothing | Sample::Pending => None,
        }
    }

    /// How the occupancy of a label changes around its place, per mm in the patient.
    pub(super) fn slope(&self, at: &Labelled) -> DVec3 {
        let along = |axis: DVec3| {
            let change = self.occupancy(at.voxel + axis, at.label) - self.occupancy(at.voxel - axis, at.label);
            if change.abs() < OCCUPANCY_NOISE {
                0.0
            } else {
                change / 2.0
            }
        };
        let per_voxel = DVec3::new(along(DVec3::X), along(DVec3::Y), along(DVec3::Z));
        voxel_from_patient_at(self.geometry, at.voxel).transpose() * per_voxel
    }

    fn occupancy(&self, voxel: DVec3, label: u32) -> f64 {
        let volume = &self.layer.volume;
        let last = DVec3::from_array(volume.dims().map(|side| side as f64 - 1.0));
        let at = voxel.clamp(DVec3::ZERO, last);
        let (low, t) = (at.floor(), at - at.floor());
        (0..8u8)
            .map(|corner| {
                let is_high = [corner & 1, corner >> 1 & 1, corner >> 2].map(|bit| bit == 1);
                let [i, j, k] = std::array::from_fn(|axis| {
                    let step = if is_high[axis] { 1.0 } else { 0.0 };
                    (low[axis] + step).min(last[axis]) as usize
                });
                let weight = |axis: usize| if is_high[axis] { t[axis] } else { 1.0 - t[axis] };
                let stored = volume.voxels.stored([i, j, k], self.layer.frame, 0);
                let is_it = stored.is_some_and(|stored| label_of(volume.rescale.value(stored)) == label);
                if is_it { weight(0) * weight(1) * weight(2) } else { 0.0 }
            })
            .sum()
    }
}

/// The colour of material at a place, with that of the labels there.
pub(super) fn tinted(labels: &[LabelField<'_>], color: [f64; 3], place: DVec3) -> [f64; 3] {
    labels.iter().fold(color, |color, field| match field.at(place) {
        Some(drawn) => {
            let fill = field.fill();
            std::array::from_fn(|c| color[c] * (1.0 - fill) + drawn.color[c] * fill)
        }
        None => color,
    })
}

/// The whole number nearest to a value; of what is none, 0.
fn label_of(value: f64) -> u32 {
    let label = if value.is_finite() { (value + 0.5).floor() } else { 0.0 };
    label.clamp(0.0, f64::from(u32::MAX)) as u32
}
