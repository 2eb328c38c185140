//! Where test data lies, and reading made short.

use std::path::{Path, PathBuf};

use liancheng::article::{Article, RawPage, Skip};
use liancheng::read::{ReadOptions, pages_of_bytes};

/// The folder of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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

/// The files right in a folder, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Everything that is read of a file of that name.
pub(crate) fn read(name: &str, bytes: Vec<u8>) -> Vec<Result<RawPage, Skip>> {
    pages_of_bytes(name, bytes, ReadOptions::default()).collect()
}

/// A page on its way to the article.
pub(crate) fn understood(page: RawPage) -> Result<Article, Skip> {
    Ok(liancheng::understand::understand(liancheng::clean::clean(page)?))
}

/// Results in one line each, for comparing.
pub(crate) fn told(results: &[Result<RawPage, Skip>]) -> Vec<String> {
    let told = results.iter().map(|result| match result {
        Ok(page) => format!("{} {} {}", page.origin, page.format, page.encoding),
        Err(skip) => format!("skipped: {skip}"),
    });
    told.collect()
}
