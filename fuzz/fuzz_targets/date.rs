//! Any text → a date: what is read can be written and read again.

#![no_main]

use liancheng::understand::date::parse_date_header;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(date) = parse_date_header(text)
        && date.year().is_some()
    {
        assert_eq!(parse_date_header(&date.to_string()), Some(date), "{text}");
    }
});
