//! The front door: hands the arguments to the command line and its answer to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    liancheng::cli::run(std::env::args_os())
}
