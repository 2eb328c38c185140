//! A table of words → those that stand in a text, the longest first.
//!
//! Few pairs of characters start a word of a table: a bit for each pair says "surely not" for nearly
//! all of a text, without leaving the nearest cache. An automaton would look at every character in a
//! table too large for that.

use std::ops::Range;

use hashbrown::HashMap;

/// Words, each with what it says.
pub(super) struct Lexicon<T> {
    /// A bit for each hash of a pair that starts a word.
    starts: Vec<u64>,
    /// For each such pair the characters that follow, the longest first.
    by_start: HashMap<(char, char), Vec<Longer<T>>>,
    /// A bit for each of the lowest bits of a word of one character.
    single_starts: u64,
    /// Words of one character.
    single: Vec<(char, T)>,
}

/// The characters of a word behind the first two, and what it says.
type Longer<T> = (Box<[char]>, T);

/// Bits of the hash of a pair.
const PAIR_BITS: u32 = 17;

/// The number of a pair's bit.
fn pair_bit(first: char, second: char) -> usize {
    let pair = (first as u32).wrapping_mul(0x9E37_79B1) ^ (second as u32).wrapping_mul(0x85EB_CA6B);
    (pair.wrapping_mul(0xC2B2_AE35) >> (32 - PAIR_BITS)) as usize
}

/// The bit of a word of one character.
fn single_bit(character: char) -> u64 {
    1 << (character as u32 % 64)
}

impl<T> Lexicon<T> {
    /// Makes a table; of words that stand in it twice, the first counts.
    pub(super) fn new<W: AsRef<str>>(words: impl IntoIterator<Item = (W, T)>) -> Self {
        let mut lexicon = Self {
            starts: vec![0; (1 << PAIR_BITS) / 64],
            by_start: HashMap::new(),
            single_starts: 0,
            single: Vec::new(),
        };
        for (text, said) in words {
            let mut characters = text.as_ref().chars();
            match (characters.next(), characters.next()) {
                (Some(first), Some(second)) => {
                    let bit = pair_bit(first, second);
                    lexicon.starts[bit / 64] |= 1 << (bit % 64);
                    let words = lexicon.by_start.entry((first, second)).or_default();
                    words.push((characters.collect(), said));
                }
                (Some(first), None) => {
                    lexicon.single_starts |= single_bit(first);
                    lexicon.single.push((first, said));
                }
                (None, _) => {}
            }
        }
        for words in lexicon.by_start.values_mut() {
            words.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        lexicon
    }

    /// The longest word that a text starts with: its length in characters, and what it says.
    #[inline]
    pub(super) fn longest(&self, text: &[char]) -> Option<(usize, &T)> {
        if let Some((&[first, second], rest)) = text.split_first_chunk() {
            let bit = pair_bit(first, second);
            if self.starts[bit / 64] >> (bit % 64) & 1 == 1
                && let Some(words) = self.by_start.get(&(first, second))
                && let Some((more, said)) = words.iter().find(|(more, _)| goes_on(rest, more))
            {
                return Some((2 + more.len(), said));
            }
        }
        let first = *text.first()?;
        if self.single_starts & single_bit(first) == 0 {
            return None;
        }
        self.single.iter().find(|(single, _)| *single == first).map(|(_, said)| (1, said))
    }

    /// All words of a text, in order; a word starts behind the end of the one before.
    pub(super) fn find_all(&self, text: &[char]) -> impl Iterator<Item = (Range<usize>, &T)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < text.len() {
                if let Some((length, said)) = self.longest(&text[at..]) {
                    let found = at..at + length;
                    at = found.end;
                    return Some((found, said));
                }
                at += 1;
            }
            None
        })
    }
}

/// Whether a text starts with the rest of a word. Some pairs start many words, most of which differ
/// in their next character.
#[inline]
fn goes_on(text: &[char], rest: &[char]) -> bool {
    match (text.split_first(), rest.split_first()) {
        (_, None) => true,
        (Some((a, text)), Some((b, rest))) => a == b && text.starts_with(rest),
        (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_is_found_and_swallows_its_text() {
        let words = ["合作", "合作社", "社会", "合作协议", "将", "将军"];
        let lexicon = Lexicon::new(words.map(|word| (word, word)));
        for (text, found) in [
            ("合作社会议", "合作社"),
            ("合作协议社会", "合作协议 社会"),
            ("合作协", "合作"),
            ("两地将合作", "将 合作"),
            ("将军", "将军"),
            ("合", ""),
            ("", ""),
        ] {
            let characters: Vec<char> = text.chars().collect();
            let words: Vec<&str> = lexicon.find_all(&characters).map(|(_, word)| *word).collect();
            assert_eq!(words.join(" "), found, "{text}");
            for (place, word) in lexicon.find_all(&characters) {
                assert_eq!(characters[place], word.chars().collect::<Vec<_>>());
            }
        }
    }
}
