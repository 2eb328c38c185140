//! Texts that stand near each other: within some characters, or in one sentence.
//!
//! A list of articles that hold all of the texts is narrowed down by reading where their characters
//! stand.

use tantivy::postings::SegmentPostings;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::engine::{positions, term_of_character};
use crate::query::Within;

/// Signs that end a sentence, folded.
const ENDS: &[char] = &['。', '!', '?'];

/// Articles in which texts stand near each other in one field.
#[derive(Debug)]
pub(super) struct NearQuery {
    /// Articles that hold all of the texts there.
    pub(super) holding: Box<dyn Query>,
    /// The texts, folded.
    pub(super) texts: Vec<Vec<char>>,
    /// How near.
    pub(super) within: Within,
    /// The field of characters.
    pub(super) field: Field,
}

impl Clone for NearQuery {
    fn clone(&self) -> Self {
        let holding = self.holding.box_clone();
        Self { holding, texts: self.texts.clone(), within: self.within, field: self.field }
    }
}

impl Query for NearQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(NearWeight { holding: self.holding.weight(scoring)?, query: self.clone() }))
    }
}

struct NearWeight {
    holding: Box<dyn Weight>,
    query: NearQuery,
}

impl Weight for NearWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let query = &self.query;
        let index = segment.inverted_index(query.field)?;
        let postings = |character: char| {
            let term = term_of_character(query.field, character);
            index.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)
        };
        let mut texts = Vec::new();
        for text in &query.texts {
            let mut characters = Vec::new();
            for &character in text {
                let Some(found) = postings(character)? else {
                    return Ok(Box::new(EmptyScorer));
                };
                characters.push(found);
            }
            texts.push(characters);
        }
        let mut ends = Vec::new();
        if query.within == Within::Sentence {
            for &end in ENDS {
                ends.extend(postings(end)?);
            }
        }
        let holding = self.holding.scorer(segment, boost)?;
        let mut scorer = NearScorer { holding, texts, ends, within: query.within, boost };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("near each other", scorer.score()))
    }
}

struct NearScorer {
    holding: Box<dyn Scorer>,
    texts: Vec<Vec<SegmentPostings>>,
    ends: Vec<SegmentPostings>,
    within: Within,
    boost: Score,
}

impl NearScorer {
    /// Goes on to the next document in which the texts are near, unless this is one.
    fn settle(&mut self) {
        while self.holding.doc() != TERMINATED && !self.is_near() {
            self.holding.advance();
        }
    }

    fn is_near(&mut self) -> bool {
        let doc = self.holding.doc();
        let mut spots: Vec<(u32, usize)> = Vec::new();
        for (number, text) in self.texts.iter_mut().enumerate() {
            let lists: Vec<Vec<u32>> = text.iter_mut().map(|p| positions(p, doc)).collect();
            let before = spots.len();
            for &start in lists.first().into_iter().flatten() {
                let whole = (start..).zip(&lists).all(|(at, list)| list.binary_search(&at).is_ok());
                if whole {
                    spots.push((start, number));
                }
            }
            if spots.len() == before {
                return false;
            }
        }
        spots.sort_unstable();
        let lengths: Vec<u32> = self.texts.iter().map(|text| text.len() as u32).collect();
        match self.within {
            Within::Characters(most) => stand_within(&spots, &lengths, most),
            Within::Sentence => {
                let mut ends: Vec<u32> =
                    self.ends.iter_mut().flat_map(|postings| positions(postings, doc)).collect();
                ends.sort_unstable();
                in_one_sentence(&spots, self.texts.len(), &ends)
            }
        }
    }
}

/// Whether each text stands once in a stretch in which no more than `most` characters are not
/// theirs.
fn stand_within(spots: &[(u32, usize)], lengths: &[u32], most: u32) -> bool {
    let own: u32 = lengths.iter().sum();
    let mut last: Vec<Option<u32>> = vec![None; lengths.len()];
    for &(at, text) in spots {
        last[text] = Some(at);
        if let Some(starts) = last.iter().copied().collect::<Option<Vec<u32>>>() {
            let first = starts.iter().min().copied().unwrap_or(at);
            let ends = starts.iter().zip(lengths).map(|(start, length)| start + length);
            let end = ends.max().unwrap_or(at);
            if end - first <= own + most {
                return true;
            }
        }
    }
    false
}

/// Whether all texts stand between the same two ends of sentences.
fn in_one_sentence(spots: &[(u32, usize)], texts: usize, ends: &[u32]) -> bool {
    let sentence = |at: u32| ends.partition_point(|&end| end < at);
    spots
        .chunk_by(|a, b| sentence(a.0) == sentence(b.0))
        .any(|same| (0..texts).all(|text| same.iter().any(|&(_, found)| found == text)))
}

impl DocSet for NearScorer {
    fn advance(&mut self) -> DocId {
        self.holding.advance();
        self.settle();
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.holding.doc() < target {
            self.holding.seek(target);
            self.settle();
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.holding.doc()
    }

    fn size_hint(&self) -> u32 {
        self.holding.size_hint()
    }
}

impl Scorer for NearScorer {
    fn score(&mut self) -> Score {
        self.boost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_is_counted_between_the_texts_in_any_order() {
        // 佛山 at 0, 茂名 at 12 (ten characters between them), 佛山 again at 40.
        let spots = [(0, 0), (12, 1), (40, 0)];
        assert!(stand_within(&spots, &[2, 2], 10));
        assert!(!stand_within(&spots, &[2, 2], 9));
        assert!(stand_within(&[(3, 1), (8, 0)], &[2, 2], 3), "the second may come first");
        assert!(!stand_within(&[(3, 1)], &[2, 2], 50));
    }

    #[test]
    fn a_sentence_ends_where_its_sign_stands() {
        assert!(in_one_sentence(&[(1, 0), (6, 1)], 2, &[9]));
        assert!(!in_one_sentence(&[(1, 0), (6, 1)], 2, &[4, 9]));
        assert!(in_one_sentence(&[(1, 0), (6, 1), (12, 0), (15, 1)], 2, &[4, 9]));
    }
}
