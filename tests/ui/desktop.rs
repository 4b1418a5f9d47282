//! A desktop of its own for a test: an X server without a screen (Xvfb), a window manager, a program with a window, and
//! hands on mouse and keyboard (xdotool). Everything ends when the value is dropped.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SIZE: &str = "1320x860x24";

/// Ends a program when it is no longer needed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The X server and what runs on it.
pub struct Desktop {
    program: Running,
    _window_manager: Running,
    _server: Running,
    display: String,
    /// The window of the program, as xdotool names it.
    window: String,
    folder: tempfile::TempDir,
}

/// Whether the programs that a desktop needs are there. Says what is missing; fails where the test must not be skipped.
pub fn is_possible() -> bool {
    let is_there = |name: &&str| {
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(name).is_file())
    };
    let missing: Vec<&str> = ["Xvfb", "openbox", "xdotool"]
        .into_iter()
        .filter(|name| !is_there(name))
        .collect();
    let is_required = std::env::var_os("REQUIRE_WINDOW").is_some() || std::env::var_os("CI").is_some();
    assert!(
        missing.is_empty() || !is_required,
        "the window test needs {}",
        missing.join(", ")
    );
    if !missing.is_empty() {
        println!(
            "skipped, since these programs are missing: {} (./dev test installs them)",
            missing.join(", ")
        );
    }
    missing.is_empty()
}

impl Desktop {
    /// Starts the program with these arguments and waits for its window.
    pub fn with_program(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (server, display) = start_server(folder.path());
        let window_manager = program_on(&display, "openbox", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let window_manager = Running(window_manager.expect("openbox starts"));
        let mut command = program_on(&display, env!("CARGO_BIN_EXE_isocenter"), folder.path());
        let program = Running(command.args(arguments).spawn().expect("the program starts"));
        let window = String::new();
        let mut desktop = Self {
            program,
            _window_manager: window_manager,
            _server: server,
            display,
            window,
            folder,
        };
        desktop.window = desktop.wait_for("its window", Duration::from_secs(60), |desktop| {
            let process = desktop.program.0.id().to_string();
            desktop
                .xdotool(&["search", "--onlyvisible", "--pid", &process])
                .lines()
                .next()
                .map(str::to_owned)
        });
        desktop
    }

    /// Asks again and again until there is an answer; fails if the program ends or time is up.
    pub fn wait_for<T>(&mut self, what: &str, longest: Duration, mut ask: impl FnMut(&mut Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            if let Some(status) = self.program.0.try_wait().expect("its status") {
                panic!("the program ended ({status}) while the test waited for {what}");
            }
            assert!(start.elapsed() < longest, "no sign of {what} after {longest:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs xdotool and returns what it prints; it prints nothing where it finds nothing.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let output = program_on(&self.display, "xdotool", self.folder.path())
            .args(arguments)
            .output()
            .expect("xdotool starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Left, top, right and bottom of the window's inside on the screen.
    pub fn window_place(&self) -> [usize; 4] {
        let text = self.xdotool(&["getwindowgeometry", "--shell", &self.window]);
        let number = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse::<usize>().ok())
        };
        let [x, y, width, height] =
            ["X", "Y", "WIDTH", "HEIGHT"].map(|name| number(name).unwrap_or_else(|| panic!("no {name} in {text}")));
        [x, y, x + width, y + height]
    }

    /// Moves the pointer to a place of the screen.
    pub fn point_at(&self, [x, y]: [i32; 2]) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
    }

    /// Drags with a button in small steps, as a hand does: a program sees where the pointer is once a frame.
    pub fn drag(&self, button: u8, from: [i32; 2], to: [i32; 2]) {
        const STEPS: i32 = 8;
        self.point_at(from);
        self.pause();
        self.xdotool(&["mousedown", &button.to_string()]);
        for step in 1..=STEPS {
            self.point_at([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * step / STEPS));
            self.pause();
        }
        self.xdotool(&["mouseup", &button.to_string()]);
    }

    /// Clicks; buttons 4 and 5 are the wheel.
    pub fn click(&self, button: u8) {
        self.xdotool(&["click", &button.to_string()]);
        self.pause();
    }

    /// Presses a key, by X's name of it.
    pub fn press(&self, key: &str) {
        self.xdotool(&["key", "--window", &self.window, key]);
        self.pause();
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(60));
    }

    /// The whole screen as it is now.
    pub fn picture(&self) -> Picture {
        let path = self.folder.path().join("Xvfb_screen0");
        Picture::from_xwd(&std::fs::read(path).expect("the screen"))
    }

    /// The screen once it has stopped changing.
    pub fn settled_picture(&mut self) -> Picture {
        let mut last = self.picture();
        let mut still_since = Instant::now();
        self.wait_for("a picture that stays", Duration::from_secs(60), |desktop| {
            let now = desktop.picture();
            if now != last {
                last = now;
                still_since = Instant::now();
            }
            (still_since.elapsed() > Duration::from_millis(800)).then(|| last.clone())
        })
    }

    /// Processor time that the program has used so far, all threads.
    pub fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.program.0.id())).expect("the program runs");
        // proc_pid_stat(5): behind the name in brackets, utime and stime are the 12th and 13th; a tick is 10 ms.
        let fields: Vec<u64> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .map(|field| field.parse().unwrap_or(0))
            .collect();
        Duration::from_millis((fields[11] + fields[12]) * 10)
    }

    /// Asks the window manager to close the window; the exit status of the program.
    pub fn close(mut self) -> std::process::ExitStatus {
        self.press("alt+F4");
        let start = Instant::now();
        loop {
            if let Some(status) = self.program.0.try_wait().expect("its status") {
                return status;
            }
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "the program did not end when its window was closed"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The server chooses a display number that is free and prints it; its screen is a file in the folder.
fn start_server(folder: &Path) -> (Running, String) {
    let mut command = Command::new("Xvfb");
    command
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            SIZE,
            "-nolisten",
            "tcp",
            "-noreset",
            "-fbdir",
        ])
        .arg(folder);
    let mut server = Running(
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts"),
    );
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().expect("its output"))
        .read_line(&mut number)
        .expect("a display number");
    assert!(!number.trim().is_empty(), "Xvfb did not start");
    (server, format!(":{}", number.trim()))
}

/// A program that sees the display and none of the user's settings.
fn program_on(display: &str, name: &str, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null());
    for variable in [
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_RUNTIME_DIR",
    ] {
        command.env(variable, folder);
    }
    // There is no session bus on this desktop; looking for one would start one.
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    command
}

/// A picture of the screen, red, green and blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width and height.
    pub size: [usize; 2],
    /// Row by row.
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Reads an X window dump of 32 bits a pixel, as Xvfb keeps its screen (XWDFile.h: a header of big-endian words).
    fn from_xwd(bytes: &[u8]) -> Self {
        let word =
            |index: usize| u32::from_be_bytes(bytes[index * 4..index * 4 + 4].try_into().expect("four bytes")) as usize;
        let (header_bytes, width, height, is_big_endian) = (word(0), word(4), word(5), word(7) == 1);
        let (bits_per_pixel, row_bytes, color_count) = (word(11), word(12), word(19));
        assert_eq!(bits_per_pixel, 32);
        let start = header_bytes + color_count * 12;
        let pixel = |index: usize| {
            let at = start + index / width * row_bytes + index % width * 4;
            let [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
            if is_big_endian { [b, c, d] } else { [c, b, a] }
        };
        Self {
            size: [width, height],
            pixels: (0..width * height).map(pixel).collect(),
        }
    }

    /// How many grey levels there are in a part of the picture (left, top, right, bottom).
    pub fn grey_levels(&self, [left, top, right, bottom]: [usize; 4]) -> usize {
        let rows = (top..bottom).map(|row| &self.pixels[row * self.size[0] + left..row * self.size[0] + right]);
        let greys = rows
            .flatten()
            .filter(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2])
            .map(|pixel| pixel[0]);
        greys.collect::<std::collections::BTreeSet<u8>>().len()
    }

    /// How many colours there are in a part of the picture; letters and lines have a hundred.
    pub fn colors(&self, [left, top, right, bottom]: [usize; 4]) -> usize {
        let rows = (top..bottom).map(|row| &self.pixels[row * self.size[0] + left..row * self.size[0] + right]);
        rows.flatten().collect::<std::collections::BTreeSet<_>>().len()
    }

    /// How many pixels of a part differ from another picture's.
    pub fn changed_pixels(&self, other: &Self, [left, top, right, bottom]: [usize; 4]) -> usize {
        assert_eq!(self.size, other.size);
        let row = |row: usize| row * self.size[0] + left..row * self.size[0] + right;
        (top..bottom)
            .map(|y| {
                self.pixels[row(y)]
                    .iter()
                    .zip(&other.pixels[row(y)])
                    .filter(|(a, b)| a != b)
                    .count()
            })
            .sum()
    }

    /// Keeps the picture for a person to look at, in `target/window-test/`.
    pub fn keep(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("target")
            .join("window-test");
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        let file = std::fs::File::create(&path).expect("a file");
        let mut encoder = png::Encoder::new(file, self.size[0] as u32, self.size[1] as u32);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(self.pixels.as_flattened()).expect("the pixels");
        path
    }
}
