//! A [`Condition`] → a query of the engine on this machine.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, TantivyError, Term};

use super::bag::BagQuery;
use super::condition::{Column, Condition, Key, Near, Statistics};
use super::near::NearQuery;
use crate::index::Fields;

/// What is known of all articles of an index.
pub(super) struct LocalStatistics<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: Fields,
}

impl Statistics for LocalStatistics<'_> {
    type Error = TantivyError;

    fn total(&self) -> u64 {
        self.searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum()
    }

    fn frequency(&self, key: &Key) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&term_of(key, self.fields))
    }

    fn average_length(&self) -> tantivy::Result<f32> {
        let mut tokens = 0;
        for segment in self.searcher.segment_readers() {
            tokens += segment.inverted_index(self.fields.words)?.total_num_tokens();
        }
        Ok(tokens as f32 / self.total().max(1) as f32)
    }

    fn outlets(&self) -> tantivy::Result<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for segment in self.searcher.segment_readers() {
            let Some(column) = segment.fast_fields().str("outlet")? else { continue };
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                names.extend(std::str::from_utf8(stream.key()).map(str::to_owned));
            }
        }
        Ok(names)
    }
}

fn field_of(column: Column, fields: Fields) -> Field {
    match column {
        Column::Words => fields.words,
        Column::HiddenWords => fields.hidden_words,
        Column::TitleCharacters => fields.title_characters,
        Column::BodyCharacters => fields.body_characters,
        Column::Province => fields.province,
        Column::City => fields.city,
        Column::County => fields.county,
        Column::Region => fields.region,
        Column::Partnership => fields.partnership,
        Column::Kind => fields.kind,
        Column::Outlet => fields.outlet,
    }
}

/// Moves on to the first document from `target` on, which is returned; documents are asked about in
/// order.
pub(super) fn catch_up<D: DocSet + ?Sized>(docs: &mut D, target: DocId) -> DocId {
    let now = docs.doc();
    if now < target { docs.seek(target) } else { now }
}

/// Where a list's term stands in a document; documents are asked about in order.
pub(super) fn positions(postings: &mut SegmentPostings, doc: DocId) -> Vec<u32> {
    let mut found = Vec::new();
    if catch_up(postings, doc) == doc {
        postings.positions(&mut found);
    }
    found
}

/// A character as a term of a field of characters.
pub(super) fn term_of_character(field: Field, character: char) -> Term {
    Term::from_field_text(field, character.encode_utf8(&mut [0; 4]))
}

/// A term as the engine has it.
pub(super) fn term_of(key: &Key, fields: Fields) -> Term {
    Term::from_field_text(field_of(key.column, fields), &key.text)
}

/// A condition as a query of the engine.
pub(super) fn query_of(condition: &Condition, fields: Fields) -> Box<dyn Query> {
    let with = |occur: Occur| move |inner: &Condition| (occur, query_of(inner, fields));
    match condition {
        Condition::Everything => unscored(Box::new(AllQuery)),
        Condition::Nothing => Box::new(EmptyQuery),
        Condition::Term(key) => {
            Box::new(TermQuery::new(term_of(key, fields), IndexRecordOption::Basic))
        }
        Condition::Phrase(column, text) => {
            let field = field_of(*column, fields);
            let terms = text.chars().map(|character| term_of_character(field, character));
            Box::new(PhraseQuery::new(terms.collect()))
        }
        Condition::Near(Near { holding, texts, within, column }) => Box::new(NearQuery {
            holding: query_of(holding, fields),
            texts: texts.iter().map(|text| text.chars().collect()).collect(),
            within: *within,
            field: field_of(*column, fields),
        }),
        Condition::Days(since, until) => days(*since, *until, fields),
        Condition::All(all, not) => {
            let mut clauses: Vec<(Occur, Box<dyn Query>)> =
                all.iter().map(with(Occur::Must)).collect();
            clauses.extend(not.iter().map(with(Occur::MustNot)));
            if all.is_empty() {
                clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Condition::Any(some) => {
            Box::new(BooleanQuery::new(some.iter().map(with(Occur::Should)).collect()))
        }
        Condition::Constant(inner, worth) => {
            Box::new(ConstScoreQuery::new(query_of(inner, fields), *worth))
        }
        Condition::Bag(bag) => Box::new(BagQuery { bag: Arc::clone(bag), fields }),
    }
}

/// Articles that can have been published between two days; none is open.
fn days(since: Option<u32>, until: Option<u32>, fields: Fields) -> Box<dyn Query> {
    let day = |field, day: u32| Bound::Included(Term::from_field_u64(field, u64::from(day)));
    let mut bounds: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    if let Some(since) = since {
        let query = RangeQuery::new(day(fields.last_day, since), Bound::Unbounded);
        bounds.push((Occur::Must, Box::new(query)));
    }
    if let Some(until) = until {
        let query = RangeQuery::new(Bound::Unbounded, day(fields.first_day, until));
        bounds.push((Occur::Must, Box::new(query)));
    }
    Box::new(BooleanQuery::new(bounds))
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
