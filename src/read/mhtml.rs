//! A page that a browser saved in one file (MHTML, RFC 2557): the part that is the page itself.

use encoding_rs::Encoding;
use mailparse::{MailHeaderMap, ParsedMail};

use crate::article::{Given, Origin, RawPage, Skip};

use super::source::Source;
use super::{Format, PagesOfFile, dump, html, single};

/// MHTML.
pub(super) struct Mhtml;

impl Format for Mhtml {
    fn name(&self) -> &'static str {
        "MHTML"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["mhtml", "mht"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        let head = String::from_utf8_lossy(&start[..start.len().min(2048)]).to_ascii_lowercase();
        let field = |name: &str| head.starts_with(name) || head.contains(&format!("\n{name}"));
        field("mime-version:") && field("content-type: multipart/related")
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        single(source, |origin, bytes| read(origin, &bytes))
    }
}

/// How deep parts may lie within parts.
const DEEPEST: usize = 16;

fn read(origin: Origin, bytes: &[u8]) -> Result<RawPage, Skip> {
    let mail = match mailparse::parse_mail(bytes) {
        Ok(mail) => mail,
        Err(error) => {
            return Err(Skip::new(origin, format!("is no page saved as MHTML: {error}"))
                .hint("save the page again"));
        }
    };
    let mut parts = Vec::new();
    gather(&mail, 0, &mut parts);
    let is =
        |part: &&&ParsedMail<'_>, kinds: &[&str]| kinds.contains(&part.ctype.mimetype.as_str());
    let page = |part: &&&ParsedMail<'_>| is(part, &["text/html", "application/xhtml+xml"]);
    // The sender may name the part with which to begin.
    let start = mail.ctype.params.get("start");
    let named = parts.iter().find(|part| {
        page(part)
            && start.is_some()
            && part.headers.get_first_value("Content-ID").as_ref() == start
    });
    let first = named.or_else(|| parts.iter().find(page));
    let Some(part) = first.or_else(|| parts.iter().find(|part| is(part, &["text/plain"]))) else {
        return Err(Skip::new(origin, "holds no part that is a page")
            .hint("save the page again, as a whole"));
    };
    let address = [
        mail.headers.get_first_value("Snapshot-Content-Location"),
        part.headers.get_first_value("Content-Location"),
        mail.headers.get_first_value("Content-Location"),
    ];
    let given = Given {
        url: address.into_iter().flatten().find(|address| address.starts_with("http")),
        crawled: mail.headers.get_first_value("Date"),
        ..Given::default()
    };
    let body = match part.get_body_raw() {
        Ok(body) => body,
        Err(error) => {
            return Err(Skip::new(
                origin,
                format!("holds a page that cannot be unpacked: {error}"),
            )
            .hint("save the page again"));
        }
    };
    let served =
        part.ctype.params.get("charset").and_then(|label| Encoding::for_label(label.as_bytes()));
    if page(&part) {
        html::page(origin, body, served, given, "MHTML")
    } else {
        dump::page(origin, body, given, "MHTML")
    }
}

/// Lists a part and what lies in it.
fn gather<'m, 'a>(part: &'m ParsedMail<'a>, depth: usize, parts: &mut Vec<&'m ParsedMail<'a>>) {
    parts.push(part);
    if depth < DEEPEST {
        part.subparts.iter().for_each(|part| gather(part, depth + 1, parts));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_found_among_the_parts() {
        let gbk = encoding_rs::GBK.encode("<html><p>佛山与茂名签约。</p></html>").0.into_owned();
        let quoted: String =
            gbk.iter().fold(String::new(), |all, byte| all + &format!("={byte:02X}"));
        let mail = format!(
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://a.cn/1\r\n\
             Subject: =?utf-8?Q?x?=\r\nDate: Wed, 9 Oct 2024 08:00:00 -0000\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--b--\"\r\n\r\n\r\n\
             ----b--\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n\
             ----b--\r\nContent-Type: text/html; charset=utf-8\r\nContent-ID: <f@mhtml>\r\n\
             Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://a.cn/1\r\n\r\n\
             {quoted}\r\n----b----\r\n"
        );
        assert!(Mhtml.recognises(mail.as_bytes()));
        let page = read(Origin::file("a.mht"), mail.as_bytes()).unwrap();
        assert_eq!(page.content.text().trim_end(), "<html><p>佛山与茂名签约。</p></html>");
        assert_eq!((page.encoding, page.damaged), ("gb18030", 0), "the bytes decide");
        assert_eq!(page.given.url.as_deref(), Some("https://a.cn/1"));
        assert_eq!(page.given.crawled.as_deref(), Some("Wed, 9 Oct 2024 08:00:00 -0000"));
        let told = read(Origin::file("a.mht"), b"Content-Type: image/png\r\n\r\nx");
        assert_eq!(told.unwrap_err().reason, "holds no part that is a page");
    }
}
