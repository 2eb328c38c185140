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

    fn pages(&self, mut source: Source) -> PagesOfFile {
        // A line end is more than one byte in UTF-16, so that such a file is decoded as a whole.
        if encoding::is_utf16(source.peek()) {
            return match source.into_utf8() {
                Ok((source, encoding)) => Box::new(Lines::of(source, Some(encoding))),
                Err(skip) => Box::new(std::iter::once(Err(skip))),
            };
        }
        Box::new(Lines::of(source, None))
    }
}

/// The lines of a file.
struct Lines {
    source: Source,
    number: u64,
    line: Vec<u8>,
    /// What the file was decoded from, if it was decoded as a whole.
    encoding: Option<&'static str>,
}

impl Lines {
    fn of(source: Source, encoding: Option<&'static str>) -> Self {
        Self { source, number: 0, line: Vec::new(), encoding }
    }
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
                let origin = self.source.line(self.number);
                let page = record::read_bytes(origin, line, &self.source.fields);
                return Some(page.map(|page| match self.encoding {
                    Some(encoding) => RawPage { encoding, ..page },
                    None => page,
                }));
            }
        }
    }
}
