//! What a browser prefers → the language of the page; and the sentences that need grammar.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use maud::{Markup, html};

use super::crawled;
use crate::present::{remark, thousands};
use crate::query::Aside;
use crate::query::suggest::Kind;
use crate::search::{FilterName, Kin, Remark};

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The language that was chosen, or the one of both that the browser prefers; Chinese if it
    /// says nothing of either.
    pub(super) fn of(headers: &HeaderMap, chosen: Option<&str>) -> Self {
        match chosen {
            Some("en") => return Self::English,
            Some("zh") => return Self::Chinese,
            _ => {}
        }
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, Self::Chinese);
        for entry in accepted.unwrap_or_default().split(',') {
            let mut parts = entry.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let language = match tag.split('-').next() {
                Some("zh") => Self::Chinese,
                Some("en") => Self::English,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            let weight = weight.unwrap_or(1.0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// One of two texts.
    pub(super) fn say<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) fn other_tag(self) -> &'static str {
        match self {
            Self::Chinese => "en",
            Self::English => "zh-CN",
        }
    }

    /// The other language, as it is written in an address.
    pub(super) fn other(self) -> &'static str {
        match self {
            Self::Chinese => "en",
            Self::English => "zh",
        }
    }

    /// 「12 篇」, “12 articles”.
    pub(super) fn articles(self, count: u64) -> String {
        match (self, count) {
            (Self::Chinese, _) => format!("{} 篇", thousands(count)),
            (Self::English, 1) => "1 article".to_owned(),
            (Self::English, _) => format!("{} articles", thousands(count)),
        }
    }

    /// What a status of HTTP means to a person.
    pub(super) fn of_status(self, status: u16) -> &'static str {
        match (self, status) {
            (Self::Chinese, 400) => "这个请求看不懂",
            (Self::Chinese, 404) => "这里什么也没有",
            (Self::Chinese, 503) => "现在太忙，请稍后再试",
            (Self::Chinese, _) => "没有办成",
            (Self::English, 400) => "This request makes no sense",
            (Self::English, 404) => "There is nothing here",
            (Self::English, 503) => "Too busy now; please try again",
            (Self::English, _) => "It could not be done",
        }
    }

    pub(super) fn of_filter(self, filter: FilterName) -> &'static str {
        match filter {
            FilterName::Region => self.say("地区", "region"),
            FilterName::City => self.say("城市", "city"),
            FilterName::Partners => self.say("合作方", "partners"),
            FilterName::Since => self.say("起始日期", "first day"),
            FilterName::Until => self.say("截止日期", "last day"),
            FilterName::Days => self.say("日期", "dates"),
            FilterName::Outlet => self.say("媒体", "outlet"),
            FilterName::Kind => self.say("合作类型", "kind"),
        }
    }

    pub(super) fn of_facet(self, name: &str) -> &'static str {
        match name {
            "province" => self.say("省份", "Province"),
            "city" => self.say("城市", "City"),
            "county" => self.say("区县", "County"),
            "region" => self.say("区域", "Region"),
            "partner" => self.say("合作方", "Partner"),
            "kind" => self.say("合作类型", "Kind of cooperation"),
            "year" => self.say("年份", "Year"),
            "month" => self.say("月份", "Month"),
            _ => self.say("媒体", "Outlet"),
        }
    }

    pub(super) fn of_kin(self, kin: Kin) -> &'static str {
        match kin {
            Kin::Reprint => self.say("转载", "reprint"),
            Kin::Affair => self.say("同一件事", "same affair"),
        }
    }

    /// What a suggestion is, for the script.
    pub(super) fn of_suggestion(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Place => self.say("地名", "place"),
            Kind::Programme => self.say("合作", "programme"),
            Kind::Word => self.say("词", "word"),
            Kind::Title => self.say("标题", "headline"),
        }
    }

    /// A remark that needs no link.
    pub(super) fn remark(self, said: &Remark) -> Markup {
        let quoted = |texts: &[String]| {
            texts.iter().map(|text| format!("「{text}」")).collect::<Vec<_>>().join("、")
        };
        let chinese = match said {
            Remark::Taken(aside) => match aside {
                Aside::Words { count, kept } => {
                    format!("查询有 {count} 个词，只查前 {kept} 个")
                }
                Aside::LongPhrase(kept) => format!("引号里的文字太长，只比对前 {kept} 个字"),
                Aside::OnlyWithout => "查询里只有要排除的词".to_owned(),
                Aside::Unclosed(mark) => format!("引号 {mark} 没有配对，已忽略"),
                Aside::NoValue(text) => format!("「{text}」不是这里能填的值，按文字查找"),
                Aside::NearNothing(text) => format!("「{text}」只有一段，谈不上相邻"),
                Aside::Nothing(query) => format!("「{query}」里没有可查的内容"),
            },
            Remark::Undated(count) => {
                format!("另有 {} 篇符合，但没有注明日期；去掉日期条件就会列出", thousands(*count))
            }
            Remark::NoPage { page, last, total } => {
                format!("没有第 {page} 页；共 {} 篇，最后一页是第 {last} 页", thousands(*total))
            }
            Remark::Unheard(texts) => format!("没有一篇文章里有{}", quoted(texts)),
            Remark::NotAtOnce => {
                "这些词各有文章提到，但没有一篇同时提到足够多；少写几个词试试".to_owned()
            }
            Remark::NoOutlet { name, alike } if alike.is_empty() => {
                format!("没有叫「{name}」的媒体")
            }
            Remark::NoOutlet { name, alike } => {
                format!("没有叫「{name}」的媒体；有{}", quoted(alike))
            }
            Remark::Without(filter, total) => {
                format!("去掉「{}」条件，就有 {} 篇", self.of_filter(*filter), thousands(*total))
            }
            Remark::WithoutFilters(total) => {
                format!("去掉全部条件，就有 {} 篇", thousands(*total))
            }
            Remark::Partly(missing, parts) => {
                format!("{parts} 个分片中有 {missing} 个没有应答，结果可能不全")
            }
            Remark::DidYouMean(query, total) => {
                format!("您要找的是不是「{query}」？（{} 篇）", thousands(*total))
            }
        };
        match self {
            Self::Chinese => html! { (crawled(&chinese)) },
            Self::English => match said {
                Remark::Without(filter, total) => html! {
                    "Without the " (self.of_filter(*filter)) " filter there would be " (self.articles(*total))
                },
                Remark::Undated(count) => html! {
                    (self.articles(*count)) " would match but state no date; without dates they are listed"
                },
                other => html! { (crawled(&remark(other))) },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_language_of_both_that_is_preferred_is_taken() {
        for (accepted, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-US,en;q=0.9,zh;q=0.1", Language::English),
            ("de,en;q=0.5", Language::English),
            ("fr", Language::Chinese),
            ("en;q=0.3, zh-TW;q=0.7", Language::Chinese),
            ("", Language::Chinese),
        ] {
            let value = HeaderValue::from_str(accepted).expect("a header");
            let headers: HeaderMap = [(ACCEPT_LANGUAGE, value)].into_iter().collect();
            assert_eq!(Language::of(&headers, None), language, "{accepted}");
            assert_eq!(Language::of(&headers, Some("en")), Language::English);
        }
    }
}
