//! What pointer and keys did in the panes, as commands.
//!
//! Events are taken one by one in their order, against the rectangles of the last frame (which is what the user saw),
//! so that a whole drag between two slow frames is not lost and a picture never lags behind the input it is drawn for.

use egui::{Event, Key, LayerId, Modifiers, MouseWheelUnit, PointerButton, Pos2};
use glam::DVec2;

use super::Commands;
use super::action::{self, Action, Request};
use super::memory::{Memory, Pressed};
use crate::app::painting::{self, PaintChange};
use crate::app::pane::PaneId;
use crate::app::tool::{self, GestureKind, PointerAction, PointerEvent, Tool};
use crate::app::{Command, State, scenes};

/// Less than this is a click, in points.
const CLICK_DISTANCE: f32 = 3.0;

/// Points of a trackpad that make one slice.
const POINTS_PER_SLICE: f32 = 24.0;

/// How much a notch of the wheel magnifies.
const ZOOM_PER_NOTCH: f64 = 1.15;

/// The name of a pane's area for egui.
pub fn pane_id(pane: PaneId) -> egui::Id {
    egui::Id::unique(("pane", pane))
}

/// Turns the events of this frame into commands.
pub fn read(ctx: &egui::Context, state: &State, memory: &mut Memory) -> Commands {
    let (events, now_held) = ctx.input(|input| (input.events.clone(), input.modifiers));
    let modifiers = std::mem::replace(&mut memory.modifiers, now_held);
    let has_focus = ctx.memory(|memory| {
        memory.focused().is_some_and(|id| {
            !PaneId::QUAD
                .iter()
                .chain([&PaneId::Stack])
                .any(|pane| pane_id(*pane) == id)
        })
    });
    let mut reader = Reader {
        ctx,
        state,
        memory,
        modifiers,
        widget_has_keys: has_focus,
        is_typing: ctx.text_edit_focused(),
        commands: Vec::new(),
    };
    for event in &events {
        reader.event(event);
    }
    reader.double_click();
    reader.commands
}

struct Reader<'a> {
    ctx: &'a egui::Context,
    state: &'a State,
    memory: &'a mut Memory,
    modifiers: Modifiers,
    /// A button or a list has the keyboard: arrows and Enter are its own.
    widget_has_keys: bool,
    /// A text field has the keyboard: letters are its own.
    is_typing: bool,
    commands: Commands,
}

impl Reader<'_> {
    fn event(&mut self, event: &Event) {
        match event {
            Event::PointerButton {
                pos,
                button,
                pressed: true,
                modifiers,
            } => self.press(*pos, *button, *modifiers),
            Event::PointerButton {
                pos,
                button,
                pressed: false,
                modifiers,
            } => self.release(*pos, *button, *modifiers),
            Event::PointerMoved(pos) => self.moved(*pos),
            Event::ModifiersChanged(modifiers) => self.modifiers = *modifiers,
            Event::PointerGone if self.memory.pressed.is_none() => self.hover(None),
            Event::WindowFocused(false) => self.let_go(),
            Event::MouseWheel {
                unit, delta, modifiers, ..
            } => self.wheel(*unit, delta.y, *modifiers),
            Event::Zoom(factor) => self.zoom(f64::from(*factor)),
            // egui makes this of the keys for copying and hides the keys themselves.
            Event::Copy if !self.is_typing => self.key(Key::C, false, Modifiers::COMMAND),
            Event::Key {
                key,
                pressed: true,
                repeat,
                modifiers,
                ..
            } => self.key(*key, *repeat, *modifiers),
            _ => {}
        }
    }

    /// The pane at a place of the window, unless a menu or a dialog covers it.
    fn pane_at(&self, pos: Pos2) -> Option<PaneId> {
        let is_uncovered = self
            .ctx
            .layer_id_at(pos)
            .is_none_or(|layer| layer == LayerId::background());
        is_uncovered
            .then(|| {
                self.memory
                    .rects
                    .iter()
                    .find(|(_, rect)| rect.contains(pos))
                    .map(|(pane, _)| *pane)
            })
            .flatten()
    }

    /// A place of the window in points from a pane's top left.
    fn in_pane(&self, pane: PaneId, pos: Pos2) -> DVec2 {
        let offset = pos - self.memory.rects.get(&pane).map_or(Pos2::ZERO, |rect| rect.min);
        DVec2::new(f64::from(offset.x), f64::from(offset.y))
    }

    fn tell(&mut self, pane: PaneId, action: PointerAction, pos: Pos2, modifiers: Modifiers) {
        let at = self.in_pane(pane, pos);
        self.commands.push(Command::Pointer(PointerEvent {
            pane,
            action,
            at,
            modifiers: tool_modifiers(modifiers),
        }));
    }

    fn press(&mut self, pos: Pos2, button: PointerButton, modifiers: Modifiers) {
        let Some(pane) = self.pane_at(pos).filter(|_| tool_button(button).is_some()) else {
            return;
        };
        if self.memory.pressed.is_some() || self.ctx.any_popup_open() {
            // A press beside a menu closes it, and a second button while one is down begins nothing.
            return;
        }
        // A click on a pane takes the keyboard back from the panels.
        self.ctx.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        });
        self.widget_has_keys = false;
        if self.state.view.focused != pane {
            self.commands.push(Command::Focus { pane });
        }
        let draws = painting::tool(self.state, pane).is_some();
        let acts_at_once = button == PointerButton::Primary
            && (!modifiers.any() || (draws && modifiers.shift_only()))
            && !matches!(
                tool::take_hold(self.state, pane, self.in_pane(pane, pos)),
                GestureKind::Window | GestureKind::Turn
            );
        self.memory.pressed = Some(Pressed {
            pane,
            button,
            at: pos,
            modifiers,
            is_told: acts_at_once,
        });
        if acts_at_once {
            self.tell(pane, PointerAction::Press(tool::Button::Left), pos, modifiers);
        }
    }

    fn moved(&mut self, pos: Pos2) {
        let Some(pressed) = self.memory.pressed else {
            return self.rest(pos);
        };
        let Some(button) = tool_button(pressed.button) else {
            return;
        };
        if !pressed.is_told {
            if (pos - pressed.at).length() <= CLICK_DISTANCE {
                return;
            }
            self.memory.pressed = Some(Pressed {
                is_told: true,
                ..pressed
            });
            self.tell(
                pressed.pane,
                PointerAction::Press(button),
                pressed.at,
                pressed.modifiers,
            );
        }
        self.drop_last_move(pressed.pane);
        self.tell(pressed.pane, PointerAction::Move, pos, self.modifiers);
        self.hover(Some((pressed.pane, pos)));
    }

    /// Of several moves in a row only the last one counts: a drag is computed from where it began.
    /// But of a line that is drawn every place counts.
    fn drop_last_move(&mut self, pane: PaneId) {
        let tool = self.state.view.tool_in(pane);
        if tool.is_some_and(|tool| tool.paints() || tool == Tool::Scalpel) {
            return;
        }
        if matches!(self.commands.last(), Some(Command::Hover { .. })) {
            self.commands.pop();
        }
        if matches!(self.commands.last(), Some(Command::Pointer(event)) if event.pane == pane && event.action == PointerAction::Move)
        {
            self.commands.pop();
        }
    }

    fn release(&mut self, pos: Pos2, button: PointerButton, modifiers: Modifiers) {
        let Some(pressed) = self.memory.pressed.filter(|pressed| pressed.button == button) else {
            return;
        };
        self.memory.pressed = None;
        if pressed.is_told {
            self.tell(pressed.pane, PointerAction::Release, pos, modifiers);
        } else if button == PointerButton::Secondary {
            self.memory.opens_menu = Some(pressed.pane);
        }
    }

    /// The window lost the keyboard: what is being dragged stays where it is.
    fn let_go(&mut self) {
        if let Some(pressed) = self.memory.pressed.take()
            && pressed.is_told
        {
            let pos = self.ctx.pointer_latest_pos().unwrap_or(pressed.at);
            self.tell(pressed.pane, PointerAction::Release, pos, self.modifiers);
        }
    }

    /// The pointer moves without a button.
    fn rest(&mut self, pos: Pos2) {
        let pane = if self.ctx.egui_is_using_pointer() {
            None
        } else {
            self.pane_at(pos)
        };
        self.hover(pane.map(|pane| (pane, pos)));
        if let Some(pane) = pane
            && self.modifiers.shift_only()
            && let Some(lps) = scenes::patient_at(self.state, pane, self.in_pane(pane, pos))
        {
            self.commands.push(Command::SetCrosshair { lps });
        }
    }

    fn hover(&mut self, at: Option<(PaneId, Pos2)>) {
        let at = at.map(|(pane, pos)| (pane, self.in_pane(pane, pos)));
        if at != self.state.hover {
            self.commands.push(Command::Hover { at });
        }
    }

    fn wheel(&mut self, unit: MouseWheelUnit, delta: f32, modifiers: Modifiers) {
        let Some(pos) = self.ctx.pointer_latest_pos() else {
            return;
        };
        let Some(pane) = self.pane_at(pos) else {
            return;
        };
        let notches = match unit {
            MouseWheelUnit::Point => delta / POINTS_PER_SLICE,
            MouseWheelUnit::Line => delta,
            MouseWheelUnit::Page => delta * 10.0,
        };
        if modifiers.shift && painting::brush(self.state, pane).is_some() {
            let steps = notches.signum() as i64;
            return self.commands.push(Command::Paint(PaintChange::StepRadius(steps)));
        }
        if modifiers.command || pane == PaneId::Volume {
            let at = self.in_pane(pane, pos);
            return self.commands.push(Command::Zoom {
                pane,
                at,
                factor: ZOOM_PER_NOTCH.powf(f64::from(notches)),
            });
        }
        // Turning back must answer at once.
        if self.memory.wheel * notches < 0.0 {
            self.memory.wheel = 0.0;
        }
        self.memory.wheel += notches;
        let whole = self.memory.wheel.trunc();
        self.memory.wheel -= whole;
        if whole != 0.0 {
            // Down is deeper.
            self.commands.push(Command::Scroll {
                pane,
                steps: -(whole as i64),
            });
        }
    }

    fn zoom(&mut self, factor: f64) {
        if let Some(pos) = self.ctx.pointer_latest_pos()
            && let Some(pane) = self.pane_at(pos)
        {
            let at = self.in_pane(pane, pos);
            self.commands.push(Command::Zoom { pane, at, factor });
        }
    }

    fn key(&mut self, key: Key, is_repeat: bool, modifiers: Modifiers) {
        let Some(row) = action::by_key(modifiers, key).filter(|row| !is_repeat || row.repeats) else {
            return;
        };
        let is_asked = self.state.leaving.is_some();
        if is_asked
            || self.memory.dialog.is_some() && !matches!(row.action, Action::Keys | Action::Settings | Action::Quit)
        {
            // The dialog has the keyboard, and closes by Escape itself.
            return;
        }
        let is_bare = !modifiers.command && !matches!(key, Key::F1);
        let belongs_to_widget =
            matches!(key, Key::Enter | Key::Tab | Key::Escape) || (self.widget_has_keys && is_movement(key));
        if is_bare && (self.is_typing || (self.widget_has_keys && belongs_to_widget) || self.ctx.any_popup_open()) {
            return;
        }
        // A point of a curve that has the keyboard is what is deleted.
        if matches!(key, Key::Delete | Key::Backspace) && self.memory.volume.has_point() {
            return;
        }
        // A text field has its own undo.
        if self.is_typing && modifiers.command && matches!(key, Key::Z | Key::Y) {
            return;
        }
        // Else egui would take Tab and arrows as a wish to go from button to button.
        self.ctx
            .memory_mut(|memory| memory.move_focus(egui::FocusDirection::None));
        if let Some(request) = row.request(self.state, self.state.view.focused) {
            carry_out(request, self.memory, &mut self.commands);
        }
        if key == Key::Escape {
            self.memory.pressed = None;
        }
    }

    fn double_click(&mut self) {
        let pane = self.memory.rects.keys().copied().find(|pane| {
            self.ctx
                .read_response(pane_id(*pane))
                .is_some_and(|response| response.double_clicked())
        });
        // Clicks with a tool that paints are corners and places, not wishes for another view.
        let Some(pane) = pane.filter(|pane| painting::tool(self.state, *pane).is_none()) else {
            return;
        };
        // In the volume view a double click brings the crosshair to what is seen there.
        if pane == PaneId::Volume
            && let Some(pos) = self.ctx.pointer_latest_pos()
            && let Some(lps) = scenes::place_under(self.state, self.in_pane(pane, pos))
        {
            return self.commands.push(Command::SetCrosshair { lps });
        }
        if let Some(request) = action::find(Action::Maximise).and_then(|row| row.request(self.state, pane)) {
            carry_out(request, self.memory, &mut self.commands);
        }
    }
}

/// Hands a request to whom it concerns.
pub fn carry_out(request: Request, memory: &mut Memory, commands: &mut Commands) {
    match request {
        Request::Command(command) => commands.push(command),
        Request::TypePath => memory.focus_path = true,
        Request::FocusBrowser => memory.focus_browser = true,
        Request::Show(dialog) => memory.toggle(dialog),
    }
}

fn is_movement(key: Key) -> bool {
    matches!(
        key,
        Key::ArrowUp
            | Key::ArrowDown
            | Key::ArrowLeft
            | Key::ArrowRight
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
    )
}

fn tool_button(button: PointerButton) -> Option<tool::Button> {
    match button {
        PointerButton::Primary => Some(tool::Button::Left),
        PointerButton::Middle => Some(tool::Button::Middle),
        PointerButton::Secondary => Some(tool::Button::Right),
        PointerButton::Extra1 | PointerButton::Extra2 => None,
    }
}

fn tool_modifiers(modifiers: Modifiers) -> tool::Modifiers {
    tool::Modifiers {
        ctrl: modifiers.command,
        shift: modifiers.shift,
        alt: modifiers.alt,
    }
}
