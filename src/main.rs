//! The program: flags to window or command line to exit status.

use std::process::ExitCode;

use isocenter::cli::{self, Run};

fn main() -> ExitCode {
    match cli::parse() {
        Run::Done(code) => code,
        Run::Window(_) => cli::fail("the window is not there yet"),
    }
}
