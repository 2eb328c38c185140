//! A [`Plan`] → a [`Response`].
//!
//! Everything in front of this room talks to a [`Searcher`]; the local index is one.

mod ask;
mod bag;
mod closer;
mod collect;
mod compile;
mod condition;
mod engine;
mod explain;
mod fresh;
mod local;
mod near;
mod similar;
mod suggest;
mod trend;
mod trial;
mod vocabulary;
mod weights;

#[cfg(feature = "cluster")]
pub(crate) use closer::Sketch;
#[cfg(feature = "cluster")]
pub(crate) use collect::{Key as Order, NAMED, NUMBERED, earns_place};
#[cfg(feature = "cluster")]
pub(crate) use compile::{Compiler, Lifted, facet_groups};
#[cfg(feature = "cluster")]
pub(crate) use condition::{
    Alternative, Bag, Column, Concept, Condition, HIDDEN_COUNT, Key, Leaf, Near, PLACES, Statistics,
};
#[cfg(feature = "cluster")]
pub(crate) use fresh::{Freshness, HALVED};

pub use ask::{FilterName, Remark, ask};
pub use local::LocalSearcher;
pub use similar::{Kin, Similar};
pub use suggest::{Suggestion, did_you_mean, looks_mistyped, suggest};
pub use trend::{Point, Step, Trend, trend};
pub use trial::try_out;
pub use weights::Weights;

use std::time::Duration;

use serde::Serialize;

use crate::article::Article;
use crate::index::IndexError;
use crate::query::Plan;

/// Something that answers plans.
pub trait Searcher {
    /// Carries out a plan.
    fn search(&self, plan: &Plan) -> Result<Response, SearchError>;

    /// Returns the ids of all articles that match, every copy of them, in no particular order and
    /// whatever the page.
    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError>;

    /// Hands every article in which places work together, among those that match, to `visit`, in
    /// no particular order, whatever the page, and without the places it names.
    fn together(&self, plan: &Plan, visit: &mut dyn FnMut(Article)) -> Result<(), SearchError>;

    /// Returns the number of the group of reprints that an article belongs to; none if it has no
    /// reprints or there is no such id.
    fn group(&self, _id: &str) -> Result<Option<u32>, SearchError> {
        Ok(None)
    }

    /// Returns the other copies of an article, the most original first, without their places.
    fn copies(&self, _id: &str) -> Result<Vec<Article>, SearchError> {
        Ok(Vec::new())
    }

    /// Returns an article by its id, or by the beginning of an id if only one begins so.
    fn article(&self, id: &str) -> Result<Found, SearchError>;
}

/// What came of looking for an id.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The article.
    Article(Box<Article>),
    /// No id is or begins so.
    Nothing,
    /// These ids begin so (ten at most).
    Many(Vec<String>),
}

/// The answer to a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// How many articles match, on all pages; reprints count once, unless all were asked for.
    pub total: u64,
    /// Those of the page that was asked for.
    pub hits: Vec<Hit>,
    /// Counts by facet, if asked for.
    pub facets: Option<Facets>,
    /// How many articles would match but have no date, when days were filtered.
    pub undated: u64,
    /// Time it took.
    pub took: Duration,
    /// What was not looked at, where a part of the archive could not be.
    pub partly: Option<Partly>,
}

/// A part of an archive that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partly {
    /// How many parts could not.
    pub missing: u64,
    /// How many parts there are.
    pub parts: u64,
}

/// An article that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its place in the order, from 1.
    pub rank: usize,
    /// How well it matches; only the order means something.
    pub score: f32,
    /// What earned it its place, if that was asked for.
    pub why: Vec<Part>,
    /// How many further copies of it match and are not listed.
    pub duplicates: u64,
    /// The article.
    pub article: Article,
}

/// A part of a hit's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// What of the query it is about; empty where it is all of it.
    pub what: String,
    /// How it was earned.
    pub how: How,
    /// How much of the score it is.
    pub earned: f32,
}

/// Ways to earn a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The words of the query stand there, the rarer and the more often the better.
    Typed,
    /// Another name or a synonym of them stands there.
    InsteadOf,
    /// The article is about the place.
    AboutPlace,
    /// It is about several places of the query.
    SeveralPlaces,
    /// It holds only the places of the query, and nothing of what was asked about them.
    NoSubject,
    /// It holds what was asked for, and none of the places.
    NoPlace,
    /// One passage holds much of the query.
    Passage,
    /// The first sentences hold much of the query.
    Lead,
    /// One sentence holds much of the query.
    Sentence,
    /// The text names often what was asked for.
    Often,
    /// Phrases and other parts that are there or not.
    Literal,
    /// It is recent, where that was asked for.
    Fresh,
}

/// Counts of articles by facet, the most frequent first; each ignores the filters on itself.
/// Reprints count once for each value that one of them has, unless all were asked for: a count is
/// the total of a search with that value as a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// 「广东省」
    pub province: Vec<Count>,
    /// 「佛山市」
    pub city: Vec<Count>,
    /// 「佛山市/南海区」
    pub county: Vec<Count>,
    /// 「粤港澳大湾区」
    pub region: Vec<Count>,
    /// Places that work together: 「佛山市」
    pub partner: Vec<Count>,
    /// What they work together on: 「人才飞地」
    pub kind: Vec<Count>,
    /// 「2024」
    pub year: Vec<Count>,
    /// 「2024-10」
    pub month: Vec<Count>,
    /// 「经济日报」
    pub outlet: Vec<Count>,
}

/// A facet's value and how many articles have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The value.
    pub value: String,
    /// Number of articles.
    pub count: u64,
}

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The cluster cannot be used.
    #[error("{what}")]
    Cluster {
        /// What happened.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
}
