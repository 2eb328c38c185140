//! Searches of an archive on a cluster, many at a time, while nodes come and go; and whether the
//! archive is the index, article by article.
//!
//! ```text
//! cargo run --release --example cluster_soak -- search URL[,URL…] TOPICS.json SECONDS [AT_ONCE]
//! cargo run --release --example cluster_soak -- same INDEX URL[,URL…]
//! ```
//!
//! `search` asks every judged query once and then again and again: every later answer has to be the
//! first one. `same` holds ids and contents of all articles against the index. Each prints one
//! object of figures; exit code 1 if something is not as it was, or an article is not as it is.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use liancheng::article::Article;
use liancheng::cluster::{ClusterSearcher, DEFAULT_NAME, Nodes};
use liancheng::index::Home;
use liancheng::measure::Judged;
use liancheng::query::Plan;
use liancheng::search::{LocalSearcher, Response, Searcher};
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Searches on their way at once, if nothing else is said.
const AT_ONCE: usize = 16;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["search", url, topics, seconds] => search(url, topics, seconds, AT_ONCE),
        ["search", url, topics, seconds, at_once] => {
            search(url, topics, seconds, at_once.parse().unwrap_or(AT_ONCE))
        }
        ["same", index, url] => same(index, url),
        _ => Err("usage: cluster_soak search URL TOPICS SECONDS [AT_ONCE] | same INDEX URL".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What a reader sees of an answer, score and time apart.
fn shown(response: &Response) -> (u64, Vec<(String, u64)>) {
    let hits = response.hits.iter().map(|hit| (hit.article.id.clone(), hit.duplicates));
    (response.total, hits.collect())
}

/// Asks again and again; the answers have to stay the same.
fn search(url: &str, topics: &str, seconds: &str, at_once: usize) -> Result<bool> {
    let seconds = Duration::from_secs(seconds.parse()?);
    let searcher = ClusterSearcher::open(Nodes::at(url)?, DEFAULT_NAME)?;
    let judged = Judged::read(&std::fs::read_to_string(topics)?, None)?;
    let plans: Vec<Plan> = judged.queries().into_iter().map(|(_, query)| Plan::of(query)).collect();
    let mut first = Vec::new();
    for plan in &plans {
        first.push(shown(&searcher.search(plan)?));
    }
    let (next, other, partly) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let failed: Mutex<Vec<String>> = Mutex::default();
    let times: Mutex<Vec<f64>> = Mutex::default();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while started.elapsed() < seconds {
                    let at = next.fetch_add(1, Ordering::Relaxed) % plans.len();
                    let asked = Instant::now();
                    match searcher.search(&plans[at]) {
                        Ok(response) if response.partly.is_some() => {
                            partly.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(response) if shown(&response) == first[at] => {}
                        Ok(_) => {
                            other.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => failed
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(format!("{:.1} s: {error}", started.elapsed().as_secs_f64())),
                    }
                    let took = asked.elapsed().as_secs_f64() * 1000.0;
                    times.lock().unwrap_or_else(PoisonError::into_inner).push(took);
                }
            });
        }
    });
    let mut times = times.into_inner()?;
    let failed = failed.into_inner()?;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied();
    let report = json!({
        "at_once": at_once,
        "seconds": seconds.as_secs(),
        "searches": times.len(),
        "failed": failed.len(),
        "answers_of_a_part": partly.load(Ordering::Relaxed),
        "other_answers": other.load(Ordering::Relaxed),
        "ms": { "median": at(0.5), "p95": at(0.95), "p99": at(0.99), "slowest": times.last() },
        "failures": failed.iter().take(10).collect::<Vec<_>>(),
    });
    println!("{report:#}");
    Ok(failed.is_empty() && other.load(Ordering::Relaxed) == 0)
}

/// A hash over ids and contents of articles, whatever their order, and how many they are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Whole {
    articles: u64,
    sum: u64,
}

impl Whole {
    fn add(&mut self, article: &Article) -> Result<()> {
        let article = Article { places: Vec::new(), ..article.clone() };
        let text = serde_json::to_string(&article)?;
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        self.articles += 1;
        self.sum = self.sum.wrapping_add(hash);
        Ok(())
    }
}

/// Holds all articles of an archive against the index.
fn same(index: &str, url: &str) -> Result<bool> {
    let local = LocalSearcher::new(Home::at(PathBuf::from(index)).open()?);
    let cluster = ClusterSearcher::open(Nodes::at(url)?, DEFAULT_NAME)?;
    let (mut here, mut there) = (Whole::default(), Whole::default());
    let mut wrong = None;
    local.for_each_article(&mut |article| wrong = here.add(&article).err().or(wrong.take()))?;
    let everything = Plan { size: 1_000_000, all: true, ..Plan::of("") };
    for hit in cluster.search(&everything)?.hits {
        there.add(&hit.article)?;
    }
    if let Some(error) = wrong {
        return Err(error);
    }
    println!(
        "{:#}",
        json!({
            "index": cluster.index(),
            "articles": { "local": here.articles, "cluster": there.articles },
            "checksum": { "local": format!("{:016x}", here.sum), "cluster": format!("{:016x}", there.sum) },
            "same": here == there,
        })
    );
    Ok(here == there)
}
