//! TAR archives of crawl files: each member is read as a file of a folder is, while the archive
//! streams by.

use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, PoisonError};

use tar::{EntryType, Header, PaxExtensions};

use crate::article::{RawPage, Skip};

use super::source::{Source, broken_off};
use super::{Format, PagesOfFile, encoding, open_member};

/// TAR.
pub(super) struct Tar;

impl Format for Tar {
    fn name(&self) -> &'static str {
        "TAR"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["tar", "tgz", "tzst"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        header_of(start).is_some_and(|header| is_sound(header) && start[0] != 0)
    }

    fn pages(&self, mut source: Source) -> PagesOfFile {
        let inner = std::mem::replace(&mut source.reader, Box::new(io::empty()));
        let stream = Arc::new(Mutex::new(Stream { inner, left: 0, failed: None }));
        Box::new(Members { source, stream, padding: 0, current: None, done: false })
    }
}

/// The size of a block.
const BLOCK: usize = 512;

/// The most bytes that a long name may take.
const LONGEST_NAME: u64 = 64 << 10;

/// The header that a block holds.
fn header_of(block: &[u8]) -> Option<&Header> {
    block.get(..BLOCK).map(Header::from_byte_slice)
}

/// Whether a header has the checksum that it states.
fn is_sound(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum =
        |range: std::ops::Range<usize>| bytes[range].iter().map(|b| u32::from(*b)).sum::<u32>();
    // The field of the checksum itself counts as eight blanks.
    header.cksum().is_ok_and(|stated| stated == sum(0..148) + 8 * 32 + sum(156..BLOCK))
}

/// The archive's bytes, shared with whoever reads the current member.
struct Stream {
    inner: Box<dyn BufRead + Send>,
    /// Bytes of the current member that are not read yet.
    left: u64,
    /// The kind of failure that ended the stream.
    failed: Option<io::ErrorKind>,
}

/// The current member.
struct Part(Arc<Mutex<Stream>>);

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(stream.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        match stream.inner.read(&mut buffer[..most]) {
            Ok(0) => {
                stream.failed = Some(io::ErrorKind::UnexpectedEof);
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            Ok(count) => {
                stream.left -= count as u64;
                Ok(count)
            }
            Err(error) => {
                stream.failed = Some(error.kind());
                Err(error)
            }
        }
    }
}

/// The pages of the members, one member after the other.
struct Members {
    source: Source,
    stream: Arc<Mutex<Stream>>,
    /// Bytes that fill the last block of the current member.
    padding: u64,
    current: Option<PagesOfFile>,
    done: bool,
}

/// What stands before a member's own header and speaks of it.
#[derive(Default)]
struct Before {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Members {
    /// Opens the next member that can be read; none at the end.
    fn advance(&mut self) -> Result<Option<PagesOfFile>, Skip> {
        let mut before = Before::default();
        loop {
            self.pass_rest()?;
            let mut block = [0; BLOCK];
            if !self.block(&mut block)? || block.iter().all(|byte| *byte == 0) {
                self.done = true;
                return Ok(None);
            }
            let header = Header::from_byte_slice(&block);
            if !is_sound(header) {
                self.done = true;
                return Err(Skip::new(self.source.origin(), "is no TAR archive from here on")
                    .hint("what stands before is read; fetch or pack it again"));
            }
            let kind = header.entry_type();
            let stated = header.entry_size().unwrap_or(0);
            let size = before.size.filter(|_| kind.is_file()).unwrap_or(stated);
            self.padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
            self.lock().left = size;
            match kind {
                EntryType::GNULongName => {
                    let mut name = self.value()?;
                    name.retain(|byte| *byte != 0);
                    before.name = Some(name);
                }
                EntryType::XHeader => {
                    let value = self.value()?;
                    for extension in PaxExtensions::new(&value).flatten() {
                        match extension.key() {
                            Ok("path") => before.name = Some(extension.value_bytes().to_vec()),
                            Ok("size") => {
                                before.size = extension.value().ok().and_then(|v| v.parse().ok());
                            }
                            _ => {}
                        }
                    }
                }
                EntryType::GNULongLink | EntryType::XGlobalHeader => {}
                _ => {
                    let name =
                        before.name.take().unwrap_or_else(|| header.path_bytes().into_owned());
                    before = Before::default();
                    if kind.is_file() || kind == EntryType::Continuous {
                        let name = encoding::decode(&name, &[]).text;
                        let part = Part(Arc::clone(&self.stream));
                        if let Some(pages) = open_member(&self.source, &name, part)? {
                            return Ok(Some(pages));
                        }
                    }
                }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the content of a member that speaks of the next one.
    fn value(&mut self) -> Result<Vec<u8>, Skip> {
        let mut value = Vec::new();
        let read = Part(Arc::clone(&self.stream)).take(LONGEST_NAME).read_to_end(&mut value);
        read.map_err(|error| self.broken(&error))?;
        Ok(value)
    }

    /// Passes over what was not read of the current member.
    fn pass_rest(&mut self) -> Result<(), Skip> {
        let passed = {
            let mut stream = self.lock();
            // The member's own reader has told what went wrong.
            if stream.failed.is_some() {
                drop(stream);
                self.done = true;
                return Ok(());
            }
            let rest = stream.left.saturating_add(self.padding);
            stream.left = 0;
            io::copy(&mut stream.inner.by_ref().take(rest), &mut io::sink()).map(|n| (n, rest))
        };
        self.padding = 0;
        match passed {
            Ok((passed, rest)) if passed == rest => Ok(()),
            Ok(_) => Err(self.broken(&io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Reads a block; false at the end of the archive.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> Result<bool, Skip> {
        if self.done {
            return Ok(false);
        }
        let mut read = Vec::with_capacity(BLOCK);
        let result = self.lock().inner.by_ref().take(BLOCK as u64).read_to_end(&mut read);
        match result {
            Ok(0) => Ok(false),
            Ok(count) if count == BLOCK => {
                block.copy_from_slice(&read);
                Ok(true)
            }
            Ok(_) => Err(self.broken(&io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(self.broken(&error)),
        }
    }

    fn broken(&mut self, error: &io::Error) -> Skip {
        self.done = true;
        broken_off(self.source.origin(), error)
    }
}

impl Iterator for Members {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pages) = &mut self.current {
                if let Some(page) = pages.next() {
                    return Some(page);
                }
                self.current = None;
            }
            if self.done {
                return None;
            }
            match self.advance() {
                Ok(Some(pages)) => self.current = Some(pages),
                Ok(None) => {}
                Err(skip) => return Some(Err(skip)),
            }
        }
    }
}
