//! A folder of its own for each test, the program run in it, and what it printed in a form that is
//! the same on every machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

/// A folder to work in.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a run of the program ended.
pub(crate) struct Ran {
    /// Exit code; none if it was killed.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// A desk with an index of the sample crawl, for tests that only read.
static SAMPLE: LazyLock<Desk> = LazyLock::new(|| {
    let desk = Desk::new();
    let ran = desk.run(&["index", &sample().to_string_lossy()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    desk
});

/// The sample crawl.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample")
}

impl Desk {
    /// An empty desk.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// The desk with the index of the sample crawl.
    pub(crate) fn sample() -> &'static Self {
        &SAMPLE
    }

    /// A desk with an index of some records, one JSON object a line.
    pub(crate) fn of(records: &[serde_json::Value]) -> Self {
        let desk = Self::new();
        desk.write_records("crawl.jsonl", records);
        let ran = desk.run(&["index", "crawl.jsonl"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        desk
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
    }

    /// Writes a file of records.
    pub(crate) fn write_records(&self, name: &str, records: &[serde_json::Value]) {
        let lines: Vec<String> = records.iter().map(|record| format!("{record}\n")).collect();
        self.write(name, &lines.concat());
    }

    /// A path on the desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, ready to run here, in surroundings that say nothing.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liancheng"));
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        for name in ["LIANCHENG_INDEX", "NO_COLOR", "COLUMNS", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.finish(&mut self.command(args))
    }

    /// Runs a command that was made ready.
    pub(crate) fn finish(&self, command: &mut Command) -> Ran {
        let output = command.output().expect("the program can be started");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Ran {
            code: output.status.code(),
            out: self.normal(&text(output.stdout)),
            err: self.normal(&text(output.stderr)),
        }
    }

    /// Replaces what differs from run to run: this folder, the project's, and times.
    fn normal(&self, text: &str) -> String {
        let text = text
            .replace(&*self.folder.path().to_string_lossy(), "DESK")
            .replace(&*sample().to_string_lossy(), "SAMPLE");
        let time = regex::Regex::new(r"\d+(\.\d+)? m?s\b").expect("a pattern");
        let took = regex::Regex::new(r#""took(_ms)?": ?[\d.]+"#).expect("a pattern");
        took.replace_all(&time.replace_all(&text, "TIME"), "\"took$1\": 0").into_owned()
    }
}

impl Ran {
    /// Everything in one text, for comparing.
    pub(crate) fn all(&self) -> String {
        let code = self.code.map_or("killed".to_owned(), |code| code.to_string());
        let part = |name: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") }
        };
        format!("{}{}--- exit {code}\n", part("out", &self.out), part("err", &self.err))
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.all()))
    }
}

/// Holds JSON against a schema of `schema/`.
pub(crate) fn conforms(name: &str, value: &serde_json::Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
    let schema = std::fs::read_to_string(path).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}
