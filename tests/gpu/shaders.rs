//! The WGSL as text: valid for every pipeline, and laid out as the Rust side believes.

use isocenter::gpu::{LayerUniform, Program, VoxelFormat, sources};
use wgpu::naga;

const FORMATS: [VoxelFormat; 5] = [
    VoxelFormat::Unorm8,
    VoxelFormat::Unorm16,
    VoxelFormat::Uint16,
    VoxelFormat::Float32,
    VoxelFormat::Color,
];

fn validated(program: Program, format: VoxelFormat) -> naga::Module {
    let text = sources(program, format);
    let module = naga::front::wgsl::parse_str(&text)
        .unwrap_or_else(|err| panic!("{program:?} {format:?}: {}", err.emit_to_string(&text)));
    naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|err| panic!("{program:?} {format:?}: {}", err.emit_to_string(&text)));
    module
}

#[test]
fn every_program_is_valid() {
    for program in Program::ALL {
        for format in FORMATS {
            // Whole-number texels cannot be filtered.
            if program == Program::ProjectFiltered && format == VoxelFormat::Uint16 {
                continue;
            }
            // Labels are single numbers.
            if program == Program::Labels && format == VoxelFormat::Color {
                continue;
            }
            let module = validated(program, format);
            assert!(
                module
                    .entry_points
                    .iter()
                    .any(|entry| entry.name == program.entry_point())
            );
            assert!(module.entry_points.iter().any(|entry| entry.name == "cover"));
        }
    }
}

/// Name, offset and size of each member of the uniform, from a value in which every word tells where it stands.
fn rust_members() -> Vec<(&'static str, usize)> {
    macro_rules! offsets {
        ($($name:ident),*) => { vec![$((stringify!($name), std::mem::offset_of!(LayerUniform, $name))),*] };
    }
    offsets!(
        right_high,
        invert,
        right_low,
        opacity,
        down_high,
        window_function,
        down_low,
        gather,
        depth_high,
        depth_steps,
        depth_low,
        gain,
        base,
        bias,
        fraction,
        texel_scale,
        dims,
        texel_offset,
        texels,
        outline_px,
        texels_per_voxel,
        middle_x,
        box_low,
        middle_y,
        box_high,
        outline
    )
}

#[test]
fn the_uniform_lies_as_in_the_shader() {
    let module = validated(Program::Slice, VoxelFormat::Unorm16);
    let layer = module
        .types
        .iter()
        .find(|(_, kind)| kind.name.as_deref() == Some("Layer"))
        .map(|(_, kind)| &kind.inner);
    let Some(naga::TypeInner::Struct { members, span }) = layer else {
        panic!("the shader has a struct Layer")
    };
    let in_shader: Vec<(&str, usize)> = members
        .iter()
        .map(|member| (member.name.as_deref().unwrap_or(""), member.offset as usize))
        .collect();
    assert_eq!(in_shader, rust_members());
    assert_eq!(*span as usize, size_of::<LayerUniform>());
}

/// Numbers that stand in Rust and in WGSL.
#[test]
fn shared_constants_agree() {
    let text = sources(Program::Slice, VoxelFormat::Unorm16);
    let snap = text
        .lines()
        .find_map(|line| line.strip_prefix("const SNAP: f32 = ")?.strip_suffix(';'))
        .unwrap();
    assert_eq!(snap.parse::<f64>().unwrap(), isocenter::algo::sample::SNAP);
}
