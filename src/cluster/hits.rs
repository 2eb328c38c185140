//! The articles of a plan in their order: first as the cluster ranks them, then looked at closely.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::error::ClusterError;
use super::reprints::{Group, count_groups, first_groups, has_none, read_groups, total};
use super::template::{GROUP, PLACE};
use crate::article::Article;
use crate::query::{Plan, Sort};
use crate::search::{Order, earns_place};

/// Articles that the cluster puts in order in one request. For more, everything that matches is
/// read.
pub(super) const WINDOW: usize = 10_000;
/// Articles that come with their texts at once.
const WITH_TEXT: usize = 40;

/// An article that may be among the best.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) score: f32,
    pub(super) day: u64,
    /// Decides the order, with the id.
    pub(super) key: Order,
    /// The article that earned the place.
    pub(super) id: String,
    pub(super) group: i64,
    pub(super) place: Option<u64>,
    /// The article that is shown and how many further copies match; none if that is not known yet.
    pub(super) shown: Option<(String, u64)>,
    /// Its JSON, where it came along.
    pub(super) article: Option<Value>,
}

/// What decides the order of articles by day: the greater comes first.
pub(super) fn order_by_day(sort: Sort, day: u64) -> Order {
    match sort {
        Sort::Oldest if day > 0 => Order::by_day(u64::MAX - day),
        _ => Order::by_day(day),
    }
}

/// The field of the day that an order goes by.
fn day_field(sort: Sort) -> &'static str {
    if sort == Sort::Newest { "last_day" } else { "first_day" }
}

/// How the cluster puts articles in order.
pub(super) fn sorting(sort: Sort) -> Value {
    let by_day = |order: &str| json!({ day_field(sort): { "order": order, "missing": "_last" } });
    match sort {
        Sort::Relevance => json!([{ "_score": "desc" }, by_day("desc"), { "id": "asc" }]),
        Sort::Newest => json!([by_day("desc"), { "id": "asc" }]),
        Sort::Oldest => json!([by_day("asc"), { "id": "asc" }]),
    }
}

/// What is read of each article.
pub(super) fn columns() -> Value {
    json!(["id", GROUP, PLACE, "first_day", "last_day"])
}

/// Asks for the first `keep` articles and how many there are.
pub(super) fn request(plan: &Plan, scored: &Value, matching: &Value, keep: usize) -> Value {
    let by_score = plan.sort == Sort::Relevance;
    let mut request = json!({
        "size": keep,
        "track_total_hits": true,
        "query": if by_score && keep > 0 { scored } else { matching },
    });
    if keep > 0 {
        request["sort"] = sorting(plan.sort);
        request["docvalue_fields"] = columns();
    }
    request["_source"] =
        if keep > 0 && keep <= WITH_TEXT { json!(["article"]) } else { json!(false) };
    if plan.all {
        return request;
    }
    if by_score || keep == 0 {
        if keep > 0 {
            request["collapse"] = json!({ "field": GROUP });
        }
        request["aggs"] = json!({ "reprints": count_groups() });
    } else {
        // By day a group stands where its shown copy does; the scripts find it.
        request["post_filter"] = has_none();
        let groups = first_groups(day_field(plan.sort), plan.sort == Sort::Oldest, keep);
        request["aggs"] = json!({ "reprints": groups });
    }
    request
}

/// The articles that a request found, in order, and how many there are.
pub(super) fn read(
    plan: &Plan,
    answer: &mut Value,
    keep: usize,
) -> Result<(Vec<Candidate>, u64), ClusterError> {
    let unreadable = |what: &str| ClusterError::Unreadable(what.to_owned());
    let hits = answer["hits"]["total"]["value"].as_u64();
    let hits = hits.ok_or_else(|| unreadable("no number of articles in it"))?;
    let list = list(answer);
    let mut best = Vec::with_capacity(list.len());
    for hit in list {
        best.push(candidate(plan.sort, hit).ok_or_else(|| unreadable("an article without id"))?);
    }
    if plan.all {
        return Ok((best, hits));
    }
    let counted = &answer["aggregations"]["reprints"];
    if plan.sort == Sort::Relevance || keep == 0 {
        return Ok((best, total(hits, counted)?));
    }
    let (groups, count) = read_groups(counted)?;
    best.extend(groups.into_iter().map(|Group { id, day, copies }| Candidate {
        score: 0.0,
        day,
        key: order_by_day(plan.sort, day),
        shown: Some((id.clone(), copies.saturating_sub(1))),
        id,
        group: 0,
        place: Some(0),
        article: None,
    }));
    settle(&mut best);
    best.truncate(keep);
    Ok((best, hits + count))
}

/// Puts candidates in order; what is equal otherwise, by id.
pub(super) fn settle(best: &mut [Candidate]) {
    best.sort_by(|a, b| (Reverse(a.key), &a.id).cmp(&(Reverse(b.key), &b.id)));
}

/// A hit of the cluster as a candidate.
pub(super) fn candidate(sort: Sort, mut hit: Value) -> Option<Candidate> {
    let article = match hit["_source"]["article"].take() {
        Value::Null => None,
        article => Some(article),
    };
    let fields = &hit["fields"];
    // The shortest way to write a number of 32 bits is read as just that number.
    let score: f32 = match &hit["_score"] {
        Value::Number(number) => number.to_string().parse().ok()?,
        _ => 0.0,
    };
    let day = fields[day_field(sort)][0].as_u64().unwrap_or(0);
    let key = match sort {
        Sort::Relevance => Order::relevance(score, day),
        by_day => order_by_day(by_day, day),
    };
    Some(Candidate {
        score,
        day,
        key,
        id: fields["id"][0].as_str()?.to_owned(),
        group: fields[GROUP][0].as_i64()?,
        place: fields[PLACE][0].as_u64(),
        shown: None,
        article,
    })
}

/// Lets copies stand behind one of them where all that match were read.
pub(super) fn collapse(sort: Sort, all: Vec<Candidate>) -> Vec<Candidate> {
    let mut best: Vec<Candidate> = Vec::new();
    // For each group where its candidate stands, and the place and id of the copy that is shown.
    let mut groups: HashMap<i64, (usize, u64)> = HashMap::new();
    for candidate in all {
        let Some(place) = candidate.place else {
            best.push(Candidate { shown: Some((candidate.id.clone(), 0)), ..candidate });
            continue;
        };
        let Some((at, shown_place)) = groups.get_mut(&candidate.group) else {
            groups.insert(candidate.group, (best.len(), place));
            best.push(Candidate { shown: Some((candidate.id.clone(), 0)), ..candidate });
            continue;
        };
        let known = &mut best[*at];
        let mut shown = known.shown.take().unwrap_or_default();
        shown.1 += 1;
        if place < *shown_place {
            shown.0.clone_from(&candidate.id);
        }
        let own = (known.key, known.place.unwrap_or(0));
        if earns_place(sort, own, (candidate.key, place)) {
            *known = candidate;
        }
        *shown_place = place.min(*shown_place);
        known.shown = Some(shown);
    }
    settle(&mut best);
    best
}

/// Takes the hits out of an answer.
pub(super) fn list(answer: &mut Value) -> Vec<Value> {
    match answer["hits"]["hits"].take() {
        Value::Array(list) => list,
        _ => Vec::new(),
    }
}

/// An article of an answer.
pub(super) fn article(value: Value) -> Result<Article, ClusterError> {
    serde_json::from_value(value)
        .map_err(|error| ClusterError::Unreadable(format!("an article is none ({error})")))
}
