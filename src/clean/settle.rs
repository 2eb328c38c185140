//! The text of an article with what clings to it → the text alone.
//!
//! The one place that decides what is text and what is not, for bodies, dumps and pages alike. It
//! is repeated until nothing changes, so that a cleaned text stays as it is when it is cleaned
//! again. Every step only takes away.

use super::fold::{fold, is_letter_or_digit};
use super::header::{Facts, is_header_line, read_line, take_glued_source};
use super::rules::{
    DROPPED, DROPPED_MOST, END_HEADING, ENDS, FOOTER, KNOBS, PAGER, speaks_of_rights,
    without_original_title, without_widgets,
};
use super::{is_longer, repair, tail};
use crate::article::Witness;

/// How a text came to us decides how boldly it may be cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A crawler cut the text out already: only its margins are looked at.
    Body,
    /// We cut it out of a page ourselves: knobs and notes may stand anywhere.
    Page,
}

/// Cleans a text of paragraphs, and notes what its margins say.
pub(super) fn settle(text: &str, source: Source, facts: &mut Facts) -> String {
    let mut settled = text.to_owned();
    loop {
        let next = pass(&settled, source, facts);
        if next == settled {
            return settled;
        }
        // What was taken out of the middle leaves a blank on either side.
        settled = repair::repair(&next);
    }
}

/// One round of all rules.
fn pass(text: &str, source: Source, facts: &mut Facts) -> String {
    let text = without_widgets(text);
    let text = without_original_title(&text);
    let text = take_glued_source(text.trim_start(), facts);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut kept =
        if lines.len() > 1 { article_lines(&lines, source, facts) } else { lines.join("\n") };
    loop {
        let before = kept.len();
        tail::cut(&mut kept);
        if !kept.contains('\n') {
            tail::take_signatures(&mut kept, facts);
        }
        if kept.len() == before {
            return kept;
        }
    }
}

/// What a line is to the article.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    /// A knob, a breadcrumb, an editor.
    Dropped,
    /// Of rights and risks.
    Legal,
    /// The heading of what follows articles.
    End,
}

/// Of the lines of a text keeps those of the article.
fn article_lines(lines: &[&str], source: Source, facts: &mut Facts) -> String {
    let parts: Vec<Part> = lines.iter().map(|line| part_of(line)).collect();
    let end = end_of_article(lines, &parts, source);
    let lines = &lines[..end];
    // Margins: what stands above the first sentence and below the last.
    let first = lines.iter().position(|line| is_prose(line)).unwrap_or(0).min(HEAD_MOST);
    let last = lines
        .iter()
        .zip(&parts)
        .rposition(|(line, part)| *part == Part::Text && is_sentence(line))
        .unwrap_or(lines.len());
    let mut kept: Vec<&str> = Vec::with_capacity(end);
    for (at, line) in lines.iter().enumerate() {
        let in_margin = source == Source::Page || at < first || at > last;
        let dropped = match parts[at] {
            Part::Dropped => in_margin || ADVERTISEMENTS.contains(line),
            Part::Legal => in_margin && (at > last || !is_longer(line, LEGAL_MOST)),
            Part::Text | Part::End => false,
        };
        let repeated = kept.last() == Some(line) && is_longer(line, 4);
        let doubled = source == Source::Page && is_abstract(line, &lines[at + 1..]);
        if !dropped && !repeated && !doubled {
            kept.push(line);
        }
    }
    drop_statements(&mut kept, facts);
    if source == Source::Page {
        drop_teasers(&mut kept);
    }
    kept.join("\n")
}

/// How many lines above the first sentence may be margin.
const HEAD_MOST: usize = 20;

/// The longest a line on rights may be within a text.
const LEGAL_MOST: usize = 60;

/// Lines that are no text wherever they stand.
const ADVERTISEMENTS: &[&str] = &["广告", "分享让更多人看到", "mp-common-profile"];

/// Where the article ends: at the first heading of what follows articles.
fn end_of_article(lines: &[&str], parts: &[Part], source: Source) -> usize {
    let prose = |line: &&str| if source == Source::Body || is_prose(line) { line.len() } else { 0 };
    let total: usize = lines.iter().map(prose).sum();
    let mut before = 0;
    for (at, line) in lines.iter().enumerate() {
        // Something was told before. A body that somebody cut out holds little else than the
        // article, so what is cut off it must be little too.
        let enough = match source {
            Source::Page => before >= 120 && before * 12 >= total,
            Source::Body => before >= 120 && before * 10 >= total * 7,
        };
        if parts[at] == Part::End && enough {
            return at;
        }
        before += prose(line);
    }
    lines.len()
}

/// Whether a line is a sentence rather than a label.
pub(super) fn is_prose(line: &str) -> bool {
    is_longer(line, 19) && line.contains(['。', '，', '！', '？', '；', ',', '.', '”', '：', '、'])
}

/// Whether a line is prose that comes to its end.
fn is_sentence(line: &str) -> bool {
    let bare = line.trim_end_matches(['”', '"', '）', ')', '」', ' ']);
    is_prose(line) && bare.ends_with(['。', '！', '？', '…', '.', '!', '?', '；', '完'])
}

/// Whether a line belongs to the page rather than to the article.
pub(super) fn is_furniture(line: &str) -> bool {
    part_of(line) != Part::Text
}

/// Looks a line up in the tables.
fn part_of(line: &str) -> Part {
    if is_longer(line, 200) {
        return Part::Text;
    }
    let folded = fold(line);
    let bare = folded.trim_matches(|c: char| !is_letter_or_digit(c));
    if bare.is_empty() {
        let rule = is_longer(&folded, 2) && folded.chars().all(|c| "-_=*~·.#|>×+".contains(c));
        return if rule { Part::Dropped } else { Part::Text };
    }
    if KNOBS.contains(&bare) || KNOBS.contains(&folded.as_str()) {
        return Part::Dropped;
    }
    if !is_longer(line, 60) && (is_row_of_knobs(bare) || is_pager(&folded)) {
        return Part::Dropped;
    }
    if folded.contains('|') && is_bar(&folded) || FOOTER.is_match(&folded) {
        return Part::Dropped;
    }
    if !is_longer(line, 20) && is_end(bare) {
        return Part::End;
    }
    if !is_longer(line, DROPPED_MOST) && DROPPED.is_match(&folded) {
        return Part::Dropped;
    }
    if speaks_of_rights(&folded) { Part::Legal } else { Part::Text }
}

/// Whether a line is several knobs in a row: 「【打印】【关闭】」.
fn is_row_of_knobs(bare: &str) -> bool {
    let mut parts = bare.split(|c: char| !is_letter_or_digit(c)).filter(|part| !part.is_empty());
    parts.all(|part| KNOBS.contains(&part))
}

/// Whether a line turns pages: 「1 2 3 下一页」, 「[1] [2] 共3页」.
fn is_pager(folded: &str) -> bool {
    let pages = folded.contains('页');
    pages
        && folded.split(|c: char| !is_letter_or_digit(c)).filter(|part| !part.is_empty()).all(
            |part| {
                part.bytes().all(|byte| byte.is_ascii_digit())
                    || PAGER
                        .iter()
                        .any(|word| part.trim_matches(|c: char| c.is_ascii_digit()) == *word)
                    || PAGER
                        .iter()
                        .fold(part.to_owned(), |rest, word| rest.replace(word, ""))
                        .bytes()
                        .all(|byte| byte.is_ascii_digit())
            },
        )
}

/// Whether a line is a bar of short links: 「关于我们 | 联系我们 | 网站地图」.
fn is_bar(folded: &str) -> bool {
    let parts: Vec<&str> =
        folded.split('|').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.len() >= 3 && parts.iter().all(|part| !is_longer(part, 8) && !part.contains(['。', ',']))
}

/// Whether a short line is the heading of what follows articles.
fn is_end(bare: &str) -> bool {
    if END_HEADING.is_match(bare) {
        return true;
    }
    ENDS.iter().any(|end| {
        bare.strip_prefix(end).is_some_and(|rest| {
            let next = rest.chars().next();
            next.is_none_or(|c| !c.is_alphabetic()) || rest.chars().count() <= 4
        })
    })
}

/// Whether a line is the abstract of a text that follows: the beginning of one of the next lines.
fn is_abstract(line: &str, next: &[&str]) -> bool {
    let start = line.trim_end_matches(['.', '…', '。']);
    is_longer(start, 19)
        && next.iter().take(4).any(|other| other.len() > line.len() && other.starts_with(start))
}

/// Takes a list of other articles off the end: lines without a full stop, days among them.
fn drop_teasers(lines: &mut Vec<&str>) {
    let Some(last) = lines.iter().rposition(|line| is_sentence(line)) else { return };
    let days = lines[last + 1..].iter().filter(|line| is_day(line)).count();
    if days >= 2 {
        lines.truncate(last + 1);
    }
}

/// Whether a line is a day and nothing else.
fn is_day(line: &str) -> bool {
    let figures = line.chars().filter(char::is_ascii_digit).count();
    (4..=14).contains(&figures)
        && line.chars().all(|c| c.is_ascii_digit() || "-/.年月日: ：".contains(c))
}

/// Takes statements about the article (「来源：…」, 「【作者】…」) off its first and last lines.
fn drop_statements(lines: &mut Vec<&str>, facts: &mut Facts) {
    while let Some(first) = lines.first()
        && lines.len() > 1
        && is_header_line(first)
        && read_line(first, Witness::Header, facts)
    {
        lines.remove(0);
    }
    while let Some(last) = lines.last()
        && lines.len() > 1
        && is_header_line(last)
        && read_line(last, Witness::Signature, facts)
    {
        lines.pop();
    }
}
