//! Points in time → what people say: 「2026-05-01 10:32, 3 hours ago」.

use std::time::{Duration, SystemTime};

use crate::article::NewsDate;
use crate::present::counted;

/// Seconds that the clocks of China are ahead of UTC.
const CHINA: u64 = 8 * 3600;

/// Writes a time (seconds since 1970, UTC) as the clocks of China show it.
pub(super) fn clock(seconds: u64) -> String {
    let local = seconds + CHINA;
    let (days, rest) = (local / 86_400, local % 86_400);
    let day = i64::try_from(days).ok().and_then(NewsDate::of_day_since_1970);
    let day = day.map_or("?".to_owned(), |day| day.to_string());
    format!("{day} {:02}:{:02}", rest / 3600, rest % 3600 / 60)
}

/// Says how long ago a time was.
pub(super) fn ago(seconds: u64, now: SystemTime) -> String {
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let Ok(passed) = now.duration_since(then) else { return "in the future".to_owned() };
    let passed = passed.as_secs();
    match passed {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} ago", counted(passed / 60, "minute")),
        3600..86_400 => format!("{} ago", counted(passed / 3600, "hour")),
        _ => format!("{} ago", counted(passed / 86_400, "day")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_china() {
        assert_eq!(clock(0), "1970-01-01 08:00");
        assert_eq!(clock(1_709_164_800), "2024-02-29 08:00");
        assert_eq!(clock(1_735_660_799), "2024-12-31 23:59");
    }

    #[test]
    fn time_passes() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(ago(100, at(130)), "just now");
        assert_eq!(ago(100, at(100 + 3600)), "1 hour ago");
        assert_eq!(ago(100, at(100 + 3 * 86_400)), "3 days ago");
        assert_eq!(ago(100, at(0)), "in the future");
    }
}
