//! A slider with two handles for a range of values; what is between them is dragged as a whole.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme;

const HANDLE_RADIUS: f32 = 5.0;

/// What was taken hold of.
#[derive(Clone, Copy)]
enum Held {
    Low,
    High,
    /// Both.
    Both,
}

/// A drag under way.
#[derive(Clone, Copy)]
struct Begun {
    held: Held,
    /// The range when it began, and where the pointer was.
    range: [f64; 2],
    x: f32,
    /// The ends of the slider.
    ends: [f64; 2],
}

/// Shows it; whether the range was changed. A range that goes beyond the ends of the slider stays so until it is dragged.
pub fn range_slider(ui: &mut Ui, range: &mut [f64; 2], [least, most]: [f64; 2], says: &str, tip: &str) -> bool {
    let id = ui.next_auto_id();
    // While it is dragged its ends stay where they were, whatever the range becomes.
    let begun: Option<Begun> = ui.data(|data| data.get_temp(id));
    let [least, most] = begun.map_or([least, most], |begun| begun.ends);
    let size = vec2(ui.available_width(), ui.spacing().interact_size.y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let track = rect.x_range().shrink(HANDLE_RADIUS);
    let span = (most - least).max(f64::MIN_POSITIVE);
    let place = |value: f64| track.min + ((value - least) / span).clamp(0.0, 1.0) as f32 * track.span();
    let value_at = |x: f32| least + f64::from(((x - track.min) / track.span().max(1.0)).clamp(0.0, 1.0)) * span;
    let before = *range;
    // A drag is known to be one some pixels after it began.
    let origin = ui.input(|input| input.pointer.press_origin());
    if response.drag_started()
        && let Some(at) = origin.or(response.interact_pointer_pos())
    {
        let begun = Begun {
            held: held(at.x, [place(range[0]), place(range[1])]),
            range: *range,
            x: at.x,
            ends: [least, most],
        };
        ui.data_mut(|data| data.insert_temp(id, begun));
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<Begun>(id));
    }
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
        && let Some(begun) = ui.data(|data| data.get_temp::<Begun>(id))
    {
        match begun.held {
            Held::Low => range[0] = value_at(at.x).min(range[1]),
            Held::High => range[1] = value_at(at.x).max(range[0]),
            Held::Both => {
                let [low, high] = begun.range;
                let by = f64::from((at.x - begun.x) / track.span().max(1.0)) * span;
                let by = by.clamp((least - low).min(0.0), (most - high).max(0.0));
                *range = [low + by, high + by];
            }
        }
    } else if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        // A click beside the range brings the nearer end there.
        match held(at.x, [place(range[0]), place(range[1])]) {
            Held::Low => range[0] = value_at(at.x).min(range[1]),
            Held::High => range[1] = value_at(at.x).max(range[0]),
            Held::Both => {}
        }
    }
    paint(ui, rect, [place(range[0]), place(range[1])], &response);
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, says));
    response.on_hover_text(tip);
    *range != before
}

/// What a pointer takes hold of: a handle that is near, or what is between.
fn held(x: f32, [low, high]: [f32; 2]) -> Held {
    let [to_low, to_high] = [(x - low).abs(), (x - high).abs()];
    let is_between = x > low && x < high;
    if is_between && to_low.min(to_high) > 2.0 * HANDLE_RADIUS {
        Held::Both
    } else if to_low < to_high || (to_low <= to_high && x < low) {
        Held::Low
    } else {
        Held::High
    }
}

fn paint(ui: &Ui, rect: Rect, [low, high]: [f32; 2], response: &Response) {
    let visuals = ui.style().interact(response);
    let middle = rect.center().y;
    let bar = |from: f32, to: f32| Rect::from_x_y_ranges(from..=to, middle - 2.0..=middle + 2.0);
    let ground = ui.visuals().widgets.inactive.bg_fill;
    ui.painter().rect_filled(bar(rect.left(), rect.right()), 2.0, ground);
    ui.painter().rect_filled(bar(low, high), 2.0, theme::of(ui).accent);
    for x in [low, high] {
        ui.painter()
            .circle(pos2(x, middle), HANDLE_RADIUS, visuals.bg_fill, visuals.fg_stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_handle_is_taken_and_what_is_between_moves_both() {
        assert!(matches!(held(10.0, [40.0, 80.0]), Held::Low));
        assert!(matches!(held(43.0, [40.0, 80.0]), Held::Low));
        assert!(matches!(held(60.0, [40.0, 80.0]), Held::Both));
        assert!(matches!(held(90.0, [40.0, 80.0]), Held::High));
        // Of two at one place the one that can still move that way.
        assert!(matches!(held(30.0, [40.0, 40.0]), Held::Low));
        assert!(matches!(held(50.0, [40.0, 40.0]), Held::High));
    }
}
