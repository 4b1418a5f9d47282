//! Render pipelines of volumes, made when first needed: one for each kind of volumes and label maps that are drawn
//! together.

use std::collections::HashMap;

use crate::scene::Interpolation;

use super::device::Context;
use super::format::VoxelFormat;
use super::pipelines::{Reader, interpolation_number};
use super::target::PICTURE_FORMAT;
use super::volume_shader::{CROSSING_BINDINGS, SlotText, VolumeProgram, binding, volume_sources};

/// What the text of a slot and its constants depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SlotKind {
    reader: Reader,
    pub(super) is_filtered: bool,
    pub(super) is_labels: bool,
    /// Whether bricks are read, beside a coarse level.
    pub(super) has_detail: bool,
    pub(super) has_occlusion: bool,
    interpolation: Interpolation,
    traits: u32,
}

impl SlotKind {
    pub(super) fn of_volume(format: VoxelFormat, is_filtered: bool, interpolation: Interpolation, traits: u32) -> Self {
        Self {
            reader: Reader::of(format),
            is_filtered,
            is_labels: false,
            has_detail: false,
            has_occlusion: false,
            interpolation,
            traits,
        }
    }

    /// The same with light that is dimmed in crevices, or without.
    pub(super) fn with_occlusion(self, has_occlusion: bool) -> Self {
        Self { has_occlusion, ..self }
    }

    pub(super) fn of_labels(format: VoxelFormat, traits: u32) -> Self {
        Self {
            is_labels: true,
            ..Self::of_volume(format, false, Interpolation::Nearest, traits)
        }
    }

    /// The same with or without bricks.
    pub(super) fn with_detail(self, has_detail: bool) -> Self {
        Self { has_detail, ..self }
    }

    fn text(self) -> SlotText {
        SlotText {
            // Formats of one reader have one text.
            format: match self.reader {
                Reader::Float => VoxelFormat::Unorm16,
                Reader::Uint => VoxelFormat::Uint16,
                Reader::Color => VoxelFormat::Color,
            },
            is_filtered: self.is_filtered,
            is_labels: self.is_labels,
            has_detail: self.has_detail,
            has_occlusion: self.has_occlusion,
        }
    }

    /// How many textures a shader reads of it.
    pub(super) fn textures(self) -> usize {
        4 + usize::from(!self.is_labels) + 2 * usize::from(self.has_detail) + usize::from(self.has_occlusion)
    }
}

/// What is drawn at once: a program, what is in its slots, and whether there are surfaces too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) program: VolumeProgram,
    pub(super) slots: Vec<SlotKind>,
    pub(super) has_crossings: bool,
}

/// A pipeline with the layout of its one group.
pub(super) struct Pipeline {
    pub(super) pipeline: wgpu::RenderPipeline,
    pub(super) layout: wgpu::BindGroupLayout,
}

/// All pipelines of volumes so far.
#[derive(Default)]
pub(super) struct VolumePipelines {
    pipelines: HashMap<Key, Pipeline>,
}

impl VolumePipelines {
    pub(super) fn prepare(&mut self, context: &Context, key: Key) -> &Pipeline {
        let made = |key: &Key| make(context, key);
        self.pipelines.entry(key).or_insert_with_key(made)
    }
}

fn make(context: &Context, key: &Key) -> Pipeline {
    let Key {
        program,
        slots,
        has_crossings,
    } = key;
    let (program, has_crossings) = (*program, *has_crossings);
    let device = &context.device;
    let texts: Vec<SlotText> = slots.iter().map(|slot| slot.text()).collect();
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(program.entry_point()),
        source: wgpu::ShaderSource::Wgsl(volume_sources(program, &texts, has_crossings).into()),
    });
    let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("volumes"),
        entries: &entries(slots, has_crossings),
    });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("volumes"),
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let constants: Vec<(String, f64)> = (0..)
        .zip(slots)
        .flat_map(|(n, slot)| {
            [
                (format!("INTERPOLATION_{n}"), interpolation_number(slot.interpolation)),
                (format!("TRAITS_{n}"), f64::from(slot.traits)),
            ]
        })
        .collect();
    let constants: Vec<(&str, f64)> = constants.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(program.entry_point()),
        layout: Some(&pipeline_layout),
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
            entry_point: Some(program.entry_point()),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                ..Default::default()
            },
            targets: &[Some(wgpu::ColorTargetState {
                format: PICTURE_FORMAT,
                blend: (program == VolumeProgram::Project).then_some(LAID_OVER),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    });
    Pipeline { pipeline, layout }
}

/// Projections lie over what is there; a pixel is as opaque as the most opaque of them.
const LAID_OVER: wgpu::BlendState = wgpu::BlendState {
    color: wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::SrcAlpha,
        dst_factor: wgpu::BlendFactor::OneMinusSrcAlpha,
        operation: wgpu::BlendOperation::Add,
    },
    alpha: wgpu::BlendComponent {
        src_factor: wgpu::BlendFactor::One,
        dst_factor: wgpu::BlendFactor::One,
        operation: wgpu::BlendOperation::Max,
    },
};

/// The layout of the one group: the view, then what each slot reads (the bindings of `shaders/`, moved to the slot).
fn entries(slots: &[SlotKind], has_crossings: bool) -> Vec<wgpu::BindGroupLayoutEntry> {
    use wgpu::TextureViewDimension::{D2, D3};
    let entry = |binding, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty,
        count: None,
    };
    let uniform = wgpu::BindingType::Buffer {
        ty: wgpu::BufferBindingType::Uniform,
        has_dynamic_offset: false,
        min_binding_size: None,
    };
    let texture = |sample_type, view_dimension| wgpu::BindingType::Texture {
        sample_type,
        view_dimension,
        multisampled: false,
    };
    let exact = wgpu::TextureSampleType::Float { filterable: false };
    let mut entries = vec![entry(0, uniform)];
    if has_crossings {
        entries.extend(CROSSING_BINDINGS.map(|at| entry(at, texture(wgpu::TextureSampleType::Uint, D2))));
    }
    for (n, slot) in slots.iter().enumerate() {
        let voxels = match slot.reader {
            Reader::Uint => wgpu::TextureSampleType::Uint,
            Reader::Float | Reader::Color => wgpu::TextureSampleType::Float {
                filterable: slot.is_filtered,
            },
        };
        entries.extend([
            entry(binding(n, 0, 0), uniform),
            entry(binding(n, 1, 0), texture(voxels, D3)),
            entry(binding(n, 1, 1), texture(exact, D2)),
            entry(binding(n, 1, 3), texture(exact, D3)),
            entry(binding(n, 2, 0), texture(exact, D2)),
        ]);
        if slot.has_detail {
            let atlas = match slot.reader {
                Reader::Uint => wgpu::TextureSampleType::Uint,
                Reader::Float | Reader::Color => exact,
            };
            entries.extend([
                entry(binding(n, 3, 0), texture(wgpu::TextureSampleType::Uint, D2)),
                entry(binding(n, 3, 1), texture(atlas, D3)),
            ]);
        }
        if slot.is_filtered {
            let filtering = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
            entries.push(entry(binding(n, 1, 2), filtering));
        }
        if !slot.is_labels {
            entries.push(entry(binding(n, 2, 1), texture(wgpu::TextureSampleType::Uint, D2)));
        }
        if slot.has_occlusion {
            let smooth = wgpu::TextureSampleType::Float { filterable: true };
            let filtering = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
            entries.extend([
                entry(binding(n, 2, 2), texture(smooth, D3)),
                entry(binding(n, 2, 3), filtering),
            ]);
        }
    }
    entries
}
