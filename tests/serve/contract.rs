//! `schema/openapi.json` against what the server answers: to requests that people make, and to
//! whatever the document lets through and more.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::server::{Answer, encoded, project, sample};

/// The document, as the server hands it out.
fn document() -> Value {
    let answer = sample().get("/api/openapi.json");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

/// What the document says of an answer of a path with a status.
fn validator(document: &Value, path: &str, status: u16) -> jsonschema::Validator {
    let schema = &document["paths"][path]["get"]["responses"][status.to_string()]["content"]["application/json"]
        ["schema"];
    assert!(schema.is_object(), "{path} is not said to answer {status}");
    let schema = match schema["$ref"].as_str().and_then(|at| at.strip_prefix("/api/schema/")) {
        Some(name) => {
            let served = sample().get(&format!("/api/schema/{name}")).json();
            let text = std::fs::read_to_string(project().join("schema").join(name));
            let kept: Value =
                serde_json::from_str(&text.expect("the schema is there")).expect("JSON");
            assert_eq!(served, kept);
            kept
        }
        None => json!({"allOf": [schema], "components": document["components"]}),
    };
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn conforms(document: &Value, path: &str, target: &str, answer: &Answer) {
    let body = answer.json();
    let validator = validator(document, path, answer.status);
    let wrong: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{error} at {}", error.instance_path))
        .collect();
    assert!(wrong.is_empty(), "{target}: {wrong:#?}\n{body:#}");
}

#[test]
fn answers_keep_the_contract() {
    let document = document();
    let id =
        sample().get(&format!("/api/search?q={}", encoded("人才飞地"))).json()["hits"][0]["id"]
            .clone();
    let article = format!("/api/articles/{}", id.as_str().expect("an id"));
    for (path, target, status) in [
        ("/api/search", "/api/search?q=人才飞地", 200),
        ("/api/search", "/api/search?q=佛山 -招聘&facets=true&explain=true&n=3&sort=newest", 200),
        ("/api/search", "/api/search?city=佛山&city=茂名&since=2022&kind=人才飞地", 200),
        ("/api/search", "/api/search?q=人才飞地&all=true&fresh=true&explain=true", 200),
        ("/api/search", "/api/search?q=榴莲", 200),
        ("/api/search", "/api/search", 400),
        ("/api/search", "/api/search?city=月球背面", 400),
        ("/api/search", "/api/search?q=飞地&since=2024&until=2023", 400),
        ("/api/search", "/api/search?q=飞地&kind=打架", 400),
        ("/api/search", "/api/search?hits=3", 400),
        ("/api/facets", "/api/facets?q=协作&by=city&by=year&limit=3", 200),
        ("/api/facets", "/api/facets?by=town", 400),
        ("/api/articles/{id}", &article, 200),
        ("/api/articles/{id}", "/api/articles/没有这一篇", 404),
        ("/api/articles/{id}", "/api/articles/s", 404),
        ("/api/partners", "/api/partners", 200),
        ("/api/partners", "/api/partners?partners=佛山&n=5", 200),
        ("/api/partners", "/api/partners?region=长三角&within=true&q=人才", 200),
        ("/api/partners", "/api/partners?partners=佛山,茂名,广州", 400),
        ("/api/trend", "/api/trend?q=人才", 200),
        ("/api/trend", "/api/trend?q=人才&by=year&since=2023", 200),
        ("/api/trend", "/api/trend?by=week", 400),
        ("/api/suggest", "/api/suggest?q=rencai", 200),
        ("/api/suggest", "/api/suggest?q=", 200),
        ("/health", "/health", 200),
    ] {
        let (before, query) = target.split_once('?').unwrap_or((target, ""));
        let parts = query.split('&').map(|pair| {
            pair.split_once('=').map_or(encoded(pair), |(n, v)| format!("{n}={}", encoded(v)))
        });
        let before: Vec<String> = before.split('/').map(encoded).collect();
        let asked = format!("{}?{}", before.join("/"), parts.collect::<Vec<_>>().join("&"));
        let answer = sample().get(&asked);
        assert_eq!(answer.status, status, "{target}: {}", answer.text());
        conforms(&document, path, target, &answer);
    }
}

#[test]
fn a_search_answers_as_the_command_line_does() {
    let server = sample();
    let page = server.get(&format!("/api/search?q={}&facets=true&n=5", encoded("佛山 人才飞地")));
    let mut program = crate::server::program(&server.folder);
    program.args(["search", "佛山", "人才飞地", "--facets", "-n", "5", "--format", "json"]);
    let output = program.stdout(std::process::Stdio::piped()).output().expect("it can be started");
    let mut printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut answered = page.json();
    for value in [&mut printed, &mut answered] {
        value["took_ms"] = json!(0);
    }
    assert_eq!(printed, answered);
}

#[test]
fn every_copy_is_listed_and_counted_on_request() {
    let asked = |more: &str| sample().get(&format!("/api/search?since=2019{more}")).json();
    let (collapsed, all) = (asked("&n=100"), asked("&n=100&all=true"));
    let behind: u64 = collapsed["hits"]
        .as_array()
        .expect("hits")
        .iter()
        .filter_map(|hit| hit["duplicates"].as_u64())
        .sum();
    assert!(behind > 0, "the sample holds reprints");
    assert_eq!(all["total"].as_u64(), collapsed["total"].as_u64().map(|total| total + behind));
}

#[test]
fn what_may_be_meant_is_suggested() {
    for (typed, meant) in [
        ("rencaifeidi", "人才飞地"),
        ("rcfd", "人才飞地"),
        ("foshan", "佛山"),
        ("人材飞地", "人才飞地"),
    ] {
        let answer = sample().get(&format!("/api/suggest?q={}", encoded(typed))).json();
        let texts: Vec<&str> = answer["suggestions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|suggestion| suggestion["text"].as_str())
            .collect();
        assert!(texts.contains(&meant), "{typed}: {texts:?}");
    }
    let answer = sample().get(&format!("/api/search?q={}", encoded("人材飞地"))).json();
    let remarks = answer["remarks"].to_string();
    assert!(remarks.contains("did you mean 「人才飞地」?"), "{remarks}");
}

#[test]
fn figures_are_told_to_prometheus() {
    sample().get("/api/suggest?q=fo");
    let metrics = sample().get("/metrics");
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = metrics.text();
    assert!(
        text.contains("liancheng_requests_total{route=\"api_suggest\",status=\"200\"}"),
        "{text}"
    );
    let articles = sample().get("/health").json()["articles"].to_string();
    assert!(text.contains(&format!("liancheng_articles {articles}\n")), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(name.starts_with("liancheng_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

/// Requests made from the document: any of a path's parameters, with values that fit and with
/// values that do not.
#[test]
fn no_request_is_too_strange() {
    let document = document();
    let strange = || {
        prop_oneof![
            4 => select(vec!["佛山", "人才飞地", "长三角", "2023", "2023-07", "true", "3", "newest", "year",
                "人才飞地", "city", "湾区样报", "门厦", "rcfd", "“飞地” -招聘", "(佛山|茂名)~3", "同句(佛山 茂名)"])
                .prop_map(str::to_owned),
            1 => "\\PC{0,12}",
            1 => "(\u{0}|\u{202e}|\u{feff}|%|&|<|\"|'|\\.\\./|[0-9-]){0,8}",
            1 => Just("飞".repeat(401)),
        ]
    };
    let paths: Vec<(String, Vec<String>)> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .map(|(path, item)| {
            let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
            let names = parameters.iter().map(|parameter| {
                let key = parameter["$ref"].as_str().and_then(|at| at.rsplit('/').next());
                let found = key.map_or(parameter, |key| &document["components"]["parameters"][key]);
                found["name"].as_str().expect("a name").to_owned()
            });
            (path.clone(), names.collect())
        })
        .collect();
    let request = select(paths).prop_flat_map(move |(path, names)| {
        let most = names.len().min(5);
        let chosen = subsequence(names, 0..=most);
        chosen.prop_flat_map(move |names| {
            let path = path.clone();
            let values = proptest::collection::vec(strange(), names.len() + 1);
            values.prop_map(move |values| (path.clone(), names.clone(), values))
        })
    });
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(400) });
    let checked = runner.run(&request, |(path, names, values)| {
        let place = values.last().map(|value| encoded(value)).unwrap_or_default();
        if path.contains("{id}") && place.is_empty() {
            return Ok(());
        }
        let pairs: Vec<String> = names
            .iter()
            .filter(|name| *name != "id")
            .zip(&values)
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let target = format!("{}?{}", path.replace("{id}", &place), pairs.join("&"));
        let answer = sample().get(&target);
        prop_assert!(matches!(answer.status, 200 | 400 | 404), "{target}: {}", answer.status);
        conforms(&document, &path, &target, &answer);
        // The page of the same must stand, too.
        let page = sample().get(&format!("/?{}", pairs.join("&")));
        prop_assert!(matches!(page.status, 200 | 400), "/?{}: {}", pairs.join("&"), page.status);
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
}
