//! What is on the screen: panes, panels, menus. Reads `&State` and pushes [`Command`]s; changes nothing itself.
//!
//! A frame goes one way: [`input`] turns what pointer and keys did into commands, the window has them applied, the
//! [`panel`]s are laid out around what is left for the [`pane`]s, and these are drawn last, from the state that the
//! frame ends with. [`theme`] is the only place with colours and sizes, [`action`] the only place that says what can be
//! done by menu or key, and the catalogue of words the only place with text.

pub mod action;
pub mod capture;
pub mod glyph;
pub mod icon;
pub mod input;
pub mod layout;
pub mod memory;
pub mod palette;
pub mod pane;
pub mod panel;
pub mod picture;
pub mod place;
mod requests;
pub mod text;
pub mod theme;
pub mod thumbnails;
pub mod title;

pub use memory::Memory;

use crate::app::Command;

/// Commands of this frame, in the order in which they were asked for.
pub type Commands = Vec<Command>;
