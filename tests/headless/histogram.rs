//! Histograms against counts made one by one.

use std::collections::BTreeMap;

use isocenter::algo::histogram::{Histogram, histogram as count};
use isocenter::app::Command;
use isocenter::app::state::LoadState;
use isocenter::model::geometry::Geometry;
use isocenter::model::volume::{Patient, Placement, Rescale, SeriesInfo, Volume, VolumeId, VolumeKind};
use isocenter::model::voxels::{SampleType, Samples, Voxels};

use super::driver;

const DIMS: [usize; 3] = [7, 5, 4];

/// Two time points of seven by five by four voxels, a slab a slice.
fn volume(sample_type: SampleType, rescale: Rescale, slabs: impl Fn(usize) -> Samples) -> Volume {
    let voxels = Voxels::new(DIMS, 2, 1, sample_type, 1).unwrap();
    for slab in 0..voxels.slab_count() {
        voxels.publish(slab, slabs(slab)).unwrap();
    }
    Volume {
        id: VolumeId::fresh(),
        series: SeriesInfo {
            format: "nifti",
            kind: VolumeKind::Image,
            modality: String::new(),
            description: String::new(),
            patient: Patient::default(),
            study_uid: String::new(),
            study_description: String::new(),
            study_date: String::new(),
            series_uid: String::new(),
            series_number: None,
            transfer_syntax: String::new(),
            frame_of_reference_uid: String::new(),
            files: 1,
            stored_type: String::new(),
        },
        placement: Placement::Patient(Geometry::from_affine(DIMS, glam::DAffine3::IDENTITY).unwrap()),
        voxels,
        rescale,
        unit: None,
        windows: Vec::new(),
        is_inverted: false,
        padding: None,
        warnings: Vec::new(),
    }
}

fn counted(volume: &Volume) -> Histogram {
    count(volume, 0..volume.voxels.slab_count(), &|| false).expect("there are values")
}

/// Every value of a volume, asked for one by one.
fn values(volume: &Volume) -> Vec<f64> {
    let mut values = Vec::new();
    for frame in 0..2 {
        for (i, j, k) in (0..DIMS[0]).flat_map(|i| (0..DIMS[1]).flat_map(move |j| (0..DIMS[2]).map(move |k| (i, j, k))))
        {
            values.push(volume.rescale.value(volume.voxels.stored([i, j, k], frame, 0).unwrap()));
        }
    }
    values
}

/// Numbers that are spread without a pattern.
fn scattered(n: usize) -> usize {
    n.wrapping_mul(2_654_435_761) >> 7 & 0xffff
}

fn samples<T>(slab: usize, number: impl Fn(usize) -> T) -> Vec<T> {
    (0..DIMS[0] * DIMS[1])
        .map(|n| number(scattered(slab * 35 + n + 1)))
        .collect()
}

#[test]
fn whole_numbers_have_a_bin_each() {
    for slope in [1.0, -2.0, 0.25] {
        let rescale = Rescale {
            slope,
            intercept: -1024.0,
        };
        let volume = volume(SampleType::I16, rescale, |slab| {
            Samples::I16(samples(slab, |n| (n % 61) as i16 - 30))
        });
        let histogram = counted(&volume);
        let mut naive = BTreeMap::<i64, u64>::new();
        for value in values(&volume) {
            *naive.entry((value * 100.0).round() as i64).or_default() += 1;
        }
        assert_eq!(histogram.total(), 280);
        assert_eq!(histogram.bin_width(), slope.abs());
        for stored in -40..=40 {
            let value = rescale.value(f64::from(stored));
            let expected = naive.get(&((value * 100.0).round() as i64)).copied().unwrap_or(0);
            assert_eq!(histogram.count_at(value), expected, "{value}");
            // The value stands in the middle of its bin.
            assert_eq!(histogram.count_at(value + 0.49 * slope.abs()), expected, "{value}");
        }
    }
}

#[test]
fn large_whole_numbers_share_bins_evenly() {
    let volume = volume(SampleType::U32, Rescale::IDENTITY, |slab| {
        Samples::U32(samples(slab, |n| n as u32 * 1000))
    });
    let histogram = counted(&volume);
    assert!(histogram.counts().len() <= 65536);
    assert_eq!(histogram.bin_width(), histogram.bin_width().round());
    for value in values(&volume) {
        let bin = ((value - histogram.low()) / histogram.bin_width()).floor();
        let edges = [bin, bin + 1.0].map(|bin| histogram.low() + bin * histogram.bin_width());
        let naive = values(&volume)
            .iter()
            .filter(|v| **v >= edges[0] && **v < edges[1])
            .count();
        assert_eq!(histogram.count_at(value), naive as u64);
    }
}

#[test]
fn fractions_are_counted_between_the_lowest_and_the_highest() {
    let volume = volume(SampleType::F32, Rescale::IDENTITY, |slab| {
        let mut numbers = samples(slab, |n| n as f32 / 7.0);
        numbers[3] = f32::NAN;
        numbers[4] = f32::INFINITY;
        Samples::F32(numbers)
    });
    let histogram = counted(&volume);
    let finite: Vec<f64> = values(&volume).into_iter().filter(|value| value.is_finite()).collect();
    assert_eq!(histogram.total(), finite.len() as u64);
    let extreme = |f: fn(f64, f64) -> f64| finite.iter().copied().reduce(f).unwrap();
    assert_eq!(histogram.low(), extreme(f64::min));
    assert!((histogram.high() - extreme(f64::max)).abs() < 1e-6);
    for (bin, count) in histogram.counts().iter().enumerate() {
        let low = histogram.low() + bin as f64 * histogram.bin_width();
        let is_last = bin + 1 == histogram.counts().len();
        let naive = finite
            .iter()
            .filter(|v| {
                let at = (**v - histogram.low()) / histogram.bin_width();
                at.floor() as usize == bin || (is_last && at >= bin as f64)
            })
            .count();
        assert_eq!(*count, naive as u64, "bin {bin} from {low}");
    }
}

#[test]
fn padding_one_value_and_what_is_missing() {
    let mut padded = volume(SampleType::U8, Rescale::IDENTITY, |slab| {
        Samples::U8(samples(slab, |n| (n % 5) as u8))
    });
    padded.padding = Some((0.0, 1.0));
    let naive = values(&padded).iter().filter(|value| **value > 1.0).count();
    let histogram = counted(&padded);
    assert_eq!((histogram.total(), histogram.count_at(1.0)), (naive as u64, 0));

    for (sample_type, flat) in [(SampleType::F64, 3.7), (SampleType::F32, 0.0), (SampleType::F64, 1e300)] {
        let same = volume(sample_type, Rescale::IDENTITY, |_| match sample_type {
            SampleType::F64 => Samples::F64(vec![flat; 35]),
            _ => Samples::F32(vec![flat as f32; 35]),
        });
        let histogram = counted(&same);
        assert_eq!((histogram.total(), histogram.count_at(flat)), (280, 280), "{flat}");
    }

    let extremes = volume(SampleType::F64, Rescale::IDENTITY, |_| {
        Samples::F64((0..35).map(|n| if n % 2 == 0 { f64::MAX } else { f64::MIN }).collect())
    });
    assert_eq!(count(&extremes, 0..8, &|| false), None, "no finite extent");
    assert_eq!(count(&padded, [], &|| false), None, "nothing has arrived");
    assert_eq!(count(&padded, 0..8, &|| true), None, "it was cancelled");
}

#[test]
fn the_bulk_leaves_the_same_share_out_on_both_sides() {
    let volume = volume(SampleType::I16, Rescale::IDENTITY, |slab| {
        // 278 times 100, once −5000 and once 9000.
        let mut numbers = vec![100; 35];
        match slab {
            0 => numbers[0] = -5000,
            1 => numbers[0] = 9000,
            _ => {}
        }
        Samples::I16(numbers)
    });
    let histogram = counted(&volume);
    assert_eq!(histogram.bulk(0.0), [-5000.5, 9000.5]);
    assert_eq!(histogram.bulk(0.01), [99.5, 100.5]);
    let densities = histogram.densities([-6000.0, 10_000.0], 16);
    assert_eq!(densities.len(), 16);
    // From −6000 to −5000 lies one half of the bin of −5000.
    assert!((densities[0] - 0.5 / 1000.0).abs() < 1e-12, "{densities:?}");
    assert_eq!(densities[15], 0.0);
    assert_eq!(
        histogram.densities([99.6, 100.4], 3),
        [278.0; 3],
        "columns narrower than a bin"
    );
    assert!((densities.iter().sum::<f64>() * 1000.0 - 280.0).abs() < 1e-9);
}

#[test]
fn the_program_counts_all_voxels_of_what_is_shown() {
    let (mut program, _folder) = driver::opened();
    let entry = program.state().shown().unwrap();
    assert_eq!(entry.load, LoadState::Loaded);
    let counted = entry.histogram.clone().expect("it was counted");
    assert!(counted.is_complete);
    let [i, j, k] = driver::DIMS;
    assert_eq!(counted.histogram.total(), (i * j * k) as u64);
    // Each value once.
    assert!(counted.histogram.counts().iter().all(|count| *count == 1));
    driver::run(&mut program, Command::CloseAll);
    driver::wait(&mut program);
}
