//! The three ways in which folded text becomes terms, as tantivy wants them.
//!
//! All take text that is folded already (see [`crate::clean::fold`]).

use std::cell::RefCell;
use std::ops::Range;

use tantivy::Index;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::words::Segmenter;

/// Name of the tokenizer of fine words.
pub(super) const WORDS: &str = "words";
/// Name of the tokenizer of hidden words.
pub(super) const HIDDEN: &str = "hidden";
/// Name of the tokenizer of single characters.
pub(super) const CHARACTERS: &str = "characters";

/// Makes the tokenizers known to an index. Nothing is loaded before the first text comes.
pub(super) fn register(index: &Index) {
    index.tokenizers().register(WORDS, Words);
    index.tokenizers().register(HIDDEN, Hidden);
    index.tokenizers().register(CHARACTERS, Characters);
}

/// Fine words, none overlapping.
#[derive(Clone)]
struct Words;

/// Dictionary words that the cut passed over.
#[derive(Clone)]
struct Hidden;

/// Every character.
#[derive(Clone)]
struct Characters;

impl Tokenizer for Words {
    type TokenStream<'a> = Ranges<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Ranges<'a> {
        let words = Segmenter::full().words(text);
        RECENT.with_borrow_mut(|recent| {
            recent.truncate(RECENT_TEXTS - 1);
            recent.insert(0, (text.to_owned(), words.clone()));
        });
        Ranges::new(text, words)
    }
}

impl Tokenizer for Hidden {
    type TokenStream<'a> = Ranges<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Ranges<'a> {
        let segmenter = Segmenter::full();
        let recent = RECENT.with_borrow_mut(|recent| {
            let at = recent.iter().position(|(cut, _)| cut == text)?;
            Some(recent.remove(at).1)
        });
        let words = recent.unwrap_or_else(|| segmenter.words(text));
        Ranges::new(text, segmenter.hidden(text, &words))
    }
}

/// Texts whose words are remembered: headline and text of one article.
const RECENT_TEXTS: usize = 2;

thread_local! {
    /// The words of the texts cut last, since an article's texts are asked for their hidden words
    /// right after their words.
    static RECENT: RefCell<Vec<(String, Vec<Range<usize>>)>> = RefCell::default();
}

/// A stream over byte ranges of a text.
struct Ranges<'a> {
    text: &'a str,
    rest: std::vec::IntoIter<Range<usize>>,
    current: Token,
}

impl<'a> Ranges<'a> {
    fn new(text: &'a str, ranges: Vec<Range<usize>>) -> Self {
        Self { text, rest: ranges.into_iter(), current: Token::default() }
    }
}

impl TokenStream for Ranges<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.rest.next() else { return false };
        self.current.position = self.current.position.wrapping_add(1);
        self.current.offset_from = range.start;
        self.current.offset_to = range.end;
        self.current.text.clear();
        self.current.text.push_str(&self.text[range]);
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
        CharacterStream { rest: text.char_indices(), current: Token::default() }
    }
}

/// A stream over the characters of a text.
struct CharacterStream<'a> {
    rest: std::str::CharIndices<'a>,
    current: Token,
}

impl TokenStream for CharacterStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((at, character)) = self.rest.next() else { return false };
        self.current.position = self.current.position.wrapping_add(1);
        self.current.offset_from = at;
        self.current.offset_to = at + character.len_utf8();
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
