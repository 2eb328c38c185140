//! `trend`, pictures of `partners`, and the query that may have been meant.

use expect_test::expect;

use crate::desk::Desk;

#[test]
fn counts_over_time_are_printed_as_bars() {
    let ran = Desk::sample().run(&["trend", "人才飞地", "--by", "year"]);
    expect![[r#"
        --- out
        2019  3   60.00 %  █████████████████████████████████████▌
        2020  1   33.33 %  ████████████▌
        2021  2   25.00 %  █████████████████████████
        2022  2   40.00 %  █████████████████████████
        2023  4   16.00 %  ██████████████████████████████████████████████████
        2024  3   33.33 %  █████████████████████████████████████▌
        2025  1   33.33 %  ████████████▌
        --- err
        remark: 2 of 18 articles state no year and are left out
        --- exit 0
    "#]]
    .assert_eq(&ran.all());
}

#[test]
fn counts_over_time_add_up() {
    let desk = Desk::sample();
    let trend = desk.run(&["trend", "合作", "--format", "json"]).json();
    let found = desk.run(&["search", "合作", "--format", "json", "-n", "1", "--facets"]).json();
    assert_eq!(trend["total"], found["total"]);
    let points = trend["points"].as_array().expect("a list");
    let sum: u64 = points.iter().filter_map(|point| point["count"].as_u64()).sum();
    assert_eq!(
        sum + trend["undated"].as_u64().expect("a number"),
        trend["total"].as_u64().expect("a number")
    );
    for count in found["facets"]["month"].as_array().expect("a list") {
        let point =
            points.iter().find(|point| point["when"] == count["value"]).expect("it is there");
        assert_eq!(point["count"], count["count"]);
        assert!(point["all"].as_u64() >= point["count"].as_u64());
    }
    // Days are meant here, and not lifted as the facet of months lifts them.
    let part =
        desk.run(&["trend", "合作", "--since", "2024", "--until", "2024", "--format", "csv"]);
    assert!(part.out.lines().skip(1).all(|line| line.starts_with("2024-")), "{}", part.out);
    let picture = desk.run(&["trend", "合作", "--format", "svg"]).out;
    assert!(picture.starts_with("<?xml") && picture.contains("class=\"bar\""));
    assert_eq!(desk.run(&["trend", "榴莲"]).code, Some(1));
}

#[test]
fn partners_can_be_drawn() {
    let desk = Desk::sample();
    for format in ["svg", "matrix"] {
        let picture = desk.run(&["partners", "--format", format]).out;
        assert!(picture.starts_with("<?xml") && picture.trim_end().ends_with("</svg>"), "{format}");
        assert!(picture.contains(">佛山</text>"), "{format}");
    }
}

#[test]
fn articles_can_be_filtered_by_kind_of_cooperation() {
    let desk = Desk::sample();
    let facets = desk.run(&["facets", "--by", "kind", "--format", "json"]).json();
    for count in facets["facets"]["kind"].as_array().expect("a list") {
        let kind = count["value"].as_str().expect("a text");
        let found = desk.run(&["search", "--kind", kind, "--format", "json"]).json();
        assert_eq!(found["total"], count["count"], "{kind}");
    }
    let ran = desk.run(&["search", "--kind", "打架"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.starts_with("error: `打架` is no kind of cooperation\nhint: kinds are 人才飞地"),
        "{}",
        ran.err
    );
}

#[test]
fn what_was_mistyped_is_asked_about() {
    let desk = Desk::sample();
    for (typed, meant) in [
        ("人材飞地", "人才飞地"),
        ("rencaifeidi", "人才飞地"),
        ("山佛", "佛山"),
        ("佛三 茂名", "佛山 茂名"),
    ] {
        let ran = desk.run(&["search", typed]);
        let expected = format!("did you mean 「{meant}」?");
        assert!(ran.err.contains(&expected), "{typed}: {}", ran.err);
    }
    let ran = desk.run(&["search", "人才飞地"]);
    assert!(!ran.err.contains("did you mean"), "{}", ran.err);
}
