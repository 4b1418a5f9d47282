//! What was found out about volumes that are still open.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::bricks::Bricks;
use super::leaps::{Leaps, Seen};
use crate::model::volume::Volume;

/// So many are kept of each kind.
const MOST: usize = 4;

/// Bricks and leaps of volumes, the last used at the end.
#[derive(Debug, Default)]
pub(super) struct Kept {
    bricks: Mutex<Vec<Entry<(), Bricks>>>,
    leaps: Mutex<Vec<Entry<Seen, Leaps>>>,
}

#[derive(Debug)]
struct Entry<K, V> {
    volume: Weak<Volume>,
    frame: usize,
    key: K,
    value: Arc<V>,
}

impl Kept {
    /// The bricks of a frame that has arrived in full.
    pub(super) fn bricks(&self, volume: &Arc<Volume>, frame: usize, make: impl FnOnce() -> Bricks) -> Arc<Bricks> {
        find_or_make(&self.bricks, volume, frame, (), make)
    }

    /// The leaps over bricks of a frame without these numbers.
    pub(super) fn leaps(&self, volume: &Arc<Volume>, frame: usize, seen: Seen, bricks: &Bricks) -> Arc<Leaps> {
        let made_for = seen.clone();
        find_or_make(&self.leaps, volume, frame, seen, || Leaps::new(bricks, &made_for))
    }
}

fn find_or_make<K: PartialEq, V>(
    entries: &Mutex<Vec<Entry<K, V>>>,
    volume: &Arc<Volume>,
    frame: usize,
    key: K,
    make: impl FnOnce() -> V,
) -> Arc<V> {
    let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
    entries.retain(|entry| entry.volume.strong_count() > 0);
    let is_it = |entry: &Entry<K, V>| {
        std::ptr::eq(entry.volume.as_ptr(), Arc::as_ptr(volume)) && entry.frame == frame && entry.key == key
    };
    let entry = match entries.iter().position(is_it) {
        Some(found) => entries.remove(found),
        None => Entry {
            volume: Arc::downgrade(volume),
            frame,
            key,
            value: Arc::new(make()),
        },
    };
    let value = Arc::clone(&entry.value);
    entries.push(entry);
    let surplus = entries.len().saturating_sub(MOST);
    entries.drain(..surplus);
    value
}
