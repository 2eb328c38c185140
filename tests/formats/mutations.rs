//! Files of every format, damaged in many ways: the reader answers with pages and skips, in
//! bounded time, and never stumbles.
//!
//! `LIANCHENG_FUZZ_SECONDS` makes it search for longer; `fuzz/` holds the same for libFuzzer.

use std::time::{Duration, Instant};

use liancheng::article::Skip;
use liancheng::read::{ReadOptions, pages_of_bytes};

use crate::make::samples;

/// Random numbers that are the same in each run (xorshift64*, S. Vigna 2016).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() >> 11) as usize % bound.max(1)
    }
}

/// Bytes that mean something to one format or another.
const WORDS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x80",
    b"\n",
    b"\r\n\r\n",
    b"\"",
    b"\\",
    b"{",
    b"[",
    b"]",
    b"}",
    b",",
    b":",
    b"---\n",
    b"+++\n",
    b"WARC/1.0\r\n",
    b"Content-Length: 99999999999\r\n",
    b"Content-Length: -1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"ffffffff\r\n",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"<",
    b">",
    b"<![CDATA[",
    b"<!--",
    b"&#x10ffff;",
    b"=",
    b"--b\r\n",
    b"--b--",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\t",
    b"ustar",
    b"99999999999",
    b"\xe4\xbd",
    b"\xa1\xa1",
    b"\x8e\xa2\xa1\xa1",
    b"~{",
    b"0000000\0",
    b"| ",
    b"> > > >",
    b"[[[[[[",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: br\r\n",
    b"Content-Encoding: zstd\r\n",
];

fn mutate(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(64)).min(bytes.len());
        match dice.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => drop(bytes.splice(at..at, WORDS[dice.below(WORDS.len())].iter().copied())),
            5 => bytes.truncate(at),
            6 => {
                let from = dice.below(other.len());
                let to = (from + dice.below(200)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let word = WORDS[dice.below(WORDS.len())];
                let many = word.repeat(1 + dice.below(40));
                bytes.splice(at..end, many);
            }
        }
    }
}

#[test]
fn damaged_files_never_make_the_reader_stumble() {
    let seconds = std::env::var("LIANCHENG_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let whole = Duration::from_secs(seconds.unwrap_or(4));
    let started = Instant::now();
    let samples = samples();
    // A longer search begins elsewhere.
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ seconds.unwrap_or(0));
    let options = ReadOptions { max_page: 1 << 20, ..ReadOptions::default() };
    let (mut runs, mut pages, mut skips) = (0u64, 0u64, 0u64);
    while started.elapsed() < whole {
        let (name, bytes, _) = &samples[dice.below(samples.len())];
        let (_, other, _) = &samples[dice.below(samples.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, other, &mut dice);
        // Now and then, the name is wrong.
        let name = if dice.below(20) == 0 { samples[dice.below(samples.len())].0 } else { *name };
        let began = Instant::now();
        for result in pages_of_bytes(name, bytes.clone(), options.clone()) {
            let result = result.and_then(|page| {
                let origin = page.origin.clone();
                Skip::on_panic(&origin, || liancheng::clean::clean(page))
            });
            match result {
                Ok(_) => pages += 1,
                Err(skip) => {
                    assert!(!skip.reason.contains("stumble"), "{name}: {skip}: {bytes:?}");
                    skips += 1;
                }
            }
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{name} took too long: {bytes:?}");
        runs += 1;
    }
    println!("{runs} damaged files: {pages} pages, {skips} skips");
    assert!(runs > 100 && pages > 0 && skips > 0);
}
