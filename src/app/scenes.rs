//! From the state to the picture of a pane, and between points of a pane and places of the patient.

use std::sync::Arc;

use glam::{DVec2, DVec3};

use super::pane::PaneId;
use super::state::{Entry, State};
use super::{overlays, probability, surfaces};
use crate::algo::raycast;
use crate::model::geometry::Geometry;
use crate::model::plane::{Axes, Plane, View};
use crate::model::volume::VolumeId;
use crate::scene::{Camera, ClipPlane, Cuts, ImageLayer, Scene, SliceScene, StackScene, VolumeLayer, VolumeScene};

/// Size of a pane that was never laid out, in points.
const UNKNOWN_SIZE: DVec2 = DVec2::new(512.0, 512.0);

/// A fitted volume leaves a little room at the edges.
const FIT_MARGIN: f64 = 1.02;

/// Whether a picture is one of many in a movement or will be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Fewer pixels and samples in the volume view.
    Moving {
        /// Pixels of the pane along a pixel of the picture.
        shrink: u32,
    },
    /// All of them.
    Still,
}

/// Size of a pane in points.
pub fn pane_size(state: &State, pane: PaneId) -> DVec2 {
    state
        .view
        .sizes
        .get(&pane)
        .copied()
        .unwrap_or(UNKNOWN_SIZE)
        .max(DVec2::ONE)
}

/// The screen's directions of a plane pane, in the convention that is on.
pub fn shown_axes(state: &State, pane: PaneId) -> Option<Axes> {
    let axes = state.view.plane(pane)?.axes;
    // Sagittal pictures have no left and right to exchange.
    let mirrors = state.view.is_neurological && pane.view() != Some(View::Sagittal);
    Some(if mirrors { axes.mirrored() } else { axes })
}

/// The plane that a pane shows: through the crosshair, with the pane's own place in the middle.
pub fn plane(state: &State, pane: PaneId) -> Option<Plane> {
    let axes = shown_axes(state, pane)?;
    let center = state.view.plane(pane)?.center;
    let normal = axes.normal();
    Some(Plane {
        center: center + normal * (state.view.crosshair - center).dot(normal),
        axes,
    })
}

/// How many mm a point of the screen is wide in a pane. At first the volume fits each pane by itself; magnifying is for
/// all of them alike.
pub fn mm_per_point(state: &State, pane: PaneId) -> f64 {
    let geometry = state.shown().and_then(|entry| entry.volume().geometry());
    let (Some(geometry), Some(plane)) = (geometry, state.view.plane(pane)) else {
        return 1.0;
    };
    fitting(geometry, plane.upright, pane_size(state, pane)) / state.view.zoom
}

/// mm per point at which a volume just fits a pane.
fn fitting(geometry: &Geometry, axes: Axes, size: DVec2) -> f64 {
    let extent = |direction| {
        let (low, high) = geometry.extent_along(direction);
        high - low
    };
    ((extent(axes.right) / size.x).max(extent(axes.down) / size.y) * FIT_MARGIN).max(1e-6)
}

/// mm per point of the volume view.
pub fn camera_mm_per_point(state: &State) -> f64 {
    let Some(geometry) = state.shown().and_then(|entry| entry.volume().geometry()) else {
        return 1.0;
    };
    // The sphere around the volume fits, so that turning never cuts a corner off.
    let radius = geometry
        .corners()
        .iter()
        .map(|corner| (*corner - geometry.center()).length())
        .fold(1e-6, f64::max);
    2.0 * radius / pane_size(state, PaneId::Volume).min_element() / state.view.camera_zoom
}

/// The camera of the volume view for a picture in points.
pub fn point_camera(state: &State) -> Camera {
    Camera {
        mm_per_pixel: camera_mm_per_point(state),
        ..state.view.camera
    }
}

/// Where a place of the patient is seen in the volume view, in points from the top left; `None` behind the eye.
pub fn volume_point_of(state: &State, patient: DVec3) -> Option<DVec2> {
    let size = pane_size(state, PaneId::Volume);
    let camera = point_camera(state);
    // In whole points, since that is what cameras count in; the middle stays the middle.
    let whole = size.round().max(DVec2::ONE);
    let [x, y] = camera.pixel_of([whole.x as u32, whole.y as u32], patient)?;
    Some(DVec2::new(x, y) + (size - whole) / 2.0)
}

/// The place of the patient that is seen at a point of the volume view; `None` where nothing is, and of averages.
pub fn place_under(state: &State, at: DVec2) -> Option<DVec3> {
    let Scene::Volume(scene) = scene(state, PaneId::Volume, 1.0, Quality::Still)? else {
        return None;
    };
    raycast::place_under(&scene, at.x, at.y)
}

/// The place of the patient at a point of a plane pane.
pub fn patient_at(state: &State, pane: PaneId, at: DVec2) -> Option<DVec3> {
    let plane = plane(state, pane)?;
    let offset = (at - pane_size(state, pane) / 2.0) * mm_per_point(state, pane);
    Some(plane.patient_at(offset.x, offset.y))
}

/// Where a place of the patient is seen in a plane pane (projected onto its plane), in points from the top left.
pub fn point_of(state: &State, pane: PaneId, patient: DVec3) -> Option<DVec2> {
    let at = plane(state, pane)?.coordinates_of(patient);
    Some(at.truncate() / mm_per_point(state, pane) + pane_size(state, pane) / 2.0)
}

/// Units of the pixel size (mm where known) per point of the stack pane.
pub fn stack_units_per_point(state: &State) -> f64 {
    let Some(entry) = state.shown() else {
        return 1.0;
    };
    let size = pane_size(state, PaneId::Stack);
    StackScene::fit(entry.volume(), [size.x as u32, size.y as u32]).1 * FIT_MARGIN / state.view.zoom
}

/// The stored pixel (fractional column and row) at a point of the stack pane.
pub fn stack_pixel_at(state: &State, at: DVec2) -> Option<DVec2> {
    let entry = state.shown()?;
    let offset = (at - pane_size(state, PaneId::Stack) / 2.0) * stack_units_per_point(state);
    let [width, height] = StackScene::pixel_size(entry.volume());
    Some(stack_center(state, entry) + offset / DVec2::new(width, height))
}

/// Where a stored pixel is seen in the stack pane, in points from the top left.
pub fn stack_point_of(state: &State, pixel: DVec2) -> Option<DVec2> {
    let entry = state.shown()?;
    let [width, height] = StackScene::pixel_size(entry.volume());
    let offset = (pixel - stack_center(state, entry)) * DVec2::new(width, height);
    Some(offset / stack_units_per_point(state) + pane_size(state, PaneId::Stack) / 2.0)
}

fn stack_center(state: &State, entry: &Entry) -> DVec2 {
    let [columns, rows, _] = entry.volume().dims();
    let [width, height] = StackScene::pixel_size(entry.volume());
    DVec2::new(columns as f64 - 1.0, rows as f64 - 1.0) / 2.0 + state.view.stack.offset / DVec2::new(width, height)
}

/// How an entry is drawn. `None` until its window is known.
fn layer(entry: &Entry) -> Option<ImageLayer> {
    let volume = entry.volume();
    let is_color = volume.voxels.components() > 1;
    Some(ImageLayer {
        volume: Arc::clone(volume),
        frame: entry.display.frame,
        // Colours are shown as stored; their window is not looked at.
        window: entry
            .display
            .window
            .or(is_color.then(|| crate::model::window::Window::linear(128.0, 256.0)))?,
        invert: entry.display.invert != volume.is_inverted,
        color_map: Arc::clone(&entry.display.color_map),
        interpolation: entry.display.interpolation,
        opacity: 1.0,
        floor: None,
    })
}

/// The picture of a pane with its size in points times `pixels_per_point`; `None` while there is nothing to show.
pub fn scene(state: &State, pane: PaneId, pixels_per_point: f64, quality: Quality) -> Option<Scene> {
    let points = pane_size(state, pane);
    let size = (points * pixels_per_point).round().max(DVec2::ONE);
    sized_scene(state, pane, [size.x as u32, size.y as u32], points.y / size.y, quality)
}

/// The largest side of a picture of a pane, in pixels.
const LARGEST_PICTURE: f64 = 8192.0;

/// Size in pixels of a picture of a pane with so many pixels for a point; a size that is too large is made smaller.
pub fn picture_size(state: &State, pane: PaneId, pixels_per_point: f64) -> [u32; 2] {
    let points = pane_size(state, pane);
    let most = LARGEST_PICTURE / points.max_element();
    let wanted = if pixels_per_point.is_finite() {
        pixels_per_point
    } else {
        1.0
    };
    let pixels = (points * wanted.clamp(0.01, most)).round().max(DVec2::ONE);
    [pixels.x as u32, pixels.y as u32]
}

/// The same picture at another size in pixels: all that the pane shows from top to bottom.
pub fn picture(state: &State, pane: PaneId, size: [u32; 2]) -> Option<Scene> {
    let points_per_pixel = pane_size(state, pane).y / f64::from(size[1].max(1));
    sized_scene(state, pane, size, points_per_pixel, Quality::Still)
}

/// The volumes that are rendered together with the shown one.
fn beside(state: &State) -> impl Iterator<Item = &Entry> {
    let also = state.view.volume.also.iter();
    also.filter(|id| Some(**id) != state.view.shown)
        .filter_map(|id| state.document.entry(*id))
}

/// A volume as it is rendered.
fn volume_layer(entry: &Entry, shown: Option<VolumeId>, is_projection: bool) -> Option<VolumeLayer> {
    if let Some(map) = entry.probability.as_ref().filter(|_| Some(entry.volume().id) != shown) {
        // It has no place among the values of a projection.
        return map
            .volume_layer(entry.volume(), entry.display.frame)
            .filter(|_| !is_projection);
    }
    let mut image = layer(entry)?;
    if is_projection {
        image.window = entry.display.projection_window.unwrap_or(image.window);
    }
    let transfer = entry.display.transfer.as_ref();
    Some(VolumeLayer {
        image,
        transfer: transfer
            .map(|transfer| Arc::clone(&transfer.function))
            .unwrap_or_default(),
        iso: transfer.map_or(0.0, |transfer| transfer.iso),
        mask: entry.display.mask.clone(),
        occlusion: entry.occlusion.clone(),
    })
}

/// The volumes that are rendered, the shown one first.
pub(super) fn volume_layers(state: &State) -> impl Iterator<Item = VolumeLayer> + '_ {
    let is_projection = state.view.volume.mode.is_projection();
    let entries = state.shown().into_iter().chain(beside(state));
    entries.filter_map(move |entry| volume_layer(entry, state.view.shown, is_projection))
}

/// The slices of the plane panes.
fn slices(state: &State) -> Vec<Plane> {
    PaneId::PLANES
        .into_iter()
        .filter_map(|pane| plane(state, pane))
        .collect()
}

/// The cuts of the volume view: those of its own, and those at slices.
pub fn cuts(state: &State) -> Cuts {
    let view = &state.view.volume;
    let mut cuts = view.cuts.clone();
    for (pane, cut) in PaneId::PLANES.into_iter().zip(view.slice_cuts) {
        if let (Some(sign), Some(plane)) = (cut.kept_sign(), plane(state, pane)) {
            let normal = plane.axes.normal() * sign;
            cuts.planes.push(ClipPlane {
                normal,
                offset_mm: normal.dot(plane.center),
            });
        }
    }
    cuts
}

fn sized_scene(state: &State, pane: PaneId, size: [u32; 2], points_per_pixel: f64, quality: Quality) -> Option<Scene> {
    let entry = state.shown()?;
    let layer = layer(entry)?;
    let geometry = entry.volume().geometry();
    Some(match pane {
        PaneId::Stack => Scene::Stack(StackScene {
            layer,
            slice: state.view.stack.slice,
            center: stack_center(state, entry),
            units_per_pixel: stack_units_per_point(state) * points_per_pixel,
            size,
        }),
        PaneId::Volume => {
            let step_mm = geometry?.shortest_edge_mm() / 2.0;
            let (shrink, step_mm) = match quality {
                Quality::Moving { shrink } => (shrink.max(1), step_mm * 4.0),
                Quality::Still => (1, step_mm),
            };
            // A coarse picture has a pixel at least; a size of nothing that was asked for is refused where it is drawn.
            let size = size.map(|side| (side / shrink).max(side.min(1)));
            let camera = Camera {
                mm_per_pixel: camera_mm_per_point(state) * points_per_pixel * f64::from(shrink),
                ..state.view.camera
            };
            let view = &state.view.volume;
            let layers = volume_layers(state);
            Scene::Volume(VolumeScene {
                light: view.light,
                cuts: cuts(state),
                slices: if view.shows_slices { slices(state) } else { Vec::new() },
                background: view.background,
                labels: if view.mode.is_projection() {
                    Vec::new()
                } else {
                    surfaces::voxels_in_volume(state, 1.0 / points_per_pixel)
                },
                surfaces: surfaces::in_volume(state),
                ..VolumeScene::new(camera, size, view.mode, step_mm, layers.collect())
            })
        }
        PaneId::Axial | PaneId::Coronal | PaneId::Sagittal => {
            geometry?;
            Scene::Slice(SliceScene {
                plane: plane(state, pane)?,
                mm_per_pixel: mm_per_point(state, pane) * points_per_pixel,
                size,
                slab: state.view.plane(pane)?.slab,
                layers: std::iter::once(layer)
                    .chain(probability::layers(state, 1.0 / points_per_pixel))
                    .collect(),
                labels: overlays::layers(state, 1.0 / points_per_pixel),
            })
        }
    })
}
