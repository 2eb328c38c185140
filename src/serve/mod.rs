//! Requests of a browser or a script → the rooms → a page, JSON or a file. The only room that speaks
//! HTTP.
//!
//! ```text
//! request ──guard──▶ who may ask ──asked──▶ Plan ──live──▶ index of now ──▶ page · api · export
//! ```
//!
//! A search is work for a processor, not waiting: it runs on few threads of its own, at most so many
//! wait for one, and who comes then is told to come again. No part of a request is ever a path in
//! the file system. `docs/serve.md` tells it to users.

mod api;
mod asked;
mod export;
mod guard;
mod live;
mod metrics;
mod page;
mod reply;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path as PathOf, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::index::IndexError;
use crate::search::SearchError;
use crate::understand::overrides::OverridesError;

use live::{Live, Shelf};
use metrics::Metrics;
use reply::{Refusal, Reply};

/// How often the folder of the index is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long what is under way may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Exports at once; each keeps a thread for as long as its reader takes.
const EXPORTS: usize = 2;

/// Where answers come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// From the index on this machine.
    Index,
    /// From an archive on a cluster.
    #[cfg(feature = "cluster")]
    Cluster {
        /// The nodes, separated by commas.
        addresses: String,
        /// Name of the archive.
        archive: String,
    },
}

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where answers come from.
    pub whose: Whose,
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What callers have to know; a must where other machines can reach the address.
    pub token: Option<String>,
    /// Requests that are answered or wait at once.
    pub at_once: usize,
    /// How long one may take.
    pub timeout: Duration,
    /// Whether notices of requests say what was searched for.
    pub log_queries: bool,
}

/// Something that whoever runs the server may want to know. Written as one line; what stands in it
/// may come from outside.
#[derive(Debug, Clone)]
pub enum Notice {
    /// It listens here.
    Listening(SocketAddr),
    /// A request was answered.
    Answered {
        /// GET, POST …
        method: String,
        /// Path, and the query if that was asked for.
        target: String,
        /// Status of HTTP.
        status: u16,
        /// How long it took.
        took: Duration,
    },
    /// Another state of the index is served from now on: generation, number of articles.
    Followed(String, u64),
    /// The index has changed but cannot be opened; the state of before is served.
    CannotFollow(String),
    /// It was told to stop and finishes what is under way.
    Stopping,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listening(address) => write!(f, "listening on http://{address}"),
            Self::Answered { method, target, status, took } => {
                write!(f, "{method} {target} {status} {:.1} ms", took.as_secs_f64() * 1000.0)
            }
            Self::Followed(generation, articles) => {
                write!(f, "serving {generation} with {articles} articles")
            }
            Self::CannotFollow(why) => write!(f, "still serving the index of before: {why}"),
            Self::Stopping => f.write_str("stopping"),
        }
    }
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The cluster.
    #[error("{what}")]
    Cluster {
        /// What happened.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Corrections beside it.
    #[error(transparent)]
    Overrides(#[from] OverridesError),
    /// The address cannot be taken.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// Other machines can reach the address, and nothing keeps them out.
    #[error("other machines can reach {0}, and no token keeps them out")]
    TokenWanted(SocketAddr),
    /// The system gives no threads or signals.
    #[error("cannot start to serve: {0}")]
    System(io::Error),
}

impl ServeError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Index(error) => error.hint(),
            Self::Cluster { hint, .. } => hint.clone(),
            Self::Overrides(_) => Some("mend the file, or take it away".to_owned()),
            Self::Listen(..) => Some(
                "choose another port with --listen 127.0.0.1:PORT; 0 takes a free one".to_owned(),
            ),
            Self::TokenWanted(_) => {
                Some("set LIANCHENG_TOKEN to a long random text, or listen on 127.0.0.1".to_owned())
            }
            Self::System(_) => None,
        }
    }
}

impl From<SearchError> for ServeError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Index(error) => Self::Index(error),
            SearchError::Cluster { what, hint } => Self::Cluster { what, hint },
        }
    }
}

/// Where notices go.
pub type Tell = Arc<dyn Fn(Notice) + Send + Sync>;

/// What all requests share.
struct App {
    live: Live,
    options: Options,
    /// Fingerprint of the token, as it stands in a cookie.
    token: Option<guard::Token>,
    places: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    metrics: Metrics,
    tell: Tell,
}

/// Serves an index until a signal (SIGINT, SIGTERM) ends it.
pub fn run(home: &Path, options: Options, tell: Tell) -> Result<(), ServeError> {
    let token = options.token.as_deref().map(guard::Token::new);
    if token.is_none() && !options.listen.ip().is_loopback() {
        return Err(ServeError::TokenWanted(options.listen));
    }
    let live = Live::open(home, &options.whose)?;
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(processors.min(4))
        .max_blocking_threads(searches(&options.whose, processors) + EXPORTS + 1)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    let app = Arc::new(App {
        live,
        token,
        places: Arc::new(Semaphore::new(options.at_once)),
        exports: Arc::new(Semaphore::new(EXPORTS)),
        metrics: Metrics::default(),
        tell,
        options,
    });
    let served = runtime.block_on(serve(Arc::clone(&app)));
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

/// Searches that are carried out at once: one a processor here; who asks a cluster mostly waits.
fn searches(whose: &Whose, processors: usize) -> usize {
    match whose {
        Whose::Index => processors,
        #[cfg(feature = "cluster")]
        Whose::Cluster { .. } => 8 * processors,
    }
}

async fn serve(app: Arc<App>) -> Result<(), ServeError> {
    let address = app.options.listen;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Listen(address, error))?;
    let stop = stop_signal().map_err(ServeError::System)?;
    let stopping = Arc::new(tokio::sync::Notify::new());
    tokio::spawn(follow(Arc::clone(&app)));
    // What the first search needs is made ready before anybody asks.
    let warm = Arc::clone(&app);
    tokio::task::spawn_blocking(move || warm.live.shelf().warm_up());
    (app.tell)(Notice::Listening(listener.local_addr().unwrap_or(address)));
    let told = {
        let (app, stopping) = (Arc::clone(&app), Arc::clone(&stopping));
        async move {
            stop.await;
            (app.tell)(Notice::Stopping);
            stopping.notify_one();
        }
    };
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(told);
    let too_long = async {
        stopping.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server.into_future() => ended.map_err(ServeError::System),
        () = too_long => Ok(()),
    }
}

/// Waits for the signal to end.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Looks at the index again and again, and follows it.
async fn follow(app: Arc<App>) {
    let mut told = String::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let looking = Arc::clone(&app);
        let Ok(looked) = tokio::task::spawn_blocking(move || looking.live.look()).await else {
            continue;
        };
        match looked {
            Ok(None) => {}
            Ok(Some(shelf)) => {
                app.metrics.followed();
                told.clear();
                (app.tell)(Notice::Followed(shelf.generation.clone(), shelf.articles()));
            }
            Err(error) => {
                let why = error.to_string();
                // Once is enough.
                if why != told {
                    app.metrics.could_not_follow();
                    (app.tell)(Notice::CannotFollow(why.clone()));
                    told = why;
                }
            }
        }
    }
}

type Shared = State<Arc<App>>;

/// The addresses, each with what answers there.
fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/", get(search_page))
        .route("/articles/{*id}", get(article_page))
        .route("/export/{format}", get(export_file))
        .route("/picture/{name}", get(picture))
        .route("/login", post(guard::login))
        .route("/api/search", get(api_search))
        .route("/api/facets", get(api_facets))
        .route("/api/articles/{*id}", get(api_article))
        .route("/api/partners", get(api_partners))
        .route("/api/trend", get(api_trend))
        .route("/api/suggest", get(api_suggest))
        .route(
            "/api/openapi.json",
            get(|| async { Reply::asset(api::OPENAPI, "application/json") }),
        )
        .route(
            "/api/schema/{name}",
            get(|PathOf(name): PathOf<String>| async move { api::schema(&name) }),
        )
        .route("/health", get(health))
        .route("/metrics", get(measured))
        .route("/style.css", get(|| async { Reply::asset(page::STYLE, "text/css; charset=utf-8") }))
        .route(
            "/page.js",
            get(|| async { Reply::asset(page::SCRIPT, "text/javascript; charset=utf-8") }),
        )
        .route("/icon.svg", get(|| async { Reply::asset(page::ICON, "image/svg+xml") }))
        .fallback(nowhere)
        .method_not_allowed_fallback(|| async { Reply::refusal(&Refusal::method(), true) });
    // Lists of hits shrink to a fifth; more than the least effort hardly pays.
    let packing = CompressionLayer::new().quality(CompressionLevel::Fastest);
    routes
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .layer(packing)
        .with_state(app)
}

impl App {
    /// Carries out some work on the index of now; refuses it if too many wait, or it takes too long.
    async fn work<F>(self: &Arc<Self>, for_script: bool, work: F) -> Response
    where
        F: FnOnce(&Shelf, &Self) -> Result<Reply, Refusal> + Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Reply::refusal(&Refusal::busy(), for_script);
        };
        let app = Arc::clone(self);
        let given_up = Arc::new(AtomicBool::new(false));
        let nobody_waits = Arc::clone(&given_up);
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            if nobody_waits.load(Ordering::Relaxed) {
                return Err(Refusal::slow());
            }
            work(&app.live.shelf(), &app)
        });
        match tokio::time::timeout(self.options.timeout, task).await {
            Ok(Ok(Ok(reply))) => reply.into_response(),
            Ok(Ok(Err(refusal))) => Reply::refusal(&refusal, for_script),
            // It panicked; the console has said so.
            Ok(Err(_)) => Reply::refusal(&Refusal::mistake(), for_script),
            Err(_) => {
                given_up.store(true, Ordering::Relaxed);
                Reply::refusal(&Refusal::slow(), for_script)
            }
        }
    }
}

async fn search_page(
    State(app): Shared,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    app.work(false, move |shelf, _| page::search(shelf, &headers, query.as_deref())).await
}

async fn article_page(
    State(app): Shared,
    headers: HeaderMap,
    PathOf(id): PathOf<String>,
    RawQuery(query): RawQuery,
) -> Response {
    app.work(false, move |shelf, _| page::article(shelf, &headers, &id, query.as_deref())).await
}

async fn picture(
    State(app): Shared,
    PathOf(name): PathOf<String>,
    RawQuery(query): RawQuery,
) -> Response {
    app.work(false, move |shelf, _| export::picture(shelf, &name, query.as_deref())).await
}

async fn export_file(
    State(app): Shared,
    PathOf(format): PathOf<String>,
    RawQuery(query): RawQuery,
) -> Response {
    export::stream(&app, &format, query.as_deref())
}

async fn api_search(State(app): Shared, RawQuery(query): RawQuery) -> Response {
    app.work(true, move |shelf, _| api::search(shelf, query.as_deref())).await
}

async fn api_facets(State(app): Shared, RawQuery(query): RawQuery) -> Response {
    app.work(true, move |shelf, _| api::facets(shelf, query.as_deref())).await
}

async fn api_article(State(app): Shared, PathOf(id): PathOf<String>) -> Response {
    app.work(true, move |shelf, _| api::article(shelf, &id)).await
}

async fn api_partners(State(app): Shared, RawQuery(query): RawQuery) -> Response {
    app.work(true, move |shelf, _| api::partners(shelf, query.as_deref())).await
}

async fn api_trend(State(app): Shared, RawQuery(query): RawQuery) -> Response {
    app.work(true, move |shelf, _| api::trend(shelf, query.as_deref())).await
}

async fn api_suggest(State(app): Shared, RawQuery(query): RawQuery) -> Response {
    app.work(true, move |shelf, _| api::suggest(shelf, query.as_deref())).await
}

/// Answers whatever the load, so that a full house is not taken for a fire.
async fn health(State(app): Shared) -> Response {
    api::health(&app.live.shelf())
}

async fn measured(State(app): Shared) -> Response {
    let busy = app.options.at_once - app.places.available_permits().min(app.options.at_once);
    app.metrics.reply(&app.live.shelf(), busy).into_response()
}

async fn nowhere(uri: axum::http::Uri) -> Response {
    Reply::refusal(&Refusal::nowhere(), uri.path().starts_with("/api/"))
}

/// How long something took.
fn since(start: Instant) -> Duration {
    start.elapsed()
}
