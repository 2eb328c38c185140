//! The line under the headline, and the words at the end of a text → who published it, who wrote
//! it, when.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Said, Witness};

use super::rules::pattern;

/// Everything that a page states about itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    dates: Vec<(Trust, Said)>,
    outlets: Vec<(Trust, Said)>,
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

    /// Dates, outlets and authors, the most trusted first, each said once.
    pub(super) fn in_order(self) -> [Vec<Said>; 3] {
        [self.dates, self.outlets, self.authors].map(|mut said| {
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
        r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?|\b\d{2}-\d{1,2}-\d{1,2}\b|\b\d{1,2}\s*[-/月]\s*\d{1,2}日?)(?:\s*[T,]?\s*\d{1,2}\s*[:：]\s*\d{2}(?:[:：]\d{2})?(?:Z|[+-]\d{2}:?\d{2}|\s*GMT)?)?",
    )
});

/// Labels of outlets.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"(?:文章|本文|信息|稿件|新闻|消息|内容)?(?:来\s*源|來源|稿源|出处|转自)";
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

/// Whether a line is a label without anything behind it: 「来源于：」.
pub(super) fn is_label(line: &str) -> bool {
    line.ends_with([':', '：']) && line.chars().count() <= 8
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
    let length = text.chars().count();
    if length > 120 || text.contains('。') {
        return false;
    }
    let labels = SOURCE.find_iter(text).count() + WRITER.find_iter(text).count();
    let days: usize = DAY.find_iter(text).map(|day| day.as_str().chars().count()).sum();
    (labels > 0 && length <= 80 && !text.contains(['，', '？', '！', '?']))
        || (days > 0 && length <= days + 24 && !text.contains(['，', '！', '？']))
}

/// Words for those who report.
const ROLES: &[&str] = &["记者", "記者", "通讯员", "通訊員", "评论员", "特派员"];

/// What is said of reporters and is neither name nor paper.
const RANKS: &[&str] = &[
    "本报",
    "本網",
    "本网",
    "本社",
    "本台",
    "全媒体",
    "融媒体",
    "见习",
    "实习",
    "特约",
    "首席",
    "实习生",
    "本刊",
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
];

/// Whether a few characters can be the name of a person.
pub(super) fn is_person(text: &str) -> bool {
    let length = text.chars().filter(|c| *c != '·').count();
    let han = text.chars().all(|c| super::fold::is_han(c) || c == '·');
    han && ((2..=4).contains(&length) || text.contains('·') && length <= 12)
        && !NO_PERSONS.iter().any(|word| text.ends_with(word))
        && !text.ends_with(['网', '报', '社', '台', '部', '局', '委', '办', '市', '省', '县'])
}

/// Reads reporters out of a credit: 「（经济日报记者李治国）」, 「（洪恒飞 科技日报记者 江耘）」,
/// 「大众网记者 田爽」; whether there was one.
fn reporters(part: &str, witness: Witness, facts: &mut Facts) -> bool {
    let Some(role) = ROLES.iter().filter_map(|role| part.find(role)).min() else { return false };
    let start = part[..role]
        .rfind(['(', '（', '[', '【', '。', '\n', '：', ':'])
        .map_or(0, |at| at + part[at..].chars().next().map_or(1, char::len_utf8));
    let bracket = part[..start].ends_with(['(', '（', '[', '【']);
    let ends: &[char] =
        if bracket { &[')', '）', ']', '】', '\n', '。'] } else { &['\n', '。', '，', ','] };
    let end = part[role..].find(ends).map_or(part.len(), |at| role + at);
    let credit = &part[start..end];
    if credit.chars().count() > 60 || part[start..role].chars().count() > 24 {
        return false;
    }
    let (mut names, mut paper): (Vec<&str>, Option<&str>) = (Vec::new(), None);
    for word in
        credit.split([' ', '\u{3000}', '、', '，', ',', '/', '|', ':', '：', ';', '；', '\t'])
    {
        let at =
            ROLES.iter().filter_map(|role| word.find(role).map(|at| (at, at + role.len()))).min();
        let (before, name) = at.map_or(("", word), |(from, to)| (&word[..from], &word[to..]));
        let before = RANKS.iter().fold(before, |text, rank| text.trim_end_matches(rank));
        if before.chars().count() >= 3 && paper.is_none() {
            paper = Some(before.trim_start_matches(['“', '"']));
        }
        let name = name.trim_matches(|c: char| !c.is_alphabetic());
        if is_person(name) {
            names.push(name);
        } else if !name.is_empty() && !names.is_empty() {
            break;
        }
    }
    if names.is_empty() {
        return false;
    }
    if let Some(paper) = paper {
        facts.outlet(paper, witness, Trust::Text);
    }
    facts.author(&names.join(" "), witness, Trust::Text);
    true
}

/// A dateline of an agency or a paper: 「新华社北京11月17日电」, 「经济日报北京9月16日讯」.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s　（(【\[]*(?P<paper>[\p{Han}A-Za-z]{2,8}?(?:社|网|报|台|新闻|客户端|日报|晚报|在线))(?:[\p{Han}]{0,6}\d{1,2}月\d{1,2}日)?(?:[\p{Han}]{0,4})(?:电|讯|消息)",
    )
});

/// A line of its own that names the writer: 「《棱镜》作者 张三」, 「半月谈记者 李四」.
static SIGNED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[^，。、：:]{0,12}(?:作者|记者|记者|撰稿人)[ 　|丨:：]+((?:[\p{Han}·]{2,4})(?:[ 　、][\p{Han}·]{2,4}){0,3})$",
    )
});

/// Reads reporters and papers out of the first and the last lines of a text.
pub(super) fn read_body(body: &str, facts: &mut Facts) {
    let head_end = body.char_indices().nth(90).map_or(body.len(), |(at, _)| at);
    let tail_start = super::window_start(body, 70);
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
        if !name.starts_with('本') && !name.starts_with('据') {
            facts.outlet(name, Witness::Dateline, Trust::Text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let mut facts = Facts::default();
        read_line(line, Witness::Header, &mut facts);
        let join =
            |said: &[Said]| said.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("+");
        let [dates, outlets, authors] = facts.in_order();
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
            let [_, outlets, authors] = facts.in_order();
            let first = |said: &[Said]| said.first().map_or(String::new(), |s| s.text.clone());
            assert_eq!(format!("|{}|{}", first(&outlets), first(&authors)), want, "{credit}");
        }
    }

    #[test]
    fn neighbours_of_the_day_are_names() {
        for (lines, want) in [
            (&["原创\t南方都市报\t2019-09-09 16:01:46"][..], "南方都市报"),
            (&["2019-09-26 10:56:28\t证券时报网"], "证券时报网"),
            (&["资本策划师", "2024-10-09 21:36:12"], "资本策划师"),
            (&["石佳/中国青年报", "2019-09-24 09:10"], "中国青年报"),
            (&["发布时间：09-30\t22:46"], ""),
        ] {
            let mut facts = Facts::default();
            read_neighbours(lines, &mut facts);
            let [_, outlets, _] = facts.in_order();
            assert_eq!(outlets.first().map_or("", |said| &said.text), want, "{lines:?}");
        }
    }
}
