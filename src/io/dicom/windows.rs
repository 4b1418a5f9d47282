//! The windows that a file proposes (PS3.3 C.11.2).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::elements::Item;
use crate::model::window::{NamedWindow, Window, WindowFunction};
use crate::say;

/// Says so where a file carries overlays (PS3.3 C.9.2: groups 6000 to 601E), which are not drawn.
pub fn note_overlays(root: Item<'_>, warnings: &mut Vec<String>) {
    let is_overlay = |group| root.get(Tag(group, 0x3000)).or(root.get(Tag(group, 0x0102))).is_some();
    if (0x6000..=0x601e).step_by(2).any(is_overlay) {
        warnings.push(say!("io-dicom-overlays"));
    }
}

/// The windows of a data set, in its order; of a multi-frame image those of its shared or first frame's group.
pub fn read_windows(root: Item<'_>, warnings: &mut Vec<String>) -> Vec<NamedWindow> {
    if root.get(tags::VOILUT_SEQUENCE).is_some() {
        warnings.push(say!("io-dicom-voi-table"));
    }
    let group = |sequence| {
        root.item(sequence)
            .and_then(|item: Item<'_>| item.item(tags::FRAME_VOILUT_SEQUENCE))
    };
    let holder = [
        Some(root),
        group(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
        group(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE),
    ]
    .into_iter()
    .flatten()
    .find(|item| item.get(tags::WINDOW_CENTER).is_some());
    let Some(holder) = holder else {
        return Vec::new();
    };
    let centers = holder.numbers(tags::WINDOW_CENTER).unwrap_or_default();
    let widths = holder.numbers(tags::WINDOW_WIDTH).unwrap_or_default();
    let names = holder.texts(tags::WINDOW_CENTER_WIDTH_EXPLANATION);
    let function = match holder.text(tags::VOILUT_FUNCTION).as_deref() {
        Some("SIGMOID") => WindowFunction::Sigmoid,
        Some("LINEAR_EXACT") => WindowFunction::LinearExact,
        _ => WindowFunction::Linear,
    };
    let is_usable = |width: f64| match function {
        WindowFunction::Linear => width >= 1.0,
        WindowFunction::LinearExact | WindowFunction::Sigmoid => width > 0.0,
    };
    let pairs = centers.iter().zip(&widths);
    if pairs.clone().any(|(_, width)| !is_usable(*width)) {
        warnings.push(say!("io-dicom-bad-window"));
    }
    pairs
        .enumerate()
        .filter(|(_, (_, width))| is_usable(**width))
        .map(|(n, (center, width))| NamedWindow {
            name: names.get(n).cloned().unwrap_or_default(),
            window: Window {
                center: *center,
                width: *width,
                function,
            },
        })
        .collect()
}
