//! Proves on a whole index that everything the texts contain is found, and nothing else.
//!
//! ```text
//! cargo run --release --example literal_recall -- INDEX [STRINGS [SEED]]
//! ```
//!
//! Cuts random strings out of the index's articles and compares the search for each, quoted and
//! bare, with a naive scan. Ends with exit code 1 if any differs.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use liancheng::index::Home;
use liancheng::measure::literal::{Scanned, compare, strings};
use liancheng::search::LocalSearcher;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let index = arguments.next().ok_or("usage: literal_recall INDEX [STRINGS [SEED]]")?;
    let count = arguments.next().map_or(Ok(1_000), |count| count.parse())?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let searcher = LocalSearcher::new(Home::at(index).open()?);
    let mut articles = Vec::new();
    let mut texts = Vec::new();
    searcher.for_each_article(&mut |article| {
        articles.push(Scanned::new(&article.id, &article.title, &article.body));
        texts.push((article.id, article.title, article.body));
    })?;
    // The order in which an index hands out its articles is its own affair.
    texts.sort();
    let texts: Vec<(String, String)> =
        texts.into_iter().map(|(_, title, body)| (title, body)).collect();
    let strings = strings(&texts, count, seed);
    let started = Instant::now();
    let misses = compare(&searcher, &articles, &strings)?;
    for miss in misses.iter().take(20) {
        println!("{miss:?}");
    }
    println!(
        "{} strings over {} articles, quoted and bare: {} differ from a naive scan ({:.1} s)",
        strings.len(),
        articles.len(),
        misses.len(),
        started.elapsed().as_secs_f64()
    );
    Ok(if misses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
