//! scratch
use glam::DVec3;
use isocenter::io::{demo, png::write_png};
fn main() {
    let out = std::env::args().nth(1).unwrap();
    let show = |name: &str, at: DVec3, right: DVec3, down: DVec3, w: u32, h: u32, c: f64, wd: f64| {
        let mut px = Vec::new();
        for y in 0..h { for x in 0..w {
            let p = at + right * ((f64::from(x) - f64::from(w) / 2.0) * 1.0) + down * ((f64::from(y) - f64::from(h) / 2.0) * 1.0);
            let v = f64::from(demo::phantom().value_at(p));
            let g = (((v - c) / wd + 0.5).clamp(0.0, 1.0) * 255.0) as u8;
            px.extend([g, g, g, 255]);
        } }
        write_png(std::path::Path::new(&format!("{out}/{name}.png")), [w, h], &px).unwrap();
    };
    let (x, y, z) = (DVec3::X, DVec3::Y, DVec3::Z);
    show("cor", DVec3::new(0.0, 0.0, 0.0), x, -z, 400, 520, 40.0, 600.0);
    show("cor2", DVec3::new(0.0, -40.0, 0.0), x, -z, 400, 520, 0.0, 1600.0);
    show("sag", DVec3::new(0.0, 0.0, 0.0), y, -z, 300, 520, 40.0, 600.0);
    show("sag2", DVec3::new(30.0, 0.0, 0.0), y, -z, 300, 520, 0.0, 1600.0);
    for (n, zz) in [(1, -30.0), (2, -100.0), (3, -185.0), (4, 80.0), (5, 137.0), (6, 168.0)] {
        show(&format!("ax{n}"), DVec3::new(0.0, 10.0, zz), x, y, 400, 280, 40.0, if zz > 100.0 {160.0} else if zz < -150.0 {400.0} else {1400.0});
    }
}
