//! What these tests share: small crawls, the program as a process, and what an index holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use liancheng::article::Skip;
use liancheng::index::{BuildOptions, Home, IndexError, Summary, Watcher};
use liancheng::search::{LocalSearcher, try_out};

/// Says nothing while an index is built.
pub(crate) struct Silent;

impl Watcher for Silent {
    fn skipped(&mut self, _: &Skip) {}
    fn progressed(&mut self, _: u64, _: u64) {}
}

/// The program, ready to run, in silence.
pub(crate) fn program(index: &Path, args: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    program.arg("--index").arg(index).args(args).env_remove("LIANCHENG_INDEX");
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    program
}

/// One record of a crawl.
pub(crate) fn record(id: &str, version: u64) -> String {
    format!(
        "{{\"id\":\"{id}\",\"title\":\"佛山与茂名签约{id}\",\"body\":\"两市于2024年10月9日签约，这是版本{version}号。\"}}\n"
    )
}

/// Adds a crawl to an index.
pub(crate) fn index(folder: &Path, paths: &[PathBuf], prune: bool) -> Result<Summary, IndexError> {
    let options = BuildOptions { prune, ..small() };
    liancheng::index::index(&Home::at(folder), paths, &options, &mut Silent)
}

/// Builds an index anew.
pub(crate) fn rebuild(folder: &Path, prune: bool) -> Result<Summary, IndexError> {
    let options = BuildOptions { prune, ..small() };
    liancheng::index::rebuild(&Home::at(folder), &[], &options, &mut Silent, &mut try_out)
}

fn small() -> BuildOptions {
    BuildOptions { threads: 1, memory: 20_000_000, ..BuildOptions::default() }
}

/// Opens an index.
pub(crate) fn open(folder: &Path) -> Result<LocalSearcher, IndexError> {
    Ok(LocalSearcher::new(Home::at(folder).open()?))
}

/// The articles of an index by id, with the number of the version that each is.
pub(crate) fn articles(folder: &Path) -> BTreeMap<String, u64> {
    let mut articles = BTreeMap::new();
    open(folder)
        .expect("it opens")
        .for_each_article(&mut |article| {
            let number = article.body.split("版本").nth(1).expect("its version");
            let number = number.split('号').next().expect("its number").parse().expect("a number");
            assert!(articles.insert(article.id, number).is_none(), "an article is there twice");
        })
        .expect("it answers");
    articles
}

/// Holds that an index is whole.
pub(crate) fn check(folder: &Path) {
    let checkup = liancheng::index::check(&Home::at(folder)).expect("there is an index");
    assert_eq!(checkup.problems, Vec::<String>::new());
}

/// Random numbers that come again with the seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end.max(1)
    }
}
