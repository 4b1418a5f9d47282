//! The program: flags to window or command line to exit status.

use std::process::ExitCode;

use isocenter::cli::{self, Run};
use isocenter::window;

fn main() -> ExitCode {
    match cli::parse() {
        Run::Done(code) => code,
        Run::Window(request) => {
            let cli::WindowRequest { paths, demo, record, script } = request;
            match window::run(window::Begin { paths, demo, record, script }) {
                Ok(()) => ExitCode::SUCCESS,
                Err(message) => cli::fail(&message),
            }
        }
    }
}
