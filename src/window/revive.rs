//! A graphics device can be lost: its driver restarts, a computer wakes, a card is pulled out. Nothing can be drawn in
//! that window any more, so it is closed, and another is opened on a new device around the same program: what is open,
//! what was done and what jobs are doing stays.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::app::{Command, Program};
use crate::ui::Memory;

/// How often a window that does not live long is opened again.
const MOST_TRIES: u32 = 3;

/// A window that lived this long did well.
const LONG: Duration = Duration::from_secs(60);

/// What outlives a window.
pub(super) struct Kept {
    pub(super) program: Program,
    pub(super) memory: Memory,
    pub(super) wake: Wake,
    /// Where panels and scrolled lists are.
    pub(super) places: egui::Memory,
    /// Commands that are still to be replayed, the next one last.
    pub(super) script: Vec<Command>,
}

/// Where a window that has lost its device leaves everything for the next one.
pub(super) type Legacy = Rc<RefCell<Option<Kept>>>;

/// Wakes the window there is, from any thread.
#[derive(Clone, Default)]
pub(super) struct Wake {
    window: Arc<Mutex<Option<egui::Context>>>,
}

impl Wake {
    /// From now on this window is woken.
    pub(super) fn turn_to(&self, window: &egui::Context) {
        if let Ok(mut now) = self.window.lock() {
            *now = Some(window.clone());
        }
        window.request_repaint();
    }

    /// For the program.
    pub(super) fn caller(&self) -> Arc<dyn Fn() + Send + Sync> {
        let window = Arc::clone(&self.window);
        Arc::new(move || {
            if let Ok(window) = window.lock()
                && let Some(window) = &*window
            {
                window.request_repaint();
            }
        })
    }
}

/// Opens windows until one is closed and not lost. The error is that of the last, if none can be opened any more; what
/// the program has to write down is written when the legacy goes.
pub(super) fn again_and_again(legacy: &Legacy, mut open: impl FnMut() -> Result<(), String>) -> Result<(), String> {
    let mut tries = 0;
    loop {
        let began = Instant::now();
        let ended = open();
        let is_lost = legacy.borrow().is_some();
        if !is_lost {
            return ended;
        }
        tries = if began.elapsed() > LONG { 1 } else { tries + 1 };
        if tries > MOST_TRIES {
            return ended;
        }
        tracing::warn!("the graphics device was lost; opening the window again");
        // A driver that restarts takes a while.
        rest(Duration::from_millis(300) * tries);
    }
}

/// Waits for a message that never comes.
fn rest(time: Duration) {
    let (_nobody, messages) = std::sync::mpsc::channel::<()>();
    messages.recv_timeout(time).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        let wake = Wake::default();
        Kept {
            program: Program::new(wake.caller()),
            memory: Memory::default(),
            wake,
            places: egui::Memory::default(),
            script: Vec::new(),
        }
    }

    #[test]
    fn a_lost_window_is_opened_again_and_a_closed_one_is_not() {
        let legacy = Legacy::default();
        let mut opened = 0;
        let ended = again_and_again(&legacy, || {
            opened += 1;
            *legacy.borrow_mut() = (opened == 1).then(kept);
            Ok(())
        });
        assert_eq!((ended, opened), (Ok(()), 2));
    }

    #[test]
    fn it_gives_up_where_there_is_no_device_any_more() {
        let legacy = Legacy::default();
        *legacy.borrow_mut() = Some(kept());
        let mut opened = 0;
        let ended = again_and_again(&legacy, || {
            opened += 1;
            Err("there is none".to_owned())
        });
        assert_eq!((ended, opened), (Err("there is none".to_owned()), MOST_TRIES + 1));
    }
}
