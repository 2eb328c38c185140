//! What several tests need: an index of the sample crawl, the way to data that may be missing.

use std::path::{Path, PathBuf};

use liancheng::article::Skip;
use liancheng::index::{BuildOptions, Home, Summary, Watcher};
use liancheng::query::{FilterRequest, Plan};
use liancheng::search::LocalSearcher;

/// Says nothing while an index is built.
pub(crate) struct Silent;

impl Watcher for Silent {
    fn skipped(&mut self, _: &Skip) {}
    fn progressed(&mut self, _: u64, _: u64) {}
}

/// The folder of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sample crawl.
pub(crate) fn sample() -> PathBuf {
    project().join("data/sample")
}

/// A file or folder of the larger test data, which does not belong to the project; none (said
/// aloud) where it is missing.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LIANCHENG_SHARED")
        .map_or_else(|| project().join("../shared"), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {} is not here (set LIANCHENG_SHARED to the test data)", path.display());
    None
}

/// Builds an index of some paths in a folder that goes with the test.
pub(crate) fn built(folder: &Path, paths: &[PathBuf]) -> Summary {
    liancheng::index::index(&Home::at(folder), paths, &BuildOptions::default(), &mut Silent)
        .expect("the index can be built")
}

/// Opens an index.
pub(crate) fn open(folder: &Path) -> LocalSearcher {
    LocalSearcher::new(Home::at(folder).open().expect("the index can be opened"))
}

/// A plan for a query with filters.
pub(crate) fn plan(query: &str, request: &FilterRequest) -> Plan {
    Plan { filters: request.resolve().expect("the filters make sense"), ..Plan::of(query) }
}
