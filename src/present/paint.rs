//! Which styles the parts of a page have in a terminal, and how wide it is.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// The styles, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    on: bool,
}

impl Palette {
    /// With colours and bold letters.
    pub const COLOURED: Self = Self { on: true };
    /// Plain text.
    pub const PLAIN: Self = Self { on: false };

    fn paint(self, style: Style, text: impl Display) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// A headline.
    pub fn title(self, text: impl Display) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What the query found, in running text.
    pub fn mark(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// What stands for what the query asked for: another name, a synonym.
    pub fn also(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().underline(), text)
    }

    /// What stands beside: dates, outlets, ids.
    pub fn aside(self, text: impl Display) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// The name of a part.
    pub fn heading(self, text: impl Display) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// The word that opens an error.
    pub fn error(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// The word that opens a hint or remark.
    pub fn hint(self, text: impl Display) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }
}

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Styles.
    pub palette: Palette,
    /// Columns after which lines are broken; none leaves lines whole, as a pipe wants them.
    pub columns: Option<usize>,
}

impl Layout {
    /// No colours and no broken lines.
    pub const PLAIN: Self = Self { palette: Palette::PLAIN, columns: None };
}
