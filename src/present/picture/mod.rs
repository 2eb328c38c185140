//! Counts and partners → pictures (SVG): the network of who works with whom, the same as a table
//! of squares, and counts over time.
//!
//! A picture is made for a page, which brings the colours and where a click leads, or as a file
//! that brings its own. Everything that is drawn is also said in words: each mark has a title.

mod bars;
mod matrix;
mod network;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

pub use bars::Bars;
pub use matrix::Matrix;
pub use network::Network;

use super::pairs::Circle;
use super::sanitize::xml;
use crate::understand::gazetteer::Gazetteer;

/// The colours of a picture that stands alone.
const STYLE: &str = "text{font:12px system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;fill:#1f2933}\
.paper{fill:#fff}.edge{stroke:#8aa0b4;stroke-linecap:round}.node{fill:#b4472e;stroke:#fff;stroke-width:1.5}\
.bar{fill:#b4472e}.bar.out{fill:#d9c3bb}.share{fill:none;stroke-linejoin:round;stroke:#1d5c86;stroke-width:1.5}.axis{stroke:#c9d1d9}.cell{fill:#b4472e}\
.slot{fill:#f2f4f6}.reach{fill:transparent}.faint{fill:#5b6875;font-size:11px}.halo{paint-order:stroke;stroke:#fff;stroke-width:3px}";

/// Something in a picture that can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picked<'a> {
    /// A place, by its full name.
    Place(&'a str),
    /// Two places that work together.
    Pair(&'a str, &'a str),
    /// A month or year, as 「2024-10」 or 「2024」.
    Time(&'a str),
}

/// Where a click leads; nowhere in a file.
pub type Link<'a> = &'a dyn Fn(Picked<'_>) -> Option<String>;

/// Writes the elements of a picture of some size as a file of its own.
fn write_file((width, height): (f64, f64), elements: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">"#
    )?;
    writeln!(out, "<style>{STYLE}</style>")?;
    writeln!(out, r#"<rect class="paper" width="{width}" height="{height}"/>"#)?;
    out.write_all(elements.as_bytes())?;
    writeln!(out, "</svg>")
}

/// Wraps the elements of a picture for a page; `label` says what is shown, for who cannot see it.
fn for_page((width, height): (f64, f64), class: &str, label: &str, elements: &str) -> String {
    // A picture that holds links must not be one image to a screen reader.
    let role = if elements.contains("<a ") { "group" } else { "img" };
    format!(
        r#"<svg class="{class}" role="{role}" aria-label="{}" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid meet">{elements}</svg>"#,
        xml(label)
    )
}

/// Puts elements into a link, if a click on them leads somewhere; `title` is what they say.
fn linked(target: Option<String>, title: &str, elements: &str, out: &mut String) {
    // Writing to a string cannot fail.
    let title = xml(title);
    let _ = match target {
        Some(target) => {
            write!(out, r#"<a href="{}"><title>{title}</title>{elements}</a>"#, xml(&target))
        }
        None => write!(out, "<g><title>{title}</title>{elements}</g>"),
    };
}

/// A number with one digit after the point, without needless noughts.
fn short(number: f64) -> String {
    let written = format!("{number:.1}");
    written.strip_suffix(".0").map_or(written.clone(), str::to_owned)
}

/// What people call a place on a map: 佛山 for 佛山市.
fn short_name(name: &str) -> &str {
    let divisions = Gazetteer::get().divisions();
    divisions.iter().find(|division| division.name == name).map_or(name, |found| found.short)
}

/// Places and which of them work together, each with the number of articles that say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Web {
    /// Full names, those of most articles first.
    places: Vec<(String, usize)>,
    /// Two places each, as indexes of `places`, the smaller first.
    pairs: BTreeMap<(usize, usize), usize>,
    /// How many places there are beside those that are kept.
    left_out: usize,
}

impl Web {
    /// Gathers the pairs of some circles; at most `most` places are kept.
    fn of(circles: &[Circle], most: usize) -> Self {
        let mut articles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut told: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for circle in circles {
            let ids = || circle.events.iter().map(|event| event.article.as_str());
            for (number, a) in circle.members.iter().enumerate() {
                articles.entry(a).or_default().extend(ids());
                for b in &circle.members[number + 1..] {
                    let pair =
                        if a <= b { (a.as_str(), b.as_str()) } else { (b.as_str(), a.as_str()) };
                    told.entry(pair).or_default().extend(ids());
                }
            }
        }
        let mut places: Vec<(String, usize)> =
            articles.into_iter().map(|(name, ids)| (name.to_owned(), ids.len())).collect();
        places.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let left_out = places.len().saturating_sub(most);
        places.truncate(most);
        // Only those that work together with another that is kept.
        let kept = |name: &str| places.iter().any(|(place, _)| place == name);
        let together: BTreeSet<&str> =
            told.keys().filter(|(a, b)| kept(a) && kept(b)).flat_map(|(a, b)| [*a, *b]).collect();
        let before = places.len();
        let places: Vec<(String, usize)> =
            places.iter().filter(|(name, _)| together.contains(name.as_str())).cloned().collect();
        let left_out = left_out + before - places.len();
        let at = |name: &str| places.iter().position(|(place, _)| place == name);
        let mut pairs = BTreeMap::new();
        for ((a, b), ids) in told {
            if let (Some(a), Some(b)) = (at(a), at(b)) {
                pairs.insert((a.min(b), a.max(b)), ids.len());
            }
        }
        Self { places, pairs, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Cooperation, Field, Span};
    use crate::present::pairs::Event;

    fn circle(members: &[&str], articles: &[&str]) -> Circle {
        let event = |id: &&str| Event {
            article: (*id).to_owned(),
            title: "共建".to_owned(),
            published: None,
            outlet: None,
            reprints: 0,
            group: None,
            fact: Cooperation {
                kind: "产业协作".to_owned(),
                form: None,
                status: None,
                date: None,
                figures: Vec::new(),
                evidence: "两市共建".to_owned(),
                field: Field::Body,
                span: Span { start: 0, end: 4 },
            },
        };
        Circle {
            members: members.iter().map(|m| (*m).to_owned()).collect(),
            articles: articles.len() as u64,
            first: None,
            last: None,
            kinds: vec![("产业协作".to_owned(), articles.len() as u64)],
            figures: Vec::new(),
            best: 0,
            events: articles.iter().map(event).collect(),
        }
    }

    #[test]
    fn an_article_counts_once_for_each_pair_it_tells_of() {
        let circles = [
            circle(&["佛山市", "茂名市"], &["1", "2"]),
            circle(&["佛山市", "茂名市", "广州市"], &["2"]),
            circle(&["上海市", "云南省"], &["3"]),
        ];
        let web = Web::of(&circles, 3);
        let names: Vec<&str> = web.places.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["佛山市", "茂名市"], "上海市没有伴");
        assert_eq!(web.pairs[&(0, 1)], 2, "第二篇说了两次，只算一篇");
        assert_eq!(web.left_out, 3);
    }

    #[test]
    fn pictures_are_the_same_whenever_they_are_drawn_and_hold_no_marks_of_others() {
        let hostile = "<script>\"佛山'\u{202e}";
        let circles = [circle(&[hostile, "茂名市"], &["1"]), circle(&["茂名市", "佛山市"], &["2"])];
        let draw = || {
            let mut file = Vec::new();
            Network::of(&circles).write_file(&mut file).expect("memory can be written");
            Matrix::of(&circles).write_file(&mut file).expect("memory can be written");
            String::from_utf8(file).expect("pictures are text")
        };
        let drawn = draw();
        assert_eq!(drawn, draw());
        assert!(drawn.contains("&lt;script&gt;&quot;佛山&#39;") && !drawn.contains("<script>"));
        assert!(!drawn.contains('\u{202e}') && !drawn.contains("NaN"), "{drawn}");
        let mut nothing = Vec::new();
        Network::of(&[]).write_file(&mut nothing).expect("memory can be written");
        assert!(String::from_utf8(nothing).is_ok_and(|text| text.contains("</svg>")));
    }
}
