//! The index changes beneath the server: commits, rebuilds, corrections.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::server::{Server, encoded, filler, indexed_records, program, wait_until, write_records};

fn record(number: usize) -> serde_json::Value {
    json!({
        "id": format!("n{number}"),
        "title": format!("佛山与茂名共建第{number}个人才飞地"),
        "date": "2024-05-06",
        "body": format!("5月6日，佛山市与茂名市签署合作协议，共建第{number}个人才飞地，两市将在人才、产业上合作。{}。", filler(number)),
    })
}

/// Raises a flag when it goes.
struct StopAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn what_is_indexed_or_rebuilt_is_found_without_a_restart() {
    let first: Vec<_> = (0..5).map(record).collect();
    let server = Server::start(indexed_records(&first), &["--no-log"]);
    let total =
        || server.get(&format!("/api/search?q={}", encoded("人才飞地"))).json()["total"].as_u64();
    let generation = || server.get("/health").json()["generation"].clone();
    assert_eq!(total(), Some(5));

    let (stop, failed, asked) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        // Also when something is not as it should be: else nobody would ever be told.
        let _stop = StopAtTheEnd(&stop);
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let answer = server.get(&format!("/?q={}", encoded("人才飞地")));
                    asked.fetch_add(1, Ordering::Relaxed);
                    failed.fetch_add(usize::from(answer.status != 200), Ordering::Relaxed);
                }
            });
        }
        let path = server.folder.path().join("more.jsonl");
        write_records(&path, &(5..8).map(record).collect::<Vec<_>>());
        let before = generation();
        assert!(
            program(&server.folder).arg("index").arg(&path).status().expect("it runs").success()
        );
        wait_until("a commit into the same generation", || total() == Some(8));
        assert_eq!(generation(), before);

        assert!(
            program(&server.folder)
                .args(["rebuild", "--prune"])
                .arg(&path)
                .status()
                .expect("it runs")
                .success()
        );
        wait_until("another generation", || total() == Some(3));
        assert_ne!(generation(), before);
    });
    println!("{} requests while the index was swapped", asked.load(Ordering::Relaxed));
    assert_eq!(failed.load(Ordering::Relaxed), 0);

    // What was corrected by hand is followed, too.
    let pairs = || server.get("/api/partners").json()["total"].as_u64();
    assert_eq!(pairs(), Some(1));
    let overrides: Vec<String> =
        (5..8).map(|n| format!("[[drop]]\narticle = \"n{n}\"\n")).collect();
    std::fs::write(server.folder.path().join("a.idx/overrides.toml"), overrides.concat())
        .expect("written");
    wait_until("the corrections", || pairs() == Some(0));

    // A broken folder keeps what is served.
    std::fs::write(server.folder.path().join("a.idx/CURRENT"), "nonsense").expect("written");
    wait_until("a notice", || {
        server.said.lock().expect("no panic").iter().any(|line| line.starts_with("still serving"))
    });
    assert_eq!(total(), Some(3));
}
