//! Who may ask, how much, and what happens when too many do.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::{Server, encoded, indexed, program, project, sample};

#[test]
fn every_answer_forbids_what_a_page_does_not_need() {
    for target in
        ["/", "/?q=x", "/api/search?q=x", "/nowhere", "/style.css", "/articles/x", "/export/xml"]
    {
        let answer = sample().get(target);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{target}: {policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{target}");
    }
}

#[test]
fn pages_travel_packed_and_are_the_same() {
    use std::io::Read;
    for target in [
        "/",
        "/?q=%E5%90%88%E4%BD%9C&view=network",
        "/api/search?q=x",
        "/export/csv?q=%E5%90%88%E4%BD%9C",
    ] {
        let plain = sample().get(target);
        assert_eq!(plain.header("content-encoding"), None, "{target}: nobody asked for it");
        let packed =
            sample().ask("GET", target, "Accept-Encoding: gzip\r\n", b"").expect("an answer");
        if plain.body.len() < 1_000 {
            continue;
        }
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{target}");
        assert_eq!(packed.header("vary"), Some("accept-encoding"), "{target}");
        assert!(packed.body.len() * 2 < plain.body.len(), "{target}");
        let mut unpacked = String::new();
        let body: &[u8] = &packed.body;
        flate2::read::GzDecoder::new(body).read_to_string(&mut unpacked).expect("it unpacks");
        // The time an answer took is said in it.
        assert!(unpacked.len().abs_diff(plain.body.len()) < 20, "{target}");
    }
}

#[test]
fn no_path_leads_to_a_file() {
    for target in [
        "/../Cargo.toml",
        "/..%2f..%2fetc%2fpasswd",
        "/articles/../../etc/passwd",
        "/articles/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/articles/%00",
        "/picture/..%2f..%2fetc%2fpasswd",
        "/export/..%2fcsv",
        "/api/schema/..%2fopenapi.json",
        "/api/schema/index.toml",
    ] {
        let answer = sample().get(target);
        assert_eq!(answer.status, 404, "{target}");
        assert!(!answer.text().contains("root:"), "{target}");
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let long = encoded(&"飞".repeat(401));
    for target in [
        format!("/api/search?q={long}"),
        format!("/?q={long}"),
        "/api/search?q=x&page=101&n=100".to_owned(),
        format!("/api/search?{}", "city=x&".repeat(50)),
        format!("/api/search?q={}", "a".repeat(9_000)),
    ] {
        assert_eq!(sample().get(&target).status, 400, "{}", &target[..40]);
    }
    assert_eq!(sample().ask("POST", "/api/search", "", b"q=x").expect("an answer").status, 405);
}

#[test]
fn another_name_for_this_machine_is_refused() {
    let asked = |host: &str| {
        sample()
            .ask("GET", "/api/search?q=x", &format!("Host: {host}\r\n"), b"")
            .expect("an answer")
            .status
    };
    assert_eq!(asked("evil.example"), 403);
    assert_eq!(asked("localhost:1234"), 200);
}

#[test]
fn other_machines_need_a_token() {
    let folder = indexed(&[project().join("data/sample/feeds")]);
    let mut refused = program(&folder);
    refused.args(["serve", "--listen", "0.0.0.0:0"]).stderr(Stdio::piped());
    let output = refused.output().expect("the program can be started");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: other machines can reach 0.0.0.0:0, and no token keeps them out\n\
         hint: set LIANCHENG_TOKEN to a long random text, or listen on 127.0.0.1\n"
    );

    let server = Server::start(folder, &["--listen", "127.0.0.1:0", "--token", "开门"]);
    assert_eq!(server.get("/health").status, 200, "a watchman needs none");
    for target in ["/", "/api/search?q=x", "/metrics", "/export/csv?q=x", "/articles/x"] {
        assert_eq!(server.get(target).status, 401, "{target}");
    }
    let asked =
        |headers: &str| server.ask("GET", "/api/trend", headers, b"").expect("an answer").status;
    assert_eq!(asked("Authorization: Bearer 关门\r\n"), 401);
    let form = |token: &str| {
        let body = format!("token={}", encoded(token));
        server.ask(
            "POST",
            "/login",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            body.as_bytes(),
        )
    };
    assert_eq!(form("关门").expect("an answer").status, 401);
    let welcome = form("开门").expect("an answer");
    assert_eq!((welcome.status, welcome.header("location")), (303, Some("/")));
    let cookie = welcome.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let value = cookie.split(';').next().expect("a value");
    assert_eq!(asked(&format!("Cookie: {value}\r\n")), 200);
    assert_eq!(asked("Cookie: liancheng=\r\n"), 401);
}

#[test]
fn who_comes_when_the_house_is_full_is_told_to_come_again() {
    let folder = indexed(&[project().join("data/sample")]);
    let server = Server::start(folder, &["--at-once", "1", "--no-log"]);
    let (answered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let answer = server.get(&format!("/?q={}", encoded("合作")));
                    match answer.status {
                        200 => answered.fetch_add(1, Ordering::Relaxed),
                        503 => {
                            assert_eq!(answer.header("retry-after"), Some("1"));
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        other => panic!("{other}"),
                    };
                }
            });
        }
    });
    let (answered, refused) = (answered.into_inner(), refused.into_inner());
    println!("{answered} served, {refused} told to come again");
    assert!(answered > 0 && refused > 0 && answered + refused == 300);
    assert_eq!(server.get(&format!("/?q={}", encoded("合作"))).status, 200, "and then again");
}

#[test]
fn a_signal_ends_it_in_good_order() {
    let folder = indexed(&[project().join("data/sample/feeds")]);
    let server = Server::start(folder, &[]);
    assert_eq!(server.get(&format!("/api/search?q={}", encoded("绝密的词"))).status, 200);
    let said = std::sync::Arc::clone(&server.said);
    assert!(server.stop().success());
    crate::server::wait_until("the last line", || {
        said.lock().expect("no panic").iter().any(|line| line == "stopping")
    });
    let said = said.lock().expect("no panic").join("\n");
    assert!(said.contains("GET /api/search 200 "), "{said}");
    assert!(!said.contains("%E7%BB%9D") && !said.contains("绝密"), "{said}");
}
