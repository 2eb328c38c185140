//! Compares the program with its foundations, in one run: building an index, a cold search, warm
//! searches, memory and disk.
//!
//! ```text
//! cargo bench --bench compare -- CRAWL.jsonl[.gz] [--runs 3] [--json FILE]
//! ```
//!
//! Baselines:
//! - building: a bare pipeline that reads the same records and adds title and body, stored, with
//!   tantivy-jieba as it ships and the same number of threads, nothing else;
//! - cold search: the time that loading jieba's dictionary takes alone;
//! - warm search: tantivy's own OR query over the words field for the same words and the ten best
//!   documents, with and without reading them.
//!
//! Builds run in processes of their own, in turn, so that peak memory is each one's own; ours is the
//! program itself, from its start to its end. The machine is never quiet: look at ratios and medians.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

mod measuring;

use std::path::Path;
use std::time::{Duration, Instant};

use liancheng::clean::fold::fold;
use liancheng::index::{BuildOptions, Home};
use liancheng::query::{Node, Plan};
use liancheng::search::{LocalSearcher, Searcher};
use serde_json::{Value, json};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, IndexWriter, TantivyDocument, Term, doc};

use measuring::{
    Result, build_by_program, cold_search, lines, median, micros, part, peak_bytes, report,
    text_of, words_in_a_row,
};

/// Queries asked in the warm part.
const QUERIES: usize = 240;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("bare-build") => {
            report(&bare_build(Path::new(&arguments[1]), Path::new(&arguments[2]))?);
        }
        Some("load-dictionary") => report(&load_dictionary()),
        Some(crawl) if !crawl.starts_with('-') => compare(Path::new(crawl), &arguments[1..])?,
        _ => println!(
            "compare: no crawl given, nothing measured\n\
             usage: cargo bench --bench compare -- CRAWL.jsonl[.gz] [--runs 3] [--json FILE]"
        ),
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the bare baseline is no index of ours")]
fn bare_build(crawl: &Path, folder: &Path) -> Result<Value> {
    let started = Instant::now();
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer("jieba")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(words) | STORED;
    let title = schema.add_text_field("title", words.clone());
    let body = schema.add_text_field("body", words);
    let index = Index::create_in_dir(folder, schema.build())?;
    index.tokenizers().register("jieba", tantivy_jieba::JiebaTokenizer::new());
    let options = BuildOptions::default();
    let mut writer: IndexWriter = index.writer_with_num_threads(options.threads, options.memory)?;
    for line in lines(crawl)? {
        let record: Value = serde_json::from_str(&line?)?;
        writer.add_document(doc!(
            title => text_of(&record, &["title"]),
            body => text_of(&record, &["body", "content", "text"]),
        ))?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(json!({ "seconds": started.elapsed().as_secs_f64(), "peak_bytes": peak_bytes("self") }))
}

fn load_dictionary() -> Value {
    let started = Instant::now();
    std::hint::black_box(tantivy_jieba::jieba_rs::Jieba::new());
    json!({ "seconds": started.elapsed().as_secs_f64() })
}

fn compare(crawl: &Path, options: &[String]) -> Result<()> {
    let option = |name: &str| {
        options.iter().position(|o| o == name).and_then(|at| options.get(at + 1)).cloned()
    };
    let runs: usize = option("--runs").map_or(Ok(3), |runs| runs.parse())?;
    let work = tempfile::tempdir()?;
    let text_bytes: u64 = {
        let mut sum = 0;
        for line in lines(crawl)? {
            let record: Value = serde_json::from_str(&line?)?;
            sum += text_of(&record, &["title"]).len() as u64;
            sum += text_of(&record, &["body", "content", "text"]).len() as u64;
        }
        sum
    };

    let (mut bare, mut own, mut built) = (Vec::new(), Vec::new(), Value::Null);
    let index = work.path().join("own");
    for run in 0..runs {
        eprintln!("building, run {} of {runs}", run + 1);
        let folder = work.path().join(format!("bare-{run}"));
        std::fs::create_dir(&folder)?;
        bare.push(part("bare-build", &[crawl, &folder])?);
        std::fs::remove_dir_all(&folder)?;
        let _ = std::fs::remove_dir_all(&index);
        built = build_by_program("index", &index, &[crawl])?;
        own.push(built.clone());
    }
    let seconds =
        |parts: &[Value]| median(parts.iter().filter_map(|p| p["seconds"].as_f64()).collect());
    let peak =
        |parts: &[Value]| parts.iter().filter_map(|p| p["peak_bytes"].as_u64()).max().unwrap_or(0);

    eprintln!("cold searches");
    let mut cold = Vec::new();
    let mut dictionary = Vec::new();
    for _ in 0..15 {
        cold.push(cold_search(&index)?);
        let loaded = part("load-dictionary", &[])?;
        dictionary.extend(loaded["seconds"].as_f64());
    }

    eprintln!("warm searches");
    let searcher = LocalSearcher::new(Home::at(&index).open()?);
    let queries = queries(&searcher)?;
    let warm = warm(&searcher, &queries)?;

    let measured = json!({
        "crawl": crawl.file_name().map(|name| name.to_string_lossy().into_owned()),
        "articles": built["articles"],
        "text_bytes": text_bytes,
        "threads": BuildOptions::default().threads,
        "build": {
            "bare_seconds": seconds(&bare), "own_seconds": seconds(&own),
            "ratio": seconds(&own) / seconds(&bare),
            "bare_peak_bytes": peak(&bare), "own_peak_bytes": peak(&own),
        },
        "disk": { "index_bytes": built["index_bytes"],
            "per_text_byte": built["index_bytes"].as_f64().unwrap_or(0.0) / text_bytes as f64 },
        "cold": { "search_seconds": median(cold.clone()), "dictionary_seconds": median(dictionary.clone()),
            "ratio": median(cold) / median(dictionary) },
        "warm": warm,
    });
    print_table(&measured);
    if let Some(file) = option("--json") {
        std::fs::write(&file, serde_json::to_string_pretty(&measured)? + "\n")?;
        println!("written to {file}");
    }
    Ok(())
}

/// Queries of one to ten words in a row, from headlines and texts all over the index.
fn queries(searcher: &LocalSearcher) -> Result<Vec<String>> {
    let mut texts: Vec<(String, String)> = Vec::new();
    searcher.for_each_article(&mut |article| {
        texts.push((article.id, fold(&article.title) + "," + &fold(&article.body)));
    })?;
    texts.sort();
    let step = (texts.len() / QUERIES).max(1);
    let mut queries = Vec::new();
    for (number, (_, text)) in texts.iter().step_by(step).take(QUERIES).enumerate() {
        queries.extend(words_in_a_row(text, number).map(str::to_owned));
    }
    Ok(queries)
}

fn warm(searcher: &LocalSearcher, queries: &[String]) -> Result<Value> {
    let engine = searcher.index().searcher();
    let field = searcher.index().fields.words;
    let (mut or, mut or_read, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..4 {
        for query in queries {
            // A user's query is parsed each time; the baseline gets its words for nothing.
            let words = words_of(Plan::of(query).node.as_ref());
            let terms = words.iter().map(|word| -> Box<dyn Query> {
                let term = Term::from_field_text(field, word);
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
            });
            let any = BooleanQuery::union(terms.collect());
            let started = Instant::now();
            let top = engine.search(&any, &TopDocs::with_limit(10).order_by_score())?;
            let ranked = started.elapsed();
            for (_, address) in &top {
                std::hint::black_box(engine.doc::<TantivyDocument>(*address)?);
            }
            let read = started.elapsed();
            let started = Instant::now();
            std::hint::black_box(searcher.search(&Plan::of(query))?);
            let answered = started.elapsed();
            // The first round warms the caches of all.
            if round > 0 {
                or.push(ranked);
                or_read.push(read);
                own.push(answered);
            }
        }
    }
    let middle = |times: &[Duration]| micros(times, 0.5);
    Ok(json!({
        "queries": queries.len(),
        "or_median_us": middle(&or), "or_p99_us": micros(&or, 0.99),
        "or_read_median_us": middle(&or_read), "or_read_p99_us": micros(&or_read, 0.99),
        "own_median_us": middle(&own), "own_p99_us": micros(&own, 0.99),
        "ratio": middle(&own) / middle(&or),
        "ratio_read": middle(&own) / middle(&or_read),
    }))
}

fn words_of(node: Option<&Node>) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(node) = node {
        node.visit(&mut |leaf| {
            if let Node::Bag(bag) = leaf {
                let all = bag.runs.iter().flat_map(|run| &run.words);
                words.extend(all.map(|word| word.text.clone()));
            }
        });
    }
    words
}

fn print_table(measured: &Value) {
    let number = |path: &str| measured.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let mib = |path: &str| number(path) / f64::from(1 << 20);
    println!("\n{:<34}{:>14}{:>14}{:>10}{:>10}", "", "baseline", "liancheng", "ratio", "bar");
    println!(
        "{:<34}{:>12.2} s{:>12.2} s{:>9.2}×{:>10}",
        "build (median)",
        number("/build/bare_seconds"),
        number("/build/own_seconds"),
        number("/build/ratio"),
        "≤ 1.6×"
    );
    println!(
        "{:<34}{:>10.0} MiB{:>10.0} MiB{:>10}{:>10}",
        "build, peak memory",
        mib("/build/bare_peak_bytes"),
        mib("/build/own_peak_bytes"),
        "",
        "< 1 GiB"
    );
    println!(
        "{:<34}{:>10.0} MiB{:>10.0} MiB{:>9.2}×{:>10}",
        "index / text",
        mib("/text_bytes"),
        mib("/disk/index_bytes"),
        number("/disk/per_text_byte"),
        "≤ 2×"
    );
    println!(
        "{:<34}{:>11.1} ms{:>11.1} ms{:>9.2}×{:>10}",
        "cold search / loading dictionary",
        number("/cold/dictionary_seconds") * 1e3,
        number("/cold/search_seconds") * 1e3,
        number("/cold/ratio"),
        "≤ 0.25×"
    );
    for (name, baseline, ratio, bar) in [
        ("warm, median, OR ranks only", "or_median_us", "ratio", "≤ 3×"),
        ("warm, median, OR reads its ten", "or_read_median_us", "ratio_read", ""),
    ] {
        println!(
            "{:<34}{:>11.0} µs{:>11.0} µs{:>9.2}×{:>10}",
            name,
            number(&format!("/warm/{baseline}")),
            number("/warm/own_median_us"),
            number(&format!("/warm/{ratio}")),
            bar
        );
    }
    println!(
        "{:<34}{:>11.0} µs{:>11.0} µs",
        "warm, 99th percentile",
        number("/warm/or_p99_us"),
        number("/warm/own_p99_us")
    );
}
