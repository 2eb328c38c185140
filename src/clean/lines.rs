//! Markup → the lines that a reader sees, and how much of each is links.

use dom_query::{Document, NodeRef};

use super::fold::is_letter_or_digit;

/// A line as a browser would break it: a paragraph, a heading, a row, a list item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// What is read.
    pub(super) text: String,
    /// The same with a tabulator where one element ends and the next begins, for header lines.
    pub(super) parts: String,
    /// How many of its letters and digits are links.
    pub(super) linked: usize,
    /// How many of its characters are letters and digits.
    pub(super) letters: usize,
    /// The level of a heading, 1 to 6; 0 for other lines.
    pub(super) heading: u8,
}

impl Line {
    /// Number of characters.
    pub(super) fn len(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether the line is hardly more than links.
    pub(super) fn is_linked(&self) -> bool {
        self.linked * 10 > self.letters * 7
    }
}

/// Elements that nobody reads.
const UNREAD: &[&str] = &[
    "script", "style", "noscript", "template", "iframe", "svg", "head", "select", "textarea",
    "object", "canvas", "audio", "video", "math", "title", "button",
];

/// Elements within a line.
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "img",
    "ins",
    "kbd",
    "label",
    "mark",
    "o:p",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
    "input",
    "td",
    "th",
    "st1:chsdate",
    "nobr",
];

/// Reads the lines of a document, in order, and how deep its elements nest.
pub(super) fn of_document(document: &Document) -> (Vec<Line>, usize) {
    of_node(&document.root())
}

/// Reads the lines of markup.
pub(super) fn of_markup(markup: &str) -> Vec<Line> {
    of_document(&Document::fragment(markup)).0
}

/// Reads the lines of markup, be it a whole page or a piece of one.
pub(super) fn of_markup_or_page(markup: &str) -> Vec<Line> {
    of_document(&Document::from(markup)).0
}

/// Reads the lines under a node. Goes by a list of its own, since pages nest without bound.
fn of_node(root: &NodeRef) -> (Vec<Line>, usize) {
    let mut writer = Writer::default();
    let (mut depth, mut deepest) = (0usize, 0);
    let mut work = vec![Step::Enter(*root)];
    while let Some(step) = work.pop() {
        match step {
            Step::Leave(what) => {
                depth -= 1;
                writer.leave(what);
            }
            Step::Enter(node) if node.is_text() => writer.text(&node.text()),
            Step::Enter(node) => {
                let name =
                    node.node_name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
                if UNREAD.contains(&name.as_str()) || is_hidden(&node) {
                    continue;
                }
                let what = What::of(&name);
                writer.enter(what);
                depth += 1;
                deepest = deepest.max(depth);
                work.push(Step::Leave(what));
                work.extend(node.children_it(true).map(Step::Enter));
            }
        }
    }
    writer.end_line();
    (writer.lines, deepest)
}

/// Whether the page says that an element is not shown.
fn is_hidden(node: &NodeRef) -> bool {
    if !node.is_element() {
        return false;
    }
    node.has_attr("hidden")
        || node.attr("style").is_some_and(|style| {
            let style = style.to_ascii_lowercase().replace(' ', "");
            style.contains("display:none") && !style.contains("display:none!")
        })
}

/// What is still to be done.
enum Step<'a> {
    Enter(NodeRef<'a>),
    Leave(What),
}

/// What an element does to lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Inline,
    Link,
    Cell,
    Break,
    Block,
    Heading(u8),
}

impl What {
    fn of(name: &str) -> Self {
        match name {
            "a" => Self::Link,
            "td" | "th" => Self::Cell,
            "br" => Self::Break,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading(name.as_bytes()[1] - b'0'),
            name if INLINE.contains(&name) => Self::Inline,
            _ => Self::Block,
        }
    }
}

/// Puts lines together.
#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: Line,
    links: usize,
    heading: u8,
    gap: Gap,
}

/// White space since the last character.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    /// A blank that someone set.
    Blank,
    /// An end of a line of the source.
    Broken,
}

impl Writer {
    fn enter(&mut self, what: What) {
        match what {
            What::Inline => self.part(),
            What::Link => {
                self.part();
                self.links += 1;
            }
            What::Cell => {
                self.part();
                self.gap = Gap::Blank;
            }
            What::Break | What::Block => self.end_line(),
            What::Heading(level) => {
                self.end_line();
                self.heading = level;
            }
        }
    }

    fn leave(&mut self, what: What) {
        match what {
            What::Inline => self.part(),
            What::Cell => self.gap = Gap::Blank,
            What::Link => {
                self.part();
                self.links = self.links.saturating_sub(1);
            }
            What::Break => {}
            What::Block => self.end_line(),
            What::Heading(_) => {
                self.end_line();
                self.heading = 0;
            }
        }
    }

    /// Marks the border of an element.
    fn part(&mut self) {
        if !self.line.parts.is_empty() && !self.line.parts.ends_with('\t') {
            self.line.parts.push('\t');
        }
    }

    /// Appends text; white space that holds a line end is only the way the source was broken, and
    /// counts beside letters and digits but not between Chinese characters.
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' | '\r' if self.gap != Gap::Blank => self.gap = Gap::Broken,
                c if c.is_whitespace() => {
                    if self.gap == Gap::None || matches!(c, '\u{a0}' | '\u{3000}') {
                        self.gap = Gap::Blank;
                    }
                }
                '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' => {}
                c if c.is_control() => {}
                c => self.push(c),
            }
        }
    }

    /// Appends a character that is seen.
    fn push(&mut self, character: char) {
        if let Some(last) = self.line.text.chars().next_back() {
            let beside_letters = last.is_ascii_alphanumeric() || character.is_ascii_alphanumeric();
            if self.gap == Gap::Blank || self.gap == Gap::Broken && beside_letters {
                self.line.text.push(' ');
                if !self.line.parts.ends_with('\t') {
                    self.line.parts.push(' ');
                }
            }
        }
        self.gap = Gap::None;
        self.line.text.push(character);
        self.line.parts.push(character);
        let letter = usize::from(is_letter_or_digit(character));
        self.line.letters += letter;
        self.line.linked += letter * usize::from(self.links > 0);
    }

    fn end_line(&mut self) {
        self.gap = Gap::None;
        let mut line = std::mem::take(&mut self.line);
        line.heading = self.heading;
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markup: &str) -> Vec<String> {
        of_markup(markup).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_as_a_browser_breaks_them() {
        for (markup, lines) in [
            ("<p>佛山<b>茂名</b></p><p>签约<br>仪式</p>", &["佛山茂名", "签约", "仪式"][..]),
            ("<div>\n  佛山\n  茂名\n</div>", &["佛山茂名"]),
            ("<div>战略互融 夯实\nA new\nday</div>", &["战略互融 夯实 A new day"]),
            (
                "<table><tr><td>佛山</td><td>100</td></tr><tr><td>茂名</td></tr></table>",
                &["佛山 100", "茂名"],
            ),
            (
                "<p>一<script>var a</script><style>b</style>二<span style=\"display: none\">三</span></p>",
                &["一二"],
            ),
            ("<ul><li>甲</li><li>乙</li></ul>", &["甲", "乙"]),
            ("", &[]),
        ] {
            assert_eq!(read(markup), lines, "{markup}");
        }
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let deep = "<div>".repeat(20_000) + "底";
        assert_eq!(read(&deep), ["底"]);
    }
}
