//! A label map as plain numbers: what is counted, compared and measured.

/// The labels of a grid, one a voxel, i fastest. Label 0 is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelGrid {
    dims: [usize; 3],
    labels: Vec<u16>,
}

impl LabelGrid {
    /// From labels in memory order (i fastest, then j, then k). `None` if there are not as many as voxels, or none.
    pub fn new(dims: [usize; 3], labels: Vec<u16>) -> Option<Self> {
        let count = dims.iter().try_fold(1usize, |a, n| a.checked_mul(*n))?;
        (count > 0 && count == labels.len()).then_some(Self { dims, labels })
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// All labels in memory order.
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// The labels of slice `k`, rows one after another.
    pub fn slice(&self, k: usize) -> &[u16] {
        let size = self.dims[0] * self.dims[1];
        self.labels.get(k * size..(k + 1) * size).unwrap_or_default()
    }

    /// The labels of a row.
    pub fn row(&self, j: usize, k: usize) -> &[u16] {
        let first = (k * self.dims[1] + j) * self.dims[0];
        self.labels.get(first..first + self.dims[0]).unwrap_or_default()
    }

    /// The label of a voxel; 0 outside.
    pub fn get(&self, [i, j, k]: [usize; 3]) -> u16 {
        if j >= self.dims[1] || k >= self.dims[2] {
            return 0;
        }
        self.row(j, k).get(i).copied().unwrap_or(0)
    }

    /// The same voxels under other labels: `number` says what becomes of each.
    #[must_use]
    pub fn renumbered(mut self, number: impl Fn(u16) -> u16) -> Self {
        // Neighbours are mostly alike.
        let mut last = (0, number(0));
        for label in &mut self.labels {
            if *label != last.0 {
                last = (*label, number(*label));
            }
            *label = last.1;
        }
        self
    }
}

/// A box of voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexBox {
    /// The lowest index along each axis.
    pub low: [usize; 3],
    /// The highest, which is inside.
    pub high: [usize; 3],
}

impl IndexBox {
    /// The smallest box around both.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            low: std::array::from_fn(|axis| self.low[axis].min(other.low[axis])),
            high: std::array::from_fn(|axis| self.high[axis].max(other.high[axis])),
        }
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.high[axis] + 1 - self.low[axis])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_where_they_were_put() {
        assert_eq!(LabelGrid::new([2, 2, 2], vec![0; 7]), None);
        assert_eq!(LabelGrid::new([0, 2, 2], Vec::new()), None);
        let grid = LabelGrid::new([3, 2, 2], (0..12).collect()).unwrap();
        assert_eq!(grid.get([1, 1, 1]), 10);
        assert_eq!(grid.get([3, 0, 0]), 0);
        assert_eq!(grid.get([0, 2, 0]), 0);
        assert_eq!(grid.row(1, 0), [3, 4, 5]);
        assert_eq!(grid.slice(1), [6, 7, 8, 9, 10, 11]);
        assert_eq!(grid.renumbered(|label| label % 2).row(1, 0), [1, 0, 1]);
    }
}
