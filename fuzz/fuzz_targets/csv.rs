//! Any bytes, read as tables with commas.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.csv", bytes));
