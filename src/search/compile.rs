//! A [`Plan`]'s node and filters → a query of the engine.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::bag::{BagQuery, Leaf, title_weight};
use crate::article::pair_name;
use crate::index::Fields;
use crate::index::words;
use crate::query::{Bag, Filters, Node, Place, Scope, Word};

/// Share of the words' worth that an article has to hold to match at all.
const REQUIRED: f32 = 0.4;
/// Words of a text that narrow down where its characters are compared.
const GUIDES: usize = 3;

/// Which filter is lifted, to count the values of its own facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifted {
    Nothing,
    Regions,
    Cities,
    Days,
    Outlets,
}

/// Turns nodes and filters into queries over one state of an index.
pub(super) struct Compiler<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: Fields,
}

impl Compiler<'_> {
    /// What an article has to hold, and the filters but the lifted one.
    pub(super) fn plan(
        &self,
        node: Option<&Node>,
        filters: &Filters,
        lifted: Lifted,
    ) -> tantivy::Result<Box<dyn Query>> {
        let mut clauses = vec![(
            Occur::Must,
            match node {
                Some(node) => self.node(node)?,
                None => unscored(Box::new(AllQuery)),
            },
        )];
        let filters = self.filters(filters, lifted);
        clauses.extend(filters.into_iter().map(|filter| (Occur::Must, unscored(filter))));
        Ok(one_or(clauses))
    }

    fn node(&self, node: &Node) -> tantivy::Result<Box<dyn Query>> {
        Ok(match node {
            Node::Bag(bag) => self.bag(bag)?,
            Node::Phrase(text, scope) => {
                let worth = self.worth(text)?;
                Box::new(ConstScoreQuery::new(self.literal(text, *scope), worth))
            }
            Node::Outlet(name) => unscored(self.outlet_holding(name)),
            Node::Any(nodes) => {
                let any: tantivy::Result<Vec<_>> =
                    nodes.iter().map(|node| Ok((Occur::Should, self.node(node)?))).collect();
                one_or(any?)
            }
            Node::All(nodes) => {
                let mut clauses = Vec::new();
                for node in nodes {
                    clauses.push(match node {
                        Node::Not(inner) => (Occur::MustNot, self.node(inner)?),
                        other => (Occur::Must, self.node(other)?),
                    });
                }
                if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
                }
                one_or(clauses)
            }
            Node::Not(inner) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::MustNot, self.node(inner)?),
            ])),
        })
    }

    fn bag(&self, bag: &Bag) -> tantivy::Result<Box<dyn Query>> {
        let mut leaves: Vec<(String, Leaf)> = Vec::new();
        for run in &bag.runs {
            if run.words.is_empty() {
                // Function characters only: they are looked for as they stand.
                let leaf = self.literal_leaf(&run.text, run.scope)?;
                leaves.push((run.text.clone(), leaf));
            }
            for word in &run.words {
                if !leaves.iter().any(|(text, _)| *text == word.text) {
                    leaves.push((word.text.clone(), self.leaf(word, run.scope)?));
                }
            }
        }
        let field = self.fields.body_words;
        let mut tokens = 0;
        for segment in self.searcher.segment_readers() {
            tokens += segment.inverted_index(field)?.total_num_tokens();
        }
        let average = tokens as f32 / self.total().max(1) as f32;
        Ok(Box::new(BagQuery {
            leaves: Arc::new(leaves.into_iter().map(|(_, leaf)| leaf).collect()),
            required: REQUIRED,
            lengths: (field, average),
        }))
    }

    /// A word of a bag in all fields that can hold it.
    fn leaf(&self, word: &Word, scope: Scope) -> tantivy::Result<Leaf> {
        let Fields { title_words, body_words, hidden_words, .. } = self.fields;
        if scope == Scope::Title {
            return self.literal_leaf(&word.text, scope);
        }
        let term = |field| Term::from_field_text(field, &word.text);
        let (title, body, hidden) = (term(title_words), term(body_words), term(hidden_words));
        let frequency = self.frequency(&body)?.max(self.frequency(&title)?);
        let kind = Kind::of(&word.text);
        let mut leaf = Leaf {
            counted: vec![(body, 1.0), (title, title_weight())],
            hidden: Vec::new(),
            frequent: kind == Kind::Character,
            places: Vec::new(),
            other: None,
            idf: 0.0,
        };
        let mut hidden_frequency = 0;
        match kind {
            Kind::Entry => {
                hidden_frequency = self.frequency(&hidden)?;
                leaf.hidden.push(hidden);
            }
            Kind::Character => {
                leaf.hidden.push(term(self.fields.body_characters));
                leaf.hidden.push(term(self.fields.title_characters));
            }
            Kind::Other => leaf.other = Some(self.literal(&word.text, scope).into()),
        }
        if let Some(place) = &word.place {
            leaf.places.push(self.place_term(place));
        }
        // A word that no article holds says nothing about which ones hold enough of the query.
        let nowhere = kind == Kind::Entry && frequency + hidden_frequency == 0;
        leaf.idf = if nowhere { 0.0 } else { self.idf(frequency.max(hidden_frequency / 4)) };
        Ok(leaf)
    }

    /// A text of a bag that is no word: an article holds it or not.
    fn literal_leaf(&self, text: &str, scope: Scope) -> tantivy::Result<Leaf> {
        Ok(Leaf {
            counted: Vec::new(),
            hidden: Vec::new(),
            frequent: false,
            places: Vec::new(),
            other: Some(self.literal(text, scope).into()),
            idf: self.worth(text)?,
        })
    }

    /// All articles that contain a folded text, exactly those.
    pub(super) fn literal(&self, text: &str, scope: Scope) -> Box<dyn Query> {
        let Fields {
            title_words, body_words, hidden_words, title_characters, body_characters, ..
        } = self.fields;
        let term = |field: Field| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
        };
        let mut places: Vec<Box<dyn Query>> = Vec::new();
        match (Kind::of(text), scope) {
            (_, Scope::Title) => places.push(phrase(title_characters, text)),
            (Kind::Entry, Scope::Anywhere) => {
                places.extend([term(title_words), term(body_words), term(hidden_words)]);
            }
            (Kind::Character, Scope::Anywhere) => {
                places.extend([term(title_characters), term(body_characters)]);
            }
            (Kind::Other, Scope::Anywhere) => {
                places.push(phrase(title_characters, text));
                let mut both = self.guides(text);
                both.push(phrase(body_characters, text));
                let clauses = both.into_iter().map(|query| (Occur::Must, query));
                places.push(one_or(clauses.collect()));
            }
        }
        one_or(places.into_iter().map(|query| (Occur::Should, query)).collect())
    }

    /// A run's characters one after the other in the text.
    pub(super) fn characters_in_body(&self, text: &str) -> Box<dyn Query> {
        phrase(self.fields.body_characters, text)
    }

    /// A run's characters one after the other in the headline.
    pub(super) fn characters_in_title(&self, text: &str) -> Box<dyn Query> {
        phrase(self.fields.title_characters, text)
    }

    /// The rarest words that every article which contains the text must hold: finding them is
    /// cheap, comparing the characters of frequent ones is not.
    fn guides(&self, text: &str) -> Vec<Box<dyn Query>> {
        let words = words::words_within(text);
        let mut rated: Vec<(u64, &str)> = Vec::new();
        for word in words {
            let term = |field| Term::from_field_text(field, word);
            let frequency = |field| self.frequency(&term(field)).unwrap_or(u64::MAX);
            rated.push((
                frequency(self.fields.body_words)
                    .saturating_add(frequency(self.fields.hidden_words)),
                word,
            ));
        }
        rated.sort_unstable();
        let guide = |&(_, word): &(u64, &str)| -> Box<dyn Query> {
            let term = |field| -> (Occur, Box<dyn Query>) {
                let term = Term::from_field_text(field, word);
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            };
            one_or(vec![term(self.fields.body_words), term(self.fields.hidden_words)])
        };
        rated.iter().take(GUIDES).map(guide).collect()
    }

    fn filters(&self, filters: &Filters, lifted: Lifted) -> Vec<Box<dyn Query>> {
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        let any_of = |places: &[Place]| {
            one_or(places.iter().map(|place| (Occur::Should, self.place(place))).collect())
        };
        if !filters.regions.is_empty() && lifted != Lifted::Regions {
            queries.push(any_of(&filters.regions));
        }
        if !filters.cities.is_empty() && lifted != Lifted::Cities {
            queries.push(any_of(&filters.cities));
        }
        queries.extend(self.partners(&filters.partners));
        if !filters.outlets.is_empty() && lifted != Lifted::Outlets {
            let exact = filters.outlets.iter().map(|name| {
                let term = Term::from_field_text(self.fields.outlet, name);
                let query: Box<dyn Query> =
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic));
                (Occur::Should, query)
            });
            queries.push(one_or(exact.collect()));
        }
        if lifted != Lifted::Days {
            let day = |field, day: u32| Term::from_field_u64(field, u64::from(day));
            if let Some(since) = filters.since {
                let from = Bound::Included(day(self.fields.last_day, since));
                queries.push(Box::new(RangeQuery::new(from, Bound::Unbounded)));
            }
            if let Some(until) = filters.until {
                let to = Bound::Included(day(self.fields.first_day, until));
                queries.push(Box::new(RangeQuery::new(Bound::Unbounded, to)));
            }
        }
        queries
    }

    /// Articles in which each two of some places work together; of one place, with anybody.
    fn partners(&self, names: &[Vec<Place>]) -> Vec<Box<dyn Query>> {
        let key = |text: &str| -> Box<dyn Query> {
            let term = Term::from_field_text(self.fields.partnership, text);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        // Partners are filed by city; of a county the article has to be about it, too.
        let filed = |place: &Place| match place {
            Place::County(name) => name.split('/').next().unwrap_or(name).to_owned(),
            other => other.name().to_owned(),
        };
        let with_county = |query: Box<dyn Query>, places: [&Place; 2]| -> Box<dyn Query> {
            let counties = places.into_iter().filter(|place| matches!(place, Place::County(_)));
            let mut all = vec![(Occur::Must, query)];
            all.extend(counties.map(|place| (Occur::Must, self.place(place))));
            Box::new(BooleanQuery::new(all))
        };
        let mut queries = Vec::new();
        if let [alone] = names {
            let any = alone
                .iter()
                .map(|place| (Occur::Should, with_county(key(&filed(place)), [place, place])));
            queries.push(one_or(any.collect()));
        }
        for (number, first) in names.iter().enumerate() {
            for second in &names[number + 1..] {
                let mut any = Vec::new();
                for a in first {
                    for b in second {
                        let pair = key(&pair_name(&filed(a), &filed(b)));
                        any.push((Occur::Should, with_county(pair, [a, b])));
                    }
                }
                queries.push(one_or(any));
            }
        }
        queries
    }

    fn place(&self, place: &Place) -> Box<dyn Query> {
        Box::new(TermQuery::new(self.place_term(place), IndexRecordOption::Basic))
    }

    fn place_term(&self, place: &Place) -> Term {
        let field = match place {
            Place::Province(_) => self.fields.province,
            Place::City(_) => self.fields.city,
            Place::County(_) => self.fields.county,
            Place::Region(_) => self.fields.region,
        };
        Term::from_field_text(field, place.name())
    }

    /// Articles of outlets whose folded name holds a folded text.
    fn outlet_holding(&self, text: &str) -> Box<dyn Query> {
        // The names stand in the index as pages write them; comparing folded forms needs the list
        // of names, which is short.
        let mut names: Vec<String> = Vec::new();
        for segment in self.searcher.segment_readers() {
            let Ok(Some(column)) = segment.fast_fields().str("outlet") else { continue };
            let Ok(mut stream) = column.dictionary().stream() else { continue };
            while stream.advance() {
                if let Ok(name) = std::str::from_utf8(stream.key())
                    && crate::clean::fold::fold(name).contains(text)
                {
                    names.push(name.to_owned());
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        let terms = names.iter().map(|name| {
            let term = Term::from_field_text(self.fields.outlet, name);
            let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            (Occur::Should, query)
        });
        one_or(terms.collect())
    }

    /// What a text is worth in a score: the sum over its words, as if each stood once in an
    /// article of average length.
    fn worth(&self, text: &str) -> tantivy::Result<f32> {
        let words = words::words_of_query(text);
        self.worth_of(words.into_iter().map(|range| &text[range]))
    }

    /// What some words are worth together.
    pub(super) fn worth_of<'w>(
        &self,
        words: impl Iterator<Item = &'w str>,
    ) -> tantivy::Result<f32> {
        let mut worth = 0.0;
        for word in words {
            let term = Term::from_field_text(self.fields.body_words, word);
            worth += self.idf(self.frequency(&term)?);
        }
        Ok(worth.max(1.0))
    }

    fn total(&self) -> u64 {
        self.searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum()
    }

    fn frequency(&self, term: &Term) -> tantivy::Result<u64> {
        self.searcher.doc_freq(term)
    }

    /// ln(1 + (N − n + ½) / (n + ½)), as in BM25.
    fn idf(&self, frequency: u64) -> f32 {
        let (total, frequency) = (self.total() as f32, frequency as f32);
        (1.0 + (total - frequency + 0.5).max(0.0) / (frequency + 0.5)).ln()
    }
}

/// How a text can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A word of the dictionary, or a short run of letters or digits: a term wherever it stands.
    Entry,
    /// One character.
    Character,
    /// Anything else: its characters have to be compared.
    Other,
}

impl Kind {
    fn of(text: &str) -> Self {
        if text.chars().nth(1).is_none() {
            Self::Character
        } else if words::is_term_everywhere(text) {
            Self::Entry
        } else {
            Self::Other
        }
    }
}

/// The characters of a text one after the other in a field of characters.
fn phrase(field: Field, text: &str) -> Box<dyn Query> {
    let mut buffer = [0; 4];
    let terms: Vec<Term> =
        text.chars().map(|c| Term::from_field_text(field, c.encode_utf8(&mut buffer))).collect();
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => Box::new(TermQuery::new(terms[0].clone(), IndexRecordOption::Basic)),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

/// The clauses as one query; a lone one stays itself, none matches nothing.
fn one_or(mut clauses: Vec<(Occur, Box<dyn Query>)>) -> Box<dyn Query> {
    match clauses.len() {
        0 => Box::new(EmptyQuery),
        1 if clauses[0].0 != Occur::MustNot => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
