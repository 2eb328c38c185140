//! An index → whether every byte of it is what was written, and says what it should.

use std::collections::HashSet;

use serde::Serialize;
use tantivy::TantivyDocument;
use tantivy::schema::Value;

use super::catalogue::hash_of_id;
use super::error::IndexError;
use super::guard::guarded;
use super::home::{Home, OpenIndex};
use super::seal;
use super::stamp::{Imprint, Stamp};
use crate::article::{Article, Place};

/// Mistakes of a kind that are named one by one.
const NAMED: usize = 3;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checkup {
    /// The generation that readers have.
    pub generation: String,
    /// Files whose checksums were compared.
    pub files: u64,
    /// Articles that were read and held against their fingerprints.
    pub articles: u64,
    /// Files of the crawl that the catalogue knows.
    pub catalogued: u64,
    /// What is wrong, as sentences; empty if nothing is.
    pub problems: Vec<String>,
}

/// Checks the current generation: every file by its checksum, the stamp, the counts, every stored
/// article by its fingerprint, the catalogue.
///
/// An error says that there is nothing to check; what is damaged stands in the [`Checkup`].
pub fn check(home: &Home) -> Result<Checkup, IndexError> {
    // A writer that commits meanwhile takes files away that we want to read.
    for _ in 0..10 {
        let before = commit(home);
        let checkup = once(home)?;
        if checkup.problems.is_empty() || commit(home) == before {
            return Ok(checkup);
        }
    }
    once(home)
}

fn commit(home: &Home) -> Option<(String, u64)> {
    let generation = home.current().ok()??;
    let (_, imprint) = home.open_engine(&home.path().join(&generation)).ok()?;
    Some((generation, imprint.opstamp))
}

fn once(home: &Home) -> Result<Checkup, IndexError> {
    let mut checkup = Checkup::default();
    let generation = match home.current() {
        Ok(Some(generation)) => generation,
        Ok(None) => return Err(IndexError::Missing(home.path().to_owned())),
        Err(IndexError::Damaged { what, .. }) => {
            checkup.problems.push(what);
            return Ok(checkup);
        }
        Err(error) => return Err(error),
    };
    checkup.generation.clone_from(&generation);
    let folder = home.path().join(&generation);
    let told = |error: IndexError| match error {
        IndexError::Damaged { what, .. } => what,
        IndexError::Engine { source, .. } => source.to_string(),
        error => error.to_string(),
    };
    let (engine, imprint) = match home.open_engine(&folder) {
        Ok(opened) => opened,
        Err(error) => {
            checkup.problems.push(told(error));
            return Ok(checkup);
        }
    };
    for difference in imprint.stamp.differences(&Stamp::current()) {
        let (part, built, wanted) = (difference.part, difference.built, difference.wanted);
        checkup
            .problems
            .push(format!("it was built with {part} {built}, this program has {wanted}"));
    }
    let sums = match engine.load_metas() {
        Ok(metas) => seal::verify_all(&folder, &engine, &metas),
        Err(error) => Err(error.to_string()),
    };
    match sums {
        Ok(files) => checkup.files = files,
        Err(what) => checkup.problems.push(what),
    }
    // What does not even hold together is not looked into.
    if !checkup.problems.is_empty() {
        return Ok(checkup);
    }
    match home.open_generation(&generation, false) {
        Ok(Some(index)) => {
            let looked = guarded(|| articles(home, &index, &imprint, &mut checkup));
            match looked {
                Ok(Ok(())) => {}
                Ok(Err(error)) => checkup.problems.push(told(error)),
                Err(_) => checkup.problems.push("its files do not fit together".to_owned()),
            }
        }
        Ok(None) => checkup.problems.push("it was written to meanwhile".to_owned()),
        Err(error) => checkup.problems.push(told(error)),
    }
    Ok(checkup)
}

/// Reads every stored article and holds it against what the columns and the catalogue say.
fn articles(
    home: &Home,
    index: &OpenIndex,
    imprint: &Imprint,
    checkup: &mut Checkup,
) -> Result<(), IndexError> {
    let failed = |source| home.engine(source);
    let fields = index.fields;
    let searcher = index.searcher();
    let mut ids: HashSet<u64> = HashSet::new();
    let mut wrong: Vec<String> = Vec::new();
    let mut count = 0;
    for segment in searcher.segment_readers() {
        let store = segment.get_store_reader(4).map_err(|error| home.damaged(error.to_string()))?;
        let fingerprints = segment.fast_fields().u64("fingerprint").map_err(failed)?;
        let names = segment.fast_fields().str("id").map_err(failed)?;
        for doc in segment.doc_ids_alive() {
            checkup.articles += 1;
            let mut name = String::new();
            if let Some(names) = &names
                && let Some(ordinal) = names.ords().first(doc)
            {
                names.ord_to_str(ordinal, &mut name).map_err(|e| home.damaged(e.to_string()))?;
            }
            let document: TantivyDocument = store.get(doc).map_err(failed)?;
            let text = |field| {
                document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default()
            };
            let article = serde_json::from_str::<Article>(text(fields.article));
            let places = serde_json::from_str::<Vec<Place>>(text(fields.places)).is_ok()
                && serde_json::from_str::<super::stored::Beside>(text(fields.said)).is_ok();
            let correction = imprint.overrides.get(&name).copied().unwrap_or(0);
            let is_right = article.is_ok_and(|article| {
                article.id == name
                    && fingerprints.first(doc) == Some(article.fingerprint() ^ correction)
            });
            let is_first = ids.insert(hash_of_id(&name));
            if !is_right || !places || !is_first {
                count += 1;
                if wrong.len() < NAMED {
                    let what =
                        if is_first { "does not match its fingerprint" } else { "is there twice" };
                    wrong.push(format!("the article `{name}` {what}"));
                }
            }
        }
    }
    checkup.problems.append(&mut wrong);
    if count > NAMED {
        checkup.problems.push(format!("so are {} other articles", count - NAMED));
    }
    let folder = home.path().join(&index.generation);
    let catalogue = home.catalogue(&folder, imprint)?;
    checkup.catalogued = catalogue.iter().count() as u64;
    let missing = catalogue.held().iter().filter(|id| !ids.contains(id)).count();
    if missing > 0 {
        checkup.problems.push(format!(
            "{missing} articles that files gave, by the catalogue, are not in the index"
        ));
    }
    Ok(())
}

/// Checks a generation that readers are about to get: every file by its checksum, and the counts.
/// Returns it opened, or what is wrong.
pub(super) fn verify_new(
    home: &Home,
    generation: &str,
    articles: u64,
) -> Result<OpenIndex, String> {
    let told = |error: IndexError| error.to_string();
    let folder = home.path().join(generation);
    let (engine, imprint) = home.open_engine(&folder).map_err(told)?;
    let metas = engine.load_metas().map_err(|error| error.to_string())?;
    seal::verify_all(&folder, &engine, &metas)?;
    home.catalogue(&folder, &imprint).map_err(told)?;
    let opened = home.open_generation(generation, false).map_err(told)?;
    let opened = opened.ok_or("somebody else writes to it")?;
    if opened.len() == articles {
        Ok(opened)
    } else {
        Err(format!("it holds {} articles where {articles} were written", opened.len()))
    }
}
