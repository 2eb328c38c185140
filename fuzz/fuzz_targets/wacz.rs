//! Any bytes, read as WACZ archives.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.wacz", bytes));
