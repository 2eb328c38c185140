//! The lit text of an article → the one or two passages that show best why it was found.
//!
//! A passage is whole sentences, or whole clauses of a sentence that is too long. Of all passages
//! that fit, the one wins that holds the most of what was asked for, rare things counting more;
//! then the one with the most marks; then the earliest.

use std::collections::HashMap;
use std::ops::Range;

use super::highlight::{Lights, LitText, Passage};

/// Characters of a snippet, unless somebody wants another width.
pub const DEFAULT_WIDTH: usize = 120;

/// Characters that end a sentence.
const ENDS: &[char] = &['。', '！', '？', '!', '?', '；', ';', '…'];
/// Characters at which a long sentence may be cut.
const PAUSES: &[char] = &['，', ',', '、', '：', ':', '—', ' ', '\u{3000}'];
/// Characters that belong to the sentence which they close.
const CLOSERS: &[char] = &['”', '’', '」', '』', '）', ')', '》', '】', '"'];

/// How much of a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Characters of a snippet at most; 0 for none.
    pub width: usize,
    /// Sentences that are shown before it.
    pub before: usize,
    /// Sentences that are shown after it.
    pub after: usize,
}

impl From<usize> for Frame {
    fn from(width: usize) -> Self {
        Self { width, before: 0, after: 0 }
    }
}

/// Chooses up to two passages of at most `width` characters; the second only if it shows
/// something that the first lacks. Where nothing is lit, the beginning. Sentences around them are
/// added as the frame wants; passages that meet become one.
pub fn snippets(text: &LitText, lights: &Lights, frame: impl Into<Frame>) -> Vec<Passage> {
    let frame = frame.into();
    let width = frame.width;
    if width == 0 {
        return Vec::new();
    }
    let units = units(text, width);
    if units.is_empty() {
        return Vec::new();
    }
    let worth = worth(text, lights);
    let windows: Vec<Window> =
        (0..units.len()).map(|first| window(text, &units, first, width, &worth)).collect();
    let Some(best) = windows.iter().reduce(
        |best, other| {
            if other.score() > best.score() { other } else { best }
        },
    ) else {
        return Vec::new();
    };
    let mut chosen = vec![best];
    // What the first shows is worth nothing a second time.
    let mut left = worth;
    best.groups.iter().for_each(|group| left[*group] = 0.0);
    let apart =
        |window: &&Window| window.part.end <= best.part.start || best.part.end <= window.part.start;
    let second = windows
        .iter()
        .filter(apart)
        .map(|window| (window.groups.iter().map(|&group| left[group]).sum::<f32>(), window))
        .reduce(|best, other| if other.0 > best.0 { other } else { best });
    if let Some((gain, window)) = second
        && gain > 0.0
    {
        chosen.push(window);
        chosen.sort_by_key(|window| window.part.start);
    }
    let mut shown: Vec<(Range<usize>, (bool, bool))> = Vec::new();
    for window in chosen {
        let (part, cut) = widened(window, &units, frame);
        match shown.last_mut() {
            Some((before, ends)) if part.start <= before.end && frame.before + frame.after > 0 => {
                before.end = part.end;
                ends.1 = cut.1;
            }
            _ => shown.push((part, cut)),
        }
    }
    let passages = shown.into_iter().map(|(part, cut)| Passage { cut, ..text.passage(part) });
    passages.collect()
}

/// A window with the sentences around it that the frame wants, and whether it cuts the first and
/// the last sentence.
fn widened(window: &Window, units: &[Unit], frame: Frame) -> (Range<usize>, (bool, bool)) {
    let (mut part, mut cut) = (window.part.clone(), (!window.whole, !window.last));
    if frame.before > 0 {
        let first = units.partition_point(|unit| unit.part.start < part.start);
        // A sentence that was begun in the middle is completed first.
        let wanted = frame.before + usize::from(cut.0);
        let opening = units[..first].iter().rev().filter(|unit| unit.opens).take(wanted).last();
        part.start = opening.map_or(part.start, |unit| unit.part.start);
        cut.0 &= opening.is_none();
    }
    if frame.after > 0 {
        let next = units.partition_point(|unit| unit.part.end <= part.end);
        let wanted = frame.after + usize::from(cut.1);
        let mut open = 0;
        let behind = units[next..].iter().take_while(|unit| {
            open += usize::from(unit.opens || open == 0);
            open <= wanted
        });
        if let Some(last) = behind.last() {
            part.end = last.part.end;
            cut.1 = false;
        }
    }
    (part, cut)
}

/// Sentences and clauses next to each other that fit the width.
struct Window {
    part: Range<usize>,
    /// Whether it begins where a sentence begins.
    whole: bool,
    /// Whether it ends where a sentence ends.
    last: bool,
    /// What it holds of what was asked for.
    groups: Vec<usize>,
    worth: f32,
    spots: usize,
}

impl Window {
    fn score(&self) -> (f32, usize, bool) {
        (self.worth, self.spots, self.whole)
    }
}

/// Makes the longest window that begins with a unit.
fn window(text: &LitText, units: &[Unit], first: usize, width: usize, worth: &[f32]) -> Window {
    let start = units[first].part.start;
    let fit = units[first..].iter().take_while(|unit| unit.part.end - start <= width).count();
    let next = first + fit.max(1);
    let part = start..units[next - 1].part.end;
    let ends = units.get(next).is_none_or(|unit| unit.opens);
    let from = text.spots.partition_point(|spot| (spot.span.start as usize) < part.start);
    let inside = text.spots[from..]
        .iter()
        .take_while(|spot| (spot.span.start as usize) < part.end)
        .filter(|spot| spot.span.end as usize <= part.end);
    let mut groups = Vec::new();
    let mut spots = 0;
    for spot in inside {
        spots += 1;
        if !groups.contains(&spot.group) {
            groups.push(spot.group);
        }
    }
    groups.sort_unstable();
    let sum = groups.iter().map(|&group| worth[group]).sum();
    Window { part, whole: units[first].opens, last: ends, groups, worth: sum, spots }
}

/// What showing each thing that was asked for is worth: long ones and rare ones more.
fn worth(text: &LitText, lights: &Lights) -> Vec<f32> {
    let mut counts: HashMap<usize, f32> = HashMap::new();
    for spot in &text.spots {
        *counts.entry(spot.group).or_default() += 1.0;
    }
    (0..lights.groups())
        .map(|group| {
            lights.worth(group) / (1.0 + counts.get(&group).map_or(0.0, |count| count.ln()))
        })
        .collect()
}

/// A sentence or clause, without the white space around it.
#[derive(Debug, PartialEq, Eq)]
struct Unit {
    part: Range<usize>,
    /// Whether a sentence begins with it.
    opens: bool,
}

/// Cuts a text into sentences; those longer than the width into clauses; those longer than the
/// width wherever they do not hurt.
fn units(text: &LitText, width: usize) -> Vec<Unit> {
    let characters = &text.characters;
    let mut units = Vec::new();
    let mut start = 0;
    while start < characters.len() {
        let end = sentence_end(characters, start);
        let sentence = trimmed(characters, start..end);
        start = end;
        if sentence.is_empty() {
            continue;
        }
        if sentence.len() <= width {
            units.push(Unit { part: sentence, opens: true });
            continue;
        }
        let mut opens = true;
        let mut from = sentence.start;
        while from < sentence.end {
            let pause = characters[from..sentence.end].iter().position(|c| PAUSES.contains(c));
            let end = pause.map_or(sentence.end, |at| from + at + 1);
            let mut clause = trimmed(characters, from..end);
            from = end;
            while clause.len() > width {
                let cut = soft_cut(text, clause.clone(), width);
                units.push(Unit { part: clause.start..cut, opens });
                opens = false;
                clause.start = cut;
            }
            if !clause.is_empty() {
                units.push(Unit { part: clause, opens });
                opens = false;
            }
        }
    }
    units
}

/// Where the sentence that begins at `start` ends, with what closes it.
fn sentence_end(characters: &[char], start: usize) -> usize {
    let rest = &characters[start..];
    let Some(at) = rest.iter().position(|c| *c == '\n' || ENDS.contains(c)) else {
        return characters.len();
    };
    let mut end = start + at + 1;
    if characters[end - 1] != '\n' {
        while characters.get(end).is_some_and(|c| ENDS.contains(c) || CLOSERS.contains(c)) {
            end += 1;
        }
    }
    end
}

/// A range without the white space at both ends.
fn trimmed(characters: &[char], part: Range<usize>) -> Range<usize> {
    let slice = &characters[part.clone()];
    let Some(first) = slice.iter().position(|c| !c.is_whitespace()) else {
        return part.start..part.start;
    };
    let last = slice.iter().rposition(|c| !c.is_whitespace()).unwrap_or(first);
    part.start + first..part.start + last + 1
}

/// A place to cut a clause that is too long: at the width, or before a mark, number, Latin word
/// or emoji that the cut would split.
fn soft_cut(text: &LitText, clause: Range<usize>, width: usize) -> usize {
    let hard = clause.start + width;
    let mut cut = hard;
    let mark = text.marks.partition_point(|mark| (mark.end as usize) <= cut);
    if let Some(mark) = text.marks.get(mark)
        && (mark.start as usize) < cut
    {
        cut = mark.start as usize;
    }
    while cut > clause.start && holds_together(text.characters[cut - 1], text.characters[cut]) {
        cut -= 1;
    }
    if cut > clause.start { cut } else { hard }
}

/// Whether two characters side by side are parts of one thing.
fn holds_together(before: char, after: char) -> bool {
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{1f3fb}'..='\u{1f3ff}');
    joins(after)
        || before == '\u{200d}'
        || (before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Field;
    use crate::present::testing::shown;
    use crate::query::Plan;

    /// Writes the snippets one a line, what is lit between 【】.
    fn cut(query: &str, body: &str, width: usize) -> String {
        let lights = Lights::of(&Plan::of(query));
        let text = LitText::new(body, Field::Body, &[], &lights);
        let snippets = snippets(&text, &lights, width);
        snippets.iter().map(shown).collect::<Vec<_>>().join("\n")
    }

    const BODY: &str = "两市签约。佛山出技术，茂名出场地。专家周末来。\n“人才飞地”在佛山揭牌！后来的事。茂名的企业不必搬家，人才就在飞地上班；晚上回家。";

    #[test]
    fn the_sentence_that_holds_most_is_shown() {
        assert_eq!(cut("人才飞地", BODY, 20), "专家周末来。 “【人才飞地】”在佛山揭牌！");
        assert_eq!(cut("佛山 茂名", BODY, 15), "【佛山】出技术，【茂名】出场地。");
    }

    #[test]
    fn sentences_around_it_are_shown_on_demand() {
        let body = "第一句。第二句。两地共建飞地。第四句。第五句。很远的一句。茂名在这里。";
        let around = |query: &str, before, after| {
            let lights = Lights::of(&Plan::of(query));
            let text = LitText::new(body, Field::Body, &[], &lights);
            let frame = Frame { width: 7, before, after };
            let snippets = snippets(&text, &lights, frame);
            snippets.iter().map(shown).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(around("飞地", 0, 0), "两地共建【飞地】。");
        assert_eq!(around("飞地", 1, 0), "第二句。两地共建【飞地】。");
        assert_eq!(around("飞地", 0, 2), "两地共建【飞地】。第四句。第五句。");
        assert_eq!(around("飞地", 9, 1), "第一句。第二句。两地共建【飞地】。第四句。");
        let met = "两地共建【飞地】。第四句。第五句。很远的一句。【茂名】在这里。";
        assert_eq!(around("飞地 茂名", 0, 3), met, "passages that meet are one");
    }

    #[test]
    fn a_second_one_is_shown_if_it_adds_a_word() {
        assert_eq!(cut("专家 上班", BODY, 10), "【专家】周末来。\n人才就在飞地【上班】；");
        assert_eq!(cut("揭牌", BODY, 10), "【揭牌】！后来的事。");
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        assert_eq!(cut("横琴", BODY, 24), "两市签约。佛山出技术，茂名出场地。专家周末来。");
        assert_eq!(cut("", BODY, 5), "两市签约。");
        assert_eq!(cut("佛山", "", 10), "");
        assert_eq!(cut("佛山", " \n ", 10), "");
        assert_eq!(cut("佛山", "佛山", 0), "");
    }

    #[test]
    fn a_long_clause_is_cut_where_it_does_not_hurt() {
        assert_eq!(cut("人才飞地", "一二三四人才飞地五六", 6), "【人才飞地】五六");
        assert_eq!(cut("无", "一二三2024年", 5), "一二三");
        assert_eq!(cut("无", "一二👨‍👩‍👧三", 4), "一二");
    }

    proptest! {
        #[test]
        fn no_width_and_no_text_is_too_strange(
            query in "(佛山|人才|飞地|协作|区|2024年|“长三角”|-茂名| |\\PC){0,8}",
            body in "(佛山|人才|飞地|長三角|協(xié)作|區(qū)|茂名|2024年|Ｇ６０|👨‍👩‍👧|😀|㎡|\u{200b}|[，。！；\n ()（）“”]|\\PC){0,80}",
            width in 0usize..300,
        ) {
            let lights = Lights::of(&Plan::of(&query));
            let text = LitText::new(&body, Field::Body, &[], &lights);
            let found = snippets(&text, &lights, width);
            prop_assert!(found.len() <= 2);
            for snippet in found.iter().chain([&text.whole()]) {
                let length = snippet.text.chars().count();
                let mut before = None;
                for mark in &snippet.marks {
                    prop_assert!(mark.start < mark.end && mark.end as usize <= length);
                    prop_assert!(before.is_none_or(|end| end < mark.start), "marks are apart and in order");
                    before = Some(mark.end);
                }
                prop_assert_eq!(snippet.pieces().iter().map(|(text, _)| *text).collect::<String>(), snippet.text.clone());
            }
            for snippet in &found {
                prop_assert!(snippet.text.chars().count() <= width);
                prop_assert!(!snippet.text.contains('\n'));
            }
        }
    }
}
