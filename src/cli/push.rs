//! `liancheng push --to URL`.

use std::fmt::Write as _;
use std::path::Path;

use indicatif::ProgressBar;
use serde::Serialize;

use super::args::{PushArgs, Report};
use super::{CliError, Console, Outcome, progress};
use crate::cluster::{Nodes, Progress, PushOptions, Pushed, push, rollback};
use crate::index::Home;
use crate::present::{counted, duration, thousands};

/// A bar on a terminal.
struct Bar(ProgressBar);

impl Progress for Bar {
    fn sent(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }
}

/// What is printed as one object.
#[derive(Serialize)]
struct Summary<'a> {
    archive: &'a str,
    index: &'a str,
    articles: u64,
    sent: u64,
    deleted: u64,
    unchanged: u64,
    sent_again: u64,
    bytes: u64,
    full: bool,
    resumed: bool,
    previous: Option<&'a str>,
    seconds: f64,
}

/// Sends the articles of an index to a cluster, or goes back to those of before.
pub(super) fn run(
    home: &Path,
    args: &PushArgs,
    console: &mut Console<'_>,
) -> Result<Outcome, CliError> {
    let nodes = Nodes::at(&args.to)?;
    if args.rollback {
        let index = rollback(&nodes, &args.name)?;
        console.say(format_args!("`{}` is `{index}` again", args.name));
        return Ok(Outcome::Done);
    }
    let index = Home::at(home).open()?;
    let template = "{bar:24} {percent:>3}%  {pos} of {len} articles, {per_sec}, {eta} left";
    let options = PushOptions {
        name: args.name.clone(),
        full: args.full,
        shards: args.shards,
        replicas: args.replicas,
    };
    let bar = Bar(progress::bar(console, None, template));
    let pushed = push(&nodes, &index, &options, &bar);
    bar.0.finish_and_clear();
    let pushed = pushed?;
    match args.format {
        Report::Json => {
            let summary = summary(&args.name, &pushed);
            serde_json::to_writer_pretty(console.out(), &summary)?;
            writeln!(console.out())?;
        }
        Report::Text => {
            let text = in_words(&args.name, &pushed);
            write!(console.out(), "{text}")?;
        }
    }
    console.finish()?;
    Ok(Outcome::Done)
}

fn summary<'a>(archive: &'a str, pushed: &'a Pushed) -> Summary<'a> {
    Summary {
        archive,
        index: &pushed.index,
        articles: pushed.articles,
        sent: pushed.sent,
        deleted: pushed.deleted,
        unchanged: pushed.unchanged,
        sent_again: pushed.again,
        bytes: pushed.bytes,
        full: pushed.full,
        resumed: pushed.resumed,
        previous: pushed.previous.as_deref(),
        seconds: (pushed.took.as_secs_f64() * 1000.0).round() / 1000.0,
    }
}

fn in_words(archive: &str, pushed: &Pushed) -> String {
    let seconds = pushed.took.as_secs_f64().max(0.001);
    let mut text = format!(
        "{} in `{archive}` (`{}`): {} sent, {} taken out, {} there already\n",
        counted(pushed.articles, "article"),
        pushed.index,
        thousands(pushed.sent),
        thousands(pushed.deleted),
        thousands(pushed.unchanged),
    );
    let rate = pushed.sent as f64 / seconds;
    let _ = writeln!(
        text,
        "{}, {rate:.0} articles a second, {:.1} MB sent",
        duration(pushed.took),
        pushed.bytes as f64 / 1e6
    );
    if pushed.resumed {
        text.push_str("an earlier push that was broken off was carried on\n");
    }
    if pushed.again > 0 {
        let again = counted(pushed.again, "article");
        let _ = writeln!(text, "{again} had to be sent again");
    }
    if let Some(previous) = &pushed.previous {
        let _ = writeln!(text, "`{previous}` is kept; `liancheng push --rollback` goes back to it");
    }
    text
}
