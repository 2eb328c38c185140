//! The server as scripts and browsers see it: its contract, its limits, hostile articles, swaps of
//! the index beneath it, the page in a real browser.

#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod browser;
mod contract;
mod hostile;
mod limits;
mod server;
mod swaps;
