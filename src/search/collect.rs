//! Collects what a query matches: the best by a total order, how many, and counts by facet.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use hashbrown::HashMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::fresh::Freshness;
use super::{Count, Facets};
use crate::index::copies::{Copies, Copy, Marked};
use crate::query::Sort;

/// What decides the order of two articles; the greater comes first. What is equal here is ordered
/// by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u64, u64);

impl Key {
    /// By score, then by day, the later first.
    pub(crate) fn relevance(score: Score, day: u64) -> Self {
        // Scores are not negative, and then their bits are ordered as they are.
        Self(u64::from(score.max(0.0).to_bits()), day)
    }

    /// By a number that stands for the day, the greater first.
    #[cfg(feature = "cluster")]
    pub(crate) fn by_day(day: u64) -> Self {
        Self(day, 0)
    }
}

/// An article that may be among the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) key: Key,
    pub(super) score: Score,
    pub(super) day: u64,
    /// The article that earned the place.
    pub(super) address: DocAddress,
    /// Whether it was looked at more closely.
    pub(super) reconsidered: bool,
    /// Ordinal of the id within the segment; ordered as the ids are.
    pub(super) id: u64,
    /// The article that is shown: of reprints that match, the most original one.
    pub(super) shown: DocAddress,
    /// How many further copies match.
    pub(super) duplicates: u64,
}

/// The columns of a segment by which articles are put in order.
#[derive(Clone)]
pub(super) struct Columns {
    first_days: Column<u64>,
    last_days: Column<u64>,
    ids: Option<StrColumn>,
}

impl Columns {
    /// Opens the columns of every segment.
    pub(super) fn of(searcher: &Searcher) -> tantivy::Result<Arc<[Self]>> {
        let segments = searcher.segment_readers().iter().map(|segment| {
            let columns = segment.fast_fields();
            Ok(Self {
                first_days: columns.u64("first_day")?,
                last_days: columns.u64("last_day")?,
                ids: columns.str("id")?,
            })
        });
        segments.collect()
    }

    /// The first day that a document may be of; 0 if it is unknown.
    fn first_day(&self, doc: DocId) -> u64 {
        self.first_days.first(doc).unwrap_or(0)
    }

    /// The ordinal of a document's id.
    fn ordinal(&self, doc: DocId) -> Option<u64> {
        self.ids.as_ref()?.ords().first(doc)
    }

    /// The id of a document.
    pub(super) fn id(&self, doc: DocId) -> tantivy::Result<Option<String>> {
        self.ordinal(doc).map(|ordinal| self.name(ordinal)).transpose()
    }

    /// The id of an ordinal.
    pub(super) fn name(&self, ordinal: u64) -> tantivy::Result<String> {
        let mut name = String::new();
        if let Some(ids) = &self.ids {
            ids.ord_to_str(ordinal, &mut name)?;
        }
        Ok(name)
    }
}

/// Keeps the best articles and counts all.
pub(super) struct Best {
    /// Those of each segment of the searcher.
    pub(super) columns: Arc<[Columns]>,
    pub(super) keep: usize,
    pub(super) sort: Sort,
    /// Which articles stand for one another; none if each stands for itself.
    pub(super) copies: Option<Known>,
    /// How much recent articles are favoured, if they are.
    pub(super) fresh: Option<Freshness>,
}

/// The copies among the articles of an index: by fingerprint, or, once it has been asked more often, by
/// document.
#[derive(Clone)]
pub(super) enum Known {
    Copies(Arc<Copies>),
    Marked(Arc<Marked>),
}

/// The same for one segment.
enum Standing {
    Copies(Arc<Copies>, Column<u64>),
    Marked(Arc<Marked>, SegmentOrdinal),
}

impl Standing {
    fn of(
        known: Option<&Known>,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<Option<Self>> {
        Ok(match known {
            Some(Known::Copies(copies)) => {
                let fingerprints = reader.fast_fields().u64("fingerprint")?;
                Some(Self::Copies(Arc::clone(copies), fingerprints))
            }
            Some(Known::Marked(marked)) => Some(Self::Marked(Arc::clone(marked), segment)),
            None => None,
        })
    }

    /// Where a document stands among its reprints.
    fn copy(&self, doc: DocId) -> Option<Copy> {
        match self {
            Self::Copies(copies, fingerprints) => copies.of(fingerprints.first(doc)?),
            Self::Marked(marked, segment) => marked.of_document(*segment, doc),
        }
    }
}

/// What the heap keeps of an article, ordered: key, ordinal of the id (the smaller first), document,
/// bits of the score.
type Kept = (Key, Reverse<u64>, DocId, u32);

/// The best of one segment.
pub(super) struct BestOfSegment {
    keep: usize,
    sort: Sort,
    fresh: Option<Freshness>,
    segment: SegmentOrdinal,
    columns: Columns,
    heap: BinaryHeap<Reverse<Kept>>,
    alone: u64,
    copies: Option<Standing>,
    groups: Groups,
}

/// What is known of an article before it is among the best.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    key: Key,
    score: Score,
    /// The article that earned the place, and the one that is shown.
    address: DocAddress,
    shown: DocAddress,
    duplicates: u64,
}

/// What a segment gives: its best articles that have no reprints, how many of them there are, and
/// every group of reprints.
pub(super) struct OfSegment {
    best: Vec<Ranked>,
    alone: u64,
    groups: Groups,
}

/// The groups of reprints of which some article matches.
#[derive(Default)]
struct Groups {
    /// For each group, by number, one more than its place in `found`; 0 if it is not there. The numbers
    /// are dense, and a search asks for every second article of some queries: hashing them would show.
    places: Vec<u32>,
    found: Vec<(u32, Matching)>,
}

impl Groups {
    /// Adds what matches of a group.
    fn join(&mut self, group: u32, matching: Matching, sort: Sort) {
        let number = group as usize;
        if number >= self.places.len() {
            self.places.resize(number + 1, 0);
        }
        match self.places[number] {
            0 => {
                self.found.push((group, matching));
                self.places[number] = self.found.len() as u32;
            }
            place => self.found[place as usize - 1].1.join(matching, sort),
        }
    }
}

/// The copies of an article that match.
#[derive(Debug, Clone, Copy)]
struct Matching {
    /// The best of them, with those it stands for.
    ranked: Ranked,
    /// Place of the best among all reprints.
    best_place: u32,
    /// Place of the one that is shown.
    shown_place: u32,
}

impl Matching {
    /// Adds what else matches.
    fn join(&mut self, other: Self, sort: Sort) {
        let duplicates = self.ranked.duplicates + other.ranked.duplicates + 1;
        let (shown, shown_place) = if other.shown_place < self.shown_place {
            (other.ranked.shown, other.shown_place)
        } else {
            (self.ranked.shown, self.shown_place)
        };
        let rank = |copy: &Self| (copy.ranked.key, u64::from(copy.best_place));
        if earns_place(sort, rank(self), rank(&other)) {
            (self.ranked, self.best_place) = (other.ranked, other.best_place);
        }
        self.shown_place = shown_place;
        self.ranked = Ranked { shown, duplicates, ..self.ranked };
    }
}

/// Whether of two copies, each with its place among the reprints, the other earns them their place
/// in the order. By relevance the best copy does; by day the one that is shown, since its day is what
/// a reader sees.
pub(crate) fn earns_place(sort: Sort, own: (Key, u64), other: (Key, u64)) -> bool {
    let by_score = sort == Sort::Relevance;
    by_score && other.0 > own.0 || (!by_score || other.0 == own.0) && other.1 < own.1
}

impl Collector for Best {
    type Fruit = (Vec<Candidate>, u64);
    type Child = BestOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<BestOfSegment> {
        Ok(BestOfSegment {
            keep: self.keep,
            sort: self.sort,
            fresh: self.fresh,
            segment,
            columns: self.columns[segment as usize].clone(),
            heap: BinaryHeap::with_capacity(self.keep + 1),
            alone: 0,
            copies: Standing::of(self.copies.as_ref(), segment, reader)?,
            groups: Groups::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<OfSegment>) -> tantivy::Result<Self::Fruit> {
        let mut total = 0;
        let mut best: Vec<Ranked> = Vec::new();
        let mut groups = Groups::default();
        for fruit in fruits {
            total += fruit.alone;
            best.extend(fruit.best);
            if groups.found.is_empty() {
                groups = fruit.groups;
                continue;
            }
            for (group, matching) in fruit.groups.found {
                groups.join(group, matching, self.sort);
            }
        }
        total += groups.found.len() as u64;
        if self.keep > 0 {
            best.extend(groups.found.into_iter().map(|(_, matching)| matching.ranked));
        }
        // What is equal to the last one kept may still come before it, by id.
        if best.len() > self.keep && self.keep > 0 {
            let (_, last, _) =
                best.select_nth_unstable_by_key(self.keep - 1, |ranked| Reverse(ranked.key));
            let last = last.key;
            best.retain(|ranked| ranked.key >= last);
        }
        best.sort_unstable_by_key(|ranked| (Reverse(ranked.key), ranked.address));
        Ok((best.into_iter().map(|ranked| self.candidate(ranked)).collect(), total))
    }
}

impl Best {
    fn candidate(&self, ranked: Ranked) -> Candidate {
        let Ranked { key, score, address, shown, duplicates } = ranked;
        let columns = &self.columns[address.segment_ord as usize];
        let day = columns.first_day(address.doc_id);
        let id = columns.ordinal(address.doc_id).unwrap_or(u64::MAX);
        Candidate { key, score, day, address, reconsidered: false, id, shown, duplicates }
    }
}

impl BestOfSegment {
    fn key(&self, doc: DocId, score: Score) -> Key {
        match self.sort {
            Sort::Relevance => Key::relevance(score, self.columns.first_day(doc)),
            Sort::Newest => Key(self.columns.last_days.first(doc).unwrap_or(0), 0),
            Sort::Oldest => {
                Key(self.columns.first_days.first(doc).map_or(0, |day| u64::MAX - day), 0)
            }
        }
    }

    fn ranked(&self, key: Key, doc: DocId, score: Score) -> Ranked {
        let address = DocAddress::new(self.segment, doc);
        Ranked { key, score, address, shown: address, duplicates: 0 }
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = OfSegment;

    fn collect(&mut self, doc: DocId, score: Score) {
        let score = match &self.fresh {
            Some(fresh) => score * fresh.factor(self.columns.first_day(doc)),
            None => score,
        };
        let copy = self.copies.as_ref().and_then(|copies| copies.copy(doc));
        if let Some(Copy { group, place }) = copy {
            let ranked = self.ranked(self.key(doc, score), doc, score);
            let matching = Matching { ranked, best_place: place, shown_place: place };
            self.groups.join(group, matching, self.sort);
            return;
        }
        self.alone += 1;
        if self.keep == 0 {
            return;
        }
        let worst = if self.heap.len() >= self.keep { self.heap.peek() } else { None };
        let worst = worst.map(|worst| worst.0.0);
        if self.sort == Sort::Relevance && worst > Some(Key::relevance(score, u64::MAX)) {
            return;
        }
        let key = self.key(doc, score);
        if worst > Some(key) {
            return;
        }
        let id = self.columns.ordinal(doc).unwrap_or(u64::MAX);
        self.heap.push(Reverse((key, Reverse(id), doc, score.to_bits())));
        if self.heap.len() > self.keep {
            self.heap.pop();
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        let heap = std::mem::take(&mut self.heap);
        let kept = heap.into_iter().map(|Reverse(kept)| kept);
        let best =
            kept.map(|(key, _, doc, score)| self.ranked(key, doc, f32::from_bits(score))).collect();
        OfSegment { best, alone: self.alone, groups: self.groups }
    }
}

/// Facets whose values are names.
pub(crate) const NAMED: [&str; 7] =
    ["province", "city", "county", "region", "partner", "kind", "outlet"];
/// Facets whose values are numbers.
pub(crate) const NUMBERED: [&str; 2] = ["year", "month"];

/// Counts articles by facet.
pub(super) struct FacetCounter {
    /// Which articles count as one; none if each counts.
    pub(super) copies: Option<Known>,
}

pub(super) struct FacetsOfSegment {
    named: Vec<(Option<StrColumn>, Vec<u64>)>,
    numbered: Vec<(Column<u64>, HashMap<u64, u64>)>,
    copies: Option<Standing>,
    /// Groups of reprints by number of the facet and value.
    groups: HashMap<(usize, u64), Vec<u32>>,
}

/// How many articles have a value: those without reprints, and the groups of the others.
#[derive(Default)]
pub(super) struct Tally {
    alone: u64,
    groups: Vec<u32>,
}

impl Tally {
    fn count(mut self) -> u64 {
        self.groups.sort_unstable();
        self.groups.dedup();
        self.alone + self.groups.len() as u64
    }
}

/// Tallies by facet and value.
type Tallies = HashMap<&'static str, HashMap<String, Tally>>;

impl Collector for FacetCounter {
    type Fruit = HashMap<&'static str, HashMap<String, u64>>;
    type Child = FacetsOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<FacetsOfSegment> {
        let columns = reader.fast_fields();
        let named = NAMED.iter().map(|name| {
            let column = columns.str(name)?;
            let counts = vec![0; column.as_ref().map_or(0, |column| column.num_terms())];
            Ok((column, counts))
        });
        let numbered = NUMBERED.iter().map(|name| Ok((columns.u64(name)?, HashMap::new())));
        Ok(FacetsOfSegment {
            named: named.collect::<tantivy::Result<_>>()?,
            numbered: numbered.collect::<tantivy::Result<_>>()?,
            copies: Standing::of(self.copies.as_ref(), segment, reader)?,
            groups: HashMap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Tallies>) -> tantivy::Result<Self::Fruit> {
        let mut all: Tallies = HashMap::new();
        for (name, tallies) in fruits.into_iter().flatten() {
            let sums = all.entry(name).or_default();
            for (value, tally) in tallies {
                let sum = sums.entry(value).or_default();
                sum.alone += tally.alone;
                sum.groups.extend(tally.groups);
            }
        }
        let counts = |tallies: HashMap<String, Tally>| {
            tallies.into_iter().map(|(value, tally)| (value, tally.count())).collect()
        };
        Ok(all.into_iter().map(|(name, tallies)| (name, counts(tallies))).collect())
    }
}

impl SegmentCollector for FacetsOfSegment {
    type Fruit = Tallies;

    fn collect(&mut self, doc: DocId, _: Score) {
        let copy = self.copies.as_ref().and_then(|copies| copies.copy(doc));
        for (facet, (column, counts)) in self.named.iter_mut().enumerate() {
            let Some(column) = column else { continue };
            for ordinal in column.term_ords(doc) {
                if let Some(Copy { group, .. }) = copy {
                    self.groups.entry((facet, ordinal)).or_default().push(group);
                } else if let Some(count) = counts.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
        for (facet, (column, counts)) in (NAMED.len()..).zip(&mut self.numbered) {
            let Some(value) = column.first(doc) else { continue };
            if let Some(Copy { group, .. }) = copy {
                self.groups.entry((facet, value)).or_default().push(group);
            } else {
                *counts.entry(value).or_default() += 1;
            }
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        let mut all: Tallies = HashMap::new();
        for (facet, (name, (column, counts))) in NAMED.into_iter().zip(self.named).enumerate() {
            let Some(column) = column else { continue };
            let values = all.entry(name).or_default();
            for (ordinal, alone) in (0u64..).zip(counts) {
                let groups = self.groups.remove(&(facet, ordinal)).unwrap_or_default();
                let mut value = String::new();
                if (alone > 0 || !groups.is_empty())
                    && column.ord_to_str(ordinal, &mut value).unwrap_or(false)
                {
                    values.insert(value, Tally { alone, groups });
                }
            }
        }
        for (facet, (name, (_, counts))) in
            (NAMED.len()..).zip(NUMBERED.into_iter().zip(self.numbered))
        {
            let written = |value: u64| match name {
                "month" => format!("{:04}-{:02}", value / 100, value % 100),
                _ => value.to_string(),
            };
            let values = all.entry(name).or_default();
            for (value, alone) in counts {
                values.insert(written(value), Tally { alone, groups: Vec::new() });
            }
            for ((_, value), groups) in self.groups.extract_if(|&(of, _), _| of == facet) {
                values.entry(written(value)).or_default().groups = groups;
            }
        }
        all
    }
}

/// Puts counts in order: names by count, times by themselves, the latest first.
pub(super) fn ordered(counts: HashMap<String, u64>, by_value: bool) -> Vec<Count> {
    let mut list: Vec<Count> =
        counts.into_iter().map(|(value, count)| Count { value, count }).collect();
    if by_value {
        list.sort_by(|a, b| b.value.cmp(&a.value));
    } else {
        list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    }
    list
}

impl Facets {
    /// Takes one facet out of what was counted and sets it here.
    pub(crate) fn set(
        &mut self,
        name: &str,
        counted: &mut HashMap<&'static str, HashMap<String, u64>>,
    ) {
        let counts = counted.remove(name).unwrap_or_default();
        let list = ordered(counts, NUMBERED.contains(&name));
        match name {
            "province" => self.province = list,
            "city" => self.city = list,
            "county" => self.county = list,
            "region" => self.region = list,
            "partner" => self.partner = list,
            "kind" => self.kind = list,
            "outlet" => self.outlet = list,
            "year" => self.year = list,
            "month" => self.month = list,
            _ => {}
        }
    }
}
