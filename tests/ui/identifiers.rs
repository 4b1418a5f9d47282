//! With identifiers hidden nobody can tell who is shown: not from what is painted, not from what a screen reader says,
//! not from the title, and not from a saved picture. Everything is opened and pointed at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::epaint::{ClippedShape, Shape};
use egui::{Key, Modifiers, PointerButton, Pos2, ViewportCommand};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use glam::DVec3;
use isocenter::app::command::PictureStyle;
use isocenter::app::pane::{Arrangement, PaneId};
use isocenter::app::{Command, Home};
use isocenter::ui::title;
use isocenter::window::Begin;

use crate::dicom_builder::CtSeries;
use crate::nifti_file::{lps_grid, write_i16};
use crate::support::{Bench, is_loaded, rest, until, window};

/// Who lies in the scanner.
struct Person {
    name: [&'static str; 2],
    id: &'static str,
    birth: &'static str,
    accession: &'static str,
    date: &'static str,
    uid: &'static str,
}

const QUENTIN: Person = Person {
    name: ["Zyxwvu", "Quentin"],
    id: "MRN774411",
    birth: "19410203",
    accession: "ACC99887",
    date: "20190418",
    uid: "1.2.826.9911",
};

const OTHER: Person = Person {
    name: ["Abcdef", "Olivia"],
    id: "MRN5",
    birth: "19991231",
    accession: "ACC1",
    date: "20240229",
    uid: "1.2.826.55",
};

impl Person {
    /// All that must not be seen, in lower case.
    fn secrets(&self) -> Vec<String> {
        let dashed = |date: &str| format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
        let mut secrets: Vec<String> = [
            self.name[0],
            self.name[1],
            self.id,
            self.birth,
            self.accession,
            self.date,
            self.uid,
        ]
        .map(str::to_lowercase)
        .into();
        secrets.extend([dashed(self.birth), dashed(self.date)]);
        secrets
    }

    /// A study that says it wherever a careless hand may have written it: in names of folders and files, descriptions
    /// and windows.
    fn study(&self, folder: &Path) -> PathBuf {
        let [family, given] = self.name;
        let folder = folder.join(format!("{family}_{given}"));
        std::fs::create_dir(&folder).unwrap();
        let series = CtSeries {
            series_uid: format!("{}.4", self.uid),
            ..CtSeries::new(6)
        };
        for k in 0..series.slices.len() {
            let slice = series
                .slice(k)
                .text((0x08, 0x20), "DA", self.date)
                .text((0x08, 0x50), "SH", self.accession)
                .text((0x08, 0x1030), "LO", &format!("Follow-up of {given}"))
                .text((0x08, 0x103e), "LO", &format!("Thorax {family} {}", self.id))
                .text((0x10, 0x10), "PN", &format!("{family}^{given}"))
                .text((0x10, 0x20), "LO", self.id)
                .text((0x10, 0x30), "DA", self.birth)
                .text((0x20, 0x0d), "UI", self.uid)
                .decimals((0x28, 0x1050), &[0.0])
                .decimals((0x28, 0x1051), &[900.0])
                .text((0x28, 0x1055), "LO", &format!("{given}'s window"))
                // A doubt that names its file.
                .words((0x6000, 0x0010), &[6])
                .words((0x6000, 0x0011), &[8])
                .bytes((0x6000, 0x3000), "OB", &[0; 6]);
            let name = format!("{}_{k}.dcm", self.id);
            std::fs::write(folder.join(name), slice.file(series.transfer_syntax)).unwrap();
        }
        let map = lps_grid([0.5, 0.75, 2.5], [-20.0, -30.0, 40.0]);
        write_i16(&folder, &format!("{family}_labels.nii"), [6, 6, 6], map, |i, j, _| {
            i16::from(i > 2 && j > 2)
        });
        std::fs::write(folder.join(format!("letter to {family}.txt")), "Dear Sir").unwrap();
        folder
    }
}

fn opened(person: &Person) -> Option<(Bench, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = window(Begin {
        paths: vec![person.study(folder.path())],
        home: Some(Home::at(folder.path().join("home"))),
        ..Begin::default()
    })?;
    until(&mut bench, "the study is loaded", |state| {
        state.document.entries.len() == 2 && is_loaded(state) && state.jobs.is_empty()
    });
    // Large enough that nothing is scrolled out of sight.
    bench.set_size(egui::vec2(1500.0, 1400.0));
    bench.ctx.all_styles_mut(|style| {
        style.interaction.tooltip_delay = 0.0;
        style.interaction.tooltip_grace_time = 0.0;
        style.interaction.show_tooltips_only_when_still = false;
    });
    Some((bench, folder))
}

fn dispatch(bench: &mut Bench, command: Command) {
    let ctx = bench.ctx.clone();
    bench.state_mut().dispatch(&ctx, [command]);
    rest(bench);
}

fn painted(shape: &Shape, texts: &mut BTreeSet<String>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| painted(shape, texts)),
        Shape::Text(text) => {
            texts.insert(text.galley.text().to_owned());
        }
        _ => {}
    }
}

/// Everything that the last frame says, to the eye or to a screen reader.
fn said(bench: &Bench) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let output = bench.output();
    for ClippedShape { shape, .. } in &output.shapes {
        painted(shape, &mut texts);
    }
    for node in bench.root().children_recursive() {
        let node = node.accesskit_node();
        texts.extend([node.label(), node.value(), node.description()].into_iter().flatten());
        texts.extend(node.placeholder().map(str::to_owned));
    }
    for command in output.viewport_output.values().flat_map(|viewport| &viewport.commands) {
        if let ViewportCommand::Title(title) = command {
            texts.insert(title.clone());
        }
    }
    texts.insert(title::of(bench.state().state()));
    texts
}

/// The middle of everything that can be pointed at.
fn places(bench: &Bench) -> Vec<Pos2> {
    let bounds = bench
        .root()
        .children_recursive()
        .filter_map(|node| node.accesskit_node().bounding_box());
    let mut places: Vec<Pos2> = bounds
        .map(|bounds| {
            Pos2::new(
                ((bounds.x0 + bounds.x1) / 2.0) as f32,
                ((bounds.y0 + bounds.y1) / 2.0) as f32,
            )
        })
        .collect();
    places.sort_by(|a, b| (a.y, a.x).partial_cmp(&(b.y, b.x)).unwrap());
    places.dedup();
    places
}

/// What is said now, and while the pointer rests on each thing.
fn all_said(bench: &mut Bench) -> BTreeSet<String> {
    rest(bench);
    let mut texts = said(bench);
    for place in places(bench) {
        bench.hover_at(place);
        bench.step();
        bench.step();
        texts.extend(said(bench));
    }
    bench.hover_at(Pos2::new(1.0, 1.0));
    bench.step();
    texts
}

/// The texts that tell a secret.
fn leaks(person: &Person, texts: &BTreeSet<String>) -> Vec<String> {
    let secrets = person.secrets();
    let tells = |text: &&String| secrets.iter().any(|secret| text.to_lowercase().contains(secret));
    texts.iter().filter(tells).cloned().collect()
}

#[test]
fn hidden_identifiers_are_nowhere() {
    let Some((mut bench, _folder)) = opened(&QUENTIN) else {
        return;
    };
    // Not hidden they are everywhere: what follows can find them.
    let open = leaks(&QUENTIN, &all_said(&mut bench)).join("\n").to_lowercase();
    for shown in [
        "zyxwvu",
        "quentin",
        "mrn774411",
        "2019-04-18",
        "quentin's window",
        "mrn774411_0.dcm",
    ] {
        assert!(open.contains(shown), "{shown} is not in:\n{open}");
    }
    // The user's own words, and what went wrong.
    let points = [DVec3::new(-19.0, -29.0, 45.0), DVec3::new(-17.0, -27.0, 45.0)];
    let name = Some("Zyxwvu, mass".to_owned());
    dispatch(&mut bench, Command::AddLength { points, name });
    let paths = vec![PathBuf::from("/nowhere/Zyxwvu/MRN774411.dcm")];
    dispatch(&mut bench, Command::Open { paths });
    until(&mut bench, "it is said that it is not there", |state| {
        !state.messages.is_empty()
    });
    bench.key_press_modifiers(Modifiers::COMMAND, Key::H);
    rest(&mut bench);
    let mut told = Vec::new();
    look_at_panels(&mut bench, &mut told);
    look_at_menus(&mut bench, &mut told);
    dispatch(&mut bench, Command::CloseAll);
    look(&mut bench, "the start page", &mut told);
    assert_eq!(told, []);
}

/// Where it was looked, and what tells a secret there.
type Told = Vec<(String, String)>;

fn look(bench: &mut Bench, what: &str, told: &mut Told) {
    let texts = all_said(bench);
    told.extend(leaks(&QUENTIN, &texts).into_iter().map(|leak| (what.to_owned(), leak)));
}

fn look_at_panels(bench: &mut Bench, told: &mut Told) {
    look(bench, "the window", told);
    bench.get_by_label_contains("file not used").click();
    look(bench, "files that were not used", told);
    bench.get_by_role_and_label(Role::TextInput, "Path").focus();
    rest(bench);
    let field = bench.get_by_role_and_label(Role::TextInput, "Path");
    field.type_text("/data/Zyxwvu");
    look(bench, "the field for paths", told);
    for layout in [Arrangement::Single, Arrangement::OneAndThree, Arrangement::Quad] {
        dispatch(bench, Command::SetLayout { layout });
        look(bench, "a layout", told);
    }
    for _ in 0..2 {
        bench.get_by_role_and_label(Role::Button, "Go to …, mass").click();
    }
    look(bench, "the name of a measurement", told);
}

fn look_at_menus(bench: &mut Bench, told: &mut Told) {
    for menu in ["File", "Edit", "Navigate", "View", "Window", "Measure", "Help"] {
        bench.get_by_role_and_label(Role::Button, menu).click();
        rest(bench);
        if menu == "File" {
            bench.get_by_label("Open recent").click();
        }
        look(bench, menu, told);
        bench.key_press(Key::Escape);
        rest(bench);
    }
    for (modifiers, key) in [
        (Modifiers::NONE, Key::F1),
        (Modifiers::COMMAND, Key::Comma),
        (Modifiers::COMMAND | Modifiers::SHIFT, Key::S),
    ] {
        bench.key_press_modifiers(modifiers, key);
        look(bench, "a dialog", told);
        bench.key_press(Key::Escape);
        rest(bench);
    }
    for pane in ["Axial pane", "3D pane"] {
        let pos = bench.get_by_label(pane).rect().center();
        for pressed in [true, false] {
            bench.event(egui::Event::PointerButton {
                pos,
                button: PointerButton::Secondary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            bench.step();
        }
        look(bench, "the menu of a pane", told);
        bench.key_press(Key::Escape);
        rest(bench);
    }
}

/// An annotated picture of a pane.
fn saved(bench: &mut Bench, folder: &Path, name: &str) -> Vec<u8> {
    let path = folder.join(name);
    let style = PictureStyle {
        scale: 1.0,
        annotated: true,
    };
    dispatch(
        bench,
        Command::SavePicture {
            pane: PaneId::Axial,
            path: path.clone(),
            size: Some([500, 400]),
            style,
        },
    );
    until(bench, "the picture is written", |state| state.jobs.is_empty());
    std::fs::read(path).unwrap()
}

#[test]
fn a_saved_picture_does_not_tell_whose_it_is() {
    let (Some((mut one, folder)), Some((mut other, _other))) = (opened(&QUENTIN), opened(&OTHER)) else {
        return;
    };
    let a = saved(&mut one, folder.path(), "a.png");
    let b = saved(&mut other, folder.path(), "b.png");
    assert!(a != b, "pictures tell whom they show");
    for bench in [&mut one, &mut other] {
        dispatch(bench, Command::ToggleIdentifiers);
    }
    let a = saved(&mut one, folder.path(), "hidden a.png");
    let b = saved(&mut other, folder.path(), "hidden b.png");
    assert!(
        a == b,
        "with identifiers hidden the pictures of two patients are the same"
    );
}
