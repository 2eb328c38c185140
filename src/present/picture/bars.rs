//! A [`Trend`] → a picture of counts over time, with the share of all articles as a line.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Link, Picked, for_page, linked, short, write_file};
use crate::present::count::thousands;
use crate::search::{Point, Step, Trend};

const WIDTH: f64 = 840.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 12.0;
/// A share is drawn where there is at least one article for so many of the fullest time: of few
/// articles any share is chance.
const TOO_FEW: u64 = 200;
/// Of fewer articles no shares are drawn at all.
const LEAST: u64 = 20;
/// Room for the years below.
const FOOT: f64 = 20.0;

/// Counts over time, to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars<'a> {
    trend: &'a Trend,
    /// First and last time that is chosen, as they are written; the rest is drawn faintly.
    chosen: Option<(&'a str, &'a str)>,
    height: f64,
}

impl<'a> Bars<'a> {
    /// Draws counts in a picture of some height.
    pub fn of(trend: &'a Trend, height: f64) -> Self {
        Self { trend, chosen: None, height }
    }

    /// The same, all but some times faint; they are written as the trend writes them.
    #[must_use]
    pub fn with_chosen(self, first: &'a str, last: &'a str) -> Self {
        Self { chosen: Some((first, last)), ..self }
    }

    /// The picture for a page; `label` says what is shown, `link` where a click leads.
    pub fn svg(&self, label: &str, link: Link<'_>) -> String {
        for_page((WIDTH, self.height), "bars", label, &self.elements(link))
    }

    /// The picture as a file.
    pub fn write_file(&self, out: &mut dyn Write) -> io::Result<()> {
        write_file((WIDTH, self.height), &self.elements(&|_| None), out)
    }

    fn elements(&self, link: Link<'_>) -> String {
        let mut drawn = String::new();
        let points = &self.trend.points;
        let most = points.iter().map(|point| point.count).max().unwrap_or(0).max(1) as f64;
        let fullest = points.iter().map(|point| point.all).max().unwrap_or(0);
        let telling = |point: &Point| point.all > 0 && point.all >= fullest / TOO_FEW;
        let shares = || points.iter().filter(|point| telling(point)).map(|point| point.share);
        let highest = shares().fold(0.0, f64::max);
        // Where all are shares of themselves, there is nothing to compare.
        let counted: u64 = points.iter().map(|point| point.count).sum();
        let has_line = shares().any(|share| share < 1.0) && highest > 0.0 && counted >= LEAST;
        let mut labels = 0;
        let floor = self.height - FOOT;
        let room = floor - TOP;
        let step = (WIDTH - LEFT - RIGHT) / points.len().max(1) as f64;
        // Writing to a string cannot fail.
        let _ = write!(
            drawn,
            r#"<text class="faint" x="{}" y="{}" text-anchor="end">{}</text><line class="axis" x1="{LEFT}" x2="{}" y1="{floor}" y2="{floor}"/>"#,
            LEFT - 6.0,
            TOP + 5.0,
            thousands(most as u64),
            WIDTH - RIGHT
        );
        let mut named_until = f64::MIN;
        let mut shares_drawn = String::new();
        for (number, point) in points.iter().enumerate() {
            let x = LEFT + step * number as f64;
            let year = point.when.get(..4).unwrap_or(&point.when);
            let begins = match self.trend.by {
                Step::Year => true,
                Step::Month => number == 0 || point.when.ends_with("-01"),
            };
            if begins && x > named_until {
                let _ = write!(
                    drawn,
                    r#"<text class="faint{}" x="{}" y="{}">{year}</text>"#,
                    if labels % 2 == 1 { " odd" } else { "" },
                    short(x),
                    short(self.height - 5.0)
                );
                labels += 1;
                named_until = x + 38.0;
            }
            let tall =
                if point.count == 0 { 0.0 } else { (point.count as f64 / most * room).max(1.5) };
            let out = self.chosen.is_some_and(|(first, last)| {
                point.when.as_str() < first || point.when.as_str() > last
            });
            let bar = format!(
                r#"<rect class="reach" x="{x}" y="{TOP}" width="{w}" height="{room}"/><rect class="bar{out}" x="{bx}" y="{y}" width="{bw}" height="{tall}" rx="{rx}"/>"#,
                x = short(x),
                w = short(step),
                room = short(room),
                out = if out { " out" } else { "" },
                bx = short(x + step * 0.1),
                y = short(floor - tall),
                bw = short((step * 0.8).max(0.6)),
                tall = short(tall),
                rx = if step > 8.0 { 2 } else { 0 },
            );
            let title = format!(
                "{}：{} / {}（{:.2}%）",
                point.when,
                thousands(point.count),
                thousands(point.all),
                point.share * 100.0
            );
            let target = if point.count > 0 { link(Picked::Time(&point.when)) } else { None };
            linked(target, &title, &bar, &mut drawn);
            if has_line && telling(point) {
                let _ = write!(
                    shares_drawn,
                    "{}{},{} ",
                    // A stretch without articles is a gap in the line.
                    if number > 0 && telling(&points[number - 1]) { "L" } else { "M" },
                    short(x + step / 2.0),
                    short(floor - point.share / highest * room)
                );
            }
        }
        if !shares_drawn.is_empty() {
            let _ = write!(drawn, r#"<path class="share" d="{}"/>"#, shares_drawn.trim_end());
        }
        drawn
    }
}
