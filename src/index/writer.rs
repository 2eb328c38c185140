//! A crawl → an index: reads, cleans, understands and writes, and counts what became of each page.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant, SystemTime};

use rayon::prelude::*;
use serde::Serialize;
use tantivy::columnar::Column;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Index, IndexWriter, Searcher, TantivyDocument, Term};

use super::error::IndexError;
use super::fields::{Fields, schema};
use super::home::{Home, WriterLock};
use super::stamp::{Imprint, Stamp};
use crate::article::{RawPage, Skip, full_path};
use crate::read::{self, FieldNames, ReadOptions};
use crate::understand::overrides::Overrides;
use crate::{clean, understand};

/// Pages that travel through the house together.
const BATCH: usize = 128;

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
}

impl Default for BuildOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        Self {
            threads,
            memory: 150_000_000 * threads,
            read: ReadOptions::default(),
            overrides: Overrides::default(),
        }
    }
}

/// Who wants to know what is going on while an index is built.
pub trait Watcher {
    /// Something gave no article.
    fn skipped(&mut self, skip: &Skip);
    /// Some more pages are done: bytes read from files, pages met, so far.
    fn progressed(&mut self, bytes: u64, pages: u64);
}

/// What became of every page: `read = new + changed + unchanged + skipped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Pages met.
    pub read: u64,
    /// Articles that the index did not have.
    pub new: u64,
    /// Articles that replaced an older version of themselves.
    pub changed: u64,
    /// Articles that the index had, just so.
    pub unchanged: u64,
    /// Pages that gave no article.
    pub skipped: u64,
    /// Files in folders that are of no format we read, by ending, and records of archives that
    /// hold no page, by what they are.
    pub passed_over: BTreeMap<String, u64>,
    /// Articles in the index afterwards.
    pub articles: u64,
    /// Time it took.
    #[serde(serialize_with = "as_seconds")]
    pub took: Duration,
}

fn as_seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((took.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// Adds what is new in `paths` to the index and replaces what has changed; makes the index if
/// there is none. Readers see nothing of it before everything is in.
pub fn index(
    home: &Home,
    paths: &[PathBuf],
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    let lock = home.lock_for_writing()?;
    if let Some((engine, imprint)) = home.open_for_writing()? {
        let mut sources = Sources { paths: imprint.sources, fields: imprint.fields };
        sources.add(paths, &options.read);
        let summary = fill(home, &engine, paths, sources, options, watcher)?;
        if let Some(generation) = home.current()? {
            home.remember_copies(&generation, &engine)?;
        }
        return Ok(summary);
    }
    build_beside(home, &lock, paths, Sources::of(paths, &options.read), options, watcher)
}

/// Builds the index anew beside the old one, from `paths` or, without any, from the files and
/// folders that the index knows; then lets readers have the new one.
pub fn rebuild(
    home: &Home,
    paths: &[PathBuf],
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    if home.current()?.is_none() && paths.is_empty() {
        return Err(IndexError::Missing(home.path().to_owned()));
    }
    let lock = home.lock_for_writing()?;
    if !paths.is_empty() {
        let sources = Sources::of(paths, &options.read);
        return build_beside(home, &lock, paths, sources, options, watcher);
    }
    let imprint = home.imprint()?;
    let mut sources = Sources { paths: imprint.sources, fields: imprint.fields };
    if sources.paths.is_empty() {
        return Err(IndexError::NoSources(home.path().to_owned()));
    }
    if let Some(gone) = sources.paths.iter().find(|path| !Path::new(path).exists()) {
        let (path, source_path) = (home.path().to_owned(), gone.clone());
        return Err(IndexError::SourceGone { path, source_path });
    }
    let paths: Vec<PathBuf> = sources.paths.iter().map(PathBuf::from).collect();
    sources.add(&paths, &options.read);
    build_beside(home, &lock, &paths, sources, options, watcher)
}

/// Fills a new generation, then points readers to it and removes what nobody reads any more.
fn build_beside(
    home: &Home,
    lock: &WriterLock,
    paths: &[PathBuf],
    sources: Sources,
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    home.sweep(lock)?;
    let (generation, engine) = home.make_generation(lock)?;
    let summary = fill(home, &engine, paths, sources, options, watcher)?;
    home.remember_copies(&generation, &engine)?;
    home.point_to(lock, &generation)?;
    home.sweep(lock)?;
    Ok(summary)
}

fn full_paths(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| full_path(path).to_string_lossy().into_owned()).collect()
}

/// What an index is built from: full paths, and the names of fields that were given for some.
struct Sources {
    paths: Vec<String>,
    fields: BTreeMap<String, FieldNames>,
}

impl Sources {
    fn of(paths: &[PathBuf], options: &ReadOptions) -> Self {
        let mut sources = Self { paths: Vec::new(), fields: BTreeMap::new() };
        sources.add(paths, options);
        sources
    }

    /// Adds paths; names of fields given now replace those that were given before.
    fn add(&mut self, paths: &[PathBuf], options: &ReadOptions) {
        for path in full_paths(paths) {
            if !options.fields.is_empty() {
                self.fields.insert(path.clone(), FieldNames::clone(&options.fields));
            }
            self.paths.push(path);
        }
        self.paths.sort();
        self.paths.dedup();
    }

    /// The options with the names of fields that are known for each of the paths.
    fn options_for(&self, paths: &[PathBuf], options: &ReadOptions) -> ReadOptions {
        let known = paths.iter().zip(full_paths(paths)).filter_map(|(path, full)| {
            Some((path.clone(), Arc::new(self.fields.get(&full)?.clone())))
        });
        ReadOptions { fields_by_path: known.collect(), ..options.clone() }
    }
}

/// An article on its way into the index.
struct Prepared {
    id: String,
    fingerprint: u64,
    document: TantivyDocument,
}

/// Reads `paths` into an index and commits once, at the end.
fn fill(
    home: &Home,
    engine: &Index,
    paths: &[PathBuf],
    sources: Sources,
    options: &BuildOptions,
    watcher: &mut dyn Watcher,
) -> Result<Summary, IndexError> {
    let started = Instant::now();
    let failed = |source| home.engine(source);
    let (_, fields) = schema();
    let reader = engine.reader().map_err(failed)?;
    let mut known = Known::of(&reader.searcher()).map_err(failed)?;
    let mut writer: IndexWriter =
        engine.writer_with_num_threads(options.threads.max(1), options.memory).map_err(failed)?;
    let mut summary = Summary::default();

    let read_options = sources.options_for(paths, &options.read);
    let (sender, batches) = mpsc::sync_channel(4);
    std::thread::scope(|scope| -> Result<(), IndexError> {
        let crawl = scope.spawn(move || {
            let mut pages = read::pages(paths, read_options);
            loop {
                let batch = pages.batch(BATCH);
                let done = batch.is_empty();
                // The other side hangs up only when it failed; then there is nobody to read for.
                if done || sender.send((batch, pages.bytes_read())).is_err() {
                    return pages.passed_over();
                }
            }
        });
        for (batch, bytes) in batches {
            let prepared: Vec<Result<Prepared, Skip>> = batch
                .into_par_iter()
                .map(|page| prepare(page, &fields, &options.overrides))
                .collect();
            for article in prepared {
                summary.read += 1;
                let Prepared { id, fingerprint, document } = match article {
                    Ok(prepared) => prepared,
                    Err(skip) => {
                        summary.skipped += 1;
                        watcher.skipped(&skip);
                        continue;
                    }
                };
                match known.fingerprint(&id, fingerprint).map_err(failed)? {
                    Some(old) if old == fingerprint => {
                        summary.unchanged += 1;
                        continue;
                    }
                    Some(_) => {
                        summary.changed += 1;
                        writer.delete_term(Term::from_field_text(fields.id, &id));
                    }
                    None => summary.new += 1,
                }
                writer.add_document(document).map_err(failed)?;
            }
            watcher.progressed(bytes, summary.read);
        }
        summary.passed_over = crawl.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok(())
    })?;

    let imprint = Imprint {
        stamp: Stamp::current(),
        sources: sources.paths,
        fields: sources.fields,
        committed_at: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    };
    let payload = serde_json::to_string(&imprint)
        .map_err(|e| home.damaged(format!("its imprint cannot be written ({e})")))?;
    let mut commit = writer.prepare_commit().map_err(failed)?;
    commit.set_payload(&payload);
    commit.commit().map_err(failed)?;
    writer.wait_merging_threads().map_err(failed)?;
    reader.reload().map_err(failed)?;
    summary.articles = reader.searcher().num_docs();
    summary.took = started.elapsed();
    Ok(summary)
}

/// Takes one page through the house.
fn prepare(
    page: Result<RawPage, Skip>,
    fields: &Fields,
    overrides: &Overrides,
) -> Result<Prepared, Skip> {
    let page = page?;
    let origin = page.origin.clone();
    Skip::on_panic(&origin, || {
        let (mut article, folded) = understand::understand_and_fold(clean::clean(page)?);
        overrides.apply(&mut article);
        let fingerprint = article.fingerprint() ^ overrides.fingerprint(&article.id);
        let id = article.id.clone();
        Ok(Prepared { id, fingerprint, document: fields.document(article, folded, fingerprint) })
    })
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

    /// Returns the fingerprint that the article has had, and notes the one it has now.
    fn fingerprint(&mut self, id: &str, now: u64) -> tantivy::Result<Option<u64>> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if let Some(before) = self.added.insert(hasher.finish(), now) {
            return Ok(Some(before));
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
