//! Everything that can be done by menu or key: one row each, from which menus, context menus, shortcuts and the list of
//! keys are made.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::memory::Dialog;
use crate::app::command::MeasurementsFile;
use crate::app::overlays;
use crate::app::pane::{Arrangement, Layout, PaneId};
use crate::app::planes::Alignment;
use crate::app::settings::PanelId;
use crate::app::tables::Table;
use crate::app::tool::Tool;
use crate::app::tool::cube::Side;
use crate::app::volume_view::Removal;
use crate::app::{Command, State, presets};
use crate::scene::Interpolation;
use crate::{say, words};

/// Something that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table says what each of them does")]
pub enum Action {
    OpenFiles,
    OpenFolder,
    TypePath,
    OpenDemo,
    OpenCases { folder: bool },
    SavePicture,
    CopyPicture,
    CloseAll,
    Quit,
    Slices(i64),
    FirstSlice,
    LastSlice,
    Frame(i64),
    Series(i64),
    NextPane,
    Case(i64),
    CaseDone,
    Browser,
    Maximise,
    ToggleAlignment,
    ResetView,
    Center,
    Crosshair,
    Tool(Tool),
    Undo,
    Redo,
    History,
    DeleteMeasurement,
    ExportMeasurements(MeasurementsFile),
    CopyMeasurements,
    Measurements,
    Table(Table),
    Disagreement(i64),
    Convention,
    LookFrom(Side),
    Perspective,
    Cinematic,
    CropBox,
    VolumeSlices,
    ResetCuts,
    AddClipPlane,
    Movie,
    Remove(Removal),
    Overlays,
    OverlayOpacity(i64),
    NewSegmentation,
    CopySlice(i64),
    SaveSegmentation,
    SaveSegmentationAs,
    Identifiers,
    Preset(u8),
    AutoWindow,
    FileWindow,
    Invert,
    Interpolate(Interpolation),
    Cancel,
    Arrange(Arrangement),
    Panel(PanelId),
    Scale(i32),
    UsualScale,
    Settings,
    Keys,
    About,
}

/// Where an action stands in the menus and in the list of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    File,
    Edit,
    Navigate,
    View,
    Window,
    Volume,
    Measure,
    Segment,
    Help,
}

impl Group {
    /// All groups, in the order of the menu bar.
    pub const ALL: [Self; 9] = [
        Self::File,
        Self::Edit,
        Self::Navigate,
        Self::View,
        Self::Window,
        Self::Volume,
        Self::Measure,
        Self::Segment,
        Self::Help,
    ];

    /// Its heading.
    pub fn label(self) -> String {
        let key = match self {
            Self::File => "ui-menu-file",
            Self::Edit => "ui-menu-edit",
            Self::Navigate => "ui-menu-navigate",
            Self::View => "ui-menu-view",
            Self::Window => "ui-menu-window",
            Self::Volume => "ui-menu-volume",
            Self::Measure => "ui-menu-measure",
            Self::Segment => "ui-menu-segment",
            Self::Help => "ui-menu-help",
        };
        words::lookup(key, &[])
    }
}

/// What an action asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Of the program.
    Command(Command),
    /// Of the window: the path field gets the keyboard.
    TypePath,
    /// Of the window: the study browser gets the keyboard.
    FocusBrowser,
    /// Of the window: a dialog comes or goes.
    Show(Dialog),
}

/// One row of the table.
pub struct Row {
    /// The action.
    pub action: Action,
    /// Its place in the menus.
    pub group: Group,
    /// Key of its label in the catalogue; `-tip` is added for the tooltip.
    key: &'static str,
    /// Its shortcut.
    pub shortcut: Option<KeyboardShortcut>,
    /// Another key that people know from elsewhere; it is not listed.
    also: Option<KeyboardShortcut>,
    /// Whether holding the key repeats it.
    pub repeats: bool,
    /// Whether a line stands above it in its menu.
    pub begins_section: bool,
}

const fn row(group: Group, action: Action, key: &'static str) -> Row {
    Row {
        action,
        group,
        key,
        shortcut: None,
        also: None,
        repeats: false,
        begins_section: false,
    }
}

impl Row {
    const fn on(mut self, modifiers: Modifiers, key: Key) -> Self {
        self.shortcut = Some(KeyboardShortcut::new(modifiers, key));
        self
    }

    const fn key(self, key: Key) -> Self {
        self.on(Modifiers::NONE, key)
    }

    const fn section(mut self) -> Self {
        self.begins_section = true;
        self
    }

    const fn or(mut self, modifiers: Modifiers, key: Key) -> Self {
        self.also = Some(KeyboardShortcut::new(modifiers, key));
        self
    }

    const fn repeating(mut self) -> Self {
        self.repeats = true;
        self
    }
}

const COMMAND_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};

/// The table.
pub const ROWS: &[Row] = &[
    row(Group::File, Action::OpenFiles, "ui-open-files").on(Modifiers::COMMAND, Key::O),
    row(Group::File, Action::OpenFolder, "ui-open-folder").on(COMMAND_SHIFT, Key::O),
    row(Group::File, Action::TypePath, "ui-type-path").on(Modifiers::COMMAND, Key::L),
    row(Group::File, Action::OpenDemo, "ui-open-demo"),
    row(Group::File, Action::OpenCases { folder: false }, "ui-open-cases").section(),
    row(Group::File, Action::OpenCases { folder: true }, "ui-open-cases-folder"),
    row(Group::File, Action::SavePicture, "ui-save-picture")
        .on(COMMAND_SHIFT, Key::S)
        .section(),
    row(Group::File, Action::CopyPicture, "ui-copy-picture").on(Modifiers::COMMAND, Key::C),
    row(Group::File, Action::CloseAll, "ui-close-all").section(),
    row(Group::File, Action::Settings, "window-settings")
        .on(Modifiers::COMMAND, Key::Comma)
        .section(),
    row(Group::File, Action::Quit, "ui-quit").on(Modifiers::COMMAND, Key::Q),
    row(Group::Edit, Action::Undo, "ui-undo")
        .on(Modifiers::COMMAND, Key::Z)
        .repeating(),
    row(Group::Edit, Action::Redo, "ui-redo")
        .on(COMMAND_SHIFT, Key::Z)
        .or(Modifiers::COMMAND, Key::Y)
        .repeating(),
    row(Group::Edit, Action::History, "ui-history").on(COMMAND_SHIFT, Key::Y),
    row(Group::Edit, Action::DeleteMeasurement, "ui-delete")
        .key(Key::Delete)
        .or(Modifiers::NONE, Key::Backspace),
    row(Group::Navigate, Action::Slices(-1), "ui-previous-slice")
        .key(Key::ArrowUp)
        .repeating(),
    row(Group::Navigate, Action::Slices(1), "ui-next-slice")
        .key(Key::ArrowDown)
        .repeating(),
    row(Group::Navigate, Action::Slices(-10), "ui-ten-slices-back")
        .on(Modifiers::SHIFT, Key::ArrowUp)
        .repeating(),
    row(Group::Navigate, Action::Slices(10), "ui-ten-slices-on")
        .on(Modifiers::SHIFT, Key::ArrowDown)
        .repeating(),
    row(Group::Navigate, Action::FirstSlice, "ui-first-slice")
        .key(Key::Home)
        .section(),
    row(Group::Navigate, Action::LastSlice, "ui-last-slice").key(Key::End),
    row(Group::Navigate, Action::Frame(-1), "ui-previous-frame")
        .key(Key::ArrowLeft)
        .section()
        .repeating(),
    row(Group::Navigate, Action::Frame(1), "ui-next-frame")
        .key(Key::ArrowRight)
        .repeating(),
    row(Group::Navigate, Action::Series(-1), "ui-previous-series")
        .key(Key::PageUp)
        .section(),
    row(Group::Navigate, Action::Series(1), "ui-next-series").key(Key::PageDown),
    row(Group::Navigate, Action::Case(-1), "ui-previous-case").on(Modifiers::COMMAND, Key::PageUp),
    row(Group::Navigate, Action::Case(1), "ui-next-case").on(Modifiers::COMMAND, Key::PageDown),
    row(Group::Navigate, Action::CaseDone, "ui-case-done-next").on(Modifiers::COMMAND, Key::Enter),
    row(Group::Navigate, Action::Browser, "ui-focus-browser")
        .key(Key::F6)
        .section(),
    row(Group::Navigate, Action::NextPane, "ui-next-pane").key(Key::Tab),
    row(Group::Navigate, Action::Cancel, "ui-cancel").key(Key::Escape),
    row(
        Group::View,
        Action::Arrange(Arrangement::Single),
        "window-layout-single",
    )
    .on(Modifiers::COMMAND, Key::Num1),
    row(
        Group::View,
        Action::Arrange(Arrangement::OneAndThree),
        "window-layout-one-and-three",
    )
    .on(Modifiers::COMMAND, Key::Num3),
    row(Group::View, Action::Arrange(Arrangement::Quad), "window-layout-quad").on(Modifiers::COMMAND, Key::Num4),
    row(Group::View, Action::Maximise, "ui-maximise").key(Key::Enter),
    row(Group::View, Action::ToggleAlignment, "ui-toggle-alignment")
        .key(Key::T)
        .section(),
    row(Group::View, Action::ResetView, "ui-reset-view").key(Key::R),
    row(Group::View, Action::Center, "ui-center").key(Key::C),
    row(Group::View, Action::Crosshair, "ui-crosshair").key(Key::X),
    row(Group::View, Action::Convention, "ui-convention").key(Key::N),
    row(Group::View, Action::Identifiers, "ui-hide-identifiers").on(Modifiers::COMMAND, Key::H),
    row(Group::View, Action::Overlays, "ui-overlays").key(Key::G),
    row(Group::View, Action::OverlayOpacity(-1), "ui-overlays-fainter")
        .key(Key::OpenBracket)
        .repeating(),
    row(Group::View, Action::OverlayOpacity(1), "ui-overlays-stronger")
        .key(Key::CloseBracket)
        .repeating(),
    row(Group::View, Action::Interpolate(Interpolation::Nearest), "ui-nearest").section(),
    row(Group::View, Action::Interpolate(Interpolation::Linear), "ui-linear"),
    row(Group::View, Action::Interpolate(Interpolation::Cubic), "ui-cubic"),
    row(Group::View, Action::Panel(PanelId::Browser), "window-browser")
        .on(Modifiers::COMMAND, Key::B)
        .section(),
    row(Group::View, Action::Panel(PanelId::Display), "window-display").on(Modifiers::COMMAND, Key::D),
    row(Group::View, Action::Scale(1), "window-larger")
        .on(Modifiers::COMMAND, Key::Plus)
        .section(),
    row(Group::View, Action::Scale(-1), "window-smaller").on(Modifiers::COMMAND, Key::Minus),
    row(Group::View, Action::UsualScale, "window-usual-size").on(Modifiers::COMMAND, Key::Num0),
    row(Group::Window, Action::Tool(Tool::Window), "ui-window-tool").key(Key::W),
    row(Group::Window, Action::Invert, "ui-invert").key(Key::I),
    row(Group::Window, Action::FileWindow, "ui-file-window")
        .key(Key::Backtick)
        .section(),
    row(Group::Window, Action::AutoWindow, "ui-auto-window").key(Key::Num0),
    row(Group::Window, Action::Preset(1), "").key(Key::Num1),
    row(Group::Window, Action::Preset(2), "").key(Key::Num2),
    row(Group::Window, Action::Preset(3), "").key(Key::Num3),
    row(Group::Window, Action::Preset(4), "").key(Key::Num4),
    row(Group::Window, Action::Preset(5), "").key(Key::Num5),
    row(Group::Window, Action::Preset(6), "").key(Key::Num6),
    row(Group::Window, Action::Preset(7), "").key(Key::Num7),
    row(Group::Window, Action::Preset(8), "").key(Key::Num8),
    row(Group::Window, Action::Preset(9), "").key(Key::Num9),
    row(Group::Volume, Action::LookFrom(Side::Anterior), "ui-look-anterior").on(Modifiers::ALT, Key::A),
    row(Group::Volume, Action::LookFrom(Side::Posterior), "ui-look-posterior").on(Modifiers::ALT, Key::P),
    row(Group::Volume, Action::LookFrom(Side::Left), "ui-look-left").on(Modifiers::ALT, Key::L),
    row(Group::Volume, Action::LookFrom(Side::Right), "ui-look-right").on(Modifiers::ALT, Key::R),
    row(Group::Volume, Action::LookFrom(Side::Head), "ui-look-head").on(Modifiers::ALT, Key::H),
    row(Group::Volume, Action::LookFrom(Side::Feet), "ui-look-feet").on(Modifiers::ALT, Key::F),
    row(Group::Volume, Action::Perspective, "ui-perspective")
        .key(Key::P)
        .section(),
    row(Group::Volume, Action::Cinematic, "ui-cinematic").key(Key::K),
    row(Group::Volume, Action::CropBox, "ui-crop-box").key(Key::B).section(),
    row(Group::Volume, Action::VolumeSlices, "ui-volume-slices").key(Key::S),
    row(Group::Volume, Action::AddClipPlane, "ui-add-clip-plane"),
    row(Group::Volume, Action::Tool(Tool::Scalpel), "ui-scalpel").key(Key::V),
    row(Group::Volume, Action::Remove(Removal::Table), "ui-remove-table"),
    row(Group::Volume, Action::Remove(Removal::Bone), "ui-remove-bone"),
    row(Group::Volume, Action::ResetCuts, "ui-reset-cuts"),
    row(Group::Volume, Action::Movie, "ui-movie").section(),
    row(Group::Measure, Action::Tool(Tool::Length), "ui-length-tool").key(Key::L),
    row(Group::Measure, Action::Measurements, "ui-show-measurements").key(Key::M),
    row(
        Group::Measure,
        Action::ExportMeasurements(MeasurementsFile::Csv),
        "ui-export-csv",
    ),
    row(
        Group::Measure,
        Action::ExportMeasurements(MeasurementsFile::Json),
        "ui-export-json",
    ),
    row(Group::Measure, Action::CopyMeasurements, "ui-copy-measurements"),
    row(Group::Measure, Action::Table(Table::Statistics), "ui-show-statistics").section(),
    row(Group::Measure, Action::Table(Table::Agreement), "ui-show-agreement"),
    row(Group::Measure, Action::Table(Table::Readers), "ui-show-readers"),
    row(Group::Measure, Action::Disagreement(1), "ui-next-disagreement").key(Key::J),
    row(Group::Measure, Action::Disagreement(-1), "ui-previous-disagreement").on(Modifiers::SHIFT, Key::J),
    row(Group::Segment, Action::Tool(Tool::Brush), "ui-brush").key(Key::D),
    row(Group::Segment, Action::Tool(Tool::Eraser), "ui-eraser").key(Key::E),
    row(Group::Segment, Action::Tool(Tool::Lasso), "ui-lasso").key(Key::A),
    row(Group::Segment, Action::Tool(Tool::Fill), "ui-fill").key(Key::F),
    row(Group::Segment, Action::Tool(Tool::Trace), "ui-trace").key(Key::O),
    row(Group::Segment, Action::Tool(Tool::Scissors), "ui-scissors").key(Key::Q),
    row(Group::Segment, Action::Tool(Tool::Islands), "ui-islands").key(Key::U),
    row(Group::Segment, Action::CopySlice(-1), "ui-copy-slice-back")
        .on(Modifiers::ALT, Key::ArrowUp)
        .section()
        .repeating(),
    row(Group::Segment, Action::CopySlice(1), "ui-copy-slice-on")
        .on(Modifiers::ALT, Key::ArrowDown)
        .repeating(),
    row(Group::Segment, Action::NewSegmentation, "ui-new-segmentation").section(),
    row(Group::Segment, Action::SaveSegmentation, "ui-save-labels").on(Modifiers::COMMAND, Key::S),
    row(Group::Segment, Action::SaveSegmentationAs, "ui-save-labels-as"),
    row(Group::Help, Action::Keys, "ui-keys").key(Key::F1),
    row(Group::Help, Action::About, "window-about"),
];

/// The toolbar from the left, in groups; those without room are left out, the last ones first.
pub const TOOLBAR: &[&[Action]] = &[
    &[Action::OpenFiles, Action::OpenFolder],
    &[
        Action::Tool(Tool::Window),
        Action::Tool(Tool::Length),
        Action::Tool(Tool::Brush),
        Action::Tool(Tool::Eraser),
    ],
    &[Action::Crosshair, Action::ToggleAlignment],
    &[Action::ResetView, Action::Center, Action::Invert, Action::SavePicture],
];

/// The toolbar's right end.
pub const TOOLBAR_RIGHT: &[&[Action]] = &[
    &[Action::Panel(PanelId::Browser), Action::Panel(PanelId::Display)],
    &[
        Action::Arrange(Arrangement::Single),
        Action::Arrange(Arrangement::OneAndThree),
        Action::Arrange(Arrangement::Quad),
    ],
];

/// Actions of a pane's own menu, in its order; the presets follow.
pub const PANE_MENU: &[Action] = &[
    Action::Maximise,
    Action::ResetView,
    Action::Center,
    Action::ToggleAlignment,
    Action::Crosshair,
    Action::Convention,
    Action::Tool(Tool::Window),
    Action::Tool(Tool::Length),
    Action::Invert,
    Action::FileWindow,
    Action::AutoWindow,
    Action::SavePicture,
    Action::CopyPicture,
];

/// The row of an action.
pub fn find(action: Action) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.action == action)
}

impl Row {
    /// What it is called.
    pub fn label(&self) -> String {
        match self.action {
            Action::Preset(n) => {
                presets::window_preset_of_key(n).map_or_else(String::new, presets::WindowPreset::title)
            }
            _ => words::lookup(self.key, &[]),
        }
    }

    /// What it is called now: undo says what it would undo.
    pub fn label_now(&self, state: &State) -> String {
        match (self.action, state.history.undo_name(), state.history.redo_name()) {
            (Action::Undo, Some(step), _) => say!("ui-undo-step", step = step.to_owned()),
            (Action::Redo, _, Some(step)) => say!("ui-redo-step", step = step.to_owned()),
            _ => self.label(),
        }
    }

    /// What it does, in a sentence.
    pub fn tip(&self) -> Option<String> {
        match self.action {
            Action::Preset(n) => presets::window_preset_of_key(n).map(|preset| super::text::window(&preset.window())),
            _ => {
                let key = format!("{}-tip", self.key);
                let tip = words::lookup(&key, &[]);
                (tip != key).then_some(tip)
            }
        }
    }

    /// Whether it is on, for actions that switch something.
    pub fn is_on(&self, state: &State) -> Option<bool> {
        let view = &state.view;
        match self.action {
            Action::Crosshair => Some(view.crosshair_visible),
            Action::Perspective => Some(view.camera.perspective_deg > 0.0),
            Action::Cinematic => Some(view.volume.is_cinematic),
            Action::CropBox => Some(view.volume.shows_crop),
            Action::VolumeSlices => Some(view.volume.shows_slices),
            Action::Measurements => Some(view.shows_measurements),
            Action::Table(table) => Some(state.tables.shown == Some(table)),
            Action::Overlays => Some(overlays::any_seen(state)),
            Action::Tool(tool) => Some(view.active_tool() == tool),
            Action::Convention => Some(view.is_neurological),
            Action::Identifiers => Some(view.hides_identifiers),
            Action::ToggleAlignment => Some(view.alignment == Alignment::Anatomical),
            Action::Maximise => Some(matches!(view.layout, Layout::Single(_))),
            Action::Invert => Some(state.shown().is_some_and(|entry| entry.display.invert)),
            Action::Arrange(arrangement) => Some(view.layout.arrangement() == arrangement),
            Action::Panel(panel) => Some(state.settings.is_open(panel)),
            Action::Interpolate(way) => Some(state.shown().is_some_and(|entry| entry.display.interpolation == way)),
            _ => None,
        }
    }

    /// What it asks for now, for a pane; `None` where it makes no sense.
    pub fn request(&self, state: &State, pane: PaneId) -> Option<Request> {
        match self.action {
            Action::TypePath => return Some(Request::TypePath),
            Action::Browser => return (!state.document.entries.is_empty()).then_some(Request::FocusBrowser),
            Action::SavePicture => return state.shown().map(|_| Request::Show(Dialog::Picture)),
            Action::Movie => return state.shown().map(|_| Request::Show(Dialog::Movie)),
            Action::History => return state.shown().map(|_| Request::Show(Dialog::History)),
            Action::Keys => return Some(Request::Show(Dialog::Keys)),
            Action::Settings => return Some(Request::Show(Dialog::Settings)),
            Action::About => return Some(Request::Show(Dialog::About)),
            _ => {}
        }
        super::requests::command(self.action, state, pane).map(Request::Command)
    }
}

/// The row whose shortcut a key press is.
pub fn by_key(modifiers: Modifiers, key: Key) -> Option<&'static Row> {
    let is_it = |shortcut: Option<KeyboardShortcut>| {
        shortcut.is_some_and(|shortcut| shortcut.logical_key == key && modifiers.matches_exact(shortcut.modifiers))
    };
    ROWS.iter().find(|row| is_it(row.shortcut) || is_it(row.also))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_words_and_no_two_the_same_key() {
        for (n, row) in ROWS.iter().enumerate() {
            if !matches!(row.action, Action::Preset(_)) {
                assert_ne!(row.label(), row.key, "{:?} has no label", row.action);
            }
            if let Some(shortcut) = row.shortcut {
                assert!(
                    ROWS[..n].iter().all(|other| other.shortcut != Some(shortcut)),
                    "two rows on {shortcut:?}"
                );
            }
        }
        assert!(
            PANE_MENU
                .iter()
                .chain(TOOLBAR.iter().chain(TOOLBAR_RIGHT).copied().flatten())
                .all(|action| find(*action).is_some())
        );
    }

    #[test]
    fn nothing_that_needs_a_picture_can_be_done_without_one() {
        let state = State::new();
        let possible: Vec<Action> = ROWS
            .iter()
            .filter(|row| row.request(&state, PaneId::Axial).is_some())
            .map(|row| row.action)
            .collect();
        let expected = [
            Action::OpenFiles,
            Action::OpenFolder,
            Action::TypePath,
            Action::OpenDemo,
            Action::OpenCases { folder: false },
            Action::OpenCases { folder: true },
            Action::Settings,
            Action::Quit,
            Action::Crosshair,
            Action::Convention,
            Action::Identifiers,
            Action::Panel(PanelId::Browser),
            Action::Panel(PanelId::Display),
            Action::Scale(1),
            Action::Scale(-1),
            Action::Keys,
            Action::About,
        ];
        assert_eq!(possible, expected);
    }
}
