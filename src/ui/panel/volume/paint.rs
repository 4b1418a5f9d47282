//! What the editors of the volume view paint behind their curves: counts of values, lines of heights, colours.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2};

use super::curve::{Knot, Layout, at};
use crate::ui::theme;

/// Opacities with a line across.
const RULED: [f64; 3] = [0.1, 0.5, 1.0];

/// The ground of a plot.
pub fn ground(ui: &Ui, rect: Rect) {
    ui.painter()
        .rect_filled(rect, f32::from(theme::CORNER), theme::of(ui).sunken);
}

/// Heights from 0 to 1, evenly from left to right.
pub fn counts(ui: &Ui, rect: Rect, heights: &[f32]) {
    let color = theme::of(ui).text_weak.gamma_multiply(0.4);
    let mut mesh = Mesh::default();
    let last = heights.len().saturating_sub(1).max(1) as f32;
    for (n, height) in heights.iter().enumerate() {
        let x = rect.left() + rect.width() * n as f32 / last;
        let top = rect.bottom() - height * (rect.height() - 6.0);
        push_column(&mut mesh, n, pos2(x, top), rect.bottom(), color, color);
    }
    ui.painter().with_clip_rect(rect).add(mesh);
}

/// Lines across at round heights.
pub fn rules(ui: &Ui, layout: &Layout<'_>) {
    let colors = theme::of(ui);
    for height in RULED {
        let y = layout.place(layout.view[0], height).y;
        let stroke = Stroke::new(1.0, colors.line.gamma_multiply(0.7));
        ui.painter().hline(layout.rect.x_range(), y, stroke);
        let at = pos2(layout.rect.right() - 3.0, y + 1.0);
        let text = format!("{:.0} %", height * 100.0);
        let font = FontId::proportional(9.0);
        ui.painter()
            .text(at, Align2::RIGHT_TOP, text, font, colors.text_weak.gamma_multiply(0.8));
    }
}

/// The curve's own colours below it.
pub fn fill(ui: &Ui, layout: &Layout<'_>, knots: &[Knot]) {
    let mut mesh = Mesh::default();
    let rect = layout.rect;
    let columns = (rect.width() / 2.0).max(2.0) as usize;
    let [low, high] = layout.view;
    for n in 0..=columns {
        let share = n as f64 / columns as f64;
        let (height, [red, green, blue]) = at(knots, low + share * (high - low));
        let top = layout.place(low + share * (high - low), height);
        let color = Color32::from_rgb(red, green, blue);
        let place = pos2(top.x, top.y);
        push_column(
            &mut mesh,
            n,
            place,
            rect.bottom(),
            color.gamma_multiply(0.75),
            color.gamma_multiply(0.30),
        );
    }
    ui.painter().with_clip_rect(rect).add(mesh);
}

fn push_column(mesh: &mut Mesh, n: usize, top: Pos2, bottom: f32, top_color: Color32, bottom_color: Color32) {
    for (pos, color) in [(top, top_color), (pos2(top.x, bottom), bottom_color)] {
        mesh.vertices.push(Vertex {
            pos,
            uv: WHITE_UV,
            color,
        });
    }
    if n > 0 {
        let n = n as u32;
        mesh.add_triangle(2 * n - 2, 2 * n - 1, 2 * n);
        mesh.add_triangle(2 * n - 1, 2 * n, 2 * n + 1);
    }
}

/// A dark rim for a line, so that it is seen over any colour.
pub fn dark_line(points: Vec<Pos2>) -> Shape {
    Shape::line(points, Stroke::new(3.5, Color32::from_black_alpha(110)))
}

/// A ball lit from a direction (to the right, up, towards the viewer; of length 1).
pub fn ball(painter: &Painter, center: Pos2, radius: f32, towards: [f32; 3]) {
    const RINGS: u32 = 12;
    const STEPS: u32 = 48;
    let mut mesh = Mesh::default();
    for ring in 0..=RINGS {
        let r = ring as f32 / RINGS as f32;
        for step in 0..STEPS {
            let angle = std::f32::consts::TAU * step as f32 / STEPS as f32;
            let (x, y) = (r * angle.cos(), r * angle.sin());
            let z = (1.0 - r * r).max(0.0).sqrt();
            let lit = (x * towards[0] + y * towards[1] + z * towards[2]).max(0.0);
            let half = [towards[0], towards[1], towards[2] + 1.0];
            let length = (half[0] * half[0] + half[1] * half[1] + half[2] * half[2])
                .sqrt()
                .max(1e-6);
            let mirrored = ((x * half[0] + y * half[1] + z * half[2]) / length).max(0.0).powi(24);
            let level = ((0.12 + 0.72 * lit + 0.3 * mirrored).min(1.0) * 255.0) as u8;
            mesh.colored_vertex(center + egui::vec2(x, -y) * radius, Color32::from_gray(level));
        }
    }
    for ring in 0..RINGS {
        for step in 0..STEPS {
            let next = (step + 1) % STEPS;
            let (a, b) = (ring * STEPS + step, ring * STEPS + next);
            let (c, d) = (a + STEPS, b + STEPS);
            mesh.add_triangle(a, b, c);
            mesh.add_triangle(b, c, d);
        }
    }
    painter.add(mesh);
}
