//! `liancheng completions SHELL`.

use clap::CommandFactory;

use super::args::{Args, CompletionsArgs};
use super::{CliError, Console, Outcome};

/// Prints what a shell has to know to complete our commands.
pub(super) fn run(args: &CompletionsArgs, console: &mut Console<'_>) -> Result<Outcome, CliError> {
    // The generator panics when its output goes away, so it writes to memory first.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "liancheng", &mut script);
    console.out().write_all(&script)?;
    Ok(Outcome::Done)
}
