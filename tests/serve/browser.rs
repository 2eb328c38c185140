//! The page in a real browser: starts a server and runs `tests/browser` (Node, Playwright, axe)
//! against it. Says aloud that it skips where Node, its packages or Chromium are missing;
//! `tests/run.sh` installs them where it can.

use std::path::PathBuf;
use std::process::Command;

use crate::server::{Server, indexed, project};

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
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec", "page.test.mjs"])
        .current_dir(&folder)
        .env("LIANCHENG_URL", format!("http://{}", server.address))
        .env("LIANCHENG_CHROMIUM", chromium)
        .env("LIANCHENG_SHOTS", shots)
        .output()
        .expect("node can be started");
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
