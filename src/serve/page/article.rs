//! One article → its page: the text with what was found in it, and what it says of partners.

use std::collections::HashSet;

use axum::http::HeaderMap;
use maud::{Markup, html};

use super::language::Language;
use super::results::marked;
use super::{brand, crawled, foot, frame, search_box};
use crate::article::{Article, Field};
use crate::present::format::what;
use crate::present::sanitize::address;
use crate::present::{Lights, Piece, facts, marked_body, marked_title, thousands};
use crate::query::Plan;
use crate::search::{Kin, Searcher, Similar};
use crate::serve::api::find;
use crate::serve::asked::Asked;
use crate::serve::live::Shelf;
use crate::serve::reply::{Refusal, Reply};

/// Similar articles and reprints that are listed.
const SIMILAR: usize = 12;
/// Cities that are only named, listed at most.
const NAMED: usize = 24;

/// The address of an article's page, lit by what was asked for.
pub(super) fn article_address(id: &str, asked: &Asked) -> String {
    let encoded: String = form_urlencoded::byte_serialize(id.as_bytes())
        .map(|part| part.replace('+', "%20"))
        .collect();
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !asked.query.is_empty() {
        query.append_pair("q", &asked.query);
    }
    if let Some(language) = &asked.language {
        query.append_pair("lang", language);
    }
    match query.finish() {
        query if query.is_empty() => format!("/articles/{encoded}"),
        query => format!("/articles/{encoded}?{query}"),
    }
}

/// Makes the page of an article.
pub(in crate::serve) fn article(
    shelf: &Shelf,
    headers: &HeaderMap,
    id: &str,
    query: Option<&str>,
) -> Result<Reply, Refusal> {
    let asked = Asked::of_page(query)?;
    let l = Language::of(headers, asked.language.as_deref());
    let article = find(shelf, id)?;
    let lights = Lights::of(&Plan::of(&asked.query));
    let mut similar = shelf.similar(&article, SIMILAR)?;
    let copies = shelf.copies(&article.id)?;
    similar.retain(|other| copies.iter().all(|copy| copy.id != other.article.id));
    // The box asks for something new.
    let fresh =
        Asked { language: asked.language.clone(), query: asked.query.clone(), ..Asked::default() };
    let mut seen = HashSet::new();
    let title = pieces(&marked_title(&article, &lights), &mut seen);
    let paragraphs: Vec<Markup> = marked_body(&article, &lights)
        .iter()
        .map(|paragraph| pieces(paragraph, &mut seen))
        .collect();
    let body = html! {
        header class="top" { (brand(&fresh, l)) (search_box(&fresh, l)) }
        div class="reading" {
            main id="main" {
                article lang="zh-CN" {
                    h1 { (title) }
                    (facts_line(&article, l))
                    @for paragraph in &paragraphs { p { (paragraph) } }
                }
            }
            aside aria-label=(l.say("文中的事实", "Facts of the article")) {
                (places(&article, &fresh, l))
                (partners(&article, &fresh, l))
                (reprints(&copies, &fresh, l))
                (kin(&similar, &fresh, l))
                (origin(&article, l))
            }
        }
        (foot(&asked, l, &|other| article_address(&article.id, other)))
    };
    Ok(Reply::page(frame(l, &format!("{} · 连城", article.title), "article", &body)))
}

/// Pieces of text, each dressed as what it is; where the evidence of a fact begins there is an
/// anchor.
fn pieces(pieces: &[Piece], seen: &mut HashSet<usize>) -> Markup {
    html! {
        @for piece in pieces {
            @if let Some(number) = piece.evidence.filter(|number| seen.insert(*number)) {
                span class="anchor" id={ "fact-" (number) } {}
            }
            (dressed(piece))
        }
    }
}

fn dressed(piece: &Piece) -> Markup {
    let text = html! { (crawled(&piece.text)) };
    let text = marked(piece.lit, &text);
    let text = match &piece.place {
        Some(place) => html! { span class="place" title=(place) { (text) } },
        None => text,
    };
    if piece.evidence.is_some() {
        html! { span class="said" { (text) } }
    } else {
        text
    }
}

/// Date, outlet, author.
fn facts_line(article: &Article, l: Language) -> Markup {
    let date = article.date.as_ref().map(|dated| dated.date.to_string());
    html! {
        p class="facts" {
            @match &date {
                Some(date) => time datetime=[(!date.starts_with("--")).then_some(date)] { (date) },
                None => span lang=(l.tag()) { (l.say("日期不详", "undated")) },
            }
            @if let Some(outlet) = &article.outlet { span { (crawled(&outlet.text)) } }
            @if let Some(author) = &article.author { span { (crawled(&author.text)) } }
            @if article.title_made {
                span lang=(l.tag()) { (l.say("原文无标题", "the page states no headline")) }
            }
        }
    }
}

/// The places, each leading to the articles about it.
fn places(article: &Article, fresh: &Asked, l: Language) -> Markup {
    let city = |name: &str| Asked {
        cities: vec![name.to_owned()],
        ..Asked { query: String::new(), ..fresh.clone() }
    };
    let region = |name: &str| Asked {
        regions: vec![name.to_owned()],
        ..Asked { query: String::new(), ..fresh.clone() }
    };
    let others: Vec<&String> =
        article.mentioned_cities.iter().filter(|name| !article.cities.contains(name)).collect();
    html! {
        section {
            h2 { (l.say("地方", "Places")) }
            dl {
                @if !article.cities.is_empty() {
                    dt { (l.say("城市", "about")) }
                    dd { @for name in &article.cities { a class="tag" lang="zh-CN" href=(city(name).address()) { (name) } " " } }
                }
                @if !article.counties.is_empty() {
                    dt { (l.say("区县", "counties")) }
                    dd { @for name in &article.counties { a class="tag" lang="zh-CN" href=(city(name).address()) { (name) } " " } }
                }
                @if !article.provinces.is_empty() {
                    dt { (l.say("省份", "provinces")) }
                    dd { @for name in &article.provinces { a class="tag" lang="zh-CN" href=(region(name).address()) { (name) } " " } }
                }
                @if !article.regions.is_empty() {
                    dt { (l.say("区域", "regions")) }
                    dd { @for name in &article.regions { a class="tag" lang="zh-CN" href=(region(name).address()) { (name) } " " } }
                }
                @if !others.is_empty() {
                    dt { (l.say("提到", "also named")) }
                    dd lang="zh-CN" class="aside" {
                        (others.iter().take(NAMED).map(|name| name.as_str()).collect::<Vec<_>>().join("、"))
                        @if others.len() > NAMED { " … " (thousands((others.len() - NAMED) as u64)) }
                    }
                }
            }
            @if article.cities.is_empty() && article.provinces.is_empty() && others.is_empty() && article.regions.is_empty() {
                p class="aside" { (l.say("没有读出地名。", "No place was read.")) }
            }
        }
    }
}

/// Who works with whom, on what, and the sentence that says so.
fn partners(article: &Article, fresh: &Asked, l: Language) -> Markup {
    let told = facts(article);
    html! {
        @if !told.is_empty() {
            section {
                h2 { (l.say("合作", "Cooperation")) }
                ol class="told" lang="zh-CN" {
                    @for (members, fact) in &told {
                        // Of facts that one sentence tells, the first has the anchor.
                        @let number = told
                            .iter()
                            .position(|(_, other)| {
                                other.field == fact.field
                                    && (other.span.start..other.span.end).contains(&fact.span.start)
                            })
                            .unwrap_or_default();
                        @let pair = Asked {
                            partners: members.iter().map(|m| (*m).to_owned()).collect(),
                            query: String::new(),
                            ..fresh.clone()
                        };
                        li {
                            a class="pair" href=(pair.address()) { (members.join(" — ")) }
                            p { (crawled(&what(fact))) }
                            blockquote {
                                a href={ "#fact-" (number) } title=(l.say("在文中查看", "See it in the text")) {
                                    (crawled(&fact.evidence))
                                }
                                @if fact.field == Field::Title { span class="aside" { (l.say("（标题）", " (headline)")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Other copies of the article.
fn reprints(copies: &[Article], fresh: &Asked, l: Language) -> Markup {
    html! {
        @if !copies.is_empty() {
            section {
                h2 { (l.say("转载", "Reprints")) " " span class="count" { (thousands(copies.len() as u64)) } }
                ul class="kin" lang="zh-CN" {
                    @for copy in copies.iter().take(SIMILAR) {
                        li {
                            a href=(article_address(&copy.id, fresh)) { (crawled(&copy.title)) }
                            p class="aside" {
                                @if let Some(dated) = &copy.date { (dated.date) " " }
                                @if let Some(outlet) = &copy.outlet { (crawled(&outlet.text)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Articles on the same affair, and what is nearly a reprint.
fn kin(similar: &[Similar], fresh: &Asked, l: Language) -> Markup {
    let of = |kin: Kin| similar.iter().filter(move |other| other.kin == kin);
    html! {
        @for (kin, heading) in [
            (Kin::Reprint, l.say("几乎相同", "Nearly the same")),
            (Kin::Affair, l.say("相关文章", "On the same affair")),
        ] {
            @if of(kin).next().is_some() {
                section {
                    h2 { (heading) }
                    ul class="kin" lang="zh-CN" {
                        @for other in of(kin) {
                            li {
                                a href=(article_address(&other.article.id, fresh)) { (crawled(&other.article.title)) }
                                p class="aside" {
                                    @if let Some(dated) = &other.article.date { (dated.date) " " }
                                    @if let Some(outlet) = &other.article.outlet { (crawled(&outlet.text)) }
                                    @if kin == Kin::Affair && !other.words.is_empty() {
                                        br; (l.of_kin(kin)) "：" (crawled(&other.words.iter().take(5).cloned().collect::<Vec<_>>().join(" ")))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where it comes from.
fn origin(article: &Article, l: Language) -> Markup {
    html! {
        section {
            h2 { (l.say("来源", "Source")) }
            @if let Some(url) = &article.url {
                @match address(url) {
                    Some(link) => p { a class="out" href=(link) rel="noreferrer noopener nofollow" { (crawled(url)) } },
                    None => p class="aside" { (crawled(url)) },
                }
            }
            // Where it lies on the server's disk is nobody's business; the name of the file is.
            @let path = article.origin.to_string();
            p class="aside mono" {
                (crawled(&article.id)) br;
                (crawled(path.rsplit(['/', '\\']).next().unwrap_or(&path)))
            }
        }
    }
}
