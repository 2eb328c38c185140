//! The fields of an index: declared in `schema/index.toml`, made here.

use std::collections::BTreeSet;

use serde::Deserialize;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing,
    TextOptions,
};

use super::copies;
use super::stored::Beside;
use super::tokenizers::{CHARACTERS, END_OF_TERM, HIDDEN, WORDS};
use super::words;
use crate::article::{Article, pair_name};
use crate::understand::gazetteer::{CityRef, Gazetteer};
use crate::understand::near_duplicates::Likeness;

/// Occurrences in the text that one in a headline is worth (`docs/ranking.md`). They are counted when
/// an article is filed, so that a search reads one list for each word.
const HEADLINE: usize = 6;

/// The declaration that people read.
const DECLARATION: &str = include_str!("../../schema/index.toml");

/// Handles of all fields.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "described in schema/index.toml, word for word")]
pub struct Fields {
    pub id: Field,
    pub fingerprint: Field,
    pub words: Field,
    pub hidden_words: Field,
    pub title_characters: Field,
    pub body_characters: Field,
    pub province: Field,
    pub city: Field,
    pub county: Field,
    pub mentioned_city: Field,
    pub region: Field,
    pub partner: Field,
    pub partnership: Field,
    pub kind: Field,
    pub outlet: Field,
    pub first_day: Field,
    pub last_day: Field,
    pub year: Field,
    pub month: Field,
    pub likeness: Field,
    pub article: Field,
    pub places: Field,
    pub said: Field,
}

/// A field as `schema/index.toml` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Its name in the index.
    pub name: String,
    /// How it is searched: words, hidden, characters, exact, number.
    pub indexed: Option<String>,
    /// Whether it is kept as a column.
    #[serde(default)]
    pub fast: bool,
    /// Whether it is kept whole.
    #[serde(default)]
    pub stored: bool,
    /// Whether an article may have many values.
    #[serde(default)]
    pub many: bool,
    /// What it holds, for people.
    pub what: String,
}

/// The whole of `schema/index.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Declaration {
    /// Rises whenever an older index can no longer be read as it should.
    pub version: u32,
    /// The fields, in order.
    pub field: Vec<Declared>,
}

impl Declaration {
    /// Reads the declaration that is compiled into the program.
    ///
    /// # Panics
    ///
    /// Only if `schema/index.toml` were no declaration, which a test excludes.
    pub fn read() -> Self {
        toml::from_str(DECLARATION).expect("schema/index.toml is held by a test")
    }
}

/// Makes the schema and the handles of its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |tokenizer: &str, option, lengths| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(option)
            .set_fieldnorms(lengths);
        TextOptions::default().set_indexing_options(indexing)
    };
    let words = text(WORDS, IndexRecordOption::WithFreqs, true);
    let hidden = text(HIDDEN, IndexRecordOption::Basic, false);
    let characters = text(CHARACTERS, IndexRecordOption::WithFreqsAndPositions, false);
    let exact = || STRING | FAST;
    let column = || NumericOptions::default().set_fast();
    let fields = Fields {
        id: builder.add_text_field("id", exact()),
        fingerprint: builder.add_u64_field("fingerprint", column()),
        words: builder.add_text_field("words", words),
        hidden_words: builder.add_text_field("hidden_words", hidden),
        title_characters: builder.add_text_field("title_characters", characters.clone()),
        body_characters: builder.add_text_field("body_characters", characters),
        province: builder.add_text_field("province", exact()),
        city: builder.add_text_field("city", exact()),
        county: builder.add_text_field("county", exact()),
        mentioned_city: builder.add_text_field("mentioned_city", exact()),
        region: builder.add_text_field("region", exact()),
        partner: builder.add_text_field("partner", exact()),
        partnership: builder.add_text_field("partnership", STRING),
        kind: builder.add_text_field("kind", exact()),
        outlet: builder.add_text_field("outlet", exact()),
        first_day: builder.add_u64_field("first_day", column().set_indexed()),
        last_day: builder.add_u64_field("last_day", column().set_indexed()),
        year: builder.add_u64_field("year", column()),
        month: builder.add_u64_field("month", column()),
        likeness: builder.add_u64_field("likeness", column()),
        article: builder.add_text_field("article", STORED),
        places: builder.add_text_field("places", STORED),
        said: builder.add_text_field("said", STORED),
    };
    (builder.build(), fields)
}

impl Fields {
    /// Turns an article, its folded headline and text, its fingerprint and what its page said
    /// beside them into a document of the index.
    pub(super) fn document(
        &self,
        mut article: Article,
        [title, body]: [String; 2],
        fingerprint: u64,
        beside: &Beside,
    ) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_text(self.id, &article.id);
        document.add_u64(self.fingerprint, fingerprint);
        // A made headline stands in the body already and would only count twice.
        let stands_in_body = || body.contains(title.trim_end_matches(['…', '.']));
        let counts = !(article.title_made && stands_in_body());
        let [words, hidden] = words::terms(&title, END_OF_TERM);
        if counts {
            document.add_text(self.words, words.repeat(HEADLINE));
        }
        document.add_text(self.hidden_words, hidden);
        document.add_text(self.title_characters, title);
        let [words, hidden] = words::terms(&body, END_OF_TERM);
        document.add_text(self.words, words);
        if let Some(likeness) = Likeness::of(&body) {
            let mut words = likeness.words();
            words[0] |= copies::standing(&article) << copies::STANDING_FROM;
            for word in words {
                document.add_u64(self.likeness, word);
            }
        }
        document.add_text(self.hidden_words, hidden);
        document.add_text(self.body_characters, body);
        let lists = [
            (self.province, &article.provinces),
            (self.city, &article.cities),
            (self.county, &article.counties),
            (self.mentioned_city, &article.mentioned_cities),
            (self.region, &article.regions),
        ];
        for (field, names) in lists {
            for name in names {
                document.add_text(field, name);
            }
        }
        let partners = Partners::of(&article);
        let lists = [
            (self.partner, partners.names),
            (self.partnership, partners.keys),
            (self.kind, partners.kinds),
        ];
        for (field, names) in lists {
            for name in names {
                document.add_text(field, name);
            }
        }
        if let Some(outlet) = &article.outlet {
            document.add_text(self.outlet, &outlet.text);
        }
        if let Some(date) = article.date.as_ref().map(|dated| dated.date)
            && let (Some(first), Some(last), Some(year)) =
                (date.first_day(), date.last_day(), date.year())
        {
            document.add_u64(self.first_day, u64::from(first));
            document.add_u64(self.last_day, u64::from(last));
            document.add_u64(self.year, u64::from(year));
            if let Some(month) = date.month() {
                document.add_u64(self.month, u64::from(year) * 100 + u64::from(month));
            }
        }
        // Strings, numbers and lists: JSON always can write them. The places are kept apart, since
        // a list of hits shows none of their many mentions.
        let places = std::mem::take(&mut article.places);
        document.add_text(self.article, serde_json::to_string(&article).unwrap_or_default());
        document.add_text(self.places, serde_json::to_string(&places).unwrap_or_default());
        document.add_text(self.said, serde_json::to_string(beside).unwrap_or_default());
        document
    }
}

/// Who works with whom, as it is looked up.
struct Partners {
    /// Every partner, as it is named.
    names: BTreeSet<String>,
    /// Every partner and every two of them; where a city takes part, its province does, too.
    keys: BTreeSet<String>,
    /// What they work together on.
    kinds: BTreeSet<String>,
}

impl Partners {
    fn of(article: &Article) -> Self {
        let mut partners =
            Self { names: BTreeSet::new(), keys: BTreeSet::new(), kinds: BTreeSet::new() };
        for (members, fact) in article.circles() {
            partners.kinds.insert(fact.kind.clone());
            partners.names.extend(members.iter().map(|&name| name.to_owned()));
            let each: Vec<Vec<&str>> = members.iter().map(|name| with_province(name)).collect();
            partners.keys.extend(each.iter().flatten().map(|&name| name.to_owned()));
            for (number, first) in each.iter().enumerate() {
                for second in &each[number + 1..] {
                    for a in first {
                        partners.keys.extend(second.iter().map(|b| pair_name(a, b)));
                    }
                }
            }
        }
        partners
    }
}

/// A place and the province it lies in.
fn with_province(name: &str) -> Vec<&str> {
    let gazetteer = Gazetteer::get();
    let cities = gazetteer.resolve_city(name).into_iter();
    let city = cities.filter_map(|found| match found {
        CityRef::City(city) if city.name == name => gazetteer.province_of(city),
        _ => None,
    });
    let province = city.map(|province| province.name).find(|province| *province != name);
    std::iter::once(name).chain(province).collect()
}

#[cfg(test)]
mod tests {
    use tantivy::schema::FieldType;

    use super::*;

    #[test]
    fn the_declaration_and_the_code_agree() {
        let declared = Declaration::read();
        let (schema, _) = schema();
        let made: Vec<Declared> = schema
            .fields()
            .zip(&declared.field)
            .map(|((_, entry), declared)| {
                let indexed = match entry.field_type() {
                    FieldType::Str(options) => {
                        options.get_indexing_options().map(|o| match o.tokenizer() {
                            WORDS => "words",
                            HIDDEN => "hidden",
                            CHARACTERS => "characters",
                            _ => "exact",
                        })
                    }
                    _ => entry.is_indexed().then_some("number"),
                };
                Declared {
                    name: entry.name().to_owned(),
                    indexed: indexed.map(str::to_owned),
                    fast: entry.is_fast(),
                    stored: entry.is_stored(),
                    ..declared.clone()
                }
            })
            .collect();
        assert_eq!(made, declared.field);
        assert_eq!(schema.fields().count(), declared.field.len());
    }
}
