//! A date of news: as precise as the page states it and no more.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Said;

/// A day, a month, a year, or a day or month whose year nobody states.
///
/// Written `2024-10-09`, `2024-10`, `2024`, `--10-09`, `--10` (ISO 8601, with the older `--` for
/// an unknown year). Ordered by time; dates without a year come before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NewsDate {
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
}

/// Why something is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date; write it as 2024, 2024-10 or 2024-10-09")]
pub struct DateError(
    /// What was written.
    pub String,
);

impl NewsDate {
    /// Makes a date if the calendar has it: years 1900 to 2099, and no day without a month.
    pub fn new(year: Option<u16>, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let year_fits = year.is_none_or(|y| (1900..2100).contains(&y));
        let month_fits = month.is_none_or(|m| (1..=12).contains(&m));
        let day_fits = match (month, day) {
            (_, None) => year.is_some() || month.is_some(),
            (None, Some(_)) => false,
            (Some(m), Some(d)) => d >= 1 && d <= days_in(year, m),
        };
        (year_fits && month_fits && day_fits).then_some(Self { year, month, day })
    }

    /// The day that is a number of days after 1970-01-01 (negative: before).
    ///
    /// H. Hinnant: chrono-Compatible Low-Level Date Algorithms, `civil_from_days`; years begin in
    /// March there, so that the leap day is the last of a year.
    pub fn of_day_since_1970(days: i64) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let year = u16::try_from(year).ok()?;
        Self::new(Some(year), u8::try_from(month).ok(), u8::try_from(day).ok())
    }

    /// The year, if stated.
    pub fn year(self) -> Option<u16> {
        self.year
    }

    /// The month, if stated.
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day, if stated.
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// The first day it can be, as the number `yyyymmdd`; none without a year.
    pub fn first_day(self) -> Option<u32> {
        let year = u32::from(self.year?);
        Some(
            year * 10_000
                + u32::from(self.month.unwrap_or(1)) * 100
                + u32::from(self.day.unwrap_or(1)),
        )
    }

    /// The last day it can be, as the number `yyyymmdd`; none without a year.
    pub fn last_day(self) -> Option<u32> {
        let month = self.month.unwrap_or(12);
        let day = self.day.unwrap_or_else(|| days_in(self.year, month));
        Some(u32::from(self.year?) * 10_000 + u32::from(month) * 100 + u32::from(day))
    }

    /// The same day with a year, if it had none.
    #[must_use]
    pub fn with_year(self, year: u16) -> Option<Self> {
        Self::new(self.year.or(Some(year)), self.month, self.day)
    }
}

/// Days of a month; without a year February has 29.
fn days_in(year: Option<u16>, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => {
            let leap = year.is_none_or(|y| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
            if leap { 29 } else { 28 }
        }
        _ => 31,
    }
}

impl fmt::Display for NewsDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}")?,
            None => f.write_str("-")?,
        }
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for NewsDate {
    type Err = DateError;

    /// Reads what [`fmt::Display`] writes; months and days may lack the leading zero.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let wrong = || DateError(text.to_owned());
        let number = |part: &str, width: usize| {
            let fits =
                !part.is_empty() && part.len() <= width && part.bytes().all(|b| b.is_ascii_digit());
            if fits { part.parse::<u16>().map_err(|_| wrong()) } else { Err(wrong()) }
        };
        let (year, rest) = match text.strip_prefix("--") {
            Some(rest) => (None, Some(rest)),
            None => match text.split_once('-') {
                Some((year, rest)) => (Some(number(year, 4)?), Some(rest)),
                None => (Some(number(text, 4)?), None),
            },
        };
        let (month, day) = match rest
            .map(|r| r.split_once('-').map_or((r, None), |(m, d)| (m, Some(d))))
        {
            None => (None, None),
            Some((m, d)) => {
                (Some(number(m, 2)? as u8), d.map(|d| number(d, 2)).transpose()?.map(|d| d as u8))
            }
        };
        Self::new(year, month, day).ok_or_else(wrong)
    }
}

impl Serialize for NewsDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NewsDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A date and the words it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The date.
    pub date: NewsDate,
    /// The words, and where they stood.
    #[serde(flatten)]
    pub said: Said,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_they_are_read() {
        for text in ["2024-10-09", "2024-10", "2024", "--10-09", "--10"] {
            assert_eq!(text.parse::<NewsDate>().map(|d| d.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn the_calendar_decides_what_is_a_date() {
        for text in
            ["2023-02-29", "2023-13", "2023-00-01", "23-1-1x", "--", "--02-30", "", "3024-01-01"]
        {
            assert!(text.parse::<NewsDate>().is_err(), "{text} is no date");
        }
        assert!("--02-29".parse::<NewsDate>().is_ok(), "some year has it");
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (days, date) in [(0, "1970-01-01"), (19_782, "2024-02-29"), (-1, "1969-12-31")] {
            assert_eq!(NewsDate::of_day_since_1970(days).unwrap().to_string(), date);
        }
        assert_eq!(NewsDate::of_day_since_1970(i64::MAX), None);
    }

    #[test]
    fn a_month_lasts_from_its_first_to_its_last_day() {
        let month: NewsDate = "2024-02".parse().unwrap();
        assert_eq!((month.first_day(), month.last_day()), (Some(20_240_201), Some(20_240_229)));
        let nobody_knows: NewsDate = "--02-03".parse().unwrap();
        assert_eq!(nobody_knows.first_day(), None);
    }
}
