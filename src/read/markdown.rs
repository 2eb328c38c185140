//! Markdown, with or without front matter.
//!
//! Front matter is a record like any other; what follows is turned into markup by the `CommonMark`
//! specification, but for two habits of crawled Chinese texts: a line that ends a sentence ends a
//! paragraph, and an indented paragraph is no program code.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};
use serde_json::{Map, Value};

use crate::article::{Content, Origin, RawPage, Skip};

use super::record::{Field, Taken};
use super::source::Source;
use super::{FieldNames, Format, PagesOfFile, encoding};

/// Markdown.
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "Markdown"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["md", "markdown"]
    }

    fn recognises(&self, start: &[u8]) -> bool {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        matches!(first.trim_ascii_end(), b"---" | b"+++") && !encoding::is_binary(start)
    }

    fn pages(&self, source: Source) -> PagesOfFile {
        let mut source = Some(source);
        Box::new(std::iter::from_fn(move || {
            let source = source.take()?;
            let (origin, fields) = (source.origin(), source.fields.clone());
            Some(source.whole().and_then(|bytes| read(origin, bytes, &fields)))
        }))
    }
}

fn read(origin: Origin, bytes: Vec<u8>, fields: &FieldNames) -> Result<RawPage, Skip> {
    if encoding::is_binary(&bytes) {
        return Err(Skip::new(origin, "is no text").hint("give it the ending of what it is"));
    }
    let decoded = encoding::decode_owned(bytes, &[]);
    let (front, text) = front_matter(&decoded.text);
    let mut taken = Taken::by_names(&front, fields);
    let (heading, markup) = markup(text);
    if let Some(heading) = &heading {
        // A record's own headline goes before.
        taken.offer_text(Field::Title, usize::MAX, heading);
    }
    taken.offer_text(Field::Body, 0, &markup);
    let page = taken.into_page(origin, "Markdown", (decoded.encoding, decoded.damaged))?;
    // Text without any markup is still made of paragraphs.
    let content = match page.content {
        Content::Body(text) if text == markup => Content::Html(text),
        other => other,
    };
    Ok(RawPage { content, ..page })
}

// ---------------------------------------------------------------- front matter

/// Parts the front matter from the text. What is no front matter stays in the text.
fn front_matter(text: &str) -> (Map<String, Value>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let fence = first.trim_end();
    if !matches!(fence, "---" | "+++") {
        return (Map::new(), text);
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || (fence == "---" && bare == "...") {
            let (front, below) = (&rest[..at], &rest[at + line.len()..]);
            let record = if fence == "+++" { toml_of(front) } else { Some(yaml_of(front)) };
            return match record {
                Some(record) => (record, below),
                None => (Map::new(), below),
            };
        }
        at += line.len();
    }
    (Map::new(), text)
}

/// Reads front matter in TOML.
fn toml_of(text: &str) -> Option<Map<String, Value>> {
    let table: toml::Table = toml::from_str(text).ok()?;
    Some(table.into_iter().map(|(name, value)| (name, of_toml(value))).collect())
}

/// The same value in JSON; times are written as texts.
fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(values) => values.into_iter().map(of_toml).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(name, value)| (name, of_toml(value))).collect())
        }
    }
}

/// Reads the part of YAML in which front matter is written: names with texts, lists and blocks of
/// text. It is read line by line, so that a colon too many (`title: 佛山: 茂名`) or a tabulator
/// costs nothing, and there are no references that could be made to grow without bound.
fn yaml_of(text: &str) -> Map<String, Value> {
    let mut record = Map::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let starts_here = !line.starts_with([' ', '\t', '#', '-']);
        let Some((name, value)) = line.split_once(':').filter(|_| starts_here) else { continue };
        let value = value.trim();
        let mut below = Vec::new();
        while let Some(next) = lines.peek() {
            let belongs =
                next.starts_with([' ', '\t']) || next.trim().is_empty() || next.starts_with("- ");
            if !belongs {
                break;
            }
            below.push(*next);
            lines.next();
        }
        let name = unquoted(name.trim());
        record.insert(name, yaml_value(value, &below));
    }
    record
}

/// Reads a value of YAML from what stands behind the name and on the lines below it.
fn yaml_value(value: &str, below: &[&str]) -> Value {
    if value.starts_with(['|', '>']) && value.len() <= 3 {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let least = below.iter().filter(|l| !l.trim().is_empty()).map(|l| indent(l)).min();
        let lines =
            below.iter().map(|line| line.get(least.unwrap_or(0)..).unwrap_or("").trim_end());
        let between = if value.starts_with('|') { "\n" } else { " " };
        return Value::String(lines.collect::<Vec<_>>().join(between).trim_end().to_owned());
    }
    if let Some(list) = value.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        return list.split(',').map(|item| Value::String(unquoted(item.trim()))).collect();
    }
    let items: Vec<Value> = below
        .iter()
        .filter_map(|line| line.trim_start().strip_prefix("- "))
        .map(|item| Value::String(unquoted(item.trim())))
        .collect();
    if value.is_empty() && !items.is_empty() {
        return Value::Array(items);
    }
    if value.is_empty() {
        let members = below.iter().filter_map(|line| line.trim().split_once(':'));
        let members: Map<String, Value> = members
            .map(|(name, value)| (unquoted(name), Value::String(unquoted(value.trim()))))
            .collect();
        return if members.is_empty() { Value::Null } else { Value::Object(members) };
    }
    // A long text may go on below, indented.
    let whole = below.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let whole: Vec<&str> = std::iter::once(value).chain(whole).collect();
    Value::String(unquoted(&whole.join(" ")))
}

/// A text without its quotation marks, or without the remark behind it.
fn unquoted(text: &str) -> String {
    if text.starts_with('"') && text.ends_with('"') && text.len() >= 2 {
        let inner = &text[1..text.len() - 1];
        return serde_json::from_str(text).unwrap_or_else(|_| inner.to_owned());
    }
    if text.starts_with('\'') && text.ends_with('\'') && text.len() >= 2 {
        return text[1..text.len() - 1].replace("''", "'");
    }
    text.split(" #").next().unwrap_or(text).trim_end().to_owned()
}

// ---------------------------------------------------------------- text

/// Turns Markdown into markup; a heading of the first level that opens the text is taken out of
/// it, as the headline.
fn markup(text: &str) -> (Option<String>, String) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Vec::new();
    let (mut heading, mut in_heading) = (None, false);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. })
                if events.is_empty() && heading.is_none() =>
            {
                (heading, in_heading) = (Some(String::new()), true);
            }
            Event::End(TagEnd::Heading(_)) if in_heading => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => {
                heading.get_or_insert_default().push_str(&text);
            }
            _ if in_heading => {}
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                events.push(Event::Start(Tag::Paragraph));
            }
            Event::End(TagEnd::CodeBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::SoftBreak => events.push(at_line_end(events.last())),
            other => events.push(other),
        }
    }
    let mut markup = String::with_capacity(text.len() * 2);
    html::push_html(&mut markup, events.into_iter());
    (heading.filter(|heading| !heading.trim().is_empty()), markup)
}

/// What the end of a line within a paragraph means: the end of a paragraph after a sentence,
/// nothing between Chinese characters, a blank between words.
fn at_line_end<'e>(before: Option<&Event<'_>>) -> Event<'e> {
    let Some(Event::Text(text)) = before else { return Event::SoftBreak };
    match text.trim_end().chars().next_back() {
        Some('。' | '！' | '？' | '”' | '：' | '；' | '…' | '）') => Event::HardBreak,
        Some('\u{2e80}'..='\u{ffef}') => Event::Text("".into()),
        _ => Event::SoftBreak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> RawPage {
        read(Origin::file("a.md"), text.as_bytes().to_vec(), &FieldNames::default()).unwrap()
    }

    #[test]
    fn front_matter_is_a_record() {
        for front in [
            "---\ntitle: \"佛茂：携手\"\ndate: 2024-10-09 08:00 # 北京时间\nsource: 南方日报\nauthor:\n  - 甲\n  - 乙\nurl: https://a.cn/1\n---\n",
            "---\r\ntitle: 佛茂：携手\r\ndate: '2024-10-09 08:00'\r\nsource: {}\r\nmedia: 南方日报\r\nauthors: [甲, \"乙\"]\r\nlink: https://a.cn/1\r\ntags:\r\n- x\r\n---\r\n",
            "+++\ntitle = \"佛茂：携手\"\ndate = \"2024-10-09 08:00\"\noutlet = \"南方日报\"\nauthor = [\"甲\", \"乙\"]\nurl = \"https://a.cn/1\"\n+++\n",
            "---\ntitle: >\n  佛茂：携手\ndate: 2024-10-09 08:00\nsource:\n  name: 南方日报\nauthor: 甲 乙\nurl: https://a.cn/1\n...\n",
        ] {
            let page = read_text(&format!("{front}\n佛山与茂名签约。\n"));
            let given = page.given;
            let said = [given.title, given.date, given.outlet, given.author, given.url];
            let said = said.map(|part| part.unwrap_or_else(|| "-".to_owned())).join("|");
            let want = "佛茂：携手|2024-10-09 08:00|南方日报|甲 乙|https://a.cn/1";
            assert_eq!(said.replace("{}", "南方日报"), want, "{front}");
            assert_eq!(page.content, Content::Html("<p>佛山与茂名签约。</p>\n".to_owned()));
        }
    }

    #[test]
    fn the_first_heading_is_the_headline() {
        let page = read_text(
            "# 佛茂**携手**\n\n一段，\n续行。\n二段。\n\n    缩进的一段。\n\n| 市 | 数 |\n|---|---|\n| 佛山 | 1 |\n",
        );
        assert_eq!(page.given.title.as_deref(), Some("佛茂携手"));
        let text = page.content.text();
        assert!(text.starts_with("<p>一段，续行。<br />\n二段。</p>\n<p>缩进的一段。"), "{text}");
        assert!(text.contains("<td>佛山</td>"), "{text}");
    }

    #[test]
    fn what_is_no_front_matter_stays_in_the_text() {
        for text in ["---\n佛山与茂名签约。", "正文。\n---\na: b\n---\n", "***\n佛山"]
        {
            let page = read_text(text);
            assert_eq!(page.given, crate::article::Given::default(), "{text}");
            assert!(page.content.text().contains(|c: char| !c.is_ascii()), "{text}");
        }
    }
}
