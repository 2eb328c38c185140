//! Any bytes, read as lines of JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.jsonl", bytes));
