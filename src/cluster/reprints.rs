//! How many articles match where reprints count once, and which of them stands for the others.
//!
//! Every article carries the number of its group and its place in it. The groups that match are
//! counted by small scripts inside the cluster, since an estimate would not be the local count. All
//! scripts are the same for every query, so that they are compiled once.

use hashbrown::HashMap;
use serde_json::{Value, json};

use super::error::ClusterError;
use super::template::{GROUP, PLACE};
use crate::search::{NAMED, NUMBERED};

/// Most values of a facet that are counted.
const VALUES: usize = 20_000;

/// Articles that have reprints.
pub(super) fn has_reprints() -> Value {
    json!({ "exists": { "field": PLACE } })
}

/// Articles that have none.
pub(super) fn has_none() -> Value {
    json!({ "bool": { "must_not": [has_reprints()] } })
}

fn scripted(init: &str, map: &str, combine: &str, reduce: &str, params: &Value) -> Value {
    json!({ "scripted_metric": {
        "init_script": init,
        "map_script": map,
        "combine_script": combine,
        "reduce_script": reduce,
        "params": params,
    } })
}

/// Counts the groups of what matches, beside other aggregations.
pub(super) fn count_groups() -> Value {
    let count = scripted(
        "state.groups = new HashSet();",
        "state.groups.add(doc[params.group].value);",
        "return new ArrayList(state.groups);",
        "Set all = new HashSet(); \
         for (found in states) { if (found != null) { all.addAll(found); } } \
         return all.size();",
        &json!({ "group": GROUP }),
    );
    json!({ "filter": has_reprints(), "aggs": { "groups": count } })
}

/// How many articles match, given how many with all their reprints.
pub(super) fn total(hits: u64, counted: &Value) -> Result<u64, ClusterError> {
    let copies = counted["doc_count"].as_u64();
    let groups = counted["groups"]["value"].as_u64();
    match (copies, groups) {
        (Some(copies), Some(groups)) => Ok(hits.saturating_sub(copies) + groups),
        // Where nothing matches, no script runs.
        (Some(0), None) => Ok(hits),
        _ => Err(ClusterError::Unreadable("no number of reprints in it".to_owned())),
    }
}

/// A group of reprints, by the copy of it that is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) day: u64,
    pub(super) copies: u64,
}

/// Finds the groups whose shown copy comes first by day: of each the most original copy that
/// matches. `day` is the field, and whether the earliest comes first.
pub(super) fn first_groups(day: &str, earliest: bool, keep: usize) -> Value {
    let first = scripted(
        "state.groups = new HashMap();",
        "String group = doc[params.group].value.toString(); \
         long place = doc[params.place].value; \
         long day = doc[params.day].size() == 0 ? 0 : doc[params.day].value; \
         def known = state.groups.get(group); \
         if (known == null) { state.groups.put(group, [place, day, doc['id'].value, 1L]); } \
         else { known[3] = known[3] + 1L; \
           if (place < known[0]) { known[0] = place; known[1] = day; known[2] = doc['id'].value; } }",
        "return state.groups;",
        "Map all = new HashMap(); \
         for (found in states) { if (found == null) { continue; } \
           for (entry in found.entrySet()) { \
             def known = all.get(entry.getKey()); def other = entry.getValue(); \
             if (known == null) { all.put(entry.getKey(), other); } \
             else { long copies = known[3] + other[3]; \
               if (other[0] < known[0]) { all.put(entry.getKey(), other); other[3] = copies; } \
               else { known[3] = copies; } } } } \
         List list = new ArrayList(all.values()); \
         boolean earliest = params.earliest; \
         list.sort((a, b) -> { \
           long x = a[1]; long y = b[1]; \
           if (x != y) { \
             if (earliest) { if (x == 0) { return 1; } if (y == 0) { return -1; } \
               return x < y ? -1 : 1; } \
             return x > y ? -1 : 1; } \
           return a[2].compareTo(b[2]); }); \
         int count = list.size(); int keep = params.keep; \
         return ['count': count, 'first': new ArrayList(list.subList(0, count < keep ? count : keep))];",
        &json!({ "group": GROUP, "place": PLACE, "day": day, "earliest": earliest, "keep": keep }),
    );
    json!({ "filter": has_reprints(), "aggs": { "groups": first } })
}

/// The groups, and how many there are.
pub(super) fn read_groups(counted: &Value) -> Result<(Vec<Group>, u64), ClusterError> {
    let value = &counted["groups"]["value"];
    let Some(first) = value["first"].as_array() else { return Ok((Vec::new(), 0)) };
    let group = |entry: &Value| {
        Some(Group {
            id: entry[2].as_str()?.to_owned(),
            day: entry[1].as_u64()?,
            copies: entry[3].as_u64()?,
        })
    };
    let groups: Option<Vec<Group>> = first.iter().map(group).collect();
    let unreadable = || ClusterError::Unreadable("a group of reprints is no group".to_owned());
    Ok((groups.ok_or_else(unreadable)?, value["count"].as_u64().unwrap_or(0)))
}

/// Counts by facet; reprints count once for each value that one of them has, unless all count.
pub(super) fn count_facets(everything: bool) -> Value {
    let terms =
        |name: &&str| ((*name).to_owned(), json!({ "terms": { "field": name, "size": VALUES } }));
    let each: serde_json::Map<String, Value> = NAMED.iter().chain(&NUMBERED).map(terms).collect();
    if everything {
        return json!({ "alone": { "filter": { "match_all": {} }, "aggs": each } });
    }
    let fields: Vec<&str> = NAMED.into_iter().chain(NUMBERED).collect();
    let tallies = scripted(
        "state.tallies = new HashMap();",
        "long group = doc[params.group].value; \
         for (field in params.fields) { for (value in doc[field]) { \
           String key = field + ':' + value.toString(); \
           def known = state.tallies.get(key); \
           if (known == null) { known = new HashSet(); state.tallies.put(key, known); } \
           known.add(group); } }",
        "Map lists = new HashMap(); \
         for (entry in state.tallies.entrySet()) { \
           lists.put(entry.getKey(), new ArrayList(entry.getValue())); } \
         return lists;",
        "Map all = new HashMap(); \
         for (found in states) { if (found == null) { continue; } \
           for (entry in found.entrySet()) { \
             def known = all.get(entry.getKey()); \
             if (known == null) { known = new HashSet(); all.put(entry.getKey(), known); } \
             known.addAll(entry.getValue()); } } \
         Map counts = new HashMap(); \
         for (entry in all.entrySet()) { counts.put(entry.getKey(), entry.getValue().size()); } \
         return counts;",
        &json!({ "group": GROUP, "fields": fields }),
    );
    json!({
        "alone": { "filter": has_none(), "aggs": each },
        "reprints": { "filter": has_reprints(), "aggs": { "tallies": tallies } },
    })
}

/// The counts by facet and value.
pub(super) fn read_facets(
    found: &Value,
) -> Result<HashMap<&'static str, HashMap<String, u64>>, ClusterError> {
    let mut counted: HashMap<&'static str, HashMap<String, u64>> = HashMap::new();
    let unreadable = || ClusterError::Unreadable("a facet without counts".to_owned());
    for name in NAMED.into_iter().chain(NUMBERED) {
        let counts = counted.entry(name).or_default();
        let buckets = found["alone"][name]["buckets"].as_array().ok_or_else(unreadable)?;
        for bucket in buckets {
            let value = match &bucket["key"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            *counts.entry(value).or_default() += bucket["doc_count"].as_u64().unwrap_or(0);
        }
    }
    if let Some(tallies) = found["reprints"]["tallies"]["value"].as_object() {
        for (key, count) in tallies {
            let (field, value) = key.split_once(':').ok_or_else(unreadable)?;
            let name = NAMED.into_iter().chain(NUMBERED).find(|name| *name == field);
            let counts = name.and_then(|name| counted.get_mut(name)).ok_or_else(unreadable)?;
            *counts.entry(value.to_owned()).or_default() += count.as_u64().unwrap_or(0);
        }
    }
    if let Some(months) = counted.get_mut("month") {
        let written = months.drain().map(|(month, count)| {
            let (year, month) = month.split_at(month.len().saturating_sub(2));
            (format!("{year:0>4}-{month}"), count)
        });
        *months = written.collect();
    }
    Ok(counted)
}
