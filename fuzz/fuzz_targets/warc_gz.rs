//! Any bytes, read as packed WARC records.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.warc.gz", bytes));
