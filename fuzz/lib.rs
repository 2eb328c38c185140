//! What all targets do: read bytes as a file of some name, and clean what comes out.

use liancheng::read::{ReadOptions, pages_of_bytes};

/// Reads bytes as a file; a page that makes the program stumble is a find.
pub fn read(name: &str, bytes: &[u8]) {
    let options = ReadOptions { max_page: 1 << 20, ..ReadOptions::default() };
    for result in pages_of_bytes(name, bytes.to_vec(), options) {
        match result {
            Ok(page) => drop(liancheng::clean::clean(page)),
            Err(skip) => assert!(!skip.reason.contains("stumble"), "{skip}"),
        }
    }
}
