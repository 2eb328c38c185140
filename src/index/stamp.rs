//! The stamp of an index: what it was built with, and from what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
        let parts = [
            ("schema", self.schema.to_string(), wanted.schema.to_string()),
            ("dictionary", self.dictionary.clone(), wanted.dictionary.clone()),
            ("gazetteer", self.gazetteer.clone(), wanted.gazetteer.clone()),
            ("vocabulary of partnerships", self.partnership.clone(), wanted.partnership.clone()),
            ("folding table", self.folding.clone(), wanted.folding.clone()),
        ];
        let (name, built, wanted) = parts.into_iter().find(|(_, built, wanted)| built != wanted)?;
        Some((format!("{name} {built}"), format!("{name} {wanted}")))
    }
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
}
