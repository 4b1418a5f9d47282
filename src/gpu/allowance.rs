//! How much of the voxels that wait may go to the device now, so that a large volume does not hold up the window.
//!
//! Reading and converting voxels takes the time, not writing texels: at a coarse level many voxels make one texel. So
//! what counts is source bytes, and the time itself.

use std::time::{Duration, Instant};

/// Time that uploads may take before the window's other work has its turn.
const TIME: Duration = Duration::from_millis(8);
/// Source bytes that may be uploaded in that time: the device has its share of the work to do too.
const BYTES: u64 = 64 << 20;

/// What may still be uploaded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    bytes: u64,
    time: Duration,
}

impl Allowance {
    /// All there is.
    pub(super) fn unlimited() -> Self {
        Self {
            bytes: u64::MAX,
            time: Duration::MAX,
        }
    }

    /// Whether nothing more may be uploaded.
    pub(super) fn is_spent(&self) -> bool {
        self.bytes == 0 || self.time.is_zero()
    }

    /// Half of what is left.
    pub(super) fn half(&self) -> Self {
        Self {
            bytes: self.bytes.div_ceil(2),
            time: self.time / 2,
        }
    }

    /// Takes off what somebody has spent of a share.
    pub(super) fn take_off(&mut self, before: Self, left: Self) {
        self.bytes = self.bytes.saturating_sub(before.bytes.saturating_sub(left.bytes));
        self.time = self.time.saturating_sub(before.time.saturating_sub(left.time));
    }

    /// Takes off what an upload that began at `start` has cost. The one that crosses the limit is the last.
    pub(super) fn spend(&mut self, source_bytes: usize, start: Instant) {
        self.bytes = self.bytes.saturating_sub(source_bytes as u64);
        self.time = self.time.saturating_sub(start.elapsed());
    }
}

/// The allowance of a window. Its panes share it, and it is renewed after a rest as long as the time it grants.
pub(super) struct Pace {
    left: Allowance,
    last_upload: Instant,
}

impl Pace {
    const FULL: Allowance = Allowance {
        bytes: BYTES,
        time: TIME,
    };

    pub(super) fn new() -> Self {
        Self {
            left: Self::FULL,
            last_upload: Instant::now(),
        }
    }

    /// What may be uploaded at the moment.
    pub(super) fn allowance(&mut self) -> Allowance {
        if self.last_upload.elapsed() >= TIME {
            self.left = Self::FULL;
        }
        self.left
    }

    /// Notes what is left of the allowance after a picture.
    pub(super) fn keep(&mut self, left: Allowance) {
        if left.bytes != self.left.bytes {
            self.last_upload = Instant::now();
        }
        self.left = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_time_both_end_an_allowance() {
        let now = Instant::now();
        let mut by_bytes = Allowance {
            bytes: 10,
            time: Duration::MAX,
        };
        by_bytes.spend(9, now);
        assert!(!by_bytes.is_spent());
        by_bytes.spend(9, now);
        assert!(by_bytes.is_spent());
        let mut by_time = Pace::FULL;
        std::thread::sleep(TIME);
        by_time.spend(1, now);
        assert!(by_time.is_spent());
        let all = Allowance { bytes: 10, time: TIME };
        let (mut rest, mut share) = (all, all.half());
        share.spend(3, Instant::now());
        rest.take_off(all.half(), share);
        assert_eq!(rest.bytes, 7, "the other half and two of this one");
        let mut unlimited = Allowance::unlimited();
        unlimited.spend(usize::MAX - 1, now);
        assert!(!unlimited.is_spent());
    }

    #[test]
    fn a_rest_renews_the_allowance() {
        let mut pace = Pace::new();
        let mut allowance = pace.allowance();
        allowance.spend(usize::MAX, Instant::now());
        pace.keep(allowance);
        // Only a rest does: a machine too busy to ask within that time has rested.
        let is_spent = pace.allowance().is_spent();
        assert!(is_spent || pace.last_upload.elapsed() >= TIME);
        std::thread::sleep(TIME);
        assert!(!pace.allowance().is_spent());
    }
}
