//! Requests answered → figures in the text format of Prometheus (exposition format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::live::Shelf;
use super::reply::Reply;

/// Upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/// What is counted.
#[derive(Default)]
pub(super) struct Metrics {
    /// By route and status.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    times: Mutex<BTreeMap<&'static str, Times>>,
    followed: AtomicU64,
    could_not_follow: AtomicU64,
}

#[derive(Default)]
struct Times {
    /// How many took no longer than each bound.
    within: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Metrics {
    pub(super) fn answered(&self, path: &str, status: u16, took: Duration) {
        let route = route(path);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route, status)).or_default() += 1;
        drop(requests);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let times = times.entry(route).or_default();
        let seconds = took.as_secs_f64();
        for (slot, bound) in times.within.iter_mut().zip(BOUNDS) {
            *slot += u64::from(seconds <= bound);
        }
        times.count += 1;
        times.sum += seconds;
    }

    pub(super) fn followed(&self) {
        self.followed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn could_not_follow(&self) {
        self.could_not_follow.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn reply(&self, now: &Shelf, busy: usize) -> Reply {
        let mut text = String::new();
        let head = |text: &mut String, name: &str, kind: &str, what: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {name} {what}\n# TYPE {name} {kind}");
        };
        head(&mut text, "liancheng_requests_total", "counter", "Requests answered.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), count) in requests.iter() {
            let _ = writeln!(
                text,
                "liancheng_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
        drop(requests);
        let name = "liancheng_request_seconds";
        head(&mut text, name, "histogram", "How long requests took.");
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        for (route, times) in times.iter() {
            for (count, bound) in times.within.iter().zip(BOUNDS) {
                let _ = writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {count}");
            }
            let _ =
                writeln!(text, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", times.count);
            let _ = writeln!(text, "{name}_sum{{route=\"{route}\"}} {:.6}", times.sum);
            let _ = writeln!(text, "{name}_count{{route=\"{route}\"}} {}", times.count);
        }
        drop(times);
        for (name, kind, what, value) in [
            ("liancheng_busy", "gauge", "Requests that are worked on or wait.", busy as u64),
            ("liancheng_articles", "gauge", "Articles in the index.", now.articles()),
            (
                "liancheng_index_followed_total",
                "counter",
                "Times that another state of the index was taken.",
                self.followed.load(Ordering::Relaxed),
            ),
            (
                "liancheng_index_not_followed_total",
                "counter",
                "Times that another state of the index could not be opened.",
                self.could_not_follow.load(Ordering::Relaxed),
            ),
        ] {
            head(&mut text, name, kind, what);
            let _ = writeln!(text, "{name} {value}");
        }
        Reply::of("text/plain; version=0.0.4; charset=utf-8", text.into_bytes())
    }
}

/// The route of a path: few, whatever is asked for.
fn route(path: &str) -> &'static str {
    match path.split('/').nth(1).unwrap_or_default() {
        "" => "page",
        "articles" => "article",
        "export" => "export",
        "picture" => "picture",
        "health" => "health",
        "metrics" => "metrics",
        "login" => "login",
        "style.css" | "page.js" | "icon.svg" => "asset",
        "api" => match path.split('/').nth(2).unwrap_or_default() {
            "search" => "api_search",
            "facets" => "api_facets",
            "articles" => "api_article",
            "partners" => "api_partners",
            "trend" => "api_trend",
            "suggest" => "api_suggest",
            _ => "api_other",
        },
        _ => "nowhere",
    }
}
