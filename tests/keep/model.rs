//! Random operations on a crawl and its index, held against a naive model.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use liancheng::query::Plan;
use liancheng::search::Searcher;
use proptest::prelude::*;

use crate::support::{articles, check, index, open, rebuild, record};

const FILES: usize = 4;
const IDS: usize = 6;

#[derive(Debug, Clone)]
enum Operation {
    /// Writes a file: for each article it holds, the version.
    Write(usize, BTreeMap<usize, u64>),
    Delete(usize),
    Index,
    Prune,
    Rebuild,
    RebuildAndPrune,
}

fn operation() -> impl Strategy<Value = Operation> {
    let held = prop::collection::btree_map(0..IDS, 0..3_u64, 0..4);
    prop_oneof![
        5 => (0..FILES, held).prop_map(|(file, held)| Operation::Write(file, held)),
        2 => (0..FILES).prop_map(Operation::Delete),
        4 => Just(Operation::Index),
        2 => Just(Operation::Prune),
        2 => Just(Operation::Rebuild),
        1 => Just(Operation::RebuildAndPrune),
    ]
}

/// What should be there, kept the simplest way.
#[derive(Debug, Default)]
struct Model {
    disk: BTreeMap<usize, BTreeMap<usize, u64>>,
    /// Each file as it was read last.
    read: BTreeMap<usize, BTreeMap<usize, u64>>,
    index: BTreeMap<usize, u64>,
}

impl Model {
    /// An article changes when the version changes that some file holds.
    fn index(&mut self) {
        for (file, held) in &self.disk {
            let before = self.read.get(file).cloned().unwrap_or_default();
            for (id, version) in held {
                if before.get(id) != Some(version) {
                    self.index.insert(*id, *version);
                }
            }
            self.read.insert(*file, held.clone());
        }
    }

    /// False if it has to be refused.
    fn prune(&mut self) -> bool {
        self.index();
        let gone = self.read.keys().any(|file| !self.disk.contains_key(file));
        if gone && self.disk.is_empty() {
            return false;
        }
        self.read.retain(|file, _| self.disk.contains_key(file));
        let held = |id: usize| self.disk.values().filter_map(move |held| held.get(&id)).copied();
        self.index.retain(|id, _| held(*id).next().is_some());
        for (id, version) in &mut self.index {
            if !held(*id).any(|other| other == *version) {
                *version = held(*id).last().unwrap_or(*version);
            }
        }
        true
    }

    fn rebuild(&mut self, prune: bool) -> bool {
        let mut new = BTreeMap::new();
        for held in self.disk.values() {
            new.extend(held);
        }
        if prune && new.is_empty() && !self.index.is_empty() {
            return false;
        }
        if !prune {
            for (id, version) in &self.index {
                new.entry(*id).or_insert(*version);
            }
        }
        self.index = new;
        self.read.clone_from(&self.disk);
        true
    }
}

fn path(crawl: &Path, file: usize) -> PathBuf {
    crawl.join(format!("{file}.jsonl"))
}

fn run(operations: &[Operation]) {
    let folder = tempfile::tempdir().unwrap();
    let (crawl, home) = (folder.path().join("crawl"), folder.path().join("index"));
    std::fs::create_dir(&crawl).unwrap();
    let paths = [crawl.clone()];
    let mut model = Model::default();
    index(&home, &paths, false).unwrap();
    for operation in operations {
        match operation {
            Operation::Write(file, held) => {
                let lines = held.iter().map(|(id, version)| record(&format!("n{id}"), *version));
                std::fs::write(path(&crawl, *file), lines.collect::<String>()).unwrap();
                model.disk.insert(*file, held.clone());
                continue;
            }
            Operation::Delete(file) => {
                let _ = std::fs::remove_file(path(&crawl, *file));
                model.disk.remove(file);
                continue;
            }
            Operation::Index => {
                let summary = index(&home, &paths, false).unwrap();
                let sum = summary.new + summary.changed + summary.unchanged + summary.skipped;
                assert_eq!(summary.read, sum);
                let pages: usize = model.disk.values().map(BTreeMap::len).sum();
                assert_eq!(summary.read, pages as u64, "every page is counted");
                model.index();
                let held: BTreeSet<&usize> = model.disk.values().flat_map(BTreeMap::keys).collect();
                assert_eq!(summary.vanished as usize, model.index.len() - held.len());
            }
            Operation::Prune => assert_eq!(index(&home, &paths, true).is_ok(), model.prune()),
            Operation::Rebuild => {
                assert_eq!(rebuild(&home, false).is_ok(), model.rebuild(false));
            }
            Operation::RebuildAndPrune => {
                assert_eq!(rebuild(&home, true).is_ok(), model.rebuild(true));
            }
        }
        compare(&home, &model);
    }
}

fn compare(home: &Path, model: &Model) {
    let expected: BTreeMap<String, u64> =
        model.index.iter().map(|(id, version)| (format!("n{id}"), *version)).collect();
    assert_eq!(articles(home), expected);
    let searcher = open(home).unwrap();
    for version in 0..3 {
        let plan = Plan::of(&format!("\"版本{version}号\""));
        let mut found = searcher.ids(&plan).unwrap();
        found.sort();
        let held = expected.iter().filter(|(_, held)| **held == version);
        let held: Vec<String> = held.map(|(id, _)| id.clone()).collect();
        assert_eq!(found, held);
    }
    check(home);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("LIANCHENG_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(6),
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_index_holds_what_a_naive_model_holds(
        operations in prop::collection::vec(operation(), 1..14)
    ) {
        run(&operations);
    }
}

#[test]
fn an_article_that_moved_to_another_file_has_not_vanished() {
    use Operation::{Delete, Index, Prune, Write};
    let one = |id, version| BTreeMap::from([(id, version)]);
    run(&[
        Write(0, one(0, 0)),
        Write(1, one(1, 0)),
        Index,
        Delete(0),
        Write(2, one(0, 0)),
        Index,
        Prune,
        // A file that comes back as it was is known again.
        Delete(1),
        Index,
        Write(1, one(1, 0)),
        Index,
        Prune,
        // Only an older version is still held.
        Write(0, one(0, 1)),
        Index,
        Delete(0),
        Prune,
    ]);
}
