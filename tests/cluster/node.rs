//! A made-up node: answers of our choice, over HTTP or HTTPS on loopback, and what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// A connection that says nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    /// Names in small letters.
    pub(crate) headers: HashMap<String, String>,
}

/// How a node answers: status and body.
type Answers = dyn Fn(&Request) -> (u16, Value) + Send + Sync;

/// A node that runs until the test ends.
pub(crate) struct Node {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Node {
    /// A node without encryption.
    pub(crate) fn start(
        answers: impl Fn(&Request) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        Self::listen("http", Arc::new(answers), |stream| Some(Box::new(stream)))
    }

    /// A node with a certificate of its own for 127.0.0.1; returned with it is the certificate, as PEM.
    pub(crate) fn start_encrypted(
        answers: impl Fn(&Request) -> (u16, Value) + Send + Sync + 'static,
    ) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()])
            .expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("the certificate fits its key");
        let config = Arc::new(config);
        let node = Self::listen("https", Arc::new(answers), move |stream| {
            let session = ServerConnection::new(Arc::clone(&config)).ok()?;
            Some(Box::new(StreamOwned::new(session, stream)))
        });
        (node, made.cert.pem())
    }

    fn listen(
        scheme: &str,
        answers: Arc<Answers>,
        wrap: impl Fn(TcpStream) -> Option<Box<dyn Stream>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = stream.set_read_timeout(Some(PATIENCE));
                // Who does not trust the certificate hangs up.
                if let Some(mut stream) = wrap(stream) {
                    let _ = serve(&mut *stream, &*answers, &heard);
                }
            }
        });
        Self { url: format!("{scheme}://127.0.0.1:{port}"), asked }
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An address at which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

/// Reads one request and answers it.
fn serve(
    stream: &mut dyn Stream,
    answers: &Answers,
    heard: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.read_exact(&mut vec![0; length])?;
    let request = Request { path, headers };
    let (status, body) = answers(&request);
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let body = body.to_string();
    let stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} Made up\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.flush()
}

/// What a node of this version says of itself.
pub(crate) fn version(number: &str) -> Value {
    json!({ "version": { "distribution": "opensearch", "number": number } })
}

/// How OpenSearch says what it refuses.
pub(crate) fn refusal(status: u16, kind: &str, reason: &str) -> (u16, Value) {
    (status, json!({ "status": status, "error": { "type": kind, "reason": reason } }))
}
