//! Any text → a plan, whole and word for word.

#![no_main]

use liancheng::query::Plan;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let plan = Plan::of(text);
    assert_eq!(plan.query, text);
    let _ = Plan::literally(text);
});
