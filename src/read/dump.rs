//! Text dumps: everything a page showed, without markup, one page a file.

use crate::article::{Content, Given, Origin, RawPage, Skip};

use super::source::Source;
use super::{Format, PagesOfFile, encoding, single};

/// Plain text.
pub(super) struct Dump;

impl Format for Dump {
    fn name(&self) -> &'static str {
        "text"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn recognises(&self, _start: &[u8]) -> bool {
        true
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        single(source, read)
    }
}

fn read(origin: Origin, bytes: Vec<u8>) -> Result<RawPage, Skip> {
    if encoding::is_binary(&bytes) {
        return Err(Skip::new(origin, "is no text").hint("give it the ending of what it is"));
    }
    let decoded = encoding::decode_owned(bytes, None);
    Ok(RawPage {
        origin,
        given: Given::default(),
        content: Content::Dump(decoded.text),
        encoding: decoded.encoding,
        damaged: decoded.damaged,
    })
}
