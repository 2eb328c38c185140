//! The front door: hands the arguments to the command line and its answer to the shell.

use std::process::ExitCode;

/// Building an index is many short-lived strings and lists on all cores, which is what it is for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    liancheng::cli::run(std::env::args_os())
}
