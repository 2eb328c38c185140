//! The server as a process of its own, and a client that speaks just enough HTTP to ask it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A running server over an index in a folder of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) folder: Arc<TempDir>,
    /// What it wrote to standard error, line by line.
    pub(crate) said: Arc<Mutex<Vec<String>>>,
}

/// An answer of HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// The project's folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One server over the sample crawl, for tests that only ask.
pub(crate) fn sample() -> &'static Server {
    static SAMPLE: LazyLock<(Server, Child)> = LazyLock::new(|| {
        let server = Server::start(indexed(&[project().join("data/sample")]), &[]);
        let guard = server.ends_with_this_process();
        (server, guard)
    });
    &SAMPLE.0
}

/// A folder with an index of some paths.
pub(crate) fn indexed(paths: &[PathBuf]) -> Arc<TempDir> {
    let folder = Arc::new(tempfile::tempdir().expect("a temporary folder can be made"));
    let mut args = vec!["index".to_owned()];
    args.extend(paths.iter().map(|path| path.to_string_lossy().into_owned()));
    let done = program(&folder).args(&args).status().expect("the program can be started");
    assert!(done.success());
    folder
}

/// A folder with an index of some records.
pub(crate) fn indexed_records(records: &[Value]) -> Arc<TempDir> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("crawl.jsonl");
    write_records(&path, records);
    indexed(&[path])
}

/// Writes records, one a line.
pub(crate) fn write_records(path: &Path, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(|record| format!("{record}\n")).collect();
    std::fs::write(path, lines.concat()).expect("files can be written");
}

/// The program, with the index of a folder.
pub(crate) fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liancheng"));
    command.arg("--index").arg(folder.path().join("a.idx"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env_remove("LIANCHENG_TOKEN").env_remove("LIANCHENG_INDEX");
    command
}

impl Server {
    /// Has the server stopped when this process ends, however it does: what a static holds is never
    /// dropped. The guard waits for the end of its input, which this process alone can close.
    fn ends_with_this_process(&self) -> Child {
        let mut guard = Command::new("sh");
        guard.args(["-c", "read -r _; kill \"$0\"", &self.child.id().to_string()]);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        guard.spawn().expect("a shell can be started")
    }

    /// Starts a server on a free port.
    pub(crate) fn start(folder: Arc<TempDir>, args: &[&str]) -> Self {
        let mut command = program(&folder);
        command.arg("serve");
        if !args.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child =
            command.args(args).stderr(Stdio::piped()).spawn().expect("the server can be started");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let mut address = None;
        for line in lines.by_ref() {
            let line = line.expect("it writes UTF-8");
            if let Some(at) = line.strip_prefix("listening on http://") {
                address = at.parse().ok();
                break;
            }
        }
        let address = address.expect("it says where it listens");
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                heard.lock().expect("nobody panics here").push(line);
            }
        });
        Self { child, address, folder, said }
    }

    /// Asks for an address, as it is.
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, "", b"").unwrap_or_else(|e| panic!("{target}: {e}"))
    }

    /// Asks with more headers (each ends with CR LF) and a body.
    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let host = if headers.to_ascii_lowercase().contains("host:") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.address)
        };
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", body.len())
        };
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\n{host}Connection: close\r\n{length}{headers}\r\n"
        )?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or_else(|| std::io::Error::other("an answer without a head"))?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
        let body = bytes[end + 4..].to_vec();
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { unchunked(&body) } else { body };
        Ok(Answer { status, head, body })
    }

    /// Asks a process to end and waits for it.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        assert!(told.success());
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("answers are UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A body without the lengths between its chunks; one that breaks off ends there.
fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).ok();
        let Some(size) = size.and_then(|hex| usize::from_str_radix(hex.trim(), 16).ok()) else {
            break;
        };
        let from = end + 2;
        if size == 0 || body.len() < from + size + 2 {
            break;
        }
        whole.extend_from_slice(&body[from..from + size]);
        body = &body[from + size + 2..];
    }
    whole
}

/// A text as it stands in an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(["%".to_owned(), format!("{byte:02X}")]);
        }
    }
    out
}

/// Waits until something holds.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Words in an order that differs from number to number, so that articles that hold them are no
/// reprints of each other.
pub(crate) fn filler(number: usize) -> String {
    let words = [
        "港口", "大学", "仓库", "稻田", "医院", "轮渡", "戏台", "机床", "茶园", "渔船", "校车",
        "药材", "电缆", "展馆", "荔枝", "陶瓷", "码头", "工匠", "护士", "画廊", "芯片", "书店",
        "果园", "灯塔", "面粉", "水库", "铁塔", "木雕", "皮革", "钟表", "棉纱", "蜂蜜",
    ];
    let mut state = number as u64 * 2_654_435_761 + 12_345;
    let mut text = String::new();
    for _ in 0..90 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) as usize % words.len()]);
    }
    text
}
