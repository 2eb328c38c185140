//! Circles of partners → a picture of places and lines between those that work together.
//!
//! Places push each other away and lines pull them together (Fruchterman and Reingold, "Graph
//! Drawing by Force-directed Placement", 1991), always from the same beginning, so that the same
//! partners make the same picture.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Link, Picked, Web, for_page, linked, short, short_name, write_file};
use crate::present::pairs::Circle;
use crate::present::sanitize::xml;

/// Places in a picture; more are a tangle.
const PLACES: usize = 32;
const WIDTH: f64 = 840.0;
const HEIGHT: f64 = 600.0;
/// Room at the border, for names.
const MARGIN: f64 = 46.0;
/// Steps in which the places settle.
const STEPS: usize = 400;

/// Places and lines, laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    web: Web,
    at: Vec<(f64, f64)>,
}

impl Network {
    /// Lays out the places of some circles.
    pub fn of(circles: &[Circle]) -> Self {
        let web = Web::of(circles, PLACES);
        let at = settle(&web);
        Self { web, at }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.web.places.is_empty()
    }

    /// How many places are not drawn, since there are too many.
    pub fn left_out(&self) -> usize {
        self.web.left_out
    }

    /// The picture for a page; `label` says what is shown, `link` where a click leads.
    pub fn svg(&self, label: &str, link: Link<'_>) -> String {
        for_page((WIDTH, HEIGHT), "network", label, &self.elements(link))
    }

    /// The picture as a file.
    pub fn write_file(&self, out: &mut dyn Write) -> io::Result<()> {
        write_file((WIDTH, HEIGHT), &self.elements(&|_| None), out)
    }

    fn elements(&self, link: Link<'_>) -> String {
        let mut drawn = String::new();
        let most = self.web.pairs.values().copied().max().unwrap_or(1) as f64;
        for (&(a, b), &count) in &self.web.pairs {
            let ((x1, y1), (x2, y2)) = (self.at[a], self.at[b]);
            let (a, b) = (&self.web.places[a].0, &self.web.places[b].0);
            let width = 1.2 + 6.0 * (count as f64 / most).sqrt();
            let opacity = 0.35 + 0.5 * (count as f64 / most).sqrt();
            let edge = format!(
                r#"<line class="edge" x1="{}" y1="{}" x2="{}" y2="{}" stroke-width="{}" stroke-opacity="{opacity:.2}"/>"#,
                short(x1),
                short(y1),
                short(x2),
                short(y2),
                short(width)
            );
            linked(link(Picked::Pair(a, b)), &format!("{a} — {b}：{count}"), &edge, &mut drawn);
        }
        let most = self.web.places.first().map_or(1, |(_, count)| *count).max(1) as f64;
        for ((name, count), &(x, y)) in self.web.places.iter().zip(&self.at) {
            let radius = 5.0 + 13.0 * (*count as f64 / most).sqrt();
            let mut mark = String::new();
            // Writing to a string cannot fail.
            let _ = write!(
                mark,
                r#"<circle class="node" cx="{}" cy="{}" r="{}"/><text class="halo" x="{}" y="{}" text-anchor="middle">{}</text>"#,
                short(x),
                short(y),
                short(radius),
                short(x),
                short(y + radius + 13.0),
                xml(short_name(name))
            );
            linked(link(Picked::Place(name)), &format!("{name}：{count}"), &mark, &mut drawn);
        }
        drawn
    }
}

/// Finds a place on the paper for each place of a web.
fn settle(web: &Web) -> Vec<(f64, f64)> {
    let count = web.places.len();
    if count == 0 {
        return Vec::new();
    }
    // A spiral, the weightiest in the middle.
    let mut at: Vec<(f64, f64)> = (0..count)
        .map(|number| {
            let (turn, out) = (number as f64 * 2.399_963, (number as f64 / count as f64).sqrt());
            (0.5 + 0.45 * out * turn.cos(), 0.5 + 0.45 * out * turn.sin())
        })
        .collect();
    let ideal = 0.75 / (count as f64).sqrt();
    let most = web.pairs.values().copied().max().unwrap_or(1) as f64;
    for step in 0..STEPS {
        let mut force = vec![(0.0, 0.0); count];
        for a in 0..count {
            for b in a + 1..count {
                let (dx, dy) = apart(at[a], at[b]);
                let distance = dx.hypot(dy).max(1e-4);
                let push = ideal * ideal / distance / distance;
                add(&mut force, a, b, (dx * push, dy * push));
            }
        }
        for (&(a, b), &articles) in &web.pairs {
            let (dx, dy) = apart(at[a], at[b]);
            let distance = dx.hypot(dy).max(1e-4);
            let pull = -distance / ideal * (0.6 + 0.4 * (articles as f64 / most).sqrt());
            add(&mut force, a, b, (dx * pull, dy * pull));
        }
        let heat = 0.08 * (1.0 - step as f64 / STEPS as f64) + 0.001;
        for (place, (fx, fy)) in at.iter_mut().zip(force) {
            // What hangs together with nothing else must not drift away.
            let (fx, fy) = (fx - (place.0 - 0.5) * 2.2, fy - (place.1 - 0.5) * 2.2);
            let length = fx.hypot(fy).max(1e-9);
            let moved = length.min(heat);
            place.0 += fx / length * moved;
            place.1 += fy / length * moved;
        }
    }
    fit(&at)
}

fn apart(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 - b.0, a.1 - b.1)
}

fn add(force: &mut [(f64, f64)], a: usize, b: usize, (fx, fy): (f64, f64)) {
    force[a].0 += fx;
    force[a].1 += fy;
    force[b].0 -= fx;
    force[b].1 -= fy;
}

/// Stretches what was laid out over the paper.
fn fit(at: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let span = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
    };
    let (left, right) = span(&mut at.iter().map(|p| p.0));
    let (top, bottom) = span(&mut at.iter().map(|p| p.1));
    let scale = |value: f64, low: f64, high: f64, room: f64| {
        if high - low < 1e-6 {
            room / 2.0
        } else {
            MARGIN + (value - low) / (high - low) * (room - 2.0 * MARGIN)
        }
    };
    at.iter().map(|&(x, y)| (scale(x, left, right, WIDTH), scale(y, top, bottom, HEIGHT))).collect()
}
