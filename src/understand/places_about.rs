//! Spots → how much the article is about each place.
//!
//! Each mention says something about what the article is about, more or less of it: a place in the
//! headline or at work in the first sentence says nearly all, one in a list that ends with 等 says
//! little, one in the name of a university says nothing. The chances that a mention does *not* make
//! the place a subject are multiplied; a place is a subject when what is left is small enough.
//! The weights are few and stand in one table.

use super::gazetteer::{Form, Gazetteer, Need, Target};
use super::places_named::{Spot, Text, only_province};
use crate::article::{Field, Level};

/// How much one mention makes its place a subject, by how it is used.
mod weight {
    /// In the headline.
    pub(super) const TITLE: f32 = 0.75;
    /// It does something, or something is held there.
    pub(super) const ACTS: f32 = 0.65;
    /// Anything else.
    pub(super) const PLAIN: f32 = 0.42;
    /// In a list that ends with 等.
    pub(super) const EXAMPLE: f32 = 0.20;
    /// Where somebody or something comes from or goes to.
    pub(super) const ORIGIN: f32 = 0.18;
    /// Before the place in it: 「江苏南通」 says little of 江苏.
    pub(super) const POSITION: f32 = 0.10;
    /// By a name that also means other things.
    pub(super) const WEAK: f32 = 0.12;
    /// In the dateline.
    pub(super) const DATELINE: f32 = 0.08;
    /// In a list longer than [`super::LONGEST_LIST`].
    pub(super) const CROWD: f32 = 0.05;
}

/// In the first lines a mention counts more by this factor.
const LEAD_FACTOR: f32 = 1.5;
/// What counts as the first lines, in characters.
const LEAD: usize = 110;
/// Members of a longer list are not subjects by it.
const LONGEST_LIST: usize = 12;
/// From this score on a place is a subject.
const SUBJECT: f32 = 0.58;

/// What an article says about a division, with all that lies in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Total {
    /// The division.
    pub(super) index: u16,
    /// How much the article is about it, 0 to 1.
    pub(super) score: f32,
    /// Whether it is a subject.
    pub(super) subject: bool,
    /// Its first spot, for the order.
    first: usize,
}

/// All spots and what they say.
pub(super) struct Weighed {
    /// The spots, and whether only a name carries the place there.
    pub(super) spots: Vec<(Spot, bool)>,
    /// Cities named (not only in names), the most important first.
    pub(super) cities: Vec<Total>,
    /// Provinces, the same way.
    pub(super) provinces: Vec<Total>,
    /// Scores of divisions by their own mentions.
    own: Vec<(Target, f32)>,
}

impl Weighed {
    /// How much the article is about a place, 0 to 1.
    pub(super) fn score(&self, target: Target) -> f32 {
        let own =
            self.own.iter().find(|(known, _)| *known == target).map_or(0.0, |(_, score)| *score);
        let Target::Division(index) = target else { return own };
        let total = self.cities.iter().chain(&self.provinces).find(|total| total.index == index);
        total.map_or(own, |total| total.score)
    }

    /// Whether the article is about a place.
    pub(super) fn is_subject(&self, target: Target) -> bool {
        if let Target::Division(index) = target
            && let Some(total) =
                self.cities.iter().chain(&self.provinces).find(|total| total.index == index)
        {
            return total.subject;
        }
        self.score(target) >= SUBJECT
    }
}

/// How a place is used at a spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    InName,
    Dateline,
    Position,
    Crowd,
    Example,
    Origin,
    Acts,
    Plain,
}

/// Weighs all spots.
pub(super) fn weigh(texts: &[Text], spots: &[Spot]) -> Weighed {
    let gazetteer = Gazetteer::get();
    let uses = uses(texts, spots);
    let mut own = Scores::default();
    let mut cities = Scores::default();
    let mut provinces = Scores::default();
    let mut named = Vec::with_capacity(spots.len());
    for (order, (spot, used)) in spots.iter().zip(&uses).enumerate() {
        let in_name = *used == Use::InName;
        named.push((*spot, in_name));
        if in_name {
            continue;
        }
        let weight = weight_of(texts, spot, *used);
        own.add(spot.target, weight, order);
        let Target::Division(index) = spot.target else { continue };
        if let Some(city) = gazetteer.city_index(index).filter(|&city| !only_province(city)) {
            cities.add(Target::Division(city), weight, order);
        }
        // A province is a subject by itself only where it is named itself.
        let province = gazetteer.province_index(index);
        if province == index || only_province(index) {
            provinces.add(Target::Division(province), weight, order);
        }
    }
    let cities = totals(&cities);
    for city in cities.iter().filter(|total| total.subject) {
        provinces.add(
            Target::Division(gazetteer.province_index(city.index)),
            city.score,
            city.first,
        );
    }
    let provinces = totals(&provinces);
    Weighed {
        spots: named,
        cities,
        provinces,
        own: own.0.iter().map(|(target, rest, _)| (*target, 1.0 - rest)).collect(),
    }
}

/// Scores as the product of the chances that a place is no subject.
#[derive(Default)]
struct Scores(Vec<(Target, f32, usize)>);

impl Scores {
    fn add(&mut self, target: Target, weight: f32, order: usize) {
        match self.0.iter_mut().find(|(known, ..)| *known == target) {
            Some((_, rest, first)) => {
                *rest *= 1.0 - weight;
                *first = (*first).min(order);
            }
            None => self.0.push((target, 1.0 - weight, order)),
        }
    }
}

/// The divisions of a table of scores, most important first, ties in text order.
fn totals(scores: &Scores) -> Vec<Total> {
    let division = |(target, rest, first): &(Target, f32, usize)| match target {
        Target::Division(index) => {
            let score = 1.0 - rest;
            Some(Total { index: *index, score, subject: score >= SUBJECT, first: *first })
        }
        Target::Region(_) => None,
    };
    let mut totals: Vec<Total> = scores.0.iter().filter_map(division).collect();
    totals.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first.cmp(&b.first)));
    totals
}

fn weight_of(texts: &[Text], spot: &Spot, used: Use) -> f32 {
    let base = match used {
        Use::InName => return 0.0,
        Use::Dateline => return weight::DATELINE,
        Use::Position => weight::POSITION,
        Use::Crowd => weight::CROWD,
        Use::Example => weight::EXAMPLE,
        Use::Origin => weight::ORIGIN,
        Use::Acts => weight::ACTS,
        Use::Plain => weight::PLAIN,
    };
    if spot.need != Need::Nothing && !matches!(spot.form, Form::Short | Form::Full) {
        return base.min(weight::WEAK);
    }
    if texts[spot.text].field == Field::Title && matches!(used, Use::Acts | Use::Plain) {
        return weight::TITLE;
    }
    let lead = texts[spot.text].field == Field::Body && spot.start < LEAD;
    if lead { (base * LEAD_FACTOR).min(0.9) } else { base }
}

/// How each spot is used.
fn uses(texts: &[Text], spots: &[Spot]) -> Vec<Use> {
    let mut uses: Vec<Use> = spots.iter().map(|spot| use_of(&texts[spot.text], spot)).collect();
    for (position, pair) in spots.windows(2).enumerate() {
        let [outer, inner] = pair else { continue };
        if outer.text == inner.text && outer.end == inner.start && lies_in(inner, outer) {
            uses[position] =
                if uses[position] == Use::InName { Use::InName } else { Use::Position };
        }
    }
    let mut start = 0;
    while start < spots.len() {
        let list = list_from(texts, spots, start);
        if let Some(used) = list.used {
            for position in start..list.end {
                if matches!(uses[position], Use::Plain | Use::Acts) {
                    uses[position] = used;
                }
            }
        }
        start = list.end;
    }
    uses
}

fn lies_in(inner: &Spot, outer: &Spot) -> bool {
    match (inner.target, outer.target) {
        (Target::Division(inner), Target::Division(outer)) => {
            Gazetteer::get().lies_in(inner, outer)
        }
        _ => false,
    }
}

/// A list of places: 「贵州遵义、广东深圳等地」.
struct List {
    /// One past its last spot.
    end: usize,
    /// What being in it makes of its members, if anything.
    used: Option<Use>,
}

/// The list that starts at a spot; a single place is a list of one.
fn list_from(texts: &[Text], spots: &[Spot], start: usize) -> List {
    let mut end = start + 1;
    let mut items = 1;
    while let Some(next) = spots.get(end) {
        let last = &spots[end - 1];
        if next.text != last.text {
            break;
        }
        let between = &texts[last.text].chars[last.end.min(next.start)..next.start];
        let joined = match between {
            [] => true,
            ['、' | '和' | '与' | '及'] | ['以', '及'] => false,
            _ => break,
        };
        items += usize::from(!joined);
        end += 1;
    }
    let last = &spots[end - 1];
    let text = &texts[last.text];
    let used = if items > LONGEST_LIST {
        Some(Use::Crowd)
    } else if ends_open(text, last.end, items) {
        Some(Use::Example)
    } else {
        None
    };
    List { end, used }
}

/// Whether 等 follows and more than the listed are meant; 「等三地」 after three closes the list.
fn ends_open(text: &Text, end: usize, items: usize) -> bool {
    let at = if matches!(text.at(end), '市' | '区' | '县' | '省' | '州' | '地') {
        end + 1
    } else {
        end
    };
    if text.at(at) != '等' {
        return false;
    }
    let counted = match text.at(at + 1) {
        '两' | '二' | '2' => 2,
        '三' | '3' => 3,
        '四' | '4' => 4,
        '五' | '5' => 5,
        '六' | '6' => 6,
        '七' | '7' => 7,
        '八' | '8' => 8,
        '九' | '9' => 9,
        _ => 0,
    };
    counted != items || text.at(at + 2).is_ascii_digit()
}

/// How a place is used, as far as the words beside it tell.
fn use_of(text: &Text, spot: &Spot) -> Use {
    if spot.in_name || is_in_name(text, spot) {
        Use::InName
    } else if is_dateline(text, spot) {
        Use::Dateline
    } else if is_origin(text, spot) {
        Use::Origin
    } else if acts(text, spot) {
        Use::Acts
    } else {
        Use::Plain
    }
}

/// Ends of the names of organisations, and what must not follow them.
const ORGANISATIONS: &[(&str, &[&str])] = &[
    ("大学", &["城", "生", "路"]),
    ("学院", &["路"]),
    ("中学", &["生"]),
    ("银行", &["业"]),
    ("日报", &[]),
    ("晚报", &[]),
    ("晨报", &[]),
    ("商报", &[]),
    ("青年报", &[]),
    ("都市报", &[]),
    ("新闻网", &[]),
    ("广播", &["电视局"]),
    ("电视台", &[]),
    ("卫视", &[]),
    ("证券", &["业", "化"]),
    ("交易所", &[]),
    ("有限公司", &[]),
    ("股份", &["有限"]),
    ("集团", &["有限", "股份"]),
    ("俱乐部", &[]),
    ("研究院", &[]),
    ("研究所", &[]),
    ("医院", &[]),
    ("啤酒", &["节"]),
    ("老窖", &[]),
    ("茅台", &["镇"]),
    ("高铁", &["站", "新", "枢"]),
    ("高速", &["公", "路"]),
    ("铁路", &["局", "公", "部"]),
];

/// How far the end of an organisation's name is looked for.
const LONGEST_ORGANISATION: usize = 14;

/// Words that do not stand inside a name.
const NOT_IN_NAMES: &[char] = &[
    '的', '在', '与', '和', '及', '将', '是', '为', '对', '向', '从', '了', '由', '被', '把', '等',
    '来', '到', '至', '已', '也', '都', '，', ',', '。', '、', ';', ':', '"', '(', ')', '!', '?',
    '《', '》', '\n', ' ', '-', '【', '】', '<', '>', '各', '这', '该', '企',
];

/// Whether the place is only the beginning of an organisation's name.
fn is_in_name(text: &Text, spot: &Spot) -> bool {
    let full = text.before(spot.end) != '\n'
        && matches!(spot.form, Form::Full)
        && matches!(text.at(spot.end - 1), '市' | '区' | '县' | '州' | '旗');
    for offset in 0..LONGEST_ORGANISATION {
        let at = spot.end + offset;
        if NOT_IN_NAMES.contains(&text.at(at)) {
            return false;
        }
        for (suffix, but) in ORGANISATIONS {
            if text.has(at, suffix) && !text.has_any(at + suffix.chars().count(), but) {
                return !(full && matches!(*suffix, "医院" | "中学" | "研究院" | "研究所"));
            }
        }
        if text.at(at) == '队' && offset <= 6 {
            return !text.has_any_before(
                at,
                &[
                    "医疗", "工作", "救援", "志愿", "服务", "突击", "消防", "支", "大", "总", "中",
                    "部", "车", "船", "军", "考察", "调研", "代表", "巡逻", "专家", "干部",
                ],
            );
        }
    }
    false
}

/// Whether the place stands in the dateline: 「中新网成都8月17日电」.
fn is_dateline(text: &Text, spot: &Spot) -> bool {
    let mut at = spot.end;
    if text.has(at, "新闻") {
        at += 2;
    }
    let digits = |from: usize| {
        text.chars[from.min(text.chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count()
    };
    let month = digits(at);
    if month == 0 || month > 2 || text.at(at + month) != '月' {
        return matches!(text.at(spot.end), '电' | '讯')
            && text.has_any_before(spot.start, &["社", "网", "报"]);
    }
    at += month + 1;
    let day = digits(at);
    if day == 0 || day > 2 || text.at(at + day) != '日' {
        return false;
    }
    at += day + 1;
    matches!(text.at(at), '电' | '讯') || text.has(at, "消息")
}

/// Where somebody or something comes from, or goes.
fn is_origin(text: &Text, spot: &Spot) -> bool {
    text.has_any_before(
        spot.start,
        &[
            "来自",
            "毕业于",
            "出生于",
            "生于",
            "籍贯",
            "祖籍",
            "发往",
            "开往",
            "运往",
            "飞往",
            "产自",
        ],
    ) || text.has_any(spot.end, &["籍", "人,", "开往"])
}

/// Words after a place that let it act.
const ACTING: &[&str] = &[
    "市委",
    "市政府",
    "市人民政府",
    "市人社",
    "市公安",
    "市长",
    "市副市长",
    "市发",
    "市科",
    "市商务",
    "市文",
    "市应急",
    "区委",
    "县委",
    "区政府",
    "县政府",
    "省委",
    "省政府",
    "政府",
    "警方",
    "公安",
    "人社",
    "税务",
    "法院",
    "检察",
    "海关",
    "海事",
    "消防",
    "组织",
    "启动",
    "举办",
    "举行",
    "召开",
    "发布",
    "出台",
    "推出",
    "签",
    "将",
    "正",
    "已",
    "积极",
];

/// Words before a place where something is held there.
const HELD: &[&str] = &["在", "走进", "落户", "落地", "赴", "来到", "抵达", "走访"];
/// What is held.
const EVENTS: &[&str] = &[
    "举行", "举办", "召开", "启动", "开幕", "揭牌", "签约", "签署", "发布", "开工", "投产", "开业",
    "成立", "落成", "闭幕", "开赛", "上演",
];

/// Whether the place does something or something is held in it.
fn acts(text: &Text, spot: &Spot) -> bool {
    if text.has_any(spot.end, ACTING) {
        return true;
    }
    if !text.has_any_before(spot.start, HELD) {
        return false;
    }
    (spot.end..spot.end + 12).any(|at| text.has_any(at, EVENTS))
}

#[allow(dead_code)]
fn level_of(index: u16) -> Level {
    Gazetteer::get().at(index).level
}
