//! `schema/index.toml` → the settings and mappings of an index on a cluster.

use serde_json::{Map, Value, json};

use crate::index::{Declaration, Declared, Stamp};
use crate::search::Weights;

/// Name of the analyzer of terms that are cut already.
const PIECES: &str = "pieces";
/// Name of the similarity: BM25 as tantivy counts it.
const SIMILARITY: &str = "words";
/// Characters of the longest term; Lucene takes no term of more than 32,766 bytes.
const LONGEST: u32 = 8_000;

/// Where the length of an article's words is kept, as exactly as scores know it.
pub(super) const LENGTH: &str = "length";
/// The number of an article's words.
pub(super) const TOKENS: &str = "tokens";
/// The fingerprint of the most original of an article's reprints.
pub(super) const GROUP: &str = "group";
/// An article's place among its reprints; absent without any.
pub(super) const PLACE: &str = "place";
/// What changes when the article does.
pub(super) const VERSION: &str = "version";
/// A field that only reprints are told by; they are told before articles are sent.
pub(super) const LIKENESS: &str = "likeness";

/// The characters of a text as the terms of a text that is cut already. A blank gets a name of more
/// than one character, which no character has.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() * 4 / 3 + 8);
    for character in text.chars() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        if character.is_whitespace() {
            spaced.push_str("\u{2423}\u{2423}");
        } else {
            spaced.push(character);
        }
    }
    spaced
}

/// Settings and mappings of an index that holds articles: what `PUT _index_template` takes, for
/// all indexes that are named like an archive.
pub fn template(archive: &str) -> Value {
    json!({
        "index_patterns": [format!("{archive}-*")],
        "template": { "settings": settings(), "mappings": mappings() },
        "_meta": { "program": "liancheng" },
    })
}

/// Settings that do not hang on the size of the cluster.
pub(super) fn settings() -> Value {
    let Weights { saturation, length, .. } = Weights::default();
    let exactly = |weight: f32| weight.to_string().parse::<f64>().unwrap_or_default();
    json!({ "index": {
        // What is pushed is seen when the push is done, all at once.
        "refresh_interval": "-1",
        "max_result_window": super::hits::WINDOW,
        "similarity": { SIMILARITY: {
            "type": "LegacyBM25", "k1": exactly(saturation), "b": exactly(length),
        } },
        "analysis": {
            "analyzer": { PIECES: { "type": "custom", "tokenizer": PIECES } },
            "tokenizer": { PIECES: { "type": "whitespace", "max_token_length": LONGEST } },
        },
    } })
}

pub(super) fn mappings() -> Value {
    let mut properties = Map::new();
    let mut cut: Vec<String> = Vec::new();
    for field in Declaration::read().field.iter().filter(|field| field.name != LIKENESS) {
        if matches!(field.indexed.as_deref(), Some("words" | "hidden" | "characters")) {
            cut.push(field.name.clone());
        }
        properties.insert(field.name.clone(), mapped(field));
    }
    for (name, kind, indexed) in [
        (LENGTH, "integer", false),
        (TOKENS, "integer", false),
        (GROUP, "long", true),
        (PLACE, "integer", true),
        (VERSION, "long", false),
    ] {
        properties.insert(name.to_owned(), json!({ "type": kind, "index": indexed }));
    }
    json!({
        "dynamic": "strict",
        "_source": { "includes": ["article", "places", "said"] },
        "_meta": { "stamp": Stamp::current(), "program": "liancheng" },
        "properties": properties,
    })
}

/// A field of the index as a property of a mapping.
fn mapped(field: &Declared) -> Value {
    let text = |options: &str, norms: bool| json!({ "type": "text", "analyzer": PIECES, "index_options": options, "norms": norms });
    match field.indexed.as_deref() {
        Some("words") => {
            let mut words = text("freqs", true);
            words["similarity"] = json!(SIMILARITY);
            words
        }
        Some("hidden") => text("docs", false),
        Some("characters") => text("positions", false),
        Some("number") => json!({ "type": "integer" }),
        Some(_) if field.fast => json!({ "type": "keyword" }),
        Some(_) => json!({ "type": "keyword", "doc_values": false }),
        None if field.stored => json!({ "type": "object", "enabled": false }),
        None if field.name == "fingerprint" => json!({ "type": "long", "index": false }),
        None => json!({ "type": "integer", "index": false }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_cluster_json_is_what_the_schema_says() {
        let mut written = template("archive");
        // The stamp changes with every new dictionary; what it is belongs to an index, not to the
        // template of all.
        written["template"]["mappings"]["_meta"]["stamp"] = json!("of the program that pushed it");
        let text = format!("{written:#}\n");
        expect_test::expect_file!["../../schema/cluster.json"].assert_eq(&text);
    }

    #[test]
    fn every_character_is_a_term_and_a_blank_is_none() {
        assert_eq!(spaced("人才"), "人 才");
        assert_eq!(spaced("a b"), "a \u{2423}\u{2423} b");
        assert_eq!(spaced(""), "");
    }
}
