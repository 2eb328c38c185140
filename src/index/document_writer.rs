//! Documents → segments of the engine's index, on several threads.
//!
//! The engine commits, deletes and merges; the segments that it is given are ours (see
//! [`segment`](super::segment)). A document is on disk once its thread has filled the memory that it
//! may fill, or before a commit.
//!
//! What replaces another document goes the engine's own, slower way. There a document knows which
//! deletions came before it; a segment that comes as a whole is hit by all that the engine has not
//! yet gone through, also by older ones.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tantivy::index::SegmentMeta;
use tantivy::indexer::PreparedCommit;
use tantivy::{DocId, Index, IndexWriter, TantivyDocument, TantivyError, Term};

use super::segment::SegmentBuilder;

/// How long the engine's own lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Documents that wait for a thread.
const WAITING: usize = 256;

/// Takes documents.
pub(super) struct DocumentWriter {
    engine: IndexWriter,
    makers: Vec<Maker>,
    /// Which of them gets the next document.
    next: usize,
    made: mpsc::Receiver<tantivy::Result<SegmentMeta>>,
    /// The keys of what the makers were given since the last commit.
    fresh: HashSet<u64>,
    /// The keys of what was removed since then.
    removed: HashSet<u64>,
}

/// A thread that makes segments.
struct Maker {
    /// None once it is to end.
    tasks: Option<mpsc::SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
}

/// What a maker is asked to do.
struct Task {
    what: What,
    /// Told when it is done and what came of it has been sent.
    done: Option<mpsc::Sender<()>>,
}

enum What {
    /// Add a document with a key.
    Add(u64, Box<TantivyDocument>),
    /// Take the document of a key out, if it is not written yet.
    Remove(u64),
    /// Write what there is.
    Write,
}

impl DocumentWriter {
    /// Opens an index for writing with so many threads, which together may fill so many bytes; the
    /// engine may fill as many with what replaces other documents.
    ///
    /// Needs our own lock on the index. The engine has another, which it gives back by closing its
    /// file: a child process that another thread has just begun may still have it for a moment.
    pub(super) fn open(index: &Index, threads: usize, memory: usize) -> tantivy::Result<Self> {
        let threads = threads.max(1);
        let began = Instant::now();
        let engine = loop {
            match index.writer_with_num_threads(threads, memory) {
                Err(TantivyError::LockFailure(..)) if began.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                writer => break writer?,
            }
        };
        let (sender, made) = mpsc::channel();
        let makers = (0..threads).map(|_| Maker::start(index, memory / threads, &sender));
        let makers = makers.collect::<std::io::Result<_>>()?;
        let (fresh, removed) = (HashSet::new(), HashSet::new());
        Ok(Self { engine, makers, next: 0, made, fresh, removed })
    }

    /// Adds a document; no other of its key may be in the index.
    pub(super) fn add(&mut self, key: u64, document: TantivyDocument) -> tantivy::Result<()> {
        if self.removed.contains(&key) {
            return self.engine.add_document(document).map(|_| ());
        }
        self.fresh.insert(key);
        self.next = (self.next + 1) % self.makers.len();
        let sent = self.makers[self.next].send(What::Add(key, Box::new(document)), None);
        self.hand_over()?;
        if sent { Ok(()) } else { Err(broken()) }
    }

    /// Takes the document out that has a key, and that a term alone names.
    pub(super) fn remove(&mut self, key: u64, term: Term) -> tantivy::Result<()> {
        self.removed.insert(key);
        if self.fresh.remove(&key) {
            self.ask_all(|| What::Remove(key))?;
        }
        self.engine.delete_term(term);
        Ok(())
    }

    /// Prepares a commit of everything so far.
    pub(super) fn prepare_commit(&mut self) -> tantivy::Result<PreparedCommit<'_>> {
        self.ask_all(|| What::Write)?;
        self.fresh.clear();
        self.removed.clear();
        self.engine.prepare_commit()
    }

    /// Ends, when the engine has merged what it wants to merge.
    pub(super) fn wait_merging_threads(mut self) -> tantivy::Result<()> {
        self.makers.clear();
        self.engine.wait_merging_threads()
    }

    /// Asks every maker and waits until they have done it.
    fn ask_all(&self, what: impl Fn() -> What) -> tantivy::Result<()> {
        let (done, waiting) = mpsc::channel();
        let asked = self.makers.iter().filter(|maker| maker.send(what(), Some(done.clone())));
        let asked = asked.count();
        drop(done);
        // One that breaks drops its end without a word.
        let answered = waiting.iter().count();
        self.hand_over()?;
        if asked == self.makers.len() && answered == asked { Ok(()) } else { Err(broken()) }
    }

    /// Gives the engine the segments that have been made.
    fn hand_over(&self) -> tantivy::Result<()> {
        self.made.try_iter().try_for_each(|made| self.engine.add_segment(made?))
    }
}

fn broken() -> TantivyError {
    TantivyError::ErrorInThread("a thread that makes segments has ended".to_owned())
}

impl Maker {
    fn start(
        index: &Index,
        memory: usize,
        made: &mpsc::Sender<tantivy::Result<SegmentMeta>>,
    ) -> std::io::Result<Self> {
        let (sender, tasks) = mpsc::sync_channel::<Task>(WAITING);
        let (index, made) = (index.clone(), made.clone());
        let thread = std::thread::Builder::new().name("segment".to_owned()).spawn(move || {
            let mut making = None;
            for Task { what, done } in tasks {
                let (came, broke) = match what.carry_out(&index, memory, &mut making) {
                    Ok(segment) => (segment.map(Ok), false),
                    Err(error) => (Some(Err(error)), true),
                };
                // Nobody listens any more only when nobody waits for it either.
                let _ = came.map(|came| made.send(came));
                if broke {
                    return;
                }
                let _ = done.map(|done| done.send(()));
            }
        })?;
        Ok(Self { tasks: Some(sender), thread: Some(thread) })
    }

    /// Sends a task; false if the thread has ended.
    fn send(&self, what: What, done: Option<mpsc::Sender<()>>) -> bool {
        self.tasks.as_ref().is_some_and(|tasks| tasks.send(Task { what, done }).is_ok())
    }
}

impl Drop for Maker {
    /// What was not written goes; no file is written afterwards.
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A segment in the making, and its documents by their keys.
struct Making {
    builder: SegmentBuilder,
    documents: HashMap<u64, DocId>,
}

impl What {
    /// Does it; returns the segment if one was written.
    fn carry_out(
        &self,
        index: &Index,
        memory: usize,
        making: &mut Option<Making>,
    ) -> tantivy::Result<Option<SegmentMeta>> {
        let write = match self {
            Self::Add(key, document) => {
                let now = match making {
                    Some(making) => making,
                    None => making.insert(Making::new(index)?),
                };
                let number = now.builder.add(document)?;
                now.documents.insert(*key, number);
                now.builder.memory() >= memory
            }
            Self::Remove(key) => {
                if let Some(making) = making
                    && let Some(number) = making.documents.remove(key)
                {
                    making.builder.remove(number);
                }
                false
            }
            Self::Write => true,
        };
        if !write {
            return Ok(None);
        }
        making.take().map(|making| making.builder.write()).transpose()
    }
}

impl Making {
    fn new(index: &Index) -> tantivy::Result<Self> {
        Ok(Self { builder: SegmentBuilder::new(index)?, documents: HashMap::new() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tantivy::postings::Postings;
    use tantivy::schema::{FieldType, IndexRecordOption, OwnedValue};
    use tantivy::{DocSet, IndexReader, Searcher, TERMINATED};

    use super::super::fields::schema;
    use super::super::stored::Beside;
    use super::super::tokenizers;
    use super::*;
    use crate::read::{Crawl, ReadOptions};
    use crate::{clean, understand};

    fn empty() -> Index {
        let index = Index::create_in_ram(schema().0);
        tokenizers::register(&index);
        index
    }

    fn open(index: &Index, threads: usize, memory: usize) -> DocumentWriter {
        let writer = DocumentWriter::open(index, threads, memory).unwrap();
        writer.engine.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
        writer
    }

    fn reader(index: &Index) -> IndexReader {
        index.reader().unwrap()
    }

    /// The articles of the sample, and documents that no article makes.
    fn documents() -> Vec<TantivyDocument> {
        let mut crawl = Crawl::of(&["data/sample".into()], ReadOptions::default());
        let found: Vec<_> = crawl.by_ref().flatten().collect();
        let pages = found.iter().flat_map(|found| crawl.pages(found)).flatten();
        let pages = pages.filter_map(|page| clean::clean(page).ok());
        let fields = schema().1;
        let mut documents: Vec<TantivyDocument> = pages
            .map(|page| {
                let (article, folded) = understand::understand_and_fold(page);
                fields.document(article, folded, 7, &Beside::default())
            })
            .collect();
        let mut odd = TantivyDocument::new();
        odd.add_text(fields.id, "一");
        odd.add_text(fields.words, "人才\n\n人才\n二〇二四年的人才\n");
        odd.add_text(fields.words, format!("飞地\n{}\n人才\n", "长".repeat(30_000)));
        odd.add_text(fields.body_characters, "𠮷🚀人才𠮷");
        odd.add_text(fields.body_characters, "人才");
        odd.add_text(fields.city, "佛山市");
        odd.add_text(fields.city, "佛山市");
        odd.add_u64(fields.first_day, u64::MAX);
        documents.insert(3, odd);
        documents.insert(9, TantivyDocument::new());
        documents
    }

    /// All that a search can see of a field: of each term the documents, how often each has it and
    /// where; the lengths; what is counted.
    fn searched(searcher: &Searcher) -> BTreeMap<String, String> {
        use std::fmt::Write;
        let segment = searcher.segment_reader(0);
        let mut fields = BTreeMap::new();
        for (field, entry) in searcher.schema().fields() {
            let mut seen = String::new();
            if let Some(option) = entry.field_type().index_record_option() {
                let inverted = segment.inverted_index(field).unwrap();
                writeln!(seen, "{} tokens", inverted.total_num_tokens()).unwrap();
                let mut terms = inverted.terms().stream().unwrap();
                while terms.advance() {
                    let info = terms.value();
                    write!(seen, "{:?} {}:", terms.key(), info.doc_freq).unwrap();
                    let mut postings = inverted.read_postings_from_terminfo(info, option).unwrap();
                    while postings.doc() != TERMINATED {
                        let mut positions = Vec::new();
                        if option == IndexRecordOption::WithFreqsAndPositions {
                            postings.positions(&mut positions);
                        }
                        let count = if option.has_freq() { postings.term_freq() } else { 1 };
                        write!(seen, " {}×{count}{positions:?}", postings.doc()).unwrap();
                        postings.advance();
                    }
                    seen.push('\n');
                }
            }
            if entry.has_fieldnorms() {
                let lengths = segment.get_fieldnorms_reader(field).unwrap();
                let lengths = (0..segment.max_doc()).map(|doc| lengths.fieldnorm(doc));
                writeln!(seen, "lengths {:?}", lengths.collect::<Vec<_>>()).unwrap();
            }
            let columns = segment.fast_fields();
            for doc in (0..segment.max_doc()).filter(|_| entry.is_fast()) {
                if let FieldType::Str(_) = entry.field_type() {
                    let column = columns.str(entry.name()).unwrap().unwrap();
                    for ordinal in column.ords().values_for_doc(doc) {
                        let mut text = String::new();
                        column.ord_to_str(ordinal, &mut text).unwrap();
                        write!(seen, " {doc}={text}").unwrap();
                    }
                } else {
                    let column = columns.u64(entry.name()).unwrap();
                    let values: Vec<u64> = column.values_for_doc(doc).collect();
                    write!(seen, " {doc}={values:?}").unwrap();
                }
            }
            fields.insert(entry.name().to_owned(), seen);
        }
        fields
    }

    fn stored(searcher: &Searcher) -> Vec<String> {
        let segment = searcher.segment_reader(0);
        let store = segment.get_store_reader(4).unwrap();
        (0..segment.max_doc())
            .map(|doc| {
                let document: TantivyDocument = store.get(doc).unwrap();
                let values = document.field_values();
                let values = values.map(|(field, value)| (field, OwnedValue::from(value)));
                format!("{:?}", values.collect::<Vec<_>>())
            })
            .collect()
    }

    #[test]
    fn a_segment_of_ours_holds_what_one_of_the_engines_holds() {
        let (ours, theirs) = (empty(), empty());
        let documents = documents();
        assert!(documents.len() > 60);
        let mut engine: IndexWriter = theirs.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut writer = open(&ours, 1, 1 << 30);
        for (key, document) in (0..).zip(documents) {
            engine.add_document(document.clone()).unwrap();
            writer.add(key, document).unwrap();
        }
        engine.commit().unwrap();
        writer.prepare_commit().unwrap().commit().unwrap();
        let (ours, theirs) = (reader(&ours).searcher(), reader(&theirs).searcher());
        let (found, expected) = (searched(&ours), searched(&theirs));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (field, expected) in &expected {
            assert!(found[field] == *expected, "{field}: other than the engine's");
        }
        assert!(expected["words"].contains("×2"), "terms were compared");
        assert_eq!(stored(&ours), stored(&theirs));
    }

    /// The ids that an index holds and the outlet of each, in their order.
    fn held(index: &Index) -> Vec<String> {
        let searcher = reader(index).searcher();
        let mut held = Vec::new();
        for segment in searcher.segment_readers() {
            let text = |name: &str, doc| {
                let column = segment.fast_fields().str(name).unwrap().unwrap();
                let mut text = String::new();
                column.ord_to_str(column.ords().first(doc).unwrap(), &mut text).unwrap();
                text
            };
            let texts = segment.doc_ids_alive().map(|doc| text("id", doc) + &text("outlet", doc));
            held.extend(texts);
        }
        held.sort();
        held
    }

    #[test]
    fn what_is_replaced_is_there_once_wherever_it_was() {
        for (threads, memory) in [(1, 1 << 30), (3, 1 << 30), (2, 30_000_000)] {
            let index = empty();
            let mut writer = open(&index, threads, memory);
            if memory == 30_000_000 {
                // A segment for each document.
                let (sender, made) = mpsc::channel();
                writer.made = made;
                writer.makers =
                    (0..threads).map(|_| Maker::start(&index, 1, &sender).unwrap()).collect();
            }
            let fields = schema().1;
            let put = |writer: &mut DocumentWriter, key: u64, version: &str| {
                let mut document = TantivyDocument::new();
                document.add_text(fields.id, key.to_string());
                document.add_text(fields.outlet, version);
                writer.add(key, document).unwrap();
            };
            let remove = |writer: &mut DocumentWriter, key: u64| {
                writer.remove(key, Term::from_field_text(fields.id, &key.to_string())).unwrap();
            };
            let commit =
                |writer: &mut DocumentWriter| writer.prepare_commit().unwrap().commit().unwrap();
            (0..9).for_each(|key| put(&mut writer, key, "旧"));
            // In memory, or in a segment that no commit has.
            remove(&mut writer, 4);
            put(&mut writer, 4, "新");
            remove(&mut writer, 4);
            put(&mut writer, 4, "再");
            remove(&mut writer, 7);
            commit(&mut writer);
            // In a commit.
            remove(&mut writer, 5);
            put(&mut writer, 5, "新");
            remove(&mut writer, 6);
            put(&mut writer, 9, "旧");
            commit(&mut writer);
            put(&mut writer, 6, "新");
            put(&mut writer, 7, "新");
            commit(&mut writer);
            let expected = ["0旧", "1旧", "2旧", "3旧", "4再", "5新", "6新", "7新", "8旧", "9旧"];
            assert_eq!(held(&index), expected, "{threads} threads, {memory} bytes");
            // What is not committed goes.
            put(&mut writer, 10, "旧");
            drop(writer);
            assert_eq!(held(&index), expected);
        }
    }
}
