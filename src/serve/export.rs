//! A whole result → a file: tables, lines and citations as a stream, pictures at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::App;
use super::api::circles;
use super::asked::Asked;
use super::live::Shelf;
use super::reply::{Refusal, Reply};
use crate::present::format::Format;
use crate::present::{Answer, Bars, DEFAULT_WIDTH, Layout, Matrix, Network};
use crate::query::Plan;
use crate::search::{Searcher, Step, ask, trend};

/// Articles that are looked up together.
const TOGETHER: usize = 500;
/// How long a reader may keep us waiting.
const PATIENCE: Duration = Duration::from_secs(30);
/// Height of the picture of counts over time.
const HEIGHT: f64 = 260.0;

/// The formats, each with its kind and the ending of the file.
const KINDS: [(&str, &str); 3] = [
    ("csv", "text/csv; charset=utf-8"),
    ("jsonl", "application/jsonl; charset=utf-8"),
    ("md", "text/markdown; charset=utf-8"),
];

/// Streams everything that matches.
pub(super) fn stream(app: &Arc<App>, name: &str, query: Option<&str>) -> Response {
    let known = KINDS.iter().find(|(known, _)| *known == name);
    let (Some((_, kind)), Some(format)) = (known, Format::named(name)) else {
        let refusal = Refusal::missing(
            "there is no such export",
            Some("there are /export/csv, /export/jsonl and /export/md".to_owned()),
        );
        return Reply::refusal(&refusal, false);
    };
    let planned = Asked::of_page(query).and_then(|asked| {
        if asked.is_nothing() {
            return Err(Refusal::nonsense("there is nothing to search for", None));
        }
        asked.plan()
    });
    let plan = match planned {
        Ok(plan) => plan,
        Err(refusal) => return Reply::refusal(&refusal, false),
    };
    let Ok(place) = Arc::clone(&app.exports).try_acquire_owned() else {
        return Reply::refusal(&Refusal::busy(), false);
    };
    let shelf = app.live.shelf();
    let (send, receive) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let _place = place;
        // False when the reader has gone or does not read on.
        let deliver = |piece| {
            let delivered =
                runtime.block_on(async { tokio::time::timeout(PATIENCE, send.send(piece)).await });
            matches!(delivered, Ok(Ok(())))
        };
        for page in 1.. {
            match written(&shelf, &plan, format, page) {
                Ok((bytes, more)) => {
                    if !deliver(Ok(Bytes::from(bytes))) || !more {
                        break;
                    }
                }
                Err(error) => {
                    // A stream that breaks off is seen; one that just ends would be taken for whole.
                    deliver(Err(error));
                    break;
                }
            }
        }
    });
    let mut response = Response::new(Body::from_stream(ReceiverStream::new(receive)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let file = format!("attachment; filename=\"liancheng.{name}\"");
    if let Ok(file) = HeaderValue::from_str(&file) {
        headers.insert(CONTENT_DISPOSITION, file);
    }
    response
}

/// One part of an export, and whether there is more.
fn written(
    shelf: &Shelf,
    plan: &Plan,
    format: &Format,
    page: usize,
) -> std::io::Result<(Vec<u8>, bool)> {
    let plan = Plan { page, size: TOGETHER, facets: false, explain: false, ..plan.clone() };
    let failed = |_| std::io::Error::other("the index cannot be read");
    let response = if page == 1 {
        ask(shelf, &plan).map_err(failed)?.0
    } else {
        shelf.search(&plan).map_err(failed)?
    };
    let more = (page * TOGETHER) < response.total as usize;
    let answer = Answer::new(&plan, response, Vec::new(), DEFAULT_WIDTH);
    let mut bytes = Vec::new();
    match format.write_more {
        Some(write_more) if page > 1 => write_more(&answer, &mut bytes)?,
        _ => (format.write)(&answer, Layout::PLAIN, &mut bytes)?,
    }
    Ok((bytes, more))
}

/// A picture of the result as a file.
pub(super) fn picture(shelf: &Shelf, name: &str, query: Option<&str>) -> Result<Reply, Refusal> {
    let asked = Asked::of_page(query)?;
    let mut bytes = Vec::new();
    let drawn = match name {
        "network.svg" => Network::of(&circles(shelf, &asked)?.0).write_file(&mut bytes),
        "matrix.svg" => Matrix::of(&circles(shelf, &asked)?.0).write_file(&mut bytes),
        "trend.svg" => {
            let trend = trend(shelf, &asked.plan()?, Step::Month, Some(shelf.facets()?))?;
            Bars::of(&trend, HEIGHT).write_file(&mut bytes)
        }
        _ => {
            return Err(Refusal::missing(
                "there is no such picture",
                Some("there are network.svg, matrix.svg and trend.svg".to_owned()),
            ));
        }
    };
    drawn.map_err(|_| Refusal::mistake())?;
    Ok(Reply::of("image/svg+xml", bytes).kept_as(format!("liancheng-{name}")))
}
