//! The sample crawl, held against what was labelled by reading it: `tests/golden/sample.jsonl`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use liancheng::article::Article;
use liancheng::read::{ReadOptions, pages};
use serde_json::Value;

use crate::{records, strings};

/// What the program makes of the sample, by path within it (and `#` with the line in feeds).
fn sample() -> BTreeMap<String, Article> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample");
    pages(std::slice::from_ref(&folder), ReadOptions::default())
        .filter_map(|page| liancheng::clean::clean(page.ok()?).ok())
        .map(|page| {
            let path = Path::new(&page.origin.path).strip_prefix(&folder).expect("it lies there");
            let path = path.to_string_lossy().into_owned();
            let key = page.origin.line.map_or(path.clone(), |line| format!("{path}#{line}"));
            (key, liancheng::understand::understand(page))
        })
        .collect()
}

/// A list of names in an article.
type Names = fn(&Article) -> &[String];

/// The lists that are compared as sets, the share of right names that they must reach at least
/// (F1), and the label of names that count neither way. Lists that further labels hold (`pairs`,
/// `alliance`) join here as rows of this table.
const LISTS: &[(&str, Names, f64, &str)] = &[
    ("cities", |a| &a.cities, 0.85, "borderline_subject"),
    ("mentioned_cities", |a| &a.mentioned_cities, 0.95, "optional_cities"),
    ("counties", |a| &a.counties, 0.8, ""),
    ("provinces", |a| &a.provinces, 0.9, ""),
    ("regions", |a| &a.regions, 0.95, ""),
];

#[test]
fn the_sample_is_read_as_a_person_reads_it() {
    let labels = records(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sample.jsonl"));
    let read = sample();
    assert_eq!(read.len(), labels.len(), "every record has its label");
    let mut wrong = Vec::new();
    for want in &labels {
        let path = want["path"].as_str().expect("a path");
        let Some(article) = read.get(path) else {
            wrong.push(format!("{path} was not read"));
            continue;
        };
        let mut check = |what: &str, right: bool, got: &str| {
            if !right {
                wrong.push(format!("{path}: {what} is 「{got}」, labelled {}", want[what]));
            }
        };
        let label = |key: &str| want[key].as_str();
        // A record without a headline gets one that says that it was made.
        let title = label("title").map_or(article.title_made, |title| title == article.title);
        check("title", title, &article.title);
        let date = article.date.as_ref().map(|dated| dated.date.to_string());
        check("date", date.as_deref() == label("date"), date.as_deref().unwrap_or(""));
        let outlet = article.outlet.as_ref().map(|said| said.text.as_str());
        check("outlet", outlet == label("outlet"), outlet.unwrap_or(""));
        let phrase = label("phrase").is_none_or(|phrase| article.body.contains(phrase));
        check("phrase", phrase, "");
        for junk in strings(want, "junk") {
            let found = article.body.contains(junk) || article.title.contains(junk);
            check("junk", !found, junk);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (key, names, least, neither) in LISTS {
        names_are_right(&labels, &read, (key, *names, *least, neither));
    }
}

/// Compares one list of all records.
fn names_are_right(
    labels: &[Value],
    read: &BTreeMap<String, Article>,
    (key, names, least, neither): (&str, Names, f64, &str),
) {
    let (mut right, mut missing, mut extra) = (0usize, 0usize, 0usize);
    for want in labels {
        let path = want["path"].as_str().unwrap_or_default();
        let free: BTreeSet<&str> = strings(want, neither).into_iter().collect();
        let want: BTreeSet<&str> =
            strings(want, key).into_iter().filter(|name| !free.contains(name)).collect();
        let got: BTreeSet<&str> = names(&read[path])
            .iter()
            .map(String::as_str)
            .filter(|name| !free.contains(name))
            .collect();
        right += want.intersection(&got).count();
        missing += want.difference(&got).count();
        extra += got.difference(&want).count();
        if want != got {
            println!("{path}: {key} {got:?}, labelled {want:?}");
        }
    }
    let f1 = 2.0 * right as f64 / ((2 * right + missing + extra).max(1)) as f64;
    println!("{key}: {right} right, {missing} missing, {extra} too many (F1 {f1:.3})");
    assert!(f1 >= least, "{key}: {f1:.3} is below {least}");
}
