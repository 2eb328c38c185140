//! Reading and cleaning, measured: on real pages, on the sample crawl ([`sample`]), on pages in the
//! shapes that sites give them ([`shapes`]).
//!
//! The real pages belong to their publishers and are not part of the project. Where they are not at
//! hand (`LIANCHENG_SHARED`, or `../shared` beside the project) the tests say so and pass.

#![allow(clippy::print_stdout, reason = "tests tell what they measured or skipped")]

mod sample;
mod shapes;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use liancheng::article::CleanPage;
use liancheng::read::{ReadOptions, encoding, pages};
use liancheng::understand::{date, outlet};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Finds data that is not part of the project.
fn shared(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("LIANCHENG_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = folder.join(part);
    let found = path.exists().then_some(path);
    if found.is_none() {
        println!("skipped: {part} is not at hand; set LIANCHENG_SHARED to its folder");
    }
    found
}

/// Reads and cleans everything under a path, by file name.
fn read_all(path: &Path) -> HashMap<String, CleanPage> {
    let clean = pages(&[path.to_owned()], ReadOptions::default())
        .filter_map(|page| liancheng::clean::clean(page.ok()?).ok());
    clean
        .map(|page| {
            let name = Path::new(&page.origin.path).file_name().unwrap_or_default();
            (name.to_string_lossy().into_owned(), page)
        })
        .collect()
}

/// The lines of a JSONL file.
fn records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the data can be read");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is a record")).collect()
}

/// A text without white space and width.
fn flat(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .collect()
}

/// The same without punctuation.
fn bare(text: &str) -> String {
    flat(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn strings<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Counts what was right.
#[derive(Default)]
struct Share {
    right: usize,
    all: usize,
}

impl Share {
    fn note(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }

    fn at_least(&self, least: f64, what: &str) {
        let share = self.right as f64 / self.all.max(1) as f64;
        println!("{what}: {} of {} ({share:.3})", self.right, self.all);
        assert!(share >= least, "{what}: {share:.3} is below {least}");
    }
}

#[test]
fn real_pages_become_articles() {
    let (Some(folder), Some(gold)) = (shared("pages/dev/pages"), shared("pages/dev.jsonl")) else {
        return;
    };
    let read = read_all(&folder);
    let (mut kept, mut free, mut titles, mut days, mut outlets, mut authors) =
        <(Share, Share, Share, Share, Share, Share)>::default();
    for want in records(&gold) {
        let name = want["file"].as_str().expect("a file name");
        let page = read.get(name).unwrap_or_else(|| panic!("{name} was not read"));
        let body = flat(&page.body);
        for text in strings(&want, "with") {
            kept.note(body.contains(&flat(text)));
        }
        for text in strings(&want, "without") {
            free.note(!body.contains(&flat(text)));
        }
        if let Some(title) = want["title"].as_str() {
            let mut fits = strings(&want, "title_alt");
            fits.push(title);
            titles.note(fits.iter().any(|title| bare(title) == bare(&page.title.text)));
        }
        if let Some(day) = want["published"].as_str() {
            let got = date::published(page).map(|dated| dated.date.to_string());
            days.note(got.as_deref() == day.get(..10));
        }
        for (key, share, got) in [
            ("outlet", &mut outlets, outlet::outlet(page)),
            ("author", &mut authors, outlet::author(page)),
        ] {
            let Some(name) = want[key].as_str() else { continue };
            let got = got.map(|said| flat(&said.text)).unwrap_or_default();
            let mut fits = strings(&want, &format!("{key}_alt"));
            fits.push(name);
            let same = |name: &&str| {
                got.contains(&flat(name)) || !got.is_empty() && flat(name).contains(&got)
            };
            share.note(fits.iter().any(same));
        }
    }
    kept.at_least(0.99, "passages of the article kept");
    free.at_least(0.99, "passages of the page left out");
    titles.at_least(0.95, "headlines");
    days.at_least(0.95, "days");
    outlets.at_least(0.85, "outlets");
    authors.at_least(0.75, "writers");
}

#[test]
fn texts_date_themselves_and_no_year_is_made_up() {
    let (Some(labels), Some(articles), Some(seeds)) =
        (shared("gold/dev.jsonl"), shared("gold/dev.articles.jsonl"), shared("seeds"))
    else {
        return;
    };
    let mut read = read_all(&seeds);
    for page in pages(&[articles], ReadOptions::default()).flatten() {
        if let Ok(mut page) = liancheng::clean::clean(page) {
            // The record's own date is not part of the text.
            page.dates.retain(|said| said.witness != liancheng::article::Witness::Record);
            read.insert(page.id.clone().unwrap_or_default(), page);
        }
    }
    let mut days = Share::default();
    for want in records(&labels) {
        let key = want["file"].as_str().or(want["id"].as_str()).expect("a name");
        let got = read.get(key).and_then(date::published).map(|dated| dated.date.to_string());
        let mut fits = strings(&want, "published_alt");
        fits.extend(want["published"].as_str());
        let none = want["published"].is_null()
            || want["published_alt"].as_array().is_some_and(|all| all.contains(&Value::Null));
        days.note(got.as_deref().map_or(none, |day| fits.contains(&day)));
        let year =
            got.as_deref().and_then(|day| day.get(..4)).filter(|year| !year.starts_with('-'));
        let known = |year: &str| none || fits.iter().any(|day| day.starts_with(year));
        assert!(year.is_none_or(known), "{key}: the year of {got:?} is made up");
    }
    days.at_least(0.9, "days of texts");
}

#[test]
fn raw_publish_times_are_read() {
    let Some(path) = shared("dates/date_headers.tsv.gz") else { return };
    let file = std::fs::File::open(path).expect("the data can be read");
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).expect("it is text");
    let mut days = Share::default();
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t').skip(1);
        let (Some(raw), Some(parsed)) = (columns.next(), columns.next()) else { continue };
        let raw: String = serde_json::from_str(raw).expect("a string in quotes");
        let got = date::parse_date_header(&raw).map(|date| date.to_string());
        if parsed.is_empty() {
            assert_eq!(got, None, "{raw} holds no date");
        } else {
            // Where the header lacks the year, the other reader took it from elsewhere.
            days.note(got.is_some_and(|got| {
                got == parsed || got.starts_with("--") && parsed.ends_with(&got[1..])
            }));
        }
    }
    days.at_least(0.995, "publish times");
}

#[test]
fn encodings_are_told_apart() {
    let Some(folder) = shared("pages/chardet/tests") else { return };
    let mut right = Share::default();
    for (name, encoding) in
        [("GB2312", "gb18030"), ("Big5", "Big5"), ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8")]
    {
        for entry in std::fs::read_dir(folder.join(name)).into_iter().flatten().flatten() {
            let bytes = std::fs::read(entry.path()).expect("a page can be read");
            let decoded = encoding::decode(&bytes, encoding::declared_in_html(&bytes).as_slice());
            let same =
                decoded.encoding == encoding || decoded.encoding == "GBK" && encoding == "gb18030";
            if !same {
                println!("{} is {encoding}, read as {}", entry.path().display(), decoded.encoding);
            }
            right.note(same);
        }
    }
    right.at_least(0.95, "encodings");
}
