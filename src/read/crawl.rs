//! A crawl, file by file → the pages of each, for whoever wants to choose which files to read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::{Run, START, Source};
use super::walk::{Found, Walk, unreachable};
use super::{
    PagesOfFile, ReadOptions, by_content, dump, ending_shown, endings_listed, file_name,
    format_by_name, only, speaks_of_its_folder,
};
use crate::article::{Origin, RawPage, Skip};

/// The files of a crawl that can hold pages, in the order in which they are read; what cannot be
/// reached comes as a [`Skip`].
pub struct Crawl {
    walk: Walk,
    run: Arc<Run>,
}

impl Crawl {
    /// The files under some paths; see [`pages`](super::pages).
    pub fn of(paths: &[PathBuf], options: ReadOptions) -> Self {
        Self { walk: Walk::new(paths), run: Arc::new(Run::new(options)) }
    }

    /// Begins to read a file.
    pub fn pages(&self, found: &Found) -> FilePages {
        let origin = Origin::file(found.path.to_string_lossy());
        let pages = Skip::on_panic(&origin, || self.open(found)).unwrap_or_else(only);
        FilePages { origin, pages: Some(pages) }
    }

    /// The pages of bytes that are held in memory, as if they were a file of that name.
    pub(super) fn pages_of_bytes(&self, name: &str, bytes: Vec<u8>) -> FilePages {
        let origin = Origin::file(name);
        let format = format_by_name(name)
            .or_else(|| by_content(&bytes[..bytes.len().min(START)]))
            .unwrap_or(&dump::Dump);
        let open = || Ok(format.pages(Source::of_bytes(name, bytes, &self.run)?));
        let pages = Skip::on_panic(&origin, open).unwrap_or_else(only);
        FilePages { origin, pages: Some(pages) }
    }

    /// How many bytes of the files on disk have been read or passed by so far.
    pub fn bytes_read(&self) -> u64 {
        self.run.bytes_read()
    }

    /// Counts a file as done that need not be read, and what in it held no page when it was.
    pub fn pass_by(&self, found: &Found, passed_over: &BTreeMap<String, u64>) {
        self.run.count(found.facts.bytes);
        for (what, count) in passed_over {
            self.run.pass_over_many(what, *count);
        }
    }

    /// What held no page so far, by kind; see [`Pages::passed_over`](super::Pages::passed_over).
    pub fn passed_over(&self) -> BTreeMap<String, u64> {
        self.run.passed_over()
    }

    /// Says why a file that was found cannot be read.
    pub fn unreadable(found: &Found, error: &io::Error) -> Skip {
        unreachable(&found.path, error)
    }

    fn open(&self, found: &Found) -> Result<PagesOfFile, Skip> {
        let mut source = Source::open(found, &self.run)?;
        let format = match format_by_name(&file_name(&found.path)) {
            Some(format) => format,
            None => by_content(&source.start(START)?).ok_or_else(|| {
                Skip::new(source.origin(), "is none of the formats that can be read")
                    .hint(format!("readable are {}", endings_listed()))
            })?,
        };
        Ok(format.pages(source))
    }
}

impl Iterator for Crawl {
    type Item = Result<Found, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.walk.next()? {
                Ok(found) => found,
                Err(skip) => return Some(Err(skip)),
            };
            let name = file_name(&found.path);
            if found.named || (format_by_name(&name).is_some() && !speaks_of_its_folder(&name)) {
                return Some(Ok(found));
            }
            self.run.pass_over(ending_shown(&name));
        }
    }
}

/// The pages of one file, one after the other.
pub struct FilePages {
    origin: Origin,
    pages: Option<PagesOfFile>,
}

impl Iterator for FilePages {
    type Item = Result<RawPage, Skip>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.pages.as_mut()?;
        // The readers of some formats are not ours; if one breaks over a file, the next file is
        // read.
        let next = Skip::on_panic(&self.origin, || Ok(pages.next())).map_err(|skip| {
            let reason = format!("{} and is read no further", skip.reason);
            Skip::new(skip.origin, reason).hint("please report it with the file")
        });
        match next {
            Ok(Some(page)) => Some(page),
            Ok(None) => {
                self.pages = None;
                None
            }
            Err(skip) => {
                self.pages = None;
                Some(Err(skip))
            }
        }
    }
}

/// Hashes what stands in a file.
pub fn content_hash(path: &Path) -> io::Result<[u8; 16]> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut hash = [0; 16];
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    Ok(hash)
}
