//! Crawl records in one JSON text: a list of objects, one object, objects one after the other, or
//! a list within what an interface answers (`{"data": [ … ]}`).
//!
//! The text is read as a stream, record by record, since exports of a gigabyte are common.

use std::io::{self, BufRead};

use crate::article::{RawPage, Skip};

use super::source::{Source, broken_off, too_long};
use super::{Format, PagesOfFile, encoding, only, record};

/// JSON.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "JSON"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        match text.first() {
            Some(b'[') => {
                matches!(text[1..].trim_ascii_start().first(), None | Some(b'{' | b']'))
            }
            // An object that does not end on its first line is no line of records.
            Some(b'{') => {
                let end = text.iter().position(|byte| *byte == b'\n');
                let more = matches!(text[1..].trim_ascii_start().first(), Some(b'"' | b'}'));
                more && end.is_some_and(|end| !text[..end].trim_ascii_end().ends_with(b"}"))
            }
            _ => false,
        }
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        match source.into_utf8() {
            Ok((source, encoding)) => Box::new(Records {
                whole: Kept::within(source.limit),
                source,
                encoding,
                number: 0,
                open: Vec::new(),
                listed: false,
                is_record: false,
            }),
            Err(skip) => only(skip),
        }
    }
}

/// Keys under which interfaces list records.
const LISTS: &[&str] = &[
    "data",
    "items",
    "articles",
    "results",
    "result",
    "records",
    "list",
    "docs",
    "documents",
    "rows",
    "news",
    "posts",
    "entries",
    "hits",
    "pages",
];

/// Keys of objects within which such a list may stand.
const AROUND_LISTS: &[&str] = &["data", "result", "results", "response", "hits", "payload"];

/// What is open around the place where we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A list of records.
    List,
    /// An object that is a record, or holds a list of them.
    Object,
}

/// The records of a file.
struct Records {
    source: Source,
    encoding: &'static str,
    /// How many records were met.
    number: u64,
    open: Vec<Open>,
    /// The outermost object, as long as it may be a record itself.
    whole: Kept,
    /// Whether a list was found in the outermost object.
    listed: bool,
    /// Whether the outermost object has a text, and so is a record.
    is_record: bool,
}

/// Bytes kept up to a limit.
struct Kept {
    bytes: Vec<u8>,
    limit: usize,
    overlong: bool,
}

impl Kept {
    fn within(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, overlong: false }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.overlong |= self.bytes.len() + bytes.len() > self.limit;
        if self.overlong {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn take(&mut self) -> Self {
        let limit = self.limit;
        std::mem::replace(self, Self::within(limit))
    }
}

/// Why reading on is not possible.
enum Stop {
    Broken(io::Error),
    /// The text ends within a value.
    Ended,
    /// Something stands where it cannot stand.
    Unexpected(u8),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

impl Iterator for Records {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(page) => page,
            Err(stop) => Some(Err(self.stopped(&stop))),
        }
    }
}

impl Records {
    /// Reads up to the end of the next record; none at the end of the file.
    fn step(&mut self) -> Result<Option<Result<RawPage, Skip>>, Stop> {
        loop {
            let Some(byte) = self.next_byte()? else {
                return if self.open.is_empty() { Ok(None) } else { Err(Stop::Ended) };
            };
            match (self.open.last(), byte) {
                (_, b',') => self.source.reader.consume(1),
                (None, b'[') => {
                    self.source.reader.consume(1);
                    self.open.push(Open::List);
                }
                (None, b'{') => {
                    self.source.reader.consume(1);
                    self.whole.take();
                    self.whole.push(b"{");
                    (self.listed, self.is_record) = (false, false);
                    self.open.push(Open::Object);
                }
                (Some(Open::List), b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                    let mut kept = Kept::within(self.source.limit);
                    self.value(&mut kept, 0)?;
                    return Ok(Some(self.record(&kept)));
                }
                (Some(Open::List), b']') => {
                    self.source.reader.consume(1);
                    self.open.pop();
                }
                (Some(Open::Object), b'}') => {
                    self.source.reader.consume(1);
                    self.whole.push(b"}");
                    self.open.pop();
                    if self.open.is_empty() && !self.listed {
                        let whole = self.whole.take();
                        return Ok(Some(self.record(&whole)));
                    }
                }
                (Some(Open::Object), b'"') => self.member()?,
                (_, byte) => return Err(Stop::Unexpected(byte)),
            }
        }
    }

    /// Reads a member of an object, or goes into it if it is, or may hold, a list of records.
    fn member(&mut self) -> Result<(), Stop> {
        let mut kept = Kept::within(self.source.limit);
        self.value(&mut kept, 0)?;
        if self.whole.bytes.last().is_some_and(|byte| *byte != b'{') {
            self.whole.push(b",");
        }
        self.whole.push(&kept.bytes);
        let name: String = serde_json::from_slice(&kept.bytes).unwrap_or_default();
        match self.next_byte()? {
            Some(b':') => self.source.reader.consume(1),
            Some(other) => return Err(Stop::Unexpected(other)),
            None => return Err(Stop::Ended),
        }
        self.whole.push(b":");
        self.is_record |= record::has_text([name.as_str()], &self.source.fields);
        match self.next_byte()? {
            Some(b'{') if !self.is_record && AROUND_LISTS.contains(&name.as_str()) => {
                self.source.reader.consume(1);
                self.whole.push(b"{");
                self.open.push(Open::Object);
                Ok(())
            }
            Some(b'[') if !self.is_record && LISTS.contains(&name.as_str()) => {
                self.source.reader.consume(1);
                self.whole.push(b"[");
                if self.next_byte()? == Some(b'{') {
                    self.open.push(Open::List);
                    self.listed = true;
                    // What stands around a list of records is no record.
                    self.whole.take();
                    Ok(())
                } else {
                    self.value_kept(1)
                }
            }
            Some(_) => self.value_kept(0),
            None => Err(Stop::Ended),
        }
    }

    /// Reads the rest of a value as part of the outermost object.
    fn value_kept(&mut self, depth: usize) -> Result<(), Stop> {
        let mut kept = self.whole.take();
        let read = self.value(&mut kept, depth);
        self.whole = kept;
        read
    }

    /// The next byte that is no white space, which stays to be read.
    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = self.source.reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            if let Some(at) = chunk.iter().position(|byte| !byte.is_ascii_whitespace()) {
                let byte = chunk[at];
                self.source.reader.consume(at);
                return Ok(Some(byte));
            }
            let used = chunk.len();
            self.source.reader.consume(used);
        }
    }

    /// Reads one value, of which `depth` brackets are already open.
    fn value(&mut self, kept: &mut Kept, mut depth: usize) -> Result<(), Stop> {
        let (mut quoted, mut escaped, mut any) = (false, false, false);
        loop {
            let chunk = self.source.reader.fill_buf()?;
            if chunk.is_empty() {
                return if any && depth == 0 && !quoted { Ok(()) } else { Err(Stop::Ended) };
            }
            // Up to where the value goes, and whether it ends there.
            let mut end = None;
            for (at, byte) in chunk.iter().enumerate() {
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => {
                            quoted = false;
                            end = (depth == 0).then_some(at + 1);
                        }
                        _ => {}
                    }
                } else {
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        // The bracket of what is around a number ends the number.
                        b'}' | b']' | b',' | b'\n' | b' ' if depth == 0 => end = Some(at),
                        b'}' | b']' => {
                            depth -= 1;
                            end = (depth == 0).then_some(at + 1);
                        }
                        _ => {}
                    }
                }
                if end.is_some() {
                    break;
                }
            }
            any = true;
            let used = end.unwrap_or(chunk.len());
            kept.push(&chunk[..used]);
            self.source.reader.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Makes a page of a value.
    fn record(&mut self, value: &Kept) -> Result<RawPage, Skip> {
        self.number += 1;
        let origin = self.source.line(self.number);
        if value.overlong {
            return Err(too_long(origin, value.limit, "no article is that long"));
        }
        let page = record::read_bytes(origin, &value.bytes, &self.source.fields)?;
        let page = RawPage { format: "JSON", ..page };
        if self.encoding == "UTF-8" {
            return Ok(page);
        }
        let damaged = encoding::damage(page.content.text());
        Ok(RawPage { encoding: self.encoding, damaged, ..page })
    }

    /// Says what is wrong, and goes on with the next line if that is possible.
    fn stopped(&mut self, stop: &Stop) -> Skip {
        self.number += 1;
        let origin = self.source.line(self.number);
        if let Stop::Unexpected(byte) = stop {
            // Where lines hold one record each, the next line is good again.
            let mut line = Vec::new();
            let passed = self.source.read_line(&mut line, self.number);
            if passed.is_err() {
                self.source.reader = Box::new(io::empty());
            }
            if self.open.first() == Some(&Open::Object) {
                self.open.clear();
            }
            let shown = char::from(*byte).escape_default();
            return Skip::new(origin, format!("is not valid JSON: `{shown}` cannot stand there"))
                .hint("the file must be a list of records: [{\"title\": …, \"body\": …}, …]");
        }
        self.open.clear();
        self.source.reader = Box::new(io::empty());
        match stop {
            Stop::Broken(error) => broken_off(origin, error),
            _ => Skip::new(origin, "breaks off in the middle of a record")
                .hint("what stands before is read; fetch the file again"),
        }
    }
}
