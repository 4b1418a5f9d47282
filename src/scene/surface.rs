//! Surfaces that stand in a volume view.

use std::sync::Arc;

use crate::model::surface::Surface;

/// A surface as it is drawn, in composites and where surfaces of volumes are: lit like the usual material, from both
/// sides alike, and cut as volumes are. What is not to be seen is not in the scene.
#[derive(Clone, Debug)]
pub struct SurfaceLayer {
    /// Its triangles.
    pub surface: Arc<Surface>,
    /// Red, green, blue.
    pub color: [u8; 3],
    /// How much each crossing hides of what is behind it, 0 to 1.
    pub opacity: f32,
}

impl SurfaceLayer {
    /// The opacity that is drawn.
    pub fn drawn_opacity(&self) -> f32 {
        // A number that is none draws nothing.
        if self.opacity > 0.0 { self.opacity.min(1.0) } else { 0.0 }
    }
}

impl PartialEq for SurfaceLayer {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            surface,
            color,
            opacity,
        } = self;
        let is_same = || {
            let (own, others) = (&surface.parts, &other.surface.parts);
            own.len() == others.len() && own.iter().zip(others).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        *color == other.color && *opacity == other.opacity && (Arc::ptr_eq(surface, &other.surface) || is_same())
    }
}
