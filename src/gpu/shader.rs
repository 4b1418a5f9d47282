//! The WGSL of each pipeline, put together from the files in `shaders/`.

use super::format::VoxelFormat;

/// What a pipeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// A plane or slab.
    Slice,
    /// A label map over a slice.
    Labels,
}

impl Program {
    /// All programs.
    pub const ALL: [Self; 2] = [Self::Slice, Self::Labels];

    /// The name of its fragment shader.
    pub fn entry_point(self) -> &'static str {
        match self {
            Self::Slice => "slice",
            Self::Labels => "labels",
        }
    }
}

/// How texels of a format are read and their numbers shown.
pub(super) fn texel_sources(format: VoxelFormat) -> &'static [&'static str] {
    match format {
        VoxelFormat::Unorm8 | VoxelFormat::Unorm16 | VoxelFormat::Float32 => &[
            include_str!("../../shaders/common/texel_float.wgsl"),
            include_str!("../../shaders/common/shade_gray.wgsl"),
        ],
        VoxelFormat::Uint16 => &[
            include_str!("../../shaders/common/texel_uint.wgsl"),
            include_str!("../../shaders/common/shade_gray.wgsl"),
        ],
        VoxelFormat::Color => &[include_str!("../../shaders/common/texel_color.wgsl")],
    }
}

/// How a volume's texels are found: in one texture, or in bricks where these are there.
pub(super) fn place_sources(format: VoxelFormat, has_detail: bool) -> &'static [&'static str] {
    match (has_detail, format) {
        (false, _) => &[include_str!("../../shaders/common/whole.wgsl")],
        (true, VoxelFormat::Uint16) => &[
            include_str!("../../shaders/common/atlas_uint.wgsl"),
            include_str!("../../shaders/common/detail.wgsl"),
        ],
        (true, _) => &[
            include_str!("../../shaders/common/atlas_float.wgsl"),
            include_str!("../../shaders/common/detail.wgsl"),
        ],
    }
}

/// The whole text of a program for voxels of a format, all in one texture or with bricks.
pub fn sources(program: Program, format: VoxelFormat, has_detail: bool) -> String {
    let main = match program {
        Program::Slice => include_str!("../../shaders/slice.wgsl"),
        Program::Labels => include_str!("../../shaders/labels.wgsl"),
    };
    let first = [
        include_str!("../../shaders/common/layer.wgsl"),
        include_str!("../../shaders/common/cover.wgsl"),
    ];
    let last = [
        include_str!("../../shaders/common/place.wgsl"),
        include_str!("../../shaders/common/sample.wgsl"),
        include_str!("../../shaders/common/gather.wgsl"),
        main,
    ];
    let texels = [texel_sources(format), place_sources(format, has_detail)].concat();
    [&first[..], &texels, &last].concat().join("\n")
}
