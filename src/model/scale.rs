//! Lengths for scale bars.

/// The longest of 1, 2, 5, 10, 20, 50 … that is no more than `most`.
pub fn round_length(most: f64) -> f64 {
    let decade = 10f64.powf(most.log10().floor());
    [5.0, 2.0, 1.0]
        .into_iter()
        .map(|n| n * decade)
        .find(|length| *length <= most * (1.0 + 1e-9))
        .unwrap_or(decade)
}

#[cfg(test)]
mod tests {
    use super::round_length;

    #[test]
    fn lengths_are_round() {
        for (most, length) in [
            (73.0, 50.0),
            (50.0, 50.0),
            (49.9, 20.0),
            (1.99, 1.0),
            (0.23, 0.2),
            (1000.0, 1000.0),
        ] {
            assert!((round_length(most) - length).abs() < 1e-9 * length, "{most}");
        }
    }
}
