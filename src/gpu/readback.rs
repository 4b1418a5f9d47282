//! From a picture on the device to bytes in memory.

use std::time::Duration;

use super::device::Context;
use super::error::GpuError;

/// Longer than any picture takes, also on a busy processor that plays the graphics card.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Reads a texture of 4 bytes a texel, row by row without gaps.
pub(super) fn read(context: &Context, texture: &wgpu::Texture) -> Result<Vec<u8>, GpuError> {
    let (width, height) = (texture.width(), texture.height());
    let row_bytes = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = context.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("readback"),
        size: u64::from(row_bytes) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = context.device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
        label: Some("readback"),
    });
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(row_bytes),
        rows_per_image: None,
    };
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout,
        },
        texture.size(),
    );
    context.queue.submit([encoder.finish()]);
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    buffer.slice(..).map_async(wgpu::MapMode::Read, move |outcome| {
        sender.send(outcome).ok();
    });
    wait(context)?;
    context.check()?;
    match receiver.try_recv() {
        Ok(Ok(())) => {}
        Ok(Err(err)) => return Err(GpuError::Refused(err.to_string())),
        Err(_) => return Err(GpuError::Timeout),
    }
    let mapped = buffer
        .slice(..)
        .get_mapped_range()
        .map_err(|err| GpuError::Refused(err.to_string()))?;
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
    for row in mapped.chunks_exact(row_bytes as usize) {
        pixels.extend_from_slice(&row[..width as usize * 4]);
    }
    Ok(pixels)
}

/// Waits until the device has done what it was told. The GL backend gives up on its own after some seconds, so a
/// timeout there is asked again.
pub(super) fn wait(context: &Context) -> Result<(), GpuError> {
    let begun = std::time::Instant::now();
    while begun.elapsed() < TIMEOUT {
        match context.device.poll(wgpu::PollType::Wait {
            submission_index: None,
            timeout: Some(Duration::from_secs(4)),
        }) {
            Ok(_) => return Ok(()),
            Err(wgpu::PollError::Timeout) => context.check()?,
            Err(err) => return Err(GpuError::Refused(err.to_string())),
        }
    }
    Err(GpuError::Timeout)
}
