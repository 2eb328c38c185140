//! The tables of `data/partnership/` → the words of working together that stand in a text, and
//! the bodies that certain places run together.
//!
//! One pass over a text finds them all, the longest first; a word with the role `never` swallows
//! what it holds, so that 「上海合作组织」 and 「合作社」 say nothing of cooperation.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::gazetteer::Gazetteer;
use super::lexicon::Lexicon;
use super::places_named::Text;
use crate::article::Status;

const WORDS: &str = include_str!("../../data/partnership/words.tsv");
const JOINT: &str = include_str!("../../data/partnership/joint.tsv");
const BODIES: &str = include_str!("../../data/partnership/bodies.tsv");
const PROGRAMMES: &str = include_str!("../../data/partnership/programmes.tsv");

/// The closed list of what places work together on.
pub const KINDS: &[&str] = &[
    "人才飞地",
    "人才合作",
    "劳务协作",
    "科技创新",
    "产业协作",
    "对口帮扶",
    "区域一体化",
    "交通互联",
    "政务服务",
    "生态环保",
    "文旅合作",
    "经贸招商",
    "医疗卫生",
    "教育合作",
    "执法司法",
    "应急救援",
    "能源水利",
    "其他",
];

/// The number of a kind in [`KINDS`].
pub(super) fn kind_number(name: &str) -> Option<usize> {
    KINDS.iter().position(|kind| *kind == name)
}

/// What a word says about cooperation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Something that only exists between partners: 合作协议, 飞地.
    Thing,
    /// What partners do together: 签署, 共建.
    Act,
    /// What one does for the other: 对口支援.
    Help,
    /// A visit or talks: 考察.
    Visit,
    /// Speaks of both or all: 两地, 双方.
    Both,
    /// How far it has come: 揭牌, 累计.
    State,
    /// A wish: 希望.
    Wish,
    /// A foreign country.
    Abroad,
    /// Only tells what it is about: 医院.
    Kind,
    /// A zone or park that certain places run together: 川渝高竹新区.
    Body,
}

/// A word of the table.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// What it says.
    pub(super) role: Role,
    /// How much it says about cooperation, 0 to 3; for [`Role::Kind`] about the kind.
    pub(super) strength: u8,
    /// The form of cooperation it names; empty for none.
    pub(super) form: &'static str,
    /// What it is about, as numbers of [`KINDS`].
    pub(super) kinds: Vec<usize>,
    /// How far it has come.
    pub(super) status: Option<Status>,
    /// For a [`Role::Body`], the places that run it.
    pub(super) members: Vec<u16>,
}

/// A word of the table that stands in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cue {
    /// First character.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// The word.
    pub(super) word: &'static Word,
}

impl Cue {
    /// Whether it speaks of working together, more than in passing.
    pub(super) fn is_cooperation(&self) -> bool {
        matches!(self.word.role, Role::Thing | Role::Act | Role::Help)
    }
}

/// All words; `None` for one that says nothing.
static LEXICON: LazyLock<Lexicon<Option<Word>>> = LazyLock::new(|| Lexicon::new(rows()));

/// The rows of the table; a test holds that each can be read.
fn rows() -> Vec<(Cow<'static, str>, Option<Word>)> {
    let tables = WORDS.lines().skip(1).filter_map(row);
    let tables = tables.chain(BODIES.lines().skip(1).filter_map(body));
    let mut rows: Vec<_> = tables.map(|(text, word)| (Cow::Borrowed(text), word)).collect();
    let known: HashSet<Cow<'static, str>> = rows.iter().map(|(text, _)| text.clone()).collect();
    rows.extend(joint().into_iter().filter(|(text, _)| !known.contains(text)));
    rows
}

/// What is done together: each word for 「together」 of the table with each verb, 「共同」+「发布」.
fn joint() -> Vec<(Cow<'static, str>, Option<Word>)> {
    let rows: Vec<[&str; 4]> = JOINT.lines().skip(1).filter_map(joint_row).collect();
    let part = |wanted: &'static str| rows.iter().filter(move |[_, part, ..]| *part == wanted);
    let mut joint = Vec::new();
    for [together, ..] in part("together") {
        for [verb, _, kind, status] in part("verb") {
            let word = Word {
                role: Role::Act,
                strength: 2,
                form: "",
                kinds: kind_number(kind).into_iter().collect(),
                status: status_named(status),
                members: Vec::new(),
            };
            joint.push((Cow::Owned(format!("{together}{verb}")), Some(word)));
        }
    }
    joint
}

/// A row of the table of joint acts: `word`, `part`, `kind`, `status`.
fn joint_row(line: &'static str) -> Option<[&'static str; 4]> {
    let mut cells = line.split('\t');
    let row = [cells.next()?, cells.next()?, cells.next()?, cells.next()?];
    let known = matches!(row[1], "together" | "verb");
    let kind = row[2].is_empty() || kind_number(row[2]).is_some();
    (known && kind && (row[3].is_empty() || status_named(row[3]).is_some())).then_some(row)
}

fn status_named(name: &str) -> Option<Status> {
    match name {
        "proposed" => Some(Status::Proposed),
        "signed" => Some(Status::Signed),
        "opened" => Some(Status::Opened),
        "running" => Some(Status::Running),
        _ => None,
    }
}

/// What is called a cooperation or what one is about, as people write it: 人才飞地, 对口帮扶.
pub fn terms() -> impl Iterator<Item = &'static str> {
    let words = WORDS.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let word = columns.next()?;
        matches!(columns.next()?, "thing" | "kind").then_some(word)
    });
    let bodies = BODIES.lines().skip(1).filter_map(|line| line.split('\t').next());
    KINDS.iter().copied().chain(words).chain(bodies)
}

/// A fingerprint of the tables, to be stored with what was made from them.
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
        let mut hasher = blake3::Hasher::new();
        for table in [WORDS, JOINT, BODIES, PROGRAMMES] {
            hasher.update(&(table.len() as u64).to_le_bytes());
            hasher.update(table.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    });
    &FINGERPRINT
}

/// The index of the division with an official name.
fn division(name: &str) -> Option<u16> {
    let position = Gazetteer::get().divisions().iter().position(|known| known.name == name)?;
    u16::try_from(position).ok()
}

fn body(line: &'static str) -> Option<(&'static str, Option<Word>)> {
    let mut cells = line.split('\t');
    let (text, members, kind, form) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let members = members.split('|').map(division).collect::<Option<Vec<u16>>>()?;
    let kinds = vec![kind_number(kind)?];
    Some((text, Some(Word { role: Role::Body, strength: 2, form, kinds, status: None, members })))
}

fn row(line: &'static str) -> Option<(&'static str, Option<Word>)> {
    let mut cells = line.split('\t');
    let mut next = || cells.next();
    let (text, role, strength) = (next()?, next()?, next()?.parse().ok()?);
    let (form, kinds, status) = (next()?, next()?, next()?);
    let role = match role {
        "thing" => Role::Thing,
        "act" => Role::Act,
        "help" => Role::Help,
        "visit" => Role::Visit,
        "both" => Role::Both,
        "state" => Role::State,
        "wish" => Role::Wish,
        "abroad" => Role::Abroad,
        "kind" => Role::Kind,
        "never" => return Some((text, None)),
        _ => return None,
    };
    let status = status_named(status);
    let kinds = kinds.split('|').filter(|kind| !kind.is_empty());
    let kinds = kinds.map(kind_number).collect::<Option<Vec<usize>>>()?;
    Some((text, Some(Word { role, strength, form, kinds, status, members: Vec::new() })))
}

/// Finds all words of the table in a text, in order.
pub(super) fn cues(text: &Text) -> Vec<Cue> {
    let found = LEXICON.find_all(&text.chars);
    let said = found.filter_map(|(Range { start, end }, word)| {
        word.as_ref().map(|word| Cue { start, end, word })
    });
    said.collect()
}

/// Programmes of the State that bind two divisions, by their indices in the gazetteer.
static PROGRAMME_PAIRS: LazyLock<Vec<(u16, u16)>> = LazyLock::new(|| {
    PROGRAMMES
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some((division(cells.next()?)?, division(cells.next()?)?))
        })
        .collect()
});

/// Whether two places, or the provinces they lie in, are bound by a programme of the State.
pub(super) fn have_programme(a: u16, b: u16) -> bool {
    let gazetteer = Gazetteer::get();
    let holds = |outer: u16, inner: u16| outer == inner || gazetteer.lies_in(inner, outer);
    PROGRAMME_PAIRS.iter().any(|&(x, y)| holds(x, a) && holds(y, b) || holds(x, b) && holds(y, a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Field;

    #[test]
    fn every_row_of_the_tables_can_be_read() {
        for (number, line) in WORDS.lines().enumerate().skip(1) {
            assert!(row(line).is_some(), "data/partnership/words.tsv:{}: {line}", number + 1);
        }
        for (number, line) in BODIES.lines().enumerate().skip(1) {
            assert!(body(line).is_some(), "data/partnership/bodies.tsv:{}: {line}", number + 1);
        }
        assert_eq!(PROGRAMME_PAIRS.len(), PROGRAMMES.lines().count() - 1);
        for (number, line) in JOINT.lines().enumerate().skip(1) {
            assert!(joint_row(line).is_some(), "data/partnership/joint.tsv:{}: {line}", number + 1);
        }
        let mut words: Vec<Cow<str>> = rows().into_iter().map(|(text, _)| text).collect();
        words.sort_unstable();
        let count = words.len();
        words.dedup();
        assert_eq!(words.len(), count, "no word stands twice");
    }

    #[test]
    fn a_word_that_says_nothing_swallows_what_it_holds() {
        let said = |text: &str| cues(&Text::new(Field::Body, text)).len();
        assert_eq!(said("上海合作组织成员国的农业合作社"), 0);
        assert_eq!(said("签署合作协议"), 2);
    }
}
