//! The WGSL as text: valid for every pipeline, and laid out as the Rust side believes.

use isocenter::gpu::{
    LayerUniform, MatterUniform, Program, SlotText, ViewUniform, VolumeProgram, VoxelFormat, sources, volume_sources,
};
use wgpu::naga;

const FORMATS: [VoxelFormat; 5] = [
    VoxelFormat::Unorm8,
    VoxelFormat::Unorm16,
    VoxelFormat::Uint16,
    VoxelFormat::Float32,
    VoxelFormat::Color,
];

fn validated(program: Program, format: VoxelFormat) -> naga::Module {
    valid(
        &format!("bricks {program:?} {format:?}"),
        &sources(program, format, true),
    );
    valid(&format!("{program:?} {format:?}"), &sources(program, format, false))
}

fn valid(what: &str, text: &str) -> naga::Module {
    let module =
        naga::front::wgsl::parse_str(text).unwrap_or_else(|err| panic!("{what}: {}", err.emit_to_string(text)));
    naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|err| panic!("{what}: {}", err.emit_to_string(text)));
    module
}

fn has_entry(module: &naga::Module, name: &str) -> bool {
    module.entry_points.iter().any(|entry| entry.name == name)
}

#[test]
fn every_program_is_valid() {
    for program in Program::ALL {
        for format in FORMATS {
            // Labels are single numbers.
            if program == Program::Labels && format == VoxelFormat::Color {
                continue;
            }
            let module = validated(program, format);
            assert!(has_entry(&module, program.entry_point()) && has_entry(&module, "cover"));
        }
    }
}

/// One volume of every format, and as many different ones together as there are slots.
#[test]
fn every_volume_program_is_valid() {
    let volume = |format, is_filtered| SlotText {
        format,
        is_filtered,
        is_labels: false,
        has_detail: false,
        has_occlusion: false,
    };
    let dimmed = |format| SlotText {
        has_occlusion: true,
        ..volume(format, false)
    };
    let labels = SlotText {
        format: VoxelFormat::Uint16,
        is_filtered: false,
        is_labels: true,
        has_detail: false,
        has_occlusion: false,
    };
    let mut slots: Vec<Vec<SlotText>> = FORMATS.map(|format| vec![volume(format, false)]).to_vec();
    // Whole-number texels cannot be filtered.
    let filtered = FORMATS.into_iter().filter(|format| *format != VoxelFormat::Uint16);
    slots.extend(filtered.map(|format| vec![volume(format, true)]));
    let all = FORMATS.map(|format| volume(format, format == VoxelFormat::Unorm16));
    let in_bricks = |slot: SlotText| SlotText {
        has_detail: true,
        ..slot
    };
    slots.extend(FORMATS.map(|format| vec![in_bricks(volume(format, false))]));
    slots.push(vec![volume(VoxelFormat::Unorm8, true), in_bricks(labels), labels]);
    slots.push(Vec::new());
    slots.push(vec![labels]);
    slots.push(all.into_iter().chain([labels; 3]).collect());
    slots.push(FORMATS.map(dimmed).to_vec());
    for program in VolumeProgram::ALL {
        for slots in &slots {
            if program == VolumeProgram::Project && (slots.len() != 1 || slots[0].is_labels) {
                continue;
            }
            for has_crossings in [false, true] {
                let text = volume_sources(program, slots, has_crossings);
                let module = valid(&format!("{program:?} {slots:?}"), &text);
                assert!(has_entry(&module, program.entry_point()) && has_entry(&module, "cover"));
            }
        }
    }
}

/// Name and offset of each member of a uniform.
macro_rules! offsets {
    ($kind:ident: $($name:ident),* $(,)?) => {
        vec![$((stringify!($name), std::mem::offset_of!($kind, $name))),*]
    };
}

/// Fails unless a struct of the shader has these members at these places.
fn assert_lies(module: &naga::Module, name: &str, in_rust: &[(&str, usize)], size: usize) {
    let found = module
        .types
        .iter()
        .find(|(_, kind)| kind.name.as_deref() == Some(name))
        .map(|(_, kind)| &kind.inner);
    let Some(naga::TypeInner::Struct { members, span }) = found else {
        panic!("the shader has a struct {name}")
    };
    let in_shader: Vec<(&str, usize)> = members
        .iter()
        .map(|member| (member.name.as_deref().unwrap_or(""), member.offset as usize))
        .collect();
    assert_eq!(in_shader, in_rust, "{name}");
    assert_eq!(*span as usize, size, "{name}");
}

#[test]
#[rustfmt::skip]
fn the_uniforms_lie_as_in_the_shaders() {
    let slice = validated(Program::Slice, VoxelFormat::Unorm16);
    let layer = offsets!(LayerUniform: right_high, invert, right_low, opacity, down_high, window_function, down_low,
        gather, depth_high, depth_steps, depth_low, gain, base, bias, fraction, texel_scale, dims, texel_offset, texels,
        outline_px, texels_per_voxel, middle_x, box_low, middle_y, box_high, outline);
    assert_lies(&slice, "Layer", &layer, size_of::<LayerUniform>());
    let nothing = valid("nothing", &volume_sources(VolumeProgram::Composite, &[], false));
    let matter = offsets!(MatterUniform: edge_i, table_start, edge_j, table_gain, edge_k, iso, iso_color, iso_side,
        ambient, diffuse, specular, shininess, opacity, thickness, value_gain, gradient_gain, gradient_start, share_i,
        share_j, share_k);
    assert_lies(&nothing, "Matter", &matter, size_of::<MatterUniform>());
    let view = offsets!(ViewUniform: from_middle, distance_mm, mm_per_pixel, towards_light, step_mm, top, bottom, middle,
        corner, whole_height, is_shaded, silhouettes, plane_count, slice_count, occlusion, padding_a, padding_b, planes,
        slices, matter);
    assert_lies(&nothing, "View", &view, size_of::<ViewUniform>());
}

/// Numbers that stand in Rust and in WGSL.
#[test]
fn shared_constants_agree() {
    let text = sources(Program::Slice, VoxelFormat::Unorm16, false);
    let snap = text
        .lines()
        .find_map(|line| line.strip_prefix("const SNAP: f32 = ")?.strip_suffix(';'))
        .unwrap();
    assert_eq!(snap.parse::<f64>().unwrap(), isocenter::algo::sample::SNAP);
}
