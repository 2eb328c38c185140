//! Any bytes, read as ZIP archives.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.zip", bytes));
