//! Tests of the house as a whole: its order, its promises over real texts, its behaviour when it
//! is killed. See `tests/README.md`.

#![allow(clippy::print_stdout, reason = "tests say what they skip and what they counted")]

mod copies;
mod filters;
mod floor;
mod literal;
mod quality;
mod seeds;
mod support;
mod swap;
mod tidy;
