//! The command line: one file a subcommand, the same code below as the window. Results go to stdout, everything else
//! to stderr; exit status 0 done, 1 failed, 2 wrong usage. README.md lists the calls.

mod bench;
mod compare;
mod completions;
mod convert;
mod demo;
mod info;
mod label_maps;
mod measure;
mod movie;
mod output;
mod picture;
mod probe;
mod readers;
mod render;
mod run;
mod source;
mod stats;
mod surfaces;
mod table;
mod tags;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::say;

pub use bench::interface::{InterfaceRequest, thread_clock};

/// Isocenter: a viewer for 3D medical images. Not a medical device; not for diagnosis.
#[derive(Parser)]
#[command(name = "isocenter", version = crate::app::version::full(), args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArgs,
    /// Says less on stderr.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Says more on stderr; twice for even more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

const EXAMPLES: &str = "Examples:\n  isocenter scan/                 open a folder of DICOM files in the window\n  isocenter demo                  open the built-in study\n  isocenter info scan/ --json     list what is in a folder\n  isocenter render scan/ --out axial.png --window lung";

#[derive(Args)]
struct WindowArgs {
    /// Files and folders to open in the window.
    paths: Vec<PathBuf>,
    /// Writes every command of the session to FILE, to be replayed by `isocenter run`.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Opens the built-in study, or writes it to files.
    Demo(demo::DemoArgs),
    /// Lists every volume and what was skipped, and why.
    Info(info::InfoArgs),
    /// Prints values at voxels and at places of the patient.
    Probe(probe::ProbeArgs),
    /// Measures lengths between points of a file.
    Measure(measure::MeasureArgs),
    /// Judges a segmentation by a reference: overlaps, distances, volumes.
    Compare(compare::CompareArgs),
    /// Compares the segmentations of several readers with each other and with their likely truth.
    Readers(readers::ReadersArgs),
    /// Measures every segment of a label map, and an image in it.
    Stats(stats::StatsArgs),
    /// Writes a volume to a NIfTI file or a DICOM series.
    Convert(convert::ConvertArgs),
    /// Prints the elements of a DICOM file or the header of a NIfTI file.
    Tags(tags::TagsArgs),
    /// Draws one picture as a PNG, or a movie, by the same code as the window.
    Render(Box<render::RenderArgs>),
    /// Replays recorded commands, one JSON document a line.
    Run(run::RunArgs),
    /// Times its own stages on this machine.
    Bench(bench::BenchArgs),
    /// Prints shell completions.
    Completions(completions::CompletionsArgs),
}

/// What the program is to do after its flags were read.
pub enum Run {
    /// Nothing more.
    Done(ExitCode),
    /// Open the window.
    Window(WindowRequest),
    /// Measure the window's interface.
    Interface(InterfaceRequest),
}

/// What to open in the window.
#[derive(Default)]
pub struct WindowRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The built-in study.
    pub demo: bool,
    /// Where to write the session's commands.
    pub record: Option<PathBuf>,
    /// Commands to replay, each when all jobs of the one before have ended.
    pub script: Vec<crate::app::Command>,
}

/// Why a subcommand failed: exit status 1, and one line on stderr.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl<E: std::fmt::Display> From<E> for Failure {
    fn from(err: E) -> Self {
        Self(err.to_string())
    }
}

type Outcome = Result<(), Failure>;

/// Prints the one line that says what failed.
pub fn fail(message: &str) -> ExitCode {
    output::complain(&say!("cli-error", message = message.to_owned()));
    ExitCode::FAILURE
}

/// Reads the flags and carries a subcommand out.
pub fn parse() -> Run {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(err) => return Run::Done(usage(&err)),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(err) => return Run::Done(usage(&err)),
    };
    start_log(cli.quiet, cli.verbose);
    let Some(command) = cli.command else {
        // A mistyped subcommand looks like a path.
        let missing = cli.window.paths.iter().find(|path| !path.exists());
        if let Some(missing) = missing {
            output::complain(&say!(
                "cli-error",
                message = say!("cli-neither-file-nor-command", word = missing.display().to_string())
            ));
            return Run::Done(ExitCode::from(2));
        }
        return Run::Window(WindowRequest {
            paths: cli.window.paths,
            record: cli.window.record,
            ..WindowRequest::default()
        });
    };
    if let Command::Render(args) = &command
        && let Err(message) = args.check()
    {
        return Run::Done(usage(
            &Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message),
        ));
    }
    let quiet = cli.quiet;
    let outcome = match command {
        Command::Demo(args) if args.opens_window() => {
            return Run::Window(WindowRequest {
                demo: true,
                ..WindowRequest::default()
            });
        }
        Command::Demo(args) => demo::demo(&args, quiet),
        Command::Info(args) => info::info(&args, quiet),
        Command::Probe(args) => probe::probe(&args, &probe::asked_order(&matches), quiet),
        Command::Measure(args) => measure::measure(&args, quiet),
        Command::Compare(args) => compare::compare(&args, quiet),
        Command::Readers(args) => readers::readers(&args, quiet),
        Command::Stats(args) => stats::stats(&args, quiet),
        Command::Convert(args) => convert::convert(&args, quiet),
        Command::Tags(args) => tags::tags(&args),
        Command::Render(args) => render::render(&args, quiet),
        Command::Run(args) if args.window => match run::read_script(&args.script) {
            Ok(script) => {
                return Run::Window(WindowRequest {
                    script,
                    ..WindowRequest::default()
                });
            }
            Err(failure) => Err(failure),
        },
        Command::Run(args) => run::run(&args, quiet),
        Command::Bench(args) if args.is_of_interface() => return Run::Interface(InterfaceRequest::new(&args)),
        Command::Bench(args) => bench::bench(&args, quiet),
        Command::Completions(args) => completions::completions(&args, &mut Cli::command()),
    };
    Run::Done(match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => fail(&message),
    })
}

/// clap prints help and version to stdout with status 0, and complaints to stderr with status 2.
fn usage(err: &clap::Error) -> ExitCode {
    // Nothing can be done if the terminal is gone.
    err.print().ok();
    ExitCode::from(u8::try_from(err.exit_code()).unwrap_or(2))
}

fn start_log(quiet: bool, verbose: u8) {
    let level = match (quiet, verbose) {
        (true, _) => "error",
        (false, 0) => "warn,wgpu_hal=error,wgpu_core=error",
        (false, 1) => "info,wgpu_hal=warn,wgpu_core=warn",
        (false, _) => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .with_target(false)
        .init();
}

/// A point written as `x,y,z`.
fn parse_numbers<const N: usize>(text: &str) -> Result<[f64; N], String> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|part| {
            part.trim()
                .parse::<f64>()
                .map_err(|_| say!("cli-not-a-number", word = part.to_owned()))
        })
        .collect::<Result<_, _>>()?;
    if numbers.iter().any(|number| !number.is_finite()) {
        return Err(say!("cli-not-a-number", word = text.to_owned()));
    }
    <[f64; N]>::try_from(numbers).map_err(|numbers| say!("cli-wrong-count", expected = N, got = numbers.len()))
}

/// A number above zero.
fn parse_positive(text: &str) -> Result<f64, String> {
    let [number] = parse_numbers::<1>(text)?;
    if number > 0.0 {
        Ok(number)
    } else {
        Err(say!("cli-not-positive", word = text.to_owned()))
    }
}

/// The words of the command line, for tests.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Whether flags can be parsed, for tests.
pub fn accepts(words: &[OsString]) -> bool {
    Cli::try_parse_from(words).is_ok()
}
