//! An index and the same archive on a cluster → how far their answers are the same.
//!
//! ```text
//! cargo run --release --example parity -- INDEX URL[,URL…] TOPICS.json [QUERY…]
//! ```
//!
//! Every judged query, every query given besides, and other forms of them (filters, orders, phrases,
//! nearness, exclusion, later pages) are asked of both. Compared are the articles place by place,
//! how many there are, how many copies each stands for, and every count of every facet; random
//! strings are asked of the cluster and held against a scan of all texts; and it is told what each
//! layer of an answer costs on either. Prints one object of figures; differences go to standard error. Exit code 1 if anything that has to be the same is
//! not.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use liancheng::cluster::{ClusterSearcher, DEFAULT_NAME, Nodes};
use liancheng::index::Home;
use liancheng::measure::literal::{Scanned, compare, strings};
use liancheng::measure::{Judged, Run, Scores};
use liancheng::query::{FilterRequest, Plan, Sort};
use liancheng::search::{Facets, Hit, LocalSearcher, Response, Searcher};
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Strings that are looked for literally.
const STRINGS: usize = 300;
/// Scores that differ by less, as a share, are a tie: engines add up in different orders.
const TIE: f32 = 1e-4;
/// How often the way to the cluster and back is measured.
const TRIPS: usize = 100;
/// Articles of a run that are judged.
const DEPTH: usize = 100;
/// The least share of places that have to be the same.
const SAME_PLACES: f64 = 0.99;
/// The most that nDCG@10 may differ.
const NDCG: f64 = 0.003;

/// What was compared, and how much of it was the same.
#[derive(Default)]
struct Tally {
    places: usize,
    same_places: usize,
    ties: usize,
    answers: usize,
    other_totals: usize,
    other_copies: usize,
    counts: usize,
    other_counts: usize,
    local_ms: Vec<f64>,
    cluster_ms: Vec<f64>,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let mut args = std::env::args_os().skip(1);
    let mut next = || args.next().ok_or("usage: parity INDEX URL[,URL…] TOPICS.json [QUERY…]");
    let index = PathBuf::from(next()?);
    let addresses = next()?.to_string_lossy().into_owned();
    let topics = std::fs::read_to_string(PathBuf::from(next()?))?;
    let local = LocalSearcher::new(Home::at(index).open()?);
    let cluster = ClusterSearcher::open(Nodes::at(&addresses)?, DEFAULT_NAME)?;
    let judged = Judged::read(&topics, None)?;
    let layers = layers(&local, &cluster, &addresses, &judged)?;
    let mut queries: Vec<String> =
        judged.queries().into_iter().map(|(_, query)| query.to_owned()).collect();
    queries.extend(args.map(|query| query.to_string_lossy().into_owned()));

    let mut simple = Tally::default();
    for query in &queries {
        for all in [false, true] {
            simple.hold(&local, &cluster, &Plan { all, ..Plan::of(query) })?;
        }
    }
    let mut forms = Tally::default();
    for (number, query) in queries.iter().enumerate() {
        for plan in other_forms(number, query)? {
            forms.hold(&local, &cluster, &plan)?;
        }
    }
    let scores = |searcher: &dyn Searcher| -> Result<Scores> {
        let mut answers = BTreeMap::new();
        for (id, query) in judged.queries() {
            let plan = Plan { size: DEPTH, all: true, ..Plan::of(query) };
            let hits = searcher.search(&plan)?.hits;
            let list = hits.into_iter().map(|hit| (hit.article.id, f64::from(hit.score)));
            answers.insert(id, list.collect());
        }
        Ok(Scores::of(&judged, &Run { answers }))
    };
    let (here, there) = (scores(&local)?, scores(&cluster)?);
    let misses = literally(&local, &cluster)?;
    let gap = |a: Option<f64>, b: Option<f64>| (a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs();
    let ndcg = gap(here.ndcg, there.ndcg).max(gap(here.ndcg_of_variants, there.ndcg_of_variants));
    let report = json!({
        "layers": layers,
        "queries": queries.len(),
        "plain": simple.report(),
        "other_forms": forms.report(),
        "ndcg": { "local": here.ndcg, "cluster": there.ndcg },
        "ndcg_of_variants": { "local": here.ndcg_of_variants, "cluster": there.ndcg_of_variants },
        "reciprocal_rank": { "local": here.reciprocal_rank, "cluster": there.reciprocal_rank },
        "strings": STRINGS,
        "strings_found_otherwise": misses,
    });
    println!("{report:#}");
    Ok(simple.is_good() && forms.is_good() && ndcg <= NDCG && misses == 0)
}

/// What each layer of an answer costs here and there, in milliseconds: the way to the cluster and back;
/// matching, ranking and counting alone (no article is asked for); with the first ten, their texts and
/// the closer look; with facets, too.
fn layers(
    local: &dyn Searcher,
    cluster: &dyn Searcher,
    addresses: &str,
    judged: &Judged,
) -> Result<serde_json::Value> {
    let nodes = Nodes::at(addresses)?;
    let plans: Vec<Plan> = judged.queries().into_iter().map(|(_, text)| Plan::of(text)).collect();
    let timed = |work: &mut dyn FnMut() -> Result<()>| -> Result<f64> {
        let started = Instant::now();
        work()?;
        Ok(started.elapsed().as_secs_f64() * 1000.0)
    };
    let mut trips = Vec::new();
    for _ in 0..TRIPS {
        trips.push(timed(&mut || Ok(nodes.check_version()?))?);
    }
    let mut measured = json!({ "way_and_back": quantiles(&trips) });
    for (name, size, facets) in
        [("counted", 0, false), ("first_ten", 10, false), ("with_facets", 10, true)]
    {
        for (side, searcher) in [("local", local), ("cluster", cluster)] {
            let mut all = Vec::new();
            // The first round warms the caches.
            for round in 0..2 {
                for plan in &plans {
                    let plan = Plan { size, facets, ..plan.clone() };
                    let took = timed(&mut || searcher.search(&plan).map(drop).map_err(Into::into))?;
                    if round > 0 {
                        all.push(took);
                    }
                }
            }
            measured[name][side] = quantiles(&all);
        }
    }
    Ok(measured)
}

/// Other ways to ask what a query asks.
fn other_forms(number: usize, query: &str) -> Result<Vec<Plan>> {
    let words: Vec<&str> = query.split_whitespace().collect();
    let first = words.first().copied().unwrap_or(query);
    let last = words.last().copied().unwrap_or(query);
    let filters = |request: FilterRequest| request.resolve();
    let of = |text: &str| Plan { facets: true, ..Plan::of(text) };
    Ok(match number % 8 {
        0 => vec![Plan { sort: Sort::Newest, ..of(query) }, Plan { page: 3, ..of(query) }],
        1 => vec![Plan { sort: Sort::Oldest, ..of(query) }, Plan { fresh: true, ..of(query) }],
        2 => {
            // Two characters from either end: words that stand near each other in the query.
            let characters: Vec<char> = query.chars().filter(|c| c.is_alphanumeric()).collect();
            let left: String = characters.iter().take(2).collect();
            let right: String = characters.iter().rev().take(2).rev().collect();
            vec![
                of(&format!("\"{first}\"")),
                of(&format!("\"{left} {right}\"~20")),
                of(&format!("\"{right} {right}\"~3")),
                of(&format!("同句({left} {right})")),
            ]
        }
        3 => vec![
            of(&format!("{query} -合作")),
            of(&format!("({first} OR 协作) {last}")),
            of(&format!("title:{first}")),
        ],
        4 => {
            let request = FilterRequest { since: Some("2022".to_owned()), ..Default::default() };
            vec![Plan { filters: filters(request)?, ..of(query) }]
        }
        5 => {
            let request =
                FilterRequest { regions: vec!["广东".to_owned()], ..Default::default() };
            vec![
                Plan { filters: filters(request)?, ..of(query) },
                of(&format!("{first} outlet:日报")),
            ]
        }
        6 => {
            let request = FilterRequest {
                partners: vec!["上海".to_owned()],
                until: Some("2024-06".to_owned()),
                ..Default::default()
            };
            vec![Plan { filters: filters(request)?, sort: Sort::Newest, ..of("") }, of(query)]
        }
        _ => vec![
            Plan { facets: true, ..Plan::literally(query) },
            Plan { all: true, page: 2, sort: Sort::Oldest, ..of(query) },
        ],
    })
}

impl Tally {
    /// Asks both and compares.
    fn hold(&mut self, local: &dyn Searcher, cluster: &dyn Searcher, plan: &Plan) -> Result<()> {
        let timed = |searcher: &dyn Searcher| -> Result<(Response, f64)> {
            let started = Instant::now();
            let response = searcher.search(plan)?;
            Ok((response, started.elapsed().as_secs_f64() * 1000.0))
        };
        let (here, local_ms) = timed(local)?;
        let (there, cluster_ms) = timed(cluster)?;
        self.local_ms.push(local_ms);
        self.cluster_ms.push(cluster_ms);
        self.answers += 1;
        let what =
            || format!("「{}」 {:?} page {} all {}", plan.query, plan.sort, plan.page, plan.all);
        if (here.total, here.undated) != (there.total, there.undated) {
            self.other_totals += 1;
            let totals = [here.total, there.total, here.undated, there.undated];
            eprintln!("{}: totals {totals:?}", what());
        }
        self.places += here.hits.len().max(there.hits.len());
        for (a, b) in here.hits.iter().zip(&there.hits) {
            if a.article.id == b.article.id {
                self.same_places += 1;
                if a.duplicates != b.duplicates || a.article != b.article {
                    self.other_copies += 1;
                    eprintln!(
                        "{}: {} stands for {} and {}",
                        what(),
                        a.article.id,
                        a.duplicates,
                        b.duplicates
                    );
                }
            } else if is_tie(a, b, plan) {
                self.ties += 1;
            } else {
                let shown = |hit: &Hit| format!("{} {}", hit.article.id, hit.score);
                eprintln!("{}: place {}: {} and {}", what(), a.rank, shown(a), shown(b));
            }
        }
        if let (Some(here), Some(there)) = (&here.facets, &there.facets) {
            for ((name, here), (_, there)) in lists(here).into_iter().zip(lists(there)) {
                self.counts += here.len().max(there.len());
                let other = here.iter().zip(&there).filter(|(a, b)| a != b).count();
                let other = other + here.len().abs_diff(there.len());
                if other > 0 {
                    self.other_counts += other;
                    eprintln!("{}: {other} counts of {name} differ", what());
                }
            }
        }
        Ok(())
    }

    fn same_share(&self) -> f64 {
        (self.same_places + self.ties) as f64 / self.places.max(1) as f64
    }

    fn is_good(&self) -> bool {
        self.same_share() >= SAME_PLACES
            && self.other_totals == 0
            && self.other_copies == 0
            && self.other_counts == 0
    }

    fn report(&self) -> serde_json::Value {
        json!({
            "answers": self.answers,
            "places": self.places,
            "same_places": self.same_places,
            "ties": self.ties,
            "same_share": (self.same_share() * 1e5).round() / 1e5,
            "totals_that_differ": self.other_totals,
            "hits_with_other_copies": self.other_copies,
            "facet_counts": self.counts,
            "facet_counts_that_differ": self.other_counts,
            "local_ms": quantiles(&self.local_ms),
            "cluster_ms": quantiles(&self.cluster_ms),
        })
    }
}

/// Whether two articles have the same right to a place.
fn is_tie(a: &Hit, b: &Hit, plan: &Plan) -> bool {
    let day = |hit: &Hit| hit.article.date.as_ref().map(|dated| dated.date);
    match plan.sort {
        Sort::Relevance => (a.score - b.score).abs() <= TIE * a.score.max(1.0),
        _ => day(a) == day(b),
    }
}

/// The lists of a facet answer, by name.
fn lists(facets: &Facets) -> Vec<(&'static str, Vec<(String, u64)>)> {
    let list = |counts: &[liancheng::search::Count]| {
        counts.iter().map(|count| (count.value.clone(), count.count)).collect()
    };
    vec![
        ("province", list(&facets.province)),
        ("city", list(&facets.city)),
        ("county", list(&facets.county)),
        ("region", list(&facets.region)),
        ("partner", list(&facets.partner)),
        ("kind", list(&facets.kind)),
        ("year", list(&facets.year)),
        ("month", list(&facets.month)),
        ("outlet", list(&facets.outlet)),
    ]
}

/// Median and the slowest of twenty, in milliseconds.
fn quantiles(times: &[f64]) -> serde_json::Value {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    json!({ "median": (at(0.5) * 10.0).round() / 10.0, "p95": (at(0.95) * 10.0).round() / 10.0 })
}

/// Asks the cluster for random strings; how many it finds otherwise than a scan of all texts does.
fn literally(local: &LocalSearcher, cluster: &dyn Searcher) -> Result<usize> {
    let (mut articles, mut texts) = (Vec::new(), Vec::new());
    local.for_each_article(&mut |article| {
        articles.push(Scanned::new(&article.id, &article.title, &article.body));
        texts.push((article.title, article.body));
    })?;
    texts.sort();
    let misses = compare(cluster, &articles, &strings(&texts, STRINGS, 7))?;
    for miss in &misses {
        eprintln!(
            "「{}」 (quoted: {}): {} missing, {} too many",
            miss.text,
            miss.quoted,
            miss.missing.len(),
            miss.surplus.len()
        );
    }
    Ok(misses.len())
}
