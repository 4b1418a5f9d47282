//! Isocenter
