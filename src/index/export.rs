//! An index → what another engine needs to find the same articles by the same words.
//!
//! The fields are those of `schema/index.toml`, made anew from the stored articles by the code that
//! files them here, so that there is one rule of what stands in them.

use std::collections::HashMap;

use tantivy::schema::{Schema, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument};

use super::copies::{Copies, Copy};
use super::error::IndexError;
use super::fields::{Fields, schema};
use super::home::OpenIndex;
use super::stored::Beside;
use super::tokenizers::END_OF_TERM;
use crate::article::Article;
use crate::clean::fold::fold;

/// What is found of an article without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Changes whenever the article does, its reprints do, or which of them is the most original.
    pub version: u64,
    /// The fingerprint of the most original of its reprints; its own if it has none.
    pub group: u64,
    /// Its place among its reprints, the most original first; none if it has none.
    pub place: Option<u32>,
    fingerprint: u64,
    address: DocAddress,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// Terms, cut already, each with [`Exported::END`] behind it.
    Terms(String),
    /// A text whose characters are the terms.
    Characters(String),
    /// A value as a whole.
    Exact(String),
    /// A number.
    Number(u64),
    /// JSON, as it is stored.
    Json(String),
}

impl Exported {
    /// What stands behind each of the terms.
    pub const END: char = END_OF_TERM;
}

/// Reads an open index for another engine.
pub struct Export<'a> {
    index: &'a OpenIndex,
    searcher: Searcher,
    schema: Schema,
    fields: Fields,
}

impl<'a> Export<'a> {
    /// Begins to read an index.
    pub fn of(index: &'a OpenIndex) -> Self {
        let (schema, fields) = schema();
        Self { index, searcher: index.searcher(), schema, fields }
    }

    fn failed(&self, source: tantivy::TantivyError) -> IndexError {
        IndexError::Engine { path: self.index.path.clone(), source }
    }

    fn damaged(&self, id: &str, why: &dyn std::fmt::Display) -> IndexError {
        let what = format!("the article `{id}` cannot be read ({why})");
        IndexError::Damaged { path: self.index.path.clone(), what }
    }

    /// All articles, by id.
    pub fn entries(&self) -> Result<Vec<Entry>, IndexError> {
        let copies = self.index.copies()?;
        self.all(&copies).map_err(|source| self.failed(source))
    }

    fn all(&self, copies: &Copies) -> tantivy::Result<Vec<Entry>> {
        let mut entries: Vec<(Entry, Option<Copy>)> = Vec::new();
        let mut firsts: HashMap<u32, u64> = HashMap::new();
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let fingerprints = segment.fast_fields().u64("fingerprint")?;
            let Some(ids) = segment.fast_fields().str("id")? else { continue };
            for doc in segment.doc_ids_alive() {
                let mut id = String::new();
                if let Some(ordinal) = ids.ords().first(doc) {
                    ids.ord_to_str(ordinal, &mut id)?;
                }
                let fingerprint = fingerprints.first(doc).unwrap_or_default();
                let copy = copies.of(fingerprint);
                if let Some(Copy { group, place: 0 }) = copy {
                    firsts.insert(group, fingerprint);
                }
                let place = copy.map(|copy| copy.place);
                let address = DocAddress::new(ordinal, doc);
                let group = fingerprint;
                entries.push((Entry { id, version: 0, group, place, fingerprint, address }, copy));
            }
        }
        let entries = entries.into_iter().map(|(entry, copy)| {
            let group = copy.and_then(|copy| firsts.get(&copy.group)).copied();
            let group = group.unwrap_or(entry.fingerprint);
            let place = copy.map_or(u64::MAX, |copy| u64::from(copy.place));
            let mut hasher = blake3::Hasher::new();
            for number in [entry.fingerprint, group, place] {
                hasher.update(&number.to_le_bytes());
            }
            let hash = hasher.update(entry.id.as_bytes()).finalize();
            let version = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
            Entry { version, group, ..entry }
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(entries)
    }

    /// All values of an article, field by field, in the order of the schema.
    pub fn values(&self, entry: &Entry) -> Result<Vec<(&str, Exported)>, IndexError> {
        let stored: TantivyDocument =
            self.searcher.doc(entry.address).map_err(|source| self.failed(source))?;
        let text = |field| stored.get_first(field).and_then(|v| v.as_str()).unwrap_or_default();
        let unreadable = |error| self.damaged(&entry.id, &error);
        let article: Article =
            serde_json::from_str(text(self.fields.article)).map_err(unreadable)?;
        let places = serde_json::from_str(text(self.fields.places)).map_err(unreadable)?;
        let beside: Beside = serde_json::from_str(text(self.fields.said)).map_err(unreadable)?;
        let article = Article { places, ..article };
        let folded = [fold(&article.title), fold(&article.body)];
        let document = self.fields.document(article, folded, entry.fingerprint, &beside);
        let values = document.field_values().map(|(field, value)| {
            let described = self.schema.get_field_entry(field);
            let number = value.as_u64();
            let text = || value.as_str().unwrap_or_default().to_owned();
            let exported = match (number, kind_of(described)) {
                (Some(number), _) => Exported::Number(number),
                (None, Kind::Terms) => Exported::Terms(text()),
                (None, Kind::Characters) => Exported::Characters(text()),
                (None, Kind::Exact) => Exported::Exact(text()),
                (None, Kind::Json) => Exported::Json(text()),
            };
            (described.name(), exported)
        });
        Ok(values.collect())
    }

    /// How many words an engine takes an article to have whose words are so many: lengths are kept
    /// in one byte, here as in Lucene.
    pub fn kept_length(words: u32) -> u32 {
        use tantivy::fieldnorm::FieldNormReader;
        FieldNormReader::id_to_fieldnorm(FieldNormReader::fieldnorm_to_id(words))
    }
}

enum Kind {
    Terms,
    Characters,
    Exact,
    Json,
}

/// How a field of texts is searched.
fn kind_of(entry: &tantivy::schema::FieldEntry) -> Kind {
    use tantivy::schema::FieldType;

    let FieldType::Str(options) = entry.field_type() else { return Kind::Exact };
    match options.get_indexing_options().map(tantivy::schema::TextFieldIndexing::tokenizer) {
        None => Kind::Json,
        Some(super::tokenizers::WORDS | super::tokenizers::HIDDEN) => Kind::Terms,
        Some(super::tokenizers::CHARACTERS) => Kind::Characters,
        Some(_) => Kind::Exact,
    }
}
