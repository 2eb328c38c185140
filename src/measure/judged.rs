//! Files of judged queries → topics and known items.
//!
//! Two formats are read. One JSON object:
//!
//! ```json
//! {"topics": [{"id": "A1", "query": "沪滇协作", "variants": ["上海云南协作"],
//!              "judgments": {"article-id": 3}}],
//!  "known": [{"id": "K1", "query": "佛山 人才飞地", "target": "article-id", "also": []}]}
//! ```
//!
//! and that of TREC: a file of topics (`<top> <num> … <title> … </top>`, or lines of id, tab,
//! query) and a file of judgments (lines of topic, anything, article, grade).

use std::collections::BTreeMap;

use serde::Deserialize;

/// Judged queries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Judged {
    /// Queries with graded articles.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Queries for one article.
    #[serde(default)]
    pub known: Vec<KnownItem>,
}

/// A query with graded articles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Topic {
    /// Its id.
    pub id: String,
    /// The query.
    pub query: String,
    /// The same wish in other words.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Grade by article: 0 not relevant, 3 exactly what is wanted.
    #[serde(default)]
    pub judgments: BTreeMap<String, u8>,
}

/// A query for one article that somebody half remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct KnownItem {
    /// Its id.
    pub id: String,
    /// The query.
    pub query: String,
    /// The article's id.
    pub target: String,
    /// Ids that are as good, reprints for example.
    #[serde(default)]
    pub also: Vec<String>,
}

/// Why a file of judged queries cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgedError {
    /// It looks like JSON and is not, or not of the right shape.
    #[error("the judged queries are no JSON of topics: {0}")]
    Json(String),
    /// A line of a TREC file has another shape.
    #[error("line {line} of the {what} is 「{text}」, which is no {expected}")]
    Line {
        /// Which file.
        what: &'static str,
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
        /// What should.
        expected: &'static str,
    },
    /// No query at all.
    #[error("there is no topic in it")]
    Empty,
    /// Two queries have one id.
    #[error("two queries have the id `{0}`")]
    Twice(String),
}

impl Judged {
    /// Reads judged queries; `qrels` are the judgments where the topics are a TREC file.
    pub fn read(topics: &str, qrels: Option<&str>) -> Result<Self, JudgedError> {
        let topics = topics.trim_start_matches('\u{feff}');
        let mut judged: Self = if topics.trim_start().starts_with('{') {
            serde_json::from_str(topics).map_err(|e| JudgedError::Json(e.to_string()))?
        } else if topics.contains("<top>") {
            Self { topics: tagged(topics), known: Vec::new() }
        } else {
            Self { topics: tabbed(topics)?, known: Vec::new() }
        };
        if let Some(qrels) = qrels {
            judged.grade(qrels)?;
        }
        if judged.topics.is_empty() && judged.known.is_empty() {
            return Err(JudgedError::Empty);
        }
        let mut ids: Vec<&String> = judged.topics.iter().map(|topic| &topic.id).collect();
        ids.extend(judged.known.iter().map(|item| &item.id));
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(JudgedError::Twice(pair[0].clone())),
            None => Ok(judged),
        }
    }

    /// Every query with the id under which a run lists its articles: a topic's variants are
    /// numbered from 0, `A1#0`.
    pub fn queries(&self) -> Vec<(String, &str)> {
        let mut queries = Vec::new();
        for topic in &self.topics {
            queries.push((topic.id.clone(), topic.query.as_str()));
            for (number, variant) in topic.variants.iter().enumerate() {
                queries.push((format!("{}#{number}", topic.id), variant.as_str()));
            }
        }
        queries.extend(self.known.iter().map(|item| (item.id.clone(), item.query.as_str())));
        queries
    }

    /// Adds the judgments of a TREC file.
    fn grade(&mut self, qrels: &str) -> Result<(), JudgedError> {
        let mut by_topic: BTreeMap<&str, BTreeMap<String, u8>> = BTreeMap::new();
        for (number, line) in (1..).zip(qrels.lines()) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let wrong = || JudgedError::Line {
                what: "judgments",
                line: number,
                text: line.to_owned(),
                expected: "topic, iteration, article and grade",
            };
            match columns.as_slice() {
                [] => {}
                [topic, _, article, grade] => {
                    // Some collections grade spam below 0; that is not relevant either.
                    let grade: i32 = grade.parse().map_err(|_| wrong())?;
                    let grade = u8::try_from(grade.clamp(0, 30)).unwrap_or_default();
                    by_topic.entry(topic).or_default().insert((*article).to_owned(), grade);
                }
                _ => return Err(wrong()),
            }
        }
        for topic in &mut self.topics {
            topic.judgments.extend(by_topic.remove(topic.id.as_str()).unwrap_or_default());
        }
        Ok(())
    }
}

/// Topics between `<top>` and `</top>`.
fn tagged(text: &str) -> Vec<Topic> {
    let field = |topic: &str, name: &str, label: &str| {
        let start = topic.find(name)? + name.len();
        let end = topic[start..].find('<').map_or(topic.len(), |end| start + end);
        let value = topic[start..end].trim();
        Some(value.strip_prefix(label).unwrap_or(value).trim().to_owned())
    };
    text.split("<top>")
        .skip(1)
        .filter_map(|topic| {
            Some(Topic {
                id: field(topic, "<num>", "Number:")?,
                query: field(topic, "<title>", "Topic:")?,
                ..Topic::default()
            })
        })
        .collect()
}

/// Topics as lines of id, tab, query.
fn tabbed(text: &str) -> Result<Vec<Topic>, JudgedError> {
    let mut topics = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (id, query) = line.split_once('\t').ok_or_else(|| JudgedError::Line {
            what: "topics",
            line: number,
            text: line.chars().take(40).collect(),
            expected: "id, tab and query (nor is the file JSON or TREC's <top>)",
        })?;
        topics.push(Topic {
            id: id.trim().to_owned(),
            query: query.trim().to_owned(),
            ..Topic::default()
        });
    }
    Ok(topics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_in_each_format() {
        let json = r#"{"topics":[{"id":"1","query":"沪滇协作","judgments":{"甲":3}}]}"#;
        let tagged = "<top>\n<num> Number: 1\n<title> 沪滇协作\n<desc> …\n</top>";
        let qrels = "1 0 甲 3\n2 0 乙 1\n";
        let expected = Judged::read(json, None).unwrap();
        assert_eq!(Judged::read(tagged, Some(qrels)).unwrap(), expected);
        assert_eq!(Judged::read("1\t沪滇协作\n", Some(qrels)).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for (topics, qrels, says) in [
            ("{\"topics\": 3}", None, "the judged queries are no JSON of topics: invalid type"),
            ("沪滇协作", None, "line 1 of the topics is 「沪滇协作」"),
            ("1\t甲", Some("1 0 甲"), "line 1 of the judgments is 「1 0 甲」"),
            ("1\t甲", Some("1 0 甲 好"), "line 1 of the judgments is 「1 0 甲 好」"),
            ("1\t甲\n1\t乙", None, "two queries have the id `1`"),
            ("", None, "there is no topic in it"),
        ] {
            let error = Judged::read(topics, qrels).unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }

    #[test]
    fn variants_are_numbered() {
        let json = r#"{"topics":[{"id":"1","query":"甲","variants":["乙","丙"]}],
                       "known":[{"id":"k","query":"丁","target":"x"}]}"#;
        let judged = Judged::read(json, None).unwrap();
        let ids: Vec<String> = judged.queries().into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["1", "1#0", "1#1", "k"]);
    }
}
