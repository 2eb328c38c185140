//! The grammar of queries, forgiving by design.
//!
//! ```text
//! 荔湾 南海 人才合作区        words: enough of them, the more the better
//! "人才飞地" “…” 「…」        exactly this
//! -招聘  -"招聘会"           not this
//! 飞地 OR 合作区   飞地|合作区   或   one of them
//! (飞地|合作区) 佛山          groups; all signs also full-width
//! title:飞地  标题：飞地      in the headline
//! outlet:日报 来源：日报      by the outlet's name
//! 地区:长三角 城市:佛山       about a place
//! 日期:2023-07..2023-08       published then
//! "佛山 茂名"~10              with at most ten characters between them
//! 同句(佛山 茂名)             in one sentence
//! ```
//!
//! `docs/query-syntax.md` tells it to users; a test runs its table.

use super::expand::{Found, expansions, is_filler, is_member, members_within};
use std::ops::Range;

use super::plan::{Aside, Bag, Expansion, Node, Run, Scope, Understood, Within, Word};
use crate::article::NewsDate;
use crate::clean::fold::{fold, is_han};
use crate::index::words::words_of_query;
use crate::query::filter::{Place, city_place, members, region_place};
use crate::understand::gazetteer::Gazetteer;
use crate::understand::places::{QueryPlace, QueryPlaceKind as PlaceKind, in_query};

/// Groups within groups that are followed; what is deeper is read without its brackets.
const MAX_DEPTH: usize = 20;

/// Words of a query that are looked for; further ones are left aside.
const MAX_WORDS: usize = 200;

/// Words of a stretch up to which synonyms are looked for: a pasted paragraph says it all itself.
const MAX_EXPANDED: usize = 24;

/// Characters of a phrase that are compared.
const MAX_PHRASE: usize = 1_000;

/// Prefixes that send a word to one part of an article.
const PREFIXES: &[(&str, Prefix)] = &[
    ("title", Prefix::Title),
    ("标题", Prefix::Title),
    ("標題", Prefix::Title),
    ("outlet", Prefix::Outlet),
    ("source", Prefix::Outlet),
    ("来源", Prefix::Outlet),
    ("來源", Prefix::Outlet),
    ("媒体", Prefix::Outlet),
    ("region", Prefix::Place),
    ("地区", Prefix::Place),
    ("地區", Prefix::Place),
    ("city", Prefix::Place),
    ("城市", Prefix::Place),
    ("date", Prefix::Days),
    ("日期", Prefix::Days),
];

/// Stand before a bracket and ask for one sentence that holds all that is in it.
const SENTENCE: &[&str] = &["同句", "sentence"];

/// The most characters between two texts that are near.
const MAX_DISTANCE: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Title,
    Outlet,
    Place,
    Days,
}

/// The smallest pieces of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Text without blanks.
    Text(String),
    /// Text between quotation marks.
    Quoted(String),
    /// Texts between quotation marks or brackets that have to stand near each other.
    Near(String, Within),
    Open,
    Close,
    Or,
    Minus,
    Field(Prefix),
}

/// Reads a query: what has to hold, what was understood, what was left aside.
pub fn parse(query: &str) -> (Option<Node>, Understood, Vec<Aside>) {
    read(query, false)
}

/// The same, but every word stands for itself alone: no synonyms, no other names, no places.
pub fn parse_literally(query: &str) -> (Option<Node>, Understood, Vec<Aside>) {
    read(query, true)
}

fn read(query: &str, literal: bool) -> (Option<Node>, Understood, Vec<Aside>) {
    let mut asides = Vec::new();
    let tokens = tokens(query, &mut asides);
    let understood = Understood::default();
    let mut parser = Parser { tokens: &tokens, at: 0, words: 0, literal, asides, understood };
    let mut nodes = Vec::new();
    while parser.at < tokens.len() {
        nodes.extend(parser.alternatives(0));
        // A closing bracket that nothing opened.
        if parser.at < tokens.len() {
            parser.at += 1;
        }
    }
    let Parser { mut asides, mut understood, words: count, .. } = parser;
    if count > MAX_WORDS {
        asides.push(Aside::Words { count, kept: MAX_WORDS });
    }
    let node = join(nodes);
    if node.as_ref().is_some_and(only_excludes) {
        asides.push(Aside::OnlyWithout);
    }
    let Understood { words, also, cities, regions, .. } = &mut understood;
    for list in [words, also, cities, regions] {
        let mut seen = std::collections::HashSet::new();
        list.retain(|name| seen.insert(name.clone()));
    }
    (node, understood, asides)
}

/// Whether a node holds nothing that an article must have.
fn only_excludes(node: &Node) -> bool {
    match node {
        Node::Not(_) => true,
        Node::All(nodes) => nodes.iter().all(only_excludes),
        _ => false,
    }
}

/// Makes one node of several that all have to hold; bags become one bag.
fn join(nodes: Vec<Node>) -> Option<Node> {
    let mut bag = Bag::default();
    let mut all = Vec::new();
    for node in nodes {
        match node {
            Node::Bag(more) => bag.runs.extend(more.runs),
            Node::All(more) => all.extend(more),
            other => all.push(other),
        }
    }
    if !bag.runs.is_empty() {
        all.insert(0, Node::Bag(bag));
    }
    if all.len() > 1 { Some(Node::All(all)) } else { all.pop() }
}

/// Cuts a query into its pieces.
fn tokens(query: &str, asides: &mut Vec<Aside>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let characters: Vec<char> = query.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    let finish = |text: &mut String, tokens: &mut Vec<Token>| {
        if !text.is_empty() {
            tokens.push(match text.as_str() {
                "OR" | "或" | "ＯＲ" => Token::Or,
                _ => Token::Text(std::mem::take(text)),
            });
            text.clear();
        }
    };
    while let Some(&character) = characters.get(at) {
        at += 1;
        let closers: &[char] = match character {
            '"' | '＂' => &['"', '＂'],
            '“' | '”' => &['”', '“', '"'],
            '「' => &['」'],
            '『' => &['』'],
            _ => &[],
        };
        if !closers.is_empty() {
            finish(&mut text, &mut tokens);
            if let Some(length) = characters[at..].iter().position(|c| closers.contains(c)) {
                let quoted = characters[at..at + length].iter().collect();
                at += length + 1;
                if let Some((distance, end)) = distance(&characters, at) {
                    tokens.push(Token::Near(quoted, Within::Characters(distance)));
                    at = end;
                } else {
                    tokens.push(Token::Quoted(quoted));
                }
            } else {
                asides.push(Aside::Unclosed(character));
            }
            continue;
        }
        match character {
            '(' | '（' if SENTENCE.contains(&text.as_str()) => {
                text.clear();
                let inside = characters[at..].iter().take_while(|c| !matches!(c, ')' | '）'));
                let inside: String = inside.collect();
                at = (at + inside.chars().count() + 1).min(characters.len());
                tokens.push(Token::Near(inside, Within::Sentence));
            }
            '(' | '（' => {
                finish(&mut text, &mut tokens);
                tokens.push(Token::Open);
            }
            ')' | '）' => {
                finish(&mut text, &mut tokens);
                tokens.push(Token::Close);
            }
            '|' | '｜' => {
                finish(&mut text, &mut tokens);
                if tokens.last() != Some(&Token::Or) {
                    tokens.push(Token::Or);
                }
            }
            '-' | '－' if text.is_empty() && starts_something(characters.get(at)) => {
                tokens.push(Token::Minus);
            }
            ':' | '：' => {
                let prefix = PREFIXES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
                match prefix {
                    Some(&(_, prefix)) if starts_something(characters.get(at)) => {
                        text.clear();
                        if !matches!(tokens.last(), Some(Token::Field(_))) {
                            tokens.push(Token::Field(prefix));
                        }
                    }
                    _ => text.push(character),
                }
            }
            _ if character.is_whitespace() || character == '\u{3000}' => {
                finish(&mut text, &mut tokens);
            }
            _ => text.push(character),
        }
    }
    finish(&mut text, &mut tokens);
    tokens
}

/// Reads `~10` after a quotation mark: the number and where it ends.
fn distance(characters: &[char], at: usize) -> Option<(u32, usize)> {
    characters.get(at).filter(|c| matches!(c, '~' | '～'))?;
    let digits: Vec<u32> = characters[at + 1..]
        .iter()
        .map_while(|&c| crate::clean::fold::fold_char(c).to_digit(10))
        .collect();
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().fold(0u32, |sum, d| sum.saturating_mul(10).saturating_add(*d));
    Some((number.min(MAX_DISTANCE), at + 1 + digits.len()))
}

/// Whether a sign such as `-` stands right before something it can belong to.
fn starts_something(next: Option<&char>) -> bool {
    next.is_some_and(|&c| !c.is_whitespace() && !matches!(c, '-' | '－' | ')' | '）' | '|' | '｜'))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    words: usize,
    literal: bool,
    asides: Vec<Aside>,
    understood: Understood,
}

impl Parser<'_> {
    /// Reads sequences with `OR` between them, up to a closing bracket or the end.
    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        let mut any = Vec::new();
        loop {
            any.extend(self.sequence(depth));
            if self.tokens.get(self.at) != Some(&Token::Or) {
                break;
            }
            self.at += 1;
        }
        if any.len() > 1 { Some(Node::Any(any)) } else { any.pop() }
    }

    /// Reads what stands side by side.
    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        while let Some(token) = self.tokens.get(self.at) {
            match token {
                Token::Or => break,
                Token::Close if depth > 0 => break,
                Token::Close => self.at += 1,
                _ => nodes.extend(self.item(depth, Scope::Anywhere, false)),
            }
        }
        join(nodes)
    }

    /// Reads one thing: text, a phrase, a group, or one of these with a sign before it.
    fn item(&mut self, depth: usize, scope: Scope, without: bool) -> Option<Node> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Text(text) => self.text(text, scope, without),
            Token::Quoted(text) => self.phrase(text, scope, without),
            Token::Field(Prefix::Title) => self.item(depth, Scope::Title, without),
            Token::Field(Prefix::Outlet) => match self.tokens.get(self.at) {
                Some(Token::Text(text) | Token::Quoted(text)) => {
                    self.at += 1;
                    let name = fold(text);
                    (!name.is_empty()).then_some(Node::Outlet(name))
                }
                _ => None,
            },
            Token::Field(Prefix::Place) => self.value(Self::places),
            Token::Field(Prefix::Days) => self.value(|_, text| days(text)),
            Token::Near(text, within) => self.near(text, *within, scope, without),
            Token::Minus => {
                self.item(depth, scope, true).map(|node| Node::Not(Box::new(strict(node))))
            }
            Token::Open if depth >= MAX_DEPTH => None,
            Token::Open => {
                let group = self.alternatives(depth + 1);
                if self.tokens.get(self.at) == Some(&Token::Close) {
                    self.at += 1;
                }
                group.map(|node| if scope == Scope::Title { in_title(node) } else { node })
            }
            Token::Close | Token::Or => None,
        }
    }

    fn phrase(&mut self, text: &str, scope: Scope, without: bool) -> Option<Node> {
        let mut folded = fold(text);
        if folded.is_empty() {
            return None;
        }
        if let Some((end, _)) = folded.char_indices().nth(MAX_PHRASE) {
            folded.truncate(end);
            self.asides.push(Aside::LongPhrase(MAX_PHRASE));
        }
        let list =
            if without { &mut self.understood.without } else { &mut self.understood.phrases };
        list.push(text.trim().to_owned());
        Some(Node::Phrase(folded, scope))
    }

    /// Reads what stands after `地区:` or `日期:`; a value that makes no sense is looked for as text.
    fn value(&mut self, read: impl Fn(&mut Self, &str) -> Option<Node>) -> Option<Node> {
        let Some(Token::Text(text) | Token::Quoted(text)) = self.tokens.get(self.at) else {
            return None;
        };
        self.at += 1;
        read(self, text).or_else(|| {
            self.asides.push(Aside::NoValue(text.clone()));
            self.text(text, Scope::Anywhere, false)
        })
    }

    /// Places by their names, separated by commas: articles about one of them.
    fn places(&mut self, text: &str) -> Option<Node> {
        let gazetteer = Gazetteer::get();
        let mut places = Vec::new();
        for name in text.split(['、', ',', '，']).filter(|name| !name.is_empty()) {
            let regions = gazetteer.resolve_region(name);
            let mut found: Vec<Place> = regions.iter().map(region_place).collect();
            if found.is_empty() {
                found = gazetteer.resolve_city(name).iter().map(city_place).collect();
            }
            if found.is_empty() {
                return None;
            }
            for place in &found {
                match place {
                    Place::Province(_) | Place::Region(_) => &mut self.understood.regions,
                    Place::City(_) | Place::County(_) => &mut self.understood.cities,
                }
                .push(place.name().to_owned());
            }
            places.extend(found);
        }
        (!places.is_empty()).then_some(Node::Places(places))
    }

    /// Texts, separated by blanks, that have to stand near each other.
    fn near(&mut self, text: &str, within: Within, scope: Scope, without: bool) -> Option<Node> {
        let texts: Vec<String> =
            text.split_whitespace().map(fold).filter(|text| !text.is_empty()).collect();
        if texts.len() < 2 {
            self.asides.push(Aside::NearNothing(text.to_owned()));
            return self.phrase(text, scope, without);
        }
        let list =
            if without { &mut self.understood.without } else { &mut self.understood.phrases };
        list.extend(text.split_whitespace().map(str::to_owned));
        Some(Node::Near(texts, within, scope))
    }

    /// Makes runs of a text: what stands between punctuation.
    fn text(&mut self, text: &str, scope: Scope, without: bool) -> Option<Node> {
        let folded = fold(text);
        let runs = folded.split(|c: char| !c.is_alphanumeric() && !is_han(c));
        let mut bag = Bag::default();
        for run in runs.filter(|run| !run.is_empty()) {
            bag.runs.push(self.run(run, scope, without));
        }
        if bag.runs.is_empty() {
            // Nothing but signs, an emoji perhaps: then that is what is looked for.
            return if folded.is_empty() { None } else { Some(Node::Phrase(folded, scope)) };
        }
        Some(Node::Bag(bag))
    }

    fn run(&mut self, text: &str, scope: Scope, without: bool) -> Run {
        let plain = without || self.literal;
        let places = if plain { Vec::new() } else { in_query(text) };
        for place in &places {
            let list = match place.kind {
                PlaceKind::City | PlaceKind::County => &mut self.understood.cities,
                PlaceKind::Province | PlaceKind::Region => &mut self.understood.regions,
            };
            list.push(place.facet_name.clone());
        }
        let mut words: Vec<Word> = Vec::new();
        // The characters of each word.
        let mut ends: Vec<(usize, usize)> = Vec::new();
        let mut character = 0;
        let mut byte = 0;
        for range in words_of(text, plain) {
            character += text[byte..range.start].chars().count();
            byte = range.start;
            let length = text[range.clone()].chars().count();
            let (start, end) = (character, character + length);
            self.words += 1;
            if self.words > MAX_WORDS {
                break;
            }
            let named = places.iter().filter(|p| p.range.start < end && start < p.range.end);
            let text = text[range].to_owned();
            words.push(Word {
                places: named.map(place_of).collect(),
                any_of: Vec::new(),
                filler: !plain && is_filler(&text),
                text,
            });
            ends.push((start, end));
        }
        if !plain && scope == Scope::Anywhere {
            mean_cities(&mut words);
        }
        if words.iter().all(|word| word.filler) {
            for word in &mut words {
                word.filler = false;
            }
        }
        let found = if plain || words.len() > MAX_EXPANDED {
            Vec::new()
        } else {
            let words: Vec<Range<usize>> = ends.iter().map(|&(start, end)| start..end).collect();
            expansions(text, &places, &words)
        };
        let mut expansions: Vec<Expansion> = Vec::new();
        for Found { range, texts, share } in found {
            let first =
                ends.iter().position(|&(start, end)| start < range.end && range.start < end);
            let last =
                ends.iter().rposition(|&(start, end)| start < range.end && range.start < end);
            // A word that reaches beyond what is expanded would be lost.
            if let (Some(first), Some(last)) = (first, last)
                && ends[first].0 >= range.start
                && ends[last].1 <= range.end
            {
                let expansion = Expansion { words: first..last + 1, texts, share };
                self.understood.also.push(expansion.shown());
                expansions.push(expansion);
            }
        }
        let list = if without { &mut self.understood.without } else { &mut self.understood.words };
        list.extend(words.iter().map(|word| word.text.clone()));
        Run { text: text.to_owned(), scope, words, expansions }
    }
}

/// A day, month or year, or two of them with `..` between them, each of which may be open.
fn days(text: &str) -> Option<Node> {
    let folded = fold(text);
    let (since, until) = ["..", "至", "~"]
        .iter()
        .find_map(|sign| folded.split_once(sign))
        .unwrap_or((&folded, &folded));
    let date = |text: &str| -> Option<Option<NewsDate>> {
        if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
    };
    let (since, until) = (date(since)?, date(until)?);
    let first = since.and_then(NewsDate::first_day);
    let last = until.and_then(NewsDate::last_day);
    let backwards = first.zip(last).is_some_and(|(first, last)| first > last);
    (first.or(last).is_some() && !backwards).then_some(Node::Days(first, last))
}

/// The words of a stretch of text: those of the dictionary, and members of the thesaurus that the
/// dictionary does not know (引才).
fn words_of(text: &str, plain: bool) -> Vec<Range<usize>> {
    let mut words = words_of_query(text);
    if plain || words.len() > MAX_EXPANDED {
        return words;
    }
    for member in members_within(text) {
        let inside = |word: &Range<usize>| member.start <= word.start && word.end <= member.end;
        let cut = words
            .iter()
            .any(|word| word.start < member.end && member.start < word.end && !inside(word));
        let pieces = words.iter().filter(|word| inside(word));
        let fine = pieces.clone().all(|word| word.len() > 3)
            && pieces.map(ExactSizeIterator::len).sum::<usize>() == member.len();
        if !cut && !fine {
            let at = words.partition_point(|word| word.start < member.start);
            words.retain(|word| !inside(word));
            words.insert(at.min(words.len()), member);
        }
    }
    words
}

/// Words behind a region that ask for its cities.
const CITIES: &[&str] = &["城市", "各市", "各地", "市县"];

/// Words behind 城市 that tell what they do: 城市 is a word of its own there, as at the end, and not a
/// part of 城市规划 or 城市学院.
const THEIR_DEEDS: &[&str] = &["赴", "去", "到", "向", "与", "和", "人才", "联手", "共同"];

/// Marks regions and provinces whose cities are meant: 江浙沪城市引才, 江苏浙江的城市, but not 广东城市规划.
fn mean_cities(words: &mut [Word]) {
    for number in 0..words.len() {
        let after = words.get(number + 1);
        let apart = after.is_none_or(|word| {
            let text = word.text.as_str();
            word.filler || is_member(text) || THEIR_DEEDS.contains(&text)
        });
        if !apart || !CITIES.contains(&words[number].text.as_str()) {
            continue;
        }
        let mut first = number;
        for at in (0..number).rev() {
            let word = &mut words[at];
            let region = |place: &Place| matches!(place, Place::Region(_) | Place::Province(_));
            if word.places.is_empty() || !word.places.iter().all(region) {
                break;
            }
            word.any_of = word.places.iter().flat_map(members).collect();
            first = at;
        }
        // The articles name a city, and seldom say that it is one.
        words[number].filler |= first < number;
    }
}

/// The facet value of a place that a query names.
fn place_of(place: &QueryPlace) -> Place {
    let name = place.facet_name.clone();
    match place.kind {
        PlaceKind::City => Place::City(name),
        PlaceKind::County => Place::County(name),
        PlaceKind::Province => Place::Province(name),
        PlaceKind::Region => Place::Region(name),
    }
}

/// What is excluded is excluded literally: `-人才飞地` takes away 「人才飞地」, not every 「人才」.
fn strict(node: Node) -> Node {
    match node {
        Node::Bag(bag) => {
            let phrases = bag.runs.into_iter().map(|run| Node::Phrase(run.text, run.scope));
            join(phrases.collect()).unwrap_or(Node::Any(Vec::new()))
        }
        Node::All(nodes) => Node::All(nodes.into_iter().map(strict).collect()),
        Node::Any(nodes) => Node::Any(nodes.into_iter().map(strict).collect()),
        Node::Not(node) => Node::Not(Box::new(strict(*node))),
        other => other,
    }
}

/// Sends everything in a group to the headline.
fn in_title(node: Node) -> Node {
    match node {
        Node::Bag(mut bag) => {
            bag.runs.iter_mut().for_each(|run| run.scope = Scope::Title);
            Node::Bag(bag)
        }
        Node::Phrase(text, _) => Node::Phrase(text, Scope::Title),
        Node::Near(texts, within, _) => Node::Near(texts, within, Scope::Title),
        Node::All(nodes) => Node::All(nodes.into_iter().map(in_title).collect()),
        Node::Any(nodes) => Node::Any(nodes.into_iter().map(in_title).collect()),
        Node::Not(node) => Node::Not(Box::new(in_title(*node))),
        other @ (Node::Outlet(_) | Node::Places(_) | Node::Days(..)) => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes a node so that a person can check it: `[words] "phrase" -(…) (…|…)`.
    fn shown(node: &Node) -> String {
        let scope = |scope: &Scope| if *scope == Scope::Title { "title:" } else { "" };
        let list =
            |nodes: &[Node], sign: &str| nodes.iter().map(shown).collect::<Vec<_>>().join(sign);
        match node {
            Node::All(nodes) => list(nodes, " "),
            Node::Any(nodes) => format!("({})", list(nodes, " | ")),
            Node::Not(node) => format!("-({})", shown(node)),
            Node::Phrase(text, at) => format!("{}\"{text}\"", scope(at)),
            Node::Outlet(name) => format!("outlet:{name}"),
            Node::Near(texts, Within::Sentence, at) => {
                format!("{}sentence({})", scope(at), texts.join(" "))
            }
            Node::Near(texts, Within::Characters(most), at) => {
                format!("{}\"{}\"~{most}", scope(at), texts.join(" "))
            }
            Node::Places(places) => {
                let names: Vec<&str> = places.iter().map(Place::name).collect();
                format!("about:{}", names.join(","))
            }
            Node::Days(since, until) => {
                let day = |day: &Option<u32>| day.map(|day| day.to_string()).unwrap_or_default();
                format!("{}..{}", day(since), day(until))
            }
            Node::Bag(bag) => {
                let runs = bag.runs.iter().map(|run| {
                    let words: Vec<&str> = run.words.iter().map(|w| w.text.as_str()).collect();
                    format!("{}{}", scope(&run.scope), words.join("·"))
                });
                format!("[{}]", runs.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// The table of the guide and the reading of each query.
    #[test]
    fn queries_read_as_the_guide_says() {
        let guide = include_str!("../../docs/query-syntax.md");
        let mut rows = 0;
        for line in guide.lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> =
                line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
            let plain = |cell: &str| cell.trim_matches('`').replace("&#124;", "|");
            let [query, read, ..] = cells.as_slice() else { panic!("a row is short: {line}") };
            let node = parse(&plain(query)).0;
            assert_eq!(node.as_ref().map(shown).unwrap_or_default(), plain(read), "{query}");
            rows += 1;
        }
        assert!(rows > 25, "the table was not found");
    }

    #[test]
    fn literally_nothing_is_added() {
        let expansions = |node: Option<Node>| match node {
            Some(Node::Bag(bag)) => bag.runs.iter().map(|run| run.expansions.len()).sum(),
            _ => 0,
        };
        assert!(expansions(parse("沪滇对口帮扶").0) > 3);
        assert_eq!(expansions(parse_literally("沪滇对口帮扶").0), 0);
        let also = parse("引才").1.also;
        assert!(also.iter().any(|text| text == "招才"), "{also:?}");
    }

    #[test]
    fn the_cities_of_a_region_are_meant_where_they_are_asked_for() {
        let run = |query: &str| match parse(query).0 {
            Some(Node::Bag(bag)) => bag.runs.into_iter().next().expect("a run"),
            other => panic!("{other:?}"),
        };
        for (query, cities) in [
            ("江浙沪城市引才", 3),
            ("江浙沪的城市怎么引才", 3),
            ("江苏浙江城市引才", 1),
            ("江浙沪引才", 0),
            ("引才城市江浙沪", 0),
            ("上海城市更新", 0),
            ("广东城市建设", 0),
            ("湖南城市学院", 0),
        ] {
            let words = run(query).words;
            let region = words.iter().find(|word| !word.places.is_empty()).expect(query);
            assert_eq!(region.any_of.len(), cities, "{query}");
            let asks = |word: &Word| word.text == "城市" && word.filler;
            assert_eq!(words.iter().any(asks), cities > 0, "{query}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_said_and_looked_for() {
        for (query, read, aside) in [
            ("日期:昨天", "[昨天]", Aside::NoValue("昨天".to_owned())),
            ("地区:月球背面", "[月球·背面]", Aside::NoValue("月球背面".to_owned())),
            ("\"佛山\"~5", "\"佛山\"", Aside::NearNothing("佛山".to_owned())),
            ("人才\"", "[人才]", Aside::Unclosed('"')),
        ] {
            let (node, _, asides) = parse(query);
            assert_eq!(node.as_ref().map(shown).unwrap_or_default(), read, "{query}");
            assert_eq!(asides, [aside], "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "(\\PC|[-()|\"“”「」（）：: 或]|OR|title:|佛山){0,60}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn ten_thousand_brackets_are_a_query() {
        let (node, ..) = parse(&"(".repeat(10_000));
        assert_eq!(node, None);
        let long = "人才飞地合作".repeat(2_000);
        let (node, _, asides) = parse(&long);
        assert!(node.is_some() && !asides.is_empty());
    }
}
