//! What can be undone: steps that know both ways, newest last, each with a name. [`super::update`] walks through them;
//! whatever changes the user's work adds a variant to [`Edit`].

use std::collections::VecDeque;
use std::sync::Arc;

use super::look::Look;
use super::transfer::Transfer;
use crate::model::label_delta::LabelDelta;
use crate::model::measurement::Measurement;
use crate::model::segment::{Segment, SegmentTable};
use crate::model::series_key::SeriesKey;
use crate::model::volume::VolumeId;
use crate::model::voxel_mask::VoxelMask;

/// Steps kept: more than anybody takes in a day. What bounds them is their size.
const MAX_STEPS: usize = 100_000;
/// Masks and labels in these steps take no more than this, but for the newest; the oldest steps go first.
pub const MAX_BYTES: usize = 512 << 20;

/// A change of the user's work that can be taken back.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are a few hundred at most")]
pub enum Edit {
    /// Of one measurement.
    Measurement(MeasurementEdit),
    /// Of how a volume's values become colour and opacity.
    Transfer(TransferEdit),
    /// Of which voxels of a volume are seen.
    Mask(MaskEdit),
    /// Of a label map and its segments.
    Labels(LabelEdit),
    /// Of how volumes are rendered.
    Look(Box<LookEdit>),
}

/// Another look of the volume view.
#[derive(Clone, Debug, PartialEq)]
pub struct LookEdit {
    /// As it was.
    pub before: Look,
    /// As it is.
    pub after: Look,
    /// Another mask that belongs to it.
    pub mask: Option<MaskEdit>,
}

/// Other labels, or other segments, of a label map.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelEdit {
    /// Of which one.
    pub volume: VolumeId,
    /// Of which of its layers.
    pub layer: usize,
    /// What changes of the labels.
    pub delta: Option<Arc<LabelDelta>>,
    /// The segments as they were, and as they are; `None` where they stay.
    pub tables: Option<(SegmentTable, SegmentTable)>,
}

/// Another mask of a volume.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskEdit {
    /// Of which volume.
    pub volume: VolumeId,
    /// As it was; `None`: all voxels.
    pub before: Option<Arc<VoxelMask>>,
    /// As it is.
    pub after: Option<Arc<VoxelMask>>,
}

impl MaskEdit {
    fn inverse(&self) -> Self {
        Self {
            volume: self.volume,
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}

impl Edit {
    /// The volume whose own it is; measurements are of a series, which may come back.
    fn volume(&self) -> Option<VolumeId> {
        match self {
            Self::Measurement(_) | Self::Look(_) => None,
            Self::Transfer(edit) => Some(edit.volume),
            Self::Mask(edit) => Some(edit.volume),
            Self::Labels(edit) => Some(edit.volume),
        }
    }

    /// Bytes of what it keeps of voxels; a mask as it was before is kept by the step before.
    fn byte_size(&self) -> usize {
        match self {
            Self::Mask(edit) => edit.after.as_ref().map_or(0, |mask| mask.words().len() * 8),
            Self::Labels(edit) => {
                let tables = edit.tables.iter().flat_map(|(before, after)| [before, after]);
                let labels = edit.delta.as_ref().map_or(0, |delta| delta.byte_size());
                labels + tables.map(table_bytes).sum::<usize>()
            }
            _ => 0,
        }
    }
}

fn table_bytes(table: &SegmentTable) -> usize {
    let segments = table.segments.iter();
    segments.map(|segment| size_of::<Segment>() + segment.name.len()).sum()
}

/// Another transfer function of a volume.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferEdit {
    /// Of which volume.
    pub volume: VolumeId,
    /// As it was.
    pub before: Transfer,
    /// As it is.
    pub after: Transfer,
}

/// A change of one measurement. At least one of `before` and `after` is there.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasurementEdit {
    /// Of which series.
    pub key: SeriesKey,
    /// Its place in the list.
    pub index: usize,
    /// As it was; `None` if it is new.
    pub before: Option<Measurement>,
    /// As it is; `None` if it was deleted.
    pub after: Option<Measurement>,
}

impl Edit {
    /// The change that takes this one back.
    pub fn inverse(&self) -> Self {
        match self {
            Self::Measurement(edit) => Self::Measurement(MeasurementEdit {
                key: edit.key.clone(),
                index: edit.index,
                before: edit.after.clone(),
                after: edit.before.clone(),
            }),
            Self::Mask(edit) => Self::Mask(edit.inverse()),
            Self::Look(edit) => Self::Look(Box::new(LookEdit {
                before: edit.after.clone(),
                after: edit.before.clone(),
                mask: edit.mask.as_ref().map(MaskEdit::inverse),
            })),
            Self::Labels(edit) => Self::Labels(LabelEdit {
                volume: edit.volume,
                layer: edit.layer,
                delta: edit.delta.as_ref().map(|delta| Arc::new(delta.inverse())),
                tables: edit.tables.clone().map(|(before, after)| (after, before)),
            }),
            Self::Transfer(edit) => Self::Transfer(TransferEdit {
                volume: edit.volume,
                before: edit.after.clone(),
                after: edit.before.clone(),
            }),
        }
    }
}

/// A change and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done, as it is written behind "Undo".
    pub name: String,
    /// The change.
    pub edit: Edit,
}

/// Steps that were done, and steps that were undone.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    /// Bytes that masks, labels and their tables take in all of them.
    bytes: usize,
}

impl History {
    /// What would be undone next.
    pub fn undo_name(&self) -> Option<&str> {
        self.done.back().map(|step| step.name.as_str())
    }

    /// What would be done again next.
    pub fn redo_name(&self) -> Option<&str> {
        self.undone.last().map(|step| step.name.as_str())
    }

    /// How many steps were done and not undone.
    pub fn done_count(&self) -> usize {
        self.done.len()
    }

    /// How many steps there are, those that were undone included.
    pub fn len(&self) -> usize {
        self.done.len() + self.undone.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a step is called: the oldest is 0, and those that were undone stand at the end.
    pub fn name(&self, n: usize) -> Option<&str> {
        let undone = || self.undone.iter().rev().nth(n - self.done.len());
        let step = self.done.get(n).or_else(undone)?;
        Some(&step.name)
    }

    /// Bytes that masks, labels and their tables take in all steps.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    fn count_bytes(&mut self) {
        let steps = self.done.iter().chain(&self.undone);
        self.bytes = steps.map(|step| step.edit.byte_size()).sum();
    }

    /// Something was done. What was undone before can no longer be done again.
    pub(super) fn did(&mut self, step: Step) {
        for step in self.undone.drain(..) {
            self.bytes -= step.edit.byte_size();
        }
        self.bytes += step.edit.byte_size();
        self.done.push_back(step);
        while (self.bytes > MAX_BYTES || self.done.len() > MAX_STEPS)
            && self.done.len() > 1
            && let Some(oldest) = self.done.pop_front()
        {
            self.bytes -= oldest.edit.byte_size();
        }
    }

    /// Goes one step back; the answer is the change to be made.
    pub(super) fn undo(&mut self) -> Option<Edit> {
        let step = self.done.pop_back()?;
        let edit = step.edit.inverse();
        self.undone.push(step);
        Some(edit)
    }

    /// Goes one step on again; the answer is the change to be made.
    pub(super) fn redo(&mut self) -> Option<Edit> {
        let step = self.undone.pop()?;
        let edit = step.edit.clone();
        self.done.push_back(step);
        Some(edit)
    }

    /// Forgets the steps of a volume that is closed.
    pub(super) fn forget(&mut self, volume: VolumeId) {
        let stays = |step: &Step| step.edit.volume() != Some(volume);
        self.done.retain(stays);
        self.undone.retain(stays);
        // How the volume view looked is not about one volume, but a mask that changed with it is.
        for step in self.done.iter_mut().chain(&mut self.undone) {
            if let Edit::Look(edit) = &mut step.edit {
                edit.mask.take_if(|mask| mask.volume == volume);
            }
        }
        self.count_bytes();
    }

    /// Another volume has taken the place of one: the steps of its voxels are about nothing any more, the others go on.
    pub(super) fn replaced(&mut self, volume: VolumeId, by: VolumeId) {
        for step in self.done.iter_mut().chain(&mut self.undone) {
            if let Edit::Transfer(edit) = &mut step.edit
                && edit.volume == volume
            {
                edit.volume = by;
            }
        }
        self.forget(volume);
    }

    /// Forgets everything: what it was about is closed.
    pub(super) fn clear(&mut self) {
        self.done.clear();
        self.undone.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(n: usize) -> Step {
        Step {
            name: n.to_string(),
            edit: Edit::Measurement(MeasurementEdit {
                key: SeriesKey::default(),
                index: n,
                before: None,
                after: None,
            }),
        }
    }

    #[test]
    fn it_goes_back_and_forth_and_forgets_the_oldest() {
        let mut history = History::default();
        for n in 0..MAX_STEPS + 3 {
            history.did(step(n));
        }
        assert_eq!(history.done.len(), MAX_STEPS);
        assert_eq!(history.undo_name(), Some((MAX_STEPS + 2).to_string().as_str()));
        assert!(history.undo().is_some() && history.undo().is_some());
        assert_eq!(history.redo_name(), Some((MAX_STEPS + 1).to_string().as_str()));
        assert_eq!(history.redo(), Some(step(MAX_STEPS + 1).edit));
        assert_eq!((history.len(), history.done_count()), (MAX_STEPS, MAX_STEPS - 1));
        assert_eq!(history.name(0), Some("3"));
        assert_eq!(history.name(MAX_STEPS - 1), Some((MAX_STEPS + 2).to_string().as_str()));
        assert_eq!(history.name(MAX_STEPS), None);
        assert_eq!(history.bytes(), 0);
        history.did(step(7));
        assert_eq!(history.redo(), None);
        for _ in 0..MAX_STEPS {
            history.undo();
        }
        assert_eq!(history.undo(), None);
    }
}
