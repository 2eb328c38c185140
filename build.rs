//! Compiles `data/dictionary/words.tsv` into a finite-state map, which a search reads in place
//! (nothing has to be loaded before the first query), and into an automaton that finds all words of
//! a text in one pass, which only indexing loads.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let source = "data/dictionary/words.tsv";
    println!("cargo::rerun-if-changed={source}");
    let table = fs::read_to_string(source).unwrap_or_else(|e| panic!("{source}: {e}"));
    let mut total = 0u64;
    let mut map = fst::MapBuilder::memory();
    let mut hideable = Vec::new();
    for (number, line) in table.lines().enumerate().skip(1) {
        let entry = line.split_once('\t').and_then(|(w, f)| Some((w, f.parse::<u64>().ok()?)));
        let Some((word, frequency)) = entry else {
            panic!("{source}:{}: `{line}` is not a word, a tab and a frequency", number + 1)
        };
        total += frequency;
        if is_chinese_entry(word) {
            hideable.push(word);
        }
        map.insert(word, frequency)
            .unwrap_or_else(|e| panic!("{source}:{}: `{word}`: {e}", number + 1));
    }
    let bytes = map.into_inner().unwrap_or_else(|e| panic!("{source}: {e}"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("words.fst"), bytes).expect("OUT_DIR can be written");
    let automaton = daachorse::CharwiseDoubleArrayAhoCorasick::<u32>::new(hideable)
        .unwrap_or_else(|e| panic!("{source}: {e}"));
    fs::write(out.join("words.daac"), automaton.serialize()).expect("OUT_DIR can be written");
    fs::write(out.join("words_total.rs"), format!("{total}_u64")).expect("OUT_DIR can be written");
}

/// Whether a word can be hidden in another: two characters or more, a Chinese one among them. A
/// test in src/index/words.rs compares this with the program's own rule.
fn is_chinese_entry(word: &str) -> bool {
    let is_han = |c: char| {
        matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' | '〇')
    };
    word.chars().nth(1).is_some() && word.chars().any(is_han)
}
