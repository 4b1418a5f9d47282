//! The RLE transfer syntax (PS3.5 annex G): byte planes, each packed by runs. Bounds-checked, any number of planes.

use crate::say;

/// Planes that a frame may have: 3 colours of 32 bits would be 12; the header has room for 15.
const MAX_PLANES: usize = 15;
const HEADER: usize = 64;

/// Unpacks a frame of `samples` colours of `sample_bytes` bytes and `pixels` pixels. The result is little endian,
/// colours of a pixel together. Runs that end early leave zeros; the flag says whether any did.
pub fn decode(packed: &[u8], pixels: usize, samples: usize, sample_bytes: usize) -> Result<(Vec<u8>, bool), String> {
    let bad = || say!("io-dicom-rle-damaged");
    let header = packed.get(..HEADER).ok_or_else(bad)?;
    let words: Vec<usize> = header
        .as_chunks::<4>()
        .0
        .iter()
        .map(|word| u32::from_le_bytes(*word) as usize)
        .collect();
    let planes = samples * sample_bytes;
    if words.first() != Some(&planes) || planes == 0 || planes > MAX_PLANES {
        return Err(bad());
    }
    let total = pixels.checked_mul(planes).ok_or_else(bad)?;
    // Two bytes stand for 128 at most: a picture of which nearly nothing is there is not allocated.
    if packed.len().saturating_mul(256) < total {
        return Err(bad());
    }
    let mut unpacked = vec![0; total];
    let mut is_short = false;
    for plane in 0..planes {
        let from = words[1 + plane];
        let to = if plane + 1 < planes {
            words[2 + plane]
        } else {
            packed.len()
        };
        let runs = packed
            .get(from..to.min(packed.len()))
            .filter(|_| from >= HEADER)
            .ok_or_else(bad)?;
        // The first plane of a sample is its most significant byte.
        let (sample, byte) = (plane / sample_bytes, sample_bytes - 1 - plane % sample_bytes);
        let first = sample * sample_bytes + byte;
        is_short |= match planes {
            1 => unpack::<1>(runs, &mut unpacked, first),
            2 => unpack::<2>(runs, &mut unpacked, first),
            3 => unpack::<3>(runs, &mut unpacked, first),
            _ => unpack_wide(runs, &mut unpacked, first, planes),
        } < pixels;
    }
    Ok((unpacked, is_short))
}

/// Unpacks the runs of one plane of `P` into every `P`-th byte from `first` on; says how many bytes came.
fn unpack<const P: usize>(runs: &[u8], into: &mut [u8], first: usize) -> usize {
    let (pixels, _) = into.as_chunks_mut::<P>();
    each_run(runs, pixels.len(), |at, run| match run {
        Run::Literal(bytes) => {
            for (pixel, byte) in pixels[at..].iter_mut().zip(bytes) {
                pixel[first] = *byte;
            }
        }
        Run::Repeated(byte, count) => {
            for pixel in &mut pixels[at..at + count] {
                pixel[first] = byte;
            }
        }
    })
}

/// The same for any number of planes.
fn unpack_wide(runs: &[u8], into: &mut [u8], first: usize, planes: usize) -> usize {
    let pixels = into.len() / planes;
    each_run(runs, pixels, |at, run| {
        let places = into.iter_mut().skip(at * planes + first).step_by(planes);
        match run {
            Run::Literal(bytes) => places.zip(bytes).for_each(|(place, byte)| *place = *byte),
            Run::Repeated(byte, count) => places.take(count).for_each(|place| *place = byte),
        }
    })
}

/// Bytes as they are, or one several times.
enum Run<'a> {
    Literal(&'a [u8]),
    Repeated(u8, usize),
}

/// Gives each run with its place; a run beyond the end is cut. Says how many bytes came.
fn each_run(mut runs: &[u8], most: usize, mut put: impl FnMut(usize, Run<'_>)) -> usize {
    let mut at = 0;
    while at < most
        && let [control, rest @ ..] = runs
    {
        match control.cast_signed() {
            length @ 0.. => {
                let (literal, tail) = rest.split_at((length as usize + 1).min(rest.len()));
                runs = tail;
                let count = literal.len().min(most - at);
                put(at, Run::Literal(&literal[..count]));
                at += count;
            }
            -128 => runs = rest,
            length => {
                let [byte, tail @ ..] = rest else { break };
                runs = tail;
                let count = (1 - i32::from(length)).unsigned_abs() as usize;
                let count = count.min(most - at);
                put(at, Run::Repeated(*byte, count));
                at += count;
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(planes: &[&[u8]]) -> Vec<u8> {
        let mut words = vec![planes.len() as u32];
        let mut at = HEADER as u32;
        for plane in planes {
            words.push(at);
            at += plane.len() as u32;
        }
        words.resize(16, 0);
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        planes.iter().for_each(|plane| bytes.extend_from_slice(plane));
        bytes
    }

    #[test]
    fn runs_and_literals_make_samples_of_every_width() {
        // A run of three 7s, then a literal of two bytes.
        let plane: &[u8] = &[0xfe, 7, 1, 8, 9];
        assert_eq!(decode(&packed(&[plane]), 5, 1, 1), Ok((vec![7, 7, 7, 8, 9], false)));
        let high: &[u8] = &[0xfc, 1];
        assert_eq!(
            decode(&packed(&[high, plane]), 5, 1, 2),
            Ok((vec![7, 1, 7, 1, 7, 1, 8, 1, 9, 1], false))
        );
        let four = packed(&[high, plane, high, plane]);
        assert_eq!(decode(&four, 5, 1, 4).unwrap().0[..4], [7, 1, 7, 1]);
        assert_eq!(
            decode(&packed(&[plane, high, plane]), 5, 3, 1).unwrap().0[..6],
            [7, 1, 7, 7, 1, 7]
        );
    }

    #[test]
    fn broken_streams_are_errors_or_short() {
        assert!(decode(&[], 5, 1, 1).is_err());
        assert!(decode(&packed(&[&[0]]), 5, 1, 2).is_err(), "too few planes");
        assert_eq!(decode(&packed(&[&[0xfe, 7]]), 5, 1, 1), Ok((vec![7, 7, 7, 0, 0], true)));
        assert_eq!(
            decode(&packed(&[&[0x81, 7]]), 5, 1, 1),
            Ok((vec![7; 5], false)),
            "a run beyond the end is cut"
        );
        let mut wild = packed(&[&[0xfe, 7]]);
        wild[4] = 255;
        assert!(decode(&wild, 5, 1, 1).is_err(), "a plane that begins beyond the data");
    }
}
