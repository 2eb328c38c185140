//! Any bytes, read as JSON texts.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.json", bytes));
