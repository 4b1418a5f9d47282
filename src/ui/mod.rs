//! The window: reads the state, pushes commands.
