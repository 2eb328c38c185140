//! The stamp of an index: what it was built with, and from what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::catalogue::Pointer;
use super::fields::Declaration;
use super::words::Dictionary;
use crate::read::FieldNames;
use crate::understand::gazetteer::Gazetteer;
use crate::understand::partners;

/// What decides how text was turned into an index. Two indexes with equal stamps answer alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Version of `schema/index.toml`.
    pub schema: u32,
    /// Fingerprint of the dictionary.
    pub dictionary: String,
    /// Fingerprint of the gazetteer.
    pub gazetteer: String,
    /// Fingerprint of the vocabulary of partnerships.
    #[serde(default)]
    pub partnership: String,
    /// Fingerprint of the folding table.
    pub folding: String,
    /// Version of the program that built it; for people, not compared.
    pub program: String,
}

impl Stamp {
    /// The stamp of this program.
    pub fn current() -> Self {
        Self {
            schema: Declaration::read().version,
            dictionary: Dictionary::fingerprint().to_owned(),
            gazetteer: Gazetteer::fingerprint().to_owned(),
            partnership: partners::fingerprint().to_owned(),
            folding: crate::clean::fold::fingerprint(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// Names the first thing in which another stamp differs: as it has it, and as this one has it.
    pub fn difference(&self, wanted: &Self) -> Option<(String, String)> {
        let first = self.differences(wanted).into_iter().next()?;
        Some((
            format!("{} {}", first.part, first.built),
            format!("{} {}", first.part, first.wanted),
        ))
    }

    /// Everything in which another stamp differs, and what of the articles hangs on it.
    pub fn differences(&self, wanted: &Self) -> Vec<Difference> {
        let parts = [
            (
                "schema",
                self.schema.to_string(),
                wanted.schema.to_string(),
                "how every article is stored",
            ),
            (
                "dictionary",
                self.dictionary.clone(),
                wanted.dictionary.clone(),
                "the words by which every article is found",
            ),
            (
                "gazetteer",
                self.gazetteer.clone(),
                wanted.gazetteer.clone(),
                "the places and partners of articles that name a place",
            ),
            (
                "vocabulary of partnerships",
                self.partnership.clone(),
                wanted.partnership.clone(),
                "the partners of articles that name two places",
            ),
            (
                "folding table",
                self.folding.clone(),
                wanted.folding.clone(),
                "the characters by which every article is found",
            ),
        ];
        let parts = parts.into_iter().filter(|(_, built, wanted, _)| built != wanted);
        parts
            .map(|(part, built, wanted, affects)| Difference { part, built, wanted, affects })
            .collect()
    }
}

/// One thing in which two stamps differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is: schema, dictionary …
    pub part: &'static str,
    /// As the index was built with.
    pub built: String,
    /// As this program has it.
    pub wanted: String,
    /// What of which articles it decides.
    pub affects: &'static str,
}

/// What every commit of an index says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imprint {
    /// What it was built with.
    pub stamp: Stamp,
    /// The files and folders it was built from, as full paths, sorted.
    pub sources: Vec<String>,
    /// Names of fields that were given for some of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldNames>,
    /// When it was committed, in seconds since 1970 (UTC).
    pub committed_at: u64,
    /// What was read, file by file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<Pointer>,
    /// Articles whose partners were corrected by hand, and a number that changes with how.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<String, u64>,
    /// The engine's own number of the commit.
    #[serde(default)]
    pub opstamp: u64,
}

impl Imprint {
    /// The imprint of an index of this program that was built from nothing yet.
    pub(super) fn empty() -> Self {
        Self {
            stamp: Stamp::current(),
            sources: Vec::new(),
            fields: BTreeMap::new(),
            committed_at: 0,
            catalogue: None,
            overrides: BTreeMap::new(),
            opstamp: 0,
        }
    }

    /// Writes it down with a check, as a commit carries it.
    pub(super) fn to_payload(&self) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(self)?;
        Ok(format!("{} {text}", check(&text)))
    }

    /// Reads it from a commit, or says what is wrong with it. Older programs wrote no check.
    pub(super) fn of_payload(payload: &str) -> Result<Self, String> {
        let text = match payload.split_once(' ') {
            Some((noted, text)) if noted.len() == CHECK && !noted.starts_with('{') => {
                if check(text) != noted {
                    return Err("it is not what was written".to_owned());
                }
                text
            }
            _ => payload,
        };
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// Length of a check.
const CHECK: usize = 16;

/// The first hexadecimal digits of a text's BLAKE3 hash.
fn check(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..CHECK].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imprint_comes_back_from_a_commit_and_every_flipped_bit_is_noticed() {
        let imprint = Imprint { sources: vec!["/抓取".to_owned()], ..Imprint::empty() };
        let payload = imprint.to_payload().unwrap();
        assert_eq!(Imprint::of_payload(&payload), Ok(imprint));
        for at in 0..payload.len() {
            let mut bytes = payload.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert!(Imprint::of_payload(&flipped).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_change_of_the_gazetteer_says_what_hangs_on_it() {
        let now = Stamp::current();
        let then = Stamp { gazetteer: "older".to_owned(), ..now.clone() };
        let differences = then.differences(&now);
        assert_eq!(differences.len(), 1);
        assert_eq!((differences[0].part, differences[0].built.as_str()), ("gazetteer", "older"));
        assert!(differences[0].affects.contains("places"));
    }
}
