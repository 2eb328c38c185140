//! A [`Plan`]'s node and filters → a query of the engine.

use std::cell::RefCell;
use std::ops::{Bound, Range};
use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::bag::{Alternative, BagQuery, Concept, Leaf, PLACES};
use super::closer::{Sketch, Unit};
use super::near::NearQuery;
use super::weights::Weights;
use crate::article::{Level, pair_name};
use crate::index::Fields;
use crate::index::words;
use crate::query::{Bag, Filters, Node, Place, Run, Scope, Within, Word};
use crate::understand::gazetteer::Gazetteer;

/// One in so many articles is taken to hold a text that no list counts.
const UNCOUNTED: u64 = 400;
/// Words of a text that narrow down where its characters are compared.
const GUIDES: usize = 3;
/// Characters that may stand between the parts of a compound.
const NEAR_PARTS: u32 = 4;

/// Which filter is lifted, to count the values of its own facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifted {
    Nothing,
    Regions,
    Cities,
    Days,
    Outlets,
    Kinds,
}

/// Turns nodes and filters into queries over one state of an index.
pub(super) struct Compiler<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: Fields,
    pub(super) weights: &'a Arc<Weights>,
    sketched: RefCell<(Vec<Unit>, Vec<f32>)>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(searcher: &'a Searcher, fields: Fields, weights: &'a Arc<Weights>) -> Self {
        Self { searcher, fields, weights, sketched: RefCell::default() }
    }

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
            Node::Near(texts, within, scope) => {
                let mut worth = 0.0;
                for text in texts {
                    worth += self.worth(text)?;
                }
                Box::new(ConstScoreQuery::new(self.near(texts, *within, *scope), worth))
            }
            Node::Places(places) => {
                unscored(any_of(places.iter().map(|place| self.place(place)).collect()))
            }
            Node::Days(since, until) => unscored(self.days(*since, *until)),
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
        let (concepts, places) = self.concepts(bag)?;
        let query = Box::new(self.bag_of(concepts, places, Arc::clone(self.weights))?);
        Ok(match bag.runs.as_slice() {
            [run] if is_compound(run) => {
                let words: Vec<String> = run.words.iter().map(|word| word.text.clone()).collect();
                let parts = [
                    self.literal(&run.text, run.scope),
                    self.near(&words, Within::Characters(NEAR_PARTS), run.scope),
                ];
                let whole = one_or(parts.into_iter().map(|part| (Occur::Should, part)).collect());
                one_or(vec![(Occur::Must, query), (Occur::Must, unscored(whole))])
            }
            _ => query,
        })
    }

    /// The concepts of a bag, and the places that it names.
    pub(super) fn concepts(&self, bag: &Bag) -> tantivy::Result<(Vec<Concept>, Vec<Vec<Term>>)> {
        let mut concepts: Vec<Concept> = Vec::new();
        let mut places: Vec<Vec<Term>> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for run in &bag.runs {
            if run.words.is_empty() {
                // Function characters only: they are looked for as they stand.
                let leaf = self.literal_leaf(&run.text, run.scope)?;
                let name = run.text.clone();
                concepts.push(Concept { name, leaves: vec![leaf], ..Concept::default() });
            }
            let mut from = 0;
            while from < run.words.len() {
                let until = until(run, from);
                let words = &run.words[from..until];
                if let [word] = words
                    && seen.contains(&word.text.as_str())
                {
                    from = until;
                    continue;
                }
                seen.extend(words.iter().map(|word| word.text.as_str()));
                let concept = self.concept(run, from..until, &mut places)?;
                self.note(run, from..until, &concept);
                concepts.push(concept);
                from = until;
            }
        }
        Ok((concepts, places))
    }

    /// Concepts as a query.
    pub(super) fn bag_of(
        &self,
        concepts: Vec<Concept>,
        places: Vec<Vec<Term>>,
        weights: Arc<Weights>,
    ) -> tantivy::Result<BagQuery> {
        let field = self.fields.words;
        let mut tokens = 0;
        for segment in self.searcher.segment_readers() {
            tokens += segment.inverted_index(field)?.total_num_tokens();
        }
        let average = tokens as f32 / self.total().max(1) as f32;
        let (concepts, places) = (Arc::new(concepts), Arc::new(places));
        Ok(BagQuery { concepts, places, weights, lengths: (field, average) })
    }

    /// Articles in which texts stand near each other.
    fn near(&self, texts: &[String], within: Within, scope: Scope) -> Box<dyn Query> {
        let in_field = |field: Field| -> (Occur, Box<dyn Query>) {
            let holding = texts.iter().map(|text| {
                let found = if field == self.fields.title_characters || scope == Scope::Title {
                    phrase(field, text)
                } else {
                    self.literal(text, scope)
                };
                (Occur::Must, found)
            });
            let holding = one_or(holding.collect());
            let texts = texts.iter().map(|text| text.chars().collect()).collect();
            (Occur::Should, Box::new(NearQuery { holding, texts, within, field }))
        };
        let title = in_field(self.fields.title_characters);
        match scope {
            Scope::Title => one_or(vec![title]),
            Scope::Anywhere => one_or(vec![title, in_field(self.fields.body_characters)]),
        }
    }

    /// The texts of all bags compiled so far, to be looked for closely.
    pub(super) fn take_sketch(&self) -> Sketch {
        let (units, concepts) = self.sketched.take();
        Sketch::new(units, &concepts)
    }

    /// Notes the texts of a concept, to be looked for closely.
    fn note(&self, run: &Run, range: Range<usize>, concept: &Concept) {
        let (units, concepts) = &mut *self.sketched.borrow_mut();
        let number = concepts.len();
        let unit = |text: &str, worth: f32, typed: bool| Unit {
            text: text.chars().collect(),
            concept: number,
            worth,
            typed,
        };
        let words = &run.words[range.clone()];
        for (word, leaf) in words.iter().zip(&concept.leaves) {
            if leaf.idf > 0.0 {
                units.push(unit(&word.text, leaf.idf, true));
            }
        }
        let own = run.expansions.iter().filter(|e| e.words == range);
        for (expansion, alternative) in own.zip(&concept.alternatives) {
            units.push(unit(&expansion.text, alternative.worth, false));
        }
        concepts.push(concept.worth());
    }

    /// Some words of a run, what may stand for all of them, and their places.
    fn concept(
        &self,
        run: &Run,
        range: Range<usize>,
        places: &mut Vec<Vec<Term>>,
    ) -> tantivy::Result<Concept> {
        let words = &run.words[range.clone()];
        let name = words.iter().map(|word| word.text.as_str()).collect();
        let mut concept = Concept { name, ..Concept::default() };
        for word in words {
            let mut leaf = self.leaf(&word.text, run.scope)?;
            if word.filler && self.weights.filler > 0.0 {
                leaf.idf = 0.0;
            }
            concept.leaves.push(leaf);
            for place in word.places.iter().filter(|_| run.scope == Scope::Anywhere) {
                let terms = self.place_terms(place);
                let bit = places.iter().position(|known| *known == terms).unwrap_or_else(|| {
                    places.push(terms);
                    places.len() - 1
                });
                if bit < PLACES {
                    concept.places |= 1 << bit;
                }
            }
        }
        let names = concept.places != 0;
        let mut most = 0;
        for expansion in run.expansions.iter().filter(|e| e.words == range) {
            if run.scope == Scope::Title || self.weights.expansion == 0.0 {
                continue;
            }
            let mut leaves = Vec::new();
            let parts = words::words_of_query(&expansion.text);
            let whole: usize = parts.iter().map(ExactSizeIterator::len).sum();
            let fine =
                parts.iter().all(|part| expansion.text[part.clone()].chars().nth(1).is_some());
            if words::is_term_everywhere(&expansion.text)
                || parts.len() == 1 && whole == expansion.text.len()
            {
                leaves.push(self.leaf(&expansion.text, run.scope)?);
                let term = Term::from_field_text(self.fields.words, &expansion.text);
                most = most.max(self.frequency(&term)?);
            } else if fine && whole == expansion.text.len() {
                for part in parts {
                    leaves.push(self.leaf(&expansion.text[part], run.scope)?);
                }
            } else {
                let mut leaf = self.literal_leaf(&expansion.text, run.scope)?;
                leaf.other_counts = true;
                leaf.idf = self.idf(self.total() / UNCOUNTED);
                leaves.push(leaf);
            }
            let name = expansion.text.clone();
            concept.alternatives.push(Alternative { name, words: leaves, worth: expansion.share });
        }
        if names && !concept.alternatives.is_empty() {
            // A place is as rare as its most frequent name, whatever name was typed.
            let typed = concept.leaves.iter().map(|leaf| leaf.idf).sum::<f32>();
            let worth = typed.min(self.idf(most)).max(self.weights.place_least);
            let count = concept.leaves.len() as f32;
            concept.leaves.iter_mut().for_each(|leaf| leaf.idf = worth / count);
        }
        let typed: f32 = concept.leaves.iter().map(|leaf| leaf.idf).sum();
        for alternative in &mut concept.alternatives {
            // What is frequent says little, even where it stands for something rare.
            let own: f32 = alternative.words.iter().map(|leaf| leaf.idf).sum();
            let most = if names { typed } else { typed.min(own) };
            alternative.worth *= most * self.weights.expansion;
        }
        Ok(concept)
    }

    /// A word of a bag in all fields that can hold it.
    fn leaf(&self, word: &str, scope: Scope) -> tantivy::Result<Leaf> {
        if scope == Scope::Title {
            return self.literal_leaf(word, scope);
        }
        let term = |field| Term::from_field_text(field, word);
        let (open, hidden) = (term(self.fields.words), term(self.fields.hidden_words));
        let frequency = self.frequency(&open)?;
        let kind = Kind::of(word);
        let mut leaf = Leaf {
            counted: Some(open),
            hidden: Vec::new(),
            frequent: kind == Kind::Character,
            other: None,
            other_counts: false,
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
            Kind::Other => {
                leaf.other = Some(self.literal(word, scope).into());
                leaf.other_counts = frequency == 0;
            }
        }
        // A word that no article holds says nothing about which ones hold enough of the query.
        let nowhere = kind == Kind::Entry && frequency + hidden_frequency == 0;
        leaf.idf = if nowhere { 0.0 } else { self.idf(frequency.max(hidden_frequency / 4)) };
        if leaf.other_counts {
            // Nobody counted in how many articles its characters stand together.
            leaf.idf = leaf.idf.min(self.idf(self.total() / UNCOUNTED));
        }
        Ok(leaf)
    }

    /// A text of a bag that is no word: an article holds it or not.
    fn literal_leaf(&self, text: &str, scope: Scope) -> tantivy::Result<Leaf> {
        Ok(Leaf {
            counted: None,
            hidden: Vec::new(),
            frequent: false,
            other: Some(self.literal(text, scope).into()),
            other_counts: false,
            idf: self.worth(text)?,
        })
    }

    /// All articles that contain a folded text, exactly those.
    pub(super) fn literal(&self, text: &str, scope: Scope) -> Box<dyn Query> {
        let Fields { words, hidden_words, title_characters, body_characters, .. } = self.fields;
        let term = |field: Field| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
        };
        let mut places: Vec<Box<dyn Query>> = Vec::new();
        match (Kind::of(text), scope) {
            (_, Scope::Title) => places.push(phrase(title_characters, text)),
            (Kind::Entry, Scope::Anywhere) => {
                places.extend([term(words), term(hidden_words)]);
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

    /// The rarest words that every article which contains the text must hold: finding them is
    /// cheap, comparing the characters of frequent ones is not.
    fn guides(&self, text: &str) -> Vec<Box<dyn Query>> {
        let words = words::words_within(text);
        let mut rated: Vec<(u64, &str)> = Vec::new();
        for word in words {
            let term = |field| Term::from_field_text(field, word);
            let frequency = |field| self.frequency(&term(field)).unwrap_or(u64::MAX);
            rated.push((
                frequency(self.fields.words).saturating_add(frequency(self.fields.hidden_words)),
                word,
            ));
        }
        rated.sort_unstable();
        let guide = |&(_, word): &(u64, &str)| -> Box<dyn Query> {
            let term = |field| -> (Occur, Box<dyn Query>) {
                let term = Term::from_field_text(field, word);
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            };
            one_or(vec![term(self.fields.words), term(self.fields.hidden_words)])
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
        let one_of = |field, names: &[String]| {
            let exact = names.iter().map(|name| {
                let term = Term::from_field_text(field, name);
                let query: Box<dyn Query> =
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic));
                (Occur::Should, query)
            });
            one_or(exact.collect())
        };
        if !filters.outlets.is_empty() && lifted != Lifted::Outlets {
            queries.push(one_of(self.fields.outlet, &filters.outlets));
        }
        if !filters.kinds.is_empty() && lifted != Lifted::Kinds {
            queries.push(one_of(self.fields.kind, &filters.kinds));
        }
        if lifted != Lifted::Days && filters.since.or(filters.until).is_some() {
            queries.push(self.days(filters.since, filters.until));
        }
        queries
    }

    /// Articles that can have been published between two days; none is open.
    fn days(&self, since: Option<u32>, until: Option<u32>) -> Box<dyn Query> {
        let day = |field, day: u32| Term::from_field_u64(field, u64::from(day));
        let mut bounds: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        if let Some(since) = since {
            let from = Bound::Included(day(self.fields.last_day, since));
            bounds.push((Occur::Must, Box::new(RangeQuery::new(from, Bound::Unbounded))));
        }
        if let Some(until) = until {
            let to = Bound::Included(day(self.fields.first_day, until));
            bounds.push((Occur::Must, Box::new(RangeQuery::new(Bound::Unbounded, to))));
        }
        one_or(bounds)
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
        let terms = self.place_terms(place).into_iter();
        any_of(
            terms
                .map(|term| -> Box<dyn Query> {
                    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
                })
                .collect(),
        )
    }

    /// What articles about a place are filed under. Few regions have articles filed under them; of
    /// another one (江浙沪, 苏锡常) these are the articles about its members.
    fn place_terms(&self, place: &Place) -> Vec<Term> {
        let term = |place: &Place| {
            let field = match place {
                Place::Province(_) => self.fields.province,
                Place::City(_) => self.fields.city,
                Place::County(_) => self.fields.county,
                Place::Region(_) => self.fields.region,
            };
            Term::from_field_text(field, place.name())
        };
        match place {
            Place::Region(name) => {
                let members = members(name);
                if members.is_empty() {
                    vec![term(place)]
                } else {
                    members.iter().map(term).collect()
                }
            }
            _ => vec![term(place)],
        }
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
            let term = Term::from_field_text(self.fields.words, word);
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

/// Where the concept ends that begins at a word of a run.
fn until(run: &Run, from: usize) -> usize {
    let own = run.expansions.iter().filter(|e| e.words.start == from);
    own.map(|e| e.words.end).max().unwrap_or(from + 1)
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

/// One of some queries.
fn any_of(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    one_or(queries.into_iter().map(|query| (Occur::Should, query)).collect())
}

/// Whether a run is a short compound of words and a character that is left over (合作区): its parts
/// say much less than the whole, so they have to stand near each other.
fn is_compound(run: &Run) -> bool {
    let length = |word: &Word| word.text.chars().count();
    let places = run.words.iter().any(|word| !word.places.is_empty());
    match run.words.as_slice() {
        [first, last] => length(first) > 1 && length(last) == 1 && !places,
        _ => false,
    }
}

fn unscored(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// The members of a region that no article is filed under, as articles about them are.
fn members(region: &str) -> Vec<Place> {
    let gazetteer = Gazetteer::get();
    let region = gazetteer.regions().iter().find(|known| known.name == region && !known.listed);
    let members = region.into_iter().flat_map(|region| &region.members);
    let divisions = members.filter_map(|code| gazetteer.division(code));
    let places = divisions.filter_map(|division| {
        let name = division.name.to_owned();
        Some(match division.level {
            Level::Province => Place::Province(name),
            Level::Municipality | Level::City => Place::City(name),
            Level::County => Place::County(format!("{}/{name}", gazetteer.city_of(division)?.name)),
            Level::Region => return None,
        })
    });
    places.collect()
}
