//! The two ways in which texts become terms, as tantivy wants them: texts that are cut into terms
//! already, and folded texts of which every character is a term. Offsets are left at zero: nobody
//! asks an index for them. What replaces an article takes these; everything else goes the same ways
//! through [`segment`](super::segment), which is held against them.

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
        self.current.text.clear();
        self.current.text.push_str(term);
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
    type TokenStream<'a> = CharacterStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CharacterStream<'a> {
        CharacterStream { rest: text.chars(), current: Token::default() }
    }
}

/// A stream over the characters of a text.
struct CharacterStream<'a> {
    rest: std::str::Chars<'a>,
    current: Token,
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(character) = self.rest.next() else { return false };
        self.current.position = self.current.position.wrapping_add(1);
        self.current.text.clear();
        self.current.text.push(character);
        true
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
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
    }

    #[test]
    fn texts_cut_already_are_taken_as_they_are() {
        let terms: Vec<String> =
            terms(&mut Terms, "人才\n人才\n飞地\n").into_iter().map(|(term, _)| term).collect();
        assert_eq!(terms, ["人才", "人才", "飞地"]);
    }
}
