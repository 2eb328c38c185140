//! The program and a cluster that refuses, is away or cannot be trusted: what is sent, and what a
//! person is told. The nodes are made up; answers of a real cluster are held against the index on
//! this machine by `run.sh`.

mod node;

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use liancheng::index::Stamp;
use node::{Node, Request, nobody, refusal, version};

/// What came of a command: everything it printed, and its exit code.
struct Ran {
    said: String,
    code: Option<i32>,
}

/// Asks a cluster for 佛山, as somebody whom these variables describe.
fn search(urls: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    for name in [
        "LIANCHENG_INDEX",
        "LIANCHENG_CLUSTER",
        "LIANCHENG_CLUSTER_USER",
        "LIANCHENG_CLUSTER_PASSWORD",
        "LIANCHENG_CLUSTER_API_KEY",
        "LIANCHENG_CLUSTER_CREDENTIALS",
        "LIANCHENG_CLUSTER_CA",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    let output = command.args(["search", "佛山", "--cluster", urls]).output().expect("it runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    Ran { said: said.concat(), code: output.status.code() }
}

#[track_caller]
fn fails(ran: &Ran, with: &[&str]) {
    assert_eq!(ran.code, Some(2), "{}", ran.said);
    for part in with {
        assert!(ran.said.contains(part), "{part} is missing: {}", ran.said);
    }
}

/// A cluster that runs and holds no archive.
fn empty(request: &Request) -> (u16, Value) {
    if request.path == "/" { (200, version("3.8.0")) } else { (200, json!({})) }
}

#[test]
fn a_cluster_that_is_away_is_said_to_be_away() {
    let url = nobody();
    fails(&search(&url, &[]), &["cannot be reached", &url, "see that it runs"]);
}

#[test]
fn of_two_nodes_the_one_that_runs_answers() {
    let node = Node::start(empty);
    let both = format!("{},{}", nobody(), node.url);
    // Which of them is asked first is chance.
    for _ in 0..4 {
        fails(&search(&both, &[]), &["the cluster holds no archive `liancheng`", "push"]);
    }
}

#[test]
fn user_and_password_are_sent_and_never_shown() {
    let node = Node::start(|_| refusal(401, "security_exception", "who are you? 连城通行证"));
    let asker = [("LIANCHENG_CLUSTER_USER", "reader"), ("LIANCHENG_CLUSTER_PASSWORD", "hush-hush")];
    let ran = search(&node.url, &asker);
    fails(&ran, &["does not know who asks (401)", "LIANCHENG_CLUSTER_PASSWORD"]);
    assert!(!ran.said.contains("hush-hush"), "{}", ran.said);
    // `reader:hush-hush` in Base64.
    assert_eq!(node.asked()[0].headers["authorization"], "Basic cmVhZGVyOmh1c2gtaHVzaA==");
    assert_eq!(node.asked().len(), 1, "who is not known is not asked for again");
}

#[test]
fn a_key_is_sent_as_it_is_or_encoded() {
    let node = Node::start(empty);
    search(&node.url, &[("LIANCHENG_CLUSTER_API_KEY", "id:key")]);
    search(&node.url, &[("LIANCHENG_CLUSTER_API_KEY", "aWQ6a2V5")]);
    for request in node.asked() {
        assert_eq!(request.headers["authorization"], "ApiKey aWQ6a2V5");
    }
}

#[test]
fn a_file_may_say_who_asks() {
    let node = Node::start(empty);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("who.toml");
    let path = file.to_str().expect("UTF-8");
    let asker = [("LIANCHENG_CLUSTER_CREDENTIALS", path)];
    fs::write(&file, "user = \"reader\"\npassword = \"hush-hush\"\n").expect("it is written");
    search(&node.url, &asker);
    assert_eq!(node.asked()[0].headers["authorization"], "Basic cmVhZGVyOmh1c2gtaHVzaA==");
    fs::write(&file, "pasword = \"hush-hush\"\n").expect("it is written");
    let ran = search(&node.url, &asker);
    fails(&ran, &["does not hold lines such as"]);
    assert!(!ran.said.contains("hush-hush"), "{}", ran.said);
    fs::write(&file, "user = \"reader\"\n").expect("it is written");
    fails(&search(&node.url, &asker), &["a user needs a password"]);
}

#[test]
fn a_right_that_is_missing_is_named() {
    let node = Node::start(|request| match request.path.as_str() {
        "/" => (200, version("3.8.0")),
        _ => refusal(403, "security_exception", "no permissions for [indices:admin/get]"),
    });
    fails(&search(&node.url, &[]), &["does not allow it (403)", "indices:admin/get"]);
}

#[test]
fn what_is_too_old_or_something_else_is_refused() {
    let old = Node::start(|_| (200, version("2.19.1")));
    fails(&search(&old.url, &[]), &["runs OpenSearch 2.19.1; OpenSearch 3.0 or newer is needed"]);
    let other = Node::start(|_| (200, json!({ "version": { "number": "8.15.0" } })));
    fails(&search(&other.url, &[]), &["OpenSearch 3.0 or newer is needed"]);
    let page = Node::start(|_| (200, json!("<html>欢迎</html>")));
    fails(&search(&page.url, &[]), &["OpenSearch 3.0 or newer is needed"]);
}

#[test]
fn an_archive_of_another_program_is_to_be_pushed_anew() {
    let stamp = Stamp { schema: 3, ..Stamp::current() };
    let meta = json!({ "program": "liancheng", "stamp": stamp, "state": "whole", "sum": 0 });
    let node = Node::start(move |request| match request.path.as_str() {
        "/" => (200, version("3.8.0")),
        _ => (
            200,
            json!({ "liancheng-1": {
                "aliases": { "liancheng": {} },
                "mappings": { "_meta": meta },
            } }),
        ),
    });
    let said = ["was pushed with schema 3, this program has schema", "liancheng push"];
    fails(&search(&node.url, &[]), &said);
}

#[test]
fn a_busy_cluster_is_asked_again_and_then_left() {
    let times = AtomicUsize::new(0);
    let node = Node::start(move |request| match times.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => refusal(429, "circuit_breaking_exception", "too much at once"),
        _ => empty(request),
    });
    fails(&search(&node.url, &[]), &["the cluster holds no archive"]);
    assert_eq!(node.asked().len(), 4, "twice in vain, then the version and the archive");
    let node = Node::start(|_| refusal(429, "circuit_breaking_exception", "too much at once"));
    fails(&search(&node.url, &[]), &["the cluster is too busy", "too much at once", "later"]);
}

#[test]
fn an_encrypted_cluster_has_to_be_trusted() {
    let (node, certificate) = Node::start_encrypted(empty);
    let asker = [("LIANCHENG_CLUSTER_USER", "reader"), ("LIANCHENG_CLUSTER_PASSWORD", "hush-hush")];
    fails(&search(&node.url, &asker), &["cannot be reached", "certificate"]);
    assert!(node.asked().is_empty(), "nothing is said to who is not trusted");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    let trusted = [asker[0], asker[1], ("LIANCHENG_CLUSTER_CA", file.to_str().expect("UTF-8"))];
    fs::write(&file, certificate).expect("it is written");
    fails(&search(&node.url, &trusted), &["the cluster holds no archive"]);
    assert_eq!(node.asked()[0].headers["authorization"], "Basic cmVhZGVyOmh1c2gtaHVzaA==");

    let (_, other) = Node::start_encrypted(empty);
    fs::write(&file, other).expect("it is written");
    fails(&search(&node.url, &trusted), &["cannot be reached", "certificate"]);
    fs::write(&file, "no certificate").expect("it is written");
    fails(&search(&node.url, &trusted), &["no certificates (PEM) in it"]);
}
