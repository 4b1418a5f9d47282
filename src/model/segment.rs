//! Segments: what the whole numbers of a label map stand for, and the colours they are drawn in.

use std::sync::Arc;

use super::coding::{Coding, Detail};

/// Labels above this are not drawn: a table of colours has a row for each label up to the highest.
pub const MOST_LABEL: u32 = 65535;

/// Colours that readers with any kind of colour vision tell apart, all of them visible on grey: Okabe and Ito, "Color
/// universal design" (2008), without black; then Paul Tol's "bright" scheme (SRON/EPS/TN/09-002).
const FIRST_COLORS: [[u8; 3]; 13] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [213, 94, 0],
    [204, 121, 167],
    [0, 114, 178],
    [238, 102, 119],
    [102, 204, 238],
    [204, 187, 68],
    [34, 136, 51],
    [170, 51, 119],
    [68, 119, 170],
];

/// One segment of a label map.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The number in the map, 1 ..= [`MOST_LABEL`].
    pub label: u32,
    /// What it is called.
    pub name: String,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// Whether it is drawn.
    pub is_visible: bool,
    /// Whether painting leaves it as it is.
    pub is_locked: bool,
    /// In which frame of the label map it is: segments that overlap are in several.
    pub layer: usize,
    /// What it is in codes, and how it was made, where that was said.
    pub detail: Option<Arc<Detail>>,
}

impl Segment {
    /// A segment of the first layer, visible and free to be painted over.
    pub fn new(label: u32, name: String, color: [u8; 3]) -> Self {
        Self {
            label,
            name,
            color,
            is_visible: true,
            is_locked: false,
            layer: 0,
            detail: None,
        }
    }

    /// What it is: as was said, else as its name says.
    pub fn coding(&self) -> Coding {
        let told = self.detail.as_ref().and_then(|detail| detail.coding.clone());
        told.unwrap_or_else(|| Coding::of_name(&self.name))
    }

    /// Says what it is; the rest of what is known of it stays.
    pub fn set_coding(&mut self, coding: Coding) {
        let mut detail = self.detail.as_deref().cloned().unwrap_or_default();
        detail.coding = Some(coding);
        self.detail = Some(Arc::new(detail));
    }
}

/// The segments of a label map, by label. Labels are unique over all layers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SegmentTable {
    /// In the order of their labels, each once.
    pub segments: Vec<Segment>,
}

impl SegmentTable {
    /// A table of segments in any order. Of several with one label the first stays; labels that cannot be drawn are left out.
    pub fn from_segments(mut segments: Vec<Segment>) -> Self {
        segments.retain(|segment| (1..=MOST_LABEL).contains(&segment.label));
        segments.sort_by_key(|segment| segment.label);
        segments.dedup_by_key(|segment| segment.label);
        Self { segments }
    }

    /// The segment of a label.
    pub fn get(&self, label: u32) -> Option<&Segment> {
        let at = self.segments.binary_search_by_key(&label, |segment| segment.label);
        at.ok().and_then(|at| self.segments.get(at))
    }

    /// The segment of a label, to be changed.
    pub fn get_mut(&mut self, label: u32) -> Option<&mut Segment> {
        let at = self.segments.binary_search_by_key(&label, |segment| segment.label);
        at.ok().and_then(|at| self.segments.get_mut(at))
    }

    /// How many frames of the label map its segments lie in.
    pub fn layers(&self) -> usize {
        let highest = self.segments.iter().map(|segment| segment.layer).max();
        highest.unwrap_or(0) + 1
    }

    /// The colours to draw the map in. Labels without a segment have the colour they get by themselves.
    pub fn colors(&self) -> LabelColors {
        self.colors_up_to(255)
    }

    /// The same, for a map whose highest label is known.
    pub fn colors_up_to(&self, highest: u32) -> LabelColors {
        let last = self.segments.last().map_or(0, |segment| segment.label);
        let mut colors = LabelColors::up_to(last.max(highest));
        for segment in &self.segments {
            if let Some(color) = colors.rgba.get_mut(segment.label as usize) {
                let [r, g, b] = segment.color;
                *color = [r, g, b, if segment.is_visible { 255 } else { 0 }];
            }
        }
        colors
    }
}

/// The colour that a label gets by itself; neighbouring labels differ.
pub fn default_color(label: u32) -> [u8; 3] {
    let n = label.saturating_sub(1);
    if let Some(color) = FIRST_COLORS.get(n as usize) {
        return *color;
    }
    // Hues by the golden angle are never close to the last few; two rows of lightness.
    let hue = (f64::from(n) * 0.618_033_988_75).fract() * 6.0;
    let (high, low) = if n.is_multiple_of(2) {
        (235.0, 70.0)
    } else {
        (190.0, 25.0)
    };
    let rise = |offset: f64| {
        let at = (hue + offset).rem_euclid(6.0);
        let share = (at.min(4.0 - at)).clamp(0.0, 1.0);
        (low + (high - low) * share) as u8
    };
    [rise(2.0), rise(0.0), rise(4.0)]
}

/// What each label of a map is drawn in: red, green, blue, and 255 where it is drawn at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelColors {
    rgba: Vec<[u8; 4]>,
}

impl LabelColors {
    /// The labels' own colours, up to a highest one (at most [`MOST_LABEL`]). Label 0 is never drawn.
    pub fn up_to(highest: u32) -> Self {
        let own = |label| {
            let [r, g, b] = default_color(label);
            [r, g, b, 255]
        };
        let labels = (1..=highest.min(MOST_LABEL)).map(own);
        Self {
            rgba: std::iter::once([0; 4]).chain(labels).collect(),
        }
    }

    /// One colour for each label from 0.
    pub fn rgba(&self) -> &[[u8; 4]] {
        &self.rgba
    }

    /// The colour of a label; `None` where it is not drawn.
    pub fn get(&self, label: u32) -> Option<[u8; 3]> {
        match self.rgba.get(label as usize) {
            Some([r, g, b, alpha]) if label > 0 && *alpha > 0 => Some([*r, *g, *b]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_labels_have_colours_of_their_own() {
        for label in 1..400_u32 {
            for other in label + 1..label + 6 {
                let (a, b) = (default_color(label), default_color(other));
                let apart: u32 = (0..3).map(|n| u32::from(a[n].abs_diff(b[n]))).sum();
                assert!(apart >= 60, "{label} {a:?} and {other} {b:?}");
            }
        }
    }

    #[test]
    fn a_hidden_segment_and_nothing_have_no_colour() {
        let mut table = SegmentTable {
            segments: [3, 300]
                .map(|label| Segment::new(label, String::new(), [1, 2, 3]))
                .to_vec(),
        };
        if let Some(segment) = table.get_mut(3) {
            segment.is_visible = false;
        }
        let colors = table.colors();
        assert_eq!(colors.get(0), None);
        assert_eq!(colors.get(3), None);
        assert_eq!(colors.get(300), Some([1, 2, 3]));
        assert_eq!(colors.get(4), Some(default_color(4)));
        assert_eq!(colors.get(301), None);
    }
}
