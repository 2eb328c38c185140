//! A word list as a trie that is read in place: from any character of a text to the words that
//! start there, one load a character.
//!
//! `build.rs` writes it with the layout below (and includes this file for that); nothing is built
//! or copied when the program starts. Characters have small codes, the frequent ones the smallest,
//! so that what texts use most lies together. The children of a node are an open-addressing table
//! of their own, with one slot of eight bytes a child, and the tables of frequent characters come
//! first: a walk seldom leaves the processor's cache.
//!
//! | part | entries | what |
//! |---|---|---|
//! | head | 3 × `u32` | number of codes, of slots, of frequencies |
//! | codes | 65,536 × `u16` | the code of a character of the basic plane; 0: in no word |
//! | roots | codes × `u64` | the slot of the word or prefix of one character, by code |
//! | slots | slots × `u64` | children: 16 bits code (0: empty), 16 bits class, 32 bits table |
//! | frequencies | × `u64` | frequency of a class; class 0 stands for "no word" |
//!
//! A table is written as its first slot × 32 + the binary logarithm of its length; 0: no children.

/// Bits of a table that hold the logarithm of its length.
pub(crate) const LENGTH_BITS: u32 = 5;

/// Characters that have a code: those of the basic plane.
pub(crate) const CODED: usize = 0x1_0000;

/// Where in a table of `1 << bits` slots the search for a code starts.
#[inline]
pub(crate) const fn first_slot(code: u16, bits: u32) -> u32 {
    // Fibonacci hashing; 64 bits wide so that a table of one slot needs no exception.
    ((code as u32).wrapping_mul(0x9E37_79B1) as u64 >> (32 - bits)) as u32
}

/// Which word of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WordId(pub(crate) u32);

/// What stands in the slots where the search for the second and for the third character of a prefix
/// starts; the latter if the former is the second character's.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ahead {
    second: u64,
    third: u64,
}

/// The trie, over the bytes that `build.rs` wrote.
#[derive(Clone, Copy)]
pub(crate) struct Trie<'a> {
    codes: &'a [[u8; 2]],
    roots: &'a [[u8; 8]],
    slots: &'a [[u8; 8]],
    frequencies: &'a [[u8; 8]],
}

impl<'a> Trie<'a> {
    /// Reads the head and finds the parts; none if the bytes are no such trie.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(12)?;
        let number = |at: usize| Some(u32::from_le_bytes(*head[at..].first_chunk()?) as usize);
        let (codes, rest) = rest.split_at_checked(CODED * 2)?;
        let (roots, rest) = rest.split_at_checked(number(0)? * 8)?;
        let (slots, frequencies) = rest.split_at_checked(number(4)? * 8)?;
        (frequencies.len() == number(8)? * 8).then_some(Self {
            codes: codes.as_chunks().0,
            roots: roots.as_chunks().0,
            slots: slots.as_chunks().0,
            frequencies: frequencies.as_chunks().0,
        })
    }

    /// The code of a character; 0 if no word has it.
    #[inline]
    pub(crate) fn code(&self, character: char) -> u16 {
        self.codes.get(character as usize).map_or(0, |&code| u16::from_le_bytes(code))
    }

    /// The frequencies of all classes, by class.
    pub(crate) fn frequencies(&self) -> impl Iterator<Item = u64> {
        self.frequencies.iter().map(|&bytes| u64::from_le_bytes(bytes))
    }

    /// The frequency of a class.
    fn frequency(&self, class: u16) -> u64 {
        self.frequencies.get(usize::from(class)).map_or(0, |&bytes| u64::from_le_bytes(bytes))
    }

    /// The frequency of a word; none if the list does not have it.
    pub(crate) fn frequency_of(&self, word: &str) -> Option<u64> {
        let codes: Vec<u16> = word.chars().map(|character| self.code(character)).collect();
        let mut ahead = Vec::with_capacity(codes.len());
        self.look_ahead(&codes, &mut ahead);
        let mut frequency = None;
        self.prefixes(&codes, *ahead.first()?, |length, class, _| {
            frequency = (length == codes.len()).then(|| self.frequency(class));
        });
        frequency
    }

    /// How many [`WordId`]s there can be.
    pub(crate) fn ids(&self) -> usize {
        self.roots.len() + self.slots.len()
    }

    /// Looks ahead from each character of a text, given as codes.
    ///
    /// A walk mostly waits for memory; here no load waits for another.
    pub(crate) fn look_ahead(&self, codes: &[u16], ahead: &mut Vec<Ahead>) {
        // Without children, a table is the first slot of all, which nobody then uses.
        let start = |slot: u64, code: u16| {
            let (base, bits) = table_of(slot);
            self.slots.get((base + first_slot(code, bits)) as usize).map_or(0, |&slot| load(slot))
        };
        ahead.clear();
        ahead.extend(codes.windows(2).map(|pair| {
            let first = load(self.roots[usize::from(pair[0])]);
            Ahead { second: start(first, pair[1]), third: 0 }
        }));
        for (ahead, code) in ahead.iter_mut().zip(codes.iter().skip(2)) {
            ahead.third = start(ahead.second, *code);
        }
        ahead.resize(codes.len(), Ahead::default());
    }

    /// Hands every word that `codes` starts with to `emit`, the shortest first: its characters, its
    /// class, and which it is. `ahead` is what [`Trie::look_ahead`] has for the first character.
    #[inline]
    pub(crate) fn prefixes(
        &self,
        codes: &[u16],
        ahead: Ahead,
        mut emit: impl FnMut(usize, u16, WordId),
    ) {
        let Some((&first, rest)) = codes.split_first() else { return };
        if first == 0 {
            return;
        }
        let mut slot = load(self.roots[usize::from(first)]);
        if class_of(slot) != 0 {
            emit(1, class_of(slot), WordId(u32::from(first)));
        }
        let mut is_ahead = true;
        for (before, &code) in rest.iter().enumerate() {
            if slot >> 32 == 0 || code == 0 {
                return;
            }
            let (base, bits) = table_of(slot);
            let mask = (1u32 << bits) - 1;
            let start = first_slot(code, bits);
            let mut at = start;
            slot = match before {
                0 => ahead.second,
                1 if is_ahead => ahead.third,
                _ => load(self.slots[(base + at) as usize]),
            };
            while slot as u16 != code {
                at = (at + 1) & mask;
                // A full table has no empty slot to stop at.
                if slot as u16 == 0 || at == start {
                    return;
                }
                slot = load(self.slots[(base + at) as usize]);
                is_ahead = false;
            }
            if class_of(slot) != 0 {
                let id = self.roots.len() as u32 + base + at;
                emit(before + 2, class_of(slot), WordId(id));
            }
        }
    }
}

#[inline]
const fn load(slot: [u8; 8]) -> u64 {
    u64::from_le_bytes(slot)
}

/// The first slot of the table of a slot's children, and the logarithm of its length.
#[inline]
const fn table_of(slot: u64) -> (u32, u32) {
    let table = (slot >> 32) as u32;
    (table >> LENGTH_BITS, table & ((1 << LENGTH_BITS) - 1))
}

/// The class of the word that ends at a slot; 0 if none does.
#[inline]
const fn class_of(slot: u64) -> u16 {
    (slot >> 16) as u16
}
