//! Finds who published an article and who wrote it.
//!
//! [`clean`](crate::clean) has put what the page says in order of trust. Here the words become
//! names: labels, brackets and what crawlers glue on fall away, and what is no name is passed over.

use crate::article::{CleanPage, Said, Witness};

/// Returns the medium that published the article, as the page names it.
pub fn outlet(page: &CleanPage) -> Option<Said> {
    let names = || page.outlets.iter().filter_map(|said| named(said, outlet_name));
    // A column or a pool that passes texts on is named only for want of the medium itself.
    let passes_on = |name: &str| {
        ["专栏", "专欄", "自媒体", "综合", "投稿"].iter().any(|word| name.ends_with(word))
    };
    names().find(|said| !passes_on(&said.text)).or_else(|| names().next())
}

/// Returns the medium that the article was taken over from, where the page names one beside the
/// outlet: behind 「转载自」, as the agency or paper of the dateline (「新华社北京7月26日电」), or
/// in a signature of the text that names another than the page does.
pub fn original(page: &CleanPage, outlet: Option<&Said>) -> Option<Said> {
    let is_other =
        |said: &Said| outlet.is_none_or(|outlet| !is_same_house(&outlet.text, &said.text));
    page.originals.iter().filter_map(|said| named(said, outlet_name)).find(is_other)
}

/// Whether one name is the other or short for it: 中新网, 中国新闻网.
fn is_same_house(one: &str, other: &str) -> bool {
    let is_short_for = |short: &str, long: &str| {
        let mut rest = long.chars();
        short.chars().all(|wanted| rest.any(|character| character == wanted))
    };
    is_short_for(one, other) || is_short_for(other, one)
}

/// Returns who wrote the article.
pub fn author(page: &CleanPage) -> Option<Said> {
    let names = || page.authors.iter().filter_map(|said| named(said, author_name));
    let is_outlet = |said: &Said| page.outlets.iter().any(|outlet| outlet.text == said.text);
    names()
        .find(|said| is_person(&said.text) && !is_outlet(said))
        .or_else(|| names().find(|said| !is_medium(said, page)))
}

/// Whether a name is that of a person, or of several.
fn is_person(name: &str) -> bool {
    let first = name.split([' ', '、', ',', '，', '/']).next().unwrap_or("");
    let han = first.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '·');
    han && (2..=4).contains(&first.chars().count())
        && !first.ends_with(['网', '报', '社', '台', '部', '易', '浪', '狐'])
}

/// Whether words about the writer only repeat the site: a `<meta>` that is the same on all pages.
fn is_medium(said: &Said, page: &CleanPage) -> bool {
    said.witness == Witness::Meta
        || page
            .outlets
            .iter()
            .any(|outlet| outlet.text.contains(&said.text) || said.text.contains(&outlet.text))
}

/// Keeps the witness of words and turns the words into a name.
fn named(said: &Said, name: fn(&str) -> Option<String>) -> Option<Said> {
    Some(Said::new(name(&said.text)?, said.witness))
}

/// Labels that stand before names of media.
const OUTLET_LABELS: &[&str] = &[
    "来源",
    "來源",
    "文章来源",
    "本文来源",
    "信息来源",
    "稿件来源",
    "转自",
    "转载自",
    "本文转自",
    "本文转载自",
    "原载",
    "原载于",
    "出处",
    "媒体",
    "Source",
];

/// Labels that stand before names of people.
const AUTHOR_LABELS: &[&str] = &[
    "作者",
    "文/",
    "文｜",
    "撰文",
    "记者",
    "本报记者",
    "采写",
    "通讯员",
    "记者/通讯员",
    "By ",
    "by ",
    "撰稿",
];

/// What goes away at both ends of a name.
const EDGES: &[char] = &[
    ' ', '\u{3000}', '\t', '\n', ':', '：', '/', '|', '｜', '-', '—', '(', ')', '（', '）', '[',
    ']', '【', '】', '<', '>', '，', '。', ',', '.', ';', '；', '、', '·', '"', '“', '”', '\'',
    '@', '\u{a0}',
];

/// The name of a medium in its words.
fn outlet_name(text: &str) -> Option<String> {
    let name = strip_labels(text, OUTLET_LABELS);
    let length = name.chars().count();
    let is_name = (2..=40).contains(&length)
        && !matches!(
            name,
            "本站"
                | "本网"
                | "原创"
                | "网络"
                | "互联网"
                | "未知"
                | "转载"
                | "admin"
                | "无"
                | "None"
                | "null"
                | "本网站"
        )
        && !name.starts_with("http")
        && name.chars().any(char::is_alphabetic);
    is_name.then(|| name.to_owned())
}

/// The name of a writer, or of several.
fn author_name(text: &str) -> Option<String> {
    let name = strip_labels(text, AUTHOR_LABELS);
    // 「南方+记者 王某」: the paper before the role is not the writer.
    let name = ["记者 ", "记者　", "记者：", "記者 ", "作者 ", "撰稿人 ", "评论员 ", "研究员 "]
        .iter()
        .find_map(|role| name.find(role).map(|at| name[at + role.len()..].trim_matches(EDGES)))
        .unwrap_or(name);
    let length = name.chars().count();
    let is_name = (2..=40).contains(&length)
        && !matches!(
            name,
            "未知"
                | "佚名"
                | "匿名"
                | "admin"
                | "administrator"
                | "无"
                | "None"
                | "null"
                | "原创"
                | "本站"
                | "编辑"
                | "小编"
        )
        && !name.starts_with("http")
        && name.chars().any(char::is_alphabetic);
    is_name.then(|| name.to_owned())
}

/// Takes labels and brackets off both ends.
fn strip_labels<'a>(text: &'a str, labels: &[&str]) -> &'a str {
    let mut name = text.trim_matches(EDGES);
    while let Some(rest) = labels.iter().find_map(|label| name.strip_prefix(label)) {
        let rest = rest.trim_start_matches(EDGES);
        if rest.is_empty() || rest.len() == name.len() {
            break;
        }
        name = rest;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Content, Given, Origin, RawPage, Title};

    #[test]
    fn names_without_what_is_glued_to_them() {
        for (text, outlet, author) in [
            ("来源：经济日报", Some("经济日报"), None::<&str>),
            ("【来源】南方报业传媒集团南方+客户端", Some("南方报业传媒集团南方+客户端"), None),
            ("本站", None, None),
            ("", None, None),
            ("作者：罗湛贤 ", None, Some("罗湛贤")),
            ("（记者 张三 通讯员 李四）", None, Some("张三 通讯员 李四")),
            ("南方+记者 王五", None, Some("王五")),
        ] {
            if outlet.is_some() || author.is_none() {
                assert_eq!(outlet_name(text).as_deref(), outlet, "{text}");
            }
            if author.is_some() {
                assert_eq!(author_name(text).as_deref(), author, "{text}");
            }
        }
    }

    #[test]
    fn the_first_that_is_a_name_is_taken() {
        let page = CleanPage {
            origin: Origin::file("a"),
            id: None,
            crawled: None,
            url: None,
            title: Title::default(),
            body: String::new(),
            dates: vec![],
            originals: vec![],
            outlets: vec![
                Said::new("本站", Witness::Meta),
                Said::new("来源: 南方日报", Witness::Header),
            ],
            authors: vec![],
        };
        assert_eq!(outlet(&page), Some(Said::new("南方日报", Witness::Header)));
        assert_eq!(author(&page), None);
    }

    #[test]
    fn whom_a_text_was_taken_over_from() {
        for (body, outlet_name, original_name) in [
            ("新华社北京7月26日电 两地签约。", Some("南方日报"), Some("新华社")),
            ("中新网广州7月26日电 两地签约。", Some("中国新闻网"), None),
            ("本报佛山9月16日电 两地签约。", Some("南方日报"), None),
            ("两地签约。（转自：上海奉贤）", Some("搜狐"), Some("上海奉贤")),
            ("两地签约。转载自：佛山日报", Some("南方日报"), Some("佛山日报")),
            ("两地签约。来源：江苏警方", Some("搜狐"), Some("江苏警方")),
            ("本文转自【佛山日报客户端】；两地签约。", Some("搜狐"), Some("佛山日报客户端")),
            ("两地签约。来源：佛山日报", None, None),
            ("两地签约。", Some("南方日报"), None),
        ] {
            let page = crate::clean::clean(RawPage {
                origin: Origin::file("a"),
                given: Given { outlet: outlet_name.map(str::to_owned), ..Given::default() },
                content: Content::Body(body.to_owned()),
                format: "JSON Lines",
                encoding: "UTF-8",
                damaged: 0,
            });
            let page = page.unwrap();
            let outlet = outlet(&page);
            let original = original(&page, outlet.as_ref()).map(|said| said.text);
            assert_eq!(original.as_deref(), original_name, "{body}");
        }
    }
}
