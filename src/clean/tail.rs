//! The end of a text → what clings to it there: share bars, editors, lawyers, signatures.
//!
//! Bodies come in one line as often as not, so these rules go by words and not by lines. Each rule
//! has words that it begins with; only where one of them stands near the end is the rule asked
//! whether all the rest belongs to it. That keeps the many texts that end cleanly cheap.

use std::sync::LazyLock;

use daachorse::CharwiseDoubleArrayAhoCorasick;
use regex::Regex;

use crate::article::Witness;

use super::header::{Facts, Trust, says_taken_over};
use super::rules::{pattern, speaks_of_rights};

/// What clings to the ends of texts.
struct Cling {
    /// Words that it begins with, longer ones first.
    begins: &'static [&'static str],
    /// What may follow until the end.
    rest: Regex,
    /// How many characters from the end it may begin.
    most: usize,
    /// What it has to be besides.
    only: Only,
}

/// Conditions that a pattern cannot say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    /// None.
    Any,
    /// It begins a sentence.
    Sentence,
    /// It begins a sentence and speaks of rights.
    Legal,
}

/// Names of persons with what editors put behind them.
const NAMES: &str = r"(?:[\p{Han}·]{2,4}(?:[ 、，,/]{1,2}[\p{Han}·]{2,4}){0,2})";

/// What is taken off; asked in this order until none of them applies.
static CLINGS: LazyLock<Vec<Cling>> = LazyLock::new(|| {
    let cling = |begins, rest: &str, most, only| Cling {
        begins,
        rest: pattern(&format!(r"^(?:{rest})\s*$")),
        most,
        only,
    };
    vec![
        // Editors with a colon, with or without names and codes.
        cling(
            &[
                "责任编辑",
                "責任編輯",
                "流程编辑",
                "实习编辑",
                "值班编辑",
                "责编",
                "编辑",
                "编审",
                "主编",
                "校对",
                "审核",
                "审校",
                "监制",
                "终审",
                "初审",
                "复审",
                "一审",
                "二审",
                "三审",
                "编校",
                "统筹",
                "审读",
            ],
            &format!(
                r"\s*[\]】]?\s*[:：|｜丨/]\s*(?:{NAMES}|[\p{{Han}}·]{{2,12}}|[A-Za-z_]{{2,16}})?\s*(?:[A-Za-z]{{1,4}}\d{{2,6}})?\s*[\])）】]?"
            ),
            40,
            Only::Any,
        ),
        // Editors without one.
        cling(
            &[
                "责任编辑",
                "责编",
                "编辑",
                "编审",
                "校对",
                "审核",
                "监制",
                "终审",
                "初审",
                "一审",
                "二审",
                "三审",
            ],
            &format!(r"\s+{NAMES}\s*(?:[A-Z]{{1,4}}\d{{2,6}})?\s*[\])）】]?"),
            30,
            Only::Any,
        ),
        // Share bars and ways back.
        cling(&["分享让更多人看到"], "", 20, Only::Any),
        cling(
            &["返回"],
            r"[\p{Han}]{2,4}[,，]?\s*查看更多[\])）】]?|[\p{Han}]{0,4}首页\s*[>》]*",
            20,
            Only::Any,
        ),
        cling(
            &[
                "更多精彩内容",
                "更多精彩视频",
                "更多精彩资讯",
                "更多新闻资讯",
                "更多精彩",
                "更多内容",
                "更多资讯",
            ],
            r"[,，]?\s*(?:请|敬请|欢迎)?(?:继续)?(?:进入|关注|点击|下载|锁定|尽在|在应用市场)[^\n。]{0,36}[,，。]?[\])）】]?",
            56,
            Only::Any,
        ),
        cling(&["转载是一种动力"], r"[,，]?\s*分享是一种美德[。！]?", 20, Only::Any),
        cling(&["阅读下一篇"], "[:：]?", 8, Only::Sentence),
        cling(&["纠错"], r"[\])）】]?", 6, Only::Sentence),
        // The headline elsewhere, and lists of other articles.
        cling(&["原标题"], r"[\]】)）]?\s*[:：]?\s*[^。\n]{2,60}[\])）】]?", 72, Only::Sentence),
        cling(
            &["猜你喜欢", "近期热门视频", "大家都在看", "往期回顾"],
            r"\s*[◆↓▼丨|:：●·][^。]{0,240}",
            250,
            Only::Any,
        ),
        cling(
            &[
                "相关阅读",
                "推荐阅读",
                "延伸阅读",
                "拓展阅读",
                "扩展阅读",
                "往期推荐",
                "往期回顾",
                "猜你喜欢",
                "近期热门视频",
                "大家都在看",
            ],
            r"[\])）】✦·]*\s*[:：↓丨|◆·《“\d\n\s✦][^。]{0,240}|",
            250,
            Only::Sentence,
        ),
        cling(&["查看", "点击", "阅读"], "(?:原文|更多|全文)", 10, Only::Sentence),
        cling(
            &["往期", "相关"],
            "(?:回顾|推荐|精彩|阅读|报道|文档|链接|新闻)[:：]?",
            12,
            Only::Sentence,
        ),
        cling(&["收藏"], r"\s*\|?\s*分享到?[:：]?(?:\s*分享到微信)?\s*×?", 24, Only::Any),
        cling(&["》》点击图片", ">>点击图片"], "进入专题[《<]*", 24, Only::Any),
        cling(&["责任编辑", "责编"], r"\s*", 8, Only::Sentence),
        // Lawyers.
        cling(
            &[
                "特别声明",
                "免责声明",
                "版权声明",
                "郑重声明",
                "广告声明",
                "新浪声明",
                "声明",
                "风险提示",
                "免责条款",
                "版权说明",
            ],
            r"[:：][^\n]{6,300}",
            320,
            Only::Legal,
        ),
        cling(
            &[
                "本文属于原创文章",
                "如若转载",
                "如需转载",
                "未经授权",
                "未经许可",
                "未经书面授权",
                "版权归原作者所有",
                "版权作品",
                "如遇作品内容",
                "如有侵权",
                "如涉及版权",
                "若有侵权",
                "凡本网",
                "本文不构成",
                "本文为数据整理",
                "以上内容不构成",
            ],
            r"[^\n]{0,160}",
            170,
            Only::Legal,
        ),
        cling(&["本网（平台）", "本网(平台)", "本平台", "本站"], r"[^\n]{6,200}", 210, Only::Legal),
        cling(
            &[
                "新闻线索报料通道",
                "维权通道",
                "投稿邮箱",
                "版权侵权联系电话",
                "新闻热线",
                "报料热线",
                "爆料热线",
            ],
            r"[:：][^\n。]{4,120}[\n。]?",
            140,
            Only::Sentence,
        ),
    ]
});

/// How many characters of the end are looked at.
const WINDOW: usize = 340;

/// All words that rules of this file begin with, found in one pass.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words: Vec<&str> =
        CLINGS.iter().flat_map(|cling| cling.begins).chain(LABELS).copied().collect();
    words.sort_unstable();
    words.dedup();
    let finder = CharwiseDoubleArrayAhoCorasick::new(&words).ok();
    Words { words, finder }
});

/// Words, and the machine that finds them.
struct Words {
    words: Vec<&'static str>,
    finder: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
}

/// Where each word last begins near the end of a text.
struct Last(Vec<(&'static str, usize)>);

impl Last {
    fn of(text: &str) -> Self {
        let window = super::window_start(text, WINDOW);
        let mut last: Vec<(&'static str, usize)> = Vec::new();
        let Some(finder) = &WORDS.finder else { return Self(last) };
        for found in finder.find_overlapping_iter(&text[window..]) {
            let Some(&word) = WORDS.words.get(found.value() as usize) else { continue };
            let at = window + found.start();
            match last.iter_mut().find(|(known, _)| *known == word) {
                Some(known) => known.1 = at,
                None => last.push((word, at)),
            }
        }
        Self(last)
    }

    /// Where a word last begins, if that is not before `from`.
    fn at(&self, word: &str, from: usize) -> Option<usize> {
        self.0.iter().find(|(known, at)| *known == word && *at >= from).map(|(_, at)| *at)
    }
}

/// Takes off what clings to the end of a text.
pub(super) fn cut(text: &mut String) {
    loop {
        let last = Last::of(text);
        if last.0.is_empty() {
            return;
        }
        let Some(start) = CLINGS.iter().find_map(|cling| cling.start_in(text, &last)) else {
            return;
        };
        text.truncate(start);
        text.truncate(text.trim_end().len());
    }
}

impl Cling {
    /// Where it begins, if the text ends with it.
    fn start_in(&self, text: &str, last: &Last) -> Option<usize> {
        if !self.begins.iter().any(|word| last.at(word, 0).is_some()) {
            return None;
        }
        let window = super::window_start(text, self.most.min(WINDOW));
        self.begins.iter().find_map(|word| {
            let at = last.at(word, window)?;
            let before = text[..at].trim_end_matches(BRACKETS);
            let starts_sentence =
                before.is_empty() || before.len() < at || before.ends_with(SENTENCE_ENDS);
            let fits = match self.only {
                Only::Any => true,
                Only::Sentence => starts_sentence,
                Only::Legal => starts_sentence && speaks_of_rights(&text[at..]),
            };
            (fits && self.rest.is_match(&text[at + word.len()..])).then_some(before.len())
        })
    }
}

/// What opens a note.
const BRACKETS: &[char] = &[' ', '\t', '\u{3000}', '[', '【', '(', '（', '〖', '*', '-', '|'];

/// What ends the sentence before one.
const SENTENCE_ENDS: &[char] =
    &['。', '！', '？', '”', '）', ')', '】', ']', '…', '\n', '!', '?', '」', '，', '；'];

/// Labels of signatures.
const LABELS: &[&str] = &[
    "来源",
    "來源",
    "转自",
    "转载自",
    "稿源",
    "作者",
    "撰稿",
    "撰文",
    "采写",
    "编译",
    "通讯员",
    "供稿",
    "记者",
    "文字",
    "原创",
];

/// What stands before such a label and belongs to it.
const BEFORE_LABEL: &[&str] =
    &["文章", "本文", "信息", "稿件", "内容", "新闻", "消息", "资料", "本报", "原文"];

/// A signature behind its label: 「：经济日报」, 「 | 张三 李四」.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*[\]】]?\s*[:：|｜丨]\s*([^\s:：。，；！？|｜()（）【】\[\]]{2,24}(?:[ 　、][\p{Han}·]{2,4}){0,4})\s*[\])）】]?$",
    )
});

/// Takes the signatures at the end of a text off, and keeps what they say.
pub(super) fn take_signatures(text: &mut String, facts: &mut Facts) {
    while let Some(start) = signature(text, facts) {
        text.truncate(start);
        text.truncate(text.trim_end().len());
    }
}

/// Notes the signature that a text ends with, and tells where it begins.
fn signature(text: &str, facts: &mut Facts) -> Option<usize> {
    let window = super::window_start(text, 60);
    let last = Last::of(&text[window..]);
    let labels = LABELS.iter().filter_map(|label| Some((window + last.at(label, 0)?, *label)));
    let (at, label) = labels.max_by_key(|(at, label)| (*at, label.len()))?;
    let found = SIGNED.captures(&text[at + label.len()..])?;
    let name = found.get(1)?.as_str();
    if matches!(label, "来源" | "來源" | "转自" | "转载自" | "稿源") {
        facts.outlet(name, Witness::Signature, Trust::Text);
        let trust = if says_taken_over(label) { Trust::Labelled } else { Trust::Text };
        facts.original(name, Witness::Signature, trust);
    } else {
        facts.author(name, Witness::Signature, Trust::Text);
    }
    let before = text[..at].trim_end_matches([' ', '[', '【', '(', '（']);
    let before = BEFORE_LABEL.iter().find_map(|word| before.strip_suffix(word)).unwrap_or(before);
    Some(before.trim_end_matches([' ', '\n', '[', '【', '(', '（']).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_go_and_sentences_stay() {
        for (dirty, pure) in [
            ("两地签约。返回某网，查看更多责任编辑：", "两地签约。"),
            ("两地签约。（责任编辑：张三 CN070)", "两地签约。"),
            ("两地签约。编辑 刘某某二审 王某审核:李某 | 监制:万某某", "两地签约。"),
            ("两地签约。 \t责编：王某某 ]", "两地签约。"),
            (
                "两地签约。本文属于原创文章，如若转载，请注明来源：某网https://a.cn/1.html",
                "两地签约。",
            ),
            (
                "两地签约。声明：此文版权归原作者所有，若有来源错误，您可通过邮箱与我们联系。",
                "两地签约。",
            ),
            (
                "外交部发表声明：两国将继续合作，共同发展。",
                "外交部发表声明：两国将继续合作，共同发展。",
            ),
            ("他在报社做编辑。", "他在报社做编辑。"),
            ("两地签约。流程编辑：u027", "两地签约。"),
            ("两地签约。【原标题】佛茂携手建飞地", "两地签约。"),
            ("两地签约。 【纠错】 【责任编辑:张某】 阅读下一篇：", "两地签约。"),
            (
                "两地签约。编辑：张某来源：某网猜你喜欢◆ 别的新闻◆ 又一条",
                "两地签约。编辑：张某来源：某网",
            ),
            ("两地签约。相关阅读：《首个飞地揭牌》《又一个》", "两地签约。"),
            (
                "社区推荐阅读书目三十种，居民相关阅读活动不断",
                "社区推荐阅读书目三十种，居民相关阅读活动不断",
            ),
            ("两地签约。更多精彩资讯请在应用市场下载“某某”客户端，", "两地签约。"),
            ("两地签约。本文不构成投资建议，股市有风险，投资需谨慎。", "两地签约。"),
            (
                "两地签约。版权归原作者所有。责任编辑：张某审核：李某转载是一种动力 分享是一种美德",
                "两地签约。",
            ),
            ("新闻热线：010-12345678", ""),
            ("他说：“本站到了。”", "他说：“本站到了。”"),
        ] {
            let mut text = dirty.to_owned();
            cut(&mut text);
            assert_eq!(text, pure, "{dirty}");
        }
    }

    #[test]
    fn signatures_are_facts_and_no_text() {
        for (signed, pure, outlet, author) in [
            ("两地签约。来源：红网作者：吴某某 米某某", "两地签约。", "红网", "吴某某 米某某"),
            ("两地签约。（来源：极目新闻）", "两地签约。", "极目新闻", ""),
            ("两地签约。来源 | 羊城晚报•羊城派", "两地签约。", "羊城晚报•羊城派", ""),
            (
                "消息来源：知情人士透露，两地将签约。",
                "消息来源：知情人士透露，两地将签约。",
                "",
                "",
            ),
        ] {
            let (mut text, mut facts) = (signed.to_owned(), Facts::default());
            take_signatures(&mut text, &mut facts);
            let [_, outlets, _, authors] = facts.in_order();
            let first = |said: Vec<crate::article::Said>| {
                said.into_iter().next().map(|s| s.text).unwrap_or_default()
            };
            assert_eq!(
                (text.as_str(), first(outlets).as_str(), first(authors).as_str()),
                (pure, outlet, author)
            );
        }
    }
}
