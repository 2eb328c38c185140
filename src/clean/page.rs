//! Markup → headline, text and what the page states about itself.
//!
//! The main content is found by `dom_smoothie`. What it does not know, Chinese news pages tell by
//! habit: the headline is the longest element that stands in `<title>` too, and day, outlet and
//! writer stand on a line between the headline and the text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use regex::Regex;
use serde_json::Value;

use crate::article::Witness;

use super::fold::fold;
use super::header::{
    Facts, Trust, has_label, is_header_line, is_label, read_line, read_neighbours, states_day,
};
use super::lines::{self, Line};
use super::repair::repair_line;
use super::rules::pattern;
use super::settle::{Source, is_furniture, is_prose};

/// What was read from markup.
#[derive(Debug)]
pub(super) struct Read {
    /// Whether a crawler had cut it out already.
    pub(super) source: Source,
    pub(super) title: Option<String>,
    pub(super) text: String,
    pub(super) url: Option<String>,
}

/// Content shorter than this makes the extractor look again with less strict rules.
const SHORT: usize = 60;

/// Trees deeper than this are not handed to the extractor, which goes through them by recursion.
const DEEPEST: usize = 400;

/// Reads markup: a whole page, or a piece of one that a crawler cut out.
pub(super) fn read(markup: &str, facts: &mut Facts) -> Read {
    let flat = nests_deeply(markup).then(|| flattened(markup));
    let markup = flat.as_deref().unwrap_or(markup);
    if !is_page(markup) {
        let text = joined(&lines::of_markup(markup));
        return Read { source: Source::Body, title: None, text, url: None };
    }
    let document = Document::from(markup);
    let meta = Meta::read(&document, facts);
    let (all, depth) = lines::of_document(&document);
    let title = headline(&meta, &all);
    let url = meta.url.clone();
    let trimmed = |content: Vec<Line>| {
        let content = trim_content(content, title.as_deref());
        (!content.is_empty()).then_some(content)
    };
    let unlinked = || all.iter().filter(|line| !line.is_linked()).cloned().collect();
    let found = main_content(document, depth).and_then(trimmed);
    // Where the extractor brings next to nothing, the page is asked where it is densest.
    let content = match found {
        Some(found) if prose(&found) >= LITTLE => found,
        found => {
            let dense = trimmed(densest(&all));
            let more = |dense: &Vec<Line>| prose(dense) > found.as_deref().map_or(0, prose);
            dense.filter(more).or(found).or_else(|| trimmed(unlinked())).unwrap_or_default()
        }
    };
    // A page of links without a sentence is a list of articles and none itself.
    let content = if prose(&content) == 0 && is_list(&all) { Vec::new() } else { content };
    read_header(&all, &content, title.as_deref(), facts);
    meta.note_rest(facts);
    Read { source: Source::Page, title, text: joined(&content), url }
}

/// Markup that nests deeper than this is flattened before it is parsed: at every element a parser
/// of HTML looks through those that are open, so that depth costs its square.
const DEEPEST_PARSED: usize = 3000;

/// Elements that have no end, or whose end may be left out: they do not nest.
const FLAT: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "a", "html", "head", "body",
    "title", "h1", "h2", "h3", "h4", "h5", "h6", "script", "style",
];

/// The tags of markup: where each begins and ends, whether it closes, and its name.
fn tags(markup: &str) -> impl Iterator<Item = (usize, usize, bool, &str)> {
    markup.match_indices('<').filter_map(|(at, _)| {
        let rest = &markup[at + 1..];
        let closes = rest.starts_with('/');
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
        let end = rest.find('>').map_or(markup.len(), |end| markup.len() - rest.len() + end + 1);
        name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((at, end, closes, name))
    })
}

/// Whether a tag is of an element that does not nest.
fn is_flat(name: &str) -> bool {
    FLAT.iter().any(|flat| flat.eq_ignore_ascii_case(name))
}

/// Whether markup nests deeper than can be parsed in good time.
fn nests_deeply(markup: &str) -> bool {
    // Most pages have too few tags for it.
    if markup.len() < DEEPEST_PARSED * 3 || markup.matches('<').nth(DEEPEST_PARSED).is_none() {
        return false;
    }
    let mut depth = 0usize;
    tags(markup).filter(|(.., name)| !is_flat(name)).any(|(_, _, closes, _)| {
        depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
        depth > DEEPEST_PARSED
    })
}

/// Markup without the elements that nest.
fn flattened(markup: &str) -> String {
    let mut flat = String::with_capacity(markup.len());
    let mut from = 0;
    for (start, end, _, name) in tags(markup) {
        if start >= from && !is_flat(name) {
            flat.push_str(&markup[from..start]);
            from = end;
        }
    }
    flat.push_str(&markup[from..]);
    flat
}

/// Prose shorter than this is hardly an article, in characters.
const LITTLE: usize = 40;

/// How many characters of lines are prose.
fn prose(lines: &[Line]) -> usize {
    lines.iter().filter(|line| is_prose(&line.text)).map(Line::len).sum()
}

/// Whether a page is hardly more than links.
fn is_list(all: &[Line]) -> bool {
    let linked: usize = all.iter().map(|line| line.linked).sum();
    let total: usize = all.iter().map(|line| line.letters).sum();
    linked * 2 > total && all.iter().filter(|line| line.linked > 0).count() >= 8
}

/// Whether markup is a whole page.
fn is_page(markup: &str) -> bool {
    let start: String = markup.chars().take(4000).collect::<String>().to_ascii_lowercase();
    ["<html", "<head", "<body", "<!doctype", "<title", "<meta"]
        .iter()
        .any(|tag| start.contains(tag))
}

/// Joins lines as paragraphs.
fn joined(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Letters and digits of a text in their folded form, to compare headlines by.
fn bare(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

// ---------------------------------------------------------------- metadata

/// What the head of a page declares.
#[derive(Debug, Default)]
struct Meta {
    /// `<title>`.
    title: String,
    /// `og:title` and the like.
    headline: Option<String>,
    url: Option<String>,
    /// Times of publication in scripts.
    script_times: Vec<String>,
    /// Said of the site, or of a later change: asked last.
    rest: Vec<(Kind, String)>,
}

/// What an element of the head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Date,
    /// Of a change, or of anything else than the publication.
    LaterDate,
    Outlet,
    Site,
    Author,
    Title,
    Url,
}

/// Names of `<meta>` elements, in lower case; by `name`, `property` or `itemprop`.
const META: &[(&str, Kind)] = &[
    ("article:published_time", Kind::Date),
    ("og:published_time", Kind::Date),
    ("og:release_date", Kind::Date),
    ("publishdate", Kind::Date),
    ("pubdate", Kind::Date),
    ("publish_date", Kind::Date),
    ("publish-date", Kind::Date),
    ("publishtime", Kind::Date),
    ("publish_time", Kind::Date),
    ("datepublished", Kind::Date),
    ("firstpublishedtime", Kind::Date),
    ("weibo:article:create_at", Kind::Date),
    ("article:create_at", Kind::Date),
    ("dc.date.issued", Kind::Date),
    ("dc.date", Kind::Date),
    ("date", Kind::Date),
    ("apub:time", Kind::Date),
    ("bytedance:published_time", Kind::Date),
    ("sailthru.date", Kind::Date),
    ("dateupdate", Kind::LaterDate),
    ("datemodified", Kind::LaterDate),
    ("article:modified_time", Kind::LaterDate),
    ("og:updated_time", Kind::LaterDate),
    ("updatetime", Kind::LaterDate),
    ("bytedance:updated_time", Kind::LaterDate),
    ("contentsource", Kind::Outlet),
    ("article:source", Kind::Outlet),
    ("source", Kind::Outlet),
    ("mediaid", Kind::Outlet),
    ("og:site_name", Kind::Site),
    ("sitename", Kind::Site),
    ("publisher", Kind::Site),
    ("application-name", Kind::Site),
    ("author", Kind::Author),
    ("article:author", Kind::Author),
    ("og:article:author", Kind::Author),
    ("byl", Kind::Author),
    ("og:title", Kind::Title),
    ("twitter:title", Kind::Title),
    ("articletitle", Kind::Title),
    ("headline", Kind::Title),
    ("og:url", Kind::Url),
];

impl Meta {
    /// Reads the head, and notes what is said of the article itself.
    fn read(document: &Document, facts: &mut Facts) -> Self {
        let mut meta = Self {
            title: repair_line(&document.select("title").first().text()),
            ..Self::default()
        };
        for node in document.select("meta").nodes() {
            let name = ["property", "name", "itemprop"]
                .iter()
                .find_map(|key| node.attr(key))
                .unwrap_or_default();
            let content =
                node.attr("content").map(|content| repair_line(&content)).unwrap_or_default();
            let name = name.to_ascii_lowercase().replace(' ', "");
            let kind = META.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
            if let Some(kind) = kind.filter(|_| !content.is_empty()) {
                meta.note(kind, content, Witness::Meta, facts);
            }
        }
        for node in document.select("link").nodes() {
            if node.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"))
                && meta.url.is_none()
            {
                meta.url = node.attr("href").map(|href| href.to_string());
            }
        }
        meta.url = meta.url.filter(|url| url.starts_with("http://") || url.starts_with("https://"));
        for node in document.select("script").nodes() {
            let text = node.text();
            if node.attr("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json")) {
                if let Ok(data) = serde_json::from_str::<Value>(&text) {
                    meta.structured(&data, facts, 0);
                }
            } else {
                meta.script_times.extend(IN_SCRIPT.captures_iter(&text).filter_map(|found| {
                    Some(found.get(1).or_else(|| found.get(2))?.as_str().to_owned())
                }));
            }
        }
        meta
    }

    fn note(&mut self, kind: Kind, text: String, witness: Witness, facts: &mut Facts) {
        match kind {
            Kind::Date => facts.date(&text, witness, Trust::Declared),
            Kind::Outlet => facts.outlet(&text, witness, Trust::Declared),
            Kind::Title => {
                self.headline.get_or_insert(text);
            }
            Kind::Url => {
                self.url.get_or_insert(text);
            }
            Kind::LaterDate | Kind::Site | Kind::Author => self.rest.push((kind, text)),
        }
    }

    /// Reads structured data: an object, a list of them, or a graph.
    fn structured(&mut self, data: &Value, facts: &mut Facts, depth: usize) {
        match data {
            Value::Array(values) if depth < 4 => {
                values.iter().take(20).for_each(|value| self.structured(value, facts, depth + 1));
            }
            Value::Object(object) => {
                let text = |value: &Value| -> Option<String> {
                    let value = value.as_array().and_then(|values| values.first()).unwrap_or(value);
                    let value = value.get("name").unwrap_or(value);
                    value.as_str().map(repair_line).filter(|text| !text.is_empty())
                };
                let mut tell = |key: &str, kind: Kind| {
                    if let Some(text) = object.get(key).and_then(text) {
                        self.note(kind, text, Witness::JsonLd, facts);
                    }
                };
                tell("datePublished", Kind::Date);
                tell("pubDate", Kind::Date);
                if object.contains_key("datePublished") || object.contains_key("headline") {
                    tell("headline", Kind::Title);
                    tell("author", Kind::Author);
                    tell("publisher", Kind::Site);
                }
                if let Some(graph) = object.get("@graph") {
                    self.structured(graph, facts, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// Notes what is asked only where the page itself is silent.
    fn note_rest(self, facts: &mut Facts) {
        // A script that holds many is about other articles.
        if let [time] = self.script_times.as_slice() {
            facts.date(time, Witness::Meta, Trust::Script);
        }
        for (kind, text) in self.rest {
            match kind {
                Kind::LaterDate => facts.date(&text, Witness::Meta, Trust::Site),
                Kind::Author => facts.author(&text, Witness::Meta, Trust::Site),
                _ => facts.outlet(&text, Witness::Meta, Trust::Site),
            }
        }
    }
}

// ---------------------------------------------------------------- headline

/// The headline: the longest line of the page that stands in its `<title>` too, else what the
/// head declares, else `<title>` without the name of the site.
fn headline(meta: &Meta, lines: &[Line]) -> Option<String> {
    let whole = bare(&meta.title);
    let declared = meta.headline.as_deref().map(bare).unwrap_or_default();
    let mut best: Option<(usize, &Line)> = None;
    for line in lines.iter().filter(|line| (4..=120).contains(&line.len())) {
        let text = bare(&line.text);
        let length = text.chars().count();
        if length < 4 || !(whole.contains(&text) || declared.contains(&text)) {
            continue;
        }
        // A heading is believed before other lines of the same words.
        let weight = length * 2 + usize::from(line.heading == 1 || line.heading == 2);
        if best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, line));
        }
    }
    let first_heading =
        || lines.iter().find(|line| line.heading == 1 && line.len() >= 6 && !line.is_linked());
    let stripped = without_site(meta.headline.as_deref().unwrap_or(&meta.title));
    match best {
        Some((_, line)) if line.len() * 2 >= stripped.chars().count() || line.heading > 0 => {
            Some(line.text.clone())
        }
        _ => first_heading()
            .map(|line| line.text.clone())
            .or_else(|| (!stripped.is_empty()).then_some(stripped)),
    }
}

/// What stands between a headline and the name of a site in `<title>`.
const SITE_BORDERS: &[&str] =
    &["_", " - ", " – ", " — ", "|", "｜", "--", "-", "—", " · ", "<", ">>", "»"];

/// A `<title>` without the names of channel and site behind it.
fn without_site(title: &str) -> String {
    let cut = SITE_BORDERS
        .iter()
        .filter_map(|border| title.find(border))
        .filter(|&at| title[..at].chars().count() >= 5)
        .min();
    title[..cut.unwrap_or(title.len())].trim().to_owned()
}

// ---------------------------------------------------------------- main content

/// Finds the main content of a page.
fn main_content(document: Document, depth: usize) -> Option<Vec<Line>> {
    if depth > DEEPEST {
        return None;
    }
    // What waits for a script to be shown is no less of the page.
    for node in document.select("[style*='hidden']").nodes() {
        if node.attr("style").is_some_and(|style| style.contains("visibility")) {
            node.remove_attr("style");
        }
    }
    let config = Config { char_threshold: SHORT, disable_json_ld: true, ..Config::default() };
    // The extractor is not ours; if it breaks over a page, the page is read without it.
    let article = catch_unwind(AssertUnwindSafe(|| {
        Readability::with_document(document, None, Some(config)).ok()?.parse().ok()
    }));
    let article = article.ok().flatten()?;
    let (lines, _) = lines::of_document(&Document::fragment(article.content));
    lines.iter().any(|line| line.len() > 1).then_some(lines)
}

/// The stretch of lines with the most prose: for pages that the extractor cannot read.
fn densest(all: &[Line]) -> Vec<Line> {
    let weight = |line: &Line| {
        let length = i64::try_from(line.len()).unwrap_or(i64::MAX);
        if line.is_linked() {
            -20 - length
        } else if is_prose(&line.text) {
            length
        } else {
            length.min(10) - 12
        }
    };
    let (mut best, mut best_range, mut sum, mut start) = (0, 0..0, 0, 0);
    for (at, line) in all.iter().enumerate() {
        if sum <= 0 {
            (sum, start) = (0, at);
        }
        sum += weight(line);
        if sum > best {
            (best, best_range) = (sum, start..at + 1);
        }
    }
    all[best_range].to_vec()
}

/// Takes the headline, header lines and link lists off the content.
fn trim_content(content: Vec<Line>, title: Option<&str>) -> Vec<Line> {
    let title = title.map(bare).unwrap_or_default();
    let mut head = true;
    let mut kept = Vec::with_capacity(content.len());
    for line in content {
        if line.is_linked() && !line.text.ends_with(['。', '！', '？', '”']) {
            continue;
        }
        if head {
            let is_title = !title.is_empty() && bare(&line.text) == title;
            if is_title || is_header(&line) || is_furniture(&line.text) {
                continue;
            }
            head = !is_prose(&line.text);
        }
        kept.push(line);
    }
    kept
}

/// Whether a line is nothing but statements, with or without what separates its elements.
fn is_header(line: &Line) -> bool {
    is_header_line(&line.text) || is_header_line(&line.parts)
}

/// How many lines between headline and text are read for statements.
const HEADER_MOST: usize = 30;

/// Reads the lines around the headline for day, outlet and writer: those below it first, then the
/// nearest above, then those behind the text.
fn read_header(all: &[Line], content: &[Line], title: Option<&str>, facts: &mut Facts) {
    let title = title.map(bare).unwrap_or_default();
    let bares: Vec<String> = all.iter().map(|line| bare(&line.text)).collect();
    let is_title = |at: &usize| !title.is_empty() && bares[*at] == title;
    // The text begins where its first words stand behind the headline; the headline of the text
    // is the last one before them. Lines may be broken differently, so the first words must do.
    let first: String =
        content.iter().find(|line| line.len() >= 8).map_or(String::new(), |line| bare(&line.text));
    let first_words: String = first.chars().take(14).collect();
    let begins = |from: usize| {
        (from..all.len()).find(|&at| !first_words.is_empty() && bares[at].starts_with(&first_words))
    };
    let first_title = (0..all.len()).find(|at| is_title(at));
    let body_at = begins(first_title.map_or(0, |at| at + 1)).or_else(|| begins(0));
    let title_at = (0..body_at.unwrap_or(all.len())).rev().find(|at| is_title(at)).or(first_title);
    let below = match (title_at, body_at) {
        (Some(title), Some(body)) if body > title => title + 1..body.min(title + 1 + HEADER_MOST),
        (Some(title), _) => title + 1..all.len().min(title + 1 + HEADER_MOST / 2),
        (None, Some(body)) => body.saturating_sub(12)..body,
        (None, None) => 0..all.len().min(HEADER_MOST),
    };
    let top = title_at.unwrap_or(below.start);
    let above = (top.saturating_sub(8)..top).rev().collect::<Vec<_>>();
    let behind = body_at.map_or(0..0, |body| {
        let last = end_of_content(&bares, content, body);
        last + 1..(last + 12).min(all.len())
    });
    let within = body_at.map_or(0..0, |body| body..(body + 2).min(all.len()));
    let parts: Vec<&str> = all[below.clone()].iter().map(|line| line.parts.as_str()).collect();
    let below_title = below.clone();
    for (zone, labelled_only) in [
        (below.collect(), false),
        (within.collect(), false),
        (above, false),
        (behind.collect(), true),
    ] {
        let had_date = facts.has_date();
        for at in zone {
            let line = &all[at];
            // Site and outlet beside the day may be links.
            let is_free = !line.is_linked() || below_title.contains(&at) && states_day(&line.parts);
            let says = line.len() <= 160 && !line.text.contains('。') && is_free;
            if !says || (had_date && !is_header(line)) {
                continue;
            }
            // A label on a line of its own speaks of the next line.
            let next = all.get(at + 1).filter(|_| is_label(&line.text));
            let statement =
                next.map_or(line.parts.clone(), |next| format!("{}\t{}", line.parts, next.parts));
            if !labelled_only || has_label(&statement) {
                read_line(&statement, Witness::Header, facts);
            }
        }
    }
    read_neighbours(&parts, facts);
}

/// Where the content ends among the lines of the page.
fn end_of_content(bares: &[String], content: &[Line], body_at: usize) -> usize {
    let last =
        content.iter().rev().map(|line| bare(&line.text)).find(|text| text.chars().count() >= 8);
    let found = last.and_then(|last| (body_at..bares.len()).rev().find(|&at| bares[at] == last));
    found.unwrap_or(body_at)
}

/// Where scripts of pages keep the time of publication.
static IN_SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\b(?:publish_?time|pub_?time|publish_?date|pub_?date|publish_?at|ptime|news_?time)["']?\s*[:=]\s*["']?((?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}[^"',;<]{0,20}|\d{10}\b|\d{13}\b)|\bvar ct\s*=\s*["'](\d{10})["']"#,
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_without_the_site() {
        for (title, bare) in [
            ("佛茂携手共建人才飞地_某某新闻网", "佛茂携手共建人才飞地"),
            ("佛茂携手共建人才飞地 - 某某网", "佛茂携手共建人才飞地"),
            ("佛茂携手共建人才飞地", "佛茂携手共建人才飞地"),
            ("", ""),
        ] {
            assert_eq!(without_site(title), bare);
        }
    }
}
