//! Any bytes, read as TAR archives.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.tar", bytes));
