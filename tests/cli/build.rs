//! `index`, `rebuild` and `status`.

use expect_test::expect;
use serde_json::json;

use crate::desk::{Desk, sample};

const TWO: &str = r#"{"id":"a1","title":"佛山茂名共建人才飞地","body":"两市签约。","date":"2024-10-09"}
{"id":"a2","title":"荔湾南海携手","body":"两区签约。","date":"2023-06-06"}
"#;

#[test]
fn the_summary_adds_up() {
    let desk = Desk::new();
    desk.write("crawl/a.jsonl", &format!("{TWO}not json\n"));
    desk.write("crawl/picture.jpg", "");
    expect![[r#"
        --- out
        read 3 = 2 new + 0 changed + 0 unchanged + 1 skipped; 2 articles in the index, TIME
        --- err
        skipped: crawl/a.jsonl:3 is not valid JSON: expected ident at byte 2 (each line must hold one whole record)
        passed over 1 file or record that holds no page: .jpg (1)
        --- exit 0
    "#]]
    .assert_eq(&desk.run(&["index", "crawl"]).all());

    desk.write("crawl/a.jsonl", &TWO.replace("两区签约", "两区续约"));
    expect![[r#"
        --- out
        read 2 = 0 new + 1 changed + 1 unchanged + 0 skipped; 2 articles in the index, TIME
        --- exit 0
    "#]]
    .assert_eq(&desk.run(&["index", "crawl/a.jsonl"]).all());

    let ran = desk.run(&["rebuild", "--format", "json"]);
    let mut summary = ran.json();
    summary["took"] = json!(0);
    assert_eq!(
        summary,
        json!({"read": 2, "new": 2, "changed": 0, "unchanged": 0, "skipped": 0,
            "corrected": 0, "remembered": 0, "lost": 0, "pruned": 0, "understood_anew": 0,
            "passed_over": {".jpg": 1}, "articles": 2, "vanished": 0, "took": 0})
    );
}

#[test]
fn a_page_is_the_same_however_its_path_is_typed() {
    let desk = Desk::new();
    desk.write("crawl/a.txt", "佛山茂名共建人才飞地\n两市2024年10月9日签约，共建人才飞地。\n");
    for arguments in [
        &["index", "crawl"][..],
        &["rebuild"],
        &["index", "./crawl/a.txt"],
        &["index", "crawl/../crawl"],
    ] {
        let ran = desk.run(arguments);
        assert!(ran.out.contains("1 article in the index"), "{arguments:?}: {}", ran.all());
    }
}

#[test]
fn strict_forbids_to_skip() {
    let desk = Desk::new();
    desk.write("a.jsonl", &format!("{TWO}not json\n"));
    let ran = desk.run(&["index", "--strict", "a.jsonl"]);
    assert_eq!(ran.code, Some(2), "{}", ran.all());
    assert!(
        ran.err.ends_with(
            "error: 1 page was skipped, and --strict forbids it\n\
         hint: everything else was read; leave out --strict to accept that\n"
        ),
        "{}",
        ran.err
    );
    assert_eq!(desk.run(&["search", "飞地"]).code, Some(0), "the rest is in the index");
    assert_eq!(desk.run(&["read", "--strict", "a.jsonl"]).code, Some(2));
    assert_eq!(desk.run(&["read", "a.jsonl"]).code, Some(0));
}

#[test]
fn nothing_read_is_said() {
    let desk = Desk::new();
    expect![[r#"
        --- out
        read 1 = 0 new + 0 changed + 0 unchanged + 1 skipped; 0 articles in the index, TIME
        --- err
        skipped: gone.jsonl is not there (check the path)
        error: nothing could be read from `gone.jsonl`
        hint: the lines above say what is wrong with each
        --- exit 2
    "#]]
    .assert_eq(&desk.run(&["index", "gone.jsonl"]).all());
}

#[test]
fn after_twenty_skips_the_rest_is_counted() {
    let desk = Desk::new();
    desk.write("a.jsonl", &format!("{TWO}{}", "not json\n".repeat(25)));
    let few = desk.run(&["index", "a.jsonl"]);
    assert_eq!(few.err.lines().filter(|line| line.contains("a.jsonl:")).count(), 20);
    assert!(few.err.ends_with("skipped: 5 more; --verbose names them all\n"), "{}", few.err);
    let all = desk.run(&["rebuild", "--verbose"]);
    assert_eq!(all.err.lines().filter(|line| line.contains("a.jsonl:")).count(), 25);
}

#[test]
fn an_index_that_is_not_there_is_said() {
    let desk = Desk::new();
    for args in [&["search", "佛山"][..], &["show", "a1"], &["status"], &["facets"], &["rebuild"]]
    {
        let ran = desk.run(args);
        assert_eq!(ran.code, Some(2));
        assert_eq!(
            ran.err,
            "error: there is no index in `liancheng.idx`\n\
             hint: run `liancheng index --index liancheng.idx PATH…` to make one\n",
            "{args:?}"
        );
    }
}

#[test]
fn the_index_can_be_named_in_two_ways() {
    let desk = Desk::new();
    desk.write("a.jsonl", TWO);
    assert_eq!(desk.run(&["index", "--index", "here", "a.jsonl"]).code, Some(0));
    let mut command = desk.command(&["search", "飞地"]);
    assert_eq!(desk.finish(command.env("LIANCHENG_INDEX", "here")).code, Some(0));
    assert_eq!(desk.run(&["search", "飞地", "--index", "here"]).code, Some(0));
}

#[test]
fn status_says_what_there_is() {
    let desk = Desk::new();
    desk.write("crawl/a.jsonl", TWO);
    desk.run(&["index", "crawl"]);
    let status = desk.run(&["status", "--format", "json"]).json();
    assert_eq!(status["articles"], 2);
    assert_eq!(status["dates"], json!({"first": "2023-06-06", "last": "2024-10-09", "undated": 0}));
    assert_eq!(status["stale"], json!([]));
    let text = desk.run(&["status"]);
    assert_eq!(text.code, Some(0));
    for part in
        ["articles    2\n", "2023-06-06 to 2024-10-09, 0 undated", "just now", "generation-000001"]
    {
        assert!(text.out.contains(part), "{part}: {}", text.out);
    }
}

#[test]
fn status_says_what_is_stale() {
    let desk = Desk::new();
    desk.write("crawl/a.jsonl", TWO);
    desk.write("feed.jsonl", TWO);
    desk.run(&["index", "crawl", "feed.jsonl"]);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let touch = |name: &str| {
        let file =
            std::fs::File::options().append(true).open(desk.path(name)).expect("it is there");
        file.set_modified(later).expect("times can be set");
    };
    touch("crawl/a.jsonl");
    std::fs::remove_file(desk.path("feed.jsonl")).expect("it can be removed");
    let status = desk.run(&["status", "--format", "json"]).json();
    assert_eq!(
        status["stale"],
        json!([
            {"what": "`DESK/feed.jsonl` is gone; its articles stay", "run": "liancheng index --index liancheng.idx --prune"},
            {"what": "1 file is new or changed", "run": "liancheng index --index liancheng.idx DESK/crawl"},
        ])
    );
    assert_eq!(status["vanished"], 0, "the other file holds the same articles");
    desk.write("crawl/picture.jpg", "");
    let again = desk.run(&["status", "--format", "json"]).json();
    assert_eq!(status["stale"], again["stale"], "files that are not read do not count");
}

#[test]
fn an_index_of_another_program_is_looked_at_and_rebuilt() {
    let desk = Desk::new();
    desk.write("a.jsonl", TWO);
    desk.run(&["index", "a.jsonl"]);
    let meta = desk.path("liancheng.idx/generation-000001/meta.json");
    let text = std::fs::read_to_string(&meta).expect("it is there");
    assert!(text.contains(r#"\"schema\":"#), "{text}");
    let mut commit: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let payload = commit["payload"].as_str().expect("an imprint");
    let other = regex::Regex::new(r#"("schema":)\d+"#).expect("a pattern");
    let (_, imprint) = payload.split_once(' ').expect("a check stands before the imprint");
    let imprint = other.replace(imprint, "${1}999").into_owned();
    let check = blake3::hash(imprint.as_bytes()).to_hex()[..16].to_owned();
    commit["payload"] = json!(format!("{check} {imprint}"));
    std::fs::write(&meta, commit.to_string()).expect("it can be written");

    let status = desk.run(&["status"]);
    assert_eq!(status.code, Some(0), "{}", status.all());
    assert!(status.out.contains("articles    2\n"), "{}", status.out);
    assert!(status.out.contains("run `liancheng rebuild --index liancheng.idx`"), "{}", status.out);
    let search = desk.run(&["search", "飞地"]);
    assert_eq!(search.code, Some(2));
    assert!(search.err.contains("was built with schema 999"), "{}", search.err);
    assert!(search.err.contains("hint: run `liancheng rebuild --index liancheng.idx`"));
    assert_eq!(desk.run(&["rebuild"]).code, Some(0));
    assert_eq!(desk.run(&["search", "飞地"]).code, Some(0));
}

#[test]
fn a_damaged_index_is_said() {
    let desk = Desk::new();
    desk.write("a.jsonl", TWO);
    desk.run(&["index", "a.jsonl"]);
    std::fs::write(desk.path("liancheng.idx/generation-000001/meta.json"), "{").expect("written");
    for args in [&["search", "飞地"][..], &["status"]] {
        let ran = desk.run(args);
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.starts_with("error: the index in `liancheng.idx` "), "{}", ran.err);
    }
    std::fs::write(desk.path("liancheng.idx/CURRENT"), "nonsense").expect("written");
    assert!(desk.run(&["search", "飞地"]).err.contains("is damaged"));
}

#[test]
fn a_folder_of_other_things_is_left_alone() {
    let desk = Desk::new();
    desk.write("a.jsonl", TWO);
    desk.write("mine/letter.txt", "亲爱的");
    let ran = desk.run(&["index", "--index", "mine", "a.jsonl"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.err,
        "error: `mine` holds files that are not an index\n\
         hint: give an empty or new folder with --index\n"
    );
}

#[test]
fn no_bar_is_drawn_where_nobody_watches() {
    let desk = Desk::new();
    let ran = desk.run(&["index", &sample().to_string_lossy()]);
    assert!(!ran.err.contains('\u{1b}') && !ran.err.contains('\r'), "{}", ran.err);
}
