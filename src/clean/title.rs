//! Headlines: of the page, or made from the first words of the text.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::Title;

use super::fold::{Folded, fold};
use super::repair::repair_line;
use super::rules::{pattern, without_original_title};

/// The longest headline that is made from a text, in characters.
const MADE_MOST: usize = 40;

/// Decides on the headline of a text for which one was given, or none.
pub(super) fn decide(given: Option<&str>, body: &str) -> Title {
    let given = given.map(tidy).filter(|title| !title.is_empty());
    match given {
        Some(text) => {
            let made = is_beginning(&text, body);
            Title { text, made }
        }
        None => Title { text: made_from(body), made: true },
    }
}

/// A headline without what is glued to it.
pub(super) fn tidy(title: &str) -> String {
    let title = without_glosses(&repair_line(title));
    let bare = without_original_title(&title);
    let bare = bare.trim().to_owned();
    if bare.is_empty() { title } else { bare }
}

/// A headline without the pinyin that converters leave behind rare characters: 「協(xié)作」. Where
/// the converter broke characters in two (「域?qū)訁f(xié)作」), what is left of them goes too. The
/// text itself keeps everything as it came.
fn without_glosses(title: &str) -> String {
    if !title.contains([')', '）']) {
        return title.to_owned();
    }
    // 協 is 85 66 in GBK; behind half a character it is read as 訁 and f.
    let title = GLOSS.replace_all(title, "").replace("訁f", "協");
    title.trim().to_owned()
}

/// A syllable of pinyin with its tone in brackets, or what a broken one leaves.
static GLOSS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[(（?][a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ][a-zü]{0,4}[)）]"));

/// The first sentence of a text, or as much of it as fits.
pub(super) fn made_from(body: &str) -> String {
    let line =
        body.lines().find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or("").trim();
    let sentence = line.find(['。', '！', '？', '!', '?']).map_or(line, |end| &line[..end]);
    let sentence = if sentence.trim().is_empty() { line } else { sentence.trim() };
    if sentence.chars().count() <= MADE_MOST {
        return sentence.to_owned();
    }
    let end = sentence.char_indices().nth(MADE_MOST).map_or(sentence.len(), |(at, _)| at);
    let cut = &sentence[..end];
    let pause = cut.rfind(['，', '；', ',', '：']).filter(|&at| cut[..at].chars().count() >= 10);
    cut[..pause.unwrap_or(cut.len())].trim_end().to_owned()
}

/// What ends before the first sentence of a report begins: 「…7月31日电 (记者 …)」, in folded form.
const BEFORE_LEAD: &[&str] = &[
    "电", "讯", "消息", ")", "\"", ":", "】", "]", "报道", "消息,", "报道,", "电,", "讯,", "获悉,",
];

/// How far into the text the first sentence may begin, in characters.
const LEAD_WITHIN: usize = 60;

/// Whether a headline is merely the beginning of the text's first line, or of its first sentence
/// after the dateline.
///
/// A headline that stands above the text, or before it with a blank between, is a real one that
/// the crawler left in the text.
fn is_beginning(title: &str, body: &str) -> bool {
    let length = title.chars().count();
    let start: String = body.chars().take(length + LEAD_WITHIN + 10).collect();
    let (title, start_folded) = (fold(title), Folded::new(&start));
    if title.is_empty() {
        return false;
    }
    let Some(at) = start_folded.text.find(&title) else { return false };
    let before = &start_folded.text[..at];
    let first = before.chars().count();
    let end = start_folded.original(first..first + title.chars().count()).end as usize;
    let next = start.chars().nth(end);
    let apart = next.is_none_or(char::is_whitespace);
    !apart
        && (at == 0 || first <= LEAD_WITHIN && BEFORE_LEAD.iter().any(|end| before.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_given_or_made() {
        for (given, body, text, made) in [
            (Some("佛茂携手共建人才飞地"), "8月29日，两地签约。", "佛茂携手共建人才飞地", false),
            (Some("8月29日"), "8月29日，两地签约。", "8月29日", true),
            (
                Some("据天文台消息"),
                "中新网南京7月31日电 (记者 甲)据天文台消息，月亮将至。",
                "据天文台消息",
                true,
            ),
            (Some("佛茂携手"), "佛茂携手\n8月29日，两地签约。", "佛茂携手", false),
            (
                Some("佛茂携手"),
                "(人才飞地)佛茂携手 新华社佛山8月29日电 两地签约。",
                "佛茂携手",
                false,
            ),
            (Some("两地签约"), "某网 8 月 29 日消息，两地签约，共建飞地。", "两地签约", true),
            (Some("原标题：佛茂携手"), "佛茂携手！两地签约。", "佛茂携手", true),
            (None, "8月29日，佛山与茂名签约。揭牌成立。", "8月29日，佛山与茂名签约", true),
            (Some("  "), "签约。", "签约", true),
        ] {
            assert_eq!(
                decide(given, body),
                Title { text: text.to_owned(), made },
                "{given:?} {body}"
            );
        }
    }

    #[test]
    fn headlines_lose_the_glosses_of_converters() {
        for (broken, whole) in [
            ("持續(xù)深化區(qū)域?qū)訁f(xié)作", "持續深化區域協作"),
            ("佛茂協(xié)作", "佛茂協作"),
            ("腾讯(qq)与佛山签约(图)", "腾讯(qq)与佛山签约(图)"),
        ] {
            assert_eq!(tidy(broken), whole);
        }
    }

    #[test]
    fn a_made_headline_is_short() {
        let long = "这是一句没有句号的很长很长的话".repeat(10);
        assert!(made_from(&long).chars().count() <= MADE_MOST);
        assert_eq!(made_from(""), "");
    }
}
