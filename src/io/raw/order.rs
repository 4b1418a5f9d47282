//! In which order a file holds its voxels: which axes are space, which colour, which repeats of the grid, and how a run of
//! slices is picked apart into the frames that memory keeps one after another.

use super::MAX_FRAMES;
use crate::model::voxels::Samples;

/// What an axis of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum Role {
    /// One of at most three, in the order i, j, k.
    Space,
    /// Red, green, blue (and opacity, which is left out).
    Color,
    /// Time points, layers, parts of vectors, ….
    Frames,
}

/// An axis of a file.
#[derive(Clone, Copy, Debug)]
pub(in crate::io) struct Axis {
    pub(in crate::io) size: usize,
    pub(in crate::io) role: Role,
}

/// Why axes make no volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum OrderError {
    /// More voxels than can be counted, or none.
    Size,
    /// More repeats of the grid than are read.
    Frames(usize),
    /// No axis of space, or more than three.
    Space,
}

/// How voxels lie in the file. A block is a run of slices of all frames that are woven into each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::io) struct Order {
    pub(in crate::io) dims: [usize; 3],
    /// All frames.
    pub(in crate::io) frames: usize,
    /// Elements of the file in one slice of a block.
    pub(in crate::io) slice_elements: usize,
    /// Elements from one voxel to the next along i and j.
    steps: [usize; 2],
    /// Where each frame of a block begins, in elements.
    inner: Vec<usize>,
    /// Where each sample of a voxel lies, in elements.
    components: Vec<usize>,
}

impl Order {
    /// Frames one after another, and nothing between the elements of a slice: NIfTI.
    pub(in crate::io) fn plain(dims: [usize; 3], frames: usize) -> Self {
        Self {
            dims,
            frames,
            slice_elements: dims[0] * dims[1],
            steps: [1, dims[0]],
            inner: vec![0],
            components: vec![0],
        }
    }

    /// The order of axes, the fastest first. Bytes of all elements can be counted, up to 16 for each.
    pub(in crate::io) fn of(axes: &[Axis]) -> Result<Self, OrderError> {
        let mut strides = vec![1_usize];
        for axis in axes {
            let total = strides.last().and_then(|total| total.checked_mul(axis.size));
            strides.push(
                total
                    .filter(|total| (1..=usize::MAX / 32).contains(total))
                    .ok_or(OrderError::Size)?,
            );
        }
        let place =
            |wanted: Role| (0..axes.len()).filter(move |at| axes.get(*at).is_some_and(|axis| axis.role == wanted));
        let space: Vec<usize> = place(Role::Space).collect();
        let size = |at: usize| axes.get(at).map_or(1, |axis| axis.size);
        let stride = |at: usize| strides.get(at).copied().unwrap_or(1);
        let last = match space.len() {
            1..=3 => space.last().copied().unwrap_or(0),
            _ => return Err(OrderError::Space),
        };
        // Without an axis k, one slice reaches as far as the last axis that there is.
        let k = if space.len() == 3 { last } else { last + 1 };
        let mut dims = [1; 3];
        let mut steps = [1; 2];
        for (n, at) in space.iter().enumerate() {
            dims[n] = size(*at);
            if let Some(step) = steps.get_mut(n) {
                *step = stride(*at);
            }
        }
        let color = place(Role::Color).find(|at| *at < k && (3..=4).contains(&size(*at)));
        let components = color.map_or_else(|| vec![0], |at| (0..3).map(|part| part * stride(at)).collect());
        let mut inner = vec![0];
        let mut outer = 1_usize;
        for at in (0..axes.len()).filter(|at| !space.contains(at) && color != Some(*at)) {
            let frames = inner.len().saturating_mul(outer).saturating_mul(size(at));
            if frames > MAX_FRAMES {
                return Err(OrderError::Frames(frames));
            }
            if at < k {
                inner = (0..size(at))
                    .flat_map(|n| inner.iter().map(move |offset| offset + n * stride(at)))
                    .collect();
            } else {
                outer *= size(at);
            }
        }
        Ok(Self {
            dims,
            frames: inner.len() * outer,
            slice_elements: stride(k),
            steps,
            inner,
            components,
        })
    }

    /// Frames that are woven into each other.
    pub(in crate::io) fn inner(&self) -> usize {
        self.inner.len()
    }

    /// Samples of one voxel.
    pub(in crate::io) fn components(&self) -> usize {
        self.components.len()
    }

    /// Elements of the whole file.
    pub(in crate::io) fn elements(&self) -> u64 {
        let outer = self.frames / self.inner.len().max(1);
        self.slice_elements as u64 * self.dims[2] as u64 * outer as u64
    }

    /// Whether a block is a slab as it stands.
    pub(super) fn is_plain(&self) -> bool {
        let together = self.components.iter().enumerate().all(|(n, offset)| n == *offset);
        let parts = self.components.len();
        together
            && self.inner.len() == 1
            && self.slice_elements == parts * self.dims[0] * self.dims[1]
            && self.steps[0] == parts
            && (self.steps[1] == parts * self.dims[0] || self.dims[1] == 1)
    }

    /// One frame of a block of `slices` slices.
    pub(super) fn frame_of(&self, block: &Samples, slices: usize, inner: usize) -> Samples {
        macro_rules! pick {
            ($($variant:ident)*) => {
                match block {
                    $(Samples::$variant(all) => Samples::$variant(self.pick(all, slices, inner)),)*
                }
            };
        }
        pick!(U8 I8 U16 I16 U32 I32 F32 F64)
    }

    fn pick<T: Copy + Default>(&self, all: &[T], slices: usize, inner: usize) -> Vec<T> {
        let first = self.inner.get(inner).copied().unwrap_or(0);
        let mut picked = Vec::with_capacity(slices * self.dims[0] * self.dims[1] * self.components.len());
        for slice in 0..slices {
            for j in 0..self.dims[1] {
                let row = slice * self.slice_elements + first + j * self.steps[1];
                for i in 0..self.dims[0] {
                    let voxel = row + i * self.steps[0];
                    let parts = self
                        .components
                        .iter()
                        .map(|part| all.get(voxel + part).copied().unwrap_or_default());
                    picked.extend(parts);
                }
            }
        }
        picked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(all: &[(usize, Role)]) -> Vec<Axis> {
        all.iter()
            .map(|(size, role)| Axis {
                size: *size,
                role: *role,
            })
            .collect()
    }

    #[test]
    fn any_order_of_axes_gives_the_same_frames() {
        use Role::{Frames, Space};
        let dims = [2, 3, 4];
        // Which axis is where; the frames are two axes of sizes 2 and 3.
        for places in [
            [0, 1, 2, 3, 4],
            [3, 0, 1, 2, 4],
            [3, 4, 0, 1, 2],
            [0, 3, 1, 4, 2],
            [0, 3, 1, 2, 4],
        ] {
            let sizes = [2, 3, 4, 2, 3];
            let all: Vec<(usize, Role)> = places
                .iter()
                .map(|axis| (sizes[*axis], if *axis < 3 { Space } else { Frames }))
                .collect();
            let order = Order::of(&axes(&all)).unwrap();
            assert_eq!((order.dims, order.frames), (dims, 6));
            // A file in which every number tells where it belongs.
            let mut file = Vec::new();
            for n in 0..144_usize {
                let mut index = [0; 5];
                let mut rest = n;
                for axis in places {
                    index[axis] = rest % sizes[axis];
                    rest /= sizes[axis];
                }
                let [i, j, k, a, b] = index;
                file.push(((a + 2 * b) * 24 + k * 6 + j * 2 + i) as i16);
            }
            let block_elements = order.slice_elements * dims[2];
            let mut seen = Vec::new();
            for block in file.chunks(block_elements) {
                for inner in 0..order.inner() {
                    let Samples::I16(frame) = order.frame_of(&Samples::I16(block.to_vec()), dims[2], inner) else {
                        panic!("another type");
                    };
                    seen.extend(frame);
                }
            }
            assert_eq!(seen, (0..144).collect::<Vec<i16>>(), "{places:?}");
            assert_eq!(order.is_plain(), places == [0, 1, 2, 3, 4]);
        }
    }

    #[test]
    fn colours_and_flat_files() {
        use Role::{Color, Frames, Space};
        let order = Order::of(&axes(&[(4, Color), (2, Space), (1, Space)])).unwrap();
        assert_eq!((order.components(), order.dims, order.frames), (3, [2, 1, 1], 1));
        let block = Samples::U8(vec![1, 2, 3, 9, 4, 5, 6, 9]);
        assert_eq!(order.frame_of(&block, 1, 0), Samples::U8(vec![1, 2, 3, 4, 5, 6]));
        assert!(
            Order::of(&axes(&[(3, Color), (2, Space), (1, Space)]))
                .unwrap()
                .is_plain()
        );
        // Planes of colour are frames.
        let planes = Order::of(&axes(&[(2, Space), (2, Space), (2, Space), (3, Color)])).unwrap();
        assert_eq!((planes.components(), planes.frames), (1, 3));
        assert_eq!(Order::of(&axes(&[(5, Space)])).unwrap().dims, [5, 1, 1]);
        assert_eq!(Order::of(&axes(&[(3, Frames)])), Err(OrderError::Space));
        assert_eq!(
            Order::of(&axes(&[(usize::MAX / 2, Space), (3, Space)])),
            Err(OrderError::Size)
        );
        assert_eq!(Order::of(&axes(&[(0, Space)])), Err(OrderError::Size));
        assert!(matches!(
            Order::of(&axes(&[(2, Space), (1 << 20, Frames)])),
            Err(OrderError::Frames(_))
        ));
    }
}
