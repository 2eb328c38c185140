//! Pairs of articles and an index → how many of them the index takes for reprints.
//!
//! ```sh
//! cargo run --release --example near_duplicates -- INDEX PAIRS.tsv
//! ```
//!
//! The table has a row a pair: two ids, then either an estimated similarity (0 to 1) or a verdict
//! (`yes`, `no`). For similarities the share that is grouped is printed by tenths, for verdicts
//! precision, recall and F1, and every pair that is taken wrongly. `--list` prints every pair.

#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::collections::BTreeMap;
use std::error::Error;

use liancheng::article::Article;
use liancheng::index::Home;
use liancheng::search::{Found, LocalSearcher, Searcher};
use liancheng::understand::near_duplicates::{Alike, Likeness};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let list = args.iter().position(|arg| arg == "--list").map(|at| args.remove(at)).is_some();
    let [index, table] = args.as_slice() else {
        return Err("usage: near_duplicates [--list] INDEX PAIRS.tsv".into());
    };
    let index = Home::at(index).open()?;
    let copies = index.copies()?;
    println!("{} groups, {} copies behind them", copies.groups(), copies.copies());
    let searcher = LocalSearcher::new(index);
    let mut grouped_by: BTreeMap<u32, u32> = BTreeMap::new();
    let mut all_by: BTreeMap<u32, u32> = BTreeMap::new();
    let [mut right, mut wrong, mut missed, mut unknown] = [0u32; 4];
    for line in std::fs::read_to_string(table)?.lines() {
        let mut columns = line.split('\t');
        let (Some(a), Some(b), Some(said)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let (Some(one), Some(other)) = (read(&searcher, a)?, read(&searcher, b)?) else {
            unknown += 1;
            continue;
        };
        let group = searcher.group(a)?;
        let grouped = group.is_some() && group == searcher.group(b)?;
        let tell = || {
            let alike = alike(&one, &other);
            println!("{a}\t{b}\t{said}\t{}\t{alike}", if grouped { "grouped" } else { "apart" });
        };
        if list {
            tell();
        }
        if let Ok(similarity) = said.parse::<f64>() {
            let tenth = (similarity * 10.0).floor() as u32;
            *all_by.entry(tenth).or_default() += 1;
            *grouped_by.entry(tenth).or_default() += u32::from(grouped);
            continue;
        }
        let counted = match (said == "yes", grouped) {
            (true, true) => &mut right,
            (false, true) => &mut wrong,
            (true, false) => &mut missed,
            (false, false) => continue,
        };
        *counted += 1;
        if !list && (said == "yes") != grouped {
            tell();
        }
    }
    for (tenth, all) in &all_by {
        let grouped = grouped_by[tenth];
        let share = f64::from(grouped) / f64::from(*all);
        println!("similarity from 0.{tenth}: {grouped} of {all} grouped ({share:.3})");
    }
    let high = |by: &BTreeMap<u32, u32>| by.range(8..).map(|(_, n)| f64::from(*n)).sum::<f64>();
    if !all_by.is_empty() {
        println!("recall from 0.8 on: {:.3}", high(&grouped_by) / high(&all_by));
    }
    if right + wrong + missed > 0 {
        let share = |of: u32| f64::from(right) / f64::from((right + of).max(1));
        let f1 = f64::from(2 * right) / f64::from(2 * right + wrong + missed);
        println!("precision {:.3}, recall {:.3}, F1 {f1:.3}", share(wrong), share(missed));
    }
    println!("{unknown} pairs of articles that the index does not have");
    Ok(())
}

fn read(searcher: &LocalSearcher, id: &str) -> Result<Option<Article>, Box<dyn Error>> {
    Ok(match searcher.article(id)? {
        Found::Article(article) if article.id == id => Some(*article),
        _ => None,
    })
}

/// How alike two articles are, in words.
fn alike(one: &Article, other: &Article) -> String {
    let likeness = |article: &Article| Likeness::of_original(&article.body);
    match (likeness(one), likeness(other)) {
        (Some(a), Some(b)) => {
            let Alike { jaccard, contained, numbers: (compared, agree), shingles } = a.compare(&b);
            format!(
                "J {jaccard:.2} C {contained:.2} numbers {agree}/{compared} shingles {shingles}"
            )
        }
        _ => "too short".to_owned(),
    }
}
