//! What differs between two states of a label map: a step of the history, and an entry of the journal.

use serde::{Deserialize, Serialize};

use super::label_map::{BLOCK_VOXELS, LabelMap};

/// Neighbouring voxels of a block that had one label and have another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The first, counted i fastest in the block.
    pub start: u16,
    /// How many.
    pub length: u16,
    /// The label before.
    pub old: u16,
    /// The label after.
    pub new: u16,
}

/// What changes in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockDelta {
    /// Which.
    pub block: u32,
    /// In their order, none overlapping.
    pub runs: Vec<Run>,
}

/// What changes in a map of a size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelDelta {
    /// Voxels along i, j, k.
    pub dims: [usize; 3],
    /// In their order, each once.
    pub blocks: Vec<BlockDelta>,
}

/// A change that is not one of this map: a size, a block or a label before that it does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the change belongs to another state of the label map")]
pub struct WrongDelta;

impl LabelDelta {
    /// What leads from one map to another of the same size; `None` if nothing does.
    pub fn between(before: &LabelMap, after: &LabelMap) -> Option<Self> {
        if before.dims() != after.dims() {
            return None;
        }
        let differing = (0..after.block_count()).filter(|block| before.stamp(*block) != after.stamp(*block));
        let blocks: Vec<BlockDelta> = differing
            .map(|block| BlockDelta {
                block: block as u32,
                runs: runs_between(before, after, block),
            })
            .filter(|delta| !delta.runs.is_empty())
            .collect();
        (!blocks.is_empty()).then_some(Self {
            dims: after.dims(),
            blocks,
        })
    }

    /// The change that takes this one back.
    pub fn inverse(&self) -> Self {
        let turned = |run: &Run| Run {
            old: run.new,
            new: run.old,
            ..*run
        };
        Self {
            dims: self.dims,
            blocks: self
                .blocks
                .iter()
                .map(|delta| BlockDelta {
                    block: delta.block,
                    runs: delta.runs.iter().map(turned).collect(),
                })
                .collect(),
        }
    }

    /// Makes the change. A map in which anything is not as it was before the change stays as it is.
    pub fn apply(&self, map: &mut LabelMap) -> Result<(), WrongDelta> {
        if map.dims() != self.dims {
            return Err(WrongDelta);
        }
        let mut changed = Vec::with_capacity(self.blocks.len());
        for delta in &self.blocks {
            let block = delta.block as usize;
            if block >= map.block_count() {
                return Err(WrongDelta);
            }
            let mut labels = map.block(block).to_vec();
            for run in &delta.runs {
                let start = usize::from(run.start);
                let places = labels
                    .get_mut(start..start + usize::from(run.length))
                    .ok_or(WrongDelta)?;
                if places.iter().any(|label| *label != run.old) {
                    return Err(WrongDelta);
                }
                places.fill(run.new);
            }
            changed.push((block, map.block_of(block, labels)));
        }
        map.replace(changed);
        Ok(())
    }

    /// The labels that voxels get, and of those that lose theirs the ones that they had; 0 where nothing changes.
    pub fn shown(&self) -> LabelMap {
        let mut map = LabelMap::empty(self.dims);
        let changed = self.blocks.iter().map(|delta| {
            let mut labels = vec![0; BLOCK_VOXELS];
            for run in &delta.runs {
                let start = usize::from(run.start);
                if let Some(places) = labels.get_mut(start..start + usize::from(run.length)) {
                    places.fill(if run.new == 0 { run.old } else { run.new });
                }
            }
            let block = delta.block as usize;
            (block, map.block_of(block, labels))
        });
        let changed = changed.collect();
        map.replace(changed);
        map
    }

    /// The labels that lose or gain voxels, without 0, and whether they gain any.
    pub fn labels(&self) -> std::collections::BTreeMap<u16, bool> {
        let mut labels = std::collections::BTreeMap::new();
        for run in self.blocks.iter().flat_map(|delta| &delta.runs) {
            labels.entry(run.old).or_insert(false);
            labels.insert(run.new, true);
        }
        labels.remove(&0);
        labels
    }

    /// How many voxels each label loses (below 0) or gains.
    pub fn balance(&self) -> std::collections::BTreeMap<u16, i64> {
        let mut balance = std::collections::BTreeMap::new();
        for run in self.blocks.iter().flat_map(|delta| &delta.runs) {
            let voxels = i64::from(run.length);
            *balance.entry(run.old).or_insert(0) -= voxels;
            *balance.entry(run.new).or_insert(0) += voxels;
        }
        balance
    }

    /// Voxels that change.
    pub fn voxels(&self) -> usize {
        let runs = self.blocks.iter().flat_map(|delta| &delta.runs);
        runs.map(|run| usize::from(run.length)).sum()
    }

    /// Bytes that it takes.
    pub fn byte_size(&self) -> usize {
        let block = |delta: &BlockDelta| size_of::<BlockDelta>() + delta.runs.len() * size_of::<Run>();
        self.blocks.iter().map(block).sum()
    }
}

fn runs_between(before: &LabelMap, after: &LabelMap, block: usize) -> Vec<Run> {
    let (was, is) = (before.block(block), after.block(block));
    let sides = after.voxels_of(block).map(|side| side.len());
    let side = super::label_map::BLOCK_SIDE;
    let mut runs: Vec<Run> = Vec::new();
    for at in 0..BLOCK_VOXELS {
        // What lies beyond the map's edge is nobody's.
        if at % side >= sides[0] || at / side % side >= sides[1] || at / (side * side) >= sides[2] {
            continue;
        }
        let (old, new) = (was.get(at), is.get(at));
        if old == new {
            continue;
        }
        match runs.last_mut() {
            Some(run) if usize::from(run.start) + usize::from(run.length) == at && run.old == old && run.new == new => {
                run.length += 1;
            }
            _ => runs.push(Run {
                start: at as u16,
                length: 1,
                old,
                new,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMS: [usize; 3] = [40, 35, 33];

    fn map(seed: u32) -> LabelMap {
        let mut state = seed;
        let labels: Vec<u16> = (0..DIMS.iter().product::<usize>())
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if state >> 30 == 0 { (state >> 20 & 3) as u16 } else { 0 }
            })
            .collect();
        LabelMap::from_dense(DIMS, &labels)
    }

    #[test]
    fn it_leads_there_and_back() {
        let (before, after) = (map(1), map(2));
        let delta = LabelDelta::between(&before, &after).unwrap();
        let mut walked = before.clone();
        delta.apply(&mut walked).unwrap();
        assert!(walked.is_same(&after));
        assert_eq!(delta.apply(&mut walked), Err(WrongDelta));
        delta.inverse().apply(&mut walked).unwrap();
        assert!(walked.is_same(&before));
        assert_eq!(LabelDelta::between(&before, &walked), None);
        let (shown, was, is) = (delta.shown().to_dense(), before.to_dense(), after.to_dense());
        for (shown, (was, is)) in shown.into_iter().zip(was.into_iter().zip(is)) {
            let expected = if was == is { 0 } else { is };
            assert_eq!(shown, if was != is && is == 0 { was } else { expected });
        }
        let counts = |map: &LabelMap, label| map.to_dense().iter().filter(|n| **n == label).count() as i64;
        for (label, change) in delta.balance() {
            assert_eq!(change, counts(&after, label) - counts(&before, label), "{label}");
        }
    }

    #[test]
    fn a_whole_block_is_one_run() {
        let before = LabelMap::empty([32, 32, 64]);
        let after = LabelMap::from_dense([32, 32, 64], &vec![5; BLOCK_VOXELS]);
        let delta = LabelDelta::between(&before, &after).unwrap();
        assert_eq!(delta.voxels(), BLOCK_VOXELS);
        assert_eq!(delta.blocks.len(), 1);
        assert_eq!(delta.blocks[0].runs.len(), 1);
    }
}
