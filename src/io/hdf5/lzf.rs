//! LZF, the packing that h5py offers beside gzip (filter 32000; M. Lehmann's LibLZF): runs of bytes as they are, and copies of
//! what came before.

use hdf5_reader::error::Error;

/// The number under which HDF5 knows it.
pub(super) const FILTER: u16 = 32000;

/// Unpacks a chunk into at most `most` bytes.
pub(super) fn unpacked(packed: &[u8], most: usize) -> Result<Vec<u8>, Error> {
    let odd = || Error::DecompressionError("LZF: the packed bytes are no LZF".to_owned());
    let mut out: Vec<u8> = Vec::new();
    let mut rest = packed.iter().copied();
    while let Some(control) = rest.next() {
        let control = usize::from(control);
        let mut next = || rest.next().map(usize::from).ok_or_else(odd);
        if control < 32 {
            // So many bytes and one more as they are.
            for _ in 0..=control {
                out.push(next()? as u8);
            }
        } else {
            // Three bits of length, of which 7 goes on in the next byte, and thirteen of how far back.
            let mut length = control >> 5;
            if length == 7 {
                length += next()?;
            }
            let back = (control & 31) << 8 | next()?;
            let first = out.len().checked_sub(back + 1).ok_or_else(odd)?;
            for from in first..first + length + 2 {
                // It may reach into what it makes.
                let byte = out.get(from).copied().ok_or_else(odd)?;
                out.push(byte);
            }
        }
        if out.len() > most {
            return Err(odd());
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_copies_are_unpacked() {
        // Three bytes; then one byte back, 2 + 2 times; then 3 bytes back, 7 + 1 + 2 times.
        let packed = [2, b'a', b'b', b'c', 2 << 5, 0, 7 << 5, 1, 2];
        assert_eq!(unpacked(&packed, 99).unwrap(), b"abcccccccccccccccc"[..17].to_vec());
        assert_eq!(unpacked(&[], 0).unwrap(), b"");
        for bad in [
            &[0][..],
            &[31, 1],
            &[2 << 5, 0],
            &[0, b'a', 2 << 5, 1],
            &[7 << 5],
            &[0, b'a', 7 << 5, 9],
        ] {
            assert!(unpacked(bad, 99).is_err(), "{bad:?}");
        }
        assert!(unpacked(&packed, 16).is_err());
    }
}
