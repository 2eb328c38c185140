//! The lines of a page and the article made of it → what became of each line.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::paint::Layout;
use super::sanitize::terminal;
use crate::article::Article;
use crate::clean::fold::fold;

/// What became of a line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is a paragraph of the article.
    Kept,
    /// Part of it is in the article.
    Changed,
    /// It is the headline.
    Title,
    /// Date, outlet or author were read from it.
    Facts,
    /// It is not in the article.
    Dropped,
    /// It is in the article and on no line of the page.
    Added,
}

/// A line and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFate {
    /// What became of it.
    pub fate: Fate,
    /// The line as the page has it.
    pub text: String,
    /// The paragraph that holds a part of it, or what facts it states.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_read: Option<String>,
}

/// Shorter lines are not looked for within others: they stand everywhere.
const SHORT: usize = 6;

/// Pages of more lines are compared line by line only, since looking for parts takes the square of
/// their number.
const MANY: usize = 4000;

/// Compares the lines of a page with the article made of it, in the order of the page. What the
/// article has beyond them stands at the end.
pub fn diff(lines: &[String], article: &Article) -> Vec<LineFate> {
    let paragraphs: Vec<&str> = article.body.lines().collect();
    let bare_paragraphs: Vec<String> = paragraphs.iter().map(|text| bare(text)).collect();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, text) in bare_paragraphs.iter().enumerate().rev() {
        places.entry(text).or_default().push(at);
    }
    let mut seen = vec![false; paragraphs.len()];
    let title = bare(&article.title);
    let mut title_seen = article.title_made;
    let mut fates = Vec::with_capacity(lines.len());
    for line in lines {
        let text = bare(line);
        let made = |fate, as_read| LineFate { fate, text: line.clone(), as_read };
        let kept = places.get_mut(text.as_str()).and_then(Vec::pop);
        if let Some(at) = kept {
            seen[at] = true;
            fates.push(made(Fate::Kept, None));
            continue;
        }
        if !title_seen && text == title {
            title_seen = true;
            fates.push(made(Fate::Title, None));
            continue;
        }
        let part = (lines.len() <= MANY).then(|| part_of(&text, &bare_paragraphs)).flatten();
        if let Some(at) = part {
            seen[at] = true;
            let whole = bare_paragraphs[at].contains(&text);
            let as_read = (!whole).then(|| paragraphs[at].to_owned());
            fates.push(made(if whole { Fate::Kept } else { Fate::Changed }, as_read));
            continue;
        }
        let facts = facts_in(&text, article);
        fates.push(if facts.is_empty() {
            made(Fate::Dropped, None)
        } else {
            made(Fate::Facts, Some(facts.join(", ")))
        });
    }
    let added = paragraphs.iter().zip(seen).filter(|(_, seen)| !seen).map(|(text, _)| text);
    let added_title = (!title_seen).then_some(&article.title);
    let added = added_title.map(String::as_str).into_iter().chain(added.copied());
    let added =
        added.map(|text| LineFate { fate: Fate::Added, text: text.to_owned(), as_read: None });
    fates.extend(added);
    fates
}

/// A text in its folded form without white space.
fn bare(text: &str) -> String {
    fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Finds the paragraph that holds a line, or is held by it.
fn part_of(line: &str, paragraphs: &[String]) -> Option<usize> {
    let long = |text: &str| text.chars().nth(SHORT).is_some();
    let holds = |paragraph: &String| {
        (long(line) && paragraph.contains(line))
            || (long(paragraph) && line.contains(paragraph.as_str()))
    };
    paragraphs.iter().position(holds)
}

/// Names the facts of an article whose words stand in a line.
fn facts_in(line: &str, article: &Article) -> Vec<&'static str> {
    let facts = [
        ("date", article.date.as_ref().map(|dated| &dated.said.text)),
        ("outlet", article.outlet.as_ref().map(|said| &said.text)),
        ("author", article.author.as_ref().map(|said| &said.text)),
    ];
    let stated = |said: &String| {
        let said = bare(said);
        !said.is_empty() && line.contains(&said)
    };
    facts.iter().filter(|(_, said)| said.is_some_and(stated)).map(|(name, _)| *name).collect()
}

/// Writes the lines, a sign before each that is not simply kept, and a count below.
pub fn write_diff(
    origin: &str,
    fates: &[LineFate],
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let palette = layout.palette;
    writeln!(out, "{}", palette.heading(terminal(origin)))?;
    for LineFate { fate, text, as_read } in fates {
        let text = terminal(text);
        let as_read = as_read.as_deref().map(terminal);
        match (fate, as_read) {
            (Fate::Kept, _) => writeln!(out, "  {text}")?,
            (Fate::Title, _) => writeln!(out, "# {}", palette.title(text))?,
            (Fate::Facts, facts) => {
                writeln!(
                    out,
                    "= {text} {}",
                    palette.aside(format!("({})", facts.unwrap_or_default()))
                )?;
            }
            (Fate::Dropped, _) => writeln!(out, "- {}", palette.aside(text))?,
            (Fate::Added, _) => writeln!(out, "+ {text}")?,
            (Fate::Changed, became) => {
                writeln!(out, "~ {}", palette.aside(text))?;
                writeln!(out, "  {}", became.unwrap_or_default())?;
            }
        }
    }
    let count = |wanted: Fate| fates.iter().filter(|line| line.fate == wanted).count();
    let counts = [
        (Fate::Kept, "kept"),
        (Fate::Changed, "changed (~)"),
        (Fate::Title, "headline (#)"),
        (Fate::Facts, "read for facts (=)"),
        (Fate::Dropped, "dropped (-)"),
        (Fate::Added, "in no line (+)"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(fate, _)| count(*fate) > 0)
        .map(|(fate, name)| format!("{} {name}", count(*fate)))
        .collect();
    writeln!(out, "{}", palette.aside(format!("lines: {}", counts.join(", "))))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::article::{CleanPage, Origin, Said, Title, Witness};

    #[test]
    fn each_line_of_a_page_has_its_fate() {
        let page = CleanPage {
            origin: Origin::file("a.html"),
            id: None,
            url: None,
            crawled: None,
            title: Title { text: "佛茂携手".to_owned(), made: false },
            body: "两地签约。\n共建人才飞地，两市携手。\n页面上没有的一句。".to_owned(),
            dates: vec![Said::new("2024-10-09", Witness::Header)],
            outlets: vec![Said::new("南方日报", Witness::Header)],
            originals: Vec::new(),
            authors: Vec::new(),
        };
        let article = crate::understand::understand(page);
        let lines = [
            "首页 > 新闻",
            "佛茂携手",
            "2024-10-09 来源：南方日报",
            "两地签约。",
            "（本报讯）共建人才飞地，两市携手。",
            "两地签约。",
        ]
        .map(str::to_owned);
        let mut out = Vec::new();
        write_diff("a.html", &diff(&lines, &article), Layout::PLAIN, &mut out).unwrap();
        expect![[r"
            a.html
            - 首页 > 新闻
            # 佛茂携手
            = 2024-10-09 来源：南方日报 (date, outlet)
              两地签约。
            ~ （本报讯）共建人才飞地，两市携手。
              共建人才飞地，两市携手。
            - 两地签约。
            + 页面上没有的一句。
            lines: 1 kept, 1 changed (~), 1 headline (#), 1 read for facts (=), 2 dropped (-), 1 in no line (+)
        "]].assert_eq(&String::from_utf8(out).unwrap());
    }
}
