//! Five real crawled pages among forty thousand articles: each is found first, read rightly, and
//! without the boilerplate around it. (Called where the archive is indexed, since that takes a
//! while.)

use liancheng::query::FilterRequest;
use liancheng::search::{LocalSearcher, Searcher};

use crate::support::plan;

struct Seed {
    file: &'static str,
    query: &'static str,
    cities: &'static [&'static str],
    counties: &'static [&'static str],
    dates: &'static [&'static str],
    junk: &'static [&'static str],
}

const SEEDS: &[Seed] = &[
    Seed {
        file: "000_",
        query: "人才飞地",
        cities: &["佛山市", "茂名市"],
        counties: &[],
        dates: &["2024-10-09"],
        junk: &["鑫元健康产业", "宝丽迪", "豪门不同命"],
    },
    Seed {
        file: "001_",
        query: "荔湾 南海 人才合作区",
        cities: &[],
        counties: &["广州市/荔湾区", "佛山市/南海区"],
        dates: &["2023-06-06", "--06-06"],
        junk: &["撂荒", "米高蒲志"],
    },
    Seed {
        file: "002_",
        query: "上海金华周 人才大厦",
        cities: &["上海市", "金华市"],
        counties: &[],
        dates: &["--09-16"],
        junk: &["zaochanera"],
    },
    Seed {
        file: "003_",
        query: "长三角精英峰会",
        cities: &["嘉兴市"],
        counties: &[],
        dates: &["2021-09-23", "2021-09-24", "2021-09-25"],
        junk: &["恒大集團", "Galaxy"],
    },
    Seed {
        file: "004_",
        query: "禅深产业协同创新中心",
        cities: &["佛山市", "深圳市"],
        counties: &["佛山市/禅城区"],
        dates: &["--12-12", "2022-12-12", ""],
        junk: &["本网转载合作媒体", "010-57193596"],
    },
];

/// Checks the five pages in an index that holds them.
pub(crate) fn check(searcher: &LocalSearcher) {
    let ask =
        |query: &str| searcher.search(&plan(query, &FilterRequest::default())).expect("an answer");
    for seed in SEEDS {
        let response = ask(seed.query);
        let first = &response.hits.first().expect("a hit").article;
        assert!(first.origin.path.contains(seed.file), "{} is first for {}", seed.file, seed.query);
        for city in seed.cities {
            assert!(
                first.cities.iter().any(|c| c == city),
                "{}: {city} in {:?}",
                seed.file,
                first.cities
            );
        }
        for county in seed.counties {
            assert!(
                first.counties.iter().any(|c| c == county),
                "{}: {:?}",
                seed.file,
                first.counties
            );
        }
        let date = first.date.as_ref().map(|dated| dated.date.to_string()).unwrap_or_default();
        assert!(seed.dates.contains(&date.as_str()), "{}: date {date}", seed.file);
        for junk in seed.junk {
            let hits = ask(&format!("\"{junk}\"")).hits;
            assert!(
                hits.iter().all(|hit| !hit.article.origin.path.contains(seed.file)),
                "{junk} is not of the article {}",
                seed.file
            );
        }
    }
    let outlet = ask("上海金华周 人才大厦").hits.remove(0).article.outlet.map(|said| said.text);
    assert_eq!(outlet.as_deref(), Some("经济日报"));
    // The Bay Area before 荔湾区.
    let response = ask("湾区");
    let names_only_liwan = |hit: &liancheng::search::Hit| {
        let text = format!("{}{}", hit.article.title, hit.article.body).replace("荔湾区", "");
        !text.contains("湾区") && !text.contains("灣區")
    };
    let ranks: Vec<bool> = response.hits.iter().map(names_only_liwan).collect();
    assert!(
        ranks.is_sorted(),
        "an article that only names 荔湾区 stands above one about 湾区: {ranks:?}"
    );
}
