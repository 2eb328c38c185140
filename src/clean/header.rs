//! The line under the headline, and the words at the end of a text → who published it, who wrote
//! it, when.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Said, Witness};

use super::is_longer;
use super::rules::pattern;

/// Everything that a page states about itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    dates: Vec<(Trust, Said)>,
    outlets: Vec<(Trust, Said)>,
    originals: Vec<(Trust, Said)>,
    authors: Vec<(Trust, Said)>,
}

/// How much a statement is believed; the first is believed most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// The crawler recorded it.
    Record,
    /// The header line names outlet or writer with a label.
    Labelled,
    /// Made for machines that read articles.
    Declared,
    /// The header line.
    Header,
    /// A script of the page.
    Script,
    /// The text itself: dateline, signature.
    Text,
    /// Beside the header line, without a label.
    Neighbour,
    /// Said of the whole site rather than of the article.
    Site,
}

impl Facts {
    pub(super) fn date(&mut self, text: &str, witness: Witness, trust: Trust) {
        push(&mut self.dates, text, witness, trust);
    }

    pub(super) fn outlet(&mut self, text: &str, witness: Witness, trust: Trust) {
        push(&mut self.outlets, text, witness, trust);
    }

    /// Notes from whom the text was taken over.
    pub(super) fn original(&mut self, text: &str, witness: Witness, trust: Trust) {
        push(&mut self.originals, text, witness, trust);
    }

    pub(super) fn author(&mut self, text: &str, witness: Witness, trust: Trust) {
        push(&mut self.authors, text, witness, trust);
    }

    /// Whether a day was stated beside the text.
    pub(super) fn has_date(&self) -> bool {
        !self.dates.is_empty()
    }

    /// Whether a label named the outlet.
    fn has_labelled_outlet(&self) -> bool {
        let names =
            |text: &str| !["网络", "互联网", "本站", "本网", "原创", "转载"].contains(&text);
        self.outlets.iter().any(|(trust, said)| *trust == Trust::Labelled && names(&said.text))
    }

    /// Dates, outlets, originals and authors, the most trusted first, each said once.
    pub(super) fn in_order(self) -> [Vec<Said>; 4] {
        [self.dates, self.outlets, self.originals, self.authors].map(|mut said| {
            said.sort_by_key(|(trust, _)| *trust);
            let mut once: Vec<Said> = Vec::with_capacity(said.len());
            for (_, said) in said {
                if once.iter().all(|known| known.text != said.text) {
                    once.push(said);
                }
            }
            once
        })
    }
}

/// Notes words, if there are any.
fn push(said: &mut Vec<(Trust, Said)>, text: &str, witness: Witness, trust: Trust) {
    let text = text.trim();
    let known = said.iter().any(|(_, known)| known.text == text && known.witness == witness);
    if !text.is_empty() && !known {
        said.push((trust, Said::new(text, witness)));
    }
}

/// Something that looks like a day or a clock time.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\b(?:19|20)\d{2}\s+\d{1,2}\s*/\s*\d{1,2}\b|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|\b\d{2}-\d{1,2}-\d{1,2}\b|\b\d{1,2}\s*[-/月]\s*\d{1,2}日?)(?:\s*[T,]?\s*\d{1,2}\s*[:：]\s*\d{2}(?:[:：]\d{2})?(?:Z|[+-]\d{2}:?\d{2}|\s*GMT)?)?",
    )
});

/// Labels of outlets.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"(?:文章|本文|信息|稿件|新闻|消息|内容)?(?:来\s*源|來源|稿源|出处|转自|转载自|轉自|轉載自)";
    pattern(&format!(
        r"(?:[【\[]{label}[】\]]|{label}\s*(?:[:：|｜丨]|于[:：]?|\t)|(?i:source\s*[:：]))\s*"
    ))
});

/// Labels of writers.
static WRITER: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"(?:作\s*者|撰\s*文|撰稿|采写(?:/摄影)?|文字|(?:本报|本网|全媒体|[\p{Han}+]{2,6})?(?:记者|記者)|通讯员|文|供稿|原创)";
    pattern(&format!(r"(?:[【\[]{label}[】\]]|{label}\s*[:：|｜丨/]|作者\t)\s*|^(?i:by)[\s:：]+"))
});

/// Where a value ends: the next label, a bar, a day, a knob of the page.
static STOP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\t|\s{2,}|[|｜丨]|\s[-—]\s|[\])）】]\s|\s\d{3,}|(?:^|\s|[^\p{Han}])(?:作者|编辑|责编|责任编辑|时间|日期|来源|发布|发表|字号|字体|浏览|点击|阅读|评论|分享|打印|举报|关注|收藏|我要|查看|参与|跟贴|跟帖|手机|扫码|订阅|人气|访问|原创|文章来源|转载|责任|次|微信|大中小|显示|版次|标签|关键词)|(?:作者|责任编辑|责编|编辑|发布时间|发布日期|发表时间|字号|浏览|点击数|阅读量|文章来源|来源|稿源|时间|日期|我要评论)\s*[:：]|(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}|\d{1,2}月\d{1,2}日",
    )
});

/// Reads a line near the headline; whether it said anything.
///
/// `parts` has tabulators where elements end, so that 「来源：」 in one element and the name in the
/// next are told apart from what follows.
pub(super) fn read_line(parts: &str, witness: Witness, facts: &mut Facts) -> bool {
    let mut any = false;
    for day in DAY.find_iter(parts) {
        facts.date(labelled(parts, day.start(), day.end()), witness, Trust::Header);
        any = true;
    }
    if !any && ENGLISH_DAY.is_match(parts) {
        facts.date(&parts.replace('\t', " "), witness, Trust::Header);
        any = true;
    }
    for label in SOURCE.find_iter(parts) {
        let name = value(&parts[label.end()..]);
        facts.outlet(name, witness, Trust::Labelled);
        if says_taken_over(label.as_str()) {
            facts.original(name, witness, Trust::Labelled);
        }
        any |= !name.is_empty();
    }
    for label in WRITER.find_iter(parts) {
        let name = value(&parts[label.end()..]);
        facts.author(name, witness, Trust::Labelled);
        any |= !name.is_empty();
    }
    if !any && parts.chars().count() <= 40 {
        any = reporters(parts, witness, facts);
    }
    any
}

/// Whether a label says that the text was published elsewhere before: 「转自」.
pub(super) fn says_taken_over(label: &str) -> bool {
    label.contains(['转', '轉'])
}

/// Whether a line is a label without anything behind it: 「来源于：」.
pub(super) fn is_label(line: &str) -> bool {
    line.ends_with([':', '：']) && line.chars().count() <= 8
}

/// Whether a line names a day.
pub(super) fn states_day(line: &str) -> bool {
    DAY.is_match(line)
}

/// Whether a statement says what it is about.
pub(super) fn has_label(statement: &str) -> bool {
    SOURCE.is_match(statement)
        || WRITER.is_match(statement)
        || ["发布", "发表", "日期", "时间", "发稿", "發佈", "發表"]
            .iter()
            .any(|label| statement.contains(label))
}

/// An English day, as blogs have it: 「Dec 28 Sat 2013 00:28」, 「August 16, 2023」.
static ENGLISH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)?\d{4}|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{4}",
    )
});

/// Reads who stands beside the day without a label: 「华夏日报\t2020-03-09」, or a line of its own
/// between headline and day.
pub(super) fn read_neighbours(lines: &[&str], facts: &mut Facts) {
    if facts.has_labelled_outlet() {
        return;
    }
    let is_day =
        |line: &&str| (DAY.is_match(line) && is_header_line(line)) || RELATIVE.is_match(line);
    let Some(at) = lines.iter().position(is_day) else { return };
    for line in lines[..at].iter().rev().take(2) {
        neighbour(line, facts);
    }
    if let Some(day) = DAY.find(lines[at]).or_else(|| RELATIVE.find(lines[at])) {
        let (before, after) = (&lines[at][..day.start()], &lines[at][day.end()..]);
        let parts = |text: &'_ str| -> Vec<String> {
            text.split(['\t', ' ', '|', '　', '(', ')']).map(str::to_owned).collect()
        };
        parts(before).iter().rev().chain(&parts(after)).for_each(|part| neighbour(part, facts));
    }
}

/// Days as they are told while they are near; they date nothing, but names stand beside them.
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|\s)(?:今天|昨天|前天|刚刚|\d{1,2}\s?(?:分钟|小时|天|周|个月)前)(?:\s|$)")
});

/// Notes a part beside the day if it can be a name.
fn neighbour(part: &str, facts: &mut Facts) {
    let part = part.trim();
    if facts.authors.iter().any(|(_, said)| said.text == part) {
        return;
    }
    if let Some((writer, paper)) = part.split_once('/')
        && is_person(writer)
        && is_name(paper)
    {
        facts.author(writer, Witness::Header, Trust::Neighbour);
        facts.outlet(paper, Witness::Header, Trust::Neighbour);
    } else if is_name(part) {
        facts.outlet(part, Witness::Header, Trust::Neighbour);
    }
}

/// Whether a few characters can be the name of a medium.
pub(super) fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    let sounds =
        |c: char| c.is_alphanumeric() || matches!(c, '[' | ']' | '-' | '_' | '·' | '+' | '@');
    (2..=16).contains(&length)
        && text.chars().all(sounds)
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && !text.chars().next().is_some_and(|c| c.is_ascii_digit())
        && !super::settle::is_furniture(text)
        && !NO_NAMES.iter().any(|word| text.contains(word))
}

/// What stands beside days and is no name.
const NO_NAMES: &[&str] = &[
    "发布",
    "发表",
    "时间",
    "日期",
    "更新",
    "字号",
    "字体",
    "阅读",
    "浏览",
    "评论",
    "分享",
    "收藏",
    "举报",
    "来自",
    "首页",
    "正文",
    "新闻中心",
    "要闻",
    "频道",
    "编辑",
    "功能介绍",
    "微信号",
    "星期",
    "昨天",
    "今天",
    "小时前",
    "分钟前",
    "点击",
    "人气",
    "显示",
    "标签",
    "推荐",
    "专栏",
    "点赞",
    "转发",
    "登录",
    "注册",
    "来源",
    "作者",
    "动态",
    "快讯",
    "简体",
    "繁体",
];

/// A day together with the label before it, if there is one.
fn labelled(line: &str, start: usize, end: usize) -> &str {
    let before = line[..start].trim_end_matches(['\t', ' ']);
    let label = before.rsplit(['\t', ' ', '|', '　', '】', ')']).next().unwrap_or("");
    if label.ends_with([':', '：']) && label.chars().count() <= 8 {
        &line[before.len() - label.len()..end]
    } else {
        &line[start..end]
    }
}

/// The value behind a label.
fn value(rest: &str) -> &str {
    let rest = rest.trim_start_matches(['\t', ' ', '　', '\u{a0}']);
    let end = STOP
        .find_iter(rest)
        .map(|stop| stop.start())
        .find(|&start| start > 0)
        .unwrap_or(rest.len());
    let value = rest[..end].trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '[' | ']' | '【' | '】' | '|' | '：' | ':')
    });
    if value.chars().count() <= 60 { value } else { "" }
}

/// Whether a line is nothing but such statements: short, and without a sentence.
pub(super) fn is_header_line(text: &str) -> bool {
    if is_longer(text, 120) || text.contains('。') {
        return false;
    }
    let length = text.chars().count();
    let labels = SOURCE.find_iter(text).count() + WRITER.find_iter(text).count();
    let days: usize = DAY.find_iter(text).map(|day| day.as_str().chars().count()).sum();
    // Old portals put the address of the site before the day.
    let addresses = text.split([' ', '\t']).filter(|word| word.starts_with("http"));
    let length = length - addresses.map(|word| word.chars().count()).sum::<usize>();
    (labels > 0 && length <= 80 && !text.contains(['，', '？', '！', '?']))
        || (days > 0 && length <= days + 24 && !text.contains(['，', '！', '？']))
}

/// Words for those who report.
const ROLES: &[&str] = &["记者", "記者", "通讯员", "通訊員", "评论员", "特派员"];

/// What stands between a paper and the role of its reporter, and is neither.
const RANKS: &[&str] = &[
    "本报",
    "本報",
    "本網",
    "本网",
    "本社",
    "本台",
    "本刊",
    "全媒体",
    "全媒",
    "融媒体",
    "新媒体",
    "多媒体",
    "见习",
    "見習",
    "实习",
    "特约",
    "特派",
    "首席",
    "高级",
    "资深",
    "主任",
    "专职",
    "战地",
    "实习生",
    "机动",
    "文字",
    "摄影",
    "图片",
    "视频",
    "体育",
    "财经",
];

/// What ends the names of media.
const MEDIA: &[&str] = &[
    "报",
    "報",
    "社",
    "网",
    "網",
    "电视台",
    "電視台",
    "电台",
    "总台",
    "广播",
    "卫视",
    "新闻",
    "新聞",
    "客户端",
    "在线",
    "周刊",
    "週刊",
    "杂志",
    "频道",
    "融媒",
    "传媒",
    "融媒体中心",
    "新闻中心",
    "财经",
    "视频",
    "时报",
    "快报",
    "通讯",
    "资讯",
    "观察",
    "视界",
    "导刊",
    "半月谈",
    "评论",
    "文摘",
    "时刻",
    "+",
];

/// Words of a sentence that mentions a reporter, rather than of a credit.
const TELLING: &[&str] = &[
    "告诉",
    "向",
    "对",
    "接受",
    "回应",
    "回复",
    "被",
    "会见",
    "表示",
    "介绍",
    "答",
    "例行",
    "随行",
    "召开",
    "举行",
    "采访",
    "邀请",
    "当地",
    "当天",
    "工作人员",
    "负责人",
    "人士",
    "赛后",
    "会后",
];

/// Words that such a sentence begins with.
const TOLD: &[&str] = &["据", "在", "由", "与", "跟", "截至"];

/// Words before a role that say what the reporter did.
const NO_PAPERS: &[&str] = &[
    "采写",
    "参与",
    "执笔",
    "撰文",
    "撰稿",
    "整理",
    "综合",
    "本文",
    "主笔",
    "编译",
    "实习生",
    "编辑",
    "新闻",
];

/// What ends a caption or a note that a credit is glued to.
const NOTE_ENDS: &[&str] = &[
    "现场",
    "截图",
    "供图",
    "图片",
    "图据",
    "图/",
    "摄",
    "提供",
    "资料图",
    "制图",
    "□",
    "▲",
    "●",
    "◎",
    "↑",
    "▼",
    "■",
    "◆",
    "】",
    "）",
    ")",
    "”",
    "？",
    "！",
    "；",
    "综合",
];

/// What people are called by, first of all: the surnames that news name, of one character and of
/// two. (The hundred families of the Song list and those that are common today.)
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章\
云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜\
顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅\
盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁\
荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束\
龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛\
寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚\
越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公覃肖闫付佟尉苑麦鹿楼仝代丛\
岳由来昂亓南佘涂鄢谌隋牟先牛苟银辜展栗畅行俱郧豆尧雒冼修矫初笪漆宾伦底虢禚展於盘战甫邸兰门买木佳闭么郄郇郐候粟蹇撒\
冶者拜仵但把母尧原年皇台黑刀初才折青鲜浩寻海产慈丹靖俸奉阳字智普陳張劉楊趙黃吳鄭馮蔣韓許呂嚴魏謝鄒蘇葛範魯韋馬鳳";

/// Surnames of two characters.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "歐陽", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
    "夏侯", "鲜于", "端木", "宇文", "长孙", "轩辕", "闾丘", "南宫", "西门", "独孤", "呼延", "拓跋",
];

/// Words in credits that are no names.
const NO_PERSONS: &[&str] = &[
    "整合",
    "报道",
    "報道",
    "摄影",
    "综合",
    "编译",
    "整理",
    "图文",
    "视频",
    "文图",
    "供图",
    "摄",
    "文",
    "图",
    "实习生",
    "采访",
    "编辑",
    "责编",
    "来源",
    "记者",
    "获悉",
    "了解",
    "一行",
    "节目",
    "日报",
    "晚报",
    "新闻",
    "作者",
    "通讯员",
    "專電",
    "专电",
    "表示",
    "近日",
    "日前",
    "提供",
    "文章",
    "讯",
    "上午",
    "下午",
    "时间",
    "现场",
    "从",
    "在",
    "介绍",
    "回应",
    "称",
    "随后",
];

/// Whether a few characters can be the name of a person.
pub(super) fn is_person(text: &str) -> bool {
    let length = text.chars().filter(|c| *c != '·').count();
    let han = text.chars().all(|c| super::fold::is_han(c) || c == '·');
    han && ((2..=4).contains(&length) || text.contains('·') && length <= 12)
        && !NO_PERSONS.iter().any(|word| text.ends_with(word))
        && !text.ends_with(['网', '报', '社', '台', '部', '局', '委', '办', '市', '省', '县'])
}

/// Whether a few characters are the name of a person by their first one.
fn has_surname(text: &str) -> bool {
    let long = LONG_SURNAMES.iter().any(|name| text.starts_with(name));
    let short = text.starts_with(|c: char| SURNAMES.contains(c));
    let fits = match text.chars().filter(|c| *c != '·').count() {
        2 | 3 => (long || short) && text.chars().all(super::fold::is_han),
        4 => long && is_person(text),
        _ => false,
    };
    fits && !NO_PERSONS.contains(&text)
}

/// What is glued to the last name of a credit: the first words of the text, or what was done.
const GLUED: &[&str] = &[
    "近日", "日前", "当前", "今日", "今天", "昨日", "昨天", "眼下", "近期", "刚刚", "随着", "报道",
    "報道", "摄影", "文并", "整理", "摄",
];

/// The name that a word of a credit begins with: 「范易成7月30日报道」 → 「范易成」.
fn name_of(word: &str) -> &str {
    let word = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = word.find(|c: char| !super::fold::is_han(c) && c != '·').unwrap_or(word.len());
    let name = &word[..end];
    GLUED.iter().find_map(|glued| name.strip_suffix(glued)).unwrap_or(name)
}

/// The paper that a credit names before the role: 「发布会现场大众网首席」 → 「大众网」; none where a
/// sentence mentions the reporter, or where nobody can tell paper and caption apart.
fn paper_of(before: &str, bracket: bool) -> Option<&str> {
    let mut paper = before;
    loop {
        let trimmed = RANKS.iter().find_map(|rank| paper.strip_suffix(rank)).or_else(|| {
            // 「环球时报驻韩国」: where the reporter is posted.
            let at = paper.rfind('驻')?;
            let post = paper[at..].chars().count();
            (at > 0 && (2..=5).contains(&post)).then(|| &paper[..at])
        });
        match trimmed {
            Some(trimmed) => paper = trimmed.trim_end_matches(['、', ' ']),
            None => break,
        }
    }
    if let Some(inner) = paper.strip_suffix('》') {
        paper = &inner[inner.rfind('《')? + '《'.len_utf8()..];
    }
    let note = NOTE_ENDS.iter().filter_map(|end| Some(paper.rfind(end)? + end.len())).max();
    let paper = paper[note.unwrap_or(0)..].trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
    let length = paper.chars().count();
    if paper.chars().any(|c| c.is_ascii_digit()) || paper.contains('》') {
        return None;
    }
    let is_name = MEDIA.iter().any(|end| paper.ends_with(end))
        || bracket && length <= 6 && !NO_PAPERS.contains(&paper);
    let is_told = TELLING.iter().any(|word| before.contains(word))
        || TOLD.iter().any(|word| before.starts_with(word));
    // A long name outside brackets has something glued to it that nobody marked.
    let most = if bracket { 16 } else { 10 };
    ((2..=most).contains(&length) && is_name && !is_told).then_some(paper)
}

/// Reads reporters out of a credit: 「（经济日报记者李治国）」, 「（洪恒飞 科技日报记者 江耘）」,
/// 「大众网记者 田爽」; whether there was one.
fn reporters(part: &str, witness: Witness, facts: &mut Facts) -> bool {
    let mut from = 0;
    // 「通讯员供图」 may stand before the credit proper.
    for _ in 0..4 {
        let Some((role, length)) = ROLES
            .iter()
            .filter_map(|role| Some((from + part[from..].find(role)?, role.len())))
            .min()
        else {
            return false;
        };
        if credit_at(part, role, witness, facts) {
            return true;
        }
        from = role + length;
    }
    false
}

/// Reads the credit around the role that stands at a byte; whether it names anybody.
fn credit_at(part: &str, role: usize, witness: Witness, facts: &mut Facts) -> bool {
    let start = part[..role]
        .rfind(['(', '（', '[', '【', '。', '\n', '：', ':', '，', ','])
        .map_or(0, |at| at + part[at..].chars().next().map_or(1, char::len_utf8));
    let bracket = part[..start].ends_with(['(', '（', '[', '【']);
    let ends: &[char] =
        if bracket { &[')', '）', ']', '】', '\n', '。'] } else { &['\n', '。', '，', ','] };
    let end = part[role..].find(ends).map_or(part.len(), |at| role + at);
    let credit = &part[start..end];
    if credit.chars().count() > 60 || part[start..role].chars().count() > 24 {
        return false;
    }
    let (mut names, mut papers): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut after_role = false;
    for word in
        credit.split([' ', '\u{3000}', '、', '，', ',', '/', '|', ':', '：', ';', '；', '\t'])
    {
        let at =
            ROLES.iter().filter_map(|role| word.find(role).map(|at| (at, at + role.len()))).min();
        let (before, name) = at.map_or(("", word), |(from, to)| (&word[..from], &word[to..]));
        // 「通讯员 杨某某贵州日报记者」: nobody can tell where the person ends.
        if let Some(paper) = paper_of(before, bracket).filter(|_| names.is_empty() || !after_role) {
            papers.push(paper);
        } else if at.is_none() && !after_role && MEDIA.iter().any(|end| word.ends_with(end)) {
            papers.extend(paper_of(word, bracket));
        }
        after_role |= at.is_some();
        let whole = name.trim();
        let name = name_of(name);
        let fits = has_surname(name) || bracket && after_role && is_person(name);
        if fits && (bracket || after_role) {
            names.push(name);
        }
        // Behind the names the text begins.
        if after_role && !whole.is_empty() && (!fits || whole.len() > name.len()) && !bracket {
            break;
        }
    }
    if names.is_empty() {
        return false;
    }
    if let Some(paper) = papers.first() {
        facts.outlet(paper, witness, Trust::Text);
    }
    facts.author(&names.join(" "), witness, Trust::Text);
    true
}

/// A dateline of an agency or a paper: 「新华社北京11月17日电」, 「经济日报北京9月16日讯」.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s　（(【\[]*(?P<paper>[\p{Han}A-Za-z]{1,9}(?:社|网|报|电视台|电台|总台|新闻|客户端|在线))(?:[\p{Han}]{0,6}\d{1,2}月\d{1,2}日)?(?:[\p{Han}]{0,4})(?:电|讯|消息)",
    )
});

/// A line of its own that names the writer: 「《棱镜》作者 张三」, 「半月谈记者 李四」.
static SIGNED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[^，。、：:]{0,12}(?:作者|记者|撰稿人)[ 　|丨:：]+((?:[\p{Han}·]{2,4})(?:[ 　、][\p{Han}·]{2,4}){0,3})$",
    )
});

/// Reads reporters and papers out of the first and the last lines of a text.
pub(super) fn read_body(body: &str, facts: &mut Facts) {
    let head_end = body.char_indices().nth(90).map_or(body.len(), |(at, _)| at);
    let tail_start = super::window_start(body, 70);
    // A name that the window cuts in two is none.
    let border = body[tail_start..].find(['。', '\n', ' ', '，', '（', '(', '”']);
    let tail_start = if tail_start == 0 { 0 } else { tail_start + border.unwrap_or(0) };
    for (part, witness) in
        [(&body[..head_end], Witness::Dateline), (&body[tail_start..], Witness::Signature)]
    {
        reporters(part, witness, facts);
    }
    for line in body.lines().take(12).filter(|line| line.len() <= 90) {
        if let Some(found) = SIGNED_LINE.captures(line) {
            facts.author(&found[1], Witness::Dateline, Trust::Text);
        }
    }
    if let Some(paper) = AGENCY.captures(&body[..head_end]).and_then(|found| found.name("paper")) {
        let name = paper.as_str();
        if !name.contains('据') && !name.starts_with(['本', '由', '在']) {
            facts.outlet(name, Witness::Dateline, Trust::Text);
            facts.original(name, Witness::Dateline, Trust::Text);
        }
    }
}

/// A label of the outlet that is glued to the first sentence: 「来源：经济日报9月16日，…」,
/// 「来源：人民网－四川频道 原创稿…」.
static GLUED_SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    let medium = "(?:日报|晚报|早报|晨报|时报|商报|快报|周报|青年报|报|新闻|网|客户端|周刊|杂志|频道|电视台|新华社|中新社|通讯社|报社|在线)+(?:海外版|网站|官网|微信公众号|公众号|微博)?";
    pattern(&format!(
        r"^(?:本文转自\s*【([^】\n]{{2,20}})】\s*[;；]?|(?:文章|本文|信息|稿件|新闻|消息|内容)?(?:来\s*源|來源|稿源|转自|转载自)\s*[:：]\s*((?:新华社|[\p{{Han}}A-Za-z0-9+]{{2,8}}?{medium})(?:\s*[-－—·]+\s*[\p{{Han}}]{{1,8}}?{medium})*)(?:\s*原创稿?)?)\s*"
    ))
});

/// What may not follow on a name that was read off the start of a sentence: the rest of a longer word.
const LONGER_WORD: &[char] = &[
    '道', '告', '名', '案', '价', '酬', '复', '警', '销', '喜', '考', '络', '友', '站', '民', '购',
    '红', '发', '办', '安', '信', '监', '约', '上', '联', '社', '中', '端', '、', '：', ':', '"',
    '”', '》',
];

/// Takes the outlet that is glued to the start of a text off, and notes it; gives the rest.
pub(super) fn take_glued_source<'a>(text: &'a str, facts: &mut Facts) -> &'a str {
    let starts = ["来", "來", "稿", "转", "文", "本", "信", "新", "消", "内"];
    if !starts.iter().any(|start| text.starts_with(start)) {
        return text;
    }
    let first_end = text.find('\n').unwrap_or(text.len());
    let Some(found) = GLUED_SOURCE.captures(&text[..first_end]) else { return text };
    let bracketed = found.get(1);
    let (Some(whole), Some(name)) = (found.get(0), bracketed.or_else(|| found.get(2))) else {
        return text;
    };
    let rest = &text[whole.end()..];
    if name.as_str().starts_with("原创") {
        return text;
    }
    let goes_on = bracketed.is_none() && rest.starts_with(LONGER_WORD);
    if rest.trim().is_empty() || goes_on {
        return text;
    }
    facts.outlet(name.as_str(), Witness::Header, Trust::Labelled);
    if says_taken_over(&text[..name.start()]) {
        facts.original(name.as_str(), Witness::Header, Trust::Labelled);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let mut facts = Facts::default();
        read_line(line, Witness::Header, &mut facts);
        let join =
            |said: &[Said]| said.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("+");
        let [dates, outlets, _, authors] = facts.in_order();
        format!("{}|{}|{}", join(&dates), join(&outlets), join(&authors))
    }

    #[test]
    fn header_lines_state_day_outlet_and_writer() {
        for (line, want) in [
            ("2024-10-09 21:36:12", "2024-10-09 21:36:12||"),
            ("日期: 来源:凤凰网广东佛山收集编辑:凤凰网广东佛山", "|凤凰网广东佛山收集|"),
            ("作者：南方plus客户端 来源： 今日头条专栏 52712/19", "|今日头条专栏|南方plus客户端"),
            (
                "2019-09-07 13:43:00\t来源:\t证券市场红周刊\t举报",
                "2019-09-07 13:43:00|证券市场红周刊|",
            ),
            ("【来源】 南方报业传媒集团南方+客户端", "|南方报业传媒集团南方+客户端|"),
            ("来源：新华网作者：张三", "|新华网|张三"),
            (
                "发表于\t2014-08-24 21:30\t|\t1164次阅读\t|\t来源\t某网\t|\t0\t条评论\t|\t作者\t张三",
                "2014-08-24 21:30|某网|张三",
            ),
            (
                "发布时间：2023年7月20日 10:20　来源：佛山日报　作者：李四　浏览：20",
                "发布时间：2023年7月20日 10:20|佛山日报|李四",
            ),
        ] {
            assert_eq!(read(line), want, "{line}");
        }
    }

    #[test]
    fn reporters_in_brackets() {
        let mut facts = Facts::default();
        read_body("两地签约。（经济日报记者李治国）", &mut facts);
        assert_eq!(facts.authors[0].1.text, "李治国");
        assert_eq!(facts.outlets[0].1.text, "经济日报");
    }

    #[test]
    fn credits_name_papers_and_people() {
        for (credit, want) in [
            ("（洪恒飞 科技日报记者 江耘）", "|科技日报|洪恒飞 江耘"),
            ("新京报讯（记者陆一夫）11月25日，", "||陆一夫"),
            ("长江网10月4日讯（记者陈智 整合） 国庆", "||陈智"),
            ("澎湃新闻记者 段彦超 廖艳", "|澎湃新闻|段彦超 廖艳"),
            ("记者17日从国家卫生健康委获悉，近阶段", "||"),
            ("采写：南都见习记者 林子沛", "||林子沛"),
        ] {
            let mut facts = Facts::default();
            reporters(credit, Witness::Dateline, &mut facts);
            let [_, outlets, _, authors] = facts.in_order();
            let first = |said: &[Said]| said.first().map_or(String::new(), |s| s.text.clone());
            assert_eq!(format!("|{}|{}", first(&outlets), first(&authors)), want, "{credit}");
        }
    }

    #[test]
    fn credits_without_what_is_glued_to_them() {
        for (credit, outlet, author) in [
            ("发布会现场大众网记者 田爽 济宁报道8月8日", "大众网", "田爽"),
            ("当地文旅局工作人员告诉极目新闻记者，事发", "", ""),
            ("在接受美联社记者采访时，他表示", "", ""),
            ("推动产业转型帮扶西部地区北京日报记者 张三", "", "张三"),
            ("环球时报驻韩国特约记者 李四", "环球时报", "李四"),
            ("本报讯（沈阳日报、沈报全媒体主任记者 梁某月）", "沈阳日报", "梁某月"),
            ("东方网记者范易成7月30日报道：今天", "东方网", "范易成"),
            ("（《证券日报》记者 王五）", "证券日报", "王五"),
            ("刘某对《证券日报》记者表示", "", ""),
            ("通讯员供图某某网讯(记者 董某雄 通讯员 肖满)", "", "董某雄 肖满"),
            ("外交部例行记者会上，有记者提问", "", ""),
            ("截至记者发稿时，当地", "", ""),
            ("科技日报记者 何亮当前，大会", "科技日报", "何亮"),
        ] {
            let mut facts = Facts::default();
            reporters(credit, Witness::Dateline, &mut facts);
            let [_, outlets, _, authors] = facts.in_order();
            let first = |said: &[Said]| said.first().map_or(String::new(), |s| s.text.clone());
            assert_eq!(
                (first(&outlets).as_str(), first(&authors).as_str()),
                (outlet, author),
                "{credit}"
            );
        }
    }

    #[test]
    fn an_outlet_glued_to_the_first_sentence_is_taken_off() {
        for (text, outlet, rest) in [
            ("来源:经济日报9月16日,两地签约。", "经济日报", "9月16日,两地签约。"),
            (
                "来源：人民网－四川频道 原创稿近日，两地签约。",
                "人民网－四川频道",
                "近日，两地签约。",
            ),
            ("来源：江海样报江苏、安徽两省签约。", "江海样报", "江苏、安徽两省签约。"),
            ("来源：中国新闻网北京与沈阳签约。", "中国新闻网", "北京与沈阳签约。"),
            ("来源：华尔街见闻报道提到，两地签约。", "", "来源：华尔街见闻报道提到，两地签约。"),
            ("来源：平安某地嫌疑人逃窜。", "", "来源：平安某地嫌疑人逃窜。"),
            ("来源：公安部网安局你是否困惑？", "", "来源：公安部网安局你是否困惑？"),
            ("来源： 原创稿人民网成都电", "", "来源： 原创稿人民网成都电"),
            ("来源于网络的消息称。", "", "来源于网络的消息称。"),
            ("来源：经济日报", "", "来源：经济日报"),
            ("本文转自【佛山日报客户端】；两地签约。", "佛山日报客户端", "两地签约。"),
        ] {
            let mut facts = Facts::default();
            assert_eq!(take_glued_source(text, &mut facts), rest);
            let [_, outlets, ..] = facts.in_order();
            assert_eq!(outlets.first().map_or("", |said| &said.text), outlet, "{text}");
        }
    }

    #[test]
    fn neighbours_of_the_day_are_names() {
        for (lines, want) in [
            (&["原创\t南方都市报\t2019-09-09 16:01:46"][..], "南方都市报"),
            (&["2019-09-26 10:56:28\t证券时报网"], "证券时报网"),
            (&["资本策划师", "2024-10-09 21:36:12"], "资本策划师"),
            (&["石佳/中国青年报", "2019-09-24 09:10"], "中国青年报"),
            (&["http://www.example.com.cn\t2009年11月09日13:48\t样例娱乐"], "样例娱乐"),
            (&["发布时间：09-30\t22:46"], ""),
        ] {
            let mut facts = Facts::default();
            read_neighbours(lines, &mut facts);
            let [_, outlets, ..] = facts.in_order();
            assert_eq!(outlets.first().map_or("", |said| &said.text), want, "{lines:?}");
        }
    }
}
