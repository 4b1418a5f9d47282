//! A pane's picture on the device: drawn again only when it would look different.

use crate::scene::Scene;

use super::device::Context;
use super::error::GpuError;
use super::renderer::Gpu;

/// The format of every picture: 8 bits, numbers as they are (no sRGB conversion on the way).
pub const PICTURE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// The picture of one pane, and what it shows.
pub struct PaneTarget {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    drawn: Option<Shown>,
}

/// What a target shows. It holds the scene's volumes until another one is drawn, so that of what is painted on
/// meanwhile only the change is uploaded.
struct Shown {
    scene: Scene,
    /// Of its voxels.
    revision: usize,
    /// Whether all of them are in the picture.
    is_complete: bool,
    /// What is to be said of it.
    notice: Option<String>,
}

impl PaneTarget {
    /// A black picture. Fails where the size is zero or more than the device can draw.
    pub fn new(gpu: &Gpu, size: [u32; 2]) -> Result<Self, GpuError> {
        gpu.check_size(size)?;
        let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: PICTURE_FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC
                | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Ok(Self {
            texture,
            view,
            drawn: None,
        })
    }

    /// The texture, `Rgba8Unorm`.
    pub fn texture(&self) -> &wgpu::Texture {
        &self.texture
    }

    /// The view to register with egui (`register_native_texture`).
    pub fn view(&self) -> &wgpu::TextureView {
        &self.view
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        [self.texture.width(), self.texture.height()]
    }

    /// The sentence that tells the user where the picture is coarser than its voxels.
    pub fn notice(&self) -> Option<&str> {
        self.drawn.as_ref()?.notice.as_deref()
    }

    /// Whether drawing a scene would change anything.
    pub fn is_current(&self, scene: &Scene) -> bool {
        self.drawn
            .as_ref()
            .filter(|drawn| drawn.is_complete)
            .is_some_and(|drawn| drawn.revision == scene.voxel_revision() && drawn.scene.same_picture(scene))
    }

    /// Draws a scene of this target's size, unless that is what it shows. Where not all voxels that have arrived could
    /// be uploaded in this turn, the picture is not current yet: ask for another frame and call again.
    ///
    /// A scene of another size is a mistake of the caller and drawn as if it had this size.
    pub fn update(&mut self, gpu: &mut Gpu, scene: &Scene) -> Result<super::Drawn, GpuError> {
        if self.is_current(scene) {
            return Ok(super::Drawn {
                is_new: false,
                is_complete: true,
                notice: self.notice().map(str::to_owned),
            });
        }
        // The revision is read before the voxels are: what arrives in between is drawn next time.
        let revision = scene.voxel_revision();
        let drawn = gpu.draw_in_frame(scene, &self.view)?;
        self.drawn = Some(Shown {
            scene: scene.clone(),
            revision,
            is_complete: drawn.is_complete,
            notice: drawn.notice.clone(),
        });
        Ok(drawn)
    }
}

impl PaneTarget {
    /// Shows pixels that were made elsewhere: RGBA of 8 bits, rows from the top, as many as there are.
    pub fn put(&self, gpu: &Gpu, pixels: &[u8]) {
        if pixels.len() == self.texture.width() as usize * self.texture.height() as usize * 4 {
            gpu.put(&self.texture, pixels);
        }
    }
}

/// Puts pixels that were drawn elsewhere into a picture.
pub(super) fn write(context: &Context, texture: &wgpu::Texture, pixels: &[u8]) {
    context.queue.write_texture(
        texture.as_image_copy(),
        pixels,
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(texture.width() * 4),
            rows_per_image: None,
        },
        texture.size(),
    );
}
