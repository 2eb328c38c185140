//! Which articles hold which terms, while a segment is in the making.
//!
//! The engine gathers the same through a hash table of terms that each own a chain of small pieces
//! in one large arena, and pays with several cache misses for every token. Here a token costs one look
//! at a table whose keys lie in it; what is filed stands in one list, in the order it came, and is
//! sorted by term once, when the segment is written. Characters need no such table.

use std::io;

use hashbrown::HashMap;
use tantivy::DocId;
use tantivy::postings::FieldSerializer;
use tantivy::schema::IndexRecordOption;
use tantivy::tokenizer::MAX_TOKEN_LEN;

/// The lists of a field whose terms may be anything; without positions.
#[derive(Default)]
pub(super) struct TermLists {
    /// Terms that can be [`packed`].
    short: HashMap<u128, TermList>,
    /// All others.
    long: HashMap<Vec<u8>, TermList>,
    /// Number of a term and how often a document has it, one document behind the other.
    filings: Vec<(u32, u32)>,
    /// The documents, and where the filings of each start.
    documents: Vec<(DocId, u32)>,
    tokens: u64,
    /// Bytes of the long terms.
    long_bytes: usize,
    /// Room for the packed terms of a text.
    packed: Vec<u128>,
}

/// All that has to be known of a term to file a document under it.
#[derive(Clone, Copy)]
struct TermList {
    number: u32,
    /// The place behind the newest of its filings; 0 if there is none.
    behind: u32,
    /// In how many documents it is.
    documents: u32,
}

impl TermList {
    /// A term that no document has yet.
    const fn numbered(number: usize) -> Self {
        Self { number: number as u32, behind: 0, documents: 0 }
    }
}

/// Bytes of a term that can be packed: five Chinese characters.
const PACKED: usize = 15;

/// Packs a short term, given with all that stands behind it, into a number: its bytes and, at the
/// end, how many they are. None if it is too long for that.
#[inline]
fn packed(term_and_more: &[u8], length: usize) -> Option<u128> {
    if length > PACKED {
        return None;
    }
    let bytes = term_and_more.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; PACKED + 1];
        bytes[..length].copy_from_slice(&term_and_more[..length]);
        bytes
    });
    let bytes = u128::from_le_bytes(bytes);
    Some((bytes & ((1 << (8 * length)) - 1)) | (length as u128) << (8 * PACKED))
}

impl TermLists {
    /// Files a document once more under each of some terms, behind every one of which stands `end`;
    /// returns how many they were. Documents come in order.
    pub(super) fn add_all(&mut self, document: DocId, terms: &[u8], end: u8) -> u32 {
        let mut packed_terms = std::mem::take(&mut self.packed);
        packed_terms.clear();
        let (mut start, mut count) = (0, 0);
        for end in memchr::memchr_iter(end, terms) {
            match packed(&terms[start..], end - start) {
                Some(packed) => packed_terms.push(packed),
                None => count += u32::from(self.add_long(document, &terms[start..end])),
            }
            start = end + 1;
        }
        count += packed_terms.len() as u32;
        self.add_packed(document, &packed_terms);
        self.packed = packed_terms;
        count
    }

    /// Files a document once more under a term; false if the term is too long for the engine, which
    /// then leaves it out. Documents come in order.
    pub(super) fn add(&mut self, document: DocId, term: &[u8]) -> bool {
        let Some(packed) = packed(term, term.len()) else { return self.add_long(document, term) };
        self.add_packed(document, &[packed]);
        true
    }

    /// Waiting for memory is what this costs; so that the processor can wait for several terms at
    /// once, nothing here depends on what was found for the term before, and nothing branches on it.
    fn add_packed(&mut self, document: DocId, terms: &[u128]) {
        self.tokens += terms.len() as u64;
        let start = self.start_of(document);
        let mut next = self.filings.len();
        self.filings.resize(next + terms.len(), (0, 0));
        for term in terms {
            let number = self.short.len() + self.long.len();
            let list = self.short.entry(*term).or_insert(TermList::numbered(number));
            let fresh = list.behind <= start;
            let place = if fresh { next } else { list.behind as usize - 1 };
            list.behind = place as u32 + 1;
            list.documents += u32::from(fresh);
            let filing = &mut self.filings[place];
            *filing = (list.number, filing.1 + 1);
            next += usize::from(fresh);
        }
        self.filings.truncate(next);
    }

    fn add_long(&mut self, document: DocId, term: &[u8]) -> bool {
        if term.len() > MAX_TOKEN_LEN {
            return false;
        }
        self.tokens += 1;
        let start = self.start_of(document);
        let number = self.short.len() + self.long.len();
        let list = self.long.entry_ref(term).or_insert_with(|| {
            self.long_bytes += term.len();
            TermList::numbered(number)
        });
        if list.behind > start {
            self.filings[list.behind as usize - 1].1 += 1;
        } else {
            self.filings.push((list.number, 1));
            list.behind = self.filings.len() as u32;
            list.documents += 1;
        }
        true
    }

    /// Where the filings of the newest document start.
    fn start_of(&mut self, document: DocId) -> u32 {
        match self.documents.last() {
            Some(&(newest, start)) if newest == document => start,
            _ => {
                let start = self.filings.len() as u32;
                self.documents.push((document, start));
                start
            }
        }
    }

    /// How often anything was filed.
    pub(super) const fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Bytes it takes.
    pub(super) fn memory(&self) -> usize {
        let terms = self.short.len() * size_of::<(u128, TermList)>()
            + self.long.len() * size_of::<(Vec<u8>, TermList)>()
            + self.long_bytes;
        // Tables and lists grow into room for twice as much.
        (self.filings.len() * size_of::<(u32, u32)>() + terms) * 3 / 2
    }

    /// Writes the lists in the order of their terms.
    pub(super) fn write(
        self,
        option: IndexRecordOption,
        to: &mut FieldSerializer<'_>,
    ) -> io::Result<()> {
        // Turned around, packed terms have the order of their bytes.
        let turned = self.short.into_iter().map(|(packed, list)| (packed.swap_bytes(), list));
        let mut short: Vec<(u128, TermList)> = turned.collect();
        short.sort_unstable_by_key(|(turned, _)| *turned);
        let mut long: Vec<(Vec<u8>, TermList)> = self.long.into_iter().collect();
        long.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        // Where the documents of each term start, by its number; then each document to its place.
        let mut places = vec![0u32; short.len() + long.len()];
        let mut sum = 0;
        each_in_order(&short, &long, |_, list| {
            places[list.number as usize] = sum;
            sum += list.documents;
            Ok(())
        })?;
        let mut held = vec![(0, 0); self.filings.len()];
        let ends = self.documents.iter().skip(1).map(|&(_, start)| start as usize);
        let ends = ends.chain([self.filings.len()]);
        for (&(document, start), end) in self.documents.iter().zip(ends) {
            for &(number, count) in &self.filings[start as usize..end] {
                let place = &mut places[number as usize];
                held[*place as usize] = (document, count);
                *place += 1;
            }
        }
        let mut held = held.as_slice();
        each_in_order(&short, &long, |name, list| {
            let (documents, behind) = held.split_at(list.documents as usize);
            held = behind;
            open_term(to, name, list.documents, option)?;
            for &(document, count) in documents {
                let count = if option.has_freq() { count } else { 0 };
                to.write_doc(document, count, &[]);
            }
            to.close_term()
        })
    }
}

/// Hands on all terms in the order of their bytes: packed ones that were turned around, and others,
/// both in order.
fn each_in_order(
    short: &[(u128, TermList)],
    long: &[(Vec<u8>, TermList)],
    mut then: impl FnMut(&[u8], TermList) -> io::Result<()>,
) -> io::Result<()> {
    let mut long = long.iter().peekable();
    for (turned, list) in short {
        let bytes = turned.to_be_bytes();
        let name = &bytes[..usize::from(bytes[PACKED])];
        while let Some((before, list)) = long.next_if(|(before, _)| before.as_slice() < name) {
            then(before, *list)?;
        }
        then(name, *list)?;
    }
    long.try_for_each(|(name, list)| then(name, *list))
}

/// Starts the list of a term, as the engine does it itself: where occurrences are not counted, it is
/// not told in how many documents the term is.
fn open_term(
    to: &mut FieldSerializer<'_>,
    name: &[u8],
    documents: u32,
    option: IndexRecordOption,
) -> io::Result<()> {
    let counted = option.has_freq();
    to.new_term(name, if counted { documents } else { 0 }, counted)
}

/// The lists of a field whose terms are the characters of its text, with their positions.
pub(super) struct CharacterLists {
    /// The number of each character of the basic plane, plus one; 0 for those that did not come.
    numbers: Box<[u32]>,
    /// The numbers of all others.
    others: HashMap<char, u32>,
    lists: Vec<CharacterList>,
    /// Each character, and in how many documents it is.
    characters: Vec<(char, u32)>,
    tokens: u64,
    /// Room for the numbers of the characters of a text.
    text: Vec<u32>,
}

/// Where a character stands.
#[derive(Default)]
struct CharacterList {
    /// The newest document plus one, 0 if there is none; and the last position in it.
    behind: DocId,
    position: u32,
    /// For each document how far it is from the one before, the distance of each place from the one
    /// before plus one, and a zero; seven bits a byte, the lowest first.
    packed: Vec<u8>,
}

/// Characters of the basic plane, which have a number in a table.
const TABLE: usize = 0x1_0000;

impl Default for CharacterLists {
    fn default() -> Self {
        Self {
            numbers: vec![0; TABLE].into(),
            others: HashMap::new(),
            lists: Vec::new(),
            characters: Vec::new(),
            tokens: 0,
            text: Vec::new(),
        }
    }
}

impl CharacterLists {
    /// Files a document under each character of a text that starts at a position; returns the
    /// position behind it. Documents come in order, and so do the texts of a document.
    pub(super) fn add(&mut self, document: DocId, text: &str, first: u32) -> u32 {
        // All numbers first: no look at the table waits for a list.
        let mut numbers = std::mem::take(&mut self.text);
        numbers.clear();
        numbers.extend(text.chars().map(|character| self.number(character)));
        let mut position = first;
        for &number in &numbers {
            let list = &mut self.lists[number as usize];
            if list.behind != document + 1 {
                if list.behind > 0 {
                    list.packed.push(0);
                }
                push(&mut list.packed, document + 1 - list.behind);
                (list.behind, list.position) = (document + 1, 0);
                self.characters[number as usize].1 += 1;
            }
            push(&mut list.packed, position - list.position + 1);
            list.position = position;
            position += 1;
        }
        self.text = numbers;
        self.tokens += u64::from(position - first);
        position
    }

    #[inline]
    fn number(&mut self, character: char) -> u32 {
        let next = self.lists.len() as u32;
        let number = match self.numbers.get_mut(character as usize) {
            Some(number) => {
                if *number == 0 {
                    *number = next + 1;
                }
                *number - 1
            }
            None => *self.others.entry(character).or_insert(next),
        };
        if number == next {
            self.lists.push(CharacterList::default());
            self.characters.push((character, 0));
        }
        number
    }

    /// How often anything was filed.
    pub(super) const fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Bytes it takes.
    pub(super) fn memory(&self) -> usize {
        // A place takes a byte and a half, and lists grow into room for twice as much.
        self.tokens as usize * 9 / 4 + self.lists.len() * size_of::<CharacterList>() + TABLE * 4
    }

    /// Writes the lists in the order of their characters.
    pub(super) fn write(
        self,
        option: IndexRecordOption,
        to: &mut FieldSerializer<'_>,
    ) -> io::Result<()> {
        let lists = self.lists.into_iter().map(|list| list.packed);
        let mut lists: Vec<((char, u32), Vec<u8>)> =
            self.characters.into_iter().zip(lists).collect();
        // Code points and their bytes in UTF-8 have the same order.
        lists.sort_unstable_by_key(|((character, _), _)| *character);
        let mut places = Vec::new();
        for ((character, documents), packed) in lists {
            open_term(to, character.encode_utf8(&mut [0; 4]).as_bytes(), documents, option)?;
            let mut packed = packed.as_slice();
            // The first is told by its distance from the one before all, plus one.
            let mut behind = 0;
            while !packed.is_empty() {
                behind += pull(&mut packed);
                places.clear();
                loop {
                    match pull(&mut packed) {
                        0 => break,
                        distance => places.push(distance - 1),
                    }
                }
                to.write_doc(behind - 1, places.len() as u32, &places);
            }
            to.close_term()?;
        }
        Ok(())
    }
}

/// Appends a number, seven bits a byte.
#[inline]
fn push(to: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Takes a number off the front; the end of the bytes is a zero.
#[inline]
fn pull(from: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = from.split_first() {
        *from = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
    }
    number
}
