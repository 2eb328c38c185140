//! The line under the headline, and the words at the end of a text → who published it, who wrote
//! it, when.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{Said, Witness};

use super::rules::{SIGNED, pattern};

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
    /// Made for machines that read articles.
    Declared,
    /// The header line, with a label.
    Header,
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

/// How much a witness is believed by itself.
fn trust_of(witness: Witness) -> Trust {
    match witness {
        Witness::Record => Trust::Record,
        Witness::Meta | Witness::JsonLd => Trust::Declared,
        Witness::Header => Trust::Header,
        _ => Trust::Text,
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
    let label = r"(?:作\s*者|撰\s*文|撰稿|采写(?:/摄影)?|文字|(?:本报|本网|全媒体|[\p{Han}]{2,6})?(?:记者|記者)|通讯员|文|供稿)";
    pattern(&format!(r"(?:[【\[]{label}[】\]]|{label}\s*[:：|｜丨/])\s*|^(?i:by)[\s:：]+"))
});

/// Where a value ends: the next label, a bar, a day, a knob of the page.
static STOP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\t|\s{2,}|[|｜丨]|\s[-—]\s|[\])）】]\s|(?:^|\s|[^\p{Han}])(?:作者|编辑|责编|责任编辑|记者|时间|日期|来源|发布|发表|字号|字体|浏览|点击|阅读|评论|分享|打印|举报|关注|收藏|我要|查看|参与|跟贴|跟帖|手机|扫码|订阅|人气|访问|原创|通讯员|文章来源|转载|责任|次|微信|大中小|显示|版次|标签|关键词)|(?:作者|责任编辑|责编|编辑|发布时间|发布日期|发表时间|字号|浏览|点击数|阅读量|文章来源|来源|稿源|时间|日期|我要评论)\s*[:：]|(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}|\d{1,2}月\d{1,2}日",
    )
});

/// Reads a line near the headline; whether it said anything.
///
/// `parts` has tabulators where elements end, so that 「来源：」 in one element and the name in the
/// next are told apart from what follows.
pub(super) fn read_line(parts: &str, witness: Witness, facts: &mut Facts) -> bool {
    let mut any = false;
    for day in DAY.find_iter(parts) {
        facts.date(labelled(parts, day.start(), day.end()), witness, trust_of(witness));
        any = true;
    }
    for label in SOURCE.find_iter(parts) {
        let name = value(&parts[label.end()..]);
        facts.outlet(name, witness, trust_of(witness));
        any |= !name.is_empty();
    }
    for label in WRITER.find_iter(parts) {
        let name = value(&parts[label.end()..]);
        facts.author(name, witness, trust_of(witness));
        any |= !name.is_empty();
    }
    any
}

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
    (labels > 0 && length <= 80)
        || (days > 0 && length <= days + 24 && !text.contains(['，', '！', '？']))
}

/// Takes the signatures at the end of a text off, and keeps what they say.
pub(super) fn take_signatures(text: &mut String, facts: &mut Facts) -> bool {
    let mut any = false;
    for _ in 0..6 {
        let window = super::window_start(text, 80);
        let Some(found) = SIGNED.captures(&text[window..]) else { break };
        let (Some(whole), Some(label), Some(name)) =
            (found.get(0), found.name("label"), found.name("name"))
        else {
            break;
        };
        if label.as_str().contains("来源")
            || label.as_str().contains("转自")
            || label.as_str() == "稿源"
        {
            facts.outlet(name.as_str(), Witness::Signature, Trust::Text);
        } else {
            facts.author(name.as_str(), Witness::Signature, Trust::Text);
        }
        // The character before the label, if any, belongs to the text.
        let before = whole.as_str().chars().next().filter(|c| "。！？”）)】]…~".contains(*c));
        let keep = window + whole.start() + before.map_or(0, char::len_utf8);
        text.truncate(keep);
        text.truncate(text.trim_end().len());
        any = true;
    }
    any
}

/// A reporter named in brackets: 「（经济日报记者李治国）」, 「（记者 张三 通讯员 李四）」.
static IN_BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[(（\[【](?P<paper>[^()（）\[\]【】，。 ]{0,12}?)(?:全媒体|融媒体|见习|特约|首席)?(?:记者|記者|通讯员|评论员|特派员)[ :：/]*(?P<names>[\p{Han}·]{2,4}(?:[ 、,，/]{1,2}(?:通讯员|实习生|摄影报道)?[ ]?[\p{Han}·]{2,4}){0,3})?",
    )
});

/// A dateline of an agency or a paper: 「新华社北京11月17日电」, 「经济日报北京9月16日讯」.
static AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\s　（(【\[]*(?P<paper>[\p{Han}A-Za-z]{2,8}?(?:社|网|报|台|新闻|客户端|日报|晚报|在线))(?:[\p{Han}]{0,6}\d{1,2}月\d{1,2}日)?(?:[\p{Han}]{0,4})(?:电|讯|消息)",
    )
});

/// Reads reporters and papers out of the first and the last lines of a text.
pub(super) fn read_body(body: &str, facts: &mut Facts) {
    let head_end = body.char_indices().nth(90).map_or(body.len(), |(at, _)| at);
    let tail_start = super::window_start(body, 90).max(head_end.min(body.len()));
    for (part, witness) in
        [(&body[..head_end], Witness::Dateline), (&body[tail_start..], Witness::Signature)]
    {
        for found in IN_BRACKETS.captures_iter(part) {
            if let Some(names) = found.name("names") {
                facts.author(names.as_str(), witness, Trust::Text);
            }
            let paper = found.name("paper").map_or("", |paper| paper.as_str());
            let is_paper = paper.chars().count() >= 3 && !paper.starts_with('本');
            if is_paper {
                facts.outlet(paper, witness, Trust::Text);
            }
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
            (
                "作者：南方plus客户端 来源： 今日头条专栏 52712/19",
                "|今日头条专栏 52712/19|南方plus客户端",
            ),
            (
                "2019-09-07 13:43:00\t来源:\t证券市场红周刊\t举报",
                "2019-09-07 13:43:00|证券市场红周刊|",
            ),
            ("【来源】 南方报业传媒集团南方+客户端", "|南方报业传媒集团南方+客户端|"),
            ("来源：新华网作者：张三", "|新华网|张三"),
            (
                "发布时间：2023年7月20日 10:20　来源：佛山日报　作者：李四　浏览：20",
                "发布时间：2023年7月20日 10:20|佛山日报|李四",
            ),
        ] {
            assert_eq!(read(line), want, "{line}");
        }
    }

    #[test]
    fn signatures_are_facts_and_no_text() {
        let mut text = "两地签约。来源：红网作者：吴公然 米梦瑶".to_owned();
        let mut facts = Facts::default();
        assert!(!take_signatures(&mut text, &mut facts) || !text.contains("作者"));
        let mut text = "两地签约。（来源：极目新闻）".to_owned();
        let mut facts = Facts::default();
        take_signatures(&mut text, &mut facts);
        assert_eq!((text.as_str(), facts.outlets[0].1.text.as_str()), ("两地签约。", "极目新闻"));
    }

    #[test]
    fn reporters_in_brackets() {
        let mut facts = Facts::default();
        read_body("两地签约。（经济日报记者李治国）", &mut facts);
        assert_eq!(facts.authors[0].1.text, "李治国");
        assert_eq!(facts.outlets[0].1.text, "经济日报");
    }
}
