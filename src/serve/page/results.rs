//! What is asked for → the page of results: articles, network or counts over time, with facets to
//! narrow it and, where nothing was found, what to lift.

use std::collections::HashSet;

use axum::http::HeaderMap;
use maud::{Markup, PreEscaped, html};

use super::article::article_address;
use super::language::Language;
use super::{SEAL, brand, crawled, foot, frame, search_box};
use crate::present::{
    Answer, AnsweredHit, Bars, Circle, Lit, Matrix, Network, Passage, Picked, thousands,
};
use crate::query::suggest::Kind;
use crate::query::{Filters, Plan};
use crate::search::{Count, Facets, FilterName, Remark, Step, Trend};
use crate::serve::api::{answered, circles};
use crate::serve::asked::{Asked, SORTS, View, toggle};
use crate::serve::live::Shelf;
use crate::serve::reply::{Refusal, Reply};
use crate::understand::gazetteer::Gazetteer;

/// Characters of a snippet.
const WIDTH: usize = 130;
/// Values of a facet that are shown at once, and behind 「更多」.
const FIRST: usize = 6;
const MORE: usize = 24;
/// Months that can be drawn one by one.
const MONTHS: usize = 168;
/// Early times that together hold one in so many articles are not drawn in the small time line.
const EARLY: u64 = 100;
/// Rows of a table of counts.
const ROWS: usize = 72;
/// Pairs that are listed below the network.
const PAIRS: usize = 30;
/// Cities of an article that are named in the list.
const CITIES: usize = 4;
/// Heights of the time line.
const LOW: f64 = 92.0;
const HIGH: f64 = 280.0;

/// Makes the page for an address.
pub(in crate::serve) fn search(
    shelf: &Shelf,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Reply, Refusal> {
    let asked = Asked::of_page(query)?;
    let l = Language::of(headers, asked.language.as_deref());
    if asked.is_nothing() && asked.view == View::Articles {
        return first_page(shelf, &asked, l);
    }
    let mut plan = asked.plan()?;
    plan.facets = true;
    if asked.view != View::Articles {
        plan.size = 0;
    }
    let (response, remarks) = answered(shelf, &plan)?;
    let facets = response.facets.clone().unwrap_or_default();
    let total = response.total;
    let answer = Answer::new(&plan, response, Vec::new(), WIDTH);
    let page = Page { shelf, asked: &asked, plan: &plan, facets: &facets, total, l };
    let shown = match asked.view {
        View::Articles => page.articles(&answer),
        View::Network => page.network(&circles(shelf, &asked)?.0),
        View::Trend => page.over_time()?,
    };
    let line = page.time_line()?;
    let body = html! {
        header class="top" { (brand(&asked, l)) (search_box(&asked, l)) }
        div class="desk" {
            input type="checkbox" id="narrow" class="hidden toggle" aria-label=(l.say("筛选", "Filters"));
            label for="narrow" class="toggler" { (l.say("筛选", "Filters")) }
            nav class="facets" aria-label=(l.say("筛选", "Filters")) { (page.facet_lists()) }
            main id="main" {
                (page.head(answer.took_ms))
                (page.chips())
                (page.remarks(&remarks))
                @if asked.view != View::Trend { (line) }
                (shown)
            }
        }
        (foot(&asked, l, &Asked::address))
    };
    let title = match asked.query.as_str() {
        "" => l.say("检索", "Search").to_owned(),
        query => query.to_owned(),
    };
    Ok(Reply::page(frame(l, &format!("{title} · 连城"), "results", &body)))
}

/// The page before anything is asked: what there is.
fn first_page(shelf: &Shelf, asked: &Asked, l: Language) -> Result<Reply, Refusal> {
    let facets = shelf.facets()?;
    let trend = Trend::of(shelf.articles(), facets, facets, Step::Month);
    let mut trend = trend;
    leave_early_out(&mut trend);
    trend.points.drain(..trend.points.len().saturating_sub(MONTHS));
    let link = |picked: Picked<'_>| match picked {
        Picked::Time(when) => Some(
            asked
                .with(|a| {
                    a.since = Some(when.to_owned());
                    a.until = Some(when.to_owned());
                })
                .address(),
        ),
        _ => None,
    };
    let network = asked.with(|asked| asked.view = View::Network);
    let lists: [(&str, &[Count]); 4] = [
        ("kind", &facets.kind),
        ("city", &facets.city),
        ("region", &facets.region),
        ("outlet", &facets.outlet),
    ];
    let body = html! {
        main id="main" class="first" {
            h1 { (PreEscaped(SEAL)) "连城" }
            p class="lead" {
                (l.say("城市之间的合作，从新闻里读出来", "Cooperation between cities, read from the news"))
            }
            (search_box(asked, l))
            p class="aside" {
                (l.articles(shelf.articles())) " · "
                a href=(network.address()) { (l.say("谁与谁合作", "who works with whom")) }
            }
            @if trend.points.len() > 1 {
                figure class="line" {
                    (PreEscaped(Bars::of(&trend, LOW).svg(l.say("各月文章数", "Articles by month"), &link)))
                }
            }
            div class="starts" {
                @for (name, counts) in lists {
                    @if !counts.is_empty() {
                        section {
                            h2 { (l.of_facet(name)) }
                            ul {
                                @for count in counts.iter().take(8) {
                                    @let other = chosen(asked, name, &count.value);
                                    li {
                                        a href=(other.address()) lang="zh-CN" { (crawled(&count.value)) }
                                        span class="count" { (thousands(count.count)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        (foot(asked, l, &Asked::address))
    };
    let title = l.say("连城：城市合作新闻检索", "Liancheng: news of cooperation between cities");
    Ok(Reply::page(frame(l, title, "home", &body)))
}

/// What is asked for with a value of a facet put in or taken out.
fn chosen(asked: &Asked, facet: &str, value: &str) -> Asked {
    asked.with(|asked| match facet {
        "province" | "region" => toggle(&mut asked.regions, value),
        "city" | "county" => toggle(&mut asked.cities, value),
        "partner" => toggle(&mut asked.partners, value),
        "kind" => toggle(&mut asked.kinds, value),
        "outlet" => toggle(&mut asked.outlets, value),
        _ => choose_time(asked, value),
    })
}

/// Narrows to a month or year, or lifts that.
fn choose_time(asked: &mut Asked, when: &str) {
    if asked.since.as_deref() == Some(when) && asked.until.as_deref() == Some(when) {
        (asked.since, asked.until) = (None, None);
    } else {
        (asked.since, asked.until) = (Some(when.to_owned()), Some(when.to_owned()));
    }
}

/// What the parts of a page are made from.
struct Page<'a> {
    shelf: &'a Shelf,
    asked: &'a Asked,
    plan: &'a Plan,
    facets: &'a Facets,
    total: u64,
    l: Language,
}

impl Page<'_> {
    /// How much was found, the views and the order.
    fn head(&self, took_ms: f64) -> Markup {
        let (asked, l) = (self.asked, self.l);
        html! {
            div class="head" {
                h1 class="total" aria-live="polite" {
                    (l.articles(self.total))
                    span class="aside" { " " (format!("{took_ms:.1}")) " ms" }
                }
                nav class="views" aria-label=(l.say("视图", "Views")) {
                    @for view in View::ALL {
                        @let name = match view {
                            View::Articles => l.say("文章", "Articles"),
                            View::Network => l.say("合作网络", "Network"),
                            View::Trend => l.say("走势", "Trend"),
                        };
                        a href=(asked.with(|a| a.view = view).address()) aria-current=[(view == asked.view).then_some("page")] { (name) }
                    }
                }
                @if asked.view == View::Articles {
                    nav class="sorts" aria-label=(l.say("排序", "Order")) {
                        @for (sort, _) in SORTS {
                            @let name = match sort {
                                crate::query::Sort::Relevance => l.say("相关", "Best"),
                                crate::query::Sort::Newest => l.say("最新", "Newest"),
                                crate::query::Sort::Oldest => l.say("最早", "Oldest"),
                            };
                            @let current = sort == asked.sort && !asked.fresh;
                            a href=(asked.with(|a| (a.sort, a.fresh) = (sort, false)).address()) aria-current=[current.then_some("true")] { (name) }
                            @if sort == crate::query::Sort::Relevance {
                                a href=(asked.with(|a| (a.sort, a.fresh) = (sort, true)).address()) aria-current=[(asked.fresh && sort == asked.sort).then_some("true")] title=(l.say("相关之中稍偏重近期", "Best, with a mild favour for recent articles")) { (l.say("偏近期", "Recent")) }
                            }
                        }
                    }
                    @if self.total > 0 {
                        (self.exports())
                    }
                }
            }
        }
    }

    /// The whole result, to take home.
    fn exports(&self) -> Markup {
        let written = self.asked.with(|a| a.language = None).written();
        html! {
            details class="exports" {
                summary { (self.l.say("导出", "Export")) }
                ul {
                    @for (name, what) in [
                        ("csv", self.l.say("表格 CSV", "CSV table")),
                        ("jsonl", "JSON Lines"),
                        ("md", self.l.say("Markdown 引文", "Markdown citations")),
                    ] {
                        li { a href={ "/export/" (name) "?" (written) } download { (what) } }
                    }
                }
            }
        }
    }

    /// What is filtered by, each to be lifted.
    fn chips(&self) -> Markup {
        let (asked, l) = (self.asked, self.l);
        let mut chips: Vec<(&str, String, Asked)> = Vec::new();
        let mut add = |filter, values: &[String], facet: &str| {
            for value in values {
                chips.push((l.of_filter(filter), value.clone(), chosen(asked, facet, value)));
            }
        };
        add(FilterName::Region, &asked.regions, "region");
        add(FilterName::City, &asked.cities, "city");
        add(FilterName::Partners, &asked.partners, "partner");
        add(FilterName::Kind, &asked.kinds, "kind");
        add(FilterName::Outlet, &asked.outlets, "outlet");
        let days = match (&asked.since, &asked.until) {
            (Some(since), Some(until)) if since == until => Some(since.clone()),
            (Some(since), Some(until)) => Some(format!("{since} — {until}")),
            (Some(since), None) => Some(format!("{since} —")),
            (None, Some(until)) => Some(format!("— {until}")),
            (None, None) => None,
        };
        if let Some(days) = days {
            let lifted = asked.with(|a| (a.since, a.until) = (None, None));
            chips.push((l.of_filter(FilterName::Days), days, lifted));
        }
        if asked.all {
            let (name, value) = (l.say("转载", "reprints"), l.say("逐份列出", "each listed"));
            chips.push((name, value.to_owned(), asked.with(|a| a.all = false)));
        }
        let all = Asked {
            query: asked.query.clone(),
            language: asked.language.clone(),
            view: asked.view,
            ..Asked::default()
        };
        html! {
            @if !chips.is_empty() {
                ul class="chips" aria-label=(l.say("已选条件", "Filters that are set")) {
                    @for (name, value, lifted) in &chips {
                        li {
                            a href=(lifted.address()) aria-label={ (l.say("去掉", "Lift ")) (name) " " (crawled(value)) } {
                                span class="aside" { (name) } " " (crawled(value)) " " span class="x" aria-hidden="true" { "×" }
                            }
                        }
                    }
                    @if chips.len() > 1 {
                        li { a class="all" href=(all.address()) { (l.say("全部去掉", "Lift all")) } }
                    }
                }
            }
        }
    }

    /// What should be known beside the result, with what to click.
    fn remarks(&self, remarks: &[Remark]) -> Markup {
        let (asked, l) = (self.asked, self.l);
        html! {
            @if self.total == 0 {
                h2 class="nothing" { (l.say("没有找到文章", "No article was found")) }
            }
            @if !remarks.is_empty() {
                ul class="remarks" {
                    @for remark in remarks {
                        @let target = match remark {
                            Remark::DidYouMean(query, _) => Some(asked.with(|a| a.query.clone_from(query))),
                            Remark::Without(filter, _) => Some(asked.with(|a| lift(a, *filter))),
                            Remark::WithoutFilters(_) => Some(Asked {
                                query: asked.query.clone(), language: asked.language.clone(), ..Asked::default()
                            }),
                            Remark::Undated(_) => Some(asked.with(|a| lift(a, FilterName::Days))),
                            Remark::NoPage { last, .. } => {
                                let last = usize::try_from(*last).unwrap_or(1);
                                Some(Asked { page: last, ..asked.clone() })
                            }
                            _ => None,
                        };
                        li class=[matches!(remark, Remark::DidYouMean(..)).then_some("meant")] {
                            @match target {
                                Some(target) => a href=(target.address()) { (l.remark(remark)) },
                                None => (l.remark(remark)),
                            }
                        }
                    }
                }
            }
        }
    }

    /// The counts over time in small, to narrow by.
    fn time_line(&self) -> Result<Markup, Refusal> {
        let (trend, early, first, last) = self.trend()?;
        if trend.points.len() < 2 {
            return Ok(html! {});
        }
        let l = self.l;
        let link = |picked: Picked<'_>| match picked {
            Picked::Time(when) => Some(self.asked.with(|a| choose_time(a, when)).address()),
            _ => None,
        };
        let bars = Bars::of(&trend, LOW);
        let bars = match (&first, &last) {
            (None, None) => bars,
            (first, last) => {
                bars.with_chosen(first.as_deref().unwrap_or(""), last.as_deref().unwrap_or("9999"))
            }
        };
        Ok(html! {
            figure class="line" data-brush=(self.asked.with(|a| (a.since, a.until) = (None, None)).address()) {
                (PreEscaped(bars.svg(l.say("各月篇数与占比，点选或拖选以缩小范围", "Articles by month and their share; choose to narrow"), &link)))
                @if early > 0 {
                    figcaption {
                        (l.say("更早的 ", "Earlier: ")) (thousands(early)) (l.say(" 篇未画出", ", not drawn"))
                    }
                }
            }
        })
    }

    /// Counts over time without the filter on days, how many articles are too early to be drawn,
    /// and the times that the filter chooses.
    fn trend(&self) -> Result<(Trend, u64, Option<String>, Option<String>), Refusal> {
        let all = self.shelf.facets_of(self.asked.all)?;
        let mut trend = Trend::of(self.total, self.facets, all, Step::Month);
        let mut early = leave_early_out(&mut trend);
        // Beside the network there is no room for every month.
        let years = trend.points.len() > MONTHS || self.asked.view == View::Network;
        if years {
            trend = Trend::of(self.total, self.facets, all, Step::Year);
            early = leave_early_out(&mut trend);
        }
        let Filters { since, until, .. } = self.plan.filters;
        let written = |day: u32| {
            if years {
                format!("{:04}", day / 10_000)
            } else {
                format!("{:04}-{:02}", day / 10_000, day / 100 % 100)
            }
        };
        Ok((trend, early, since.map(written), until.map(written)))
    }

    /// All facets, each value to be chosen or lifted.
    fn facet_lists(&self) -> Markup {
        let (asked, facets) = (self.asked, self.facets);
        let gazetteer = Gazetteer::get();
        // Below a chosen province its cities, below a chosen city its counties.
        let provinces: Vec<String> =
            self.plan.filters.regions.iter().map(|p| p.name().to_owned()).collect();
        let cities: Vec<String> =
            self.plan.filters.cities.iter().map(|p| p.name().to_owned()).collect();
        let any_province = facets.province.iter().any(|count| provinces.contains(&count.value));
        let in_chosen_province: HashSet<&str> = if any_province {
            let inside = gazetteer.divisions().iter().filter(|division| {
                let province = gazetteer.province_of(division);
                province.is_some_and(|province| provinces.iter().any(|name| name == province.name))
            });
            inside.map(|division| division.name).collect()
        } else {
            HashSet::new()
        };
        let of_province: Vec<Count> = facets
            .city
            .iter()
            .filter(|count| {
                !any_province
                    || in_chosen_province.contains(count.value.as_str())
                    || cities.contains(&count.value)
            })
            .cloned()
            .collect();
        let of_city: Vec<Count> = facets
            .county
            .iter()
            .filter(|count| {
                let city = count.value.split('/').next().unwrap_or_default();
                cities.iter().any(|chosen| chosen == city || *chosen == count.value)
            })
            .cloned()
            .collect();
        let year: Vec<Count> = facets.year.clone();
        let filters = &self.plan.filters;
        let of_partners: Vec<String> =
            filters.partners.iter().flatten().map(|place| place.name().to_owned()).collect();
        let times: Vec<String> = asked
            .since
            .iter()
            .filter(|since| asked.until.as_ref() == Some(*since))
            .cloned()
            .collect();
        html! {
            (self.facet("province", &facets.province, &provinces))
            (self.facet("city", &of_province, &cities))
            (self.facet("county", &of_city, &cities))
            (self.facet("region", &facets.region, &provinces))
            (self.facet("partner", &facets.partner, &of_partners))
            (self.facet("kind", &facets.kind, &filters.kinds))
            (self.facet("year", &year, &times))
            (self.facet("outlet", &facets.outlet, &filters.outlets))
        }
    }

    /// One facet; `set` are the values that are chosen, by their full names.
    fn facet(&self, name: &str, counts: &[Count], set: &[String]) -> Markup {
        let l = self.l;
        let is_set = |count: &Count| set.contains(&count.value);
        // What is chosen stands first, then what is frequent.
        let mut ordered: Vec<&Count> = counts.iter().filter(|count| is_set(count)).collect();
        ordered.extend(counts.iter().filter(|count| !is_set(count)));
        let (first, more) = ordered.split_at(ordered.len().min(FIRST));
        let more = &more[..more.len().min(MORE)];
        html! {
            @if !counts.is_empty() {
                section class={ "facet " (name) } {
                    h2 { (l.of_facet(name)) }
                    ul { @for count in first { (self.value(name, count, is_set(count))) } }
                    @if !more.is_empty() {
                        details {
                            summary { (l.say("更多", "More")) }
                            ul { @for count in more { (self.value(name, count, is_set(count))) } }
                        }
                    }
                }
            }
        }
    }

    fn value(&self, name: &str, count: &Count, set: bool) -> Markup {
        // A value may have been chosen under another name of it; then lifting takes the typed one.
        let target = if set {
            self.lifted(name, &count.value)
        } else {
            chosen(self.asked, name, &count.value)
        };
        let shown = match name {
            "county" => count.value.split('/').next_back().unwrap_or(&count.value),
            _ => &count.value,
        };
        html! {
            li {
                a href=(target.address()) rel="nofollow" aria-current=[set.then_some("true")] {
                    span lang="zh-CN" { (crawled(shown)) }
                }
                span class="count" { (thousands(count.count)) }
            }
        }
    }

    /// What is asked for without a value that was chosen, however it was typed.
    fn lifted(&self, name: &str, value: &str) -> Asked {
        let means = |typed: &String, resolve: &dyn Fn(&str) -> Vec<String>| {
            typed == value || resolve(typed).iter().any(|meant| meant == value)
        };
        let gazetteer = Gazetteer::get();
        let city = |typed: &str| {
            gazetteer
                .resolve_city(typed)
                .iter()
                .map(crate::understand::gazetteer::CityRef::facet_name)
                .collect()
        };
        let region = |typed: &str| {
            gazetteer
                .resolve_region(typed)
                .iter()
                .map(crate::understand::gazetteer::RegionRef::facet_name)
                .collect()
        };
        let either = |typed: &str| -> Vec<String> {
            let mut names: Vec<String> = city(typed);
            names.extend::<Vec<String>>(region(typed));
            names
        };
        self.asked.with(|asked| match name {
            "province" | "region" => asked.regions.retain(|typed| !means(typed, &region)),
            "city" | "county" => asked.cities.retain(|typed| !means(typed, &city)),
            "partner" => asked.partners.retain(|typed| !means(typed, &either)),
            _ => *asked = chosen(self.asked, name, value),
        })
    }

    /// The articles of this page.
    fn articles(&self, answer: &Answer) -> Markup {
        html! {
            @if !answer.hits.is_empty() {
                ol class="hits" start=(answer.hits.first().map_or(1, |hit| hit.rank)) {
                    @for hit in &answer.hits { (self.hit(hit)) }
                }
            }
            (self.paging())
        }
    }

    fn hit(&self, hit: &AnsweredHit) -> Markup {
        let (asked, l) = (self.asked, self.l);
        let title = Passage {
            text: hit.title.clone(),
            marks: hit.title_marks.clone(),
            also: hit.title_also.clone(),
            ..Passage::default()
        };
        let mut pairs: Vec<(&str, &str, &str)> =
            hit.partners.iter().map(|p| (p.a.as_str(), p.b.as_str(), p.kind.as_str())).collect();
        pairs.dedup();
        html! {
            li class="hit" {
                article {
                    h2 lang="zh-CN" { a href=(article_address(&hit.id, asked)) { (lit(&title)) } }
                    p class="facts" {
                        @match hit.date.map(|date| date.to_string()) {
                            Some(date) => time { (date) },
                            None => span { (l.say("日期不详", "undated")) },
                        }
                        @if let Some(outlet) = &hit.outlet { span lang="zh-CN" { (crawled(outlet)) } }
                        @for city in hit.cities.iter().take(CITIES) {
                            a class="tag" lang="zh-CN" rel="nofollow" href=(asked.with(|a| {
                                if !a.cities.contains(city) { a.cities.push(city.clone()); }
                            }).address()) { (crawled(city)) }
                        }
                        @if hit.cities.len() > CITIES { span { "+" (hit.cities.len() - CITIES) } }
                        @if hit.duplicates > 0 {
                            a class="copies" rel="nofollow" href=(asked.with(|a| a.all = true).address()) title=(l.say("列出每一份转载", "List every copy")) {
                                (l.say("转载 ", "reprints ")) (thousands(hit.duplicates))
                            }
                        }
                    }
                    @for snippet in &hit.snippets {
                        p class="snippet" lang="zh-CN" { (dotted(snippet)) }
                    }
                    @if !pairs.is_empty() {
                        p class="pairs" lang="zh-CN" {
                            @for (a, b, kind) in pairs.iter().take(3) {
                                span class="with" {
                                    a rel="nofollow" href=(asked.with(|asked| {
                                        asked.partners = vec![(*a).to_owned(), (*b).to_owned()];
                                    }).address()) { (crawled(a)) " — " (crawled(b)) }
                                    " " span class="aside" { (kind) }
                                }
                            }
                            @if pairs.len() > 3 { span class="aside" { "+" (pairs.len() - 3) } }
                        }
                    }
                }
            }
        }
    }

    /// Links to other pages.
    fn paging(&self) -> Markup {
        let (asked, l) = (self.asked, self.l);
        let last = (self.total as usize).div_ceil(asked.size).min(10_000 / asked.size).max(1);
        let page = asked.page.min(last);
        let numbers: Vec<usize> = (page.saturating_sub(2).max(1)..=(page + 2).min(last)).collect();
        let at = |page: usize| Asked { page, ..asked.clone() }.address();
        html! {
            @if last > 1 {
                nav class="paging" aria-label=(l.say("翻页", "Pages")) {
                    @if page > 1 { a rel="prev" href=(at(page - 1)) { (l.say("上一页", "Previous")) } }
                    @if numbers.first().is_some_and(|first| *first > 1) { a href=(at(1)) { "1" } span { "…" } }
                    @for &number in &numbers {
                        a href=(at(number)) aria-current=[(number == page).then_some("page")] { (number) }
                    }
                    @if page < last { a rel="next" href=(at(page + 1)) { (l.say("下一页", "Next")) } }
                }
            }
        }
    }

    /// Who works with whom in what was found.
    fn network(&self, circles: &[Circle]) -> Markup {
        let (asked, l) = (self.asked, self.l);
        let with_pair = |a: &str, b: &str| {
            asked.with(|asked| {
                asked.partners = vec![a.to_owned(), b.to_owned()];
                asked.view = View::Articles;
            })
        };
        let link = |picked: Picked<'_>| {
            Some(match picked {
                Picked::Place(name) => {
                    asked.with(|asked| toggle(&mut asked.partners, name)).address()
                }
                Picked::Pair(a, b) => with_pair(a, b).address(),
                Picked::Time(_) => return None,
            })
        };
        let network = Network::of(circles);
        let matrix = Matrix::of(circles);
        let written = asked.with(|a| a.language = None).written();
        html! {
            @if network.is_empty() {
                p class="nothing" { (l.say("这些文章里没有读出谁与谁合作。", "These articles tell of nobody who works together.")) }
            } @else {
                figure class="picture" {
                    (PreEscaped(network.svg(l.say("合作网络：点选城市或连线以缩小范围", "Network of partners; choose a city or a line to narrow"), &link)))
                    figcaption {
                        (l.say("圆点大小为文章数，连线粗细为两地合作的文章数。", "Dots grow with articles, lines with articles on the two."))
                        @if network.left_out() > 0 {
                            " " (l.say("另有 ", "")) (thousands(network.left_out() as u64)) (l.say(" 个地方未画出。", " further places are not drawn."))
                        }
                        " " a href={ "/picture/network.svg?" (written) } download { "SVG" }
                        " · " a href={ "/api/partners?" (self.partners_query()) } { "JSON" }
                    }
                }
                h2 { (l.say("两两合作", "Pairs")) }
                figure class="picture square" {
                    (PreEscaped(matrix.svg(l.say("合作矩阵", "Who works with whom, as a table"), &link)))
                    figcaption { a href={ "/picture/matrix.svg?" (written) } download { "SVG" } }
                }
                div class="scroll" tabindex="0" role="region" aria-label=(l.say("合作清单", "List of partners")) {
                    table class="pairs" {
                        thead {
                            tr {
                                th scope="col" { (l.say("合作方", "Partners")) }
                                th scope="col" class="number" { (l.say("篇数", "Articles")) }
                                th scope="col" { (l.say("起止", "From, to")) }
                                th scope="col" { (l.say("类型与依据", "On what, and who says so")) }
                            }
                        }
                        tbody {
                            @for circle in circles.iter().take(PAIRS) { (self.pair_row(circle)) }
                        }
                    }
                }
                @if circles.len() > PAIRS {
                    p class="aside" { (l.say("列出前 ", "The first ")) (PAIRS) (l.say(" 组，共 ", " of ")) (thousands(circles.len() as u64)) (l.say(" 组。", ".")) }
                }
            }
        }
    }

    /// The parameters of the page that the API takes, too.
    fn partners_query(&self) -> String {
        self.asked
            .with(|a| {
                a.language = None;
                a.view = View::Articles;
                a.sort = crate::query::Sort::Relevance;
            })
            .written()
    }

    fn pair_row(&self, circle: &Circle) -> Markup {
        let asked = self.asked;
        let target = asked.with(|asked| {
            asked.partners.clone_from(&circle.members);
            asked.view = View::Articles;
        });
        let days = match (circle.first, circle.last) {
            (Some(first), Some(last)) if first != last => format!("{first} — {last}"),
            (Some(day), _) => day.to_string(),
            _ => "—".to_owned(),
        };
        let kinds: Vec<String> =
            circle.kinds.iter().take(3).map(|(kind, count)| format!("{kind} {count}")).collect();
        html! {
            tr {
                th scope="row" lang="zh-CN" { a href=(target.address()) { (crawled(&circle.members.join(" — "))) } }
                td class="number" { (thousands(circle.articles)) }
                td class="days" { (days) }
                td lang="zh-CN" {
                    (kinds.join("，"))
                    @if let Some(event) = circle.events.get(circle.best) {
                        blockquote {
                            a href=(article_address(&event.article, asked)) { (crawled(&event.fact.evidence)) }
                        }
                    }
                }
            }
        }
    }

    /// Counts over time in large, as a picture and a table.
    fn over_time(&self) -> Result<Markup, Refusal> {
        let l = self.l;
        // Here the chosen days are meant, too.
        let all = self.shelf.facets()?;
        let of = |step| crate::search::trend(self.shelf, self.plan, step, Some(all));
        let by_month = of(Step::Month)?;
        let by_year = if by_month.points.len() > ROWS { Some(of(Step::Year)?) } else { None };
        let table = by_year.as_ref().unwrap_or(&by_month);
        let trend = if by_month.points.len() > MONTHS { table } else { &by_month };
        let link = |picked: Picked<'_>| match picked {
            Picked::Time(when) => Some(self.asked.with(|a| choose_time(a, when)).address()),
            _ => None,
        };
        let written = self.asked.with(|a| a.language = None).written();
        Ok(html! {
            @if trend.points.is_empty() {
                p class="nothing" { (l.say("没有注明月份的文章，画不出走势。", "No article states a month.")) }
            } @else {
                figure class="line large" data-brush=(self.asked.with(|a| (a.since, a.until) = (None, None)).address()) {
                    (PreEscaped(Bars::of(trend, HIGH).svg(l.say("各月篇数与占比", "Articles by month, and their share"), &link)))
                    figcaption {
                        (l.say("柱为篇数，线为占当月全部文章的比例：库在变大，不等于话题在变热。",
                               "Bars count articles; the line is their share of all articles of the month, since a growing archive is no growing topic."))
                        " " a href={ "/picture/trend.svg?" (written) } download { "SVG" }
                        " · " a href={ "/api/trend?" (self.partners_query()) } { "JSON" }
                    }
                }
                div class="scroll" tabindex="0" role="region" aria-label=(l.say("各期篇数", "Counts over time")) {
                    table class="counts" {
                        thead { tr {
                            th scope="col" { (l.say("时间", "Time")) }
                            th scope="col" class="number" { (l.say("篇数", "Articles")) }
                            th scope="col" class="number" { (l.say("全部", "Of all")) }
                            th scope="col" class="number" { (l.say("占比", "Share")) }
                        } }
                        tbody {
                            @for point in table.points.iter().rev() {
                                tr {
                                    th scope="row" { (point.when) }
                                    td class="number" { (thousands(point.count)) }
                                    td class="number" { (thousands(point.all)) }
                                    td class="number" { (format!("{:.2} %", point.share * 100.0)) }
                                }
                            }
                        }
                    }
                }
                @if trend.undated > 0 {
                    p class="aside" { (thousands(trend.undated)) (l.say(" 篇没有注明月份。", " state no month.")) }
                }
            }
        })
    }
}

/// Leaves out the first times where they hold hardly anything: one article of 1953 would make a
/// line of seventy empty years. Returns how many articles that leaves out.
fn leave_early_out(trend: &mut Trend) -> u64 {
    let dated: u64 = trend.points.iter().map(|point| point.count).sum();
    let mut left_out = 0;
    let few = trend.points.iter().take_while(|point| {
        left_out += point.count;
        left_out <= dated / EARLY
    });
    let few = few.count();
    let early = trend.points.drain(..few).map(|point| point.count).sum();
    // What is drawn begins with something.
    let empty = trend.points.iter().take_while(|point| point.count == 0).count();
    trend.points.drain(..empty);
    early
}

/// Takes a filter away.
fn lift(asked: &mut Asked, filter: FilterName) {
    match filter {
        FilterName::Region => asked.regions.clear(),
        FilterName::City => asked.cities.clear(),
        FilterName::Partners => asked.partners.clear(),
        FilterName::Outlet => asked.outlets.clear(),
        FilterName::Kind => asked.kinds.clear(),
        FilterName::Since => asked.since = None,
        FilterName::Until => asked.until = None,
        FilterName::Days => (asked.since, asked.until) = (None, None),
    }
}

/// A passage with its marks.
fn lit(passage: &Passage) -> Markup {
    html! {
        @for (text, lit) in passage.pieces() { (marked(lit, &html! { (crawled(text)) })) }
    }
}

/// A text, lit or not.
pub(super) fn marked(lit: Lit, text: &Markup) -> Markup {
    match lit {
        Lit::No => text.clone(),
        Lit::Typed => html! { mark { (text) } },
        Lit::Also => html! { mark class="also" { (text) } },
    }
}

/// A passage with dots where a sentence was cut.
fn dotted(passage: &Passage) -> Markup {
    html! {
        @if passage.cut.0 { "…" }
        (lit(passage))
        @if passage.cut.1 { "…" }
    }
}

/// The names of the kinds of suggestions, for the script.
pub(super) fn kinds(l: Language) -> String {
    [Kind::Place, Kind::Programme, Kind::Word, Kind::Title]
        .map(|kind| l.of_suggestion(kind))
        .join("|")
}
