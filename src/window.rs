//! The window: eframe around the program. Takes in what jobs brought, has the input applied, draws, and sleeps until
//! something happens. Holds no state of its own but pictures and what the interface remembers.

mod frame;
pub mod frames;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};

use crate::app::command::PictureStyle;
use crate::app::job::Answer;
use crate::app::pane::PaneId;
use crate::app::{Choice, Command, Effect, Home, Program, State, annotations, scenes};
use crate::say;
use crate::ui::capture::Capture;
use crate::ui::picture::{Pictures, Shown};
use crate::ui::place::{self, Placing};
use crate::ui::{Commands, Memory, theme, title};
use frame::Host;

/// What to begin with.
#[derive(Default)]
pub struct Begin {
    /// Files and folders to open.
    pub paths: Vec<PathBuf>,
    /// Open the built-in study.
    pub demo: bool,
    /// Where to write every command of the session.
    pub record: Option<PathBuf>,
    /// Commands to replay, each when all jobs of the one before have ended.
    pub script: Vec<Command>,
    /// Where things of the user are kept; without a home nothing is remembered.
    pub home: Option<Home>,
}

/// No user closes a dialog this fast: there was none.
const NO_DIALOG_WITHIN: Duration = Duration::from_millis(400);

/// Opens the window and stays until it is closed. The error is a sentence for the user.
pub fn run(begin: Begin) -> Result<(), String> {
    let recording = match &begin.record {
        Some(path) => Some(Program::new_recording(path).map_err(|err| {
            say!(
                "ui-cannot-record",
                path = path.display().to_string(),
                why = err.to_string()
            )
        })?),
        None => None,
    };
    let remembered = begin.home.as_ref().and_then(Program::window_place);
    let is_new = remembered.is_none_or(|place| place.position.is_none());
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.device_descriptor = Arc::new(crate::gpu::device_descriptor);
    let options = eframe::NativeOptions {
        viewport: place::viewport(remembered),
        wgpu_options: WgpuConfiguration {
            wgpu_setup: WgpuSetup::CreateNew(setup),
            ..WgpuConfiguration::default()
        },
        // Dither would change grey levels.
        dithering: false,
        persist_window: false,
        centered: is_new,
        ..eframe::NativeOptions::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| -> Result<
        Box<dyn eframe::App>,
        Box<dyn std::error::Error + Send + Sync>,
    > {
        let mut window = Window::new(cc, begin)?;
        if let Some(file) = recording {
            window.program.record_to(file);
        }
        Ok(Box::new(window))
    };
    eframe::run_native("isocenter", options, Box::new(create))
        .map_err(|err| say!("ui-no-window", why = err.to_string()))
}

/// The running window.
pub struct Window {
    program: Program,
    pictures: Pictures,
    memory: Memory,
    /// Commands to be replayed, the next one last.
    script: Vec<Command>,
    /// A picture of the whole window that is to be taken.
    capture: Option<Capture>,
    place: Placing,
}

impl Window {
    /// The program on eframe's device, opening what it shall begin with.
    pub fn new(cc: &eframe::CreationContext<'_>, begin: Begin) -> Result<Self, String> {
        let render = cc.wgpu_render_state.as_ref().ok_or_else(|| say!("ui-no-graphics"))?;
        theme::apply(&cc.egui_ctx);
        let ctx = cc.egui_ctx.clone();
        let wake = Arc::new(move || ctx.request_repaint());
        let Begin {
            paths,
            demo,
            record: _,
            mut script,
            home,
        } = begin;
        let program = match home {
            Some(home) => Program::at_home(wake, home),
            None => Program::new(wake),
        };
        script.reverse();
        let mut window = Self {
            program,
            pictures: Pictures::new(render),
            memory: Memory::default(),
            script,
            capture: None,
            place: Placing::default(),
        };
        theme::follow(&cc.egui_ctx, &window.state().settings);
        let opened = match (paths.is_empty(), demo) {
            (false, _) => Some(Command::Open { paths }),
            (true, true) => Some(Command::OpenDemo),
            (true, false) => None,
        };
        window.dispatch(&cc.egui_ctx, opened);
        Ok(window)
    }

    /// What the program knows.
    pub fn state(&self) -> &State {
        self.program.state()
    }

    /// Has commands carried out, as if a person had asked for them. True if there were any.
    pub fn dispatch(&mut self, ctx: &egui::Context, commands: impl IntoIterator<Item = Command>) -> bool {
        let mut any = false;
        for command in commands {
            any = true;
            let effects = self.program.dispatch(command);
            self.do_effects(ctx, effects);
        }
        any
    }

    fn do_effects(&mut self, ctx: &egui::Context, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Choose { job, choice } => self.program.answer_later(job, question(choice)),
                Effect::TypePath => self.memory.focus_path = true,
                Effect::SavePicture {
                    pane,
                    path,
                    size,
                    style,
                } => {
                    if let Some((size, rgba)) = self.picture_of(ctx, pane, size, style) {
                        self.program.write_picture(path, size, rgba);
                    }
                }
                Effect::CopyPicture { pane, style } => {
                    if let Some(([width, height], rgba)) = self.picture_of(ctx, pane, None, style) {
                        let size = [width as usize, height as usize];
                        ctx.copy_image(egui::ColorImage::from_rgba_unmultiplied(size, &rgba));
                    }
                }
                Effect::SaveWindow { path } => self.capture = Some(Capture::new(path)),
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                // The program did these itself.
                Effect::StartScan { .. }
                | Effect::StartLoad { .. }
                | Effect::StartThumbnail { .. }
                | Effect::LoadMeasurements { .. }
                | Effect::SaveMeasurements { .. }
                | Effect::WriteText { .. }
                | Effect::StartHistogram { .. }
                | Effect::StartDeveloping { .. }
                | Effect::StartMask { .. }
                | Effect::StartLabels { .. }
                | Effect::StartTransferThumbnails { .. }
                | Effect::ReadTransfer { .. }
                | Effect::WriteTransfer { .. }
                | Effect::CancelJob(_) => {}
            }
        }
    }

    /// What a pane shows: size in pixels, and RGBA with rows from the top.
    fn picture_of(
        &mut self,
        ctx: &egui::Context,
        pane: PaneId,
        size: Option<[u32; 2]>,
        style: PictureStyle,
    ) -> Option<([u32; 2], Vec<u8>)> {
        let state = self.program.state();
        let scale = f64::from(ctx.pixels_per_point() * style.scale);
        let size = size.unwrap_or_else(|| scenes::picture_size(state, pane, scale));
        let scene = scenes::picture(state, pane, size)?;
        let mut rgba = match self.pictures.gpu().picture(&scene) {
            Ok(rgba) => rgba,
            Err(err) => {
                tracing::error!("no picture: {err}");
                return None;
            }
        };
        if style.annotated
            && let Err(why) = annotations::annotate(&mut rgba, &scene, &annotations::beside(state, pane, size))
        {
            tracing::error!("no annotations: {why}");
        }
        Some((size, rgba))
    }

    /// Takes in what jobs brought.
    fn poll(&mut self, ctx: &egui::Context) {
        let (has_changed, effects) = self.program.poll();
        self.do_effects(ctx, effects);
        if has_changed {
            // More may be waiting.
            ctx.request_repaint();
        }
        while !self.program.is_busy() && self.capture.is_none() {
            let Some(command) = self.script.pop() else {
                break;
            };
            self.dispatch(ctx, [command]);
        }
    }

    /// Goes on with a picture of the whole window.
    fn advance_capture(&mut self, ctx: &egui::Context, is_drawn: bool) {
        let is_settled = is_drawn && !self.program.is_busy();
        let Some(capture) = &mut self.capture else {
            return;
        };
        if let Some((size, rgba)) = capture.advance(ctx, is_settled) {
            let path = capture.path().to_owned();
            self.capture = None;
            self.program.write_picture(path, size, rgba);
        }
    }
}

impl Host for Window {
    fn state(&self) -> &State {
        self.program.state()
    }

    fn parts(&mut self) -> (&State, &mut Memory) {
        (self.program.state(), &mut self.memory)
    }

    fn carry_out(&mut self, ctx: &egui::Context, commands: Commands) -> bool {
        self.dispatch(ctx, commands)
    }

    fn picture(&mut self, pane: PaneId, pixels_per_point: f32) -> Shown {
        self.pictures.show(self.program.state(), pane, pixels_per_point)
    }
}

impl eframe::App for Window {
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self) {
        self.program.close();
    }

    fn ui(&mut self, ui: &mut egui::Ui, own: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.poll(&ctx);
        let placed = self.place.look(&ctx, own, &self.program.state().settings);
        self.dispatch(&ctx, placed);
        let is_finished = frame::show(ui, self);
        let title = title::of(self.state());
        if title != self.memory.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.memory.title = title;
        }
        self.advance_capture(&ctx, is_finished);
    }
}

/// The answer of a dialog, still to come.
type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A dialog of the system. It is made here, on the window's thread, as some systems demand, and waited for elsewhere.
fn question(choice: Choice) -> impl FnOnce() -> Answer + Send + 'static {
    let asked = Instant::now();
    let dialog = rfd::AsyncFileDialog::new();
    let open = |files: Vec<rfd::FileHandle>| Command::Open {
        paths: files.iter().map(|file| file.path().to_owned()).collect(),
    };
    let answer: Pending<Option<Command>> = match choice {
        Choice::Files => {
            let files = dialog.pick_files();
            Box::pin(async move { files.await.map(open) })
        }
        Choice::Folders => {
            let folders = dialog.pick_folders();
            Box::pin(async move { folders.await.map(open) })
        }
        Choice::Measurements(format) => {
            let extension = format.extension();
            let file = dialog
                .add_filter(extension.to_uppercase(), &[extension])
                .set_file_name(format!("measurements.{extension}"))
                .save_file();
            Box::pin(async move {
                file.await.map(|file| Command::SaveMeasurements {
                    path: file.path().to_owned(),
                })
            })
        }
        Choice::Transfer => {
            let file = dialog.add_filter("JSON", &["json"]).pick_file();
            Box::pin(async move {
                file.await.map(|file| Command::ImportTransfer {
                    path: file.path().to_owned(),
                })
            })
        }
        Choice::TransferTo => {
            let file = dialog
                .add_filter("JSON", &["json"])
                .set_file_name("transfer.json")
                .save_file();
            Box::pin(async move {
                file.await.map(|file| Command::ExportTransfer {
                    path: file.path().to_owned(),
                })
            })
        }
        Choice::Picture(pane, style) => {
            let file = dialog
                .add_filter("PNG", &["png"])
                .set_file_name("picture.png")
                .save_file();
            Box::pin(async move {
                file.await.map(|file| Command::SavePicture {
                    pane,
                    path: file.path().to_owned(),
                    size: None,
                    style,
                })
            })
        }
    };
    move || match pollster::block_on(answer) {
        Some(command) => Answer::Do(Box::new(command)),
        None if asked.elapsed() < NO_DIALOG_WITHIN => Answer::NoDialog,
        None => Answer::Nothing,
    }
}
