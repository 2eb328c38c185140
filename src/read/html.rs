//! Saved web pages: one page a file.

use encoding_rs::Encoding;

use crate::article::{Content, Given, Origin, RawPage, Skip};

use super::source::Source;
use super::{Format, PagesOfFile, encoding, single};

/// HTML and XHTML.
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "HTML"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml", "shtml"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        is_page_of_markup(start)
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        single(source, |origin, bytes| page(origin, bytes, None, Given::default(), "HTML"))
    }
}

/// Whether bytes that start so are markup from their beginning.
pub(super) fn is_page_of_markup(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(super::START)];
    if encoding::is_binary(start) {
        return false;
    }
    let text = encoding::decode(start, &[]).text;
    text.trim_start().starts_with('<') && is_markup(&text)
}

/// Makes a page of the bytes of markup; `served` is the encoding that the server declared.
pub(super) fn page(
    origin: Origin,
    bytes: Vec<u8>,
    served: Option<&'static Encoding>,
    given: Given,
    format: &'static str,
) -> Result<RawPage, Skip> {
    if encoding::is_binary(&bytes) {
        return Err(Skip::new(origin, "is no text").hint("give it the ending of what it is"));
    }
    let declared: Vec<_> = served.into_iter().chain(encoding::declared_in_html(&bytes)).collect();
    let decoded = encoding::decode_owned(bytes, &declared);
    Ok(RawPage {
        origin,
        given,
        content: Content::Html(decoded.text),
        format,
        encoding: decoded.encoding,
        damaged: decoded.damaged,
    })
}

/// Elements that texts are made of; one closed or two open make a text markup.
const ELEMENTS: &[&str] = &[
    "p",
    "br",
    "div",
    "span",
    "a",
    "img",
    "html",
    "body",
    "head",
    "meta",
    "title",
    "section",
    "article",
    "table",
    "tr",
    "td",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "strong",
    "b",
    "em",
    "font",
    "figure",
    "figcaption",
    "blockquote",
    "center",
    "iframe",
    "video",
    "!doctype",
    "script",
    "style",
    "link",
    "hr",
    "i",
    "u",
];

/// Whether a text is markup rather than prose that happens to hold angle brackets.
pub(super) fn is_markup(text: &str) -> bool {
    let mut found = 0;
    for part in text.split('<').skip(1).take(200) {
        let (closing, part) = part.strip_prefix('/').map_or((0, part), |rest| (1, rest));
        let end =
            part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '!')).unwrap_or(part.len());
        let name = &part[..end];
        let is_tag = part[end..].starts_with(['>', ' ', '/', '\n', '\t', '\r'])
            && part[end..].contains('>')
            && ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name));
        if is_tag {
            found += 1 + closing;
        }
        if found >= 2 {
            return true;
        }
    }
    found > 0 && text.trim_start().starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_from_prose() {
        for (text, markup) in [
            ("<p>佛山与茂名签约。</p>", true),
            ("佛山与茂名签约。<br/>两地<br>携手", true),
            ("<div class=\"a\"><P>佛山</P>", true),
            ("气温<5℃，且>0℃", false),
            ("用 <p> 标签", false),
            ("《人才<飞地>》", false),
            ("", false),
        ] {
            assert_eq!(is_markup(text), markup, "{text}");
        }
    }
}
