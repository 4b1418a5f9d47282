//! Pictures that stay on the device for the window.

use glam::{DMat3, DVec3};
use isocenter::gpu::{Drawn, PaneTarget};
use isocenter::model::plane::{Plane, View};
use isocenter::model::voxels::SampleType;
use isocenter::model::window::Window;
use isocenter::scene::{Scene, SliceScene};

use crate::device::gpu;
use crate::phantom::{Noise, Recipe, even_geometry, layer};

#[test]
fn a_pane_draws_only_what_changed() {
    let Some(mut gpu) = gpu() else { return };
    let mut noise = Noise(4);
    let mut numbers = move |_, _| noise.between(0.0, 1000.0).round();
    let geometry = even_geometry([20, 20, 12], DMat3::IDENTITY);
    let whole = Recipe::new(geometry.clone(), SampleType::I16).volume(&mut numbers);
    let mut recipe = Recipe::new(geometry.clone(), SampleType::I16);
    recipe.arrived = Some(vec![0]);
    let growing = recipe.volume(&mut numbers);
    let scene = |window| {
        Scene::Slice(SliceScene {
            plane: Plane {
                center: geometry.center() + DVec3::new(0.0, 0.0, 0.25),
                axes: View::Coronal.axes(),
            },
            mm_per_pixel: 0.3,
            size: [60, 50],
            slab: None,
            layers: vec![layer(&growing, window)],
            labels: Vec::new(),
        })
    };
    let first = scene(Window::linear(500.0, 1000.0));
    let mut target = PaneTarget::new(&gpu, [60, 50]).unwrap();
    assert!(!target.is_current(&first));
    let new = Drawn {
        is_new: true,
        is_complete: true,
        notice: None,
    };
    let same = Drawn {
        is_new: false,
        is_complete: true,
        notice: None,
    };
    assert_eq!(target.update(&mut gpu, &first).unwrap(), new);
    assert_eq!(target.update(&mut gpu, &first).unwrap(), same);
    // The same values in another scene are the same picture.
    assert_eq!(
        target.update(&mut gpu, &scene(Window::linear(500.0, 1000.0))).unwrap(),
        same
    );
    assert_eq!(
        target.update(&mut gpu, &scene(Window::linear(500.0, 900.0))).unwrap(),
        new
    );
    // A slab that arrives is a reason.
    growing
        .voxels
        .publish(1, whole.voxels.slab(1).unwrap().as_ref().clone())
        .unwrap();
    assert_eq!(
        target.update(&mut gpu, &scene(Window::linear(500.0, 900.0))).unwrap(),
        new
    );
    // What the pane shows is what a picture file would hold.
    let picture = gpu.picture(&scene(Window::linear(500.0, 900.0))).unwrap();
    assert_eq!(gpu.read(&target).unwrap(), picture);
    assert_eq!(target.size(), [60, 50]);
}
