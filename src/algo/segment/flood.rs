//! What is connected with a voxel by values in a range: over faces, in the volume or in a plane of it.

/// The voxels that are reached from one in which `may` holds, from face to face; `None` if `may` does not hold there.
/// With `axis` only in the plane across it. The answer has i fastest.
pub fn flooded(
    dims: [usize; 3],
    from: [usize; 3],
    axis: Option<usize>,
    may: &dyn Fn([usize; 3]) -> bool,
) -> Option<Vec<bool>> {
    if (0..3).any(|n| from[n] >= dims[n]) || !may(from) {
        return None;
    }
    let place = |[i, j, k]: [usize; 3]| (k * dims[1] + j) * dims[0] + i;
    let mut is_in = vec![false; dims.iter().product()];
    // Ends of runs along i: few of them wait at any time.
    let mut waiting = vec![from];
    while let Some(index) = waiting.pop() {
        if is_in.get(place(index)).copied().unwrap_or(true) {
            continue;
        }
        let [i, j, k] = index;
        let goes = axis != Some(0);
        let is_free = |i: usize| !is_in.get(place([i, j, k])).copied().unwrap_or(true) && may([i, j, k]);
        let mut first = i;
        while goes && first > 0 && is_free(first - 1) {
            first -= 1;
        }
        let mut last = i;
        while goes && last + 1 < dims[0] && is_free(last + 1) {
            last += 1;
        }
        for i in first..=last {
            if let Some(at) = is_in.get_mut(place([i, j, k])) {
                *at = true;
            }
        }
        for n in [1, 2] {
            for is_up in [false, true] {
                let mut beside = [first, j, k];
                if Some(n) == axis || (is_up && beside[n] + 1 >= dims[n]) || (!is_up && beside[n] == 0) {
                    continue;
                }
                beside[n] = if is_up { beside[n] + 1 } else { beside[n] - 1 };
                let mut was_free = false;
                for i in first..=last {
                    beside[0] = i;
                    let is_free = !is_in.get(place(beside)).copied().unwrap_or(true) && may(beside);
                    if is_free && !was_free {
                        waiting.push(beside);
                    }
                    was_free = is_free;
                }
            }
        }
    }
    Some(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_equals_a_plain_search() {
        let dims = [17, 13, 9];
        let may = |[i, j, k]: [usize; 3]| (i * 7919 + j * 104_729 + k * 1_299_709) % 97 % 5 < 3;
        let from = (0..dims[0]).map(|i| [i, 6, 4]).find(|index| may(*index)).unwrap();
        for axis in [None, Some(0), Some(1), Some(2)] {
            let got = flooded(dims, from, axis, &may).unwrap();
            let mut expected = vec![false; got.len()];
            let mut waiting = vec![from];
            while let Some(index) = waiting.pop() {
                let at = (index[2] * dims[1] + index[1]) * dims[0] + index[0];
                if expected[at] || !may(index) {
                    continue;
                }
                expected[at] = true;
                for n in (0..3).filter(|n| Some(*n) != axis) {
                    for step in [-1_isize, 1] {
                        let mut beside = index;
                        beside[n] = beside[n].wrapping_add_signed(step);
                        if beside[n] < dims[n] {
                            waiting.push(beside);
                        }
                    }
                }
            }
            assert!(expected.iter().filter(|is_in| **is_in).count() > 3);
            assert!(got == expected, "{axis:?}");
        }
        assert_eq!(flooded(dims, [99, 0, 0], None, &may), None);
    }
}
