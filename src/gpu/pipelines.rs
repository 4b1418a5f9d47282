//! Render pipelines, made when first needed.

use std::collections::HashMap;

use crate::scene::Interpolation;

use super::device::Context;
use super::format::VoxelFormat;
use super::resident::Resident;
use super::shader::{Program, sources};
use super::store::VoxelLayouts;
use super::target::PICTURE_FORMAT;
use super::voxel_map::{Gather, VoxelMap};

/// Which of the few texel readers a format needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reader {
    Float,
    Uint,
    Color,
}

impl Reader {
    pub(super) fn of(format: VoxelFormat) -> Self {
        match format {
            VoxelFormat::Unorm8 | VoxelFormat::Unorm16 | VoxelFormat::Float32 => Self::Float,
            VoxelFormat::Uint16 => Self::Uint,
            VoxelFormat::Color => Self::Color,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    program: Program,
    reader: Reader,
    interpolation: Interpolation,
    traits: u32,
    has_detail: bool,
}

/// All pipelines so far.
pub(super) struct Pipelines {
    layer_layout: wgpu::BindGroupLayout,
    pipelines: HashMap<Key, wgpu::RenderPipeline>,
}

/// What a picture's pipeline depends on.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) program: Program,
    pub(super) format: VoxelFormat,
    pub(super) interpolation: Interpolation,
    pub(super) traits: u32,
    /// Whether bricks are read, beside a coarse level.
    pub(super) has_detail: bool,
}

const TRAIT_TABLE: u32 = 1;
const TRAIT_PARTIAL: u32 = 2;
const TRAIT_COARSE: u32 = 4;
const TRAIT_WHOLE_NUMBERS: u32 = 8;
const TRAIT_GATHERS: u32 = 16;
pub(super) const TRAIT_BRICKS: u32 = 32;
pub(super) const TRAIT_MASK: u32 = 64;
pub(super) const TRAIT_FLOOR: u32 = 128;

/// How often the edge of what a bit of a mask stands for is doubled, among the traits (`mask_doublings` in
/// `shaders/volume/volume.wgsl`).
pub(super) fn mask_doublings(doublings: u32) -> u32 {
    doublings << 8
}

/// What the shader has to reckon with (`TRAIT_*` in `shaders/common/layer.wgsl`).
pub(super) fn traits(map: &VoxelMap, resident: &Resident) -> u32 {
    let is_normalised = matches!(resident.format, VoxelFormat::Unorm8 | VoxelFormat::Unorm16);
    [
        (map.uses_table, TRAIT_TABLE),
        (!resident.is_complete, TRAIT_PARTIAL),
        (!resident.level.is_full(), TRAIT_COARSE),
        (is_normalised, TRAIT_WHOLE_NUMBERS),
        (map.gather != Gather::None, TRAIT_GATHERS),
    ]
    .iter()
    .filter(|(is_so, _)| *is_so)
    .map(|(_, bit)| bit)
    .sum()
}

impl Wanted {
    fn key(self) -> Key {
        Key {
            program: self.program,
            reader: Reader::of(self.format),
            interpolation: self.interpolation,
            traits: self.traits,
            has_detail: self.has_detail,
        }
    }
}

impl Pipelines {
    pub(super) fn new(context: &Context) -> Self {
        let layer_layout = context
            .device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some("layer"),
                entries: &[wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: true,
                        min_binding_size: None,
                    },
                    count: None,
                }],
            });
        Self {
            layer_layout,
            pipelines: HashMap::new(),
        }
    }

    /// The layout of group 0: one [`super::uniform::LayerUniform`] at a dynamic offset.
    pub(super) fn layer_layout(&self) -> &wgpu::BindGroupLayout {
        &self.layer_layout
    }

    pub(super) fn prepare(
        &mut self,
        context: &Context,
        wanted: Wanted,
        voxels: &VoxelLayouts,
        color_map: &wgpu::BindGroupLayout,
    ) {
        let key = wanted.key();
        if self.pipelines.contains_key(&key) {
            return;
        }
        let (texels, bricks) = match key.reader {
            Reader::Uint => (&voxels.uint, &voxels.detail_uint),
            Reader::Float | Reader::Color => (&voxels.float, &voxels.detail_float),
        };
        let mut groups = vec![Some(&self.layer_layout), Some(texels), Some(color_map)];
        if key.has_detail {
            groups.push(Some(bricks));
        }
        let pipeline = make(context, wanted, &groups);
        self.pipelines.insert(key, pipeline);
    }

    pub(super) fn get(&self, wanted: Wanted) -> Option<&wgpu::RenderPipeline> {
        self.pipelines.get(&wanted.key())
    }
}

/// `INTERPOLATION` in `shaders/common/sample.wgsl`.
pub(super) fn interpolation_number(interpolation: Interpolation) -> f64 {
    match interpolation {
        Interpolation::Nearest => 0.0,
        Interpolation::Linear => 1.0,
        Interpolation::Cubic => 2.0,
    }
}

fn make(context: &Context, wanted: Wanted, groups: &[Option<&wgpu::BindGroupLayout>]) -> wgpu::RenderPipeline {
    let device = &context.device;
    let entry_point = wanted.program.entry_point();
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(entry_point),
        source: wgpu::ShaderSource::Wgsl(sources(wanted.program, wanted.format, wanted.has_detail).into()),
    });
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(entry_point),
        bind_group_layouts: groups,
        immediate_size: 0,
    });
    let constants = [
        ("INTERPOLATION", interpolation_number(wanted.interpolation)),
        ("TRAITS", f64::from(wanted.traits)),
    ];
    let over = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::SrcAlpha,
        dst_factor: wgpu::BlendFactor::OneMinusSrcAlpha,
        operation: wgpu::BlendOperation::Add,
    };
    // Pictures are opaque whatever lies in them.
    let keep = wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::Zero,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Add,
    };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(entry_point),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("cover"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState::default(),
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                ..Default::default()
            },
            targets: &[Some(wgpu::ColorTargetState {
                format: PICTURE_FORMAT,
                blend: Some(wgpu::BlendState {
                    color: over,
                    alpha: keep,
                }),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
