//! Any bytes, read as pages saved as MHTML.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.mhtml", bytes));
