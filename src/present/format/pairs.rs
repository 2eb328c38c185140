//! Pairs of partners → a table, the time line of a pair, or a graph for other programs.

use std::io::{self, Write};

use serde::Serialize;

use super::csv::as_io;
use crate::article::{Cooperation, Figure, NewsDate};
use crate::present::count::{counted, thousands};
use crate::present::paint::Layout;
use crate::present::pairs::{Circle, Event};
use crate::present::sanitize::{cell, terminal, xml};

/// What stands between the names of partners.
const BETWEEN: &str = " — ";

/// Pairs and what is said beside them.
#[derive(Debug, Serialize)]
pub struct PairsAnswer<'a> {
    /// How many circles there are before the list is cut.
    pub total: u64,
    /// How many articles would count but state no date, when days were filtered.
    pub undated: u64,
    /// Sentences that a person should read beside the list.
    pub remarks: &'a [String],
    /// The circles.
    #[serde(serialize_with = "circles")]
    pub pairs: &'a [Circle],
}

/// A kind and how often it is told.
#[derive(Serialize)]
struct KindCount<'a> {
    kind: &'a str,
    count: u64,
}

fn circles<S: serde::Serializer>(circles: &&[Circle], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Written<'a> {
        members: &'a [String],
        articles: u64,
        first: Option<NewsDate>,
        last: Option<NewsDate>,
        kinds: Vec<KindCount<'a>>,
        figures: &'a [Figure],
        evidence: &'a str,
        evidence_article: &'a str,
        events: &'a [Event],
    }
    serializer.collect_seq(circles.iter().map(|circle| Written {
        members: &circle.members,
        articles: circle.articles,
        first: circle.first,
        last: circle.last,
        kinds: circle.kinds.iter().map(|(kind, count)| KindCount { kind, count: *count }).collect(),
        figures: &circle.figures,
        evidence: circle.events.get(circle.best).map_or("", |event| &event.fact.evidence),
        evidence_article: circle.events.get(circle.best).map_or("", |event| &event.article),
        events: &circle.events,
    }))
}

impl PairsAnswer<'_> {
    /// Writes one object.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        writeln!(out)
    }

    /// Writes one circle below the other.
    pub fn write_text(&self, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        for circle in self.pairs {
            let names = terminal(&circle.members.join(BETWEEN)).into_owned();
            let head = layout.palette.heading(names);
            let span = match (circle.first, circle.last) {
                (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
                (Some(day), _) => format!(", {day}"),
                _ => String::new(),
            };
            writeln!(out, "{head}  {}{span}", counted(circle.articles, "article"))?;
            let kinds: Vec<String> = circle
                .kinds
                .iter()
                .map(|(kind, count)| format!("{kind} {}", thousands(*count)))
                .collect();
            writeln!(out, "  {}", kinds.join(", "))?;
            if !circle.figures.is_empty() {
                writeln!(out, "  {}", terminal(&figures(&circle.figures)))?;
            }
            if let Some(event) = circle.events.get(circle.best) {
                let said = format!("「{}」 {}", event.fact.evidence, event.article);
                writeln!(out, "  {}", layout.palette.aside(terminal(&said).into_owned()))?;
            }
        }
        Ok(())
    }

    /// Writes what was told of each circle, the latest first.
    pub fn write_time_line(&self, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        for circle in self.pairs {
            let names = terminal(&circle.members.join(BETWEEN)).into_owned();
            writeln!(
                out,
                "{}  {}",
                layout.palette.heading(names),
                counted(circle.articles, "article")
            )?;
            for event in &circle.events {
                let date = event.published.map_or("no date".to_owned(), |date| date.to_string());
                let outlet = event.outlet.as_deref().unwrap_or_default();
                let line = format!("{date:<10}  {}  {} {outlet}", event.title, event.article);
                writeln!(out, "\n{}", terminal(line.trim_end()))?;
                writeln!(out, "  {}", terminal(&what(&event.fact)))?;
                let said = format!("「{}」", event.fact.evidence);
                writeln!(out, "  {}", layout.palette.aside(terminal(&said).into_owned()))?;
                if event.reprints > 0 {
                    writeln!(out, "  and {}", counted(event.reprints, "reprint"))?;
                }
            }
        }
        Ok(())
    }

    /// Writes one row a circle.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        table
            .write_record([
                "members", "articles", "first", "last", "kinds", "figures", "evidence", "article",
            ])
            .map_err(as_io)?;
        for circle in self.pairs {
            let day =
                |date: Option<NewsDate>| date.map(|date| date.to_string()).unwrap_or_default();
            let best = circle.events.get(circle.best);
            let kinds: Vec<&str> = circle.kinds.iter().map(|(kind, _)| kind.as_str()).collect();
            let row = [
                circle.members.join("—"),
                circle.articles.to_string(),
                day(circle.first),
                day(circle.last),
                kinds.join("；"),
                figures(&circle.figures),
                best.map(|event| event.fact.evidence.clone()).unwrap_or_default(),
                best.map(|event| event.article.clone()).unwrap_or_default(),
            ];
            table.write_record(row.iter().map(|value| cell(value).into_owned())).map_err(as_io)?;
        }
        table.flush()
    }

    /// Writes a graph in the language of Graphviz: places, and lines between those that work
    /// together, as thick as there are articles.
    pub fn write_dot(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "graph partners {{")?;
        for (a, b, circle) in lines(self.pairs) {
            let kind = circle.kinds.first().map_or("", |(kind, _)| kind.as_str());
            writeln!(
                out,
                "  {} -- {} [weight={}, label={}];",
                quoted(a),
                quoted(b),
                circle.articles,
                quoted(kind)
            )?;
        }
        writeln!(out, "}}")
    }

    /// Writes a graph as `GraphML` (graphml.graphdrawing.org).
    pub fn write_graphml(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<graphml xmlns="http://graphml.graphdrawing.org/xmlns">"#)?;
        let keys = [
            ("articles", "int"),
            ("kind", "string"),
            ("first", "string"),
            ("last", "string"),
            ("evidence", "string"),
        ];
        for (name, type_) in keys {
            writeln!(
                out,
                r#"  <key id="{name}" for="edge" attr.name="{name}" attr.type="{type_}"/>"#
            )?;
        }
        writeln!(out, r#"  <graph edgedefault="undirected">"#)?;
        let lines: Vec<(&str, &str, &Circle)> = lines(self.pairs).collect();
        let nodes: std::collections::BTreeSet<&str> =
            lines.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        for node in nodes {
            writeln!(out, r#"    <node id="{}"/>"#, xml(node))?;
        }
        for (a, b, circle) in lines {
            writeln!(out, r#"    <edge source="{}" target="{}">"#, xml(a), xml(b))?;
            let day =
                |date: Option<NewsDate>| date.map(|date| date.to_string()).unwrap_or_default();
            let data = [
                ("articles", circle.articles.to_string()),
                ("kind", circle.kinds.first().map(|(kind, _)| kind.clone()).unwrap_or_default()),
                ("first", day(circle.first)),
                ("last", day(circle.last)),
                (
                    "evidence",
                    circle
                        .events
                        .get(circle.best)
                        .map(|event| event.fact.evidence.clone())
                        .unwrap_or_default(),
                ),
            ];
            for (name, value) in data {
                writeln!(out, r#"      <data key="{name}">{}</data>"#, xml(&value))?;
            }
            writeln!(out, "    </edge>")?;
        }
        writeln!(out, "  </graph>\n</graphml>")
    }
}

/// Each two members of each circle.
fn lines(circles: &[Circle]) -> impl Iterator<Item = (&str, &str, &Circle)> {
    circles.iter().flat_map(|circle| {
        circle.members.iter().enumerate().flat_map(move |(number, a)| {
            circle.members[number + 1..].iter().map(move |b| (a.as_str(), b.as_str(), circle))
        })
    })
}

/// Kind, form, status, day and figures in one line.
pub fn what(fact: &Cooperation) -> String {
    let mut parts = vec![fact.kind.clone()];
    parts.extend(fact.form.clone());
    parts.extend(fact.status.map(|status| status.name().to_owned()));
    parts.extend(fact.date.map(|date| date.to_string()));
    parts.extend((!fact.figures.is_empty()).then(|| figures(&fact.figures)));
    parts.join(", ")
}

/// Figures as the text writes them: 「签约项目 72个; 总投资 300亿元」.
fn figures(figures: &[Figure]) -> String {
    let each: Vec<String> = figures.iter().map(|f| format!("{} {}", f.what, f.text)).collect();
    each.join("; ")
}

/// A text in quotation marks, as Graphviz reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_graph_cannot_hold_is_escaped() {
        assert_eq!(quoted("甲\"乙\\丙\n丁"), "\"甲\\\"乙\\\\丙 丁\"");
    }
}
