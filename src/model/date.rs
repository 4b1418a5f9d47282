//! Dates of the Gregorian calendar.

/// Days since 1970 as year, month and day: years are counted from March, so that the leap day is the last
/// one, in eras of 400 years (H. Hinnant, "chrono-compatible low-level date algorithms").
pub fn date_of_day(days: u64) -> (i64, u32, u32) {
    let days = i64::try_from(days).unwrap_or(i64::MAX / 2) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        for (day, date) in [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (20_784, (2026, 11, 27))] {
            assert_eq!(date_of_day(day), date);
        }
    }
}
