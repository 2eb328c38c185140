//! The articles of an index → groups of reprints, and the small file beside the index that keeps
//! them.
//!
//! The groups follow from the articles that are there and from nothing else: not from the order in
//! which they came, nor from batches, nor from what was there before. So the file is only a memory
//! of something that can be found out anew. It names the commit it belongs to; a reader that finds
//! no file, another commit's or a damaged one finds the groups out by itself.
//!
//! Finding them is linear but for the sorting. Articles stand in order, the most original first:
//! earliest; not said to be taken over from another outlet; with a named outlet; longest; then by
//! fingerprint. Two that share a key of a band
//! (`src/understand/near_duplicates.rs`) are compared. An article that is a reprint of a group's
//! first goes to that group, to the most original one if there are several. A reprint of another of
//! the group goes there only if it may be one of the first, too, or is nearly the same text as that
//! other; else it is first of its own. So every copy has much in common with the article it stands
//! behind: there are no chains whose ends have nothing to do with each other.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;
use tantivy::columnar::Column;
use tantivy::{Directory, DocId, Index, Searcher};

use crate::article::Article;
use crate::understand::near_duplicates::{Alike, Likeness};

/// Name of the file within a generation.
pub(super) const FILE: &str = "copies";

/// What the file starts with; the number rises when its form or the rule of grouping changes.
const MAGIC: u64 = u64::from_le_bytes(*b"copies02");

/// Numbers before the table: magic, check sum, commit, sum of fingerprints, groups, copies.
const HEAD: usize = 6;

/// Articles of a band's key, the most original ones, that all others with the key are compared
/// with. More share a key only where many have nearly the same text.
const COMPARED: usize = 8;

/// Texts that are longer count as equally long.
const LONGEST: u64 = (1 << 30) - 1;

/// The bit of a likeness' first word from which the standing of its article is kept.
pub(super) const STANDING_FROM: u32 = 62;

/// How little an article says to be the original, of what it says itself: 0 with an outlet, 1
/// without, 2 if it was taken over from another.
pub(super) fn standing(article: &Article) -> u64 {
    match (&article.original_outlet, &article.outlet) {
        (Some(_), _) => 2,
        (None, Some(_)) => 0,
        (None, None) => 1,
    }
}

/// Which articles of an index are reprints of one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copies {
    /// The commit they belong to.
    commit: u64,
    /// Sum over all articles, which tells whether they are others.
    sum: u64,
    groups: u64,
    behind: u64,
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

/// Where the documents of some segments stand among their reprints, in order of their numbers: a search
/// that walks through documents need not look up the fingerprint of each.
#[derive(Debug)]
pub struct Marked {
    segments: Vec<MarkedSegment>,
}

#[derive(Debug)]
struct MarkedSegment {
    /// A bit for each document that is a copy or has copies.
    bits: Vec<u64>,
    /// How many bits are set before each of `bits`.
    before: Vec<u32>,
    /// For each set bit, where its document stands.
    copies: Vec<Copy>,
}

impl Marked {
    /// Marks the documents of a searcher's segments.
    pub fn of(copies: &Copies, searcher: &Searcher) -> tantivy::Result<Self> {
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let fingerprints = segment.fast_fields().u64("fingerprint")?;
            let words = segment.max_doc().div_ceil(64) as usize;
            let mut bits = vec![0u64; words];
            let mut before = vec![0; words];
            let mut marked = Vec::new();
            for doc in 0..segment.max_doc() {
                let word = doc as usize / 64;
                if doc % 64 == 0 {
                    before[word] = marked.len() as u32;
                }
                if let Some(copy) = fingerprints.first(doc).and_then(|print| copies.of(print)) {
                    bits[word] |= 1 << (doc % 64);
                    marked.push(copy);
                }
            }
            segments.push(MarkedSegment { bits, before, copies: marked });
        }
        Ok(Self { segments })
    }

    /// Where a document of a segment stands among its reprints; none if it has none.
    pub fn of_document(&self, segment: u32, doc: DocId) -> Option<Copy> {
        let segment = self.segments.get(segment as usize)?;
        let (word, bit) = (doc as usize / 64, doc % 64);
        let bits = *segment.bits.get(word)?;
        if bits >> bit & 1 == 0 {
            return None;
        }
        let earlier = (bits & ((1 << bit) - 1)).count_ones();
        segment.copies.get((segment.before[word] + earlier) as usize).copied()
    }
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
        self.behind
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
                    known.filter_map(|one| Some((one, *behind.get(&one)?))).find_map(
                        |(one, first)| {
                            let akin = shelf.compare(one, article, Alike::is_reprint)
                                && (shelf.compare(one, article, Alike::is_same)
                                    || shelf.compare(first, article, Alike::may_be_reprint));
                            akin.then_some(first)
                        },
                    )
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
            behind: copies as u64,
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
        let head = [MAGIC, 0, self.commit, self.sum, self.groups, self.behind];
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
        let (&[magic, _, commit, sum, groups, behind], table) = numbers.split_first_chunk()?;
        let table: Vec<[u64; 2]> = table.chunks_exact(2).map(|slot| [slot[0], slot[1]]).collect();
        let whole = table.is_empty() || table.len().is_power_of_two() && table.contains(&EMPTY);
        (magic == MAGIC && whole).then_some(Self { commit, sum, groups, behind, table })
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
            let fingerprints = columns.u64("fingerprint")?;
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
                let head = own.likeness.values.get_val(rows.start);
                let length = (head & 0xffff_ffff).min(LONGEST);
                let order = day << 32 | (head >> STANDING_FROM) << 30 | (LONGEST - length);
                let article = OnShelf { fingerprint, segment: ordinal, doc, row: rows.start };
                ordered.push((order, article));
            }
            segments.push(own);
        }
        ordered.sort_unstable_by_key(|(order, article)| (*order, article.fingerprint));
        Ok(Self { articles: ordered.into_iter().map(|(_, article)| article).collect(), segments })
    }

    /// Pairs of articles that have the same likeness (each with the first and the one before), and
    /// which articles have no reprint among them.
    fn equals(&self) -> (Vec<u64>, Vec<u32>) {
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(self.articles.len());
        for number in 0..self.articles.len() as u32 {
            let mut hasher = blake3::Hasher::new();
            for word in self.words(number) {
                hasher.update(&word.to_le_bytes());
            }
            let hash = hasher.finalize();
            let key = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
            keyed.push((key, number));
        }
        keyed.sort_unstable();
        let (mut pairs, mut others) = (Vec::new(), Vec::new());
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            others.push(same[0].1);
            for (before, article) in same.iter().zip(&same[1..]) {
                let known = [same[0].1, before.1];
                let article = article.1;
                pairs.extend(known.map(|one| u64::from(article) << 32 | u64::from(one)));
                if !known.iter().any(|&one| self.compare(one, article, Alike::is_reprint)) {
                    others.push(article);
                }
            }
        }
        others.sort_unstable();
        (pairs, others)
    }

    /// Pairs of articles that are worth comparing: the less original one in the upper half, sorted.
    fn candidates(&self) -> Vec<u64> {
        let (mut pairs, different) = self.equals();
        let mut distinct = pairs.len();
        let of_band = |band: usize| {
            let (word, key) = Likeness::band(band);
            let key_of = |&number: &u32| {
                let article = self.articles[number as usize];
                let values = &self.segments[article.segment as usize].likeness.values;
                (key(values.get_val(article.row + word as u32)), number)
            };
            let mut keyed: Vec<(u32, u32)> = different.iter().map(key_of).collect();
            keyed.sort_unstable();
            let mut pairs = Vec::new();
            for same in keyed.chunk_by(|a, b| a.0 == b.0) {
                for (at, &(_, article)) in same.iter().enumerate() {
                    let before = same[..at.min(COMPARED)].iter();
                    pairs.extend(before.map(|&(_, one)| u64::from(article) << 32 | u64::from(one)));
                }
            }
            pairs
        };
        let bands: Vec<usize> = (0..Likeness::BANDS).collect();
        for bands in bands.chunks(rayon::current_num_threads()) {
            let found: Vec<Vec<u64>> = bands.par_iter().map(|&band| of_band(band)).collect();
            pairs.extend(found.into_iter().flatten());
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
        Likeness::read(&self.words(number))
    }

    /// What is kept of an article's likeness, without its standing.
    fn words(&self, number: u32) -> [u64; Likeness::WORDS] {
        let OnShelf { segment, row, .. } = self.articles[number as usize];
        let values = &self.segments[segment as usize].likeness.values;
        let mut words = std::array::from_fn(|at| values.get_val(row + at as u32));
        words[0] &= (1 << STANDING_FROM) - 1;
        words
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use tantivy::indexer::NoMergePolicy;
    use tantivy::{IndexWriter, Term};

    use super::super::fields::schema;
    use super::super::tokenizers;
    use super::*;
    use crate::article::{CleanPage, Origin, Said, Title, Witness};
    use crate::understand::understand_and_fold;

    /// An article: which text, how it was cut, what was added, on which day it was published.
    type Made = (usize, usize, usize, u32);

    fn page(id: &str, (text, cut, added, day): Made) -> CleanPage {
        let sentence = |number: usize| {
            let names = ["佛山", "茂名", "苏州", "无锡", "上海", "嘉兴", "重庆"];
            let things = ["人才飞地", "产业园区", "科研平台", "港口航线", "养老服务", "环保执法"];
            format!(
                "{}与{}就{}签下第{}号协议，{}的企业可以在{}领取补贴。",
                names[(text * 3 + number) % 7],
                names[(text + number * 2) % 7],
                things[(text * 5 + number) % 6],
                text * 100 + number,
                names[(text + number) % 7],
                things[(text + number * 3) % 6],
            )
        };
        let own: String = (cut..14).map(sentence).collect();
        let more: Vec<String> =
            (0..added).map(|n| format!("记者另外获悉，{}", sentence(n + 40))).collect();
        CleanPage {
            origin: Origin::file(id),
            id: Some(id.to_owned()),
            url: None,
            crawled: None,
            title: Title { text: format!("标题{id}"), made: false },
            body: format!("{own}{}", more.concat()),
            dates: vec![Said::new(format!("2024-03-{day:02}"), Witness::Record)],
            outlets: Vec::new(),
            originals: Vec::new(),
            authors: Vec::new(),
        }
    }

    struct Shop {
        index: Index,
        writer: IndexWriter,
    }

    impl Shop {
        fn new() -> Self {
            let index = Index::create_in_ram(schema().0);
            tokenizers::register(&index);
            let writer = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
            writer.set_merge_policy(Box::new(NoMergePolicy));
            Self { index, writer }
        }

        fn remove(&mut self, id: &str) {
            self.writer.delete_term(Term::from_field_text(schema().1.id, id));
        }

        fn add(&mut self, id: &str, made: Made) {
            self.remove(id);
            let (article, folded) = understand_and_fold(page(id, made));
            let fingerprint = article.fingerprint();
            let document = schema().1.document(
                article,
                folded,
                fingerprint,
                &super::super::stored::Beside::default(),
            );
            self.writer.add_document(document).expect("it takes documents");
        }

        /// The groups after a commit: ids, the most original first.
        fn groups(&mut self) -> BTreeSet<Vec<String>> {
            self.writer.commit().expect("it commits");
            let searcher = self.index.reader().expect("a reader").searcher();
            let copies = Copies::find(&searcher).expect("groups");
            let mut groups: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
            for segment in searcher.segment_readers() {
                let prints = segment.fast_fields().u64("fingerprint").expect("a column");
                let ids = segment.fast_fields().str("id").expect("a column").expect("ids");
                for doc in segment.doc_ids_alive() {
                    let Some(copy) = copies.of(prints.first(doc).expect("one")) else { continue };
                    let mut id = String::new();
                    ids.ord_to_str(ids.ords().first(doc).expect("one"), &mut id).expect("an id");
                    groups.entry(copy.group).or_default().insert(copy.place, id);
                }
            }
            assert_eq!(groups.len() as u64, copies.groups());
            let members: usize = groups.values().map(BTreeMap::len).sum();
            assert_eq!(members as u64, copies.copies() + copies.groups());
            groups.into_values().map(|group| group.into_values().collect()).collect()
        }
    }

    #[test]
    fn the_earliest_stands_first() {
        let mut shop = Shop::new();
        shop.add("丙", (0, 0, 1, 9));
        shop.add("甲", (0, 2, 0, 3));
        shop.add("别的", (1, 0, 0, 1));
        shop.add("乙", (0, 0, 0, 5));
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(shop.groups(), BTreeSet::from([names(&["甲", "乙", "丙"])]));
        shop.remove("甲");
        assert_eq!(shop.groups(), BTreeSet::from([names(&["乙", "丙"])]));
        shop.remove("丙");
        assert_eq!(shop.groups(), BTreeSet::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// One by one, in any order, with changes and removals between: what counts is what is
        /// there in the end.
        #[test]
        fn groups_follow_from_the_articles_alone(
            steps in prop::collection::vec(
                (0usize..14, prop::option::weighted(0.8, (0usize..3, 0usize..7, 0usize..5, 1u32..6)), any::<bool>()),
                1..40,
            ),
        ) {
            let mut shop = Shop::new();
            let mut there: BTreeMap<String, Made> = BTreeMap::new();
            for (number, made, commit) in steps {
                let id = format!("文{number}");
                if let Some(made) = made {
                    shop.add(&id, made);
                    there.insert(id, made);
                } else {
                    shop.remove(&id);
                    there.remove(&id);
                }
                if commit {
                    shop.writer.commit().expect("it commits");
                }
            }
            let mut at_once = Shop::new();
            for (id, made) in there {
                at_once.add(&id, made);
            }
            prop_assert_eq!(shop.groups(), at_once.groups());
        }
    }
}
