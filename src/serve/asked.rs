//! The query string of an address → what is asked for, within bounds; and back to an address.
//!
//! The whole state of the page is in its address: what is asked for can be changed a little and
//! written as the address of the next page.

use super::reply::Refusal;
use crate::query::{FilterError, FilterRequest, Plan, Sort};
use crate::search::Step;

/// Characters of a query.
const LONGEST: usize = 400;
/// Bytes of a query string.
const LONGEST_STRING: usize = 8_000;
/// Values of all filters.
const VALUES: usize = 40;
/// Characters of a filter's value.
const LONGEST_VALUE: usize = 100;
/// Articles that can be paged through; an export has them all.
const DEEPEST: usize = 10_000;
/// Articles on a page of the API.
const LARGEST: usize = 100;
/// Articles on a page.
pub(super) const SIZE: usize = 10;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) query: String,
    pub(super) regions: Vec<String>,
    pub(super) cities: Vec<String>,
    pub(super) partners: Vec<String>,
    pub(super) kinds: Vec<String>,
    pub(super) outlets: Vec<String>,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
    pub(super) sort: Sort,
    pub(super) page: usize,
    pub(super) size: usize,
    pub(super) literal: bool,
    /// Whether every copy of an article is listed.
    pub(super) all: bool,
    /// Whether recent articles are favoured.
    pub(super) fresh: bool,
    pub(super) view: View,
    /// Language of the page, where somebody chose one.
    pub(super) language: Option<String>,
    /// For single addresses.
    pub(super) extra: Extra,
}

/// What only some addresses take.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Extra {
    pub(super) facets: bool,
    pub(super) explain: bool,
    pub(super) width: Option<usize>,
    pub(super) by: Vec<String>,
    pub(super) limit: Option<usize>,
    pub(super) within: bool,
}

/// What of the result is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum View {
    /// The articles.
    #[default]
    Articles,
    /// Who works with whom.
    Network,
    /// Counts over time.
    Trend,
}

impl View {
    pub(super) const ALL: [Self; 3] = [Self::Articles, Self::Network, Self::Trend];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Articles => "articles",
            Self::Network => "network",
            Self::Trend => "trend",
        }
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            query: String::new(),
            regions: Vec::new(),
            cities: Vec::new(),
            partners: Vec::new(),
            kinds: Vec::new(),
            outlets: Vec::new(),
            since: None,
            until: None,
            sort: Sort::Relevance,
            page: 1,
            size: SIZE,
            literal: false,
            all: false,
            fresh: false,
            view: View::Articles,
            language: None,
            extra: Extra::default(),
        }
    }
}

/// The orders of hits, as they are written.
pub(super) const SORTS: [(Sort, &str); 3] =
    [(Sort::Relevance, "relevance"), (Sort::Newest, "newest"), (Sort::Oldest, "oldest")];

impl Asked {
    /// Reads the query string of an address of the API: what is no parameter of it is refused.
    pub(super) fn of_script(query: Option<&str>, known: &[&str]) -> Result<Self, Refusal> {
        Self::read(query, Some(known))
    }

    /// Reads the query string of a page: what is no parameter is passed over, as others add their
    /// own to addresses that are shared.
    pub(super) fn of_page(query: Option<&str>) -> Result<Self, Refusal> {
        Self::read(query, None)
    }

    fn read(query: Option<&str>, known: Option<&[&str]>) -> Result<Self, Refusal> {
        let query = query.unwrap_or_default();
        if query.len() > LONGEST_STRING {
            return Err(Refusal::nonsense(
                "the address is too long",
                Some("ask for less".to_owned()),
            ));
        }
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(known) = known
                && !known.contains(&name.as_ref())
            {
                return Err(Refusal::nonsense(
                    format!("`{}` is no parameter here", clipped(&name)),
                    Some(format!("there are {}", known.join(", "))),
                ));
            }
            asked.take(&name, &value)?;
        }
        let lists = [&asked.regions, &asked.cities, &asked.partners, &asked.kinds, &asked.outlets];
        if lists.iter().map(|list| list.len()).sum::<usize>() > VALUES {
            return Err(Refusal::nonsense(format!("more than {VALUES} values of filters"), None));
        }
        if asked.page.saturating_mul(asked.size) > DEEPEST {
            return Err(Refusal::nonsense(
                format!("pages go to the first {DEEPEST} articles"),
                Some(
                    "an export has all of them: /export/csv, /export/jsonl, /export/md".to_owned(),
                ),
            ));
        }
        Ok(asked)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let value = value.trim();
        let wrong = |wanted: &str| {
            Refusal::nonsense(
                format!("`{name}` cannot be `{}`", clipped(value)),
                Some(wanted.to_owned()),
            )
        };
        let number = |least: usize, most: usize| -> Result<usize, Refusal> {
            value
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| wrong(&format!("a number from {least} to {most}")))
        };
        let flag = || match value {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(wrong("true or false")),
        };
        if name == "q" {
            if value.chars().count() > LONGEST {
                return Err(Refusal::nonsense(
                    format!("the query is longer than {LONGEST} characters"),
                    Some("a headline or a sentence is enough".to_owned()),
                ));
            }
            value.clone_into(&mut self.query);
            return Ok(());
        }
        // A form sends what was left empty, too.
        if value.is_empty() {
            return Ok(());
        }
        if value.chars().count() > LONGEST_VALUE {
            return Err(Refusal::nonsense(
                format!("a value of `{}` is longer than {LONGEST_VALUE} characters", clipped(name)),
                None,
            ));
        }
        let several = || value.split([',', '，', '、']).map(str::trim).filter(|v| !v.is_empty());
        let add = |list: &mut Vec<String>, values: &mut dyn Iterator<Item = &str>| {
            for value in values {
                if !list.iter().any(|known| known == value) {
                    list.push(value.to_owned());
                }
            }
        };
        match name {
            "region" => add(&mut self.regions, &mut several()),
            "city" => add(&mut self.cities, &mut several()),
            "partners" => add(&mut self.partners, &mut several()),
            "kind" => add(&mut self.kinds, &mut several()),
            "outlet" => add(&mut self.outlets, &mut std::iter::once(value)),
            "since" => self.since = Some(value.to_owned()),
            "until" => self.until = Some(value.to_owned()),
            "sort" => {
                let known = SORTS.iter().find(|(_, name)| *name == value);
                self.sort = known.ok_or_else(|| wrong("relevance, newest or oldest"))?.0;
            }
            "page" => self.page = number(1, DEEPEST)?,
            "n" => self.size = number(1, LARGEST)?,
            "literal" => self.literal = flag()?,
            "all" => self.all = flag()?,
            "fresh" => self.fresh = flag()?,
            "view" => {
                let known = View::ALL.into_iter().find(|view| view.name() == value);
                self.view = known.unwrap_or_default();
            }
            "lang" => {
                self.language =
                    Some(value.to_owned()).filter(|v| matches!(v.as_str(), "zh" | "en"));
            }
            "facets" => self.extra.facets = flag()?,
            "explain" => self.extra.explain = flag()?,
            "width" => self.extra.width = Some(number(0, 1_000)?),
            "by" => add(&mut self.extra.by, &mut several()),
            "limit" => self.extra.limit = Some(number(1, 1_000)?),
            "within" => self.extra.within = flag()?,
            _ => {}
        }
        Ok(())
    }

    /// The filters, as they were typed.
    pub(super) fn filters(&self) -> FilterRequest {
        FilterRequest {
            regions: self.regions.clone(),
            cities: self.cities.clone(),
            partners: self.partners.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            outlets: self.outlets.clone(),
            kinds: self.kinds.clone(),
        }
    }

    /// Whether nothing is asked for.
    pub(super) fn is_nothing(&self) -> bool {
        self.query.is_empty() && self.filters() == FilterRequest::default()
    }

    /// Makes the plan.
    pub(super) fn plan(&self) -> Result<Plan, Refusal> {
        let filters = self.filters().resolve().map_err(|error| of_filter(&error))?;
        let typed = if self.literal { Plan::literally(&self.query) } else { Plan::of(&self.query) };
        Ok(Plan {
            filters,
            sort: self.sort,
            size: self.size,
            page: self.page,
            facets: self.extra.facets,
            all: self.all,
            fresh: self.fresh,
            explain: self.extra.explain,
            ..typed
        })
    }

    /// The query string that asks for the same, without what is usual.
    pub(super) fn written(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        if !self.query.is_empty() {
            out.append_pair("q", &self.query);
        }
        for (name, values) in [
            ("region", &self.regions),
            ("city", &self.cities),
            ("partners", &self.partners),
            ("kind", &self.kinds),
            ("outlet", &self.outlets),
        ] {
            for value in values {
                out.append_pair(name, value);
            }
        }
        for (name, value) in
            [("since", &self.since), ("until", &self.until), ("lang", &self.language)]
        {
            if let Some(value) = value {
                out.append_pair(name, value);
            }
        }
        if self.sort != Sort::Relevance {
            let name = SORTS.iter().find(|(sort, _)| *sort == self.sort).map_or("", |(_, n)| n);
            out.append_pair("sort", name);
        }
        if self.page != 1 {
            out.append_pair("page", &self.page.to_string());
        }
        if self.size != SIZE {
            out.append_pair("n", &self.size.to_string());
        }
        for (name, set) in [("literal", self.literal), ("all", self.all), ("fresh", self.fresh)] {
            if set {
                out.append_pair(name, "true");
            }
        }
        if self.view != View::Articles {
            out.append_pair("view", self.view.name());
        }
        out.finish()
    }

    /// The address of the page that shows it.
    pub(super) fn address(&self) -> String {
        match self.written() {
            written if written.is_empty() => "/".to_owned(),
            written => format!("/?{written}"),
        }
    }

    /// The same, changed; the first page of it.
    pub(super) fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = Self { page: 1, ..self.clone() };
        change(&mut other);
        other
    }

    /// How long the times of a trend are.
    pub(super) fn step(&self) -> Result<Step, Refusal> {
        match self.extra.by.as_slice() {
            [] => Ok(Step::Month),
            [by] if by == "month" => Ok(Step::Month),
            [by] if by == "year" => Ok(Step::Year),
            _ => Err(Refusal::nonsense("`by` is month or year", None)),
        }
    }
}

/// Puts a value into a list, or takes it out if it is there.
pub(super) fn toggle(list: &mut Vec<String>, value: &str) {
    match list.iter().position(|known| known == value) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(value.to_owned()),
    }
}

/// A filter that makes no sense.
pub(super) fn of_filter(error: &FilterError) -> Refusal {
    Refusal::nonsense(error.to_string(), error.hint())
}

/// The beginning of something that may be long.
fn clipped(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_says_all_that_is_asked() {
        let typed = "q=%E4%BA%BA%E6%89%8D&city=%E4%BD%9B%E5%B1%B1&city=%E8%8C%82%E5%90%8D&since=2023-07&sort=newest&page=2";
        let asked = Asked::of_page(Some(typed)).expect("it makes sense");
        assert_eq!(asked.cities, ["佛山", "茂名"]);
        assert_eq!((asked.query.as_str(), asked.page), ("人才", 2));
        assert_eq!(Asked::of_page(Some(&asked.written())), Ok(asked.clone()));
        let without = asked.with(|asked| toggle(&mut asked.cities, "佛山"));
        assert_eq!((without.cities.len(), without.page), (1, 1));
        assert_eq!(Asked::default().address(), "/");
    }

    #[test]
    fn what_makes_no_sense_is_a_sentence() {
        for (query, what) in [
            ("n=0", "`n` cannot be `0`"),
            ("sort=best", "`sort` cannot be `best`"),
            ("page=999999", "`page` cannot be `999999`"),
            ("page=1000&n=100", "pages go to the first 10000 articles"),
            ("hits=3", "`hits` is no parameter here"),
        ] {
            let refusal = Asked::of_script(Some(query), &["q", "n", "sort", "page"]).unwrap_err();
            assert_eq!(refusal.what, what);
        }
        let long = format!("q={}", "a".repeat(LONGEST + 1));
        assert!(Asked::of_page(Some(&long)).is_err());
    }

    proptest! {
        #[test]
        fn any_query_string_is_read_or_refused(query in "(q=|&|%|city=|since=|page=|[0-9]|\\PC){0,40}") {
            if let Ok(asked) = Asked::of_page(Some(&query)) {
                prop_assert_eq!(Asked::of_page(Some(&asked.written())).map(|again| again.written()), Ok(asked.written()));
                let _ = asked.plan();
            }
        }
    }
}
