//! Folded text → words, the same for articles and for queries.
//!
//! Text is cut as jieba cuts it without its hidden Markov model (a property test compares the two),
//! so that cutting depends on the dictionary alone; a word of four characters or more is then split
//! into words of two or three where that leaves no character over (中华人民共和国 → 中华 人民
//! 共和国). The words of a text never overlap: sub-words that cross meaning, such as 湾区 in 荔湾区,
//! are not words of it. What the dictionary knows and the cut passed over are the text's *hidden*
//! words; they make sure that everything the text contains is found, and do not count for ranking.
//!
//! The dictionary is read in place (see [`trie`](super::trie)): a query costs what its characters
//! cost, and an article is walked over once for its words and its hidden words.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use hashbrown::HashMap;

use super::trie::{Ahead, Trie, WordId};
use crate::clean::fold::{ascii_runs, is_han};

/// The dictionary as `build.rs` compiled it.
static ENTRIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.trie"));

/// Tells dictionaries apart.
const FINGERPRINT: &str = include!(concat!(env!("OUT_DIR"), "/words_fingerprint.rs"));

/// The sum of all frequencies.
#[expect(clippy::unreadable_literal, reason = "written by build.rs")]
const TOTAL: u64 = include!(concat!(env!("OUT_DIR"), "/words_total.rs"));

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let trie = Trie::new(ENTRIES).expect("build.rs wrote a trie");
    let log_total = (TOTAL as f64).ln();
    let likelihoods = trie.frequencies().map(|f| (f as f64).ln() - log_total).collect();
    Dictionary { trie, likelihoods, unknown: 0.0 - log_total }
});

/// The word list with frequencies, read in place.
pub struct Dictionary {
    trie: Trie<'static>,
    /// For each class of the trie the logarithm of how likely such a word is.
    likelihoods: Vec<f64>,
    /// The same of a character that is no word.
    unknown: f64,
}

impl Dictionary {
    /// The dictionary of this program.
    pub fn get() -> &'static Self {
        &DICTIONARY
    }

    /// Tells dictionaries apart: part of an index's stamp.
    pub fn fingerprint() -> &'static str {
        FINGERPRINT
    }

    /// How often a word occurred in the dictionary's sources; none if it is no word.
    pub fn frequency(&self, word: &str) -> Option<u64> {
        self.trie.frequency_of(word)
    }
}

/// What a folded text is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Its words, as byte ranges in order, none overlapping. Punctuation and function characters
    /// are no words.
    pub words: Vec<Range<usize>>,
    /// What it holds beside them, as byte ranges: the dictionary's words that the cut passed over
    /// everywhere, each once, and parts of numbers and Latin words (60 and g6 in g60).
    ///
    /// Together with the words themselves this is everything for which [`is_term_everywhere`]
    /// holds, wherever it stands in the text.
    pub hidden: Vec<Range<usize>>,
}

impl Words {
    /// Cuts a folded text.
    pub fn of(folded: &str) -> Self {
        CUTTER.with_borrow_mut(|cutter| {
            cutter.cut(folded);
            let words: Vec<_> = cutter.words.iter().map(|word| cutter.bytes(word)).collect();
            let hidden = cutter.hidden(folded, &words);
            Self { words, hidden }
        })
    }
}

/// A folded text's words and hidden words, each followed by `end_of_term`.
pub(super) fn terms(folded: &str, end_of_term: char) -> [String; 2] {
    let Words { words, hidden } = Words::of(folded);
    [words, hidden].map(|ranges| {
        let bytes: usize = ranges.iter().map(|range| range.len() + 1).sum();
        let mut terms = String::with_capacity(bytes);
        for range in ranges {
            terms.push_str(&folded[range]);
            terms.push(end_of_term);
        }
        terms
    })
}

/// Returns the words of a folded text alone, as byte ranges in order: what a query asks for.
pub fn words_of_query(folded: &str) -> Vec<Range<usize>> {
    CUTTER.with_borrow_mut(|cutter| {
        cutter.cut(folded);
        cutter.words.iter().map(|word| cutter.bytes(word)).collect()
    })
}

thread_local! {
    static CUTTER: RefCell<Cutter> = RefCell::default();
}

/// A word of the dictionary somewhere in a text; places are numbers of characters.
struct Match {
    start: u32,
    end: u32,
    word: WordId,
}

/// A text as it is being cut, in room that is used again for the next text.
#[derive(Default)]
struct Cutter {
    /// For each character its code in the dictionary.
    codes: Vec<u16>,
    /// For each character what [`Trie::look_ahead`] has for it.
    ahead: Vec<Ahead>,
    /// For each character its kind.
    kinds: Vec<Kind>,
    /// For each character its first byte; at the end, the length of the text.
    offsets: Vec<usize>,
    /// For each character the likelihood of the best way to write the rest of its stretch.
    best: Vec<f64>,
    /// For each character where the first word of that way ends.
    next: Vec<u32>,
    /// The words that were cut, in order; places are numbers of characters.
    words: Vec<Range<u32>>,
    /// For each character the end of the word that was cut there; 0 where none starts.
    cut_at: Vec<u32>,
    /// The dictionary's Chinese words, wherever they stand, the last first.
    matches: Vec<Match>,
    /// Which words the text has had, a bit each.
    seen: Vec<u64>,
}

/// What cutting has to know of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Han,
    /// A Chinese character outside the blocks that jieba cuts.
    OtherHan,
    AsciiAlphanumeric,
    /// What joins letters and digits, as in c++ or 3.5%.
    Joining,
    OtherAlphanumeric,
    Other,
}

impl Kind {
    #[inline]
    fn of(character: char) -> Self {
        match character {
            '\u{4e00}'..='\u{9fff}' => Self::Han,
            '0'..='9' | 'a'..='z' | 'A'..='Z' => Self::AsciiAlphanumeric,
            '+' | '#' | '&' | '.' | '_' | '%' | '-' => Self::Joining,
            _ => Self::of_rare(character),
        }
    }

    fn of_rare(character: char) -> Self {
        match character {
            '\u{3400}'..='\u{4dbf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{2a6df}'
            | '\u{2a700}'..='\u{2ebef}'
            | '\u{2f800}'..='\u{2fa1f}' => Self::Han,
            _ if is_han(character) => Self::OtherHan,
            _ if character.is_alphanumeric() => Self::OtherAlphanumeric,
            _ => Self::Other,
        }
    }

    /// Whether jieba reads it in one stretch with its like (its `is_han_default`): Chinese
    /// characters, ASCII letters and digits and what joins them.
    const fn is_written_on(self) -> bool {
        matches!(self, Self::Han | Self::AsciiAlphanumeric | Self::Joining)
    }

    const fn is_letter(self) -> bool {
        !matches!(self, Self::Joining | Self::Other)
    }

    const fn is_han(self) -> bool {
        matches!(self, Self::Han | Self::OtherHan)
    }
}

/// Whether a single character carries grammar and no meaning: such are no words of a text.
const fn is_function(character: char) -> bool {
    matches!(
        character,
        '的' | '了'
            | '和'
            | '是'
            | '在'
            | '与'
            | '及'
            | '或'
            | '等'
            | '也'
            | '都'
            | '而'
            | '并'
            | '就'
            | '从'
            | '对'
            | '将'
            | '于'
            | '把'
            | '被'
            | '让'
            | '给'
            | '向'
            | '由'
            | '以'
            | '为'
            | '之'
            | '其'
            | '这'
            | '那'
            | '着'
            | '过'
            | '地'
            | '得'
            | '所'
            | '还'
            | '又'
            | '但'
            | '则'
            | '因'
            | '且'
            | '若'
            | '如'
            | '我'
            | '你'
            | '他'
            | '她'
            | '它'
            | '们'
            | '吗'
            | '呢'
            | '吧'
            | '啊'
            | '呀'
            | '哪'
            | '么'
            | '很'
            | '最'
            | '更'
            | '再'
            | '只'
            | '才'
            | '个'
    )
}

impl Cutter {
    /// Cuts a text into `words`.
    ///
    /// This is jieba's cut without its hidden Markov model: of all ways to write a stretch of text
    /// with words of the dictionary, the one whose frequencies multiply to the most; a character
    /// that starts no word stands alone, as does one outside of stretches; lone letters and digits
    /// join.
    fn cut(&mut self, text: &str) {
        self.read(text);
        self.weigh();
        let count = self.kinds.len();
        let (mut at, mut lone) = (0, None);
        while at < count {
            let next = self.next[at] as usize;
            // Lone letters and digits of one stretch join.
            if next - at == 1 && self.kinds[at] == Kind::AsciiAlphanumeric {
                lone.get_or_insert(at);
                at = next;
                continue;
            }
            if let Some(start) = lone.take() {
                self.piece(text, start..at);
            }
            self.piece(text, at..next);
            at = next;
        }
        if let Some(start) = lone {
            self.piece(text, start..count);
        }
    }

    /// Takes a text in.
    fn read(&mut self, text: &str) {
        let trie = &Dictionary::get().trie;
        self.codes.clear();
        self.kinds.clear();
        self.offsets.clear();
        for (offset, character) in text.char_indices() {
            self.codes.push(trie.code(character));
            self.kinds.push(Kind::of(character));
            self.offsets.push(offset);
        }
        self.offsets.push(text.len());
        trie.look_ahead(&self.codes, &mut self.ahead);
        self.matches.clear();
        self.words.clear();
        self.cut_at.clear();
        self.cut_at.resize(self.kinds.len(), 0);
    }

    /// Finds the dictionary's words and, from the end to the start, the best way to write the rest.
    fn weigh(&mut self) {
        let dictionary = Dictionary::get();
        let Self { codes, ahead, kinds, best, next, matches, .. } = self;
        let count = kinds.len();
        best.clear();
        best.resize(count + 1, 0.0);
        next.clear();
        next.extend(1..=count as u32);
        let mut stretch_end = count;
        for at in (0..count).rev() {
            let kind = kinds[at];
            if kind.is_written_on() != kinds.get(at + 1).is_some_and(|after| after.is_written_on())
            {
                // A way ends with its stretch, whatever stands behind it.
                stretch_end = at + 1;
                best[stretch_end] = 0.0;
            }
            let mut most = f64::NEG_INFINITY;
            let mut end = at + 1;
            dictionary.trie.prefixes(&codes[at..], ahead[at], |length, class, word| {
                let behind = at + length;
                if length > 1 && (kind.is_han() || kinds[at..behind].iter().any(|k| k.is_han())) {
                    matches.push(Match { start: at as u32, end: behind as u32, word });
                }
                // The sums are formed in jieba's order, so that equal likelihoods are equal here, too.
                let likelihood = dictionary.likelihoods[usize::from(class)] + best[behind];
                if likelihood >= most && behind <= stretch_end {
                    (most, end) = (likelihood, behind);
                }
            });
            if kind.is_written_on() {
                if most == f64::NEG_INFINITY {
                    most = dictionary.unknown + best[at + 1];
                }
                (best[at], next[at]) = (most, end as u32);
            }
        }
    }

    /// Takes a piece of the cut, given in characters, if it is a word; a long one as the words of
    /// two and three characters that it is made of.
    fn piece(&mut self, text: &str, piece: Range<usize>) {
        let bytes = self.offsets[piece.start]..self.offsets[piece.end];
        let kinds = &self.kinds[piece.clone()];
        let is_single = kinds.len() == 1;
        if !kinds.iter().any(|kind| kind.is_letter())
            || (is_single && text[bytes.clone()].chars().any(is_function))
        {
            return;
        }
        let mut put = |piece: Range<usize>| {
            self.cut_at[piece.start] = piece.end as u32;
            self.words.push(piece.start as u32..piece.end as u32);
        };
        // Characters of the dictionary's Chinese words take three bytes, with few exceptions that
        // then simply stay whole.
        if !(4..LONGEST_SPLIT).contains(&piece.len()) || bytes.len() != piece.len() * 3 {
            put(piece);
            return;
        }
        SPLITS.with_borrow_mut(|splits| {
            let word = &text[bytes];
            if splits.len() > 100_000 {
                splits.clear();
            }
            let lengths = splits.entry_ref(word).or_insert_with(|| pieces(word));
            let mut at = piece.start;
            for &length in lengths.iter() {
                let end = at + length;
                put(at..end);
                at = end;
            }
        });
    }

    /// The bytes of some characters.
    fn bytes(&self, characters: &Range<u32>) -> Range<usize> {
        self.offsets[characters.start as usize]..self.offsets[characters.end as usize]
    }

    /// Whether a word stands where the cut has one just so.
    fn is_cut(&self, found: &Match) -> bool {
        self.cut_at[found.start as usize] == found.end
    }

    /// What the last cut passed over everywhere, as byte ranges, each word of the dictionary once.
    fn hidden(&mut self, folded: &str, words: &[Range<usize>]) -> Vec<Range<usize>> {
        let mut seen = std::mem::take(&mut self.seen);
        seen.resize(Dictionary::get().trie.ids().div_ceil(64), 0);
        let mut note = |WordId(word): WordId| {
            let (field, bit) = (&mut seen[word as usize / 64], 1u64 << (word % 64));
            let is_new = *field & bit == 0;
            *field |= bit;
            is_new
        };
        for found in self.matches.iter().filter(|found| self.is_cut(found)) {
            note(found.word);
        }
        let mut hidden = Vec::with_capacity(self.matches.len() / 2);
        for found in self.matches.iter().filter(|found| !self.is_cut(found)) {
            if note(found.word) {
                hidden.push(self.bytes(&(found.start..found.end)));
            }
        }
        for found in &self.matches {
            seen[found.word.0 as usize / 64] = 0;
        }
        self.seen = seen;
        hidden_parts(folded, words, &mut hidden);
        hidden
    }
}

/// Characters from which on a piece is no word of the dictionary, and stays whole.
const LONGEST_SPLIT: usize = 32;

thread_local! {
    /// Splits of long words, which repeat: 中华人民共和国 is split once a thread.
    static SPLITS: RefCell<HashMap<String, Box<[usize]>>> = RefCell::default();
}

/// Adds the parts of numbers and Latin words that are not words themselves.
fn hidden_parts(folded: &str, words: &[Range<usize>], hidden: &mut Vec<Range<usize>>) {
    // Numbers and names repeat in a text; what one place gives, another gives, too.
    let mut met = HashSet::new();
    for run in ascii_runs(folded, |byte| byte.is_ascii_alphanumeric()) {
        if run.len() < 2 || !met.insert(&folded[run.clone()]) {
            continue;
        }
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

/// Returns every Chinese word of the dictionary that stands in a short folded text, in the order
/// of their bytes.
pub fn words_within(folded: &str) -> Vec<&str> {
    let mut within = CUTTER.with_borrow_mut(|cutter| {
        cutter.read(folded);
        cutter.weigh();
        let text = |found: &Match| {
            &folded[cutter.offsets[found.start as usize]..cutter.offsets[found.end as usize]]
        };
        cutter.matches.iter().map(text).collect::<Vec<_>>()
    });
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

/// The most likely way to write a long word with words of two and three characters: their lengths
/// in characters; the word itself if a character would be left over.
fn pieces(word: &str) -> Box<[usize]> {
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
        lengths.push(length);
        at -= length;
    }
    if at > 0 {
        return Box::new([count]);
    }
    lengths.reverse();
    lengths.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy_jieba::jieba_rs::Jieba;

    use super::*;
    use crate::clean::fold::fold;

    fn cut(folded: &str) -> Vec<&str> {
        Words::of(folded).words.into_iter().map(|range| &folded[range]).collect()
    }

    /// The same by jieba itself, over the same dictionary, and splitting its words.
    fn cut_by_jieba(folded: &str) -> Vec<&str> {
        static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
            let table = include_str!("../../data/dictionary/words.tsv");
            let lines = table.lines().skip(1).collect::<Vec<_>>().join("\n").replace('\t', " ");
            let mut jieba = Jieba::empty();
            jieba.load_dict(&mut lines.as_bytes()).unwrap();
            jieba
        });
        let is_letter = |c: char| is_han(c) || c.is_alphanumeric();
        let mut words = Vec::new();
        for token in JIEBA.cut(folded, false) {
            let mut characters = token.word.chars();
            let (first, second) = (characters.next().unwrap(), characters.next());
            if second.is_none() && is_function(first) || !token.word.chars().any(is_letter) {
                continue;
            }
            let count = token.word.chars().count();
            if count < 4 || token.word.len() != count * 3 {
                words.push(token.word);
                continue;
            }
            let mut at = 0;
            for &length in &pieces(token.word) {
                words.push(&token.word[at * 3..(at + length) * 3]);
                at += length;
            }
        }
        words
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
            assert_eq!(cut(&fold(text)).join(" "), words, "{text}");
        }
    }

    #[test]
    fn what_the_cut_passes_over_is_hidden() {
        let hidden = |text: &'static str| -> Vec<&str> {
            let mut hidden = Words::of(text).hidden;
            hidden.sort_by_key(|range| (range.start, range.end));
            hidden.into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(hidden("荔湾区，南海区"), ["荔湾", "湾区", "南海", "海区"]);
        assert_eq!(hidden("荔湾区的湾区"), ["荔湾"], "here 湾区 is a word of its own, too");
        assert_eq!(hidden("g60"), ["g6", "60"]);
        assert_eq!(hidden("荔湾区"), ["荔湾", "湾区"], "a text does not know the one before");
    }

    #[test]
    fn words_and_hidden_words_are_all_that_is_a_term_everywhere() {
        let feed = std::fs::read_to_string("data/sample/feeds/crawl.jsonl").unwrap();
        for line in feed.lines().step_by(5) {
            let folded: String = fold(line).chars().take(300).collect();
            let Words { words, hidden } = Words::of(&folded);
            let terms: HashSet<&str> =
                words.into_iter().chain(hidden).map(|r| &folded[r]).collect();
            let starts: Vec<usize> =
                folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
            for (at, &start) in starts.iter().enumerate() {
                for &end in starts.iter().skip(at + 2).take(14) {
                    let part = &folded[start..end];
                    assert!(terms.contains(part) || !is_term_everywhere(part), "{part}");
                }
            }
        }
    }

    #[test]
    fn real_texts_are_cut_as_jieba_cuts_them() {
        let feed = std::fs::read_to_string("data/sample/feeds/crawl.jsonl").unwrap();
        let folded: Vec<char> = fold(&feed).chars().collect();
        for (number, window) in folded.windows(37).step_by(5).enumerate() {
            let text: String = window[..=(number % 37)].iter().collect();
            assert_eq!(cut(&text), cut_by_jieba(&text), "{text}");
        }
        let whole: String = folded.into_iter().collect();
        assert_eq!(cut(&whole), cut_by_jieba(&whole));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn any_text_is_cut_as_jieba_cuts_it(text in "([一-龥]|[的区市人才飞地合作京津冀发展中国大学南海佛山]|[a-c0-9 ,.。·éあ]){1,40}") {
            let folded = fold(&text);
            prop_assert_eq!(cut(&folded), cut_by_jieba(&folded));
        }
    }
}
