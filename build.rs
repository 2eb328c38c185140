//! Compiles `data/dictionary/words.tsv` into a trie that the program reads in place (its layout is
//! told in `src/index/trie.rs`): nothing has to be loaded before the first query.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::{env, fs};

#[path = "src/index/trie.rs"]
#[allow(dead_code, reason = "the program reads more of it")]
mod trie;

use trie::{CODED, LENGTH_BITS, Trie, first_slot};

const SOURCE: &str = "data/dictionary/words.tsv";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=src/index/trie.rs");
    let table = fs::read_to_string(SOURCE).unwrap_or_else(|e| panic!("{SOURCE}: {e}"));
    let words: Vec<(&str, u64)> = table.lines().enumerate().skip(1).map(entry).collect();
    let total: u64 = words.iter().map(|(_, frequency)| frequency).sum();
    let bytes = compile(&words);
    check(&bytes, &words);

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let write = |name: &str, content: &[u8]| {
        fs::write(out.join(name), content).expect("OUT_DIR can be written");
    };
    write("words.trie", &bytes);
    write("words_total.rs", format!("{total}_u64").as_bytes());
    let fingerprint = blake3::hash(table.as_bytes()).to_hex();
    write("words_fingerprint.rs", format!("{:?}", &fingerprint[..12]).as_bytes());
}

/// A word and its frequency, from a numbered line.
fn entry((number, line): (usize, &str)) -> (&str, u64) {
    let entry = line.split_once('\t').and_then(|(w, f)| Some((w, f.parse::<u64>().ok()?)));
    match entry {
        Some((word, frequency)) if !word.is_empty() => (word, frequency),
        _ => panic!("{SOURCE}:{}: `{line}` is not a word, a tab and a frequency", number + 1),
    }
}

/// A prefix of words.
#[derive(Default)]
struct Node {
    frequency: Option<u64>,
    /// How often words with this prefix occur.
    weight: u64,
    children: BTreeMap<char, Node>,
}

/// Builds the trie's bytes.
fn compile(words: &[(&str, u64)]) -> Vec<u8> {
    let mut root = Node::default();
    let mut weights: HashMap<char, u64> = HashMap::new();
    for &(word, frequency) in words {
        let mut node = &mut root;
        for character in word.chars() {
            assert!((character as usize) < CODED, "`{word}` has a character that has no code");
            *weights.entry(character).or_default() += frequency;
            node = node.children.entry(character).or_default();
            node.weight += frequency;
        }
        assert!(node.frequency.replace(frequency).is_none(), "`{word}` stands twice");
    }
    let mut characters: Vec<(u64, char)> = weights.into_iter().map(|(c, w)| (w, c)).collect();
    characters.sort_by_key(|&(weight, character)| (std::cmp::Reverse(weight), character));
    let codes: HashMap<char, u16> =
        (1u16..).zip(&characters).map(|(code, &(_, character))| (character, code)).collect();
    let frequencies: BTreeSet<u64> = words.iter().map(|&(_, frequency)| frequency).collect();
    let frequencies: Vec<u64> = std::iter::once(0).chain(frequencies).collect();
    let class = |frequency: Option<u64>| match frequency {
        None => 0,
        Some(frequency) => 1 + frequencies[1..].binary_search(&frequency).expect("gathered above"),
    };

    // Breadth first, the most frequent nodes of a level first.
    let mut roots = vec![0u64; characters.len() + 1];
    let mut slots: Vec<u64> = vec![0];
    let mut level: Vec<(&Node, Place)> = Vec::new();
    for (&character, node) in &root.children {
        let code = codes[&character];
        roots[usize::from(code)] = u64::from(code) | (class(node.frequency) as u64) << 16;
        level.push((node, Place::Root(code)));
    }
    while !level.is_empty() {
        level.sort_by_key(|(node, _)| std::cmp::Reverse(node.weight));
        let mut next = Vec::new();
        for (node, place) in level {
            let count = node.children.len();
            if count == 0 {
                continue;
            }
            let length = if count < 3 { count } else { count + count / 3 }.next_power_of_two();
            let (base, bits) = (slots.len(), length.trailing_zeros());
            slots.resize(base + length, 0);
            let table = (base as u64) << LENGTH_BITS | u64::from(bits);
            assert!(u32::try_from(table).is_ok(), "the trie is too large for its layout");
            match place {
                Place::Root(code) => roots[usize::from(code)] |= table << 32,
                Place::Slot(at) => slots[at] |= table << 32,
            }
            for (character, child) in &node.children {
                let code = codes[character];
                let mut at = first_slot(code, bits) as usize;
                while slots[base + at] != 0 {
                    at = (at + 1) & (length - 1);
                }
                slots[base + at] = u64::from(code) | (class(child.frequency) as u64) << 16;
                next.push((child, Place::Slot(base + at)));
            }
        }
        level = next;
    }

    let mut code_table = vec![0u16; CODED];
    for (character, code) in codes {
        code_table[character as usize] = code;
    }
    let head = [roots.len(), slots.len(), frequencies.len()].map(|length| length as u32);
    let mut bytes: Vec<u8> = head.iter().flat_map(|number| number.to_le_bytes()).collect();
    bytes.extend(code_table.iter().flat_map(|code| code.to_le_bytes()));
    for part in [&roots, &slots, &frequencies] {
        bytes.extend(part.iter().flat_map(|number| number.to_le_bytes()));
    }
    bytes
}

/// Where a node stands.
enum Place {
    Root(u16),
    Slot(usize),
}

/// Reads every word back.
fn check(bytes: &[u8], words: &[(&str, u64)]) {
    let trie = Trie::new(bytes).expect("the trie has its parts");
    for &(word, frequency) in words {
        let found = trie.frequency_of(word);
        assert_eq!(found, Some(frequency), "`{word}` does not come back from the trie");
    }
}
