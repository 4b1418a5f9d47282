//! Text and lines on a picture in memory: white with a dark rim, so that they are read on any grey.

use ab_glyph::{Font as _, FontRef, Glyph, ScaleFont as _, point};

use crate::say;

/// Which point of a text lies at its place: 0 left or top, ½ middle, 1 right or bottom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// A picture to write on.
pub(super) struct Canvas<'a> {
    pixels: &'a mut [[u8; 4]],
    width: usize,
    height: usize,
    font: FontRef<'static>,
    text_px: f32,
}

impl<'a> Canvas<'a> {
    /// On RGBA pixels of 8 bits, with text of a height in pixels.
    pub(super) fn new(picture: &'a mut [u8], [width, height]: [u32; 2], text_px: f32) -> Result<Self, String> {
        let font = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).map_err(|_| say!("app-no-font"))?;
        Ok(Self {
            pixels: picture.as_chunks_mut().0,
            width: width as usize,
            height: height as usize,
            font,
            text_px,
        })
    }

    /// Height of the text in pixels.
    pub(super) fn text_px(&self) -> f32 {
        self.text_px
    }

    /// A line of text.
    pub(super) fn text(&mut self, at: [f32; 2], anchor: Anchor, text: &str) {
        let font = self.font.clone();
        let scaled = font.as_scaled(self.text_px);
        let mut x = 0.0;
        let mut glyphs: Vec<Glyph> = Vec::new();
        for character in text.chars().filter(|character| !character.is_control()) {
            let id = scaled.glyph_id(character);
            x += glyphs.last().map_or(0.0, |before| scaled.kern(before.id, id));
            glyphs.push(id.with_scale_and_position(self.text_px, point(x, 0.0)));
            x += scaled.h_advance(id);
        }
        let origin = point(
            at[0] - x * anchor.x,
            at[1] - scaled.height() * anchor.y + scaled.ascent(),
        );
        let mut inked = Vec::new();
        for mut glyph in glyphs {
            glyph.position += origin;
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let bounds = outline.px_bounds();
            outline.draw(|x, y, share| {
                inked.push((
                    bounds.min.x as i64 + i64::from(x),
                    bounds.min.y as i64 + i64::from(y),
                    share,
                ));
            });
        }
        self.ink(&inked);
    }

    /// A horizontal or vertical line, two pixels wide.
    pub(super) fn bar(&mut self, from: [f32; 2], to: [f32; 2]) {
        let range = |axis: usize| from[axis].round() as i64 - 1..to[axis].round() as i64 + 1;
        let inked: Vec<_> = range(1).flat_map(|y| range(0).map(move |x| (x, y, 1.0))).collect();
        self.ink(&inked);
    }

    /// A line two pixels thick, ends included, from anywhere to anywhere.
    pub(super) fn line(&mut self, from: [f32; 2], to: [f32; 2]) {
        let way = [to[0] - from[0], to[1] - from[1]];
        // Ends far outside the picture are not followed for ever.
        let steps = way[0].abs().max(way[1].abs()).ceil().clamp(1.0, 32_768.0);
        let mut inked: Vec<(i64, i64, f32)> = (0..=steps as u32)
            .flat_map(|n| {
                let part = n as f32 / steps;
                let (x, y) = (from[0] + way[0] * part, from[1] + way[1] * part);
                let (x, y) = (x.round() as i64, y.round() as i64);
                [(x, y), (x - 1, y), (x, y - 1), (x - 1, y - 1)]
            })
            .map(|(x, y)| (x, y, 1.0))
            .collect();
        inked.sort_unstable_by_key(|(x, y, _)| (*y, *x));
        inked.dedup();
        self.ink(&inked);
    }

    /// Covers pixels, as (column, row, share of it), first all of the rim and then all of the ink.
    fn ink(&mut self, inked: &[(i64, i64, f32)]) {
        for (x, y, share) in inked {
            for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
                self.cover(x + dx, y + dy, 0.0, share * 0.5);
            }
        }
        for (x, y, share) in inked {
            self.cover(*x, *y, 255.0, *share);
        }
    }

    fn cover(&mut self, x: i64, y: i64, grey: f32, share: f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        if let Some(pixel) = self.pixels.get_mut(y * self.width + x) {
            for part in &mut pixel[..3] {
                *part = (grey * share + f32::from(*part) * (1.0 - share) + 0.5) as u8;
            }
        }
    }
}
