//! A [`Plan`] and a text → the characters of the text that light up.
//!
//! What lights up is what the query asked for, wherever it stands: words, phrases as a whole, and
//! the places that the query names in whatever form the article names them. A word that only
//! hides in another one (湾区 in 荔湾区, 24 in 2024) lights up only where nothing better stands.
//! A single character that longer words left over (区 of 人才合作区) lights up only beside the word
//! that it stands beside in the query. Function characters never do, and nothing that the query
//! excludes.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;

use crate::article::{self, Field, Level, Span};
use crate::clean::fold::{Folded, fold};
use crate::query::{Node, Place, Plan, Run, Scope, near_all};
use crate::understand::gazetteer::{CityRef, Gazetteer};

/// What a plan lights up.
#[derive(Debug, Clone, Default)]
pub struct Lights {
    texts: Vec<Light>,
    places: Vec<(Place, usize)>,
    /// Characters of each group: what covering it is worth.
    groups: Vec<usize>,
}

/// One text that lights up.
#[derive(Debug, Clone)]
struct Light {
    text: String,
    /// The characters of the text that are lit; the others only have to stand there.
    lit: Range<usize>,
    kind: Kind,
    scope: Scope,
    /// Whether it was typed, or stands for what was typed.
    typed: bool,
    /// Texts that have to stand near it, for it to stand for anything.
    beside: Vec<String>,
    /// Lights of one group are one thing that a person asked for.
    group: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Lights up as a whole, wherever it stands.
    Phrase,
    /// Lights up wherever it stands, preferably not inside another word.
    Word,
    /// Words that stand together: lights nothing that they do not, but shows the better sentence.
    Together,
}

/// Something of the query found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The characters of the original.
    pub span: Span,
    /// Which thing that was asked for.
    pub group: usize,
}

/// A piece of text and the characters of it that are lit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The text; one line.
    pub text: String,
    /// Half-open ranges of its characters, in order, none touching.
    pub marks: Vec<Span>,
    /// Those of them, or parts of them, that only stand for what was typed: another name of a
    /// place, a synonym.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Span>,
    /// Whether a sentence was cut off at its beginning and at its end.
    #[serde(skip)]
    pub cut: (bool, bool),
}

/// Whether characters are lit, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lit {
    /// They are not.
    No,
    /// They were typed.
    Typed,
    /// They stand for what was typed.
    Also,
}

impl Passage {
    /// The text piece by piece, each lit in one way or not.
    pub fn pieces(&self) -> Vec<(&str, Lit)> {
        let ends = |marks: &[Span]| marks.iter().flat_map(|m| [m.start, m.end]).collect::<Vec<_>>();
        let mut cuts = ends(&self.marks);
        cuts.extend(ends(&self.also));
        cuts.push(u32::MAX);
        cuts.sort_unstable();
        let within = |marks: &[Span], at: u32| {
            let next = marks.partition_point(|mark| mark.end <= at);
            marks.get(next).is_some_and(|mark| mark.start <= at)
        };
        let mut pieces = Vec::with_capacity(cuts.len());
        let mut rest = self.text.as_str();
        let mut at = 0;
        for until in cuts {
            let characters = until.saturating_sub(at) as usize;
            let byte = rest.char_indices().nth(characters).map_or(rest.len(), |(byte, _)| byte);
            let (piece, after) = rest.split_at(byte);
            if !piece.is_empty() {
                let lit = match (within(&self.marks, at), within(&self.also, at)) {
                    (false, _) => Lit::No,
                    (true, false) => Lit::Typed,
                    (true, true) => Lit::Also,
                };
                pieces.push((piece, lit));
            }
            (rest, at) = (after, until);
        }
        pieces
    }

    /// Some of its characters.
    #[must_use]
    pub fn part(&self, part: Range<usize>) -> Self {
        let (from, to) = (part.start as u32, part.end as u32);
        let inside = |marks: &[Span]| -> Vec<Span> {
            let marks = marks.iter().map(|mark| Span {
                start: mark.start.clamp(from, to) - from,
                end: mark.end.clamp(from, to) - from,
            });
            marks.filter(|mark| mark.start < mark.end).collect()
        };
        Self {
            text: self.text.chars().skip(part.start).take(part.len()).collect(),
            marks: inside(&self.marks),
            also: inside(&self.also),
            cut: (false, false),
        }
    }
}

impl Lights {
    /// Collects what a plan lights up.
    pub fn of(plan: &Plan) -> Self {
        let mut lights = Self::default();
        if let Some(node) = &plan.node {
            let mut groups = HashMap::new();
            node.visit(&mut |leaf| match leaf {
                Node::Phrase(text, scope) => lights.phrase(text, *scope, &mut groups),
                Node::Bag(bag) => {
                    bag.runs.iter().for_each(|run| lights.run(run, &mut groups));
                }
                Node::Near(texts, _, scope) => {
                    for text in texts {
                        lights.phrase(text, *scope, &mut groups);
                    }
                }
                _ => {}
            });
        }
        lights
    }

    /// Whether nothing can light up.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Characters of what was asked for: what covering it is worth.
    pub(super) fn worth(&self, group: usize) -> f32 {
        self.groups.get(group).map_or(0.0, |&characters| characters as f32)
    }

    /// Number of things that were asked for.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    fn group(&mut self, name: String, groups: &mut HashMap<String, usize>) -> usize {
        let length = name.chars().filter(|c| c.is_alphanumeric()).count();
        *groups.entry(name).or_insert_with(|| {
            self.groups.push(length.max(1));
            self.groups.len() - 1
        })
    }

    /// Adds a text of which the characters `lit` light up.
    fn add(&mut self, text: &str, lit: Range<usize>, kind: Kind, scope: Scope, group: usize) {
        let (text, beside) = (text.to_owned(), Vec::new());
        self.add_light(Light { text, lit, kind, scope, typed: true, beside, group });
    }

    /// Adds another name or a synonym of what was typed.
    fn add_also(&mut self, text: &str, scope: Scope, group: usize) {
        self.add_beside(text, Vec::new(), scope, group);
    }

    /// Adds what stands for what was typed where it stands beside other texts.
    fn add_beside(&mut self, text: &str, beside: Vec<String>, scope: Scope, group: usize) {
        let lit = 0..text.chars().count();
        let text = text.to_owned();
        self.add_light(Light { text, lit, kind: Kind::Word, scope, typed: false, beside, group });
    }

    fn add_light(&mut self, new: Light) {
        let Light { text, lit, kind, scope, beside, .. } = &new;
        let known = self.texts.iter().any(|light| {
            light.text == *text
                && light.lit == *lit
                && light.kind == *kind
                && (light.beside.is_empty() || light.beside == *beside)
                && (light.scope == *scope || light.scope == Scope::Anywhere)
        });
        if !known && !text.is_empty() {
            self.texts.push(new);
        }
    }

    fn phrase(&mut self, text: &str, scope: Scope, groups: &mut HashMap<String, usize>) {
        let group = self.group(text.to_owned(), groups);
        self.add(text, 0..text.chars().count(), Kind::Phrase, scope, group);
    }

    fn run(&mut self, run: &Run, groups: &mut HashMap<String, usize>) {
        if run.words.is_empty() {
            // Nothing but function characters: then they are what was asked for.
            return self.phrase(&run.text, run.scope, groups);
        }
        let at = positions(run);
        for (number, word) in run.words.iter().enumerate().filter(|(_, word)| !word.filler) {
            let group = self.group(word.text.clone(), groups);
            let length = word.text.chars().count();
            if length == 1 && run.words.len() > 1 {
                let (start, end) = (at[number].start, at[number].end);
                if let Some(before) = number.checked_sub(1).map(|number| at[number].start) {
                    let shift = run.text[before..start].chars().count();
                    let lit = shift..shift + 1;
                    self.add(&run.text[before..end], lit, Kind::Word, run.scope, group);
                }
                if let Some(after) = at.get(number + 1) {
                    self.add(&run.text[start..after.end], 0..1, Kind::Word, run.scope, group);
                }
            } else {
                self.add(&word.text, 0..length, Kind::Word, run.scope, group);
            }
            for place in word.places.iter().chain(&word.any_of) {
                if self.places.iter().any(|(known, _)| known == place) {
                    continue;
                }
                for form in forms(place).iter().filter(|form| !form.contains(&word.text)) {
                    self.add_also(form, run.scope, group);
                }
                self.places.push((place.clone(), group));
            }
        }
        for expansion in &run.expansions {
            let Some(word) = run.words.get(expansion.words.start) else { continue };
            for (number, text) in expansion.texts.iter().enumerate() {
                // A single character (沪) stands in many words that mean something else; a longer name
                // (佛山市) holds what was typed, and that lights already.
                let long = text.chars().nth(1).is_some();
                if long && !text.contains(&word.text) {
                    let group = self.group(word.text.clone(), groups);
                    let mut beside = expansion.texts.clone();
                    beside.remove(number);
                    self.add_beside(text, beside, run.scope, group);
                }
            }
        }
        if run.words.len() > 1 {
            let group = self.group(format!("{} ", run.text), groups);
            self.add(&run.text, 0..run.text.chars().count(), Kind::Together, run.scope, group);
        }
    }
}

/// Where the words of a run stand in its text, in bytes.
fn positions(run: &Run) -> Vec<Range<usize>> {
    let mut from = 0;
    let positions = run.words.iter().map(|word| {
        let start = from + run.text[from..].find(&word.text).unwrap_or(0);
        from = (start + word.text.len()).min(run.text.len());
        start..from
    });
    positions.collect()
}

/// A text of an article with everything that lights up in it.
#[derive(Debug, Clone, Default)]
pub struct LitText {
    pub(super) characters: Vec<char>,
    /// What the query found, in order.
    pub(super) spots: Vec<Spot>,
    /// What is lit, joined, in order.
    pub(super) marks: Vec<Span>,
    /// What is lit because it was typed, joined, in order.
    pub(super) typed: Vec<Span>,
    /// Pinyin glosses, which are not shown.
    glosses: Vec<Range<usize>>,
}

impl LitText {
    /// Lights up a headline or body; `places` are those of the article.
    pub fn new(text: &str, field: Field, places: &[article::Place], lights: &Lights) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let folded = Folded::new(text);
        let glosses = glosses(&characters, &folded);
        let Found { mut spots, mut marks, typed } = literal(&folded, field, lights);
        for (place, group) in &lights.places {
            for found in places.iter().filter(|found| is_place(place, found)) {
                for mention in &found.mentions {
                    let span = mention.span;
                    let fits = span.start < span.end && span.end as usize <= characters.len();
                    // The usual forms of its name are lit already, as far as they were asked for.
                    let usual = || {
                        lights.texts.iter().any(|light| {
                            light.group == *group && fold(&mention.text).contains(&light.text)
                        })
                    };
                    if mention.field == field && fits && !usual() {
                        spots.push(Spot { span, group: *group });
                        marks.push(span);
                    }
                }
            }
        }
        spots.sort_by_key(|spot| (spot.span.start, spot.span.end, spot.group));
        spots.dedup();
        Self { characters, spots, marks: joined(marks), typed, glosses }
    }

    /// The whole text.
    pub fn whole(&self) -> Passage {
        self.passage(0..self.characters.len())
    }

    /// A part of the text, without pinyin glosses, line breaks as blanks.
    pub fn passage(&self, part: Range<usize>) -> Passage {
        let mut text = String::with_capacity(part.len() * 3);
        let mut marks: Vec<Span> = Vec::new();
        let mut also: Vec<Span> = Vec::new();
        let mut length = 0;
        let mut at_mark = self.marks.partition_point(|mark| mark.end as usize <= part.start);
        let mut at_gloss = self.glosses.partition_point(|gloss| gloss.end <= part.start);
        for at in part {
            while self.glosses.get(at_gloss).is_some_and(|gloss| gloss.end <= at) {
                at_gloss += 1;
            }
            if self.glosses.get(at_gloss).is_some_and(|gloss| gloss.contains(&at)) {
                continue;
            }
            while self.marks.get(at_mark).is_some_and(|mark| mark.end as usize <= at) {
                at_mark += 1;
            }
            let character = self.characters.get(at).copied().unwrap_or(' ');
            text.push(if character.is_control() && character.is_whitespace() {
                ' '
            } else {
                character
            });
            if self.marks.get(at_mark).is_some_and(|mark| mark.start as usize <= at) {
                lengthen(&mut marks, length);
                let next = self.typed.partition_point(|mark| mark.end as usize <= at);
                if self.typed.get(next).is_none_or(|mark| mark.start as usize > at) {
                    lengthen(&mut also, length);
                }
            }
            length += 1;
        }
        Passage { text, marks, also, cut: (false, false) }
    }
}

/// Adds the character behind the last mark to it, or begins another.
fn lengthen(marks: &mut Vec<Span>, at: u32) {
    match marks.last_mut() {
        Some(mark) if mark.end == at => mark.end += 1,
        _ => marks.push(Span { start: at, end: at + 1 }),
    }
}

/// What lights up in a text, in characters of the original.
struct Found {
    spots: Vec<Spot>,
    /// Everything that is lit.
    marks: Vec<Span>,
    /// What is lit because it was typed.
    typed: Vec<Span>,
}

/// Finds the texts that light up as they stand.
fn literal(folded: &Folded, field: Field, lights: &Lights) -> Found {
    let index = character_index(&folded.text);
    let mut spots = Vec::new();
    // Ranges of folded characters: words that touch become one mark, whatever stands between them
    // in the original.
    let (mut lit, mut typed): (Vec<Range<usize>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    for light in &lights.texts {
        if light.scope == Scope::Title && field != Field::Title {
            continue;
        }
        let starts = |text: &str| -> Vec<u32> {
            folded.text.match_indices(text).map(|(byte, _)| index[byte]).collect()
        };
        let beside: Vec<Vec<u32>> = light.beside.iter().map(|text| starts(text)).collect();
        let found = folded.text.match_indices(&light.text);
        let found =
            found.filter(|(byte, _)| near_all(index[*byte], &beside)).map(|(byte, text)| {
                let start = index[byte] as usize;
                let range = start + light.lit.start..start + light.lit.end;
                (folded.original(range.clone()), range, byte..byte + text.len())
            });
        let (hidden, open): (Vec<_>, Vec<_>) = found.partition(|(_, _, bytes)| {
            light.kind == Kind::Word
                && (inside_number_or_latin_word(&folded.text, bytes)
                    || inside_place_name(&folded.text, bytes))
        });
        for (span, range, _) in if open.is_empty() { hidden } else { open } {
            spots.push(Spot { span, group: light.group });
            if light.kind != Kind::Together {
                if light.typed {
                    typed.push(range.clone());
                }
                lit.push(range);
            }
        }
    }
    let original = |mut ranges: Vec<Range<usize>>| -> Vec<Span> {
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut together: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match together.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => together.push(range),
            }
        }
        together.into_iter().map(|range| folded.original(range)).collect()
    };
    Found { spots, marks: original(lit), typed: original(typed) }
}

/// For each byte that begins a character, the character's number.
fn character_index(text: &str) -> Vec<u32> {
    let mut index = vec![0; text.len() + 1];
    for (number, (byte, _)) in (0..).zip(text.char_indices()) {
        index[byte] = number;
    }
    index
}

/// Whether a piece is cut out of a longer number or Latin word: 24 in 2024, ai in daily.
fn inside_number_or_latin_word(text: &str, piece: &Range<usize>) -> bool {
    let alike = |a: Option<u8>, b: Option<u8>| match (a, b) {
        (Some(a), Some(b)) => {
            (a.is_ascii_digit() && b.is_ascii_digit())
                || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
        }
        _ => false,
    };
    let bytes = text.as_bytes();
    let before = piece.start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    alike(before, bytes.get(piece.start).copied())
        || alike(bytes.get(piece.end.wrapping_sub(1)).copied(), bytes.get(piece.end).copied())
}

/// Whether a piece is the tail of a longer name of a city or county: 湾区 in 荔湾区.
fn inside_place_name(text: &str, piece: &Range<usize>) -> bool {
    let gazetteer = Gazetteer::get();
    let before = text[..piece.start].char_indices().rev().take(LONGEST_HEAD).map(|(byte, _)| byte);
    before.into_iter().any(|start| {
        let name = &text[start..piece.end];
        gazetteer.resolve_city(name).iter().any(|found| {
            let (CityRef::City(division) | CityRef::County { county: division, .. }) = found;
            division.name == name || division.short == name
        })
    })
}

/// Characters of a place's name before the piece of it that looks like something else.
const LONGEST_HEAD: usize = 3;

/// The names by which a place is usually called, folded; single characters left out.
fn forms(place: &Place) -> Vec<String> {
    let gazetteer = Gazetteer::get();
    let division = |levels: &[Level], name: &str| {
        gazetteer.divisions().iter().find(|d| levels.contains(&d.level) && d.name == name)
    };
    let names = match place {
        Place::Province(name) => division(&[Level::Province, Level::Municipality], name)
            .map_or(Vec::new(), |found| vec![found.name, found.short]),
        Place::City(name) => division(&[Level::City, Level::Municipality], name)
            .map_or(Vec::new(), |found| vec![found.name, found.short]),
        Place::County(name) => gazetteer
            .divisions()
            .iter()
            .find(|found| {
                name.split_once('/').is_some_and(|(city, county)| {
                    found.level == Level::County
                        && found.name == county
                        && gazetteer.city_of(found).is_some_and(|of| of.name == city)
                })
            })
            .map_or(Vec::new(), |found| vec![found.name, found.short]),
        // A name that begins with `?` also means other things.
        Place::Region(name) => gazetteer.region(name).map_or(Vec::new(), |region| {
            let sure = region.aliases.iter().filter(|alias| !alias.starts_with('?'));
            std::iter::once(region.name).chain(sure.copied()).collect()
        }),
    };
    let names = names.into_iter().map(fold).filter(|name| name.chars().nth(1).is_some());
    names.collect()
}

/// Whether a place that a query names is this place of an article.
fn is_place(asked: &Place, found: &article::Place) -> bool {
    match asked {
        Place::Province(name) => {
            matches!(found.level, Level::Province | Level::Municipality) && found.name == *name
        }
        Place::City(name) => {
            matches!(found.level, Level::City | Level::Municipality) && found.name == *name
        }
        Place::Region(name) => found.level == Level::Region && found.name == *name,
        Place::County(name) => {
            let Some((city, county)) = name.split_once('/') else { return false };
            found.level == Level::County && found.name == county && {
                let gazetteer = Gazetteer::get();
                let division = gazetteer.division(&found.code);
                division
                    .and_then(|division| gazetteer.city_of(division))
                    .is_none_or(|of| of.name == city)
            }
        }
    }
}

/// Joins spans that overlap or touch, in order.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.start, span.end));
    let mut together: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.into_iter().filter(|span| span.start < span.end) {
        match together.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => together.push(span),
        }
    }
    together
}

/// Finds the pinyin glosses of a text: brackets that folding has dropped.
fn glosses(characters: &[char], folded: &Folded) -> Vec<Range<usize>> {
    let mut glosses: Vec<Range<usize>> = Vec::new();
    if !characters.iter().any(|c| matches!(c, '(' | '（')) {
        return glosses;
    }
    let mut next = 0;
    for at in 0..=folded.len() {
        let end = if at < folded.len() {
            folded.original(at..at + 1).start as usize
        } else {
            characters.len()
        };
        let gap = next.min(end)..end;
        let mut from = gap.start;
        while let Some(open) =
            characters[from..gap.end].iter().position(|c| matches!(c, '(' | '（')).map(|i| from + i)
        {
            let close = characters[open..gap.end].iter().position(|c| matches!(c, ')' | '）'));
            let Some(close) = close.map(|i| open + i + 1) else { break };
            glosses.push(open..close);
            from = close;
        }
        next = end + 1;
    }
    glosses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Mention, Role};

    /// The plan of a query without any filter.
    fn lights(query: &str) -> Lights {
        Lights::of(&crate::query::Plan::of(query))
    }

    /// Writes what is lit between 【】.
    fn lit(query: &str, text: &str) -> String {
        crate::present::testing::shown(
            &LitText::new(text, Field::Body, &[], &lights(query)).whole(),
        )
    }

    #[test]
    fn words_light_wherever_they_stand() {
        for (query, text) in [
            ("人才飞地", "茂名—佛山【人才飞地】揭牌，【人才】不动，【飞地】先行"),
            ("佛山 飞地", "【佛山飞地】"),
            ("飞地 人才", "科技【人才飞地】"),
            ("佛山和茂名", "【佛山】和【茂名】，和气生财"),
            ("荔湾 南海 人才合作区", "【荔湾】区、【南海】区〔共建〕【人才合作区】，不是经济区"),
            ("2024年", "【2024年】底，20241年，几年前"),
            ("Ｇ６０走廊", "长三角【Ｇ６０】科创【走廊】"),
            ("區", "开发【区】与社【区】"),
            ("粤 桂", "【粤桂】协作，【粤】港"),
            ("的", "我【的】"),
        ] {
            let plain: String = text.chars().filter(|c| !"【】〔〕".contains(*c)).collect();
            assert_eq!(lit(query, &plain), text, "{query}");
        }
    }

    #[test]
    fn a_phrase_lights_as_a_whole_only() {
        assert_eq!(lit("“人才飞地”", "人才与飞地：人才飞地"), "人才与飞地：【人才飞地】");
        assert_eq!(lit("“深度合作”", "深度\n合作"), "【深度 合作】");
    }

    #[test]
    fn what_is_excluded_and_outlets_do_not_light() {
        assert_eq!(lit("佛山 -招聘 outlet:日报", "佛山日报招聘"), "【佛山】日报招聘");
        assert_eq!(lit("-佛山", "佛山"), "佛山");
    }

    #[test]
    fn what_must_stand_in_the_headline_lights_there() {
        let lights = lights("title:飞地");
        let in_field = |field| {
            crate::present::testing::shown(&LitText::new("飞地", field, &[], &lights).whole())
        };
        assert_eq!(
            (in_field(Field::Title).as_str(), in_field(Field::Body).as_str()),
            ("【飞地】", "飞地")
        );
    }

    #[test]
    fn marks_lie_in_the_original() {
        assert_eq!(
            lit("长三角精英峰会", "“星耀南湖·長三角精英峰會”"),
            "“星耀南湖·【長三角精英峰會】”"
        );
        assert_eq!(
            lit("区域协作", "深化區(qū)域協(xié)作"),
            "深化【區域協作】",
            "without the glosses"
        );
        assert_eq!(lit("平方米", "５㎡"), "５㎡");
        assert_eq!(lit("m", "５㎡"), "５【㎡】", "never half a character");
        assert_eq!(lit("人才", "人\u{200b}才😀人才"), "【人\u{200b}才】😀【人才】");
    }

    #[test]
    fn what_hides_in_another_word_lights_if_nothing_better_stands() {
        assert_eq!(lit("24", "2024 24小时"), "2024 【24】小时");
        assert_eq!(lit("24", "2024"), "20【24】");
        assert_eq!(lit("湾区", "荔湾区在大湾区"), "荔湾区在大【湾区】");
        assert_eq!(lit("湾区", "荔湾区"), "荔【湾区】");
    }

    #[test]
    fn places_light_as_the_article_names_them() {
        assert_eq!(
            lit("佛山市", "佛山与茂名，佛山市与茂名市"),
            "〔佛山〕与茂名，【佛山市】与茂名市"
        );
        assert_eq!(lit("佛山", "佛山与佛山市"), "【佛山】与【佛山】市");
        assert_eq!(lit("粤港澳大湾区", "粤港澳大湾区"), "【粤港澳大湾区】");
        let place = article::Place {
            code: "440600".into(),
            name: "佛山市".into(),
            level: Level::City,
            role: Role::Subject,
            score: 1.0,
            mentions: vec![
                Mention { field: Field::Body, span: Span { start: 0, end: 1 }, text: "佛".into() },
                // What an index holds may be wrong.
                Mention {
                    field: Field::Body, span: Span { start: 3, end: 99 }, text: "？".into()
                },
            ],
        };
        let text = LitText::new("佛茂协作", Field::Body, &[place], &lights("佛山市"));
        assert_eq!(crate::present::testing::shown(&text.whole()), "〔佛〕茂协作");
    }

    #[test]
    fn texts_that_stand_for_a_word_together_light_together() {
        let far = format!("大学开学。{}人民政府的合作。", "一".repeat(40));
        assert_eq!(lit("市校合作", &far), far);
        assert_eq!(
            lit("市校合作", "一所大学与某市人民政府合作"),
            "一所〔大学〕与某市〔人民政府合作〕"
        );
    }

    #[test]
    fn pieces_put_together_are_the_text() {
        let passage = LitText::new("在佛山的人才", Field::Body, &[], &lights("佛山 人才")).whole();
        assert_eq!(
            passage.pieces(),
            [("在", Lit::No), ("佛山", Lit::Typed), ("的", Lit::No), ("人才", Lit::Typed)]
        );
        assert_eq!(crate::present::testing::shown(&passage.part(2..5)), "【山】的【人】");
    }
}
