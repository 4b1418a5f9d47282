//! How much of a volume fits on the device: bytes are counted before anything is allocated.

use std::ops::Range;

use crate::model::voxels::Voxels;
use crate::say;

use super::format::VoxelFormat;

/// What the device may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Longest side of a 3D texture, texels.
    pub max_side: u32,
    /// Bytes of the texture of one volume.
    pub max_volume_bytes: u64,
    /// Bytes of all volumes together; beyond, the longest unused ones go.
    pub max_total_bytes: u64,
}

impl Budget {
    /// The budget of a device. No interface tells how much memory it has, so this is what any recent one bears; where
    /// it does not, allocation fails and the volume is shown at a coarser level.
    pub fn of(limits: &wgpu::Limits, is_software: bool) -> Self {
        const GIB: u64 = 1 << 30;
        let (volume, total) = if is_software {
            (GIB + GIB / 2, 2 * GIB)
        } else {
            (3 * GIB, 4 * GIB)
        };
        Self {
            max_side: limits.max_texture_dimension_3d,
            max_volume_bytes: volume,
            max_total_bytes: total,
        }
    }
}

/// How coarsely a volume is resident: voxels of each axis that one texel stands for. 1, 1, 1 is all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// Voxels per texel along i, j, k.
    pub factors: [usize; 3],
}

impl Level {
    /// Every voxel.
    pub const FULL: Self = Self { factors: [1, 1, 1] };

    /// Whether it is every voxel.
    pub fn is_full(self) -> bool {
        self == Self::FULL
    }

    /// Texels along i, j, k.
    pub fn texels(self, dims: [usize; 3]) -> [usize; 3] {
        std::array::from_fn(|axis| dims[axis].div_ceil(self.factors[axis]))
    }

    /// The voxels along an axis for which a texel stands.
    pub(super) fn span(self, dims: [usize; 3], axis: usize, texel: usize) -> Range<usize> {
        let factor = self.factors[axis];
        texel * factor..((texel + 1) * factor).min(dims[axis])
    }

    /// Bytes of the texture.
    pub fn bytes(self, dims: [usize; 3], format: VoxelFormat) -> u64 {
        self.texels(dims)
            .iter()
            .fold(format.texel_bytes() as u64, |bytes, side| {
                bytes.saturating_mul(*side as u64)
            })
    }

    /// The level of one frame that leaves most of the budget to bricks of all its voxels.
    pub(super) fn beside_bricks(voxels: &Voxels, format: VoxelFormat, budget: &Budget) -> Self {
        let part = Budget {
            max_volume_bytes: budget.max_volume_bytes / 4,
            ..*budget
        };
        Self::fitting(voxels, format, &part)
    }

    /// The finest level of one frame that the budget bears.
    pub fn fitting(voxels: &Voxels, format: VoxelFormat, budget: &Budget) -> Self {
        let dims = voxels.dims();
        let mut level = Self {
            factors: dims.map(|side| side.div_ceil(budget.max_side.max(1) as usize).max(1)),
        };
        while level.bytes(dims, format) > budget.max_volume_bytes && level.texels(dims) != [1, 1, 1] {
            level = level.coarser(dims);
        }
        level
    }

    /// The sentence that tells the user, where it is not every voxel.
    pub fn notice(self, dims: [usize; 3]) -> Option<String> {
        (!self.is_full()).then(|| say!("gpu-coarse", factors = self.shares(), dims = sides(dims)))
    }

    /// The same where only parts of a picture are so coarse.
    pub(super) fn notice_of_parts(self, dims: [usize; 3]) -> Option<String> {
        (!self.is_full()).then(|| say!("gpu-partly-coarse", factors = self.shares(), dims = sides(dims)))
    }

    /// How much of the resolution along i, j, k there is.
    fn shares(self) -> String {
        let share = |factor| {
            if factor == 1 {
                "1".to_owned()
            } else {
                format!("1/{factor}")
            }
        };
        self.factors.map(share).join(" × ")
    }

    /// The next coarser level: the axis with the most texels gives way.
    pub fn coarser(mut self, dims: [usize; 3]) -> Self {
        let texels = self.texels(dims);
        let longest = (0..3).max_by_key(|axis| texels[*axis]).unwrap_or(0);
        self.factors[longest] += 1;
        self
    }
}

fn sides(dims: [usize; 3]) -> String {
    dims.map(|side| side.to_string()).join(" × ")
}
