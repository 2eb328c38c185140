//! Circles of partners → a table of squares: a row and a column for each place, the darker a
//! square the more articles tell of the two.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Link, Picked, Web, for_page, linked, short, short_name, write_file};
use crate::present::pairs::Circle;
use crate::present::sanitize::xml;

/// Places in a picture; more cannot be read.
const PLACES: usize = 20;
/// Side of a square.
const SIDE: f64 = 30.0;
/// Room for names.
const NAMES: f64 = 78.0;

/// Who works with whom, as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    web: Web,
}

impl Matrix {
    /// Gathers the places of some circles.
    pub fn of(circles: &[Circle]) -> Self {
        Self { web: Web::of(circles, PLACES) }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.web.pairs.is_empty()
    }

    /// The picture for a page; `label` says what is shown, `link` where a click leads.
    pub fn svg(&self, label: &str, link: Link<'_>) -> String {
        for_page(self.size(), "matrix", label, &self.elements(link))
    }

    /// The picture as a file.
    pub fn write_file(&self, out: &mut dyn Write) -> io::Result<()> {
        write_file(self.size(), &self.elements(&|_| None), out)
    }

    fn size(&self) -> (f64, f64) {
        let side = NAMES + SIDE * self.web.places.len() as f64 + 8.0;
        (side, side)
    }

    fn elements(&self, link: Link<'_>) -> String {
        let (mut drawn, mut empty) = (String::new(), String::new());
        let start = |number: usize| NAMES + SIDE * number as f64;
        let most = self.web.pairs.values().copied().max().unwrap_or(1) as f64;
        for (row, (name, count)) in self.web.places.iter().enumerate() {
            let label = xml(short_name(name));
            let middle = start(row) + SIDE / 2.0;
            let mut head = String::new();
            // Writing to a string cannot fail.
            let _ = write!(
                head,
                r#"<text x="{}" y="{}" text-anchor="end">{label}</text>"#,
                short(NAMES - 8.0),
                short(middle + 4.0)
            );
            linked(link(Picked::Place(name)), &format!("{name}：{count}"), &head, &mut drawn);
            let _ = write!(
                drawn,
                r#"<text transform="translate({} {}) rotate(-55)" aria-hidden="true">{label}</text>"#,
                short(middle - 2.0),
                short(NAMES - 8.0)
            );
            for column in 0..self.web.places.len() {
                let (x, y) = (short(start(column) + 1.0), short(start(row) + 1.0));
                let side = short(SIDE - 2.0);
                let pair = (row.min(column), row.max(column));
                let Some(&count) = self.web.pairs.get(&pair) else {
                    let _ = write!(empty, "M{x} {y}h{side}v{side}h-{side}z");
                    continue;
                };
                let strength = 0.18 + 0.82 * (count as f64 / most).sqrt();
                let square = format!(
                    r#"<rect class="cell" x="{x}" y="{y}" width="{side}" height="{side}" rx="3" fill-opacity="{strength:.2}"/>"#
                );
                // The lower half says the same again.
                if row > column {
                    drawn.push_str(&square);
                    continue;
                }
                let other = &self.web.places[column].0;
                let title = format!("{name} — {other}：{count}");
                linked(link(Picked::Pair(name, other)), &title, &square, &mut drawn);
            }
        }
        format!(r#"<path class="slot" d="{empty}"/>{drawn}"#)
    }
}
