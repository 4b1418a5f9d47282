//! Tests of the interface: by accessible label without a window, and one real window.

#![cfg(test)]

mod desktop;
mod real_window;
