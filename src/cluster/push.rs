//! An index on this machine → the same articles in an archive on a cluster.
//!
//! What is there is asked of the cluster itself, article by article (id and version), and only what
//! differs is sent: so a push that was killed goes on where it stopped, and nothing that is kept
//! here can be at odds with what is there. A full push fills an index beside the one that is
//! searched and moves the alias when everything is in it and has been looked through.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opensearch::http::Method;
use rayon::prelude::*;
use serde_json::Value;

use super::archive::{Archive, Shelf, State, may_pass, note_whole, refresh, remove, versions};
use super::error::ClusterError;
use super::nodes::{Again, Nodes, WORK, chance, checked, is_about_disks};
use super::template::{GROUP, LENGTH, LIKENESS, PLACE, TOKENS, VERSION, spaced};
use crate::index::{Entry, Export, Exported, IndexError, OpenIndex, Stamp};

/// Articles that are made ready together.
const BATCH: usize = 400;
/// Bytes of one request.
const REQUEST: usize = 6 << 20;
/// Requests on their way at once.
const AT_ONCE: usize = 2;
/// Share of the articles that have to differ for a full push.
const FULL_FROM: f64 = 0.3;
/// How often what is there is looked through and mended before it is given up.
const ROUNDS: usize = 4;
/// How often what a cluster is too busy for is sent again.
const PATIENCE: u32 = 14;
/// Bytes of the longest `_id` that OpenSearch takes.
const LONGEST_ID: usize = 512;

/// How to push.
#[derive(Debug, Clone)]
pub struct PushOptions {
    /// Name of the archive.
    pub name: String,
    /// Whether to fill a new index even where the old one could be brought up to date.
    pub full: bool,
    /// Parts of a new index.
    pub shards: u32,
    /// Further copies of each part.
    pub replicas: u32,
}

/// What a push did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pushed {
    /// The index that is searched now.
    pub index: String,
    /// Articles that are in it.
    pub articles: u64,
    /// Articles that were sent.
    pub sent: u64,
    /// Articles that were taken out.
    pub deleted: u64,
    /// Articles that were there as they are.
    pub unchanged: u64,
    /// Bytes that were sent.
    pub bytes: u64,
    /// Whether a new index was filled.
    pub full: bool,
    /// Whether it was begun by a push before.
    pub resumed: bool,
    /// How often something had to be sent again.
    pub again: u64,
    /// The index that one can go back to.
    pub previous: Option<String>,
    /// Time it took.
    pub took: Duration,
}

/// Is told how far a push is.
pub trait Progress: Sync {
    /// So many of so many articles are sent.
    fn sent(&self, done: u64, of: u64);
}

/// Makes an archive on a cluster hold what an index holds.
pub fn push(
    nodes: &Nodes,
    index: &OpenIndex,
    options: &PushOptions,
    progress: &dyn Progress,
) -> Result<Pushed, ClusterError> {
    let started = Instant::now();
    nodes.check_version()?;
    let export = Export::of(index);
    let entries = export.entries()?;
    let archive = Archive::look(nodes, &options.name)?;
    let mut pushed = Pushed::default();

    // What is searched is brought up to date in place if little of it differs.
    let mut target = None;
    let same_stamp = |shelf: &&Shelf| shelf.stamp.difference(&Stamp::current()).is_none();
    if let Some(current) = archive.current.as_ref().filter(same_stamp).filter(|_| !options.full) {
        let there = versions(nodes, &current.index)?;
        let todo = Todo::of(&entries, &there);
        let differs = todo.send.len() + todo.delete.len();
        if (differs as f64) <= FULL_FROM * entries.len().max(1) as f64 {
            target = Some((current.clone(), there));
        }
    }
    let (shelf, there) = if let Some(target) = target {
        target
    } else {
        pushed.full = true;
        let begun = archive.shelves.iter().rev().find(|shelf| {
            shelf.state == State::Filling
                && archive.current.as_ref().is_none_or(|current| current.number < shelf.number)
        });
        if let Some(begun) = begun.filter(same_stamp) {
            pushed.resumed = true;
            refresh(nodes, &begun.index)?;
            let there = versions(nodes, &begun.index)?;
            (begun.clone(), there)
        } else {
            let shelf = archive.add(nodes, options.shards, options.replicas)?;
            (shelf, HashMap::new())
        }
    };
    let work = Work { nodes, export: &export, index: &shelf.index, progress };
    work.bring_up(&entries, there, &mut pushed)?;
    let sum = entries.iter().fold(0u64, |sum, entry| sum.wrapping_add(entry.version));
    if pushed.full || shelf.sum != sum {
        note_whole(nodes, &shelf.index, sum)?;
    }
    if pushed.full {
        archive.point_to(nodes, &shelf)?;
        pushed.previous = tidy_up(nodes, &archive, &shelf)?;
    }
    pushed.index = shelf.index;
    pushed.articles = entries.len() as u64;
    pushed.took = started.elapsed();
    Ok(pushed)
}

/// Removes what nobody goes back to: all indexes before the one that was searched until now, and
/// what was begun and never finished. Returns the one that is kept.
fn tidy_up(nodes: &Nodes, archive: &Archive, now: &Shelf) -> Result<Option<String>, ClusterError> {
    let kept = archive.current.as_ref().map(|shelf| shelf.index.clone());
    for shelf in &archive.shelves {
        if shelf.index != now.index && Some(&shelf.index) != kept.as_ref() {
            remove(nodes, &shelf.index)?;
        }
    }
    Ok(kept)
}

/// What has to be done for what is there to be what is wanted.
struct Todo<'a> {
    send: Vec<&'a Entry>,
    delete: Vec<String>,
}

impl<'a> Todo<'a> {
    fn of(entries: &'a [Entry], there: &HashMap<String, u64>) -> Self {
        let mut found = 0;
        let differs = entries.iter().filter(|entry| match there.get(&entry.id) {
            Some(version) => {
                found += 1;
                *version != entry.version
            }
            None => true,
        });
        let send = differs.collect();
        let mut delete = Vec::new();
        if found < there.len() {
            let wanted: std::collections::HashSet<&str> =
                entries.iter().map(|entry| entry.id.as_str()).collect();
            delete.extend(there.keys().filter(|id| !wanted.contains(id.as_str())).cloned());
        }
        Self { send, delete }
    }

    fn is_empty(&self) -> bool {
        self.send.is_empty() && self.delete.is_empty()
    }
}

/// The `_id` of an article: its own id, or a hash where that is too long.
pub(super) fn key_of(id: &str) -> String {
    if id.len() <= LONGEST_ID && !id.is_empty() {
        return id.to_owned();
    }
    format!("blake3:{}", blake3::hash(id.as_bytes()).to_hex())
}

/// A push at work.
struct Work<'a> {
    nodes: &'a Nodes,
    export: &'a Export<'a>,
    index: &'a str,
    progress: &'a dyn Progress,
}

/// Lines of a bulk request: an action and, unless it deletes, the article.
struct Lines {
    text: String,
    /// Where each action begins.
    starts: Vec<usize>,
}

impl Work<'_> {
    /// Sends, looks through what is there, and sends again what is missing.
    fn bring_up(
        &self,
        entries: &[Entry],
        mut there: HashMap<String, u64>,
        pushed: &mut Pushed,
    ) -> Result<(), ClusterError> {
        let mut first = true;
        for _ in 0..ROUNDS {
            let todo = Todo::of(entries, &there);
            if first {
                pushed.unchanged = (entries.len() - todo.send.len()) as u64;
                first = false;
            }
            if todo.is_empty() {
                return Ok(());
            }
            self.carry_out(&todo, pushed)?;
            refresh(self.nodes, self.index)?;
            there = versions(self.nodes, self.index)?;
        }
        let todo = Todo::of(entries, &there);
        if todo.is_empty() {
            return Ok(());
        }
        let what = format!(
            "{} articles are missing or others, {} are too many",
            todo.send.len(),
            todo.delete.len()
        );
        Err(ClusterError::Unproven { index: self.index.to_owned(), what })
    }

    fn carry_out(&self, todo: &Todo<'_>, pushed: &mut Pushed) -> Result<(), ClusterError> {
        let of = (todo.send.len() + todo.delete.len()) as u64;
        let (done, bytes, again) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let stop = AtomicBool::new(false);
        let trouble: Mutex<Option<ClusterError>> = Mutex::new(None);
        let (sender, receiver) = std::sync::mpsc::sync_channel::<Lines>(AT_ONCE);
        let receiver = Mutex::new(receiver);
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    loop {
                        let next = receiver.lock().map(|receiver| receiver.recv());
                        let Ok(Ok(lines)) = next else { return };
                        if stop.load(Ordering::Relaxed) {
                            continue;
                        }
                        bytes.fetch_add(lines.text.len() as u64, Ordering::Relaxed);
                        match self.deliver(&lines, &again) {
                            Ok(()) => {
                                let count = lines.starts.len() as u64;
                                let done = done.fetch_add(count, Ordering::Relaxed) + count;
                                self.progress.sent(done, of);
                            }
                            Err(error) => {
                                stop.store(true, Ordering::Relaxed);
                                if let Ok(mut trouble) = trouble.lock() {
                                    trouble.get_or_insert(error);
                                }
                            }
                        }
                    }
                });
            }
            let made = self.make(todo, &stop, &mut |lines| sender.send(lines).is_ok());
            drop(sender);
            if let Err(error) = made
                && let Ok(mut trouble) = trouble.lock()
            {
                trouble.get_or_insert(error.into());
            }
        });
        pushed.bytes += bytes.into_inner();
        pushed.again += again.into_inner();
        if let Some(error) = trouble.into_inner().unwrap_or_default() {
            return Err(error);
        }
        pushed.sent += todo.send.len() as u64;
        pushed.deleted += todo.delete.len() as u64;
        Ok(())
    }

    /// Makes the requests, some articles at a time on all cores.
    fn make(
        &self,
        todo: &Todo<'_>,
        stop: &AtomicBool,
        send: &mut dyn FnMut(Lines) -> bool,
    ) -> Result<(), IndexError> {
        let mut lines = Lines { text: String::new(), starts: Vec::new() };
        for id in &todo.delete {
            lines.starts.push(lines.text.len());
            lines.text.push_str("{\"delete\":{\"_id\":");
            push_text(&mut lines.text, &key_of(id));
            lines.text.push_str("}}\n");
        }
        for batch in todo.send.chunks(BATCH) {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let made: Result<Vec<String>, IndexError> =
                batch.par_iter().map(|entry| self.line(entry)).collect();
            for made in made? {
                if lines.text.len() + made.len() > REQUEST && !lines.starts.is_empty() {
                    let full = Lines { text: String::new(), starts: Vec::new() };
                    if !send(std::mem::replace(&mut lines, full)) {
                        return Ok(());
                    }
                }
                lines.starts.push(lines.text.len());
                lines.text.push_str(&made);
            }
        }
        if !lines.starts.is_empty() {
            send(lines);
        }
        Ok(())
    }

    /// An article as two lines of a request.
    fn line(&self, entry: &Entry) -> Result<String, IndexError> {
        let values = self.export.values(entry)?;
        let mut line = String::from("{\"index\":{\"_id\":");
        push_text(&mut line, &key_of(&entry.id));
        line.push_str("}}\n");
        push_article(&mut line, entry, &values);
        Ok(line)
    }

    /// Sends lines until all of them are taken.
    fn deliver(&self, lines: &Lines, again: &AtomicU64) -> Result<(), ClusterError> {
        let path = format!("/{}/_bulk?filter_path=errors,items.*.status,items.*.error", self.index);
        let mut left: Vec<usize> = (0..lines.starts.len()).collect();
        let mut attempt = 0;
        loop {
            let text = lines.some(&left);
            let sent =
                self.nodes.send(Method::Post, &path, Some(text.as_bytes()), WORK, Again::Safe);
            let refused = match sent.and_then(checked) {
                Ok(answer) => refused(&answer.body, left.len())?,
                Err(error) if may_pass(&error) && attempt < PATIENCE => {
                    Refused { again: (0..left.len()).collect(), what: error.to_string() }
                }
                Err(error) => return Err(error),
            };
            if refused.again.is_empty() {
                return Ok(());
            }
            attempt += 1;
            if attempt > PATIENCE {
                return Err(ClusterError::Busy(refused.what));
            }
            again.fetch_add(refused.again.len() as u64, Ordering::Relaxed);
            left = refused.again.into_iter().map(|at| left[at]).collect();
            let pause = (200u64 << attempt.min(6)).min(10_000);
            std::thread::sleep(Duration::from_millis(pause / 2 + chance(pause / 2 + 1)));
        }
    }
}

impl Lines {
    /// The lines of some of the actions.
    fn some(&self, which: &[usize]) -> String {
        if which.len() == self.starts.len() {
            return self.text.clone();
        }
        let mut some = String::new();
        for &at in which {
            let end = self.starts.get(at + 1).copied().unwrap_or(self.text.len());
            some.push_str(&self.text[self.starts[at]..end]);
        }
        some
    }
}

/// What of a bulk request was not taken and may be sent again, and why.
#[derive(Debug)]
struct Refused {
    again: Vec<usize>,
    what: String,
}

/// Reads the answer to a bulk request; what cannot be mended by sending it again is an error.
fn refused(answer: &Value, sent: usize) -> Result<Refused, ClusterError> {
    let mut refused = Refused { again: Vec::new(), what: String::new() };
    if answer["errors"] == Value::Bool(false) {
        return Ok(refused);
    }
    let items = answer["items"].as_array().filter(|items| items.len() == sent);
    let Some(items) = items else {
        return Err(ClusterError::Unreadable("it does not tell of every article".to_owned()));
    };
    for (at, item) in items.iter().enumerate() {
        let item = item.as_object().and_then(|item| item.values().next()).unwrap_or(item);
        let status = item["status"].as_u64().unwrap_or(500);
        let reason = item["error"]["reason"].as_str().unwrap_or_default();
        match status {
            200..=299 | 404 if reason.is_empty() => {}
            _ if is_about_disks(reason) => return Err(ClusterError::Full(reason.to_owned())),
            429 | 500..=599 => {
                refused.again.push(at);
                reason.clone_into(&mut refused.what);
            }
            _ => {
                let cause = item["error"]["caused_by"]["reason"].as_str().unwrap_or_default();
                let what = format!("{reason} {cause}").trim().to_owned();
                return Err(ClusterError::Refused { status: status as u16, what });
            }
        }
    }
    Ok(refused)
}

/// Writes a text as JSON.
fn push_text(out: &mut String, text: &str) {
    // Text always can be written.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Writes an article as the mapping wants it.
fn push_article(out: &mut String, entry: &Entry, values: &[(&str, Exported)]) {
    let mut fields: Vec<(&str, Vec<&Exported>)> = Vec::new();
    for (name, value) in values.iter().filter(|(name, _)| *name != LIKENESS) {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    out.push('{');
    let mut tokens = 0u32;
    for (name, values) in &fields {
        push_text(out, name);
        out.push(':');
        let texts = |of: &dyn Fn(&Exported) -> Option<String>| -> Vec<String> {
            values.iter().filter_map(|value| of(value)).collect()
        };
        match values[0] {
            Exported::Terms(_) => {
                let all = texts(&|value| match value {
                    Exported::Terms(terms) => Some(terms.replace(Exported::END, " ")),
                    _ => None,
                });
                let all = all.concat();
                if *name == "words" {
                    tokens = all.split(' ').filter(|term| !term.is_empty()).count() as u32;
                }
                push_text(out, &all);
            }
            Exported::Characters(_) => {
                let all = texts(&|value| match value {
                    Exported::Characters(text) => Some(spaced(text)),
                    _ => None,
                });
                push_text(out, &all.join(" "));
            }
            Exported::Exact(_) => {
                let all = texts(&|value| match value {
                    Exported::Exact(text) => serde_json::to_string(text).ok(),
                    _ => None,
                });
                push_list(out, &all);
            }
            Exported::Number(_) => {
                let all = texts(&|value| match value {
                    // Lucene's numbers have a sign.
                    Exported::Number(number) => Some(number.cast_signed().to_string()),
                    _ => None,
                });
                push_list(out, &all);
            }
            Exported::Json(text) => out.push_str(text),
        }
        out.push(',');
    }
    let numbers = [
        (LENGTH, Some(i64::from(Export::kept_length(tokens)))),
        (TOKENS, Some(i64::from(tokens))),
        (GROUP, Some(entry.group.cast_signed())),
        (PLACE, entry.place.map(i64::from)),
        (VERSION, Some(entry.version.cast_signed())),
    ];
    let numbers: Vec<String> = numbers
        .into_iter()
        .filter_map(|(name, number)| Some(format!("\"{name}\":{}", number?)))
        .collect();
    out.push_str(&numbers.join(","));
    out.push_str("}\n");
}

fn push_list(out: &mut String, values: &[String]) {
    if let [value] = values {
        out.push_str(value);
        return;
    }
    out.push('[');
    out.push_str(&values.join(","));
    out.push(']');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_refused_for_the_moment_is_sent_again() {
        let answer = json!({ "errors": true, "items": [
            { "index": { "status": 201 } },
            { "index": { "status": 429, "error": { "reason": "queue is full" } } },
            { "delete": { "status": 404 } },
            { "index": { "status": 503, "error": { "reason": "primary shard is not active" } } },
        ] });
        assert_eq!(refused(&answer, 4).unwrap().again, [1, 3]);
        assert!(refused(&answer, 5).is_err(), "an article of which nothing is said is not in");
        assert!(refused(&json!({ "errors": false }), 5).unwrap().again.is_empty());
        let full = json!({ "errors": true, "items": [{ "index": { "status": 429, "error": {
            "reason": "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]" } } }] });
        assert!(matches!(refused(&full, 1), Err(ClusterError::Full(_))));
        let wrong = json!({ "errors": true, "items": [{ "index": { "status": 400, "error": {
            "reason": "failed to parse", "caused_by": { "reason": "no such field" } } } }] });
        assert_eq!(
            refused(&wrong, 1).unwrap_err().to_string(),
            "the cluster refused (400): failed to parse no such field"
        );
    }

    #[test]
    fn lines_that_are_left_are_sent_whole() {
        let lines = Lines { text: "甲\n乙\n丙\n".into(), starts: vec![0, 4, 8] };
        assert_eq!(lines.some(&[0, 1, 2]), "甲\n乙\n丙\n");
        assert_eq!(lines.some(&[1]), "乙\n");
        assert_eq!(lines.some(&[0, 2]), "甲\n丙\n");
    }
}
