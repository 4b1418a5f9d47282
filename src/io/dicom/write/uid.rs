//! New unique identifiers, made of random UUIDs (PS3.5 B.2: `2.25.` and the UUID as a number).

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A UID that nothing else has.
pub(super) fn new_uid() -> String {
    // Each `RandomState` hashes with keys of its own, which come from the system's randomness.
    let half = || RandomState::new().build_hasher().finish();
    let random = u128::from(half()) << 64 | u128::from(half());
    // Version 4, variant 1 (RFC 9562 5.4).
    let uuid = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    format!("2.25.{uuid}")
}

/// Whether a text is a UID (PS3.5 9.1): numbers with dots between, none with a leading zero, at most 64 characters.
pub(super) fn is_uid(text: &str) -> bool {
    let is_component = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    text.len() <= 64 && text.contains('.') && text.split('.').all(is_component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_uids_are_uids_and_differ() {
        let all: std::collections::BTreeSet<String> = (0..1000).map(|_| new_uid()).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|uid| is_uid(uid)));
    }

    #[test]
    fn what_is_no_uid() {
        for text in [
            "",
            "1",
            "1.02",
            "1..2",
            "1.2.",
            "a.b",
            "isocenter.demo",
            "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6",
        ] {
            assert!(!is_uid(text), "{text}");
        }
        assert!(is_uid("1.2.840.0.10008"));
    }
}
