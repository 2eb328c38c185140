//! Finds when an article was published.
//!
//! Pages state the date in many places, and the places disagree. [`clean`](crate::clean) has put
//! what they say in order of trust; here it is read, and where no place states a day, the text
//! itself is asked: its dateline, the date under its signature, the latest day of the events that
//! it reports. Which witness answered is kept, so that a wrong date can be traced to its words.
//!
//! A year is never made up. It comes from the words, from another witness that names the same
//! day, or from the text's own arithmetic: 「2016年，…签订…。非凡七年」 makes 2023.

use std::sync::LazyLock;

use regex::Regex;

use crate::article::{CleanPage, Dated, NewsDate, Said, Witness};

/// Returns the publication date and the words that say so.
pub fn published(page: &CleanPage) -> Option<Dated> {
    let mut stated: Vec<Dated> = page
        .dates
        .iter()
        .filter_map(|said| Some(Dated { date: parse_date_header(&said.text)?, said: said.clone() }))
        .collect();
    if let Some(dated) = page.url.as_deref().and_then(in_address) {
        stated.push(dated);
    }
    if let Some(position) = stated.iter().position(|dated| is_day_of_year(dated.date)) {
        let found = stated.swap_remove(position);
        return Some(found);
    }
    let text = in_text(page);
    match (stated.into_iter().next(), text) {
        (Some(stated), Some(text)) => Some(closer(stated, text)),
        (stated, text) => stated.or(text),
    }
}

/// Of a date beside the text and one in it, takes the more precise one that does not contradict.
fn closer(stated: Dated, text: Dated) -> Dated {
    let agree = |a: Option<u16>, b: Option<u16>| a.is_none() || b.is_none() || a == b;
    let (one, other) = (stated.date, text.date);
    let same_month = agree(one.month().map(u16::from), other.month().map(u16::from));
    let refines = agree(one.year(), other.year())
        && same_month
        && one.day().is_none()
        && other.day().is_some();
    if refines {
        let date = one.year().and_then(|year| other.with_year(year)).unwrap_or(other);
        return Dated { date, ..text };
    }
    match other.year() {
        Some(year) if one.year().is_none() && same_month => {
            Dated { date: one.with_year(year).unwrap_or(one), ..stated }
        }
        _ => stated,
    }
}

/// Whether a date names a day of a year.
fn is_day_of_year(date: NewsDate) -> bool {
    date.year().is_some() && date.day().is_some()
}

// ---------------------------------------------------------------- one raw string

/// Reads one raw publish-time string in any of its shapes: 「2023年07月20日 18:14」,
/// 「[2023/07/20  16:52]」, 「202307/21 07:57」, 「7-20 15:37」, 「Wed, 16 Aug 2023 18:24 GMT」, Unix
/// time. Damaged strings as 「52712/19」 are no date.
///
/// A time with an offset is moved to Beijing time; without one it is Beijing time.
pub fn parse_date_header(text: &str) -> Option<NewsDate> {
    let text = plain_digits(text);
    let text = text.trim();
    if let Some(date) = unix_time(text) {
        return Some(date);
    }
    // Where a label says which of several dates is the one of publication, it is believed.
    let labelled = ["发布", "发表", "发稿", "刊发", "發佈", "發表"]
        .iter()
        .filter_map(|label| text.find(label))
        .find_map(|at| first_date(&text[at..]).filter(|date| date.day().is_some()));
    labelled.or_else(|| first_date(text)).or_else(|| in_english(text))
}

/// The first date of a header, a full one before others.
fn first_date(text: &str) -> Option<NewsDate> {
    let hits = scan(text, Style::Header);
    let full = hits.iter().find(|hit| is_day_of_year(hit.date));
    let best = full.or_else(|| hits.iter().find(|hit| hit.date.day().is_some())).or(hits.first())?;
    Some(moved_to_beijing(best.date, &text[best.end..]))
}

/// Writes full-width digits and colons plainly.
fn plain_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            '：' => ':',
            '－' | '–' | '—' => '-',
            '／' => '/',
            '．' => '.',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// Reads seconds or milliseconds since 1970, if they fall into the years of the web.
fn unix_time(text: &str) -> Option<NewsDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let fits = matches!(whole.len(), 9 | 10 | 13) && whole.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = fits.then(|| whole.parse().ok()).flatten()?;
    let seconds = if whole.len() == 13 { number / 1000 } else { number };
    (600_000_000..2_000_000_000).contains(&seconds).then(|| day_of(seconds + BEIJING)).flatten()
}

/// Seconds by which Beijing is ahead of Greenwich.
const BEIJING: i64 = 8 * 3600;

/// The day of a number of seconds since 1970.
fn day_of(seconds: i64) -> Option<NewsDate> {
    NewsDate::of_day_since_1970(seconds.div_euclid(86_400))
}

/// Seconds since 1970 of the start of a day.
fn seconds_of(date: NewsDate) -> Option<i64> {
    let (year, month, day) =
        (i64::from(date.year()?), i64::from(date.month()?), i64::from(date.day()?));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some((era * 146_097 + day_of_era - 719_468) * 86_400)
}

/// A clock time and its offset from Greenwich, right behind a date.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*[T,]?\s*(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z\b|GMT\b|UTC\b|[+-]\d{2}:?\d{2}\b)",
    )
});

/// Moves a day to Beijing if the clock time behind it says that it is of another place.
fn moved_to_beijing(date: NewsDate, behind: &str) -> NewsDate {
    let Some(clock) = CLOCK.captures(behind) else { return date };
    let number = |i: usize| clock.get(i).and_then(|m| m.as_str().parse::<i64>().ok());
    let offset = offset_seconds(clock.get(3).map_or("", |m| m.as_str()));
    let moved = || {
        let seconds = seconds_of(date)? + number(1)? * 3600 + number(2)? * 60 - offset + BEIJING;
        day_of(seconds)
    };
    moved().unwrap_or(date)
}

/// Reads `+08:00` or `GMT` as seconds.
fn offset_seconds(offset: &str) -> i64 {
    let (sign, digits) = match offset.as_bytes().first() {
        Some(b'+') => (1, &offset[1..]),
        Some(b'-') => (-1, &offset[1..]),
        _ => return 0,
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().unwrap_or(0);
    sign * (number / 100 * 3600 + number % 100 * 60)
}

/// English months, by their first three letters.
const MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// 「16 Aug 2023」 and 「August 16, 2023」.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -](?:(\d{1,2})(?:st|nd|rd|th)?,? (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]* )?)?(\d{4})\b",
    )
});

/// Reads an English date, as feeds have them.
fn in_english(text: &str) -> Option<NewsDate> {
    let found = ENGLISH.captures(text)?;
    let number = |i: usize| found.get(i).and_then(|m| m.as_str().parse::<u16>().ok());
    let name = found.get(2)?.as_str().to_ascii_lowercase();
    let month = MONTHS.iter().position(|known| name == *known)? as u8 + 1;
    let day = number(1).or_else(|| number(3)).map(|d| d as u8);
    let date = NewsDate::new(number(4), Some(month), day)?;
    Some(moved_to_beijing(date, &text[found.get(0)?.end()..]))
}

/// A static pattern of this file, which is known to be well formed.
fn pattern(text: &str) -> Regex {
    regex::RegexBuilder::new(text).dfa_size_limit(64 << 20).build().unwrap()
}

// ---------------------------------------------------------------- scanning

/// Where a text stands decides which shapes are dates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Beside the headline: all shapes.
    Header,
    /// Within prose: only shapes that cannot be a score, a share or a number.
    Prose,
}

/// A date and the bytes it stands in.
#[derive(Debug, Clone, Copy)]
struct Hit {
    date: NewsDate,
    start: usize,
    end: usize,
}

/// A run of digits.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    end: usize,
    value: u64,
}

impl Run {
    fn len(self) -> usize {
        self.end - self.start
    }
}

/// Reads the run of digits that starts at or (past blanks) after a byte.
fn run_at(text: &str, from: usize) -> Option<Run> {
    let bytes = text.as_bytes();
    let start = from + bytes.get(from..)?.iter().take_while(|&&b| b == b' ').count();
    let length = bytes.get(start..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let end = start + length;
    (1..=18).contains(&length).then(|| text[start..end].parse().ok()).flatten().map(|value| Run {
        start,
        end,
        value,
    })
}

/// Reads a separator after a byte, past blanks; returns where it ends.
fn separator(text: &str, from: usize, allowed: &[char]) -> Option<(char, usize)> {
    let rest = text.get(from..)?;
    let trimmed = rest.trim_start_matches(' ');
    let found = trimmed.chars().next().filter(|c| allowed.contains(c))?;
    Some((found, from + rest.len() - trimmed.len() + found.len_utf8()))
}

/// Finds all dates of a text, in order.
fn scan(text: &str, style: Style) -> Vec<Hit> {
    let mut hits = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + step;
        let Some(run) = run_at(text, start) else {
            at = start + bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
            continue;
        };
        match read_date(text, run, style) {
            Some(hit) => {
                hits.push(hit);
                at = hit.end;
            }
            None => at = run.end,
        }
    }
    hits
}

/// Reads the date that starts with a run of digits.
fn read_date(text: &str, run: Run, style: Style) -> Option<Hit> {
    let hit =
        |date: Option<NewsDate>, end: usize| date.map(|date| Hit { date, start: run.start, end });
    match run.len() {
        4 => from_year(text, run, style),
        1 | 2 => {
            if let Some((_, after)) = separator(text, run.end, &['月']) {
                let (day, end) = day_at(text, after, &['日', '号'])?;
                return hit(NewsDate::new(None, Some(run.value as u8), Some(day)), end);
            }
            if style == Style::Header { short_date(text, run) } else { None }
        }
        6 if style == Style::Header => {
            // 202307/21, with the clock glued on or not.
            let (_, after) = separator(text, run.end, &['/', '-'])?;
            let (day, end) = day_at(text, after, &[])?;
            hit(
                NewsDate::new(
                    Some((run.value / 100) as u16),
                    Some((run.value % 100) as u8),
                    Some(day),
                ),
                end,
            )
        }
        8 | 10 | 12 | 14 if style == Style::Header => {
            let number = run.value / 10u64.pow(run.len() as u32 - 8);
            let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
            hit(
                NewsDate::new(u16::try_from(year).ok(), Some(month as u8), Some(day as u8)),
                run.end,
            )
        }
        _ => None,
    }
}

/// Reads a date that starts with a year of four digits.
fn from_year(text: &str, run: Run, style: Style) -> Option<Hit> {
    let year = u16::try_from(run.value).ok().filter(|year| (1900..2100).contains(year))?;
    let hit = |month: Option<u8>, day: Option<u8>, end: usize| {
        NewsDate::new(Some(year), month, day).map(|date| Hit { date, start: run.start, end })
    };
    let Some((first, after)) = separator(text, run.end, &['年', '-', '/', '.']) else {
        return (style == Style::Header && text.trim() == &text[run.start..run.end])
            .then(|| hit(None, None, run.end))?;
    };
    let month =
        run_at(text, after).filter(|month| month.len() <= 2 && (1..=12).contains(&month.value));
    let Some(month) = month else {
        return if first == '年' { hit(None, None, after) } else { None };
    };
    let number = month.value as u8;
    let seconds: &[char] = match first {
        '年' => &['月', '-', '/', '.'],
        '-' => &['-'],
        '/' => &['/'],
        _ => &['.'],
    };
    if let Some((_, after)) = separator(text, month.end, seconds)
        && let Some((day, end)) = day_at(text, after, &[])
    {
        return hit(Some(number), Some(day), end);
    }
    let of_month = separator(text, month.end, &['月']).map(|(_, end)| end);
    match (of_month, style) {
        (Some(end), _) => hit(Some(number), None, end),
        (None, Style::Header) if first != '.' => hit(Some(number), None, month.end),
        _ => None,
    }
}

/// Reads the day of a month, to which the clock may be glued (「1915:55」); `behind` lists what has
/// to follow, if anything has to.
fn day_at(text: &str, from: usize, behind: &[char]) -> Option<(u8, usize)> {
    let run = run_at(text, from)?;
    let (day, end) = match run.len() {
        1 | 2 => (run.value as u8, run.end),
        3 | 4 if text[run.end..].starts_with(':') => {
            (text[run.start..run.start + 2].parse().ok()?, run.start + 2)
        }
        _ => return None,
    };
    if behind.is_empty() {
        let end = separator(text, end, &['日', '号']).map_or(end, |(_, after)| after);
        return Some((day, end));
    }
    separator(text, end, behind).map(|(_, after)| (day, after))
}

/// Reads 「23-07-26 22:00」, 「7-20 15:37」 and 「08/05」, which only stand beside headlines.
fn short_date(text: &str, run: Run) -> Option<Hit> {
    let before = text[..run.start].chars().next_back();
    if before.is_some_and(|c| matches!(c, '-' | '/' | '.' | ':')) {
        return None;
    }
    let (first, after) = separator(text, run.end, &['-', '/'])?;
    let second = run_at(text, after).filter(|second| second.len() <= 2)?;
    let third = separator(text, second.end, &[first]).and_then(|(_, after)| run_at(text, after));
    let (date, end) = match third {
        Some(third) if third.len() == 4 => {
            let (a, b) = (run.value as u8, second.value as u8);
            let (month, day) = if a > 12 { (b, a) } else { (a, b) };
            // Nobody can tell 03/04/2023 apart; then only the year is sure.
            let sure = a > 12 || b > 12 || a == b;
            let year = Some(third.value as u16);
            let date = if sure {
                NewsDate::new(year, Some(month), Some(day))
            } else {
                NewsDate::new(year, None, None)
            };
            (date?, third.end)
        }
        Some(third) if third.len() <= 2 && run.len() == 2 => (
            NewsDate::new(
                Some(2000 + run.value as u16),
                Some(second.value as u8),
                Some(third.value as u8),
            )?,
            third.end,
        ),
        Some(_) => return None,
        None => (NewsDate::new(None, Some(run.value as u8), Some(second.value as u8))?, second.end),
    };
    let alone = text[..run.start].trim_matches([' ', '[', '(']).is_empty()
        && text[end..].trim_matches([' ', ']', ')']).is_empty();
    let clock =
        run_at(text, end).is_some_and(|hour| hour.len() <= 2 && text[hour.end..].starts_with(':'));
    (alone || clock || date.year().is_some() && third.is_some_and(|t| t.len() == 4))
        .then_some(Hit { date, start: run.start, end })
}

// ---------------------------------------------------------------- the address

/// Reads the day that an address of a page names: `/2023/05/01/`, `/202305/01/`, `t20230501_`.
fn in_address(url: &str) -> Option<Dated> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/')?.1.split(['?', '#']).next()?;
    let date = address_parts(path).or_else(|| address_number(path))?;
    Some(Dated { date, said: Said::new(url, Witness::Url) })
}

/// Reads folders of an address that are year, month and day.
fn address_parts(path: &str) -> Option<NewsDate> {
    let parts: Vec<&str> = path.split('/').collect();
    let number = |text: &str| text.parse::<u16>().ok();
    for (i, part) in parts.iter().enumerate() {
        let next = |n: usize| parts.get(i + n).copied().unwrap_or("");
        let date = match part.len() {
            4 if number(part).is_some() && next(1).len() == 2 => NewsDate::new(
                number(part),
                number(next(1)).map(|m| m as u8),
                number(next(2)).map(|d| d as u8),
            ),
            4 if number(part).is_some() && next(1).len() == 4 => {
                let both = number(next(1))?;
                NewsDate::new(number(part), Some((both / 100) as u8), Some((both % 100) as u8))
            }
            4 if number(part).is_some() && next(1).len() == 5 => {
                next(1).split_once('-').and_then(|(m, d)| {
                    NewsDate::new(
                        number(part),
                        number(m).map(|m| m as u8),
                        number(d).map(|d| d as u8),
                    )
                })
            }
            6 if next(1).len() == 2 => NewsDate::new(
                number(part.get(..4)?),
                number(part.get(4..)?).map(|m| m as u8),
                number(next(1)).map(|d| d as u8),
            ),
            7 | 10 => {
                let mut pieces = part.split('-').chain(std::iter::once(next(1)));
                let (year, month, day) = (pieces.next()?, pieces.next()?, pieces.next()?);
                if year.len() == 4 && month.len() == 2 && day.len() == 2 {
                    NewsDate::new(
                        number(year),
                        number(month).map(|m| m as u8),
                        number(day).map(|d| d as u8),
                    )
                } else {
                    None
                }
            }
            _ => None,
        };
        if let Some(date) = date.filter(|date| is_day_of_year(*date) && date.year() >= Some(1995)) {
            return Some(date);
        }
    }
    None
}

/// Reads eight digits of an address that are a day: `t20230501_123.html`, `20230501.html`.
fn address_number(path: &str) -> Option<NewsDate> {
    path.split(|c: char| !c.is_ascii_digit()).find_map(|digits| {
        let number: u32 = (digits.len() == 8).then(|| digits.parse().ok()).flatten()?;
        let date = NewsDate::new(
            u16::try_from(number / 10_000).ok(),
            Some((number / 100 % 100) as u8),
            Some((number % 100) as u8),
        )?;
        (date.year() >= Some(1995) && date.year() <= Some(2040)).then_some(date)
    })
}

// ---------------------------------------------------------------- the text

/// Finds the day that the text itself states.
fn in_text(page: &CleanPage) -> Option<Dated> {
    let body = plain_digits(&page.body);
    let hits = scan(&body, Style::Prose);
    let found = dateline(&body, &hits).or_else(|| latest_event(&body, &hits))?;
    let mut dated = found;
    if dated.date.year().is_none()
        && let Some((year, words)) = year_of(&body, &hits, dated.date)
    {
        dated.date = dated.date.with_year(year)?;
        if let Some(words) = words {
            dated.said = Said::new(format!("{} · {words}", dated.said.text), Witness::Arithmetic);
        }
    }
    Some(dated)
}

/// What a dateline ends with: 「本报佛山9月16日电」.
const DATELINE_ENDS: &[&str] =
    &["电", "電", "讯", "訊", "消息", "报道", "報道", "報導", "专电", "综合报道"];

/// How many characters may stand before the dateline: a caption, a note of the editors.
const DATELINE_MOST: usize = 100;

/// Finds the dateline near the start of the text.
fn dateline(body: &str, hits: &[Hit]) -> Option<Dated> {
    let is_dateline = |hit: &&Hit| {
        let behind = body[hit.end..].trim_start();
        hit.date.day().is_some() && DATELINE_ENDS.iter().any(|end| behind.starts_with(end))
    };
    let hit = hits.iter().take(4).find(is_dateline)?;
    let before = &body[..hit.start];
    if before.chars().count() > DATELINE_MOST {
        return None;
    }
    let start = before
        .rfind(['。', '，', '\n', ' ', '摄', '）', ')'])
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let said = Said::new(body[start..hit.end].trim(), Witness::Dateline);
    Some(Dated { date: hit.date, said })
}

/// Words before a day, in the same clause, that put it into the future or far back.
const NOT_NOW: &[&str] = &[
    "将", "將", "拟", "定于", "预计", "计划", "有望", "去年", "前年", "上年", "出生", "生于",
    "曾于", "明年", "至", "预报", "截止", "自", "原定",
];

/// Words behind a day that put it into the future, or make it a limit.
const NOT_YET: &[&str] = &[
    "起施行",
    "起实施",
    "起执行",
    "起正式",
    "起，",
    "起至",
    "前完成",
    "之前",
    "前，",
    "以前",
    "将",
    "起将",
];

/// Pages are not older than this; a day of an older year is what a text looks back on.
const OLDEST: u16 = 1996;

/// Finds the latest day of the events that the text reports.
fn latest_event(body: &str, hits: &[Hit]) -> Option<Dated> {
    let newest = hits.iter().filter_map(|hit| hit.date.year()).max();
    let mut best: Option<(&Hit, NewsDate)> = None;
    for hit in hits.iter().filter(|hit| hit.date.day().is_some() && is_current(body, hit)) {
        let background = hit.date.year().is_some_and(|year| Some(year) < newest || year < OLDEST);
        let day = range_end(body, hit).unwrap_or(hit.date);
        if !background && best.is_none_or(|(_, latest)| later(day, latest)) {
            best = Some((hit, day));
        }
    }
    best.map(|(hit, date)| Dated {
        date,
        said: Said::new(&body[hit.start..hit.end], Witness::Text),
    })
}

/// Whether the words around a day leave it in the present.
fn is_current(body: &str, hit: &Hit) -> bool {
    let before = &body[..hit.start];
    let clause = before
        .rfind(['，', '。', '；', '\n', '！', '？', '、', '（'])
        .map_or(before, |at| &before[at..]);
    let near = clause.char_indices().rev().nth(14).map_or(clause, |(at, _)| &clause[at..]);
    let behind = &body[hit.end..];
    !NOT_NOW.iter().any(|word| near.contains(word))
        && !NOT_YET.iter().any(|word| behind.starts_with(word))
}

/// Whether one day of the year is later than another.
fn later(one: NewsDate, other: NewsDate) -> bool {
    (one.month(), one.day()) > (other.month(), other.day())
}

/// The last day of 「9月23日至25日」.
fn range_end(body: &str, hit: &Hit) -> Option<NewsDate> {
    let rest = &body[hit.end..];
    let rest = ["至", "到", "-", "—", "~", "～"].iter().find_map(|word| rest.strip_prefix(word))?;
    let rest = rest.trim_start_matches('-');
    let (day, _) = day_at(rest, 0, &['日', '号'])?;
    NewsDate::new(hit.date.year(), hit.date.month(), Some(day))
}

/// Finds the year of a day that the text names without one, and the words it follows from if it
/// had to be worked out.
fn year_of(body: &str, hits: &[Hit], day: NewsDate) -> Option<(u16, Option<String>)> {
    let same_day = hits.iter().find_map(|hit| {
        let same = (hit.date.month(), hit.date.day()) == (day.month(), day.day());
        same.then(|| hit.date.year()).flatten()
    });
    if let Some(year) = same_day {
        return Some((year, None));
    }
    year_of_event(body, day).map(|year| (year, None)).or_else(|| {
        let (year, words) = arithmetic(body)?;
        Some((year, Some(words)))
    })
}

/// A year that opens the name of an event: 「2021中国浙江“星耀南湖·长三角精英峰会”」, 「2023合作伙伴大会」.
static EVENT_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[^0-9])(20[0-9]{2})(?:年(?:度)?)?[^0-9，。；、！？\n月]{0,22}?(?:峰会|峰會|大会|大會|论坛|論壇|博览会|年会|活动周|大赛|展会|交易会|洽谈会|推介会)",
    )
});

/// Finds the year in the name of the very event of a day: both stand in one sentence.
fn year_of_event(body: &str, day: NewsDate) -> Option<u16> {
    let written = format!("{}月", day.month()?);
    body.split(['。', '！', '？', '\n'])
        .filter(|sentence| sentence.contains(&written) && sentence.contains('日'))
        .find_map(|sentence| EVENT_YEAR.captures(sentence)?.get(1)?.as_str().parse().ok())
}

/// 「2016年，…签订…协议」, from which 「非凡七年」 counts.
static BEGUN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(20[0-9]{2})年[^。]{0,30}?(?:签订|签署|结对|成立|启动|建立|牵手|携手)")
});

/// A number of years that have passed: 「非凡七年」, 「七年来」, 「历经7年」.
static PASSED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:非凡|历经|历时|走过|携手|牵手|这|砥砺|奋进)([0-9]{1,2}|[一二三四五六七八九十]{1,3})年[，！。,!来]|([0-9]{1,2}|[一二三四五六七八九十]{1,3})年来",
    )
});

/// Works the year out: something began in a year, and the very next words count the years since.
fn arithmetic(body: &str) -> Option<(u16, String)> {
    let begun = BEGUN.captures_iter(body);
    for found in begun {
        let (whole, year) = (found.get(0)?, found.get(1)?);
        let near: String = body[whole.end()..].chars().take(60).collect();
        let Some(passed) = PASSED.captures(&near) else { continue };
        let count =
            passed.get(1).or_else(|| passed.get(2)).and_then(|m| small_number(m.as_str()))?;
        let year: u16 = year.as_str().parse().ok()?;
        let words =
            format!("{year}年 + {}", passed.get(0)?.as_str().trim_end_matches(['，', '！', '。']));
        return Some((year + count, words));
    }
    None
}

/// Reads 7, 七 or 十二.
fn small_number(text: &str) -> Option<u16> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit = |c: char| "一二三四五六七八九".chars().position(|d| d == c).map(|at| at as u16 + 1);
    let (tens, ones) = match text.split_once('十') {
        Some((tens, ones)) => (tens.chars().next().map_or(Some(1), digit)?, ones),
        None => (0, text),
    };
    Some(tens * 10 + ones.chars().next().map_or(Some(0), digit)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_a_publish_time() {
        for (text, date) in [
            ("2023-07-27 16:50", "2023-07-27"),
            ("2023-7-2", "2023-07-02"),
            ("2023年07月20日 18:14:59 来自北京市", "2023-07-20"),
            ("来源：新华网  |  2023年07月19日 20:27:42", "2023-07-19"),
            ("[2023/07/20  16:52]", "2023-07-20"),
            ("2023.07.20", "2023-07-20"),
            ("202307/21 07:57:00", "2023-07-21"),
            ("202307/1915:55:52", "2023-07-19"),
            ("2023-07-1915:55", "2023-07-19"),
            ("20230721", "2023-07-21"),
            ("20230721075700", "2023-07-21"),
            ("7-20 15:37", "--07-20"),
            ("[\t07/19\t]", "--07-19"),
            ("07月27日 08:23", "--07-27"),
            ("23-07-26 22:00", "2023-07-26"),
            ("２０２３年７月２０日", "2023-07-20"),
            ("更新时间：2023-08-02 发布时间：2023-08-01", "2023-08-01"),
            ("2024年10月", "2024-10"),
            ("2024", "2024"),
            ("1728481812", "2024-10-09"),
            ("1728481812000", "2024-10-09"),
            ("2023-08-16T18:24:57Z", "2023-08-17"),
            ("2023-08-16T18:24:57+08:00", "2023-08-16"),
            ("2023-08-16T18:24:57.000+0000", "2023-08-17"),
            ("Wed, 16 Aug 2023 10:24:57 GMT", "2023-08-16"),
            ("August 16, 2023", "2023-08-16"),
            ("Dec 28 Sat 2013 00:28", "2013-12-28"),
            ("08/16/2023", "2023-08-16"),
            ("52712/19", "-"),
            ("/", "-"),
            ("", "-"),
            ("记者：韩轩 方非", "-"),
            ("2023-02-30", "-"),
            ("比分 3-2", "-"),
            ("3小时前", "-"),
        ] {
            let got =
                parse_date_header(text).map_or_else(|| "-".to_owned(), |date| date.to_string());
            assert_eq!(got, date, "{text}");
        }
    }

    fn page(url: &str, dates: &[(&str, Witness)], body: &str) -> CleanPage {
        CleanPage {
            origin: crate::article::Origin::file("a"),
            id: None,
            url: (!url.is_empty()).then(|| url.to_owned()),
            title: crate::article::Title::default(),
            body: body.to_owned(),
            dates: dates.iter().map(|(text, witness)| Said::new(*text, *witness)).collect(),
            outlets: vec![],
            authors: vec![],
        }
    }

    fn shown(page: &CleanPage) -> String {
        published(page).map_or_else(
            || "-".to_owned(),
            |dated| format!("{} ({})", dated.date, dated.said.witness),
        )
    }

    #[test]
    fn the_text_dates_itself() {
        for (body, date) in [
            ("本报佛山9月16日电 记者获悉，9月15日签约。", "--09-16 (dateline)"),
            ("中新网重庆7月25日电 (张旭)7月25日，活动举行。", "--07-25 (dateline)"),
            ("9月23日至25日，2021中国浙江“星耀南湖·长三角精英峰会”举办。", "2021-09-25 (text)"),
            ("8月17日，支付宝在2023合作伙伴大会上宣布。", "2023-08-17 (text)"),
            (
                "6月6日，两地启动。2016年，两地签订协议，携手。\n非凡七年，再上台阶！",
                "2023-06-06 (arithmetic of the text)",
            ),
            ("12月12日，中心揭牌。今年8月发布的《计划（2022—2024年）》提出。", "--12-12 (text)"),
            ("2021年3月5日成立。9月16日，活动举行。", "--09-16 (text)"),
            ("2024年3月5日，两地签约。", "2024-03-05 (text)"),
            ("活动将于10月8日举行，9月16日签约。", "--09-16 (text)"),
            ("渔船停靠。张三 摄中新网杭州8月1日电 预计8月2日有大浪。", "--08-01 (dateline)"),
            ("在7月25日举行的会议上，条例通过，自10月1日起施行。", "--07-25 (text)"),
            ("两地携手。", "-"),
        ] {
            assert_eq!(shown(&page("", &[], body)), date, "{body}");
        }
    }

    #[test]
    fn witnesses_are_asked_in_order_of_trust() {
        let body = "9月16日，活动举行。";
        for (url, dates, date) in [
            (
                "",
                &[("2024-10-09", Witness::Record), ("2023-01-01", Witness::Meta)][..],
                "2024-10-09 (crawl record)",
            ),
            ("http://a.cn/2023/09/17/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/202309/17/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/2023-09/17/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/2023/0917/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/2023/09-17/1.shtml", &[], "2023-09-17 (address)"),
            ("http://a.cn/x/t20230917_12.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/12345678/1.html", &[], "--09-16 (text)"),
            ("", &[("52712/19", Witness::Header)], "--09-16 (text)"),
            ("", &[("09-17 20:11", Witness::Header)], "--09-17 (header line)"),
            ("", &[("2023年9月", Witness::Header)], "2023-09-16 (text)"),
        ] {
            assert_eq!(shown(&page(url, dates, body)), date, "{url} {dates:?}");
        }
    }

    #[test]
    fn days_and_seconds_are_inverse() {
        for seconds in (0..2_000_000_000).step_by(86_400 * 17) {
            let day = day_of(seconds).unwrap();
            assert_eq!(seconds_of(day), Some(seconds - seconds % 86_400), "{day}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9年月日/ :.-]|\\PC){0,40}") {
            let _ = parse_date_header(&text);
            let _ = published(&page(&text, &[], &text));
        }
    }
}
