//! A request → whether it may be answered, and the headers that every answer gets.
//!
//! On this machine alone no token is needed, but a page of somebody else must not reach us through
//! the browser by a name that it made point here (DNS rebinding): requests have to name an address
//! or localhost. With a token, scripts send it as `Authorization: Bearer`, browsers get a cookie.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::reply::{Refusal, Reply};
use super::{App, Notice, page, since};

/// The cookie that says that somebody knows the token.
const COOKIE_NAME: &str = "liancheng";
/// What a browser may load into a page: only what comes from here, no script within the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Bytes of a form.
const FORM: usize = 4096;
/// Characters of an address that are logged.
const LOGGED: usize = 300;

/// Fingerprints of the token: of itself, and of what a browser keeps instead of it.
pub(super) struct Token {
    token: blake3::Hash,
    cookie: String,
}

impl Token {
    pub(super) fn new(token: &str) -> Self {
        let cookie = blake3::derive_key("liancheng serve: cookie of a browser", token.as_bytes());
        let mut hex = String::with_capacity(64);
        for byte in cookie {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self { token: blake3::hash(token.as_bytes()), cookie: hex }
    }

    /// Compares in a time that does not tell how much of it is right.
    fn is(&self, typed: &str) -> bool {
        blake3::hash(typed.as_bytes()) == self.token
    }

    fn is_known_by(&self, headers: &HeaderMap) -> bool {
        let bearer = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|typed| self.is(typed.trim()));
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let expected = blake3::hash(self.cookie.as_bytes());
        bearer
            || cookies
                .flat_map(|cookies| cookies.split(';'))
                .filter_map(|cookie| cookie.trim().split_once('='))
                .any(|(name, value)| {
                    name == COOKIE_NAME && blake3::hash(value.as_bytes()) == expected
                })
    }
}

/// Stands before every address.
pub(super) async fn guard(
    State(app): State<Arc<App>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let started = Instant::now();
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let target = if app.options.log_queries {
        request.uri().path_and_query().map_or(path.clone(), ToString::to_string)
    } else {
        path.clone()
    };
    let response = match refused(&app, &path, request.headers()) {
        Some(response) => response,
        None => next.run(request).await,
    };
    let response = with_headers(response);
    let (status, took) = (response.status().as_u16(), since(started));
    app.metrics.answered(&path, status, took);
    let target = target.chars().take(LOGGED).collect();
    (app.tell)(Notice::Answered { method: method.to_string(), target, status, took });
    response
}

/// Why a request goes no further.
fn refused(app: &App, path: &str, headers: &HeaderMap) -> Option<Response> {
    let for_script = path.starts_with("/api/") || path == "/metrics";
    let Some(token) = &app.token else {
        return (!names_this_machine(headers)).then(|| {
            let refusal = Refusal {
                status: StatusCode::FORBIDDEN,
                what: "the request names another machine than this one".to_owned(),
                hint: Some("use http://127.0.0.1 or http://localhost".to_owned()),
            };
            Reply::refusal(&refusal, for_script)
        });
    };
    let open = matches!(path, "/health" | "/login" | "/style.css" | "/page.js" | "/icon.svg");
    if open || token.is_known_by(headers) {
        return None;
    }
    let refusal = Refusal {
        status: StatusCode::UNAUTHORIZED,
        what: "a token is wanted".to_owned(),
        hint: Some("send it as `Authorization: Bearer TOKEN`".to_owned()),
    };
    Some(if for_script {
        Reply::refusal(&refusal, true)
    } else {
        Reply::page(page::login(headers, false)).with_status(refusal.status).into_response()
    })
}

/// Whether the host that a request names is an address or localhost.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.parse::<IpAddr>().is_ok() || name.eq_ignore_ascii_case("localhost")
}

/// Takes the token from the form of the page and gives a cookie for it.
pub(super) async fn login(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let typed = if body.len() > FORM {
        None
    } else {
        form_urlencoded::parse(&body).find(|(name, _)| name == "token").map(|(_, value)| value)
    };
    let known = app.token.as_ref().filter(|token| typed.is_some_and(|typed| token.is(&typed)));
    let Some(token) = known else {
        return Reply::page(page::login(&headers, true))
            .with_status(StatusCode::UNAUTHORIZED)
            .into_response();
    };
    let cookie = format!(
        "{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000",
        token.cookie
    );
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    set(REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> HeaderMap {
        [(HOST, HeaderValue::from_str(name).expect("a header"))].into_iter().collect()
    }

    #[test]
    fn a_name_that_others_made_point_here_is_refused() {
        for name in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "192.168.1.2"] {
            assert!(names_this_machine(&host(name)), "{name}");
        }
        for name in ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", ""] {
            assert!(!names_this_machine(&host(name)), "{name}");
        }
    }

    #[test]
    fn a_token_is_known_by_header_or_cookie() {
        let token = Token::new("一个很长的口令");
        let with = |name, value: &str| {
            [(name, HeaderValue::from_bytes(value.as_bytes()).expect("ok"))]
                .into_iter()
                .collect::<HeaderMap>()
        };
        let ascii = Token::new("secret");
        assert!(ascii.is_known_by(&with(AUTHORIZATION, "Bearer secret")));
        assert!(!ascii.is_known_by(&with(AUTHORIZATION, "Bearer Secret")));
        assert!(!ascii.is_known_by(&with(AUTHORIZATION, "secret")));
        assert!(ascii.is_known_by(&with(COOKIE, &format!("a=b; liancheng={}", ascii.cookie))));
        assert!(!ascii.is_known_by(&with(COOKIE, &format!("liancheng={}", token.cookie))));
        assert!(
            !ascii.is_known_by(&with(COOKIE, "liancheng=secret")),
            "the cookie is not the token"
        );
    }
}
