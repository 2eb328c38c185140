//! The two ways in which texts become terms, as tantivy wants them: texts that are cut into terms
//! already, and folded texts of which every character is a term.
//!
//! A text's terms may come in any order, as long as the positions of each term rise. Both ways
//! give equal terms one after the other, so that the engine finds what it has to add to still in
//! the processor's cache: that is a quarter of the time it takes.

use std::cell::RefCell;
use std::collections::HashMap;

use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Name of the tokenizer of fine words.
pub(super) const WORDS: &str = "words";
/// Name of the tokenizer of hidden words.
pub(super) const HIDDEN: &str = "hidden";
/// Name of the tokenizer of single characters.
pub(super) const CHARACTERS: &str = "characters";

/// What stands behind each term of a text that is cut already. No folded text has it.
pub(super) const END_OF_TERM: char = '\n';

/// Makes the tokenizers known to an index.
pub(super) fn register(index: &Index) {
    index.tokenizers().register(WORDS, Terms);
    index.tokenizers().register(HIDDEN, Terms);
    index.tokenizers().register(CHARACTERS, Characters);
}

/// Terms that are cut already.
#[derive(Clone)]
struct Terms;

/// Every character.
#[derive(Clone)]
struct Characters;

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream { rest: text, current: Token::default() }
    }
}

/// A stream over terms that are cut already.
struct TermStream<'a> {
    rest: &'a str,
    current: Token,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, rest)) = self.rest.split_once(END_OF_TERM) else { return false };
        self.rest = rest;
        self.current.position = self.current.position.wrapping_add(1);
        if self.current.text != term {
            self.current.text.clear();
            self.current.text.push_str(term);
        }
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

impl Tokenizer for Characters {
    type TokenStream<'a> = CharacterStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream {
        let mut room = ROOM.take();
        room.take_in(text);
        CharacterStream { room, next_character: 0, next_place: NONE, current: Token::default() }
    }
}

/// No place.
const NONE: u32 = u32::MAX;

/// Characters of the basic plane; they are their own numbers.
const BASIC: usize = 0x1_0000;

/// Where each character of a text stands, as chains through its places; the room is used again for
/// the next text.
#[derive(Default)]
struct Places {
    /// The characters of the text, each once, and their numbers.
    characters: Vec<(char, usize)>,
    /// By number of a character its first and its last place; [`NONE`] between texts.
    ends: Vec<(u32, u32)>,
    /// For each place the next one of the same character.
    next: Vec<u32>,
    /// Numbers of the characters beyond the basic plane that were met so far.
    beyond: HashMap<char, usize>,
}

thread_local! {
    static ROOM: RefCell<Places> = RefCell::default();
}

impl Places {
    fn take_in(&mut self, text: &str) {
        self.ends.resize(self.ends.len().max(BASIC), (NONE, NONE));
        for (place, character) in (0u32..).zip(text.chars()) {
            let number = self.number(character);
            let (first, last) = &mut self.ends[number];
            if *first == NONE {
                *first = place;
                self.characters.push((character, number));
            } else {
                self.next[*last as usize] = place;
            }
            *last = place;
            self.next.push(NONE);
        }
    }

    fn number(&mut self, character: char) -> usize {
        if (character as usize) < BASIC {
            return character as usize;
        }
        let next = BASIC + self.beyond.len();
        let number = *self.beyond.entry(character).or_insert(next);
        if number == self.ends.len() {
            self.ends.push((NONE, NONE));
        }
        number
    }

    fn clear(&mut self) {
        for (_, number) in self.characters.drain(..) {
            self.ends[number] = (NONE, NONE);
        }
        self.next.clear();
    }
}

/// A stream over the characters of a text, all places of one after the other.
struct CharacterStream {
    room: Places,
    next_character: usize,
    next_place: u32,
    current: Token,
}

impl TokenStream for CharacterStream {
    fn advance(&mut self) -> bool {
        if self.next_place == NONE {
            let Some(&(character, number)) = self.room.characters.get(self.next_character) else {
                return false;
            };
            self.next_character += 1;
            self.next_place = self.room.ends[number].0;
            self.current.text.clear();
            self.current.text.push(character);
        }
        self.current.position = self.next_place as usize;
        self.next_place = self.room.next[self.next_place as usize];
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

impl Drop for CharacterStream {
    fn drop(&mut self) {
        self.room.clear();
        ROOM.set(std::mem::take(&mut self.room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(tokenizer: &mut impl Tokenizer, text: &str) -> Vec<(String, usize)> {
        let mut terms = Vec::new();
        let mut stream = tokenizer.token_stream(text);
        while stream.advance() {
            terms.push((stream.token().text.clone(), stream.token().position));
        }
        terms
    }

    #[test]
    fn every_character_stands_where_it_stands_in_the_text() {
        for text in ["人才飞地人才", "𠮷🚀𠮷，🚀", "", "a b a"] {
            let found = terms(&mut Characters, text);
            assert_eq!(found.len(), text.chars().count(), "{text}");
            for (character, place) in found {
                assert_eq!(text.chars().nth(place).unwrap().to_string(), character, "{text}");
            }
        }
        let places: Vec<usize> =
            terms(&mut Characters, "人才飞地人才").into_iter().map(|(_, place)| place).collect();
        assert_eq!(places, [0, 4, 1, 5, 2, 3], "equal characters follow each other, in order");
    }

    #[test]
    fn texts_cut_already_are_taken_as_they_are() {
        let terms: Vec<String> =
            terms(&mut Terms, "人才\n人才\n飞地\n").into_iter().map(|(term, _)| term).collect();
        assert_eq!(terms, ["人才", "人才", "飞地"]);
    }
}
