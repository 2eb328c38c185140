//! Sentences with places and words of working together → claims that certain places work together.
//!
//! Words alone are a weak judge: two cities and 「合作」 in one sentence mean cooperation of the two
//! in half of the cases. So a claim needs a frame in which Chinese says who acts with whom:
//! 「甲、乙共建」, 「甲与乙签署」, 「甲对口支援乙」, 「甲赴乙考察」, 「甲(乙)科创中心」, 「沪滇协作」, 「援滇」.
//! Each frame gives its claim a weight; what the claims of a sentence, its neighbours and the
//! headline say together is weighed in [`partners`](super::partners).

use super::gazetteer::{Form, Gazetteer, Target};
use super::partners_words::{Cue, Role};
use super::places_about::Use;
use super::places_named::{Spot, Text, only_province};
use crate::article::Level;

/// A sentence: characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Which text: 0 the headline, 1 the text.
    pub(super) text: usize,
    /// First character.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// Which news item of a digest it stands in.
    pub(super) item: usize,
}

/// A place that may take part in something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Party {
    /// The city, or the province where only that is named.
    pub(super) place: u16,
    /// First character.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// The division itself, for a county the county.
    exact: u16,
    /// Whether an abbreviation of one character stands for it.
    pub(super) abbreviation: bool,
    /// How the place is used there.
    used: Use,
    /// Whether something is only held there: 「在南昌举行」.
    venue: bool,
    /// Whether it is where people are sent: 滇 in 「援滇」.
    received: bool,
}

/// What one sentence says of some places.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claim {
    /// Two places, or more than four that act as one; sorted, without repetition.
    pub(super) places: Vec<u16>,
    /// How surely, in steps of the strength of words: from 3 on it can stand alone.
    pub(super) weight: f32,
    /// The characters that say so: from the first of the places and words to the last.
    pub(super) from: usize,
    /// One past the last of them.
    pub(super) to: usize,
    /// Whether a word of working together supports it; else it only names them side by side.
    pub(super) cued: bool,
}

/// More partners than this act as one alliance (the guideline of the labels: n > 4).
const LARGEST_CIRCLE: usize = 4;
/// Longer lists are enumerations and no partners.
const LONGEST_LIST: usize = 40;

/// The sentences of a text, in order; `by_paragraph` makes each paragraph an item of its own.
pub(super) fn sentences(text: &Text, number: usize, by_paragraph: bool) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let (mut start, mut item) = (0, 0);
    let mut push = |start: usize, end: usize, item: usize| {
        if start < end {
            sentences.push(Sentence { text: number, start, end, item });
        }
    };
    for (at, &character) in text.chars.iter().enumerate() {
        let stop = matches!(character, '\n' | '。' | '!' | '?' | ';')
            || (character == ' ' && text.at(at + 1) == ' ');
        if stop {
            push(start, at, item);
            start = at + 1;
            item += usize::from(by_paragraph && character == '\n');
        }
    }
    push(start, text.chars.len(), item);
    sentences
}

/// The parties that the spots of one text name, in order.
pub(super) fn parties(text: &Text, spots: &[(Spot, Use)]) -> Vec<Party> {
    let gazetteer = Gazetteer::get();
    let mut parties: Vec<Party> = Vec::new();
    for (spot, used) in spots {
        let Target::Division(index) = spot.target else { continue };
        if matches!(used, Use::Dateline | Use::SaidThere) {
            continue;
        }
        let place = match gazetteer.city_index(index) {
            Some(city) if !only_province(city) => city,
            _ => gazetteer.province_index(index),
        };
        let abbreviation = matches!(spot.form, Form::Abbreviation | Form::Counted);
        let party = Party {
            place,
            start: spot.start,
            end: spot.end,
            exact: index,
            abbreviation,
            used: *used,
            venue: is_venue(text, spot),
            received: abbreviation && text.before(spot.start) == '援',
        };
        match parties.last_mut() {
            // 「湖北省十堰市郧西县」 is one party, and so is 「广州(南沙)」.
            Some(last)
                if !abbreviation
                    && last.end == spot.start
                    && (gazetteer.lies_in(index, last.exact) || index == last.exact) =>
            {
                *last = Party { start: last.start, venue: last.venue || party.venue, ..party };
            }
            Some(last)
                if last.start <= spot.start
                    && spot.end <= last.end
                    && (spot.form != Form::Counted || last.place == place) => {}
            _ => parties.push(party),
        }
    }
    parties
}

/// What is held somewhere.
const HELD: &[&str] = &[
    "举行", "举办", "召开", "开幕", "启幕", "签署", "签约", "揭牌", "揭幕", "发布", "闭幕", "启动",
    "揭晓", "落幕", "圆满", "成功", "正式",
];

/// Whether something is only held at a place.
fn is_venue(text: &Text, spot: &Spot) -> bool {
    let mut start = spot.start;
    // 「在江西南昌举行」
    for _ in 0..8 {
        match text.before(start) {
            '在' | '于' => {
                let clause = (spot.end..text.chars.len())
                    .take(20)
                    .take_while(|&at| !matches!(text.at(at), ',' | '。' | ';' | '\n'));
                return clause.into_iter().any(|at| text.has_any(at, HELD));
            }
            ',' | '。' | '\n' | '、' | ' ' | '与' | '和' => return false,
            _ => start = start.saturating_sub(1),
        }
        if start == 0 {
            return false;
        }
    }
    false
}

/// What joins two parties to one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Nothing: 沪滇, 重庆四川.
    Run,
    /// 、
    Comma,
    /// 与, 和, 携手 …
    And,
    /// A dash: 茂名-佛山.
    Dash,
}

const ANDS: &[&str] =
    &["以及", "携手", "联手", "联合", "牵手", "连同", "对接", "结对", "和", "与", "及", "同", "暨"];
const DASHES: &[char] = &['-', '—', '–', '―', '~', '·', '+', '&', '/', '•'];
/// What may stand between a link and the name of the next party.
const PREFIXES: &[&str] =
    &["中国(", "中国", "国家税务总局", "来自", "对口的", "地处", "位于", "(", "“", "\""];
/// Signs and words that do not stand inside the name of a body or office.
const NOT_IN_BODIES: &[char] = &[
    ',', '。', ';', ':', '!', '?', '\n', '在', '将', '是', '由', '从', '被', '把', '为', '到',
    '赴', '向', '对', '了', '让', '来', '去', '于', '称', '说', '而', '但', '至', '使', '给', '比',
];
/// The longest name of a body after its place: 「四川省|疾病预防控制中心|、重庆市…」.
const LONGEST_BODY: usize = 26;

/// How the second of two neighbouring parties is joined to the first, if it is.
fn link(text: &Text, first: &Party, second: &Party) -> Option<Link> {
    if second.start < first.end {
        return Some(Link::Run); // 「三地」 is three places.
    }
    let mut gap = text.chars.get(first.end..second.start)?;
    if gap.is_empty() {
        return Some(Link::Run);
    }
    for prefix in PREFIXES {
        let prefix: Vec<char> = prefix.chars().collect();
        if gap.len() > prefix.len() && gap.ends_with(&prefix) {
            gap = &gap[..gap.len() - prefix.len()];
            break;
        }
    }
    let dashes = gap.iter().rev().take_while(|c| DASHES.contains(c)).count();
    if dashes > 0 && dashes == gap.len() && dashes <= 3 {
        return Some(Link::Dash);
    }
    let (rest, link) = if let [rest @ .., '、'] = gap {
        (rest, Link::Comma)
    } else {
        let and = ANDS.iter().find(|and| {
            let and: Vec<char> = and.chars().collect();
            gap.ends_with(&and)
        })?;
        (&gap[..gap.len() - and.chars().count()], Link::And)
    };
    let body = rest.len() <= LONGEST_BODY && !rest.iter().any(|c| NOT_IN_BODIES.contains(c));
    body.then_some(link)
}

/// Parties joined to one list.
struct List {
    /// Positions of its parties.
    members: std::ops::Range<usize>,
    /// What joins them, one fewer.
    links: Vec<Link>,
}

fn lists(text: &Text, parties: &[Party]) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for (position, party) in parties.iter().enumerate() {
        let joined = position.checked_sub(1).and_then(|before| {
            let before = &parties[before];
            // A run of abbreviations is a list of its own: 「沪滇、闽宁协作」.
            if before.received || party.received {
                return None;
            }
            link(text, before, party).filter(|link| match link {
                Link::Run if party.abbreviation => before.abbreviation,
                Link::Run => !before.abbreviation && same_rank(before, party),
                _ => !(before.abbreviation && party.abbreviation),
            })
        });
        match (joined, lists.last_mut()) {
            (Some(link), Some(list)) => {
                list.members.end = position + 1;
                list.links.push(link);
            }
            _ => lists.push(List { members: position..position + 1, links: Vec::new() }),
        }
    }
    lists
}

/// Whether two parties are named at the same level: 「铜陵池州」, but not 「尉犁县阿克苏」.
fn same_rank(first: &Party, second: &Party) -> bool {
    let gazetteer = Gazetteer::get();
    let whole = |party: &Party| party.exact == party.place;
    let city = |party: &Party| gazetteer.at(party.place).level == Level::City;
    whole(first) == whole(second) && city(first) == city(second)
}

impl List {
    /// The couples of 「甲和乙、丙和丁」, as positions; empty if it is no list of couples.
    fn couples(&self) -> Vec<(usize, usize)> {
        let pairs = |link: &&Link| matches!(link, Link::And | Link::Dash);
        if self.links.iter().filter(pairs).count() < 2 || !self.links.contains(&Link::Comma) {
            return Vec::new();
        }
        let mut couples = Vec::new();
        let mut alone = 0;
        let mut start = 0;
        for end in 1..=self.links.len() + 1 {
            if self.links.get(end - 1).is_some_and(|link| *link != Link::Comma) {
                continue;
            }
            if end - start == 2 && pairs(&&self.links[start]) {
                couples.push((self.members.start + start, self.members.start + start + 1));
            } else {
                alone += 1;
            }
            start = end;
        }
        // 「甲、乙与丙、丁以及戊」 is a circle.
        if alone >= couples.len() { Vec::new() } else { couples }
    }
}

/// What follows a list that names a route, a harbour or a club.
const ROUTES: &[&str] = &[
    "航线",
    "高铁",
    "铁路",
    "高速",
    "班列",
    "线",
    "专列",
    "动车",
    "段",
    "航班",
    "港",
    "机场",
    "国际机场",
    "商会",
    "同乡会",
    "联谊会",
    "联会",
    "楼市",
    "大战",
];

/// Verbs of what 「由」 brings in.
const BY_THEM: &[&str] = &[
    "主办", "承办", "联办", "合办", "组织", "举办", "发起", "建设", "共建", "开发", "投资", "出资",
    "设立", "运营", "编制", "创办", "搭建", "打造", "摄制", "出品", "筹建", "修建", "管理", "牵头",
    "签署", "联合",
];
/// Offices and bodies of a place.
const OFFICES: &[&str] = &[
    "海关",
    "图书馆",
    "公积金",
    "人社",
    "医保",
    "法院",
    "中院",
    "检察",
    "公安",
    "警方",
    "交警",
    "消防",
    "政府",
    "部门",
    "税务",
    "监管",
    "环境",
    "文旅",
    "交通",
    "农业",
    "水利",
    "水务",
    "海事",
    "港口",
    "教育",
    "卫健",
    "疾控",
    "民政",
    "残联",
    "工会",
    "总工会",
    "妇联",
    "团委",
    "档案",
    "博物馆",
    "商务",
    "科技局",
    "政务",
    "司法",
    "河长",
    "供电",
    "电力",
    "医院",
    "学校",
    "党委",
    "街道",
    "园区",
    "纪委",
    "人大",
    "政协",
    "边检",
    "审批",
];
/// Verbs of what such offices do together.
const BY_OFFICES: &[&str] = &[
    "推出", "开通", "打通", "建立", "实现", "约定", "达成", "启动", "设立", "上线", "签", "制定",
    "组建", "协商", "商定", "联动", "互", "接力", "会商", "立法", "成立", "通过",
];
/// What stands before places to which something is done.
const OBJECTS: &[&str] = &["对", "为", "向", "针对", "面向", "覆盖", "辐射", "包括", "涵盖", "受"];
/// What stands between the two of a couple: 「上海对淮南」.
const MATCHED: &[&str] = &["对", "对口", "结对", "帮扶", "牵手", "对接", "携手", "联手"];
/// How much it says that offices of several places do something.
const DONE_TOGETHER: f32 = 2.6;
/// Verbs of rushing to help.
const RUSHES: &[&str] = &["驰援", "增援", "火速支援", "紧急支援", "千里支援"];
/// Verbs of helping, said of many things.
const HELPS: &[&str] = &["支援", "援助"];
/// Verbs of going somewhere.
const GOES: &[&str] = &[
    "赶赴", "奔赴", "赴", "前往", "抵达", "挺进", "开赴", "转战", "到达", "赶到", "赶往", "开往",
    "奔向", "进驻", "赶至",
];
/// Those who are sent to help.
const TEAMS: &[&str] = &[
    "救援队",
    "救援力量",
    "医疗队",
    "消防",
    "抢险",
    "突击队",
    "应急队",
    "应急分队",
    "应急救援",
    "应急抢险",
    "指战员",
    "民兵",
    "抢修",
    "医务人员",
    "医护",
    "护士",
    "医生",
    "救护",
    "支队",
    "总队",
    "特警",
    "防疫队",
    "施工队",
    "排涝",
];
/// What shows that the State sends, or that goods are given.
const NOT_SENT: &[&str] = &[
    "工作组",
    "国家防总",
    "督导",
    "响应",
    "捐",
    "物资",
    "罐头",
    "企业",
    "食品",
    "公益基金",
    "战区",
    "解放军",
    "空军",
    "大学生",
];
/// How somebody gets to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Going {
    /// 「驰援」
    Rush,
    /// 「支援」
    Help,
    /// 「赶赴」
    Go,
}

/// What they are sent for.
const DANGERS: &[&str] = &[
    "抗洪", "抢险", "救援", "救灾", "灾区", "防汛", "疫情", "抗疫", "核酸", "灾后", "抢修", "洪水",
    "洪涝", "汛情", "地震", "肺炎", "受灾", "排涝",
];

/// How many places a counting word counts by its first character: 2 for 「两地」.
fn places_counted(first: char) -> usize {
    match first {
        '两' | '双' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        _ => 0,
    }
}

/// All that one sentence holds.
pub(super) struct Said<'a> {
    /// The text it stands in.
    pub(super) text: &'a Text,
    /// Its parties.
    pub(super) parties: &'a [Party],
    /// Its words.
    pub(super) cues: &'a [Cue],
    /// What the article or item is about most, for sentences that do not say who acts.
    pub(super) topic: Option<u16>,
    /// Whether the article or item speaks of paired assistance.
    pub(super) paired: bool,
}

/// How far after a list its word may stand.
const REACH: usize = 45;
/// How near a word is close by.
const CLOSE: usize = 12;

impl Said<'_> {
    /// Reads the claims of a sentence.
    pub(super) fn claims(&self) -> Vec<Claim> {
        let mut claims = Claims { found: Vec::new(), cued: true };
        self.bodies(&mut claims);
        let lists = lists(self.text, self.parties);
        for (number, list) in lists.iter().enumerate() {
            self.list(list, &mut claims);
            claims.cued = true;
            let other = |lists: &[List]| lists.iter().any(|other| self.places(other).len() > 1);
            if number > 0 || self.topic.is_some() {
                self.with(list, &mut claims);
                if !other(&lists[..number]) || list.links.is_empty() {
                    self.towards(list, &mut claims);
                }
            }
            self.helped(list, &mut claims);
        }
        self.sent(&mut claims);
        self.rescued(&mut claims);
        self.counted_whole(&mut claims);
        self.bracketed(&mut claims);
        self.matched(&mut claims);
        self.carried_across(&mut claims);
        self.alone(&mut claims);
        claims.found
    }

    /// The different places of a list that take part.
    fn places(&self, list: &List) -> Vec<u16> {
        let mut places: Vec<u16> = list.members.clone().map(|at| self.parties[at].place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The word that says most after a place in the text, and how much with its nearness.
    fn best_after(
        &self,
        end: usize,
        among: &[u16],
        reach: usize,
        wanted: impl Fn(&Cue) -> bool,
    ) -> Option<(&Cue, f32)> {
        let close = if self.counted_at(end) { 2 * CLOSE } else { CLOSE };
        let mut best: Option<(&Cue, f32)> = None;
        for cue in self.cues.iter().filter(|cue| cue.start >= end && cue.start - end <= reach) {
            if !cue.is_cooperation() || !wanted(cue) {
                continue;
            }
            let near = match cue.word.strength {
                _ if cue.start - end > close => 0.0,
                0 | 1 => 0.5,
                _ => 1.0,
            };
            let stranger = self.parties.iter().any(|p| {
                let inside = among.iter().any(|&place| related(place, p.place));
                p.start >= end && p.end <= cue.start && !p.venue && !inside
            });
            let value = f32::from(cue.word.strength) + near
                - if !stranger {
                    0.0
                } else if cue.word.strength > 2 {
                    0.5
                } else {
                    1.0
                }
                - self.wished(cue)
                - self.abroad();
            if best.is_none_or(|(_, most)| value > most) {
                best = Some((cue, value));
            }
        }
        best.map(|(cue, value)| {
            let more = self
                .cues
                .iter()
                .filter(|c| c.is_cooperation() && c.start >= end && c.start - end <= reach)
                .filter(|c| c.word.strength > 1)
                .count();
            (cue, value + if more > 1 { 0.5 } else { 0.0 })
        })
    }

    /// Whether 两地, 三市 … follows a list.
    fn counted_at(&self, end: usize) -> bool {
        self.cues.iter().any(|c| {
            let holds = c.start < end && end <= c.end;
            c.word.role == Role::Both && (holds || c.start >= end && c.start <= end + 4)
        })
    }

    /// Whether a word of help says itself whom: 「援藏」, 「对口支援新疆」. Then those before it help
    /// that place and not each other.
    fn has_own_object(&self, cue: &Cue) -> bool {
        cue.word.role == Role::Help
            && self.parties.iter().any(|party| {
                let inside = party.received && cue.start <= party.start && party.end <= cue.end;
                inside || party.start >= cue.end && party.start - cue.end <= 2
            })
    }

    /// What a wish before a word takes from it.
    fn wished(&self, cue: &Cue) -> f32 {
        let wish = self
            .cues
            .iter()
            .any(|c| c.word.role == Role::Wish && c.end <= cue.start && cue.start - c.end <= 40);
        if wish { 1.5 } else { 0.0 }
    }

    /// What a wish takes from something that has no word of the table.
    fn wished_at(&self, at: usize) -> f32 {
        let wish =
            self.cues.iter().any(|c| c.word.role == Role::Wish && c.end <= at && at - c.end <= 40);
        if wish { 1.5 } else { 0.0 }
    }

    /// Whether the clause only tells what shall be done: 「要深化粤港澳合作」, 「加强与港澳合作」.
    fn is_planned(&self, at: usize) -> bool {
        const SHALL: &[&str] = &[
            "要",
            "加强",
            "深化",
            "推动",
            "推进",
            "促进",
            "支持",
            "鼓励",
            "加快",
            "拓展",
            "扩大",
            "强化",
            "完善",
            "探索",
            "积极",
            "着力",
            "持续深化",
            "主动",
            "进一步",
            "继续",
        ];
        let mut start = at;
        while at - start < 24
            && !matches!(self.text.before(start), ',' | '。' | ';' | '\n' | ':' | ' ' | '!' | '?')
        {
            start -= 1;
        }
        self.text.has_any(start, SHALL)
    }

    /// What a foreign country in the sentence takes: then it is likelier to be the partner.
    fn abroad(&self) -> f32 {
        if self.cues.iter().any(|cue| cue.word.role == Role::Abroad) { 1.0 } else { 0.0 }
    }

    /// What speaks against a party: only a firm or university of it acts, or it is one of many.
    fn doubt(&self, party: &Party) -> f32 {
        let used = match party.used {
            Use::InName => 2.5,
            Use::Example | Use::Crowd => 1.0,
            Use::Origin => 0.5,
            _ => 0.0,
        };
        used + if party.venue { 1.5 } else { 0.0 } + self.firm(party)
    }

    /// A firm that follows a place acts for itself.
    fn firm(&self, party: &Party) -> f32 {
        const FIRMS: &[&str] = &[
            "公司",
            "集团",
            "股份",
            "银行",
            "大学",
            "俱乐部",
            "证券",
            "基金会",
            "学院",
            "职院",
            "协会",
            "传媒",
            "酒店",
            "品牌",
            "工作室",
            "航空",
        ];
        let clause = (party.end..party.end + 14).take_while(|&at| {
            !matches!(self.text.at(at), ',' | '。' | '、' | '与' | '和' | ';' | '\n' | ':')
        });
        let firm = clause.into_iter().any(|at| self.text.has_any(at, FIRMS));
        if firm && party.used != Use::InName { 1.0 } else { 0.0 }
    }

    /// 「甲、乙和丙共建」, 「甲与乙签署」, 「沪滇协作」, 「甲—乙人才飞地」
    fn list(&self, list: &List, claims: &mut Claims) {
        let members = &self.parties[list.members.clone()];
        let [first, ..] = members else { return };
        let end = members[members.len() - 1].end;
        let places = self.places(list);
        if places.len() < 2 || members.len() > LONGEST_LIST {
            return;
        }
        // 「前往拉萨、那曲」, 「对口支援西藏、新疆」: where somebody goes, or who is helped; 「成都-北海航线」.
        let receives = self.cues.iter().any(|cue| {
            cue.word.role == Role::Help && cue.end <= first.start && first.start - cue.end <= 4
        });
        let there = self.text.has_any_before(
            first.start,
            &["前往", "赴", "来到", "走进", "奔赴", "援助", "支援", "发往", "飞往", "开往", "途经"],
        );
        // 「对北京、上海五场赛事」, 「为横琴、前海两地」: what somebody does something to.
        let object = self.text.has_any_before(first.start, OBJECTS)
            && !members.iter().all(|party| party.abbreviation);
        // 「芜湖联动杭州、南京」: it is 芜湖 that works with each.
        let actor = self.parties.iter().any(|party| party.end <= first.start && !party.venue);
        let brought_to = actor
            && self.text.has_any_before(first.start, &["联动", "联合", "携手", "会同", "协同"]);
        // 「河北携手京津」: it is 河北 that works with each.
        let brought_in = brought_to
            || list.links.iter().all(|link| *link == Link::Run)
                && self.text.has_any_before(first.start, &["携手", "与", "同", "联合", "会同"]);
        if receives
            || there
            || object
            || brought_in
            || first.venue
            || self.text.has_any(end, ROUTES)
        {
            return;
        }
        let couples = list.couples();
        // 「青岛烟台威海五日游」: names in a row say little of what stands far behind them.
        let row = list.links.iter().all(|link| *link == Link::Run)
            && members.iter().all(|party| !party.abbreviation);
        let reach = match (row, couples.is_empty()) {
            (true, _) => 2 * CLOSE,
            (_, true) => REACH,
            _ => 2 * REACH,
        };
        let best = self.best_after(end, &places, reach, |cue| !self.has_own_object(cue));
        let done = self.done_by(first, end).or_else(|| self.done_by_offices(end));
        let done = done.filter(|_| best.is_none_or(|(_, value)| value < DONE_TOGETHER));
        let (value, to) = match best {
            _ if done.is_some() => (DONE_TOGETHER - self.abroad(), done.unwrap_or(end)),
            Some((cue, value)) => (value, cue.end),
            // They are named as two and no more: a later 「两地」 may speak of them.
            None if places.len() == 2 && list.links.iter().all(|link| *link == Link::And) => {
                (1.5, end)
            }
            None => return,
        };
        claims.cued = best.is_some() || done.is_some();
        let helps = best.is_some_and(|(cue, _)| cue.word.role == Role::Help);
        let tight = list.links.iter().all(|link| matches!(link, Link::Run | Link::Dash));
        let counted = self.counted_at(end);
        let open = self.is_open(end);
        let doubt = members.iter().map(|party| self.doubt(party)).fold(0.0, f32::max);
        let weight = value + if tight { 0.5 } else { 0.0 } + if counted { 0.5 } else { 0.0 }
            - if open { 1.5 } else { 0.0 }
            - if self.is_planned(first.start) { 0.7 } else { 0.0 }
            - doubt;
        let from = first.start;
        if !couples.is_empty() {
            for (a, b) in couples {
                claims.pair(self.parties[a].place, self.parties[b].place, weight, from, to);
            }
            return;
        }
        // 「甲与乙、丙分别签署」: one with each.
        let hub = list.links.first() == Some(&Link::And)
            && list.links.len() > 1
            && list.links[1..].iter().all(|link| *link != Link::Run)
            && (helps || open || (end..to).any(|at| self.text.has(at, "分别")));
        if hub {
            for other in &members[1..] {
                claims.pair(first.place, other.place, weight, from, to);
            }
        } else if places.len() > LARGEST_CIRCLE {
            claims.add(places, weight, from, to);
        } else {
            // 「渝港澳合作」 says nothing of what 香港 and 澳门 do together.
            let islands =
                tight && !(counted && places.len() > 2) && self.text.has_before(end, "港澳");
            for (number, &a) in places.iter().enumerate() {
                for &b in &places[number + 1..] {
                    if !(islands && is_special(a) && is_special(b)) {
                        claims.pair(a, b, weight, from, to);
                    }
                }
            }
        }
    }

    /// 「由甲、乙主办」: the end of the verb.
    fn done_by(&self, first: &Party, end: usize) -> Option<usize> {
        if !self.text.has_any_before(first.start, &["由", "由中共", "由来自"]) {
            return None;
        }
        let stop = |at: &usize| !matches!(self.text.at(*at), '。' | ';' | '\n' | ':');
        (end..end + REACH).take_while(stop).find_map(|at| {
            let verb = BY_THEM.iter().find(|verb| self.text.has(at, verb))?;
            Some(at + verb.chars().count())
        })
    }

    /// 「甲、乙两市海关推出」: what offices of counted places do is done together; the end of the verb.
    fn done_by_offices(&self, end: usize) -> Option<usize> {
        let counted = self.cues.iter().find(|cue| {
            cue.word.role == Role::Both && (cue.start == end || cue.start < end && end <= cue.end)
        })?;
        let office = (counted.end..counted.end + 8)
            .take_while(|&at| !matches!(self.text.at(at), ',' | '。' | '的' | '、'))
            .find(|&at| self.text.has_any(at, OFFICES))?;
        let stop = |at: &usize| !matches!(self.text.at(*at), '。' | ';' | '\n' | '?');
        (office..office + REACH).take_while(stop).find_map(|at| {
            let verb = BY_OFFICES.iter().find(|verb| self.text.has(at, verb))?;
            Some(at + verb.chars().count())
        })
    }

    /// Whether 等 after a list leaves it open.
    fn is_open(&self, end: usize) -> bool {
        let unit = matches!(self.text.at(end), '市' | '区' | '县' | '省' | '州' | '地');
        let at = end + usize::from(unit);
        let counted = |c: char| {
            c.is_ascii_digit()
                || matches!(c, '两' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
        };
        self.text.at(at) == '等' && !counted(self.text.at(at + 1))
    }

    /// Who acts where a list stands: the first party of the sentence before it, else the topic.
    fn actor(&self, before: usize, except: &[u16]) -> Option<(u16, usize, f32)> {
        let apart = |place: u16| except.iter().all(|&other| !related(other, place));
        let named = self
            .parties
            .iter()
            .filter(|party| party.end <= before && !party.venue && apart(party.place))
            .min_by_key(|party| (party.used == Use::InName, party.start));
        if let Some(party) = named {
            return Some((party.place, party.start, self.doubt(party)));
        }
        let topic = self.topic.filter(|&topic| apart(topic))?;
        let covered = self.parties.iter().any(|party| party.end <= before && !party.venue);
        (!covered).then_some((topic, before, 1.0))
    }

    /// 「…,与乙签署协议」: the list that a preposition brings in works with who acts.
    fn with(&self, list: &List, claims: &mut Claims) {
        const WITH: &[&str] = &[
            "与",
            "和",
            "同",
            "跟",
            "携手",
            "对接",
            "联合",
            "联手",
            "牵手",
            "结对",
            "结对的",
            "联动",
            "会同",
            "协同",
        ];
        let members = &self.parties[list.members.clone()];
        let [first, ..] = members else { return };
        let end = members[members.len() - 1].end;
        if !self.text.has_any_before(first.start, WITH) {
            return;
        }
        let places = self.places(list);
        let Some((actor, start, doubt)) = self.actor(first.start, &places) else { return };
        let Some((cue, value)) = self.best_after(end, &places, 32, |_| true) else { return };
        let against = members.iter().map(|party| self.doubt(party)).fold(doubt, f32::max);
        for place in places {
            let planned = if self.is_planned(first.start) { 0.7 } else { 0.0 };
            let weight = value - 0.5 - against - planned;
            claims.pair(actor, place, weight, start.min(first.start), cue.end);
        }
    }

    /// 「甲对口支援乙」, 「甲对乙开展帮扶」
    fn helped(&self, list: &List, claims: &mut Claims) {
        let members = &self.parties[list.members.clone()];
        let [first, ..] = members else { return };
        let end = members[members.len() - 1].end;
        let help = self
            .cues
            .iter()
            .filter(|cue| cue.word.role == Role::Help && cue.end <= first.start)
            .filter(|cue| first.start - cue.end <= 10)
            .filter(|cue| {
                // 「四个自治区和对口支援新疆的省市」: not those before it help.
                !matches!(self.text.before(cue.start), '和' | '与' | '及' | '、')
                    && (cue.end..first.start)
                        .all(|at| !matches!(self.text.at(at), ',' | '、' | ':'))
            })
            // 「结对合作帮扶阜阳」: the strongest of several says it.
            .max_by_key(|cue| (cue.word.strength, cue.start));
        let for_them = self.text.has_any_before(first.start, &["对", "为", "向", "给", "帮助"]);
        let after = || {
            self.best_after(end, &[], 30, |cue| cue.word.role == Role::Help)
                .filter(|_| for_them)
                .map(|(cue, _)| cue)
        };
        let Some(cue) = help.or_else(after) else { return };
        if self.text.at(end) == '援' {
            // 「捐赠广东援鄂医疗队」: those are senders, not receivers.
            return;
        }
        let places = self.places(list);
        let apart = |place: u16| places.iter().all(|&other| !related(other, place));
        // The nearest before the word, not the first of the sentence.
        let before = first.start.min(cue.start);
        let near = (self.parties.iter().rev())
            .find(|party| party.end <= before && !party.venue && apart(party.place));
        let (actor, start, doubt) = match near {
            Some(party) => (party.place, party.start, self.doubt(party)),
            None => match self.actor(before, &places) {
                Some(actor) => actor,
                None => return,
            },
        };
        let against = members.iter().map(|party| self.doubt(party)).fold(doubt, f32::max);
        let value = f32::from(cue.word.strength) + 0.5 - self.wished(cue);
        for place in places {
            claims.pair(actor, place, value - against, start.min(cue.start), end.max(cue.end));
        }
    }

    /// 「甲赴乙考察」, 「甲在乙设立人才飞地」
    fn towards(&self, list: &List, claims: &mut Claims) {
        const TOWARDS: &[&str] = &[
            "赴",
            "到",
            "来",
            "前往",
            "奔赴",
            "进驻",
            "走进",
            "来到",
            "抵达",
            "驰援",
            "驻",
            "入",
            "驻点",
            "驻点(",
            "深入",
            "落户",
            "落地",
            "带队到",
            "发往",
        ];
        const THERE: &[&str] = &["在", "位于", "地处", "设在", "落户", "落地", "驻", "入驻"];
        let members = &self.parties[list.members.clone()];
        let [first, ..] = members else { return };
        let end = members[members.len() - 1].end;
        let (towards, there) = (
            self.text.has_any_before(first.start, TOWARDS),
            self.text.has_any_before(first.start, THERE),
        );
        if !towards && !there {
            return;
        }
        let places = self.places(list);
        let Some((actor, start, doubt)) = self.actor(first.start, &places) else { return };
        let doubt = if first.venue { doubt - 1.5 } else { doubt };
        let mut best: Option<(f32, &Cue)> = None;
        for cue in self.cues {
            let strength = f32::from(cue.word.strength);
            let outpost =
                matches!(cue.word.form, "飞地" | "人才驿站" | "人才工作站" | "协同创新中心")
                    && cue.start >= end
                    && cue.start - end <= 30;
            let value = match cue.word.role {
                Role::Thing if outpost && strength > 1.0 => strength + 0.5,
                Role::Visit if towards => 1.5,
                Role::Help if towards => strength.max(1.5),
                Role::Thing | Role::Act if towards && strength > 1.0 => strength - 0.5,
                _ => continue,
            } - self.wished(cue);
            if best.is_none_or(|(most, _)| value > most) {
                best = Some((value, cue));
            }
        }
        let Some((value, cue)) = best else { return };
        let more = self.cues.iter().filter(|c| c.is_cooperation() && c.word.strength > 1).count();
        let value = value + if more > 1 { 0.5 } else { 0.0 };
        let against = members
            .iter()
            .map(|party| self.doubt(party) - if party.venue { 1.5 } else { 0.0 })
            .fold(doubt, f32::max);
        for place in places {
            let (from, to) = (start.min(cue.start).min(first.start), end.max(cue.end));
            claims.pair(actor, place, value - against, from, to);
        }
    }

    /// 「援滇医疗队」: those who are sent work with where they are sent.
    fn sent(&self, claims: &mut Claims) {
        let gazetteer = Gazetteer::get();
        for (position, receiver) in self.parties.iter().enumerate() {
            if !receiver.received {
                continue;
            }
            let sends = |party: &&Party| {
                let apart = !related(party.place, receiver.place);
                let receives = |other: &Party| other.received && related(other.place, party.place);
                let receives = self.parties.iter().any(receives);
                apart && !party.venue && !receives && party.used != Use::Aside
            };
            let named = self.parties[..position].iter().rev().find(sends);
            let (sender, start, doubt) = match named {
                Some(party) => (party.place, party.start, self.doubt(party)),
                None => match self.actor(receiver.start, &[receiver.place]) {
                    Some(actor) => actor,
                    None => continue,
                },
            };
            let weight = 3.0 - doubt.min(1.5);
            claims.pair(sender, receiver.place, weight, start.min(receiver.start), receiver.end);
            for finer in self.parties {
                let after = finer.start >= receiver.end;
                if after && gazetteer.lies_in(finer.place, receiver.place) && !finer.venue {
                    let from = start.min(receiver.start).min(finer.start);
                    let to = receiver.end.max(finer.end);
                    claims.pair(sender, finer.place, weight + 0.5, from, to);
                }
            }
        }
    }

    /// 「甲消防支队增援乙」, 「甲支援乙医疗队」: people of one place who go to help another.
    fn rescued(&self, claims: &mut Claims) {
        let has = |from: usize, to: usize, words: &[&str]| {
            (from..to.min(self.text.chars.len())).any(|at| self.text.has_any(at, words))
        };
        for (position, receiver) in self.parties.iter().enumerate() {
            let Some(goes) = self.goes_to(receiver) else { continue };
            let sender = self.parties[..position]
                .iter()
                .rev()
                .find(|party| party.used != Use::Position && !related(party.place, receiver.place));
            let Some(sender) = sender else { continue };
            let received = sender.venue || sender.received || self.goes_to(sender).is_some();
            if received || receiver.start.saturating_sub(sender.end) > 36 {
                continue;
            }
            let between = self.text.chars.get(sender.end..receiver.start).unwrap_or_default();
            // What the State sends, and what somebody gives, is no help of one place for another.
            if between.iter().any(|&c| matches!(c, '。' | ';' | ':' | '的' | '从'))
                || has(sender.start.saturating_sub(8), receiver.start, NOT_SENT)
                || self.text.has_any_before(sender.start, &["针对", "对", "赴", "、对", "向"])
            {
                continue;
            }
            let team = has(sender.end, receiver.start, TEAMS)
                || has(receiver.end, receiver.end + 8, TEAMS);
            let danger = has(sender.start.saturating_sub(20), receiver.end + 30, DANGERS);
            let sent = match goes {
                Going::Rush => team || danger,
                Going::Help => team,
                Going::Go => team && danger,
            };
            if sent {
                let doubt = if sender.used == Use::Origin { 0.5 } else { 0.0 };
                let weight = 3.6 - doubt - self.wished_at(sender.start);
                claims.pair(sender.place, receiver.place, weight, sender.start, receiver.end);
            }
        }
    }

    /// Whether somebody goes to a place or helps it, by the verb right before it: 「赶赴河北」,
    /// 「支援灾区涿州」.
    fn goes_to(&self, receiver: &Party) -> Option<Going> {
        let near = receiver.start.saturating_sub(2)..=receiver.start;
        let verb = |words: &[&str]| {
            near.clone().any(|at| {
                self.text.has_any_before(at, words)
                    && (at..receiver.start)
                        .all(|at| !matches!(self.text.at(at), '队' | '、' | '力' | '者' | ','))
            })
        };
        let goes = [(RUSHES, Going::Rush), (HELPS, Going::Help), (GOES, Going::Go)];
        goes.into_iter().find(|(words, _)| verb(words)).map(|(_, going)| going)
    }

    /// 「…完成两省三地远程异地评标」, with three places in the sentence: all of them do it.
    fn counted_whole(&self, claims: &mut Claims) {
        let parties: Vec<&Party> = self
            .parties
            .iter()
            .filter(|party| !party.venue && !matches!(party.used, Use::Position | Use::InName))
            .collect();
        let mut places: Vec<u16> = parties.iter().map(|party| party.place).collect();
        places.sort_unstable();
        places.dedup();
        let (Some(first), Some(last)) = (parties.first(), parties.last()) else { return };
        if !(2..=LARGEST_CIRCLE).contains(&places.len()) {
            return;
        }
        let counted = self.cues.iter().any(|cue| {
            cue.word.role == Role::Both
                && matches!(self.text.at(cue.end - 1), '地' | '市' | '省' | '区' | '县' | '城')
                && places_counted(self.text.at(cue.start)) == places.len()
                // 「京港两地上市」 speaks of a list, which is read as one.
                && !self.parties.iter().any(|party| party.end == cue.start)
        });
        let strongest = self
            .cues
            .iter()
            .filter(|cue| cue.is_cooperation() && !self.has_own_object(cue))
            .max_by_key(|cue| (cue.word.strength, std::cmp::Reverse(cue.start)));
        let Some(cue) = strongest.filter(|cue| counted && cue.word.strength > 1) else { return };
        let doubt = parties.iter().map(|party| self.doubt(party)).fold(0.0, f32::max);
        let planned = if self.is_planned(cue.start) { 0.7 } else { 0.0 };
        let weight =
            f32::from(cue.word.strength) + 0.5 - doubt - planned - self.wished(cue) - self.abroad();
        let (from, to) = (first.start.min(cue.start), last.end.max(cue.end));
        for (number, &a) in places.iter().enumerate() {
            for &b in &places[number + 1..] {
                claims.pair(a, b, weight, from, to);
            }
        }
    }

    /// 「金华(上海)科创中心」
    fn bracketed(&self, claims: &mut Claims) {
        for two in self.parties.windows(2) {
            let [outer, inner] = two else { continue };
            let brackets = outer.end + 1 == inner.start
                && self.text.at(outer.end) == '('
                && self.text.at(inner.end) == ')';
            let thing = self.cues.iter().find(|cue| {
                cue.word.role == Role::Thing
                    && !matches!(cue.word.form, "" | "推介会" | "招聘会" | "峰会" | "节会")
                    && cue.start > inner.end
                    && cue.start - inner.end <= 10
            });
            if let Some(cue) = thing.filter(|_| brackets) {
                let weight = 3.0 + 0.25 * f32::from(cue.word.strength);
                claims.pair(outer.place, inner.place, weight, outer.start, cue.end);
            }
        }
    }

    /// 「川渝高竹新区挂牌」: what places run together says that they do.
    fn bodies(&self, claims: &mut Claims) {
        for cue in self.cues.iter().filter(|cue| cue.word.role == Role::Body) {
            let acts = self.cues.iter().any(|other| {
                other.is_cooperation() && other.word.strength > 1
                    || other.word.role == Role::State && other.word.strength > 0
            });
            // 「示范区今天挂牌」: what places run together has come about.
            let opened = self.cues.iter().any(|other| {
                other.word.role == Role::State
                    && other.word.strength > 0
                    && other.start >= cue.end
                    && other.start - cue.end <= 8
                    && !(cue.end..other.start).any(|at| matches!(self.text.at(at), ',' | '、'))
            });
            let planned = if self.is_planned(cue.start) { 0.7 } else { 0.0 };
            let weight = match (opened, acts) {
                (true, _) => 3.0,
                (_, true) => 2.5,
                _ => 2.0,
            } - planned;
            let members = &cue.word.members;
            for (number, &a) in members.iter().enumerate() {
                for &b in &members[number + 1..] {
                    claims.pair(a, b, weight, cue.start, cue.end);
                }
            }
        }
    }

    /// 「上海市闵行区对淮南市」, in a text about paired assistance.
    fn matched(&self, claims: &mut Claims) {
        let matched = |two: &[Party]| {
            let [first, second] = two else { return false };
            let gap = self.text.chars.get(first.end..second.start).unwrap_or_default();
            (1..=2).contains(&gap.len())
                && MATCHED.iter().any(|word| word.chars().eq(gap.iter().copied()))
        };
        // Several couples in a row are a list of who helps whom.
        let listed = self.parties.windows(2).filter(|two| matched(two)).count() > 1;
        for two in self.parties.windows(2) {
            let [first, second] = two else { continue };
            if matched(two) {
                let weight = if self.paired { 3.0 } else { 1.5 } + if listed { 0.5 } else { 0.0 };
                let doubt = self.doubt(first).max(self.doubt(second));
                claims.pair(first.place, second.place, weight - doubt, first.start, second.end);
            }
        }
    }

    /// 「由甲至乙的省际公交」
    fn carried_across(&self, claims: &mut Claims) {
        let Some(cue) = self.cues.iter().find(|cue| cue.word.form == "跨城公交") else {
            return;
        };
        for two in self.parties.windows(2) {
            let [from, to] = two else { continue };
            let gap = self.text.chars.get(from.end..to.start).unwrap_or_default();
            let joined = gap.len() <= 14
                && matches!(gap.last(), Some('至' | '到' | '-' | '—' | '与' | '和'))
                && !gap.contains(&',');
            if joined {
                let (start, end) = (from.start.min(cue.start), to.end.max(cue.end));
                claims.pair(from.place, to.place, 3.5, start, end);
            }
        }
    }

    /// Two places alone in a sentence with a strong word.
    fn alone(&self, claims: &mut Claims) {
        let parties: Vec<&Party> =
            self.parties.iter().filter(|p| !p.venue && p.used != Use::Position).collect();
        let mut places: Vec<u16> = parties.iter().map(|party| party.place).collect();
        places.sort_unstable();
        places.dedup();
        let &[a, b] = places.as_slice() else { return };
        if let [first, second] = parties.as_slice()
            && link(self.text, first, second).is_some()
        {
            return; // What a list says is read as a list.
        }
        let strongest = self
            .cues
            .iter()
            .filter(|cue| cue.is_cooperation())
            .max_by_key(|cue| (cue.word.strength, std::cmp::Reverse(cue.start)));
        let Some(cue) = strongest else { return };
        let doubt = parties.iter().map(|party| self.doubt(party)).fold(0.0, f32::max);
        let weight = f32::from(cue.word.strength) - 1.0 - doubt - self.wished(cue);
        let from = parties.iter().map(|p| p.start).min().unwrap_or(cue.start).min(cue.start);
        let to = parties.iter().map(|p| p.end).max().unwrap_or(cue.end).max(cue.end);
        claims.pair(a, b, weight, from, to);
    }
}

/// Whether a place is 香港 or 澳门, which news names in one breath.
fn is_special(place: u16) -> bool {
    matches!(Gazetteer::get().at(place).code.get(..2), Some("81" | "82"))
}

/// Whether two places are the same, or one lies in the other.
fn related(a: u16, b: u16) -> bool {
    let gazetteer = Gazetteer::get();
    a == b || gazetteer.lies_in(a, b) || gazetteer.lies_in(b, a)
}

/// Claims of one sentence, the surest of each circle.
struct Claims {
    found: Vec<Claim>,
    /// Whether what is added has a word of working together.
    cued: bool,
}

impl Claims {
    fn pair(&mut self, a: u16, b: u16, weight: f32, from: usize, to: usize) {
        if related(a, b) {
            return;
        }
        self.add(vec![a.min(b), a.max(b)], weight, from, to);
    }

    fn add(&mut self, places: Vec<u16>, weight: f32, from: usize, to: usize) {
        if weight < 0.5 {
            return;
        }
        let claim = Claim { places, weight, from, to, cued: self.cued };
        match self.found.iter_mut().find(|known| known.places == claim.places) {
            Some(known) if known.weight >= claim.weight => {}
            Some(known) => *known = claim,
            None => self.found.push(claim),
        }
    }
}
