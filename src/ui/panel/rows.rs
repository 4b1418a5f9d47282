//! Many rows in a list that scrolls, of which only those are laid out that are seen.

use egui::Ui;

/// Shows so many rows of one height, each as its number.
pub fn rows(ui: &mut Ui, count: usize, height: f32, mut row: impl FnMut(&mut Ui, usize)) {
    let pitch = height + ui.spacing().item_spacing.y;
    let top = ui.cursor().top();
    let seen = ui.clip_rect().y_range();
    let row_at = |y: f32| ((y - top) / pitch).clamp(0.0, count as f32);
    let first = row_at(seen.min).floor() as usize;
    let end = row_at(seen.max).ceil() as usize;
    ui.add_space(first as f32 * pitch);
    for n in first..end {
        let before = ui.cursor().top();
        row(ui, n);
        // A row that came out lower than the others moves nothing.
        let missing = pitch - (ui.cursor().top() - before);
        if missing > 0.0 {
            ui.add_space(missing);
        }
    }
    ui.add_space(count.saturating_sub(end) as f32 * pitch);
}
