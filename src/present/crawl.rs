//! What was read of a crawl, page by page → one summary of it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::count::thousands;
use super::paint::Layout;
use super::sanitize::terminal;
use crate::article::{Article, Origin, Skip};

/// An article with fewer characters of text is suspiciously short.
const SHORT: usize = 100;

/// How many pages are named for each concern.
const NAMED: usize = 5;

/// What a page was before it was cleaned.
#[derive(Debug, Clone)]
pub struct PageRead {
    /// Where it was found.
    pub origin: Origin,
    /// Its format.
    pub format: &'static str,
    /// Its encoding.
    pub encoding: &'static str,
    /// How many characters could not be decoded.
    pub damaged: u64,
}

/// A number of pages, and some of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// How many.
    pub pages: u64,
    /// The first of them.
    pub examples: Vec<String>,
}

impl Concern {
    fn note(&mut self, origin: &Origin) {
        self.pages += 1;
        if self.examples.len() < NAMED {
            self.examples.push(origin.to_string());
        }
    }
}

/// The summary of a crawl: `pages = articles + skipped`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CrawlReport {
    /// Pages met, also those that could not be read.
    pub pages: u64,
    /// Pages that gave an article.
    pub articles: u64,
    /// Pages that gave none.
    pub skipped: u64,
    /// Pages that could be read, by format.
    pub by_format: BTreeMap<&'static str, u64>,
    /// Pages that could be read, by encoding.
    pub by_encoding: BTreeMap<&'static str, u64>,
    /// Why pages gave no article.
    pub reasons: BTreeMap<String, Concern>,
    /// Pages that could be read and held no text of an article; they are skipped too.
    pub without_text: Concern,
    /// Articles whose headline had to be made from their first words.
    pub without_title: Concern,
    /// Articles of which nobody says when they were published.
    pub without_date: Concern,
    /// Articles of which nobody says who published them.
    pub without_outlet: Concern,
    /// Articles of fewer than 100 characters.
    pub short: Concern,
    /// Pages with characters that could not be decoded.
    pub damaged: Concern,
    /// How many characters that were.
    pub damaged_characters: u64,
    /// Files and records that hold no page.
    pub passed_over: BTreeMap<String, u64>,
}

impl CrawlReport {
    /// Notes a page that could be read and what was made of it.
    pub fn read(&mut self, page: &PageRead, made: &Result<Article, Skip>) {
        *self.by_format.entry(page.format).or_default() += 1;
        *self.by_encoding.entry(page.encoding).or_default() += 1;
        if page.damaged > 0 {
            self.damaged.note(&page.origin);
            self.damaged_characters += page.damaged;
        }
        match made {
            Ok(article) => {
                self.pages += 1;
                self.articles += 1;
                self.examine(article);
            }
            Err(skip) => {
                self.without_text.note(&page.origin);
                self.skipped(skip);
            }
        }
    }

    /// Notes a page that could not be read.
    pub fn skipped(&mut self, skip: &Skip) {
        self.pages += 1;
        self.skipped += 1;
        // What differs from page to page stands behind a colon or in brackets.
        let end = skip.reason.find([':', '(']).unwrap_or(skip.reason.len());
        let reason = skip.reason[..end].trim().to_owned();
        self.reasons.entry(reason).or_default().note(&skip.origin);
    }

    fn examine(&mut self, article: &Article) {
        let concerns = [
            (article.title_made, &mut self.without_title),
            (article.date.is_none(), &mut self.without_date),
            (article.outlet.is_none(), &mut self.without_outlet),
            (article.body.chars().nth(SHORT - 1).is_none(), &mut self.short),
        ];
        for (holds, concern) in concerns {
            if holds {
                concern.note(&article.origin);
            }
        }
    }

    /// Writes the summary for a terminal.
    pub fn write_text(&self, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        let palette = layout.palette;
        let mut row = |name: &str, text: String| {
            writeln!(out, "{} {text}", palette.heading(format!("{name:<16}")))
        };
        row(
            "pages",
            format!(
                "{} = {} articles + {} skipped",
                thousands(self.pages),
                thousands(self.articles),
                thousands(self.skipped)
            ),
        )?;
        let counts = |counts: &mut dyn Iterator<Item = (&str, u64)>| {
            let mut counts: Vec<(&str, u64)> = counts.collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let counts =
                counts.iter().map(|(name, n)| format!("{} {}", terminal(name), thousands(*n)));
            counts.collect::<Vec<_>>().join(", ")
        };
        row("formats", counts(&mut self.by_format.iter().map(|(name, n)| (*name, *n))))?;
        row("encodings", counts(&mut self.by_encoding.iter().map(|(name, n)| (*name, *n))))?;
        let examples = |concern: &Concern| {
            let named = concern.examples.iter().map(|name| terminal(name).into_owned());
            let more = if concern.pages > NAMED as u64 { ", …" } else { "" };
            palette.aside(format!("{}{more}", named.collect::<Vec<_>>().join(", ")))
        };
        let damaged = format!("damaged ({})", thousands(self.damaged_characters));
        for (name, concern) in [
            ("no text", &self.without_text),
            ("no headline", &self.without_title),
            ("no date", &self.without_date),
            ("no outlet", &self.without_outlet),
            ("short (<100)", &self.short),
            (damaged.as_str(), &self.damaged),
        ] {
            row(
                name,
                format!("{}  {}", thousands(concern.pages), examples(concern))
                    .trim_end()
                    .to_owned(),
            )?;
        }
        for (reason, concern) in &self.reasons {
            let pages = thousands(concern.pages);
            row("skipped", format!("{pages} {}  {}", terminal(reason), examples(concern)))?;
        }
        if !self.passed_over.is_empty() {
            row(
                "passed over",
                counts(&mut self.passed_over.iter().map(|(name, n)| (name.as_str(), *n))),
            )?;
        }
        Ok(())
    }
}
