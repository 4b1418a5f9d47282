//! The WGSL of each pipeline, put together from the files in `shaders/`.

use super::format::VoxelFormat;

/// What a pipeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// A plane or slab.
    Slice,
    /// A label map over a slice.
    Labels,
    /// Rays, texel by texel.
    Project,
    /// Rays through the texture's own filter.
    ProjectFiltered,
}

impl Program {
    /// All programs.
    pub const ALL: [Self; 4] = [Self::Slice, Self::Labels, Self::Project, Self::ProjectFiltered];

    /// The name of its fragment shader.
    pub fn entry_point(self) -> &'static str {
        match self {
            Self::Slice => "slice",
            Self::Labels => "labels",
            Self::Project | Self::ProjectFiltered => "project",
        }
    }
}

/// The whole text of a program for voxels of a format.
pub fn sources(program: Program, format: VoxelFormat) -> String {
    let texel: &[&str] = match format {
        VoxelFormat::Unorm8 | VoxelFormat::Unorm16 | VoxelFormat::Float32 => &[
            include_str!("../../shaders/common/texel_float.wgsl"),
            include_str!("../../shaders/common/shade_gray.wgsl"),
        ],
        VoxelFormat::Uint16 => &[
            include_str!("../../shaders/common/texel_uint.wgsl"),
            include_str!("../../shaders/common/shade_gray.wgsl"),
        ],
        VoxelFormat::Color => &[include_str!("../../shaders/common/texel_color.wgsl")],
    };
    let main: &[&str] = match program {
        Program::Slice => &[include_str!("../../shaders/slice.wgsl")],
        Program::Labels => &[include_str!("../../shaders/labels.wgsl")],
        Program::Project => &[
            include_str!("../../shaders/common/ray_exact.wgsl"),
            include_str!("../../shaders/project.wgsl"),
        ],
        Program::ProjectFiltered => &[
            include_str!("../../shaders/common/ray_filtered.wgsl"),
            include_str!("../../shaders/project.wgsl"),
        ],
    };
    let common: &[&str] = &[
        include_str!("../../shaders/common/place.wgsl"),
        include_str!("../../shaders/common/sample.wgsl"),
        include_str!("../../shaders/common/gather.wgsl"),
    ];
    [&[include_str!("../../shaders/common/layer.wgsl")], texel, common, main]
        .concat()
        .join("\n")
}
