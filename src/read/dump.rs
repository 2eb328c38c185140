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

    fn recognises(&self, start: &[u8]) -> bool {
        !encoding::is_binary(start)
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        single(source, |origin, bytes| page(origin, bytes, Given::default(), "text"))
    }
}

/// Makes a page of the bytes of a dump.
pub(super) fn page(
    origin: Origin,
    bytes: Vec<u8>,
    given: Given,
    format: &'static str,
) -> Result<RawPage, Skip> {
    if encoding::is_binary(&bytes) {
        return Err(Skip::new(origin, "is no text").hint("give it the ending of what it is"));
    }
    let decoded = encoding::decode_owned(bytes, &[]);
    Ok(RawPage {
        origin,
        given,
        content: Content::Dump(decoded.text),
        format,
        encoding: decoded.encoding,
        damaged: decoded.damaged,
    })
}
