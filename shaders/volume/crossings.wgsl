// Where rays go through surfaces, found before the picture is drawn (algo::quick_rays::Crossings). For each pixel its
// first crossing and how many there are; rows of CROSSINGS_WIDTH crossings: the place in samples, and colour and opacity
// in 16 bits each.

@group(0) @binding(1) var crossing_spans: texture_2d<u32>;
@group(0) @binding(2) var crossings: texture_2d<u32>;

const CROSSINGS_WIDTH: u32 = 4096u;

var<private> next_crossing: u32 = 0u;
var<private> end_crossing: u32 = 0u;

fn begin_crossings(position: vec4<f32>) {
    let span = textureLoad(crossing_spans, vec2<i32>(position.xy), 0);
    next_crossing = span.x;
    end_crossing = span.x + span.y;
}

// The nearest that is left; beyond everything if there is none.
fn waiting_crossing() -> Sheet {
    if next_crossing >= end_crossing {
        return NO_SHEET;
    }
    let at = vec2<u32>(next_crossing % CROSSINGS_WIDTH, next_crossing / CROSSINGS_WIDTH);
    let words = textureLoad(crossings, at, 0);
    return Sheet(bitcast<f32>(words.x), vec4<f32>(unpack2x16unorm(words.y), unpack2x16unorm(words.z)));
}

fn pass_crossing() {
    next_crossing++;
}
