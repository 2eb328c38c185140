//! `show` and `read`.

use expect_test::expect;
use serde_json::{Value, json};

use crate::desk::{Desk, conforms, sample};

#[test]
fn an_article_is_shown_with_its_facts() {
    let desk = Desk::of(&[json!({
        "id": "a1",
        "title": "佛山茂名共建“人才飞地”",
        "body": "8月29日，茂名—佛山人才飞地在季华实验室揭牌。\n两市签约。",
        "date": "2024-10-09",
        "source": "湾区样报",
        "url": "https://www.example.com/1",
    })]);
    let ran = desk.run(&["show", "a1"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for part in [
        "佛山茂名共建“人才飞地”\n2024-10-09 · 湾区样报\na1 · https://www.example.com/1 · crawl.jsonl:1\n\n8月29日，",
        "揭牌。\n\n两市签约。\n\n",
        "cities     ",
        "  date     2024-10-09 from 「2024-10-09」 (crawl record)\n",
        "  佛山市 city 440600, about it",
        "「佛山」 title 0–2",
    ] {
        assert!(ran.out.contains(part), "{part:?} in {}", ran.out);
    }
    let lit = desk.run(&["show", "a", "--query", "飞地", "--color", "always"]);
    assert!(lit.out.contains("\u{1b}[31m飞地\u{1b}[0m"), "{:?}", lit.out);
    let json = desk.run(&["show", "a1", "--format", "json"]).json();
    conforms("article.schema.json", &json);
    assert_eq!(
        json["witness"]["date"],
        json!({"date": "2024-10-09", "text": "2024-10-09", "witness": "record"})
    );
}

#[test]
fn an_id_that_is_not_there_is_said() {
    let desk = Desk::sample();
    expect![[r#"
        --- err
        error: no article has the id `s-00199`
        hint: did you mean `s-0019`?
        --- exit 1
    "#]]
    .assert_eq(&desk.run(&["show", "s-00199"]).all());
    expect![[r#"
        --- err
        error: several ids begin with `s-001`
        hint: type more of it: `s-0010`, `s-0011`, `s-0012`, `s-0013`, `s-0014`, `s-0015`, `s-0016`, `s-0017`, `s-0018` or `s-0019`
        --- exit 1
    "#]]
    .assert_eq(&desk.run(&["show", "s-001"]).all());
    assert_eq!(desk.run(&["show", "no such thing"]).code, Some(1));
}

#[test]
fn reading_needs_no_index() {
    let desk = Desk::new();
    let sample = sample();
    let ran = desk.run(&["read", &sample.to_string_lossy(), "--format", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let articles: Vec<Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(articles.len() >= 61);
    let paths: Vec<&str> = articles.iter().filter_map(|a| a["path"].as_str()).collect();
    assert!(
        paths[0].starts_with("SAMPLE/dumps/") && paths[40].starts_with("SAMPLE/feeds/")
            || paths.is_sorted(),
        "{paths:#?}"
    );
    for article in &articles {
        conforms("article.schema.json", article);
        assert_eq!(article.get("witness"), None);
    }
    let list = desk.run(&["read", &sample.to_string_lossy(), "--format", "json"]).json();
    assert_eq!(list, Value::Array(articles));
    let with = desk.run(&[
        "read",
        &sample.join("feeds").to_string_lossy(),
        "--format",
        "json",
        "--witness",
    ]);
    for article in with.json().as_array().expect("a list") {
        conforms("article.schema.json", article);
        assert!(article["witness"].is_object());
    }
    assert!(!desk.path("liancheng.idx").exists());
}

#[test]
fn what_cannot_be_read_is_said() {
    let desk = Desk::new();
    desk.write("empty.jsonl", "");
    let ran = desk.run(&["read", "empty.jsonl", "--format", "json"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "[]\n"), "{}", ran.err);
    expect![[r#"
        --- err
        skipped: gone is not there (check the path)
        --- exit 2
    "#]]
    .assert_eq(&desk.run(&["read", "gone"]).all());
}

#[test]
fn read_prints_for_people_too() {
    let path = sample().join("dumps/hengqin-traditional.txt");
    let ran = Desk::new().run(&["read", &path.to_string_lossy()]);
    assert!(ran.out.starts_with("橫琴粵澳深度合作區管理機構掛牌"), "{}", ran.out);
    assert!(ran.out.contains("cities     ") && !ran.out.contains("read from"), "{}", ran.out);
}
