//! Frames of the whole interface without a screen and without a device: what one costs before anything is drawn.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{Event, Modifiers, Pos2, Rect, TextureId, Vec2};

use super::frame::{self, Host};
use crate::app::pane::{Arrangement, PaneId};
use crate::app::scenes::{self, Quality};
use crate::app::{Command, Program, State};
use crate::say;
use crate::ui::picture::{Picture, Shown, WHOLE};
use crate::ui::{Commands, Memory, theme};

/// Loading takes less than this.
const PATIENCE: Duration = Duration::from_secs(600);

/// What stages of one frame took.
#[derive(Clone, Copy, Debug)]
pub struct FrameTime {
    /// Input, commands, panels, panes, and the scenes of the pictures.
    pub interface: Duration,
    /// Triangles for the device, which the thread of the window makes too.
    pub triangles: Duration,
}

/// What is measured.
pub struct Rehearsal {
    /// Files and folders; the built-in study if there are none.
    pub paths: Vec<PathBuf>,
    /// Of the window, in points that are pixels.
    pub size: [f32; 2],
    /// How many frames.
    pub frames: u32,
}

impl Rehearsal {
    /// Opens the study, and has the pointer move through four panes and its wheel turn. `clock` tells the time that the
    /// thread has worked. The error is a sentence for the user.
    pub fn measure(self, clock: &dyn Fn() -> Duration) -> Result<Vec<FrameTime>, String> {
        const WARM_UP: u32 = 20;
        let mut program = Program::new(Arc::new(|| {}));
        drop(program.dispatch(if self.paths.is_empty() {
            Command::OpenDemo
        } else {
            Command::Open { paths: self.paths }
        }));
        drop(program.wait(PATIENCE));
        if program.state().shown().is_none() {
            return Err(say!("ui-nothing-shown"));
        }
        drop(program.dispatch(Command::SetLayout {
            layout: Arrangement::Quad,
        }));
        let ctx = egui::Context::default();
        theme::apply(&ctx);
        let mut interface = Interface {
            program,
            memory: Memory::default(),
            size: Vec2::from(self.size),
        };
        let mut times = Vec::new();
        for n in 0..WARM_UP + self.frames {
            let before = clock();
            let output = ctx.run_ui(interface.input(n), |ui| {
                drop(interface.program.poll());
                frame::show(ui, &mut interface);
            });
            let between = clock();
            let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
            let after = clock();
            drop(triangles);
            if n >= WARM_UP {
                times.push(FrameTime {
                    interface: between.saturating_sub(before),
                    triangles: after.saturating_sub(between),
                });
            }
        }
        Ok(times)
    }
}

struct Interface {
    program: Program,
    memory: Memory,
    size: Vec2,
}

impl Interface {
    /// The pointer goes round through all panes; each third frame the wheel turns by a line.
    fn input(&self, n: u32) -> egui::RawInput {
        let angle = n as f32 * 0.05;
        let mut events = vec![Event::PointerMoved(
            (self.size * (Vec2::splat(0.5) + Vec2::angled(angle) * 0.25)).to_pos2(),
        )];
        if n.is_multiple_of(3) {
            events.push(Event::MouseWheel {
                unit: egui::MouseWheelUnit::Line,
                delta: Vec2::new(0.0, if n % 120 < 60 { 1.0 } else { -1.0 }),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
                modifiers: Modifiers::NONE,
            });
        }
        egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size)),
            time: Some(f64::from(n) / 60.0),
            events,
            ..egui::RawInput::default()
        }
    }
}

impl Host for Interface {
    fn state(&self) -> &State {
        self.program.state()
    }

    fn parts(&mut self) -> (&State, &mut Memory) {
        (self.program.state(), &mut self.memory)
    }

    fn carry_out(&mut self, _: &egui::Context, commands: Commands) -> bool {
        let has_any = !commands.is_empty();
        for command in commands {
            // Dialogs and pictures have no place here.
            drop(self.program.dispatch(command));
        }
        has_any
    }

    /// A texture that is not there, after the scene was made.
    fn picture(&mut self, pane: PaneId, pixels_per_point: f32) -> Shown {
        let scene = scenes::scene(self.state(), pane, f64::from(pixels_per_point), Quality::Still);
        let picture = scene.map(|_| Picture {
            texture: TextureId::User(pane as u64),
            part: WHOLE,
        });
        Shown {
            pictures: picture.into_iter().collect(),
            ..Shown::default()
        }
    }
}
