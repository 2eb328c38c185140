//! The command line: what was typed → the rooms → what is printed. The only room that prints.
//!
//! One file a command; `args.rs` holds what can be typed, `error.rs` is the one door through which
//! failures go to a person, `console.rs` is where everything is printed.

mod ago;
mod analyze;
mod args;
mod batch;
mod check;
mod completions;
mod console;
mod error;
mod eval;
mod facets;
mod index;
mod meant;
mod new;
mod partners;
mod progress;
#[cfg(feature = "cluster")]
mod push;
mod read;
mod saved;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod similar;
mod status;
mod trend;
mod watch;
mod whence;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

pub use console::Console;
pub use error::CliError;

use args::{Args, Command};

/// How a command ended; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or found.
    Done = 0,
    /// Nothing was found.
    Nothing = 1,
    /// It could not be done, or something was skipped under `--strict`.
    Failed = 2,
}

/// Runs the program with the arguments of a shell.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut err = std::io::stderr();
    std::panic::set_hook(Box::new(|mistake| {
        // Whoever looks at bytes that may be damaged says so himself.
        if !crate::index::is_guarded() {
            console::confess(&mistake.to_string());
        }
    }));
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| {
        run_on(args, &mut Console::of_process(&mut out, &mut err))
    }));
    ExitCode::from(ran.unwrap_or(Outcome::Failed) as u8)
}

/// Runs the program on any console.
pub fn run_on(args: impl IntoIterator<Item = OsString>, console: &mut Console<'_>) -> Outcome {
    let args = match Args::try_parse_from(args.into_iter().map(meant::shield)) {
        Ok(args) => args,
        Err(error) => return console.usage(&error),
    };
    console.choose(args.color);
    let home = &args.index;
    let done = match args.command {
        Command::Index(args) => index::index(home, &args, console),
        Command::Rebuild(args) => index::rebuild(home, &args, console),
        Command::Search(args) => search::run(home, &args, console),
        Command::Facets(args) => facets::run(home, &args, console),
        Command::Partners(args) => partners::run(home, &args, console),
        Command::Trend(args) => trend::run(home, &args, console),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(home, &args, console),
        #[cfg(feature = "cluster")]
        Command::Push(args) => push::run(home, &args, console),
        Command::Show(args) => show::run(home, &args, console),
        Command::Status(args) => status::run(home, &args, console),
        Command::Watch(args) => watch::run(home, &args, console),
        Command::New(args) => new::run(home, &args, console),
        Command::Check(args) => check::run(home, &args, console),
        Command::Read(args) => read::run(&args, console),
        Command::Similar(args) => similar::run(home, &args, console),
        Command::Batch(args) => batch::run(home, &args, console),
        Command::Analyze(args) => analyze::run(&args, console),
        Command::Eval(args) => eval::run(home, &args, console),
        Command::Completions(args) => completions::run(&args, console),
    };
    match done.and_then(|outcome| console.finish().map(|()| outcome)) {
        Ok(outcome) => outcome,
        // Whoever read our output has seen enough.
        Err(error) if error.is_broken_pipe() => Outcome::Done,
        Err(error) => {
            console.fail(&error);
            Outcome::Failed
        }
    }
}
