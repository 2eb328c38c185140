//! WARC files (ISO 28500), as archiving crawlers write them: one record after the other, each
//! usually packed by itself.
//!
//! Pages are answers of servers with status 200 that are HTML, and the texts that were taken from
//! pages (`conversion`). Requests, metadata, revisits, pictures, answers with another status are
//! passed over and counted.

use std::io::{self, BufRead, Read};

use crate::article::{Given, Origin, RawPage, Skip};

use super::http::{Head, kind_of};
use super::source::{Source, broken_off, too_long};
use super::{Format, PagesOfFile, dump, encoding, html};

/// WARC.
pub(super) struct Warc;

impl Format for Warc {
    fn name(&self) -> &'static str {
        "WARC"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["warc", "wet"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        start.starts_with(b"WARC/")
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        Box::new(Records { source, number: 0, lost: false, done: false })
    }
}

/// The most bytes and lines of a head.
const HEAD_BYTES: u64 = 256 << 10;
const HEAD_LINES: usize = 2000;

/// How often reading may fail while the next record is looked for.
const MOST_ERRORS: u32 = 1000;

/// The records of a file.
struct Records {
    source: Source,
    number: u64,
    /// Whether the next record has to be looked for.
    lost: bool,
    done: bool,
}

/// The named fields of a record that we ask for.
#[derive(Debug, Default)]
struct Fields {
    kind: String,
    length: Option<u64>,
    content_type: String,
    address: Option<String>,
    date: Option<String>,
}

impl Iterator for Records {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let read = self.record();
            match read {
                Ok(Some(page)) => return Some(Ok(page)),
                Ok(None) => {}
                Err(skip) => return Some(Err(skip)),
            }
        }
        None
    }
}

impl Records {
    /// Where we are.
    fn origin(&self) -> Origin {
        self.source.line(self.number)
    }

    /// Notes that something could not be read; the next record is looked for.
    fn broken(&mut self, error: &io::Error) -> Skip {
        self.lost = true;
        broken_off(self.origin(), error)
            .hint("all other records are read; fetch or pack the file again for this one")
    }

    /// Reads the next record; none if it is no page, or at the end.
    fn record(&mut self) -> Result<Option<RawPage>, Skip> {
        if !self.find_version()? {
            self.done = true;
            return Ok(None);
        }
        let fields = self.fields()?;
        let Some(length) = fields.length else {
            self.lost = true;
            return Err(Skip::new(self.origin(), "is a WARC record without `Content-Length`")
                .hint("the next record is looked for"));
        };
        let mut left = length;
        let page = self.content(&fields, &mut left);
        // What was not asked for is passed over, to where the next record begins.
        if !self.lost {
            let passed = io::copy(&mut self.source.reader.by_ref().take(left), &mut io::sink());
            match passed {
                Ok(passed) if passed == left => {}
                Ok(passed) => {
                    self.done = true;
                    return Err(self.ends_early(length, length - left + passed));
                }
                Err(error) => return Err(self.broken(&error)),
            }
        }
        page
    }

    /// Says that the file ends within a record.
    fn ends_early(&self, length: u64, there: u64) -> Skip {
        Skip::new(
            self.origin(),
            format!("breaks off: {there} of the record's {length} bytes are there"),
        )
        .hint("what stands before is read; fetch the file again")
    }

    /// Reads on to the line with which the next record begins; false at the end of the file.
    fn find_version(&mut self) -> Result<bool, Skip> {
        let mut line = Vec::new();
        let (mut starts, mut errors) = (true, 0);
        loop {
            line.clear();
            let read = self.source.reader.by_ref().take(HEAD_BYTES).read_until(b'\n', &mut line);
            match read {
                Ok(0) => return Ok(false),
                Ok(_) => {}
                // While we look for the next record, what looks like packed bytes may be none. A
                // reader that has nothing more to give may go on complaining.
                Err(_) if self.lost => {
                    errors += 1;
                    if errors > MOST_ERRORS {
                        return Ok(false);
                    }
                    starts = true;
                    continue;
                }
                Err(error) => {
                    self.number += 1;
                    return Err(self.broken(&error));
                }
            }
            if starts && line.starts_with(b"WARC/") {
                self.number += 1;
                self.lost = false;
                return Ok(true);
            }
            let blank = line.trim_ascii().is_empty();
            starts = line.ends_with(b"\n");
            if !blank && !self.lost {
                // One complaint for all that stands between two records.
                self.number += 1;
                self.lost = true;
                return Err(Skip::new(self.origin(), "is no WARC record")
                    .hint("the next record is looked for"));
            }
        }
    }

    /// Reads the lines of a head up to the empty one, and how many bytes they took.
    fn head(&mut self, most: u64) -> Result<(Vec<Vec<u8>>, u64), io::Error> {
        let (mut lines, mut used) = (Vec::new(), 0);
        let most = most.min(HEAD_BYTES);
        while used < most && lines.len() < HEAD_LINES {
            let mut line = Vec::new();
            let count =
                self.source.reader.by_ref().take(most - used).read_until(b'\n', &mut line)?;
            used += count as u64;
            let text = line.trim_ascii_end();
            if count == 0 || text.is_empty() {
                break;
            }
            lines.push(text.to_vec());
        }
        Ok((lines, used))
    }

    /// Reads the named fields of a record.
    fn fields(&mut self) -> Result<Fields, Skip> {
        let (lines, _) = self.head(HEAD_BYTES).map_err(|error| self.broken(&error))?;
        let mut fields = Fields::default();
        for line in lines {
            let line = String::from_utf8_lossy(&line);
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "warc-type" => fields.kind = value.to_ascii_lowercase(),
                "content-length" => fields.length = value.parse().ok(),
                "content-type" => fields.content_type = value.to_ascii_lowercase(),
                // Some writers put it in angle brackets.
                "warc-target-uri" => {
                    fields.address = Some(value.trim_matches(['<', '>']).to_owned());
                }
                "warc-date" => fields.date = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(fields)
    }

    /// Reads the content of a record if it is a page; `left` is how many of its bytes are unread.
    fn content(&mut self, fields: &Fields, left: &mut u64) -> Result<Option<RawPage>, Skip> {
        let head = match fields.kind.as_str() {
            "response" if fields.content_type.starts_with("application/http") => {
                let (lines, used) = self.head(*left).map_err(|error| self.broken(&error))?;
                *left = left.saturating_sub(used);
                Head::of(&lines).ok_or_else(|| {
                    Skip::new(self.origin(), "holds no answer of a server")
                        .hint("its first line should be like `HTTP/1.1 200 OK`")
                })?
            }
            "response" | "resource" | "conversion" => {
                Head { status: 200, kind: kind_of(&fields.content_type), ..Head::default() }
            }
            other => {
                self.source.run.pass_over(format!("WARC {other}"));
                return Ok(None);
            }
        };
        if !matches!(head.status, 200 | 203) {
            self.source.run.pass_over(format!("HTTP {}", head.status));
            return Ok(None);
        }
        let is_text = fields.kind == "conversion" && head.kind.as_deref() == Some("text/plain");
        let unknown = matches!(
            head.kind.as_deref(),
            None | Some("application/octet-stream" | "unknown/unknown")
        );
        let is_page = matches!(head.kind.as_deref(), Some("text/html" | "application/xhtml+xml"));
        if !is_page && !is_text && !unknown {
            self.source.run.pass_over(head.kind.unwrap_or_default());
            return Ok(None);
        }
        if *left > self.source.limit as u64 {
            return Err(too_long(self.origin(), self.source.limit, "no page is that long"));
        }
        let (length, mut body) = (*left, Vec::new());
        let read = self.source.reader.by_ref().take(*left).read_to_end(&mut body);
        read.map_err(|error| self.broken(&error))?;
        *left -= body.len() as u64;
        if *left > 0 {
            (self.done, self.lost) = (true, true);
            return Err(self.ends_early(length, body.len() as u64));
        }
        let body = head
            .unpack(body, self.source.limit)
            .map_err(|reason| Skip::new(self.origin(), reason))?;
        if body.len() > self.source.limit {
            return Err(too_long(self.origin(), self.source.limit, "no page is that long"));
        }
        // Where the server does not say what it is, the bytes do.
        if unknown && !html::is_page_of_markup(&body) {
            self.source.run.pass_over(head.kind.unwrap_or_else(|| "no Content-Type".to_owned()));
            return Ok(None);
        }
        let given =
            Given { url: fields.address.clone(), crawled: fields.date.clone(), ..Given::default() };
        let page = if is_text {
            dump::page(self.origin(), body, given, "WARC")
        } else {
            let served =
                head.encoding.or_else(|| encoding::declared_in_header(&fields.content_type));
            html::page(self.origin(), body, served, given, "WARC")
        };
        page.map(Some)
    }
}
