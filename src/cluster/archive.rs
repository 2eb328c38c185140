//! The name of an archive → the index behind it, what it holds, and the one before it.
//!
//! An archive `NAME` is an alias of one of the indexes `NAME-1`, `NAME-2` …; a full push fills the
//! next one beside it and then moves the alias, in one step. What an index is (its stamp, whether it
//! is whole) stands in the index itself, so that nothing on this machine can be at odds with it.

use std::collections::HashMap;

use opensearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ClusterError;
use super::nodes::{Again, Nodes, SEARCH, checked, missing_parts};
use super::template::{VERSION, mappings, settings};
use crate::index::Stamp;

/// The name of an archive if none is given.
pub const DEFAULT_NAME: &str = "liancheng";

/// Articles of one page of a scan.
const PAGE: usize = 10_000;
/// How often a scan begins anew when a part of the cluster falls away under it.
const SCANS: usize = 4;

/// What an index says about itself.
#[derive(Debug, Clone, Deserialize)]
struct Meta {
    program: String,
    stamp: Stamp,
    #[serde(default)]
    state: State,
    #[serde(default)]
    sum: u64,
}

/// Whether all articles of a push are in an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Not yet.
    #[default]
    Filling,
    /// They were, and were looked through.
    Whole,
}

/// An index of an archive.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    pub(super) index: String,
    pub(super) number: u64,
    pub(super) stamp: Stamp,
    pub(super) state: State,
    /// A sum over the versions of its articles, as the last push left them.
    pub(super) sum: u64,
}

/// All indexes of an archive.
#[derive(Debug, Clone)]
pub(super) struct Archive {
    pub(super) name: String,
    /// The one that is searched.
    pub(super) current: Option<Shelf>,
    /// All, by number, the current one among them.
    pub(super) shelves: Vec<Shelf>,
}

/// Refuses names that OpenSearch would not take.
pub(super) fn check_name(name: &str) -> Result<(), ClusterError> {
    let wrong = |what| ClusterError::Name { name: name.to_owned(), what };
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(wrong("it does not begin with a small letter"));
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if !name.chars().all(fits) || name.len() > 200 {
        return Err(wrong("it holds something else than small letters, digits, - and _"));
    }
    Ok(())
}

impl Archive {
    /// Looks at all indexes of a name.
    pub(super) fn look(nodes: &Nodes, name: &str) -> Result<Self, ClusterError> {
        check_name(name)?;
        let path = format!("/{name},{name}-*?ignore_unavailable=true&allow_no_indices=true");
        let answer = nodes.read(Method::Get, &path, None)?;
        let found = answer.body.as_object().cloned().unwrap_or_default();
        if found.contains_key(name) {
            return Err(ClusterError::Name {
                name: name.to_owned(),
                what: "an index has that very name",
            });
        }
        let mut shelves = Vec::new();
        let mut current = None;
        for (index, described) in found {
            let number = index.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            let number = number.and_then(|number| number.parse().ok());
            let meta: Option<Meta> =
                serde_json::from_value(described["mappings"]["_meta"].clone()).ok();
            let named = described["aliases"].get(name).is_some();
            // Whatever else is named so is not ours.
            let (Some(number), Some(meta)) = (number, meta) else {
                if named {
                    return Err(ClusterError::Name {
                        name: name.to_owned(),
                        what: "it names an index that was not pushed by this program",
                    });
                }
                continue;
            };
            if meta.program != "liancheng" {
                continue;
            }
            let shelf =
                Shelf { index, number, stamp: meta.stamp, state: meta.state, sum: meta.sum };
            if named {
                current = Some(shelf.clone());
            }
            shelves.push(shelf);
        }
        shelves.sort_by_key(|shelf| shelf.number);
        Ok(Self { name: name.to_owned(), current, shelves })
    }

    /// Opens the archive for searching: refuses one of another stamp.
    pub(super) fn open(nodes: &Nodes, name: &str) -> Result<Shelf, ClusterError> {
        let archive = Self::look(nodes, name)?;
        let shelf = archive.current.ok_or_else(|| ClusterError::Missing(name.to_owned()))?;
        if let Some((built, wanted)) = shelf.stamp.difference(&Stamp::current()) {
            return Err(ClusterError::OtherStamp { name: name.to_owned(), built, wanted });
        }
        Ok(shelf)
    }

    /// Makes the next index, empty.
    pub(super) fn add(
        &self,
        nodes: &Nodes,
        shards: u32,
        replicas: u32,
    ) -> Result<Shelf, ClusterError> {
        let number = self.shelves.last().map_or(1, |last| last.number + 1);
        let index = format!("{}-{number}", self.name);
        let mut how = settings();
        how["index"]["number_of_shards"] = json!(shards);
        how["index"]["number_of_replicas"] = json!(replicas);
        let mut fields = mappings();
        fields["_meta"]["state"] = json!(State::Filling);
        let body = json!({ "settings": how, "mappings": fields });
        let made = nodes.write(Method::Put, &format!("/{index}"), Some(&body));
        match made {
            // It was made by the first of two tries.
            Err(ClusterError::Refused { status: 400, what }) if what.contains("already exists") => {
            }
            made => {
                made?;
            }
        }
        Ok(Shelf { index, number, stamp: Stamp::current(), state: State::Filling, sum: 0 })
    }

    /// Lets searches find an index under the name of the archive from now on, in one step.
    pub(super) fn point_to(&self, nodes: &Nodes, to: &Shelf) -> Result<(), ClusterError> {
        let mut actions = Vec::new();
        for other in self.current.iter().filter(|other| other.index != to.index) {
            actions.push(json!({ "remove": {
                "index": other.index, "alias": self.name, "must_exist": false,
            } }));
        }
        actions.push(json!({ "add": { "index": to.index, "alias": self.name } }));
        let body = json!({ "actions": actions });
        nodes.write(Method::Post, "/_aliases", Some(&body))?;
        Ok(())
    }
}

/// Notes in an index that all articles of a push are in it, and a sum over their versions.
pub(super) fn note_whole(nodes: &Nodes, index: &str, sum: u64) -> Result<(), ClusterError> {
    let mut meta = mappings()["_meta"].clone();
    meta["state"] = json!(State::Whole);
    meta["sum"] = json!(sum);
    let body = json!({ "_meta": meta });
    nodes.write(Method::Put, &format!("/{index}/_mapping"), Some(&body))?;
    Ok(())
}

/// Removes an index.
pub(super) fn remove(nodes: &Nodes, index: &str) -> Result<(), ClusterError> {
    match nodes.write(Method::Delete, &format!("/{index}"), None) {
        Err(ClusterError::Missing(_)) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Lets everything that was sent be found.
pub(super) fn refresh(nodes: &Nodes, index: &str) -> Result<(), ClusterError> {
    let mut last = None;
    // A part whose node has just fallen away is missing until another takes its place.
    for _ in 0..60 {
        let answer = nodes.write(Method::Post, &format!("/{index}/_refresh"), None)?;
        let failed = missing_parts(&answer.body);
        if failed == 0 {
            return Ok(());
        }
        last = Some(failed);
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    let what = format!("{} of its parts are nowhere", last.unwrap_or(0));
    Err(ClusterError::Unavailable { name: index.to_owned(), what })
}

/// Reads the id and the version of every article of an index.
pub(super) fn versions(nodes: &Nodes, index: &str) -> Result<HashMap<String, u64>, ClusterError> {
    let body = json!({
        "query": { "match_all": {} },
        "_source": false,
        "docvalue_fields": ["id", VERSION],
    });
    let mut tries = 0;
    loop {
        let mut found = HashMap::new();
        let mut twice = None;
        let scanned = scan(nodes, index, &body, PAGE, &mut |hit| {
            let id = hit["fields"]["id"][0].as_str().unwrap_or_default().to_owned();
            let version = hit["fields"][VERSION][0].as_i64().unwrap_or_default() as u64;
            if let Some(before) = found.insert(id.clone(), version) {
                twice = Some((id, before));
            }
            Ok(())
        });
        tries += 1;
        match (scanned, twice) {
            (Ok(()), None) => return Ok(found),
            (Ok(()), Some((id, _))) => {
                let what = format!("the article `{id}` is there twice");
                return Err(ClusterError::Unproven { index: index.to_owned(), what });
            }
            (Err(error), _) if tries >= SCANS || !may_pass(&error) => return Err(error),
            (Err(_), _) => std::thread::sleep(std::time::Duration::from_secs(2)),
        }
    }
}

/// Whether an error may be gone when the cluster has come to terms with a lost node.
pub(super) fn may_pass(error: &ClusterError) -> bool {
    match error {
        ClusterError::Unavailable { .. }
        | ClusterError::Slow { .. }
        | ClusterError::Busy(_)
        | ClusterError::Unreachable(_) => true,
        ClusterError::Refused { status, .. } => *status == 404 || *status >= 500,
        _ => false,
    }
}

/// Hands every article that a search finds to `visit`, as they were when the scan began. A part
/// that does not answer is an error: nothing is left out.
pub(super) fn scan(
    nodes: &Nodes,
    index: &str,
    body: &Value,
    page: usize,
    visit: &mut dyn FnMut(&Value) -> Result<(), ClusterError>,
) -> Result<(), ClusterError> {
    let path = format!("/{index}/_search/point_in_time?keep_alive=5m");
    let opened = nodes.read(Method::Post, &path, None)?;
    let point = opened.body["pit_id"].as_str().unwrap_or_default().to_owned();
    let scanned = pages(nodes, &point, body, page, visit);
    // What is left open is closed by the cluster itself after a while.
    let close = json!({ "pit_id": [point] }).to_string();
    let path = "/_search/point_in_time";
    let _ = nodes.send(Method::Delete, path, Some(close.as_bytes()), SEARCH, Again::Never);
    scanned
}

fn pages(
    nodes: &Nodes,
    point: &str,
    body: &Value,
    page: usize,
    visit: &mut dyn FnMut(&Value) -> Result<(), ClusterError>,
) -> Result<(), ClusterError> {
    let mut body = body.clone();
    body["size"] = json!(page);
    if body.get("sort").is_none() {
        body["sort"] = json!([{ "id": "asc" }]);
    }
    body["track_total_hits"] = json!(false);
    body["pit"] = json!({ "id": point, "keep_alive": "5m" });
    let path = "/_search?allow_partial_search_results=false";
    loop {
        let text = body.to_string();
        let answer =
            checked(nodes.send(Method::Post, path, Some(text.as_bytes()), SEARCH, Again::Safe)?)?;
        if missing_parts(&answer.body) > 0 {
            let what = "a part fell away while it was read".to_owned();
            return Err(ClusterError::Unavailable { name: String::new(), what });
        }
        let hits = answer.body["hits"]["hits"].as_array();
        let Some(hits) = hits else {
            return Err(ClusterError::Unreadable("no hits in it".to_owned()));
        };
        hits.iter().try_for_each(&mut *visit)?;
        let Some(last) = hits.last().filter(|_| hits.len() == page) else { return Ok(()) };
        body["search_after"] = last["sort"].clone();
    }
}

/// Goes back to the index that was searched before the last full push; says which.
pub fn rollback(nodes: &Nodes, name: &str) -> Result<String, ClusterError> {
    nodes.check_version()?;
    let archive = Archive::look(nodes, name)?;
    let Some(current) = &archive.current else {
        return Err(ClusterError::Missing(name.to_owned()));
    };
    let earlier = archive
        .shelves
        .iter()
        .rev()
        .find(|shelf| shelf.number < current.number && shelf.state == State::Whole);
    let Some(earlier) = earlier else { return Err(ClusterError::NoPrevious(name.to_owned())) };
    archive.point_to(nodes, earlier)?;
    Ok(earlier.index.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_opensearch_takes() {
        for (name, fits) in [
            ("archive", true),
            ("a-1_b", true),
            ("", false),
            ("档案", false),
            ("A", false),
            ("-a", false),
        ] {
            assert_eq!(check_name(name).is_ok(), fits, "{name}");
        }
    }
}
