//! A [`Plan`]'s node and filters → a [`Condition`], which any engine can carry out.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use super::closer::{Sketch, Unit};
use super::condition::{
    Alternative, Bag, Column, Concept, Condition, Key, Leaf, Near, PLACES, Statistics,
};
use super::weights::Weights;
use crate::article::pair_name;
use crate::index::words;
use crate::query::{self, Filters, Node, Place, Run, Scope, Within, Word, members};
use crate::understand::gazetteer::Gazetteer;

/// One in so many articles is taken to hold a text that no list counts.
const UNCOUNTED: u64 = 400;
/// Words of a text that narrow down where its characters are compared.
const GUIDES: usize = 3;
/// Characters that may stand between the parts of a compound.
const NEAR_PARTS: u32 = 4;

/// Which filter is lifted, to count the values of its own facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifted {
    Nothing,
    Regions,
    Cities,
    Days,
    Outlets,
    Kinds,
}

/// The facets of a plan, by the filter that is lifted to count them: those whose own filter is not
/// set are counted together, under all filters.
pub(crate) fn facet_groups(filters: &Filters) -> Vec<(Lifted, Vec<&'static str>)> {
    // Those that somebody's partners work with are what is asked: nothing is lifted.
    let mut together = vec!["partner"];
    let mut alone = Vec::new();
    let facets: [(Lifted, bool, &[&'static str]); 5] = [
        (Lifted::Kinds, !filters.kinds.is_empty(), &["kind"]),
        (Lifted::Regions, !filters.regions.is_empty(), &["province", "region"]),
        (Lifted::Cities, !filters.cities.is_empty(), &["city", "county"]),
        (Lifted::Days, filters.since.or(filters.until).is_some(), &["year", "month"]),
        (Lifted::Outlets, !filters.outlets.is_empty(), &["outlet"]),
    ];
    for (lifted, is_set, names) in facets {
        if is_set {
            alone.push((lifted, names.to_vec()));
        } else {
            together.extend(names);
        }
    }
    alone.insert(0, (Lifted::Nothing, together));
    alone
}

/// The concepts of a bag, and the facet terms of each place that it names.
type Parts = (Vec<Concept>, Vec<Vec<Key>>);

/// Turns nodes and filters into conditions, weighing words by what is known of all articles.
pub(crate) struct Compiler<'a, S> {
    statistics: &'a S,
    weights: &'a Arc<Weights>,
    sketched: RefCell<(Vec<Unit>, Vec<f32>)>,
}

impl<'a, S: Statistics> Compiler<'a, S> {
    pub(crate) fn new(statistics: &'a S, weights: &'a Arc<Weights>) -> Self {
        Self { statistics, weights, sketched: RefCell::default() }
    }

    /// What an article has to hold, and the filters but the lifted one.
    pub(crate) fn plan(
        &self,
        node: Option<&Node>,
        filters: &Filters,
        lifted: Lifted,
    ) -> Result<Condition, S::Error> {
        let mut all = vec![match node {
            Some(node) => self.node(node)?,
            None => Condition::Everything,
        }];
        all.extend(Self::filters(filters, lifted).into_iter().map(Condition::unscored));
        Ok(Condition::all(all))
    }

    fn node(&self, node: &Node) -> Result<Condition, S::Error> {
        Ok(match node {
            Node::Bag(bag) => self.bag(bag)?,
            Node::Phrase(text, scope) => {
                let worth = self.worth(text)?;
                Condition::Constant(Box::new(self.literal(text, *scope)?), worth)
            }
            Node::Outlet(name) => self.outlet_holding(name)?.unscored(),
            Node::Near(texts, within, scope) => {
                let mut worth = 0.0;
                for text in texts {
                    worth += self.worth(text)?;
                }
                Condition::Constant(Box::new(self.near(texts, *within, *scope)?), worth)
            }
            Node::Places(places) => {
                Condition::any(places.iter().map(|place| Self::place(place)).collect()).unscored()
            }
            Node::Days(since, until) => Condition::Days(*since, *until).unscored(),
            Node::Any(nodes) => {
                let any: Result<Vec<_>, _> = nodes.iter().map(|node| self.node(node)).collect();
                Condition::any(any?)
            }
            Node::All(nodes) => {
                let (mut all, mut not) = (Vec::new(), Vec::new());
                for node in nodes {
                    match node {
                        Node::Not(inner) => not.push(self.node(inner)?),
                        other => all.push(self.node(other)?),
                    }
                }
                if not.is_empty() { Condition::all(all) } else { Condition::All(all, not) }
            }
            Node::Not(inner) => Condition::All(Vec::new(), vec![self.node(inner)?]),
        })
    }

    fn bag(&self, bag: &query::Bag) -> Result<Condition, S::Error> {
        let (concepts, places) = self.concepts(bag)?;
        let scored = self.bag_of(concepts, places, Arc::clone(self.weights))?;
        let scored = Condition::Bag(Arc::new(scored));
        Ok(match bag.runs.as_slice() {
            [run] if is_compound(run) => {
                let words: Vec<String> = run.words.iter().map(|word| word.text.clone()).collect();
                let parts = vec![
                    self.literal(&run.text, run.scope)?,
                    self.near(&words, Within::Characters(NEAR_PARTS), run.scope)?,
                ];
                Condition::all(vec![scored, Condition::any(parts).unscored()])
            }
            _ => scored,
        })
    }

    /// The concepts of a bag, and the places that it names.
    pub(crate) fn concepts(&self, bag: &query::Bag) -> Result<Parts, S::Error> {
        let mut concepts: Vec<Concept> = Vec::new();
        let mut places: Vec<Vec<Key>> = Vec::new();
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

    /// Concepts as a bag.
    pub(crate) fn bag_of(
        &self,
        concepts: Vec<Concept>,
        places: Vec<Vec<Key>>,
        weights: Arc<Weights>,
    ) -> Result<Bag, S::Error> {
        Ok(Bag { concepts, places, weights, average: self.statistics.average_length()? })
    }

    /// Articles in which texts stand near each other.
    fn near(&self, texts: &[String], within: Within, scope: Scope) -> Result<Condition, S::Error> {
        let in_column = |column: Column| -> Result<Condition, S::Error> {
            let holding: Result<Vec<Condition>, S::Error> = texts
                .iter()
                .map(|text| match column {
                    Column::BodyCharacters => self.literal(text, scope),
                    _ => Ok(phrase(column, text)),
                })
                .collect();
            let holding = Box::new(Condition::all(holding?));
            Ok(Condition::Near(Near { holding, texts: texts.to_vec(), within, column }))
        };
        let title = in_column(Column::TitleCharacters)?;
        Ok(match scope {
            Scope::Title => title,
            Scope::Anywhere => Condition::any(vec![title, in_column(Column::BodyCharacters)?]),
        })
    }

    /// The texts of all bags compiled so far, to be looked for closely.
    pub(crate) fn take_sketch(&self) -> Sketch {
        let (units, concepts) = self.sketched.take();
        Sketch::new(units, &concepts)
    }

    /// Notes the texts of a concept, to be looked for closely.
    fn note(&self, run: &Run, range: Range<usize>, concept: &Concept) {
        let (units, concepts) = &mut *self.sketched.borrow_mut();
        let number = concepts.len();
        let unit = |texts: &[String], worth: f32, typed: bool| Unit {
            texts: texts.iter().map(|text| text.chars().collect()).collect(),
            concept: number,
            worth,
            typed,
        };
        let words = &run.words[range.clone()];
        for (word, leaf) in words.iter().zip(&concept.leaves) {
            if leaf.idf > 0.0 {
                units.push(unit(std::slice::from_ref(&word.text), leaf.idf, true));
            }
        }
        let own = run.expansions.iter().filter(|e| e.words == range);
        for (expansion, alternative) in own.zip(&concept.alternatives) {
            units.push(unit(&expansion.texts, alternative.worth, false));
        }
        concepts.push(concept.worth());
    }

    /// Some words of a run, what may stand for all of them, and their places.
    fn concept(
        &self,
        run: &Run,
        range: Range<usize>,
        places: &mut Vec<Vec<Key>>,
    ) -> Result<Concept, S::Error> {
        let words = &run.words[range.clone()];
        let name = words.iter().map(|word| word.text.as_str()).collect();
        let mut concept = Concept { name, ..Concept::default() };
        let mut cities_meant = false;
        let mut abbreviated = true;
        for word in words {
            let mut leaf = self.leaf(&word.text, run.scope)?;
            if word.filler && self.weights.filler > 0.0 {
                leaf.idf = 0.0;
            }
            concept.leaves.push(leaf);
            cities_meant |= !word.any_of.is_empty();
            abbreviated &= word.text.chars().count() == word.places.len();
            let mut named: Vec<Vec<Key>> = word.places.iter().map(Self::place_terms).collect();
            if !word.any_of.is_empty() {
                // Any of them will do, whichever of the regions it lies in.
                let any = word.any_of.iter().flat_map(Self::place_terms);
                let mut any: Vec<Key> = named.into_iter().flatten().chain(any).collect();
                any.sort_unstable();
                any.dedup();
                named = vec![any];
            }
            if run.scope == Scope::Title {
                named.clear();
            }
            for terms in named {
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
            for text in &expansion.texts {
                leaves.extend(self.leaves_instead(text, run.scope)?);
            }
            if let ([_], [text]) = (leaves.as_slice(), expansion.texts.as_slice()) {
                most = most.max(self.frequency(Column::Words, text)?);
            }
            let (name, worth) = (expansion.shown(), expansion.share);
            concept.alternatives.push(Alternative { name, words: leaves, worth });
        }
        if names && !concept.alternatives.is_empty() {
            // A place is as rare as its most frequent name, whatever name was typed.
            let typed = concept.leaves.iter().map(|leaf| leaf.idf).sum::<f32>();
            let worth = typed.min(self.idf(most)).max(self.weights.place_least);
            let count = concept.leaves.len() as f32;
            concept.leaves.iter_mut().for_each(|leaf| leaf.idf = worth / count);
        }
        if names {
            // Who is about 济南 and 武隆 is about 鲁渝, and writes no 鲁 and no 渝.
            let instead = abbreviated || cities_meant;
            concept.about = if instead { self.weights.short_place } else { self.weights.place };
        }
        if cities_meant {
            concept.leaves.iter_mut().for_each(|leaf| leaf.idf *= self.weights.cities);
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

    /// The words of a text that stands for what was typed.
    fn leaves_instead(&self, text: &str, scope: Scope) -> Result<Vec<Leaf>, S::Error> {
        let parts = words::words_of_query(text);
        let whole = parts.iter().map(ExactSizeIterator::len).sum::<usize>() == text.len();
        let fine = parts.iter().all(|part| text[part.clone()].chars().nth(1).is_some());
        if words::is_term_everywhere(text) || parts.len() == 1 && whole {
            return Ok(vec![self.leaf(text, scope)?]);
        }
        if fine && whole {
            return parts.into_iter().map(|part| self.leaf(&text[part], scope)).collect();
        }
        let mut leaf = self.literal_leaf(text, scope)?;
        leaf.other_counts = true;
        leaf.idf = self.idf(self.total() / UNCOUNTED);
        Ok(vec![leaf])
    }

    /// A word of a bag in all fields that can hold it.
    fn leaf(&self, word: &str, scope: Scope) -> Result<Leaf, S::Error> {
        if scope == Scope::Title {
            return self.literal_leaf(word, scope);
        }
        let frequency = self.frequency(Column::Words, word)?;
        let kind = Kind::of(word);
        let mut leaf = Leaf {
            counted: Some(Key::of(Column::Words, word)),
            hidden: Vec::new(),
            frequent: kind == Kind::Character,
            other: None,
            other_counts: false,
            idf: 0.0,
        };
        let mut hidden_frequency = 0;
        match kind {
            Kind::Entry => {
                hidden_frequency = self.frequency(Column::HiddenWords, word)?;
                leaf.hidden.push(Key::of(Column::HiddenWords, word));
            }
            Kind::Character => {
                leaf.hidden.push(Key::of(Column::BodyCharacters, word));
                leaf.hidden.push(Key::of(Column::TitleCharacters, word));
            }
            Kind::Other => {
                leaf.other = Some(self.literal(word, scope)?);
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
    fn literal_leaf(&self, text: &str, scope: Scope) -> Result<Leaf, S::Error> {
        Ok(Leaf {
            counted: None,
            hidden: Vec::new(),
            frequent: false,
            other: Some(self.literal(text, scope)?),
            other_counts: false,
            idf: self.worth(text)?,
        })
    }

    /// All articles that contain a folded text, exactly those.
    pub(crate) fn literal(&self, text: &str, scope: Scope) -> Result<Condition, S::Error> {
        let terms =
            |columns: [Column; 2]| Condition::one_of(columns.map(|column| Key::of(column, text)));
        Ok(match (Kind::of(text), scope) {
            (_, Scope::Title) => phrase(Column::TitleCharacters, text),
            (Kind::Entry, Scope::Anywhere) => terms([Column::Words, Column::HiddenWords]),
            (Kind::Character, Scope::Anywhere) => {
                terms([Column::TitleCharacters, Column::BodyCharacters])
            }
            (Kind::Other, Scope::Anywhere) => {
                let mut both = self.guides(text)?;
                both.push(phrase(Column::BodyCharacters, text));
                let title = phrase(Column::TitleCharacters, text);
                Condition::any(vec![title, Condition::all(both)])
            }
        })
    }

    /// The rarest words that every article which contains the text must hold: finding them is
    /// cheap, comparing the characters of frequent ones is not.
    fn guides(&self, text: &str) -> Result<Vec<Condition>, S::Error> {
        let mut rated: Vec<(u64, &str)> = Vec::new();
        for word in words::words_within(text) {
            let open = self.frequency(Column::Words, word)?;
            rated.push((open.saturating_add(self.frequency(Column::HiddenWords, word)?), word));
        }
        rated.sort_unstable();
        let guide = |&(_, word): &(u64, &str)| {
            Condition::one_of([Column::Words, Column::HiddenWords].map(|c| Key::of(c, word)))
        };
        Ok(rated.iter().take(GUIDES).map(guide).collect())
    }

    fn filters(filters: &Filters, lifted: Lifted) -> Vec<Condition> {
        let mut conditions: Vec<Condition> = Vec::new();
        let any_of = |places: &[Place]| Condition::any(places.iter().map(Self::place).collect());
        if !filters.regions.is_empty() && lifted != Lifted::Regions {
            conditions.push(any_of(&filters.regions));
        }
        if !filters.cities.is_empty() && lifted != Lifted::Cities {
            conditions.push(any_of(&filters.cities));
        }
        conditions.extend(Self::partners(&filters.partners));
        let one_of = |column, names: &[String]| {
            Condition::one_of(names.iter().map(|name| Key::of(column, name)))
        };
        if !filters.outlets.is_empty() && lifted != Lifted::Outlets {
            conditions.push(one_of(Column::Outlet, &filters.outlets));
        }
        if !filters.kinds.is_empty() && lifted != Lifted::Kinds {
            conditions.push(one_of(Column::Kind, &filters.kinds));
        }
        if lifted != Lifted::Days && filters.since.or(filters.until).is_some() {
            conditions.push(Condition::Days(filters.since, filters.until));
        }
        conditions
    }

    /// Articles in which each two of some places work together; of one place, with anybody.
    fn partners(names: &[Vec<Place>]) -> Vec<Condition> {
        let key = |text: &str| Condition::Term(Key::of(Column::Partnership, text));
        // Partners are filed by city; of a county the article has to be about it, too.
        let filed = |place: &Place| match place {
            Place::County(name) => name.split('/').next().unwrap_or(name).to_owned(),
            other => other.name().to_owned(),
        };
        let with_county = |condition: Condition, places: [&Place; 2]| {
            let counties = places.into_iter().filter(|place| matches!(place, Place::County(_)));
            let mut all = vec![condition];
            all.extend(counties.map(Self::place));
            Condition::all(all)
        };
        let mut conditions = Vec::new();
        if let [alone] = names {
            let any = alone.iter().map(|place| with_county(key(&filed(place)), [place, place]));
            conditions.push(Condition::any(any.collect()));
        }
        for (number, first) in names.iter().enumerate() {
            for second in &names[number + 1..] {
                let mut any = Vec::new();
                for a in first {
                    for b in second {
                        let pair = key(&pair_name(&filed(a), &filed(b)));
                        any.push(with_county(pair, [a, b]));
                    }
                }
                conditions.push(Condition::any(any));
            }
        }
        conditions
    }

    fn place(place: &Place) -> Condition {
        Condition::one_of(Self::place_terms(place))
    }

    /// What articles about a place are filed under. Few regions have articles filed under them; of
    /// another one (江浙沪, 苏锡常) these are the articles about its members.
    fn place_terms(place: &Place) -> Vec<Key> {
        let term = |place: &Place| {
            let column = match place {
                Place::Province(_) => Column::Province,
                Place::City(_) => Column::City,
                Place::County(_) => Column::County,
                Place::Region(_) => Column::Region,
            };
            Key::of(column, place.name())
        };
        let listed = |name: &str| Gazetteer::get().region(name).is_some_and(|region| region.listed);
        match place {
            Place::Region(name) if !listed(name) => members(place).iter().map(term).collect(),
            _ => vec![term(place)],
        }
    }

    /// Articles of outlets whose folded name holds a folded text.
    fn outlet_holding(&self, text: &str) -> Result<Condition, S::Error> {
        // The names stand in the index as pages write them; comparing folded forms needs the list
        // of names, which is short.
        let mut names = self.statistics.outlets()?;
        names.retain(|name| crate::clean::fold::fold(name).contains(text));
        names.sort_unstable();
        names.dedup();
        Ok(Condition::one_of(names.iter().map(|name| Key::of(Column::Outlet, name))))
    }

    /// What a text is worth in a score: the sum over its words, as if each stood once in an
    /// article of average length.
    fn worth(&self, text: &str) -> Result<f32, S::Error> {
        let words = words::words_of_query(text);
        self.worth_of(words.into_iter().map(|range| &text[range]))
    }

    /// What some words are worth together.
    pub(crate) fn worth_of<'w>(
        &self,
        words: impl Iterator<Item = &'w str>,
    ) -> Result<f32, S::Error> {
        let mut worth = 0.0;
        for word in words {
            worth += self.idf(self.frequency(Column::Words, word)?);
        }
        Ok(worth.max(1.0))
    }

    fn total(&self) -> u64 {
        self.statistics.total()
    }

    fn frequency(&self, column: Column, text: &str) -> Result<u64, S::Error> {
        self.statistics.frequency(&Key::of(column, text))
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
fn phrase(column: Column, text: &str) -> Condition {
    match text.chars().count() {
        0 => Condition::Nothing,
        1 => Condition::Term(Key::of(column, text)),
        _ => Condition::Phrase(column, text.to_owned()),
    }
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
