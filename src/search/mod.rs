//! A [`Plan`] → a [`Response`].
//!
//! Everything in front of this room talks to a [`Searcher`]; the local index is one.

mod bag;
mod collect;
mod compile;
mod local;

pub use local::LocalSearcher;

use std::time::Duration;

use serde::Serialize;

use crate::article::Article;
use crate::index::IndexError;
use crate::query::{Filters, Plan};

/// Something that answers plans.
pub trait Searcher {
    /// Carries out a plan.
    fn search(&self, plan: &Plan) -> Result<Response, SearchError>;

    /// Returns the ids of all articles that match, in no particular order and whatever the page.
    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError>;

    /// Hands every article in which places work together, among those that the filters let
    /// through, to `visit`, in no particular order and without the places it names.
    fn together(
        &self,
        filters: &Filters,
        visit: &mut dyn FnMut(Article),
    ) -> Result<(), SearchError>;

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
    /// How many articles match, on all pages.
    pub total: u64,
    /// Those of the page that was asked for.
    pub hits: Vec<Hit>,
    /// Counts by facet, if asked for.
    pub facets: Option<Facets>,
    /// How many articles would match but have no date, when days were filtered.
    pub undated: u64,
    /// Time it took.
    pub took: Duration,
}

/// An article that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its place in the order, from 1.
    pub rank: usize,
    /// How well it matches; only the order means something.
    pub score: f32,
    /// The article.
    pub article: Article,
}

/// Counts of articles by facet, the most frequent first; each ignores the filters on itself.
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
}
