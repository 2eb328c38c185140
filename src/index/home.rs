//! The folder of an index: generations, the pointer to the current one, and who may touch what.
//!
//! ```text
//! DIR/CURRENT               the generation that readers open, and the one before it
//! DIR/writer.lock           held by whoever writes; says who (process number)
//! DIR/generation-000007/    one whole index; never half, never changed by a rebuild
//! DIR/generation-000007/readers.lock   held, shared, by everybody who reads it
//! DIR/generation-000007/catalogue-…    which files were read, and what each gave
//! DIR/generation-000007/seal.json      which files were found whole, and how they looked
//! DIR/generation-000007/answered       a search was answered from it
//! DIR/searches/             searches that were saved
//! ```
//!
//! A rebuild makes the next generation beside the current one and then renames a new `CURRENT`
//! over the old: readers see the one or the other. The generation before stays until the new one
//! has answered a search, so that one can go back. Locks are the system's (`flock`): they vanish
//! with the process that held them, so that a crash leaves none behind.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexMeta, IndexReader, ReloadPolicy, Searcher};

use super::catalogue::{Catalogue, CatalogueError};
use super::copies::{self, Copies};
use super::error::IndexError;
use super::fields::{Fields, schema};
use super::guard::guarded;
use super::lock::Locked;
use super::seal;
use super::stamp::{Imprint, Stamp};
use super::tokenizers;
use crate::read::FileFacts;

const CURRENT: &str = "CURRENT";
const WRITER_LOCK: &str = "writer.lock";
const READERS_LOCK: &str = "readers.lock";
const ANSWERED: &str = "answered";
const PREFIX: &str = "generation-";
/// What stands before the name of the previous generation in [`CURRENT`].
const PREVIOUS: &str = "previous ";
/// The engine's file that says what belongs to a commit.
const META: &str = "meta.json";

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
    /// The folder of the generation, and how its commit looked.
    folder: PathBuf,
    commit: Option<FileFacts>,
    /// Whether there is a generation before this one that waits for it to answer.
    unproven: AtomicBool,
    /// Which articles are reprints of one another; set once it is known.
    copies: OnceLock<Arc<Copies>>,
    /// Keeps the generation from being removed while we read.
    _lock: Locked,
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
    /// Name of the generation that one can go back to, if there is one.
    pub previous: Option<String>,
}

/// Which generations there are for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointers {
    pub(super) current: String,
    pub(super) previous: Option<String>,
}

/// A generation opened for writing.
pub(super) struct Base {
    pub(super) folder: PathBuf,
    pub(super) engine: Index,
    pub(super) imprint: Imprint,
}

/// The right to write an index, held by one process at a time.
#[derive(Debug)]
pub struct WriterLock {
    _lock: Locked,
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
        Ok(self.pointers()?.map(|pointers| pointers.current))
    }

    /// The generation that readers open and the one before it; none if there is no index yet.
    pub(super) fn pointers(&self) -> Result<Option<Pointers>, IndexError> {
        let pointer = self.path.join(CURRENT);
        match fs::read_to_string(&pointer) {
            Ok(text) => {
                let mut lines = text.lines();
                let current = lines.next().unwrap_or_default().trim().to_owned();
                let previous = lines.find_map(|line| line.strip_prefix(PREVIOUS));
                if number_of(&current).is_none() {
                    return Err(self.damaged(format!("`{CURRENT}` does not name a generation")));
                }
                let previous = previous.map(|name| name.trim().to_owned());
                let previous = previous.filter(|name| {
                    number_of(name).is_some() && *name != current && self.path.join(name).is_dir()
                });
                Ok(Some(Pointers { current, previous }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(self.damaged(format!("`{CURRENT}` does not name a generation")))
            }
            Err(source) => Err(IndexError::Io { action: "read", path: pointer, source }),
        }
    }

    /// Opens the current generation for reading, and makes sure of its stamp and that its files
    /// are what was written.
    pub fn open(&self) -> Result<OpenIndex, IndexError> {
        // A writer may commit, or a rebuild swap, while we look; then look again.
        for _ in 0..100 {
            let Some(Pointers { current, previous }) = self.pointers()? else {
                return Err(IndexError::Missing(self.path.clone()));
            };
            let commit = self.commit_of(&current);
            match self.open_generation(&current, previous.is_some()) {
                Ok(Some(index)) => return Ok(index),
                Ok(None) => {}
                Err(error) => {
                    let moved = self.current()?.as_ref() != Some(&current)
                        || self.commit_of(&current) != commit;
                    if !moved {
                        return Err(error);
                    }
                }
            }
        }
        Err(self.damaged("it changes faster than it can be opened".to_owned()))
    }

    /// How the commit of a generation looks.
    fn commit_of(&self, generation: &str) -> Option<FileFacts> {
        FileFacts::of(&self.path.join(generation).join(META)).ok()
    }

    /// Opens a generation; none if a writer committed meanwhile.
    pub(super) fn open_generation(
        &self,
        generation: &str,
        has_previous: bool,
    ) -> Result<Option<OpenIndex>, IndexError> {
        let folder = self.path.join(generation);
        let lock_path = folder.join(READERS_LOCK);
        let io = |action, path: &Path| {
            let path = path.to_owned();
            move |source| IndexError::Io { action, path, source }
        };
        let file = match File::open(&lock_path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.damaged(format!("`{generation}` is not all there")));
            }
            file => file.map_err(io("open", &lock_path))?,
        };
        let lock = Locked::shared(file).map_err(io("lock", &lock_path))?;
        let commit = self.commit_of(generation);
        let (index, imprint) = self.open_engine(&folder)?;
        if let Some((built, wanted)) = imprint.stamp.difference(&Stamp::current()) {
            return Err(IndexError::OtherStamp { path: self.path.clone(), built, wanted });
        }
        tokenizers::register(&index);
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        seal::verify(&folder, &index, &metas).map_err(|what| self.damaged(what))?;
        let reader = guarded(|| {
            index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .doc_store_cache_num_blocks(CACHED_BLOCKS)
                .try_into()
        });
        let reader: IndexReader = reader
            .map_err(|_| self.damaged("its files do not fit together".to_owned()))?
            .map_err(|source| self.engine(source))?;
        match guarded(|| fits(&metas, &imprint, &reader.searcher())) {
            Ok(Fit::Well) => {}
            Ok(Fit::OtherCommit) => return Ok(None),
            Ok(Fit::Badly(what)) => return Err(self.damaged(what)),
            Err(_) => return Err(self.damaged("its files do not fit together".to_owned())),
        }
        let (_, fields) = schema();
        let copies = OnceLock::new();
        if let Some(remembered) = Copies::recall(&index, &reader.searcher()) {
            let _ = copies.set(Arc::new(remembered));
        }
        let unproven = has_previous && !folder.join(ANSWERED).exists();
        Ok(Some(OpenIndex {
            path: self.path.clone(),
            generation: generation.to_owned(),
            imprint,
            fields,
            reader,
            folder,
            commit,
            unproven: AtomicBool::new(unproven),
            copies,
            _lock: lock,
        }))
    }

    /// Reads what the current generation was built with and from, whatever its stamp.
    pub fn imprint(&self) -> Result<Imprint, IndexError> {
        let current = self.current()?.ok_or_else(|| IndexError::Missing(self.path.clone()))?;
        self.open_engine(&self.path.join(current)).map(|(_, imprint)| imprint)
    }

    /// Looks at the current generation, whatever its stamp.
    pub fn survey(&self) -> Result<Survey, IndexError> {
        let Pointers { current, previous } =
            self.pointers()?.ok_or_else(|| IndexError::Missing(self.path.clone()))?;
        self.survey_of(current, previous)
    }

    pub(super) fn survey_of(
        &self,
        generation: String,
        previous: Option<String>,
    ) -> Result<Survey, IndexError> {
        let folder = self.path.join(&generation);
        let (index, imprint) = self.open_engine(&folder)?;
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        Ok(Survey {
            generation,
            imprint,
            articles: metas.segments.iter().map(|segment| u64::from(segment.num_docs())).sum(),
            segments: metas.segments.len(),
            bytes: bytes_of(&folder)?,
            previous,
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the one door to the engine's files")]
    pub(super) fn open_engine(&self, folder: &Path) -> Result<(Index, Imprint), IndexError> {
        let index = guarded(|| Index::open_in_dir(folder))
            .map_err(|_| self.damaged(format!("`{META}` is not what was written")))?
            .map_err(|source| self.engine(source))?;
        let metas = index.load_metas().map_err(|source| self.engine(source))?;
        let imprint = Imprint::of_payload(metas.payload.as_deref().unwrap_or_default())
            .map_err(|e| self.damaged(format!("its imprint cannot be read ({e})")))?;
        Ok((index, imprint))
    }

    /// The catalogue of a generation, as a commit says it is.
    pub(super) fn catalogue(
        &self,
        folder: &Path,
        imprint: &Imprint,
    ) -> Result<Catalogue, IndexError> {
        Catalogue::read(folder, imprint.catalogue.as_ref())
            .map_err(|error| self.uncatalogued(error))
    }

    pub(super) fn uncatalogued(&self, error: CatalogueError) -> IndexError {
        match error {
            CatalogueError::Io(path, source) if source.kind() == io::ErrorKind::NotFound => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.damaged(format!("`{name}` is gone"))
            }
            CatalogueError::Io(path, source) => IndexError::Io { action: "use", path, source },
            CatalogueError::Damaged(what) => self.damaged(what),
        }
    }

    /// Opens the current generation for a writer, or none if there is no index yet.
    pub(super) fn open_for_writing(&self) -> Result<Option<Base>, IndexError> {
        let Some(current) = self.current()? else { return Ok(None) };
        let folder = self.path.join(current);
        let (engine, imprint) = self.open_engine(&folder)?;
        if let Some((built, wanted)) = imprint.stamp.difference(&Stamp::current()) {
            return Err(IndexError::OtherStamp { path: self.path.clone(), built, wanted });
        }
        tokenizers::register(&engine);
        let metas = engine.load_metas().map_err(|source| self.engine(source))?;
        seal::verify(&folder, &engine, &metas).map_err(|what| self.damaged(what))?;
        Ok(Some(Base { folder, engine, imprint }))
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
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io("open", &path))?;
        let mut lock = match Locked::try_alone(file).map_err(io("lock", &path))? {
            Ok(lock) => lock,
            Err(mut file) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                return Err(IndexError::Busy {
                    path: self.path.clone(),
                    pid: pid.trim().parse().ok(),
                });
            }
        };
        let note = |file: &mut File| -> io::Result<()> {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(lock.file()).map_err(io("write", &path))?;
        Ok(WriterLock { _lock: lock })
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
    pub(super) fn make_generation(&self, _: &WriterLock) -> Result<(String, Base), IndexError> {
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
        let failed = |source| unwritable(&folder).unwrap_or_else(|| self.engine(source));
        let directory = MmapDirectory::open(&folder).map_err(|e| failed(e.into()))?;
        let (schema, _) = schema();
        let settings =
            tantivy::IndexSettings { docstore_blocksize: STORED_BLOCK, ..Default::default() };
        let index = Index::create(directory, schema, settings).map_err(failed)?;
        tokenizers::register(&index);
        Ok((name, Base { folder, engine: index, imprint: Imprint::empty() }))
    }

    /// Lets readers open another generation from now on, in one step.
    pub(super) fn point_to(
        &self,
        _: &WriterLock,
        generation: &str,
        previous: Option<&str>,
    ) -> Result<(), IndexError> {
        let (new, pointer) = (self.path.join("CURRENT.new"), self.path.join(CURRENT));
        let swap = || -> io::Result<()> {
            let mut file = File::create(&new)?;
            writeln!(file, "{generation}")?;
            if let Some(previous) = previous {
                writeln!(file, "{PREVIOUS}{previous}")?;
            }
            file.sync_all()?;
            fs::rename(&new, &pointer)?;
            File::open(&self.path)?.sync_all()
        };
        swap().map_err(|source| IndexError::Io { action: "write", path: pointer.clone(), source })
    }

    /// Removes generations that nobody can come back to and that nobody reads; returns how many.
    /// The one before the current stays until the current has answered a search.
    ///
    /// What cannot be removed now is left to the next writer.
    pub(super) fn sweep(&self, _: &WriterLock) -> Result<usize, IndexError> {
        let pointers = self.pointers()?;
        let keep = |name: &String| {
            pointers.as_ref().is_some_and(|pointers| {
                let answered = || self.path.join(&pointers.current).join(ANSWERED).exists();
                *name == pointers.current
                    || (Some(name) == pointers.previous.as_ref() && !answered())
            })
        };
        let mut removed = 0;
        for name in self.generations()? {
            if !keep(&name) && self.remove(&name) {
                removed += 1;
            }
        }
        let _ = fs::remove_file(self.path.join("CURRENT.new"));
        Ok(removed)
    }

    /// Removes a generation unless somebody reads it.
    pub(super) fn remove(&self, generation: &str) -> bool {
        let folder = self.path.join(generation);
        let unread = match File::open(folder.join(READERS_LOCK)) {
            Ok(file) => matches!(Locked::try_alone(file), Ok(Ok(_))),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        unread && fs::remove_dir_all(&folder).is_ok()
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

    /// Whether the index is still as it was when it was opened; where not, [`Home::open`] opens
    /// what has come since. Cheap: two looks at the file system.
    pub fn is_current(&self) -> bool {
        let home = Home::at(&self.path);
        home.current().is_ok_and(|current| current.as_ref() == Some(&self.generation))
            && home.commit_of(&self.generation) == self.commit
    }

    /// Notes that a search was answered: the generation before this one is no longer needed.
    pub fn has_answered(&self) {
        if self.unproven.swap(false, Ordering::Relaxed) {
            // Who may only read leaves it to others.
            let _ = File::create(self.folder.join(ANSWERED));
        }
    }
}

/// Finds out why nothing can be written to a folder, which the engine does not always say; none if
/// something can.
pub(super) fn unwritable(folder: &Path) -> Option<IndexError> {
    let probe = folder.join("probe");
    let tried = File::create(&probe).and_then(|mut file| {
        file.write_all(&vec![1; 4 << 20])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&probe);
    let source = tried.err()?;
    Some(IndexError::Io { action: "write to", path: folder.to_owned(), source })
}

/// How what the commit says goes together with what the files hold.
enum Fit {
    Well,
    /// A writer committed between two looks.
    OtherCommit,
    Badly(String),
}

/// Holds what the commit says, which has no checksum, against the files, which have one.
fn fits(metas: &IndexMeta, imprint: &Imprint, searcher: &Searcher) -> Fit {
    let readers = searcher.segment_readers();
    let ids = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    let committed = ids(metas.segments.iter().map(|meta| meta.id().uuid_string()).collect());
    let opened = ids(readers.iter().map(|reader| reader.segment_id().uuid_string()).collect());
    if committed != opened {
        return Fit::OtherCommit;
    }
    if metas.schema != schema().0 {
        return Fit::Badly(format!("`{META}` has other fields"));
    }
    if imprint.opstamp != 0 && imprint.opstamp != metas.opstamp {
        return Fit::Badly(format!("`{META}` is of another commit than its imprint"));
    }
    for meta in &metas.segments {
        let Some(reader) = readers.iter().find(|reader| reader.segment_id() == meta.id()) else {
            return Fit::OtherCommit;
        };
        let rows = reader.fast_fields().u64("fingerprint").map(|column| column.num_docs());
        let dead = meta.max_doc() - reader.num_docs().min(meta.max_doc());
        let late = meta.delete_opstamp().is_some_and(|opstamp| opstamp > metas.opstamp);
        if rows.ok() != Some(meta.max_doc()) || dead != meta.num_deleted_docs() || late {
            return Fit::Badly(format!("`{META}` and the files count differently"));
        }
    }
    Fit::Well
}

/// Bytes that the files of a folder take.
fn bytes_of(folder: &Path) -> Result<u64, IndexError> {
    let entries = fs::read_dir(folder).map_err(|source| IndexError::Io {
        action: "read",
        path: folder.to_owned(),
        source,
    })?;
    Ok(entries.flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum())
}

/// The number in a generation's name; none if it is no such name.
fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX).filter(|digits| digits.len() >= 6)?.parse().ok()
}
