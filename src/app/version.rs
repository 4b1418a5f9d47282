//! Which program this is: its version, what it was built from and for which machine.

use std::sync::LazyLock;

use crate::say;

/// Commit and day, as `./dev package` sets them. Absent where somebody builds for themselves: a build that named its
/// commit would compile everything again after each commit.
const BUILT_FROM: Option<&str> = option_env!("ISOCENTER_BUILD");

static FULL: LazyLock<String> = LazyLock::new(|| {
    let from = BUILT_FROM.map_or_else(|| say!("app-version-own-build"), str::to_owned);
    let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    if cfg!(debug_assertions) {
        say!(
            "app-version-unoptimised",
            version = version,
            from = from,
            machine = machine
        )
    } else {
        say!("app-version", version = version, from = from, machine = machine)
    }
});

/// Version, commit and day of the build, and machine, in a line: `0.1.0 (1a2b3c4d5e of 2026-11-26, linux x86_64)`.
pub fn full() -> &'static str {
    FULL.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_version_and_machine() {
        assert!(full().starts_with(env!("CARGO_PKG_VERSION")));
        assert!(full().contains(std::env::consts::ARCH));
    }
}
