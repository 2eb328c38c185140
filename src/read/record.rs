//! A crawl record (one JSON object) → a [`RawPage`].
//!
//! Crawlers agree on what to record but not on the names. [`FIELDS`] lists the names we know;
//! `schema/crawl-record.schema.json` is the same list for people and validators, and a test holds
//! the two together. A person may give further names, which are asked first.

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::article::{Content, Given, Origin, RawPage, Skip};

use super::encoding;
use super::fields::FieldNames;
use super::html::is_markup;

/// What a record can tell, by its name in `schema/crawl-record.schema.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Id,
    Title,
    Date,
    Outlet,
    OriginalOutlet,
    Author,
    Url,
    Body,
    Page,
    Crawled,
}

impl Field {
    /// All fields, and what each is called in `schema/`.
    pub(super) fn all() -> impl Iterator<Item = (Self, &'static str)> {
        FIELDS.iter().map(|(field, key, ..)| (*field, *key))
    }
}

/// The names of each field, most trusted first: the first that holds something is taken.
///
/// Names are compared without regard to case, `_` and `-`, so `pub_date` is `pubDate` too. Times at
/// which a page was fetched are not times of publication; what may be either (`created_at`,
/// `timestamp`) is not asked.
const FIELDS: &[(Field, &str, &str, &[&str])] = &[
    (
        Field::Id,
        "id",
        "Identifier within the crawl; a text or a number.",
        &["id", "_id", "doc_id", "article_id", "news_id", "uuid", "guid", "编号"],
    ),
    (
        Field::Title,
        "title",
        "Headline.",
        &["title", "headline", "news_title", "article_title", "标题", "新闻标题", "題目"],
    ),
    (
        Field::Date,
        "date",
        "Time of publication in any usual form; a number is Unix time in seconds or milliseconds.",
        &[
            "date",
            "publish_time",
            "publish_date",
            "published",
            "published_at",
            "published_time",
            "published_date",
            "pub_date",
            "pub_time",
            "date_published",
            "date_publish",
            "publish_at",
            "publish",
            "ptime",
            "release_time",
            "release_date",
            "issue_date",
            "post_time",
            "news_time",
            "time",
            "发布时间",
            "发布日期",
            "发表时间",
            "时间",
            "日期",
        ],
    ),
    (
        Field::Outlet,
        "outlet",
        "Medium that published it; an object gives its `name`.",
        &[
            "source",
            "outlet",
            "media",
            "media_name",
            "source_name",
            "site_name",
            "publisher",
            "newspaper",
            "origin",
            "site",
            "website",
            "来源",
            "媒体",
            "出处",
        ],
    ),
    (
        Field::OriginalOutlet,
        "original_outlet",
        "Medium that it was taken over from.",
        &[
            "original_outlet",
            "original_source",
            "original_media",
            "reprinted_from",
            "转载自",
            "转自",
            "原载",
            "原始来源",
        ],
    ),
    (
        Field::Author,
        "author",
        "Writer; a list is joined by blanks.",
        &["author", "authors", "byline", "reporter", "writer", "editor_author", "作者", "记者"],
    ),
    (
        Field::Url,
        "url",
        "Address on the web.",
        &[
            "url",
            "link",
            "href",
            "article_url",
            "source_url",
            "page_url",
            "canonical_url",
            "permalink",
            "链接",
            "网址",
        ],
    ),
    (
        Field::Body,
        "body",
        "Text of the article, plain or as HTML; a list is joined as paragraphs.",
        &[
            "body",
            "content",
            "text",
            "article",
            "article_body",
            "main_text",
            "article_text",
            "article_content",
            "cleaned_text",
            "clean_text",
            "text_content",
            "content_text",
            "plain_text",
            "full_text",
            "news_content",
            "contents",
            "paragraphs",
            "content_html",
            "body_html",
            "正文",
            "内容",
            "正文内容",
        ],
    ),
    (
        Field::Page,
        "page",
        "The whole page as HTML, used where there is no text.",
        &["html", "raw_html", "page_html", "page_source", "raw_content", "raw"],
    ),
    (
        Field::Crawled,
        "crawled",
        "Time at which the page was fetched; it was published no later.",
        &[
            "crawl_time",
            "crawled_at",
            "crawl_date",
            "fetch_time",
            "fetched_at",
            "scraped_at",
            "scrape_time",
            "download_time",
            "抓取时间",
            "采集时间",
            "爬取时间",
        ],
    ),
];

/// Names under which exporters wrap the record itself.
const WRAPPERS: &[&str] = &["_source", "data", "doc", "article", "record", "fields", "news"];

/// Keys of an object in which the value proper stands: `{"name": …}`, the `{"$date": …}`.
const INNER: &[&str] = &[
    "name",
    "text",
    "value",
    "title",
    "content",
    "$oid",
    "$date",
    "$numberLong",
    "#text",
    "@value",
];

/// Reads one record from bytes, which are UTF-8 if all is well.
pub(super) fn read_bytes(
    origin: Origin,
    json: &[u8],
    fields: &FieldNames,
) -> Result<RawPage, Skip> {
    if let Ok(json) = std::str::from_utf8(json) {
        return read(origin, json, fields, ("UTF-8", 0));
    }
    let decoded = encoding::decode(json, &[]);
    read(origin, &decoded.text, fields, (decoded.encoding, decoded.damaged))
}

/// Reads one record.
pub(super) fn read(
    origin: Origin,
    json: &str,
    fields: &FieldNames,
    (encoding, damaged): (&'static str, u64),
) -> Result<RawPage, Skip> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let taken = if fields.is_empty() {
        deserializer.deserialize_any(RecordVisitor)
    } else {
        serde_json::Map::deserialize(&mut deserializer)
            .map(|record| Taken::by_names(&record, fields))
    };
    taken
        .and_then(|taken| deserializer.end().map(|()| taken))
        .map_err(|error| not_json(&origin, &error))?
        .into_page(origin, "JSON Lines", (encoding, damaged))
}

/// What was taken from a record.
#[derive(Default)]
pub(super) struct Taken {
    /// For each field the rank of the name and its text.
    found: [Option<(usize, String)>; FIELDS.len()],
    /// Names that mean nothing to us, for the hint.
    others: Vec<String>,
}

/// What stands between the ranks of names that a person gave and those of names that we know.
const GIVEN: usize = 1000;

impl Taken {
    /// Takes what a record holds under names that a person gave, and under those that we know.
    pub(super) fn by_names(record: &serde_json::Map<String, Value>, fields: &FieldNames) -> Self {
        let mut taken = Self::default();
        for (field, rank, name) in fields.iter() {
            if let Some(value) = at_path(record, name) {
                taken.offer(field, rank, value);
            }
        }
        for (name, value) in record.iter().filter(|(name, _)| !fields.names(name)) {
            match (known(name), value) {
                (_, Value::Object(wrapped)) if WRAPPERS.contains(&name.as_str()) => {
                    taken.unwrap(wrapped);
                }
                (Some((field, rank)), value) => taken.offer(field, GIVEN + rank, value),
                (None, _) => taken.note_other(name),
            }
        }
        taken
    }

    /// Remembers a name that means nothing to us.
    pub(super) fn note_other(&mut self, name: &str) {
        if self.others.len() < 8 {
            self.others.push(name.to_owned());
        }
    }

    /// What was taken → a page.
    pub(super) fn into_page(
        mut self,
        origin: Origin,
        format: &'static str,
        (encoding, damaged): (&'static str, u64),
    ) -> Result<RawPage, Skip> {
        let mut take = |field: Field| self.found[field as usize].take().map(|(_, text)| text);
        let mut given = Given {
            id: take(Field::Id),
            title: take(Field::Title),
            date: take(Field::Date),
            outlet: take(Field::Outlet),
            original_outlet: take(Field::OriginalOutlet),
            author: take(Field::Author),
            url: take(Field::Url),
            crawled: take(Field::Crawled),
        };
        if given.outlet.as_deref().is_some_and(is_address) {
            let address = given.outlet.take();
            given.url = given.url.or(address);
        }
        let content = match (take(Field::Body), take(Field::Page)) {
            (Some(body), _) if is_markup(&body) => Content::Html(body),
            (Some(body), _) => Content::Body(body),
            (None, Some(page)) => Content::Html(page),
            (None, None) => return Err(no_text(origin, &self.others)),
        };
        Ok(RawPage { origin, given, content, format, encoding, damaged })
    }

    /// Keeps a value if it holds something and no better name did.
    fn offer(&mut self, field: Field, rank: usize, value: &Value) {
        let between = if field == Field::Body { "\n" } else { " " };
        if self.is_better(field, rank)
            && let Some(text) = flat(value, between, 0)
        {
            self.found[field as usize] = Some((rank, text));
        }
    }

    /// Keeps a text if it holds something and no better name did.
    pub(super) fn offer_text(&mut self, field: Field, rank: usize, text: &str) {
        if self.is_better(field, rank) && says_something(text) {
            self.found[field as usize] = Some((rank, text.to_owned()));
        }
    }

    fn is_better(&self, field: Field, rank: usize) -> bool {
        self.found[field as usize].as_ref().is_none_or(|(best, _)| rank < *best)
    }

    /// Looks into an object in which an exporter wrapped the record.
    fn unwrap(&mut self, wrapped: &serde_json::Map<String, Value>) {
        for (name, value) in wrapped {
            if let Some((field, rank)) = known(name) {
                self.offer(field, GIVEN + rank + 100, value);
            }
        }
    }
}

/// Goes through the members of a record.
struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Taken;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Taken, A::Error> {
        let mut taken = Taken::default();
        while let Some(name) = map.next_key::<String>()? {
            let field = known(&name);
            let wraps = WRAPPERS.contains(&name.as_str());
            if field.is_none() && !wraps {
                map.next_value::<IgnoredAny>()?;
                taken.note_other(&name);
                continue;
            }
            match (map.next_value::<Value>()?, field) {
                (Value::Object(wrapped), _) if wraps => taken.unwrap(&wrapped),
                (value, Some((field, rank))) => taken.offer(field, GIVEN + rank, &value),
                _ => {}
            }
        }
        Ok(taken)
    }
}

/// Finds the field that a name means, and how much it is trusted (less is more): by the names that
/// a person gave, then by those that we know.
pub(super) fn meant(name: &str, fields: &FieldNames) -> Option<(Field, usize)> {
    let given = fields.iter().find(|(_, _, given)| *given == name);
    given
        .map(|(field, rank, _)| (field, rank))
        .or_else(|| known(name).map(|(field, rank)| (field, GIVEN + rank)))
}

/// Whether a record with these names has a text.
pub(super) fn has_text<'n>(names: impl IntoIterator<Item = &'n str>, fields: &FieldNames) -> bool {
    names.into_iter().any(|name| {
        meant(name, fields).is_some_and(|(field, _)| matches!(field, Field::Body | Field::Page))
    })
}

/// Finds a value by its name, or by the names on the way to it: `detail.content`.
fn at_path<'v>(record: &'v serde_json::Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    match record.get(first)? {
        Value::Object(inner) => at_path(inner, rest),
        _ => None,
    }
}

/// Finds the field that a name means among those that we know, and how much the name is trusted
/// (less is more).
pub(super) fn known(name: &str) -> Option<(Field, usize)> {
    FIELDS.iter().find_map(|(field, _, _, names)| {
        names.iter().position(|known| same_name(known, name)).map(|rank| (*field, rank))
    })
}

/// Compares names without regard to case, `_` and `-`.
fn same_name(a: &str, b: &str) -> bool {
    a == b || (a.len().abs_diff(b.len()) <= 4 && letters(a).eq(letters(b)))
}

/// The letters of a name that tell it from others.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' ')).map(|b| b.to_ascii_lowercase())
}

/// Turns a value into text; none if nothing is said.
fn flat(value: &Value, between: &str, depth: usize) -> Option<String> {
    match value {
        Value::String(text) => says_something(text).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) if depth < 4 => {
            let texts: Vec<String> =
                values.iter().filter_map(|v| flat(v, between, depth + 1)).collect();
            (!texts.is_empty()).then(|| texts.join(between))
        }
        Value::Object(map) if depth < 4 => INNER
            .iter()
            .find_map(|key| map.get(*key).and_then(|value| flat(value, between, depth + 1))),
        _ => None,
    }
}

/// Whether a text is more than the way in which a program writes nothing.
fn says_something(text: &str) -> bool {
    !matches!(text.trim(), "" | "null" | "None" | "nan" | "NaN" | "undefined")
}

/// Whether a text is an address on the web.
fn is_address(text: &str) -> bool {
    text.trim_start().starts_with("http://") || text.trim_start().starts_with("https://")
}

/// Says what is wrong with a line.
fn not_json(origin: &Origin, error: &serde_json::Error) -> Skip {
    let message = error.to_string();
    // The line number of the parser counts within the record; the origin has the real one.
    let message = message.replace(" at line 1 column ", " at byte ");
    if message.contains("expected a JSON object") || message.contains("expected a map") {
        Skip::new(origin.clone(), "is no JSON object")
            .hint("each line must be one record: {\"title\": …, \"body\": …}")
    } else {
        Skip::new(origin.clone(), format!("is not valid JSON: {message}"))
            .hint("each line must hold one whole record")
    }
}

/// Says that a record has no text.
fn no_text(origin: Origin, others: &[String]) -> Skip {
    let skip = Skip::new(origin, "has no text in `body`, `content`, `text` or the like");
    if others.is_empty() {
        skip
    } else {
        let names = others.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        skip.hint(format!("it has {names}; name the text `body`, or say with --fields which it is"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_json(json: &str) -> Result<RawPage, Skip> {
        read(Origin::record("a.jsonl", 7), json, &FieldNames::default(), ("UTF-8", 0))
    }

    #[test]
    fn crawlers_name_their_fields_as_they_like() {
        for (json, want) in [
            (
                r#"{"id":"a1","title":"佛茂携手","date":"2024-10-09","source":"南方日报","url":"http://a/1","body":"两地签约。"}"#,
                "a1|佛茂携手|2024-10-09|南方日报|-|http://a/1|body 两地签约。",
            ),
            (
                r#"{"_id":{"$oid":"64ab"},"标题":"佛茂携手","发布时间":1728481812,"来源":"南方日报","作者":["甲","乙"],"正文":"两地签约。"}"#,
                "64ab|佛茂携手|1728481812|南方日报|甲 乙|-|body 两地签约。",
            ),
            (
                r#"{"docid":7,"headline":"佛茂","pubDate":{"$date":1728481812000},"media":{"name":"南方日报"},"link":"http://a/1","content":"<p>两地</p><p>签约。</p>"}"#,
                "7|佛茂|1728481812000|南方日报|-|http://a/1|html <p>两地</p><p>签约。</p>",
            ),
            (
                r#"{"title":"","headline":"佛茂","text":null,"article":"签约。","source":"https://a.cn/2","crawl_time":"2024-01-01"}"#,
                "-|佛茂|-|-|-|https://a.cn/2|body 签约。",
            ),
            (
                r#"{"_index":"news","_id":"9","_source":{"title":"佛茂","content":["一段。","二段。"]}}"#,
                "9|佛茂|-|-|-|-|body 一段。\n二段。",
            ),
            (
                r#"{"html":"<html><body>签约</body></html>"}"#,
                "-|-|-|-|-|-|html <html><body>签约</body></html>",
            ),
        ] {
            let page = read_json(json).unwrap();
            let given = page.given;
            let said = [given.id, given.title, given.date, given.outlet, given.author, given.url];
            let said = said.map(|part| part.unwrap_or_else(|| "-".to_owned())).join("|");
            let (kind, text) = match page.content {
                Content::Body(text) => ("body", text),
                Content::Html(text) => ("html", text),
                Content::Dump(text) => ("dump", text),
            };
            assert_eq!(format!("{said}|{kind} {text}"), want);
        }
    }

    #[test]
    fn what_is_no_record_is_told() {
        for (json, told) in [
            (
                "[1]",
                "a.jsonl:7 is no JSON object (each line must be one record: {\"title\": …, \"body\": …})",
            ),
            (
                "{\"title\": ",
                "a.jsonl:7 is not valid JSON: EOF while parsing a value at byte 10 (each line must hold one whole record)",
            ),
            (
                "{\"title\":\"佛茂\",\"fulltxt\":\"签约\"}",
                "a.jsonl:7 has no text in `body`, `content`, `text` or the like (it has `fulltxt`; name the text `body`, or say with --fields which it is)",
            ),
        ] {
            assert_eq!(read_json(json).unwrap_err().to_string(), told);
        }
    }

    #[test]
    fn names_that_a_person_gives_are_asked_first() {
        let fields: FieldNames = toml::from_str(
            "title = \"bt\"\nbody = [\"detail.zw\", \"zw\"]\nurl = \"source\"\ncrawled = \"ts\"",
        )
        .unwrap();
        let json = r#"{"bt":"佛茂携手","title":"栏目","content":"摘要","detail":{"zw":"两地签约。"},
            "source":"南方日报","date":"2024-10-09","ts":1728481812}"#;
        let page = read(Origin::record("a.jsonl", 1), json, &fields, ("UTF-8", 0)).unwrap();
        assert_eq!(page.content, Content::Body("两地签约。".to_owned()));
        let given = Given {
            title: Some("佛茂携手".to_owned()),
            url: Some("南方日报".to_owned()),
            date: Some("2024-10-09".to_owned()),
            crawled: Some("1728481812".to_owned()),
            ..Given::default()
        };
        assert_eq!(page.given, given);
        let told = read(Origin::record("a.jsonl", 1), "[]", &fields, ("UTF-8", 0)).unwrap_err();
        assert_eq!(told.reason, "is no JSON object");
    }

    #[test]
    fn no_name_means_two_things() {
        for (field, _, _, names) in FIELDS {
            for name in *names {
                let (meant, _) = known(name).unwrap();
                assert_eq!(meant, *field, "{name}");
            }
        }
        for (at, (field, ..)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, at, "the table is in the order of the fields");
        }
    }

    #[test]
    fn the_schema_says_what_the_table_says() {
        let mut properties = serde_json::Map::new();
        let mut defs = serde_json::Map::new();
        for (_, key, meaning, names) in FIELDS {
            let types = json!(["string", "number", "array", "object", "null"]);
            defs.insert(
                (*key).to_owned(),
                json!({"description": meaning, "type": types, "x-names": names}),
            );
            for name in *names {
                properties.insert((*name).to_owned(), json!({"$ref": format!("#/$defs/{key}")}));
            }
        }
        let texts = FIELDS.iter().filter(|(field, ..)| matches!(field, Field::Body | Field::Page));
        let any_text: Vec<Value> = texts
            .flat_map(|(.., names)| names.iter())
            .map(|name| json!({"required": [name]}))
            .collect();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Crawl record",
            "description": "A record of a crawl: a line of a .jsonl or .ndjson file, an object of a .json file, a row of a .csv or .tsv file (its columns), the front matter of a .md file. Of the names of one meaning (`x-names`, in order of trust) the first that holds something is taken; case, `_` and `-` do not matter. What is not listed is ignored. A record may be wrapped in `_source`, `data`, `doc`, `article`, `record`, `fields` or `news`.",
            "type": "object",
            "properties": properties,
            "$defs": defs,
            "anyOf": any_text.into_iter().chain(WRAPPERS.iter().map(|name| json!({"required": [name]}))).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        expect_test::expect_file!["../../schema/crawl-record.schema.json"].assert_eq(&text);
        assert!(
            jsonschema::validator_for(&schema)
                .unwrap()
                .is_valid(&json!({"标题": "佛茂", "正文": "签约。"}))
        );
    }
}
