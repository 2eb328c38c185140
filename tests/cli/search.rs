//! `search` and `facets`.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use expect_test::expect;
use serde_json::{Value, json};

use crate::desk::{Desk, conforms};

/// Marks of a text as the words that they lie on.
fn marked(text: &Value, marks: &Value) -> Vec<String> {
    let characters: Vec<char> = text.as_str().expect("a text").chars().collect();
    let at = |value: &Value| value.as_u64().expect("a number") as usize;
    let marks = marks.as_array().expect("a list").iter();
    marks.map(|mark| characters[at(&mark[0])..at(&mark[1])].iter().collect()).collect()
}

#[test]
fn articles_are_printed_for_reading() {
    expect![[r#"
        --- out
        1 article, TIME

        1. 佛山茂名合办“人才飞地” 落户季华实验室
           2024-08-30 · 湾区样报 · 茂名市 佛山市 · s-0019
           8月29日，茂名—佛山人才飞地在佛山季华实验室挂牌。实验室坐落在佛山市南海区的文翰湖边，周围科研平台扎堆，茂名的企业把研发团队放到这里，等于一脚迈进了大城市的实验楼。 茂名是石化大市，炼油、化工的底子厚，缺的是做新材料的高手。
        --- exit 0
    "#]]
    .assert_eq(&Desk::sample().run(&["search", "“人才飞地”", "-n", "1"]).all());
}

#[test]
fn json_keeps_its_contract() {
    let desk = Desk::sample();
    for args in [
        &["人才飞地"][..],
        &["人才", "飞地", "--facets"],
        &["“长三角”", "-招聘", "--region", "长三角", "--sort", "newest"],
        &["--city", "佛山", "--width", "0"],
        &["榴莲"],
        &["沪滇对口帮扶", "--explain"],
        &["title:飞地", "--width", "7"],
        &["）（"],
        &["--region", "广东", "-n", "100", "--width", "300"],
    ] {
        let args: Vec<&str> = [&["search", "--format", "json"], args].concat();
        let ran = desk.run(&args);
        conforms("search-response.schema.json", &ran.json());
        assert_eq!(ran.err, "", "what is remarked stands in the answer: {args:?}");
        let lines = desk
            .run(&args.iter().map(|a| if *a == "json" { "jsonl" } else { a }).collect::<Vec<_>>());
        let hits: Vec<Value> =
            lines.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(Value::Array(hits), ran.json()["hits"]);
    }
}

#[test]
fn marks_lie_on_what_was_asked_for() {
    let ran = Desk::sample().run(&["search", "橫琴 深度合作区", "-n", "3", "--format", "json"]);
    let hit = &ran.json()["hits"][0];
    assert_eq!(marked(&hit["title"], &hit["title_marks"]), ["橫琴", "深度合作區"], "{hit:#}");
    for snippet in hit["snippets"].as_array().expect("a list") {
        assert!(!marked(&snippet["text"], &snippet["marks"]).is_empty(), "{snippet:#}");
    }
}

#[test]
fn what_was_understood_is_said() {
    let ran = Desk::sample().run(&["search", "佛山 “人才飞地” -招聘", "--format", "json"]);
    assert_eq!(
        ran.json()["understood"],
        json!({"words": ["佛山"], "also": ["佛山市"], "cities": ["佛山市"], "regions": [], "phrases": ["人才飞地"], "without": ["招聘"]})
    );
}

#[test]
fn without_anything_typed_there_is_an_answer() {
    expect![[r#"
        --- err
        error: there is nothing to search for
        hint: type words, as in `liancheng search 人才飞地`, or a filter, as in `liancheng search --city 佛山`
        --- exit 2
    "#]]
    .assert_eq(&Desk::sample().run(&["search"]).all());
}

#[test]
fn nothing_found_says_why() {
    let desk = Desk::sample();
    for (args, err) in [
        (&["榴莲"][..], "remark: no article holds 「榴莲」\n"),
        (&["“人才飞地”", "--city", "昆明"], "remark: without --city there would be 1 article\n"),
        (
            &["佛山", "--region", "云南", "--since", "2030"],
            "remark: 1 other article would match but states no date; without --since and --until they are listed\n",
        ),
        (
            &["飞地", "--outlet", "样报"],
            "remark: no article is by an outlet named 「样报」; there is 「北方样报」, 「湾区样报」 and 「江海样报」\n",
        ),
        (&["）（"], "remark: `）（` holds nothing to look for\n"),
        (
            &["“人才飞地”", "--page", "9"],
            "remark: there is no page 9; the last is page 1 of 1 article\n",
        ),
    ] {
        let ran = desk.run(&[&["search"], args].concat());
        assert_eq!(ran.code, Some(1), "{args:?}");
        assert!(ran.err.starts_with(err) || args.contains(&"2030"), "{args:?}: {}", ran.err);
        assert!(!ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn filters_that_make_no_sense_are_said() {
    let desk = Desk::sample();
    for (args, err) in [
        (
            &["--city", "佛山市市"][..],
            "error: `佛山市市` is no city or county that the gazetteer knows\nhint: did you mean `佛山市`?\n",
        ),
        (
            &["--since", "2023-13"],
            "error: `2023-13` is not a date; write it as 2024, 2024-10 or 2024-10-09\n",
        ),
        (
            &["--since", "2024", "--until", "2023"],
            "error: `--since 2024` is later than `--until 2023`\nhint: swap them\n",
        ),
    ] {
        let ran = desk.run(&[&["search"], args].concat());
        assert_eq!((ran.code, ran.err.as_str()), (Some(2), err), "{args:?}");
    }
}

#[test]
fn partners_are_separated_by_any_comma() {
    let desk = Desk::sample();
    let hits =
        |partners: &str| desk.run(&["search", "--partners", partners, "--format", "jsonl"]).out;
    let expected = hits("佛山,茂名");
    assert!(expected.contains("s-0019"));
    for partners in ["佛山，茂名", "佛山、茂名市", " 佛山 , 茂名 "] {
        assert_eq!(hits(partners), expected, "{partners}");
    }
}

#[test]
fn a_table_opens_in_a_spreadsheet() {
    let ran = Desk::sample().run(&["search", "人才飞地", "--format", "csv", "-n", "2"]);
    let text = ran.out.strip_prefix('\u{feff}').expect("a byte order mark");
    assert!(text.contains("\r\n"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&table.headers().expect("a header")[3], "title");
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!((rows.len(), &rows[0][1], &rows[0][8]), (2, "s-0019", "茂名市；佛山市"));
}

#[test]
fn text_from_outside_does_nothing_to_whoever_shows_it() {
    let desk = Desk::of(&[json!({
        "id": "=evil()",
        "title": "=HYPERLINK(\"http://x\") 飞地 [点我](javascript:alert(1))",
        "body": "\u{1b}[31m人才\u{202e}飞地\u{200b} <script>alert(1)</script> *重要*，\u{7}两市签约共建人才飞地，企业不必搬家，合作从此开始。",
        "source": "@日报",
        "url": "javascript:alert(1)",
        "date": "2024-10-09",
    })]);
    let shown = |format: &str| desk.run(&["search", "飞地", "--format", format]).out;
    let text = shown("text");
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{200b}']), "{text:?}");
    let markdown = shown("md");
    assert!(!markdown.contains("[点我](") && !markdown.contains("<script"), "{markdown}");
    assert!(!markdown.contains(['\u{1b}', '\u{202e}']), "{markdown:?}");
    for row in csv::Reader::from_reader(shown("csv").as_bytes()).records() {
        for cell in &row.expect("a row") {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    conforms(
        "search-response.schema.json",
        &desk.run(&["search", "飞地", "--format", "json"]).json(),
    );
    let page = desk.run(&["show", "=evil()", "--query", "飞地"]);
    assert!(page.code == Some(0) && !page.out.contains(['\u{1b}', '\u{202e}']), "{:?}", page.out);
}

#[test]
fn colours_are_for_terminals_or_those_who_ask() {
    let desk = Desk::sample();
    assert!(!desk.run(&["search", "飞地"]).out.contains('\u{1b}'), "a pipe is no terminal");
    assert!(desk.run(&["search", "飞地", "--color", "always"]).out.contains('\u{1b}'));
    assert!(!desk.run(&["search", "飞地", "--color", "never"]).out.contains('\u{1b}'));
    let mut command = desk.command(&["search", "飞地"]);
    assert!(!desk.finish(command.env("NO_COLOR", "1")).out.contains('\u{1b}'));
    let mut command = desk.command(&["search", "飞地", "--color", "always"]);
    assert!(desk.finish(command.env("NO_COLOR", "1")).out.contains('\u{1b}'), "asked for by name");
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let bodies = "两市共建人才飞地，企业不必搬家。".repeat(200);
    let records: Vec<Value> =
        (0..300).map(|n| json!({"id": format!("a{n}"), "title": format!("飞地{n}"), "body": format!("{n}{bodies}")})).collect();
    let desk = Desk::of(&records);
    for args in [
        &["search", "飞地", "-n", "300", "--format", "json", "--width", "5000"][..],
        &["search", "飞地", "-n", "300", "--format", "csv", "--width", "5000"],
        &["search", "飞地", "-n", "300", "--width", "5000"],
        &["read", "crawl.jsonl", "--format", "jsonl"],
    ] {
        let mut child = desk
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().expect("a pipe"))
            .read_line(&mut first)
            .expect("a line");
        let mut err = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        assert_eq!(
            (child.wait().expect("it ends").code(), err.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}

#[test]
fn any_text_is_a_query() {
    let desk = Desk::sample();
    let long = "人才飞地合作".repeat(1700);
    for query in [
        "“人才飞地",
        "人才（飞地）",
        "飞地+人才",
        "时间:2024",
        "２０２４年",
        "市",
        "😀",
        "*",
        "\\",
        "AND",
        &long,
    ] {
        let ran = desk.run(&["search", query]);
        assert!(matches!(ran.code, Some(0 | 1)), "{query}: {}", ran.all());
        assert!(!ran.err.contains("panic"), "{query}: {}", ran.err);
    }
    assert!(matches!(desk.run(&["search", "--", "-招聘"]).code, Some(0 | 1)));
}

#[test]
fn recent_articles_are_favoured_on_request_only() {
    let record = |id: &str, body: &str, date: &str| json!({"id": id, "title": "佛茂签约", "body": body, "date": date});
    let desk = Desk::of(&[
        record("旧", "佛山与茂名共建人才飞地，人才飞地落户禅城。", "2019-05-01"),
        record("新", "佛山与茂名共建人才飞地，园区设在高州，首批三家企业进驻。", "2024-05-01"),
    ]);
    let first = |more: &[&str]| {
        let args = [&["search", "人才飞地", "--explain", "--format", "json"], more].concat();
        desk.run(&args).json()["hits"][0].clone()
    };
    assert_eq!(first(&[])["id"], "旧");
    let favoured = first(&["--fresh"]);
    assert_eq!(favoured["id"], "新");
    let why = favoured["why"].as_array().expect("parts");
    assert!(why.iter().any(|part| part["how"] == "fresh"), "{favoured:#}");
    assert_eq!(first(&["--fresh", "--sort", "oldest"])["id"], "旧");
}

#[test]
fn facets_are_counted() {
    let record = |id: &str, outlet: &str, date: &str| json!({"id": id, "title": "佛山茂名共建飞地", "body": "佛山与茂名签约。", "source": outlet, "date": date});
    let desk = Desk::of(&[
        record("a1", "湾区样报", "2024-10-09"),
        record("a2", "湾区样报", "2023-06-06"),
        record("a3", "江海样报", "2023-05"),
        record("a4", "蜀渝样报", ""),
    ]);
    let ran = desk.run(&["facets", "飞地", "--by", "year,outlet,city", "--limit", "2"]);
    expect![[r#"
        --- out
        4 articles, TIME

        year
          2024  1
          2023  2

        outlet (2 of 3)
          湾区样报  2
          江海样报  1

        city
          佛山市  4
          茂名市  4
        --- exit 0
    "#]]
    .assert_eq(&ran.all());
    let json = desk.run(&["facets", "--city", "佛山", "--format", "json"]).json();
    assert!(json["facets"]["city"].as_array().is_some_and(|cities| cities.len() > 1), "{json:#}");
    let table = desk.run(&["facets", "--by", "province", "--format", "csv", "--limit", "1"]).out;
    assert!(table.starts_with("\u{feff}facet,value,count\r\nprovince,"), "{table}");
    expect![[r#"
        --- err
        error: `town` is no facet
        hint: choose from province, city, county, region, partner, kind, year, month and outlet
        --- exit 2
    "#]]
    .assert_eq(&desk.run(&["facets", "--by", "town"]).all());
    assert_eq!(desk.run(&["facets", "榴莲"]).code, Some(1));
    let below = desk.run(&["search", "飞地", "-n", "1", "--facets"]);
    assert!(below.out.contains("\nprovince"), "{}", below.out);
    let beside = desk.run(&["search", "飞地", "-n", "1", "--facets", "--format", "csv"]);
    assert_eq!(
        beside.err,
        "remark: csv has no room for facets; `liancheng facets` counts them alone\n"
    );
}

#[test]
fn pages_follow_each_other() {
    let desk = Desk::sample();
    let ids = |args: &[&str]| -> Vec<(u64, String)> {
        let ran = desk.run(&[&["search", "合作", "--format", "jsonl"], args].concat());
        let hit = |line: &str| {
            let hit: Value = serde_json::from_str(line).expect("JSON");
            (hit["rank"].as_u64().expect("a rank"), hit["id"].as_str().expect("an id").to_owned())
        };
        ran.out.lines().map(hit).collect()
    };
    let all = ids(&["-n", "12"]);
    assert_eq!([ids(&["-n", "6"]), ids(&["-n", "6", "--page", "2"])].concat(), all);
    assert_eq!(all[11].0, 12);
}

#[test]
fn articles_on_the_same_affair_are_found() {
    let desk = Desk::of(&[
        json!({"id": "签约", "title": "佛山茂名共建人才飞地",
            "body": "佛山与茂名在季华实验室共建人才飞地，首批五家企业入驻。"}),
        json!({"id": "转载", "title": "茂名把实验室开进佛山",
            "body": "本报讯 佛山与茂名在季华实验室共建人才飞地，首批五家企业入驻。"}),
        json!({"id": "回访", "title": "入驻一年之后",
            "body": "一年前，茂名的企业走进季华实验室。记者近日回访飞地里的研发人员，听他们说新材料。"}),
        json!({"id": "天气", "title": "全国多地迎来降雪", "body": "预计今夜到明天，哈尔滨有小雪。"}),
    ]);
    let ran = desk.run(&["similar", "签约", "--format", "json"]);
    let listed = ran.json();
    let listed: Vec<_> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|similar| (similar["id"].as_str().unwrap(), similar["kin"].as_str().unwrap()))
        .collect();
    assert_eq!(listed, [("转载", "reprint"), ("回访", "affair")]);
    let alone = desk.run(&["similar", "天气"]);
    assert_eq!(alone.code, Some(1));
    assert!(alone.err.contains("no other article"), "{}", alone.all());
}
