//! Movies as files: read back by other decoders, and nothing left behind where they could not be written.

use std::io;
use std::path::Path;

use isocenter::app::movie::{MovieSettings, check, numbered_name, write};

fn settings(frames: usize) -> MovieSettings {
    MovieSettings {
        size: [24, 17],
        frames,
        fps: 12.5,
        repeats: true,
        is_transparent: false,
    }
}

/// A colour ramp that moves, opaque.
fn colors(n: usize) -> Vec<u8> {
    (0..24 * 17)
        .flat_map(|p| [(p % 24 * 10 + n) as u8, (p / 24 * 15) as u8, (n * 20) as u8, 255])
        .collect()
}

/// A grey disc on nothing, half there at its left.
fn disc(n: usize) -> Vec<u8> {
    (0..24 * 17i32)
        .flat_map(|p| {
            let (x, y) = (p % 24 - 8 - n as i32, p / 24 - 8);
            let alpha = match x * x + y * y {
                ..36 if x < 0 => 90,
                ..36 => 255,
                _ => 0,
            };
            let gray = if alpha == 0 { 0 } else { 100 + p as u8 % 50 };
            [gray, gray, gray, alpha]
        })
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_animated_png_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    for (name, is_transparent) in [("opaque.png", false), ("transparent.apng", true)] {
        let path = folder.path().join(name);
        let settings = MovieSettings {
            is_transparent,
            repeats: !is_transparent,
            ..settings(5)
        };
        let picture = |n| if is_transparent { disc(n) } else { colors(n) };
        write(&path, &settings, &mut |n| Ok(picture(n))).unwrap();
        let file = io::BufReader::new(std::fs::File::open(&path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let control = reader.info().animation_control().unwrap();
        assert_eq!(control.num_frames, 5);
        assert_eq!(control.num_plays, u32::from(is_transparent), "plays");
        for n in 0..5 {
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            let delay = reader.info().frame_control().unwrap();
            assert_eq!(f64::from(delay.delay_num) / f64::from(delay.delay_den), 1.0 / 12.5);
            let expected = if is_transparent {
                disc(n)
            } else {
                colors(n)
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .flat_map(|p| [p[0], p[1], p[2]])
                    .collect()
            };
            assert_eq!(pixels, expected, "{name}, picture {n}");
        }
    }
}

/// Pictures of a GIF as a viewer shows them, and their times in hundredths of a second.
fn read_gif(path: &Path) -> (Vec<Vec<u8>>, Vec<u16>, gif::Repeat) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(std::fs::File::open(path).unwrap()).unwrap();
    let (mut pictures, mut delays) = (Vec::new(), Vec::new());
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert_eq!((frame.width, frame.height), (24, 17));
        pictures.push(frame.buffer.to_vec());
        delays.push(frame.delay);
    }
    (pictures, delays, decoder.repeat())
}

#[test]
fn a_gif_is_near_and_grey_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("colors.gif");
    write(&path, &settings(7), &mut |n| Ok(colors(n))).unwrap();
    let (pictures, delays, repeat) = read_gif(&path);
    assert_eq!((pictures.len(), repeat), (7, gif::Repeat::Infinite));
    assert_eq!(delays.iter().map(|delay| u32::from(*delay)).sum::<u32>(), 56);
    for (n, picture) in pictures.iter().enumerate() {
        let worst = picture.iter().zip(colors(n)).map(|(a, b)| a.abs_diff(b)).max();
        assert!(worst <= Some(16), "picture {n}: {worst:?}");
    }

    let path = folder.path().join("disc.gif");
    let transparent = MovieSettings {
        is_transparent: true,
        repeats: false,
        ..settings(3)
    };
    write(&path, &transparent, &mut |n| Ok(disc(n))).unwrap();
    let (pictures, _, repeat) = read_gif(&path);
    assert_eq!((pictures.len(), repeat), (3, gif::Repeat::Finite(0)));
    for (n, picture) in pictures.iter().enumerate() {
        for (shown, meant) in picture.as_chunks::<4>().0.iter().zip(disc(n).as_chunks::<4>().0) {
            if meant[3] >= 128 {
                assert_eq!(shown[..3], meant[..3], "grey stays as it is");
                assert_eq!(shown[3], 255);
            } else {
                assert_eq!(shown[3], 0, "what is less than half there is not");
            }
        }
    }
}

#[test]
fn an_animated_webp_is_exact() {
    let folder = tempfile::tempdir().unwrap();
    for (name, is_transparent) in [("opaque.webp", false), ("transparent.webp", true)] {
        let path = folder.path().join(name);
        let settings = MovieSettings {
            is_transparent,
            repeats: is_transparent,
            ..settings(6)
        };
        let picture = |n| if is_transparent { disc(n) } else { colors(n) };
        write(&path, &settings, &mut |n| Ok(picture(n))).unwrap();
        let file = io::BufReader::new(std::fs::File::open(&path).unwrap());
        let mut decoder = image_webp::WebPDecoder::new(file).unwrap();
        assert!(decoder.is_animated());
        assert_eq!((decoder.dimensions(), decoder.num_frames()), ((24, 17), 6));
        assert_eq!(decoder.has_alpha(), is_transparent);
        assert_eq!(
            matches!(decoder.loop_count(), image_webp::LoopCount::Forever),
            is_transparent
        );
        for n in 0..6 {
            let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
            assert_eq!(decoder.read_frame(&mut pixels).unwrap(), 80);
            let expected = if is_transparent {
                disc(n)
            } else {
                colors(n)
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .flat_map(|p| [p[0], p[1], p[2]])
                    .collect()
            };
            let differs = pixels.iter().zip(&expected).position(|(a, b)| a != b);
            assert_eq!(differs, None, "{name}, picture {n}");
        }
    }
}

#[test]
fn numbered_pictures_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("F-%03d.png");
    write(&path, &settings(3), &mut |n| Ok(colors(n))).unwrap();
    assert_eq!(names(folder.path()), ["F-000.png", "F-001.png", "F-002.png"]);
    let first = std::fs::read(folder.path().join("F-000.png")).unwrap();
    // Again, in other colours: they are replaced together.
    write(&path, &settings(3), &mut |n| Ok(colors(n + 3))).unwrap();
    assert_eq!(names(folder.path()).len(), 3);
    assert_ne!(std::fs::read(folder.path().join("F-000.png")).unwrap(), first);
    // A shorter movie would leave half of the longer one behind it.
    let refused = write(&path, &settings(2), &mut |n| Ok(colors(n))).unwrap_err();
    assert!(refused.to_string().contains("F-002.png"), "{refused}");
    // What only looks like one of them is left alone.
    std::fs::write(folder.path().join("F-9.png"), "x").unwrap();
    write(&path, &settings(3), &mut |n| Ok(disc(n))).unwrap();
    assert_eq!(names(folder.path()).len(), 4);
}

#[test]
fn numbered_pictures_that_cannot_take_their_places_leave_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("F-%d.png");
    write(&path, &settings(2), &mut |n| Ok(colors(n))).unwrap();
    let before = std::fs::read(folder.path().join("F-0.png")).unwrap();
    // The folder of the new pictures disappears while they are drawn.
    let failed = write(&path, &settings(2), &mut |n| {
        if n == 1 {
            for name in names(folder.path()).iter().filter(|name| name.starts_with('.')) {
                std::fs::remove_dir_all(folder.path().join(name)).unwrap();
            }
        }
        Ok(disc(n))
    });
    assert!(failed.is_err());
    assert_eq!(names(folder.path()), ["F-0.png", "F-1.png"]);
    assert_eq!(std::fs::read(folder.path().join("F-0.png")).unwrap(), before);
}

#[test]
fn a_movie_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["F.png", "F.gif", "F.webp", "F-%02d.png"] {
        let path = folder.path().join(name);
        let failed = write(&path, &settings(9), &mut |n| {
            if n < 5 {
                Ok(colors(n))
            } else {
                Err(io::Error::other("the device is lost"))
            }
        });
        let said = failed.unwrap_err().to_string();
        assert!(said.contains("the device is lost") && said.contains(name), "{said}");
        assert_eq!(names(folder.path()), [""; 0], "{name}");
        let failed = write(&path, &settings(2), &mut |_| Ok(vec![0; 12]));
        assert!(failed.is_err(), "{name}: a picture of the wrong size");
        assert_eq!(names(folder.path()), [""; 0], "{name}");
    }
}

#[test]
fn what_cannot_be_a_movie_is_refused_before_it_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, settings: &MovieSettings| {
        let path = folder.path().join(name);
        let said = check(&path, settings).unwrap_err().to_string();
        let mut drawn = 0;
        let wrote = write(&path, settings, &mut |_| {
            drawn += 1;
            Ok(Vec::new())
        });
        assert!(wrote.is_err() && drawn == 0, "{name}");
        said
    };
    let good = settings(10);
    assert!(refused("F.avi", &good).contains(".webp"));
    assert!(refused("F.png", &MovieSettings { frames: 0, ..good }).contains("10000"));
    for fps in [0.0, -1.0, f64::NAN, f64::INFINITY, 60.0] {
        assert!(refused("F.gif", &MovieSettings { fps, ..good }).contains("50"), "{fps}");
    }
    for size in [[0, 10], [20_000, 10]] {
        assert!(refused("F.webp", &MovieSettings { size, ..good }).contains("16384"));
    }
    let size = [8192, 8192];
    refused(
        "F.png",
        &MovieSettings {
            size,
            frames: 9000,
            ..good
        },
    );
    let is_transparent = true;
    assert!(refused("F.mp4", &MovieSettings { is_transparent, ..good }).contains("transparent"));
    refused("no/such/folder/F-%d.webp/F.mpg", &good);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["no/F.png", "no/F.gif", "no/F.webp", "no/F-%02d.png"] {
        let failed = write(&folder.path().join(name), &settings(2), &mut |n| Ok(colors(n)));
        assert!(failed.unwrap_err().to_string().contains(name), "{name}");
    }
}

#[test]
fn the_name_of_a_sequence_is_made_from_any_name() {
    assert_eq!(numbered_name(Path::new("/a/b.png")), Path::new("/a/b-%03d.png"));
}

/// Videos, where there is an ffmpeg to make them.
#[test]
fn a_video_is_made_by_ffmpeg_or_the_reason_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["F.mp4", "F.webm"] {
        let path = folder.path().join(name);
        let wrote = write(&path, &settings(5), &mut |n| Ok(colors(n)));
        if isocenter::app::movie::has_ffmpeg() {
            wrote.unwrap();
            assert!(std::fs::metadata(&path).unwrap().len() > 500);
            let broken = folder.path().join(format!("broken-{name}"));
            let failed = write(&broken, &settings(5), &mut |n| {
                if n < 3 {
                    Ok(colors(n))
                } else {
                    Err(io::Error::other("stopped"))
                }
            });
            assert!(failed.unwrap_err().to_string().contains("stopped"));
            assert!(!broken.exists());
        } else {
            assert!(wrote.unwrap_err().to_string().contains("ffmpeg"));
        }
    }
    assert!(names(folder.path()).iter().all(|name| name.starts_with("F.")));
}
