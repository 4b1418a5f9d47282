//! The WGSL of volumes seen through a camera, put together from `shaders/volume/`: what all share once, and the text of
//! one volume once for each volume and label map of the picture.

use super::format::VoxelFormat;

/// What a pipeline makes of the volumes under a ray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VolumeProgram {
    /// A projection of one volume.
    Project,
    /// Lit material of all of them.
    Composite,
    /// Their surfaces.
    Surfaces,
}

impl VolumeProgram {
    /// All programs.
    pub const ALL: [Self; 3] = [Self::Project, Self::Composite, Self::Surfaces];

    /// The name of its fragment shader.
    pub fn entry_point(self) -> &'static str {
        match self {
            Self::Project => "project_0",
            Self::Composite => "composite",
            Self::Surfaces => "surfaces",
        }
    }
}

/// What the text of one volume or label map depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotText {
    /// How its numbers are kept.
    pub format: VoxelFormat,
    /// Whether the texture hardware interpolates.
    pub is_filtered: bool,
    /// Whether its numbers are labels.
    pub is_labels: bool,
    /// Whether there are bricks of it, beside a coarse level.
    pub has_detail: bool,
    /// Whether its light is dimmed in crevices.
    pub has_occlusion: bool,
}

/// The number of bindings that a slot may have.
const BINDINGS: u32 = 16;

/// Where the textures of `shaders/volume/crossings.wgsl` are in that group.
pub(super) const CROSSING_BINDINGS: [u32; 2] = [1, 2];

/// Where the binding of a slot's text is in the one group of a volume picture.
pub(super) fn binding(slot: usize, group: u32, binding: u32) -> u32 {
    BINDINGS * (slot as u32 + 1) + 4 * group + binding
}

/// The whole text of a program for these slots: volumes first, label maps after them. [`VolumeProgram::Project`] draws
/// one volume. `has_crossings`: whether there are surfaces too.
pub fn volume_sources(program: VolumeProgram, slots: &[SlotText], has_crossings: bool) -> String {
    let main = match program {
        VolumeProgram::Project => "",
        VolumeProgram::Composite => include_str!("../../shaders/volume/composite.wgsl"),
        VolumeProgram::Surfaces => include_str!("../../shaders/volume/surfaces.wgsl"),
    };
    let crossings = if has_crossings {
        include_str!("../../shaders/volume/crossings.wgsl")
    } else {
        include_str!("../../shaders/volume/no_crossings.wgsl")
    };
    let mut text = [
        include_str!("../../shaders/volume/view.wgsl"),
        include_str!("../../shaders/volume/lighting.wgsl"),
        include_str!("../../shaders/volume/sheets.wgsl"),
        crossings,
        include_str!("../../shaders/common/cover.wgsl"),
        &for_each(main, slots),
    ]
    .join("\n");
    for (slot, of) in slots.iter().enumerate() {
        text.push_str(&numbered(&slot_text(program, *of, slot), slot));
    }
    text
}

/// The text of one slot, before its names are numbered.
fn slot_text(program: VolumeProgram, of: SlotText, slot: usize) -> String {
    let number = format!("const SLOT: u32 = {slot}u;\n");
    let texel = super::shader::texel_sources(of.format).join("\n");
    let places = super::shader::place_sources(of.format, of.has_detail).join("\n");
    let rays = if of.is_filtered {
        include_str!("../../shaders/volume/filtered.wgsl")
    } else {
        include_str!("../../shaders/volume/exact.wgsl")
    };
    let own = if of.is_labels {
        include_str!("../../shaders/volume/label.wgsl")
    } else {
        include_str!("../../shaders/volume/volume.wgsl")
    };
    let occlusion = if of.has_occlusion {
        include_str!("../../shaders/volume/occlusion.wgsl")
    } else {
        include_str!("../../shaders/volume/no_occlusion.wgsl")
    };
    let project = match program {
        VolumeProgram::Project => include_str!("../../shaders/volume/project.wgsl"),
        VolumeProgram::Composite | VolumeProgram::Surfaces => "",
    };
    [
        &number,
        include_str!("../../shaders/common/layer.wgsl"),
        &texel,
        &places,
        include_str!("../../shaders/common/place.wgsl"),
        include_str!("../../shaders/common/sample.wgsl"),
        include_str!("../../shaders/common/gather.wgsl"),
        rays,
        include_str!("../../shaders/volume/slot.wgsl"),
        occlusion,
        own,
        project,
    ]
    .join("\n")
}

/// Repeats the lines that name something `…_VOLUME` for each volume, and those that name something `…_LABELS` for each
/// label map.
fn for_each(main: &str, slots: &[SlotText]) -> String {
    let mut text = String::new();
    for line in main.lines() {
        let placeholder = ["_VOLUME", "_LABELS"]
            .into_iter()
            .find(|name| line.contains(name) && !line.trim_start().starts_with("//"));
        let Some(placeholder) = placeholder else {
            text.push_str(line);
            text.push('\n');
            continue;
        };
        for (slot, of) in slots.iter().enumerate() {
            if of.is_labels == (placeholder == "_LABELS") {
                text.push_str(&line.replace(placeholder, &format!("_{slot}")));
                text.push('\n');
            }
        }
    }
    text
}

/// A text with a number behind every name that it declares, and its bindings moved to those of the slot.
fn numbered(text: &str, slot: usize) -> String {
    let names: Vec<&str> = text.lines().filter_map(declared).collect();
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let line = moved(line, slot);
        let is_member_of = |name: &str| {
            line.starts_with(' ')
                && line
                    .trim_start()
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(':'))
        };
        let mut rest = line.as_str();
        while let Some(start) = rest.find(is_of_name) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c| !is_of_name(c)).unwrap_or(from.len());
            let (name, after) = from.split_at(end);
            out.push_str(before);
            out.push_str(name);
            if names.contains(&name) && !before.ends_with('.') && !is_member_of(name) {
                out.push_str(&format!("_{slot}"));
            }
            rest = after;
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The name that a line declares for the whole text.
fn declared(line: &str) -> Option<&str> {
    let declaration = if line.starts_with('@') {
        line.split_once(" var")?.1.trim_start_matches(|c| c != ' ')
    } else {
        let (word, rest) = line.split_once(' ')?;
        let is_one = matches!(word, "fn" | "const" | "override" | "struct" | "alias") || word.starts_with("var<");
        if is_one { rest } else { return None }
    };
    let name = declaration.trim_start();
    let end = name.find(|c| !is_of_name(c))?;
    name.get(..end)
}

/// A line whose binding, if it has one, is that of the slot.
fn moved(line: &str, slot: usize) -> String {
    let parts = || {
        let (group, rest) = line.strip_prefix("@group(")?.split_once(") @binding(")?;
        let (at, rest) = rest.split_once(')')?;
        let at = binding(slot, group.parse().ok()?, at.parse().ok()?);
        Some(format!("@group(0) @binding({at}){rest}"))
    };
    parts().unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_slot_have_its_number() {
        let text = "struct Layer {\n    gather: u32,\n}\n@group(1) @binding(2) var voxels: texture_3d<f32>;\n\
                    @group(0) @binding(0) var<uniform> layer: Layer;\nfn gather(at: f32) -> f32 {\n    return layer.gather \
                    + gather(at);\n}\n";
        let numbered = numbered(text, 1);
        assert!(numbered.contains("struct Layer_1 {\n    gather: u32,"), "{numbered}");
        assert!(numbered.contains("@group(0) @binding(38) var voxels_1:"), "{numbered}");
        assert!(numbered.contains("return layer_1.gather + gather_1(at)"), "{numbered}");
    }

    #[test]
    fn lines_are_repeated_for_what_they_name() {
        let volume = SlotText {
            format: VoxelFormat::Unorm8,
            is_filtered: true,
            is_labels: false,
            has_detail: false,
            has_occlusion: false,
        };
        let labels = SlotText {
            is_labels: true,
            ..volume
        };
        let text = for_each("a\nb_VOLUME();\nc_LABELS();\n", &[volume, volume, labels]);
        assert_eq!(text, "a\nb_0();\nb_1();\nc_2();\n");
    }
}
