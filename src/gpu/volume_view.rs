//! What the shaders of volumes are told about the camera, the cuts, the light and each volume's matter: `View` and
//! `Matter` in `shaders/volume/view.wgsl`, number for number.

use glam::DVec3;

use crate::algo::label_matter::LABEL_UNIT_MM;
use crate::model::geometry::Geometry;
use crate::model::transfer_function::Material;
use crate::scene::{Background, LabelLayer, VolumeLayer, VolumeScene};

use super::format::VoxelFormat;
use super::uniform::LayerUniform;
use super::volume_table::Spread;

/// Volumes and label maps that one picture can have at once.
pub(super) const MOST_SLOTS: usize = 8;
/// Half-spaces that can be cut away at once.
pub(super) const MOST_PLANES: usize = 32;
/// Slices that can stand in volumes at once.
pub(super) const MOST_SLICES: usize = 8;

/// How one volume or label map is classified and lit.
#[expect(missing_docs, reason = "the WGSL says what they are")]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct MatterUniform {
    pub edge_i: [f32; 3],
    pub table_start: f32,
    pub edge_j: [f32; 3],
    pub table_gain: f32,
    pub edge_k: [f32; 3],
    pub iso: f32,
    pub iso_color: [f32; 3],
    pub iso_side: f32,
    pub ambient: f32,
    pub diffuse: f32,
    pub specular: f32,
    pub shininess: f32,
    pub opacity: f32,
    pub thickness: f32,
    pub value_gain: f32,
    pub gradient_gain: f32,
    pub gradient_start: f32,
    pub share_i: f32,
    pub share_j: f32,
    pub share_k: f32,
}

/// What all volumes of a picture share.
#[expect(missing_docs, reason = "the WGSL says what they are")]
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct ViewUniform {
    pub from_middle: [f32; 2],
    pub distance_mm: f32,
    pub mm_per_pixel: f32,
    pub towards_light: [f32; 3],
    pub step_mm: f32,
    pub top: [f32; 4],
    pub bottom: [f32; 4],
    pub middle: [i32; 2],
    pub corner: [f32; 2],
    pub whole_height: f32,
    pub is_shaded: u32,
    pub silhouettes: f32,
    pub plane_count: u32,
    pub slice_count: u32,
    pub occlusion: f32,
    pub padding_a: u32,
    pub padding_b: u32,
    pub planes: [[f32; 4]; MOST_PLANES],
    pub slices: [[f32; 4]; MOST_SLICES],
    pub matter: [MatterUniform; MOST_SLOTS],
}

/// As near as a finite number comes.
fn finite(number: f64) -> f32 {
    if number.is_nan() {
        0.0
    } else {
        number.clamp(-1e30, 1e30) as f32
    }
}

/// Along the screen's right, down, and away from the viewer.
fn on_screen(scene: &VolumeScene, v: DVec3) -> DVec3 {
    let axes = scene.camera.axes();
    DVec3::new(v.dot(axes.right), v.dot(axes.down), v.dot(axes.normal()))
}

fn vector(v: DVec3) -> [f32; 3] {
    v.to_array().map(finite)
}

impl ViewUniform {
    /// Of a scene whose samples are `step_mm` apart; nothing about matter.
    pub(super) fn new(scene: &VolumeScene, step_mm: f64) -> Self {
        let whole = scene.whole();
        let mm_per_pixel = scene.camera.mm_per_pixel;
        let middle = scene.size.map(|side| f64::from(side / 2) + 0.5);
        let origin = scene.ray(middle[0], middle[1]).origin;
        let plane = |normal: DVec3, offset_mm: f64| {
            let along = on_screen(scene, normal) * DVec3::new(mm_per_pixel, mm_per_pixel, step_mm);
            let offset = offset_mm - normal.dot(origin);
            (along.is_finite() && !offset.is_nan()).then(|| {
                let [x, y, z] = vector(along);
                [x, y, z, finite(offset)]
            })
        };
        let mut view = Self {
            from_middle: std::array::from_fn(|axis| {
                (middle[axis] + f64::from(whole.corner[axis]) - f64::from(whole.size[axis]) / 2.0) as f32
            }),
            distance_mm: scene.camera.distance_mm(whole.size[1]).map_or(0.0, finite),
            mm_per_pixel: finite(mm_per_pixel),
            towards_light: vector(on_screen(scene, scene.light.direction(&scene.camera.axes()))),
            step_mm: finite(step_mm),
            middle: scene.size.map(|side| (side / 2) as i32),
            corner: whole.corner.map(|at| at as f32),
            whole_height: whole.size[1].max(1) as f32,
            is_shaded: u32::from(scene.light.is_shaded),
            silhouettes: finite(scene.light.silhouettes.clamp(0.0, 1.0)),
            occlusion: finite(scene.light.occlusion.clamp(0.0, 1.0)),
            ..Self::default()
        };
        if let Background::Colors(colors) = scene.background {
            [view.top, view.bottom] = colors.map(|[r, g, b]| [r, g, b, 255].map(|part| f32::from(part) / 255.0));
        }
        let cuts = scene
            .cuts
            .half_spaces()
            .filter_map(|cut| plane(cut.normal, cut.offset_mm));
        view.plane_count = fill(&mut view.planes, cuts);
        let has_first = scene
            .layers
            .first()
            .is_some_and(|layer| layer.image.volume.geometry().is_some());
        let slices = scene.slices.iter().filter(|_| has_first).filter_map(|slice| {
            let normal = slice.axes.normal();
            plane(normal, normal.dot(slice.center))
        });
        view.slice_count = fill(&mut view.slices, slices);
        view
    }
}

/// Fills the places of an array from the first; answers how many.
fn fill<T>(places: &mut [T], with: impl Iterator<Item = T>) -> u32 {
    let mut count = 0;
    for (place, item) in places.iter_mut().zip(with) {
        *place = item;
        count += 1;
    }
    count
}

impl MatterUniform {
    /// Of a volume whose numbers the shader has as `uniform` says.
    pub(super) fn new(
        scene: &VolumeScene,
        layer: &VolumeLayer,
        geometry: &Geometry,
        uniform: &LayerUniform,
        format: VoxelFormat,
        step_mm: f64,
    ) -> Self {
        let volume = &layer.image.volume;
        let transfer = &layer.transfer;
        // Value = number in the shader × gain + offset.
        let (gain, offset) = if format == VoxelFormat::Color {
            (volume.voxels.sample_type().color_max(), 0.0)
        } else {
            let stored = format.texel_offset(volume.voxels.sample_type()) - f64::from(uniform.texel_offset);
            (volume.rescale.slope, volume.rescale.value(stored))
        };
        let spread = Spread::of_values(transfer);
        let gradients = Spread::of_gradients(transfer);
        let iso = (layer.iso - offset) / gain;
        let side = if gain < 0.0 { -1.0 } else { 1.0 };
        let [share_i, share_j, share_k] = scene.occlusion(layer).map_or([0.0; 3], |(field, _)| {
            let (cells, voxels) = (field.cells(), field.voxels_per_cell());
            std::array::from_fn(|axis| finite(1.0 / (cells[axis] * voxels[axis]) as f64))
        });
        Self {
            share_i,
            share_j,
            share_k,
            table_start: finite((spread.start - offset) / gain),
            table_gain: finite(gain / spread.width),
            // No surface is where there is no number.
            iso: if iso.is_nan() { 1e35 * side } else { finite(iso) },
            iso_side: side,
            iso_color: transfer.at(layer.iso).color.map(finite),
            opacity: layer.image.opacity.clamp(0.0, 1.0),
            thickness: finite(step_mm / transfer.unit_mm()),
            value_gain: finite(gain),
            gradient_gain: gradients.map_or(0.0, |spread| finite(1.0 / spread.width)),
            gradient_start: gradients.map_or(0.0, |spread| finite(spread.start)),
            ..Self::lit(scene, geometry, &transfer.material)
        }
    }

    /// Of a label map.
    pub(super) fn of_labels(scene: &VolumeScene, layer: &LabelLayer, geometry: &Geometry, step_mm: f64) -> Self {
        Self {
            opacity: layer.fill.clamp(0.0, 1.0),
            thickness: finite(step_mm / LABEL_UNIT_MM),
            ..Self::lit(scene, geometry, &Material::default())
        }
    }

    fn lit(scene: &VolumeScene, geometry: &Geometry, material: &Material) -> Self {
        let edges = geometry.patient_from_voxel().matrix3;
        Self {
            edge_i: vector(on_screen(scene, edges.x_axis)),
            edge_j: vector(on_screen(scene, edges.y_axis)),
            edge_k: vector(on_screen(scene, edges.z_axis)),
            ambient: finite(material.ambient),
            diffuse: finite(material.diffuse),
            specular: finite(material.specular),
            shininess: finite(material.shininess.max(0.0)),
            ..Self::default()
        }
    }
}
