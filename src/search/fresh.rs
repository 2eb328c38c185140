//! Mild favour for what is recent: the score of an article of the newest day there is rises by a
//! share, that of an older one by less, half as much with each year.
//!
//! Age is told from the newest article and not from the clock, so that an archive that was closed
//! years ago keeps an order, and the same search gives the same order tomorrow.

use tantivy::Searcher;

/// Days in which the favour halves.
pub(crate) const HALVED: f32 = 365.0;

/// How much recent articles are favoured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Freshness {
    /// What the newest article gains, as a share of its score.
    share: f32,
    /// The newest day, counted as [`count`] does.
    newest: f32,
}

impl Freshness {
    /// The favour in the articles of a state of an index.
    pub(super) fn of(searcher: &Searcher, share: f32) -> tantivy::Result<Self> {
        let mut newest = 0;
        for segment in searcher.segment_readers() {
            let days = segment.fast_fields().u64("first_day")?;
            if days.num_docs() > 0 {
                newest = newest.max(days.max_value());
            }
        }
        Ok(Self::since(newest, share))
    }

    /// The favour where this is the newest day (`yyyymmdd`).
    pub(crate) fn since(newest: u64, share: f32) -> Self {
        Self { share, newest: count(newest) }
    }

    /// The newest day, counted from the year 0, and what its articles gain.
    #[cfg(feature = "cluster")]
    pub(crate) fn newest(self) -> (f32, f32) {
        (self.newest, self.share)
    }

    /// What the score of an article of a day (`yyyymmdd`; 0 if it has none) is multiplied by.
    pub(crate) fn factor(self, day: u64) -> f32 {
        if day == 0 {
            return 1.0;
        }
        let age = (self.newest - count(day)).max(0.0);
        1.0 + self.share * (-age / HALVED).exp2()
    }
}

/// Days since the year 0, near enough to halve a favour by.
fn count(day: u64) -> f32 {
    (day / 10_000 * 365 + day / 100 % 100 * 30 + day % 100) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_favour_halves_with_each_year_and_an_undated_article_has_none() {
        let fresh = Freshness { share: 0.2, newest: count(20_260_630) };
        for (day, factor) in [(20_260_630, 1.2), (20_250_630, 1.1), (20_240_630, 1.05), (0, 1.0)] {
            assert!((fresh.factor(day) - factor).abs() < 1e-4, "{day}: {}", fresh.factor(day));
        }
        assert!(fresh.factor(20_310_101) <= 1.2 + 1e-6);
    }
}
