//! The program as a shell sees it: what is typed, what is printed, how it ends.

#![allow(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

mod build;
mod copies;
mod desk;
mod help;
mod pages;
mod partners;
mod search;
mod trend;
