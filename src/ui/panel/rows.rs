//! Many rows in a list that scrolls, of which only those are laid out that are seen.

use egui::Ui;

/// Shows so many rows of one height, each as its number. `also` is laid out wherever it is: something in it goes on.
pub fn rows(ui: &mut Ui, count: usize, height: f32, also: Option<usize>, mut row: impl FnMut(&mut Ui, usize)) {
    let pitch = height + ui.spacing().item_spacing.y;
    let top = ui.cursor().top();
    let seen = ui.clip_rect().y_range();
    let row_at = |y: f32| ((y - top) / pitch).clamp(0.0, count as f32);
    // One more each way, for those who go on by keyboard.
    let first = (row_at(seen.min).floor() as usize).saturating_sub(1);
    let end = (row_at(seen.max).ceil() as usize + 1).clamp(first, count);
    let also = also.filter(|row| *row < count);
    let (first, end) = also.map_or((first, end), |row| (first.min(row), end.max(row + 1)));
    ui.add_space(first as f32 * pitch);
    // What a row is called does not depend on how far the list was scrolled.
    ui.skip_ahead_auto_ids(first);
    for n in first..end {
        let before = ui.cursor().top();
        ui.push_id(n, |ui| row(ui, n));
        // A row that came out lower than the others moves nothing.
        let missing = pitch - (ui.cursor().top() - before);
        if missing > 0.0 {
            ui.add_space(missing);
        }
    }
    ui.skip_ahead_auto_ids(count - end);
    ui.add_space((count - end) as f32 * pitch);
}
