//! What an article has to hold and what it earns, in terms of the fields of the index and of no
//! engine: what `compile.rs` makes of a plan, and what each engine carries out in its own way.

use std::sync::Arc;

use super::weights::Weights;
use crate::query::Within;

/// Places of a query that are told apart.
pub(crate) const PLACES: usize = 16;
/// Occurrences that a hidden one counts where another name or a synonym is looked for.
pub(crate) const HIDDEN_COUNT: f32 = 0.3;

/// A field of `schema/index.toml` that is looked up by a whole term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Column {
    Words,
    HiddenWords,
    TitleCharacters,
    BodyCharacters,
    Province,
    City,
    County,
    Region,
    Partnership,
    Kind,
    Outlet,
}

/// A term of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) column: Column,
    pub(crate) text: String,
}

impl Key {
    pub(crate) fn of(column: Column, text: &str) -> Self {
        Self { column, text: text.to_owned() }
    }
}

/// What an article has to hold. Only [`Condition::Constant`] and [`Condition::Bag`] earn anything.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Nothing at all is asked.
    Everything,
    /// No article will do.
    Nothing,
    /// This term.
    Term(Key),
    /// The characters of this text one after the other, in a field of characters.
    Phrase(Column, String),
    /// These texts near each other in a field of characters.
    Near(Near),
    /// It can have been published between these days, as `yyyymmdd`; none is open.
    Days(Option<u32>, Option<u32>),
    /// All of these, and none of those.
    All(Vec<Condition>, Vec<Condition>),
    /// One of these or more; what several earn is added up.
    Any(Vec<Condition>),
    /// This, which earns so much.
    Constant(Box<Condition>, f32),
    /// Enough of these words.
    Bag(Arc<Bag>),
}

/// Texts near each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Near {
    /// Articles that hold all of the texts.
    pub(crate) holding: Box<Condition>,
    /// The texts, folded.
    pub(crate) texts: Vec<String>,
    /// How near.
    pub(crate) within: Within,
    /// The field of characters.
    pub(crate) column: Column,
}

impl Condition {
    /// The same, earning nothing.
    pub(crate) fn unscored(self) -> Self {
        Self::Constant(Box::new(self), 0.0)
    }

    /// One of some terms.
    pub(crate) fn one_of(keys: impl IntoIterator<Item = Key>) -> Self {
        Self::any(keys.into_iter().map(Self::Term).collect())
    }

    /// One of some; a lone one stays itself, of none there is nothing.
    pub(crate) fn any(mut some: Vec<Self>) -> Self {
        match some.len() {
            0 => Self::Nothing,
            1 => some.remove(0),
            _ => Self::Any(some),
        }
    }

    /// All of some; a lone one stays itself.
    pub(crate) fn all(mut all: Vec<Self>) -> Self {
        if all.len() == 1 { all.remove(0) } else { Self::All(all, Vec::new()) }
    }
}

/// One word of a bag, in the fields it is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    /// The term whose occurrences count.
    pub(crate) counted: Option<Key>,
    /// Terms that make an article hold the word without counting.
    pub(crate) hidden: Vec<Key>,
    /// Whether `hidden` may be left out where articles can hold enough without this word.
    pub(crate) frequent: bool,
    /// Anything else that makes an article hold the word: for words that no field has as a term.
    pub(crate) other: Option<Condition>,
    /// Whether what `other` finds counts as one occurrence.
    pub(crate) other_counts: bool,
    /// Inverse document frequency: what the word is worth.
    pub(crate) idf: f32,
}

/// Something that may stand for the words of a concept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternative {
    /// What it is, for people.
    pub(crate) name: String,
    /// Its words, all of which an article has to hold.
    pub(crate) words: Vec<Leaf>,
    /// What it earns.
    pub(crate) worth: f32,
}

/// Words that stand or fall together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Concept {
    /// What was typed, for people.
    pub(crate) name: String,
    /// What was typed.
    pub(crate) leaves: Vec<Leaf>,
    /// What may stand for it.
    pub(crate) alternatives: Vec<Alternative>,
    /// The places that it names: bits of the bag's places.
    pub(crate) places: u16,
    /// Share of its worth that an article about these places earns.
    pub(crate) about: f32,
}

impl Concept {
    pub(crate) fn worth(&self) -> f32 {
        self.leaves.iter().map(|leaf| leaf.idf).sum()
    }
}

/// A bag of words: see `bag.rs` for what it earns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bag {
    pub(crate) concepts: Vec<Concept>,
    /// Facet terms of each of the places that the query names; any of them will do.
    pub(crate) places: Vec<Vec<Key>>,
    pub(crate) weights: Arc<Weights>,
    /// Words of an article, on average, those of its headline counted as they are filed.
    pub(crate) average: f32,
}

impl Bag {
    fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.concepts.iter().flat_map(|concept| &concept.leaves)
    }

    /// What a word counts towards what an article has to hold.
    pub(crate) fn need(&self, idf: f32) -> f32 {
        idf.min(self.weights.required_most)
    }

    /// What an article has to hold: a hair less than the share, so that rounding does not drop an
    /// exact hit.
    pub(crate) fn required(&self) -> f32 {
        let worth: f32 = self.leaves().map(|leaf| self.need(leaf.idf)).sum();
        worth * self.weights.required * 0.999
    }

    /// Which words' hidden occurrences are left out, leaf by leaf: those of frequent characters (年,
    /// 市), as long as an article that contains all of the query still holds enough of it. Such
    /// lists are half the archive long.
    pub(crate) fn needless(&self) -> Vec<bool> {
        let worth: f32 = self.leaves().map(|leaf| self.need(leaf.idf)).sum();
        let mut spare = worth * (1.0 - self.weights.required) * 0.99;
        let leaves = self.leaves().map(|leaf| {
            let need = self.need(leaf.idf);
            let needless = leaf.frequent && need <= spare;
            if needless {
                spare -= need;
            }
            needless
        });
        leaves.collect()
    }

    /// What an article earns for each of the places it is about, if it is about several.
    pub(crate) fn several(&self) -> f32 {
        let named = self.concepts.iter().filter(|concept| concept.places != 0);
        let worths: Vec<f32> = named.map(Concept::worth).collect();
        let worth = worths.iter().sum::<f32>() / worths.len().max(1) as f32;
        let count = self.places.len().clamp(2, PLACES);
        self.weights.together_places * worth / count as f32
    }

    /// Whether the query names places and something else.
    pub(crate) fn has_subject(&self) -> bool {
        self.concepts.iter().any(|concept| concept.places != 0)
            && self.concepts.iter().any(|concept| concept.places == 0 && concept.worth() > 0.0)
    }

    /// How much a length is held against an article, as BM25 adds it to a word's occurrences.
    pub(crate) fn norm(&self, length: f32) -> f32 {
        let Weights { saturation, length: held_against, .. } = *self.weights;
        saturation * (1.0 - held_against + held_against * length / self.average.max(1.0))
    }
}

/// What has to be known of all articles to weigh words.
pub(crate) trait Statistics {
    /// Why it cannot be told.
    type Error;

    /// How many articles there are.
    fn total(&self) -> u64;

    /// How many of them hold a term.
    fn frequency(&self, key: &Key) -> Result<u64, Self::Error>;

    /// Words of an article, on average.
    fn average_length(&self) -> Result<f32, Self::Error>;

    /// The names of all outlets, as pages write them.
    fn outlets(&self) -> Result<Vec<String>, Self::Error>;
}
