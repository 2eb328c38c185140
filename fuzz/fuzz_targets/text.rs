//! Any bytes, read as text dumps.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.txt", bytes));
