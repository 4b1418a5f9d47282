//! The real program in a real window, with a hand on mouse and keyboard. What the interface does in detail is tested
//! without a window; here counts that the window opens, draws, reacts, sleeps and closes.

use std::time::Duration;

use super::desktop::{self, Desktop};

#[test]
fn the_demo_opens_in_a_window_reacts_sleeps_and_closes() {
    if !desktop::is_possible() {
        return;
    }
    let mut desktop = Desktop::with_program(&["demo"]);
    let start = desktop.settled_picture();
    start.keep("start.png");
}
