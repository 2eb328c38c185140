//! Looks closely at the articles that a bag of words ranks first: what of the query stands together
//! in one passage and in the lead.
//!
//! The positions of the query's characters are read from the index, for these articles only; no
//! text is loaded and nothing is cut into words. A passage is worth what it covers of the query:
//! each concept once, by its rarity, what was typed before what may stand for it. A digest of ten
//! items or a report of an hour is thereby judged by its best passage. Of two articles whose best
//! passages are alike, the one that keeps to the subject names it more often.

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader};

use super::How;
use super::engine::{catch_up, positions, term_of_character};
use super::weights::Weights;
use crate::query::near_all;

/// Signs that end a sentence or an item of an enumeration, folded: items belong together no more than
/// sentences do.
const ENDS: &[char] = &['。', '!', '?', ';'];

/// Units of a query that are looked for; a pasted text has more, and says enough with these.
const UNITS: usize = 64;

/// A text that is looked for in the articles.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// The characters of each of its texts, folded: mostly of one; several have to stand near each other.
    pub(crate) texts: Vec<Vec<char>>,
    /// The concept it belongs to.
    pub(crate) concept: usize,
    /// What it is worth.
    pub(crate) worth: f32,
    /// Whether it was typed, or may stand for what was typed.
    pub(crate) typed: bool,
}

/// The query as a list of texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    units: Vec<Unit>,
    characters: Vec<char>,
    /// What each concept is worth.
    concepts: Vec<f32>,
}

/// Shares of the query, by worth, that an article covers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Closeness {
    /// In its best passage.
    pub(crate) passage: f32,
    /// In its first sentences.
    pub(crate) lead: f32,
    /// In its best sentence.
    pub(crate) sentence: f32,
    /// How often it names what was asked for: ln(1 + occurrences), the mean over the query by worth.
    pub(crate) often: f32,
}

impl Closeness {
    /// What each of these earns, as a share of what the query is worth.
    pub(crate) fn shares(self, weights: &Weights) -> [(How, f32); 4] {
        [
            (How::Passage, weights.passage * self.passage.powf(weights.passage_power)),
            (How::Lead, weights.lead * self.lead),
            (How::Sentence, weights.sentence * self.sentence),
            (How::Often, weights.often * self.often),
        ]
    }

    /// What all of them earn together.
    pub(crate) fn share(self, weights: &Weights) -> f32 {
        self.shares(weights).into_iter().map(|(_, share)| share).sum()
    }
}

impl Sketch {
    /// A sketch of some units; `concepts` is what each concept is worth.
    pub(crate) fn new(mut units: Vec<Unit>, concepts: &[f32]) -> Self {
        // Of too many those that only stand for what was typed are left out, the least worth first.
        if let Some(last) = units.len().checked_sub(UNITS + 1) {
            let mut spare: Vec<f32> = units.iter().filter(|u| !u.typed).map(|u| u.worth).collect();
            spare.sort_by(f32::total_cmp);
            let least = spare.get(last).copied().unwrap_or(f32::INFINITY);
            units.retain(|unit| unit.typed || unit.worth > least);
            units.truncate(UNITS);
        }
        let texts = units.iter().flat_map(|unit| &unit.texts);
        let mut characters: Vec<char> = texts.flatten().copied().collect();
        characters.sort_unstable();
        characters.dedup();
        Self { units, characters, concepts: concepts.to_vec() }
    }

    /// What the whole query is worth.
    pub(crate) fn total(&self) -> f32 {
        self.concepts.iter().sum()
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty() || self.total() <= 0.0
    }

    /// Looks at some documents of a segment, in order of their numbers.
    pub(crate) fn look(
        &self,
        segment: &SegmentReader,
        body: Field,
        documents: &[DocId],
        passage: u32,
        lead: u32,
    ) -> tantivy::Result<Vec<Closeness>> {
        let mut judged = Vec::with_capacity(documents.len());
        for documents in documents.chunks(u64::BITS as usize) {
            let in_body = self.positions(segment, body, documents)?;
            // Where there is one word, any sentence that has it holds all of the query.
            let ends = match self.units.len() {
                1 => vec![Vec::new(); documents.len()],
                _ => ends_of_sentences(segment, body, documents)?,
            };
            let judge = |(positions, ends): (&Vec<Vec<u32>>, &Vec<u32>)| {
                self.judge(positions, ends, passage, lead)
            };
            judged.extend(in_body.iter().zip(&ends).map(judge));
        }
        Ok(judged)
    }

    /// Looks at a folded text.
    #[cfg(any(test, feature = "cluster"))]
    pub(crate) fn look_at(&self, body: &str, passage: u32, lead: u32) -> Closeness {
        let (positions, ends) = self.positions_in(body);
        self.judge(&positions, &ends, passage, lead)
    }

    /// Where each character stands in a folded text, and where its sentences end.
    #[cfg(any(test, feature = "cluster"))]
    fn positions_in(&self, body: &str) -> (Vec<Vec<u32>>, Vec<u32>) {
        let mut positions = vec![Vec::new(); self.characters.len()];
        let mut ends = Vec::new();
        for (at, character) in (0u32..).zip(body.chars()) {
            if let Ok(number) = self.characters.binary_search(&character) {
                positions[number].push(at);
            }
            if ENDS.contains(&character) {
                ends.push(at);
            }
        }
        (positions, ends)
    }

    /// Judges a text by where the characters and the ends of sentences stand in it.
    fn judge(&self, positions: &[Vec<u32>], ends: &[u32], passage: u32, lead: u32) -> Closeness {
        let total = self.total();
        let mut spots = Vec::new();
        self.spots(positions, &mut spots);
        let first = spots.iter().take_while(|(at, _)| *at < lead);
        let first = first.fold(0, |held, (_, unit)| held | 1 << unit);
        Closeness {
            passage: self.best_passage(&spots, passage) / total,
            lead: self.worth_of(first) / total,
            sentence: self.best_sentence(&spots, ends) / total,
            often: self.often(&spots) / total,
        }
    }

    /// The most that any sentence covers.
    fn best_sentence(&self, spots: &[(u32, usize)], ends: &[u32]) -> f32 {
        let mut best = 0.0f32;
        let mut held = 0u64;
        let mut ends = ends.iter().peekable();
        for &(at, unit) in spots {
            while ends.next_if(|&&end| end < at).is_some() {
                held = 0;
            }
            if held >> unit & 1 == 0 {
                held |= 1 << unit;
                best = best.max(self.worth_of(held));
            }
        }
        best
    }

    /// What the concepts are worth, each by the logarithm of how often the text names it. Names that
    /// begin at the same place (上海, 上海市) are one.
    fn often(&self, spots: &[(u32, usize)]) -> f32 {
        let mut found: Vec<(usize, u32)> =
            spots.iter().map(|&(at, unit)| (self.units[unit].concept, at)).collect();
        found.sort_unstable();
        found.dedup();
        let concepts = found.chunk_by(|a, b| a.0 == b.0);
        concepts.map(|same| self.concepts[same[0].0] * (same.len() as f32).ln_1p()).sum()
    }

    /// For each document and character, where the character stands. Of characters whose units a document
    /// cannot hold this may be nothing: of what may stand for a word most documents hold little. No
    /// more than 64 documents.
    fn positions(
        &self,
        segment: &SegmentReader,
        field: Field,
        documents: &[DocId],
    ) -> tantivy::Result<Vec<Vec<Vec<u32>>>> {
        let index = segment.inverted_index(field)?;
        let mut found = vec![vec![Vec::new(); self.characters.len()]; documents.len()];
        let mut terms = Vec::with_capacity(self.characters.len());
        for (number, &character) in self.characters.iter().enumerate() {
            let term = term_of_character(field, character);
            terms.push((index.get_term_info(&term)?, number));
        }
        // The rarest first: where one is missing, the others of its units are not looked for.
        terms.sort_by_key(|(info, _)| info.as_ref().map_or(0, |info| info.doc_freq));
        // The documents that can still hold a unit, a bit each.
        let mut holding = vec![u64::MAX; self.units.len()];
        for (info, number) in terms {
            let character = self.characters[number];
            let with = |unit: &Unit| unit.texts.iter().flatten().any(|c| *c == character);
            let mut units: Vec<&mut u64> = self
                .units
                .iter()
                .zip(&mut holding)
                .filter(|(u, _)| with(u))
                .map(|(_, h)| h)
                .collect();
            let wanted = units.iter().fold(0, |all, holding| all | **holding);
            let mut held = 0u64;
            if let (Some(info), true) = (info, wanted != 0) {
                let option = IndexRecordOption::WithFreqsAndPositions;
                let mut postings = index.read_postings_from_terminfo(&info, option)?;
                for (at, &document) in documents.iter().enumerate() {
                    if wanted >> at & 1 == 1 && catch_up(&mut postings, document) == document {
                        postings.positions(&mut found[at][number]);
                        held |= 1 << at;
                    }
                }
            }
            for holding in &mut units {
                **holding &= held;
            }
        }
        Ok(found)
    }

    /// Where the units stand, in order.
    fn spots(&self, positions: &[Vec<u32>], spots: &mut Vec<(u32, usize)>) {
        spots.clear();
        for (number, unit) in self.units.iter().enumerate() {
            let Some((first, others)) = unit.texts.split_first() else { continue };
            let others: Vec<Vec<u32>> =
                others.iter().map(|text| self.starts(text, positions)).collect();
            let starts = self.starts(first, positions).into_iter();
            let near = starts.filter(|&start| near_all(start, &others));
            spots.extend(near.map(|start| (start, number)));
        }
        spots.sort_unstable();
    }

    /// Where a text begins, in order.
    fn starts(&self, text: &[char], positions: &[Vec<u32>]) -> Vec<u32> {
        let lists = text.iter().map(|character| {
            let at = self.characters.binary_search(character).unwrap_or_default();
            positions.get(at).map(Vec::as_slice).unwrap_or_default()
        });
        let lists: Vec<&[u32]> = lists.collect();
        let Some((rarest, first)) = lists.iter().enumerate().min_by_key(|(_, list)| list.len())
        else {
            return Vec::new();
        };
        let starts = first.iter().filter_map(|position| position.checked_sub(rarest as u32));
        let whole =
            |start: &u32| (*start..).zip(&lists).all(|(at, list)| list.binary_search(&at).is_ok());
        starts.filter(whole).collect()
    }

    /// What units (as bits) are worth: of each concept what was typed, or the best of what may
    /// stand for it.
    fn worth_of(&self, held: u64) -> f32 {
        let mut sum = 0.0;
        let (mut concept, mut typed, mut other) = (usize::MAX, 0.0f32, 0.0f32);
        for (number, unit) in self.units.iter().enumerate() {
            if unit.concept != concept {
                sum += typed.max(other);
                (concept, typed, other) = (unit.concept, 0.0, 0.0);
            }
            if held >> number & 1 == 1 {
                if unit.typed {
                    typed += unit.worth;
                } else {
                    other = other.max(unit.worth);
                }
            }
        }
        sum + typed.max(other)
    }

    /// The most that any stretch of `length` characters covers.
    fn best_passage(&self, spots: &[(u32, usize)], length: u32) -> f32 {
        let mut counts = [0u16; UNITS];
        let mut held = 0u64;
        let mut best = 0.0f32;
        let mut first = 0;
        for &(at, unit) in spots {
            while spots[first].0 + length < at {
                let gone = spots[first].1;
                counts[gone] -= 1;
                if counts[gone] == 0 {
                    held &= !(1 << gone);
                }
                first += 1;
            }
            counts[unit] += 1;
            if counts[unit] == 1 {
                held |= 1 << unit;
                best = best.max(self.worth_of(held));
            }
        }
        best
    }
}

/// For each document, where sentences end.
fn ends_of_sentences(
    segment: &SegmentReader,
    field: Field,
    documents: &[DocId],
) -> tantivy::Result<Vec<Vec<u32>>> {
    let index = segment.inverted_index(field)?;
    let mut found = vec![Vec::new(); documents.len()];
    for &end in ENDS {
        let (term, option) =
            (term_of_character(field, end), IndexRecordOption::WithFreqsAndPositions);
        let Some(mut postings) = index.read_postings(&term, option)? else { continue };
        for (ends, &document) in found.iter_mut().zip(documents) {
            ends.extend(positions(&mut postings, document));
        }
    }
    for ends in &mut found {
        ends.sort_unstable();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str, concept: usize, worth: f32, typed: bool) -> Unit {
        Unit {
            texts: text.split('…').map(|text| text.chars().collect()).collect(),
            concept,
            worth,
            typed,
        }
    }

    #[test]
    fn a_passage_is_worth_what_stands_together_in_it() {
        let units = vec![
            unit("佛山", 0, 4.0, true),
            unit("茂名", 1, 5.0, true),
            unit("飞地", 2, 6.0, true),
            unit("离岸孵化器", 2, 3.0, false),
        ];
        let sketch = Sketch::new(units, &[4.0, 5.0, 6.0]);
        let best = |text: &str, length| {
            let mut spots = Vec::new();
            sketch.spots(&sketch.positions_in(text).0, &mut spots);
            sketch.best_passage(&spots, length)
        };
        assert!((best("佛山与茂名共建飞地", 20) - 15.0).abs() < 1e-6);
        assert!((best("佛山与茂名共建离岸孵化器", 20) - 12.0).abs() < 1e-6, "a synonym is less");
        let far = format!("佛山{}茂名共建飞地", "一".repeat(30));
        assert!((best(&far, 20) - 11.0).abs() < 1e-6, "佛山 stands too far off");
        assert!((best("佛与山，茂与名", 20)).abs() < 1e-6, "characters alone are no words");
    }

    #[test]
    fn texts_count_together_only_near_each_other() {
        let units = vec![unit("校地合作", 0, 4.0, true), unit("大学…政府…合作", 0, 3.0, false)];
        let sketch = Sketch::new(units, &[4.0]);
        let passage = |text: &str| sketch.look_at(text, 120, 120).passage;
        assert!((passage("政府与大学开展合作") - 0.75).abs() < 1e-6, "in any order");
        assert!(passage("大学与政府").abs() < 1e-6, "all of them");
        let far = format!("大学{}政府合作", "一".repeat(40));
        assert!(passage(&far).abs() < 1e-6);
    }

    #[test]
    fn a_sentence_is_worth_what_it_says_by_itself() {
        let units = vec![unit("佛山", 0, 4.0, true), unit("飞地", 1, 6.0, true)];
        let sketch = Sketch::new(units, &[4.0, 6.0]);
        for (text, share) in [
            ("佛山来人。共建飞地。", 0.6),
            ("来人。佛山共建飞地", 1.0),
            ("佛山来人!共建飞地;佛山", 0.6),
            ("。。佛山。", 0.4),
            ("两地签约。", 0.0),
        ] {
            assert!((sketch.look_at(text, 120, 120).sentence - share).abs() < 1e-6, "{text}");
        }
    }

    #[test]
    fn what_is_named_more_often_is_worth_more() {
        let units = vec![
            unit("上海", 0, 4.0, true),
            unit("上海市", 0, 3.0, false),
            unit("飞地", 1, 4.0, true),
        ];
        let sketch = Sketch::new(units, &[4.0, 4.0]);
        let often = |text: &str| sketch.look_at(text, 120, 120).often;
        assert!((often("上海市飞地") - 2.0f32.ln()).abs() < 1e-6, "one place named once");
        assert!((often("上海") - 2.0f32.ln() / 2.0).abs() < 1e-6);
        assert!(often("上海飞地、上海飞地") > often("上海上海、上海飞地"), "of both");
    }
}
