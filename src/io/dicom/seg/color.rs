//! Recommended Display CIELab Value to sRGB (PS3.3 C.10.7.1.1: L*, a*, b* of the ICC profile connection space, D50).

/// The sRGB colour of an encoded CIELab value: L* of 0 to 100 and a*, b* of -128 to 127, each over 0 to 65535.
pub(super) fn srgb_of_lab(encoded: [f64; 3]) -> [u8; 3] {
    let lightness = encoded[0] * 100.0 / 65535.0;
    let [a, b] = [encoded[1], encoded[2]].map(|part| part * 255.0 / 65535.0 - 128.0);
    let fy = (lightness + 16.0) / 116.0;
    // CIE 15: the inverse of the cube root with its linear part near black.
    let inverse = |f: f64| {
        if f > 6.0 / 29.0 {
            f.powi(3)
        } else {
            (f - 4.0 / 29.0) * 3.0 * (6.0_f64 / 29.0).powi(2)
        }
    };
    // The white of the profile connection space, D50.
    let x = 0.964_22 * inverse(fy + a / 500.0);
    let y = inverse(fy);
    let z = 0.825_21 * inverse(fy - b / 200.0);
    // XYZ at D50 to linear sRGB, adapted by Bradford (B. Lindbloom).
    let linear = [
        3.133_856_1 * x - 1.616_866_7 * y - 0.490_614_6 * z,
        -0.978_768_4 * x + 1.916_141_5 * y + 0.033_454 * z,
        0.071_945_3 * x - 0.228_991_4 * y + 1.405_242_7 * z,
    ];
    linear.map(|light| {
        let light = light.clamp(0.0, 1.0);
        let coded = if light <= 0.003_130_8 {
            12.92 * light
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        (coded * 255.0).round() as u8
    })
}

/// The encoded CIELab value of an sRGB colour.
pub(in crate::io::dicom) fn lab_of_srgb(color: [u8; 3]) -> [u16; 3] {
    let [r, g, b] = color.map(|coded| {
        let coded = f64::from(coded) / 255.0;
        if coded <= 0.040_45 {
            coded / 12.92
        } else {
            ((coded + 0.055) / 1.055).powf(2.4)
        }
    });
    // Linear sRGB to XYZ at D50, adapted by Bradford (B. Lindbloom), over the white of the profile connection space.
    let x = (0.436_074_7 * r + 0.385_064_9 * g + 0.143_080_4 * b) / 0.964_22;
    let y = 0.222_504_5 * r + 0.716_878_6 * g + 0.060_616_9 * b;
    let z = (0.013_932_2 * r + 0.097_104_5 * g + 0.714_173_3 * b) / 0.825_21;
    let root = |t: f64| {
        if t > (6.0_f64 / 29.0).powi(3) {
            t.cbrt()
        } else {
            t / (3.0 * (6.0_f64 / 29.0).powi(2)) + 4.0 / 29.0
        }
    };
    let (fx, fy, fz) = (root(x), root(y), root(z));
    let code = |share: f64| (share * 65535.0).round().clamp(0.0, 65535.0) as u16;
    [
        code((116.0 * fy - 16.0) / 100.0),
        code((500.0 * (fx - fy) + 128.0) / 255.0),
        code((200.0 * (fy - fz) + 128.0) / 255.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_comes_back() {
        for n in 0..4096_u32 {
            let color = [n % 16, n / 16 % 16, n / 256].map(|part| (part * 17) as u8);
            let back = srgb_of_lab(lab_of_srgb(color).map(f64::from));
            assert_eq!(back, color);
        }
    }

    fn check(lab: [f64; 3], expected: [u8; 3]) {
        let encoded = [
            lab[0] / 100.0 * 65535.0,
            (lab[1] + 128.0) / 255.0 * 65535.0,
            (lab[2] + 128.0) / 255.0 * 65535.0,
        ];
        let got = srgb_of_lab(encoded);
        assert!(
            got.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 1),
            "{lab:?}: {got:?}"
        );
    }

    #[test]
    fn known_colours() {
        // CIELab of sRGB's own corners at D50, Bradford (B. Lindbloom's calculator).
        check([100.0, 0.0, 0.0], [255, 255, 255]);
        check([0.0, 0.0, 0.0], [0, 0, 0]);
        check([54.29, 80.81, 69.89], [255, 0, 0]);
        check([87.82, -79.29, 80.99], [0, 255, 0]);
        check([29.57, 68.30, -112.03], [0, 0, 255]);
    }
}
