//! Spots → how much the article is about each place.
//!
//! Each mention says something about what the article is about, more or less of it: a place in the
//! headline or at work in the first sentence says nearly all, one in a list that ends with 等 says
//! little, one in the name of a university says nothing. The chances that a mention does *not* make
//! the place a subject are multiplied; a place is a subject when what is left is small enough.
//! The weights are few and stand in one table.

use super::gazetteer::{Form, Gazetteer, Need, Target};
use super::places_named::{COUNTED, Spot, Text, is_together, only_province};
use crate::article::{Field, Level};

/// How much one mention makes its place a subject, by how it is used.
mod weight {
    /// In the headline.
    pub(super) const TITLE: f32 = 0.75;
    /// It does something, or something is held there.
    pub(super) const ACTS: f32 = 0.65;
    /// It is a party in a sentence about working together.
    pub(super) const PARTY: f32 = 0.60;
    /// Its clause begins with it.
    pub(super) const TOPIC: f32 = 0.60;
    /// Anything else.
    pub(super) const PLAIN: f32 = 0.42;
    /// In a list that ends with 等.
    pub(super) const EXAMPLE: f32 = 0.20;
    /// Where somebody or something comes from, goes to or passes.
    pub(super) const ORIGIN: f32 = 0.18;
    /// Where somebody says something about something else.
    pub(super) const SAID_THERE: f32 = 0.15;
    /// By an abbreviation inside a longer expression: 「粤港澳资源」.
    pub(super) const ASIDE: f32 = 0.15;
    /// Before the place in it: 「江苏南通」 says little of 江苏.
    pub(super) const POSITION: f32 = 0.10;
    /// By a name that also means other things.
    pub(super) const WEAK: f32 = 0.12;
    /// In the dateline.
    pub(super) const DATELINE: f32 = 0.08;
    /// In a list longer than [`super::LONGEST_LIST`].
    pub(super) const CROWD: f32 = 0.05;
}

/// In the first lines a plain mention counts more by this factor.
const LEAD_FACTOR: f32 = 1.4;
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
    /// The spots, and how the place is used there.
    pub(super) spots: Vec<(Spot, Use)>,
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
pub(super) enum Use {
    /// Only the name of an organisation or a line carries it.
    InName,
    /// It stands in the dateline.
    Dateline,
    /// It tells where the place after it lies.
    Position,
    /// It stands in a long list.
    Crowd,
    /// It stands in a list that ends with 等.
    Example,
    /// Somebody or something comes from it, goes to it or passes it.
    Origin,
    /// Somebody says something there about something else.
    SaidThere,
    /// It is an abbreviation inside a longer expression.
    Aside,
    /// It does something, or something is held in it.
    Acts,
    /// It stands in a sentence about working together.
    Party,
    /// Its clause begins with it.
    Topic,
    /// Anything else.
    Plain,
}

impl Use {
    /// Whether its neighbours may still say better how it is used.
    fn is_open(self) -> bool {
        matches!(self, Self::Plain | Self::Topic | Self::Party | Self::Acts)
    }
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
        named.push((*spot, *used));
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
        // A municipality counts as a city, and as a province by that.
        let province = gazetteer.province_index(index);
        let itself = province == index && gazetteer.city_index(index).is_none();
        if itself || only_province(index) {
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
        own: own.0.iter().map(|score| (score.target, score.value())).collect(),
    }
}

/// Scores as the product of the chances that a place is no subject.
#[derive(Default)]
struct Scores(Vec<Score>);

/// The score of one place.
struct Score {
    target: Target,
    /// Chance that it is no subject, by its strong mentions.
    strong: f32,
    /// The same by its weak ones, which never suffice, however many.
    weak: f32,
    /// Its first spot.
    first: usize,
}

/// A mention below this weight is a weak one.
const STRONG: f32 = 0.3;
/// The chance that weak mentions leave at least.
const WEAK_LEAVES: f32 = 0.6;

impl Score {
    fn value(&self) -> f32 {
        1.0 - self.strong * self.weak.max(WEAK_LEAVES)
    }
}

impl Scores {
    fn add(&mut self, target: Target, weight: f32, order: usize) {
        let known = self.0.iter().position(|score| score.target == target);
        let at = known.unwrap_or_else(|| {
            self.0.push(Score { target, strong: 1.0, weak: 1.0, first: order });
            self.0.len() - 1
        });
        let score = &mut self.0[at];
        score.first = score.first.min(order);
        if weight < STRONG {
            score.weak *= 1.0 - weight;
        } else {
            score.strong *= 1.0 - weight;
        }
    }
}

/// The divisions of a table of scores, most important first, ties in text order.
fn totals(scores: &Scores) -> Vec<Total> {
    let division = |score: &Score| match score.target {
        Target::Division(index) => {
            let value = score.value();
            Some(Total { index, score: value, subject: value >= SUBJECT, first: score.first })
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
        Use::SaidThere => weight::SAID_THERE,
        Use::Aside => weight::ASIDE,
        Use::Acts => weight::ACTS,
        Use::Party => weight::PARTY,
        Use::Topic => weight::TOPIC,
        Use::Plain => weight::PLAIN,
    };
    if spot.need != Need::Nothing && !matches!(spot.form, Form::Short | Form::Full) {
        return base.min(weight::WEAK);
    }
    let field = texts[spot.text].field;
    if field == Field::Title && used.is_open() {
        return weight::TITLE;
    }
    let lead = field == Field::Body && spot.start < LEAD && used.is_open();
    if lead { (base * LEAD_FACTOR).min(weight::TITLE) } else { base }
}

/// How each spot is used.
fn uses(texts: &[Text], spots: &[Spot]) -> Vec<Use> {
    let bodies_named = BodyNames::of(texts, spots);
    let mut uses: Vec<Use> = Vec::with_capacity(spots.len());
    for (position, spot) in spots.iter().enumerate() {
        let in_name = bodies_named.contain(&texts[spot.text], spot);
        let use_here =
            if in_name { Use::InName } else { use_of(&texts[spot.text], spots, position) };
        uses.push(use_here);
    }
    for (position, pair) in spots.windows(2).enumerate() {
        let [outer, inner] = pair else { continue };
        if outer.text == inner.text
            && outer.end == inner.start
            && lies_in(inner, outer)
            && uses[position] != Use::InName
        {
            uses[position] = Use::Position;
        }
    }
    let mut start = 0;
    while start < spots.len() {
        let list = list_from(texts, spots, start);
        let members = start..list.end;
        let together = list.used.or_else(|| shared_use(&uses[members.clone()]));
        for used in &mut uses[members] {
            match together {
                Some(Use::Topic | Use::Party | Use::Acts) if *used != Use::Plain => {}
                Some(together) if used.is_open() => *used = together,
                _ => {}
            }
        }
        start = list.end;
    }
    uses
}

/// What the members of a list have in common by one of them: 「来自深圳、广州」 says of both where
/// somebody comes from, 「合肥、南京公安」 lets both act.
fn shared_use(uses: &[Use]) -> Option<Use> {
    let first = uses.iter().copied().find(|&used| used != Use::Position)?;
    if first == Use::Origin {
        return Some(first);
    }
    [Use::Acts, Use::Party, Use::Topic].into_iter().find(|used| uses.contains(used))
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
        let joined = match after_side(between) {
            [] if between.is_empty() => true,
            ['、' | '和' | '与' | '及'] | ['以', '及'] | ['、', '在' | '到' | '赴'] => {
                false
            }
            _ => break,
        };
        items += usize::from(!joined);
        end += 1;
    }
    let last = &spots[end - 1];
    let text = &texts[last.text];
    // 「来自金华的七家公司」 take part for their city; a list tells only where they are from.
    let first = &spots[start];
    let from = items > 1 && texts[first.text].has_before(first.start, "来自");
    let used = if items > LONGEST_LIST {
        Some(Use::Crowd)
    } else if from {
        Some(Use::Origin)
    } else if ends_open(text, last.end, items) {
        Some(Use::Example)
    } else if items > 1 && text.has_any(last.end, COUNTED) {
        Some(Use::Party)
    } else {
        None
    };
    List { end, used }
}

/// What is left of the text between two places without the side of the first: 「西部和南部、」.
fn after_side(between: &[char]) -> &[char] {
    const SIDE: &[char] = &['东', '西', '南', '北', '中', '部', '大', '沿', '海', '地', '区', '和'];
    let side = between.iter().take(8).take_while(|c| SIDE.contains(c)).count();
    match between.get(side..) {
        Some(rest) if side > 1 && !rest.is_empty() => rest,
        _ => between,
    }
}

/// Numbers as they stand after 等.
const DIGITS: &[(char, usize)] = &[
    ('两', 2),
    ('二', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
    ('十', 10),
];

/// Whether 等 follows and more than the listed are meant; 「等三地」 after three closes the list.
fn ends_open(text: &Text, end: usize, items: usize) -> bool {
    let unit = matches!(text.at(end), '市' | '区' | '县' | '省' | '州' | '地' | '站');
    let at = if unit { end + 1 } else { end };
    if text.at(at) != '等' {
        return false;
    }
    let next = text.at(at + 1);
    let counted = match next.to_digit(10) {
        Some(digit) if !text.at(at + 2).is_ascii_digit() => digit as usize,
        Some(_) => 0,
        None => DIGITS.iter().find(|(digit, _)| *digit == next).map_or(0, |(_, count)| *count),
    };
    counted != items
}

/// How a place is used, as far as the words beside it tell.
fn use_of(text: &Text, spots: &[Spot], position: usize) -> Use {
    let spot = &spots[position];
    let start = chain_start(spots, position);
    if spot.in_name
        || organisation(text, spot).is_some()
        || text.has_any(spot.end, &["模式", "经验", "精神", "牌"])
        || text.has_any_before(start, &["来源:", "图源:"])
    {
        Use::InName
    } else if is_dateline(text, spot) {
        Use::Dateline
    } else if is_origin(text, spot, start) {
        Use::Origin
    } else if spot.form == Form::Counted {
        Use::Party
    } else if spot.form == Form::Abbreviation
        && let Some(used) = use_of_abbreviation(text, spots, position)
    {
        used
    } else if is_said_there(text, spot) {
        Use::SaidThere
    } else if acts(text, spot, start) {
        Use::Acts
    } else if is_party(text, spot) {
        Use::Party
    } else if begins_clause(text, spots, position) {
        Use::Topic
    } else {
        Use::Plain
    }
}

/// How an abbreviation is used, if the run it stands in tells.
fn use_of_abbreviation(text: &Text, spots: &[Spot], position: usize) -> Option<Use> {
    let spot = &spots[position];
    let run = |other: &&Spot| other.text == spot.text && other.form == Form::Abbreviation;
    let mut end = spot.end;
    for next in spots[position + 1..].iter().take_while(run) {
        if next.start != end {
            break;
        }
        end = next.end;
    }
    let joined =
        position > 0 && run(&&spots[position - 1]) && spots[position - 1].end == spot.start;
    if text.has_any(end, COUNTED) {
        Some(Use::Party)
    } else if (end == spot.end && !joined) || is_together(text, end) || text.at(end) == '"' {
        None
    } else {
        Some(Use::Aside)
    }
}

/// Where a spot begins, with the names of the places around it before it: 「广东」 of 「广东佛山」.
fn chain_start(spots: &[Spot], position: usize) -> usize {
    let mut start = spots[position].start;
    for before in spots[..position].iter().rev().take(3) {
        if before.text == spots[position].text
            && before.end == start
            && before.form != Form::Abbreviation
        {
            start = before.start;
        }
    }
    start
}

/// Whether a clause begins with a place or the place around it.
fn begins_clause(text: &Text, spots: &[Spot], position: usize) -> bool {
    let mut start = chain_start(spots, position);
    if text.has_before(start, "其中") {
        return true;
    }
    while matches!(text.before(start), '在' | '而' | '当' | '(') {
        start -= 1;
    }
    matches!(
        text.before(start),
        '\n' | '。' | '!' | '?' | ';' | ':' | ',' | '"' | '日' | ' ' | '】' | '》' | '中'
    )
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
    ("有限责任公司", &[]),
    ("股份", &["有限"]),
    ("集团", &["有限", "股份"]),
    ("俱乐部", &[]),
    ("研究院", &[]),
    ("研究中心", &[]),
    ("研究所", &[]),
    ("医院", &[]),
    ("啤酒", &["节"]),
    ("老窖", &[]),
    ("茅台", &["镇"]),
    ("高铁", &["站", "新", "枢"]),
    ("高速", &["公", "路"]),
    ("铁路", &["局", "公", "部"]),
];

/// First characters of [`ORGANISATIONS`], to look closer only there.
const ORGANISATION_STARTS: &[char] = &[
    '大', '学', '中', '银', '日', '晚', '晨', '商', '青', '都', '新', '广', '电', '卫', '证', '交',
    '有', '股', '集', '俱', '研', '医', '啤', '老', '茅', '高', '铁',
];

/// How far the end of an organisation's name is looked for.
const LONGEST_ORGANISATION: usize = 14;

/// Words that do not stand inside a name.
const NOT_IN_NAMES: &[char] = &[
    '的', '在', '与', '和', '及', '将', '是', '为', '对', '向', '从', '了', '由', '被', '把', '等',
    '来', '到', '至', '已', '也', '都', '，', ',', '。', '、', ';', ':', '"', '(', ')', '!', '?',
    '《', '》', '\n', ' ', '-', '【', '】', '<', '>', '各', '这', '该', '企',
];

/// Teams that are no clubs: they act for the place that sends them.
const TEAMS: &[&str] = &[
    "医疗", "工作", "救援", "志愿", "服务", "突击", "消防", "支", "大", "总", "中", "部", "车",
    "船", "军", "考察", "调研", "代表", "巡逻", "专家", "干部", "帮扶", "宣讲", "先锋", "抢险",
    "抢修", "执法", "乐", "商", "人才", "施工", "排",
];

/// The end of the organisation's name that a place begins, if it begins one.
fn organisation(text: &Text, spot: &Spot) -> Option<usize> {
    // A hospital or school of a town is the town's; a university or firm is not.
    let public = matches!(text.before(spot.end), '市' | '区' | '县' | '州' | '旗' | '盟');
    for offset in 0..LONGEST_ORGANISATION {
        let at = spot.end + offset;
        let character = text.at(at);
        if NOT_IN_NAMES.contains(&character) {
            return None;
        }
        if character == '队' && offset <= 6 {
            return (!text.has_any_before(at, TEAMS) && text.at(at + 1) != '伍').then_some(at + 1);
        }
        if !is_one_of(character, ORGANISATION_STARTS, const { low_bits(ORGANISATION_STARTS) }) {
            continue;
        }
        for (suffix, but) in ORGANISATIONS {
            let end = at + suffix.chars().count();
            if text.has(at, suffix) && !text.has_any(end, but) {
                let of_the_town =
                    public && matches!(*suffix, "医院" | "中学" | "研究院" | "研究所");
                return (!of_the_town).then_some(end);
            }
        }
    }
    None
}

/// Names of bodies that an article uses beyond their first, full form: a declared short form
/// (「以下简称中山七院」), or a club that once stands as 「武汉三镇队」.
#[derive(Default)]
struct BodyNames(Vec<Vec<char>>);

impl BodyNames {
    fn of(texts: &[Text], spots: &[Spot]) -> Self {
        let mut names = Self::default();
        for spot in spots {
            let text = &texts[spot.text];
            let open = if text.before(spot.start) == '"' { spot.start - 1 } else { spot.start };
            if text.has_any_before(open, &["简称", "简称为"]) {
                let end = |c: char| matches!(c, ')' | '"' | ',' | '。' | '、' | '\n');
                let length =
                    text.chars[spot.start..].iter().take(14).take_while(|&&c| !end(c)).count();
                if length > spot.end - spot.start {
                    names.0.push(text.chars[spot.start..spot.start + length].to_vec());
                }
            } else if let Some(end) = organisation(text, spot)
                && text.at(end - 1) == '队'
                && end - 1 > spot.end + 1
            {
                names.0.push(text.chars[spot.start..end - 1].to_vec());
            }
        }
        names
    }

    fn contain(&self, text: &Text, spot: &Spot) -> bool {
        self.0.iter().any(|name| text.chars[spot.start..].starts_with(name))
    }
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

/// Before a place that somebody or something comes from, goes to or passes.
const FROM: &[&str] = &[
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
    "发源于",
    "途经",
    "距",
    "距离",
    "至",
    "出生在",
    "就读于",
    "定居",
    "相比",
];
/// After a place that somebody or something comes from or passes.
const TO: &[&str] = &["籍", "人,", "开往", "至", "飞往", "到", "人士", "姑娘", "小伙", "货"];

fn is_county(target: Target) -> bool {
    match target {
        Target::Division(index) => Gazetteer::get().at(index).level == Level::County,
        Target::Region(_) => false,
    }
}

/// What somebody does who comes from a place: 「从北京前往」.
const LEAVING: &[&str] =
    &["前往", "出发", "赶", "飞", "来", "回", "运", "启程", "乘", "起飞", "寄"];

/// Where somebody or something comes from, or goes.
fn is_origin(text: &Text, spot: &Spot, start: usize) -> bool {
    // 「大连北开往」: a station.
    let side = usize::from(matches!(text.at(spot.end), '东' | '南' | '西' | '北'));
    let end = spot.end + side;
    let train = text.at(end) == '开' && text.at(end + 1).is_ascii_alphanumeric();
    // 「北京丰台站」 speaks of 北京, not of 丰台区.
    let station = spot.form == Form::Short
        && is_county(spot.target)
        && text.has_any(end, &["站", "机场", "港"]);
    let leaves = text.has_before(start, "从") && text.has_any(end, LEAVING);
    train || station || leaves || text.has_any_before(start, FROM) || text.has_any(end, TO)
}

/// What people do when they speak.
const SAYING: &[&str] =
    &["表示", "介绍", "透露", "指出", "强调", "对记者", "接受", "说", "称", "告诉"];

/// Whether somebody only says something there: 「在南京表示」.
fn is_said_there(text: &Text, spot: &Spot) -> bool {
    let asked = text.has_any_before(spot.start, &["记者从", "报从", "者日前从", "日从"]);
    asked || (text.before(spot.start) == '在' && text.has_any(spot.end, SAYING))
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
const HELD: &[&str] = &["在", "走进", "来到", "抵达", "走访"];
/// Words before a place where the thing that is spoken of lies.
const LIES_IN: &[&str] =
    &["位于", "地处", "坐落于", "坐落在", "设在", "落户", "落地", "选址", "进驻", "设立在", "建在"];
/// What is held.
const EVENTS: &[&str] = &[
    "举行",
    "举办",
    "召开",
    "启动",
    "开幕",
    "揭牌",
    "签约",
    "签署",
    "发布",
    "开工",
    "投产",
    "开业",
    "成立",
    "落成",
    "闭幕",
    "开赛",
    "上演",
    "启幕",
    "落幕",
    "亮相",
    "开展",
    "帷幕",
    "序幕",
    "开馆",
    "开放",
    "投用",
    "投入使用",
    "竣工",
    "通车",
    "首发",
    "发射",
    "试点",
    "开课",
    "开讲",
    "颁奖",
    "揭晓",
    "上线",
    "发生",
    "调研",
    "考察",
    "试行",
    "实施",
    "出席",
    "会见",
    "主持",
];

/// Whether the place does something or something is held in it.
fn acts(text: &Text, spot: &Spot, start: usize) -> bool {
    if text.has_any(spot.end, ACTING) {
        return true;
    }
    if text.has_any_before(start, LIES_IN) {
        return true;
    }
    if !text.has_any_before(start, HELD) {
        return false;
    }
    let clause = text.chars[spot.end..].iter().take(24).take_while(|&&c| !ends_clause(c)).count();
    (spot.end..spot.end + clause).any(|at| text.has_any(at, EVENTS))
}

fn ends_clause(character: char) -> bool {
    matches!(character, '\n' | '。' | '!' | '?' | ';' | ',')
}

/// Words of working together.
const WORKING_TOGETHER: &[&str] = &[
    "签署",
    "签订",
    "签约",
    "共建",
    "结对",
    "对口",
    "携手",
    "联合",
    "加盟",
    "帮扶",
    "支援",
    "协作",
    "协同",
    "合作协议",
    "战略合作",
    "框架协议",
    "两地",
    "三地",
    "四地",
    "互认",
    "揭牌",
    "牵手",
    "飞地",
    "同城化",
    "合作",
];

/// The lowest bits of some characters, to pass over most others at once.
const fn low_bits(characters: &[char]) -> u64 {
    let (mut bits, mut at) = (0, 0);
    while at < characters.len() {
        bits |= 1 << (characters[at] as u32 % 64);
        at += 1;
    }
    bits
}

/// Whether a character is one of some whose [`low_bits`] are known.
fn is_one_of(character: char, characters: &[char], bits: u64) -> bool {
    bits >> (character as u32 % 64) & 1 == 1 && characters.contains(&character)
}

/// Whether the sentence is about places that work together.
fn is_party(text: &Text, spot: &Spot) -> bool {
    let ends = |c: &&char| !matches!(**c, '\n' | '。' | '!' | '?' | ';');
    let before = text.chars[..spot.start].iter().rev().take(60).take_while(ends).count();
    let after = text.chars[spot.end..].iter().take(60).take_while(ends).count();
    (spot.start - before..spot.end + after).any(|at| {
        is_one_of(text.at(at), WORKING_STARTS, const { low_bits(WORKING_STARTS) })
            && text.has_any(at, WORKING_TOGETHER)
    })
}

/// First characters of [`WORKING_TOGETHER`], to look closer only there.
const WORKING_STARTS: &[char] = &[
    '签', '共', '结', '对', '携', '联', '加', '帮', '支', '协', '合', '战', '框', '两', '三', '四',
    '互', '揭', '牵', '飞', '同',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closer_look_is_taken_wherever_a_listed_word_may_begin() {
        for (word, _) in ORGANISATIONS {
            assert!(word.starts_with(ORGANISATION_STARTS), "{word} would never be found");
        }
        for word in WORKING_TOGETHER {
            assert!(word.starts_with(WORKING_STARTS), "{word} would never be found");
        }
    }
}
