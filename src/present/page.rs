//! An article with its facts and where each was read → text for reading.

use std::io::{self, Write};

use super::count::counted;
use super::format::{lit, what, wrapped};
use super::highlight::{Lights, LitText};
use super::paint::{Layout, Palette};
use super::sanitize::terminal;
use crate::article::{Article, Field, Level, Mention, Role, Said};

/// Mentions of a place that are listed before the rest is counted.
const MENTIONS: usize = 6;

/// What of an article is written.
#[derive(Debug, Clone, Copy)]
pub struct ArticlePage<'a> {
    /// The article.
    pub article: &'a Article,
    /// What lights up in it.
    pub lights: &'a Lights,
    /// Whether the places and witnesses are listed too.
    pub witness: bool,
}

/// Writes an article: headline, what is known, the text, and where the facts were read.
pub fn write_article(page: ArticlePage<'_>, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let ArticlePage { article, lights, witness } = page;
    let palette = layout.palette;
    let lit_text = |text, field| LitText::new(text, field, &article.places, lights);
    let title = lit_text(&article.title, Field::Title).whole();
    writeln!(
        out,
        "{}",
        if lights.is_empty() { palette.title(terminal(&title.text)) } else { lit(&title, palette) }
    )?;
    let date = article.date.as_ref().map(|dated| dated.date.to_string());
    let said = |said: &Option<Said>| said.as_ref().map(|said| terminal(&said.text).into_owned());
    let known = [
        Some(date.unwrap_or_else(|| "undated".to_owned())),
        said(&article.outlet),
        said(&article.original_outlet).map(|outlet| format!("from {outlet}")),
        said(&article.author),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    writeln!(out, "{}", palette.aside(known.join(" · ")))?;
    let read = [Some(article.id.as_str()), article.url.as_deref()];
    let path = article.origin.to_string();
    let read: Vec<&str> = read.into_iter().flatten().chain([path.as_str()]).collect();
    writeln!(out, "{}", palette.aside(terminal(&read.join(" · "))))?;
    let body = lit_text(&article.body, Field::Body);
    for paragraph in paragraphs(&article.body) {
        let passage = body.passage(paragraph);
        if !passage.text.trim().is_empty() {
            writeln!(out)?;
            for line in wrapped(&passage, 0, layout) {
                writeln!(out, "{line}")?;
            }
        }
    }
    writeln!(out)?;
    write_facts(article, palette, out)?;
    if witness {
        write_witnesses(article, palette, out)?;
    }
    Ok(())
}

/// Writes which other copies of an article there are, the most original first.
pub fn write_copies(copies: &[Article], layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    if copies.is_empty() {
        return Ok(());
    }
    let palette = layout.palette;
    let head = counted(copies.len() as u64, "other copy");
    writeln!(out, "\n{}", palette.heading(head))?;
    for copy in copies {
        let date = copy.date.as_ref().map(|dated| dated.date.to_string());
        let outlet = copy.outlet.as_ref().map(|said| said.text.clone());
        let known: Vec<String> =
            [date, outlet, Some(copy.id.clone())].into_iter().flatten().collect();
        let known = palette.aside(terminal(&known.join(" · ")));
        writeln!(out, "  {} {known}", terminal(&copy.title))?;
    }
    Ok(())
}

/// The paragraphs of a text, as ranges of characters.
fn paragraphs(body: &str) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    body.split('\n')
        .map(|paragraph| {
            let start = at;
            let end = start + paragraph.chars().count();
            at = end + 1;
            start..end
        })
        .collect()
}

fn write_facts(article: &Article, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let others: Vec<String> = article
        .mentioned_cities
        .iter()
        .filter(|city| !article.cities.contains(city))
        .cloned()
        .collect();
    let lists = [
        ("cities", &article.cities),
        ("also named", &others),
        ("counties", &article.counties),
        ("provinces", &article.provinces),
        ("regions", &article.regions),
    ];
    for (name, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
        let names = names.join(" ");
        writeln!(out, "{} {}", palette.heading(format!("{name:<10}")), terminal(&names))?;
    }
    for pair in &article.partners {
        let head = palette.heading(format!("{:<10}", "partners"));
        let pair_text = format!("{} — {}: {}", pair.a, pair.b, what(&pair.fact));
        writeln!(out, "{head} {}", terminal(&pair_text))?;
        writeln!(
            out,
            "{:<10} {}",
            "",
            palette.aside(format!("「{}」", terminal(&pair.fact.evidence)))
        )?;
    }
    for alliance in &article.alliances {
        let head = palette.heading(format!("{:<10}", "alliance"));
        let text = format!("{}: {}", alliance.members.join("、"), what(&alliance.fact));
        writeln!(out, "{head} {}", terminal(&text))?;
        writeln!(
            out,
            "{:<10} {}",
            "",
            palette.aside(format!("「{}」", terminal(&alliance.fact.evidence)))
        )?;
    }
    Ok(())
}

/// Lists where each fact was read.
fn write_witnesses(article: &Article, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", palette.heading("read from"))?;
    let said = |said: &Said| format!("「{}」 ({})", terminal(&said.text), said.witness);
    let title =
        if article.title_made { "made from the first words of the text" } else { "the page" };
    writeln!(out, "  {:<8} {title}", "title")?;
    match &article.date {
        Some(dated) => writeln!(out, "  {:<8} {} from {}", "date", dated.date, said(&dated.said))?,
        None => writeln!(out, "  {:<8} nothing states it", "date")?,
    }
    for (name, fact) in [
        ("outlet", &article.outlet),
        ("original", &article.original_outlet),
        ("author", &article.author),
    ] {
        if let Some(fact) = fact {
            writeln!(out, "  {name:<8} from {}", said(fact))?;
        }
    }
    writeln!(out, "  {:<8} {} from the characters of the text", "language", article.language)?;
    if article.places.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", palette.heading("places"))?;
    for place in &article.places {
        let role = match place.role {
            Role::Subject => "about it",
            Role::Mention => "named",
            Role::InName => "in a name",
        };
        let level = match place.level {
            Level::Province => "province",
            Level::Municipality => "municipality",
            Level::City => "city",
            Level::County => "county",
            Level::Region => "region",
        };
        let name = terminal(&place.name);
        writeln!(
            out,
            "  {name} {}",
            palette.aside(format!("{level} {}, {role} ({:.2})", place.code, place.score))
        )?;
        let spots: Vec<String> = place.mentions.iter().take(MENTIONS).map(spot).collect();
        let more = place.mentions.len().saturating_sub(MENTIONS);
        let more = if more > 0 {
            format!(" and {}", counted(more as u64, "more mention"))
        } else {
            String::new()
        };
        writeln!(out, "    {}{more}", spots.join(", "))?;
    }
    Ok(())
}

/// A mention as 「佛山」 body 34–36.
fn spot(mention: &Mention) -> String {
    let field = match mention.field {
        Field::Title => "title",
        Field::Body => "body",
    };
    format!("「{}」 {field} {}–{}", terminal(&mention.text), mention.span.start, mention.span.end)
}
