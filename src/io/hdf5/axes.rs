//! Which axes of an array are space, and which repeat it.

use crate::say;

/// The most volumes that one array makes.
const MOST_REPEATS: u64 = 64;
/// An axis at the end that is at most so long holds channels, as pictures with red, green and blue do.
const MOST_LAST: u64 = 4;

/// The axes of an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axes {
    /// The axes of space in the order of the file, the slowest first: two or three.
    pub(super) space: Vec<usize>,
    /// What each of them is: 0, 1 and 2 for x, y and z.
    pub(super) directions: Vec<usize>,
    /// The others, in the order of the file.
    pub(super) repeats: Vec<usize>,
    /// The file says so.
    pub(super) is_named: bool,
}

/// Reads the axes from their letters, if there is one for each, else from the shape: C order, so that the last axis is x, as
/// h5py and those who use it have it. The error is the reason for the user.
pub(super) fn axes(shape: &[u64], letters: Option<&[char]>) -> Result<Axes, String> {
    if shape.len() < 2 {
        return Err(say!("io-hdf5-rank", rank = shape.len()));
    }
    if shape.contains(&0) {
        return Err(say!("io-hdf5-empty"));
    }
    let named = letters
        .filter(|letters| letters.len() == shape.len())
        .and_then(by_letters);
    let axes = match named {
        Some(axes) => axes,
        None => by_shape(shape)?,
    };
    let count = axes
        .repeats
        .iter()
        .try_fold(1_u64, |count, axis| count.checked_mul(*shape.get(*axis)?));
    match count {
        Some(count) if count <= MOST_REPEATS => Ok(axes),
        _ => Err(say!("io-hdf5-repeats", shape = shown(shape), most = MOST_REPEATS)),
    }
}

fn by_letters(letters: &[char]) -> Option<Axes> {
    let direction = |letter: char| ['x', 'y', 'z'].iter().position(|known| *known == letter);
    let (space, repeats): (Vec<usize>, Vec<usize>) =
        (0..letters.len()).partition(|at| letters.get(*at).is_some_and(|letter| direction(*letter).is_some()));
    let directions: Vec<usize> = space.iter().filter_map(|at| direction(*letters.get(*at)?)).collect();
    let has = |wanted: usize| directions.iter().filter(|direction| **direction == wanted).count();
    let is_space = has(0) == 1 && has(1) == 1 && has(2) <= 1;
    is_space.then_some(Axes {
        space,
        directions,
        repeats,
        is_named: true,
    })
}

fn by_shape(shape: &[u64]) -> Result<Axes, String> {
    let rank = shape.len();
    let (first, last) = (shape.first().copied().unwrap_or(0), shape.last().copied().unwrap_or(0));
    let repeats: Vec<usize> = match rank {
        2 | 3 => Vec::new(),
        4 if last <= MOST_LAST && last < first => vec![3],
        4 => vec![0],
        5 if last <= MOST_LAST && last < shape.get(1).copied().unwrap_or(0) => vec![0, 4],
        5 => vec![0, 1],
        _ => return Err(say!("io-hdf5-rank", rank = rank)),
    };
    let space: Vec<usize> = (0..rank).filter(|axis| !repeats.contains(axis)).collect();
    Ok(Axes {
        directions: (0..space.len()).rev().collect(),
        space,
        repeats,
        is_named: false,
    })
}

/// A shape as people write it.
pub(super) fn shown(shape: &[u64]) -> String {
    shape.iter().map(u64::to_string).collect::<Vec<_>>().join(" × ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(shape: &[u64], letters: &str) -> Option<(Vec<usize>, Vec<usize>, Vec<usize>)> {
        let letters: Vec<char> = letters.chars().collect();
        let letters = (!letters.is_empty()).then_some(letters.as_slice());
        axes(shape, letters)
            .ok()
            .map(|axes| (axes.space, axes.directions, axes.repeats))
    }

    #[test]
    fn the_last_axis_is_x_unless_the_file_says_otherwise() {
        assert_eq!(found(&[4, 5, 6], ""), Some((vec![0, 1, 2], vec![2, 1, 0], vec![])));
        assert_eq!(found(&[5, 6], ""), Some((vec![0, 1], vec![1, 0], vec![])));
        assert_eq!(found(&[4, 5, 6], "xyz"), Some((vec![0, 1, 2], vec![0, 1, 2], vec![])));
        // Letters that do not fit are not used.
        assert_eq!(found(&[4, 5, 6], "zyxc"), found(&[4, 5, 6], ""));
        assert_eq!(found(&[4, 5, 6], "zzx"), found(&[4, 5, 6], ""));
    }

    #[test]
    fn short_axes_repeat_the_volume() {
        assert_eq!(found(&[2, 30, 40, 50], "").map(|axes| axes.2), Some(vec![0]));
        assert_eq!(found(&[30, 40, 50, 2], "").map(|axes| axes.2), Some(vec![3]));
        assert_eq!(found(&[1, 2, 30, 40, 50], "").map(|axes| axes.2), Some(vec![0, 1]));
        assert_eq!(found(&[30, 2, 40, 50], "zcyx").map(|axes| axes.2), Some(vec![1]));
        // Three slices of three channels: the first axis, as in PyTorch.
        assert_eq!(found(&[3, 30, 40, 3], "").map(|axes| axes.2), Some(vec![0]));
        assert_eq!(found(&[65, 30, 40, 50], ""), None);
        assert_eq!(found(&[u64::MAX, u64::MAX, 4, 4, 4], ""), None);
        for bad in [&[][..], &[7], &[4, 0, 4], &[1; 6]] {
            assert_eq!(found(bad, ""), None, "{bad:?}");
        }
    }
}
