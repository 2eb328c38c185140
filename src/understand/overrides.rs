//! A small file of corrections → what they change in the partners of an article.
//!
//! Reading is never without mistakes. Whoever knows better writes it down once, by the id of the
//! article, and it holds for every rebuild:
//!
//! ```toml
//! [[drop]]
//! article = "3f9c01d2a6b7c8d9"
//! pair = ["佛山", "茂名"]        # without it: all partners of the article
//!
//! [[add]]
//! article = "3f9c01d2a6b7c8d9"
//! pair = ["佛山", "肇庆"]
//! kind = "产业协作"
//! evidence = "佛山与肇庆共建产业园"   # words of the article
//! ```

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::gazetteer::{CityRef, Gazetteer, RegionRef};
use super::partners::KINDS;
use crate::article::{Article, Cooperation, Field, Partnership, Span};

/// Name of the file in the folder of an index.
pub const FILE_NAME: &str = "overrides.toml";

/// Corrections of partners, by id of the article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    of: HashMap<String, Vec<Change>>,
}

/// One correction.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    DropAll,
    Drop([String; 2]),
    Add { pair: [String; 2], kind: String, evidence: String },
}

/// Why a file of corrections cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OverridesError {
    /// It cannot be read.
    #[error("cannot read the corrections in `{path}`: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML of this shape.
    #[error("the corrections in `{path}` are not as they should be: {why}", path = path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// Line and reason.
        why: String,
    },
    /// A name that the gazetteer does not know, or a kind that is not on the list.
    #[error("the corrections in `{path}` name 「{name}」, which is no {what}", path = path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// What was written.
        name: String,
        /// place; kind of cooperation.
        what: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    drop: Vec<Drop>,
    #[serde(default)]
    add: Vec<Add>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    article: String,
    pair: Option<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Add {
    article: String,
    pair: [String; 2],
    kind: String,
    evidence: String,
}

impl Overrides {
    /// Reads the corrections of an index; none if it has no such file.
    pub fn of_index(folder: &Path) -> Result<Self, OverridesError> {
        let path = folder.join(FILE_NAME);
        if path.exists() { Self::read(&path) } else { Ok(Self::default()) }
    }

    /// Reads a file of corrections.
    pub fn read(path: &Path) -> Result<Self, OverridesError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| OverridesError::Io { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Reads corrections from a text; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self, OverridesError> {
        let file: File = toml::from_str(text).map_err(|error| OverridesError::Shape {
            path: path.to_owned(),
            why: error.to_string(),
        })?;
        let unknown = |name: &str, what| OverridesError::Unknown {
            path: path.to_owned(),
            name: name.to_owned(),
            what,
        };
        let places = |pair: &[String; 2]| -> Result<[String; 2], OverridesError> {
            let [a, b] = pair;
            let official = |name: &str| official(name).ok_or_else(|| unknown(name, "place"));
            let mut pair = [official(a)?, official(b)?];
            pair.sort();
            Ok(pair)
        };
        let mut overrides = Self::default();
        for drop in &file.drop {
            let change = match &drop.pair {
                Some(pair) => Change::Drop(places(pair)?),
                None => Change::DropAll,
            };
            overrides.of.entry(drop.article.clone()).or_default().push(change);
        }
        for add in file.add {
            if !KINDS.contains(&add.kind.as_str()) {
                return Err(unknown(&add.kind, "kind of cooperation"));
            }
            let pair = places(&add.pair)?;
            let change = Change::Add { pair, kind: add.kind, evidence: add.evidence };
            overrides.of.entry(add.article).or_default().push(change);
        }
        Ok(overrides)
    }

    /// Whether nothing is corrected.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The articles that are corrected, by id, with what [`Overrides::fingerprint`] says of each.
    pub fn fingerprints(&self) -> BTreeMap<String, u64> {
        self.of.keys().map(|id| (id.clone(), self.fingerprint(id))).collect()
    }

    /// A number that changes with the corrections of an article; 0 without any.
    pub fn fingerprint(&self, id: &str) -> u64 {
        let Some(changes) = self.of.get(id) else { return 0 };
        let hash = blake3::hash(format!("{changes:?}").as_bytes());
        u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
    }

    /// Corrects the partners of an article; applied twice, it changes no more than once.
    pub fn apply(&self, article: &mut Article) {
        for change in self.of.get(&article.id).into_iter().flatten() {
            match change {
                Change::DropAll => {
                    article.partners.clear();
                    article.alliances.clear();
                }
                Change::Drop(pair) => article.partners.retain(|known| !is_pair(known, pair)),
                Change::Add { pair, kind, evidence } => {
                    article.partners.retain(|known| !is_pair(known, pair));
                    let [a, b] = pair.clone();
                    let fact = witnessed(article, kind, evidence);
                    article.partners.push(Partnership { a, b, fact });
                }
            }
        }
    }
}

fn is_pair(known: &Partnership, [a, b]: &[String; 2]) -> bool {
    (known.a == *a && known.b == *b) || (known.a == *b && known.b == *a)
}

/// The official name of a city or province; a county stands for its city.
fn official(name: &str) -> Option<String> {
    let gazetteer = Gazetteer::get();
    let city = gazetteer.resolve_city(name).into_iter().next().map(|found| match found {
        CityRef::City(city) | CityRef::County { city, .. } => city.name.to_owned(),
    });
    city.or_else(|| {
        gazetteer.resolve_region(name).into_iter().find_map(|found| match found {
            RegionRef::Province(province) => Some(province.name.to_owned()),
            RegionRef::Region(_) => None,
        })
    })
}

/// What somebody says of an article, with where the words stand in it, if they do.
fn witnessed(article: &Article, kind: &str, evidence: &str) -> Cooperation {
    let found =
        [(Field::Body, &article.body), (Field::Title, &article.title)].into_iter().find_map(
            |(field, text)| text.find(evidence).map(|at| (field, text[..at].chars().count())),
        );
    let (field, start) = found.unwrap_or((Field::Body, 0));
    let length = if found.is_some() { evidence.chars().count() } else { 0 };
    Cooperation {
        kind: kind.to_owned(),
        form: None,
        status: None,
        date: None,
        figures: Vec::new(),
        evidence: evidence.to_owned(),
        field,
        span: Span { start: start as u32, end: (start + length) as u32 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, body: &str) -> Article {
        let record = format!("{{\"id\": \"{id}\", \"body\": \"{body}\"}}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crawl.jsonl");
        std::fs::write(&path, record).unwrap();
        let mut pages = crate::read::pages(&[path], crate::read::ReadOptions::default());
        let page = pages.next().unwrap().unwrap();
        super::super::understand(crate::clean::clean(page).unwrap())
    }

    fn pairs(article: &Article) -> Vec<String> {
        article.partners.iter().map(|p| format!("{}{}{}", p.a, p.b, p.fact.kind)).collect()
    }

    #[test]
    fn a_wrong_fact_is_dropped_and_a_missing_one_added() {
        let body = "佛山市与茂名市签署战略合作框架协议。肇庆也派人参加。";
        let mut read = article("7", body);
        assert_eq!(pairs(&read), ["佛山市茂名市区域一体化"]);
        let file = "[[drop]]\narticle = \"7\"\npair = [\"茂名\", \"佛山南海\"]\n\
                    [[add]]\narticle = \"7\"\npair = [\"肇庆\", \"佛山\"]\nkind = \"产业协作\"\n\
                    evidence = \"肇庆也派人参加\"\n";
        let overrides = Overrides::parse(file, Path::new("o.toml")).unwrap();
        for _ in 0..2 {
            overrides.apply(&mut read);
            assert_eq!(pairs(&read), ["佛山市肇庆市产业协作"]);
        }
        assert_eq!(read.partners[0].fact.span, Span { start: 18, end: 25 });
        let mut other = article("8", body);
        overrides.apply(&mut other);
        assert_eq!(pairs(&other), ["佛山市茂名市区域一体化"], "only the named article changes");
    }

    #[test]
    fn a_mistake_in_the_file_is_named() {
        let error = |text: &str| {
            Overrides::parse(text, Path::new("o.toml")).expect_err("it is wrong").to_string()
        };
        let wrong = "[[drop]]\narticle = \"7\"\npair = [\"亚特兰蒂斯\", \"佛山\"]\n";
        assert!(error(wrong).contains("「亚特兰蒂斯」, which is no place"), "{}", error(wrong));
        let wrong = "[[drop]]\nartikel = \"7\"\n";
        assert!(error(wrong).contains("line 2"), "{}", error(wrong));
    }
}
