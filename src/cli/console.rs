//! Where everything is printed: results, and what is said beside them.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use super::Outcome;
use super::args::Colour;
use super::error::CliError;
use crate::present::format::FORMATS;
use crate::present::{Answer, Format, Layout, Palette};

/// Standard output and standard error, and what they can show.
pub struct Console<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    facts: Facts,
    layout: Layout,
    err_palette: Palette,
}

/// What is known of the surroundings.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    out_is_terminal: bool,
    err_is_terminal: bool,
    /// `NO_COLOR` is set, or the terminal is a dumb one.
    plain: bool,
    columns: Option<usize>,
}

/// Lines longer than this are hard to read, however wide the terminal.
const LONGEST_LINE: usize = 100;

impl<'a> Console<'a> {
    /// The console of this process.
    pub fn of_process(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let facts = Facts {
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            plain: set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
            columns: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        };
        Self::with(out, err, facts)
    }

    /// A console that keeps what is printed: no terminal, no colours.
    pub fn captured(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self::with(out, err, Facts::default())
    }

    fn with(out: &'a mut dyn Write, err: &'a mut dyn Write, facts: Facts) -> Self {
        let mut console =
            Self { out, err, facts, layout: Layout::PLAIN, err_palette: Palette::PLAIN };
        console.choose(Colour::Auto);
        console
    }

    /// Decides about colours, as a person wants them.
    pub(super) fn choose(&mut self, colour: Colour) {
        let palette = |is_terminal: bool| match colour {
            Colour::Always => Palette::COLOURED,
            Colour::Auto if is_terminal && !self.facts.plain => Palette::COLOURED,
            Colour::Auto | Colour::Never => Palette::PLAIN,
        };
        let columns = self.facts.columns.map(|columns| columns.min(LONGEST_LINE));
        self.err_palette = palette(self.facts.err_is_terminal);
        self.layout = Layout {
            palette: palette(self.facts.out_is_terminal),
            columns: columns.filter(|_| self.facts.out_is_terminal),
        };
    }

    /// How results are laid out.
    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether somebody watches while we work.
    pub(super) fn is_watched(&self) -> bool {
        self.facts.err_is_terminal
    }

    /// Where results go.
    pub(super) fn out(&mut self) -> &mut dyn Write {
        self.out
    }

    /// Prints an answer in the format of a name, and the remarks beside it where it has no room for
    /// them.
    pub(super) fn answer(
        &mut self,
        answer: &Answer,
        format: &str,
    ) -> Result<&'static Format, CliError> {
        let format = Format::named(format).unwrap_or(&FORMATS[0]);
        (format.write)(answer, self.layout, self.out)?;
        self.finish()?;
        if !format.holds_remarks {
            answer.remarks.iter().for_each(|remark| self.remark(remark));
        }
        Ok(format)
    }

    /// Says something beside the results. Nobody may be listening; that is no failure.
    pub(super) fn say(&mut self, text: impl Display) {
        let _ = writeln!(self.err, "{text}");
    }

    /// Says what a person should know about the answer.
    pub(super) fn remark(&mut self, text: impl Display) {
        let word = self.err_palette.hint("remark:");
        self.say(format_args!("{word} {text}"));
    }

    /// Says what went wrong and what to do.
    pub(super) fn fail(&mut self, error: &CliError) {
        // What was found before belongs above the sentence that says why there is no more.
        let _ = self.out.flush();
        let word = self.err_palette.error("error:");
        self.say(format_args!("{word} {error}"));
        if let Some(hint) = error.hint() {
            let word = self.err_palette.hint("hint:");
            self.say(format_args!("{word} {hint}"));
        }
    }

    /// Answers arguments that are none, or a wish for help.
    pub(super) fn usage(&mut self, error: &clap::Error) -> Outcome {
        let text = error.render();
        let written = if error.use_stderr() {
            let coloured = self.err_palette == Palette::COLOURED;
            let text = if coloured { text.ansi().to_string() } else { text.to_string() };
            self.err.write_all(text.as_bytes())
        } else {
            let coloured = self.layout.palette == Palette::COLOURED;
            let text = if coloured { text.ansi().to_string() } else { text.to_string() };
            self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush())
        };
        // Help that nobody reads to the end has helped.
        let _ = written;
        if error.use_stderr() { Outcome::Failed } else { Outcome::Done }
    }

    /// Makes sure that everything is out.
    pub(super) fn finish(&mut self) -> Result<(), CliError> {
        Ok(self.out.flush()?)
    }
}

/// Says something while the program goes on, from any thread. Nobody may be listening.
#[cfg(feature = "serve")]
pub(super) fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{}", crate::present::sanitize::terminal(line));
}

/// Says of a panic what a person can do with it. The process is past anything finer.
pub(super) fn confess(mistake: &str) {
    let mistake = crate::present::sanitize::terminal(mistake).into_owned();
    let _ = writeln!(
        io::stderr(),
        "error: the program made a mistake: {mistake}\n\
         hint: this should not happen; please report it with the command and the file that led here"
    );
}
