//! An answer for reading in a terminal.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::facets::FacetTable;
use crate::article::Span;
use crate::present::answer::{Answer, AnsweredHit};
use crate::present::count::{counted, duration, thousands};
use crate::present::highlight::{Lit, Passage};
use crate::present::paint::{Layout, Palette};
use crate::present::sanitize::terminal;
use crate::search::{How, Part};

/// Values of a facet shown below the hits.
const FACET_VALUES: usize = 10;

/// Cities of an article that are named in the list; further ones are counted.
const CITIES: usize = 5;

/// Writes the total, the hits and the facets.
pub(super) fn write(answer: &Answer, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let palette = layout.palette;
    let took = duration(std::time::Duration::from_secs_f64(answer.took_ms / 1000.0));
    let shown = match (answer.hits.first(), answer.hits.last()) {
        (Some(first), Some(last)) if (answer.hits.len() as u64) < answer.total => {
            format!(" ({}–{})", thousands(first.rank as u64), thousands(last.rank as u64))
        }
        _ => String::new(),
    };
    let total = format!("{}{shown}, {took}", counted(answer.total, "article"));
    writeln!(out, "{}", palette.aside(total))?;
    let width = answer.hits.last().map_or(1, |hit| hit.rank.to_string().len());
    for hit in &answer.hits {
        writeln!(out)?;
        write_hit(hit, width, layout, out)?;
    }
    if let Some(facets) = &answer.facets {
        writeln!(out)?;
        FacetTable::new(facets, None, FACET_VALUES).write_text(palette, out)?;
    }
    Ok(())
}

fn write_hit(
    hit: &AnsweredHit,
    width: usize,
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    let palette = layout.palette;
    let title = Passage {
        text: hit.title.clone(),
        marks: hit.title_marks.clone(),
        also: hit.title_also.clone(),
        cut: (false, false),
    };
    let indent = " ".repeat(width + 2);
    let head = format!("{:>width$}. ", hit.rank);
    writeln!(out, "{}{}", palette.aside(head), titled(&title, palette))?;
    let date = hit.date.map(|date| date.to_string());
    let outlet = hit.outlet.as_deref().map(|outlet| terminal(outlet).into_owned());
    let cities = (!hit.cities.is_empty()).then(|| terminal(&some_of(&hit.cities)).into_owned());
    let id = Some(terminal(&hit.id).into_owned());
    let copies = (hit.duplicates > 0).then(|| format!("+{}", counted(hit.duplicates, "copy")));
    let known: Vec<String> = [date, outlet, cities, id, copies].into_iter().flatten().collect();
    writeln!(out, "{indent}{}", palette.aside(known.join(" · ")))?;
    for snippet in &hit.snippets {
        for line in wrapped(&dotted(snippet), width + 2, layout) {
            writeln!(out, "{indent}{line}")?;
        }
    }
    if !hit.why.is_empty() {
        writeln!(out, "{indent}{}", palette.aside(format!("why {:.2}:", hit.score)))?;
        for part in &hit.why {
            let line = format!("{:>8.2}  {}", part.earned, terminal(&told(part)));
            writeln!(out, "{indent}{}", palette.aside(line))?;
        }
    }
    Ok(())
}

/// A part of a score in words.
fn told(part: &Part) -> String {
    let what = &part.what;
    match part.how {
        How::Typed => format!("{what}: stands there"),
        How::InsteadOf => format!("{what}: stands there instead"),
        How::AboutPlace => format!("{what}: the article is about it"),
        How::SeveralPlaces => "the article is about several places of the query".to_owned(),
        How::NoSubject => "it holds places of the query, and nothing else of it".to_owned(),
        How::NoPlace => "it holds none of the places of the query".to_owned(),
        How::Passage => "one passage holds much of the query".to_owned(),
        How::Lead => "the first sentences hold much of the query".to_owned(),
        How::Sentence => "one sentence holds much of the query".to_owned(),
        How::Often => "the text names often what was asked for".to_owned(),
        How::Literal => "phrases and other parts that are there or not".to_owned(),
        How::Fresh => "it is recent".to_owned(),
    }
}

/// The first names of a list, and how many more there are.
fn some_of(names: &[String]) -> String {
    let more = names.len().saturating_sub(CITIES);
    let some = names[..names.len().min(CITIES)].join(" ");
    if more > 0 { format!("{some} +{more}") } else { some }
}

/// A passage with dots where it leaves a sentence incomplete.
pub(super) fn dotted(passage: &Passage) -> Passage {
    let (before, after) =
        (if passage.cut.0 { "…" } else { "" }, if passage.cut.1 { "…" } else { "" });
    let shift = u32::from(passage.cut.0);
    let shifted = |mark: &Span| Span { start: mark.start + shift, end: mark.end + shift };
    Passage {
        text: format!("{before}{}{after}", passage.text),
        marks: passage.marks.iter().map(shifted).collect(),
        also: passage.also.iter().map(shifted).collect(),
        cut: (false, false),
    }
}

/// A headline: bold, what is lit in colour.
fn titled(title: &Passage, palette: Palette) -> String {
    let pieces = title.pieces().into_iter();
    pieces
        .map(|(text, lit)| match lit {
            Lit::No => palette.title(terminal(text)),
            Lit::Typed => palette.mark(terminal(text)),
            Lit::Also => palette.also(terminal(text)),
        })
        .collect()
}

/// A passage with what is lit in colour.
pub fn lit(passage: &Passage, palette: Palette) -> String {
    let pieces = passage.pieces().into_iter();
    pieces
        .map(|(text, lit)| match lit {
            Lit::No => terminal(text).into_owned(),
            Lit::Typed => palette.mark(terminal(text)),
            Lit::Also => palette.also(terminal(text)),
        })
        .collect()
}

/// A passage as lines that fit the terminal beside an indent; one line where nothing limits it.
pub fn wrapped(passage: &Passage, indent: usize, layout: Layout) -> Vec<String> {
    let Some(columns) = layout.columns else { return vec![lit(passage, layout.palette)] };
    let room = columns.saturating_sub(indent).max(20);
    let characters: Vec<char> = passage.text.chars().collect();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let end = line_end(&characters, start, room);
        lines.push(lit(&passage.part(start..end), layout.palette).trim_end().to_owned());
        start = end;
        while characters.get(start) == Some(&' ') {
            start += 1;
        }
    }
    lines
}

/// Where a line ends that begins at `start`: no number or Latin word is broken, no line begins
/// with a closing sign.
fn line_end(characters: &[char], start: usize, room: usize) -> usize {
    let mut used = 0;
    let mut end = start;
    for &character in &characters[start..] {
        used += character.width().unwrap_or(0);
        if used > room && end > start {
            break;
        }
        end += 1;
    }
    if end == characters.len() {
        return end;
    }
    let full = end;
    let sticks = |at: usize| {
        let (before, after) = (characters[at - 1], characters[at]);
        (before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric())
            || after.width() == Some(0)
            || before == '\u{200d}'
            || "，。、；：！？）》」』】”’,.;:!?)%％".contains(after)
            || "（《「『【“‘(".contains(before)
    };
    while end > start + 1 && sticks(end) {
        end -= 1;
    }
    if end > start + 1 { end } else { full }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn lines(text: &str, columns: usize) -> Vec<String> {
        let passage = Passage { text: text.to_owned(), ..Passage::default() };
        wrapped(&passage, 0, Layout { palette: Palette::PLAIN, columns: Some(columns) })
    }

    #[test]
    fn lines_break_where_chinese_lines_break() {
        assert_eq!(
            lines("佛山与茂名共建人才飞地，企业不必搬家；长三角Galaxy一体化", 22),
            ["佛山与茂名共建人才飞", "地，企业不必搬家；长三", "角Galaxy一体化"]
        );
        assert_eq!(lines("一二三四五六七八九十。后来", 20), ["一二三四五六七八九", "十。后来"]);
        assert_eq!(lines("", 20), Vec::<String>::new());
    }

    #[test]
    fn dots_stand_where_a_sentence_is_cut_and_marks_move_with_them() {
        let passage = Passage {
            text: "共建飞地，".into(),
            marks: vec![Span { start: 2, end: 4 }],
            cut: (true, true),
            ..Passage::default()
        };
        assert_eq!(crate::present::testing::shown(&dotted(&passage)), "…共建【飞地】，…");
    }

    #[test]
    fn a_long_list_of_cities_is_counted() {
        let names: Vec<String> = "甲乙丙丁戊己庚".chars().map(String::from).collect();
        assert_eq!(some_of(&names), "甲 乙 丙 丁 戊 +2");
        assert_eq!(some_of(&names[..2]), "甲 乙");
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(
            text in "([一-龥]|[，。《》a-z0-9 ]|😀|\u{200d}){0,80}",
            columns in 20usize..60,
        ) {
            let lines = lines(&text, columns);
            for line in &lines {
                prop_assert!(line.width() <= columns, "{line}");
            }
            let solid = |text: &str| text.chars().filter(|c| *c != ' ' && *c != '\u{200d}').collect::<String>();
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
        }
    }
}
