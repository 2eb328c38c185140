//! [`RawPage`](crate::article::RawPage) → [`CleanPage`](crate::article::CleanPage), and text → its
//! folded form, which is what is searched.
//!
//! A page of markup is read for its headline, its header line and its main content ([`page`]), a
//! dump for the same without markup ([`dump`]), a body as it is; then all of them lose what clings
//! to texts on news pages ([`settle`], by the tables in [`rules`]).

use crate::article::{CleanPage, Content, Given, RawPage, Skip, Witness};

mod dump;
pub mod fold;
mod header;
mod lines;
mod page;
mod repair;
mod rules;
mod settle;
mod tail;
mod title;

use header::{Facts, Trust};
use settle::Source;

/// Takes away from a page what is not the article.
///
/// A page without any text left is a [`Skip`].
pub fn clean(page: RawPage) -> Result<CleanPage, Skip> {
    let RawPage { origin, given, content, .. } = page;
    let mut facts = Facts::default();
    note_record(&given, &mut facts);
    let (source, title, text, url) = match content {
        Content::Body(text) => (Source::Body, None, repair::repair(&text), None),
        Content::Dump(text) => {
            let text = repair::repair(&text);
            let parted = dump::part(&text, &mut facts);
            (Source::Page, parted.title.map(str::to_owned), parted.lines.join("\n"), None)
        }
        Content::Html(markup) => {
            let read = page::read(&markup, &mut facts);
            (read.source, read.title, repair::repair(&read.text), read.url)
        }
    };
    let body = settle::settle(&text, source, &mut facts);
    if !body.chars().any(char::is_alphanumeric) {
        return Err(Skip::new(origin, "holds no text of an article"));
    }
    header::read_body(&body, &mut facts);
    let title = title::decide(given.title.as_deref().or(title.as_deref()), &body);
    let [dates, outlets, originals, authors] = facts.in_order();
    Ok(CleanPage {
        origin,
        id: given.id,
        url: given.url.or(url),
        crawled: given.crawled,
        title,
        body,
        dates,
        outlets,
        originals,
        authors,
    })
}

/// The lines of a page as somebody sees them who looks at all of it, for comparing with what
/// [`clean`] keeps.
pub fn shown_lines(content: &Content) -> Vec<String> {
    match content {
        Content::Body(text) | Content::Dump(text) => {
            let lines = repair::repair(text);
            lines.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        Content::Html(markup) => {
            let lines = lines::of_markup_or_page(markup).into_iter().map(|line| line.text);
            lines.map(|line| repair::repair_line(&line)).filter(|line| !line.is_empty()).collect()
        }
    }
}

/// Notes what the crawl record states.
fn note_record(given: &Given, facts: &mut Facts) {
    if let Some(date) = &given.date {
        facts.date(date, Witness::Record, Trust::Record);
    }
    if let Some(outlet) = &given.outlet {
        facts.outlet(outlet, Witness::Record, Trust::Record);
    }
    if let Some(original) = &given.original_outlet {
        facts.original(original, Witness::Record, Trust::Record);
    }
    if let Some(author) = &given.author {
        facts.author(author, Witness::Record, Trust::Record);
    }
}

/// Whether a text has more characters than a number.
fn is_longer(text: &str, count: usize) -> bool {
    text.len() > count && (text.len() > count * 4 || text.chars().nth(count).is_some())
}

/// Where the last `count` characters of a text begin.
fn window_start(text: &str, count: usize) -> usize {
    text.char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests;
