//! Any bytes, read as tables with tabulators.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.tsv", bytes));
