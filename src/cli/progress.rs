//! What a person sees while an index is built: a bar on a terminal, and what is skipped.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Console;
use crate::article::Skip;
use crate::index::Watcher;
use crate::present::{sanitize, thousands};

/// Skipped pages that are named; the rest is counted.
const NAMED: u64 = 20;

/// Watches an index being built.
pub(super) struct Progress<'c, 'w> {
    console: &'c mut Console<'w>,
    bar: ProgressBar,
    verbose: bool,
    skipped: u64,
    understood_anew: u64,
}

/// A bar that is drawn where somebody watches; `{left}` in its template is the time that remains.
pub(super) fn bar(console: &Console<'_>, length: Option<u64>, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
    if console.is_watched() {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            let left = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
                let _ = write!(text, "{:.0} s", state.eta().as_secs_f64());
            };
            bar.set_style(style.with_key("left", left));
        }
    }
    bar
}

impl<'c, 'w> Progress<'c, 'w> {
    /// Begins to watch; `bytes` are those of all files to be read.
    pub(super) fn new(console: &'c mut Console<'w>, bytes: u64, verbose: bool) -> Self {
        let template = "{bar:24} {percent:>3}%  {msg}, {bytes_per_sec}, {left} left";
        let bar = bar(console, Some(bytes), template);
        Self { console, bar, verbose, skipped: 0, understood_anew: 0 }
    }

    /// Takes the bar away and says how much was not named.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
        let unnamed = self.skipped.saturating_sub(NAMED);
        if unnamed > 0 && !self.verbose {
            self.console.say(format_args!(
                "skipped: {} more; --verbose names them all",
                thousands(unnamed)
            ));
        }
        let unnamed = self.understood_anew.saturating_sub(NAMED);
        if unnamed > 0 && !self.verbose {
            self.console.say(format_args!(
                "understood otherwise than before: {} more; --verbose names them all",
                thousands(unnamed)
            ));
        }
    }
}

impl Watcher for Progress<'_, '_> {
    fn skipped(&mut self, skip: &Skip) {
        self.skipped += 1;
        if self.verbose || self.skipped <= NAMED {
            let told = skip.to_string();
            self.bar.suspend(|| {
                self.console.say(format_args!("skipped: {}", sanitize::terminal(&told)));
            });
        }
    }

    fn understood_anew(&mut self, id: &str) {
        self.understood_anew += 1;
        if self.verbose || self.understood_anew <= NAMED {
            let id = sanitize::terminal(id).into_owned();
            self.bar.suspend(|| {
                self.console.say(format_args!("understood otherwise than before: `{id}`"));
            });
        }
    }

    fn progressed(&mut self, bytes: u64, pages: u64) {
        self.bar.set_message(format!("{} pages", thousands(pages)));
        self.bar.set_position(bytes);
    }
}
