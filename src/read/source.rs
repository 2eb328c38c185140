//! A file that was found → its unpacked bytes, counted and within limits.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::article::{Origin, Skip};

use super::walk::{Found, unreachable};

/// How many bytes of a file are looked at to see what it is.
const START: usize = 8 << 10;

/// The bytes of one file, unpacked while they are read.
pub(super) struct Source {
    path: String,
    reader: Box<dyn BufRead + Send>,
    /// The most bytes that one page or line may hold.
    pub(super) limit: usize,
}

impl Source {
    /// Opens a file; what is compressed, whatever its name, is unpacked.
    pub(super) fn open(found: &Found, limit: usize, total: &Arc<AtomicU64>) -> Result<Self, Skip> {
        let path = found.path.to_string_lossy().into_owned();
        let raw: Box<dyn Read + Send> = if found.is_stdin() {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(&found.path).map_err(|error| unreachable(&found.path, &error))?)
        };
        let counted = Counted { inner: raw, total: Arc::clone(total) };
        let reader = unpack(BufReader::with_capacity(64 << 10, counted))
            .map_err(|error| Skip::new(Origin::file(&path), format!("cannot be read: {error}")))?;
        Ok(Self { path, reader, limit })
    }

    /// The file itself.
    pub(super) fn origin(&self) -> Origin {
        Origin::file(&self.path)
    }

    /// A line of the file.
    pub(super) fn line(&self, line: u64) -> Origin {
        Origin::record(&self.path, line)
    }

    /// The first bytes, which stay to be read.
    pub(super) fn start(&mut self) -> Result<Vec<u8>, Skip> {
        let mut start = Vec::with_capacity(START);
        let read = self.reader.by_ref().take(START as u64).read_to_end(&mut start);
        read.map_err(|error| broken_off(self.origin(), &error))?;
        let rest = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        self.reader = Box::new(BufReader::new(Cursor::new(start.clone()).chain(rest)));
        Ok(start)
    }

    /// All bytes, for formats that are one page a file.
    pub(super) fn whole(mut self) -> Result<Vec<u8>, Skip> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(self.limit as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| broken_off(self.origin(), &error))?;
        if bytes.len() > self.limit {
            return Err(too_long(self.origin(), self.limit, "no page is that long"));
        }
        Ok(bytes)
    }

    /// Reads one line into `line`, without its end; false at the end of the file.
    ///
    /// A line beyond the limit is passed without being kept, and told as a [`Skip`].
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>, number: u64) -> Result<bool, Skip> {
        line.clear();
        let (mut any, mut overlong) = (false, false);
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let skip = broken_off(self.line(number), &error);
                    self.reader = Box::new(io::empty());
                    return Err(skip);
                }
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = end.map_or(chunk, |end| &chunk[..end]);
            overlong |= line.len() + part.len() > self.limit;
            if overlong {
                line.clear();
            } else {
                line.extend_from_slice(part);
            }
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if overlong {
            Err(too_long(
                self.line(number),
                self.limit,
                "no article is that long; look whether the line ends of the file are lost",
            ))
        } else {
            Ok(any)
        }
    }
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    total: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.total.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Unpacks gzip and zstandard, which are known by their first bytes.
fn unpack(
    mut packed: BufReader<impl Read + Send + 'static>,
) -> io::Result<Box<dyn BufRead + Send>> {
    let start = packed.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(packed);
        Ok(Box::new(BufReader::with_capacity(64 << 10, unpacked)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let unpacked = zstd::stream::read::Decoder::with_buffer(packed)?;
        Ok(Box::new(BufReader::with_capacity(128 << 10, unpacked)))
    } else {
        Ok(Box::new(packed))
    }
}

/// Says that a file ends in the middle, or cannot be unpacked further.
fn broken_off(origin: Origin, error: &io::Error) -> Skip {
    Skip::new(origin, format!("breaks off: {error}"))
        .hint("what stands before is read; fetch or pack the file again")
}

/// Says that a page or line is too long.
fn too_long(origin: Origin, limit: usize, hint: &str) -> Skip {
    let size = match limit >> 20 {
        0 => format!("{limit} bytes"),
        size => format!("{size} MiB"),
    };
    Skip::new(origin, format!("is longer than {size}")).hint(hint)
}
