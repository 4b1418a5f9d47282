//! What the window remembers from frame to frame that is none of the program's business.

use std::collections::BTreeMap;

use egui::{PointerButton, Pos2, Rect};

use super::panel::histogram::HistogramMemory;
use super::panel::movie::MovieMemory;
use super::panel::volume::VolumeMemory;
use super::thumbnails::Textures;
use crate::app::pane::PaneId;
use crate::model::measurement::MeasurementId;
use crate::model::volume::VolumeId;

/// The window's own memory. Nothing in it is worth recording or undoing.
#[derive(Default)]
pub struct Memory {
    /// What stands in the path field.
    pub path: String,
    /// The title that the window has.
    pub title: String,
    /// The path field wants the keyboard.
    pub focus_path: bool,
    /// The dialog that is on the screen.
    pub dialog: Option<Dialog>,
    /// What is sought in the help sheet.
    pub sought: String,
    /// The search field of the help sheet wants the keyboard.
    pub focus_search: bool,
    /// The measurement whose name is being typed.
    pub renaming: Option<Renaming>,
    /// The segment whose name is being typed.
    pub renaming_segment: Option<RenamingSegment>,
    /// The histogram's view and what is dragged in it.
    pub histogram: HistogramMemory,
    /// What the controls of the volume view remember.
    pub volume: VolumeMemory,
    /// What was chosen for the next movie.
    pub movie: MovieMemory,
    /// The series in the panes wants the keyboard.
    pub focus_browser: bool,
    /// Thumbnails as textures.
    pub thumbnails: Textures,
    /// The series that the browser last scrolled to.
    pub scrolled_to: Option<VolumeId>,
    /// Where the panes were in the last frame, in points: what the pointer of this frame hit.
    pub rects: BTreeMap<PaneId, Rect>,
    /// The button that went down in a pane and is still down.
    pub pressed: Option<Pressed>,
    /// The modifier keys at the end of the last frame.
    pub modifiers: egui::Modifiers,
    /// Parts of a wheel notch that did not make a slice yet.
    pub wheel: f32,
    /// The pane whose menu is to open in this frame.
    pub opens_menu: Option<PaneId>,
}

/// A dialog of the window's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The help sheet.
    Keys,
    /// The settings page.
    Settings,
    /// How a picture of the pane with the focus is made.
    Picture,
    /// How a movie is made.
    Movie,
    /// Everything that was done, step by step.
    History,
    /// Which program this is.
    About,
}

impl Memory {
    /// Opens a dialog, or closes it if it is open.
    pub fn toggle(&mut self, dialog: Dialog) {
        self.dialog = if self.dialog == Some(dialog) {
            None
        } else {
            Some(dialog)
        };
        // The pane with the focus, until another is chosen.
        self.movie.pane = None;
        self.focus_search = self.dialog == Some(Dialog::Keys);
    }
}

/// A measurement whose name is being typed.
#[derive(Clone, Debug)]
pub struct Renaming {
    /// Which.
    pub id: MeasurementId,
    /// What stands in the field.
    pub text: String,
    /// The field wants the keyboard.
    pub wants_focus: bool,
}

/// A segment whose name is being typed.
#[derive(Clone, Debug)]
pub struct RenamingSegment {
    /// The label map that it is of.
    pub map: VolumeId,
    /// Which.
    pub label: u32,
    /// What stands in the field.
    pub text: String,
    /// What is looked for in the table of codes; nothing: the name.
    pub sought: String,
    /// The field wants the keyboard.
    pub wants_focus: bool,
}

/// A button that went down in a pane.
#[derive(Clone, Copy, Debug)]
pub struct Pressed {
    /// The pane.
    pub pane: PaneId,
    /// Which button.
    pub button: PointerButton,
    /// Where, in points of the window.
    pub at: Pos2,
    /// The modifier keys that were held.
    pub modifiers: egui::Modifiers,
    /// Whether the program knows: a press that may become a click waits until the pointer has moved.
    pub is_told: bool,
}
