//! What a room answers, or why it does not → a response of HTTP with its headers.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::search::SearchError;

/// Something to send.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    kind: &'static str,
    body: Vec<u8>,
    /// Name under which a browser keeps it.
    file: Option<String>,
    /// How long a browser may keep it.
    cache: &'static str,
}

/// Why a request is not answered: one sentence, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) what: String,
    pub(super) hint: Option<String>,
}

impl Reply {
    /// A page.
    pub(super) fn page(html: String) -> Self {
        Self::of("text/html; charset=utf-8", html.into_bytes())
    }

    /// A value as JSON.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(value).map_err(|_| Refusal::mistake())?;
        Ok(Self::of("application/json", body))
    }

    /// Anything that was written.
    pub(super) fn of(kind: &'static str, body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, kind, body, file: None, cache: "no-store" }
    }

    /// The same with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same, to be kept as a file of this name (ASCII).
    pub(super) fn kept_as(self, name: String) -> Self {
        Self { file: Some(name), ..self }
    }

    /// A part of the program.
    pub(super) fn asset(text: &'static str, kind: &'static str) -> Response {
        Self { cache: "public, max-age=3600", ..Self::of(kind, text.as_bytes().to_vec()) }
            .into_response()
    }

    /// A refusal, as JSON for a script and as a page for a person.
    pub(super) fn refusal(refusal: &Refusal, for_script: bool) -> Response {
        #[derive(Serialize)]
        struct Written<'a> {
            error: &'a str,
            hint: Option<&'a str>,
        }
        let reply = if for_script {
            let written = Written { error: &refusal.what, hint: refusal.hint.as_deref() };
            let body = serde_json::to_vec(&written).unwrap_or_default();
            Self::of("application/json", body)
        } else {
            Self::page(super::page::refusal(refusal))
        };
        let mut response = reply.with_status(refusal.status).into_response();
        if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        let file = self.file.map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(file) = file.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(CONTENT_DISPOSITION, file);
        }
        response
    }
}

impl Refusal {
    fn of(status: StatusCode, what: &str, hint: Option<&str>) -> Self {
        Self { status, what: what.to_owned(), hint: hint.map(str::to_owned) }
    }

    /// What was asked makes no sense.
    pub(super) fn nonsense(what: impl Into<String>, hint: Option<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, what: what.into(), hint }
    }

    /// There is no such thing.
    pub(super) fn missing(what: impl Into<String>, hint: Option<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, what: what.into(), hint }
    }

    pub(super) fn nowhere() -> Self {
        Self::of(
            StatusCode::NOT_FOUND,
            "there is nothing at this address",
            Some("the page is at /, the API is described at /api/openapi.json"),
        )
    }

    pub(super) fn method() -> Self {
        Self::of(
            StatusCode::METHOD_NOT_ALLOWED,
            "this address is asked with GET",
            Some("parameters go into the address"),
        )
    }

    pub(super) fn busy() -> Self {
        Self::of(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many requests at once",
            Some("come again in a second"),
        )
    }

    pub(super) fn slow() -> Self {
        Self::of(
            StatusCode::SERVICE_UNAVAILABLE,
            "the answer took too long",
            Some("ask for less, or come again when less is going on"),
        )
    }

    pub(super) fn mistake() -> Self {
        Self::of(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the program made a mistake",
            Some("please report it with the address"),
        )
    }
}

impl From<SearchError> for Refusal {
    fn from(error: SearchError) -> Self {
        // What is wrong with the index is for who runs the server; a path or an address is nobody
        // else's business.
        let _ = error;
        Self::of(
            StatusCode::SERVICE_UNAVAILABLE,
            "the index cannot be read",
            Some("whoever runs the server finds more with `liancheng status`"),
        )
    }
}
