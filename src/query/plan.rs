//! The plan of a search: what has to hold, what ranks, what is counted.

use std::ops::Range;

use serde::Serialize;

use super::filter::{Filters, Place};
use super::parse::{parse, parse_literally};

/// What to search for and how to answer.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for alone")]
pub struct Plan {
    /// The query as it was typed.
    pub query: String,
    /// What an article has to hold; none lists everything that the filters let through.
    pub node: Option<Node>,
    /// What else has to be true of it.
    pub filters: Filters,
    /// Order of the hits.
    pub sort: Sort,
    /// Hits on a page.
    pub size: usize,
    /// The page, from 1.
    pub page: usize,
    /// Whether to count the facets.
    pub facets: bool,
    /// Whether to list every copy of an article; else its reprints stand behind one of them.
    pub all: bool,
    /// Whether recent articles are favoured a little.
    pub fresh: bool,
    /// Whether to say of each hit what earned it its place.
    pub explain: bool,
    /// What was understood of the query, for people.
    pub understood: Understood,
    /// What a person should know about how the query was taken.
    pub asides: Vec<Aside>,
}

/// What was not taken as it was typed. The rooms that people read from write it as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aside {
    /// The query has so many words; only the first few are looked for.
    Words {
        /// How many there are.
        count: usize,
        /// How many are looked for.
        kept: usize,
    },
    /// A phrase is longer than so many characters, which alone are compared.
    LongPhrase(usize),
    /// The query only says what must not be there.
    OnlyWithout,
    /// This quotation mark is not closed.
    Unclosed(char),
    /// This stands where a place or a day should and is neither; it is looked for as text.
    NoValue(String),
    /// This should be near something and stands alone.
    NearNothing(String),
    /// This query holds nothing to look for.
    Nothing(String),
}

/// What an article has to hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// All of these.
    All(Vec<Node>),
    /// One of these or more.
    Any(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// Words: enough of them, the more the better.
    Bag(Bag),
    /// Exactly this text, folded.
    Phrase(String, Scope),
    /// An outlet whose name holds this text, folded.
    Outlet(String),
    /// These texts, folded, near each other.
    Near(Vec<String>, Within, Scope),
    /// About one of these places.
    Places(Vec<Place>),
    /// Published between these days, as `yyyymmdd`; none is open.
    Days(Option<u32>, Option<u32>),
}

/// How near texts have to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within {
    /// With at most so many characters between them, in any order.
    Characters(u32),
    /// In one sentence.
    Sentence,
}

/// Words that stand side by side in a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bag {
    /// The stretches of text between blanks and punctuation.
    pub runs: Vec<Run>,
}

/// A stretch of text without a break.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The text, folded.
    pub text: String,
    /// Where it has to stand.
    pub scope: Scope,
    /// Its words, in order.
    pub words: Vec<Word>,
    /// What may stand for some of the words.
    pub expansions: Vec<Expansion>,
}

/// What may stand for words of a query: another name, a synonym, or several texts near each other
/// that say the same (市校合作: a 大学, a 市政府 and 合作). It counts less than what was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The words it may stand for, in a run.
    pub words: Range<usize>,
    /// The texts, folded: mostly one. Of several an article has to hold all; a closer look counts
    /// them where they are [`near_all`].
    pub texts: Vec<String>,
    /// Share of the words' worth that it earns.
    pub share: f32,
}

/// Characters that may lie between the beginnings of texts that stand for something together: about a
/// clause of news.
const NEARBY: u32 = 30;

/// Whether a text that begins at a character has each of some others near it; these are given by the
/// characters where they begin.
pub fn near_all(start: u32, others: &[Vec<u32>]) -> bool {
    others.iter().all(|other| other.iter().any(|at| at.abs_diff(start) <= NEARBY))
}

impl Expansion {
    /// The texts as people read them: 「大学…市政府…合作」.
    pub fn shown(&self) -> String {
        self.texts.join("…")
    }
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word, folded.
    pub text: String,
    /// The places that it names, whole or in part: an article about them holds the word.
    pub places: Vec<Place>,
    /// Where the cities of a region are meant and not the region (江浙沪 in 江浙沪城市): its members. An
    /// article about any of them holds the word.
    pub any_of: Vec<Place>,
    /// Whether it only asks (怎么, 哪些) and says nothing about what is wanted.
    pub filler: bool,
}

/// The part of an article in which a text has to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Headline or text.
    #[default]
    Anywhere,
    /// Headline only.
    Title,
}

/// Orders of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Latest first; undated last.
    Newest,
    /// Earliest first; undated last.
    Oldest,
}

/// What was understood of a query, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// Words looked for.
    pub words: Vec<String>,
    /// What may stand for some of them: other names, synonyms.
    pub also: Vec<String>,
    /// Cities and counties named.
    pub cities: Vec<String>,
    /// Provinces and regions named.
    pub regions: Vec<String>,
    /// Texts that have to stand there literally.
    pub phrases: Vec<String>,
    /// Words and texts that must not stand there.
    pub without: Vec<String>,
}

impl Plan {
    /// The plan of a query alone: no filter, best first, the first page of ten.
    pub fn of(query: &str) -> Self {
        Self::from_parsed(query, parse(query))
    }

    /// The same, but nothing is looked for beside what was typed: no synonyms, no other names of
    /// places, and every word counts.
    pub fn literally(query: &str) -> Self {
        Self::from_parsed(query, parse_literally(query))
    }

    fn from_parsed(
        query: &str,
        (node, understood, mut asides): (Option<Node>, Understood, Vec<Aside>),
    ) -> Self {
        if node.is_none() && !query.is_empty() {
            asides.push(Aside::Nothing(query.to_owned()));
        }
        Self {
            query: query.to_owned(),
            node,
            filters: Filters::default(),
            sort: Sort::Relevance,
            size: 10,
            page: 1,
            facets: false,
            all: false,
            fresh: false,
            explain: false,
            understood,
            asides,
        }
    }
}

impl Node {
    /// Visits every leaf that a matching article may hold; what is excluded is left out.
    pub fn visit<'a>(&'a self, leaf: &mut dyn FnMut(&'a Node)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.visit(leaf)),
            Self::Not(_) => {}
            Self::Bag(_)
            | Self::Phrase(..)
            | Self::Outlet(_)
            | Self::Near(..)
            | Self::Places(_)
            | Self::Days(..) => leaf(self),
        }
    }
}
