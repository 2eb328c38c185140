//! Collects what a query matches: the best by a total order, how many, and counts by facet.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::{Count, Facets};
use crate::query::Sort;

/// What decides the order of two articles; the greater comes first. What is equal here is ordered
/// by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64, u64);

impl Key {
    /// By score, then by day, the later first.
    pub(super) fn relevance(score: Score, day: u64) -> Self {
        // Scores are not negative, and then their bits are ordered as they are.
        Self(u64::from(score.max(0.0).to_bits()), day)
    }
}

/// An article that may be among the best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) key: Key,
    pub(super) score: Score,
    pub(super) day: u64,
    pub(super) address: DocAddress,
    /// Whether it was looked at more closely.
    pub(super) reconsidered: bool,
    /// Ordinal of the id within the segment; ordered as the ids are.
    pub(super) id: u64,
}

/// Keeps the best articles and counts all.
pub(super) struct Best {
    pub(super) keep: usize,
    pub(super) sort: Sort,
}

/// What the heap keeps of an article, ordered: key, ordinal of the id (the smaller first), document,
/// bits of the score.
type Kept = (Key, Reverse<u64>, DocId, u32);

/// The best of one segment.
pub(super) struct BestOfSegment {
    keep: usize,
    sort: Sort,
    segment: SegmentOrdinal,
    first_days: Column<u64>,
    last_days: Column<u64>,
    ids: Option<StrColumn>,
    heap: BinaryHeap<Reverse<Kept>>,
    total: u64,
}

impl Collector for Best {
    type Fruit = (Vec<Candidate>, u64);
    type Child = BestOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<BestOfSegment> {
        let columns = reader.fast_fields();
        Ok(BestOfSegment {
            keep: self.keep,
            sort: self.sort,
            segment,
            first_days: columns.u64("first_day")?,
            last_days: columns.u64("last_day")?,
            ids: columns.str("id")?,
            heap: BinaryHeap::with_capacity(self.keep + 1),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let total = fruits.iter().map(|(_, total)| total).sum();
        let mut best: Vec<Candidate> = fruits.into_iter().flat_map(|(best, _)| best).collect();
        best.sort_by_key(|candidate| Reverse(candidate.key));
        Ok((best, total))
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = (Vec<Candidate>, u64);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if self.keep == 0 {
            return;
        }
        let key = match self.sort {
            Sort::Relevance => {
                let full = self.heap.len() >= self.keep;
                if full
                    && self
                        .heap
                        .peek()
                        .is_some_and(|worst| Key::relevance(score, u64::MAX) < worst.0.0)
                {
                    return;
                }
                Key::relevance(score, self.first_days.first(doc).unwrap_or(0))
            }
            Sort::Newest => Key(self.last_days.first(doc).unwrap_or(0), 0),
            Sort::Oldest => Key(self.first_days.first(doc).map_or(0, |day| u64::MAX - day), 0),
        };
        if self.heap.len() >= self.keep && self.heap.peek().is_some_and(|worst| key < worst.0.0) {
            return;
        }
        let id = self.ids.as_ref().and_then(|ids| ids.ords().first(doc)).unwrap_or(u64::MAX);
        self.heap.push(Reverse((key, Reverse(id), doc, score.to_bits())));
        if self.heap.len() > self.keep {
            self.heap.pop();
        }
    }

    fn harvest(self) -> Self::Fruit {
        let Self { segment, first_days, heap, total, .. } = self;
        let candidates =
            heap.into_iter().map(|Reverse((key, Reverse(id), doc, score))| Candidate {
                key,
                score: f32::from_bits(score),
                day: first_days.first(doc).unwrap_or(0),
                address: DocAddress::new(segment, doc),
                reconsidered: false,
                id,
            });
        (candidates.collect(), total)
    }
}

/// Facets whose values are names.
const NAMED: [&str; 7] = ["province", "city", "county", "region", "partner", "kind", "outlet"];
/// Facets whose values are numbers.
const NUMBERED: [&str; 2] = ["year", "month"];

/// Counts articles by facet.
pub(super) struct FacetCounter;

pub(super) struct FacetsOfSegment {
    named: Vec<(Option<StrColumn>, Vec<u64>)>,
    numbered: Vec<(Column<u64>, HashMap<u64, u64>)>,
}

impl Collector for FacetCounter {
    type Fruit = HashMap<&'static str, HashMap<String, u64>>;
    type Child = FacetsOfSegment;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
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
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut all: Self::Fruit = HashMap::new();
        for (name, counts) in fruits.into_iter().flatten() {
            let sums = all.entry(name).or_default();
            for (value, count) in counts {
                *sums.entry(value).or_default() += count;
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for FacetsOfSegment {
    type Fruit = HashMap<&'static str, HashMap<String, u64>>;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (column, counts) in &mut self.named {
            let Some(column) = column else { continue };
            for ordinal in column.term_ords(doc) {
                if let Some(count) = counts.get_mut(ordinal as usize) {
                    *count += 1;
                }
            }
        }
        for (column, counts) in &mut self.numbered {
            if let Some(value) = column.first(doc) {
                *counts.entry(value).or_default() += 1;
            }
        }
    }

    fn harvest(self) -> Self::Fruit {
        let mut all: Self::Fruit = HashMap::new();
        for (name, (column, counts)) in NAMED.into_iter().zip(self.named) {
            let Some(column) = column else { continue };
            let values = all.entry(name).or_default();
            for (ordinal, count) in counts.into_iter().enumerate().filter(|&(_, count)| count > 0) {
                let mut value = String::new();
                if column.ord_to_str(ordinal as u64, &mut value).unwrap_or(false) {
                    values.insert(value, count);
                }
            }
        }
        for (name, (_, counts)) in NUMBERED.into_iter().zip(self.numbered) {
            let written = |value: u64| match name {
                "month" => format!("{:04}-{:02}", value / 100, value % 100),
                _ => value.to_string(),
            };
            all.insert(
                name,
                counts.into_iter().map(|(value, count)| (written(value), count)).collect(),
            );
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
    pub(super) fn set(
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
