//! An index → the words that stand in it, each with how many articles hold it: what suggestions are
//! made of.

use tantivy::TantivyError;

use super::{LocalSearcher, SearchError};
use crate::clean::fold::is_han;
use crate::index::IndexError;

/// Characters of the longest word.
const LONGEST: usize = 12;

impl LocalSearcher {
    /// Hands every Chinese word of two characters or more that at least `least` articles of one
    /// segment hold to `take`, with how many of the segment do. A word of several segments comes
    /// several times.
    pub fn vocabulary(
        &self,
        least: u32,
        take: &mut dyn FnMut(&str, u64),
    ) -> Result<(), SearchError> {
        let mut look = || -> Result<(), TantivyError> {
            for segment in self.engine().segment_readers() {
                let words = segment.inverted_index(self.index().fields.words)?;
                let mut stream = words.terms().stream()?;
                while stream.advance() {
                    let count = stream.value().doc_freq;
                    // Characters of three bytes each: two at least.
                    if count < least || !(6..=LONGEST * 3).contains(&stream.key().len()) {
                        continue;
                    }
                    if let Ok(word) = std::str::from_utf8(stream.key())
                        && word.chars().all(is_han)
                    {
                        take(word, u64::from(count));
                    }
                }
            }
            Ok(())
        };
        look()
            .map_err(|source| IndexError::Engine { path: self.index().path.clone(), source }.into())
    }
}
