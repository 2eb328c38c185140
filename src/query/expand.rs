//! A stretch of a query → what else may stand for it: other names of its places, synonyms from
//! `data/thesaurus/`; and which of its words only ask.
//!
//! Nothing here is looked for instead of what was typed; it counts less wherever it is found.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::clean::fold::fold;
use crate::understand::gazetteer::{Division, Gazetteer};
use crate::understand::places::{QueryPlace, QueryPlaceKind};

const SYNONYMS: &str = include_str!("../../data/thesaurus/synonyms.tsv");
const FILLERS: &str = include_str!("../../data/thesaurus/fillers.tsv");

/// Marks a member that stands for the others while none of them stands for it.
const BROADER: char = '>';
/// Marks a member that the others stand for while it stands for none of them.
const TYPED_ONLY: char = '?';
/// Separates texts that stand for something where they stand near each other.
const NEAR: char = '…';

/// Share of the typed words' worth that another name of the same place earns.
const SAME_PLACE: f32 = 0.9;
/// Share that the name of a place earns where somebody goes there or stays there (赴京).
const PLACE_GONE_TO: f32 = 0.6;

/// A text of a group, or several that stand near each other.
struct Member {
    /// The texts, folded.
    texts: Vec<String>,
    /// Whether it stands for the others.
    stands: bool,
}

/// Groups of words that may stand for each other.
struct Thesaurus {
    /// The members of each group, and what a synonym earns.
    groups: Vec<(Vec<Member>, f32)>,
    /// The groups that a member belongs to.
    by_member: HashMap<String, Vec<usize>>,
    /// Characters of the longest member.
    longest: usize,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    let mut groups = Vec::new();
    let mut by_member: HashMap<String, Vec<usize>> = HashMap::new();
    let mut longest = 0;
    for line in SYNONYMS.lines().skip(1) {
        let mut columns = line.split('\t');
        let (Some(share), Some(written)) = (columns.next(), columns.next()) else { continue };
        let Ok(share) = share.parse() else { continue };
        let mut members = Vec::new();
        for written in written.split('|') {
            let text = written.trim_start_matches([BROADER, TYPED_ONLY]);
            let texts: Vec<String> = text.split(NEAR).map(fold).collect();
            if let ([text], false) = (texts.as_slice(), written.starts_with(BROADER)) {
                longest = longest.max(text.chars().count());
                by_member.entry(text.clone()).or_default().push(groups.len());
            }
            members.push(Member { texts, stands: !written.starts_with(TYPED_ONLY) });
        }
        groups.push((members, share));
    }
    Thesaurus { groups, by_member, longest }
});

static FILLER_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| FILLERS.lines().skip(1).filter_map(|line| line.split('\t').next()).collect());

/// Every word that has a synonym, folded.
pub(super) fn members() -> impl Iterator<Item = &'static str> {
    THESAURUS.by_member.keys().map(String::as_str)
}

/// Whether a word has a synonym.
pub(super) fn is_member(word: &str) -> bool {
    THESAURUS.by_member.contains_key(word)
}

/// Whether a word only asks (怎么, 哪些) and says nothing about what is wanted.
pub(super) fn is_filler(word: &str) -> bool {
    FILLER_WORDS.contains(word)
}

/// Something that may stand for a part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The characters of the query that it may stand for.
    pub(super) range: Range<usize>,
    /// What may stand there, folded: one text, or several near each other.
    pub(super) texts: Vec<String>,
    /// Share of the typed words' worth that it earns.
    pub(super) share: f32,
}

/// Finds what may stand for parts of a folded stretch of a query that names some places; `words` are
/// the characters of each of its words.
pub(super) fn expansions(
    folded: &str,
    places: &[QueryPlace],
    words: &[Range<usize>],
) -> Vec<Found> {
    let mut found = synonyms(folded);
    for name in names(folded, places).into_iter().chain(names_in_words(words, places)) {
        add(&mut found, name);
    }
    found
}

/// Adds what may stand for a part; what is known to may earn more by it.
fn add(found: &mut Vec<Found>, new: Found) {
    match found.iter_mut().find(|known| known.range == new.range && known.texts == new.texts) {
        Some(known) => known.share = known.share.max(new.share),
        None => found.push(new),
    }
}

/// The longest members of the thesaurus that stand in a text, none overlapping, as bytes.
pub(super) fn members_within(folded: &str) -> Vec<Range<usize>> {
    let thesaurus = &*THESAURUS;
    let mut starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).collect();
    starts.push(folded.len());
    let count = starts.len() - 1;
    let mut found = Vec::new();
    let mut at = 0;
    while at < count {
        let longest = (at + thesaurus.longest).min(count);
        let hit = (at + 2..=longest)
            .rev()
            .find(|&end| thesaurus.by_member.contains_key(&folded[starts[at]..starts[end]]));
        if let Some(end) = hit {
            found.push(starts[at]..starts[end]);
        }
        at = hit.unwrap_or(at + 1);
    }
    found
}

/// Synonyms of the longest members that stand in a text.
fn synonyms(folded: &str) -> Vec<Found> {
    let thesaurus = &*THESAURUS;
    let mut found: Vec<Found> = Vec::new();
    for member in members_within(folded) {
        let typed = &folded[member.clone()];
        let start = folded[..member.start].chars().count();
        let range = start..start + typed.chars().count();
        for &group in &thesaurus.by_member[typed] {
            let (members, share) = &thesaurus.groups[group];
            for other in members.iter().filter(|other| other.stands && other.texts != [typed]) {
                let (range, texts) = (range.clone(), other.texts.clone());
                add(&mut found, Found { range, texts, share: *share });
            }
        }
    }
    found
}

/// Other names of the places that a text names.
fn names(folded: &str, places: &[QueryPlace]) -> Vec<Found> {
    let gazetteer = Gazetteer::get();
    let characters: Vec<char> = folded.chars().collect();
    let mut found = Vec::new();
    for place in places {
        let typed: String = characters[place.range.clone()].iter().collect();
        let mut names: Vec<String> = Vec::new();
        if place.kind == QueryPlaceKind::Region {
            if let Some(region) = gazetteer.region(&place.facet_name) {
                names.push(fold(region.name));
                for alias in &region.aliases {
                    // A doubtful name (?湾区) is believed only where it was typed.
                    let sure = !alias.starts_with('?');
                    let alias = fold(alias.trim_start_matches('?'));
                    if sure || alias == typed {
                        names.push(alias);
                    }
                }
            }
        } else if let Some(division) = gazetteer.division(&place.code) {
            names.push(fold(division.name));
            names.push(fold(division.short));
            names.extend(gazetteer.abbreviations(division).into_iter().map(fold));
        }
        // 前海 or 襄樊 is filed under a larger or newer place, and is not another name of it; the first
        // character of a name (佛茂) is.
        if !names.contains(&typed) && typed.chars().nth(1).is_some() {
            continue;
        }
        names.retain(|name| !name.is_empty() && *name != typed);
        names.dedup();
        for text in names {
            let texts = vec![text];
            found.push(Found { range: place.range.clone(), texts, share: SAME_PLACE });
        }
    }
    found
}

/// The names of places that stand in a word of the dictionary by one character each: 深港 is 深圳 near
/// 香港, 赴京 is 北京.
fn names_in_words(words: &[Range<usize>], places: &[QueryPlace]) -> Vec<Found> {
    let gazetteer = Gazetteer::get();
    let mut found = Vec::new();
    for word in words.iter().filter(|word| word.len() > 1) {
        let inside = |place: &&QueryPlace| {
            place.range.len() == 1 && word.start <= place.range.start && place.range.end <= word.end
        };
        let inside: Vec<&QueryPlace> = places.iter().filter(inside).collect();
        let share = match inside.len() {
            0 => continue,
            all if all == word.len() => SAME_PLACE,
            1 => PLACE_GONE_TO,
            _ => continue,
        };
        let names = inside.iter().map(|place| gazetteer.division(&place.code).map(usual));
        if let Some(texts) = names.collect::<Option<Vec<String>>>() {
            found.push(Found { range: word.clone(), texts, share });
        }
    }
    found
}

/// The name by which news calls a division, folded.
fn usual(division: &Division) -> String {
    fold(if division.short.is_empty() { division.name } else { division.short })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, places: &[QueryPlace], words: &[Range<usize>]) -> Vec<String> {
        let found = expansions(text, places, words).into_iter();
        found
            .map(|found| format!("{:?} {} {}", found.range, found.texts.join("…"), found.share))
            .collect()
    }

    #[test]
    fn the_thesaurus_is_well_formed() {
        for line in SYNONYMS.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [share, members, note] = columns.as_slice() else { panic!("{line}") };
            let share: f32 = share.parse().expect(line);
            assert!(0.0 < share && share < 1.0 && !note.is_empty(), "{line}");
            let texts: Vec<&str> =
                members.split('|').map(|m| m.trim_start_matches([BROADER, TYPED_ONLY])).collect();
            let distinct: HashSet<&&str> = texts.iter().collect();
            assert!(distinct.len() == texts.len() && texts.len() > 1, "a member twice: {line}");
            assert!(
                texts.iter().all(|text| text.split(NEAR).all(|t| fold(t) == t && !t.is_empty()))
            );
            let typed = |member: &str| !member.starts_with(BROADER) && !member.contains(NEAR);
            assert!(members.split('|').any(typed), "nothing of it can be typed: {line}");
            let near = members.split('|').filter(|member| member.contains(NEAR));
            assert!(
                near.into_iter().all(|m| m.starts_with(BROADER)),
                "several texts are typed: {line}"
            );
        }
    }

    #[test]
    fn several_texts_near_each_other_stand_for_a_word() {
        let found = expanded("市校合作", &[], std::slice::from_ref(&(0..4)));
        assert!(found.contains(&"0..4 大学…市政府…合作 0.7".to_owned()), "{found:?}");
    }

    #[test]
    fn places_of_one_word_stand_near_each_other() {
        let place = |at: usize, code: &str| QueryPlace {
            range: at..at + 1,
            kind: QueryPlaceKind::City,
            facet_name: String::new(),
            code: code.to_owned(),
        };
        let pair = [place(0, "440300"), place(1, "810000")];
        assert_eq!(
            expanded("深港", &pair, std::slice::from_ref(&(0..2))).last().map(String::as_str),
            Some("0..2 深圳…香港 0.9")
        );
        let gone = [place(1, "110000")];
        assert_eq!(
            expanded("赴京", &gone, std::slice::from_ref(&(0..2))).last().map(String::as_str),
            Some("0..2 北京 0.6")
        );
    }
}
