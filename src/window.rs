//! The window: eframe around the program. Takes in what jobs brought, has the input applied, draws, and sleeps until
//! something happens. Holds no state of its own but pictures and what the interface remembers.

mod filming;
mod frame;
pub mod frames;
mod question;
mod revive;

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};

use crate::app::command::PictureStyle;
use crate::app::leaving::{self, Goal, Leave};
use crate::app::movie::Film;
use crate::app::pane::PaneId;
use crate::app::settings::WindowPlace;
use crate::app::{Command, Effect, Home, Program, State, annotations, scenes};
use crate::say;
use crate::ui::capture::Capture;
use crate::ui::picture::{Pictures, Shown};
use crate::ui::place::{self, Placing};
use crate::ui::{Commands, Memory, theme, title};
use filming::Filming;
use frame::Host;
use question::question;
use revive::{Kept, Legacy, Wake};

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
    let mut remembered = begin.home.as_ref().and_then(Program::window_place);
    let home = begin.home.clone();
    let mut beginning = Some((begin, recording));
    let legacy = Legacy::default();
    revive::again_and_again(&legacy, || {
        if beginning.is_none() {
            remembered = home.as_ref().and_then(Program::window_place);
        }
        let beginning = beginning.take();
        let legacy = Rc::clone(&legacy);
        let create = move |cc: &eframe::CreationContext<'_>| -> Result<
            Box<dyn eframe::App>,
            Box<dyn std::error::Error + Send + Sync>,
        > {
            let kept = legacy.borrow_mut().take();
            let window = match (kept, beginning) {
                (Some(kept), _) => Window::revived(cc, kept, legacy)?,
                (None, Some((begin, recording))) => {
                    let mut window = Window::new(cc, begin)?;
                    window.legacy = legacy;
                    if let Some(file) = recording {
                        window.program.record_to(file);
                    }
                    window
                }
                (None, None) => return Err(say!("ui-no-graphics").into()),
            };
            Ok(Box::new(window))
        };
        eframe::run_native("isocenter", options(remembered), Box::new(create))
            .map_err(|err| say!("ui-no-window", why = err.to_string()))
    })
}

fn options(remembered: Option<WindowPlace>) -> eframe::NativeOptions {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.device_descriptor = Arc::new(crate::gpu::device_descriptor);
    eframe::NativeOptions {
        viewport: place::viewport(remembered),
        wgpu_options: WgpuConfiguration {
            wgpu_setup: WgpuSetup::CreateNew(setup),
            ..WgpuConfiguration::default()
        },
        // Dither would change grey levels.
        dithering: false,
        persist_window: false,
        centered: remembered.is_none_or(|place| place.position.is_none()),
        ..eframe::NativeOptions::default()
    }
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
    /// Movies that are being drawn, the oldest first.
    films: Vec<Filming>,
    place: Placing,
    wake: Wake,
    /// Where everything is left if the device is lost.
    legacy: Legacy,
    /// The device is lost and everything was left: nothing may be drawn any more.
    is_leaving: bool,
    /// The program has ended: the window closes without a question.
    may_close: bool,
}

impl Window {
    /// The program on eframe's device, opening what it shall begin with.
    pub fn new(cc: &eframe::CreationContext<'_>, begin: Begin) -> Result<Self, String> {
        let render = cc.wgpu_render_state.as_ref().ok_or_else(|| say!("ui-no-graphics"))?;
        theme::apply(&cc.egui_ctx);
        let wake = Wake::default();
        wake.turn_to(&cc.egui_ctx);
        let Begin {
            paths,
            demo,
            record: _,
            mut script,
            home,
        } = begin;
        let program = match home {
            Some(home) => Program::at_home(wake.caller(), home),
            None => Program::new(wake.caller()),
        };
        script.reverse();
        let mut window = Self {
            program,
            pictures: Pictures::new(render),
            memory: Memory::default(),
            script,
            capture: None,
            films: Vec::new(),
            place: Placing::default(),
            wake,
            legacy: Legacy::default(),
            is_leaving: false,
            may_close: false,
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

    /// Around what a window left that had lost its device.
    fn revived(cc: &eframe::CreationContext<'_>, kept: Kept, legacy: Legacy) -> Result<Self, String> {
        let Some(render) = cc.wgpu_render_state.as_ref() else {
            *legacy.borrow_mut() = Some(kept);
            return Err(say!("ui-no-graphics"));
        };
        let Kept {
            program,
            memory,
            wake,
            places,
            script,
        } = kept;
        cc.egui_ctx.memory_mut(|memory| *memory = places);
        theme::apply(&cc.egui_ctx);
        theme::follow(&cc.egui_ctx, &program.state().settings);
        wake.turn_to(&cc.egui_ctx);
        Ok(Self {
            program,
            pictures: Pictures::new(render),
            memory: Memory {
                path: memory.path,
                dialog: memory.dialog,
                sought: memory.sought,
                // Pictures and places were the other window's.
                ..Memory::default()
            },
            script,
            capture: None,
            films: Vec::new(),
            place: Placing::default(),
            wake,
            legacy,
            is_leaving: false,
            may_close: false,
        })
    }

    /// If the device is lost, leaves everything to the next window and closes this one. Nothing may be drawn any more.
    fn leave_if_lost(&mut self, ctx: &egui::Context) -> bool {
        if !self.is_leaving && self.pictures.gpu().is_lost() {
            self.is_leaving = true;
            if let Some(capture) = self.capture.take() {
                let path = capture.path().to_owned();
                self.script.push(Command::SaveWindow { path });
            }
            *self.legacy.borrow_mut() = Some(Kept {
                program: std::mem::replace(&mut self.program, Program::new(Arc::new(|| {}))),
                memory: std::mem::take(&mut self.memory),
                wake: self.wake.clone(),
                places: ctx.memory(Clone::clone),
                script: std::mem::take(&mut self.script),
            });
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if self.is_leaving {
            // Uploading shapes to a lost device would end the program.
            ctx.graphics_mut(|shapes| *shapes = egui::layers::GraphicLayers::default());
        }
        self.is_leaving
    }

    /// Keeps the window open that the user wants to close, until unsaved work is safe.
    fn ask_before_closing(&mut self, ctx: &egui::Context) {
        let holds_back = leaving::holds_back(self.state(), &Goal::Quit);
        if holds_back && !self.may_close && ctx.input(|input| input.viewport().close_requested()) {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.dispatch(ctx, [Command::Leave(Leave::Quit)]);
        }
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
                Effect::SaveMovie(film) => self.begin_film(ctx, *film),
                Effect::SaveWindow { path } => self.capture = Some(Capture::new(path)),
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::RestartGraphics => {
                    self.pictures.gpu().lose();
                    ctx.request_repaint();
                }
                Effect::Quit => {
                    self.may_close = true;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
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
                | Effect::FindSurfaces { .. }
                | Effect::FindOcclusion { .. }
                | Effect::StartLabels { .. }
                | Effect::StartProbability { .. }
                | Effect::CutProbability { .. }
                | Effect::StartJudging { .. }
                | Effect::StartCurve { .. }
                | Effect::CompareReaders { .. }
                | Effect::StartMeasuring { .. }
                | Effect::SaveLabels { .. }
                | Effect::FindRange { .. }
                | Effect::WorkOnSegment { .. }
                | Effect::KeepLabels { .. }
                | Effect::EndJournals { .. }
                | Effect::LookForWork { .. }
                | Effect::TakeOverWork { .. }
                | Effect::Watch { .. }
                | Effect::ReadCases { .. }
                | Effect::KeepCases { .. }
                | Effect::StartTransferThumbnails { .. }
                | Effect::ReadTransfer { .. }
                | Effect::WriteTransfer { .. }
                | Effect::CancelJob(_) => {}
            }
        }
    }

    fn begin_film(&mut self, ctx: &egui::Context, film: Film) {
        let writer = self.program.start_movie(&film);
        if film.samples.is_none() {
            self.films.push(Filming::new(film, writer));
        }
        ctx.request_repaint();
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
        while !self.program.is_busy() && self.capture.is_none() && !self.pictures.gpu().is_lost() {
            let Some(command) = self.script.pop() else {
                break;
            };
            self.dispatch(ctx, [command]);
        }
    }

    /// Goes on with the oldest movie.
    fn advance_films(&mut self, ctx: &egui::Context) {
        let Some(film) = self.films.first_mut().filter(|_| !self.is_leaving) else {
            return;
        };
        match film.advance(self.program.state(), self.pictures.gpu()) {
            Some(again) => ctx.request_repaint_after(again),
            None => {
                self.films.remove(0);
                ctx.request_repaint();
            }
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
        if !self.is_leaving {
            self.program.close();
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, own: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        if self.leave_if_lost(&ctx) {
            return;
        }
        self.ask_before_closing(&ctx);
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
        self.advance_films(&ctx);
        self.leave_if_lost(&ctx);
    }
}
