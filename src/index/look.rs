//! The crawl on disk, held against the catalogue → what an index does not know of yet, and what it
//! remembers that is gone.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalogue::{Catalogue, Entry};
use super::error::IndexError;
use super::home::{Home, Survey};
use super::writer::{Readings, hash_of_path, is_gone};
use crate::article::full_path;
use crate::read::{Crawl, ReadOptions};

/// What has become of the files that an index was built from. Nothing is read for it: a file whose
/// size and times are as they were counts as unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// For each source of the index whether it is there, and files that are new or changed.
    pub sources: BTreeMap<String, (bool, u64)>,
    /// Files that the index knows.
    pub files: u64,
    /// Files that it knows and that are gone.
    pub gone: u64,
    /// Articles that no file holds any more.
    pub vanished: u64,
}

/// Looks at the sources of an index.
pub fn look(home: &Home, survey: &Survey) -> Result<Look, IndexError> {
    let folder = home.path().join(&survey.generation);
    let catalogue = home.catalogue(&folder, &survey.imprint)?;
    let mut look = Look { files: catalogue.iter().count() as u64, ..Look::default() };
    let mut met = HashSet::new();
    for source in &survey.imprint.sources {
        let path = PathBuf::from(source);
        if source == "-" {
            look.sources.insert(source.clone(), (true, 0));
            continue;
        }
        let names = survey.imprint.fields.get(source).cloned().unwrap_or_default();
        let options = ReadOptions { fields: Arc::new(names), ..ReadOptions::default() };
        let reading = Readings::of(&options).at(&path);
        let mut newer = 0;
        for found in Crawl::of(std::slice::from_ref(&path), options).flatten() {
            let file = full_path(&found.path);
            let entry = catalogue.get(&file);
            let known = entry.is_some_and(|entry| entry.looks_like(&found.facts, reading));
            newer += u64::from(!known && !found.is_stream);
            met.insert(hash_of_path(&file));
        }
        look.sources.insert(source.clone(), (path.exists(), newer));
    }
    let held = held_now(&catalogue, &met, &mut look.gone);
    look.vanished = survey.articles.saturating_sub(held);
    Ok(look)
}

/// How many articles files hold that are there now.
fn held_now(catalogue: &Catalogue, met: &HashSet<u64>, gone: &mut u64) -> u64 {
    let is_there = |path: &Path, entry: &Entry| {
        path == Path::new("-")
            || met.contains(&hash_of_path(path))
            || !(entry.gone || is_gone(path))
    };
    let mut held = HashSet::new();
    for (path, entry) in catalogue.iter() {
        if is_there(path, entry) {
            held.extend(entry.pages.iter().map(|held| held.id));
        } else {
            *gone += 1;
        }
    }
    held.len() as u64
}
