//! `isocenter bench --only interface`: what the window measured, printed. Nothing here knows the window: `main` has it
//! measured between the reading of the flags and this.

use std::process::ExitCode;
use std::time::Duration;

use cpu_time::ThreadTime;
use serde::Serialize;

use super::{BenchArgs, ms_of};
use crate::algo::percentile;
use crate::cli::{Failure, fail, output};
use crate::say;

/// What is to be measured.
pub struct InterfaceRequest {
    /// What to open.
    pub paths: Vec<std::path::PathBuf>,
    /// Of the window in pixels.
    pub size: [u32; 2],
    /// How many frames.
    pub frames: u32,
    json: bool,
}

impl InterfaceRequest {
    pub(in crate::cli) fn new(args: &BenchArgs) -> Self {
        Self {
            paths: vec![args.path.clone()],
            size: args.size.unwrap_or([1920, 1080]),
            frames: args.frames.unwrap_or(300),
            json: args.json,
        }
    }

    /// Prints the processor times of the frames: (interface and commands, triangles).
    pub fn print(&self, frames: &[(Duration, Duration)]) -> ExitCode {
        let mut interface: Vec<f64> = frames.iter().map(|(interface, _)| ms_of(*interface)).collect();
        let mut triangles: Vec<f64> = frames.iter().map(|(_, triangles)| ms_of(*triangles)).collect();
        let at = |times: &mut Vec<f64>, percent| percentile::percentile(times, percent).unwrap_or(f64::NAN);
        let report = Report {
            size: self.size,
            frames: frames.len(),
            interface_cpu_ms: at(&mut interface, 50.0),
            interface_p95_cpu_ms: at(&mut interface, 95.0),
            triangles_cpu_ms: at(&mut triangles, 50.0),
            triangles_p95_cpu_ms: at(&mut triangles, 95.0),
        };
        let outcome = if self.json {
            output::print_json(&report)
        } else {
            output::print(&say!(
                "cli-bench-interface",
                size = format!("{}x{}", self.size[0], self.size[1]),
                interface = format!("{:.2}", report.interface_cpu_ms),
                slow = format!("{:.2}", report.interface_p95_cpu_ms),
                triangles = format!("{:.2}", report.triangles_cpu_ms)
            ))
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure(message)) => fail(&message),
        }
    }
}

/// How long this thread has worked.
pub fn thread_clock() -> Duration {
    ThreadTime::now().as_duration()
}

#[derive(Serialize)]
struct Report {
    size: [u32; 2],
    frames: usize,
    interface_cpu_ms: f64,
    interface_p95_cpu_ms: f64,
    triangles_cpu_ms: f64,
    triangles_p95_cpu_ms: f64,
}
