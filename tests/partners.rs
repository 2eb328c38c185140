//! Partners as people read them, against partners as the program reads them: the sample crawl with
//! its golden file, and, where it is at hand, a larger set of labelled articles.

#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use liancheng::article::Article;
use liancheng::read::{ReadOptions, pages};
use liancheng::{clean, understand};
use serde::Deserialize;

/// A line of the golden file, or of the labels.
#[derive(Deserialize)]
struct Label {
    /// File, and number of the line in a feed.
    #[serde(default)]
    path: String,
    /// Id of a labelled article.
    id: Option<String>,
    /// File of a labelled page.
    file: Option<String>,
    pairs: Vec<LabelledPair>,
    is_collaboration: bool,
    #[serde(default)]
    pairs_alt: Option<Vec<LabelledPair>>,
}

#[derive(Deserialize)]
struct LabelledPair {
    a: String,
    b: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    kind_alt: Option<Vec<String>>,
}

impl LabelledPair {
    fn names(&self) -> (String, String) {
        ordered(&self.a, &self.b)
    }
}

fn ordered(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All articles of some paths, by a key that labels use.
fn articles(paths: &[PathBuf], key: impl Fn(&Article) -> String) -> BTreeMap<String, Article> {
    let read = pages(paths, ReadOptions::default());
    let articles =
        read.filter_map(|page| Some(understand::understand(clean::clean(page.ok()?).ok()?)));
    articles.map(|article| (key(&article), article)).collect()
}

/// Counts of what was found rightly.
#[derive(Default)]
struct Score {
    right: usize,
    found: usize,
    labelled: usize,
    kinds: usize,
    together: usize,
    articles: usize,
    mistakes: Vec<String>,
}

impl Score {
    fn add(&mut self, name: &str, label: &Label, article: &Article) {
        let labelled: BTreeMap<_, _> =
            label.pairs.iter().map(|pair| (pair.names(), pair)).collect();
        let neither: BTreeSet<_> =
            label.pairs_alt.iter().flatten().map(LabelledPair::names).collect();
        let mut found = 0;
        for pair in &article.partners {
            let names = ordered(&pair.a, &pair.b);
            if let Some(label) = labelled.get(&names) {
                found += 1;
                self.right += 1;
                let also = label.kind_alt.as_ref().is_some_and(|k| k.contains(&pair.fact.kind));
                self.kinds += usize::from(pair.fact.kind == label.kind || also);
            } else if !neither.contains(&names) {
                found += 1;
                self.mistakes.push(format!("{name}: {names:?} too many"));
            }
        }
        self.found += found;
        self.labelled += labelled.len();
        self.articles += 1;
        let together = !article.partners.is_empty() || !article.alliances.is_empty();
        self.together += usize::from(together == label.is_collaboration);
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / (self.found + self.labelled) as f64
    }

    fn kinds(&self) -> f64 {
        self.kinds as f64 / self.right.max(1) as f64
    }

    fn together(&self) -> f64 {
        self.together as f64 / self.articles.max(1) as f64
    }
}

#[test]
fn partners_of_the_sample_crawl_are_those_of_the_golden_file() {
    let sample = project().join("data/sample");
    let found = articles(std::slice::from_ref(&sample), |article| {
        let path = Path::new(&article.origin.path);
        let path = path.strip_prefix(&sample).unwrap_or(path).display().to_string();
        match article.origin.line {
            Some(line) => format!("{path}#{line}"),
            None => path,
        }
    });
    let golden = std::fs::read_to_string(project().join("tests/golden/sample.jsonl"))
        .expect("the golden file is there");
    let mut score = Score::default();
    for line in golden.lines() {
        let label: Label = serde_json::from_str(line).expect("a label");
        let article = found.get(&label.path).unwrap_or_else(|| panic!("{} was read", label.path));
        score.add(&label.path, &label, article);
    }
    // The sample says things in its own words, not in those of the newspapers; what it shows is
    // that little is invented (precision) and most is found.
    let precision = score.right as f64 / score.found.max(1) as f64;
    assert!(precision >= 0.90, "precision {precision:.3}: {:#?}", score.mistakes);
    assert!(score.f1() >= 0.78, "F1 {:.3}", score.f1());
    assert!(score.kinds() >= 0.90, "kinds {:.3}", score.kinds());
    assert!(score.together() >= 0.75, "cooperation or not {:.3}", score.together());
}

#[test]
fn partners_of_labelled_news_are_found() {
    let root = std::env::var_os("LIANCHENG_SHARED")
        .map_or_else(|| project().join("../shared"), PathBuf::from);
    let labels = root.join("gold/dev.jsonl");
    if !labels.exists() {
        println!("SKIPPED: {} is not here (set LIANCHENG_SHARED)", labels.display());
        return;
    }
    let paths = [root.join("gold/dev.articles.jsonl"), root.join("seeds")];
    let found = articles(&paths, |article| match article.origin.line {
        Some(_) => article.id.clone(),
        None => article.origin.path.rsplit('/').next().unwrap_or_default().to_owned(),
    });
    let labels = std::fs::read_to_string(labels).expect("labels can be read");
    let mut score = Score::default();
    for line in labels.lines() {
        let label: Label = serde_json::from_str(line).expect("a label");
        let key = label.file.clone().or_else(|| label.id.clone()).unwrap_or_default();
        let article = found.get(&key).unwrap_or_else(|| panic!("{key} was read"));
        score.add(&key, &label, article);
    }
    assert!(score.f1() >= 0.9, "F1 {:.3}: {:#?}", score.f1(), score.mistakes);
    assert!(score.kinds() >= 0.85, "kinds {:.3}", score.kinds());
    assert!(score.together() >= 0.95, "cooperation or not {:.3}", score.together());
}
