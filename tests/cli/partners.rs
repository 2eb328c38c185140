//! `liancheng partners`: who works with whom, as tables and graphs, and corrections by hand.

use serde_json::{Value, json};

use crate::desk::{Desk, conforms};

/// A small crawl: one pair told twice (once as a reprint), another one without a date.
fn desk() -> Desk {
    Desk::of(&[
        json!({"id": "a1", "title": "佛茂签约", "date": "2023-05-04", "source": "甲日报",
            "content": "佛山市与茂名市签署战略合作框架协议，签约项目72个，总投资近300亿元。两市将共建产业园。"}),
        json!({"id": "a2", "title": "转载：佛茂签约", "date": "2023-05-06", "source": "乙日报",
            "content": "佛山市与茂名市签署战略合作框架协议，签约项目72个，总投资近300亿元。"}),
        json!({"id": "a3", "title": "沪滇协作", "source": "丙日报",
            "content": "上海市松江区对口帮扶云南省西双版纳州勐海县，两地共建茶叶园区。"}),
        json!({"id": "a4", "title": "两地天气", "date": "2023-05-07", "source": "甲日报",
            "content": "佛山与肇庆今天有雨，茂名多云，请市民出门带伞，注意道路湿滑。"}),
    ])
}

fn pairs(ran: &crate::desk::Ran) -> Vec<String> {
    let members = |pair: &Value| {
        let names = pair["members"].as_array().expect("members").iter();
        names.map(|name| name.as_str().expect("a name")).collect::<Vec<_>>().join("—")
    };
    let pairs = ran.json()["pairs"].as_array().expect("pairs").clone();
    pairs.iter().map(|pair| format!("{} {}", members(pair), pair["articles"])).collect()
}

#[test]
fn pairs_are_counted_once_for_all_reprints() {
    let desk = desk();
    let ran = desk.run(&["partners", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(pairs(&ran), ["佛山市—茂名市 1", "上海市—西双版纳傣族自治州 1"]);
    let pair = &ran.json()["pairs"][0];
    assert_eq!((&pair["first"], &pair["last"]), (&json!("2023-05-04"), &json!("2023-05-04")));
    assert_eq!(pair["events"][0]["reprints"], 1);
    assert_eq!(
        pair["evidence"],
        "佛山市与茂名市签署战略合作框架协议，签约项目72个，总投资近300亿元"
    );
    assert_eq!(
        pair["figures"][0],
        json!({"what": "总投资", "value": 3.0e10, "unit": "CNY", "text": "300亿元"})
    );
    assert_eq!(ran.json()["pairs"][1]["first"], Value::Null, "no date is invented");
}

#[test]
fn one_place_two_places_a_region_a_kind() {
    let desk = desk();
    let asked = |args: &[&str]| {
        let ran = desk.run(&[&["partners", "--format", "json"], args].concat());
        (ran.code, if ran.code == Some(2) { Vec::new() } else { pairs(&ran) })
    };
    let guangdong = (Some(0), vec!["佛山市—茂名市 1".to_owned()]);
    assert_eq!(asked(&["佛山"]), guangdong);
    assert_eq!(asked(&["佛山，茂名"]), guangdong);
    assert_eq!(asked(&["茂名", "南海区"]), guangdong, "a county stands for its city");
    assert_eq!(asked(&["广东"]), guangdong, "a province stands for its cities");
    assert_eq!(asked(&["佛山,上海"]), (Some(1), vec![]));
    assert_eq!(asked(&["--region", "粤港澳大湾区"]), guangdong);
    assert_eq!(asked(&["--region", "粤港澳大湾区", "--within"]), (Some(1), vec![]));
    assert_eq!(asked(&["--kind", "对口帮扶"]).1, ["上海市—西双版纳傣族自治州 1"]);
    assert_eq!(asked(&["--since", "2023-06"]), (Some(1), vec![]));
    assert_eq!(asked(&["--until", "2023"]), guangdong);
    assert_eq!(asked(&["佛山,茂名,上海"]).0, Some(2));
    assert_eq!(asked(&["--kind", "聚餐"]).0, Some(2));
    // What was signed in 2019 is not new because an article of 2023 tells of it.
    let looking_back =
        Desk::of(&[json!({"id": "b1", "title": "深哈共建园区", "date": "2023-08-01",
        "content": "2019年5月，深圳市与哈尔滨市签订合作共建产业园区协议。"})]);
    for (args, pair) in
        [(["--since", "2023"], None), (["--until", "2019"], Some("哈尔滨市—深圳市 1"))]
    {
        let ran = looking_back.run(&[&["partners", "--format", "json"], &args[..]].concat());
        assert_eq!(pairs(&ran), pair.into_iter().collect::<Vec<_>>(), "{args:?}: {}", ran.err);
    }
    let undated = desk.run(&["partners", "--until", "2023"]);
    assert!(
        undated.err.contains("1 other article would count but states no date"),
        "{}",
        undated.err
    );
}

#[test]
fn search_and_facets_know_partners() {
    let desk = desk();
    let found = desk.run(&["search", "--partners", "佛山,茂名", "--format", "json", "--facets"]);
    conforms("search-response.schema.json", &found.json());
    assert_eq!(found.json()["hits"][0]["duplicates"], 1, "the reprint stands behind it");
    assert_eq!(found.json()["total"], 1, "the article about the weather is not among them");
    assert_eq!(
        found.json()["hits"][0]["partners"],
        json!([{"a": "佛山市", "b": "茂名市", "kind": "经贸招商"}])
    );
    let values = |facet: &str| -> Vec<String> {
        let facets = found.json()["facets"][facet].as_array().expect("counts").clone();
        facets
            .iter()
            .map(|c| format!("{} {}", c["value"].as_str().unwrap_or(""), c["count"]))
            .collect()
    };
    assert_eq!(values("partner"), ["佛山市 1", "茂名市 1"]);
    assert_eq!(values("kind").len(), 1);
    for (names, total) in [("佛山", 1), ("肇庆", 0), ("云南,上海", 1), ("佛山,肇庆", 0)]
    {
        let ran = desk.run(&["search", "--partners", names, "--format", "json"]);
        assert_eq!(ran.json()["total"], total, "{names}");
    }
}

#[test]
fn a_pair_has_a_time_line_and_an_article_its_facts() {
    let desk = desk();
    let line = desk.run(&["partners", "佛山,茂名"]).out;
    assert!(line.contains("2023-05-04  佛茂签约  a1 甲日报"), "{line}");
    assert!(line.contains("and 1 reprint"), "{line}");
    let shown = desk.run(&["show", "a1"]).out;
    assert!(shown.contains("佛山市 — 茂名市: "), "{shown}");
    assert!(shown.contains("框架协议") && shown.contains("签约项目 72个"), "{shown}");
    let read = desk.run(&["read", "crawl.jsonl", "--format", "json"]);
    conforms("article.schema.json", &read.json()[0]);
}

#[test]
fn graphs_and_tables_for_other_programs() {
    let desk = desk();
    let dot = desk.run(&["partners", "--format", "dot"]).out;
    assert!(
        dot.starts_with("graph partners {") && dot.contains(r#""佛山市" -- "茂名市" [weight=1"#),
        "{dot}"
    );
    let xml = desk.run(&["partners", "--format", "graphml"]).out;
    assert!(xml.contains(r#"<edge source="佛山市" target="茂名市">"#), "{xml}");
    assert_eq!(xml.matches("<edge ").count(), xml.matches("</edge>").count());
    let csv = desk.run(&["partners", "--format", "csv"]).out;
    let text = csv.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(table.records().count(), 2);
}

#[test]
fn corrections_survive_a_rebuild() {
    let desk = desk();
    desk.write(
        "liancheng.idx/overrides.toml",
        "[[drop]]\narticle = \"a3\"\n[[add]]\narticle = \"a4\"\npair = [\"佛山\", \"肇庆\"]\n\
         kind = \"区域一体化\"\nevidence = \"佛山与肇庆今天有雨\"\n",
    );
    let listed = || pairs(&desk.run(&["partners", "--format", "json"]));
    assert_eq!(listed(), ["佛山市—茂名市 1"], "what is dropped is gone at once");
    assert_eq!(desk.run(&["rebuild"]).code, Some(0));
    assert_eq!(listed(), ["佛山市—肇庆市 1", "佛山市—茂名市 1"]);
    let found = desk.run(&["search", "--partners", "佛山,肇庆", "--format", "json"]);
    assert_eq!(found.json()["total"], 1);
    desk.write(
        "liancheng.idx/overrides.toml",
        "[[drop]]\narticle = \"a3\"\npair = [\"x\", \"佛山\"]\n",
    );
    let wrong = desk.run(&["partners"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("「x」, which is no place"), "{}", wrong.err);
}
