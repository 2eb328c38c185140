//! Asks a running `liancheng serve` with many connections at once and says how it held.
//!
//! ```sh
//! cargo run --release --example load -- http://127.0.0.1:8080 64 60
//! ```
//!
//! Each connection is kept and asks one thing after the other: pages with facets, searches,
//! suggestions, trends, networks. 503 with Retry-After is an answer, not a failure.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What is asked, in turn.
const ASKED: [&str; 12] = [
    "/?q=%E4%BD%9B%E5%B1%B1+%E4%BA%BA%E6%89%8D",
    "/api/search?q=%E4%BA%BA%E6%89%8D%E9%A3%9E%E5%9C%B0&facets=true",
    "/api/suggest?q=%E4%BA%BA%E6%89%8D",
    "/?q=%E5%90%88%E4%BD%9C&region=%E5%B9%BF%E4%B8%9C%E7%9C%81",
    "/api/search?q=%E6%B2%AA%E6%BB%87%E5%AF%B9%E5%8F%A3%E5%B8%AE%E6%89%B6",
    "/api/suggest?q=rencai",
    "/api/facets?q=%E5%8D%8F%E4%BD%9C&since=2023",
    "/?city=%E4%BD%9B%E5%B1%B1%E5%B8%82&sort=newest",
    "/api/trend?q=%E7%A7%91%E6%8A%80",
    "/?q=%E9%95%BF%E4%B8%89%E8%A7%92&since=2023-07&until=2023-08",
    "/api/partners?q=%E4%BA%A7%E4%B8%9A&n=20",
    "/?q=%E9%95%BF%E4%B8%89%E8%A7%92&view=network",
];

/// What came of it.
#[derive(Default)]
struct Held {
    times: Vec<f64>,
    refused: u64,
    failed: u64,
    bytes: u64,
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, connections, seconds] = args.as_slice() else {
        return Err(io::Error::other("usage: load http://ADDRESS:PORT CONNECTIONS SECONDS"));
    };
    let wrong = |what: &str| io::Error::other(format!("`{what}` is no number"));
    let connections: usize = connections.parse().map_err(|_| wrong(connections))?;
    let seconds: u64 = seconds.parse().map_err(|_| wrong(seconds))?;
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let start = Instant::now();
    let until = start + Duration::from_secs(seconds);
    let all: Vec<Held> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|number| {
                let address = &address;
                scope.spawn(move || ask_until(address, number, until))
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let took = start.elapsed().as_secs_f64();
    let mut times: Vec<f64> = all.iter().flat_map(|held| held.times.iter().copied()).collect();
    times.sort_by(f64::total_cmp);
    let at =
        |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().max(1) - 1));
    let sum = |of: fn(&Held) -> u64| all.iter().map(of).sum::<u64>();
    println!("answered   {} ({:.0} a second)", times.len(), times.len() as f64 / took);
    println!(
        "took       median {:.1} ms, 95 % {:.1} ms, 99 % {:.1} ms, longest {:.1} ms",
        at(0.5).unwrap_or(&0.0) * 1000.0,
        at(0.95).unwrap_or(&0.0) * 1000.0,
        at(0.99).unwrap_or(&0.0) * 1000.0,
        times.last().unwrap_or(&0.0) * 1000.0
    );
    println!("come again {} (503 with Retry-After)", sum(|held| held.refused));
    println!("failed     {}", sum(|held| held.failed));
    println!("received   {:.1} MB", sum(|held| held.bytes) as f64 / 1e6);
    Ok(())
}

/// Asks over one connection until the time is up; opens it again when it was closed.
fn ask_until(address: &str, number: usize, until: Instant) -> Held {
    let mut held = Held::default();
    let mut line: Option<BufReader<TcpStream>> = None;
    for turn in number.. {
        if Instant::now() >= until {
            break;
        }
        let start = Instant::now();
        match ask(&mut line, address, ASKED[turn % ASKED.len()]) {
            Ok((200, _, bytes)) => {
                held.times.push(start.elapsed().as_secs_f64());
                held.bytes += bytes as u64;
            }
            Ok((503, true, _)) => {
                held.refused += 1;
                // What was asked for would be a second; that would measure sleeping.
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(_) | Err(_) => {
                held.failed += 1;
                line = None;
            }
        }
    }
    held
}

/// One request; status, whether it says when to come again, bytes.
fn ask(
    line: &mut Option<BufReader<TcpStream>>,
    address: &str,
    target: &str,
) -> io::Result<(u16, bool, usize)> {
    if line.is_none() {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        *line = Some(BufReader::new(stream));
    }
    let Some(stream) = line else { return Err(io::ErrorKind::NotConnected.into()) };
    write!(stream.get_mut(), "GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    let (mut status, mut length, mut again) = (0, 0, false);
    for number in 0.. {
        let mut header = String::new();
        if stream.read_line(&mut header)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if number == 0 {
            status = header.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
        } else if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(|_| io::Error::other("a length"))?;
        } else if header.starts_with("retry-after:") {
            again = true;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((status, again, length))
}
