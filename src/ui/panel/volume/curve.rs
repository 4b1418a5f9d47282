//! A curve of points that can be dragged, added and deleted, by pointer and by keyboard. Between 0 and 1 upwards; what
//! stands behind it and what the numbers mean is the caller's.

use egui::{
    Color32, CursorIcon, EventFilter, Id, Key, PointerButton, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo,
};
use egui::{pos2, vec2};

use super::paint;
use crate::ui::theme;

/// Radius of a point.
const RADIUS: f32 = 4.5;
/// How near to a point or to the line the pointer takes hold of it.
const REACH: f32 = 7.0;
/// Of the width seen, a press of an arrow key moves a point by so much.
const KEY_STEP: f64 = 1.0 / 200.0;
/// Up or down, a press of an arrow key moves a point by so much.
const KEY_RISE: f64 = 0.01;
/// With Shift, keys move so much further.
const KEY_FAST: f64 = 10.0;

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knot {
    /// Along the curve.
    pub x: f64,
    /// 0 to 1.
    pub y: f64,
    /// Its colour.
    pub color: [u8; 3],
}

/// What a curve remembers from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct CurveMemory {
    /// The point that fields and keys act on.
    pub selected: Option<usize>,
    held: Option<Held>,
    /// Whether a point has the keyboard.
    pub has_keys: bool,
}

impl CurveMemory {
    /// Whether something is being dragged.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

/// What is being dragged.
#[derive(Clone, Debug)]
struct Held {
    what: Grip,
    /// Where the pointer was when it took hold, on the curve's own scale.
    from: [f64; 2],
    /// The curve then.
    knots: Vec<Knot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grip {
    Knot(usize),
    All,
}

/// How a curve is laid out and named.
pub struct Layout<'a> {
    /// Its name for egui.
    pub id: Id,
    /// Where it is drawn.
    pub rect: Rect,
    /// What is seen of the scale along it.
    pub view: [f64; 2],
    /// Whether heights are drawn by their square root, so that small ones can be told apart.
    pub is_rooted: bool,
    /// The lowest x that a point may have.
    pub lowest: f64,
    /// The name of the plot.
    pub name: String,
    /// The name of a point with what it stands for.
    pub point: &'a dyn Fn(usize, &Knot) -> String,
}

/// What became of a curve in this frame.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The curve, if it was changed.
    pub knots: Option<Vec<Knot>>,
    /// Whether what was being changed is complete.
    pub is_settled: bool,
}

impl Layout<'_> {
    /// The place of a value and a height.
    pub fn place(&self, x: f64, y: f64) -> Pos2 {
        let [low, high] = self.view;
        let across = ((x - low) / (high - low)).clamp(-1e3, 1e3) as f32;
        let y = if self.is_rooted { y.max(0.0).sqrt() } else { y };
        let inner = self.inner();
        pos2(
            inner.left() + across * inner.width(),
            inner.bottom() - y as f32 * inner.height(),
        )
    }

    /// The value and height of a place.
    fn value(&self, at: Pos2) -> [f64; 2] {
        let [low, high] = self.view;
        let inner = self.inner();
        let across = f64::from((at.x - inner.left()) / inner.width());
        let up = f64::from((inner.bottom() - at.y) / inner.height()).clamp(0.0, 1.0);
        [low + across * (high - low), if self.is_rooted { up * up } else { up }]
    }

    /// Room at the edges, so that points at 0 and 1 are whole.
    fn inner(&self) -> Rect {
        self.rect.shrink2(vec2(RADIUS + 1.0, RADIUS + 1.5))
    }

    /// The curve as a line of points on the screen, from edge to edge.
    fn line(&self, knots: &[Knot]) -> Vec<Pos2> {
        const STEPS: u32 = 6;
        let mut points = Vec::new();
        if let (Some(first), Some(last)) = (knots.first(), knots.last()) {
            points.push(self.place(self.view[0].min(first.x), first.y));
            for pair in knots.windows(2) {
                // With heights by their root, straight lines are none on the screen.
                for step in 0..STEPS {
                    let t = f64::from(step) / f64::from(STEPS);
                    let mix = |a: f64, b: f64| a + (b - a) * t;
                    points.push(self.place(mix(pair[0].x, pair[1].x), mix(pair[0].y, pair[1].y)));
                }
            }
            points.push(self.place(last.x, last.y));
            points.push(self.place(self.view[1].max(last.x), last.y));
        }
        points
    }
}

/// Height and colour of a curve at a place of its scale.
pub fn at(knots: &[Knot], x: f64) -> (f64, [u8; 3]) {
    let next = knots.partition_point(|knot| knot.x <= x);
    let low = next.checked_sub(1).and_then(|n| knots.get(n));
    match (low, knots.get(next)) {
        (Some(a), Some(b)) => {
            let t = (x - a.x) / (b.x - a.x);
            let part = |c: usize| f64::from(a.color[c]) + t * (f64::from(b.color[c]) - f64::from(a.color[c]));
            let color = std::array::from_fn(|c| part(c).round() as u8);
            (a.y + t * (b.y - a.y), color)
        }
        (Some(end), None) | (None, Some(end)) => (end.y, end.color),
        (None, None) => (0.0, [255; 3]),
    }
}

/// Shows a curve over what was painted in its rectangle before.
pub fn show(ui: &mut Ui, layout: &Layout<'_>, knots: &[Knot], memory: &mut CurveMemory) -> Outcome {
    let mut outcome = Outcome::default();
    let plot = ui.interact(layout.rect, layout.id, Sense::click_and_drag());
    plot.widget_info(|| WidgetInfo::labeled(Role::Image, true, &layout.name));
    draw_line(ui, layout, knots);
    memory.selected = memory.selected.filter(|n| *n < knots.len());
    memory.has_keys = false;
    for n in 0..knots.len() {
        knot(ui, layout, knots, n, memory, &mut outcome);
    }
    on_plot(ui, layout, &plot, knots, memory, &mut outcome);
    if memory.held.is_some() && !ui.input(|input| input.pointer.primary_down()) {
        memory.held = None;
        outcome.is_settled = true;
    }
    outcome
}

fn draw_line(ui: &Ui, layout: &Layout<'_>, knots: &[Knot]) {
    let painter = ui.painter().with_clip_rect(layout.rect);
    let line = layout.line(knots);
    painter.add(paint::dark_line(line.clone()));
    painter.line(line, egui::Stroke::new(1.5, theme::of(ui).text_strong));
}

/// One point: its handle, and what is done with it.
fn knot(ui: &mut Ui, layout: &Layout<'_>, knots: &[Knot], n: usize, memory: &mut CurveMemory, outcome: &mut Outcome) {
    let this = &knots[n];
    let center = layout.place(this.x, this.y);
    if !layout.rect.expand(1.0).contains(center) {
        return;
    }
    let id = layout.id.with(n);
    let response = ui.interact(
        Rect::from_center_size(center, vec2(2.0, 2.0) * REACH),
        id,
        Sense::click_and_drag(),
    );
    let name = (layout.point)(n, this);
    response.widget_info(|| WidgetInfo::slider(true, this.y * 100.0, &name));
    if response.drag_started_by(PointerButton::Primary) {
        let shifts_all = ui.input(|input| input.modifiers.shift);
        response.request_focus();
        memory.selected = Some(n);
        take_hold(
            ui,
            layout,
            knots,
            if shifts_all { Grip::All } else { Grip::Knot(n) },
            memory,
        );
    }
    if response.dragged_by(PointerButton::Primary) {
        drag(ui, layout, memory, outcome);
    }
    if response.clicked() {
        response.request_focus();
        memory.selected = Some(n);
    }
    if response.secondary_clicked() {
        delete(knots, n, memory, outcome);
    }
    if response.gained_focus() {
        memory.selected = Some(n);
    }
    if response.has_focus() {
        memory.has_keys = true;
        keys(ui, layout, id, knots, n, memory, outcome);
    }
    if response.lost_focus() {
        outcome.is_settled = true;
    }
    let is_lively = response.hovered() || response.dragged();
    let looks = Looks {
        is_selected: memory.selected == Some(n),
        is_lively,
        has_focus: response.has_focus(),
    };
    draw_knot(ui, layout.rect, center, this, looks);
    response.on_hover_text(name).on_hover_cursor(CursorIcon::Grab);
}

/// How a point is drawn.
#[derive(Clone, Copy)]
struct Looks {
    is_selected: bool,
    is_lively: bool,
    has_focus: bool,
}

fn draw_knot(ui: &Ui, clip: Rect, center: Pos2, knot: &Knot, looks: Looks) {
    let Looks {
        is_selected,
        is_lively,
        has_focus,
    } = looks;
    let painter = ui.painter().with_clip_rect(clip.expand(RADIUS));
    let [red, green, blue] = knot.color;
    let radius = if is_lively || is_selected { RADIUS + 1.0 } else { RADIUS };
    painter.circle_filled(center, radius + 1.5, Color32::from_black_alpha(150));
    painter.circle_filled(center, radius, Color32::from_rgb(red, green, blue));
    let ring = if is_selected {
        theme::of(ui).accent_line
    } else {
        theme::of(ui).text_strong
    };
    let width = if has_focus { 2.5 } else { 1.5 };
    painter.circle_stroke(center, radius, egui::Stroke::new(width, ring));
}

/// What is done with the line and with the empty part of the plot.
fn on_plot(
    ui: &Ui,
    layout: &Layout<'_>,
    plot: &Response,
    knots: &[Knot],
    memory: &mut CurveMemory,
    outcome: &mut Outcome,
) {
    if plot.drag_started_by(PointerButton::Primary)
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let shifts_all = ui.input(|input| input.modifiers.shift);
        if !shifts_all && is_on_line(layout, knots, origin) {
            let with = with_knot(layout, knots, origin, true);
            memory.selected = Some(with.1);
            take_hold(ui, layout, &with.0, Grip::Knot(with.1), memory);
            outcome.knots = Some(with.0);
        } else {
            take_hold(ui, layout, knots, Grip::All, memory);
        }
    }
    if plot.dragged_by(PointerButton::Primary) {
        drag(ui, layout, memory, outcome);
    }
    let Some(at) = plot.interact_pointer_pos().or(plot.hover_pos()) else {
        return;
    };
    let is_near_knot = knots
        .iter()
        .any(|knot| layout.place(knot.x, knot.y).distance(at) <= REACH + 2.0);
    let is_on_line = is_on_line(layout, knots, at);
    if !is_near_knot && ((plot.double_clicked() && !is_on_line) || (plot.clicked() && is_on_line)) {
        let (with, n) = with_knot(layout, knots, at, is_on_line);
        memory.selected = Some(n);
        outcome.knots = Some(with);
        outcome.is_settled = true;
    } else if plot.clicked() && !is_near_knot {
        memory.selected = None;
    }
    if memory.held.is_some() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    } else if plot.hovered() && is_on_line {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
}

fn is_on_line(layout: &Layout<'_>, knots: &[Knot], place: Pos2) -> bool {
    let line = layout.line(knots);
    line.windows(2).any(|ends| {
        let along = ends[1] - ends[0];
        let t = ((place - ends[0]).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
        (ends[0] + along * t).distance(place) <= REACH
    })
}

/// The curve with one more point, and its number.
fn with_knot(layout: &Layout<'_>, knots: &[Knot], place: Pos2, on_line: bool) -> (Vec<Knot>, usize) {
    let [x, y] = layout.value(place);
    let x = x.max(layout.lowest);
    let (on_curve, color) = at(knots, x);
    let y = if on_line { on_curve } else { y };
    let n = knots.partition_point(|knot| knot.x <= x);
    let mut with = knots.to_vec();
    with.insert(n, Knot { x, y, color });
    (with, n)
}

fn take_hold(ui: &Ui, layout: &Layout<'_>, knots: &[Knot], what: Grip, memory: &mut CurveMemory) {
    if let Some(origin) = ui.input(|input| input.pointer.press_origin()) {
        memory.held = Some(Held {
            what,
            from: layout.value(origin),
            knots: knots.to_vec(),
        });
    }
}

/// Follows the pointer: from where it took hold, so that nothing adds up.
fn drag(ui: &Ui, layout: &Layout<'_>, memory: &CurveMemory, outcome: &mut Outcome) {
    let Some((held, place)) = memory.held.as_ref().zip(ui.input(|input| input.pointer.interact_pos())) else {
        return;
    };
    let now = layout.value(place);
    let by = now[0] - held.from[0];
    let mut knots = held.knots.clone();
    match held.what {
        Grip::Knot(n) => {
            if let Some(original) = held.knots.get(n) {
                let rise = layout.place(original.x, original.y) - layout.place(held.from[0], held.from[1]);
                let y = layout.value(place + rise)[1];
                move_knot(&mut knots, n, original.x + by, y, layout.lowest);
            }
        }
        Grip::All => {
            let lowest = held.knots.first().map_or(0.0, |first| layout.lowest - first.x);
            knots.iter_mut().for_each(|knot| knot.x += by.max(lowest));
        }
    }
    outcome.knots = Some(knots);
}

/// A point goes no further than its neighbours.
fn move_knot(knots: &mut [Knot], n: usize, x: f64, y: f64, lowest: f64) {
    let low = n
        .checked_sub(1)
        .and_then(|n| knots.get(n))
        .map_or(lowest, |knot| knot.x);
    let high = knots.get(n + 1).map_or(f64::MAX, |knot| knot.x);
    if let Some(knot) = knots.get_mut(n) {
        knot.x = x.min(high).max(low);
        knot.y = y.clamp(0.0, 1.0);
    }
}

/// The last point stays.
fn delete(knots: &[Knot], n: usize, memory: &mut CurveMemory, outcome: &mut Outcome) {
    if knots.len() > 1 {
        let mut left = knots.to_vec();
        left.remove(n);
        memory.selected = None;
        outcome.knots = Some(left);
        outcome.is_settled = true;
    }
}

fn keys(
    ui: &Ui,
    layout: &Layout<'_>,
    id: Id,
    knots: &[Knot],
    n: usize,
    memory: &mut CurveMemory,
    outcome: &mut Outcome,
) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let (right, up, deletes) = ui.input(|input| {
        let presses = |key: Key| input.num_presses(key) as f64;
        let fast = if input.modifiers.shift { KEY_FAST } else { 1.0 };
        let raised = input.num_accesskit_action_requests(id, egui::accesskit::Action::Increment) as f64
            - input.num_accesskit_action_requests(id, egui::accesskit::Action::Decrement) as f64;
        (
            (presses(Key::ArrowRight) - presses(Key::ArrowLeft)) * fast,
            (presses(Key::ArrowUp) - presses(Key::ArrowDown)) * fast + raised,
            input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace),
        )
    });
    if deletes {
        delete(knots, n, memory, outcome);
    } else if right != 0.0 || up != 0.0 {
        let mut moved = knots.to_vec();
        let x = knots[n].x + right * KEY_STEP * (layout.view[1] - layout.view[0]);
        move_knot(&mut moved, n, x, knots[n].y + up * KEY_RISE, layout.lowest);
        outcome.knots = Some(moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knots() -> Vec<Knot> {
        [(0.0, 0.0), (10.0, 0.5), (20.0, 1.0)]
            .map(|(x, y)| Knot {
                x,
                y,
                color: [(x * 10.0) as u8; 3],
            })
            .to_vec()
    }

    fn layout(point: &dyn Fn(usize, &Knot) -> String) -> Layout<'_> {
        Layout {
            id: Id::unique("curve"),
            rect: Rect::from_min_size(pos2(0.0, 0.0), vec2(211.0, 112.0)),
            view: [0.0, 20.0],
            is_rooted: true,
            lowest: f64::MIN,
            name: String::new(),
            point,
        }
    }

    #[test]
    fn places_are_values_and_back() {
        let layout = layout(&|_, _| String::new());
        for (x, y) in [(0.0, 0.0), (7.0, 0.25), (20.0, 1.0)] {
            let [x_back, y_back] = layout.value(layout.place(x, y));
            assert!((x - x_back).abs() < 1e-3 && (y - y_back).abs() < 1e-3);
        }
    }

    #[test]
    fn a_new_point_on_the_line_changes_nothing() {
        let layout = layout(&|_, _| String::new());
        let place = layout.place(5.0, 0.25);
        assert!(is_on_line(&layout, &knots(), place));
        assert!(!is_on_line(&layout, &knots(), place - vec2(0.0, 30.0)));
        let (with, n) = with_knot(&layout, &knots(), place, true);
        assert_eq!((n, with.len()), (1, 4));
        for x in 0..20 {
            let (before, after) = (at(&knots(), f64::from(x)), at(&with, f64::from(x)));
            assert!((before.0 - after.0).abs() < 1e-3);
            assert!(before.1[0].abs_diff(after.1[0]) <= 1);
        }
    }

    #[test]
    fn points_stay_between_their_neighbours() {
        let mut moved = knots();
        move_knot(&mut moved, 1, 35.0, 2.0, 0.0);
        assert_eq!((moved[1].x, moved[1].y), (20.0, 1.0));
        move_knot(&mut moved, 0, -5.0, -1.0, 0.0);
        assert_eq!((moved[0].x, moved[0].y), (0.0, 0.0));
    }
}
