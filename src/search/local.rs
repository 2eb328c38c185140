//! Answers plans from an index on this machine.

use std::collections::HashMap;
use std::time::Instant;

use serde::de::DeserializeOwned;
use tantivy::collector::{Count as CountAll, DocSetCollector};
use tantivy::query::{BooleanQuery, EnableScoring, ExistsQuery, Occur, Query, RangeQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocSet, SeekDangerResult, SegmentReader, TantivyDocument, TantivyError, Term,
};

use super::collect::{Best, Candidate, FacetCounter, Key};
use super::compile::{Compiler, Lifted};
use super::{Facets, Found, Hit, Response, SearchError, Searcher};
use crate::article::Article;
use crate::index::{IndexError, OpenIndex};
use crate::query::{Filters, Node, Plan, Run, Sort};

/// Articles that are looked at more closely before the order is final.
const RECONSIDERED: usize = 20;
/// What a run of words earns that stands together in the text, as a share of the words' worth.
const TOGETHER: f32 = 0.2;
/// The same for the headline.
const TOGETHER_IN_TITLE: f32 = 0.2;
/// Runs that are looked for together; further ones of a long query are not.
const RUNS: usize = 8;

/// An index on this machine, as it was when it was opened.
pub struct LocalSearcher {
    index: OpenIndex,
    searcher: tantivy::Searcher,
}

impl LocalSearcher {
    /// Searches an open index.
    pub fn new(index: OpenIndex) -> Self {
        let searcher = index.searcher();
        Self { index, searcher }
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

    fn compiler(&self) -> Compiler<'_> {
        Compiler { searcher: &self.searcher, fields: self.index.fields }
    }

    fn failed(&self, source: TantivyError) -> SearchError {
        IndexError::Engine { path: self.index.path.clone(), source }.into()
    }

    /// Reads a stored article, without its places.
    fn read(&self, address: DocAddress) -> Result<Article, SearchError> {
        self.parse(&self.stored(address)?, self.index.fields.article)
    }

    /// Reads a stored article with every place it names.
    fn read_whole(&self, address: DocAddress) -> Result<Article, SearchError> {
        let document = self.stored(address)?;
        let article: Article = self.parse(&document, self.index.fields.article)?;
        Ok(Article { places: self.parse(&document, self.index.fields.places)?, ..article })
    }

    fn stored(&self, address: DocAddress) -> Result<TantivyDocument, SearchError> {
        self.searcher.doc(address).map_err(|source| self.failed(source))
    }

    fn parse<T: DeserializeOwned>(
        &self,
        document: &TantivyDocument,
        field: Field,
    ) -> Result<T, SearchError> {
        let text = document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        serde_json::from_str(text).map_err(|e| {
            let what = format!("a stored article cannot be read ({e})");
            IndexError::Damaged { path: self.index.path.clone(), what }.into()
        })
    }

    /// The articles of a plan, best first, and how many match.
    fn best(&self, plan: &Plan) -> tantivy::Result<(Vec<Candidate>, u64)> {
        let query = self.compiler().plan(plan.node.as_ref(), &plan.filters, Lifted::Nothing)?;
        let wanted = plan.page.saturating_mul(plan.size);
        let runs = plan.node.as_ref().map(runs_of).unwrap_or_default();
        let reconsider = plan.sort == Sort::Relevance && !runs.is_empty();
        let keep = if reconsider { wanted.max(RECONSIDERED) } else { wanted };
        let keep = keep.min(self.searcher.num_docs() as usize);
        let (mut best, total) = self.searcher.search(&query, &Best { keep, sort: plan.sort })?;
        if reconsider {
            let close = best.len().min(RECONSIDERED);
            self.reward_togetherness(&mut best[..close], &runs)?;
            best[..close].sort_by_key(|candidate| std::cmp::Reverse(candidate.key));
        }
        self.settle_ties(&mut best)?;
        best.truncate(wanted);
        Ok((best, total))
    }

    /// Raises the score of articles in which the words of a run stand together.
    fn reward_togetherness(&self, best: &mut [Candidate], runs: &[&Run]) -> tantivy::Result<()> {
        let compiler = self.compiler();
        let mut in_order: Vec<(DocAddress, usize)> =
            best.iter().map(|candidate| candidate.address).zip(0..).collect();
        in_order.sort_unstable();
        let scoring = EnableScoring::disabled_from_searcher(&self.searcher);
        for run in runs.iter().take(RUNS) {
            let worth = compiler.worth_of(run.words.iter().map(|word| word.text.as_str()))?;
            let title = compiler.characters_in_title(&run.text).weight(scoring)?;
            let body = compiler.characters_in_body(&run.text).weight(scoring)?;
            for (weight, share) in [(title, TOGETHER_IN_TITLE), (body, TOGETHER)] {
                for same_segment in
                    in_order.chunk_by(|(a, _), (b, _)| a.segment_ord == b.segment_ord)
                {
                    let Some((first, _)) = same_segment.first() else { continue };
                    let segment = self.searcher.segment_reader(first.segment_ord);
                    let docs: Vec<u32> = same_segment.iter().map(|(at, _)| at.doc_id).collect();
                    let holds = which_hold(&*weight, segment, &docs)?;
                    for (&(_, i), _) in same_segment.iter().zip(holds).filter(|(_, holds)| *holds) {
                        best[i].score += worth * share;
                    }
                }
            }
        }
        for candidate in best {
            candidate.key = Key::relevance(candidate.score, candidate.day);
        }
        Ok(())
    }

    /// Orders by id what is equal otherwise.
    fn settle_ties(&self, best: &mut [Candidate]) -> tantivy::Result<()> {
        for equal in best.chunk_by_mut(|a, b| a.key == b.key).filter(|equal| equal.len() > 1) {
            let mut named: Vec<(String, Candidate)> = Vec::with_capacity(equal.len());
            for candidate in equal.iter() {
                let segment = self.searcher.segment_reader(candidate.address.segment_ord);
                let mut id = String::new();
                if let Some(ids) = segment.fast_fields().str("id")? {
                    ids.ord_to_str(candidate.id, &mut id)?;
                }
                named.push((id, *candidate));
            }
            named.sort_by(|a, b| a.0.cmp(&b.0));
            for (slot, (_, candidate)) in equal.iter_mut().zip(named) {
                *slot = candidate;
            }
        }
        Ok(())
    }

    /// Counts by facet, each without the filters on itself.
    fn facets(&self, plan: &Plan) -> tantivy::Result<Facets> {
        let filters = &plan.filters;
        let mut facets = Facets::default();
        let groups: [(Lifted, bool, &[&str]); 5] = [
            // Those that somebody's partners work with are what is asked: nothing is lifted.
            (Lifted::Nothing, false, &["partner", "kind"]),
            (Lifted::Regions, !filters.regions.is_empty(), &["province", "region"]),
            (Lifted::Cities, !filters.cities.is_empty(), &["city", "county"]),
            (Lifted::Days, filters.since.or(filters.until).is_some(), &["year", "month"]),
            (Lifted::Outlets, !filters.outlets.is_empty(), &["outlet"]),
        ];
        let mut unfiltered: Option<HashMap<_, _>> = None;
        for (lifted, active, names) in groups {
            let count = |lifted| {
                let query = self.compiler().plan(plan.node.as_ref(), filters, lifted)?;
                self.searcher.search(&query, &FacetCounter)
            };
            if active {
                let mut counted = count(lifted)?;
                for name in names {
                    facets.set(name, &mut counted);
                }
            } else {
                if unfiltered.is_none() {
                    unfiltered = Some(count(Lifted::Nothing)?);
                }
                if let Some(counted) = &mut unfiltered {
                    for name in names {
                        facets.set(name, counted);
                    }
                }
            }
        }
        Ok(facets)
    }

    /// How many articles match but for their unknown day.
    fn undated(&self, plan: &Plan) -> tantivy::Result<u64> {
        if plan.filters.since.is_none() && plan.filters.until.is_none() {
            return Ok(0);
        }
        let query = self.compiler().plan(plan.node.as_ref(), &plan.filters, Lifted::Days)?;
        let from = Term::from_field_u64(self.index.fields.first_day, 0);
        let dated = RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Unbounded);
        let query = BooleanQuery::new(vec![
            (Occur::Must, query),
            (Occur::MustNot, Box::new(dated) as Box<dyn Query>),
        ]);
        Ok(self.searcher.search(&query, &CountAll)? as u64)
    }
}

/// The runs of two words or more that a matching article may hold.
fn runs_of(node: &Node) -> Vec<&Run> {
    let mut runs = Vec::new();
    node.visit(&mut |leaf| {
        if let Node::Bag(bag) = leaf {
            runs.extend(bag.runs.iter().filter(|run| run.words.len() > 1));
        }
    });
    runs
}

/// Which of the documents (in order) a query matches.
fn which_hold(
    weight: &dyn Weight,
    segment: &SegmentReader,
    docs: &[u32],
) -> tantivy::Result<Vec<bool>> {
    let Some(&first) = docs.first() else { return Ok(Vec::new()) };
    let (mut found, mut scorer) = weight.scorer_danger(segment, first, 1.0)?;
    let mut holds = Vec::with_capacity(docs.len());
    for &doc in docs {
        if doc != first {
            if let SeekDangerResult::SeekLowerBound(bound) = found
                && bound > doc
            {
                holds.push(false);
                continue;
            }
            found = scorer.seek_danger(doc);
        }
        holds.push(matches!(found, SeekDangerResult::Found));
    }
    Ok(holds)
}

impl Searcher for LocalSearcher {
    fn search(&self, plan: &Plan) -> Result<Response, SearchError> {
        let started = Instant::now();
        let (best, total) = self.best(plan).map_err(|source| self.failed(source))?;
        let skipped = plan.page.saturating_sub(1).saturating_mul(plan.size);
        let mut hits = Vec::with_capacity(plan.size.min(best.len()));
        for (rank, candidate) in (skipped + 1..).zip(best.iter().skip(skipped)) {
            let article = self.read(candidate.address)?;
            hits.push(Hit { rank, score: candidate.score, article });
        }
        let facets = if plan.facets {
            Some(self.facets(plan).map_err(|source| self.failed(source))?)
        } else {
            None
        };
        let undated = self.undated(plan).map_err(|source| self.failed(source))?;
        Ok(Response { total, hits, facets, undated, took: started.elapsed() })
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        let look = || -> tantivy::Result<Vec<String>> {
            let query = self.compiler().plan(plan.node.as_ref(), &plan.filters, Lifted::Nothing)?;
            let mut names = Vec::new();
            for address in self.searcher.search(&query, &DocSetCollector)? {
                let segment = self.searcher.segment_reader(address.segment_ord);
                let Some(ids) = segment.fast_fields().str("id")? else { continue };
                let mut name = String::new();
                if let Some(ordinal) = ids.ords().first(address.doc_id) {
                    ids.ord_to_str(ordinal, &mut name)?;
                    names.push(name);
                }
            }
            Ok(names)
        };
        look().map_err(|source| self.failed(source))
    }

    fn together(
        &self,
        filters: &Filters,
        visit: &mut dyn FnMut(Article),
    ) -> Result<(), SearchError> {
        let look = || -> tantivy::Result<Vec<DocAddress>> {
            let filtered = self.compiler().plan(None, filters, Lifted::Nothing)?;
            let together = ExistsQuery::new("partner".to_owned(), false);
            let query = BooleanQuery::new(vec![
                (Occur::Must, filtered),
                (Occur::Must, Box::new(together) as Box<dyn Query>),
            ]);
            let mut found: Vec<DocAddress> =
                self.searcher.search(&query, &DocSetCollector)?.into_iter().collect();
            found.sort_unstable();
            Ok(found)
        };
        for address in look().map_err(|source| self.failed(source))? {
            visit(self.read(address)?);
        }
        Ok(())
    }

    fn article(&self, id: &str) -> Result<Found, SearchError> {
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
