//! Reprints as a person meets them: behind the most original copy, all with `--all`, named by
//! `show`.

use serde_json::{Value, json};

use crate::desk::{Desk, conforms};

fn ids(ran: &crate::desk::Ran) -> Vec<(String, u64)> {
    let hit = |line: &str| {
        let hit: Value = serde_json::from_str(line).expect("JSON");
        (
            hit["id"].as_str().expect("an id").to_owned(),
            hit["duplicates"].as_u64().expect("a number"),
        )
    };
    ran.out.lines().map(hit).collect()
}

#[test]
fn search_lists_the_earliest_and_counts_the_others() {
    let desk = Desk::sample();
    let search = |more: &[&str]| {
        let args =
            [&["search", "环太湖 交通 执法", "--format", "jsonl", "-n", "50"], more].concat();
        ids(&desk.run(&args))
    };
    let (collapsed, all) = (search(&[]), search(&["--all"]));
    let copies = |list: &[(String, u64)]| -> u64 { list.iter().map(|(_, more)| more).sum() };
    assert_eq!(copies(&all), 0);
    assert_eq!(collapsed.len() as u64 + copies(&collapsed), all.len() as u64);
    let (first, others) = collapsed.iter().find(|(_, more)| *more > 0).expect("a reprinted one");
    assert_eq!(*others, 2, "一篇原文，两篇转载");
    let shown = desk.run(&["show", first, "--format", "json"]).json();
    conforms("article.schema.json", &shown);
    let dates: Vec<&str> = std::iter::once(&shown)
        .chain(shown["copies"].as_array().expect("copies"))
        .map(|copy| copy["date"].as_str().expect("a date"))
        .collect();
    assert!(dates.is_sorted(), "the earliest stands: {dates:?}");
    // A copy that matches alone stands for itself.
    let outlet = shown["copies"][0]["outlet"].as_str().expect("an outlet");
    let only = search(&["--outlet", outlet]);
    let copy = shown["copies"][0]["id"].as_str().expect("an id").to_owned();
    assert!(only.contains(&(copy.clone(), 0)), "{only:?}");
    let text = desk.run(&["show", &copy]).out;
    assert!(text.contains("2 other copies") && text.contains(first.as_str()), "{text}");
}

#[test]
fn every_format_says_how_many_copies_there_are() {
    let desk = Desk::sample();
    let run = |args: &[&str]| desk.run(args).out;
    let query = "环太湖 交通 执法";
    assert!(run(&["search", query]).contains("+2 copies"));
    assert!(run(&["search", query, "--format", "md"]).contains("+2 copies"));
    let table = run(&["search", query, "--format", "csv"]);
    assert!(table.lines().next().is_some_and(|head| head.ends_with(",duplicates")), "{table}");
    assert!(table.lines().nth(1).is_some_and(|row| row.ends_with(",2")), "{table}");
    desk_batch(query);
    let status = desk.run(&["status", "--format", "json"]).json();
    assert_eq!(status["reprints"], json!({"groups": 1, "copies": 2}));
    assert!(run(&["status"]).contains("2 copies of 1 text"));
}

fn desk_batch(query: &str) {
    let desk = Desk::new();
    let sample = crate::desk::sample().join("feeds");
    desk.run(&["index", &sample.to_string_lossy()]);
    desk.write("queries.csv", query);
    let rows = |args: &[&str]| desk.run(args).out.lines().map(str::to_owned).collect::<Vec<_>>();
    let collapsed = rows(&["batch", "queries.csv", "-n", "50"]);
    assert!(collapsed[1].ends_with(",2"), "{collapsed:?}");
    assert_eq!(rows(&["batch", "queries.csv", "-n", "50", "--all"]).len(), collapsed.len() + 2);
}

#[test]
fn facets_count_reprints_once() {
    let desk = Desk::sample();
    let total = |args: &[&str]| {
        desk.run(&[&["facets", "环太湖 交通 执法", "--format", "json"], args].concat()).json()["total"]
            .as_u64()
            .expect("a number")
    };
    assert_eq!(total(&["--all"]), total(&[]) + 2);
}

#[test]
fn partners_count_reprints_once_whatever_their_sentences() {
    let text = |first: &str| {
        format!(
            "{first}双方将在南海区共建园区，首批企业已经入驻，设备向对方开放，职称互相认可，技师联合培养，\
             每年举办两场招聘会，并且设立专门的服务窗口，方便两地群众办事，让数据多跑路、群众少跑腿。\
             当地有关负责人表示，园区建成以后预计带动一千人就业，并吸引更多配套企业前来落户发展。\
             下一步，双方还将围绕港口、旅游和职业教育继续商谈，争取在年底以前拿出第二批项目清单。"
        )
    };
    let desk = Desk::of(&[
        json!({"id": "b1", "title": "签约", "date": "2023-05-04", "source": "甲日报",
            "content": text("佛山市与茂名市昨天签署战略合作框架协议。")}),
        json!({"id": "b2", "title": "两市牵手", "date": "2023-05-06", "source": "乙日报",
            "content": text("本报讯 佛山市和茂名市签署产业合作框架协议。")}),
    ]);
    let ran = desk.run(&["partners", "佛山,茂名", "--format", "json"]).json();
    assert_eq!(ran["pairs"][0]["articles"], 1, "{ran:#}");
    assert_eq!(ran["pairs"][0]["events"][0]["article"], "b1");
    assert_eq!(ran["pairs"][0]["events"][0]["reprints"], 1);
}
