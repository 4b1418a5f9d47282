//! The light of the volume view: where it shines from, how strongly surfaces show, and what is seen behind.

use egui::{EventFilter, Key, Role, Sense, Ui, WidgetInfo, vec2};
use glam::DVec3;

use super::{fields, paint};
use crate::app::volume_view::VolumeChange;
use crate::app::{Command, State};
use crate::say;
use crate::scene::{Background, Light};
use crate::ui::{Commands, theme};

/// Radius of the ball.
const RADIUS: f32 = 27.0;
/// The light is never seen from behind: at least so much towards the viewer.
const LEAST_TOWARDS_VIEWER: f64 = 0.05;
/// A press of an arrow key turns the light by so much.
const KEY_TURN: f64 = 0.06;

/// Backgrounds to choose from: name, top, bottom.
const BACKGROUNDS: [(&str, [u8; 3], [u8; 3]); 5] = [
    ("volume-background-black", [0; 3], [0; 3]),
    ("volume-background-charcoal", [58, 62, 68], [14, 15, 17]),
    ("volume-background-night", [44, 62, 92], [8, 11, 18]),
    ("volume-background-paper", [255; 3], [214, 218, 224]),
    ("volume-background-white", [255; 3], [255; 3]),
];

/// Shows the light.
pub fn show(ui: &mut Ui, state: &State, commands: &mut Commands) {
    fields::heading(ui, say!("volume-light"));
    let light = state.view.volume.light;
    let mut next = light;
    ui.horizontal(|ui| {
        if let Some(towards) = ball(ui, light) {
            next.towards = towards;
        }
        ui.vertical(|ui| {
            ui.checkbox(&mut next.is_shaded, say!("volume-shading"))
                .on_hover_text(say!("volume-shading-tip"));
            if ui
                .button(say!("volume-light-reset"))
                .on_hover_text(say!("volume-light-reset-tip"))
                .clicked()
            {
                next = Light::default();
            }
        });
    });
    ui.add_enabled_ui(next.is_shaded, |ui| {
        occlusion(ui, light, &mut next);
        let (name, tip) = (say!("volume-silhouettes"), say!("volume-silhouettes-tip"));
        if let (Some(silhouettes), _) = fields::slider(ui, &name, &tip, light.silhouettes, 0.0..=1.0, 2) {
            next.silhouettes = silhouettes;
        }
    });
    if next != light {
        commands.push(Command::VolumeView(VolumeChange::Light(next)));
    }
    background(ui, state.view.volume.background, commands);
}

/// Whether crevices are dark, and how much.
fn occlusion(ui: &mut Ui, light: Light, next: &mut Light) {
    let mut is_on = light.occlusion > 0.0;
    let switch = ui.checkbox(&mut is_on, say!("volume-occlusion"));
    if switch.on_hover_text(say!("volume-occlusion-tip")).changed() {
        next.occlusion = if is_on { Light::USUAL_OCCLUSION } else { 0.0 };
    }
    ui.add_enabled_ui(is_on, |ui| {
        let (name, tip) = (say!("volume-occlusion-strength"), say!("volume-occlusion-strength-tip"));
        if let (Some(strength), _) = fields::slider(ui, &name, &tip, light.occlusion, 0.0..=1.0, 2) {
            next.occlusion = strength;
        }
    });
}

/// The ball that shows where the light comes from. Answers another direction.
fn ball(ui: &mut Ui, light: Light) -> Option<DVec3> {
    let (rect, response) = ui.allocate_exact_size(vec2(2.0, 2.0) * (RADIUS + 2.0), Sense::click_and_drag());
    let name = say!("volume-light-direction");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let towards = light.towards.try_normalize().unwrap_or(DVec3::Z);
    let center = rect.center();
    paint::ball(ui.painter(), center, RADIUS, towards.to_array().map(|part| part as f32));
    let mark = center + vec2(towards.x as f32, -towards.y as f32) * RADIUS;
    let colors = theme::of(ui);
    ui.painter()
        .circle_filled(mark, 4.5, egui::Color32::from_black_alpha(140));
    ui.painter().circle_filled(mark, 3.5, colors.accent_line);
    if response.has_focus() {
        ui.painter()
            .circle_stroke(center, RADIUS + 1.5, egui::Stroke::new(1.5, colors.accent));
    }
    let mut next = None;
    if (response.dragged() || response.clicked())
        && let Some(at) = response.interact_pointer_pos()
    {
        let offset = (at - center) / RADIUS;
        next = Some(on_ball(f64::from(offset.x), f64::from(-offset.y)));
        response.request_focus();
    }
    if response.has_focus() {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let presses = |key: Key| ui.input(|input| input.num_presses(key)) as f64;
        let right = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        let up = presses(Key::ArrowUp) - presses(Key::ArrowDown);
        if right != 0.0 || up != 0.0 {
            next = Some(on_ball(towards.x + right * KEY_TURN, towards.y + up * KEY_TURN));
        }
    }
    if response.double_clicked() {
        next = Some(Light::default().towards);
    }
    response.on_hover_text(say!("volume-light-tip"));
    next
}

/// The direction towards a place on the front of the ball.
fn on_ball(x: f64, y: f64) -> DVec3 {
    let flat = DVec3::new(x, y, 0.0);
    let most = (1.0 - LEAST_TOWARDS_VIEWER * LEAST_TOWARDS_VIEWER).sqrt();
    let flat = flat.clamp_length_max(most);
    flat.with_z((1.0 - flat.length_squared()).sqrt())
}

fn background(ui: &mut Ui, now: Background, commands: &mut Commands) {
    fields::heading(ui, say!("volume-background"));
    let [top, bottom] = match now {
        Background::Colors(colors) => colors,
        Background::Transparent => [[0; 3]; 2],
    };
    let mut next = [top, bottom];
    ui.horizontal(|ui| {
        for (key, top, bottom) in BACKGROUNDS {
            if swatch(
                ui,
                &crate::words::lookup(key, &[]),
                [top, bottom],
                next == [top, bottom],
            ) {
                next = [top, bottom];
            }
        }
        ui.add_space(2.0);
        for (n, key) in ["volume-background-top", "volume-background-bottom"]
            .into_iter()
            .enumerate()
        {
            let name = crate::words::lookup(key, &[]);
            let response = ui.color_edit_button_srgb(&mut next[n]).on_hover_text(&name);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        }
    });
    if next != [top, bottom] {
        commands.push(Command::VolumeView(VolumeChange::Background(Background::Colors(next))));
    }
}

/// A background to choose. True if it was.
fn swatch(ui: &mut Ui, name: &str, [top, bottom]: [[u8; 3]; 2], is_on: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, name));
    let mut mesh = egui::Mesh::default();
    let color = |[red, green, blue]: [u8; 3]| egui::Color32::from_rgb(red, green, blue);
    let inner = rect.shrink(2.0);
    for (y, part) in [(inner.top(), top), (inner.bottom(), bottom)] {
        mesh.colored_vertex(egui::pos2(inner.left(), y), color(part));
        mesh.colored_vertex(egui::pos2(inner.right(), y), color(part));
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
    let colors = theme::of(ui);
    let (width, line) = match (is_on, response.hovered() || response.has_focus()) {
        (true, _) => (2.0, colors.accent_line),
        (false, true) => (1.0, colors.text_strong),
        (false, false) => (1.0, colors.line),
    };
    let corner = f32::from(theme::CORNER);
    ui.painter().rect_stroke(
        rect.shrink(1.0),
        corner,
        egui::Stroke::new(width, line),
        egui::StrokeKind::Inside,
    );
    let is_clicked = response.clicked();
    response.on_hover_text(name);
    is_clicked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_stays_before_the_viewer() {
        assert_eq!(on_ball(0.0, 0.0), DVec3::Z);
        let far = on_ball(30.0, -40.0);
        assert!((far.length() - 1.0).abs() < 1e-12 && far.z >= LEAST_TOWARDS_VIEWER - 1e-12);
        assert!((far.x / far.y + 0.75).abs() < 1e-12);
    }
}
