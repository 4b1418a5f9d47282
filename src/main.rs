//! The program: flags to window or command line to exit status.

use std::process::ExitCode;

use isocenter::cli::{self, Run};
use isocenter::io::home::Home;
use isocenter::window;

fn main() -> ExitCode {
    keep_mesa_quiet();
    match cli::parse() {
        Run::Done(code) => code,
        Run::Window(request) => {
            let cli::WindowRequest {
                paths,
                demo,
                record,
                script,
            } = request;
            // A script shows the same whatever its user is used to.
            let home = if script.is_empty() { Home::of_user() } else { None };
            match window::run(window::Begin {
                paths,
                demo,
                record,
                script,
                home,
            }) {
                Ok(()) => ExitCode::SUCCESS,
                Err(message) => cli::fail(&message),
            }
        }
        Run::Interface(request) => measure_interface(&request),
    }
}

fn measure_interface(request: &cli::InterfaceRequest) -> ExitCode {
    let rehearsal = window::frames::Rehearsal {
        paths: request.paths.clone(),
        size: request.size.map(|side| side as f32),
        frames: request.frames,
    };
    match rehearsal.measure(&cli::thread_clock) {
        Ok(times) => {
            let times: Vec<_> = times.iter().map(|time| (time.interface, time.triangles)).collect();
            request.print(&times)
        }
        Err(message) => cli::fail(&message),
    }
}

/// Without a desktop session, a layer of Mesa's Vulkan looks for one all the same and complains on stderr, where a
/// script expects our words only. Mesa's own switch turns that layer off; nothing else reads it.
#[expect(unsafe_code, reason = "changing the environment is safe before there are threads")]
fn keep_mesa_quiet() {
    let has_session = std::env::var_os("XDG_RUNTIME_DIR").is_some();
    if cfg!(target_os = "linux") && !has_session {
        // SAFETY: this is the first thing that main does, and the process has one thread.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}
