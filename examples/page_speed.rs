//! A folder of saved pages → pages a second: `dom_smoothie` alone, and the whole way to an article,
//! in turns within one run on one thread, so that their ratio holds on a busy machine too.
//!
//! `cargo run --release --example page_speed -- FOLDER [ROUNDS]`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example speaks to a person")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use dom_smoothie::{Config, Readability};
use liancheng::read::{ReadOptions, pages, pages_of_bytes};
use liancheng::{clean, understand};

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(folder) = args.next() else {
        eprintln!("usage: page_speed FOLDER [ROUNDS]");
        return;
    };
    let rounds: u32 = args.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(10);
    let decoded: Vec<_> = pages(&[PathBuf::from(folder)], ReadOptions::default())
        .flatten()
        .filter(|page| page.format == "HTML")
        .collect();
    let bytes: Vec<Vec<u8>> =
        decoded.iter().filter_map(|page| std::fs::read(&page.origin.path).ok()).collect();
    let mut times = [Duration::ZERO; 3];
    for _ in 0..rounds {
        for (time, work) in times.iter_mut().zip(0..) {
            let started = Instant::now();
            match work {
                0 => decoded.iter().for_each(|page| bare(page.content.text())),
                1 => bytes.iter().for_each(|bytes| read(bytes)),
                _ => decoded.iter().for_each(|page| {
                    if let Ok(clean) = clean::clean(page.clone()) {
                        std::hint::black_box(understand::understand(clean));
                    }
                }),
            }
            *time += started.elapsed();
        }
    }
    let count = f64::from(rounds) * bytes.len() as f64;
    let names = ["dom_smoothie alone", "reading and decoding", "cleaning and understanding"];
    println!("{} pages, {rounds} rounds, one thread", bytes.len());
    for (name, time) in names.iter().zip(times) {
        println!("{name:<28} {:>10.0} pages/s", count / time.as_secs_f64());
    }
    let whole = (times[1] + times[2]).as_secs_f64();
    println!("{:<28} {:>10.0} pages/s", "the whole way", count / whole);
    println!("the whole way takes {:.2} times as long", whole / times[0].as_secs_f64());
}

/// What a program without us would do.
fn bare(markup: &str) {
    let config = Config { char_threshold: 60, ..Config::default() };
    let article = Readability::new(markup, None, Some(config)).and_then(|mut r| r.parse());
    std::hint::black_box(article.ok());
}

fn read(bytes: &[u8]) {
    let pages = pages_of_bytes("page.html", bytes.to_vec(), ReadOptions::default());
    std::hint::black_box(pages.count());
}
