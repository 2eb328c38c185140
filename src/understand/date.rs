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
    // Nothing is published after it was fetched.
    let fetched = page.crawled.as_deref().and_then(parse_date_header);
    let limit = fetched.and_then(NewsDate::last_day).unwrap_or(u32::MAX);
    let is_known = |date: &NewsDate| date.first_day().is_none_or(|day| day <= limit);
    let mut stated: Vec<Dated> = page
        .dates
        .iter()
        .filter_map(|said| {
            let date = parse_date_header(&said.text)
                .filter(is_known)
                .or_else(|| days_ago(&said.text, page.crawled.as_deref()?))?;
            Some(Dated { date, said: said.clone() })
        })
        .collect();
    let in_address = page.url.as_deref().and_then(in_address);
    stated.extend(in_address.filter(|dated| is_known(&dated.date)));
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
    let bare = text.trim_start_matches("/Date(").trim_end_matches(['/', ')']);
    if let Some(date) = unix_time(bare) {
        return Some(date);
    }
    // Where a label says which of several dates is the one of publication, it is believed.
    let labelled = ["发布", "发表", "发稿", "刊发", "發佈", "發表"]
        .iter()
        .filter_map(|label| text.find(label))
        .find_map(|at| first_date(&text[at..]).filter(|date| date.day().is_some()));
    let date = labelled.or_else(|| first_date(text)).or_else(|| in_english(text))?;
    (!is_placeholder(date)).then_some(date)
}

/// Whether a day is what machines write for want of one: the zero of their clocks.
fn is_placeholder(date: NewsDate) -> bool {
    [(1900, 1, 1), (1970, 1, 1)].contains(&(
        date.year().unwrap_or(0),
        date.month().unwrap_or(0),
        date.day().unwrap_or(0),
    ))
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

/// 「16 Aug 2023」, 「August 16, 2023」 and 「Wed Aug 16 18:24:57 CST 2023」.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -](?:(\d{1,2})(?:st|nd|rd|th)?,? (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]* |\d{2}:\d{2}:\d{2} [a-z]{3,4} )?)?(\d{4})\b",
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

/// Days as they are told while they are near: 「3小时前」, 「昨天 10:22」, 「2 天前」.
static AGO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\D{0,8}?(?:(刚刚|剛剛|今天|今日)|(昨天|昨日)|(前天|前日)|(\d{1,2}) ?(?:个|個)?(秒钟?|秒鐘|分钟?|分鐘|小时|小時|天|日)之?前)",
    )
});

/// Reads a day that is told by its distance from the moment at which the page was fetched; with
/// nothing but the day of that moment, hours tell no day.
fn days_ago(text: &str, fetched: &str) -> Option<NewsDate> {
    let found = AGO.captures(text.trim())?;
    let day = seconds_of(parse_date_header(fetched)?)?;
    let back = |days: i64| day_of(day - days * 86_400);
    if let (Some(count), Some(unit)) = (found.get(4), found.get(5)) {
        let count: i64 = count.as_str().parse().ok()?;
        let unit = match unit.as_str().chars().next()? {
            '天' | '日' => return back(count),
            '秒' => 1,
            '分' => 60,
            _ => 3600,
        };
        return day_of(day + clock_of(fetched)? - count * unit);
    }
    back(if found.get(1).is_some() { 0 } else { 1 + i64::from(found.get(3).is_some()) })
}

/// The clock time of a moment in Beijing, in seconds since midnight.
fn clock_of(moment: &str) -> Option<i64> {
    let text = plain_digits(moment);
    if let Ok(seconds) = text.trim().parse::<i64>() {
        let seconds = if seconds > 100_000_000_000 { seconds / 1000 } else { seconds };
        return (seconds > 600_000_000).then_some((seconds + BEIJING).rem_euclid(86_400));
    }
    let clock = TIME.captures(&text)?;
    let number = |i: usize| clock.get(i).and_then(|m| m.as_str().parse::<i64>().ok());
    let local = number(1)? * 3600 + number(2)? * 60;
    let offset = clock.get(3).map_or(BEIJING, |m| offset_seconds(m.as_str()));
    Some((local - offset + BEIJING).rem_euclid(86_400))
}

/// A clock time with or without an offset.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*(Z\b|GMT\b|UTC\b|[+-]\d{2}:?\d{2}\b)?")
});

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
                if !is_lunar(&text[..hit.start]) {
                    hits.push(hit);
                }
                at = hit.end;
            }
            None => at = run.end,
        }
    }
    let spelled = scan_spelled(text);
    if !spelled.is_empty() {
        hits.extend(spelled);
        hits.sort_by_key(|hit| hit.start);
    }
    hits
}

/// Whether the day that follows is one of the lunar calendar.
fn is_lunar(before: &str) -> bool {
    ["农历", "農曆", "阴历", "陰曆", "旧历", "夏历"].iter().any(|word| before.ends_with(word))
}

// ---------------------------------------------------------------- spelled numbers

/// Finds all dates of a text whose months are spelled: 「二〇二四年十月九日」, 「2024年十月」.
fn scan_spelled(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, _) in text.match_indices('月') {
        let start = spelled_start(&text[..at], 2);
        let Some(month) = spelled_number(&text[start..at]) else { continue };
        let before = year_before(text, start);
        if matches!(before, YearBefore::Impossible) || is_lunar(&text[..start]) {
            continue;
        }
        let after = at + '月'.len_utf8();
        let day = spelled_day(text, after);
        let (year, from) = match before {
            YearBefore::Year(year, from) if !is_lunar(&text[..from]) => (Some(year), from),
            YearBefore::None if day.is_some() => (None, start),
            _ => continue,
        };
        let (day, end) = day.map_or((None, after), |(day, end)| (Some(day), end));
        let month = u8::try_from(month).ok();
        hits.extend(NewsDate::new(year, month, day).map(|date| Hit { date, start: from, end }));
    }
    hits
}

/// Where the spelled number begins that a text ends with, of so many characters at most.
fn spelled_start(text: &str, most: usize) -> usize {
    let numerals = text.chars().rev().take(most).take_while(|c| spelled_digit(*c).is_some());
    text.len() - numerals.map(char::len_utf8).sum::<usize>()
}

/// The value of a numeral; 十 is ten, and 廿 and 卅 are tens of their own.
fn spelled_digit(numeral: char) -> Option<u16> {
    Some(match numeral {
        '〇' | '○' | '零' | 'Ｏ' | '0' => 0,
        '一' | '元' | '1' => 1,
        '二' | '2' => 2,
        '三' | '3' => 3,
        '四' | '4' => 4,
        '五' | '5' => 5,
        '六' | '6' => 6,
        '七' | '7' => 7,
        '八' | '8' => 8,
        '九' | '9' => 9,
        '十' => 10,
        '廿' => 20,
        '卅' => 30,
        _ => return None,
    })
}

/// Reads 九, 十二, 二十, 二十九 or 廿一; 一二 is no number.
fn spelled_number(text: &str) -> Option<u16> {
    let digits: Vec<u16> = text.chars().map(spelled_digit).collect::<Option<_>>()?;
    match digits[..] {
        [ten @ (10 | 20 | 30)] => Some(ten),
        [one @ 1..=9] => Some(one),
        [ten @ (10 | 20 | 30), one @ 1..=9] => Some(ten + one),
        [tens @ 2..=9, 10] => Some(tens * 10),
        [tens @ 2..=9, 10, one @ 1..=9] => Some(tens * 10 + one),
        _ => None,
    }
}

/// Reads the day of a month, spelled or in digits, and where it ends.
fn spelled_day(text: &str, from: usize) -> Option<(u8, usize)> {
    let rest = text.get(from..)?;
    let end = rest.find(['日', '号', '號']).filter(|&end| end <= 12)?;
    let written = rest[..end].trim();
    let day = spelled_number(written).or_else(|| written.parse().ok())?;
    let mark = rest[end..].chars().next().map_or(0, char::len_utf8);
    Some((u8::try_from(day).ok()?, from + end + mark))
}

/// What stands before a month.
enum YearBefore {
    /// No year.
    None,
    /// A year, and where it begins.
    Year(u16, usize),
    /// Digits and 年, but no year of news: the day belongs to something else.
    Impossible,
}

/// Reads the year that ends where a month begins: 「2024年」, 「二〇二四年」, 「民国112年」.
fn year_before(text: &str, month: usize) -> YearBefore {
    let before = text[..month].trim_end_matches(' ');
    let Some(before) = before.strip_suffix('年') else { return YearBefore::None };
    let before = before.trim_end_matches(' ');
    let start = before.len()
        - before
            .chars()
            .rev()
            .take(6)
            .take_while(|c| spelled_digit(*c).is_some() || matches!(c, '百' | '0'..='9'))
            .map(char::len_utf8)
            .sum::<usize>();
    let written = &before[start..];
    if written.is_empty() {
        return YearBefore::None;
    }
    if let Some(era) = ["民国", "民國"].iter().find(|era| before[..start].ends_with(*era)) {
        // The republic counts from 1912.
        return match hundreds(written) {
            Some(year @ 1..=188) => YearBefore::Year(year + 1911, start - era.len()),
            _ => YearBefore::Impossible,
        };
    }
    let digits: Option<Vec<u16>> =
        written.chars().map(|c| spelled_digit(c).filter(|digit| *digit < 10)).collect();
    match digits.as_deref() {
        Some([a, b, c, d]) => match a * 1000 + b * 100 + c * 10 + d {
            year @ 1900..2100 => YearBefore::Year(year, start),
            _ => YearBefore::Impossible,
        },
        _ => YearBefore::Impossible,
    }
}

/// Reads 112, 一一二 or 一百一十二.
fn hundreds(written: &str) -> Option<u16> {
    if let Some((hundreds, rest)) = written.split_once('百') {
        let rest = rest.trim_start_matches(['零', '〇']);
        let rest = if rest.is_empty() {
            0
        } else {
            // 一百一十二 has its tens spelled out.
            spelled_number(
                rest.strip_prefix("一十").map(|one| format!("十{one}")).as_deref().unwrap_or(rest),
            )?
        };
        return Some(spelled_number(hundreds)? * 100 + rest);
    }
    spelled_number(written).or_else(|| {
        written.chars().try_fold(0u16, |number, c| {
            number.checked_mul(10)?.checked_add(spelled_digit(c).filter(|digit| *digit < 10)?)
        })
    })
}

// ---------------------------------------------------------------- shapes

/// Reads the date that starts with a run of digits.
fn read_date(text: &str, run: Run, style: Style) -> Option<Hit> {
    let hit =
        |date: Option<NewsDate>, end: usize| date.map(|date| Hit { date, start: run.start, end });
    match run.len() {
        4 => from_year(text, run, style),
        1 | 2 => {
            if let Some((_, after)) = separator(text, run.end, &['月']) {
                let (day, end) = day_at(text, after, &['日', '号', '號'])?;
                let (year, start) = match year_before(text, run.start) {
                    YearBefore::None => (None, run.start),
                    YearBefore::Year(year, start) if year_is_spelled(&text[start..run.start]) => {
                        (Some(year), start)
                    }
                    // The whole date was refused already: the calendar does not have it.
                    _ => return None,
                };
                let date = NewsDate::new(year, Some(run.value as u8), Some(day))?;
                return Some(Hit { date, start, end });
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
        8 | 10 | 12 | 14 if style == Style::Header && !is_count(&text[..run.start]) => {
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

/// Whether a year is one that does not begin with four digits.
fn year_is_spelled(written: &str) -> bool {
    !written.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a number is one of readers rather than of days: 「浏览：20230720」.
fn is_count(before: &str) -> bool {
    before.trim_end().strip_suffix(':').is_some_and(|label| {
        ["浏览", "点击", "阅读", "次数", "人气", "访问", "编号", "量", "数"]
            .iter()
            .any(|word| label.ends_with(word))
    })
}

/// Reads a date that starts with a year of four digits.
fn from_year(text: &str, run: Run, style: Style) -> Option<Hit> {
    let year = u16::try_from(run.value).ok().filter(|year| (1900..2100).contains(year))?;
    let hit = |month: Option<u8>, day: Option<u8>, end: usize| {
        NewsDate::new(Some(year), month, day).map(|date| Hit { date, start: run.start, end })
    };
    let Some((first, after)) = separator(text, run.end, &['年', '-', '/', '.', '_', '\\']) else {
        // 「2023 12/27」: year and day stood in elements of their own.
        if style == Style::Header
            && let Some(month) = run_at(text, run.end).filter(|month| month.len() <= 2)
            && month.start > run.end
            && let Some((_, after)) = separator(text, month.end, &['/'])
            && let Some((day, end)) = day_at(text, after, &[])
        {
            return hit(u8::try_from(month.value).ok(), Some(day), end);
        }
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
        '_' => &['_'],
        '\\' => &['\\'],
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
        (None, Style::Header) if first != '.' || text.trim() == &text[run.start..month.end] => {
            hit(Some(number), None, month.end)
        }
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
        let end = separator(text, end, &['日', '号', '號']).map_or(end, |(_, after)| after);
        return Some((day, end));
    }
    separator(text, end, behind).map(|(_, after)| (day, after))
}

/// Reads 「23-07-26 22:00」, 「7-20 15:37」 and 「08/05」, which only stand beside headlines.
fn short_date(text: &str, run: Run) -> Option<Hit> {
    let before = text[..run.start].trim_matches([' ', '[', '(']);
    let named = before.strip_suffix(':').is_some_and(|label| {
        let words = ["发布", "发表", "日期", "时间", "發佈", "發表", "時間"];
        words.iter().any(|word| label.ends_with(word))
    });
    if !named && before.ends_with(['-', '/', '.', ':']) {
        return None;
    }
    let (first, after) = separator(text, run.end, &['-', '/', '.'])?;
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
        None if first == '.' => return None,
        None => (NewsDate::new(None, Some(run.value as u8), Some(second.value as u8))?, second.end),
    };
    let alone =
        (before.is_empty() || named) && text[end..].trim_matches([' ', ']', ')']).is_empty();
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
    (0..parts.len())
        .filter_map(|at| folders(&parts[at..]))
        .find(|date| is_day_of_year(*date) && date.year() >= Some(1995))
}

/// Reads the day that folders begin with, in any of the shapes that sites give them.
fn folders(parts: &[&str]) -> Option<NewsDate> {
    let number = |text: &str| text.parse::<u16>().ok();
    let date = |year: u16, month: u16, day: u16| {
        NewsDate::new(Some(year), u8::try_from(month).ok(), u8::try_from(day).ok())
    };
    let [first, rest @ ..] = parts else { return None };
    let next = |n: usize| rest.get(n).copied().unwrap_or("");
    match (first.len(), next(0).len()) {
        // 2024/10/09
        (4, 1 | 2) => date(number(first)?, number(next(0))?, number(next(1))?),
        // 2024/1009
        (4, 4) => {
            let both = number(next(0))?;
            date(number(first)?, both / 100, both % 100)
        }
        // 2024/10-09
        (4, 5) => {
            let (month, day) = next(0).split_once('-')?;
            date(number(first)?, number(month)?, number(day)?)
        }
        // 202410/09
        (6, 2) => date(number(first.get(..4)?)?, number(first.get(4..)?)?, number(next(0))?),
        // 24/1009/13: year, day and hour.
        (2, 4) if next(1).len() == 2 => {
            let both = number(next(0))?;
            number(next(1)).filter(|hour| *hour < 24)?;
            date(2000 + number(first)?, both / 100, both % 100)
        }
        // 2024-10-09 and 2024-10/09
        (7 | 10, _) => {
            let mut pieces = first.split('-').chain(std::iter::once(next(0)));
            let (year, month, day) = (pieces.next()?, pieces.next()?, pieces.next()?);
            let fits = year.len() == 4 && month.len() == 2 && day.len() == 2;
            fits.then(|| date(number(year)?, number(month)?, number(day)?)).flatten()
        }
        _ => None,
    }
}

/// Reads eight digits of an address that are a day: `t20230501_123.html`, `20230501.html`.
fn address_number(path: &str) -> Option<NewsDate> {
    path.split(|c: char| !c.is_ascii_digit()).find_map(|digits| {
        // A day alone, or one with the time behind it to seconds or thousandths.
        let hour: Option<u8> = digits.get(8..10).and_then(|hour| hour.parse().ok());
        let fits = digits.len() == 8 || matches!(digits.len(), 14 | 17) && hour < Some(24);
        let number: u32 = fits.then(|| digits.get(..8)?.parse().ok()).flatten()?;
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
    text.parse().ok().or_else(|| spelled_number(text))
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
            ("二〇二四年十月九日", "2024-10-09"),
            ("二○一九年十二月三十一日 星期二", "2019-12-31"),
            ("二零二四年十月", "2024-10"),
            ("2023年七月二十日", "2023-07-20"),
            ("二〇二三年7月20日", "2023-07-20"),
            ("民国112年7月20日", "2023-07-20"),
            ("中華民國一百一十二年七月二十號", "2023-07-20"),
            ("十月九日", "--10-09"),
            ("23.07.20 10:22", "2023-07-20"),
            ("2023_07_20", "2023-07-20"),
            ("2023 12/27 07:30:00", "2023-12-27"),
            ("2023.7", "2023-07"),
            ("发布：07-20", "--07-20"),
            ("Thu Jul 20 10:22:11 CST 2023", "2023-07-20"),
            ("/Date(1689818531000)/", "2023-07-20"),
            ("发布日期：2023-07-20 成文日期：2023-07-10", "2023-07-20"),
            ("2023年7月20日（农历六月初三）", "2023-07-20"),
            ("农历二〇二三年六月十三日", "-"),
            ("农历六月13日", "-"),
            ("2023年2月29日", "-"),
            ("1890年4月14日", "-"),
            ("1970-01-01 08:00:00", "-"),
            ("0000-00-00 00:00:00", "-"),
            ("浏览：20230720", "-"),
            ("第2023期", "-"),
            ("10.22", "-"),
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
            crawled: None,
            url: (!url.is_empty()).then(|| url.to_owned()),
            title: crate::article::Title::default(),
            body: body.to_owned(),
            dates: dates.iter().map(|(text, witness)| Said::new(*text, *witness)).collect(),
            outlets: vec![],
            originals: vec![],
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
            ("本报佛山九月十六日电 记者获悉，九月十五日签约。", "--09-16 (dateline)"),
            ("二〇二四年三月五日，两地签约。", "2024-03-05 (text)"),
            ("农历八月15日，两地签约。", "-"),
            ("1895年10月2日，学堂诞生。", "-"),
            ("今天，两地签约。昨日，双方会谈。", "-"),
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
            ("http://a.cn/art/2023/9/17/art_1_2.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/2023-09/17/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/23/0917/09/AB12.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/x/20230917101500.shtml", &[], "2023-09-17 (address)"),
            ("http://a.cn/abcdefg/1234/abcd/2023/0917/c1.html", &[], "2023-09-17 (address)"),
            ("http://a.cn/2023/02/30/1.html", &[], "--09-16 (text)"),
            ("http://a.cn/12345678/1.html", &[], "--09-16 (text)"),
            ("", &[("52712/19", Witness::Header)], "--09-16 (text)"),
            ("", &[("09-17 20:11", Witness::Header)], "--09-17 (header line)"),
            ("", &[("2023年9月", Witness::Header)], "2023-09-16 (text)"),
        ] {
            assert_eq!(shown(&page(url, dates, body)), date, "{url} {dates:?}");
        }
    }

    #[test]
    fn what_is_told_by_its_distance_needs_the_moment_of_the_crawl() {
        for (said, fetched, date) in [
            ("3小时前", "2023-08-01 02:00", "2023-07-31 (header line)"),
            ("3小时前", "2023-08-01T10:00:00+08:00", "2023-08-01 (header line)"),
            ("3小时前", "2023-07-31T18:00:00Z", "2023-07-31 (header line)"),
            ("3小时前", "1690826400", "2023-07-31 (header line)"),
            ("3小时前", "2023-08-01", "-"),
            ("发布于 2天前", "2023-08-01", "2023-07-30 (header line)"),
            ("昨天 10:22", "2023-08-01", "2023-07-31 (header line)"),
            ("今天", "2023-08-01", "2023-08-01 (header line)"),
            ("昨天 10:22", "", "-"),
            ("07-20 10:22", "2023-08-01", "--07-20 (header line)"),
            ("2023-08-01", "2023-08-01 09:00", "2023-08-01 (header line)"),
            // Nothing is published after it was fetched.
            ("2023-08-02", "2023-08-01", "-"),
        ] {
            let mut page = page("", &[(said, Witness::Header)], "两地签约。");
            page.crawled = (!fetched.is_empty()).then(|| fetched.to_owned());
            assert_eq!(shown(&page), date, "{said}，{fetched}");
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
