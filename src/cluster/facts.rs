//! What has to be known of all articles of an archive to weigh words, asked of the cluster in one
//! request and remembered.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use serde_json::{Value, json};

use super::dsl::term;
use super::error::ClusterError;
use super::nodes::Nodes;
use super::template::TOKENS;
use crate::search::{Key, Statistics};

/// Most outlets whose names are read.
const OUTLETS: usize = 20_000;

/// What is known of all articles.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// How many articles there are; none if nothing is known yet.
    pub(super) total: Option<u64>,
    /// How many of them have words.
    pub(super) filed: u64,
    /// Words of an article, on average.
    pub(super) average: f32,
    /// The newest first day, as `yyyymmdd`.
    pub(super) newest: u64,
    pub(super) frequencies: HashMap<Key, u64>,
    pub(super) outlets: Option<Vec<String>>,
}

/// Facts, and what was asked for that they do not tell.
pub(super) struct Asked<'a> {
    facts: &'a Facts,
    keys: RefCell<BTreeSet<Key>>,
    outlets: RefCell<bool>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        Self { facts, keys: RefCell::default(), outlets: RefCell::default() }
    }

    /// What has to be asked of the cluster; none if everything was known.
    pub(super) fn missing(self) -> Option<Missing> {
        let missing = Missing {
            keys: self.keys.into_inner().into_iter().collect(),
            outlets: self.outlets.into_inner(),
        };
        let nothing = missing.keys.is_empty() && !missing.outlets && self.facts.total.is_some();
        (!nothing).then_some(missing)
    }
}

impl Statistics for Asked<'_> {
    type Error = Infallible;

    fn total(&self) -> u64 {
        self.facts.total.unwrap_or(1)
    }

    fn frequency(&self, key: &Key) -> Result<u64, Infallible> {
        Ok(self.facts.frequencies.get(key).copied().unwrap_or_else(|| {
            self.keys.borrow_mut().insert(key.clone());
            1
        }))
    }

    fn average_length(&self) -> Result<f32, Infallible> {
        Ok(self.facts.average)
    }

    fn outlets(&self) -> Result<Vec<String>, Infallible> {
        Ok(self.facts.outlets.clone().unwrap_or_else(|| {
            *self.outlets.borrow_mut() = true;
            Vec::new()
        }))
    }
}

/// What has to be asked of the cluster.
#[derive(Debug, PartialEq)]
pub(super) struct Missing {
    pub(super) keys: Vec<Key>,
    pub(super) outlets: bool,
}

impl Missing {
    /// As a request.
    fn request(&self) -> Value {
        let mut wanted = json!({
            "filed": { "filter": { "exists": { "field": "words" } } },
            "tokens": { "sum": { "field": TOKENS } },
            "newest": { "max": { "field": "first_day" } },
        });
        if !self.keys.is_empty() {
            let filters: Vec<Value> = self.keys.iter().map(term).collect();
            wanted["keys"] = json!({ "filters": { "filters": filters } });
        }
        if self.outlets {
            wanted["outlets"] = json!({ "terms": { "field": "outlet", "size": OUTLETS } });
        }
        json!({
            "size": 0,
            "track_total_hits": true,
            "query": { "match_all": {} },
            "aggs": wanted,
        })
    }

    /// Asks the cluster and adds to the facts what it says; returns whether all parts of the
    /// archive told.
    pub(super) fn learn(
        self,
        nodes: &Nodes,
        index: &str,
        facts: &mut Facts,
    ) -> Result<bool, ClusterError> {
        let (answer, missing) = nodes.search(index, &self.request())?;
        let unreadable = |what: &str| ClusterError::Unreadable(what.to_owned());
        let found = &answer["aggregations"];
        let total = answer["hits"]["total"]["value"].as_u64();
        let total = total.ok_or_else(|| unreadable("no number of articles in it"))?;
        facts.total = Some(total);
        facts.filed = found["filed"]["doc_count"].as_u64().unwrap_or(total);
        let tokens = found["tokens"]["value"].as_f64().unwrap_or_default();
        facts.newest = found["newest"]["value"].as_f64().unwrap_or_default() as u64;
        facts.average = tokens as f32 / total.max(1) as f32;
        let counts = found["keys"]["buckets"].as_array().map_or(&[][..], Vec::as_slice);
        if counts.len() != self.keys.len() {
            return Err(unreadable("other numbers than were asked for"));
        }
        for (key, bucket) in self.keys.into_iter().zip(counts) {
            facts.frequencies.insert(key, bucket["doc_count"].as_u64().unwrap_or(0));
        }
        if self.outlets {
            let names = found["outlets"]["buckets"].as_array().map_or(&[][..], Vec::as_slice);
            let names = names.iter().filter_map(|bucket| bucket["key"].as_str().map(str::to_owned));
            facts.outlets = Some(names.collect());
        }
        Ok(missing == 0)
    }
}
