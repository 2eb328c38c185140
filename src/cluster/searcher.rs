//! Answers plans from an archive on a cluster.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opensearch::http::Method;
use serde_json::{Value, json};

use super::archive::{Archive, scan};
use super::dsl::{favouring, matching, scored};
use super::error::ClusterError;
use super::facts::{Asked, Facts};
use super::hits::{self, Candidate, WINDOW};
use super::nodes::{Again, Answer, Nodes, SEARCH, checked, missing_parts, patiently};
use super::push::key_of;
use super::reprints::{count_facets, count_groups, read_facets, total};
use super::template::{GROUP, PLACE};
use crate::article::Article;
use crate::clean::fold::fold;
use crate::query::{Plan, Sort};
use crate::search::{
    Compiler, Condition, Facets, Found, Freshness, Hit, Lifted, Order, Partly, Response,
    SearchError, Searcher, Sketch, Weights, facet_groups,
};

/// How long what is known of all articles is taken to be true: an archive grows by pushes.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// Words of which it is remembered how many articles hold them.
const REMEMBERED: usize = 50_000;
/// Articles that are read in one request.
const READ: usize = 500;
/// Ids that are named where several begin alike.
const NAMED: usize = 10;

/// An archive on a cluster.
pub struct ClusterSearcher {
    nodes: Arc<Nodes>,
    name: String,
    /// The index behind the archive, as it was when it was opened.
    index: String,
    /// What the last push left in it.
    sum: u64,
    weights: Arc<Weights>,
    known: Mutex<(Instant, Arc<Facts>)>,
}

/// What is asked of the cluster in one go, and what each part is.
struct Asking {
    lines: String,
    count: usize,
}

impl Asking {
    fn new() -> Self {
        Self { lines: String::new(), count: 0 }
    }

    /// Adds a search; returns which one it is.
    fn add(&mut self, index: &str, body: &Value, by_score: bool) -> usize {
        // Rarity is that of all articles, not of those of one part.
        let kind = if by_score { "dfs_query_then_fetch" } else { "query_then_fetch" };
        let head = json!({ "index": index, "search_type": kind });
        let _ = writeln!(self.lines, "{head}\n{body}");
        self.count += 1;
        self.count - 1
    }
}

/// What a plan asks for, and what is looked for closely.
type Compiled = (Condition, Sketch);

/// Answers, and what could not be looked at for them.
struct Answers {
    bodies: Vec<Value>,
    partly: Option<Partly>,
}

impl ClusterSearcher {
    /// Opens an archive; refuses one that was pushed by another program.
    pub fn open(nodes: Nodes, name: &str) -> Result<Self, ClusterError> {
        nodes.check_version()?;
        let shelf = Archive::open(&nodes, name)?;
        Ok(Self {
            nodes: Arc::new(nodes),
            name: name.to_owned(),
            index: shelf.index,
            sum: shelf.sum,
            weights: Arc::default(),
            known: Mutex::new((Instant::now(), Arc::default())),
        })
    }

    /// The index behind the archive.
    pub fn index(&self) -> &str {
        &self.index
    }

    /// Whether the archive is still as it was when it was opened.
    pub fn is_current(&self) -> Result<bool, ClusterError> {
        let now = Archive::open(&self.nodes, &self.name)?;
        Ok((now.index, now.sum) == (self.index.clone(), self.sum))
    }

    /// The same archive as it is now.
    pub fn reopened(&self) -> Result<Self, ClusterError> {
        let now = Archive::open(&self.nodes, &self.name)?;
        Ok(Self {
            nodes: Arc::clone(&self.nodes),
            name: self.name.clone(),
            index: now.index,
            sum: now.sum,
            weights: Arc::clone(&self.weights),
            known: Mutex::new((Instant::now(), Arc::default())),
        })
    }

    /// What a plan asks for, under each of some filters lifted, and what is known of all articles.
    fn compiled(
        &self,
        plan: &Plan,
        lifted: &[Lifted],
    ) -> Result<(Vec<Compiled>, Arc<Facts>), ClusterError> {
        let mut facts = self.known();
        // What is asked of all articles hangs on the plan and on little of what they say.
        for _ in 0..4 {
            let asked = Asked::of(&facts);
            let conditions = lifted.iter().map(|lifted| {
                let compiler = Compiler::new(&asked, &self.weights);
                let condition = compiler.plan(plan.node.as_ref(), &plan.filters, *lifted);
                condition.map(|condition| (condition, compiler.take_sketch()))
            });
            let conditions: Result<Vec<_>, Infallible> = conditions.collect();
            let Ok(conditions) = conditions;
            let Some(missing) = asked.missing() else { return Ok((conditions, facts)) };
            let mut more = (*facts).clone();
            let whole = missing.learn(&self.nodes, &self.index, &mut more)?;
            facts = Arc::new(more);
            if whole {
                self.remember(&facts);
            }
        }
        Err(ClusterError::Unreadable("it tells of other words every time".to_owned()))
    }

    /// An answer; what is wrong with it is told of the archive, not of the index behind it.
    fn named<T>(&self, answered: Result<T, ClusterError>) -> Result<T, ClusterError> {
        answered.map_err(|error| match error {
            ClusterError::Missing(_) => ClusterError::Missing(self.name.clone()),
            ClusterError::Unavailable { what, .. } => {
                ClusterError::Unavailable { name: self.name.clone(), what }
            }
            other => other,
        })
    }

    fn known(&self) -> Arc<Facts> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0.elapsed() > KNOWN_FOR || known.1.frequencies.len() > REMEMBERED {
            *known = (Instant::now(), Arc::default());
        }
        Arc::clone(&known.1)
    }

    fn remember(&self, facts: &Arc<Facts>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.1 = Arc::clone(facts);
    }

    fn answers(&self, asking: &Asking) -> Result<Answers, ClusterError> {
        let (answers, _) = patiently(|| {
            let answers = self.answers_of_now(asking)?;
            let missing = answers.partly.as_ref().map_or(0, |partly| partly.missing);
            Ok((answers, missing))
        })?;
        Ok(answers)
    }

    fn answers_of_now(&self, asking: &Asking) -> Result<Answers, ClusterError> {
        let body = asking.lines.as_bytes();
        let sent = self.nodes.send(Method::Post, "/_msearch", Some(body), SEARCH, Again::Safe)?;
        let Answer { mut body, node, .. } = checked(sent)?;
        let list = match body["responses"].take() {
            Value::Array(list) if list.len() == asking.count => list,
            _ => return Err(ClusterError::Unreadable("other answers than questions".to_owned())),
        };
        let mut partly: Option<Partly> = None;
        let mut bodies = Vec::with_capacity(list.len());
        for body in list {
            let status = body["status"].as_u64().unwrap_or(200) as u16;
            let Answer { body, .. } = checked(Answer { status, body, node: node.clone() })?;
            let missing = missing_parts(&body);
            if missing > partly.as_ref().map_or(0, |partly| partly.missing) {
                let parts = body["_shards"]["total"].as_u64().unwrap_or(missing);
                partly = Some(Partly { missing, parts });
            }
            bodies.push(body);
        }
        Ok(Answers { bodies, partly })
    }

    /// Asks one search.
    fn ask(&self, body: &Value) -> Result<Value, ClusterError> {
        Ok(self.nodes.search(&self.index, body)?.0)
    }

    fn answer(&self, plan: &Plan) -> Result<Response, ClusterError> {
        let started = Instant::now();
        let counted = if plan.facets { facet_groups(&plan.filters) } else { Vec::new() };
        let dated = plan.filters.since.or(plan.filters.until).is_some();
        let mut lifted = vec![Lifted::Nothing, Lifted::Days];
        lifted.extend(counted.iter().map(|(lifted, _)| *lifted));
        let (mut conditions, known) = self.compiled(plan, &lifted)?;
        let (condition, sketch) = conditions.remove(0);
        let (without_days, _) = conditions.remove(0);

        let wanted = plan.page.saturating_mul(plan.size);
        let reconsider = plan.sort == Sort::Relevance && wanted > 0 && !sketch.is_empty();
        let keep = if reconsider { wanted.max(self.weights.reconsidered) } else { wanted };
        let (holding, mut earning) = (matching(&condition), scored(&condition, &known));
        let fresh = (plan.fresh && plan.sort == Sort::Relevance)
            .then(|| Freshness::since(known.newest, self.weights.fresh));
        if let Some(fresh) = fresh {
            earning = favouring(&earning, fresh);
        }
        let deep = keep > WINDOW;

        let mut asking = Asking::new();
        let first = if deep { 0 } else { keep };
        let request = hits::request(plan, &earning, &holding, first);
        asking.add(&self.index, &request, plan.sort == Sort::Relevance && first > 0);
        let mut undated_at = None;
        if dated {
            undated_at = Some(asking.add(&self.index, &undated(plan, &without_days), false));
        }
        let mut facets_at = Vec::new();
        for ((condition, _), (_, names)) in conditions.iter().zip(&counted) {
            let body = json!({
                "size": 0,
                "query": { "bool": { "filter": [matching(condition)] } },
                "aggs": count_facets(plan.all),
            });
            facets_at.push((asking.add(&self.index, &body, false), names));
        }
        let Answers { mut bodies, partly } = self.answers(&asking)?;

        let (mut best, total_found) = hits::read(plan, &mut bodies[0], first)?;
        if deep {
            best = self.everything(plan, &earning)?;
        }
        if reconsider {
            let close = best.len().min(self.weights.reconsidered);
            self.look_closer(&mut best[..close], &sketch, fresh)?;
            hits::settle(&mut best[..close]);
        }
        best.truncate(wanted);
        let skipped = plan.page.saturating_sub(1).saturating_mul(plan.size).min(best.len());
        let page = self.shown(plan, &holding, best.split_off(skipped), skipped)?;

        let facets = if plan.facets {
            let mut facets = Facets::default();
            for (at, names) in facets_at {
                let mut counts = read_facets(&bodies[at]["aggregations"])?;
                for name in names {
                    facets.set(name, &mut counts);
                }
            }
            Some(facets)
        } else {
            None
        };
        let undated = match undated_at {
            None => 0,
            Some(at) => count_of(plan, &bodies[at])?,
        };
        let took = started.elapsed();
        Ok(Response { total: total_found, hits: page, facets, undated, took, partly })
    }

    /// Reads everything that matches and puts it in order: for pages that no cluster puts in order.
    fn everything(&self, plan: &Plan, earning: &Value) -> Result<Vec<Candidate>, ClusterError> {
        let body = json!({
            "query": earning,
            "sort": hits::sorting(plan.sort),
            "docvalue_fields": hits::columns(),
            "_source": false,
        });
        let mut all = Vec::new();
        scan(&self.nodes, &self.index, &body, WINDOW, &mut |hit| {
            let hit = hits::candidate(plan.sort, hit.clone());
            let what = || ClusterError::Unreadable("an article without id".to_owned());
            all.push(hit.ok_or_else(what)?);
            Ok(())
        })?;
        if plan.all {
            hits::settle(&mut all);
            return Ok(all);
        }
        Ok(hits::collapse(plan.sort, all))
    }

    /// Raises the score of articles that hold much of the query in one passage or in the lead.
    fn look_closer(
        &self,
        best: &mut [Candidate],
        sketch: &Sketch,
        fresh: Option<Freshness>,
    ) -> Result<(), ClusterError> {
        let mut missing: Vec<String> = Vec::new();
        missing.extend(best.iter().filter(|c| c.article.is_none()).map(|c| c.id.clone()));
        let mut read = self.articles(&missing)?;
        let weights = &self.weights;
        for candidate in best {
            if candidate.article.is_none() {
                candidate.article = read.remove(&candidate.id);
            }
            let body = candidate.article.as_ref().and_then(|article| article["body"].as_str());
            let body = fold(body.unwrap_or_default());
            let close = sketch.look_at(&body, weights.passage_length, weights.lead_length);
            let share = close.share(weights);
            let favour = fresh.map_or(1.0, |fresh| fresh.factor(candidate.day));
            candidate.score += share * sketch.total() * favour;
            candidate.key = Order::relevance(candidate.score, candidate.day);
        }
        Ok(())
    }

    /// The articles of a page as they are shown: of reprints the most original one that matches.
    fn shown(
        &self,
        plan: &Plan,
        holding: &Value,
        mut page: Vec<Candidate>,
        skipped: usize,
    ) -> Result<Vec<Hit>, ClusterError> {
        let mut groups: Vec<i64> = Vec::new();
        if !plan.all {
            let open = page.iter().filter(|c| c.shown.is_none() && c.place.is_some());
            groups.extend(open.map(|candidate| candidate.group));
        }
        let mut found = self.groups(holding, &groups)?;
        for candidate in &mut page {
            let known = candidate.place.is_some().then(|| found.remove(&candidate.group)).flatten();
            if let Some((article, copies)) = known {
                let id = article["id"].as_str().unwrap_or_default().to_owned();
                candidate.shown = Some((id, copies.saturating_sub(1)));
                candidate.article = Some(article);
            } else if let Some((id, _)) = &candidate.shown
                && *id != candidate.id
            {
                candidate.article = None;
            }
        }
        let shown_id = |candidate: &Candidate| {
            candidate.shown.as_ref().map_or_else(|| candidate.id.clone(), |(id, _)| id.clone())
        };
        let missing: Vec<String> =
            page.iter().filter(|c| c.article.is_none()).map(shown_id).collect();
        let mut read = self.articles(&missing)?;
        let mut hits = Vec::with_capacity(page.len());
        for (rank, mut candidate) in (skipped + 1..).zip(page) {
            let value = candidate.article.take().or_else(|| read.remove(&shown_id(&candidate)));
            let value = value
                .ok_or_else(|| ClusterError::Unreadable("an article without text".to_owned()))?;
            let duplicates = candidate.shown.map_or(0, |(_, duplicates)| duplicates);
            let article = hits::article(value)?;
            hits.push(Hit { rank, score: candidate.score, why: Vec::new(), duplicates, article });
        }
        Ok(hits)
    }

    /// Of each group the most original article that matches, and how many copies do.
    fn groups(
        &self,
        holding: &Value,
        groups: &[i64],
    ) -> Result<HashMap<i64, (Value, u64)>, ClusterError> {
        let mut found = HashMap::new();
        for some in groups.chunks(READ) {
            let body = json!({
                "size": 0,
                "query": { "bool": { "filter": [{ "terms": { GROUP: some } }, holding] } },
                "aggs": { "groups": {
                    "terms": { "field": GROUP, "size": some.len() },
                    "aggs": { "shown": { "top_hits": {
                        "size": 1,
                        "sort": [{ PLACE: "asc" }],
                        "_source": ["article"],
                    } } },
                } },
            });
            let mut answer = self.ask(&body)?;
            let buckets = match answer["aggregations"]["groups"]["buckets"].take() {
                Value::Array(buckets) => buckets,
                _ => Vec::new(),
            };
            for mut bucket in buckets {
                let copies = bucket["doc_count"].as_u64().unwrap_or(0);
                let article = bucket["shown"]["hits"]["hits"][0]["_source"]["article"].take();
                if let Some(group) = bucket["key"].as_i64() {
                    found.insert(group, (article, copies));
                }
            }
        }
        Ok(found)
    }

    /// Reads articles by id.
    fn articles(&self, ids: &[String]) -> Result<HashMap<String, Value>, ClusterError> {
        let mut found = HashMap::new();
        for some in ids.chunks(READ) {
            let keys: Vec<String> = some.iter().map(|id| key_of(id)).collect();
            let body = json!({
                "size": some.len(),
                "query": { "ids": { "values": keys } },
                "_source": ["article"],
            });
            let mut answer = self.ask(&body)?;
            for mut hit in hits::list(&mut answer) {
                let article = hit["_source"]["article"].take();
                if let Some(id) = article["id"].as_str() {
                    found.insert(id.to_owned(), article);
                }
            }
        }
        Ok(found)
    }

    fn matching_ids(&self, plan: &Plan) -> Result<Vec<String>, ClusterError> {
        let (conditions, _) = self.compiled(plan, &[Lifted::Nothing])?;
        let body = json!({
            "query": { "bool": { "filter": [matching(&conditions[0].0)] } },
            "docvalue_fields": ["id"],
            "_source": false,
        });
        let mut ids = Vec::new();
        scan(&self.nodes, &self.index, &body, WINDOW, &mut |hit| {
            ids.extend(hit["fields"]["id"][0].as_str().map(str::to_owned));
            Ok(())
        })?;
        Ok(ids)
    }

    fn working_together(
        &self,
        plan: &Plan,
        visit: &mut dyn FnMut(Article),
    ) -> Result<(), ClusterError> {
        let (conditions, _) = self.compiled(plan, &[Lifted::Nothing])?;
        let together = json!({ "exists": { "field": "partner" } });
        let body = json!({
            "query": { "bool": { "filter": [matching(&conditions[0].0), together] } },
            "_source": ["article"],
        });
        scan(&self.nodes, &self.index, &body, READ, &mut |hit| {
            visit(hits::article(hit["_source"]["article"].clone())?);
            Ok(())
        })
    }

    /// Where the article of an id stands among its reprints: the group and the place.
    fn place_of(&self, id: &str) -> Result<Option<(i64, Option<u64>)>, ClusterError> {
        let body = json!({
            "size": 1,
            "query": { "term": { "id": id } },
            "docvalue_fields": [GROUP, PLACE],
            "_source": false,
        });
        let answer = self.ask(&body)?;
        let fields = &answer["hits"]["hits"][0]["fields"];
        Ok(fields[GROUP][0].as_i64().map(|group| (group, fields[PLACE][0].as_u64())))
    }

    fn copies_of(&self, id: &str) -> Result<Vec<Article>, ClusterError> {
        let Some((group, Some(_))) = self.place_of(id)? else { return Ok(Vec::new()) };
        let body = json!({
            "size": WINDOW,
            "query": { "bool": {
                "filter": [{ "term": { GROUP: group } }],
                "must_not": [{ "term": { "id": id } }],
            } },
            "sort": [{ PLACE: "asc" }],
            "_source": ["article"],
        });
        let mut answer = self.ask(&body)?;
        let list = hits::list(&mut answer).into_iter();
        list.map(|mut hit| hits::article(hit["_source"]["article"].take())).collect()
    }

    fn by_id(&self, id: &str) -> Result<Found, ClusterError> {
        let body = |query: Value| {
            json!({
                "size": NAMED,
                "query": query,
                "sort": [{ "id": "asc" }],
                "docvalue_fields": ["id"],
                "_source": ["article", "places"],
            })
        };
        let mut answer = self.ask(&body(json!({ "term": { "id": id } })))?;
        let mut list = hits::list(&mut answer);
        if list.is_empty() {
            let mut answer = self.ask(&body(json!({ "prefix": { "id": id } })))?;
            list = hits::list(&mut answer);
        }
        match list.as_mut_slice() {
            [] => Ok(Found::Nothing),
            [hit] => {
                let article = hits::article(hit["_source"]["article"].take())?;
                let places = serde_json::from_value(hit["_source"]["places"].take());
                let places = places.map_err(|error| {
                    ClusterError::Unreadable(format!("places of an article are none ({error})"))
                })?;
                Ok(Found::Article(Box::new(Article { places, ..article })))
            }
            many => {
                let ids = many.iter().filter_map(|hit| hit["fields"]["id"][0].as_str());
                Ok(Found::Many(ids.map(str::to_owned).collect()))
            }
        }
    }
}

/// Counts the articles that would match but have no date.
fn undated(plan: &Plan, without_days: &Condition) -> Value {
    let mut body = json!({
        "size": 0,
        "track_total_hits": true,
        "query": { "bool": {
            "filter": [matching(without_days)],
            "must_not": [{ "exists": { "field": "first_day" } }],
        } },
    });
    if !plan.all {
        body["aggs"] = json!({ "reprints": count_groups() });
    }
    body
}

/// How many articles a search without hits found.
fn count_of(plan: &Plan, answer: &Value) -> Result<u64, ClusterError> {
    let hits = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
    if plan.all { Ok(hits) } else { total(hits, &answer["aggregations"]["reprints"]) }
}

impl Searcher for ClusterSearcher {
    fn search(&self, plan: &Plan) -> Result<Response, SearchError> {
        Ok(self.named(self.answer(plan))?)
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, SearchError> {
        Ok(self.named(self.matching_ids(plan))?)
    }

    fn together(&self, plan: &Plan, visit: &mut dyn FnMut(Article)) -> Result<(), SearchError> {
        Ok(self.named(self.working_together(plan, visit))?)
    }

    fn group(&self, id: &str) -> Result<Option<u32>, SearchError> {
        // The number tells groups apart; half of a fingerprint does.
        let place = self.named(self.place_of(id))?;
        Ok(place.and_then(|(group, place)| place.map(|_| group as u32)))
    }

    fn copies(&self, id: &str) -> Result<Vec<Article>, SearchError> {
        Ok(self.named(self.copies_of(id))?)
    }

    fn article(&self, id: &str) -> Result<Found, SearchError> {
        Ok(self.named(self.by_id(id))?)
    }
}
