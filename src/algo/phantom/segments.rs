//! The truth: structures of the phantom gathered into the segments that a reader or a model would draw, and what an
//! imperfect model makes of them.

use glam::DVec3;

use super::noise::Field;
use super::painter::Slice;
use super::solid::Convex;
use super::{Phantom, Structure};
use crate::model::geometry::Geometry;

/// A segment of the truth.
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Its value in label maps.
    pub label: u8,
    /// Its name.
    pub name: &'static str,
    /// The structures in it.
    members: &'static [&'static str],
}

const fn segment(label: u8, name: &'static str, members: &'static [&'static str]) -> Segment {
    Segment { label, name, members }
}

/// All segments of the truth, label 1 first.
pub static SEGMENTS: [Segment; 22] = [
    segment(1, "right lung", &["right lung"]),
    segment(2, "left lung", &["left lung"]),
    segment(
        3,
        "pulmonary vessels",
        &["pulmonary veins", "pulmonary arterial branches", "pulmonary arteries"],
    ),
    segment(4, "airways", &["airways", "airway walls", "bronchi", "bronchial walls"]),
    segment(5, LUNG_NODULE, &[LUNG_NODULE]),
    segment(
        6,
        "heart",
        &[
            "myocardium",
            "papillary muscles",
            "left ventricle",
            "right ventricle",
            "left atrium",
            "right atrium",
        ],
    ),
    segment(
        7,
        "aorta",
        &["aorta", "aortic wall", "calcified plaque", "branches of the aorta"],
    ),
    segment(8, "veins", &["veins", "azygos vein", "inferior vena cava"]),
    segment(9, "liver", &["liver", "liver vessels"]),
    segment(10, "liver lesion", &["liver lesion"]),
    segment(11, SMALL_LESION, &[SMALL_LESION]),
    segment(12, "gallbladder", &["gallbladder"]),
    segment(13, "spleen", &["spleen"]),
    segment(14, "kidneys", &["kidneys", "renal medulla", "renal sinus"]),
    segment(15, "stomach", &["stomach wall", "stomach content", "stomach gas"]),
    segment(16, "pancreas", &["pancreas"]),
    segment(
        17,
        "spine",
        &[
            "vertebrae",
            "vertebral marrow",
            "vertebral arches",
            "spinous and transverse processes",
        ],
    ),
    segment(
        18,
        "ribs and sternum",
        &["ribs", "rib marrow", "sternum", "sternal marrow"],
    ),
    segment(
        19,
        "brain",
        &[
            "grey matter",
            "white matter",
            "basal ganglia",
            "brain stem",
            "cerebellum",
        ],
    ),
    segment(20, "ventricles", &["ventricles"]),
    segment(21, "bleeding", &["bleeding"]),
    segment(22, "thyroid", &["thyroid"]),
];

const LUNG_NODULE: &str = "lung nodule";
const SMALL_LESION: &str = "small liver lesion";

/// The nodule's ellipsoid, once more: the model's probability is made of the distance to it.
pub(super) const NODULE: ([f64; 3], f64) = ([-82.0, -22.0, -42.0], 8.0);
/// What the model takes for a nodule and is none: a place in the left lung.
const FALSE_NODULE: ([f64; 3], [f64; 3]) = ([78.0, 22.0, -128.0], [6.0, 5.0, 6.5]);
/// Where the model's liver leaks into the muscle beside it.
const LEAK: ([f64; 3], [f64; 3]) = ([-112.0, 6.0, -196.0], [16.0, 20.0, 18.0]);
/// How far off the model's outlines are at most, mm, and over which distance that changes.
const ERROR_MM: f32 = 3.4;
const ERROR_OVER_MM: f64 = 13.0;
/// How soft the edge of the model's probability is, mm.
const SOFT_MM: f64 = 1.6;

impl Phantom {
    /// The truth: segments of a run of slices of a grid, in voxel order; 0 is none of them.
    pub fn truth(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<u8> {
        let segments = self.segments_by_label();
        let mut labels = self.labels(geometry, first_slice, slice_count);
        labels
            .iter_mut()
            .for_each(|label| *label = segments[usize::from(*label)]);
        labels
    }

    /// What an imperfect model makes of it: outlines that wander by a few millimetres, the small lesion of the liver
    /// missed, a nodule too many, a liver that leaks, and no vessels thinner than it can see.
    pub fn model_output(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<u8> {
        let [missed, liver, nodule] = [SMALL_LESION, "liver", LUNG_NODULE].map(label_of);
        let size = geometry.dims()[0] * geometry.dims()[1];
        let leak = Convex::ellipsoid(LEAK.0, LEAK.1);
        let false_nodule = Convex::ellipsoid(FALSE_NODULE.0, FALSE_NODULE.1);
        let mut made = Vec::with_capacity(size * slice_count);
        for number in first_slice..first_slice + slice_count {
            let slice = Slice::of(geometry, number);
            let truth = self.truth(geometry, number, 1);
            let wandering = wander(&slice, &truth);
            for (n, label) in wandering.into_iter().enumerate() {
                let at = slice.at(n % slice.size[0].max(1), n / slice.size[0].max(1));
                let is_leak = label == 0 && leak.contains(at);
                made.push(if label == missed || is_leak {
                    liver
                } else if false_nodule.contains(at) {
                    nodule
                } else {
                    label
                });
            }
        }
        made
    }

    /// How sure the model is of a nodule, in 255ths: soft at the edge, unsure of the nodule that is none.
    pub fn nodule_probability(&self, geometry: &Geometry, first_slice: usize, slice_count: usize) -> Vec<u8> {
        let size = geometry.dims()[0] * geometry.dims()[1];
        let mut made = Vec::with_capacity(size * slice_count);
        for number in first_slice..first_slice + slice_count {
            let slice = Slice::of(geometry, number);
            made.extend((0..size).map(|n| {
                let at = slice.at(n % slice.size[0].max(1), n / slice.size[0].max(1));
                let near = |(center, radius): ([f64; 3], f64), most: f64| {
                    let beyond_mm = at.distance(DVec3::from_array(center)) - radius;
                    most / (1.0 + (beyond_mm / SOFT_MM).clamp(-30.0, 30.0).exp())
                };
                let sure = near(NODULE, 0.97).max(near((FALSE_NODULE.0, 5.5), 0.62));
                (sure * 255.0).round() as u8
            }));
        }
        made
    }

    /// By label of a structure: the label of its segment, or 0.
    fn segments_by_label(&self) -> [u8; 256] {
        let mut table = [0; 256];
        for Structure { label, name, .. } in &self.structures {
            table[usize::from(*label)] = SEGMENTS
                .iter()
                .find(|segment| segment.members.contains(name))
                .map_or(0, |segment| segment.label);
        }
        table
    }
}

fn label_of(name: &str) -> u8 {
    SEGMENTS
        .iter()
        .find(|segment| segment.name == name)
        .map_or(0, |segment| segment.label)
}

/// Labels taken from places up to [`ERROR_MM`] beside their own.
fn wander(slice: &Slice, labels: &[u8]) -> Vec<u8> {
    let step = [slice.across.x, slice.down.y];
    let [aside, front] = [71, 72].map(|seed| Field::new(slice.start, step, slice.size, ERROR_OVER_MM, seed));
    let per_mm = step.map(|mm| ERROR_MM / mm as f32);
    let [columns, rows] = slice.size;
    let mut wandered = Vec::with_capacity(labels.len());
    for row in 0..rows {
        for (column, (aside, front)) in aside.row(row).zip(front.row(row)).enumerate() {
            let from = |place: usize, shift: f32, count: usize| {
                ((place as f32 + shift).round().max(0.0) as usize).min(count.saturating_sub(1))
            };
            let i = from(column, aside * per_mm[0], columns);
            let j = from(row, front * per_mm[1], rows);
            wandered.push(labels.get(j * columns + i).copied().unwrap_or(0));
        }
    }
    wandered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_a_structure_and_in_one_segment() {
        let phantom = Phantom::default();
        let mut members: Vec<&str> = SEGMENTS.iter().flat_map(|segment| segment.members).copied().collect();
        for member in &members {
            assert!(phantom.structure(member).is_some(), "{member} is no structure");
        }
        let count = members.len();
        members.sort_unstable();
        members.dedup();
        assert_eq!(members.len(), count);
        for (n, segment) in SEGMENTS.iter().enumerate() {
            assert_eq!(usize::from(segment.label), n + 1);
        }
    }
}
