//! How time, memory and disk grow with the archive.
//!
//! ```text
//! cargo bench --bench scale -- CRAWL.jsonl[.gz] [--sizes 40000,160000,640000,1280000] [--json FILE]
//! ```
//!
//! Larger archives are made from the crawl: every further article has an id of its own and takes its
//! sentences from several articles of the crawl, so that no text is there twice and words are as
//! frequent as they are in news. Each size is indexed, rebuilt and searched by processes of their
//! own. Beside the seconds of the clock stand those of the processor, which a busy machine does not
//! stretch as much; the exponents at the end are how a figure grows where the archive grows (1: as
//! fast).

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

mod measuring;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use liancheng::clean::fold::fold;
use liancheng::index::Home;
use liancheng::query::Plan;
use liancheng::search::{LocalSearcher, Searcher};
use serde_json::{Value, json};

use measuring::{
    Result, build_by_program, cold_search, lines, median, micros, part, peak_bytes, report,
    text_of, words_in_a_row,
};

/// Queries asked warm.
const QUERIES: usize = 240;
/// Articles of the crawl that one made article takes its sentences from.
const SOURCES: usize = 7;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let path = |number: usize| Path::new(&arguments[number]);
    match arguments.first().map(String::as_str) {
        Some("search") => report(&search(path(1), path(2))?),
        Some(crawl) if !crawl.starts_with('-') => grow(Path::new(crawl), &arguments[1..])?,
        _ => println!(
            "scale: no crawl given, nothing measured\n\
             usage: cargo bench --bench scale -- CRAWL.jsonl[.gz] [--sizes 40000,160000] [--json FILE]"
        ),
    }
    Ok(())
}

/// Writes an archive of so many articles; returns the bytes of their texts.
fn make(crawl: &[Value], count: usize, to: &Path) -> Result<u64> {
    let sentences: Vec<Vec<&str>> = crawl
        .iter()
        .map(|record| {
            text_of(record, &["body", "content", "text"]).split_inclusive(['。', '\n']).collect()
        })
        .collect();
    // Fast to pack, and the same for all sizes.
    let mut out = zstd::Encoder::new(BufWriter::new(File::create(to)?), 1)?;
    let mut bytes = 0;
    for number in 0..count {
        let own = number % crawl.len();
        let mut record = crawl[own].clone();
        if number >= crawl.len() {
            let turn = number / crawl.len();
            let from = |sentence: usize| {
                let step = turn * 7_919 + sentence % SOURCES * (turn + 31) * 97;
                &sentences[(own + step) % crawl.len()]
            };
            let body: String = (0..sentences[own].len())
                .filter_map(|at| from(at).get(at * 31 % from(at).len().max(1)).copied())
                .collect();
            record["body"] = json!(body);
            record["id"] = json!(format!("{}+{turn}", text_of(&record, &["id"])));
            record["title"] = crawl[(own + turn * 131) % crawl.len()]["title"].clone();
        }
        bytes += text_of(&record, &["title"]).len() as u64;
        bytes += text_of(&record, &["body", "content", "text"]).len() as u64;
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
    }
    out.finish()?.flush()?;
    Ok(bytes)
}

/// Warm searches, plain and with facets; `queries` has one a line.
fn search(folder: &Path, queries: &Path) -> Result<Value> {
    let opening = Instant::now();
    let searcher = LocalSearcher::new(Home::at(folder).open()?);
    let opened = opening.elapsed();
    let queries = std::fs::read_to_string(queries)?;
    let (mut plain, mut counted) = (Vec::new(), Vec::new());
    for round in 0..2 {
        for query in queries.lines() {
            for facets in [false, true] {
                let asked = Plan { facets, ..Plan::of(query) };
                let started = Instant::now();
                std::hint::black_box(searcher.search(&asked)?);
                let took = started.elapsed();
                // The first round warms the caches.
                if round > 0 {
                    if facets { &mut counted } else { &mut plain }.push(took);
                }
            }
        }
    }
    Ok(json!({
        "open_seconds": opened.as_secs_f64(),
        "median_us": micros(&plain, 0.5), "p99_us": micros(&plain, 0.99),
        "facets_median_us": micros(&counted, 0.5), "facets_p99_us": micros(&counted, 0.99),
        "peak_bytes": peak_bytes("self"),
    }))
}

/// Queries of one to ten words in a row, from all over the crawl.
fn queries(crawl: &[Value]) -> String {
    let step = (crawl.len() / QUERIES).max(1);
    let mut queries = String::new();
    for (number, record) in crawl.iter().step_by(step).enumerate() {
        let text = fold(text_of(record, &["body", "content", "text"]));
        if let Some(query) = words_in_a_row(&text, number) {
            queries.push_str(&query.replace('\n', " "));
            queries.push('\n');
        }
    }
    queries
}

fn grow(crawl: &Path, options: &[String]) -> Result<()> {
    let option = |name: &str| {
        options.iter().position(|o| o == name).and_then(|at| options.get(at + 1)).cloned()
    };
    let sizes = option("--sizes").unwrap_or_else(|| "40000,160000,640000,1280000".to_owned());
    let sizes: Vec<usize> =
        sizes.split(',').map(str::parse).collect::<std::result::Result<_, _>>()?;
    let mut records = Vec::new();
    for line in lines(crawl)? {
        records.push(serde_json::from_str::<Value>(&line?)?);
    }
    let work = tempfile::tempdir()?;
    let asked = work.path().join("queries.txt");
    std::fs::write(&asked, queries(&records))?;
    let mut rows = Vec::new();
    for &size in &sizes {
        let (archive, home) = (work.path().join("archive.jsonl.zst"), work.path().join("index"));
        eprintln!("{size} articles: making them");
        let text_bytes = make(&records, size, &archive)?;
        eprintln!("{size} articles: indexing");
        let build = build_by_program("index", &home, &[&archive])?;
        eprintln!("{size} articles: searching");
        let mut cold = Vec::new();
        for _ in 0..7 {
            cold.push(cold_search(&home)?);
        }
        let search = part("search", &[&home, &asked])?;
        eprintln!("{size} articles: rebuilding");
        let rebuild = build_by_program("rebuild", &home, &[])?;
        std::fs::remove_dir_all(&home)?;
        rows.push(json!({
            "articles": build["articles"], "text_bytes": text_bytes, "build": build,
            "cold_seconds": median(cold), "search": search, "rebuild": rebuild,
        }));
        // What was measured is kept, whatever comes.
        if let Some(file) = option("--json") {
            std::fs::write(&file, serde_json::to_string_pretty(&json!({ "sizes": rows }))? + "\n")?;
        }
        print_table(&rows);
    }
    Ok(())
}

/// The figures: name, where it stands, what it is divided by.
const FIGURES: [(&str, &str, f64); 14] = [
    ("text, MB", "/text_bytes", 1e6),
    ("index, s", "/build/seconds", 1.0),
    ("index, s of processor", "/build/cpu_seconds", 1.0),
    ("index, peak MB", "/build/peak_bytes", 1e6),
    ("index, MB on disk", "/build/index_bytes", 1e6),
    ("rebuild, s", "/rebuild/seconds", 1.0),
    ("rebuild, s of processor", "/rebuild/cpu_seconds", 1.0),
    ("rebuild, peak MB", "/rebuild/peak_bytes", 1e6),
    ("cold search, ms", "/cold_seconds", 1e-3),
    ("warm search, median ms", "/search/median_us", 1e3),
    ("warm search, 99th percentile ms", "/search/p99_us", 1e3),
    ("with facets, median ms", "/search/facets_median_us", 1e3),
    ("with facets, 99th percentile ms", "/search/facets_p99_us", 1e3),
    ("searching, peak MB", "/search/peak_bytes", 1e6),
];

fn print_table(rows: &[Value]) {
    let of =
        |row: &Value, path: &str| row.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    print!("\n{:<34}", "articles");
    for row in rows {
        print!("{:>12}", of(row, "/articles"));
    }
    println!("{:>10}", "exponent");
    for (name, path, unit) in FIGURES {
        print!("{name:<34}");
        for row in rows {
            let value = of(row, path) / unit;
            print!("{value:>12.*}", usize::from(value < 100.0));
        }
        let exponent = match rows {
            [first, .., last] => {
                let grown = |path| (of(last, path) / of(first, path)).ln();
                format!("{:.2}", grown(path) / grown("/articles"))
            }
            _ => String::new(),
        };
        println!("{exponent:>10}");
    }
}
