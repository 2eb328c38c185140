//! The catalogue of a generation: which files were read, as what, and which articles each gave.
//!
//! It is a file of blocks that only grows, beside the engine's files. Every commit of the engine
//! names it with a length and a check (see [`Pointer`]): what was appended and never committed is
//! not part of it, so that it always says what the commit says. A block is its length, a hash that
//! also covers the hash before it, and packed records; a later record of a file replaces an
//! earlier one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::article::{RawPage, Skip};
use crate::read::FileFacts;

/// Skipped pages of a file whose reasons are kept; a file with more is read anew every time.
pub(super) const MOST_REASONS: usize = 1_000;

const PREFIX: &str = "catalogue-";

/// Grows beyond so many times what it says (and this many bytes), it is written anew.
const MOST_TIMES: u64 = 4;
const SMALL: u64 = 4 << 20;

/// How long a file has to have been left alone for its times to be believed: two seconds are the
/// coarsest clock of a file system in use (FAT).
const RESTED: i64 = 2_000_000_000;

/// Which part of which file is the catalogue of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Name of the file in the folder of the generation.
    pub file: String,
    /// How much of it counts.
    pub bytes: u64,
    /// Hash of the last block, which covers all before it.
    pub check: String,
}

/// An article as one file holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// Hash of its id.
    pub(super) id: u64,
    /// Fingerprint of the article, without corrections.
    pub(super) fingerprint: u64,
    /// Hash of the page as it was before it was cleaned.
    pub(super) raw: u64,
}

/// What a file gave when it was last read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) facts: FileFacts,
    /// When the facts were taken, in nanoseconds since 1970 (UTC).
    pub(super) read_at: i64,
    /// Hash of its content; none where it was not read to its end or changed meanwhile.
    pub(super) content: Option<[u8; 16]>,
    /// Hash of how it was read: limits, names of fields.
    pub(super) reading: u64,
    /// Its articles in their order, one that stands twice twice.
    pub(super) pages: Vec<Held>,
    /// How many of its pages gave no article.
    pub(super) skipped: u64,
    /// Why, for [`MOST_REASONS`] of them.
    pub(super) reasons: Vec<Skip>,
    /// What in it was no page, by kind.
    pub(super) passed_over: BTreeMap<String, u64>,
    /// Whether it was not there any more when it was last looked for.
    pub(super) gone: bool,
}

impl Entry {
    /// Whether a file with these facts is for certain the file that was read.
    pub(super) fn is_surely(&self, facts: &FileFacts, reading: u64) -> bool {
        self.can_be_trusted(reading)
            && self.facts == *facts
            && self.facts.rested(self.read_at, RESTED)
    }

    /// Whether a file with these facts is the file that was read, as far as can be told without
    /// reading it.
    pub(super) fn looks_like(&self, facts: &FileFacts, reading: u64) -> bool {
        self.can_be_trusted(reading) && self.facts == *facts
    }

    /// Whether a file with these facts was read as it is, whether or not all in it could be.
    pub(super) fn is_as_read(&self, facts: &FileFacts, reading: u64) -> bool {
        self.content.is_some() && self.reading == reading && self.facts == *facts && !self.gone
    }

    /// Whether a file with this content need not be read again.
    pub(super) fn is_same(&self, content: &[u8; 16], reading: u64) -> bool {
        self.can_be_trusted(reading) && self.content.as_ref() == Some(content)
    }

    fn can_be_trusted(&self, reading: u64) -> bool {
        self.content.is_some()
            && self.reading == reading
            && self.reasons.len() as u64 == self.skipped
    }

    /// Its articles by the hash of the page, for telling which pages of a changed file are as they
    /// were. Articles of which it holds several versions are left out: which one counts has to be
    /// found out anew.
    pub(super) fn by_raw(&self) -> HashMap<u64, Held> {
        let mut versions: HashMap<u64, Option<u64>> = HashMap::new();
        for held in &self.pages {
            let version = versions.entry(held.id).or_insert(Some(held.fingerprint));
            if *version != Some(held.fingerprint) {
                *version = None;
            }
        }
        let one = |held: &&Held| versions.get(&held.id).is_some_and(Option::is_some);
        self.pages.iter().filter(one).map(|held| (held.raw, *held)).collect()
    }
}

/// The catalogue, in memory.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    files: HashMap<PathBuf, Entry>,
    pointer: Option<Pointer>,
}

/// Why a catalogue cannot be used.
#[derive(Debug)]
pub(super) enum CatalogueError {
    /// The system says no.
    Io(PathBuf, io::Error),
    /// It is not what was written.
    Damaged(String),
}

impl Catalogue {
    /// Reads the catalogue of a commit and checks all of it.
    pub(super) fn read(folder: &Path, pointer: Option<&Pointer>) -> Result<Self, CatalogueError> {
        let Some(pointer) = pointer else { return Ok(Self::default()) };
        let damaged = |what: &str| CatalogueError::Damaged(format!("`{}` {what}", pointer.file));
        if !pointer.file.starts_with(PREFIX) || pointer.file.contains(['/', '\\']) {
            return Err(damaged("is no name of a catalogue"));
        }
        let path = folder.join(&pointer.file);
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(pointer.bytes).read_to_end(&mut bytes))
            .map_err(|error| CatalogueError::Io(path, error))?;
        if bytes.len() as u64 != pointer.bytes {
            return Err(damaged("is shorter than it was"));
        }
        let mut files = HashMap::new();
        let mut rest = Reader(&bytes);
        let mut chain = [0; 16];
        while !rest.0.is_empty() {
            let block = (|| {
                let length = rest.u32()?;
                let check: [u8; 16] = rest.array()?;
                let packed = rest.take(length as usize)?;
                (chained(&chain, packed) == check).then_some((check, packed))
            })();
            let (check, packed) = block.ok_or_else(|| damaged("has a block that is damaged"))?;
            chain = check;
            let records = zstd::decode_all(packed).map_err(|_| damaged("cannot be unpacked"))?;
            let mut records = Reader(&records);
            while !records.0.is_empty() {
                let record =
                    records.record().ok_or_else(|| damaged("has a record that is damaged"))?;
                match record {
                    (path, Some(entry)) => files.insert(path, entry),
                    (path, None) => files.remove(&path),
                };
            }
        }
        if hex(&chain) != pointer.check {
            return Err(damaged("is not the one that was committed"));
        }
        Ok(Self { files, pointer: Some(pointer.clone()) })
    }

    /// What a file gave, by its full path.
    pub(super) fn get(&self, path: &Path) -> Option<&Entry> {
        self.files.get(path)
    }

    /// All files, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, &Entry)> {
        self.files.iter().map(|(path, entry)| (path.as_path(), entry))
    }

    /// Hashes of the ids that some file holds that is there.
    pub(super) fn held(&self) -> HashSet<u64> {
        let there = self.files.values().filter(|entry| !entry.gone);
        there.flat_map(|entry| entry.pages.iter().map(|held| held.id)).collect()
    }

    /// Appends changes to the file and makes sure that they are on disk. They are part of the
    /// catalogue once a commit carries the pointer that is returned.
    ///
    /// `last` is what the last commit named, if there have been some since this catalogue was
    /// read: then it is written after that, and never anew.
    pub(super) fn append(
        &self,
        folder: &Path,
        last: Option<&Pointer>,
        changes: &BTreeMap<PathBuf, Option<Entry>>,
    ) -> Result<Pointer, CatalogueError> {
        let size = |entry: &Entry| 200 + 24 * entry.pages.len() as u64;
        let needed: u64 = self.files.values().map(size).sum();
        let is_own = last == self.pointer.as_ref();
        let too_long =
            |pointer: &&Pointer| is_own && pointer.bytes > SMALL.max(MOST_TIMES * needed);
        let old = last.filter(|pointer| !too_long(pointer));
        let mut records = Vec::new();
        let (name, start, chain) = if let Some(old) = old {
            for (path, change) in changes {
                write_record(&mut records, path, change.as_ref());
            }
            (old.file.clone(), old.bytes, old.check.clone())
        } else {
            for (path, entry) in &self.files {
                if !changes.contains_key(path) {
                    write_record(&mut records, path, Some(entry));
                }
            }
            for (path, change) in changes {
                write_record(&mut records, path, change.as_ref());
            }
            let number = self.pointer.as_ref().and_then(|old| number_of(&old.file)).unwrap_or(0);
            (format!("{PREFIX}{:06}", number + 1), 0, hex(&[0; 16]))
        };
        let path = folder.join(&name);
        let io = |error| CatalogueError::Io(path.clone(), error);
        let packed = zstd::encode_all(records.as_slice(), 1).map_err(io)?;
        let chain = unhex(&chain)
            .ok_or_else(|| CatalogueError::Damaged(format!("`{name}` has no check")))?;
        let check = chained(&chain, &packed);
        let length =
            u32::try_from(packed.len()).map_err(|_| io(io::ErrorKind::FileTooLarge.into()))?;
        let mut block = length.to_le_bytes().to_vec();
        block.extend(check);
        block.extend(&packed);
        let write = || -> io::Result<()> {
            let mut file = File::options().write(true).create(true).truncate(false).open(&path)?;
            // What a run left behind that never committed.
            file.set_len(start)?;
            io::Seek::seek(&mut file, io::SeekFrom::Start(start))?;
            file.write_all(&block)?;
            file.sync_all()?;
            if start == 0 { File::open(folder)?.sync_all() } else { Ok(()) }
        };
        write().map_err(io)?;
        let bytes = start + block.len() as u64;
        Ok(Pointer { file: name, bytes, check: hex(&check) })
    }

    /// Takes in changes that were appended and committed; without a pointer nothing was appended.
    pub(super) fn joined(
        &mut self,
        pointer: Option<Pointer>,
        changes: BTreeMap<PathBuf, Option<Entry>>,
    ) {
        for (path, change) in changes {
            match change {
                Some(entry) => self.files.insert(path, entry),
                None => self.files.remove(&path),
            };
        }
        if pointer.is_some() {
            self.pointer = pointer;
        }
    }

    /// Removes catalogues that no commit names any more.
    pub(super) fn sweep(&self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let current = self.pointer.as_ref().is_some_and(|pointer| pointer.file == name);
            if number_of(&name).is_some() && !current {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Hash of an id, the same on every machine.
pub(super) fn hash_of_id(id: &str) -> u64 {
    first_eight(&blake3::hash(id.as_bytes()))
}

/// Hash of a page before it is cleaned. Where its id follows from the place it was found at, the
/// place is part of it.
pub(super) fn hash_of_page(page: &RawPage) -> u64 {
    let mut hasher = blake3::Hasher::new();
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    let given = &page.given;
    let fields = [
        &given.id,
        &given.title,
        &given.date,
        &given.outlet,
        &given.author,
        &given.url,
        &given.crawled,
    ];
    for field in fields {
        part(if field.is_some() { "+" } else { "-" });
        part(field.as_deref().unwrap_or_default());
    }
    part(match page.content {
        crate::article::Content::Body(_) => "body",
        crate::article::Content::Dump(_) => "dump",
        crate::article::Content::Html(_) => "html",
    });
    part(page.content.text());
    if given.id.is_none() && given.url.is_none() {
        part(&page.origin.to_string());
    }
    first_eight(&hasher.finalize())
}

pub(super) fn first_eight(hash: &blake3::Hash) -> u64 {
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
}

fn chained(before: &[u8; 16], packed: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before);
    hasher.update(packed);
    let mut hash = [0; 16];
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    hash
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The number in a catalogue's name; none if it is no such name.
fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// A path as bytes that give the same path again.
#[cfg(unix)]
fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Writes what is known of a file, or (none) that it is forgotten.
fn write_record(out: &mut Vec<u8>, path: &Path, entry: Option<&Entry>) {
    let long = |out: &mut Vec<u8>, bytes: &[u8]| {
        // Paths and reasons are far from 4 GiB.
        out.extend((bytes.len() as u32).to_le_bytes());
        out.extend(bytes);
    };
    long(out, &path_bytes(path));
    let Some(entry) = entry else {
        out.push(0);
        return;
    };
    out.push(1 | u8::from(entry.gone) << 1 | u8::from(entry.content.is_some()) << 2);
    out.extend(entry.facts.bytes.to_le_bytes());
    for time in [entry.facts.modified, entry.facts.changed, entry.read_at] {
        out.extend(time.to_le_bytes());
    }
    out.extend(entry.content.unwrap_or_default());
    out.extend(entry.reading.to_le_bytes());
    out.extend(entry.skipped.to_le_bytes());
    out.extend((entry.pages.len() as u64).to_le_bytes());
    for held in &entry.pages {
        for number in [held.id, held.fingerprint, held.raw] {
            out.extend(number.to_le_bytes());
        }
    }
    // Strings and numbers: JSON always can write them.
    long(out, &serde_json::to_vec(&entry.reasons).unwrap_or_default());
    long(out, &serde_json::to_vec(&entry.passed_over).unwrap_or_default());
}

/// Bytes that are read from the front; every step is none where they do not suffice.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn long(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(length as usize)
    }

    fn record(&mut self) -> Option<(PathBuf, Option<Entry>)> {
        let path = path_of(self.long()?);
        let [flags] = self.array()?;
        if flags == 0 {
            return Some((path, None));
        }
        let bytes = self.u64()?;
        let modified = self.array().map(i64::from_le_bytes)?;
        let changed = self.array().map(i64::from_le_bytes)?;
        let read_at = self.array().map(i64::from_le_bytes)?;
        let content: [u8; 16] = self.array()?;
        let reading = self.u64()?;
        let skipped = self.u64()?;
        let count = usize::try_from(self.u64()?).ok()?;
        let mut pages = Reader(self.take(count.checked_mul(24)?)?);
        let pages = (0..count)
            .map(|_| Some(Held { id: pages.u64()?, fingerprint: pages.u64()?, raw: pages.u64()? }));
        Some((
            path,
            Some(Entry {
                facts: FileFacts { bytes, modified, changed },
                read_at,
                content: (flags & 4 != 0).then_some(content),
                reading,
                pages: pages.collect::<Option<_>>()?,
                skipped,
                reasons: serde_json::from_slice(self.long()?).ok()?,
                passed_over: serde_json::from_slice(self.long()?).ok()?,
                gone: flags & 2 != 0,
            }),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Origin;

    fn entry(number: u64) -> Entry {
        Entry {
            facts: FileFacts { bytes: number, modified: 5, changed: -7 },
            read_at: 9,
            content: Some([number as u8; 16]),
            reading: 3,
            pages: (0..number).map(|id| Held { id, fingerprint: id + 1, raw: id + 2 }).collect(),
            skipped: 1,
            reasons: vec![Skip::new(Origin::record("crawl/佛山.jsonl", 7), "坏了").hint("重抓")],
            passed_over: BTreeMap::from([("WARC request".to_owned(), 3)]),
            gone: number % 2 == 1,
        }
    }

    /// Appends changes to what was committed last.
    fn append(folder: &Path, last: Option<&Pointer>, of: &[(&str, Option<Entry>)]) -> Pointer {
        let catalogue = Catalogue::read(folder, last).unwrap();
        let changes = of.iter().map(|(path, entry)| (PathBuf::from(path), entry.clone()));
        catalogue.append(folder, last, &changes.collect()).unwrap()
    }

    #[test]
    fn what_was_committed_is_read_again_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let committed =
            append(folder, None, &[("/佛山", Some(entry(3))), ("/茂名", Some(entry(4)))]);
        append(folder, Some(&committed), &[("/佛山", None)]);
        let before = Catalogue::read(folder, Some(&committed)).unwrap();
        assert_eq!(before.get(Path::new("/佛山")), Some(&entry(3)), "the removal was no commit");
        let now = append(folder, Some(&committed), &[("/茂名", Some(entry(5)))]);
        let after = Catalogue::read(folder, Some(&now)).unwrap();
        assert_eq!(after.get(Path::new("/茂名")), Some(&entry(5)));
        assert_eq!(after.get(Path::new("/佛山")), Some(&entry(3)));
        assert_eq!(after.held().len(), 0, "both files are gone");
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let first = append(folder.path(), None, &[("/佛山", Some(entry(3)))]);
        let pointer = append(folder.path(), Some(&first), &[("/茂名", Some(entry(2)))]);
        let path = folder.path().join(&pointer.file);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&path, &bytes).unwrap();
            assert!(Catalogue::read(folder.path(), Some(&pointer)).is_err(), "byte {at}");
        }
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert!(Catalogue::read(folder.path(), Some(&pointer)).is_err());
        fs::write(&path, &whole).unwrap();
        assert!(Catalogue::read(folder.path(), Some(&pointer)).is_ok());
    }

    #[test]
    fn a_file_written_in_the_tick_it_was_read_in_is_looked_at_again() {
        let facts = FileFacts { bytes: 1, modified: 10_000_000_000, changed: 10_000_000_000 };
        let known = Entry { facts, reasons: Vec::new(), skipped: 0, ..entry(2) };
        let read_at = |read_at| Entry { read_at, ..known.clone() };
        assert!(!read_at(10_500_000_000).is_surely(&facts, 3));
        assert!(read_at(12_500_000_000).is_surely(&facts, 3));
        assert!(!read_at(12_500_000_000).is_surely(&facts, 4), "other names of fields");
        assert!(!read_at(12_500_000_000).is_surely(&FileFacts { changed: 11, ..facts }, 3));
    }

    #[test]
    fn an_article_that_stands_twice_in_a_file_is_read_anew() {
        let held = |id, fingerprint, raw| Held { id, fingerprint, raw };
        let pages = vec![held(1, 1, 1), held(2, 2, 2), held(1, 3, 3), held(4, 4, 4), held(4, 4, 5)];
        let known = Entry { pages, ..Entry::default() }.by_raw();
        let mut kept: Vec<u64> = known.keys().copied().collect();
        kept.sort_unstable();
        assert_eq!(kept, [2, 4, 5]);
    }
}
