//! Requests → the nodes of a cluster, and their answers.
//!
//! The one place that talks to OpenSearch. A request that may be sent twice goes to another node if
//! one does not answer; between two tries lies a while that is partly chance, so that many clients
//! do not come back at once. No password ever gets into an error or a log.

use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use opensearch::auth::Credentials;
use opensearch::cert::{Certificate, CertificateValidation};
use opensearch::http::headers::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use opensearch::http::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use super::error::{ClusterError, OLDEST};

/// How long a search may take.
pub(super) const SEARCH: Duration = Duration::from_secs(30);
/// How long taking in some thousand articles, or a change of the whole archive, may take.
pub(super) const WORK: Duration = Duration::from_secs(300);

/// Tries of a request that may be sent twice, beyond one for each node.
const AGAIN: usize = 2;
/// Milliseconds before the second try; doubled for each further one.
const PAUSE: u64 = 100;
/// Longest pause, in milliseconds.
const LONGEST: u64 = 5_000;
/// Milliseconds for which a node that did not answer is asked last.
const RESTING: u64 = 15_000;

/// Whether a request may be sent a second time when it is not known what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// It changes nothing, or the same whenever it comes.
    Safe,
    /// It would do something twice.
    Never,
}

/// The nodes of a cluster.
pub struct Nodes {
    runtime: tokio::runtime::Runtime,
    all: Vec<Node>,
    next: AtomicUsize,
    began: Instant,
}

struct Node {
    /// Its address, for people.
    shown: String,
    transport: Transport,
    /// Until when it is asked last, in milliseconds since `began`.
    rests_until: AtomicU64,
}

/// What a node says.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) node: String,
}

/// What came of sending a request once.
enum Sent {
    Answer(Answer),
    Refused(String),
    TimedOut,
}

/// Who asks; from the environment, or from a file that it names.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asker {
    user: Option<String>,
    password: Option<String>,
    api_key: Option<String>,
}

impl Asker {
    fn find() -> Result<Self, ClusterError> {
        let of = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let asker = if let Some(path) = of("LIANCHENG_CLUSTER_CREDENTIALS") {
            let text = fs::read_to_string(&path)
                .map_err(|e| ClusterError::Credentials(format!("cannot read `{path}`: {e}")))?;
            // The reader's own words would quote the line.
            toml::from_str(&text).map_err(|_| {
                ClusterError::Credentials(format!(
                    "`{path}` does not hold lines such as user = \"…\", password = \"…\" or \
                     api_key = \"…\""
                ))
            })?
        } else {
            Self {
                user: of("LIANCHENG_CLUSTER_USER"),
                password: of("LIANCHENG_CLUSTER_PASSWORD"),
                api_key: of("LIANCHENG_CLUSTER_API_KEY"),
            }
        };
        if asker.api_key.is_none() && asker.user.is_some() != asker.password.is_some() {
            let what = "a user needs a password, and a password a user".to_owned();
            return Err(ClusterError::Credentials(what));
        }
        Ok(asker)
    }

    fn sign(&self, builder: TransportBuilder) -> Result<TransportBuilder, ClusterError> {
        if let Some(key) = &self.api_key {
            if let Some((id, key)) = key.split_once(':') {
                return Ok(builder.auth(Credentials::ApiKey(id.to_owned(), key.to_owned())));
            }
            let mut value = HeaderValue::from_str(&format!("ApiKey {key}"))
                .map_err(|_| ClusterError::Credentials("the API key is no text".to_owned()))?;
            value.set_sensitive(true);
            return Ok(builder.header(AUTHORIZATION, value));
        }
        if let (Some(user), Some(password)) = (&self.user, &self.password) {
            return Ok(builder.auth(Credentials::Basic(user.clone(), password.clone())));
        }
        Ok(builder)
    }
}

/// Certificates of an authority that this machine does not know by itself.
fn authority() -> Result<Option<CertificateValidation>, ClusterError> {
    let Ok(path) = env::var("LIANCHENG_CLUSTER_CA") else { return Ok(None) };
    let unusable = |what: String| ClusterError::Credentials(format!("`{path}`: {what}"));
    let bytes = fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    let known = Certificate::from_pem(&bytes)
        .map_err(|_| unusable("no certificates (PEM) in it".to_owned()))?;
    Ok(Some(CertificateValidation::Full(known)))
}

/// The address of one node.
fn address(text: &str) -> Result<Url, ClusterError> {
    let wrong = |address: &str, what| ClusterError::Address { address: address.to_owned(), what };
    let url =
        Url::parse(text).map_err(|_| wrong(text, "it does not begin with http:// or https://"))?;
    if url.password().is_some() || !url.username().is_empty() {
        let mut shown = url.clone();
        let _ = shown.set_password(None);
        let _ = shown.set_username("");
        return Err(wrong(shown.as_str(), "user and password do not belong into it"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong(text, "it does not begin with http:// or https://"));
    }
    Ok(url)
}

impl Nodes {
    /// Makes ready to talk to the nodes at some addresses, separated by commas. Asks nothing yet.
    pub fn at(addresses: &str) -> Result<Self, ClusterError> {
        let asker = Asker::find()?;
        let mut nodes = Vec::new();
        for text in addresses.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let url = address(text)?;
            let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url.clone()));
            builder = asker.sign(builder.timeout(WORK))?;
            if let Some(authority) = authority()? {
                builder = builder.cert_validation(authority);
            }
            let transport = builder
                .build()
                .map_err(|error| ClusterError::Here(std::io::Error::other(error.to_string())))?;
            let shown = url.as_str().trim_end_matches('/').to_owned();
            nodes.push(Node { shown, transport, rests_until: AtomicU64::new(0) });
        }
        if nodes.is_empty() {
            return Err(ClusterError::Address {
                address: addresses.to_owned(),
                what: "it is empty",
            });
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(ClusterError::Here)?;
        let next = AtomicUsize::new(chance(nodes.len() as u64) as usize);
        Ok(Self { runtime, all: nodes, next, began: Instant::now() })
    }

    /// The addresses, for people.
    pub fn shown(&self) -> String {
        let names: Vec<&str> = self.all.iter().map(|node| node.shown.as_str()).collect();
        names.join(",")
    }

    /// Refuses what is no OpenSearch, or too old.
    pub fn check_version(&self) -> Result<(), ClusterError> {
        let answer = self.read(Method::Get, "/", None)?;
        let version = &answer.body["version"];
        let number = version["number"].as_str().unwrap_or_default();
        let known = version["distribution"].as_str() == Some("opensearch");
        let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
        let found = [parts.next().unwrap_or(0), parts.next().unwrap_or(0)];
        if known && found >= OLDEST {
            return Ok(());
        }
        let name = version["distribution"].as_str().unwrap_or("something else");
        let name = if known { "OpenSearch" } else { name };
        let found = format!("{name} {number}").trim_end().to_owned();
        Err(ClusterError::Version { node: answer.node, found })
    }

    /// Sends something that only reads; any answer but success is an error.
    pub(super) fn read(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ClusterError> {
        let body = body.map(|body| body.to_string().into_bytes());
        checked(self.send(method, path, body.as_deref(), SEARCH, Again::Safe)?)
    }

    /// Sends something that leaves the same there however often it comes; any answer but success is
    /// an error.
    pub(super) fn write(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ClusterError> {
        let body = body.map(|body| body.to_string().into_bytes());
        checked(self.send(method, path, body.as_deref(), WORK, Again::Safe)?)
    }

    /// Searches an index; returns the answer, and how many parts of the index it says nothing of.
    pub(super) fn search(&self, index: &str, body: &Value) -> Result<(Value, u64), ClusterError> {
        let path = format!("/{index}/_search");
        patiently(|| {
            let answer = self.read(Method::Post, &path, Some(body))?.body;
            let missing = missing_parts(&answer);
            Ok((answer, missing))
        })
    }

    /// Sends a request until a node answers; the answer may be a refusal.
    pub(super) fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
        patience: Duration,
        again: Again,
    ) -> Result<Answer, ClusterError> {
        let tries = match again {
            Again::Safe => self.all.len() + AGAIN,
            Again::Never => 1,
        };
        let order = self.order();
        let mut trouble = Vec::new();
        let mut last = None;
        for attempt in 0..tries {
            let node = &self.all[order[attempt % order.len()]];
            if attempt > 0 {
                let pause = (PAUSE << (attempt - 1).min(6)).min(LONGEST);
                std::thread::sleep(Duration::from_millis(pause / 2 + chance(pause / 2 + 1)));
            }
            match self.send_to(node, method, path, body, patience) {
                // The node is up but has no room or no view of the others; another may.
                Sent::Answer(answer) if matches!(answer.status, 429 | 502..=504) => {
                    last = Some(answer);
                }
                Sent::Answer(answer) => {
                    node.rests_until.store(0, Ordering::Relaxed);
                    return Ok(answer);
                }
                Sent::Refused(what) => {
                    self.rest(node);
                    trouble.push(format!("{}: {what}", node.shown));
                }
                Sent::TimedOut => {
                    self.rest(node);
                    if attempt + 1 == tries || again == Again::Never {
                        let seconds = patience.as_secs();
                        return Err(ClusterError::Slow { node: node.shown.clone(), seconds });
                    }
                }
            }
        }
        trouble.sort();
        trouble.dedup();
        last.ok_or_else(|| ClusterError::Unreachable(trouble.join("; ")))
    }

    /// The nodes in the order in which they are asked: in turn, those that rest last.
    fn order(&self) -> Vec<usize> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.all.len();
        let mut order: Vec<usize> = (0..count).map(|at| (first + at) % count).collect();
        let now = self.began.elapsed().as_millis() as u64;
        order.sort_by_key(|&at| self.all[at].rests_until.load(Ordering::Relaxed) > now);
        order
    }

    fn rest(&self, node: &Node) {
        let until = self.began.elapsed().as_millis() as u64 + RESTING;
        node.rests_until.store(until, Ordering::Relaxed);
    }

    fn send_to(
        &self,
        node: &Node,
        method: Method,
        path: &str,
        body: Option<&[u8]>,
        patience: Duration,
    ) -> Sent {
        let mut headers = HeaderMap::new();
        let is_list = path.contains("_bulk") || path.contains("_msearch");
        let kind = if is_list { "application/x-ndjson" } else { "application/json" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let body = body.map(<[u8]>::to_vec);
        let work = async {
            let sent =
                node.transport.send(method, path, headers, None::<&()>, body, Some(patience));
            let response = sent.await?;
            let status = response.status_code().as_u16();
            Ok::<_, opensearch::Error>((status, response.bytes().await?))
        };
        match self.runtime.block_on(work) {
            Ok((status, bytes)) => {
                let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                    Value::String(String::from_utf8_lossy(&bytes).chars().take(200).collect())
                });
                Sent::Answer(Answer { status, body, node: node.shown.clone() })
            }
            Err(error) if error.is_timeout() => Sent::TimedOut,
            Err(error) => Sent::Refused(innermost(&error)),
        }
    }
}

/// The last cause of an error, which says most; the outer ones repeat the address.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Asks again, a few times, while parts of the archive do not answer: when a node falls away, the
/// others take its place within moments. `ask` returns an answer and how many parts are missing.
pub(super) fn patiently<T>(
    mut ask: impl FnMut() -> Result<(T, u64), ClusterError>,
) -> Result<(T, u64), ClusterError> {
    let mut attempt = 0;
    loop {
        let answered = ask();
        let passing = match &answered {
            Ok((_, missing)) => *missing > 0,
            Err(error) => matches!(error, ClusterError::Unavailable { .. }),
        };
        if !passing || attempt == AGAIN {
            return answered;
        }
        let pause = PAUSE << (attempt + 1);
        std::thread::sleep(Duration::from_millis(pause / 2 + chance(pause)));
        attempt += 1;
    }
}

/// How many parts of an index an answer says nothing of.
pub(super) fn missing_parts(answer: &Value) -> u64 {
    answer["_shards"]["failed"].as_u64().unwrap_or(0)
}

/// A number below a bound, by chance.
pub(super) fn chance(bound: u64) -> u64 {
    RandomState::new().hash_one(0u8) % bound.max(1)
}

/// An answer that is no success, as an error.
pub(super) fn checked(answer: Answer) -> Result<Answer, ClusterError> {
    let Answer { status, body, node } = &answer;
    if (200..300).contains(status) {
        return Ok(answer);
    }
    let error = &body["error"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let kind = error["type"].as_str().unwrap_or_default();
    let deepest = deepest(error);
    let what = text(&deepest["reason"])
        .or_else(|| text(&error["reason"]))
        .or_else(|| text(error))
        .or_else(|| text(body))
        .unwrap_or_else(|| "it gives no reason".to_owned());
    let deepest_kind = deepest["type"].as_str().unwrap_or_default();
    Err(match (*status, kind) {
        (401, _) => ClusterError::Unauthorised(node.clone()),
        (_, "cluster_block_exception") if is_about_disks(&what) => ClusterError::Full(what),
        (403, _) => ClusterError::Forbidden(what),
        (404, "index_not_found_exception") => {
            ClusterError::Missing(text(&error["index"]).unwrap_or_default())
        }
        (429, _) => ClusterError::Busy(what),
        (500.., kind) if is_about_nodes(kind) || is_about_nodes(deepest_kind) => {
            ClusterError::Unavailable { name: String::new(), what }
        }
        (status, _) => ClusterError::Refused { status, what },
    })
}

/// Whether a block is there because disks are full.
pub(super) fn is_about_disks(what: &str) -> bool {
    ["disk", "flood", "read-only-allow-delete", "FORBIDDEN/12"]
        .iter()
        .any(|word| what.contains(word))
}

/// Whether a failure is there because a node has just fallen away.
fn is_about_nodes(kind: &str) -> bool {
    [
        "no_shard_available_action_exception",
        "node_not_connected_exception",
        "node_disconnected_exception",
        "connect_transport_exception",
        "node_closed_exception",
        "search_context_missing_exception",
        "cluster_manager_not_discovered_exception",
        "unavailable_shards_exception",
    ]
    .contains(&kind)
}

/// The cause behind all other causes.
fn deepest(error: &Value) -> &Value {
    let mut at = match error["failed_shards"].get(0) {
        Some(shard) => &shard["reason"],
        None => error,
    };
    while at["caused_by"].is_object() {
        at = &at["caused_by"];
    }
    at
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(status: u16, body: Value) -> String {
        let answer = Answer { status, body, node: "http://甲:9200".to_owned() };
        match checked(answer) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_a_cluster_refuses_is_a_sentence() {
        for (status, body, text) in [
            (
                401,
                Value::String("Unauthorized".into()),
                "the cluster at http://甲:9200 does not know who asks (401)",
            ),
            (
                403,
                json!({"error": {"type": "cluster_block_exception", "reason":
                    "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"}}),
                "the cluster takes nothing more, its disks are too full: index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];",
            ),
            (
                403,
                json!({"error": {"type": "security_exception", "reason": "no permissions for [indices:data/read/search]"}}),
                "the cluster does not allow it (403): no permissions for [indices:data/read/search]",
            ),
            (
                404,
                json!({"error": {"type": "index_not_found_exception", "reason": "no such index [a]", "index": "a"}}),
                "the cluster holds no archive `a`",
            ),
            (
                429,
                json!({"error": {"type": "x", "reason": "rejected"}}),
                "the cluster is too busy: rejected",
            ),
            (
                400,
                json!({"error": {"type": "x", "reason": "outer", "caused_by": {"reason": "inner"}}}),
                "the cluster refused (400): inner",
            ),
            (
                500,
                json!({"error": {"type": "search_phase_execution_exception", "failed_shards": [
                    {"reason": {"type": "node_not_connected_exception", "reason": "[乙] Node not connected"}}]}}),
                "the archive `` cannot be searched: [乙] Node not connected",
            ),
            (200, json!({}), "ok"),
        ] {
            assert_eq!(told(status, body), text);
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let error = address("https://编辑:机密@host:9200").unwrap_err().to_string();
        assert!(!error.contains("机密") && !error.contains('%'), "{error}");
        assert!(address("host:9200").is_err());
        assert!(address("http://host:9200").is_ok());
    }
}
