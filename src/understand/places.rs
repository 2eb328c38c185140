//! Title and body → the places an article names, where, and which of them it is about.
//!
//! Three steps, a file each: `places_named.rs` finds the names and reads each as one place,
//! `places_about.rs` weighs what each mention says about the article, and this file gathers the
//! mentions of a place and makes the lists that articles are filed under.

use std::ops::Range;

use super::gazetteer::{Gazetteer, Name, Need, Reading, Target};
use super::places_about::{self, Use, Weighed};
use super::places_named::{self, Text, only_province};
use crate::article::{Field, Level, Mention, Place, Role, Span};

/// The places of an article, as [`Article`](crate::article::Article) keeps them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlacesFound {
    /// Every place named, the most important first.
    pub places: Vec<Place>,
    /// Cities the article is about.
    pub cities: Vec<String>,
    /// Cities it names, those it is about among them.
    pub mentioned_cities: Vec<String>,
    /// Counties and districts it is about, as 「佛山市/南海区」.
    pub counties: Vec<String>,
    /// Provinces it is about, or that its cities lie in.
    pub provinces: Vec<String>,
    /// Economic regions of the closed list that it names.
    pub regions: Vec<String>,
    /// The headline and the text as they were folded for it, so that nobody folds them again.
    pub folded: [String; 2],
}

/// Finds the places of an article. Spans are in characters of the texts as given.
pub fn find(title: &str, body: &str) -> PlacesFound {
    let (found, named) = find_and_keep(title, body);
    PlacesFound { folded: named.texts.map(|text| text.folded.text), ..found }
}

/// The folded texts of an article and every spot where they name a place.
pub(super) struct Named {
    /// Headline and text.
    pub(super) texts: [Text; 2],
    /// The spots, and how much the article is about each place.
    pub(super) weighed: Weighed,
}

/// The same without the folded texts, which stand beside it with what else was worked out on the
/// way.
pub(super) fn find_and_keep(title: &str, body: &str) -> (PlacesFound, Named) {
    let texts = [Text::new(Field::Title, title), Text::new(Field::Body, body)];
    let spots = places_named::spots(&texts);
    let weighed = places_about::weigh(&texts, &spots);
    let mut places = gather(&texts, &weighed, title, body);
    places.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| first_spot(a).cmp(&first_spot(b)))
    });
    let found = file(places, &weighed);
    (found, Named { texts, weighed })
}

/// Where a place is named first: ties are in text order, the larger unit first.
fn first_spot(place: &Place) -> (Option<(Field, u32)>, Level, &str) {
    (place.mentions.first().map(|m| (m.field, m.span.start)), place.level, &place.code)
}

/// Puts the mentions of each place together.
fn gather(texts: &[Text], weighed: &Weighed, title: &str, body: &str) -> Vec<Place> {
    let gazetteer = Gazetteer::get();
    let mut originals = [Passed::of(title), Passed::of(body)];
    let mut places: Vec<(Target, Place)> = Vec::new();
    for (spot, used) in &weighed.spots {
        let in_name = *used == Use::InName;
        let text = &texts[spot.text];
        let span = text.folded.original(spot.start..spot.end);
        let words = originals[spot.text].words(span);
        let mention = Mention { field: text.field, span, text: words };
        if let Some((_, place)) = places.iter_mut().find(|(target, _)| *target == spot.target) {
            place.mentions.push(mention);
            if !in_name && place.role == Role::InName {
                place.role = Role::Mention;
            }
            continue;
        }
        let (code, name, level) = match spot.target {
            Target::Division(index) => {
                let division = gazetteer.at(index);
                (division.code, division.name, division.level)
            }
            Target::Region(index) => {
                let Some(region) = gazetteer.regions().get(index as usize) else { continue };
                (region.name, region.name, Level::Region)
            }
        };
        let role = if in_name { Role::InName } else { Role::Mention };
        let score = weighed.score(spot.target).min(1.0);
        places.push((
            spot.target,
            Place {
                code: code.to_owned(),
                name: name.to_owned(),
                level,
                role,
                score,
                mentions: vec![mention],
            },
        ));
    }
    for (target, place) in &mut places {
        if place.role == Role::Mention && weighed.is_subject(*target) {
            place.role = Role::Subject;
        }
    }
    places.into_iter().map(|(_, place)| place).collect()
}

/// A text whose words are asked for in their order: each is found from where the one before starts.
struct Passed<'a> {
    text: &'a str,
    /// Where the last words started, in characters and in bytes.
    characters: usize,
    bytes: usize,
}

impl<'a> Passed<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, characters: 0, bytes: 0 }
    }

    /// The words of a span.
    fn words(&mut self, span: Span) -> String {
        let start = span.start as usize;
        if start < self.characters {
            *self = Self::of(self.text);
        }
        let more = self.text[self.bytes..].char_indices().nth(start - self.characters);
        self.bytes = more.map_or(self.text.len(), |(more, _)| self.bytes + more);
        self.characters = start;
        self.text[self.bytes..].chars().take((span.end - span.start) as usize).collect()
    }
}

/// Makes the lists that an article is filed under, most important first.
fn file(places: Vec<Place>, weighed: &Weighed) -> PlacesFound {
    let gazetteer = Gazetteer::get();
    let name = |index: u16| gazetteer.at(index).name.to_owned();
    let mut found = PlacesFound::default();
    for total in &weighed.cities {
        if total.subject {
            found.cities.push(name(total.index));
        }
        found.mentioned_cities.push(name(total.index));
    }
    found.provinces = weighed
        .provinces
        .iter()
        .filter(|total| total.subject)
        .map(|total| name(total.index))
        .collect();
    for place in &places {
        if place.role == Role::InName {
            continue;
        }
        if place.level == Level::Region
            && gazetteer.region(&place.name).is_some_and(|region| region.listed)
        {
            found.regions.push(place.name.clone());
        }
        if place.level == Level::County && place.role == Role::Subject {
            let city = gazetteer.division(&place.code).and_then(|county| gazetteer.city_of(county));
            found.counties.extend(city.map(|city| format!("{}/{}", city.name, place.name)));
        }
    }
    found.places = places;
    found
}

/// What kind of place a query names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryPlaceKind {
    /// A city, or a municipality.
    City,
    /// A county or district.
    County,
    /// A province.
    Province,
    /// An economic region.
    Region,
}

/// A place that a query names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryPlace {
    /// The characters of the folded query.
    pub range: Range<usize>,
    /// What kind of place it is.
    pub kind: QueryPlaceKind,
    /// The name that articles are filed under: 「佛山市」, 「佛山市/南海区」, 「广东省」.
    pub facet_name: String,
    /// Code of GB/T 2260; for a region its name.
    pub code: String,
}

/// The longest name that is looked up in a query, in characters.
const LONGEST_NAME: usize = 16;

/// Finds the places named in a query (already folded), by looking names up in a map: the longest
/// name at each place, false friends swallowing their text as in articles.
///
/// A name that several places bear, or that is also a common word, counts only beside another
/// place of its province.
pub fn in_query(folded: &str) -> Vec<QueryPlace> {
    let gazetteer = Gazetteer::get();
    let named = names_in(folded);
    let mut found = Vec::new();
    for (position, (range, name)) in named.iter().enumerate() {
        let others: Vec<&Name> = named
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position)
            .map(|(_, (_, name))| *name)
            .collect();
        if let Some(reading) = read_in_query(gazetteer, name, &others) {
            found.extend(query_place(gazetteer, range.clone(), reading));
        }
    }
    found.extend(compounds_in_query(folded, &named));
    found.sort_by_key(|place| place.range.start);
    found
}

/// Abbreviations that are too much part of common words to be cities in a query: 深海, 长江, 大连.
const COMMON: &[char] = &[
    '海', '江', '大', '长', '中', '三', '成', '西', '石', '合', '保', '通', '湖', '金', '河', '德',
    '台', '广', '连', '开', '新', '明',
];

/// Cities that are named together by a character each without any word behind them that says so.
/// Words of the dictionary at large will not do: 港资, 黑马 and 常青 are made of abbreviations, too.
const PAIRS: &[&str] = &[
    "深港",
    "港深",
    "沪宁",
    "宁沪",
    "沪杭",
    "宁杭",
    "杭宁",
    "苏杭",
    "沪苏通",
    "沪杭甬",
    "杭甬",
    "沪甬",
    "甬沪",
    "京津",
    "珠澳",
    "澳珠",
    "穗港",
    "港穗",
    "莞港",
    "深莞",
    "穗深",
    "渝蓉",
    "蓉渝",
];

/// Names of history that mean no places in an article, and their provinces before 合作 in a query.
const OF_HISTORY: &[&str] = &["湘鄂赣", "鄂豫皖", "陕甘宁"];

/// Verbs before the abbreviation of a place that somebody goes to or stays in: 赴京, 来渝, 驻沪.
const MOVES: &[char] = &['赴', '进', '来', '抵', '驻', '离'];

/// 北京市: its abbreviation seldom stands behind such a verb in another word.
const BEIJING: &str = "110000";

/// Whether two places lie in one region of the closed list.
fn share_region(gazetteer: &Gazetteer, one: Reading, other: Reading) -> bool {
    let code = |reading: Reading| match reading.target {
        Target::Division(index) => Some(gazetteer.at(index).code),
        Target::Region(_) => None,
    };
    let (Some(one), Some(other)) = (code(one), code(other)) else { return false };
    let mut listed = gazetteer.regions().iter().filter(|region| region.listed);
    listed.any(|region| region.members.contains(&one) && region.members.contains(&other))
}

/// Where an abbreviation may mean several places, takes the one that lies in one region with all the
/// others: 沪宁 is 南京 and not 宁夏. `readings` are those of each abbreviation.
fn settle(gazetteer: &Gazetteer, chosen: &mut [Reading], readings: &[&[Reading]]) {
    for number in 0..chosen.len() {
        let near = |reading: &&Reading| {
            let mut others = chosen.iter().enumerate().filter(|(other, _)| *other != number);
            others.all(|(_, other)| share_region(gazetteer, **reading, *other))
        };
        if !near(&&chosen[number])
            && let Some(better) = readings[number].iter().find(near)
        {
            chosen[number] = *better;
        }
    }
}

/// The province that an abbreviation behind one of [`MOVES`] means: one that seldom stands in other
/// words (未来黑土地, 进港) and is no city besides (来宁).
fn gone_to(gazetteer: &Gazetteer, readings: &[Reading]) -> Option<Reading> {
    let found = readings.iter().find(|reading| is_province(gazetteer, **reading))?;
    let capital = |index| gazetteer.at(index).code == BEIJING;
    let capital = matches!(found.target, Target::Division(index) if capital(index));
    (found.need == Need::Nothing || capital).then_some(*found)
}

/// Whether a reading is a province or a municipality.
fn is_province(gazetteer: &Gazetteer, reading: Reading) -> bool {
    matches!(level(gazetteer, reading), Level::Province | Level::Municipality)
}

/// Runs of abbreviations in a query: provinces by themselves (沪滇, 川渝), cities where the words
/// after them speak of places that do something together (佛茂合作), [`PAIRS`], and a single province
/// that somebody goes to (赴京).
fn compounds_in_query(folded: &str, named: &[(Range<usize>, &Name)]) -> Vec<QueryPlace> {
    let gazetteer = Gazetteer::get();
    let text = Text::new(Field::Title, folded);
    let written = |range: Range<usize>| -> String { text.chars[range].iter().collect() };
    let open = |range: &Range<usize>| {
        OF_HISTORY.contains(&written(range.clone()).as_str())
            && places_named::is_together(&text, range.end)
    };
    let covered = |at: usize| named.iter().any(|(range, _)| range.contains(&at) && !open(range));
    let readings = |at: usize| {
        let name = gazetteer.name(text.chars[at].encode_utf8(&mut [0; 4]))?;
        (!covered(at) && name.friend.is_none()).then_some(name.readings)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let run = (at..text.chars.len()).take_while(|&at| readings(at).is_some()).count();
        let end = at + run;
        if (2..=6).contains(&run) {
            let all = |keep: &dyn Fn(&&Reading) -> bool| -> Option<Vec<Reading>> {
                (at..end).map(|at| readings(at)?.iter().find(keep).copied()).collect()
            };
            let province = |r: &&Reading| is_province(gazetteer, **r);
            let city_province = |r: &Reading| match r.target {
                Target::Division(index) if gazetteer.at(index).level == Level::City => {
                    Some(gazetteer.province_index(index))
                }
                _ => None,
            };
            let provinces =
                all(&province).filter(|all| all.iter().any(|r| r.need == Need::Nothing));
            let cities = || {
                let safe = text.chars[at..end].iter().all(|c| !COMMON.contains(c));
                if !safe || !places_named::is_together(&text, end) {
                    return None;
                }
                // Of one province where they all can be (武鄂: 鄂州, not 湖北); else each as what it
                // most often means.
                let mut provinces = readings(at)?.iter().filter_map(city_province);
                let within = |wanted| all(&|r| city_province(r) == Some(wanted));
                provinces.find_map(within).or_else(|| all(&|_| true))
            };
            let chosen = if PAIRS.contains(&written(at..end).as_str()) {
                // Of 苏杭 both are cities.
                let cities = all(&|r| city_province(r).is_some());
                let mut chosen = cities.or_else(|| all(&|_| true)).unwrap_or_default();
                let each: Vec<&[Reading]> = (at..end).filter_map(readings).collect();
                settle(gazetteer, &mut chosen, &each);
                chosen
            } else {
                provinces.or_else(cities).unwrap_or_default()
            };
            for (offset, reading) in chosen.iter().enumerate() {
                found.extend(query_place(gazetteer, at + offset..at + offset + 1, *reading));
            }
        }
        let moved = at.checked_sub(1).is_some_and(|before| MOVES.contains(&text.chars[before]));
        if run == 1 && moved && !COMMON.contains(&text.chars[at]) {
            let reading = readings(at).and_then(|readings| gone_to(gazetteer, readings));
            found.extend(reading.and_then(|reading| query_place(gazetteer, at..end, reading)));
        }
        at = end.max(at + 1);
    }
    found
}

/// The names in a query, longest first at each place.
fn names_in(folded: &str) -> Vec<(Range<usize>, &'static Name)> {
    let gazetteer = Gazetteer::get();
    let mut starts: Vec<usize> = folded.char_indices().map(|(at, _)| at).collect();
    starts.push(folded.len());
    let count = starts.len() - 1;
    let mut named = Vec::new();
    let mut at = 0;
    while at < count {
        let longest = (at + LONGEST_NAME).min(count);
        let hit = (at + 2..=longest)
            .rev()
            .find_map(|end| Some((end, gazetteer.name(&folded[starts[at]..starts[end]])?)));
        if let Some((end, name)) = hit {
            named.push((at..end, name));
            at = end;
        } else {
            at += 1;
        }
    }
    named
}

/// Reads a name of a query as one place, or as none.
fn read_in_query(gazetteer: &Gazetteer, name: &Name, others: &[&Name]) -> Option<Reading> {
    if name.friend.is_some() {
        return None;
    }
    let beside = |reading: &Reading| {
        let Target::Division(index) = reading.target else { return false };
        others.iter().filter(|other| other.friend.is_none()).flat_map(|other| other.readings).any(
            |other| match other.target {
                Target::Division(other) => {
                    gazetteer.province_index(other) == gazetteer.province_index(index)
                }
                Target::Region(_) => false,
            },
        )
    };
    let first = *name.readings.first()?;
    if let Some(supported) =
        name.readings.iter().find(|reading| name.readings.len() > 1 && beside(reading))
    {
        return Some(*supported);
    }
    // Of several bearers only one that is larger than the others owns the bare name.
    let second = name.readings.get(1);
    let owner = second.is_none_or(|second| {
        second.form != first.form || level(gazetteer, *second) != level(gazetteer, first)
    });
    ((first.need == Need::Nothing && owner) || beside(&first)).then_some(first)
}

/// The level of what a reading means.
fn level(gazetteer: &Gazetteer, reading: Reading) -> Level {
    match reading.target {
        Target::Division(index) => gazetteer.at(index).level,
        Target::Region(_) => Level::Region,
    }
}

fn query_place(gazetteer: &Gazetteer, range: Range<usize>, reading: Reading) -> Option<QueryPlace> {
    let (kind, facet_name, code) = match reading.target {
        Target::Region(index) => {
            let region = gazetteer.regions().get(index as usize)?;
            (QueryPlaceKind::Region, region.name.to_owned(), region.name)
        }
        Target::Division(index) => {
            let index = if only_province(index) { gazetteer.province_index(index) } else { index };
            let division = gazetteer.at(index);
            let name = division.name.to_owned();
            match division.level {
                Level::County => {
                    let city = gazetteer.at(gazetteer.city_index(index)?).name;
                    (QueryPlaceKind::County, format!("{city}/{name}"), division.code)
                }
                Level::Province | Level::Region => (QueryPlaceKind::Province, name, division.code),
                Level::City | Level::Municipality => (QueryPlaceKind::City, name, division.code),
            }
        }
    };
    Some(QueryPlace { range, kind, facet_name, code: code.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Cities the article is about; those it only mentions; counties; provinces; regions.
    fn told(title: &str, body: &str) -> String {
        let found = find(title, body);
        let only: Vec<&str> = found
            .mentioned_cities
            .iter()
            .filter(|city| !found.cities.contains(city))
            .map(String::as_str)
            .collect();
        let lists = [
            found.cities.join(" "),
            only.join(" "),
            found.counties.join(" "),
            found.provinces.join(" "),
            found.regions.join(" "),
        ];
        lists.join(" | ").trim_end_matches([' ', '|']).to_owned()
    }

    fn check(cases: &[(&str, &str)]) {
        for (body, expected) in cases {
            assert_eq!(told("", body), *expected, "{body}");
        }
    }

    #[test]
    fn traps_do_not_fire() {
        for text in [
            "南海东部有大风。",
            "他深入研究了一个重大理论问题。",
            "确保国家长治久安。",
            "不断完善平衡水的办法。",
            "拿出真金白银支持企业。",
            "巡逻艇驶向入海口附近。",
            "他说，阿里巴巴发布了财报。",
            "新款长安汽车正式上市。",
            "上海合作组织成员国元首理事会发表声明。",
            "会议于北京时间十点开始。",
            "沪指跌破三千点，深成指跟跌，沪深300指数走弱。",
            "京东发布新的物流计划。",
            "他在旧金山湾区工作。",
            "孙中山先生的故居在翠亨村，中山装由此得名。",
            "这是朝阳产业，大家看好。",
            "真是一个高明的办法。",
            "游船驶过苏州河。",
        ] {
            assert_eq!(told("", text), "", "{text}");
        }
        let found = told("", "建设美丽江苏，我们在行动。");
        assert_eq!(found, " |  |  | 江苏省", "丽江 is not named");
        assert_eq!(told("", "安徽马鞍山举行龙舟赛。"), "马鞍山市 |  |  | 安徽省", "nor is 鞍山");
        let universities = find("", "中山大学与吉林大学的学者出席，他们毕业于武汉大学。");
        assert_eq!(universities.mentioned_cities, Vec::<String>::new());
    }

    #[test]
    fn beside_each_trap_the_place_itself_is_found() {
        for (trap, place, city) in [
            ("南海东部有大风。", "青海省海东市举行青绣大赛。", "海东市"),
            ("他深入研究了一个重大理论问题。", "云南大理举行三月街民族节。", "大理白族自治州"),
            ("确保国家长治久安。", "山西长治举行煤炭博览会。", "长治市"),
            ("不断完善平衡水的办法。", "河北衡水举行湖泊马拉松。", "衡水市"),
            ("拿出真金白银支持企业。", "甘肃白银举行黄河奇峡旅游节。", "白银市"),
            ("巡逻艇驶向入海口附近。", "海南海口举行消费品博览会。", "海口市"),
            ("他说，阿里巴巴发布了财报。", "西藏阿里地区开通新航线。", "阿里地区"),
            ("中山大学的学者出席会议。", "广东中山举行慈善万人行。", "中山市"),
            ("吉林大学的学者出席会议。", "吉林省吉林市举行雾凇冰雪节。", "吉林市"),
            ("新款长安汽车正式上市。", "陕西西安长安区举行农民节。", "西安市"),
            ("上海合作组织成员国元首理事会发表声明。", "上海举行进口博览会。", "上海市"),
            ("会议于北京时间十点开始。", "北京举行冬季奥运会。", "北京市"),
            ("沪指跌破三千点，沪深300指数走弱。", "论坛在沪举行。", "上海市"),
            ("游船驶过苏州河。", "江苏苏州举行电商大会。", "苏州市"),
            ("海军舰艇在南海巡航。", "佛山市南海区举行龙舟赛。", "佛山市"),
            ("这是朝阳产业。", "辽宁省朝阳市举行化石展。", "朝阳市"),
            ("新西兰考题难倒了留学生。", "河南兰考举行泡桐花节。", "开封市"),
            ("祝大家富贵安康。", "贵州贵阳的贵安新区举行博览会。", "贵阳市"),
        ] {
            assert_eq!(find("", trap).mentioned_cities, Vec::<String>::new(), "{trap}");
            assert_eq!(find("", place).cities, [city], "{place}");
        }
        let beautiful = find("", "建设美丽江苏，我们在行动。云南丽江举行雪山音乐节。");
        assert_eq!(beautiful.cities, ["丽江市"]);
        let saddles = find("", "安徽马鞍山与辽宁鞍山举行钢铁博览会。");
        assert_eq!(saddles.cities, ["马鞍山市", "鞍山市"]);
    }

    #[test]
    fn an_ambiguous_county_is_read_by_the_city_beside_it() {
        let counties = |text: &str| find("", text).counties.join(" ");
        for (text, county) in [
            ("北京市朝阳区发布新政策，朝阳还将建设国际商务区。", "北京市/朝阳区"),
            ("长春市朝阳区举行招商会。", "长春市/朝阳区"),
            ("福州市鼓楼区举行灯会。鼓楼的老街很热闹。", "福州市/鼓楼区"),
            ("南京市鼓楼区举行灯会。", "南京市/鼓楼区"),
            ("鼓楼区举行灯会。", ""),
            ("宁波市江北区发布计划。", "宁波市/江北区"),
            ("江苏南通通州区举行家纺展。", "南通市/通州区"),
            ("北京城市副中心通州区建设提速。", "北京市/通州区"),
            ("通州区举行家纺展。", ""),
            ("西湖游客如织。", ""),
        ] {
            assert_eq!(counties(text), county, "{text}");
        }
        check(&[("重庆江北区发布计划。", "重庆市 |  | 重庆市/两江新区 | 重庆市")]);
    }

    #[test]
    fn compounds_are_read_through_the_names_in_the_text() {
        let named = |text: &str, place: &str| -> Vec<String> {
            let found = find("", text);
            let place = found.places.iter().find(|known| known.name == place);
            place.iter().flat_map(|p| p.mentions.iter().map(|m| m.text.clone())).collect()
        };
        for (text, place, mentions) in [
            ("佛山市与茂名市签署协议，佛茂合作区揭牌。", "茂名市", &["茂名市", "茂"][..]),
            ("广州荔湾与佛山南海签署协议，荔南合作区揭牌。", "荔湾区", &["荔湾", "荔"]),
            ("广州荔湾与佛山南海签署协议，荔南合作区揭牌。", "南海区", &["南海", "南"]),
            ("佛山禅城与深圳签约，禅深协作再升级。", "深圳市", &["深圳", "深"]),
            ("穗港澳三地合作签约。", "广州市", &["穗"]),
            ("沪苏浙皖四地签署协议。", "安徽省", &["皖"]),
            ("浙闽赣皖四省签署协议。", "江西省", &["赣"]),
            ("苏陕协作推动产业发展。", "陕西省", &["陕"]),
            ("沪滇协作推动产业发展。", "云南省", &["滇"]),
            ("宁波与台湾交流活动举行，甬台合作深化。", "宁波市", &["宁波", "甬"]),
            ("昆山与台湾企业签约，昆台合作深化。", "昆山市", &["昆山", "昆"]),
            ("贵州与香港签约，黔港合作深化。", "香港特别行政区", &["香港", "港"]),
            ("深企赴贵州考察。", "深圳市", &["深"]),
            ("深莞惠三市签约。", "东莞市", &["莞"]),
            ("长三角一体化提速，三省一市联合执法。", "浙江省", &["一"]),
            ("京津冀协同发展十年，三地签署协议。", "河北省", &["三地"]),
        ] {
            assert_eq!(named(text, place), mentions, "{text}");
        }
        for text in ["三省一市举行座谈会。", "三地签署协议。", "北京、石家庄和济南三地签约。"]
        {
            assert!(named(text, "浙江省").is_empty() && named(text, "河北省").is_empty(), "{text}");
        }
        assert_eq!(find("", "广州南沙举行交流会，湾企看好前景。").regions, ["粤港澳大湾区"]);
    }

    #[test]
    fn zones_and_former_names_lead_to_their_cities() {
        for (text, city) in [
            ("前海举行金融论坛。", "深圳市"),
            ("横琴举行博览会。", "珠海市"),
            ("松山湖举行科技大会。", "东莞市"),
            ("两江新区举行车展。", "重庆市"),
            ("四川天府新区举行会展。", "成都市"),
            ("青岛西海岸新区举行啤酒节。", "青岛市"),
            ("苏州工业园区举行招商会。", "苏州市"),
            ("浦东新区举行论坛。", "上海市"),
            ("思茅咖啡节在云南举行。", "普洱市"),
            ("湖北襄樊举行汉江文化节。", "襄阳市"),
            ("耿马举行泼水节。", "临沧市"),
            ("西九龙举行音乐会。", "香港特别行政区"),
        ] {
            assert_eq!(find("", text).cities, [city], "{text}");
        }
        assert_eq!(told("", "季华实验室发布成果。"), "");
        assert_eq!(told("", "雄安新区举行论坛。"), " |  |  | 河北省", "and no city");
    }

    #[test]
    fn counties_lead_to_their_cities() {
        check(&[
            (
                "广州市荔湾区、佛山市南海区共建人才高质量发展合作区。",
                "广州市 佛山市 |  | 广州市/荔湾区 佛山市/南海区 | 广东省",
            ),
            (
                "长治沁县与北京房山区开展对口合作。",
                "长治市 北京市 |  | 长治市/沁县 北京市/房山区 | 山西省 北京市",
            ),
            ("浙江义乌举行国际小商品博览会。", "金华市 |  | 金华市/义乌市 | 浙江省"),
            ("湖北潜江市捐赠了五千份龙虾。", "潜江市 |  |  | 湖北省"),
        ]);
    }

    #[test]
    fn company_decides_between_bearers() {
        check(&[
            ("南昌市西湖区举行家庭交流活动。", "南昌市 |  | 南昌市/西湖区 | 江西省"),
            ("杭州的西湖区推出新政策。杭州市表示支持。", "杭州市 |  | 杭州市/西湖区 | 浙江省"),
            (
                "(沈阳日报记者报道)和平区法院走进社区开展普法活动。",
                "沈阳市 |  | 沈阳市/和平区 | 辽宁省",
            ),
            ("和平区法院走进社区开展普法活动。", ""),
            ("青海省海南州的学生来到学校。海南州表示欢迎。", "海南藏族自治州 |  |  | 青海省"),
            ("海南举行消费品博览会。", " |  |  | 海南省"),
            (
                "沪滇协作深化，宝山区与云南曲靖市签署协议。",
                "上海市 曲靖市 |  | 上海市/宝山区 | 云南省 上海市",
            ),
        ]);
    }

    #[test]
    fn abbreviations_are_read_in_company() {
        check(&[
            ("沪苏浙皖三省一市召开座谈会。", "上海市 |  |  | 上海市 江苏省 浙江省 安徽省"),
            ("川渝两地共建产业园。", "重庆市 |  |  | 四川省 重庆市"),
            ("京津冀三地联合发布清单。", "北京市 天津市 |  |  | 北京市 天津市 河北省 | 京津冀"),
            ("论坛在京开幕。", "北京市 |  |  | 北京市"),
            ("苏陕协作推动两地产业发展。", " |  |  | 江苏省 陕西省"),
            ("京沪高铁今日调图。", ""),
        ]);
        let pair = find("", "佛山市与茂名市签署协议，佛茂两地将共建园区。");
        let spots: Vec<&str> = pair
            .places
            .iter()
            .filter(|place| place.name == "茂名市")
            .flat_map(|place| place.mentions.iter().map(|mention| mention.text.as_str()))
            .collect();
        assert_eq!(spots, ["茂名市", "茂"]);
    }

    #[test]
    fn a_name_in_a_name_is_told_apart() {
        let found = find("", "公司产品用于青岛啤酒、贵州茅台，并与上海电气集团、北京大学有来往。");
        assert!(found.cities.is_empty() && found.mentioned_cities.is_empty(), "{found:?}");
        assert!(found.places.iter().all(|place| place.role == Role::InName), "{found:?}");
        check(&[
            ("上海队领先北京队两分，深圳市龙岗队位列第三。", ""),
            (
                "中山七院（中山大学附属第七医院，以下简称中山七院）来到潮州市义诊。",
                "潮州市 |  |  | 广东省",
            ),
        ]);
    }

    #[test]
    fn what_is_only_named_is_no_subject() {
        check(&[
            ("中新网成都8月17日电 国家统计局公布数据。", " | 成都市"),
            ("今年假期各地游客增多，三亚、揭阳等城市尤其明显。", " | 三亚市 揭阳市"),
            (
                "新华社西安8月18日电 韩城市举行花椒大会。",
                "渭南市 | 西安市 | 渭南市/韩城市 | 陕西省",
            ),
        ]);
        let named: Vec<String> = [
            "石家庄",
            "唐山",
            "邯郸",
            "邢台",
            "保定",
            "沧州",
            "廊坊",
            "衡水",
            "太原",
            "阳泉",
            "晋城",
            "朔州",
            "忻州",
        ]
        .map(str::to_owned)
        .to_vec();
        let crowd = find("", &format!("据统计，各地都有增长。其中包括{}。", named.join("、")));
        assert_eq!((crowd.cities.len(), crowd.mentioned_cities.len()), (0, 13));
    }

    #[test]
    fn regions_are_read_from_the_closed_list() {
        check(&[
            ("共建长三角G60科创走廊。", " |  |  |  | 长三角"),
            ("深圳抢抓湾区机遇。", "深圳市 |  |  | 广东省 | 粤港澳大湾区"),
            ("荔湾区的广州企业越来越多。", "广州市 |  | 广州市/荔湾区 | 广东省"),
            ("成渝地区双城经济圈建设提速。", " |  |  |  | 成渝地区双城经济圈"),
            ("黄河流域治理取得进展。", ""),
        ]);
    }

    #[test]
    fn traditional_text_is_read_and_marked_in_the_original() {
        let found = find("長三角精英峰會在嘉興舉行", "");
        assert_eq!(
            (found.cities, found.regions),
            (vec!["嘉兴市".to_owned()], vec!["长三角".to_owned()])
        );
        let marked: Vec<&str> =
            found.places.iter().flat_map(|p| p.mentions.iter().map(|m| m.text.as_str())).collect();
        assert_eq!(marked, ["長三角", "嘉興"]);
    }

    #[test]
    fn a_query_names_places() {
        let named = |query: &str| -> String {
            in_query(&crate::clean::fold::fold(query))
                .iter()
                .map(|place| format!("{}{:?}", place.facet_name, place.range))
                .collect::<Vec<_>>()
                .join(" ")
        };
        for (query, expected) in [
            ("佛山", "佛山市0..2"),
            ("佛山 人才飞地", "佛山市0..2"),
            ("荔湾 南海 人才合作区", "广州市/荔湾区0..2 佛山市/南海区2..4"),
            ("南海", ""),
            ("中山大学", ""),
            ("大湾区人才", "粤港澳大湾区0..3"),
            ("吉林", "吉林省0..2"),
            ("鼓楼区", ""),
            ("福州 鼓楼区", "福州市0..2 福州市/鼓楼区2..5"),
            ("沪滇协作", "上海市0..1 云南省1..2"),
            ("佛茂人才飞地", "佛山市0..1 茂名市1..2"),
            ("武鄂同城", "武汉市0..1 鄂州市1..2"),
            ("鄂湘合作", "湖北省0..1 湖南省1..2"),
            ("深海科技", ""),
            ("苏杭旅游", "苏州市0..1 杭州市1..2"),
            ("秦汉文化", ""),
            ("港资企业", ""),
            ("黑马", ""),
            ("沪台合作", "上海市0..1 台湾省1..2"),
            ("苏宁合作", ""),
            ("未来黑土地", ""),
            ("进港航道", ""),
            ("台商来宁", ""),
            ("宣扬", ""),
            ("深港青年创业", "深圳市0..1 香港特别行政区1..2"),
            ("沪宁产业", "上海市0..1 南京市1..2"),
            ("宁杭合作", "南京市0..1 杭州市1..2"),
            ("闽宁协作", "福建省0..1 宁夏回族自治区1..2"),
            ("赴京招才引智", "北京市1..2"),
            ("江浙人才", "江浙0..2"),
            ("湘鄂赣合作", "湖南省0..1 湖北省1..2 江西省2..3"),
            ("湘鄂赣", ""),
            ("", ""),
        ] {
            assert_eq!(named(query), expected, "{query}");
        }
    }

    /// Pieces that news is made of, so that random texts name places.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "佛山",
            "茂名市",
            "上海",
            "沪",
            "苏",
            "浙",
            "皖",
            "京津冀",
            "港澳",
            "中山大学",
            "以下简称",
            "大学",
            "队",
            "等",
            "三地",
            "、",
            "和",
            "，",
            "。",
            "在",
            "来自",
            "8月17日电",
            "中新网",
            "长三角G60科创走廊",
            "（xué）",
            "長",
            "\n",
            " ",
            "湾区",
            "美丽江苏",
            "鼓楼区",
            "海南",
            "x",
            "🙂",
        ]);
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn mentions_lie_in_the_text_and_say_what_stands_there(title in pieces(), body in pieces()) {
            let found = find(&title, &body);
            for place in &found.places {
                prop_assert!((0.0..=1.0).contains(&place.score));
                prop_assert!(place.mentions.is_sorted_by_key(|m| (m.field, m.span.start)));
                for mention in &place.mentions {
                    let text = if mention.field == Field::Title { &title } else { &body };
                    let (start, end) = (mention.span.start as usize, mention.span.end as usize);
                    prop_assert!(start < end && end <= text.chars().count());
                    let marked: String = text.chars().skip(start).take(end - start).collect();
                    prop_assert_eq!(&marked, &mention.text);
                }
            }
            prop_assert!(found.cities.iter().all(|city| found.mentioned_cities.contains(city)));
            prop_assert_eq!(find(&title, &body), found);
        }

        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,200}") {
            find(&text, &text);
            in_query(&crate::clean::fold::fold(&text));
        }
    }
}
