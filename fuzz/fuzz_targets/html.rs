//! Any bytes, read as web pages.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| liancheng_fuzz::read("a.html", bytes));
