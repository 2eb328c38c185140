//! Scores a bag of words: BM25 over headline and text as one field, other names and synonyms counting
//! less, places that articles are about, and a floor under how much of the query an article has to
//! hold.
//!
//! Occurrences in text and headline are added up (one in a headline counts six times, see
//! `src/index/fields.rs`) before they saturate, as BM25F does: a word in a short headline cannot
//! outshine a text that is about it. A word that is hidden in another one (湾区 in 荔湾区) makes an
//! article match and adds little. A concept is a word, or several, for which something else may stand (上海 for
//! 沪, 招才 for 引才): it earns what was typed or the best of what may stand for it, which is less.
//!
//! Concepts that even together do not reach the floor cannot make an article match. Their lists, those
//! of the most frequent words, are not walked through: they are asked only about articles that hold
//! something else, and can still reach the floor (the non-essential lists of `MaxScore`).
//!
//! H. Turtle, J. Flood: Query Evaluation: Strategies and Optimizations, 1995.
//! S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::condition::{Bag, HIDDEN_COUNT, Key, Leaf, PLACES};
use super::engine::{catch_up, query_of, term_of};
use super::weights::Weights;
use crate::index::Fields;

/// Documents that are scored together; their sums stay in the processor's cache.
const WINDOW: usize = 2048;

/// A bag of words as a query of the engine.
#[derive(Debug, Clone)]
pub(super) struct BagQuery {
    pub(super) bag: Arc<Bag>,
    pub(super) fields: Fields,
}

impl Query for BagQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut others = Vec::new();
        let all = self.bag.concepts.iter().flat_map(|concept| {
            let alternatives = concept.alternatives.iter().flat_map(|a| &a.words);
            concept.leaves.iter().chain(alternatives)
        });
        for leaf in all {
            others.push(match &leaf.other {
                Some(condition) => Some(query_of(condition, self.fields).weight(scoring)?),
                None => None,
            });
        }
        Ok(Box::new(BagWeight { query: self.clone(), others }))
    }
}

impl BagQuery {
    /// Leaves out what is needless.
    fn drop_needless(&self, concepts: &mut [ConceptCursors]) {
        let leaves = concepts.iter_mut().flat_map(|concept| &mut concept.leaves);
        for (leaf, needless) in leaves.zip(self.bag.needless()) {
            if needless {
                leaf.hidden.clear();
            }
        }
    }
}

struct BagWeight {
    query: BagQuery,
    others: Vec<Option<Box<dyn Weight>>>,
}

impl BagWeight {
    /// Opens the lists of a word; `others` yields the weight that belongs to it.
    fn open(
        query: &BagQuery,
        segment: &SegmentReader,
        leaf: &Leaf,
        other: Option<&Option<Box<dyn Weight>>>,
    ) -> tantivy::Result<LeafCursors> {
        let postings = |key: &Key, option| -> tantivy::Result<Option<SegmentPostings>> {
            let term = term_of(key, query.fields);
            Ok(segment.inverted_index(term.field())?.read_postings(&term, option)?)
        };
        let (idf, other_counts) = (leaf.idf, leaf.other_counts);
        let need = query.bag.need(idf);
        let mut cursors = LeafCursors { idf, need, other_counts, ..LeafCursors::default() };
        if let Some(key) = &leaf.counted {
            cursors.counted = postings(key, IndexRecordOption::WithFreqs)?;
        }
        for key in &leaf.hidden {
            cursors.hidden.extend(postings(key, IndexRecordOption::Basic)?);
        }
        if let Some(Some(other)) = other {
            cursors.other = Some(other.scorer(segment, 1.0)?);
        }
        Ok(cursors)
    }
}

impl Weight for BagWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let query = &self.query;
        let (bag, fields) = (&query.bag, query.fields);
        let mut others = self.others.iter();
        let mut concepts = Vec::new();
        for concept in &bag.concepts {
            let mut cursors = ConceptCursors {
                worth: concept.worth(),
                alone: concept.alternatives.is_empty() && concept.places == 0,
                places: concept.places,
                about: concept.about,
                ..ConceptCursors::default()
            };
            for leaf in &concept.leaves {
                cursors.leaves.push(Self::open(query, segment, leaf, others.next())?);
            }
            cursors.need = cursors.leaves.iter().map(|leaf| leaf.need).sum();
            for alternative in &concept.alternatives {
                let mut words = Vec::new();
                for leaf in &alternative.words {
                    words.push(Self::open(query, segment, leaf, others.next())?);
                }
                if words.iter().all(|word| !word.is_empty()) {
                    cursors.alternatives.push((words, alternative.worth));
                }
            }
            concepts.push(cursors);
        }
        let mut places = Vec::new();
        for (bit, keys) in bag.places.iter().enumerate().take(PLACES) {
            for key in keys {
                let term = term_of(key, fields);
                let index = segment.inverted_index(term.field())?;
                if let Some(found) = index.read_postings(&term, IndexRecordOption::Basic)? {
                    places.push((found, 1u16 << bit));
                }
            }
        }
        query.drop_needless(&mut concepts);
        let required = bag.required();
        let mut asked = split_off_non_essential(&mut concepts, required);
        asked.retain(|concept| !concept.is_empty());
        if concepts.iter().all(ConceptCursors::is_empty) && places.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        let mut norms = [0.0; 256];
        for (id, norm) in norms.iter_mut().enumerate() {
            *norm = bag.norm(FieldNormReader::id_to_fieldnorm(id as u8) as f32);
        }
        let lengths = Lengths {
            ids: segment.get_fieldnorms_reader(fields.words)?,
            norms,
            saturation: bag.weights.saturation,
        };
        let mut scorer = BagScorer {
            concepts,
            asked,
            places,
            several: bag.several(),
            weights: Arc::clone(&bag.weights),
            lengths,
            boost,
            required,
            subject: bag.has_subject(),
            base: 0,
            sums: vec![Sum::default(); WINDOW],
            drafts: vec![Draft::default(); WINDOW],
            lists: Lists::default(),
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
    /// What it counts towards what an article has to hold.
    need: f32,
    counted: Option<SegmentPostings>,
    hidden: Vec<SegmentPostings>,
    other: Option<Box<dyn Scorer>>,
    other_counts: bool,
}

impl LeafCursors {
    fn is_empty(&self) -> bool {
        self.counted.is_none() && self.hidden.is_empty() && self.other.is_none()
    }

    /// The first document that any of the lists still has.
    fn next_doc(&self) -> DocId {
        let counted = self.counted.iter().map(DocSet::doc);
        let plain = self.hidden.iter().map(DocSet::doc);
        let other = self.other.iter().map(tantivy::DocSet::doc);
        counted.chain(plain).chain(other).min().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) {
        for postings in self.counted.iter_mut().chain(&mut self.hidden) {
            catch_up(postings, target);
        }
        if let Some(other) = &mut self.other {
            catch_up(other.as_mut(), target);
        }
    }

    /// Counts the word's occurrences in a window; those that have it are listed in `touched`.
    /// An occurrence that does not count is marked as weak.
    fn count(
        &mut self,
        window: std::ops::Range<DocId>,
        drafts: &mut [Draft],
        touched: &mut Vec<u16>,
    ) {
        touched.clear();
        let base = window.start;
        if let Some(postings) = &mut self.counted {
            let mut doc = postings.doc();
            while doc < window.end {
                let at = (doc - base) as usize;
                drafts[at].count = postings.term_freq() as f32;
                touched.push(at as u16);
                doc = postings.advance();
            }
        }
        let mut mark = |docs: &mut dyn DocSet| {
            let mut doc = docs.doc();
            while doc < window.end {
                let at = (doc - base) as usize;
                let draft = &mut drafts[at];
                if draft.count == 0.0 && !draft.weak {
                    touched.push(at as u16);
                    draft.weak = true;
                }
                doc = docs.advance();
            }
        };
        for postings in &mut self.hidden {
            mark(postings);
        }
        if let Some(other) = &mut self.other {
            mark(other.as_mut());
        }
        if self.other_counts {
            for &at in touched.iter() {
                let draft = &mut drafts[usize::from(at)];
                draft.count = draft.count.max(1.0);
            }
        }
    }

    /// The list of documents in which its occurrences count, if it has no other one.
    fn only_counted(&mut self) -> Option<&mut SegmentPostings> {
        let only = self.hidden.is_empty() && self.other.is_none();
        self.counted.as_mut().filter(|_| only)
    }

    /// How often a document holds the word: 0 if only in a way that does not count, none if it does
    /// not hold it. Documents are asked about in order.
    fn count_in(&mut self, doc: DocId) -> Option<f32> {
        if let Some(postings) = &mut self.counted
            && catch_up(postings, doc) == doc
        {
            return Some(postings.term_freq() as f32);
        }
        let weak = self.hidden.iter_mut().any(|postings| catch_up(postings, doc) == doc)
            || self.other.iter_mut().any(|other| catch_up(other.as_mut(), doc) == doc);
        weak.then_some(if self.other_counts { 1.0 } else { 0.0 })
    }
}

/// Where a concept is in its lists.
#[derive(Default)]
struct ConceptCursors {
    leaves: Vec<LeafCursors>,
    alternatives: Vec<(Vec<LeafCursors>, f32)>,
    /// Whether nothing else may stand for its words; then what it earns need not be compared.
    alone: bool,
    worth: f32,
    need: f32,
    places: u16,
    about: f32,
}

impl ConceptCursors {
    fn is_empty(&self) -> bool {
        self.leaves.iter().all(LeafCursors::is_empty) && self.alternatives.is_empty()
    }

    fn all(&mut self) -> impl Iterator<Item = &mut LeafCursors> {
        let alternatives = self.alternatives.iter_mut().flat_map(|(words, _)| words);
        self.leaves.iter_mut().chain(alternatives)
    }

    fn next_doc(&self) -> DocId {
        let alternatives = self.alternatives.iter().flat_map(|(words, _)| words);
        self.leaves
            .iter()
            .chain(alternatives)
            .map(LeafCursors::next_doc)
            .min()
            .unwrap_or(TERMINATED)
    }
}

/// Takes out the concepts, the most frequent first, that even together do not reach what an article
/// has to hold; the least frequent comes first. Which they are follows from how rare words are in the
/// whole index, so that equal articles of two segments earn the same to the last bit.
fn split_off_non_essential(
    concepts: &mut Vec<ConceptCursors>,
    required: f32,
) -> Vec<ConceptCursors> {
    // A hair more is asked than what rounding could add.
    let mut spare = required * 0.999;
    let mut frequent: Vec<usize> =
        (0..concepts.len()).filter(|&number| concepts[number].alone).collect();
    let least = |number: usize| {
        concepts[number].leaves.iter().map(|leaf| leaf.idf).fold(f32::INFINITY, f32::min)
    };
    frequent.sort_by(|&a, &b| least(a).total_cmp(&least(b)));
    frequent.retain(|&number| {
        let fits = concepts[number].need < spare;
        if fits {
            spare -= concepts[number].need;
        }
        fits
    });
    let mut asked = Vec::new();
    for &number in frequent.iter().rev() {
        asked.push(std::mem::take(&mut concepts[number]));
    }
    frequent.sort_unstable();
    for number in frequent.into_iter().rev() {
        concepts.remove(number);
    }
    asked
}

/// What a document of the window has earned.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: f32,
    /// Worth of the words it holds.
    held: f32,
    /// Worth of the words it holds that name places.
    placed: f32,
    /// The places of the query that it is about.
    places: u16,
}

/// What is reckoned of a document for the concept at hand.
#[derive(Debug, Clone, Copy, Default)]
struct Draft {
    /// Occurrences of the word at hand.
    count: f32,
    /// What the words of the concept have earned and hold, and the best alternative.
    typed: f32,
    typed_held: f32,
    alternative: f32,
    /// Occurrences of the alternative at hand, and how many of its words were found.
    least: f32,
    stage: u8,
    /// Whether the word at hand is held without counting.
    weak: bool,
    /// Whether it is on the list of the concept.
    open: bool,
}

/// Documents of the window, as lists that are used again and again.
#[derive(Default)]
struct Lists {
    /// Those that hold the word at hand.
    word: Vec<u16>,
    /// Those that hold the first word of the alternative at hand.
    first: Vec<u16>,
    /// Those that hold anything of the concept at hand.
    concept: Vec<u16>,
    /// Those that are about a place of the query.
    placed: Vec<u16>,
}

/// One bit for each document of the window, so that those touched come out in order without sorting.
type Seen = [u64; WINDOW / 64];

fn touched(seen: &Seen) -> impl Iterator<Item = u16> {
    (0u16..).zip(seen).flat_map(|(word, &bits)| {
        let mut bits = bits;
        std::iter::from_fn(move || {
            let at = (bits != 0).then(|| word * 64 + bits.trailing_zeros() as u16);
            bits &= bits.wrapping_sub(1);
            at
        })
    })
}

/// How long the articles of a segment are, and how soon words saturate in them.
struct Lengths {
    ids: FieldNormReader,
    /// What each id of a length adds to a word's occurrences.
    norms: [f32; 256],
    saturation: f32,
}

impl Lengths {
    /// The share of a word's worth that so many occurrences in a document earn (BM25).
    #[inline]
    fn saturated(&self, doc: DocId, count: f32) -> f32 {
        let norm = self.norms[usize::from(self.ids.fieldnorm_id(doc))];
        count * (self.saturation + 1.0) / (count + norm)
    }
}

/// Walks through the matching documents, a window at a time.
struct BagScorer {
    concepts: Vec<ConceptCursors>,
    /// Concepts that are asked only about documents that hold another one.
    asked: Vec<ConceptCursors>,
    places: Vec<(SegmentPostings, u16)>,
    /// What is earned for each place, by articles about several.
    several: f32,
    weights: Arc<Weights>,
    lengths: Lengths,
    boost: f32,
    required: f32,
    /// Whether the query names places and something else.
    subject: bool,
    base: DocId,
    sums: Vec<Sum>,
    drafts: Vec<Draft>,
    lists: Lists,
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
            let placed = self.places.iter().map(|(postings, _)| postings.doc());
            let first = self.concepts.iter().map(ConceptCursors::next_doc).chain(placed).min();
            let first = first.unwrap_or(TERMINATED);
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
        let window = base..base.saturating_add(WINDOW as u32);
        let mut seen: Seen = [0; WINDOW / 64];
        self.lists.placed.clear();
        for (postings, bit) in &mut self.places {
            let mut doc = postings.doc();
            while doc < window.end {
                let at = (doc - base) as usize;
                if self.sums[at].places == 0 {
                    self.lists.placed.push(at as u16);
                }
                self.sums[at].places |= *bit;
                doc = postings.advance();
            }
        }
        for &at in &self.lists.placed {
            seen[usize::from(at) / 64] |= 1 << (at % 64);
        }
        for concept in 0..self.concepts.len() {
            self.score_concept(concept, &window, &mut seen);
        }
        self.ask(base, &seen);
        let Self { weights, sums, ready, required, boost, several, subject, .. } = self;
        for at in touched(&seen) {
            let sum = std::mem::take(&mut sums[usize::from(at)]);
            if sum.held >= *required {
                let about = sum.places.count_ones();
                let together = if about > 1 { *several * about as f32 } else { 0.0 };
                let only_places = sum.held <= sum.placed;
                let no_place = sum.placed <= 0.0 && sum.places == 0;
                let share = match *subject {
                    true if only_places => weights.subject,
                    true if no_place => weights.placeless,
                    _ => 1.0,
                };
                ready.push((base + u32::from(at), (sum.score + together) * share * *boost));
            }
        }
    }

    /// Adds what non-essential concepts earn to the documents that can still match.
    fn ask(&mut self, base: DocId, seen: &Seen) {
        let Self { asked, lengths, sums, lists, weights, required, .. } = self;
        let mut coming: f32 = asked.iter().map(|concept| concept.need).sum();
        lists.word.clear();
        if !asked.is_empty() {
            lists.word.extend(touched(seen));
        }
        for concept in asked {
            // A hair less is asked than what rounding could take away.
            let least = *required * 0.999 - coming;
            lists.word.retain(|&at| sums[usize::from(at)].held >= least);
            coming -= concept.need;
            for leaf in concept.leaves.iter_mut().filter(|leaf| leaf.idf > 0.0) {
                for &at in &lists.word {
                    let doc = base + u32::from(at);
                    let Some(count) = leaf.count_in(doc) else { continue };
                    let share =
                        if count == 0.0 { weights.hidden } else { lengths.saturated(doc, count) };
                    let sum = &mut sums[usize::from(at)];
                    sum.score += leaf.idf * share;
                    sum.held += leaf.need;
                }
            }
        }
    }

    fn score_concept(&mut self, concept: usize, window: &std::ops::Range<DocId>, seen: &mut Seen) {
        let Self { concepts, lengths, sums, drafts, lists, weights, .. } = self;
        let ConceptCursors { leaves, alternatives, alone, worth, need, places, about: share } =
            &mut concepts[concept];
        let saturated =
            |at: u16, count: f32| lengths.saturated(window.start + u32::from(at), count);
        lists.concept.clear();
        for leaf in leaves.iter_mut() {
            let (idf, held) = (leaf.idf, leaf.need);
            if let (true, Some(postings)) = (*alone, leaf.only_counted()) {
                let mut doc = postings.doc();
                while doc < window.end {
                    let at = (doc - window.start) as u16;
                    let sum = &mut sums[usize::from(at)];
                    sum.score += idf * saturated(at, postings.term_freq() as f32);
                    sum.held += held;
                    seen[usize::from(at) / 64] |= 1 << (at % 64);
                    doc = postings.advance();
                }
                continue;
            }
            leaf.count(window.clone(), drafts, &mut lists.word);
            for &at in &lists.word {
                let draft = &mut drafts[usize::from(at)];
                let share =
                    if draft.count == 0.0 { weights.hidden } else { saturated(at, draft.count) };
                draft.count = 0.0;
                draft.weak = false;
                if *alone {
                    let sum = &mut sums[usize::from(at)];
                    sum.score += idf * share;
                    sum.held += held;
                    seen[usize::from(at) / 64] |= 1 << (at % 64);
                    continue;
                }
                draft.typed += idf * share;
                draft.typed_held += held;
                if !draft.open {
                    draft.open = true;
                    lists.concept.push(at);
                }
            }
        }
        if *alone {
            return;
        }
        for (words, worth) in alternatives.iter_mut() {
            let last = words.len() as u8;
            for (number, word) in (0u8..).zip(words.iter_mut()) {
                word.count(window.clone(), drafts, &mut lists.word);
                if number == 0 {
                    lists.first.clone_from(&lists.word);
                }
                for &at in &lists.word {
                    let draft = &mut drafts[usize::from(at)];
                    let count = if draft.count == 0.0 { HIDDEN_COUNT } else { draft.count };
                    draft.count = 0.0;
                    draft.weak = false;
                    if draft.stage == number {
                        draft.least = if number == 0 { count } else { draft.least.min(count) };
                        draft.stage += 1;
                    }
                    if draft.stage == last {
                        let earned = *worth * saturated(at, draft.least);
                        draft.alternative = draft.alternative.max(earned);
                        if !draft.open {
                            draft.open = true;
                            lists.concept.push(at);
                        }
                    }
                }
            }
            for &at in &lists.first {
                drafts[usize::from(at)].stage = 0;
            }
        }
        if *places != 0 {
            for &at in &lists.placed {
                let draft = &mut drafts[usize::from(at)];
                if sums[usize::from(at)].places & *places != 0 && !draft.open {
                    draft.open = true;
                    lists.concept.push(at);
                }
            }
        }
        let named = places.count_ones().max(1) as f32;
        for &at in &lists.concept {
            let sum = &mut sums[usize::from(at)];
            let draft = std::mem::take(&mut drafts[usize::from(at)]);
            let about = (sum.places & *places).count_ones() as f32 / named;
            sum.score += draft.typed.max(draft.alternative) + *share * *worth * about;
            let whole = draft.alternative > 0.0 || about >= 1.0;
            let held = if whole { *need } else { draft.typed_held };
            sum.held += held;
            if *places != 0 {
                sum.placed += held;
            }
            seen[usize::from(at) / 64] |= 1 << (at % 64);
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
            // Concepts that are asked catch up when they are.
            for concept in &mut self.concepts {
                concept.all().for_each(|leaf| leaf.seek(target));
            }
            for (postings, _) in &mut self.places {
                catch_up(postings, target);
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
        let leaves = self.concepts.iter().flat_map(|concept| &concept.leaves);
        let lists = leaves.filter_map(|leaf| Some(leaf.counted.as_ref()?.size_hint()));
        lists.max().unwrap_or(1)
    }
}

impl Scorer for BagScorer {
    fn score(&mut self) -> Score {
        self.ready.get(self.next).map_or(0.0, |&(_, score)| score)
    }
}
