//! The program without a window.
//!
//! [`State`] is everything the program knows; [`Command`]s are everything a person can ask for; [`update`] is the only
//! code that changes the state. [`Program`] puts them together with the jobs that run beside: the window, scripts and
//! tests all drive it in the same way. Knows nothing of egui and wgpu.

pub mod agreement;
pub mod annotations;
pub mod browser;
pub mod cases;
pub mod command;
pub mod compared_readers;
pub mod developing;
pub mod effect;
pub mod history;
pub mod identifiers;
pub mod job;
pub mod label_statistics;
pub mod leaving;
pub mod look;
mod made_map;
pub mod mask;
pub mod measurements;
pub mod movie;
pub mod named_map;
pub mod outline;
pub mod overlays;
pub mod paint_rule;
pub mod painting;
pub mod pane;
pub mod planes;
pub mod presets;
pub mod preview;
pub mod probability;
pub mod readers;
pub mod readout;
pub mod recent;
pub mod safety;
pub mod scenes;
pub mod segment_work;
pub mod settings;
pub mod state;
pub mod surfaces;
pub mod table_basis;
mod table_text;
pub mod tables;
pub mod threshold_curve;
pub mod thumbnail;
pub mod tool;
pub mod tool_work;
pub mod transfer;
pub mod transfer_presets;
pub mod transfer_thumbnail;
pub mod update;
pub mod user_presets;
pub mod version;
pub mod volume_view;
mod watcher;
pub mod written;

mod program;

pub use crate::io::home::Home;
pub use command::{Choice, Command, Effect};
pub use program::Program;
pub use state::State;
