// Of a picture without surfaces: what crossings.wgsl has.

fn begin_crossings(position: vec4<f32>) {
}

fn waiting_crossing() -> Sheet {
    return NO_SHEET;
}

fn pass_crossing() {
}
