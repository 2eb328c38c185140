//! The folder of an index: generations, the pointer to the current one, and who may touch what.
//!
//! ```text
//! DIR/CURRENT               the name of the generation that readers open
//! DIR/writer.lock           held by whoever writes; says who (process number)
//! DIR/generation-000007/    one whole index; never half, never changed by a rebuild
//! DIR/generation-000007/readers.lock   held, shared, by everybody who reads it
//! ```
//!
//! A rebuild makes the next generation beside the current one and then renames a new `CURRENT`
//! over the old: readers see the one or the other. Locks are the system's (`flock`): they vanish
//! with the process that held them, so that a crash leaves none behind.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher};

use super::copies::{self, Copies};
use super::error::IndexError;
use super::fields::{Fields, schema};
use super::stamp::{Imprint, Stamp};
use super::tokenizers;

const CURRENT: &str = "CURRENT";
const WRITER_LOCK: &str = "writer.lock";
const READERS_LOCK: &str = "readers.lock";
const PREFIX: &str = "generation-";

/// Blocks of stored articles kept unpacked for each segment (16 KiB each).
const CACHED_BLOCKS: usize = 512;

/// The folder of an index, whether it exists yet or not.
#[derive(Debug, Clone)]
pub struct Home {
    path: PathBuf,
}

/// An index opened for reading: one generation, as it was when it was opened.
pub struct OpenIndex {
    /// The folder of the index.
    pub path: PathBuf,
    /// Name of the generation.
    pub generation: String,
    /// What it was built with and from.
    pub imprint: Imprint,
    /// Handles of the fields.
    pub fields: Fields,
    reader: IndexReader,
    /// Which articles are reprints of one another; set once it is known.
    copies: OnceLock<Arc<Copies>>,
    /// Keeps the generation from being removed while we read.
    _lock: File,
}

/// What can be said of an index without opening it for a search.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Name of the current generation.
    pub generation: String,
    /// What it was built with and from.
    pub imprint: Imprint,
    /// Number of articles.
    pub articles: u64,
    /// Number of the engine's segments.
    pub segments: usize,
    /// Bytes that it takes on disk.
    pub bytes: u64,
}

/// The right to write an index, held by one process at a time.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

/// Bytes of stored articles that are packed together. Showing an article unpacks its whole block:
/// with the engine's 16 KiB, a third of a search's time went into the neighbours of ten articles.
const STORED_BLOCK: usize = 5_000;

impl Home {
    /// Names the folder of an index.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the generation that readers open; none if there is no index yet.
    pub fn current(&self) -> Result<Option<String>, IndexError> {
        let pointer = self.path.join(CURRENT);
        match fs::read_to_string(&pointer) {
            Ok(name) => {
                let name = name.trim();
                if number_of(name).is_some() {
                    Ok(Some(name.to_owned()))
                } else {
                    Err(self.damaged(format!("`{CURRENT}` does not name a generation")))
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(IndexError::Io { action: "read", path: pointer, source }),
        }
    }

    /// Which commit readers would open now: the generation, and the number of the engine's last
    /// operation in it. None if there is no index.
    pub fn commit(&self) -> Result<Option<(String, u64)>, IndexError> {
        let Some(generation) = self.current()? else { return Ok(None) };
        let (index, _) = self.open_engine(&self.path.join(&generation))?;
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        Ok(Some((generation, metas.opstamp)))
    }

    /// Opens the current generation for reading and checks its stamp.
    pub fn open(&self) -> Result<OpenIndex, IndexError> {
        // A rebuild may swap between reading CURRENT and locking the generation; then look again.
        for _ in 0..100 {
            let Some(generation) = self.current()? else {
                return Err(IndexError::Missing(self.path.clone()));
            };
            match self.open_generation(&generation) {
                Ok(index) => return Ok(index),
                Err(_) if self.current()?.as_ref() != Some(&generation) => {}
                Err(error) => return Err(error),
            }
        }
        Err(self.damaged("the current generation changes faster than it can be opened".to_owned()))
    }

    fn open_generation(&self, generation: &str) -> Result<OpenIndex, IndexError> {
        let folder = self.path.join(generation);
        let lock_path = folder.join(READERS_LOCK);
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::Io { action, path, source }
        };
        let lock = File::open(&lock_path).map_err(io("open", &lock_path))?;
        lock.lock_shared().map_err(io("lock", &lock_path))?;
        let (index, imprint) = self.open_engine(&folder)?;
        if let Some((built, wanted)) = imprint.stamp.difference(&Stamp::current()) {
            return Err(IndexError::OtherStamp { path: self.path.clone(), built, wanted });
        }
        tokenizers::register(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_BLOCKS)
            .try_into()
            .map_err(|source| self.engine(source))?;
        let (_, fields) = schema();
        let copies = OnceLock::new();
        if let Some(remembered) = Copies::recall(&index, &reader.searcher()) {
            let _ = copies.set(Arc::new(remembered));
        }
        Ok(OpenIndex {
            path: self.path.clone(),
            generation: generation.to_owned(),
            imprint,
            fields,
            reader,
            copies,
            _lock: lock,
        })
    }

    /// Reads what the current generation was built with and from, whatever its stamp.
    pub fn imprint(&self) -> Result<Imprint, IndexError> {
        let current = self.current()?.ok_or_else(|| IndexError::Missing(self.path.clone()))?;
        self.open_engine(&self.path.join(current)).map(|(_, imprint)| imprint)
    }

    /// Looks at the current generation, whatever its stamp.
    pub fn survey(&self) -> Result<Survey, IndexError> {
        let generation = self.current()?.ok_or_else(|| IndexError::Missing(self.path.clone()))?;
        let (index, imprint) = self.open_engine(&self.path.join(&generation))?;
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        Ok(Survey {
            generation,
            imprint,
            articles: metas.segments.iter().map(|segment| u64::from(segment.num_docs())).sum(),
            segments: metas.segments.len(),
            bytes: self.bytes()?,
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the one door to the engine's files")]
    fn open_engine(&self, folder: &Path) -> Result<(Index, Imprint), IndexError> {
        let index = Index::open_in_dir(folder).map_err(|source| self.engine(source))?;
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        let imprint = serde_json::from_str(metas.payload.as_deref().unwrap_or_default())
            .map_err(|e| self.damaged(format!("its imprint cannot be read ({e})")))?;
        Ok((index, imprint))
    }

    /// Opens the current generation for a writer, or none if there is no index yet.
    pub(super) fn open_for_writing(&self) -> Result<Option<(Index, Imprint)>, IndexError> {
        let Some(current) = self.current()? else { return Ok(None) };
        let (index, imprint) = self.open_engine(&self.path.join(current))?;
        if let Some((built, wanted)) = imprint.stamp.difference(&Stamp::current()) {
            return Err(IndexError::OtherStamp { path: self.path.clone(), built, wanted });
        }
        tokenizers::register(&index);
        Ok(Some((index, imprint)))
    }

    /// Takes the right to write; at most one process has it. Makes the folder if need be.
    pub fn lock_for_writing(&self) -> Result<WriterLock, IndexError> {
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::Io { action, path, source }
        };
        self.refuse_foreign_folder()?;
        fs::create_dir_all(&self.path).map_err(io("make", &self.path))?;
        let path = self.path.join(WRITER_LOCK);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                return Err(IndexError::Busy {
                    path: self.path.clone(),
                    pid: pid.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(IndexError::Io { action: "lock", path, source });
            }
        }
        let note = |file: &mut File| -> io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(io("write", &path))?;
        Ok(WriterLock { _file: file })
    }

    /// An existing folder that holds other things is not ours to fill.
    fn refuse_foreign_folder(&self) -> Result<(), IndexError> {
        let Ok(entries) = fs::read_dir(&self.path) else { return Ok(()) };
        let ours = |name: &str| name == CURRENT || name == WRITER_LOCK || name.starts_with(PREFIX);
        let mut names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let (mut any, mut known) = (false, false);
        for name in &mut names {
            any = true;
            known |= ours(&name);
        }
        if any && !known { Err(IndexError::Foreign(self.path.clone())) } else { Ok(()) }
    }

    /// Makes the folder and the engine's files of the generation after all that exist.
    ///
    /// Needs the right to write. Nothing points to it before [`Home::point_to`].
    #[expect(clippy::disallowed_methods, reason = "the one door to the engine's files")]
    pub(super) fn make_generation(&self, _: &WriterLock) -> Result<(String, Index), IndexError> {
        let last = self.generations()?.iter().filter_map(|name| number_of(name)).max();
        let name = format!("{PREFIX}{:06}", last.map_or(1, |n| n + 1));
        let folder = self.path.join(&name);
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::Io { action, path, source }
        };
        fs::create_dir_all(&folder).map_err(io("make", &folder))?;
        let lock = folder.join(READERS_LOCK);
        File::create(&lock).map_err(io("make", &lock))?;
        let directory = MmapDirectory::open(&folder).map_err(|e| self.engine(e.into()))?;
        let (schema, _) = schema();
        let settings =
            tantivy::IndexSettings { docstore_blocksize: STORED_BLOCK, ..Default::default() };
        let index =
            Index::create(directory, schema, settings).map_err(|source| self.engine(source))?;
        tokenizers::register(&index);
        Ok((name, index))
    }

    /// Lets readers open another generation from now on, in one step.
    pub(super) fn point_to(&self, _: &WriterLock, generation: &str) -> Result<(), IndexError> {
        let (new, pointer) = (self.path.join("CURRENT.new"), self.path.join(CURRENT));
        let swap = || -> io::Result<()> {
            let mut file = File::create(&new)?;
            writeln!(file, "{generation}")?;
            file.sync_all()?;
            fs::rename(&new, &pointer)?;
            File::open(&self.path)?.sync_all()
        };
        swap().map_err(|source| IndexError::Io { action: "write", path: pointer.clone(), source })
    }

    /// Removes generations that are not current and that nobody reads; returns how many.
    ///
    /// What cannot be removed now is left to the next writer.
    pub(super) fn sweep(&self, _: &WriterLock) -> Result<usize, IndexError> {
        let current = self.current()?;
        let mut removed = 0;
        for name in self.generations()? {
            if Some(&name) == current.as_ref() {
                continue;
            }
            let folder = self.path.join(&name);
            let unread = match File::open(folder.join(READERS_LOCK)) {
                Ok(lock) => lock.try_lock().is_ok(),
                Err(error) => error.kind() == io::ErrorKind::NotFound,
            };
            if unread && fs::remove_dir_all(&folder).is_ok() {
                removed += 1;
            }
        }
        let _ = fs::remove_file(self.path.join("CURRENT.new"));
        Ok(removed)
    }

    /// Names of all generations, the oldest first.
    fn generations(&self) -> Result<Vec<String>, IndexError> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(IndexError::Io { action: "read", path: self.path.clone(), source });
            }
        };
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| number_of(name).is_some()).collect();
        names.sort();
        Ok(names)
    }

    /// Bytes that the current generation takes on disk.
    pub fn bytes(&self) -> Result<u64, IndexError> {
        let Some(current) = self.current()? else { return Ok(0) };
        let folder = self.path.join(current);
        let entries = fs::read_dir(&folder).map_err(|source| IndexError::Io {
            action: "read",
            path: folder.clone(),
            source,
        })?;
        Ok(entries.flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum())
    }

    /// Keeps beside the last commit of a generation which of its articles are reprints of one
    /// another. Belongs behind every commit; where it is missing, readers find out by themselves.
    pub(super) fn remember_copies(
        &self,
        generation: &str,
        index: &Index,
    ) -> Result<Arc<Copies>, IndexError> {
        let reader = index.reader().map_err(|source| self.engine(source))?;
        let copies = Copies::renewed(index, &reader.searcher()).map_err(|e| self.engine(e))?;
        let path = self.path.join(generation).join(copies::FILE);
        copies.keep(&path).map_err(|source| IndexError::Io { action: "write", path, source })?;
        Ok(Arc::new(copies))
    }

    pub(super) fn engine(&self, source: tantivy::TantivyError) -> IndexError {
        IndexError::Engine { path: self.path.clone(), source }
    }

    pub(super) fn damaged(&self, what: String) -> IndexError {
        IndexError::Damaged { path: self.path.clone(), what }
    }
}

impl OpenIndex {
    /// The articles as they were when the index was opened.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Which articles are reprints of one another. Read from beside the index where it was kept;
    /// found out anew, once, where a crash came between.
    pub fn copies(&self) -> Result<Arc<Copies>, IndexError> {
        if let Some(known) = self.copies.get() {
            return Ok(Arc::clone(known));
        }
        let found = Copies::find(&self.searcher())
            .map_err(|source| IndexError::Engine { path: self.path.clone(), source })?;
        Ok(Arc::clone(self.copies.get_or_init(|| Arc::new(found))))
    }

    /// Number of articles.
    pub fn len(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The number in a generation's name; none if it is no such name.
fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX).filter(|digits| digits.len() >= 6)?.parse().ok()
}
