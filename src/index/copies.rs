//! The articles of an index → groups of reprints, and the small file beside the index that keeps
//! them.
//!
//! The groups follow from the articles that are there and from nothing else: not from the order in
//! which they came, nor from batches, nor from what was there before. So the file is only a memory
//! of something that can be found out anew. It names the commit it belongs to; a reader that finds
//! no file, another commit's or a damaged one finds the groups out by itself.
//!
//! Finding them is linear but for the sorting. Articles stand in order, the most original first
//! (earliest; with a named outlet; longest; then by fingerprint). Two that share a key of a band
//! (`src/understand/near_duplicates.rs`) are compared. An article that is a reprint of a group's
//! first goes to that group, to the most original one if there are several. A reprint of another of
//! the group goes there only if it may be one of the first, too; else it is first of its own. So
//! every copy has much in common with the article it stands behind: there are no chains whose ends
//! have nothing to do with each other.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use tantivy::columnar::Column;
use tantivy::{Directory, DocId, Index, Searcher};

use crate::understand::near_duplicates::{Alike, Likeness};

/// Name of the file within a generation.
pub(super) const FILE: &str = "copies";

/// What the file starts with; the number rises when its form or the rule of grouping changes.
const MAGIC: u64 = u64::from_le_bytes(*b"copies01");

/// Numbers before the table: magic, check sum, commit, sum of fingerprints, groups, copies.
const HEAD: usize = 6;

/// Articles of a band's key, the most original ones, that all others with the key are compared
/// with. More share a key only where very many have the same text.
const COMPARED: usize = 32;

/// Which articles of an index are reprints of one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copies {
    /// The commit they belong to.
    commit: u64,
    /// Sum over all articles, which tells whether they are others.
    sum: u64,
    groups: u64,
    copies: u64,
    /// Fingerprints with group and place, found by open addressing; a power of two of slots, or
    /// none.
    table: Vec<[u64; 2]>,
}

/// Where an article stands among its reprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy {
    /// Number of the group.
    pub group: u32,
    /// Place in it, the most original article first, from 0.
    pub place: u32,
}

/// A slot in which nothing is.
const EMPTY: [u64; 2] = [0, u64::MAX];

impl Copies {
    /// Where the article with a fingerprint stands among its reprints; none if it has none.
    pub fn of(&self, fingerprint: u64) -> Option<Copy> {
        let mask = self.table.len().checked_sub(1)?;
        let mut at = fingerprint as usize & mask;
        loop {
            let [key, value] = self.table[at];
            if value == u64::MAX {
                return None;
            }
            if key == fingerprint {
                return Some(Copy { group: (value >> 32) as u32, place: value as u32 });
            }
            at = (at + 1) & mask;
        }
    }

    /// Number of groups of two articles and more.
    pub fn groups(&self) -> u64 {
        self.groups
    }

    /// Number of articles that stand behind the first of their group.
    pub fn copies(&self) -> u64 {
        self.copies
    }

    /// Finds the groups of all articles of an index.
    pub fn find(searcher: &Searcher) -> tantivy::Result<Self> {
        let shelf = Shelf::of(searcher)?;
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut behind: HashMap<u32, u32> = HashMap::new();
        for pairs in shelf.candidates().chunk_by(|a, b| a >> 32 == b >> 32) {
            let article = (pairs[0] >> 32) as u32;
            // In order: the most original first.
            let known = pairs.iter().map(|&pair| pair as u32);
            let first = known
                .clone()
                .filter(|one| !behind.contains_key(one))
                .find(|&one| shelf.compare(one, article, Alike::is_reprint))
                .or_else(|| {
                    known.filter_map(|one| Some((one, *behind.get(&one)?))).find_map(|(one, first)| {
                        let akin = shelf.compare(one, article, Alike::is_reprint)
                            && shelf.compare(first, article, Alike::may_be_reprint);
                        akin.then_some(first)
                    })
                });
            if let Some(first) = first {
                behind.insert(article, first);
                groups.entry(first).or_default().push(article);
            }
        }
        let copies = behind.len();
        let slots = if copies == 0 { 0 } else { (2 * (copies + groups.len())).next_power_of_two() };
        let mut found = Self {
            commit: 0,
            sum: sum(searcher)?,
            groups: groups.len() as u64,
            copies: copies as u64,
            table: vec![EMPTY; slots],
        };
        let mut groups: Vec<(u32, Vec<u32>)> = groups.into_iter().collect();
        groups.sort_unstable();
        for (number, (first, others)) in (0u64..).zip(groups) {
            for (place, article) in (0u64..).zip(std::iter::once(first).chain(others)) {
                found.put(shelf.articles[article as usize].fingerprint, number << 32 | place);
            }
        }
        Ok(found)
    }

    fn put(&mut self, key: u64, value: u64) {
        let mask = self.table.len() - 1;
        let mut at = key as usize & mask;
        while self.table[at] != EMPTY {
            at = (at + 1) & mask;
        }
        self.table[at] = [key, value];
    }

    /// Reads the groups that were kept of exactly what a searcher searches; none if there are none
    /// such.
    pub(super) fn recall(index: &Index, searcher: &Searcher) -> Option<Self> {
        let kept = Self::read(index)?;
        let metas = index.load_metas().ok()?;
        // Another commit may have come while the searcher was made.
        let segments = searcher.generation().segments();
        let same = metas.segments.len() == segments.len()
            && metas.segments.iter().all(|s| segments.get(&s.id()) == Some(&s.delete_opstamp()));
        (same && metas.opstamp == kept.commit).then_some(kept)
    }

    /// The groups of the last commit: those that were kept if the articles are still the same,
    /// else found anew.
    pub(super) fn renewed(index: &Index, searcher: &Searcher) -> tantivy::Result<Self> {
        let commit = index.load_metas()?.opstamp;
        if let Some(kept) = Self::read(index)
            && kept.sum == sum(searcher)?
        {
            return Ok(Self { commit, ..kept });
        }
        Ok(Self { commit, ..Self::find(searcher)? })
    }

    /// Writes the groups to a file, in one step.
    pub(super) fn keep(&self, path: &Path) -> io::Result<()> {
        let head = [MAGIC, 0, self.commit, self.sum, self.groups, self.copies];
        let numbers = head.into_iter().chain(self.table.iter().flatten().copied());
        let mut bytes: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
        let sum = checked(&bytes);
        bytes[8..16].copy_from_slice(&sum.to_le_bytes());
        let new = path.with_extension("new");
        let mut file = std::fs::File::create(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(new, path)
    }

    /// Reads the file beside an index; none if it is missing or damaged.
    fn read(index: &Index) -> Option<Self> {
        let mut bytes = index.directory().atomic_read(Path::new(FILE)).ok()?;
        if bytes.len() < HEAD * 8 || bytes.len() % 8 != 0 {
            return None;
        }
        let said = u64::from_le_bytes(bytes[8..16].try_into().ok()?);
        bytes[8..16].fill(0);
        if said != checked(&bytes) {
            return None;
        }
        let numbers: Vec<u64> = bytes
            .chunks_exact(8)
            .filter_map(|eight| Some(u64::from_le_bytes(eight.try_into().ok()?)))
            .collect();
        let (&[magic, _, commit, sum, groups, copies], table) = numbers.split_first_chunk()?;
        let table: Vec<[u64; 2]> = table.chunks_exact(2).map(|slot| [slot[0], slot[1]]).collect();
        let whole = table.is_empty() || table.len().is_power_of_two() && table.contains(&EMPTY);
        (magic == MAGIC && whole).then_some(Self { commit, sum, groups, copies, table })
    }
}

/// The first eight bytes of a hash.
fn checked(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
}

/// A sum over the fingerprints of all articles, whatever their order.
fn sum(searcher: &Searcher) -> tantivy::Result<u64> {
    let mut sum = searcher.num_docs();
    for segment in searcher.segment_readers() {
        let fingerprints = segment.fast_fields().u64("fingerprint")?;
        for doc in segment.doc_ids_alive() {
            sum = sum.wrapping_add(fingerprints.first(doc).unwrap_or(0));
        }
    }
    Ok(sum)
}

/// All articles that have a likeness, the most original first.
struct Shelf {
    articles: Vec<OnShelf>,
    segments: Vec<Columns>,
}

#[derive(Debug, Clone, Copy)]
struct OnShelf {
    fingerprint: u64,
    segment: u32,
    doc: DocId,
    /// Where its likeness begins in the column.
    row: u32,
}

/// What is asked of the articles of a segment.
struct Columns {
    likeness: Column<u64>,
    first_day: Column<u64>,
    last_day: Column<u64>,
}

impl Shelf {
    fn of(searcher: &Searcher) -> tantivy::Result<Self> {
        let mut segments = Vec::new();
        let mut ordered: Vec<(u64, OnShelf)> = Vec::new();
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let columns = segment.fast_fields();
            let (fingerprints, outlets) = (columns.u64("fingerprint")?, columns.str("outlet")?);
            let own = Columns {
                likeness: columns.u64("likeness")?,
                first_day: columns.u64("first_day")?,
                last_day: columns.u64("last_day")?,
            };
            for doc in segment.doc_ids_alive() {
                let rows = own.likeness.index.value_row_ids(doc);
                let Some(fingerprint) = fingerprints.first(doc) else { continue };
                if rows.len() != Likeness::WORDS {
                    continue;
                }
                let day = own.first_day.first(doc).unwrap_or(u64::from(u32::MAX));
                let outlet = outlets.as_ref().is_some_and(|o| o.ords().first(doc).is_some());
                let length = own.likeness.values.get_val(rows.start) & 0x7fff_ffff;
                let order = day << 32 | u64::from(!outlet) << 31 | (0x7fff_ffff - length);
                let article = OnShelf { fingerprint, segment: ordinal, doc, row: rows.start };
                ordered.push((order, article));
            }
            segments.push(own);
        }
        ordered.sort_unstable_by_key(|(order, article)| (*order, article.fingerprint));
        Ok(Self { articles: ordered.into_iter().map(|(_, article)| article).collect(), segments })
    }

    /// Pairs of articles that share a key: the less original one in the upper half, sorted.
    fn candidates(&self) -> Vec<u64> {
        let mut pairs: Vec<u64> = Vec::new();
        let mut distinct = 0;
        let mut keyed: Vec<(u32, u32)> = Vec::with_capacity(self.articles.len());
        for band in 0..Likeness::BANDS {
            let (word, key) = Likeness::band(band);
            keyed.clear();
            keyed.extend(self.articles.iter().zip(0u32..).map(|(article, number)| {
                let values = &self.segments[article.segment as usize].likeness.values;
                (key(values.get_val(article.row + word as u32)), number)
            }));
            keyed.sort_unstable();
            for same in keyed.chunk_by(|a, b| a.0 == b.0) {
                for (at, &(_, article)) in same.iter().enumerate() {
                    let before = same[..at.min(COMPARED)].iter();
                    pairs.extend(before.map(|&(_, one)| u64::from(article) << 32 | u64::from(one)));
                }
            }
            // Reprints share many keys.
            if pairs.len() > 2 * distinct + 1_000_000 {
                pairs.sort_unstable();
                pairs.dedup();
                distinct = pairs.len();
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Compares two articles and asks what that means if so many days lie between them.
    fn compare(&self, one: u32, other: u32, asked: fn(&Alike, Option<u32>) -> bool) -> bool {
        let (Some(a), Some(b)) = (self.likeness(one), self.likeness(other)) else { return false };
        asked(&a.compare(&b), self.days_apart(one, other))
    }

    fn likeness(&self, number: u32) -> Option<Likeness> {
        let OnShelf { segment, row, .. } = self.articles[number as usize];
        let values = &self.segments[segment as usize].likeness.values;
        let words: [u64; Likeness::WORDS] = std::array::from_fn(|at| values.get_val(row + at as u32));
        Likeness::read(&words)
    }

    /// Days that lie between the publication of two articles, as far as both are dated.
    fn days_apart(&self, one: u32, other: u32) -> Option<u32> {
        let days = |number: u32| {
            let OnShelf { segment, doc, .. } = self.articles[number as usize];
            let columns = &self.segments[segment as usize];
            Some((numbered(columns.first_day.first(doc)?), numbered(columns.last_day.first(doc)?)))
        };
        let ((first, last), (other_first, other_last)) = (days(one)?, days(other)?);
        Some(other_first.saturating_sub(last).max(first.saturating_sub(other_last)))
    }
}

/// A day as a number of days, a few of the year's too many, from `yyyymmdd`.
fn numbered(day: u64) -> u32 {
    (day / 10_000 * 372 + day / 100 % 100 * 31 + day % 100) as u32
}
