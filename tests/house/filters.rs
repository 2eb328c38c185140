//! Filters count what a naive count over every article counts.

use liancheng::article::Article;
use liancheng::query::{FilterRequest, Plan};
use liancheng::search::{LocalSearcher, Searcher};

use crate::support::{built, open, plan, sample, shared};

fn naive(searcher: &LocalSearcher, holds: impl Fn(&Article) -> bool) -> u64 {
    let mut count = 0;
    let counted = searcher.for_each_article(&mut |article| count += u64::from(holds(&article)));
    counted.expect("articles can be read");
    count
}

fn check(searcher: &LocalSearcher) {
    let count = |request: FilterRequest| {
        let every = Plan { all: true, ..plan("", &request) };
        searcher.search(&every).expect("it searches").total
    };
    let list = |name: &str| vec![name.to_owned()];
    let region = FilterRequest { regions: list("粤港澳大湾区"), ..Default::default() };
    assert_eq!(count(region), naive(searcher, |a| a.regions.iter().any(|r| r == "粤港澳大湾区")));
    let province = FilterRequest { regions: list("广东"), ..Default::default() };
    assert_eq!(count(province), naive(searcher, |a| a.provinces.iter().any(|p| p == "广东省")));
    let city = FilterRequest { cities: list("佛山"), ..Default::default() };
    assert_eq!(count(city), naive(searcher, |a| a.cities.iter().any(|c| c == "佛山市")));
    let county = FilterRequest { cities: list("佛山市南海区"), ..Default::default() };
    assert_eq!(count(county), naive(searcher, |a| a.counties.iter().any(|c| c == "佛山市/南海区")));
    let days = FilterRequest {
        since: Some("2023-07".to_owned()),
        until: Some("2023-08".to_owned()),
        ..Default::default()
    };
    // As a person would compare what `show` prints: `2023-07-01` ≤ date ≤ `2023-08-31`, where a
    // date without a day is its whole month.
    let inside = |article: &Article| {
        article.date.as_ref().map(|dated| dated.date.to_string()).is_some_and(|date| {
            let (from, to) = (format!("{date:-<10}"), format!("{date:~<10}"));
            !date.starts_with('-') && to.as_str() >= "2023-07-01" && from.as_str() <= "2023-08-31"
        })
    };
    assert_eq!(count(days.clone()), naive(searcher, inside));
    let both = FilterRequest { cities: list("佛山"), ..days };
    assert_eq!(
        count(both),
        naive(searcher, |a| inside(a) && a.cities.iter().any(|c| c == "佛山市")),
        "different filters narrow"
    );
    let either = FilterRequest {
        cities: vec!["佛山".to_owned(), "上海".to_owned()],
        ..Default::default()
    };
    assert_eq!(
        count(either),
        naive(searcher, |a| a.cities.iter().any(|c| c == "佛山市" || c == "上海市")),
        "values of one filter widen"
    );
}

#[test]
fn filters_count_as_a_naive_count_does() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[sample()]);
    check(&open(folder.path()));
}

#[test]
fn filters_count_as_a_naive_count_does_over_a_real_archive() {
    let (Some(archive), Some(seeds)) = (shared("corpus/archive40k.jsonl.gz"), shared("seeds"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[archive, seeds]);
    let searcher = open(folder.path());
    check(&searcher);
    crate::seeds::check(&searcher);
}

#[test]
fn facets_ignore_the_filter_on_themselves() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[sample()]);
    let searcher = open(folder.path());
    let mut all = plan("", &FilterRequest::default());
    all.facets = true;
    let request = FilterRequest { cities: vec!["佛山".to_owned()], ..Default::default() };
    let mut foshan = plan("", &request);
    foshan.facets = true;
    let all = searcher.search(&all).unwrap().facets.unwrap();
    let foshan = searcher.search(&foshan).unwrap().facets.unwrap();
    assert_eq!(foshan.city, all.city, "the counts of cities are those without the city filter");
    assert_ne!(foshan.province, all.province, "other facets are narrowed");
    let guangdong = foshan.province.first().map(|count| count.value.as_str());
    assert_eq!(guangdong, Some("广东省"));
    for count in &all.city {
        let request = FilterRequest { cities: vec![count.value.clone()], ..Default::default() };
        let total = searcher.search(&plan("", &request)).unwrap().total;
        assert_eq!(total, count.count, "{} counts what its filter finds", count.value);
    }
}
