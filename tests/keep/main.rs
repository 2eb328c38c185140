//! Crawls keep coming: nothing is lost, nothing comes twice, whatever is killed, full or damaged.

#![allow(clippy::print_stdout, reason = "tests say what they did and what they skip")]
#![allow(clippy::format_push_string, reason = "speed is no matter here")]

mod crash;
mod damage;
mod failing;
mod full;
mod limits;
mod model;
mod support;
