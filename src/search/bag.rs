//! Scores a bag of words: BM25 over headline and text as one, and a floor under how much of the
//! query an article has to hold.
//!
//! For each word of the query, its occurrences in text and headline are added up (a headline counts
//! [`TITLE_WEIGHT`] times) before they saturate, as BM25F does: a word in a short headline cannot
//! outshine a text that is about it. A word that is hidden in another one (湾区 in 荔湾区), or that
//! only its place stands for, makes an article match and adds little.
//!
//! S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// How quickly further occurrences of a word count less (BM25's k1).
const SATURATION: f32 = 1.2;
/// How much a long text is held against it (BM25's b).
const LENGTH: f32 = 0.6;
/// Occurrences in the text that one in the headline is worth.
const TITLE_WEIGHT: f32 = 2.0;
/// Share of a word's weight that a hidden occurrence earns.
const HIDDEN_SHARE: f32 = 0.05;
/// Share of a word's weight that an article about the place which the word names earns.
const PLACE_SHARE: f32 = 0.35;
/// Documents that are scored together; their sums stay in the processor's cache.
const WINDOW: usize = 4096;

/// One word of the bag, in the fields it is looked for.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Words fields whose occurrences count: the field, the term, what one occurrence is worth.
    pub(super) counted: Vec<(Term, f32)>,
    /// Terms that make an article hold the word without counting.
    pub(super) hidden: Vec<Term>,
    /// Whether `hidden` may be left out where articles can hold enough without this word.
    pub(super) frequent: bool,
    /// Facet terms that stand for the word's place.
    pub(super) places: Vec<Term>,
    /// Anything else that makes an article hold the word: for words that no field has as a term.
    pub(super) other: Option<Arc<dyn Query>>,
    /// Inverse document frequency: what the word is worth.
    pub(super) idf: f32,
}

/// What one occurrence in the headline is worth.
pub(super) fn title_weight() -> f32 {
    TITLE_WEIGHT
}

/// A bag of words as a query of the engine.
#[derive(Debug, Clone)]
pub(super) struct BagQuery {
    pub(super) leaves: Arc<Vec<Leaf>>,
    /// Share of the words' worth that an article has to hold.
    pub(super) required: f32,
    /// The field whose length counts, and its average.
    pub(super) lengths: (Field, f32),
}

impl Query for BagQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut others = Vec::new();
        for leaf in self.leaves.iter() {
            others.push(match &leaf.other {
                Some(query) => Some(query.weight(scoring)?),
                None => None,
            });
        }
        Ok(Box::new(BagWeight { query: self.clone(), others }))
    }
}

impl BagQuery {
    /// Leaves out the hidden occurrences of frequent characters (年, 市) as long as an article that
    /// contains all of the query still holds enough of it: such lists are half the archive long.
    fn drop_needless(&self, cursors: &mut [LeafCursors]) {
        let worth: f32 = self.leaves.iter().map(|leaf| leaf.idf).sum();
        let mut spare = worth * (1.0 - self.required) * 0.99;
        for (leaf, cursors) in self.leaves.iter().zip(cursors) {
            if leaf.frequent && leaf.idf <= spare {
                spare -= leaf.idf;
                cursors.hidden.clear();
            }
        }
    }
}

struct BagWeight {
    query: BagQuery,
    others: Vec<Option<Box<dyn Weight>>>,
}

impl Weight for BagWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut leaves = Vec::new();
        let postings = |term: &Term, option| -> tantivy::Result<Option<SegmentPostings>> {
            Ok(segment.inverted_index(term.field())?.read_postings(term, option)?)
        };
        for (leaf, other) in self.query.leaves.iter().zip(&self.others) {
            let mut cursors = LeafCursors { idf: leaf.idf, ..LeafCursors::default() };
            for (term, worth) in &leaf.counted {
                if let Some(found) = postings(term, IndexRecordOption::WithFreqs)? {
                    cursors.counted.push((found, *worth));
                }
            }
            for term in &leaf.hidden {
                cursors.hidden.extend(postings(term, IndexRecordOption::Basic)?);
            }
            for term in &leaf.places {
                cursors.places.extend(postings(term, IndexRecordOption::Basic)?);
            }
            if let Some(other) = other {
                cursors.other = Some(other.scorer(segment, 1.0)?);
            }
            leaves.push(cursors);
        }
        self.query.drop_needless(&mut leaves);
        if leaves.iter().all(LeafCursors::is_empty) {
            return Ok(Box::new(EmptyScorer));
        }
        let (field, average) = self.query.lengths;
        let lengths = segment.get_fieldnorms_reader(field)?;
        let worth: f32 = self.query.leaves.iter().map(|leaf| leaf.idf).sum();
        let mut norms = [0.0; 256];
        for (id, norm) in norms.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = SATURATION * (1.0 - LENGTH + LENGTH * length / average.max(1.0));
        }
        let mut scorer = BagScorer {
            leaves,
            lengths,
            norms,
            boost,
            // A hair less than the share, so that rounding does not drop an exact hit.
            required: worth * self.query.required * 0.999,
            base: 0,
            sums: vec![Sum::default(); WINDOW],
            touched: Vec::with_capacity(WINDOW),
            ready: Vec::new(),
            next: 0,
            max_doc: segment.max_doc(),
        };
        scorer.fill();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("bag of words", scorer.score()))
    }
}

/// Where one word is in its lists of documents.
#[derive(Default)]
struct LeafCursors {
    idf: f32,
    counted: Vec<(SegmentPostings, f32)>,
    hidden: Vec<SegmentPostings>,
    places: Vec<SegmentPostings>,
    other: Option<Box<dyn Scorer>>,
}

impl LeafCursors {
    fn is_empty(&self) -> bool {
        self.counted.is_empty()
            && self.hidden.is_empty()
            && self.places.is_empty()
            && self.other.is_none()
    }

    /// The first document that any of the lists still has.
    fn next_doc(&self) -> DocId {
        let counted = self.counted.iter().map(|(postings, _)| postings.doc());
        let plain = self.hidden.iter().chain(&self.places).map(DocSet::doc);
        let other = self.other.iter().map(tantivy::DocSet::doc);
        counted.chain(plain).chain(other).min().unwrap_or(TERMINATED)
    }
}

/// What a document of the window has earned.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: f32,
    /// Worth of the words it holds.
    held: f32,
    /// Occurrences of the word at hand.
    count: f32,
    /// Whether the word at hand is held without counting: 1 hidden, 2 by its place.
    weak: u8,
}

/// Walks through the matching documents, a window at a time.
struct BagScorer {
    leaves: Vec<LeafCursors>,
    lengths: FieldNormReader,
    norms: [f32; 256],
    boost: f32,
    required: f32,
    base: DocId,
    sums: Vec<Sum>,
    touched: Vec<u16>,
    ready: Vec<(DocId, Score)>,
    next: usize,
    max_doc: DocId,
}

impl BagScorer {
    /// Scores windows until one has a match or none is left.
    fn fill(&mut self) {
        self.ready.clear();
        self.next = 0;
        while self.ready.is_empty() {
            let first = self.leaves.iter().map(LeafCursors::next_doc).min().unwrap_or(TERMINATED);
            if first >= self.max_doc {
                self.base = TERMINATED;
                return;
            }
            self.base = first;
            self.score_window();
        }
    }

    fn score_window(&mut self) {
        let base = self.base;
        let end = base.saturating_add(WINDOW as u32);
        let Self { leaves, lengths, norms, sums, touched, ready, required, boost, .. } = self;
        // One bit a document, so that those touched come out in order without sorting.
        let mut seen = [0u64; WINDOW / 64];
        for leaf in leaves.iter_mut() {
            touched.clear();
            for (postings, worth) in &mut leaf.counted {
                let mut doc = postings.doc();
                while doc < end {
                    let at = (doc - base) as usize;
                    let sum = &mut sums[at];
                    if sum.count == 0.0 {
                        touched.push(at as u16);
                    }
                    sum.count += postings.term_freq() as f32 * *worth;
                    doc = postings.advance();
                }
            }
            let mut mark = |docs: &mut dyn DocSet, how: u8| {
                let mut doc = docs.doc();
                while doc < end {
                    let at = (doc - base) as usize;
                    let sum = &mut sums[at];
                    if sum.count == 0.0 && sum.weak == 0 {
                        touched.push(at as u16);
                    }
                    sum.weak |= how;
                    doc = docs.advance();
                }
            };
            for postings in &mut leaf.hidden {
                mark(postings, 1);
            }
            for postings in &mut leaf.places {
                mark(postings, 2);
            }
            if let Some(other) = &mut leaf.other {
                mark(other.as_mut(), 1);
            }
            for &at in touched.iter() {
                let sum = &mut sums[usize::from(at)];
                let norm = norms[usize::from(lengths.fieldnorm_id(base + u32::from(at)))];
                let mut share = sum.count * (SATURATION + 1.0) / (sum.count + norm);
                if sum.weak & 2 != 0 {
                    share += PLACE_SHARE;
                } else if sum.count == 0.0 {
                    share = HIDDEN_SHARE;
                }
                sum.score += leaf.idf * share;
                sum.held += leaf.idf;
                sum.count = 0.0;
                sum.weak = 0;
                seen[usize::from(at) / 64] |= 1 << (at % 64);
            }
        }
        for (word, mut bits) in (0u32..).zip(seen) {
            while bits != 0 {
                let at = word * 64 + bits.trailing_zeros();
                bits &= bits - 1;
                let sum = std::mem::take(&mut sums[at as usize]);
                if sum.held >= *required {
                    ready.push((base + at, sum.score * *boost));
                }
            }
        }
    }
}

impl DocSet for BagScorer {
    fn advance(&mut self) -> DocId {
        self.next += 1;
        if self.next >= self.ready.len() && self.base != TERMINATED {
            self.fill();
        }
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        // Whole windows before the target need not be scored.
        if self.base != TERMINATED && self.ready.last().is_some_and(|&(doc, _)| doc < target) {
            let catch_up = |docs: &mut dyn DocSet| {
                if docs.doc() < target {
                    docs.seek(target);
                }
            };
            for leaf in &mut self.leaves {
                leaf.counted.iter_mut().for_each(|(postings, _)| catch_up(postings));
                leaf.hidden.iter_mut().for_each(|postings| catch_up(postings));
                leaf.places.iter_mut().for_each(|postings| catch_up(postings));
                leaf.other.iter_mut().for_each(|other| catch_up(other.as_mut()));
            }
            self.fill();
        }
        while self.doc() < target {
            self.advance();
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.ready.get(self.next).map_or(TERMINATED, |&(doc, _)| doc)
    }

    fn size_hint(&self) -> u32 {
        let lists =
            self.leaves.iter().flat_map(|leaf| leaf.counted.iter().map(|(p, _)| p.size_hint()));
        lists.max().unwrap_or(1)
    }
}

impl Scorer for BagScorer {
    fn score(&mut self) -> Score {
        self.ready.get(self.next).map_or(0.0, |&(_, score)| score)
    }
}
