//! The text of an article with what clings to it → the text alone.
//!
//! The one place that decides what is text and what is not, for bodies, dumps and pages alike. It
//! is repeated until nothing changes, so that a cleaned text stays as it is when it is cleaned
//! again. Every step only takes away.

use super::fold::fold;
use super::header::{Facts, is_header_line, read_line};
use super::rules::{
    DROPPED, DROPPED_MOST, ENDS, KNOBS, speaks_of_rights, without_original_title, without_widgets,
};
use super::tail;
use crate::article::Witness;

/// Cleans a text of paragraphs, and notes what its margins say.
pub(super) fn settle(text: &str, facts: &mut Facts) -> String {
    let mut settled = text.to_owned();
    loop {
        let next = pass(&settled, facts);
        if next == settled {
            return settled;
        }
        settled = next;
    }
}

/// One round of all rules.
fn pass(text: &str, facts: &mut Facts) -> String {
    let text = without_widgets(text);
    let text = without_original_title(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut kept = if lines.len() > 1 { article_lines(&lines, facts) } else { lines.join("\n") };
    loop {
        let before = kept.len();
        tail::cut(&mut kept);
        if lines.len() == 1 || !kept.contains('\n') {
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
    Dropped,
    End,
}

/// Of the lines of a text keeps those of the article.
fn article_lines(lines: &[&str], facts: &mut Facts) -> String {
    let parts: Vec<Part> = lines.iter().map(|line| part_of(line)).collect();
    let end = end_of_article(lines, &parts);
    let mut kept: Vec<&str> = Vec::with_capacity(end);
    for (at, line) in lines[..end].iter().enumerate() {
        let repeated = kept.last() == Some(line) && is_longer(line, 4);
        if repeated || parts[at] == Part::Dropped || is_abstract(line, &lines[at + 1..end]) {
            continue;
        }
        kept.push(line);
    }
    drop_statements(&mut kept, facts);
    drop_teasers(&mut kept);
    kept.join("\n")
}

/// Where the article ends: at the first heading of what follows articles.
fn end_of_article(lines: &[&str], parts: &[Part]) -> usize {
    let total: usize = lines.iter().map(|line| line.len()).sum();
    let mut before = 0;
    for (at, line) in lines.iter().enumerate() {
        // Something was told before, and what is cut off is not most of the page.
        if parts[at] == Part::End && before >= 120 && before * 5 >= total {
            return at;
        }
        if is_prose(line) {
            before += line.len();
        }
    }
    lines.len()
}

/// Whether a text has more characters than a number.
pub(super) fn is_longer(text: &str, count: usize) -> bool {
    text.len() > count && (text.len() > count * 4 || text.chars().nth(count).is_some())
}

/// Whether a line is a sentence rather than a label.
pub(super) fn is_prose(line: &str) -> bool {
    is_longer(line, 19) && line.contains(['。', '，', '！', '？', '；', ',', '.', '”', '：', '、'])
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
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() {
        return if folded.chars().count() <= 3 && !folded.contains(['×', '|', '>']) {
            Part::Text
        } else {
            Part::Dropped
        };
    }
    if KNOBS.contains(&bare) || KNOBS.contains(&folded.as_str()) {
        return Part::Dropped;
    }
    if !is_longer(line, 20) && is_end(bare) {
        return Part::End;
    }
    if !is_longer(line, DROPPED_MOST) && DROPPED.is_match(&folded) || speaks_of_rights(&folded) {
        return Part::Dropped;
    }
    Part::Text
}

/// Whether a short line is the heading of what follows articles.
fn is_end(bare: &str) -> bool {
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
    let ended = |line: &&str| {
        is_prose(line)
            && line
                .trim_end_matches(['”', '"', '）', ')', '」'])
                .ends_with(['。', '！', '？', '…', '.'])
    };
    let Some(last) = lines.iter().rposition(ended) else { return };
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
