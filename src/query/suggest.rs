//! What somebody has typed so far, or mistyped → words, places and programmes that may be meant.
//!
//! Knows prefixes, wrong characters that sound alike (人材 for 人才), exchanged ones (门厦), pinyin
//! (`foshan`, also without telling zh from z) and initials (`rcfd`). These are suggestions: no
//! search ever looks for anything but what was typed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

use serde::Serialize;

use super::expand;
use super::pinyin::{blurred, readings, spellings};
use crate::clean::fold::{fold, is_han};
use crate::understand::gazetteer::Gazetteer;
use crate::understand::partners;

/// Characters of what is typed that are looked at.
const LONGEST: usize = 40;
/// Characters of a stretch that one wrong character is looked for in.
const WINDOW: usize = 8;
/// Words that a part of a spelling is tried with.
const TRIED: usize = 6;

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A city, county, province or region.
    Place,
    /// A programme or form of cooperation: 人才飞地, 对口帮扶.
    Programme,
    /// A word of the articles.
    Word,
    /// A headline.
    Title,
}

/// Something that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The whole text, with what stood before.
    pub text: String,
    /// What was put in.
    pub kind: Kind,
    /// How far it is from what was typed; 0 is what was typed and more.
    pub cost: f32,
    /// How many articles hold what was put in, as far as known.
    pub weight: u64,
}

/// The words that suggestions are made of.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: Vec<Entry>,
    by_text: HashMap<String, u32>,
    /// Entries in the order of their texts.
    sorted: OnceLock<Vec<u32>>,
    spelled: OnceLock<Spelled>,
}

#[derive(Debug)]
struct Entry {
    text: String,
    kind: Kind,
    weight: u64,
}

/// Spellings in order, each with its entry.
#[derive(Debug, Default)]
struct Spelled {
    whole: Vec<(String, u32)>,
    initials: Vec<(String, u32)>,
    blurred: Vec<(String, u32)>,
}

impl Lexicon {
    /// Makes a lexicon of words (folded, Chinese) with the number of articles that hold them;
    /// places and programmes are added.
    pub fn new(words: impl IntoIterator<Item = (String, u64)>) -> Self {
        let mut lexicon = Self::default();
        for (word, weight) in words {
            let entry = lexicon.entry(&word, Kind::Word);
            lexicon.entries[entry].weight += weight;
        }
        let gazetteer = Gazetteer::get();
        let names = gazetteer.divisions().iter().flat_map(|d| [d.name, d.short]);
        let regions = gazetteer.regions().iter().flat_map(|region| {
            let aliases = region.aliases.iter().filter(|alias| !alias.starts_with('?'));
            std::iter::once(region.name).chain(aliases.copied())
        });
        for name in names.chain(regions) {
            lexicon.add(name, Kind::Place);
        }
        for term in partners::terms() {
            lexicon.add(term, Kind::Programme);
        }
        for member in expand::members() {
            lexicon.add(member, Kind::Programme);
        }
        lexicon
    }

    fn add(&mut self, name: &str, kind: Kind) {
        let folded = fold(name);
        if folded.chars().count() > 1 && folded.chars().any(is_han) {
            let entry = self.entry(&folded, kind);
            if self.entries[entry].kind == Kind::Word {
                self.entries[entry].kind = kind;
            }
        }
    }

    fn entry(&mut self, text: &str, kind: Kind) -> usize {
        if let Some(&known) = self.by_text.get(text) {
            return known as usize;
        }
        let number = self.entries.len();
        self.by_text.insert(text.to_owned(), number as u32);
        self.entries.push(Entry { text: text.to_owned(), kind, weight: 0 });
        number
    }

    /// What may be meant by what was typed so far: its last part may go on, be misspelt, or be
    /// pinyin. The likeliest first; whether an article holds it has to be asked.
    pub fn complete(&self, typed: &str, most: usize) -> Vec<Guess> {
        let (before, last) = match typed.rfind(char::is_whitespace) {
            Some(at) => {
                let cut = at + typed[at..].chars().next().map_or(1, char::len_utf8);
                typed.split_at(cut)
            }
            None => ("", typed),
        };
        // Pinyin may be parted by apostrophes: xi'an.
        let letters: String = last.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
        let last = fold(last);
        let length = last.chars().count();
        if length == 0 || length > LONGEST {
            return Vec::new();
        }
        let is_pinyin = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_alphabetic());
        let mut guesses = if is_pinyin {
            self.of_pinyin(&letters.to_ascii_lowercase(), most)
        } else {
            self.of_beginning(&last, most)
        };
        if guesses.len() < most && last.chars().all(is_han) {
            guesses.extend(self.of_slips(&last));
        }
        let mut seen = HashSet::new();
        guesses.retain(|guess| guess.text != last && seen.insert(guess.text.clone()));
        guesses.sort_by(|a, b| {
            a.cost
                .total_cmp(&b.cost)
                .then(b.weight.cmp(&a.weight))
                .then_with(|| a.text.cmp(&b.text))
        });
        guesses.truncate(most);
        for guess in &mut guesses {
            guess.text.insert_str(0, before);
        }
        guesses
    }

    /// Queries that may have been meant instead of this one, each different in one stretch; the
    /// likeliest first. Whether they find anything has to be asked.
    pub fn corrections(&self, query: &str, most: usize) -> Vec<Guess> {
        let mut guesses = Vec::new();
        for stretch in stretches(query) {
            let folded = fold(&query[stretch.clone()]);
            if folded.chars().count() > LONGEST {
                continue;
            }
            let found = if folded.bytes().all(|b| b.is_ascii_alphabetic()) {
                if folded.len() > 1 { self.of_pinyin(&folded, most) } else { Vec::new() }
            } else {
                self.of_slips(&folded)
            };
            guesses.extend(found.into_iter().map(|guess| Guess {
                text: format!("{}{}{}", &query[..stretch.start], guess.text, &query[stretch.end..]),
                ..guess
            }));
        }
        guesses.sort_by(|a, b| {
            a.cost
                .total_cmp(&b.cost)
                .then(b.weight.cmp(&a.weight))
                .then_with(|| a.text.cmp(&b.text))
        });
        guesses.truncate(most);
        guesses
    }

    fn guess(&self, entry: u32, cost: f32) -> Guess {
        let Entry { text, kind, weight } = &self.entries[entry as usize];
        // A place or a programme is likelier meant than a word as frequent.
        let cost = if *kind == Kind::Word { cost + 0.05 } else { cost };
        Guess { text: text.clone(), kind: *kind, cost, weight: *weight }
    }

    /// Entries that begin with a text, or with its tail where the whole is no beginning.
    fn of_beginning(&self, text: &str, most: usize) -> Vec<Guess> {
        let sorted = self.sorted.get_or_init(|| {
            let mut sorted: Vec<u32> = (0..self.entries.len() as u32).collect();
            sorted.sort_by(|&a, &b| {
                self.entries[a as usize].text.cmp(&self.entries[b as usize].text)
            });
            sorted
        });
        let name = |&entry: &u32| self.entries[entry as usize].text.as_str();
        for (at, _) in text.char_indices().take(WINDOW * 2) {
            let (head, tail) = text.split_at(at);
            // One character begins too much to be the tail of anything.
            if at > 0 && tail.chars().count() < 2 {
                break;
            }
            let from = sorted.partition_point(|entry| name(entry) < tail);
            let mut found: Vec<Guess> = sorted[from..]
                .iter()
                .take_while(|entry| name(entry).starts_with(tail))
                .filter(|entry| name(entry).len() > tail.len())
                .map(|&entry| self.guess(entry, 0.0))
                .collect();
            found.sort_by_key(|guess| std::cmp::Reverse((guess.kind != Kind::Word, guess.weight)));
            // Half the room for places and programmes, half for words.
            let (named, words): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|guess| guess.kind != Kind::Word);
            let mut found: Vec<Guess> = named.into_iter().take(most).collect();
            found.extend(words.into_iter().take(most));
            if !found.is_empty() {
                for guess in &mut found {
                    guess.text.insert_str(0, head);
                }
                return found;
            }
        }
        Vec::new()
    }

    /// Entries that are spelled so, or begin so; else two of them, one after the other.
    fn of_pinyin(&self, letters: &str, most: usize) -> Vec<Guess> {
        if letters.is_empty() || letters.len() > LONGEST {
            return Vec::new();
        }
        let spelled = self.spelled();
        let mut found = Vec::new();
        let mut take = |entries: Vec<u32>, cost: f32| {
            found.extend(entries.into_iter().take(most).map(|entry| self.guess(entry, cost)));
        };
        take(self.spelled_so(&spelled.whole, letters), 0.1);
        if letters.len() > 1 {
            take(self.spelled_so(&spelled.initials, letters), 0.3);
        }
        take(self.beginning_so(&spelled.whole, letters), 0.4);
        if letters.len() > 2 {
            take(self.beginning_so(&spelled.initials, letters), 0.6);
        }
        if letters.len() > 3 {
            take(self.spelled_so(&spelled.blurred, &blurred(letters)), 0.8);
        }
        if found.len() < TRIED {
            for at in 2..letters.len().saturating_sub(1) {
                let (first, second) = letters.split_at(at);
                let firsts = self.spelled_so(&spelled.whole, first);
                if firsts.is_empty() {
                    continue;
                }
                let mut seconds = self.spelled_so(&spelled.whole, second);
                seconds.extend(self.beginning_so(&spelled.whole, second));
                self.side_by_side(&firsts, &seconds, 1.0, &mut found);
            }
            if (4..=6).contains(&letters.len()) {
                let (first, second) = letters.split_at(2);
                let firsts = self.spelled_so(&spelled.initials, first);
                let seconds = self.spelled_so(&spelled.initials, second);
                self.side_by_side(&firsts, &seconds, 1.4, &mut found);
            }
        }
        found
    }

    /// Two entries one after the other, in every way.
    fn side_by_side(&self, firsts: &[u32], seconds: &[u32], cost: f32, found: &mut Vec<Guess>) {
        for &first in firsts.iter().take(TRIED) {
            for &second in seconds.iter().take(TRIED) {
                let (first, second) = (&self.entries[first as usize], self.guess(second, cost));
                let weight = first.weight.min(second.weight);
                let text = format!("{}{}", first.text, second.text);
                found.push(Guess { text, weight, ..second });
            }
        }
    }

    fn spelled(&self) -> &Spelled {
        self.spelled.get_or_init(|| {
            let mut spelled = Spelled::default();
            for (number, entry) in (0..).zip(&self.entries) {
                for (whole, initials) in spellings(&entry.text) {
                    spelled.blurred.push((blurred(&whole), number));
                    spelled.whole.push((whole, number));
                    spelled.initials.push((initials, number));
                }
            }
            for list in [&mut spelled.whole, &mut spelled.initials, &mut spelled.blurred] {
                list.sort_unstable();
                list.dedup();
            }
            spelled
        })
    }

    /// Entries of a spelling, the most frequent first.
    fn spelled_so(&self, list: &[(String, u32)], letters: &str) -> Vec<u32> {
        let from = list.partition_point(|(spelling, _)| spelling.as_str() < letters);
        let same = list[from..].iter().take_while(|(spelling, _)| spelling == letters);
        self.frequent(same.map(|&(_, entry)| entry).collect())
    }

    /// Entries whose spelling goes on after some letters, the most frequent first.
    fn beginning_so(&self, list: &[(String, u32)], letters: &str) -> Vec<u32> {
        let from = list.partition_point(|(spelling, _)| spelling.as_str() <= letters);
        let longer = list[from..].iter().take_while(|(spelling, _)| spelling.starts_with(letters));
        self.frequent(longer.map(|&(_, entry)| entry).collect())
    }

    fn frequent(&self, mut entries: Vec<u32>) -> Vec<u32> {
        entries.sort_unstable();
        entries.dedup();
        entries.sort_by_key(|&entry| {
            let Entry { kind, weight, .. } = &self.entries[entry as usize];
            std::cmp::Reverse((*weight, *kind != Kind::Word))
        });
        entries
    }

    /// A text in which one part is replaced by an entry that it may be a slip for.
    fn of_slips(&self, text: &str) -> Vec<Guess> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() < 2 {
            return Vec::new();
        }
        let alike = alike(&characters);
        let mut found = Vec::new();
        let mut known: Vec<char> = Vec::new();
        for (number, entry) in (0..).zip(&self.entries) {
            // A Chinese character has three bytes.
            if entry.text.len() > 3 * (characters.len() + 1).min(WINDOW) {
                continue;
            }
            known.clear();
            known.extend(entry.text.chars());
            for length in [known.len(), known.len() + 1, known.len().saturating_sub(1)] {
                if length < 2 || length > characters.len() {
                    continue;
                }
                for start in 0..=characters.len() - length {
                    let window = start..start + length;
                    let Some(cost) = slip(&characters, &alike, window.clone(), &known) else {
                        continue;
                    };
                    let typed: String = characters[window.clone()].iter().collect();
                    // What is a word itself is seldom a slip.
                    let is_word = self.by_text.get(&typed).is_some_and(|&typed| {
                        self.entries[typed as usize].weight * 20 > entry.weight
                    });
                    let guess = self.guess(number, cost + if is_word { 1.0 } else { 0.0 });
                    let before: String = characters[..window.start].iter().collect();
                    let after: String = characters[window.end..].iter().collect();
                    found.push(Guess { text: format!("{before}{}{after}", guess.text), ..guess });
                }
            }
        }
        found
    }
}

/// For each character of a text all that can be read like it, and what it costs to take one for the
/// other: more where only who does not tell all sounds apart would.
fn alike(characters: &[char]) -> Vec<HashMap<char, f32>> {
    static BY_READING: OnceLock<HashMap<String, Vec<char>>> = OnceLock::new();
    let by_reading = BY_READING.get_or_init(|| {
        let mut by_reading: HashMap<String, Vec<char>> = HashMap::new();
        for character in '\u{4e00}'..='\u{9fff}' {
            for reading in readings(character) {
                let as_heard = blurred(&reading);
                if as_heard != reading {
                    by_reading.entry(format!("~{as_heard}")).or_default().push(character);
                }
                // What is heard the same as it is written stands in both lists.
                by_reading.entry(format!("~{reading}")).or_default().push(character);
                by_reading.entry(reading).or_default().push(character);
            }
        }
        by_reading
    });
    let of = |&character: &char| {
        let mut costs: HashMap<char, f32> = HashMap::new();
        for reading in readings(character) {
            let heard = by_reading.get(&format!("~{}", blurred(&reading)));
            for &other in heard.into_iter().flatten() {
                costs.entry(other).or_insert(1.25);
            }
            for &other in by_reading.get(&reading).into_iter().flatten() {
                costs.insert(other, 1.0);
            }
        }
        costs
    };
    characters.iter().map(of).collect()
}

/// What it costs to take a part of a text for a slip of a known word; none if it is none.
fn slip(
    text: &[char],
    alike: &[HashMap<char, f32>],
    window: Range<usize>,
    known: &[char],
) -> Option<f32> {
    let typed = &text[window.clone()];
    if typed.len() == known.len() {
        let mut other = (0..known.len()).filter(|&at| typed[at] != known[at]);
        let first = other.next()?;
        let second = other.next();
        let sounds = |at: usize| {
            if typed[at] == known[at] {
                return Some(1.0);
            }
            alike[window.start + at].get(&known[at]).copied()
        };
        if other.next().is_some() {
            // Three characters or more differ: only if all sound alike.
            let costs: Option<Vec<f32>> = (0..known.len()).map(sounds).collect();
            return costs.map(|costs| 0.5 + costs.into_iter().fold(1.0, f32::max));
        }
        match second {
            None => match sounds(first) {
                Some(cost) => Some(cost),
                // Of four characters three have to be right; fewer say too little.
                None => (known.len() >= 4).then_some(1.6),
            },
            Some(second)
                if second == first + 1
                    && typed[first] == known[second]
                    && typed[second] == known[first] =>
            {
                Some(1.0)
            }
            Some(second) => Some(0.3 + sounds(first)?.max(sounds(second)?)),
        }
    } else {
        // One character too many or too few.
        let (long, short) = if typed.len() > known.len() { (typed, known) } else { (known, typed) };
        if short.len() < 3 {
            return None;
        }
        let same = long.iter().zip(short).take_while(|(a, b)| a == b).count();
        (long[same + 1..] == short[same..]).then_some(1.8)
    }
}

/// The stretches of a query that are all Chinese or all Latin letters.
fn stretches(query: &str) -> Vec<Range<usize>> {
    let kind = |c: char| {
        if is_han(c) {
            1
        } else if c.is_ascii_alphabetic() {
            2
        } else {
            0
        }
    };
    let mut found: Vec<(Range<usize>, u8)> = Vec::new();
    for (at, character) in query.char_indices() {
        let end = at + character.len_utf8();
        match (kind(character), found.last_mut()) {
            (0, _) => {}
            (this, Some((range, that))) if *that == this && range.end == at => range.end = end,
            (this, _) => found.push((at..end, this)),
        }
    }
    found.into_iter().map(|(range, _)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let words = [
            ("人才", 9000),
            ("人口", 5000),
            ("人材", 3),
            ("飞地", 60),
            ("厦门", 800),
            ("佛山", 700),
            ("重庆", 1500),
            ("产业", 9000),
            ("园区", 4000),
            ("合作", 20000),
            ("经典", 300),
            ("景点", 400),
        ];
        Lexicon::new(words.map(|(word, weight)| (word.to_owned(), weight)))
    }

    fn texts(guesses: &[Guess]) -> Vec<&str> {
        guesses.iter().map(|guess| guess.text.as_str()).collect()
    }

    #[test]
    fn while_typing_what_may_come_is_said() {
        let lexicon = lexicon();
        for (typed, meant) in [
            ("人才飞", "人才飞地"),
            ("佛", "佛山"),
            ("佛山 人才飞", "佛山 人才飞地"),
            ("共享人才飞", "共享人才飞地"),
            ("rencaifeidi", "人才飞地"),
            ("rencaif", "人才飞地"),
            ("rcfd", "人才飞地"),
            ("foshan", "佛山"),
            ("fosan", "佛山"),
            ("chongqing", "重庆"),
            ("chong'qing", "重庆"),
            ("xiamen", "厦门"),
            ("佛山 xiam", "佛山 厦门"),
            ("chanyeyuanqu", "产业园区"),
            ("人材飞地", "人才飞地"),
            ("门厦", "厦门"),
            ("长三脚", "长三角"),
        ] {
            let guesses = lexicon.complete(typed, 10);
            let texts = texts(&guesses);
            assert!(texts.contains(&meant), "{typed}: {texts:?}");
        }
        assert!(lexicon.complete("", 10).is_empty() && lexicon.complete("，", 10).is_empty());
    }

    #[test]
    fn what_was_mistyped_is_put_right() {
        let lexicon = lexicon();
        for (query, meant) in [
            ("人材飞地", "人才飞地"),
            ("门厦", "厦门"),
            ("“人材飞地” -招聘", "“人才飞地” -招聘"),
            ("佛三 人才", "佛山 人才"),
            ("rencaifeidi", "人才飞地"),
            ("foshan 人才", "佛山 人才"),
        ] {
            let guesses = lexicon.corrections(query, 20);
            let texts = texts(&guesses);
            assert!(texts.iter().take(6).any(|text| *text == meant), "{query}: {texts:?}");
        }
    }

    #[test]
    fn a_short_word_is_no_slip_for_another_that_sounds_otherwise() {
        let lexicon = lexicon();
        let guesses = lexicon.corrections("人才", 50);
        let texts = texts(&guesses);
        assert!(!texts.contains(&"人口"), "{texts:?}");
    }
}
