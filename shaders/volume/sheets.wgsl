// What a ray meets at one place each, nearest first: slices that stand in the volume, and surfaces.

const MOST_SHEETS: u32 = 16u;

struct Sheet {
    // In samples.
    at: f32,
    color: vec4<f32>,
}

var<private> sheets: array<Sheet, MOST_SHEETS>;
var<private> sheet_count: u32 = 0u;
var<private> next_sheet: u32 = 0u;

// Of two at one place the first that was added is in front.
fn add_sheet(at: f32, color: vec4<f32>) {
    if sheet_count == MOST_SHEETS {
        return;
    }
    var place = sheet_count;
    while place > 0u && sheets[place - 1u].at > at {
        sheets[place] = sheets[place - 1u];
        place--;
    }
    sheets[place] = Sheet(at, color);
    sheet_count++;
}

// Lays those behind that lie no farther away than a sample.
fn lay_sheets(so_far: vec4<f32>, n: f32) -> vec4<f32> {
    var sum = so_far;
    while next_sheet < sheet_count && sheets[next_sheet].at <= n {
        sum = behind(sum, sheets[next_sheet].color.rgb, sheets[next_sheet].color.a);
        next_sheet++;
    }
    return sum;
}
