//! Crawls in every format, whole and damaged: what is read of them, and that nothing is lost
//! silently.

#![allow(clippy::print_stdout, reason = "tests tell what they measured or skipped")]

mod desk;
mod encodings;
mod hostile;
mod make;
mod mutations;
mod shown;
mod warc;
