//! Answers plans from an index on this machine.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use serde::de::DeserializeOwned;
use tantivy::collector::{Collector, DocSetCollector};
use tantivy::query::{BooleanQuery, EnableScoring, ExistsQuery, Occur, Query, RangeQuery};
use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, Value,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Executor, TantivyDocument, TantivyError, Term};

use super::closer::{Closeness, Sketch};
use super::collect::{Best, Candidate, Columns, FacetCounter, Key, Known};
use super::compile::{Compiler, Lifted, facet_groups};
use super::engine::{LocalStatistics, query_of};
use super::fresh::Freshness;
use super::weights::Weights;
use super::{Facets, Found, Hit, Response, SearchError, Searcher};
use crate::article::Article;
use crate::index::copies::{Copies, Marked};
use crate::index::{IndexError, OpenIndex, guard_thread, guarded};
use crate::query::{Plan, Sort};

/// Articles from which on the segments of an index are searched side by side. Below, a search is over
/// before another thread would have begun.
const PARTED_FROM: u64 = 60_000;

/// The threads that search the segments of large indexes; none where there is one core, or where no
/// thread can be had. Their panics go on to who searches (see [`LocalSearcher::safely`]).
static CORES: LazyLock<Option<Executor>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = rayon::ThreadPoolBuilder::new()
        .num_threads(cores)
        .thread_name(|number| format!("search-{number}"))
        .start_handler(|_| guard_thread());
    let threads = if cores > 1 { threads.build().ok() } else { None };
    threads.map(|threads| Executor::ThreadPool(Arc::new(threads)))
});

/// An index on this machine, as it was when it was opened.
pub struct LocalSearcher {
    index: Arc<OpenIndex>,
    searcher: tantivy::Searcher,
    pub(super) weights: Arc<Weights>,
    /// Whether there was a search that wanted reprints together.
    asked: AtomicBool,
    /// Which documents have reprints.
    marked: OnceLock<Arc<Marked>>,
    /// What puts documents in order.
    columns: OnceLock<Arc<[Columns]>>,
}

/// The first field that is stored of a document, without those behind it: the many places that an
/// article names need not be copied to show a hit.
struct FirstStored {
    field: Option<Field>,
    text: String,
}

impl DocumentDeserialize for FirstStored {
    fn deserialize<'de, D>(mut deserializer: D) -> Result<Self, DeserializeError>
    where
        D: DocumentDeserializer<'de>,
    {
        let first = deserializer.next_field::<String>()?;
        let (field, text) =
            first.map_or((None, String::new()), |(field, text)| (Some(field), text));
        Ok(Self { field, text })
    }
}

impl LocalSearcher {
    /// Searches an open index.
    pub fn new(index: OpenIndex) -> Self {
        let searcher = index.searcher();
        Self {
            index: Arc::new(index),
            searcher,
            weights: Arc::default(),
            asked: AtomicBool::new(false),
            marked: OnceLock::new(),
            columns: OnceLock::new(),
        }
    }

    /// The same index, ranked with other weights.
    #[must_use]
    pub fn with_weights(&self, weights: Weights) -> Self {
        Self {
            index: Arc::clone(&self.index),
            searcher: self.searcher.clone(),
            weights: Arc::new(weights),
            asked: AtomicBool::new(false),
            marked: self.marked.clone(),
            columns: self.columns.clone(),
        }
    }

    /// The index.
    pub fn index(&self) -> &OpenIndex {
        &self.index
    }

    /// Hands every article to `visit`, in no particular order.
    pub fn for_each_article(&self, visit: &mut dyn FnMut(Article)) -> Result<(), SearchError> {
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            for doc in segment.doc_ids_alive() {
                visit(self.read_whole(DocAddress::new(ordinal, doc))?);
            }
        }
        Ok(())
    }

    /// Some articles, spread over the whole index.
    pub(super) fn some_articles(&self, most: usize) -> Result<Vec<Article>, SearchError> {
        let all = self.searcher.num_docs() as usize;
        let step = all.div_ceil(most.max(1)).max(1);
        let alive = (0..).zip(self.searcher.segment_readers()).flat_map(|(ordinal, segment)| {
            segment.doc_ids_alive().map(move |doc| DocAddress::new(ordinal, doc))
        });
        alive.step_by(step).map(|address| self.read(address)).collect()
    }

    /// The engine's searcher.
    pub(super) fn engine(&self) -> &tantivy::Searcher {
        &self.searcher
    }

    /// What is known of all articles.
    pub(super) fn statistics(&self) -> LocalStatistics<'_> {
        LocalStatistics { searcher: &self.searcher, fields: self.index.fields }
    }

    /// What a plan asks for, as a query of the engine.
    fn query(&self, plan: &Plan, lifted: Lifted) -> tantivy::Result<Box<dyn Query>> {
        let statistics = self.statistics();
        let compiler = Compiler::new(&statistics, &self.weights);
        let condition = compiler.plan(plan.node.as_ref(), &plan.filters, lifted)?;
        Ok(query_of(&condition, self.index.fields))
    }

    /// Hands what a query matches to a collector: of a large archive on all cores, segment by segment.
    fn collect<C: Collector>(&self, query: &dyn Query, collector: &C) -> tantivy::Result<C::Fruit> {
        let several = self.searcher.segment_readers().len() > 1;
        let parted = several && self.searcher.num_docs() >= PARTED_FROM;
        // No thread is begun for the others.
        let cores = if parted { CORES.as_ref() } else { None };
        let executor = cores.unwrap_or(&Executor::SingleThread);
        let scoring = if collector.requires_scoring() {
            EnableScoring::enabled_from_searcher(&self.searcher)
        } else {
            EnableScoring::disabled_from_searcher(&self.searcher)
        };
        self.searcher.search_with_executor(query, collector, executor, scoring)
    }

    fn failed(&self, source: TantivyError) -> SearchError {
        IndexError::Engine { path: self.index.path.clone(), source }.into()
    }

    /// Reads a stored article, without its places.
    fn read(&self, address: DocAddress) -> Result<Article, SearchError> {
        let first: FirstStored =
            self.searcher.doc(address).map_err(|source| self.failed(source))?;
        // The article is stored before everything else.
        let text = if first.field == Some(self.index.fields.article) { &first.text } else { "" };
        self.parse(text)
    }

    /// Reads a stored article with every place it names.
    fn read_whole(&self, address: DocAddress) -> Result<Article, SearchError> {
        let document: TantivyDocument =
            self.searcher.doc(address).map_err(|source| self.failed(source))?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str());
        let text = |field| text(field).unwrap_or_default();
        let article: Article = self.parse(text(self.index.fields.article))?;
        Ok(Article { places: self.parse(text(self.index.fields.places))?, ..article })
    }

    fn parse<T: DeserializeOwned>(&self, text: &str) -> Result<T, SearchError> {
        serde_json::from_str(text).map_err(|e| {
            let what = format!("a stored article cannot be read ({e})");
            IndexError::Damaged { path: self.index.path.clone(), what }.into()
        })
    }

    /// Which articles stand for one another in the answer to a plan.
    fn collapsed(&self, plan: &Plan) -> Result<Option<Known>, SearchError> {
        if plan.all {
            return Ok(None);
        }
        let copies = self.index.copies()?;
        if copies.groups() == 0 {
            return Ok(None);
        }
        // Marking all documents pays for who asks again, not for one search.
        if !self.asked.swap(true, Ordering::Relaxed) {
            return Ok(Some(Known::Copies(copies)));
        }
        let marked = if let Some(marked) = self.marked.get() {
            Arc::clone(marked)
        } else {
            let marked = Marked::of(&copies, &self.searcher);
            let marked = marked.map_err(|source| self.failed(source))?;
            Arc::clone(self.marked.get_or_init(|| Arc::new(marked)))
        };
        Ok(Some(Known::Marked(marked)))
    }

    /// What puts the documents of each segment in order.
    fn columns(&self) -> tantivy::Result<Arc<[Columns]>> {
        if let Some(columns) = self.columns.get() {
            return Ok(Arc::clone(columns));
        }
        let columns = Columns::of(&self.searcher)?;
        Ok(Arc::clone(self.columns.get_or_init(|| columns)))
    }

    /// Where the article of an id stands in the index, and its fingerprint.
    fn look_up(&self, id: &str) -> tantivy::Result<Option<(DocAddress, u64)>> {
        let term = Term::from_field_text(self.index.fields.id, id);
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let ids = segment.inverted_index(self.index.fields.id)?;
            let Some(mut postings) = ids.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != tantivy::TERMINATED {
                let doc = postings.doc();
                if !segment.is_deleted(doc) {
                    let fingerprint = segment.fast_fields().u64("fingerprint")?.first(doc);
                    return Ok(fingerprint.map(|print| (DocAddress::new(ordinal, doc), print)));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// All articles of a group of reprints, the most original first.
    fn of_group(&self, copies: &Copies, group: u32) -> tantivy::Result<Vec<DocAddress>> {
        let mut found = Vec::new();
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let fingerprints = segment.fast_fields().u64("fingerprint")?;
            for doc in segment.doc_ids_alive() {
                let copy = fingerprints.first(doc).and_then(|print| copies.of(print));
                if let Some(copy) = copy.filter(|copy| copy.group == group) {
                    found.push((copy.place, DocAddress::new(ordinal, doc)));
                }
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }

    /// The articles of a plan, best first, and how many match.
    fn best(&self, plan: &Plan, copies: Option<&Known>) -> tantivy::Result<(Vec<Candidate>, u64)> {
        let statistics = self.statistics();
        let compiler = Compiler::new(&statistics, &self.weights);
        let condition = compiler.plan(plan.node.as_ref(), &plan.filters, Lifted::Nothing)?;
        let query = query_of(&condition, self.index.fields);
        let sketch = compiler.take_sketch();
        let wanted = plan.page.saturating_mul(plan.size);
        let reconsider = plan.sort == Sort::Relevance && wanted > 0 && !sketch.is_empty();
        let keep = if reconsider { wanted.max(self.weights.reconsidered) } else { wanted };
        let keep = keep.min(self.searcher.num_docs() as usize);
        let fresh = self.freshness(plan)?;
        let collector = Best {
            columns: self.columns()?,
            keep,
            sort: plan.sort,
            copies: copies.cloned(),
            fresh,
        };
        let (mut best, total) = self.collect(&query, &collector)?;
        if reconsider {
            self.settle_ties(&mut best)?;
            let close = best.len().min(self.weights.reconsidered);
            self.look_closer(&mut best[..close], &sketch, fresh)?;
            best[..close].sort_by_key(|candidate| std::cmp::Reverse(candidate.key));
        }
        self.settle_ties(&mut best)?;
        best.truncate(wanted);
        Ok((best, total))
    }

    /// How much recent articles are favoured, if a plan asks for that.
    pub(super) fn freshness(&self, plan: &Plan) -> tantivy::Result<Option<Freshness>> {
        let asked = plan.fresh && plan.sort == Sort::Relevance;
        asked.then(|| Freshness::of(&self.searcher, self.weights.fresh)).transpose()
    }

    /// Raises the score of articles that hold much of the query in one passage or in the lead.
    fn look_closer(
        &self,
        best: &mut [Candidate],
        sketch: &Sketch,
        fresh: Option<Freshness>,
    ) -> tantivy::Result<()> {
        let weights = &self.weights;
        let mut in_order: Vec<(DocAddress, usize)> =
            best.iter().map(|candidate| candidate.address).zip(0..).collect();
        in_order.sort_unstable();
        for same in in_order.chunk_by(|(a, _), (b, _)| a.segment_ord == b.segment_ord) {
            let Some((first, _)) = same.first() else { continue };
            let documents: Vec<u32> = same.iter().map(|(at, _)| at.doc_id).collect();
            let closeness = self.closeness(sketch, first.segment_ord, &documents)?;
            for (&(_, number), close) in same.iter().zip(closeness) {
                let share = close.share(weights);
                let favour = fresh.map_or(1.0, |fresh| fresh.factor(best[number].day));
                best[number].score += share * sketch.total() * favour;
            }
        }
        for candidate in best {
            candidate.key = Key::relevance(candidate.score, candidate.day);
            candidate.reconsidered = true;
        }
        Ok(())
    }

    /// How much of a query stands together in some documents of a segment.
    pub(super) fn closeness(
        &self,
        sketch: &Sketch,
        segment: u32,
        documents: &[u32],
    ) -> tantivy::Result<Vec<Closeness>> {
        let Weights { passage_length, lead_length, .. } = *self.weights;
        let segment = self.searcher.segment_reader(segment);
        let field = self.index.fields.body_characters;
        sketch.look(segment, field, documents, passage_length, lead_length)
    }

    /// Orders by id what is equal otherwise.
    fn settle_ties(&self, best: &mut [Candidate]) -> tantivy::Result<()> {
        let columns = self.columns()?;
        for equal in best.chunk_by_mut(|a, b| a.key == b.key).filter(|equal| equal.len() > 1) {
            let mut named: Vec<(String, Candidate)> = Vec::with_capacity(equal.len());
            for candidate in equal.iter() {
                let segment = &columns[candidate.address.segment_ord as usize];
                named.push((segment.name(candidate.id)?, *candidate));
            }
            named.sort_by(|a, b| a.0.cmp(&b.0));
            for (slot, (_, candidate)) in equal.iter_mut().zip(named) {
                *slot = candidate;
            }
        }
        Ok(())
    }

    /// Counts by facet, each without the filters on itself.
    fn facets(&self, plan: &Plan, copies: Option<&Known>) -> tantivy::Result<Facets> {
        let mut facets = Facets::default();
        for (lifted, names) in facet_groups(&plan.filters) {
            let query = self.query(plan, lifted)?;
            let collector = FacetCounter { copies: copies.cloned() };
            let mut counted = self.collect(&query, &collector)?;
            for name in names {
                facets.set(name, &mut counted);
            }
        }
        Ok(facets)
    }

    /// How many articles match but for their unknown day.
    fn undated(&self, plan: &Plan, copies: Option<&Known>) -> tantivy::Result<u64> {
        if plan.filters.since.is_none() && plan.filters.until.is_none() {
            return Ok(0);
        }
        let query = self.query(plan, Lifted::Days)?;
        let from = Term::from_field_u64(self.index.fields.first_day, 0);
        let dated = RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Unbounded);
        let query = BooleanQuery::new(vec![
            (Occur::Must, query),
            (Occur::MustNot, Box::new(dated) as Box<dyn Query>),
        ]);
        let (copies, columns) = (copies.cloned(), self.columns()?);
        let counter = Best { columns, keep: 0, sort: plan.sort, copies, fresh: None };
        Ok(self.collect(&query, &counter)?.1)
    }
}

impl Searcher for LocalSearcher {
    fn search(&self, plan: &Plan) -> Result<Response, SearchError> {
        let response = self.safely(|| self.answer(plan))?;
        self.index.has_answered();
        Ok(response)
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        self.safely(|| self.matching(plan))
    }

    fn together(&self, plan: &Plan, visit: &mut dyn FnMut(Article)) -> Result<(), SearchError> {
        self.safely(|| self.working_together(plan, visit))
    }

    fn group(&self, id: &str) -> Result<Option<u32>, SearchError> {
        self.safely(|| self.group_of(id))
    }

    fn copies(&self, id: &str) -> Result<Vec<Article>, SearchError> {
        self.safely(|| self.copies_of(id))
    }

    fn article(&self, id: &str) -> Result<Found, SearchError> {
        self.safely(|| self.by_id(id))
    }
}

impl LocalSearcher {
    /// Does work over the engine's files. What was flipped in them after they were checked can make
    /// the engine panic; that comes out as an error.
    pub(super) fn safely<T>(
        &self,
        work: impl FnOnce() -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        guarded(work).unwrap_or_else(|_| {
            let what = "a search broke over its files".to_owned();
            Err(IndexError::Damaged { path: self.index.path.clone(), what }.into())
        })
    }

    fn answer(&self, plan: &Plan) -> Result<Response, SearchError> {
        let started = Instant::now();
        let copies = self.collapsed(plan)?;
        let copies = copies.as_ref();
        let (best, total) = self.best(plan, copies).map_err(|source| self.failed(source))?;
        let skipped = plan.page.saturating_sub(1).saturating_mul(plan.size);
        let mut hits = Vec::with_capacity(plan.size.min(best.len()));
        for (rank, candidate) in (skipped + 1..).zip(best.iter().skip(skipped)) {
            let article = self.read(candidate.shown)?;
            let why = if plan.explain {
                self.explain(plan, candidate).map_err(|source| self.failed(source))?
            } else {
                Vec::new()
            };
            let Candidate { score, duplicates, .. } = *candidate;
            hits.push(Hit { rank, score, why, duplicates, article });
        }
        let facets = if plan.facets {
            Some(self.facets(plan, copies).map_err(|source| self.failed(source))?)
        } else {
            None
        };
        let undated = self.undated(plan, copies).map_err(|source| self.failed(source))?;
        Ok(Response { total, hits, facets, undated, took: started.elapsed(), partly: None })
    }

    fn matching(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        let look = || -> tantivy::Result<Vec<String>> {
            let query = self.query(plan, Lifted::Nothing)?;
            let columns = self.columns()?;
            let mut names = Vec::new();
            for address in self.collect(&query, &DocSetCollector)? {
                names.extend(columns[address.segment_ord as usize].id(address.doc_id)?);
            }
            Ok(names)
        };
        look().map_err(|source| self.failed(source))
    }

    fn working_together(
        &self,
        plan: &Plan,
        visit: &mut dyn FnMut(Article),
    ) -> Result<(), SearchError> {
        let look = || -> tantivy::Result<Vec<DocAddress>> {
            let filtered = self.query(plan, Lifted::Nothing)?;
            let together = ExistsQuery::new("partner".to_owned(), false);
            let query = BooleanQuery::new(vec![
                (Occur::Must, filtered),
                (Occur::Must, Box::new(together) as Box<dyn Query>),
            ]);
            let mut found: Vec<DocAddress> =
                self.collect(&query, &DocSetCollector)?.into_iter().collect();
            found.sort_unstable();
            Ok(found)
        };
        for address in look().map_err(|source| self.failed(source))? {
            visit(self.read(address)?);
        }
        Ok(())
    }

    fn group_of(&self, id: &str) -> Result<Option<u32>, SearchError> {
        let copies = self.index.copies()?;
        let found = self.look_up(id).map_err(|source| self.failed(source))?;
        Ok(found.and_then(|(_, fingerprint)| copies.of(fingerprint)).map(|copy| copy.group))
    }

    fn copies_of(&self, id: &str) -> Result<Vec<Article>, SearchError> {
        let copies = self.index.copies()?;
        let look = || -> tantivy::Result<Vec<DocAddress>> {
            let Some((own, fingerprint)) = self.look_up(id)? else { return Ok(Vec::new()) };
            let Some(copy) = copies.of(fingerprint) else { return Ok(Vec::new()) };
            let mut others = self.of_group(&copies, copy.group)?;
            others.retain(|address| *address != own);
            Ok(others)
        };
        let others = look().map_err(|source| self.failed(source))?;
        others.into_iter().map(|address| self.read(address)).collect()
    }

    fn by_id(&self, id: &str) -> Result<Found, SearchError> {
        let look = || -> tantivy::Result<Result<DocAddress, Vec<String>>> {
            let term = Term::from_field_text(self.index.fields.id, id);
            let mut begin: Vec<(String, DocAddress)> = Vec::new();
            for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
                let ids = segment.inverted_index(self.index.fields.id)?;
                let mut stream = ids.terms().range().ge(id.as_bytes()).into_stream()?;
                while stream.advance() && stream.key().starts_with(id.as_bytes()) {
                    let mut postings =
                        ids.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
                    while postings.doc() != tantivy::TERMINATED
                        && segment.is_deleted(postings.doc())
                    {
                        postings.advance();
                    }
                    if postings.doc() == tantivy::TERMINATED {
                        continue;
                    }
                    let address = DocAddress::new(ordinal, postings.doc());
                    if stream.key() == term.serialized_value_bytes() {
                        return Ok(Ok(address));
                    }
                    begin.push((String::from_utf8_lossy(stream.key()).into_owned(), address));
                    if begin.len() > 10_000 {
                        break;
                    }
                }
            }
            begin.sort();
            Ok(match begin.as_slice() {
                [(_, address)] => Ok(*address),
                many => Err(many.iter().take(10).map(|(id, _)| id.clone()).collect()),
            })
        };
        match look().map_err(|source| self.failed(source))? {
            Ok(address) => Ok(Found::Article(Box::new(self.read_whole(address)?))),
            Err(begin) if begin.is_empty() => Ok(Found::Nothing),
            Err(begin) => Ok(Found::Many(begin)),
        }
    }
}
