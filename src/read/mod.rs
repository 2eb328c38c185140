//! Files, folders and standard input → [`RawPage`]s.
//!
//! A crawl is walked in order, each file is unpacked if it is compressed, handed to the format that
//! knows it, and comes out as pages decoded to text. Nothing that goes wrong ends the run: it comes
//! out as a [`Skip`] that names the file and the line.
//!
//! To teach the reader a format, write one file with a [`Format`] and add it to [`FORMATS`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::article::{Origin, RawPage, Skip};

mod crawl;
mod csv;
mod dump;
pub mod encoding;
mod euc_tw;
mod fields;
mod html;
mod http;
mod json;
mod jsonl;
mod markdown;
mod mhtml;
mod record;
mod source;
mod tar;
mod transcode;
mod wacz;
mod walk;
mod warc;
mod zip;

pub use crawl::{Crawl, FilePages, content_hash};
pub use fields::{FieldNames, FieldsError};
use source::{START, Source};
pub use walk::{FileFacts, Found, nanoseconds};

/// The formats we know; where only the first bytes speak, the first that recognises them wins.
static FORMATS: &[&dyn Format] = &[
    &warc::Warc,
    &wacz::Wacz,
    &zip::Zip,
    &tar::Tar,
    &mhtml::Mhtml,
    &json::Json,
    &jsonl::Jsonl,
    &html::Html,
    &markdown::Markdown,
    &csv::COMMAS,
    &csv::TABULATORS,
    &dump::Dump,
];

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
    /// The most bytes that one page, line or record may hold, unpacked; what is larger is skipped.
    pub max_page: usize,
    /// Names of fields, asked before those that we know.
    pub fields: Arc<FieldNames>,
    /// Names of fields in what lies under one of the paths, in place of [`Self::fields`].
    pub fields_by_path: BTreeMap<PathBuf, Arc<FieldNames>>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { max_page: 64 << 20, fields: Arc::default(), fields_by_path: BTreeMap::new() }
    }
}

impl ReadOptions {
    /// The names of fields that are given for what lies under a path.
    fn fields_of(&self, argument: &Path) -> Arc<FieldNames> {
        Arc::clone(self.fields_by_path.get(argument).unwrap_or(&self.fields))
    }
}

/// Streams every page of files, folders and (as `-`) standard input.
///
/// Folders are read recursively and sorted by name, hidden files left out; a file or folder is
/// read once, however many links or arguments lead to it. Archives are read like folders, their
/// members in the order in which they stand there.
pub fn pages(paths: &[PathBuf], options: ReadOptions) -> Pages {
    Pages { crawl: Crawl::of(paths, options), current: None }
}

/// Streams the pages of bytes that are held in memory, as if they were a file of that name.
pub fn pages_of_bytes(name: &str, bytes: Vec<u8>, options: ReadOptions) -> Pages {
    let crawl = Crawl::of(&[], options);
    let current = Some(crawl.pages_of_bytes(name, bytes));
    Pages { crawl, current }
}

/// Adds up the bytes on disk that [`pages`] would read, for a progress bar.
pub fn total_bytes(paths: &[PathBuf]) -> u64 {
    Crawl::of(paths, ReadOptions::default())
        .filter_map(Result::ok)
        .map(|found| found.facts.bytes)
        .sum()
}

/// The pages of a crawl, one after the other; see [`pages`].
pub struct Pages {
    crawl: Crawl,
    current: Option<FilePages>,
}

/// How many bytes of text travel in one batch, give or take a page.
const BATCH_BYTES: usize = 32 << 20;

impl Pages {
    /// How many bytes of the files on disk have been read so far.
    pub fn bytes_read(&self) -> u64 {
        self.crawl.bytes_read()
    }

    /// How many files of folders and records of archives were passed over because they hold no
    /// page, by ending (`.png`, or the whole name where there is no ending) or by what they are
    /// (`WARC request`, `HTTP 404`).
    pub fn passed_over(&self) -> BTreeMap<String, u64> {
        self.crawl.passed_over()
    }

    /// The next pages, `most` of them at the most and fewer where they are large; empty at the end.
    pub fn batch(&mut self, most: usize) -> Vec<Result<RawPage, Skip>> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < most && bytes < BATCH_BYTES {
            let Some(page) = self.next() else { break };
            bytes += page.as_ref().map_or(0, |page| page.content.text().len());
            batch.push(page);
        }
        batch
    }
}

impl Iterator for Pages {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(page) = self.current.as_mut().and_then(Iterator::next) {
                return Some(page);
            }
            self.current = match self.crawl.next()? {
                Ok(found) => Some(self.crawl.pages(&found)),
                Err(skip) => return Some(Err(skip)),
            };
        }
    }
}

/// Opens a member of an archive by its name there, as a file of a folder is opened.
fn open_member(
    archive: &Source,
    name: &str,
    bytes: impl std::io::Read + Send + 'static,
) -> Result<Option<PagesOfFile>, Skip> {
    let parts: Vec<&str> = name.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let hidden = parts.iter().any(|part| part.starts_with('.') || *part == "__MACOSX");
    let Some(file) = parts.last().filter(|_| !hidden) else { return Ok(None) };
    match format_by_name(file) {
        Some(format) if !speaks_of_its_folder(file) => {
            Ok(Some(format.pages(archive.member(&parts.join("/"), bytes)?)))
        }
        _ => {
            archive.run.pass_over(ending_shown(file));
            Ok(None)
        }
    }
}

/// Endings of compressed files, which stand after the ending of what is in them.
const PACKED: &[&str] = &["gz", "zst"];

/// The last part of a path.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Finds the format that a file's name promises.
fn format_by_name(name: &str) -> Option<&'static dyn Format> {
    let name = name.to_lowercase();
    let name =
        PACKED.iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.')).unwrap_or(&name);
    let (_, ending) = name.rsplit_once('.')?;
    FORMATS.iter().copied().find(|format| format.endings().contains(&ending))
}

/// Whether a file is about the folder it lies in, rather than a page of the crawl.
fn speaks_of_its_folder(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    ["readme", "license", "changelog"].iter().any(|known| stem.eq_ignore_ascii_case(known))
}

/// Finds the format that bytes look like; none for what is no text.
fn by_content(start: &[u8]) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.recognises(start))
}

/// The ending of a file as it is counted and shown.
fn ending_shown(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, ending)) if !speaks_of_its_folder(name) => format!(".{}", ending.to_lowercase()),
        _ => name.to_owned(),
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

/// A file of which there is nothing but this to say.
fn only(skip: Skip) -> PagesOfFile {
    Box::new(std::iter::once(Err(skip)))
}

#[cfg(test)]
mod tests;
