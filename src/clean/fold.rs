//! Text → the form that is searched, with a map back to the original.
//!
//! A page may write 「长三角」, 「長三角」, 「Ｇ６０」 or 「協(xié)作」; a person who searches types one of
//! them and means all. Folding makes them one, character by character, so that every folded
//! character knows the original characters it came from:
//!
//! 1. width: compatibility forms become plain ones (NFKC of each character), `Ｇ` → `g`;
//! 2. case: lower;
//! 3. script: traditional characters become simplified (`data/folding/traditional.tsv`);
//! 4. quotation marks and dashes become one of each, since pages mix them at will;
//! 5. pinyin glosses that some converters leave behind rare characters, `協(xié)`, go;
//! 6. white space goes, but for one blank between two words of letters or digits; characters that
//!    take no room (zero-width, bidirectional marks, controls) go altogether.
//!
//! Two texts match where their folded forms do: this is the whole definition of "contains".

use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::article::Span;

/// A folded text and, for each of its characters, where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Number of its characters.
    count: u32,
    /// Where characters were left out or added: from this folded character on, characters came one
    /// by one from this original character on.
    jumps: Vec<(u32, u32)>,
    /// Number of characters of the original.
    length: u32,
}

impl Folded {
    /// Folds a text and keeps the map back.
    pub fn new(original: &str) -> Self {
        Self::seen_by(original, |_| {})
    }

    /// The same, and hands every folded character to `see` on the way.
    pub fn seen_by(original: &str, mut see: impl FnMut(char)) -> Self {
        let mut folded = Self::default();
        folded.text.reserve(original.len());
        let Self { text, count, jumps, .. } = &mut folded;
        let mut next = 0;
        let length = fold_into(original, |character, from| {
            if from != next {
                jumps.push((*count, from));
            }
            text.push(character);
            *count += 1;
            next = from + 1;
            see(character);
        });
        Self { length, ..folded }
    }

    /// Number of folded characters.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether nothing is left of the text.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the original characters that a range of folded characters came from.
    ///
    /// An empty range gives an empty span.
    pub fn original(&self, folded: Range<usize>) -> Span {
        let start = self.origin(folded.start);
        if folded.is_empty() {
            return Span { start, end: start };
        }
        Span { start, end: (self.origin(folded.end - 1) + 1).min(self.length) }
    }

    /// The original character that a folded one came from; behind the end, that of the original.
    fn origin(&self, folded: usize) -> u32 {
        let Some(folded) = u32::try_from(folded).ok().filter(|&at| at < self.count) else {
            return self.length;
        };
        let jumps = self.jumps.partition_point(|&(at, _)| at <= folded);
        match jumps.checked_sub(1).and_then(|last| self.jumps.get(last)) {
            Some(&(at, from)) => from + (folded - at),
            None => folded,
        }
    }
}

/// Folds a text without keeping the map: the cheap way, for indexing and for queries.
pub fn fold(original: &str) -> String {
    let mut text = String::with_capacity(original.len());
    fold_into(original, |character, _| text.push(character));
    text
}

/// Folds one character that is known to stand alone (no gloss, no white space).
pub fn fold_char(character: char) -> char {
    if let Some(plain) = plain(character) {
        return plain;
    }
    let mut forms = std::iter::once(character).nfkc();
    let first = forms.next().unwrap_or(character);
    plain(first).unwrap_or(first)
}

/// Hands each folded character and the index of its original character to `emit`; returns the number
/// of original characters.
fn fold_into(original: &str, emit: impl FnMut(char, u32)) -> u32 {
    let mut out = Out { emit, last: None, blank: None };
    let mut rest = original;
    let mut index = 0u32;
    let mut after_han = false;
    while let Some(character) = rest.chars().next() {
        if after_han
            && matches!(character, '(' | '（')
            && let Some((bytes, chars)) = gloss(rest)
        {
            rest = &rest[bytes..];
            index += chars;
            continue;
        }
        rest = &rest[character.len_utf8()..];
        if matches!(character, '\u{4e00}'..='\u{9fff}') {
            // Nearly all of a text; no blank stands beside a Chinese character.
            let simple = simplified(character);
            (out.last, out.blank) = (Some(simple), None);
            (out.emit)(simple, index);
            after_han = true;
        } else if let Some(plain) = plain(character) {
            out.put(plain, index);
            after_han = is_han(plain);
        } else if !takes_no_room(character) {
            for form in std::iter::once(character).nfkc() {
                for lower in form.to_lowercase() {
                    out.put(plain(lower).unwrap_or(lower), index);
                }
            }
            after_han = is_han(character);
        }
        index += 1;
    }
    index
}

/// Where folded characters go, but for white space that does not count.
struct Out<F> {
    emit: F,
    /// The character before.
    last: Option<char>,
    /// White space behind it, by the index of its first character.
    blank: Option<u32>,
}

impl<F: FnMut(char, u32)> Out<F> {
    fn put(&mut self, character: char, index: u32) {
        if character.is_whitespace() {
            self.blank.get_or_insert(index);
            return;
        }
        if let (Some(at), Some(before)) = (self.blank.take(), self.last)
            && is_spaced(before)
            && is_spaced(character)
        {
            (self.emit)(' ', at);
        }
        self.last = Some(character);
        (self.emit)(character, index);
    }
}

/// The common cases, without the machinery of compatibility forms: what the character becomes, or
/// none if it has to be looked at closely.
fn plain(character: char) -> Option<char> {
    match character {
        'A'..='Z' => Some(character.to_ascii_lowercase()),
        '\n' | '\t' | ' '..='~' => Some(if character == '\'' { '"' } else { character }),
        '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』' | '＂' | '＇' | '〝' | '〞' => {
            Some('"')
        }
        '—' | '–' | '―' | '‐' | '‑' | '‒' | '－' | '─' | '﹣' => Some('-'),
        '·' | '•' | '‧' | '・' | '･' => Some('·'),
        '、' | '。' | '《' | '》' | '【' | '】' => Some(character),
        '\u{3400}'..='\u{9fff}' => Some(simplified(character)),
        '！'..='～' => char::from_u32(character as u32 - 0xfee0).and_then(plain),
        _ => None,
    }
}

/// Controls, zero-width characters, bidirectional marks, variation selectors, soft hyphens.
fn takes_no_room(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character is a Chinese one.
pub fn is_han(character: char) -> bool {
    matches!(character,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether a character is a letter or a digit ([`char::is_alphanumeric`], which takes its time over
/// Chinese characters and punctuation).
#[inline]
pub fn is_letter_or_digit(character: char) -> bool {
    match character {
        '\u{4e00}'..='\u{9fff}' => true,
        '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' => false,
        _ => character.is_alphanumeric(),
    }
}

/// The longest stretches of a text that are made of some ASCII characters only, as byte ranges.
pub fn ascii_runs(
    text: &str,
    is_wanted: impl Fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        // Nearly all of a text are characters of three bytes.
        while let Some(&byte) = bytes.get(at)
            && !is_wanted(byte)
        {
            at += if byte >= 0xe0 { 3 } else { 1 };
        }
        let start = at;
        while bytes.get(at).is_some_and(|&byte| is_wanted(byte)) {
            at += 1;
        }
        (start < at).then_some(start..at)
    })
}

/// Whether a character belongs to words that are written with blanks between them.
fn is_spaced(character: char) -> bool {
    !is_han(character) && character.is_alphanumeric()
}

/// Measures the pinyin gloss that a text starts with, brackets included: bytes and characters.
///
/// A gloss is one syllable in brackets with at least one letter that only pinyin has (`(xié)`), so
/// that 「腾讯(qq)」 stays whole.
fn gloss(text: &str) -> Option<(usize, u32)> {
    let mut toned = false;
    for (count, (at, character)) in text.char_indices().enumerate() {
        match character {
            '(' | '（' if count == 0 => {}
            ')' | '）' => {
                return (toned && count > 1).then(|| (at + character.len_utf8(), count as u32 + 1));
            }
            'a'..='z' => {}
            'ā' | 'á' | 'ǎ' | 'à' | 'ē' | 'é' | 'ě' | 'è' | 'ī' | 'í' | 'ǐ' | 'ì' | 'ō' | 'ó'
            | 'ǒ' | 'ò' | 'ū' | 'ú' | 'ǔ' | 'ù' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' | 'ü' | 'ń' | 'ň' | 'ǹ' =>
            {
                toned = true;
            }
            _ => return None,
        }
        if count > 8 {
            return None;
        }
    }
    None
}

/// The table of traditional characters, as it is compiled in.
const TRADITIONAL: &str = include_str!("../../data/folding/traditional.tsv");

/// Tells folding tables apart: part of an index's stamp.
pub fn fingerprint() -> String {
    blake3::hash(TRADITIONAL.as_bytes()).to_hex()[..12].to_owned()
}

/// First character of the table below.
const FIRST_HAN: u32 = 0x3400;

/// Simplified forms of the characters U+3400 to U+9FFF, most of which are their own.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table: Vec<u16> = (FIRST_HAN as u16..=0x9fff).collect();
    for line in TRADITIONAL.lines().skip_while(|line| line.starts_with('#')).skip(1) {
        let mut columns = line.split('\t').map(|column| column.chars().next().map(u32::from));
        if let (Some(Some(from)), Some(Some(to))) = (columns.next(), columns.next())
            && let (Some(slot), Ok(to)) = (
                from.checked_sub(FIRST_HAN).and_then(|i| table.get_mut(i as usize)),
                u16::try_from(to),
            )
        {
            *slot = to;
        }
    }
    table
});

/// The simplified form of a character of the table's range.
fn simplified(character: char) -> char {
    let form = SIMPLIFIED.get((character as u32).wrapping_sub(FIRST_HAN) as usize);
    form.and_then(|&code| char::from_u32(u32::from(code))).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_of_letters_between_characters_of_any_length() {
        for (text, runs) in [
            ("g60科创走廊3.5亿", "g60 3 5"),
            ("𠮷1𠮷é2é", "1 2"),
            ("ab", "ab"),
            ("，", ""),
            ("", ""),
        ] {
            let found = ascii_runs(text, |byte| byte.is_ascii_alphanumeric());
            assert_eq!(found.map(|run| &text[run]).collect::<Vec<_>>().join(" "), runs, "{text}");
        }
    }

    #[test]
    fn letters_and_digits_are_what_unicode_calls_so() {
        for character in '\0'..=char::MAX {
            assert_eq!(is_letter_or_digit(character), character.is_alphanumeric(), "{character:?}");
        }
    }

    #[test]
    fn one_form_for_what_people_type() {
        for (original, folded) in [
            ("長三角精英峰會", "长三角精英峰会"),
            ("Ｇ６０科创走廊", "g60科创走廊"),
            ("２０２４年，佛山", "2024年,佛山"),
            ("持續(xù)深化區(qū)域協(xié)作", "持续深化区域协作"),
            ("腾讯(qq)", "腾讯(qq)"),
            ("长三角 27 城\n　　人才", "长三角27城人才"),
            ("Open  AI 与 Galaxy Note", "open ai与galaxy note"),
            ("“人才飞地”「人才飞地」", "\"人才飞地\"\"人才飞地\""),
            ("荔湾——南海", "荔湾--南海"),
            ("面积㎡①", "面积m21"),
            ("零\u{200b}宽", "零宽"),
            ("", ""),
            (" \n", ""),
        ] {
            assert_eq!(fold(original), folded, "{original}");
        }
    }

    #[test]
    fn marks_land_in_the_original() {
        let original = "在嘉興：長三角 精英峰會（協(xié)作）";
        let folded = Folded::new(original);
        let start = folded.text.chars().position(|c| c == '长').unwrap();
        let span = folded.original(start..start + 7);
        let marked: String = original
            .chars()
            .skip(span.start as usize)
            .take((span.end - span.start) as usize)
            .collect();
        assert_eq!(marked, "長三角 精英峰會");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_folded_character_has_an_origin_in_order(text in "(\\PC|[ \n（(xié)協作]){0,60}") {
            let folded = Folded::new(&text);
            prop_assert_eq!(folded.text.chars().count(), folded.len());
            let mut origins = Vec::new();
            fold_into(&text, |_, from| origins.push(from));
            prop_assert!(origins.is_sorted());
            let kept: Vec<u32> = (0..folded.len()).map(|at| folded.origin(at)).collect();
            prop_assert_eq!(kept, origins);
            let whole = folded.original(0..folded.len());
            prop_assert!(whole.end as usize <= text.chars().count());
        }
    }
}
