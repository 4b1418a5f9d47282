//! A state of a segmentation: what a journal's records lead to.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::head::Head;
use super::record::{self, Kind};
use crate::model::coding::Detail;
use crate::model::label_delta::LabelDelta;
use crate::model::label_map::LabelMap;
use crate::model::segment::{Segment, SegmentTable};

/// A state of a segmentation.
#[derive(Clone, Debug)]
pub struct State {
    /// The labels of each layer.
    pub maps: Vec<LabelMap>,
    /// Its segments.
    pub table: SegmentTable,
}

/// A segment as a journal keeps it.
#[derive(Serialize, Deserialize)]
struct KeptSegment {
    label: u32,
    name: String,
    color: [u8; 3],
    visible: bool,
    locked: bool,
    layer: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
}

fn push_table(bytes: &mut Vec<u8>, table: &SegmentTable) -> io::Result<()> {
    let kept: Vec<KeptSegment> = table
        .segments
        .iter()
        .map(|segment| KeptSegment {
            label: segment.label,
            name: segment.name.clone(),
            color: segment.color,
            visible: segment.is_visible,
            locked: segment.is_locked,
            layer: segment.layer,
            detail: segment.detail.as_deref().cloned(),
        })
        .collect();
    record::push_json(bytes, Kind::Table, &kept)
}

/// Adds an entry: what leads from one state (at first from nothing) to another, and a head where that is new. It counts
/// only when all of it is there.
pub(super) fn push_entry(
    bytes: &mut Vec<u8>,
    head: Option<&Head>,
    before: Option<&State>,
    after: &State,
) -> io::Result<()> {
    let start = bytes.len();
    if let Some(head) = head {
        record::push_json(bytes, Kind::Head, head)?;
    }
    if before.is_none_or(|before| before.table != after.table) {
        push_table(bytes, &after.table)?;
    }
    for (layer, map) in after.maps.iter().enumerate() {
        let delta = match before.and_then(|before| before.maps.get(layer)) {
            Some(before) => LabelDelta::between(before, map),
            None => LabelDelta::between(&LabelMap::empty(map.dims()), map),
        };
        if let Some(delta) = delta {
            record::push_delta(bytes, layer, &delta)?;
        }
    }
    if bytes.len() > start {
        record::push_end(bytes)?;
    }
    Ok(())
}

/// What the whole entries of a journal lead to.
pub(super) struct WhatWasRead {
    pub(super) head: Head,
    pub(super) state: State,
    /// Bytes up to the end of the last whole entry.
    pub(super) whole: usize,
}

/// Reads all whole entries. `None` if there is not even the first one, or if its head says what cannot be.
pub(super) fn read(bytes: &[u8]) -> Option<WhatWasRead> {
    let mut records = record::records(bytes);
    let mut head = records.next()?.head()?;
    let empty = head.empty_map()?;
    let mut state = State {
        maps: vec![empty; head.layers],
        table: SegmentTable::default(),
    };
    let mut whole: Option<WhatWasRead> = None;
    while let Some(found) = records.next() {
        let is_applied = match found.kind() {
            Kind::Delta => found.delta(head.dims).is_some_and(|(layer, delta)| {
                let map = state.maps.get_mut(layer);
                map.is_some_and(|map| delta.apply(map).is_ok())
            }),
            Kind::Table => found.json::<Vec<KeptSegment>>().is_some_and(|kept| {
                state.table = table_of(kept);
                true
            }),
            // Another file, or the same one anew; never another grid.
            Kind::Head => found.head().is_some_and(|next| {
                let is_same_grid = next.dims == head.dims && next.layers == head.layers;
                head = next;
                is_same_grid
            }),
            Kind::End => {
                whole = Some(WhatWasRead {
                    head: head.clone(),
                    state: state.clone(),
                    whole: records.read_so_far(),
                });
                true
            }
        };
        // What came before it is whole all the same.
        if !is_applied {
            break;
        }
    }
    whole
}

fn table_of(kept: Vec<KeptSegment>) -> SegmentTable {
    let segment = |kept: KeptSegment| Segment {
        is_visible: kept.visible,
        is_locked: kept.locked,
        layer: kept.layer,
        detail: kept.detail.map(Arc::new),
        ..Segment::new(kept.label, kept.name, kept.color)
    };
    let mut segments: Vec<Segment> = kept.into_iter().map(segment).collect();
    segments.sort_by_key(|segment| segment.label);
    segments.dedup_by_key(|segment| segment.label);
    SegmentTable { segments }
}
