//! The page in a real browser: starts a server and runs `tests/browser` (Node, Playwright, axe)
//! against it. Says aloud that it skips where Node, its packages or Chromium are missing;
//! `tests/run.sh` installs them where it can.

use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::server::{Server, indexed, project};

/// What all scenarios together may take; alone they take half a minute.
const LONGEST: Duration = Duration::from_secs(300);

/// A browser that is installed here.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("LIANCHENG_CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    named.into_iter().chain(usual.map(PathBuf::from)).find(|path| path.exists())
}

#[test]
fn people_can_use_the_page() {
    let folder = project().join("tests/browser");
    let Some(chromium) = chromium() else {
        println!("SKIPPED: no Chromium is installed (apt-get install chromium)");
        return;
    };
    if !folder.join("node_modules/playwright-core").exists() {
        println!("SKIPPED: no packages in tests/browser (npm ci --prefix tests/browser)");
        return;
    }
    if Command::new("node").arg("--version").output().is_err() {
        println!("SKIPPED: no Node is installed");
        return;
    }
    let server = Server::start(indexed(&[project().join("data/sample")]), &["--no-log"]);
    let shots = project().join("target/screenshots");
    std::fs::create_dir_all(&shots).expect("target can be written");
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-reporter=spec", "page.test.mjs"])
        .current_dir(&folder)
        .env("LIANCHENG_URL", format!("http://{}", server.address))
        .env("LIANCHENG_CHROMIUM", chromium)
        .env("LIANCHENG_SHOTS", shots);
    // Where many programs share two cores, a browser now and then hangs for good; it is asked once
    // more. What fails, fails.
    let (succeeded, said) = ended(&mut command)
        .or_else(|| ended(&mut command))
        .expect("the browser comes to an end within ten minutes");
    println!("{said}");
    assert!(succeeded, "the page does not do what it should");
}

/// Whether a program succeeds, and what it says; none, if it has to be stopped.
fn ended(command: &mut Command) -> Option<(bool, String)> {
    let mut said = tempfile::tempfile().expect("a file for its words");
    let to = || said.try_clone().expect("the same file");
    let mut running =
        command.process_group(0).stdout(to()).stderr(to()).spawn().expect("it can be started");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = running.try_wait().expect("it can be asked") {
            break status;
        }
        if began.elapsed() > LONGEST {
            // Node has begun another.
            let group = format!("-{}", running.id());
            let told = Command::new("kill").args(["-KILL", "--", &group]).status();
            assert!(told.is_ok_and(|told| told.success()), "it can be stopped");
            running.wait().expect("it has ended");
            println!("stopped after {} s", LONGEST.as_secs());
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let mut words = String::new();
    said.rewind().expect("a file");
    said.read_to_string(&mut words).expect("text");
    Some((status.success(), words))
}
