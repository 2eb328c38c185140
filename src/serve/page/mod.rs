//! Answers → pages in Chinese and English, whole without any script.
//!
//! Every text from a crawl goes through [`crawled`]; what is not text is written by maud, which
//! escapes whatever is put in.

mod article;
mod language;
mod results;

use axum::http::HeaderMap;
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

pub(super) use article::article;
pub(super) use results::search;

use super::asked::Asked;
use super::reply::Refusal;
use crate::present::sanitize::xml;
use language::Language;

pub(super) const STYLE: &str = include_str!("../assets/style.css");
pub(super) const SCRIPT: &str = include_str!("../assets/page.js");
pub(super) const ICON: &str = include_str!("../assets/icon.svg");

/// Text from a crawl, escaped, without marks that turn or hide text.
struct Crawled<'a>(&'a str);

fn crawled(text: &str) -> Crawled<'_> {
    Crawled(text)
}

impl Render for Crawled<'_> {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&xml(self.0));
    }
}

/// The frame of every page.
fn frame(language: Language, title: &str, class: &str, body: &Markup) -> String {
    let l = language;
    let page = html! {
        (DOCTYPE)
        html lang=(l.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (crawled(title)) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/style.css";
                script src="/page.js" defer {}
            }
            body class=(class) {
                a class="skip" href="#main" { (l.say("跳到正文", "Skip to content")) }
                (body)
            }
        }
    };
    page.into_string()
}

/// The name of the place, which leads home.
fn brand(asked: &Asked, l: Language) -> Markup {
    let home = Asked { language: asked.language.clone(), ..Asked::default() }.address();
    html! {
        a class="brand" href=(home) aria-label=(l.say("连城 首页", "Liancheng, home")) {
            (PreEscaped(SEAL))
            span { "连城" }
        }
    }
}

/// Two places and what links them.
const SEAL: &str = r#"<svg class="seal" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7"/><path d="M9 21.5 23 10.5"/><circle cx="9" cy="21.5" r="4"/><circle cx="23" cy="10.5" r="4"/></svg>"#;

/// The box to search in, which keeps the filters that are set.
fn search_box(asked: &Asked, l: Language) -> Markup {
    let kept = asked.with(|asked| asked.query.clear()).written();
    html! {
        form class="search" role="search" action="/" method="get" {
            div class="field" {
                label class="hidden" for="q" { (l.say("检索词", "Query")) }
                input id="q" name="q" type="search" value=(asked.query) autocomplete="off" autocapitalize="off" spellcheck="false"
                    maxlength="400" placeholder=(l.say("城市、合作、项目……", "Cities, programmes, headlines …"))
                    role="combobox" aria-expanded="false" aria-controls="suggestions" aria-autocomplete="list";
                kbd aria-hidden="true" title=(l.say("按 / 开始输入", "Press / to type")) { "/" }
                ul id="suggestions" class="suggestions" role="listbox" data-kinds=(results::kinds(l)) aria-label=(l.say("建议", "Suggestions")) hidden {}
            }
            @for (name, value) in form_urlencoded::parse(kept.as_bytes()) {
                input type="hidden" name=(name) value=(value);
            }
            button type="submit" { (l.say("检索", "Search")) }
        }
    }
}

/// What stands below every page.
fn foot(asked: &Asked, l: Language, here: &dyn Fn(&Asked) -> String) -> Markup {
    let other = Asked { language: Some(l.other().to_owned()), ..asked.clone() };
    html! {
        footer {
            p {
                a href=(here(&other)) lang=(l.other_tag()) hreflang=(l.other_tag()) { (l.say("English", "中文")) }
                " · "
                a href="/api/openapi.json" { (l.say("接口说明", "API")) }
                " · "
                span class="keys" { (l.say("按 / 检索，↑ ↓ 选择，回车打开", "/ to search, ↑ ↓ to walk, Enter to open")) }
            }
        }
    }
}

/// A page that says why there is no other.
pub(super) fn refusal(refusal: &Refusal) -> String {
    let l = Language::Chinese;
    let asked = Asked::default();
    let status = refusal.status.as_u16();
    let body = html! {
        header class="top" { (brand(&asked, l)) (search_box(&asked, l)) }
        main id="main" class="plain" {
            h1 { (l.of_status(status)) }
            p lang="en" { (crawled(&refusal.what)) "." }
            @if let Some(hint) = &refusal.hint {
                p lang="en" class="aside" { (crawled(hint)) }
            }
            p { a href="/" { (l.say("回到首页", "Back to the first page")) } }
        }
    };
    frame(l, &format!("{status} · 连城"), "error", &body)
}

/// A page that asks for the token.
pub(super) fn login(headers: &HeaderMap, wrong: bool) -> String {
    let l = Language::of(headers, None);
    let body = html! {
        main id="main" class="plain login" {
            h1 { (PreEscaped(SEAL)) " 连城" }
            form action="/login" method="post" {
                label for="token" { (l.say("访问口令", "Token")) }
                input id="token" name="token" type="password" required autocomplete="current-password";
                @if wrong {
                    p role="alert" class="aside" { (l.say("口令不对。", "This is not the token.")) }
                }
                button type="submit" { (l.say("进入", "Enter")) }
            }
        }
    };
    frame(l, l.say("连城：请输入口令", "Liancheng: token"), "error", &body)
}
