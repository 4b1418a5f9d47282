//! The program without a window: state, commands, update, jobs, tools.
