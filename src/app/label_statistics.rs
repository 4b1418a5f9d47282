//! What is measured of the segments of a label map: what `isocenter stats` prints and the panel shows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::named_map::NamedMap;
use super::overlays::same_grid;
use crate::algo::statistics::{Shape, ValueStatistics, Values, shapes, sphericity, value_statistics};
use crate::model::volume::Volume;

/// One segment. Lengths in mm, values in the unit of the image. `None` where there is nothing to measure: of a segment
/// without voxels, or where the image has no values.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(
    missing_docs,
    reason = "the names say it, and what they mean stands at `algo::statistics`"
)]
pub struct SegmentStatistics {
    pub label: u16,
    pub name: String,
    pub voxels: u64,
    pub volume_ml: f64,
    pub mean: Option<f64>,
    pub sd: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub median: Option<f64>,
    pub p5: Option<f64>,
    pub p95: Option<f64>,
    pub centroid_lps: Option<[f64; 3]>,
    /// The lowest and the highest index along each axis.
    pub bounding_box: Option<[[usize; 3]; 2]>,
    pub longest_axial_diameter_mm: Option<f64>,
    pub perpendicular_mm: Option<f64>,
    pub longest_diameter_mm: Option<f64>,
    pub surface_mm2: Option<f64>,
    pub sphericity: Option<f64>,
    /// Voxels in which the image has a value.
    #[serde(skip)]
    pub measured: u64,
}

/// The statistics of every segment that is in a map or among its names. The image's values are those of the map's own
/// voxels where both lie on one grid, and else between the image's voxels at the centres of the map's. `None` if the
/// image is in colours or not loaded.
pub fn statistics(map: &NamedMap, volume: &Volume, image: &Volume, frame: usize) -> Option<Vec<SegmentStatistics>> {
    let is_same_grid = same_grid(volume, image);
    let mut found: BTreeMap<(usize, u16), (Shape, Option<ValueStatistics>)> = BTreeMap::new();
    for (layer, grid) in map.layers.iter().enumerate() {
        let values: Values = value_statistics(grid, &map.geometry, image, frame, is_same_grid)?;
        for (label, shape) in shapes(grid, &map.geometry)? {
            found.insert((layer, label), (shape, values.get(&label).copied()));
        }
    }
    let labels: BTreeSet<u16> = found.keys().map(|(_, label)| *label).chain(map.named()).collect();
    let of_label = |label: u16| {
        let one = found.get(&(map.layer_of(label), label));
        row(label, map.name(label), one.map(|one| one.0), one.and_then(|one| one.1))
    };
    Some(labels.into_iter().map(of_label).collect())
}

fn row(label: u16, name: String, shape: Option<Shape>, values: Option<ValueStatistics>) -> SegmentStatistics {
    let extent = shape.map(|shape| shape.extent);
    let diameters = shape.map(|shape| shape.diameters);
    let volume_mm3 = extent.map_or(0.0, |extent| extent.volume_mm3);
    SegmentStatistics {
        label,
        name,
        voxels: extent.map_or(0, |extent| extent.voxels),
        volume_ml: volume_mm3 / 1000.0,
        mean: values.map(|values| values.mean),
        sd: values.map(|values| values.sd),
        min: values.map(|values| values.min),
        max: values.map(|values| values.max),
        median: values.map(|values| values.median),
        p5: values.map(|values| values.p5),
        p95: values.map(|values| values.p95),
        centroid_lps: extent.map(|extent| extent.centroid.to_array()),
        bounding_box: extent.map(|extent| [extent.bounds.low, extent.bounds.high]),
        longest_axial_diameter_mm: diameters.map(|all| all.axial_mm),
        perpendicular_mm: diameters.map(|all| all.perpendicular_mm),
        longest_diameter_mm: diameters.map(|all| all.longest_mm),
        surface_mm2: shape.map(|shape| shape.surface_mm2),
        sphericity: shape.map(|shape| sphericity(volume_mm3, shape.surface_mm2)),
        measured: values.map_or(0, |values| values.count),
    }
}

/// As comma-separated values (RFC 4180), with a heading; what is not there is empty.
pub fn to_csv(segments: &[SegmentStatistics]) -> String {
    let heading = "label,name,voxels,volume_ml,mean,sd,min,max,median,p5,p95,\
                   centroid_x,centroid_y,centroid_z,i0,j0,k0,i1,j1,k1,\
                   longest_axial_diameter_mm,perpendicular_mm,longest_diameter_mm,surface_mm2,sphericity";
    let mut lines = vec![heading.to_owned()];
    for one in segments {
        let mut fields = vec![
            one.label.to_string(),
            quoted(&one.name),
            one.voxels.to_string(),
            one.volume_ml.to_string(),
        ];
        let field = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        fields.extend([one.mean, one.sd, one.min, one.max, one.median, one.p5, one.p95].map(field));
        fields.extend((0..3).map(|axis| field(one.centroid_lps.map(|at| at[axis]))));
        let corner = |end: usize, axis: usize| one.bounding_box.map(|ends| ends[end][axis] as f64);
        fields.extend((0..6).map(|n| field(corner(n / 3, n % 3))));
        let lengths = [
            one.longest_axial_diameter_mm,
            one.perpendicular_mm,
            one.longest_diameter_mm,
        ];
        fields.extend(lengths.into_iter().chain([one.surface_mm2, one.sphericity]).map(field));
        lines.push(fields.join(","));
    }
    lines.join("\r\n") + "\r\n"
}

/// A field, in quotes where it needs them.
pub(super) fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_as_many_fields_as_headings() {
        let empty = row(3, "a, \"b\"".to_owned(), None, None);
        let text = to_csv(&[empty]);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 3);
        let (name, rest) = lines[1].split_once("\"\"\"").unwrap();
        assert_eq!(name, "3,\"a, \"\"b");
        assert_eq!(1 + rest.matches(',').count(), lines[0].matches(',').count());
    }
}
