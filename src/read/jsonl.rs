//! Crawl records: one JSON object a line.

use crate::article::{RawPage, Skip};

use super::source::Source;
use super::{Format, PagesOfFile, encoding, record};

/// JSON Lines, also called NDJSON.
pub(super) struct Jsonl;

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "JSON Lines"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        text.strip_prefix(b"{")
            .is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')))
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        Box::new(Lines { source, number: 0, line: Vec::new() })
    }
}

/// The lines of a file.
struct Lines {
    source: Source,
    number: u64,
    line: Vec<u8>,
}

impl Iterator for Lines {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.number += 1;
            match self.source.read_line(&mut self.line, self.number) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(skip) => return Some(Err(skip)),
            }
            let line = self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line).trim_ascii();
            if !line.is_empty() {
                return Some(read(&self.source, self.number, line));
            }
        }
    }
}

/// Reads one record.
fn read(source: &Source, number: u64, line: &[u8]) -> Result<RawPage, Skip> {
    let origin = source.line(number);
    if let Ok(line) = std::str::from_utf8(line) {
        return record::read(origin, line, "UTF-8", 0);
    }
    let decoded = encoding::decode(line, None);
    record::read(origin, &decoded.text, decoded.encoding, decoded.damaged)
}
