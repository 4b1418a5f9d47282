//! The flags of `isocenter render`, and how they are read.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use glam::DVec3;

use crate::app::movie::{self, MovieFormat};
use crate::app::presets;
use crate::app::probability;
use crate::app::transfer_presets::{self, TransferPreset};
use crate::cli::parse_numbers;
use crate::model::color_map::ColorMap;
use crate::model::window::Window;
use crate::say;
use crate::scene::{Background, ClipPlane, CropBox, Light, VolumeMode};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isocenter render scan/ --out axial.png --view axial --at 0,10,-35 --window 40,400\n  isocenter render scan/ --out lung.png --view coronal --slab 8 --slab-mode mip --window lung\n  isocenter render ct.nii.gz --out liver.png --probability liver_prob.nii.gz --threshold 0.3\n  isocenter render scan/ --out mip.png --view volume --mode mip --camera 30,10\n  isocenter render scan/ --out turn.webp --view volume --turntable 72 --background none\n  isocenter render scan/ --out slices-%03d.png --view axial --sweep 100"
)]
pub(in crate::cli) struct RenderArgs {
    /// A file or folder.
    pub(super) path: PathBuf,
    /// Where to write the picture, a .png; of movies also .webp, .gif, .mp4 and .webm (these two by ffmpeg), an animated
    /// .png or .apng, and F-%03d.png for numbered pictures. All but .mp4 keep a transparent background; in a .gif pixels
    /// are seen through or not.
    #[arg(long, short, value_name = "FILE", value_parser = parse_out)]
    pub(super) out: PathBuf,
    /// Which volume: its number in `info`, or a series UID.
    #[arg(long, value_name = "N|UID")]
    pub(super) series: Option<String>,
    /// From where [default: axial; stack, if the pictures have no place in space].
    #[arg(long, value_enum)]
    pub(super) view: Option<ViewArg>,
    /// The place in the middle of the picture, LPS mm [default: the volume's centre].
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>)]
    pub(super) at: Option<[f64; 3]>,
    /// Width and height in pixels.
    #[arg(long, value_name = "WxH", default_value = "512x512", value_parser = parse_size)]
    pub(super) size: [u32; 2],
    /// Height of the picture in mm [default: the volume fits].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    pub(super) fov: Option<f64>,
    /// Centre and width, the name of a preset, or `auto` [default: the file's first window, else auto].
    #[arg(long, value_name = "C,W|PRESET|auto", allow_hyphen_values = true, value_parser = parse_window)]
    pub(super) window: Option<WindowArg>,
    /// How values between voxels are found.
    #[arg(long, value_enum, default_value_t = InterpolationArg::Linear)]
    pub(super) interpolation: InterpolationArg,
    /// The direction of view of an oblique plane.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>, required_if_eq("view", "oblique"))]
    pub(super) normal: Option<[f64; 3]>,
    /// What is up in an oblique plane.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>, required_if_eq("view", "oblique"))]
    pub(super) up: Option<[f64; 3]>,
    /// Thickness of a slab.
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    pub(super) slab: Option<f64>,
    /// What a slab shows of the values across it.
    #[arg(long, value_enum, default_value_t = SlabModeArg::Mip, requires = "slab")]
    pub(super) slab_mode: SlabModeArg,
    /// Colours instead of grey.
    #[arg(long, value_name = "NAME", value_parser = parse_color_map)]
    pub(super) colormap: Option<Arc<ColorMap>>,
    /// Which time point, from 0.
    #[arg(long, value_name = "T", default_value_t = 0)]
    pub(super) frame: usize,
    /// Which stored slice `--view stack` shows, from 0 [default: the middle].
    #[arg(long, value_name = "K")]
    pub(super) slice: Option<usize>,
    /// What `--view volume` makes of the values along a ray.
    #[arg(long, value_enum, default_value_t = ModeArg::Mip)]
    pub(super) mode: ModeArg,
    /// Where `--view volume` looks from: degrees to the patient's left, degrees up, and how much closer.
    #[arg(long, value_name = "AZIMUTH,ELEVATION[,ZOOM]", default_value = "0,0", allow_hyphen_values = true, value_parser = parse_camera)]
    pub(super) camera: CameraArg,
    /// Distance of the samples of `--view volume` [default: half the shortest voxel edge].
    #[arg(long, value_name = "MM", value_parser = parse_positive)]
    pub(super) step: Option<f64>,
    /// Colours and opacities of `--view volume` by name [default: of the modality].
    #[arg(long, value_name = "NAME", value_parser = parse_transfer_preset, conflicts_with = "transfer")]
    pub(super) preset: Option<&'static TransferPreset>,
    /// Colours and opacities of `--view volume` from a file.
    #[arg(long, value_name = "FILE.json")]
    pub(super) transfer: Option<PathBuf>,
    /// Paths of light through every pixel of `--mode cinematic`.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub(super) samples: u32,
    /// The value of the surface of `--mode iso` [default: the preset's].
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true, value_parser = parse_number)]
    pub(super) iso: Option<f64>,
    /// The angle of view over the picture's height in degrees [default: parallel rays].
    #[arg(long, value_name = "DEG", value_parser = parse_positive)]
    pub(super) perspective: Option<f64>,
    /// Lights surfaces.
    #[arg(long, overrides_with = "no_shade")]
    pub(super) shade: bool,
    /// Shows colours as they are, without light.
    #[arg(long)]
    pub(super) no_shade: bool,
    /// Towards the light, from the viewer's seat: to the right, up, towards the viewer.
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_numbers::<3>)]
    pub(super) light: Option<[f64; 3]>,
    /// How dark crevices of lit volumes become, 0 to 1; 0: not at all.
    #[arg(long, value_name = "0..1", default_value_t = Light::USUAL_OCCLUSION as f32, value_parser = parse_share)]
    pub(super) occlusion: f32,
    /// Shows only what is inside a box, LPS mm.
    #[arg(long, value_name = "X0,Y0,Z0,X1,Y1,Z1", allow_hyphen_values = true, value_parser = parse_crop)]
    pub(super) crop: Option<CropBox>,
    /// Shows only what lies on one side of a plane: where NX·x + NY·y + NZ·z is at least D mm; may be given several times.
    #[arg(long, value_name = "NX,NY,NZ,D", allow_hyphen_values = true, value_parser = parse_clip)]
    pub(super) clip: Vec<ClipPlane>,
    /// What lies behind a volume: a colour, or `none` for a transparent picture.
    #[arg(long, value_name = "#RRGGBB|none", default_value = "#000000", value_parser = parse_background)]
    pub(super) background: Background,
    /// A segmentation to lay over a plane; may be given several times, the lowest first.
    #[arg(long, value_name = "FILE")]
    pub(super) overlay: Vec<PathBuf>,
    /// How opaque segmentations are, 0 to 1.
    #[arg(long, value_name = "0..1", default_value_t = 0.4, value_parser = parse_share, requires = "overlay")]
    pub(super) overlay_opacity: f32,
    /// A map of probabilities to lay over a plane; may be given several times, the lowest first. Of several frames the
    /// first. Its highest value says which value is certain: 1, 100 or 255.
    #[arg(long, value_name = "FILE")]
    pub(super) probability: Vec<PathBuf>,
    /// The least probability that is drawn, 0 to 1.
    #[arg(long, value_name = "0..1", default_value_t = probability::FIRST_THRESHOLD, value_parser = parse_part, requires = "probability")]
    pub(super) threshold: f64,
    /// The colours of probabilities, from 0 to 1.
    #[arg(long, value_name = "NAME", default_value = probability::FIRST_COLORS, value_parser = parse_color_map, requires = "probability")]
    pub(super) probability_colormap: Arc<ColorMap>,
    /// How opaque probabilities are, 0 to 1; the outline at the threshold is twice as opaque.
    #[arg(long, value_name = "0..1", default_value_t = probability::FIRST_OPACITY, value_parser = parse_share, requires = "probability")]
    pub(super) probability_opacity: f32,
    /// A segmentation whose segments stand in a volume as smooth surfaces, in its colours; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(super) surfaces: Vec<PathBuf>,
    /// How opaque surfaces are, 0 to 1.
    #[arg(long, value_name = "0..1", default_value_t = 1.0, value_parser = parse_share, requires = "surfaces")]
    pub(super) surface_opacity: f32,
    /// Writes orientation letters, a scale bar and text onto the picture.
    #[arg(long)]
    pub(super) annotations: bool,
    /// A movie of N pictures: the camera of `--view volume` goes once around, to the patient's left.
    #[arg(long, value_name = "N", value_parser = parse_frames, conflicts_with = "sweep")]
    pub(super) turntable: Option<usize>,
    /// A movie of N pictures: the plane goes through the whole volume the way it looks; `--view stack` shows one stored
    /// picture after another.
    #[arg(long, value_name = "N", value_parser = parse_frames)]
    pub(super) sweep: Option<usize>,
    /// Pictures a second of a movie.
    #[arg(long, value_name = "F", default_value_t = movie::DEFAULT_FPS, value_parser = parse_fps)]
    pub(super) fps: f64,
    /// The movie ends instead of beginning again.
    #[arg(long)]
    pub(super) once: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewArg {
    Axial,
    Coronal,
    Sagittal,
    Oblique,
    Stack,
    Volume,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum InterpolationArg {
    Nearest,
    Linear,
    Cubic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SlabModeArg {
    Mip,
    Minip,
    Mean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ModeArg {
    Mip,
    Minip,
    Average,
    Composite,
    Iso,
    Cinematic,
}

impl ModeArg {
    /// What is made of the samples.
    pub(in crate::cli) fn mode(self) -> VolumeMode {
        match self {
            Self::Mip => VolumeMode::Mip,
            Self::Minip => VolumeMode::MinIp,
            Self::Average => VolumeMode::Average,
            // Path tracing goes through the same material.
            Self::Composite | Self::Cinematic => VolumeMode::Composite,
            Self::Iso => VolumeMode::Iso,
        }
    }

    /// Its name on the command line.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::Mip => "mip",
            Self::Minip => "minip",
            Self::Average => "average",
            Self::Composite => "composite",
            Self::Iso => "iso",
            Self::Cinematic => "cinematic",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum WindowArg {
    Auto,
    Given { center: f64, width: f64 },
    Preset(Window),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct CameraArg {
    pub(super) azimuth_deg: f64,
    pub(super) elevation_deg: f64,
    pub(super) zoom: f64,
}

impl RenderArgs {
    /// How many pictures a movie is to have; `None` of a single picture.
    pub(super) fn movie_frames(&self) -> Option<usize> {
        self.turntable.or(self.sweep)
    }

    /// Whether the flags fit each other, as far as that does not depend on what is rendered.
    pub(in crate::cli) fn check(&self) -> Result<(), String> {
        let is_volume = self.view == Some(ViewArg::Volume);
        if self.turntable.is_some() && !is_volume {
            return Err(say!("cli-turntable-needs-volume"));
        }
        if self.sweep.is_some() && is_volume {
            return Err(say!("cli-sweep-needs-plane"));
        }
        let is_picture = self.out.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
        if self.movie_frames().is_none() && !is_picture {
            return Err(say!("cli-not-a-movie"));
        }
        Ok(())
    }
}

fn parse_out(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_known = MovieFormat::by_name(&path).is_some();
    if is_known { Ok(path) } else { Err(say!("cli-not-a-png")) }
}

fn parse_frames(text: &str) -> Result<usize, String> {
    let frames = text.trim().parse().ok();
    frames
        .filter(|frames| (1..=movie::MOST_FRAMES).contains(frames))
        .ok_or_else(|| {
            say!(
                "cli-not-a-frame-count",
                word = text.to_owned(),
                most = movie::MOST_FRAMES.to_string()
            )
        })
}

fn parse_fps(text: &str) -> Result<f64, String> {
    let fps = parse_number(text)?;
    let (least, most) = (movie::LEAST_FPS, movie::MOST_FPS);
    if (least..=most).contains(&fps) {
        Ok(fps)
    } else {
        Err(say!("io-movie-fps", least = least.to_string(), most = most.to_string()))
    }
}

pub(in crate::cli) fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let side = |side: &str| side.trim().parse::<u32>().ok().filter(|side| *side > 0);
    let sides = text
        .split_once(['x', 'X'])
        .and_then(|(width, height)| Some([side(width)?, side(height)?]));
    sides.ok_or_else(|| say!("cli-not-a-size", word = text.to_owned()))
}

pub(in crate::cli) fn parse_positive(text: &str) -> Result<f64, String> {
    let [number] = parse_numbers::<1>(text)?;
    if number > 0.0 {
        Ok(number)
    } else {
        Err(say!("cli-not-positive", word = text.to_owned()))
    }
}

fn parse_window(text: &str) -> Result<WindowArg, String> {
    if text == "auto" {
        return Ok(WindowArg::Auto);
    }
    if let Some(preset) = presets::window_preset(text) {
        return Ok(WindowArg::Preset(preset.window()));
    }
    if !text.contains(',') {
        return Err(say!("cli-no-such-preset", name = text.to_owned()));
    }
    let [center, width] = parse_numbers::<2>(text)?;
    if width > 0.0 {
        Ok(WindowArg::Given { center, width })
    } else {
        Err(say!("cli-not-positive", word = width.to_string()))
    }
}

pub(in crate::cli) fn parse_share(text: &str) -> Result<f32, String> {
    parse_part(text).map(|number| number as f32)
}

fn parse_part(text: &str) -> Result<f64, String> {
    let [number] = parse_numbers::<1>(text)?;
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err(say!("cli-not-a-share", word = text.to_owned()))
    }
}

fn parse_color_map(name: &str) -> Result<Arc<ColorMap>, String> {
    presets::color_map(name).cloned().ok_or_else(|| {
        let names: Vec<&str> = presets::color_maps().iter().map(|map| map.name()).collect();
        say!(
            "cli-no-such-color-map",
            name = name.to_owned(),
            names = names.join(", ")
        )
    })
}

fn parse_number(text: &str) -> Result<f64, String> {
    parse_numbers::<1>(text).map(|[number]| number)
}

fn parse_transfer_preset(name: &str) -> Result<&'static TransferPreset, String> {
    transfer_presets::transfer_preset(name).ok_or_else(|| no_such_transfer(name))
}

/// That volume colours of a name are not known, and which are.
pub(in crate::cli) fn no_such_transfer(name: &str) -> String {
    let known = transfer_presets::transfer_presets().iter();
    let names: Vec<&str> = known.map(|preset| preset.name.as_str()).collect();
    say!("cli-no-such-transfer", name = name.to_owned(), names = names.join(", "))
}

fn parse_crop(text: &str) -> Result<CropBox, String> {
    let [x0, y0, z0, x1, y1, z1] = parse_numbers::<6>(text)?;
    let (a, b) = (DVec3::new(x0, y0, z0), DVec3::new(x1, y1, z1));
    Ok(CropBox {
        low: a.min(b),
        high: a.max(b),
    })
}

fn parse_clip(text: &str) -> Result<ClipPlane, String> {
    let [x, y, z, offset] = parse_numbers::<4>(text)?;
    let length = DVec3::new(x, y, z).length();
    let normal = DVec3::new(x, y, z).try_normalize();
    let normal = normal.ok_or_else(|| say!("cli-not-a-direction", word = text.to_owned()))?;
    Ok(ClipPlane {
        normal,
        offset_mm: offset / length,
    })
}

fn parse_background(text: &str) -> Result<Background, String> {
    if text == "none" {
        return Ok(Background::Transparent);
    }
    presets::parse_color(text)
        .map(Background::plain)
        .ok_or_else(|| say!("cli-not-a-color", word = text.to_owned()))
}

fn parse_camera(text: &str) -> Result<CameraArg, String> {
    let (azimuth_deg, elevation_deg, zoom) = if text.split(',').count() == 3 {
        let [azimuth, elevation, zoom] = parse_numbers::<3>(text)?;
        (azimuth, elevation, zoom)
    } else {
        let [azimuth, elevation] = parse_numbers::<2>(text)?;
        (azimuth, elevation, 1.0)
    };
    if zoom > 0.0 {
        Ok(CameraArg {
            azimuth_deg,
            elevation_deg,
            zoom,
        })
    } else {
        Err(say!("cli-not-positive", word = zoom.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_windows_are_read_or_refused() {
        assert_eq!(parse_size("640x480"), Ok([640, 480]));
        for wrong in ["640", "0x10", "-3x4", "axb", "10x", ""] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert!(matches!(
            parse_window("40,400"),
            Ok(WindowArg::Given { center, width }) if center == 40.0 && width == 400.0
        ));
        assert!(matches!(parse_window("auto"), Ok(WindowArg::Auto)));
        assert!(matches!(parse_window("lung"), Ok(WindowArg::Preset(_))));
        for wrong in ["40", "40,0", "40,-1", "nothing", "1,2,3", "nan,1"] {
            assert!(parse_window(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_camera_has_two_numbers_or_three() {
        assert!(parse_camera("30,-10").is_ok_and(|camera| camera.zoom == 1.0));
        assert!(parse_camera("30,-10,2").is_ok_and(|camera| camera.zoom == 2.0));
        for wrong in ["30", "30,10,0", "a,b"] {
            assert!(parse_camera(wrong).is_err(), "{wrong}");
        }
    }
}
