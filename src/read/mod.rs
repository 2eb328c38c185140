//! Files, folders and standard input → [`RawPage`]s.
//!
//! A crawl is walked in order, each file is unpacked if it is compressed, handed to the format that
//! knows it, and comes out as pages decoded to text. Nothing that goes wrong ends the run: it comes
//! out as a [`Skip`] that names the file and the line.
//!
//! To teach the reader a format, write one file with a [`Format`] and add it to [`FORMATS`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::article::{Origin, RawPage, Skip};

mod dump;
pub mod encoding;
mod html;
mod jsonl;
mod record;
mod source;
mod walk;

use source::Source;
use walk::{Found, Walk};

/// The formats we know; where only the first bytes speak, the first that recognises them wins.
static FORMATS: &[&dyn Format] = &[&jsonl::Jsonl, &html::Html, &dump::Dump];

/// What a format gives of one file.
type PagesOfFile = Box<dyn Iterator<Item = Result<RawPage, Skip>> + Send>;

/// One kind of file.
trait Format: Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// Endings of its files, in lower case and without the dot.
    fn endings(&self) -> &'static [&'static str];

    /// Whether bytes that start so are probably of this format.
    fn recognises(&self, start: &[u8]) -> bool;

    /// Reads the pages of one file.
    fn pages(&self, source: Source) -> PagesOfFile;
}

/// How to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The most bytes that one page or line may hold, unpacked; what is larger is skipped.
    pub max_page: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { max_page: 64 << 20 }
    }
}

/// Streams every page of files, folders and (as `-`) standard input.
///
/// Folders are read recursively and sorted by name, hidden files left out; a file or folder is
/// read once, however many links or arguments lead to it.
pub fn pages(paths: &[PathBuf], options: ReadOptions) -> Pages {
    Pages {
        walk: Walk::new(paths),
        current: None,
        options,
        bytes_read: Arc::default(),
        passed_over: BTreeMap::new(),
    }
}

/// Adds up the bytes on disk that [`pages`] would read, for a progress bar.
pub fn total_bytes(paths: &[PathBuf]) -> u64 {
    Walk::new(paths)
        .filter_map(Result::ok)
        .filter(|found| found.named || format_by_name(&found.path).is_some())
        .map(|found| found.bytes)
        .sum()
}

/// The pages of a crawl, one after the other; see [`pages`].
pub struct Pages {
    walk: Walk,
    current: Option<PagesOfFile>,
    options: ReadOptions,
    bytes_read: Arc<AtomicU64>,
    passed_over: BTreeMap<String, u64>,
}

impl Pages {
    /// How many bytes of the files on disk have been read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// How many files of folders were passed over because nothing here reads them, by ending
    /// (`.png`, or the whole name where there is no ending).
    pub fn passed_over(&self) -> BTreeMap<String, u64> {
        self.passed_over.clone()
    }

    /// Opens a file that the walk found, unless it is none of ours.
    fn open(&mut self, found: &Found) -> Result<Option<PagesOfFile>, Skip> {
        let by_name = format_by_name(&found.path);
        if by_name.is_none() && !found.named {
            *self.passed_over.entry(ending_shown(&found.path)).or_default() += 1;
            return Ok(None);
        }
        let mut source = Source::open(found, self.options.max_page, &self.bytes_read)?;
        let format = match by_name {
            Some(format) => format,
            None => by_content(&source.start()?).ok_or_else(|| {
                Skip::new(source.origin(), "is none of the formats that can be read")
                    .hint(format!("readable are {}", endings_listed()))
            })?,
        };
        Ok(Some(format.pages(source)))
    }
}

impl Iterator for Pages {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(current) = &mut self.current {
                if let Some(page) = current.next() {
                    return Some(page);
                }
                self.current = None;
            }
            let opened = match self.walk.next()? {
                Ok(found) => self.open(&found),
                Err(skip) => Err(skip),
            };
            match opened {
                Ok(pages) => self.current = pages,
                Err(skip) => return Some(Err(skip)),
            }
        }
    }
}

/// Endings of compressed files, which stand after the ending of what is in them.
const PACKED: &[&str] = &["gz", "zst"];

/// Finds the format that a file's name promises.
fn format_by_name(path: &std::path::Path) -> Option<&'static dyn Format> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let name =
        PACKED.iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.')).unwrap_or(&name);
    let (_, ending) = name.rsplit_once('.')?;
    FORMATS.iter().copied().find(|format| format.endings().contains(&ending))
}

/// Finds the format that bytes look like; none for what is no text.
fn by_content(start: &[u8]) -> Option<&'static dyn Format> {
    if encoding::is_binary(start) {
        return None;
    }
    FORMATS.iter().copied().find(|format| format.recognises(start))
}

/// The ending of a file as it is counted and shown.
fn ending_shown(path: &std::path::Path) -> String {
    match path.extension() {
        Some(ending) => format!(".{}", ending.to_string_lossy().to_lowercase()),
        None => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

/// All formats with their endings, for a hint.
fn endings_listed() -> String {
    let formats: Vec<String> = FORMATS
        .iter()
        .map(|format| format!("{} (.{})", format.name(), format.endings().join(" .")))
        .collect();
    format!("{}; each also as .{}", formats.join(", "), PACKED.join(" or ."))
}

/// A page of a file that is one page.
fn single(source: Source, read: fn(Origin, Vec<u8>) -> Result<RawPage, Skip>) -> PagesOfFile {
    let mut source = Some(source);
    Box::new(std::iter::from_fn(move || {
        let source = source.take()?;
        let origin = source.origin();
        Some(source.whole().and_then(|bytes| read(origin, bytes)))
    }))
}

#[cfg(test)]
mod tests;
