//! Crawl files → what understanding costs: its share of the CPU time of building an index, and the
//! share of the gazetteer in a cold search.
//!
//! `cargo run --release --example understanding_cost -- PATH…`
//!
//! Times are CPU time of this process, so that they hold on a busy machine too.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to a person")]

use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use liancheng::article::{CleanPage, Skip};
use liancheng::clean;
use liancheng::index::{self, BuildOptions, Home, Watcher};
use liancheng::read::{ReadOptions, pages};
use liancheng::understand::gazetteer::Gazetteer;
use liancheng::understand::{date, outlet, partners, places, understand_and_fold};

fn main() {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        eprintln!("usage: understanding_cost PATH…");
        return;
    }

    if paths[0].as_os_str() == COLD {
        return cold();
    }
    // The least of several fresh processes is the one that nothing disturbed.
    let program = std::env::current_exe().unwrap_or_default();
    let told = (0..15).filter_map(|_| Command::new(&program).arg(COLD).output().ok());
    let least = told
        .filter_map(|told| {
            let numbers = String::from_utf8(told.stdout).ok()?;
            let mut numbers = numbers.split_whitespace().filter_map(|n| n.parse::<f64>().ok());
            Some((numbers.next()?, numbers.next()?))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match least {
        Some((tables, prints)) => println!(
            "a cold search: reading the tables of places {tables:.2} ms, their fingerprints \
             {prints:.2} ms"
        ),
        None => eprintln!("error: {} could not be started", program.display()),
    }

    let (clean, reading) = cost(|| {
        let read = pages(&paths, ReadOptions::default());
        read.filter_map(|page| clean::clean(page.ok()?).ok()).collect::<Vec<CleanPage>>()
    });
    black_box(places::find("佛山", "佛山与茂名")); // what is built once is built here
    let ((), dates) = cost(|| {
        for page in &clean {
            black_box((date::published(page), outlet::outlet(page), outlet::author(page)));
        }
    });
    let ((), found) = cost(|| {
        for page in &clean {
            black_box(places::find(&page.title.text, &page.body));
        }
    });
    let copies = clean.clone();
    let ((), whole) = cost(|| {
        for page in copies {
            black_box(understand_and_fold(page));
        }
    });
    let home = std::env::temp_dir().join(format!("understanding-cost-{}", std::process::id()));
    let options = BuildOptions::default();
    let (built, building) =
        cost(|| index::rebuild(&Home::at(&home), &paths, &options, &mut Silent, &mut |_| Ok(())));
    let built = built.map(|_| ());
    std::fs::remove_dir_all(&home).ok();
    if let Err(error) = built {
        eprintln!("error: the index could not be built: {error}");
        return;
    }

    let share = |part: Duration| 100.0 * part.as_secs_f64() / building.as_secs_f64();
    println!("{} articles, CPU time:", clean.len());
    for (name, part) in [
        ("building an index", building),
        ("reading and cleaning", reading),
        ("understanding", whole),
        ("  dates, outlets, authors", dates),
        ("  folding and places", found),
        ("  partners and the rest", whole.saturating_sub(dates + found)),
    ] {
        println!("{name:<28}{:>8.2} s {:>6.1} %", part.as_secs_f64(), share(part));
    }
}

/// Watches nothing.
struct Silent;

impl Watcher for Silent {
    fn skipped(&mut self, _skip: &Skip) {}
    fn progressed(&mut self, _bytes: u64, _pages: u64) {}
}

/// What some work gives, and the CPU time it took, in all threads.
fn cost<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (started, before) = (Instant::now(), cpu_time());
    let made = work();
    let spent = cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    (made, spent.unwrap_or_else(|| started.elapsed()))
}

/// The word that makes this program its own child.
const COLD: &str = "--cold";

/// Prints the milliseconds that a fresh process takes to read a query's places, the tables of the
/// gazetteer with it, and to take the fingerprints.
fn cold() {
    let started = Instant::now();
    black_box(places::in_query("佛山人才飞地"));
    let tables = started.elapsed();
    let started = Instant::now();
    black_box((Gazetteer::fingerprint(), partners::fingerprint()));
    let prints = started.elapsed();
    println!("{} {}", 1e3 * tables.as_secs_f64(), 1e3 * prints.as_secs_f64());
}

/// CPU time of this process so far; none where the system does not tell it as Linux does. A tick is
/// a hundredth of a second there.
fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let ticks: Vec<u64> =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse().ok()).collect();
    Some(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
}
