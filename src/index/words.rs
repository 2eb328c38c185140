//! Folded text → words, the same for articles and for queries.
//!
//! Text is cut by jieba without its hidden Markov model, so that cutting depends on the dictionary
//! alone; a word of four characters or more is then split into words of two or three where that
//! leaves no character over (中华人民共和国 → 中华 人民 共和国). The words of a text never overlap:
//! sub-words that cross meaning, such as 湾区 in 荔湾区, are not words of it. What the dictionary
//! knows and the cut passed over are the text's *hidden* words; they make sure that everything
//! the text contains is found, and do not count for ranking.
//!
//! An indexer loads the whole dictionary into jieba once (some 150 ms). A query is cut in the same way
//! by [`words_of_query`], which only reads the entries that occur in it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;
use fst::raw::{CompiledAddr, Fst};
use tantivy_jieba::jieba_rs::Jieba;

use crate::clean::fold::is_han;

/// The dictionary as `build.rs` compiled it.
static ENTRIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.fst"));

/// The sum of all frequencies.
#[expect(clippy::unreadable_literal, reason = "written by build.rs")]
const TOTAL: u64 = include!(concat!(env!("OUT_DIR"), "/words_total.rs"));

/// Single characters that carry grammar and no meaning; they are not words of a text.
const FUNCTION_CHARACTERS: &str = "的了和是在与及或等也都而并就从对将于把被让给向由以为之其这那着过地得所还又但则因且若如我你他她它们吗呢吧啊呀哪么很最更再只才个";

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary {
    entries: Fst::new(ENTRIES).expect("build.rs wrote a finite-state map"),
});

/// The word list with frequencies, read in place.
pub struct Dictionary {
    entries: Fst<&'static [u8]>,
}

impl Dictionary {
    /// The dictionary of this program.
    pub fn get() -> &'static Self {
        &DICTIONARY
    }

    /// Tells dictionaries apart: part of an index's stamp.
    pub fn fingerprint() -> String {
        blake3::hash(ENTRIES).to_hex()[..12].to_owned()
    }

    /// How often a word occurred in the dictionary's sources; none if it is no word.
    pub fn frequency(&self, word: &str) -> Option<u64> {
        self.entries.get(word).map(fst::raw::Output::value)
    }

    /// Hands every word that a text starts with to `emit`: bytes of its end, and frequency.
    fn prefixes(&self, text: &[u8], mut emit: impl FnMut(usize, u64)) {
        let mut node = self.entries.root();
        let mut sum = 0;
        for (at, &byte) in text.iter().enumerate() {
            let Some(index) = node.find_input(byte) else { return };
            let transition = node.transition(index);
            sum += transition.out.value();
            let address: CompiledAddr = transition.addr;
            node = self.entries.node(address);
            if node.is_final() {
                emit(at + 1, sum + node.final_output().value());
            }
        }
    }
}

/// Cuts folded text into words.
pub struct Segmenter {
    jieba: Jieba,
}

/// The segmenter over the whole dictionary.
static FULL: LazyLock<Segmenter> = LazyLock::new(|| {
    let dictionary = Dictionary::get();
    let mut lines = String::with_capacity(ENTRIES.len() * 2);
    let mut stream = dictionary.entries.stream();
    while let Some((word, frequency)) = fst::Streamer::next(&mut stream) {
        if let Ok(word) = std::str::from_utf8(word) {
            let _ = writeln!(lines, "{word} {}", frequency.value());
        }
    }
    Segmenter::over(&lines)
});

thread_local! {
    /// Splits of long words, which repeat: 中华人民共和国 is split once a thread.
    static SPLITS: RefCell<HashMap<Box<str>, Box<[u8]>>> = RefCell::default();
}

impl Segmenter {
    /// The segmenter for many texts; the first call loads the dictionary.
    pub fn full() -> &'static Self {
        &FULL
    }

    fn over(lines: &str) -> Self {
        let mut jieba = Jieba::empty();
        jieba.load_dict(&mut lines.as_bytes()).expect("the dictionary holds words and frequencies");
        Self { jieba }
    }

    /// Returns the words of a folded text, as byte ranges in order, none overlapping. Punctuation
    /// and function characters are no words.
    pub fn words(&self, folded: &str) -> Vec<Range<usize>> {
        let mut words = Vec::with_capacity(folded.len() / 5);
        for token in self.jieba.cut(folded, false) {
            if is_word(token.word) {
                split(token.word, token.byte_start, &mut words);
            }
        }
        words
    }

    /// Returns what a folded text holds beside its `words`, as byte ranges: the dictionary's words
    /// that the cut passed over everywhere, and parts of numbers and Latin words (60 and g6 in
    /// g60). Each is returned once.
    ///
    /// Together with the words themselves this is everything for which
    /// [`is_term_everywhere`] holds, wherever it stands in the text.
    pub fn hidden(&self, folded: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut hidden = Vec::with_capacity(words.len() / 2);
        SEEN.with_borrow_mut(|seen| {
            let seen = seen.for_next_text();
            let mut next = 0;
            let mut passed_over = Vec::with_capacity(words.len());
            for found in AUTOMATON.find_overlapping_iter(folded) {
                let range = found.start()..found.end();
                // Found words come in order of their ends; so do the words of the cut.
                while next < words.len() && words[next].end < range.end {
                    next += 1;
                }
                if words.get(next) == Some(&range) {
                    seen.note(found.value());
                } else {
                    passed_over.push((found.value(), range));
                }
            }
            hidden.extend(
                passed_over
                    .into_iter()
                    .filter(|&(word, _)| seen.note(word))
                    .map(|(_, range)| range),
            );
        });
        hidden_parts(folded, words, &mut hidden);
        hidden
    }
}

/// Every word of the dictionary that can be hidden, for finding all of them in one pass; made by
/// `build.rs`, since making it takes seconds.
static AUTOMATON: LazyLock<CharwiseDoubleArrayAhoCorasick<u32>> = LazyLock::new(|| {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/words.daac"));
    let read = CharwiseDoubleArrayAhoCorasick::deserialize(bytes);
    read.expect("build.rs wrote an automaton").0
});

thread_local! {
    static SEEN: RefCell<Seen> = RefCell::default();
}

/// Which words of the automaton a text has had so far.
#[derive(Default)]
struct Seen {
    /// For each word the number of the last text that had it.
    last: Vec<u32>,
    text: u32,
}

impl Seen {
    fn for_next_text(&mut self) -> &mut Self {
        self.text = self.text.wrapping_add(1);
        if self.text == 0 {
            self.last.clear();
            self.text = 1;
        }
        self
    }

    /// Notes a word; whether the text had not had it yet.
    fn note(&mut self, word: u32) -> bool {
        let at = word as usize;
        if at >= self.last.len() {
            self.last.resize(at + 1024, 0);
        }
        std::mem::replace(&mut self.last[at], self.text) != self.text
    }
}

/// Adds the parts of numbers and Latin words that are not words themselves.
fn hidden_parts(folded: &str, words: &[Range<usize>], hidden: &mut Vec<Range<usize>>) {
    for run in alphanumeric_runs(folded) {
        for start in run.clone() {
            for end in start + 2..=run.end.min(start + LONGEST_PART) {
                let part = start..end;
                let same_start = words.binary_search_by_key(&start, |word| word.start);
                if same_start.map(|at| &words[at]) != Ok(&part) {
                    hidden.push(part);
                }
            }
        }
    }
}

/// Returns every Chinese word of the dictionary that stands in a short folded text, without
/// loading anything.
pub fn words_within(folded: &str) -> Vec<&str> {
    let dictionary = Dictionary::get();
    let mut within = Vec::new();
    for (start, _) in folded.char_indices() {
        dictionary.prefixes(&folded.as_bytes()[start..], |length, _| {
            let word = &folded[start..start + length];
            if is_chinese_entry(word) {
                within.push(word);
            }
        });
    }
    within.sort_unstable();
    within.dedup();
    within
}

/// Letters or digits in a row up to which every part of a number or Latin word is a term.
const LONGEST_PART: usize = 8;

/// Whether a text of two characters or more is found as a term in every text that contains it:
/// Chinese words of the dictionary, and short runs of letters and digits.
pub fn is_term_everywhere(folded: &str) -> bool {
    let parts = 2..=LONGEST_PART;
    (parts.contains(&folded.len()) && folded.bytes().all(|b| b.is_ascii_alphanumeric()))
        || (is_chinese_entry(folded) && Dictionary::get().frequency(folded).is_some())
}

/// Whether a word of the dictionary has two characters or more, a Chinese one among them.
fn is_chinese_entry(word: &str) -> bool {
    word.len() > 3 && word.chars().nth(1).is_some() && word.chars().any(is_han)
}

/// The longest stretches of ASCII letters and digits in a text.
fn alphanumeric_runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(u8::is_ascii_alphanumeric)?;
        let length = bytes[start..].iter().position(|b| !b.is_ascii_alphanumeric());
        at = length.map_or(bytes.len(), |length| start + length);
        Some(start..at)
    })
}

/// Cuts a short folded text, such as a query, exactly as [`Segmenter::full`] does (a property test
/// holds it to that), without loading anything.
///
/// This is jieba's cut without its hidden Markov model, reading the dictionary in place: of all ways
/// to write a stretch of text with words of the dictionary, the one whose frequencies multiply to
/// the most; a character that starts no word stands alone; lone letters and digits join.
pub fn words_of_query(folded: &str) -> Vec<Range<usize>> {
    let characters: Vec<(usize, char)> = folded.char_indices().collect();
    let mut words = Vec::new();
    let mut emit = |range: Range<usize>| {
        let piece = &folded[range.clone()];
        if is_word(piece) {
            split(piece, range.start, &mut words);
        }
    };
    for stretch in characters.chunk_by(|(_, a), (_, b)| is_written_on(*a) && is_written_on(*b)) {
        let Some(&(start, first)) = stretch.first() else { continue };
        let end = stretch.last().map_or(start, |&(at, last)| at + last.len_utf8());
        if is_written_on(first) {
            cut_stretch(folded, stretch, end, &mut emit);
        } else {
            emit(start..end);
        }
    }
    words
}

/// The characters that jieba reads in one stretch (its `is_han_default`): Chinese ones, ASCII
/// letters and digits and what joins them.
fn is_written_on(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "+#&._%-".contains(character)
        || matches!(character,
            '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2ebef}' | '\u{2f800}'..='\u{2fa1f}')
}

/// Hands the words of one stretch to `emit`, as byte ranges of the text.
fn cut_stretch(
    text: &str,
    characters: &[(usize, char)],
    end: usize,
    emit: &mut impl FnMut(Range<usize>),
) {
    let dictionary = Dictionary::get();
    let count = characters.len();
    let offset = |at: usize| characters.get(at).map_or(end, |&(offset, _)| offset);
    let log_total = (TOTAL as f64).ln();
    // For each character the likelihood of the best way to write the rest, and where its first word
    // ends. The sums are formed in jieba's order, so that equal likelihoods are equal here, too.
    let mut best = vec![(0.0f64, count); count + 1];
    for at in (0..count).rev() {
        let mut found: Option<(f64, usize)> = None;
        let mut next = at;
        dictionary.prefixes(&text.as_bytes()[offset(at)..end], |length, frequency| {
            while offset(next) < offset(at) + length {
                next += 1;
            }
            let likelihood = (frequency as f64).ln() - log_total + best[next].0;
            if found.is_none_or(|(most, _)| likelihood >= most) {
                found = Some((likelihood, next));
            }
        });
        best[at] = found.unwrap_or((0.0 - log_total + best[at + 1].0, at + 1));
    }
    let mut at = 0;
    let mut lone: Option<usize> = None;
    while at < count {
        let next = best[at].1;
        if next - at == 1 && characters[at].1.is_ascii_alphanumeric() {
            lone.get_or_insert(at);
        } else {
            if let Some(start) = lone.take() {
                emit(offset(start)..offset(at));
            }
            emit(offset(at)..offset(next));
        }
        at = next;
    }
    if let Some(start) = lone {
        emit(offset(start)..end);
    }
}

/// Whether a piece of text is a word: it has a letter or digit and is no function character.
fn is_word(piece: &str) -> bool {
    let mut characters = piece.chars();
    let Some(first) = characters.next() else { return false };
    let is_letter = |c: char| is_han(c) || c.is_alphanumeric();
    if characters.next().is_none() {
        return is_letter(first) && !FUNCTION_CHARACTERS.contains(first);
    }
    is_letter(first) || piece.chars().any(is_letter)
}

/// Adds a word, or the words of two and three characters that it is made of.
fn split(word: &str, start: usize, words: &mut Vec<Range<usize>>) {
    // Characters of the dictionary's Chinese words take three bytes, with few exceptions that
    // then simply stay whole.
    let characters = word.len() / 3;
    if characters < 4 || !word.len().is_multiple_of(3) || !word.chars().all(|c| c.len_utf8() == 3) {
        words.push(start..start + word.len());
        return;
    }
    SPLITS.with_borrow_mut(|splits| {
        if splits.len() > 100_000 {
            splits.clear();
        }
        if !splits.contains_key(word) {
            splits.insert(word.into(), pieces(word));
        }
        let mut at = start;
        for &piece in splits.get(word).into_iter().flatten() {
            let end = at + usize::from(piece);
            words.push(at..end);
            at = end;
        }
    });
}

/// The most likely way to write a long word with words of two and three characters: their lengths
/// in bytes; the word itself if a character would be left over.
fn pieces(word: &str) -> Box<[u8]> {
    let dictionary = Dictionary::get();
    let count = word.len() / 3;
    // best[i]: log likelihood of the first i characters and the length of the last piece.
    let mut best: Vec<Option<(f64, usize)>> = vec![None; count + 1];
    best[0] = Some((0.0, 0));
    for end in 2..=count {
        for length in 2..=3.min(end) {
            let Some((before, _)) = best[end - length] else { continue };
            let piece = &word[(end - length) * 3..end * 3];
            if let Some(frequency) = dictionary.frequency(piece) {
                let likelihood = before + (frequency.max(1) as f64 / TOTAL as f64).ln();
                if best[end].is_none_or(|(found, _)| likelihood > found) {
                    best[end] = Some((likelihood, length));
                }
            }
        }
    }
    let mut lengths = Vec::new();
    let mut at = count;
    while let Some((_, length)) = best[at].filter(|_| at > 0) {
        lengths.push((length * 3) as u8);
        at -= length;
    }
    if at > 0 || lengths.is_empty() {
        return Box::new([u8::try_from(word.len()).unwrap_or(u8::MAX)]);
    }
    lengths.reverse();
    lengths.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clean::fold::fold;

    fn cut(segmenter: &Segmenter, folded: &str) -> Vec<String> {
        segmenter.words(folded).into_iter().map(|range| folded[range].to_owned()).collect()
    }

    #[test]
    fn words_are_fine_and_never_overlap() {
        for (text, words) in [
            (
                "广州市荔湾区与佛山市南海区共建人才飞地",
                "广州市 荔湾区 佛山市 南海区 共建 人才 飞地",
            ),
            ("中华人民共和国社会保障部", "中华 人民 共和国 社会 保障部"),
            ("上海市委书记在长三角G60科创走廊", "上海 市委 书记 长三角 g60 科 创 走廊"),
            ("長三角２０２４年", "长三角 2024 年"),
            ("，。！", ""),
        ] {
            assert_eq!(cut(Segmenter::full(), &fold(text)).join(" "), words, "{text}");
        }
    }

    #[test]
    fn the_automaton_has_exactly_the_words_that_can_be_hidden() {
        let mut words = 0;
        let mut stream = Dictionary::get().entries.stream();
        while let Some((word, _)) = fst::Streamer::next(&mut stream) {
            words += usize::from(is_chinese_entry(std::str::from_utf8(word).unwrap()));
        }
        assert_eq!(AUTOMATON.iter().count(), words);
    }

    #[test]
    fn what_the_cut_passes_over_is_hidden() {
        let hidden = |text: &'static str| -> Vec<&str> {
            let segmenter = Segmenter::full();
            let words = segmenter.words(text);
            segmenter.hidden(text, &words).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(hidden("荔湾区，南海区"), ["荔湾", "湾区", "南海", "海区"]);
        assert_eq!(hidden("荔湾区的湾区"), ["荔湾"], "here 湾区 is a word of its own, too");
        assert_eq!(hidden("g60"), ["g6", "60"]);
    }

    #[test]
    fn real_texts_are_cut_alike_wherever_they_are_cut_off() {
        let feed = std::fs::read_to_string("data/sample/feeds/crawl.jsonl").unwrap();
        let folded: Vec<char> = fold(&feed).chars().collect();
        for (number, window) in folded.windows(37).step_by(5).enumerate() {
            let text: String = window[..=(number % 37)].iter().collect();
            assert_eq!(words_of_query(&text), Segmenter::full().words(&text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn a_query_is_cut_as_an_article_is(text in "([一-龥]|[的区市人才飞地合作京津冀发展中国大学南海佛山]|[a-c0-9 ,.。]){1,40}") {
            let folded = fold(&text);
            prop_assert_eq!(words_of_query(&folded), Segmenter::full().words(&folded));
        }
    }
}
