//! What a server answered, as it was sent → its head, and its body unpacked.

use std::io::Read;

use encoding_rs::Encoding;

use super::encoding;

/// What the head of an answer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// `200`, `404` …
    pub(super) status: u16,
    /// Kind of the body in lower case, without what follows it (`text/html`).
    pub(super) kind: Option<String>,
    /// The encoding that the server declares.
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) chunked: bool,
    /// How the body is packed, in the order in which that was done.
    pub(super) codings: Vec<String>,
}

impl Head {
    /// Reads the lines of a head, the status line first; none if they are no head.
    pub(super) fn of(lines: &[Vec<u8>]) -> Option<Self> {
        let status = lines.first()?.strip_prefix(b"HTTP/")?;
        let status =
            String::from_utf8_lossy(status).split_ascii_whitespace().nth(1)?.parse().ok()?;
        let mut head = Self { status, ..Self::default() };
        for line in &lines[1..] {
            let line = String::from_utf8_lossy(line);
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => {
                    head.kind = kind_of(value);
                    head.encoding = encoding::declared_in_header(value);
                }
                "transfer-encoding" => {
                    head.chunked = value.to_ascii_lowercase().contains("chunked");
                }
                "content-encoding" => {
                    let codings = value.split(',').map(|coding| coding.trim().to_ascii_lowercase());
                    head.codings.extend(codings.filter(|c| !c.is_empty() && c != "identity"));
                }
                _ => {}
            }
        }
        Some(head)
    }

    /// Unpacks the body, to at most `limit` bytes and one more. Crawlers that unpack what they
    /// write often keep the head as it was, so that a body which is not packed as the head says is
    /// taken as it is.
    pub(super) fn unpack(&self, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
        let mut body = if self.chunked { dechunked(&body).unwrap_or(body) } else { body };
        for coding in self.codings.iter().rev() {
            let most = limit as u64 + 1;
            let mut unpacked = Vec::new();
            let bytes = body.as_slice();
            let read = match coding.as_str() {
                "gzip" | "x-gzip" if bytes.starts_with(&[0x1f, 0x8b]) => {
                    flate2::read::MultiGzDecoder::new(bytes).take(most).read_to_end(&mut unpacked)
                }
                // Most servers mean zlib's form by it, some the bare one.
                "deflate" if is_zlib(bytes) => {
                    flate2::read::ZlibDecoder::new(bytes).take(most).read_to_end(&mut unpacked)
                }
                "deflate" if encoding::is_binary(bytes) => {
                    flate2::read::DeflateDecoder::new(bytes).take(most).read_to_end(&mut unpacked)
                }
                "br" if !looks_like_markup(bytes) => {
                    brotli_decompressor::Decompressor::new(bytes, 4096)
                        .take(most)
                        .read_to_end(&mut unpacked)
                }
                "zstd" if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
                    zstd::stream::read::Decoder::new(bytes)
                        .and_then(|decoder| decoder.take(most).read_to_end(&mut unpacked))
                }
                "gzip" | "x-gzip" | "deflate" | "br" | "zstd" => continue,
                other => return Err(format!("is packed with `{other}`, which is not known here")),
            };
            if let Err(error) = read {
                return Err(format!("cannot be unpacked ({coding}): {error}"));
            }
            body = unpacked;
        }
        Ok(body)
    }
}

/// The kind in a `Content-Type`, in lower case.
pub(super) fn kind_of(content_type: &str) -> Option<String> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!kind.is_empty()).then_some(kind)
}

/// Whether bytes begin as markup does, so that nobody needs to unpack them.
fn looks_like_markup(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.first() == Some(&b'<') && !encoding::is_binary(start)
}

/// Whether bytes begin with the head of zlib's form (RFC 1950).
fn is_zlib(bytes: &[u8]) -> bool {
    let [first, second, ..] = bytes else { return false };
    first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)) % 31 == 0
}

/// Joins the chunks of a body (RFC 9112, 7.1); none if it is not in chunks. A last chunk that
/// breaks off gives what is there of it.
fn dechunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = memchr::memchr(b'\n', &rest[..rest.len().min(256)]);
        let Some(end) = end else {
            // Nothing at all was in chunks, or the end is missing.
            return (!whole.is_empty()).then_some(whole);
        };
        let size = rest[..end].split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size =
            std::str::from_utf8(size).ok().and_then(|s| usize::from_str_radix(s, 16).ok())?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(&rest[..size.min(rest.len())]);
        rest = rest.get(size..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;

    use super::*;

    fn head(text: &str) -> Head {
        let lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
        Head::of(&lines).unwrap()
    }

    #[test]
    fn bodies_are_unpacked_as_the_head_says_or_taken_as_they_are() {
        let text = "<p>佛山与茂名签约。</p>".as_bytes();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(text).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(text).unwrap();
        let bare = bare.finish().unwrap();
        // A stream of brotli that holds one stored block (RFC 7932, 9.2): window of 16 bits, not
        // the last block, four digits of length less one, stored; then an empty last block.
        let length = (text.len() - 1) as u32;
        let bits = (length << 4) | (1 << 20);
        let brotli = [&bits.to_le_bytes()[..3], text, &[0b11]].concat();
        let chunks = |bytes: &[u8]| {
            let (a, b) = bytes.split_at(bytes.len() / 2);
            let part =
                |p: &[u8]| [format!("{:x};ext=1\r\n", p.len()).as_bytes(), p, b"\r\n"].concat();
            [part(a), part(b), b"0\r\n\r\n".to_vec()].concat()
        };
        for (headers, body) in [
            ("", text.to_vec()),
            ("Content-Encoding: gzip", gzip.clone()),
            ("Content-Encoding: gzip", text.to_vec()),
            ("content-encoding: deflate", zlib),
            ("content-encoding: deflate", bare),
            ("content-encoding: br", brotli),
            ("content-encoding: br", text.to_vec()),
            ("content-encoding: zstd", zstd::encode_all(text, 1).unwrap()),
            ("Transfer-Encoding: chunked", chunks(text)),
            ("Transfer-Encoding: chunked", text.to_vec()),
            ("Transfer-Encoding: chunked\nContent-Encoding: gzip", chunks(&gzip)),
        ] {
            let head = head(&format!("HTTP/1.1 200 OK\n{headers}"));
            assert_eq!(head.unpack(body, 1000).as_deref(), Ok(text), "{headers}");
        }
        let told = head("HTTP/1.1 200 OK\nContent-Encoding: gzip").unpack(gzip[..20].to_vec(), 99);
        assert!(told.unwrap_err().starts_with("cannot be unpacked (gzip)"));
    }

    #[test]
    fn a_bomb_is_unpacked_no_further_than_the_limit() {
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
        let head = head("HTTP/1.1 200 OK\nContent-Encoding: gzip");
        assert_eq!(head.unpack(bomb.finish().unwrap(), 1000).unwrap().len(), 1001);
    }

    #[test]
    fn heads_say_kind_and_encoding() {
        let head = head("HTTP/1.0 404 Not Found\nContent-Type: Text/HTML; charset=gb2312\nX");
        assert_eq!((head.status, head.kind.as_deref()), (404, Some("text/html")));
        assert_eq!(head.encoding, Some(encoding_rs::GBK));
        assert_eq!(Head::of(&[b"<html>".to_vec()]), None);
        assert_eq!(Head::of(&[]), None);
    }
}
