//! A crawl → an index: reads, cleans, understands and writes, and counts what became of each page.
//!
//! Only what has changed is read: files by their times and content, pages of a changed file by
//! their own hash (see [`super::catalogue`]). Long runs commit again and again, each time with the
//! catalogue of what is in.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;
use serde::Serialize;
use tantivy::columnar::Column;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Index, Searcher, TantivyDocument, TantivyError, Term};

use super::catalogue::{Catalogue, Entry, Held, MOST_REASONS, Pointer, hash_of_id, hash_of_page};
use super::document_writer::DocumentWriter;
use super::error::IndexError;
use super::fields::{Fields, schema};
use super::home::{Base, Home, WriterLock, unwritable};
use super::seal;
use super::stamp::Imprint;
use super::stored::{Beside, Original, Originals};
use crate::article::{Article, CleanPage, RawPage, Skip, full_path};
use crate::read::{self, Crawl, FieldNames, FileFacts, Found, ReadOptions};
use crate::understand::overrides::Overrides;
use crate::{clean, understand};

/// Pages that travel through the house together.
const BATCH: usize = 128;

/// Bytes of text that travel together, give or take a page.
const BATCH_BYTES: usize = 32 << 20;

/// How an index is built.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Threads that write; at least 1.
    pub threads: usize,
    /// Bytes that all of them may fill before they write to disk.
    pub memory: usize,
    /// Limits of what is read.
    pub read: ReadOptions,
    /// Corrections of what is understood.
    pub overrides: Overrides,
    /// Whether articles go that no file holds any more.
    pub prune: bool,
    /// After how long what is in is committed, in the middle of a run.
    pub commit_every: Duration,
}

impl Default for BuildOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        Self {
            threads,
            memory: 150_000_000 * threads,
            read: ReadOptions::default(),
            overrides: Overrides::default(),
            prune: false,
            commit_every: Duration::from_secs(30),
        }
    }
}

/// Who wants to know what is going on while an index is built.
pub trait Watcher {
    /// Something gave no article.
    fn skipped(&mut self, skip: &Skip);
    /// Some more pages are done: bytes read from files, pages met, so far.
    fn progressed(&mut self, bytes: u64, pages: u64);
    /// A rebuild by another program, dictionary or gazetteer understood an unchanged article, by
    /// its id, otherwise than before.
    fn understood_anew(&mut self, _id: &str) {}
}

/// What became of every page: `read = new + changed + unchanged + skipped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Pages met, those of files among them that need not be read because they are as they were.
    pub read: u64,
    /// Articles that the index did not have.
    pub new: u64,
    /// Articles that replaced an older version of themselves.
    pub changed: u64,
    /// Articles that the index had, just so.
    pub unchanged: u64,
    /// Pages that gave no article.
    pub skipped: u64,
    /// Articles understood anew because their corrections have changed, besides those.
    pub corrected: u64,
    /// Articles that a rebuild took from the older index, since no file holds them any more.
    pub remembered: u64,
    /// Articles of the older index that could not be read and that no file holds any more.
    pub lost: u64,
    /// Articles that went because no file holds them any more.
    pub pruned: u64,
    /// Unchanged articles that a rebuild understood otherwise than the older program had.
    pub understood_anew: u64,
    /// Files in folders that are of no format we read, by ending, and records of archives that
    /// hold no page, by what they are.
    pub passed_over: BTreeMap<String, u64>,
    /// Articles in the index afterwards.
    pub articles: u64,
    /// Those among them that no file holds any more.
    pub vanished: u64,
    /// Time it took.
    #[serde(serialize_with = "as_seconds")]
    pub took: Duration,
}

fn as_seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((took.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// Adds what is new in `paths` to the index and replaces what has changed; makes the index if
/// there is none. Readers see it commit by commit.
///
/// Without any paths, those that the index knows are read.
pub fn index(
    home: &Home,
    paths: &[PathBuf],
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    if home.current()?.is_none() && paths.is_empty() {
        return Err(IndexError::Missing(home.path().to_owned()));
    }
    let lock = home.lock_for_writing()?;
    let started = Instant::now();
    let writing = open_or_make(home, &lock, options)?;
    let known: Vec<PathBuf>;
    let paths = if paths.is_empty() {
        known =
            writing.imprint.sources.iter().filter(|path| *path != "-").map(PathBuf::from).collect();
        &known
    } else {
        paths
    };
    let summary = writing.take_in(paths, Job::Walk(paths.to_vec()), watcher, started)?;
    home.sweep(&lock)?;
    Ok(summary)
}

/// Adds some files of `sources` to the index, as [`index`] does, whatever else lies there.
pub(super) fn index_files(
    home: &Home,
    sources: &[PathBuf],
    files: Vec<Found>,
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    let lock = home.lock_for_writing()?;
    let started = Instant::now();
    let writing = open_or_make(home, &lock, options)?;
    let summary = writing.take_in(sources, Job::Files(files), watcher, started)?;
    home.sweep(&lock)?;
    Ok(summary)
}

/// Opens the index for writing; makes an empty one if there is none.
fn open_or_make<'a>(
    home: &'a Home,
    lock: &WriterLock,
    options: &'a BuildOptions,
) -> Result<Writing<'a>, IndexError> {
    if let Some(base) = home.open_for_writing()? {
        return Writing::on(home, base, options);
    }
    home.sweep(lock)?;
    let (generation, base) = home.make_generation(lock)?;
    let mut writing = Writing::on(home, base, options)?;
    writing.commit()?;
    home.point_to(lock, &generation, None)?;
    Ok(writing)
}

/// Asked whether a new generation answers as it should, before readers get it.
pub type Trial<'a> = &'a mut dyn FnMut(super::OpenIndex) -> Result<(), String>;

/// Builds the index anew beside the old one, from `paths` or, without any, from the files and
/// folders that the index knows; articles that no file holds any more are taken from the old
/// index, unless they are to be pruned. When the new one has passed its checks and the `trial`,
/// readers have it.
pub fn rebuild(
    home: &Home,
    paths: &[PathBuf],
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
    trial: Trial<'_>,
) -> Result<Summary, IndexError> {
    if home.current()?.is_none() && paths.is_empty() {
        return Err(IndexError::Missing(home.path().to_owned()));
    }
    let lock = home.lock_for_writing()?;
    let started = Instant::now();
    home.sweep(&lock)?;
    let old = home.current().ok().flatten();
    let older = match &old {
        None => None,
        Some(name) => match Older::open(home, name) {
            Ok(older) => Some(older),
            // Whoever names files can have an index, whatever became of the old one.
            Err(error) if paths.is_empty() => return Err(error),
            Err(_) => None,
        },
    };
    let sources = if paths.is_empty() {
        let known = older.as_ref().map(|older| older.imprint.sources.clone()).unwrap_or_default();
        known.iter().map(PathBuf::from).collect()
    } else {
        paths.to_vec()
    };
    let there: Vec<PathBuf> =
        sources.iter().filter(|path| !paths.is_empty() || path.exists()).cloned().collect();
    let articles = older.as_ref().map_or(0, Older::articles);
    if there.is_empty() && (options.prune || articles == 0) {
        return Err(match sources.first() {
            None => IndexError::NoSources(home.path().to_owned()),
            Some(gone) => IndexError::SourceGone {
                path: home.path().to_owned(),
                source_path: gone.to_string_lossy().into_owned(),
            },
        });
    }
    let (generation, base) = home.make_generation(&lock)?;
    let built = (|| {
        let mut writing = Writing::on(home, base, options)?;
        writing.commit_every = None;
        if paths.is_empty()
            && let Some(older) = &older
        {
            writing.imprint.sources.clone_from(&older.imprint.sources);
            writing.imprint.fields.clone_from(&older.imprint.fields);
        }
        writing.add_sources(&there);
        if let Some(older) = &older {
            writing.compare = older.differs().then(|| Arc::clone(&older.originals));
        }
        writing.read(Job::Walk(there), watcher)?;
        if let Some(older) = &older
            && !options.prune
        {
            writing.remember(older)?;
        }
        let summary = writing.finish(started)?;
        if summary.articles == 0 && articles > 0 {
            return Err(IndexError::NothingLeft(home.path().to_owned()));
        }
        Ok(summary)
    })();
    let passed = built.and_then(|summary| {
        super::check::verify_new(home, &generation, summary.articles)
            .and_then(&mut *trial)
            .map_err(|what| IndexError::Unproven { path: home.path().to_owned(), what })?;
        Ok(summary)
    });
    let summary = passed.inspect_err(|_| {
        home.remove(&generation);
    })?;
    home.point_to(&lock, &generation, old.as_deref())?;
    home.sweep(&lock)?;
    Ok(summary)
}

/// The generation that a rebuild starts from.
struct Older {
    imprint: Imprint,
    catalogue: Catalogue,
    originals: Arc<Originals>,
}

impl Older {
    fn open(home: &Home, generation: &str) -> Result<Self, IndexError> {
        let folder = home.path().join(generation);
        let (engine, imprint) = home.open_engine(&folder)?;
        // A damaged catalogue says nothing about the articles.
        let catalogue = home.catalogue(&folder, &imprint).unwrap_or_default();
        let originals = super::guard::guarded(|| Originals::of(&engine))
            .map_err(|_| home.damaged("its files do not fit together".to_owned()))?
            .map_err(|source| home.engine(source))?;
        Ok(Self { imprint, catalogue, originals: Arc::new(originals) })
    }

    fn articles(&self) -> u64 {
        self.originals.len()
    }

    /// Whether it was built by other rules than ours.
    fn differs(&self) -> bool {
        self.imprint.stamp != super::stamp::Stamp::current()
    }
}

fn full_paths(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| full_path(path).to_string_lossy().into_owned()).collect()
}

/// What is to be read.
enum Job {
    /// All files under some paths, as far as they are not known.
    Walk(Vec<PathBuf>),
    /// These files, as far as they are not known.
    Files(Vec<Found>),
    /// These files, known or not.
    Again(Vec<Found>),
}

/// How a changed file was when it was read before.
struct Before {
    /// Its pages by their hash.
    raw: HashMap<u64, Held>,
    /// Id and fingerprint of its articles.
    versions: HashSet<(u64, u64)>,
}

/// What the reading thread finds, in order.
enum Event {
    Page {
        file: Arc<Path>,
        before: Option<Arc<Before>>,
        page: Box<RawPage>,
    },
    Skipped {
        file: Option<Arc<Path>>,
        skip: Skip,
    },
    /// A file is as it was; its facts, if they have to be noted anew.
    Same {
        file: Arc<Path>,
        seen: Option<(FileFacts, i64)>,
    },
    /// A file has been read, and what is known of it besides its pages.
    End {
        file: Arc<Path>,
        entry: Box<Entry>,
    },
}

/// The same after the work that many threads share.
enum Done {
    Known { file: Arc<Path>, held: Held },
    Article { file: Arc<Path>, before: Option<Arc<Before>>, held: Held, prepared: Box<Prepared> },
    Skipped { file: Option<Arc<Path>>, skip: Skip },
    Same { file: Arc<Path>, seen: Option<(FileFacts, i64)> },
    End { file: Arc<Path>, entry: Box<Entry> },
}

/// A file that is being read.
#[derive(Default)]
struct Reading {
    pages: Vec<Held>,
    skipped: u64,
    reasons: Vec<Skip>,
}

/// An article on its way into the index.
struct Prepared {
    id: String,
    fingerprint: u64,
    document: TantivyDocument,
    /// The article as it is stored, if it is to be compared with an older one.
    stored: Option<String>,
}

/// A generation being written.
struct Writing<'a> {
    home: &'a Home,
    folder: PathBuf,
    engine: Index,
    options: &'a BuildOptions,
    /// After how long to commit in the middle; none while nobody reads the generation.
    commit_every: Option<Duration>,
    imprint: Imprint,
    /// The imprint of the last commit.
    committed: Imprint,
    catalogue: Catalogue,
    /// What has changed in it since the last commit.
    changes: BTreeMap<PathBuf, Option<Entry>>,
    known: Known,
    /// Opened for the first change.
    writer: Option<DocumentWriter>,
    dirty: bool,
    last_commit: Instant,
    fields: Fields,
    /// Hashes of the paths of files that were met.
    met: HashSet<u64>,
    /// The only articles that may be written, by the hash of their id; none for all.
    only: Option<HashSet<u64>>,
    /// Articles of an older program.
    compare: Option<Arc<Originals>>,
    summary: Summary,
}

impl<'a> Writing<'a> {
    fn on(home: &'a Home, base: Base, options: &'a BuildOptions) -> Result<Self, IndexError> {
        let Base { folder, mut engine, imprint } = base;
        take_out_garbage(&mut engine);
        let reader = engine.reader().map_err(|source| home.engine(source))?;
        let known = Known::of(&reader.searcher()).map_err(|source| home.engine(source))?;
        let catalogue = home.catalogue(&folder, &imprint)?;
        Ok(Self {
            home,
            folder,
            engine,
            options,
            commit_every: Some(options.commit_every),
            committed: imprint.clone(),
            imprint,
            catalogue,
            changes: BTreeMap::new(),
            known,
            writer: None,
            dirty: false,
            last_commit: Instant::now(),
            fields: schema().1,
            met: HashSet::new(),
            only: None,
            compare: None,
            summary: Summary::default(),
        })
    }

    /// Reads what a job names, notes what has gone from its sources, and commits.
    fn take_in(
        mut self,
        sources: &[PathBuf],
        job: Job,
        watcher: &mut dyn Watcher,
        started: Instant,
    ) -> Result<Summary, IndexError> {
        self.add_sources(sources);
        self.read(job, watcher)?;
        self.note_gone(sources);
        self.correct()?;
        if self.options.prune {
            self.prune(watcher)?;
        }
        self.finish(started)
    }

    /// Notes what the index is built from; names of fields given now replace those that were given
    /// before.
    fn add_sources(&mut self, paths: &[PathBuf]) {
        for path in full_paths(paths) {
            if !self.options.read.fields.is_empty() {
                let names = FieldNames::clone(&self.options.read.fields);
                self.imprint.fields.insert(path.clone(), names);
            }
            self.imprint.sources.push(path);
        }
        self.imprint.sources.sort();
        self.imprint.sources.dedup();
    }

    /// The options with the names of fields that are known for each of the paths.
    fn read_options(&self, paths: &[PathBuf]) -> ReadOptions {
        let known = paths.iter().zip(full_paths(paths)).filter_map(|(path, full)| {
            Some((path.clone(), Arc::new(self.imprint.fields.get(&full)?.clone())))
        });
        ReadOptions { fields_by_path: known.collect(), ..self.options.read.clone() }
    }

    fn writer(&mut self) -> Result<&mut DocumentWriter, IndexError> {
        if self.writer.is_none() {
            let (threads, memory) = (self.options.threads, self.options.memory);
            let writer = DocumentWriter::open(&self.engine, threads, memory);
            self.writer = Some(writer.map_err(|source| self.failed(source))?);
        }
        self.dirty = true;
        self.writer.as_mut().ok_or_else(|| IndexError::Missing(self.folder.clone()))
    }

    /// What it means when the engine cannot write: it does not always say why itself.
    fn failed(&self, source: TantivyError) -> IndexError {
        unwritable(&self.folder).unwrap_or_else(|| self.home.engine(source))
    }

    /// Reads files into the index; commits in the middle where that takes long.
    fn read(&mut self, job: Job, watcher: &mut dyn Watcher) -> Result<(), IndexError> {
        let paths = match &job {
            Job::Walk(paths) => paths.clone(),
            Job::Files(files) | Job::Again(files) => {
                let arguments: HashSet<PathBuf> =
                    files.iter().map(|found| found.argument.to_path_buf()).collect();
                arguments.into_iter().collect()
            }
        };
        let options = self.read_options(&paths);
        let readings = Readings::of(&options);
        let compare = self.compare.is_some();
        let (fields, overrides) = (self.fields, &self.options.overrides);
        // The thread that reads looks things up in the catalogue while this one writes changes
        // beside it; they are joined below.
        let catalogue = std::mem::take(&mut self.catalogue);
        let (sender, batches) = mpsc::sync_channel(4);
        let mut reading: HashMap<Arc<Path>, Reading> = HashMap::new();
        let mut later = Vec::new();
        let done = std::thread::scope(|scope| {
            let crawl = {
                let catalogue = &catalogue;
                scope.spawn(move || {
                    let mut sender = Sender { out: sender, events: Vec::new(), pages: 0, bytes: 0 };
                    crawl(job, options, &readings, catalogue, &mut sender)
                })
            };
            let result = (|| -> Result<(), IndexError> {
                for (events, bytes) in batches {
                    let done: Vec<Done> = events
                        .into_par_iter()
                        .map(|event| work(event, &fields, overrides, compare))
                        .collect();
                    for one in done {
                        self.take(one, &catalogue, &mut reading, watcher)?;
                    }
                    watcher.progressed(bytes, self.summary.read);
                    if self.commit_every.is_some_and(|every| self.last_commit.elapsed() >= every) {
                        self.note_partly(&reading, &catalogue);
                        later.push(self.commit_changes(&catalogue)?);
                    }
                }
                Ok(())
            })();
            let crawled = crawl.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result.map(|()| crawled)
        });
        self.catalogue = catalogue;
        for (pointer, changes) in later {
            self.catalogue.joined(pointer, changes);
        }
        let (passed_over, met) = done?;
        for (what, count) in passed_over {
            *self.summary.passed_over.entry(what).or_default() += count;
        }
        self.met.extend(met);
        Ok(())
    }

    /// Takes what was made of one event into the index and the catalogue.
    fn take(
        &mut self,
        done: Done,
        catalogue: &Catalogue,
        reading: &mut HashMap<Arc<Path>, Reading>,
        watcher: &mut dyn Watcher,
    ) -> Result<(), IndexError> {
        match done {
            Done::Known { file, held } => {
                self.summary.read += 1;
                self.summary.unchanged += 1;
                reading.entry(file).or_default().pages.push(held);
            }
            Done::Article { file, before, held, prepared } => {
                self.summary.read += 1;
                let unchanged = before
                    .as_ref()
                    .is_some_and(|b| b.versions.contains(&(held.id, held.fingerprint)));
                reading.entry(file).or_default().pages.push(held);
                self.add(held, *prepared, unchanged, watcher)?;
            }
            Done::Skipped { file, skip } => {
                self.summary.read += 1;
                self.summary.skipped += 1;
                watcher.skipped(&skip);
                if let Some(file) = file {
                    let file = reading.entry(file).or_default();
                    file.skipped += 1;
                    if file.reasons.len() < MOST_REASONS {
                        file.reasons.push(skip);
                    }
                }
            }
            Done::Same { file, seen } => {
                let Some(entry) = catalogue.get(&file) else { return Ok(()) };
                let pages = entry.pages.len() as u64;
                self.summary.read += pages + entry.skipped;
                self.summary.unchanged += pages;
                self.summary.skipped += entry.skipped;
                entry.reasons.iter().for_each(|skip| watcher.skipped(skip));
                if let Some((facts, read_at)) = seen {
                    let entry = Entry { facts, read_at, gone: false, ..entry.clone() };
                    self.changes.insert(file.to_path_buf(), Some(entry));
                }
            }
            Done::End { file, entry } => {
                let Reading { mut pages, skipped, reasons, .. } =
                    reading.remove(&file).unwrap_or_default();
                if file.as_os_str() == STREAM {
                    // What once came through a pipe stays known.
                    let earlier = self.changes.get(Path::new(STREAM)).and_then(Option::as_ref);
                    let earlier = earlier.or_else(|| catalogue.get(Path::new(STREAM)));
                    let mut all: Vec<Held> = earlier.map(|e| e.pages.clone()).unwrap_or_default();
                    let ids: HashSet<u64> = all.iter().map(|held| held.id).collect();
                    pages.retain(|held| !ids.contains(&held.id));
                    all.append(&mut pages);
                    pages = all;
                }
                let entry = Entry { pages, skipped, reasons, ..*entry };
                self.changes.insert(file.to_path_buf(), Some(entry));
            }
        }
        Ok(())
    }

    /// Writes an article unless the index has it just so. `unchanged` says that its file held it
    /// just so before: then another file's version, which came later, stays.
    fn add(
        &mut self,
        held: Held,
        prepared: Prepared,
        unchanged: bool,
        watcher: &mut dyn Watcher,
    ) -> Result<(), IndexError> {
        let Prepared { id, fingerprint, document, stored } = prepared;
        if self.only.as_ref().is_some_and(|only| !only.contains(&held.id)) {
            self.summary.unchanged += 1;
            return Ok(());
        }
        let old = self.known.get(&id, held.id).map_err(|source| self.failed(source))?;
        match old {
            Some(old) if old == fingerprint || unchanged => {
                self.summary.unchanged += 1;
                return Ok(());
            }
            Some(_) => self.summary.changed += 1,
            None => self.summary.new += 1,
        }
        if let (Some(stored), Some(compare)) = (&stored, &self.compare)
            && let Some(before) = compare.find(&id)
            && before.article.fingerprint() == held.fingerprint
            && before.text != *stored
        {
            self.summary.understood_anew += 1;
            watcher.understood_anew(&id);
        }
        self.write(&id, held.id, fingerprint, document, old.is_some())
    }

    fn write(
        &mut self,
        id: &str,
        hash: u64,
        fingerprint: u64,
        document: TantivyDocument,
        replaces: bool,
    ) -> Result<(), IndexError> {
        if replaces {
            self.remove(id, hash)?;
        }
        let added = self.writer()?.add(hash, document);
        added.map_err(|source| self.failed(source))?;
        self.known.add(hash, fingerprint);
        Ok(())
    }

    fn remove(&mut self, id: &str, hash: u64) -> Result<(), IndexError> {
        let term = Term::from_field_text(self.fields.id, id);
        let removed = self.writer()?.remove(hash, term);
        removed.map_err(|source| self.failed(source))
    }

    /// Notes files that are read in part: they hold what they held and what was found so far, and
    /// have to be read again if nothing more comes.
    fn note_partly(&mut self, reading: &HashMap<Arc<Path>, Reading>, catalogue: &Catalogue) {
        for (file, Reading { pages, .. }) in reading {
            let before = catalogue.get(file).map(|entry| entry.pages.as_slice());
            let mut all = before.unwrap_or_default().to_vec();
            all.extend(pages);
            self.changes.insert(file.to_path_buf(), Some(Entry { pages: all, ..Entry::default() }));
        }
    }

    /// Notes which files under some paths are not there any more.
    fn note_gone(&mut self, paths: &[PathBuf]) {
        let roots: Vec<PathBuf> = paths.iter().map(|path| full_path(path)).collect();
        self.note_gone_where(|path| roots.iter().any(|root| path.starts_with(root)));
    }

    fn note_gone_where(&mut self, asked: impl Fn(&Path) -> bool) {
        let gone: Vec<(PathBuf, Entry)> = self
            .catalogue
            .iter()
            .filter(|(path, entry)| {
                !entry.gone
                    && path.as_os_str() != STREAM
                    && asked(path)
                    && !self.met.contains(&hash_of_path(path))
                    && is_gone(path)
            })
            .map(|(path, entry)| (path.to_owned(), Entry { gone: true, ..entry.clone() }))
            .collect();
        for (path, entry) in gone {
            self.changes.entry(path).or_insert(Some(entry));
        }
    }

    /// Understands articles anew whose corrections have changed, from what the index stores.
    fn correct(&mut self) -> Result<(), IndexError> {
        let now = self.options.overrides.fingerprints();
        let before = std::mem::replace(&mut self.imprint.overrides, now);
        let now = &self.imprint.overrides;
        let ids: HashSet<&String> = before.keys().chain(now.keys()).collect();
        let mut ids: Vec<String> =
            ids.into_iter().filter(|id| before.get(*id) != now.get(*id)).cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        ids.sort();
        let originals = Originals::of(&self.engine).map_err(|source| self.failed(source))?;
        for id in ids {
            let hash = hash_of_id(&id);
            if self.known.is_added(hash) {
                continue;
            }
            let Some(original) = originals.find(&id) else { continue };
            let prepared = prepare_original(original, &self.fields, &self.options.overrides);
            let (_, prepared) = prepared.map_err(|skip| self.home.damaged(skip.to_string()))?;
            self.write(&id, hash, prepared.fingerprint, prepared.document, true)?;
            self.summary.corrected += 1;
        }
        Ok(())
    }

    /// Takes every article of an older generation that no file gave.
    fn remember(&mut self, older: &Older) -> Result<(), IndexError> {
        let mut batch = Vec::new();
        let originals = Arc::clone(&older.originals);
        originals.each(|original| {
            match original {
                Ok(original) => {
                    if !self.known.is_added(hash_of_id(&original.article.id)) {
                        batch.push(original);
                    }
                }
                Err(_) => self.summary.lost += 1,
            }
            if batch.len() >= BATCH {
                self.remember_batch(std::mem::take(&mut batch))
            } else {
                Ok(())
            }
        })?;
        self.remember_batch(batch)?;
        // What came through a pipe has no file that could be looked for.
        if let Some(entry) = older.catalogue.get(Path::new(STREAM)) {
            let mut entry = entry.clone();
            if let Some(Some(new)) = self.changes.get(Path::new(STREAM)) {
                entry.pages.extend(&new.pages);
            }
            self.changes.insert(STREAM.into(), Some(entry));
        }
        Ok(())
    }

    fn remember_batch(&mut self, batch: Vec<Original>) -> Result<(), IndexError> {
        let (fields, overrides) = (&self.fields, &self.options.overrides);
        let prepared: Vec<Result<(u64, Prepared), Skip>> = batch
            .into_par_iter()
            .map(|original| prepare_original(original, fields, overrides))
            .collect();
        for prepared in prepared {
            let prepared = prepared.map_err(|skip| self.home.damaged(skip.to_string()))?;
            let (hash, Prepared { id, fingerprint, document, .. }) = prepared;
            if !self.known.is_added(hash) {
                self.write(&id, hash, fingerprint, document, false)?;
                self.summary.remembered += 1;
            }
        }
        Ok(())
    }

    /// Removes the articles that no file holds any more, and forgets files that are gone. Articles
    /// of which only an older version is still held are taken from there.
    fn prune(&mut self, watcher: &mut dyn Watcher) -> Result<(), IndexError> {
        self.note_gone_where(|_| true);
        self.commit()?;
        let files = |gone| self.catalogue.iter().filter(|(_, e)| e.gone == gone).count();
        if files(true) > 0 && files(false) == 0 {
            return Err(IndexError::NothingLeft(self.home.path().to_owned()));
        }
        let gone = self.catalogue.iter().filter(|(_, entry)| entry.gone);
        let gone: Vec<PathBuf> = gone.map(|(path, _)| path.to_owned()).collect();
        self.changes.extend(gone.into_iter().map(|path| (path, None)));
        let mut versions: HashMap<u64, Vec<u64>> = HashMap::new();
        for held in self.catalogue.iter().filter(|(_, e)| !e.gone).flat_map(|(_, e)| &e.pages) {
            versions.entry(held.id).or_default().push(held.fingerprint);
        }
        let reader = self.engine.reader().map_err(|source| self.failed(source))?;
        let (mut unheld, mut other) = (Vec::new(), HashSet::new());
        let look = each_id(&reader.searcher(), |id, fingerprint| {
            let hash = hash_of_id(id);
            let correction = self.imprint.overrides.get(id).copied().unwrap_or(0);
            match versions.get(&hash) {
                None => unheld.push(id.to_owned()),
                Some(held) if !held.contains(&(fingerprint ^ correction)) => {
                    other.insert(hash);
                }
                Some(_) => {}
            }
        });
        look.map_err(|source| self.failed(source))?;
        self.summary.pruned = unheld.len() as u64;
        for id in &unheld {
            self.remove(id, hash_of_id(id))?;
        }
        if other.is_empty() {
            return Ok(());
        }
        let holds = |entry: &Entry| entry.pages.iter().any(|held| other.contains(&held.id));
        let again = self.catalogue.iter().filter(|(_, entry)| !entry.gone && holds(entry));
        let mut again: Vec<Found> = again.filter_map(|(path, _)| self.found(path)).collect();
        again.sort_by(|a, b| a.path.cmp(&b.path));
        self.commit()?;
        let reader = self.engine.reader().map_err(|source| self.failed(source))?;
        self.known = Known::of(&reader.searcher()).map_err(|source| self.failed(source))?;
        let before = self.summary.clone();
        self.only = Some(other);
        self.read(Job::Again(again), watcher)?;
        self.only = None;
        let changed = self.summary.changed - before.changed;
        self.summary =
            Summary { read: before.read + changed, changed: before.changed + changed, ..before };
        Ok(())
    }

    /// A file of the catalogue as a walk would find it.
    fn found(&self, path: &Path) -> Option<Found> {
        let roots = self.imprint.sources.iter().map(Path::new);
        let root =
            roots.filter(|root| path.starts_with(root)).max_by_key(|root| root.as_os_str().len());
        Some(Found {
            path: path.to_owned(),
            named: true,
            argument: root.unwrap_or(path).into(),
            facts: FileFacts::of(path).ok()?,
            is_stream: false,
        })
    }

    /// Lets readers have what is in, together with the catalogue of it.
    fn commit(&mut self) -> Result<(), IndexError> {
        let catalogue = std::mem::take(&mut self.catalogue);
        let done = self.commit_changes(&catalogue);
        self.catalogue = catalogue;
        let (pointer, changes) = done?;
        self.catalogue.joined(pointer, changes);
        Ok(())
    }

    /// Commits what has changed; returns what the catalogue has to take in, once it can.
    #[expect(clippy::type_complexity, reason = "handed from one function to the next")]
    fn commit_changes(
        &mut self,
        catalogue: &Catalogue,
    ) -> Result<(Option<Pointer>, BTreeMap<PathBuf, Option<Entry>>), IndexError> {
        self.last_commit = Instant::now();
        let changes = std::mem::take(&mut self.changes);
        let same = !self.dirty && changes.is_empty() && self.imprint == self.committed;
        if same && self.imprint.committed_at != 0 {
            return Ok((None, changes));
        }
        let pointer = if changes.is_empty() && self.imprint.catalogue.is_some() {
            None
        } else {
            let last = self.imprint.catalogue.as_ref();
            let pointer = catalogue.append(&self.folder, last, &changes);
            Some(pointer.map_err(|error| self.home.uncatalogued(error))?)
        };
        if pointer.is_some() {
            self.imprint.catalogue.clone_from(&pointer);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        self.imprint.committed_at = now.map_or(0, |since| since.as_secs());
        let mut imprint = self.imprint.clone();
        let home = self.home;
        let committed = self.writer()?.prepare_commit().and_then(|mut commit| {
            imprint.opstamp = commit.opstamp();
            let payload =
                imprint.to_payload().map_err(|e| TantivyError::InternalError(e.to_string()))?;
            commit.set_payload(&payload);
            commit.commit()
        });
        if let Err(source) = committed {
            // What the writer still holds cannot be saved; it must not come with a later commit.
            self.writer = None;
            take_out_garbage(&mut self.engine);
            return Err(unwritable(&self.folder).unwrap_or_else(|| home.engine(source)));
        }
        self.imprint.opstamp = imprint.opstamp;
        self.committed = self.imprint.clone();
        self.dirty = false;
        Ok((pointer, changes))
    }

    /// Commits what is in and counts what the index holds now.
    fn finish(mut self, started: Instant) -> Result<Summary, IndexError> {
        self.imprint.overrides = self.options.overrides.fingerprints();
        self.commit()?;
        if let Some(writer) = self.writer.take() {
            let merged = writer.wait_merging_threads();
            merged.map_err(|source| self.failed(source))?;
            let metas = self.engine.load_metas().map_err(|source| self.failed(source))?;
            seal::seal(&self.folder, &metas);
            let generation = self.folder.file_name().unwrap_or_default().to_string_lossy();
            self.home.remember_copies(&generation, &self.engine)?;
        }
        self.catalogue.sweep(&self.folder);
        let reader = self.engine.reader().map_err(|source| self.failed(source))?;
        self.summary.articles = reader.searcher().num_docs();
        let held = self.catalogue.held().len() as u64;
        self.summary.vanished = self.summary.articles.saturating_sub(held);
        self.summary.took = started.elapsed();
        Ok(std::mem::take(&mut self.summary))
    }
}

impl Drop for Writing<'_> {
    /// What was written and not committed goes: the disk may be full of it.
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            drop(writer);
            take_out_garbage(&mut self.engine);
        }
    }
}

/// Removes files that no commit names, which a run left behind that did not come to its end.
fn take_out_garbage(engine: &mut Index) {
    let Ok(metas) = engine.load_metas() else { return };
    let living = || {
        let mut living = metas.list_segment_files();
        living.insert(PathBuf::from("meta.json"));
        living
    };
    // What cannot be removed now is left to the next run.
    let _ = engine.directory_mut().garbage_collect(living);
}

/// The name under which all that comes through pipes stands in the catalogue.
const STREAM: &str = "-";

/// Whether a file is not there; one that may not be looked at is.
pub(super) fn is_gone(path: &Path) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    std::fs::metadata(path).is_err_and(|error| matches!(error.kind(), NotFound | NotADirectory))
}

pub(super) fn hash_of_path(path: &Path) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(path)
}

/// Hash of how the files under each path are read: names of fields, limits.
pub(super) struct Readings {
    others: u64,
    by_path: BTreeMap<PathBuf, u64>,
}

impl Readings {
    pub(super) fn of(options: &ReadOptions) -> Self {
        let hash = |names: &FieldNames| {
            let names = serde_json::to_string(names).unwrap_or_default();
            super::catalogue::first_eight(&blake3::hash(
                format!("{} {names}", options.max_page).as_bytes(),
            ))
        };
        let by_path = options.fields_by_path.iter();
        Self {
            others: hash(&options.fields),
            by_path: by_path.map(|(path, names)| (path.clone(), hash(names))).collect(),
        }
    }

    pub(super) fn at(&self, argument: &Path) -> u64 {
        self.by_path.get(argument).copied().unwrap_or(self.others)
    }
}

/// Gathers events and sends them in batches.
struct Sender {
    out: mpsc::SyncSender<(Vec<Event>, u64)>,
    events: Vec<Event>,
    pages: usize,
    bytes: usize,
}

impl Sender {
    /// False when nobody wants more.
    fn send(&mut self, event: Event, read: impl FnOnce() -> u64) -> bool {
        if let Event::Page { page, .. } = &event {
            self.pages += 1;
            self.bytes += page.content.text().len();
        }
        self.events.push(event);
        if self.pages < BATCH && self.bytes < BATCH_BYTES && self.events.len() < 16 * BATCH {
            return true;
        }
        self.flush(read())
    }

    fn flush(&mut self, read: u64) -> bool {
        (self.pages, self.bytes) = (0, 0);
        self.out.send((std::mem::take(&mut self.events), read)).is_ok()
    }
}

/// Goes through files, reads what is not known, and says what it met: what held no page, and hashes
/// of the paths.
fn crawl(
    job: Job,
    options: ReadOptions,
    readings: &Readings,
    catalogue: &Catalogue,
    sender: &mut Sender,
) -> (BTreeMap<String, u64>, HashSet<u64>) {
    let mut met = HashSet::new();
    let again = matches!(job, Job::Again(_));
    let (mut crawl, files) = match job {
        Job::Walk(paths) => (Crawl::of(&paths, options), None),
        Job::Files(files) | Job::Again(files) => (Crawl::of(&[], options), Some(files)),
    };
    let mut files = files.map(Vec::into_iter);
    while let Some(found) = match &mut files {
        Some(files) => files.next().map(Ok),
        None => crawl.next(),
    } {
        let wanted = match found {
            Ok(found) => {
                let reading = readings.at(&found.argument);
                one_file(&crawl, &found, reading, catalogue, again, &mut met, sender)
            }
            Err(skip) => sender.send(Event::Skipped { file: None, skip }, || crawl.bytes_read()),
        };
        // The other side hangs up only when it failed; then there is nobody to read for.
        if !wanted {
            break;
        }
    }
    sender.flush(crawl.bytes_read());
    (crawl.passed_over(), met)
}

/// Reads one file unless it is known; false when nobody wants more.
fn one_file(
    crawl: &Crawl,
    found: &Found,
    reading: u64,
    catalogue: &Catalogue,
    again: bool,
    met: &mut HashSet<u64>,
    sender: &mut Sender,
) -> bool {
    let read = || crawl.bytes_read();
    let file: Arc<Path> =
        if found.is_stream { Path::new(STREAM).into() } else { full_path(&found.path).into() };
    met.insert(hash_of_path(&file));
    let known = catalogue.get(&file).filter(|_| !found.is_stream && !again);
    if let Some(entry) = known.filter(|entry| entry.is_surely(&found.facts, reading)) {
        crawl.pass_by(found, &entry.passed_over);
        let seen = entry.gone.then_some((entry.facts, entry.read_at));
        return sender.send(Event::Same { file, seen }, read);
    }
    let read_at = read::nanoseconds(SystemTime::now());
    let mut facts = found.facts;
    let mut content = None;
    if !found.is_stream {
        let hashed = FileFacts::of(&found.path)
            .and_then(|facts| Ok((facts, read::content_hash(&found.path)?)));
        match hashed {
            Ok((now, hash)) => (facts, content) = (now, Some(hash)),
            // What it held stays known.
            Err(error) => {
                let skip = Crawl::unreadable(found, &error);
                return sender.send(Event::Skipped { file: None, skip }, read);
            }
        }
        if let (Some(entry), Some(hash)) = (known, &content)
            && entry.is_same(hash, reading)
        {
            crawl.pass_by(found, &entry.passed_over);
            return sender.send(Event::Same { file, seen: Some((facts, read_at)) }, read);
        }
    }
    let before = known.map(|entry| {
        let raw = entry.by_raw();
        let versions = raw.values().map(|held| (held.id, held.fingerprint)).collect();
        Arc::new(Before { raw, versions })
    });
    let passed_over = crawl.passed_over();
    for page in crawl.pages(found) {
        let file = Arc::clone(&file);
        let event = match page {
            Ok(page) => Event::Page { file, before: before.clone(), page: Box::new(page) },
            Err(skip) => Event::Skipped { file: Some(file), skip },
        };
        if !sender.send(event, read) {
            return false;
        }
    }
    // What was written to while it was read is read again the next time.
    if FileFacts::of(&found.path).ok() != Some(facts) {
        content = None;
    }
    let passed_over = crawl.passed_over().into_iter().filter_map(|(what, count)| {
        let count = count - passed_over.get(&what).copied().unwrap_or(0);
        (count > 0).then_some((what, count))
    });
    let passed_over = passed_over.collect();
    let entry = Entry { facts, read_at, content, reading, passed_over, ..Entry::default() };
    sender.send(Event::End { file, entry: Box::new(entry) }, read)
}

/// Takes one page through the house, unless it is known.
fn work(event: Event, fields: &Fields, overrides: &Overrides, compare: bool) -> Done {
    match event {
        Event::Page { file, before, page } => {
            let raw = hash_of_page(&page);
            if let Some(held) = before.as_ref().and_then(|before| before.raw.get(&raw)) {
                return Done::Known { file, held: *held };
            }
            let origin = page.origin.clone();
            let worked = Skip::on_panic(&origin, || {
                Ok(prepare(clean::clean(*page)?, fields, overrides, compare))
            });
            match worked {
                Ok((id, prepared)) => {
                    let correction = overrides.fingerprint(&prepared.id);
                    let held = Held { id, fingerprint: prepared.fingerprint ^ correction, raw };
                    Done::Article { file, before, held, prepared: Box::new(prepared) }
                }
                Err(skip) => Done::Skipped { file: Some(file), skip },
            }
        }
        Event::Skipped { file, skip } => Done::Skipped { file, skip },
        Event::Same { file, seen } => Done::Same { file, seen },
        Event::End { file, entry } => Done::End { file, entry },
    }
}

/// Makes of a clean page what the index takes; with the hash of its id.
fn prepare(
    page: CleanPage,
    fields: &Fields,
    overrides: &Overrides,
    compare: bool,
) -> (u64, Prepared) {
    let beside = Beside::of(&page);
    let (mut article, folded) = understand::understand_and_fold(page);
    overrides.apply(&mut article);
    let fingerprint = article.fingerprint() ^ overrides.fingerprint(&article.id);
    let id = article.id.clone();
    let stored = compare.then(|| {
        let without_places = Article { places: Vec::new(), ..article.clone() };
        serde_json::to_string(&without_places).unwrap_or_default()
    });
    let document = fields.document(article, folded, fingerprint, &beside);
    (hash_of_id(&id), Prepared { id, fingerprint, document, stored })
}

/// Makes the same of an article that an index stores.
fn prepare_original(
    original: Original,
    fields: &Fields,
    overrides: &Overrides,
) -> Result<(u64, Prepared), Skip> {
    let origin = original.article.origin.clone();
    let page = original.into_page();
    Skip::on_panic(&origin, || Ok(prepare(page, fields, overrides, false)))
}

/// Hands the id and the fingerprint of every article to `visit`.
pub(super) fn each_id(
    searcher: &Searcher,
    mut visit: impl FnMut(&str, u64),
) -> tantivy::Result<()> {
    for segment in searcher.segment_readers() {
        let fingerprints = segment.fast_fields().u64("fingerprint")?;
        let Some(ids) = segment.fast_fields().str("id")? else { continue };
        let mut id = String::new();
        for doc in segment.doc_ids_alive() {
            id.clear();
            if let Some(ordinal) = ids.ords().first(doc) {
                ids.ord_to_str(ordinal, &mut id)?;
            }
            visit(&id, fingerprints.first(doc).unwrap_or_default());
        }
    }
    Ok(())
}

/// The articles that are in the index or have been added in this run, by id.
struct Known {
    /// Those of this run: hash of the id → fingerprint.
    added: HashMap<u64, u64>,
    segments: Vec<KnownSegment>,
    /// The field of ids.
    id: Field,
}

struct KnownSegment {
    ids: std::sync::Arc<tantivy::InvertedIndexReader>,
    fingerprints: Column<u64>,
    alive: Option<tantivy::fastfield::AliveBitSet>,
}

impl Known {
    fn of(searcher: &Searcher) -> tantivy::Result<Self> {
        let (_, fields) = schema();
        let segments = searcher.segment_readers().iter().map(|segment| {
            Ok(KnownSegment {
                ids: segment.inverted_index(fields.id)?,
                fingerprints: segment.fast_fields().u64("fingerprint")?,
                alive: segment.alive_bitset().cloned(),
            })
        });
        let segments = segments.collect::<tantivy::Result<_>>()?;
        Ok(Self { added: HashMap::new(), segments, id: fields.id })
    }

    /// Notes the fingerprint that an article has now.
    fn add(&mut self, hash: u64, fingerprint: u64) {
        self.added.insert(hash, fingerprint);
    }

    /// Whether an article was written in this run.
    fn is_added(&self, hash: u64) -> bool {
        self.added.contains_key(&hash)
    }

    /// The fingerprint that an article has; none if there is none of this id.
    fn get(&self, id: &str, hash: u64) -> tantivy::Result<Option<u64>> {
        if let Some(now) = self.added.get(&hash) {
            return Ok(Some(*now));
        }
        let term = Term::from_field_text(self.id, id);
        for segment in &self.segments {
            let Some(mut postings) = segment.ids.read_postings(&term, IndexRecordOption::Basic)?
            else {
                continue;
            };
            let mut document = postings.doc();
            while document != tantivy::TERMINATED {
                if segment.alive.as_ref().is_none_or(|alive| alive.is_alive(document)) {
                    return Ok(segment.fingerprints.first(document));
                }
                document = postings.advance();
            }
        }
        Ok(None)
    }
}
