//! Isocenter: a viewer for 3D medical images. **Not a medical device; not for diagnosis.**
//!
//! The house, in reading order: `model` says what things are, `scene` what a picture is, `algo` computes on both,
//! `io` turns files into models and back, `gpu` draws scenes, `app` is the program without a window, `ui` and
//! `window` put it on the screen, `cli` on the command line. Imports go down only; ARCHITECTURE.md has the table and
//! `tests/headless/layers.rs` keeps it true.

pub mod words;

pub mod model;

pub mod scene;

pub mod algo;

pub mod io;

pub mod gpu;

pub mod app;

pub mod ui;

pub mod window;

pub mod cli;
