//! `isocenter completions SHELL`.

use clap::Args;
use clap_complete::Shell;

use super::{Outcome, output};

#[derive(Args)]
#[command(after_help = "Example:\n  isocenter completions bash > ~/.local/share/bash-completion/completions/isocenter")]
pub(super) struct CompletionsArgs {
    /// For which shell.
    shell: Shell,
}

pub(super) fn completions(args: &CompletionsArgs, command: &mut clap::Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "isocenter", &mut script);
    output::print(String::from_utf8_lossy(&script).trim_end())
}
