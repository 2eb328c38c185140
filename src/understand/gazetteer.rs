//! The tables of `data/gazetteer/` → divisions, regions and all their names, ready to be looked up.
//!
//! The tables are part of the program. They are read on first use, which costs a cold search about
//! two milliseconds; what finds names in articles is built apart (see
//! [`places`](super::places)). All names are folded, as texts are before they are searched.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use crate::article::Level;
use crate::clean::fold;

const DIVISIONS: &str = include_str!("../../data/gazetteer/divisions.tsv");
const ALIASES: &str = include_str!("../../data/gazetteer/aliases.tsv");
const REGIONS: &str = include_str!("../../data/gazetteer/regions.tsv");
const COUNTED: &str = include_str!("../../data/gazetteer/counted.tsv");
const WEAK_NAMES: &str = include_str!("../../data/gazetteer/weak_names.tsv");
const FALSE_FRIENDS: &str = include_str!("../../data/gazetteer/false_friends.tsv");

/// A province, city or county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Code of GB/T 2260.
    pub code: &'static str,
    /// What kind of unit it is.
    pub level: Level,
    /// Full official name: 「佛山市」.
    pub name: &'static str,
    /// What news calls it: 「佛山」; empty where nobody shortens the name.
    pub short: &'static str,
    /// Code of the unit above; empty for provinces and municipalities.
    pub parent: &'static str,
    /// The year from which it bears this name; empty where it did in 1980 or nobody says.
    pub since: &'static str,
    /// What its names need, or need not, beside them.
    pub care: Care,
}

/// How carefully the names of a division have to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// As those of its level.
    Usual,
    /// Its full name is a common word: 「老城区」 is in any town, 「友好区县」 are friends.
    Plain,
    /// News names the county without saying where it lies: 昆山, 耿马.
    Known,
}

/// An economic region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its usual name: 「粤港澳大湾区」.
    pub name: &'static str,
    /// Other names; one that begins with `?` also means other things.
    pub aliases: Vec<&'static str>,
    /// Codes of the provinces and cities in it.
    pub members: Vec<&'static str>,
    /// When it was founded or approved, as precise as known; may be empty.
    pub since: &'static str,
    /// Whether it is on the closed list of regions that articles are filed under.
    pub listed: bool,
}

/// What a name stands for: an index into the divisions or the regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Target {
    /// A division.
    Division(u16),
    /// A region.
    Region(u16),
}

/// In which of its forms a name stands; earlier forms are likelier to be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Form {
    /// 「佛山市」
    Full,
    /// 「佛山」
    Short,
    /// 「羊城」, 「耿马县」
    Common,
    /// 「襄樊」
    Former,
    /// 「前海」
    Zone,
    /// 「沪」
    Abbreviation,
    /// 「三省一市」, 「三地」: counted, not named.
    Counted,
}

/// One thing that a name can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// The place.
    pub(super) target: Target,
    /// The form of its name.
    pub(super) form: Form,
    /// How much company the name needs before it is believed.
    pub(super) need: Need,
}

/// How much company a name needs before it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Need {
    /// None: the name says it.
    Nothing,
    /// Another place of its province, or its own full name.
    Company,
    /// The unit above right before it, or its own full name: the name is also a common word.
    Witness,
}

/// What a false friend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FalseFriend {
    /// No place at all: 「真金白银」.
    Nothing,
    /// An organisation, and the place in its name, if any: 「上海交通大学」.
    Organisation(Option<u16>),
    /// Another place than it seems.
    Other(u16),
}

/// What stands for a name in the table of names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Name {
    /// What it can stand for, likeliest first.
    pub(super) readings: &'static [Reading],
    /// Whether it is a false friend, which hides all readings.
    pub(super) friend: Option<FalseFriend>,
}

/// Words that count the places of a region: 「三省一市」 beside 长三角.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// The words.
    pub(super) words: &'static str,
    /// The region that has to be named.
    pub(super) region: u16,
    /// The places meant.
    pub(super) members: Vec<u16>,
}

/// All divisions, regions and names.
pub struct Gazetteer {
    divisions: Vec<Division>,
    /// Their codes as numbers, which are found faster.
    codes: Vec<u32>,
    /// Of each division, the index of the city it lies in (itself, for a city), and of its province.
    above: Vec<(Option<u16>, u16)>,
    regions: Vec<Region>,
    counted: Vec<Counted>,
    names: Names,
}

/// Names by their folded text: a table of slots by a hash of the text, each with the number of a name.
///
/// Reading the tables is a good part of a cold search, so nothing is allocated for a single name.
struct Names {
    /// Number of a name plus one; 0 where no name has that hash.
    slots: Vec<u16>,
    /// The names, in the order in which they were met.
    names: Vec<(Cow<'static, str>, Name)>,
}

/// Number of slots: a power of two, more than twice the number of names.
const SLOTS: usize = 1 << 15;

impl Names {
    /// The slot of a text: the one that holds it, or the free one where it would stand.
    fn slot(&self, text: &str) -> usize {
        let mut hash = 0u64;
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mixed = hash.rotate_left(5) ^ u64::from_le_bytes(word);
            hash = mixed.wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        let mut slot = (hash >> 40) as usize & (SLOTS - 1);
        while let Some(number) = usize::from(self.slots[slot]).checked_sub(1) {
            if self.names[number].0 == text {
                break;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        slot
    }

    fn get(&self, text: &str) -> Option<&Name> {
        let number = usize::from(self.slots[self.slot(text)]).checked_sub(1)?;
        self.names.get(number).map(|(_, name)| name)
    }
}

/// Names while the tables are read.
struct NewNames {
    names: Names,
    /// Of each name, the number of its last reading plus one; 0 for none.
    last: Vec<u16>,
    /// All readings, each with the number of the one before it of the same name, plus one.
    readings: Vec<(Reading, u16)>,
}

impl NewNames {
    fn new() -> Self {
        let names = Vec::with_capacity(SLOTS / 2);
        Self {
            names: Names { slots: vec![0; SLOTS], names },
            last: Vec::with_capacity(SLOTS / 2),
            readings: Vec::with_capacity(SLOTS / 2),
        }
    }

    /// The number of a name.
    fn number(&mut self, text: Cow<'static, str>) -> usize {
        let slot = self.names.slot(&text);
        if let Some(number) = usize::from(self.names.slots[slot]).checked_sub(1) {
            return number;
        }
        let number = self.last.len();
        // A test holds that the tables stay far below this.
        assert!(number < SLOTS / 2, "the gazetteer has more names than its table takes");
        self.names.names.push((text, Name::default()));
        self.last.push(0);
        self.names.slots[slot] = number as u16 + 1;
        number
    }

    fn of(&self, number: usize) -> impl Iterator<Item = Reading> {
        let mut next = self.last[number];
        std::iter::from_fn(move || {
            let (reading, before) = self.readings[usize::from(next.checked_sub(1)?)];
            next = before;
            Some(reading)
        })
    }

    fn add(&mut self, text: &'static str, reading: Reading) {
        if text.is_empty() {
            return;
        }
        let number = self.number(folded(text));
        if self.of(number).all(|known| known.target != reading.target) {
            self.readings.push((reading, self.last[number]));
            self.last[number] = self.readings.len() as u16;
        }
    }

    /// The names with their readings, the likeliest first. The readings are kept as long as the
    /// program runs, as the gazetteer is.
    fn finish(mut self, divisions: &[Division]) -> Names {
        let mut all = Vec::with_capacity(self.readings.len());
        let mut ranges = Vec::with_capacity(self.last.len());
        for number in 0..self.last.len() {
            let start = all.len();
            all.extend(self.of(number));
            all[start..].sort_by_key(|&reading| likelihood(divisions, reading));
            ranges.push(start..all.len());
        }
        let all: &'static [Reading] = all.leak();
        for ((_, name), range) in self.names.names.iter_mut().zip(ranges) {
            name.readings = &all[range];
        }
        self.names
    }
}

/// A city or county that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CityRef {
    /// A city.
    City(&'static Division),
    /// A county and the city it lies in.
    County {
        /// The city.
        city: &'static Division,
        /// The county.
        county: &'static Division,
    },
}

impl CityRef {
    /// The name that articles are filed under: 「佛山市」, 「佛山市/南海区」.
    pub fn facet_name(&self) -> String {
        match self {
            Self::City(city) => city.name.to_owned(),
            Self::County { city, county } => format!("{}/{}", city.name, county.name),
        }
    }
}

/// A province or region that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionRef {
    /// A province.
    Province(&'static Division),
    /// An economic region.
    Region(&'static Region),
}

impl RegionRef {
    /// The name that articles are filed under: 「广东省」, 「粤港澳大湾区」.
    pub fn facet_name(&self) -> String {
        match self {
            Self::Province(province) => province.name.to_owned(),
            Self::Region(region) => region.name.to_owned(),
        }
    }
}

impl Gazetteer {
    /// The gazetteer of this program.
    pub fn get() -> &'static Gazetteer {
        static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);
        &GAZETTEER
    }

    /// A fingerprint of the tables, to be stored with what was made from them.
    pub fn fingerprint() -> &'static str {
        static FINGERPRINT: OnceLock<String> = OnceLock::new();
        FINGERPRINT.get_or_init(|| {
            let mut hasher = blake3::Hasher::new();
            for table in [DIVISIONS, ALIASES, REGIONS, COUNTED, WEAK_NAMES, FALSE_FRIENDS] {
                hasher.update(&(table.len() as u64).to_le_bytes());
                hasher.update(table.as_bytes());
            }
            hasher.finalize().to_hex().to_string()
        })
    }

    /// The division with a code.
    pub fn division(&self, code: &str) -> Option<&Division> {
        self.index_of(code).map(|index| &self.divisions[index as usize])
    }

    /// All divisions, in order of their codes.
    pub fn divisions(&self) -> &[Division] {
        &self.divisions
    }

    /// The province that a division lies in; a province or municipality itself.
    pub fn province_of(&self, division: &Division) -> Option<&Division> {
        let index = self.index_of(division.code)?;
        self.divisions.get(self.above[index as usize].1 as usize)
    }

    /// The city that a division lies in; a city itself; none for a province.
    pub fn city_of(&self, division: &Division) -> Option<&Division> {
        let index = self.index_of(division.code)?;
        self.divisions.get(self.above[index as usize].0? as usize)
    }

    /// One-character names of a division that are believed on their own: 沪, 甬.
    pub fn abbreviations(&self, division: &Division) -> Vec<&'static str> {
        static STRONG: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
            let strong = rows(ALIASES).filter(|[_, _, kind, strength, ..]| {
                *kind == "abbreviation" && *strength == "strong"
            });
            strong.map(|[alias, code, ..]| (code, alias)).collect()
        });
        let own = STRONG.iter().filter(|(code, _)| *code == division.code);
        own.map(|(_, alias)| *alias).collect()
    }

    /// All regions, those of the closed list first.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region of this name; its aliases are not looked at.
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    /// What a person may mean by the name of a city or county, likeliest first.
    ///
    /// Understands official, short and former names, abbreviations, zones, and the unit above
    /// before the name: 「佛山」, 「佛山南海」, 「佛山市/南海区」, 「襄樊」, 「沪」, 「前海」.
    pub fn resolve_city(&'static self, name: &str) -> Vec<CityRef> {
        let mut found: Vec<CityRef> = Vec::new();
        for index in self.resolve(name) {
            if let Some(city) = self.city_ref(index)
                && !found.contains(&city)
            {
                found.push(city);
            }
        }
        found
    }

    /// What a person may mean by the name of a province or region, likeliest first.
    ///
    /// A city of Taiwan is asked for by its province, since articles are filed so.
    pub fn resolve_region(&'static self, name: &str) -> Vec<RegionRef> {
        let folded = fold::fold(name);
        let mut found: Vec<RegionRef> = Vec::new();
        for reading in self.names.get(folded.as_str()).map_or(&[][..], |n| n.readings) {
            let meant = match reading.target {
                Target::Region(index) => self.regions.get(index as usize).map(RegionRef::Region),
                Target::Division(index) => {
                    let division = &self.divisions[index as usize];
                    let whole = matches!(division.level, Level::Province | Level::Municipality);
                    if whole {
                        Some(RegionRef::Province(division))
                    } else if is_taiwan(division) {
                        self.divisions
                            .get(self.above[index as usize].1 as usize)
                            .map(RegionRef::Province)
                    } else {
                        None
                    }
                }
            };
            if let Some(meant) = meant
                && !found.contains(&meant)
            {
                found.push(meant);
            }
        }
        found
    }

    /// The known name that is nearest to one that is not known, for 「did you mean」.
    ///
    /// Nearest is one character more, fewer, other, or two neighbours exchanged; among several the
    /// larger unit and the one that begins alike.
    pub fn suggest(&self, name: &str) -> Option<String> {
        let typed: Vec<char> = fold::fold(name).chars().collect();
        if typed.len() < 2 || typed.len() > 20 {
            return None;
        }
        let mut best: Option<((bool, u8, usize), &'static str)> = None;
        let mut consider = |known: &str, rank: u8, order: usize, official: &'static str| {
            let known: Vec<char> = known.chars().collect();
            if known.len() < 2 || !one_slip_apart(&typed, &known) {
                return;
            }
            let key = (known.first() != typed.first(), rank, order);
            if best.as_ref().is_none_or(|(least, _)| key < *least) {
                best = Some((key, official));
            }
        };
        for (order, division) in self.divisions.iter().enumerate() {
            let rank = match division.level {
                Level::Province | Level::Municipality => 0,
                Level::City => 1,
                Level::County | Level::Region => 3,
            };
            consider(division.name, rank, order, division.name);
            consider(division.short, rank, order, division.name);
        }
        for (order, region) in self.regions.iter().enumerate() {
            consider(region.name, 2, order, region.name);
            for alias in &region.aliases {
                consider(alias.trim_start_matches('?'), 2, order, region.name);
            }
        }
        best.map(|(_, official)| official.to_owned())
    }

    /// The division at an index.
    pub(super) fn at(&self, index: u16) -> &Division {
        &self.divisions[index as usize]
    }

    /// Words that count the places of a region.
    pub(super) fn counted(&self) -> &[Counted] {
        &self.counted
    }

    /// The index of the division with a code.
    pub(super) fn index_of(&self, code: &str) -> Option<u16> {
        let number = code.parse().ok()?;
        self.codes.binary_search(&number).ok().map(|index| index as u16)
    }

    /// The index of the city that a division lies in.
    pub(super) fn city_index(&self, index: u16) -> Option<u16> {
        self.above[index as usize].0
    }

    /// The index of the province that a division lies in.
    pub(super) fn province_index(&self, index: u16) -> u16 {
        self.above[index as usize].1
    }

    /// Whether one division lies in another (and is not the same).
    pub(super) fn lies_in(&self, inner: u16, outer: u16) -> bool {
        inner != outer
            && (self.above[inner as usize].0 == Some(outer)
                || self.above[inner as usize].1 == outer)
    }

    /// What a folded name stands for.
    pub(super) fn name(&self, folded: &str) -> Option<&Name> {
        self.names.get(folded)
    }

    /// All names, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Name)> {
        self.names.names.iter().map(|(text, name)| (text.as_ref(), name))
    }

    /// A division as a city or county; none for provinces and for Taiwan, whose articles are filed
    /// by province.
    fn city_ref(&'static self, index: u16) -> Option<CityRef> {
        let division = self.at(index);
        if is_taiwan(division) {
            return None;
        }
        let city = self.at(self.city_index(index)?);
        if std::ptr::eq(city, division) {
            Some(CityRef::City(city))
        } else {
            Some(CityRef::County { city, county: division })
        }
    }

    /// The divisions that a typed name can stand for, likeliest first.
    fn resolve(&self, name: &str) -> Vec<u16> {
        let folded = fold::fold(name);
        let whole = self.divisions_named(&folded);
        if !whole.is_empty() {
            return whole;
        }
        // 「佛山/南海」, 「广东佛山」: the unit above, then the name.
        let mut found = Vec::new();
        for (at, _) in folded.char_indices().skip(1) {
            let outer = self.resolve_outer(folded[..at].trim_end_matches('/'));
            let inner = self.divisions_named(folded[at..].trim_start_matches('/'));
            for &index in &inner {
                if outer.iter().any(|&above| self.lies_in(index, above)) && !found.contains(&index)
                {
                    found.push(index);
                }
            }
        }
        found
    }

    /// The divisions before the last part of a typed name; 「广东省佛山市」 has two.
    fn resolve_outer(&self, folded: &str) -> Vec<u16> {
        let whole = self.divisions_named(folded);
        if !whole.is_empty() || folded.chars().count() > 40 {
            return whole;
        }
        folded
            .char_indices()
            .skip(1)
            .flat_map(|(at, _)| self.divisions_named(&folded[at..]))
            .collect()
    }

    /// The divisions that bear a folded name, likeliest first.
    fn divisions_named(&self, folded: &str) -> Vec<u16> {
        let readings = self.names.get(folded).map_or(&[][..], |name| name.readings);
        let divisions = readings.iter().filter_map(|reading| match reading.target {
            Target::Division(index) => Some(index),
            Target::Region(_) => None,
        });
        divisions.collect()
    }

    /// Reads the tables.
    fn read() -> Self {
        let divisions = read_divisions();
        let codes = divisions.iter().map(|division| division.code.parse().unwrap_or(0)).collect();
        let mut gazetteer = Self {
            above: Vec::new(),
            divisions,
            codes,
            regions: read_regions(),
            counted: Vec::new(),
            names: Names { slots: Vec::new(), names: Vec::new() },
        };
        gazetteer.find_above();
        gazetteer.add_counted();
        let mut names = NewNames::new();
        gazetteer.add_division_names(&mut names);
        gazetteer.add_aliases(&mut names);
        gazetteer.add_region_names(&mut names);
        gazetteer.names = names.finish(&gazetteer.divisions);
        gazetteer.add_false_friends();
        gazetteer
    }

    /// Finds city and province of each division. A unit above comes before those in it.
    fn find_above(&mut self) {
        self.above.reserve(self.divisions.len());
        let mut last = ("", None);
        for (index, division) in self.divisions.iter().enumerate() {
            let own = index as u16;
            if division.parent != last.0 {
                last = (division.parent, self.index_of(division.parent));
            }
            let parent = last.1.unwrap_or(own);
            self.above.push(match division.level {
                Level::Municipality => (Some(own), own),
                Level::City => (Some(own), parent),
                Level::County => {
                    (Some(parent), self.above.get(parent as usize).map_or(parent, |above| above.1))
                }
                Level::Province | Level::Region => (None, own),
            });
        }
    }

    fn add_division_names(&self, names: &mut NewNames) {
        let weak: HashMap<&str, (&str, &str)> =
            rows(WEAK_NAMES).map(|[short, why, applies, ..]| (short, (why, applies))).collect();
        for (index, division) in self.divisions.iter().enumerate() {
            let target = Target::Division(index as u16);
            let need = if is_plain_word(division) { Need::Witness } else { Need::Nothing };
            names.add(division.name, Reading { target, form: Form::Full, need });
            let need = match weak.get(division.short) {
                Some((_, "lower")) if division.level != Level::County => Need::Nothing,
                Some(("word" | "person" | "feature", _)) => Need::Witness,
                Some(_) => Need::Company,
                None => Need::Nothing,
            };
            names.add(division.short, Reading { target, form: Form::Short, need });
        }
    }

    fn add_aliases(&self, names: &mut NewNames) {
        for [alias, code, kind, strength, ..] in rows(ALIASES) {
            let Some(index) = self.index_of(code) else { continue };
            let form = match kind {
                "abbreviation" => Form::Abbreviation,
                "former" => Form::Former,
                "zone" => Form::Zone,
                _ => Form::Common,
            };
            let need = match strength {
                "weak" => Need::Company,
                "compound" => Need::Witness,
                _ => Need::Nothing,
            };
            names.add(alias, Reading { target: Target::Division(index), form, need });
        }
    }

    fn add_region_names(&self, names: &mut NewNames) {
        for (index, region) in self.regions.iter().enumerate() {
            let target = Target::Region(index as u16);
            names.add(region.name, Reading { target, form: Form::Full, need: Need::Nothing });
            for alias in &region.aliases {
                let (alias, need) = match alias.strip_prefix('?') {
                    Some(alias) => (alias, Need::Company),
                    None => (*alias, Need::Nothing),
                };
                names.add(alias, Reading { target, form: Form::Common, need });
            }
        }
    }

    /// The place whose name an organisation's name begins with: 沈阳 of 「沈阳日报」.
    fn begins_with(&self, text: &str) -> Option<u16> {
        NAME_IN_NAME.rev().find_map(|count| {
            let end = text.char_indices().nth(count).map(|(at, _)| at)?;
            let name = self.names.get(&text[..end])?;
            let owners = name.readings.iter().filter(|reading| reading.need == Need::Nothing);
            let division = owners.filter_map(|reading| match reading.target {
                Target::Division(index) => {
                    Some((self.above[index as usize].0 != Some(index), index))
                }
                Target::Region(_) => None,
            });
            division.min().map(|(_, index)| index)
        })
    }

    fn add_counted(&mut self) {
        for [words, region, members, ..] in rows(COUNTED) {
            let Some(region) = self.regions.iter().position(|known| known.name == region) else {
                continue;
            };
            let members = members.split('|').filter_map(|code| self.index_of(code)).collect();
            self.counted.push(Counted { words, region: region as u16, members });
        }
    }

    fn add_false_friends(&mut self) {
        for [text, reading, code, ..] in rows(FALSE_FRIENDS) {
            let index = self.index_of(code);
            let index = index.or_else(|| self.begins_with(text));
            let friend = match (reading, index) {
                ("organisation", index) => FalseFriend::Organisation(index),
                ("other", Some(index)) => FalseFriend::Other(index),
                _ => FalseFriend::Nothing,
            };
            let text = folded(text);
            let slot = self.names.slot(&text);
            if let Some(number) = usize::from(self.names.slots[slot]).checked_sub(1) {
                self.names.names[number].1.friend = Some(friend);
                continue;
            }
            assert!(self.names.names.len() < SLOTS / 2, "more names than the table takes");
            let name = Name { readings: &[], friend: Some(friend) };
            self.names.names.push((text, name));
            self.names.slots[slot] = self.names.names.len() as u16;
        }
    }
}

/// Shortest and longest name that an organisation begins with, in characters.
const NAME_IN_NAME: std::ops::RangeInclusive<usize> = 2..=4;

/// Whether a division is a city of Taiwan, whose articles are filed by province only.
pub(super) fn is_taiwan(division: &Division) -> bool {
    division.code.starts_with("71") && division.level == Level::City
}

/// Whether a full name is a common word in running text. The two characters of 「成县」 or 「和县」
/// meet in 「建成县城」, 「市和县」.
fn is_plain_word(division: &Division) -> bool {
    division.care == Care::Plain || division.name.chars().count() == 2
}

/// Order in which the readings of a name are tried: form, then the larger unit, then the code.
fn likelihood(divisions: &[Division], reading: Reading) -> (Form, u8, u16) {
    match reading.target {
        Target::Division(index) => {
            let level = match divisions[index as usize].level {
                Level::Municipality | Level::Province => 0,
                Level::City => 1,
                Level::County | Level::Region => 3,
            };
            (reading.form, level, index)
        }
        Target::Region(index) => (reading.form, 2, index),
    }
}

/// A name as it stands in a folded text. The tables are written in simplified characters, which fold
/// to themselves (a test holds it), so only names with other signs are folded.
fn folded(name: &'static str) -> Cow<'static, str> {
    // Every character of the CJK block takes three bytes, the first of them from E4 to E9.
    let han = name.len().is_multiple_of(3)
        && name.as_bytes().chunks_exact(3).all(|bytes| (0xe4..=0xe9).contains(&bytes[0]));
    if han { Cow::Borrowed(name) } else { Cow::Owned(fold::fold(name)) }
}

/// The most columns that a table has.
const COLUMNS: usize = 8;

/// The rows of a table without its header; lines that begin with `#` are for the reader. A row has
/// as many cells as the widest table, empty ones at the end.
fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).skip(1);
    lines.map(|line| {
        let mut cells = [""; COLUMNS];
        // Cells are short, and a plain walk over the bytes is faster than `split`.
        let (mut column, mut start) = (0, 0);
        for (at, byte) in line.bytes().enumerate() {
            if byte == b'\t' && column + 1 < COLUMNS {
                cells[column] = &line[start..at];
                (column, start) = (column + 1, at + 1);
            }
        }
        cells[column] = &line[start..];
        cells
    })
}

fn read_divisions() -> Vec<Division> {
    let mut divisions: Vec<Division> = rows(DIVISIONS)
        .map(|[code, level, name, short, parent, since, care, _]| {
            let level = match level {
                "province" => Level::Province,
                "municipality" => Level::Municipality,
                "county" => Level::County,
                _ => Level::City,
            };
            let care = match care {
                "plain" => Care::Plain,
                "known" => Care::Known,
                _ => Care::Usual,
            };
            Division { code, level, name, short, parent, since, care }
        })
        .collect();
    divisions.sort_by_key(|division| division.code);
    divisions
}

fn read_regions() -> Vec<Region> {
    let list = |cell: &'static str| cell.split('|').filter(|part| !part.is_empty()).collect();
    let mut regions: Vec<Region> = rows(REGIONS)
        .map(|[name, aliases, members, since, _, listed, ..]| Region {
            name,
            aliases: list(aliases),
            members: list(members),
            since,
            listed: listed == "yes",
        })
        .collect();
    regions.sort_by_key(|region| !region.listed);
    regions
}

/// Whether two words differ by one character more, fewer or other, or by two neighbours exchanged.
fn one_slip_apart(a: &[char], b: &[char]) -> bool {
    if a == b {
        return true;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same_start = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => {
            let rest = &short[same_start..];
            let other = &long[same_start..];
            rest[1..] == other[1..]
                || (rest.len() > 1
                    && rest[0] == other[1]
                    && rest[1] == other[0]
                    && rest[2..] == other[2..])
        }
        1 => short[same_start..] == long[same_start + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cities(name: &str) -> Vec<String> {
        Gazetteer::get().resolve_city(name).iter().map(CityRef::facet_name).collect()
    }

    fn regions(name: &str) -> Vec<String> {
        Gazetteer::get().resolve_region(name).iter().map(RegionRef::facet_name).collect()
    }

    #[test]
    fn a_city_is_found_by_any_of_its_names() {
        for (name, city) in [
            ("佛山", "佛山市"),
            ("佛山市", "佛山市"),
            ("南海", "佛山市/南海区"),
            ("佛山南海", "佛山市/南海区"),
            ("佛山市/南海区", "佛山市/南海区"),
            ("广东省佛山市南海区", "佛山市/南海区"),
            ("襄樊", "襄阳市"),
            ("沪", "上海市"),
            ("前海", "深圳市"),
            ("仙桃", "仙桃市"),
            ("吉林", "吉林市"),
            ("黔东南州", "黔东南苗族侗族自治州"),
            ("長沙", "长沙市"),
        ] {
            assert_eq!(cities(name).first().map(String::as_str), Some(city), "{name}");
        }
        assert!(cities("亚特兰蒂斯").is_empty());
        assert!(cities("").is_empty());
    }

    #[test]
    fn an_ambiguous_name_gives_every_bearer() {
        let bearers = cities("鼓楼区");
        for bearer in ["南京市/鼓楼区", "徐州市/鼓楼区", "福州市/鼓楼区", "开封市/鼓楼区"]
        {
            assert!(bearers.iter().any(|b| b == bearer), "{bearer} in {bearers:?}");
        }
        assert_eq!(cities("福州鼓楼"), ["福州市/鼓楼区"]);
        assert_eq!(
            cities("朝阳").first().map(String::as_str),
            Some("朝阳市"),
            "the larger unit first"
        );
    }

    #[test]
    fn regions_and_provinces() {
        for (name, region) in [
            ("广东", "广东省"),
            ("粤", "广东省"),
            ("上海", "上海市"),
            ("大湾区", "粤港澳大湾区"),
            ("湾区", "粤港澳大湾区"),
            ("長三角", "长三角"),
            ("吉林", "吉林省"),
        ] {
            assert_eq!(regions(name).first().map(String::as_str), Some(region), "{name}");
        }
        assert!(regions("佛山").is_empty());
    }

    #[test]
    fn a_slip_of_the_pen_is_mended() {
        let suggest = |name: &str| Gazetteer::get().suggest(name);
        assert_eq!(suggest("茂明").as_deref(), Some("茂名市"));
        assert_eq!(suggest("佛三市").as_deref(), Some("佛山市"));
        assert_eq!(suggest("粤港大湾区").as_deref(), Some("粤港澳大湾区"));
        assert_eq!(suggest("x"), None);
    }

    #[test]
    fn the_tables_hang_together() {
        let gazetteer = Gazetteer::get();
        assert!(gazetteer.divisions().len() > 3000);
        for division in gazetteer.divisions() {
            assert!(gazetteer.province_of(division).is_some(), "{}", division.name);
            let lower = matches!(division.level, Level::City | Level::County | Level::Municipality);
            assert_eq!(gazetteer.city_of(division).is_some(), lower, "{}", division.name);
        }
        for region in gazetteer.regions() {
            for code in &region.members {
                assert!(
                    gazetteer.division(code).is_some(),
                    "{} has the unknown member {code}",
                    region.name
                );
            }
        }
        for (text, _) in gazetteer.names() {
            assert_eq!(fold::fold(text), text, "names are written as texts are folded");
        }
        assert!(gazetteer.names().count() < SLOTS * 9 / 20, "the table of names is nearly full");
        for row in gazetteer.counted() {
            assert!(!row.members.is_empty(), "{} counts nothing", row.words);
        }
        assert_eq!(gazetteer.regions().iter().filter(|r| r.listed).count(), 16);
        assert_eq!(Gazetteer::fingerprint().len(), 64);
    }
}
