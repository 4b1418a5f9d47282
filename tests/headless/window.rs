//! The VOI window against the formulas of DICOM PS3.3 C.11.2.1.2, and colour maps.

use isocenter::model::color_map::{ColorMap, ColorStop};
use isocenter::model::window::{Window, WindowFunction};

/// PS3.3 C.11.2.1.2.1 as pseudo code, for outputs 0 to 255.
fn linear_of_the_standard(x: f64, c: f64, w: f64) -> f64 {
    if x <= c - 0.5 - (w - 1.0) / 2.0 {
        0.0
    } else if x > c - 0.5 + (w - 1.0) / 2.0 {
        255.0
    } else {
        ((x - (c - 0.5)) / (w - 1.0) + 0.5) * 255.0
    }
}

#[test]
fn linear_is_the_standards() {
    // The examples of the standard: for c=2048, w=4096, x ≤ 0 is black, x > 4095 is white.
    let full = Window::linear(2048.0, 4096.0);
    assert_eq!(
        (
            full.level(0.0),
            full.level(4095.0),
            full.level(-1.0),
            full.level(4096.0)
        ),
        (0, 255, 0, 255)
    );
    // c=2048, w=1: a step between 2047.5 and beyond.
    let step = Window::linear(2048.0, 1.0);
    assert_eq!(
        (step.level(2047.0), step.level(2047.5), step.level(2048.0)),
        (0, 0, 255)
    );
    // c=0, w=100: x ≤ −50 is black, x > 49 is white.
    let narrow = Window::linear(0.0, 100.0);
    assert_eq!(
        (narrow.level(-50.0), narrow.level(49.0), narrow.level(50.0)),
        (0, 255, 255)
    );
    for x in -300..300 {
        for (c, w) in [(40.0, 400.0), (40.5, 81.0), (-600.0, 1500.0), (0.0, 2.0)] {
            let x = f64::from(x) * 1.7;
            let expected = linear_of_the_standard(x, c, w);
            assert!(
                (Window::linear(c, w).grey(x) * 255.0 - expected).abs() < 1e-9,
                "{x} {c} {w}"
            );
        }
    }
}

#[test]
fn linear_exact_and_sigmoid_are_the_standards() {
    let exact = Window {
        center: 50.0,
        width: 100.0,
        function: WindowFunction::LinearExact,
    };
    assert_eq!(
        (exact.grey(0.0), exact.grey(50.0), exact.grey(100.0), exact.grey(25.0)),
        (0.0, 0.5, 1.0, 0.25)
    );
    let sigmoid = Window {
        function: WindowFunction::Sigmoid,
        ..exact
    };
    for x in [-100.0, 0.0, 37.0, 50.0, 180.0] {
        let expected = 1.0 / (1.0 + f64::exp(-4.0 * (x - 50.0) / 100.0));
        assert!((sigmoid.grey(x) - expected).abs() < 1e-12);
    }
    assert_eq!(
        (
            Window::between(10.0, 20.0).level(10.0),
            Window::between(10.0, 20.0).level(20.0)
        ),
        (0, 255)
    );
}

#[test]
fn a_color_map_runs_straight_between_its_stops() {
    let stops = [
        ColorStop {
            at: 0.0,
            color: [0, 0, 0],
        },
        ColorStop {
            at: 0.5,
            color: [255, 0, 100],
        },
        ColorStop {
            at: 1.0,
            color: [255, 255, 255],
        },
    ];
    let map = ColorMap::from_stops("test", &stops).unwrap();
    assert_eq!((map.color(0), map.color(255)), ([0, 0, 0], [255, 255, 255]));
    assert_eq!(map.color(51), [102, 0, 40]);
    assert!(ColorMap::from_stops("empty", &[]).is_none());
    assert!(ColorMap::from_stops("backwards", &[stops[1], stops[0]]).is_none());
    assert_eq!(ColorMap::gray().color(77), [77, 77, 77]);
}

#[test]
fn grey_rises_between_the_edges() {
    for function in [WindowFunction::Linear, WindowFunction::LinearExact] {
        for (center, width) in [(40.0, 400.0), (0.5, 1.0), (-600.0, 1500.0), (0.0, 2.0)] {
            let window = Window {
                center,
                width,
                function,
            };
            let [low, high] = window.edges();
            assert_eq!(window.grey(low), 0.0, "{window:?}");
            assert_eq!(
                window.grey(low + (high - low) * 0.25),
                if high > low { 0.25 } else { 0.0 }
            );
            assert_eq!(window.grey(high + 1e-9), 1.0, "{window:?}");
            let again = window.with_edges([low, high]);
            assert_eq!((again.center, again.width), (center, width));
        }
    }
}
