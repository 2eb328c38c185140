//! WACZ files (Webrecorder's format): a ZIP archive with WARC files in its folder `archive`.
//!
//! Beside them lie indexes of the records and lists of the pages, which say nothing more.

use super::source::Source;
use super::{Format, PagesOfFile, zip};

/// WACZ.
pub(super) struct Wacz;

impl Format for Wacz {
    fn name(&self) -> &'static str {
        "WACZ"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["wacz"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        // The name of the first member stands behind 30 bytes.
        let name = start.strip_prefix(b"PK\x03\x04").and_then(|rest| rest.get(26..));
        name.is_some_and(|name| {
            let warc = name.starts_with(b"archive/")
                && name
                    .iter()
                    .take(200)
                    .collect::<Vec<_>>()
                    .windows(5)
                    .any(|w| w.iter().map(|byte| **byte).eq(b".warc".iter().copied()));
            warc || name.starts_with(b"datapackage.json") || name.starts_with(b"indexes/")
        })
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        zip::members(source, |name| name.starts_with("archive/"))
    }
}
