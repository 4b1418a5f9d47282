// What a ray meets at one place each, nearest first: slices that stand in the volume, surfaces of volumes, and what
// crossings.wgsl knows of.

const MOST_SHEETS: u32 = 16u;

struct Sheet {
    // In samples.
    at: f32,
    color: vec4<f32>,
}

// Beyond everything.
const NO_SHEET: Sheet = Sheet(1e30, vec4<f32>(0.0));

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
    loop {
        var sheet = NO_SHEET;
        if next_sheet < sheet_count {
            sheet = sheets[next_sheet];
        }
        let crossing = waiting_crossing();
        if min(sheet.at, crossing.at) > n {
            break;
        }
        if sheet.at <= crossing.at {
            sum = behind(sum, sheet.color.rgb, sheet.color.a);
            next_sheet++;
        } else {
            sum = behind(sum, crossing.color.rgb, crossing.color.a);
            pass_crossing();
        }
    }
    return sum;
}
