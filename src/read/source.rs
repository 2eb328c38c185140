//! A file that was found, or a member of an archive → its unpacked bytes, counted and within
//! limits.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::Encoding;

use crate::article::{Origin, Skip};

use super::fields::FieldNames;
use super::transcode::Transcoder;
use super::walk::{Found, unreachable};
use super::{ReadOptions, encoding};

/// How many bytes of a file are looked at to see what it is.
pub(super) const START: usize = 8 << 10;

/// How many bytes are looked at to see which encoding a stream is in.
const LONG_START: usize = 64 << 10;

/// How many archives may lie within each other.
const DEEPEST: u8 = 4;

/// How many times its size a file may unpack to, beyond [`FREE`] bytes. Text packs to a tenth, a
/// repetitive table to a fiftieth; only what was made to fill a disk goes further.
const MOST_TIMES: u64 = 200;
const FREE: u64 = 256 << 20;

/// What all files of one run share.
#[derive(Default)]
pub(super) struct Run {
    pub(super) options: ReadOptions,
    /// Bytes of the files on disk that have been read.
    bytes: AtomicU64,
    passed_over: Mutex<BTreeMap<String, u64>>,
}

impl Run {
    pub(super) fn new(options: ReadOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// How many bytes of the files on disk have been read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Counts bytes on disk as done.
    pub(super) fn count(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts something that is no page.
    pub(super) fn pass_over(&self, what: impl Into<String>) {
        let mut counts = self.passed_over.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.into()).or_default() += 1;
    }

    /// Counts several things of a kind that are no pages.
    pub(super) fn pass_over_many(&self, what: &str, count: u64) {
        let mut counts = self.passed_over.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(what.to_owned()).or_default() += count;
    }

    /// What was no page, and how often.
    pub(super) fn passed_over(&self) -> BTreeMap<String, u64> {
        self.passed_over.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How many bytes came from one file on disk, and how many were unpacked from them.
#[derive(Default)]
pub(super) struct Account {
    read: AtomicU64,
    unpacked: AtomicU64,
}

/// The bytes of one file or member, unpacked while they are read.
pub(super) struct Source {
    path: String,
    pub(super) reader: Box<dyn BufRead + Send>,
    /// The most bytes that one page, line or record may hold.
    pub(super) limit: usize,
    pub(super) run: Arc<Run>,
    /// Names of fields that a person gave for this file.
    pub(super) fields: Arc<FieldNames>,
    account: Arc<Account>,
    depth: u8,
    /// Where the same bytes lie on disk, if they do.
    on_disk: Option<PathBuf>,
}

impl Source {
    /// Opens a file; what is compressed, whatever its name, is unpacked.
    pub(super) fn open(found: &Found, run: &Arc<Run>) -> Result<Self, Skip> {
        let path = found.path.to_string_lossy().into_owned();
        let raw: Box<dyn Read + Send> = if found.is_stdin() {
            Box::new(io::stdin())
        } else {
            Box::new(File::open(&found.path).map_err(|error| unreachable(&found.path, &error))?)
        };
        let account = Arc::<Account>::default();
        let counted = Counted { inner: raw, run: Arc::clone(run), account: Arc::clone(&account) };
        let unpacked = unpack(BufReader::with_capacity(64 << 10, counted), &account)
            .map_err(|error| Skip::new(Origin::file(&path), format!("cannot be read: {error}")))?;
        let on_disk = (!unpacked.packed && !found.is_stdin()).then(|| found.path.clone());
        Ok(Self {
            path,
            reader: unpacked.reader,
            limit: run.options.max_page,
            run: Arc::clone(run),
            fields: run.options.fields_of(&found.argument),
            account,
            depth: 0,
            on_disk,
        })
    }

    /// Bytes held in memory, as if they were a file.
    pub(super) fn of_bytes(name: &str, bytes: Vec<u8>, run: &Arc<Run>) -> Result<Self, Skip> {
        let account = Arc::<Account>::default();
        let inner = Cursor::new(bytes);
        let counted = Counted { inner, run: Arc::clone(run), account: Arc::clone(&account) };
        let unpacked = unpack(BufReader::with_capacity(64 << 10, counted), &account)
            .map_err(|error| Skip::new(Origin::file(name), format!("cannot be read: {error}")))?;
        Ok(Self {
            path: name.to_owned(),
            reader: unpacked.reader,
            limit: run.options.max_page,
            run: Arc::clone(run),
            fields: Arc::clone(&run.options.fields),
            account,
            depth: 0,
            on_disk: None,
        })
    }

    /// A member of this archive, by its name in it.
    pub(super) fn member(
        &self,
        name: &str,
        bytes: impl Read + Send + 'static,
    ) -> Result<Self, Skip> {
        let path = format!("{}!/{name}", self.path);
        if self.depth >= DEEPEST {
            return Err(Skip::new(
                Origin::file(path),
                "lies in too many archives within each other",
            )
            .hint("unpack the outer ones"));
        }
        let unpacked = unpack(BufReader::with_capacity(32 << 10, bytes), &self.account)
            .map_err(|error| Skip::new(Origin::file(&path), format!("cannot be read: {error}")))?;
        Ok(Self {
            path,
            reader: unpacked.reader,
            limit: self.limit,
            run: Arc::clone(&self.run),
            fields: Arc::clone(&self.fields),
            account: Arc::clone(&self.account),
            depth: self.depth + 1,
            on_disk: None,
        })
    }

    /// The file itself.
    pub(super) fn origin(&self) -> Origin {
        Origin::file(&self.path)
    }

    /// A line or record of the file.
    pub(super) fn line(&self, line: u64) -> Origin {
        Origin::record(&self.path, line)
    }

    /// Some of the first bytes, which stay to be read; none where they cannot be read.
    pub(super) fn peek(&mut self) -> &[u8] {
        self.reader.fill_buf().unwrap_or_default()
    }

    /// The first bytes, which stay to be read.
    pub(super) fn start(&mut self, most: usize) -> Result<Vec<u8>, Skip> {
        let mut start = Vec::new();
        let read = self.reader.by_ref().take(most as u64).read_to_end(&mut start);
        read.map_err(|error| broken_off(self.origin(), &error))?;
        let rest = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        self.reader = Box::new(BufReader::new(Cursor::new(start.clone()).chain(rest)));
        Ok(start)
    }

    /// Turns the bytes into UTF-8 while they are read, for formats that are read as a stream, and
    /// takes the byte order mark away. Returns the encoding they were in.
    pub(super) fn into_utf8(mut self) -> Result<(Self, &'static str), Skip> {
        let start = self.start(LONG_START)?;
        let (encoding, mark) = encoding::of_stream(&start);
        self.reader.consume_exactly(mark).map_err(|error| broken_off(self.origin(), &error))?;
        if let Some(encoding) = encoding {
            let inner = std::mem::replace(&mut self.reader, Box::new(io::empty()));
            self.reader = Box::new(BufReader::new(Transcoder::new(inner, encoding)));
        }
        Ok((self, encoding.map_or("UTF-8", Encoding::name)))
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

    /// The bytes for formats that jump to and fro in them: from disk where they lie there as they
    /// are, else held in memory.
    pub(super) fn seekable(&mut self) -> Result<Seekable, Skip> {
        if let Some(path) = &self.on_disk {
            // What was looked at so far is read, and counted, again.
            let looked = self.account.read.swap(0, Ordering::Relaxed);
            self.run.bytes.fetch_sub(looked, Ordering::Relaxed);
            self.reader = Box::new(io::empty());
            return Ok(Seekable::OnDisk {
                path: path.clone(),
                run: Arc::clone(&self.run),
                account: Arc::clone(&self.account),
            });
        }
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(self.limit as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| broken_off(self.origin(), &error))?;
        if bytes.len() > self.limit {
            let hint = "an archive within another file has to be held in memory; unpack that file";
            return Err(too_long(self.origin(), self.limit, hint));
        }
        Ok(Seekable::InMemory(bytes.into()))
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
            let end = memchr::memchr(b'\n', chunk);
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

/// Bytes that can be read from anywhere, by several readers.
#[derive(Clone)]
pub(super) enum Seekable {
    OnDisk { path: PathBuf, run: Arc<Run>, account: Arc<Account> },
    InMemory(Arc<[u8]>),
}

impl Seekable {
    /// Opens the bytes for a look at their directory, which is not counted.
    pub(super) fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Self::OnDisk { path, .. } => Box::new(BufReader::new(File::open(path)?)),
            Self::InMemory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// Reads `length` bytes that begin at `start`.
    pub(super) fn part(&self, start: u64, length: u64) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::OnDisk { path, run, account } => {
                let mut inner = File::open(path)?;
                inner.seek(SeekFrom::Start(start))?;
                let (run, account) = (Arc::clone(run), Arc::clone(account));
                Box::new(Counted { inner, run, account }.take(length))
            }
            Self::InMemory(bytes) => {
                let mut cursor = Cursor::new(Arc::clone(bytes));
                cursor.set_position(start);
                Box::new(cursor.take(length))
            }
        })
    }

    /// Counts what was not read as done, for a progress bar: an archive's directory.
    pub(super) fn count_rest(&self) {
        if let Self::OnDisk { path, run, account } = self
            && let Ok(metadata) = std::fs::metadata(path)
        {
            let rest = metadata.len().saturating_sub(account.read.load(Ordering::Relaxed));
            account.read.fetch_add(rest, Ordering::Relaxed);
            run.bytes.fetch_add(rest, Ordering::Relaxed);
        }
    }
}

/// Something to read from anywhere.
pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Reading on without keeping anything.
pub(super) trait PassOver {
    /// Passes over exactly so many bytes; fewer are an error.
    fn consume_exactly(&mut self, count: usize) -> io::Result<()>;
}

impl PassOver for Box<dyn BufRead + Send> {
    fn consume_exactly(&mut self, count: usize) -> io::Result<()> {
        let passed = io::copy(&mut self.by_ref().take(count as u64), &mut io::sink())?;
        if passed == count as u64 { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    run: Arc<Run>,
    account: Arc<Account>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.run.bytes.fetch_add(count as u64, Ordering::Relaxed);
        self.account.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Bytes, and whether they were packed.
struct Unpacked {
    reader: Box<dyn BufRead + Send>,
    packed: bool,
}

/// Unpacks gzip and zstandard, which are known by their first bytes.
fn unpack(
    mut packed: BufReader<impl Read + Send + 'static>,
    account: &Arc<Account>,
) -> io::Result<Unpacked> {
    let start = packed.fill_buf()?;
    let account = Arc::clone(account);
    if start.starts_with(&[0x1f, 0x8b]) {
        let bounded = Bounded { inner: Gunzip::Reading(decoder(packed)), account, ended: false };
        let reader = Box::new(BufReader::with_capacity(64 << 10, bounded));
        Ok(Unpacked { reader, packed: true })
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let inner = zstd::stream::read::Decoder::with_buffer(packed)?;
        let bounded = Bounded { inner, account, ended: false };
        let reader = Box::new(BufReader::with_capacity(128 << 10, bounded));
        Ok(Unpacked { reader, packed: true })
    } else {
        Ok(Unpacked { reader: Box::new(packed), packed: false })
    }
}

/// Unpacks what an archive packed by itself, within the same bounds.
impl Source {
    pub(super) fn bounded(&self, unpacked: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        Box::new(Bounded { inner: unpacked, account: Arc::clone(&self.account), ended: false })
    }
}

/// Ends what unpacks to more than any text does.
struct Bounded<R> {
    inner: R,
    /// Whether the bounds were passed, which is told once.
    ended: bool,
    account: Arc<Account>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        let before = self.account.unpacked.fetch_add(count as u64, Ordering::Relaxed);
        let most = FREE + self.account.read.load(Ordering::Relaxed).saturating_mul(MOST_TIMES);
        if before > most {
            self.ended = true;
            return Err(io::Error::other(format!(
                "it unpacks to more than {MOST_TIMES} times its size, as no text does"
            )));
        }
        Ok(count)
    }
}

/// A gzip file of any number of members. After an error, reading goes on with the next member:
/// crawlers that were stopped leave one that breaks off in the middle of a file.
enum Gunzip<R: BufRead> {
    Reading(flate2::bufread::GzDecoder<Looked<R>>),
    Broken(Looked<R>),
    Done,
}

/// Begins a member.
fn decoder<R: BufRead>(packed: R) -> flate2::bufread::GzDecoder<Looked<R>> {
    let (again, recent) = (Vec::new(), Vec::new());
    flate2::bufread::GzDecoder::new(Looked { inner: packed, again, at: 0, recent })
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Done) {
                Self::Done => return Ok(0),
                Self::Reading(mut member) => match member.read(buffer) {
                    Ok(0) if !buffer.is_empty() => {
                        let mut packed = member.into_inner();
                        let start = packed.fill_buf()?;
                        // Zeros fill the last block of a tape.
                        if start.is_empty() || start[0] == 0 {
                            return Ok(0);
                        }
                        packed.recent.clear();
                        *self = Self::Reading(flate2::bufread::GzDecoder::new(packed));
                    }
                    Ok(count) => {
                        *self = Self::Reading(member);
                        return Ok(count);
                    }
                    Err(error) => {
                        *self = Self::Broken(member.into_inner());
                        return Err(error);
                    }
                },
                Self::Broken(mut packed) => {
                    if packed.find_member()? {
                        *self = Self::Reading(flate2::bufread::GzDecoder::new(packed));
                    }
                }
            }
        }
    }
}

/// Packed bytes in which the next member can be looked for.
struct Looked<R> {
    inner: R,
    /// Bytes that are read before those of `inner`, from `at` on.
    again: Vec<u8>,
    at: usize,
    /// The last bytes that were read of this member. When a member turns out to be broken, some of
    /// the next one have been taken for its own.
    recent: Vec<u8>,
}

/// How each member begins: gzip's magic and the only method there is.
const MEMBER: [u8; 3] = [0x1f, 0x8b, 8];

/// How many bytes are kept to look for a member in.
const RECENT: usize = 64 << 10;

impl<R: BufRead> Looked<R> {
    /// Goes on to where the next member may begin; false if there is none.
    fn find_member(&mut self) -> io::Result<bool> {
        // The first byte is that of the broken member itself.
        let mut again: Vec<u8> = self.recent.drain(..).skip(1).collect();
        again.extend_from_slice(&self.again[self.at..]);
        (self.again, self.at) = (again, 0);
        let mut matched = 0;
        loop {
            let chunk = self.fill_buf()?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let mut used = chunk.len();
            for (at, byte) in chunk.iter().enumerate() {
                matched = match *byte {
                    byte if byte == MEMBER[matched] => matched + 1,
                    0x1f => 1,
                    _ => 0,
                };
                if matched == MEMBER.len() {
                    used = at + 1;
                    break;
                }
            }
            self.consume(used);
            self.recent.clear();
            if matched == MEMBER.len() {
                self.again.drain(..self.at);
                self.again.splice(..0, MEMBER);
                self.at = 0;
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Read for Looked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.fill_buf()?;
        let count = chunk.len().min(buffer.len());
        buffer[..count].copy_from_slice(&chunk[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Looked<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.again.len() { Ok(&self.again[self.at..]) } else { self.inner.fill_buf() }
    }

    fn consume(&mut self, count: usize) {
        if self.recent.len() > 2 * RECENT {
            self.recent.drain(..self.recent.len() - RECENT);
        }
        if self.at < self.again.len() {
            let end = (self.at + count).min(self.again.len());
            self.recent.extend_from_slice(&self.again[self.at..end]);
            self.at = end;
            return;
        }
        // What is consumed was handed out before, so that it is there.
        if let Ok(chunk) = self.inner.fill_buf() {
            self.recent.extend_from_slice(&chunk[..count.min(chunk.len())]);
        }
        self.inner.consume(count);
    }
}

/// Says that a file ends in the middle, or cannot be unpacked further.
pub(super) fn broken_off(origin: Origin, error: &io::Error) -> Skip {
    Skip::new(origin, format!("breaks off: {error}"))
        .hint("what stands before is read; fetch or pack the file again")
}

/// Says that a page or line is too long.
pub(super) fn too_long(origin: Origin, limit: usize, hint: &str) -> Skip {
    let size = match limit >> 20 {
        0 => format!("{limit} bytes"),
        size => format!("{size} MiB"),
    };
    Skip::new(origin, format!("is longer than {size}")).hint(hint)
}
