//! Transfer functions that the user saved under a name; the settings keep them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::transfer::Transfer;
use super::transfer_presets::{self, Scale};
use crate::model::transfer_function::TransferFunction;
use crate::model::volume::Volume;
use crate::model::window::Window;

/// Presets kept at most.
const MOST: usize = 200;

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// All of them, by name.
pub type UserPresets = BTreeMap<String, UserPreset>;

/// A transfer function that the user saved. Of volumes without Hounsfield units its values are shares of where most of
/// the data lies, so that it fits other scans as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserPreset {
    /// The modality of the volume that it was made for; among its presets it is offered.
    pub modality: String,
    /// What the values are.
    pub scale: Scale,
    /// The function, in such values.
    pub function: TransferFunction,
    /// The value of the surface.
    pub iso: f64,
}

impl UserPreset {
    /// From what a volume is shown with, whose values mostly lie in a window.
    pub fn new(transfer: &Transfer, volume: &Volume, values: Window) -> Self {
        let scale = if transfer_presets::is_ct(volume) {
            Scale::Hounsfield
        } else {
            Scale::Share
        };
        let (slope, shift) = scale.to_values(values);
        Self {
            modality: transfer_presets::modality_for(volume).to_owned(),
            scale,
            function: transfer.function.mapped(1.0 / slope, -shift / slope),
            iso: (transfer.iso - shift) / slope,
        }
    }

    /// The function for a volume whose values mostly lie in a window.
    pub fn function(&self, values: Window) -> TransferFunction {
        let (slope, shift) = self.scale.to_values(values);
        self.function.mapped(slope, shift)
    }

    /// The value of its surface in such a volume.
    pub fn iso(&self, values: Window) -> f64 {
        let (slope, shift) = self.scale.to_values(values);
        self.iso * slope + shift
    }
}

/// A name as it is kept; `None` if nothing is left of it, or a built-in preset has it.
pub fn tidy_name(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let plain = plain.trim();
    let is_free = transfer_presets::transfer_preset(plain).is_none();
    (!plain.is_empty() && is_free).then(|| plain.to_owned())
}

/// With every number where it may be: files are written by people too.
pub(super) fn in_range(presets: UserPresets) -> UserPresets {
    presets
        .into_iter()
        .filter_map(|(name, preset)| {
            let name = tidy_name(&name).filter(|_| preset.iso.is_finite())?;
            let function = preset.function.tidied();
            Some((name, UserPreset { function, ..preset }))
        })
        .take(MOST)
        .collect()
}

/// What another window of the program has by now, with what this one changed since `base`.
pub(super) fn merged(base: &UserPresets, ours: &UserPresets, theirs: &UserPresets) -> UserPresets {
    let mut all = theirs.clone();
    for name in base.keys().chain(ours.keys()) {
        if base.get(name) == ours.get(name) {
            continue;
        }
        match ours.get(name) {
            Some(preset) => all.insert(name.clone(), preset.clone()),
            None => all.remove(name),
        };
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(iso: f64) -> UserPreset {
        UserPreset {
            modality: "CT".to_owned(),
            scale: Scale::Hounsfield,
            function: TransferFunction::default(),
            iso,
        }
    }

    fn all(of: &[(&str, f64)]) -> UserPresets {
        of.iter()
            .map(|(name, iso)| ((*name).to_owned(), preset(*iso)))
            .collect()
    }

    #[test]
    fn two_windows_keep_what_each_of_them_changed() {
        let base = all(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]);
        let ours = all(&[("a", 1.0), ("b", 5.0), ("d", 4.0)]);
        let theirs = all(&[("a", 7.0), ("b", 2.0), ("c", 3.0), ("e", 6.0)]);
        let expected = all(&[("a", 7.0), ("b", 5.0), ("d", 4.0), ("e", 6.0)]);
        assert_eq!(merged(&base, &ours, &theirs), expected);
    }

    #[test]
    fn names_are_plain_and_not_those_of_built_in_presets() {
        assert_eq!(tidy_name("  my\nbone "), Some("mybone".to_owned()));
        assert_eq!(tidy_name(" \t "), None);
        assert_eq!(tidy_name("ct-bone"), None);
        assert_eq!(in_range(all(&[("x", f64::NAN), ("y", 1.0)])), all(&[("y", 1.0)]));
    }
}
