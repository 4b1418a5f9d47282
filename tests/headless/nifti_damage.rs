//! NIfTI files that are cut, damaged or lie: an answer in a sentence, never a panic, never memory out of proportion.

use std::path::Path;

use isocenter::io::nifti::read_header;
use isocenter::io::{Progress, load};

use super::made_nifti::{Made, file, gzip, open, scalar};

#[test]
fn a_cut_file_shows_what_is_there_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Made::i16(&[5, 4, 30], 1..601).bytes();
    for cut in (0..whole.len()).step_by(37) {
        let path = file(folder.path(), "cut.nii", &whole[..cut]);
        match read_header(&path) {
            Ok(None) => assert!(cut < 348),
            Err(reason) => assert!(!reason.is_empty() && cut < 352 + 1200 / 16 + 1, "{cut}: {reason}"),
            Ok(Some(read)) => {
                let opened = read.into_open_volume();
                assert_eq!(opened.volume.warnings.len(), 1);
                load(&opened, &Progress::silent());
                let present = (cut - 352) / 2;
                let value = |n: usize| scalar(&opened, [n % 5, n / 5 % 4, n / 20], 0);
                assert_eq!((value(present - 1), value(present)), (present as f64, 0.0));
            }
        }
    }
    let packed = gzip(&whole);
    let mut told = 0;
    for cut in (0..packed.len()).step_by(13) {
        let Ok(Some(read)) = read_header(&file(folder.path(), "cut.nii.gz", &packed[..cut])) else {
            continue;
        };
        let opened = read.into_open_volume();
        told += usize::from(!load(&opened, &Progress::silent()).warnings.is_empty());
        assert!(opened.volume.voxels.is_complete());
    }
    assert!(told > 10, "{told} cut files were read and said so");
}

#[test]
fn flipped_bits_never_break_it() {
    let folder = tempfile::tempdir().unwrap();
    for is_two in [false, true] {
        let whole = Made {
            is_two,
            slope: 1.0,
            ..Made::i16(&[5, 4, 3], 0..60)
        }
        .bytes();
        for bit in 0..(whole.len() * 8) {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(Some(read)) = read_header(&file(folder.path(), "flip.nii", &bytes)) {
                let opened = read.into_open_volume();
                assert!(opened.volume.voxels.byte_size() < 1 << 20, "bit {bit} asks for memory");
                load(&opened, &Progress::silent());
                assert!(opened.volume.voxels.is_complete(), "bit {bit}");
            }
        }
    }
    // In a gzip stream every flip of a voxel is noticed: it breaks the stream or the checksum.
    let whole = gzip(&Made::i16(&[16, 16, 16], (0..4096).map(|n| (n * 7919 % 1009) as i16)).bytes());
    for bit in (400 * 8..whole.len() * 8).step_by(331) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(Some(read)) = read_header(&file(folder.path(), "flip.nii.gz", &bytes)) {
            let report = load(&read.into_open_volume(), &Progress::silent());
            assert!(!report.warnings.is_empty(), "bit {bit} was not noticed");
        }
    }
}

#[test]
fn headers_that_lie_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let base = Made::i16(&[5, 4, 3], 0..60);
    let refused = |change: &dyn Fn(&mut Made), word: &str| {
        let mut made = base.clone();
        change(&mut made);
        let reason = open(&file(folder.path(), "lie.nii", &made.bytes()))
            .err()
            .unwrap_or_default();
        assert!(reason.contains(word), "{reason:?} should say {word:?}");
    };
    refused(&|made| made.dim.clear(), "0 dimensions");
    refused(&|made| made.dim = vec![5, -4, 3], "dimension 2 has -4");
    refused(&|made| made.dim = vec![32767; 3], "can hold only");
    refused(&|made| made.dim = vec![1, 1, 1, 32767, 32767], "repeats");
    let two = |dim: Vec<i64>| {
        move |made: &mut Made| {
            made.is_two = true;
            made.dim.clone_from(&dim);
        }
    };
    refused(&two(vec![1 << 31; 3]), "more voxels than");
    refused(&two(vec![1 << 40, 1, 1]), "dimension 1");
    refused(&|made| made.datatype = 9999, "9999");
    refused(&|made| made.datatype = 1536, "128-bit");
    for offset in [f64::NAN, -8.0, 1e30, f64::INFINITY, 352.5] {
        refused(&|made| made.vox_offset = Some(offset), "no place in a file");
    }
    refused(&|made| made.vox_offset = Some(1e6), "before its voxels begin");
}

#[test]
fn malformed_files_are_answered() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/generated/malformed");
    let Ok(entries) = std::fs::read_dir(data) else {
        return println!("skipped: there is no shared data beside this checkout");
    };
    for path in entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".nii"))
    {
        match read_header(&path) {
            Ok(None) => assert!(path.ends_with("text_named.nii")),
            Ok(Some(read)) => {
                let opened = read.into_open_volume();
                load(&opened, &Progress::silent());
                assert!(opened.volume.voxels.is_complete());
            }
            Err(reason) => assert!(reason.len() > 20, "{}: {reason}", path.display()),
        }
    }
}
