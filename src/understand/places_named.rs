//! Text → the spots where it names places, each read as one place.
//!
//! One pass over the folded text finds all names, the longest first; a false friend is found like a
//! name and swallows its text, so that 「上海合作组织」 hides 「上海」. A name that
//! several places bear is then read by the company it keeps ([`Evidence`]); a name that is also a
//! common word is only believed with a witness. Last come the one-character abbreviations, which are
//! read in runs (沪苏浙皖, 佛茂) or beside fixed companions (在沪, 援疆).

use std::ops::Range;
use std::sync::LazyLock;

use hashbrown::HashMap;

use super::gazetteer::{
    Care, FalseFriend, Form, Gazetteer, Name, Need, Reading, Target, is_taiwan,
};
use super::lexicon::Lexicon;
use crate::article::{Field, Level};
use crate::clean::fold::Folded;

/// One part of an article, folded.
pub(super) struct Text {
    /// Which part.
    pub(super) field: Field,
    /// The folded text with its map back.
    pub(super) folded: Folded,
    /// Its characters.
    pub(super) chars: Vec<char>,
}

impl Text {
    /// Folds a part of an article.
    pub(super) fn new(field: Field, original: &str) -> Self {
        let mut chars = Vec::with_capacity(original.len() / 3);
        let folded = Folded::seen_by(original, |character| chars.push(character));
        Self { field, folded, chars }
    }

    /// Whether some words stand at a place.
    pub(super) fn has(&self, at: usize, words: &str) -> bool {
        words.chars().zip(at..).all(|(character, index)| self.chars.get(index) == Some(&character))
    }

    /// Whether some words stand right before a place.
    pub(super) fn has_before(&self, at: usize, words: &str) -> bool {
        let mut before = self.chars[..at.min(self.chars.len())].iter().rev();
        words.chars().rev().all(|character| before.next() == Some(&character))
    }

    /// Whether one of some words stands at a place.
    pub(super) fn has_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.has(at, word))
    }

    /// Whether one of some words stands right before a place.
    pub(super) fn has_any_before(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.has_before(at, word))
    }

    /// The character at a place; a line break behind the end.
    pub(super) fn at(&self, index: usize) -> char {
        self.chars.get(index).copied().unwrap_or('\n')
    }

    /// The character before a place; a line break before the start.
    pub(super) fn before(&self, index: usize) -> char {
        index.checked_sub(1).map_or('\n', |i| self.at(i))
    }
}

/// A spot where a place is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// Which text: an index into those searched.
    pub(super) text: usize,
    /// First character.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// The place.
    pub(super) target: Target,
    /// The form of the name.
    pub(super) form: Form,
    /// How much company the name needed.
    pub(super) need: Need,
    /// Whether it is part of the name of an organisation that is known as a whole.
    pub(super) in_name: bool,
}

/// All names.
struct Finder {
    /// Those of two characters or more.
    names: Lexicon<&'static Name>,
    /// Abbreviations of one character.
    single: Vec<&'static Name>,
    /// Where in `single` the characters from U+4E00 on stand, plus one; 0 for none.
    single_at: Vec<u8>,
}

/// First character of [`Finder::single_at`].
const FIRST_HAN: u32 = 0x4e00;

/// Built on first use; a query does not use it.
static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let mut all: Vec<(&str, &'static Name)> = Gazetteer::get().names().collect();
    all.sort_unstable_by_key(|(text, _)| *text);
    let (short, long): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(text, _)| text.chars().nth(1).is_none());
    let mut single = Vec::new();
    let mut single_at = vec![0; 0x5200];
    for (text, name) in short {
        let code = text.chars().next().and_then(|c| (c as u32).checked_sub(FIRST_HAN));
        let slot = code.and_then(|code| single_at.get_mut(code as usize));
        if let (Some(slot), Ok(number)) = (slot, u8::try_from(single.len() + 1)) {
            *slot = number;
            single.push(name);
        }
    }
    Finder { names: Lexicon::new(long), single, single_at }
});

impl Finder {
    /// What an abbreviation of one character stands for.
    fn abbreviation(&self, character: char) -> Option<&'static Name> {
        let code = (character as u32).checked_sub(FIRST_HAN)?;
        let number = *self.single_at.get(code as usize)?;
        self.single.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// Whether a character is an abbreviation.
    fn is_single(&self, character: char) -> bool {
        self.abbreviation(character).is_some()
    }
}

/// A name found, not yet read.
struct Hit {
    text: usize,
    start: usize,
    end: usize,
    name: &'static Name,
    /// It only begins the name of something else, and means no place.
    spent: bool,
}

/// Which places an article names beyond doubt.
struct Evidence {
    gazetteer: &'static Gazetteer,
    /// How, by index of the division; an article names few of them.
    named: HashMap<u16, Times>,
}

/// How often an article names a division.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    /// The division itself.
    itself: u16,
    /// It or something in it.
    within: u16,
    /// It in full.
    full: u16,
    /// An organisation that carries its name, or that of something in it.
    in_name: u16,
}

impl Evidence {
    fn new(gazetteer: &'static Gazetteer) -> Self {
        Self { gazetteer, named: HashMap::new() }
    }

    fn add(&mut self, index: u16, form: Form) {
        for place in self.chain(index) {
            let times = self.named.entry(place).or_default();
            times.within += 1;
            if place == index {
                times.itself += 1;
                times.full += u16::from(form == Form::Full);
            }
        }
    }

    fn add_in_name(&mut self, index: u16) {
        for place in self.chain(index) {
            self.named.entry(place).or_default().in_name += 1;
        }
    }

    /// How often a division is named.
    fn of(&self, index: u16) -> Times {
        self.named.get(&index).copied().unwrap_or_default()
    }

    /// A division and those above it, each once.
    fn chain(&self, index: u16) -> impl Iterator<Item = u16> + use<> {
        let city = self.gazetteer.city_index(index).filter(|&city| city != index);
        let province = self.gazetteer.province_index(index);
        let province = (province != index && Some(province) != city).then_some(province);
        std::iter::once(index).chain(city).chain(province)
    }
}

/// Finds and reads all names of places in the parts of an article, in text order.
pub(super) fn spots(texts: &[Text]) -> Vec<Spot> {
    let finder = &*FINDER;
    let gazetteer = Gazetteer::get();
    let hits = hits(finder, texts);
    let mut evidence = Evidence::new(gazetteer);
    for hit in &hits {
        gather(hit, &mut evidence);
    }
    let mut spots: Vec<Spot> = Vec::with_capacity(hits.len());
    let mut unread = Vec::new();
    for hit in &hits {
        match read(hit, texts, spots.last(), &evidence) {
            Some(spot) => {
                if let Target::Division(index) = spot.target
                    && !is_certain(hit)
                    && !spot.in_name
                {
                    evidence.add(index, spot.form);
                }
                spots.push(spot);
            }
            None => unread.push(hit),
        }
    }
    let initials = Initials::of(&spots);
    let abbreviated = abbreviations(finder, texts, &hits, &evidence, &initials);
    for spot in &abbreviated {
        if let Target::Division(index) = spot.target {
            evidence.add(index, spot.form);
        }
    }
    // What was named later may have settled an earlier name.
    for hit in unread {
        spots.extend(read(hit, texts, None, &evidence));
    }
    spots.extend(abbreviated);
    if spots.iter().any(|spot| matches!(spot.target, Target::Region(_))) {
        let regions: Vec<Spot> =
            spots.iter().filter_map(|spot| region_within(texts, spot)).collect();
        spots.extend(regions);
        let counted = counted(texts, &spots);
        spots.extend(counted);
    }
    spots.sort_by_key(|spot| (spot.text, spot.start, std::cmp::Reverse(spot.end)));
    spots
}

/// What 「三省一市」 and 「三地」 stand for where the text names a region whose places are counted so.
///
/// 「三省一市」 is only said of one region; 「两地」 may be any two places, so it is read only where the
/// text names no place outside.
fn counted(texts: &[Text], spots: &[Spot]) -> Vec<Spot> {
    let gazetteer = Gazetteer::get();
    let named = |region: u16| spots.iter().any(|spot| spot.target == Target::Region(region));
    let inside = |members: &[u16]| {
        spots.iter().filter(|spot| !spot.in_name).all(|spot| match spot.target {
            Target::Region(_) => true,
            Target::Division(index) => members.iter().any(|&member| {
                index == member
                    || gazetteer.lies_in(index, member)
                    || gazetteer.lies_in(member, index)
            }),
        })
    };
    let rows = gazetteer.counted();
    let mut found = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let rival = || {
            let others = rows.iter().enumerate().filter(|(other, _)| *other != number);
            others.map(|(_, other)| other).any(|o| o.words == row.words && named(o.region))
        };
        let length = row.words.chars().count();
        if !named(row.region) || rival() || (length < 4 && !inside(&row.members)) {
            continue;
        }
        for (number, text) in texts.iter().enumerate() {
            for start in 0..text.chars.len().saturating_sub(length - 1) {
                let end = start + length;
                if !text.has(start, row.words) || matches!(text.before(start), '第' | '十') {
                    continue;
                }
                // 「京津冀三地」, 「佛山、茂名两地」 say themselves what they count.
                let said = spots.iter().any(|spot| {
                    spot.text == number
                        && spot.end == start
                        && matches!(spot.target, Target::Division(_))
                });
                if said {
                    continue;
                }
                for (place, &index) in row.members.iter().enumerate() {
                    let own = row.members.len() <= length;
                    found.push(Spot {
                        text: number,
                        start: if own { start + place } else { start },
                        end: if own { start + place + 1 } else { end },
                        target: Target::Division(index),
                        form: Form::Counted,
                        need: Need::Nothing,
                        in_name: false,
                    });
                }
            }
        }
    }
    found
}

/// First characters of the places that an article names: beside one another they may stand for
/// them, 荔南 for 荔湾 and 南海.
#[derive(Default)]
struct Initials {
    /// Whether a character may be one, by its lowest bits.
    mask: u64,
    /// Each with its place and how often that is named.
    known: Vec<(char, u16, u16)>,
}

impl Initials {
    fn of(spots: &[Spot]) -> Self {
        let gazetteer = Gazetteer::get();
        let mut initials = Self::default();
        for spot in spots {
            let Target::Division(index) = spot.target else { continue };
            if spot.in_name || matches!(spot.form, Form::Abbreviation | Form::Zone) {
                continue;
            }
            let Some(first) = gazetteer.at(index).short.chars().next() else { continue };
            if COMMON_INITIALS.contains(&first) {
                continue;
            }
            initials.mask |= 1 << (first as u32 % 64);
            match initials.known.iter_mut().find(|(_, known, _)| *known == index) {
                Some((.., count)) => *count += 1,
                None => initials.known.push((first, index, 1)),
            }
        }
        initials
    }

    fn holds(&self, character: char) -> bool {
        self.mask >> (character as u32 % 64) & 1 == 1
            && self.known.iter().any(|(known, ..)| *known == character)
    }

    /// The place named most often that begins with a character.
    fn place(&self, character: char) -> Option<u16> {
        let own = self.known.iter().filter(|(known, ..)| *known == character);
        own.max_by_key(|(_, index, count)| (*count, std::cmp::Reverse(*index))).map(|(_, i, _)| *i)
    }
}

/// Characters that begin names of places and too many words.
const COMMON_INITIALS: &[char] = &[
    '海', '江', '大', '长', '中', '三', '成', '西', '石', '合', '保', '通', '湖', '金', '河', '德',
    '广', '连', '开', '新', '明', '上', '和', '东', '北', '平', '安', '高', '同', '民', '天', '文',
    '公', '建', '永', '太', '华', '龙', '山', '白', '阳', '水', '临', '定', '万', '武', '城', '光',
    '兴', '博', '化', '重', '吉', '青', '信', '会', '交', '玉', '云', '林', '资', '治', '红', '前',
    '来', '从', '顺', '乐', '宁', '五', '九', '双', '四', '十', '六', '七', '八', '二', '两',
];

/// The listed region in the name of another: 「长三角」 in 「长三角G60科创走廊」.
fn region_within(texts: &[Text], spot: &Spot) -> Option<Spot> {
    let regions = Gazetteer::get().regions();
    let Target::Region(index) = spot.target else { return None };
    if regions.get(index as usize)?.listed {
        return None;
    }
    let text = &texts[spot.text];
    let (inner, region) = regions
        .iter()
        .enumerate()
        .find(|(_, region)| region.listed && text.has(spot.start, region.name))?;
    let end = spot.start + region.name.chars().count();
    (end < spot.end).then_some(Spot { end, target: Target::Region(inner as u16), ..*spot })
}

/// One pass over each text.
fn hits(finder: &Finder, texts: &[Text]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        hits.extend(finder.names.find_all(&text.chars).map(|(Range { start, end }, &name)| {
            let spent = part_of_longer_name(text, end, name);
            Hit { text: number, start, end, name, spent }
        }));
    }
    hits
}

/// What makes a street, town or village of a short name: 「吉安镇」, 「南京路」.
const SMALLER: &[(&str, &[&str])] = &[
    ("镇", &["街", "村", "域"]),
    ("乡", &["村", "镇", "亲", "土", "音", "贤", "愁", "情", "党"]),
    ("村", &["镇", "民", "超", "b", "干", "里", "支", "晚", "居", "级", "庄"]),
    ("街道", &[]),
    ("大街", &["小"]),
    ("大道", &[]),
    ("街", &["头", "区", "坊", "舞", "景", "上", "拍", "镇", "边", "面", "巷"]),
    (
        "路",
        &[
            "演", "桥", "网", "段", "况", "政", "面", "边", "人", "口", "线", "径", "过", "程",
            "上", "由", "权", "遇", "途",
        ],
    ),
    ("社区", &[]),
    ("新村", &[]),
];

/// What makes water, mountains or sights of the short name of a county: 「鄱阳湖」.
const FEATURES: &[&str] = &[
    "湖", "江", "河", "山", "岭", "峡", "岛", "溪", "寺", "楼", "瀑布", "水库", "盆地", "草原",
    "沙地", "沙漠", "油田", "海峡",
];

/// Whether a short name only begins the name of something smaller, or of water or a mountain.
fn part_of_longer_name(text: &Text, end: usize, name: &Name) -> bool {
    let Some(first) = name.readings.first() else { return false };
    if name.friend.is_some() || first.form != Form::Short {
        return false;
    }
    let smaller = SMALLER.iter().any(|(suffix, but)| {
        text.has(end, suffix) && !text.has_any(end + suffix.chars().count(), but)
    });
    let Target::Division(index) = first.target else { return smaller };
    let gazetteer = Gazetteer::get();
    let feature = || {
        let next: String = text.chars[end..].iter().take(2).collect();
        gazetteer.at(index).level == Level::County
            && text.has_any(end, FEATURES)
            && gazetteer.name(&next).is_none()
    };
    smaller || feature()
}

/// Whether a hit needs no company at all.
fn is_certain(hit: &Hit) -> bool {
    let Some(first) = hit.name.readings.first() else { return false };
    if hit.spent || hit.name.friend.is_some() || first.need != Need::Nothing {
        return false;
    }
    if first.form == Form::Short && rank(*first) == 2 && hit.end - hit.start < 3 {
        let Target::Division(index) = first.target else { return false };
        if !is_widely_known(index) {
            return false;
        }
    }
    let rivals =
        hit.name.readings[1..].iter().any(|r| r.form == first.form && rank(*r) == rank(*first));
    !rivals
}

/// The size of the unit that a reading means: the smaller the number, the larger the unit.
fn rank(reading: Reading) -> u8 {
    match reading.target {
        Target::Region(_) => 0,
        Target::Division(index) => match Gazetteer::get().at(index).level {
            Level::Province | Level::Municipality | Level::Region => 0,
            Level::City => 1,
            Level::County => 2,
        },
    }
}

/// Notes what a hit says beyond doubt.
fn gather(hit: &Hit, evidence: &mut Evidence) {
    match hit.name.friend {
        Some(FalseFriend::Organisation(Some(index)) | FalseFriend::Other(index)) => {
            evidence.add_in_name(index);
        }
        None if is_certain(hit) => {
            if let Some(&Reading { target: Target::Division(index), form, .. }) =
                hit.name.readings.first()
            {
                evidence.add(index, form);
            }
        }
        _ => {}
    }
}

/// Whether news names a county without saying where it lies.
fn is_widely_known(index: u16) -> bool {
    Gazetteer::get().at(index).care == Care::Known
}

/// Reads a hit as one place, or as none.
fn read(hit: &Hit, texts: &[Text], last: Option<&Spot>, evidence: &Evidence) -> Option<Spot> {
    if hit.spent {
        return None;
    }
    let spot = |reading: Reading, in_name: bool| Spot {
        text: hit.text,
        start: hit.start,
        end: hit.end,
        target: reading.target,
        form: reading.form,
        need: reading.need,
        in_name,
    };
    let hidden = |index: u16, in_name: bool| {
        let target = Target::Division(index);
        let reading = Reading { target, form: Form::Short, need: Need::Nothing };
        let (start, end) = name_within(&texts[hit.text], hit, index);
        Spot { start, end, ..spot(reading, in_name) }
    };
    match hit.name.friend {
        Some(FalseFriend::Nothing | FalseFriend::Organisation(None)) => return None,
        Some(FalseFriend::Organisation(Some(index))) => return Some(hidden(index, true)),
        Some(FalseFriend::Other(index)) => {
            // 「中山大学」 lies in 广州 but does not name it.
            let spot = hidden(index, false);
            let named = (spot.start, spot.end) != (hit.start, hit.end);
            return Some(Spot { in_name: !named, ..spot });
        }
        None => {}
    }
    let company = Company::of(hit, texts, last);
    let mut best: Option<(i32, Reading)> = None;
    for (order, &reading) in hit.name.readings.iter().enumerate() {
        // 「长沙」 is the city, not the county of that name in it.
        if hit.name.readings[..order].iter().any(|&above| inside(reading, above)) {
            continue;
        }
        let Some(support) = company.support(reading, order, hit, evidence) else { continue };
        if best.is_none_or(|(most, _)| support > most) {
            best = Some((support, reading));
        }
    }
    // 「重庆江北区」: a name right behind the unit that holds it is beyond doubt.
    best.map(|(_, reading)| match (reading.target, company.adjacent) {
        (Target::Division(index), Some(above)) if evidence.gazetteer.lies_in(index, above) => {
            spot(Reading { need: Need::Nothing, ..reading }, false)
        }
        _ => spot(reading, false),
    })
}

/// Where the name of a place stands inside a false friend: 「江苏」 in 「美丽江苏」; all of it if it
/// does not stand there.
fn name_within(text: &Text, hit: &Hit, index: u16) -> (usize, usize) {
    let division = Gazetteer::get().at(index);
    for name in [division.name, division.short] {
        let count = name.chars().count();
        let found = (hit.start..hit.end)
            .find(|&start| count > 0 && start + count <= hit.end && text.has(start, name));
        if let Some(start) = found {
            return (start, start + count);
        }
    }
    (hit.start, hit.end)
}

/// Whether one reading lies in another.
fn inside(inner: Reading, outer: Reading) -> bool {
    match (inner.target, outer.target) {
        (Target::Division(inner), Target::Division(outer)) => {
            Gazetteer::get().lies_in(inner, outer)
        }
        _ => false,
    }
}

/// The place named right before a hit.
#[derive(Default)]
struct Company {
    /// Whether a region stands before, with only 「、」 or 「和」 between.
    listed_region: bool,
    /// The division that ends where the hit starts.
    adjacent: Option<u16>,
    /// The division before, if only 「、」 or 「和」 stands between.
    listed: Option<u16>,
    /// The division named last, anywhere in the same text.
    nearest: Option<u16>,
}

impl Company {
    fn of(hit: &Hit, texts: &[Text], last: Option<&Spot>) -> Self {
        let mut company = Self::default();
        let Some(last) = last.filter(|last| last.text == hit.text && !last.in_name) else {
            return company;
        };
        company.listed_region = matches!(last.target, Target::Region(_))
            && last.end + 1 == hit.start
            && matches!(texts[hit.text].at(last.end), '、' | '和' | '与');
        let Target::Division(index) = last.target else { return company };
        company.nearest = Some(index);
        if last.end == hit.start {
            company.adjacent = Some(index);
        } else if last.end + 1 == hit.start
            && matches!(texts[hit.text].at(last.end), '、' | '和' | '与' | '及' | ',' | '·')
        {
            company.listed = Some(index);
        }
        company
    }

    /// How well a reading is supported; none if too little for what it needs.
    fn support(
        &self,
        reading: Reading,
        order: usize,
        hit: &Hit,
        evidence: &Evidence,
    ) -> Option<i32> {
        let Target::Division(index) = reading.target else {
            return self.support_region(reading, evidence);
        };
        let gazetteer = evidence.gazetteer;
        let (city, province) = (gazetteer.city_index(index), gazetteer.province_index(index));
        let count = |times: u16| i32::from(times.min(5));
        let mut support = 0;
        let mut witness = false;
        if self.adjacent.is_some_and(|above| gazetteer.lies_in(index, above)) {
            support += 100;
            witness = true;
        }
        // The hit's own mention counts among those of a certain name.
        let own = i32::from(is_certain(hit) && order == 0);
        let full = count(evidence.of(index).full) - own * i32::from(reading.form == Form::Full);
        // 「泸县」 after 「四川省泸县」: a short full name needs its witness once.
        if full > 0 && (reading.form != Form::Full || reading.need == Need::Witness) {
            support += 50 + full;
            witness = true;
        }
        let sibling = |other: u16| {
            let of_city = gazetteer.city_index(other);
            if city == Some(index) {
                other != index && gazetteer.province_index(other) == province
            } else {
                other != index && of_city == city && of_city != Some(other)
            }
        };
        if self.listed.is_some_and(sibling) {
            support += 15;
            witness = true;
        }
        if let Some(city) = city.filter(|&city| city != index) {
            let named = count(evidence.of(city).within) - own;
            support += if named > 0 { 20 + named } else { 0 };
            support += if count(evidence.of(city).in_name) > 0 { 8 } else { 0 };
        }
        let named = count(evidence.of(province).within) - own;
        support += if named > 0 && province != index { 5 } else { 0 };
        support += if self.nearest.is_some_and(sibling) { 3 } else { 0 };
        let owner = reading.need == Need::Nothing && order == 0 && is_certain(hit);
        let in_city = support >= 8 || city == Some(index) && (support > 0 || full > 0);
        // 「天津梅江」 is not the 梅江区 of another city.
        let elsewhere = !witness
            && reading.form == Form::Short
            && city != Some(index)
            && support < 20
            && self.adjacent.is_some_and(|before| {
                gazetteer.city_index(before).is_some() && gazetteer.city_index(before) != city
            });
        if elsewhere || (!witness && self.belongs_to_owner(order, index, hit, evidence)) {
            return None;
        }
        let enough = match (reading.need, reading.form) {
            // A bare county needs company, too, unless its name is long or widely known.
            (Need::Nothing, Form::Short) if city != Some(index) && city.is_some() => {
                support > 0 || hit.end - hit.start > 2 || is_widely_known(index)
            }
            (Need::Nothing, _) => owner || support > 0 || hit.name.readings.len() == 1,
            (Need::Company, Form::Short | Form::Full) => support > 0,
            (Need::Company, _) => in_city,
            (Need::Witness, _) => witness,
        };
        enough.then_some(support + if owner { 10 } else { 0 })
    }

    /// Whether a bare name is rather that of the larger unit which owns it: 「河北」 is the province
    /// and no district of 天津, 「朝阳」 the city where its province is named.
    fn belongs_to_owner(&self, order: usize, index: u16, hit: &Hit, evidence: &Evidence) -> bool {
        let Some(Reading { target: Target::Division(owner), need: Need::Nothing, .. }) =
            hit.name.readings.first()
        else {
            return false;
        };
        if order == 0 || rank_of(*owner) >= rank_of(index) {
            return false;
        }
        let gazetteer = evidence.gazetteer;
        let province = gazetteer.province_index(*owner);
        let owner_alone = evidence.of(province).within > evidence.of(*owner).within;
        rank_of(*owner) == 0
            || owner_alone
            || self.adjacent.is_some_and(|b| gazetteer.lies_in(*owner, b))
    }

    fn support_region(&self, reading: Reading, evidence: &Evidence) -> Option<i32> {
        let Target::Region(index) = reading.target else { return None };
        let gazetteer = evidence.gazetteer;
        let region = gazetteer.regions().get(index as usize)?;
        let inside = |code: &&str| {
            gazetteer.index_of(code).is_some_and(|member| evidence.of(member).within > 0)
        };
        (reading.need == Need::Nothing || self.listed_region || region.members.iter().any(inside))
            .then_some(12)
    }
}

/// What counts the places of a run: 「川渝两地」.
pub(super) const COUNTED: &[&str] = &[
    "两地", "两市", "两省", "两区", "两县", "两家", "双城", "三地", "三省", "三市", "三区", "三县",
    "四地", "四省", "四市", "五省", "五地", "五市", "六省", "六市", "七省", "八省", "九省", "三座",
    "四座", "三个", "两个",
];

/// What else follows a run of abbreviations that stands for its places.
const TOGETHER: &[&str] = &[
    "省际", "合作", "协作", "对口", "帮扶", "协同", "联动", "共建", "产业", "人才", "同城", "携手",
    "一体", "友好", "互动", "交流", "经贸", "战略", "毗邻", "交界", "边界", "联合", "扶贫", "劳务",
    "科技", "创新", "融合", "合力", "山海", "情谊", "跨境", "飞地", "强化", "深化",
];

/// Signs after a run that is at least no part of a longer word.
const LOOSE: &[&str] = &["、", "情", "跨", "共"];

/// Whether what follows a run of abbreviations speaks of places that do something together.
pub(super) fn is_together(text: &Text, end: usize) -> bool {
    text.has_any(end, COUNTED) || text.has_any(end, TOGETHER)
}

/// What follows a run of abbreviations that names a line, a market or an index.
const LINES: &[&str] = &[
    "高铁",
    "铁路",
    "高速",
    "客专",
    "客运专线",
    "城际",
    "动车",
    "公路",
    "航线",
    "大运河",
    "运河",
    "通道",
    "大桥",
    "隧道",
    "管道",
    "地铁",
    "线",
    "通",
    "指",
    "股",
    "市",
    "300",
    "50",
    "综指",
    "交易所",
    "高原",
    "杯",
];

/// What stands before a single abbreviation that is a place: 「在沪」, 「援疆」.
const TOWARDS: &[char] =
    &['在', '来', '赴', '驻', '抵', '返', '入', '进', '访', '援', '留', '旅', '居', '全', '到'];

/// What stands after a single abbreviation that is a place: 「深企」, 「浙籍」.
const FIRMS_OF: &[&str] = &["企", "籍"];

/// Single abbreviations that stand for their place after a word of [`TOWARDS`] although nothing
/// else names it.
const ALONE: &[char] = &[
    '京', '津', '沪', '渝', '粤', '浙', '皖', '赣', '闽', '桂', '鄂', '湘', '豫', '晋', '冀', '陕',
    '琼', '鲁', '滇', '黔', '川', '疆', '藏', '穗', '甬', '蓉', '邕', '榕', '莞',
];

/// Those that do so only where the place is named in the article, too.
const ALONE_IF_NAMED: &[char] = &[
    '深', '港', '澳', '台', '杭', '汉', '苏', '辽', '蒙', '宁', '青', '昆', '厦', '洪', '锡', '徐',
    '兰', '吉',
];

/// Reads the abbreviations of one character in the text between the hits.
fn abbreviations(
    finder: &Finder,
    texts: &[Text],
    hits: &[Hit],
    evidence: &Evidence,
    initials: &Initials,
) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut hit = hits.iter().peekable();
    for (number, text) in texts.iter().enumerate() {
        let mut at = 0;
        while at < text.chars.len() {
            while hit.peek().is_some_and(|h| h.text < number || (h.text == number && h.end <= at)) {
                hit.next();
            }
            let next =
                hit.peek().filter(|h| h.text == number).map_or(text.chars.len(), |h| h.start);
            if at >= next {
                let Some(found) = hit.peek() else { break };
                at = found.end;
                if let Some(members) = spelled_members(text, found) {
                    let in_name = text.has_any(found.end, LINES);
                    // 「苏锡常湖四地」: one more than the region has.
                    let next = at..at + 1;
                    let more = read_initials(finder, text, next, evidence, initials);
                    at += more.as_ref().map_or(0, Vec::len);
                    let all = members.into_iter().chain(more.into_iter().flatten());
                    spots.extend(all.enumerate().map(|(offset, index)| Spot {
                        text: number,
                        start: found.start + offset,
                        end: found.start + offset + 1,
                        target: Target::Division(index),
                        form: Form::Abbreviation,
                        need: Need::Nothing,
                        in_name,
                    }));
                } else if names_its_members(finder, text, found) {
                    let more =
                        text.chars[at..].iter().take_while(|&&c| finder.is_single(c)).count();
                    let run = found.start..at + more;
                    read_run(finder, text, number, run, evidence, initials, &mut spots);
                    at += more;
                }
                continue;
            }
            let run = text.chars[at..next]
                .iter()
                .take_while(|&&c| finder.is_single(c) || initials.holds(c))
                .count();
            if run == 0 {
                at += 1;
                continue;
            }
            read_run(finder, text, number, at..at + run, evidence, initials, &mut spots);
            at += run;
        }
    }
    spots
}

/// Whether the name of a region names its members one by one, too: 「京津冀三地」, 「京津冀晋」, but
/// not 「京津冀协同发展」.
fn names_its_members(finder: &Finder, text: &Text, hit: &Hit) -> bool {
    let region = hit.name.readings.first().is_some_and(|r| matches!(r.target, Target::Region(_)));
    region
        && text.chars[hit.start..hit.end].iter().all(|&c| finder.abbreviation(c).is_some())
        && (text.has_any(hit.end, COUNTED)
            || finder
                .abbreviation(text.at(hit.end))
                .is_some_and(|name| name.readings.iter().any(|r| r.need == Need::Nothing)))
}

/// Reads a run of abbreviations: the longest part of it that makes sense, else its single ones.
fn read_run(
    finder: &Finder,
    text: &Text,
    number: usize,
    run: Range<usize>,
    evidence: &Evidence,
    initials: &Initials,
    spots: &mut Vec<Spot>,
) {
    let spot = |at: usize, index: u16, in_name: bool| Spot {
        text: number,
        start: at,
        end: at + 1,
        target: Target::Division(index),
        form: Form::Abbreviation,
        need: Need::Nothing,
        in_name,
    };
    // 「粤港澳青年」: the last one rather begins a word.
    let run =
        if run.len() > 1 && begins_word(text, run.end - 1) { run.start..run.end - 1 } else { run };
    for length in (2..=run.len().min(8)).rev() {
        for start in run.start..=run.end - length {
            let part = start..start + length;
            let places = read_compound(finder, text, part.clone(), evidence)
                .or_else(|| read_initials(finder, text, part.clone(), evidence, initials));
            if let Some(places) = places {
                let line = text.has_any(part.end, LINES);
                spots.extend(part.zip(places).map(|(at, index)| spot(at, index, line)));
                return;
            }
        }
    }
    for at in run {
        let character = text.at(at);
        let Some(name) = finder.abbreviation(character) else { continue };
        let divisions = name.readings.iter().filter_map(|reading| match reading.target {
            Target::Division(index) => Some((index, reading.need)),
            Target::Region(_) => None,
        });
        let towards = TOWARDS.contains(&text.before(at));
        let of_its_own = text.has(at + 1, "企");
        let mut candidates = divisions.filter(|&(index, need)| {
            let named = evidence.of(index).itself > 0;
            let alone =
                ALONE.contains(&character) && (rank_of(index) == 0 || need == Need::Nothing);
            let of_its_own = of_its_own && matches!(character, '深' | '港' | '澳' | '台');
            (towards || text.has_any(at + 1, FIRMS_OF))
                && (alone || of_its_own || named && ALONE_IF_NAMED.contains(&character))
        });
        if let Some((index, _)) = candidates.next()
            && !is_word_beside(text, at)
        {
            spots.push(spot(at, index, false));
        }
    }
}

/// Whether a single abbreviation is rather the start of a word: 「在深入」, 「来京剧」, 「沪指」.
fn is_word_beside(text: &Text, at: usize) -> bool {
    const AFTER: &[char] =
        &['入', '化', '度', '刻', '厚', '剧', '戏', '指', '上', '口', '区', '贝', '味', '菜', '语'];
    AFTER.contains(&text.at(at + 1)) && !(text.at(at) == '沪' && text.at(at + 1) == '上')
}

/// Whether the last abbreviation of a run is rather the start of a word: 「粤港澳青年」, 「沪苏浙商」.
fn begins_word(text: &Text, at: usize) -> bool {
    const WORDS: &[(char, &[char])] = &[
        ('青', &['年', '少', '春', '创', '睐', '联']),
        ('浙', &['商', '江']),
        ('晋', &['商', '级', '升']),
        ('徽', &['商', '派']),
        ('台', &['胞', '商', '企', '风', '办', '账', '阶', '联', '湾']),
        ('川', &['流', '菜', '剧']),
        ('湘', &['江', '菜', '潮']),
        ('赣', &['江', '州']),
        ('宁', &['静', '愿']),
        ('新', &['的', '一', '时', '型', '能', '机', '模', '增']),
    ];
    let (character, next) = (text.at(at), text.at(at + 1));
    WORDS.iter().any(|(first, then)| *first == character && then.contains(&next))
}

fn rank_of(index: u16) -> u8 {
    rank(Reading { target: Target::Division(index), form: Form::Full, need: Need::Nothing })
}

/// Reads a run of abbreviations as places, one a character: as provinces where all can be, else as
/// places that the article names.
fn read_compound(
    finder: &Finder,
    text: &Text,
    part: Range<usize>,
    evidence: &Evidence,
) -> Option<Vec<u16>> {
    let quoted = text.before(part.start) == '"' && text.at(part.end) == '"';
    let together = is_together(text, part.end) || quoted;
    let loose = together || text.has_any(part.end, LOOSE);
    let mut provinces = Vec::new();
    let mut named = Vec::new();
    // 「穗港澳」: 穗 stands for one city alone, and needs no name in the text.
    let mut sure = Vec::new();
    let mut strong = false;
    for at in part.clone() {
        let readings = finder.abbreviation(text.at(at))?.readings;
        let divisions = || {
            readings.iter().filter_map(|reading| match reading.target {
                Target::Division(index) => Some((index, reading.need)),
                Target::Region(_) => None,
            })
        };
        let itself = |index: u16| evidence.of(index).itself;
        let province = divisions().find(|&(index, _)| rank_of(index) == 0);
        sure.extend(divisions().find(|&(_, need)| need == Need::Nothing).or(province));
        if let Some((index, need)) = province {
            provinces.push(index);
            strong |= need == Need::Nothing;
        }
        if let Some((index, _)) = divisions()
            .filter(|&(index, _)| itself(index) > 0)
            .max_by_key(|&(index, _)| itself(index))
        {
            named.push(index);
        }
    }
    let count = part.len();
    let first_two: String = text.chars[part.start..part.start + 2].iter().collect();
    let provinces_named = provinces.iter().filter(|&&index| evidence.of(index).itself > 0).count();
    let cities_named = named.iter().filter(|&&index| rank_of(index) > 0).count();
    if provinces.len() == count
        && (cities_named == 0 || provinces_named == count)
        && (strong || loose || first_two == "港澳" || provinces_named == count)
    {
        return Some(provinces);
    }
    if named.len() == count && together {
        return Some(named);
    }
    let cities = sure.iter().filter(|&&(index, _)| rank_of(index) > 0).count();
    (sure.len() == count && cities > 0 && is_together(text, part.end))
        .then(|| sure.into_iter().map(|(index, _)| index).collect())
}

/// Reads two or three characters as the places of the article that begin with them, before words
/// that speak of places together: 「荔南合作区」, 「昆台融合」.
fn read_initials(
    finder: &Finder,
    text: &Text,
    part: Range<usize>,
    evidence: &Evidence,
    initials: &Initials,
) -> Option<Vec<u16>> {
    if part.len() > 3 || !is_together(text, part.end) {
        return None;
    }
    let gazetteer = Gazetteer::get();
    let mut places: Vec<u16> = Vec::with_capacity(part.len());
    for at in part {
        let character = text.at(at);
        let listed = || {
            let readings = finder.abbreviation(character).map_or(&[][..], |name| name.readings);
            let named = readings.iter().find_map(|reading| match reading.target {
                Target::Division(index) if evidence.of(index).itself > 0 => Some(index),
                _ => None,
            });
            let strong = || {
                readings.iter().find_map(|reading| match reading.target {
                    Target::Division(index) if reading.need == Need::Nothing => Some(index),
                    _ => None,
                })
            };
            named.or_else(strong)
        };
        let place = initials.place(character).or_else(listed)?;
        let apart = |other: &u16| {
            *other != place
                && !gazetteer.lies_in(*other, place)
                && !gazetteer.lies_in(place, *other)
        };
        if !places.iter().all(apart) {
            return None;
        }
        places.push(place);
    }
    Some(places)
}

/// The members of a region whose name is nothing but their first characters: 「深莞惠」. The regions
/// of the closed list are more than their members.
fn spelled_members(text: &Text, hit: &Hit) -> Option<Vec<u16>> {
    let gazetteer = Gazetteer::get();
    let Some(&Reading { target: Target::Region(index), .. }) = hit.name.readings.first() else {
        return None;
    };
    let region = gazetteer.regions().get(index as usize)?;
    let length = hit.end - hit.start;
    if region.listed || hit.spent || length > 4 || length > region.members.len() {
        return None;
    }
    let mut members: Vec<u16> = Vec::with_capacity(length);
    for at in hit.start..hit.end {
        let character = text.at(at);
        let member = region.members.iter().filter_map(|code| gazetteer.index_of(code));
        let bears = |index: &u16| gazetteer.at(*index).short.contains(character);
        members.push(member.filter(bears).find(|index| !members.contains(index))?);
    }
    Some(members)
}

/// Whether a division stands for its province only.
pub(super) fn only_province(index: u16) -> bool {
    is_taiwan(Gazetteer::get().at(index))
}
