//! Who may import whom. One crate has no compiler walls, so this test is the wall: it reads every path that the source
//! names and holds it against the table below, which ARCHITECTURE.md prints.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::sources::{self, Mention, Source, mentions};

/// A layer of the house and what it may name.
struct Layer {
    /// Its top-level modules.
    modules: &'static [&'static str],
    /// Other top-level modules that it may import.
    modules_below: &'static [&'static str],
    /// Crates that it may name, and parts of the standard library that not everybody may.
    crates: &'static [&'static str],
}

impl Layer {
    fn may_name(&self, name: &str) -> bool {
        self.crates.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(family) => name.starts_with(family),
            None => name == *allowed,
        })
    }
}

static LAYERS: [Layer; 9] = [
    Layer {
        modules: &["words"],
        modules_below: &[],
        crates: &["fluent_bundle", "unic_langid"],
    },
    Layer {
        modules: &["model"],
        modules_below: &["words"],
        crates: &["glam", "serde", "thiserror"],
    },
    Layer {
        modules: &["scene"],
        modules_below: &["words", "model"],
        crates: &["glam", "serde"],
    },
    Layer {
        modules: &["algo"],
        modules_below: &["words", "model", "scene"],
        crates: &["glam", "rayon", "thiserror"],
    },
    Layer {
        modules: &["io"],
        modules_below: &["words", "model", "algo"],
        crates: &[
            "bytemuck",
            "bzip2",
            "csv",
            "dicom_*",
            "directories",
            "flate2",
            "gif",
            "glam",
            "hdf5_reader",
            "image_webp",
            "jxl_oxide",
            "png",
            "rayon",
            "serde",
            "serde_json",
            "std::fs",
            "tempfile",
            "thiserror",
            "tracing",
            "zip",
        ],
    },
    Layer {
        modules: &["gpu"],
        modules_below: &["words", "model", "scene", "algo"],
        crates: &["bytemuck", "glam", "pollster", "thiserror", "tracing", "wgpu"],
    },
    Layer {
        modules: &["app"],
        modules_below: &["words", "model", "scene", "algo", "io"],
        crates: &[
            "ab_glyph",
            "epaint_default_fonts",
            "glam",
            "serde",
            "serde_json",
            "std::fs",
            "std::thread",
            "thiserror",
            "tracing",
        ],
    },
    Layer {
        modules: &["ui", "window"],
        modules_below: &["words", "model", "scene", "gpu", "app"],
        crates: &[
            "accesskit",
            "eframe",
            "egui",
            "egui_plot",
            "egui_wgpu",
            "glam",
            "pollster",
            "rfd",
            "tracing",
        ],
    },
    Layer {
        modules: &["cli"],
        modules_below: &["words", "model", "scene", "algo", "io", "gpu", "app"],
        crates: &[
            "clap",
            "clap_complete",
            "cpu_time",
            "glam",
            "indicatif",
            "print",
            "serde",
            "serde_json",
            "std::fs",
            "thiserror",
            "tracing",
            "tracing_subscriber",
        ],
    },
];

/// Names that count as crates although Cargo.toml has them only through others.
const THROUGH_OTHERS: [&str; 5] = ["accesskit", "egui", "egui_wgpu", "wgpu", "winit"];

/// Parts of the standard library that are given to some layers only.
const RATIONED: [&str; 3] = ["fs", "net", "thread"];

const PRINTING: [&str; 4] = ["print!", "println!", "eprint!", "eprintln!"];

/// The crates that Cargo.toml names, as code writes them.
fn crates() -> BTreeSet<String> {
    let manifest = sources::read(Path::new("Cargo.toml"));
    let mut crates: BTreeSet<String> = THROUGH_OTHERS.map(str::to_owned).into();
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once('=')
            && in_dependencies
        {
            crates.insert(name.trim().replace('-', "_"));
        }
    }
    crates
}

/// The top-level module of each exported macro: `crate::say!` is of `words`.
fn macro_homes(all: &[Source]) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for source in all {
        let mut code = source.code.as_str();
        while let Some((_, rest)) = code.split_once("#[macro_export]") {
            code = rest;
            if let (Some((_, rest)), Some(home)) = (rest.split_once("macro_rules!"), source.module().first()) {
                let name: String = rest
                    .trim_start()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                homes.insert(name, home.clone());
            }
        }
    }
    homes
}

/// What a file must not do, a line each.
struct Offences<'a> {
    source: &'a Source,
    layer: &'static Layer,
    found: Vec<String>,
}

impl Offences<'_> {
    fn add(&mut self, position: usize, what: &str, name: &str) {
        let line = self.source.line(position);
        let text = self.source.text.lines().nth(line - 1).unwrap_or_default().trim();
        let (path, layer) = (self.source.path.display(), self.layer.modules[0]);
        self.found
            .push(format!("{path}:{line}: {layer} may not {what} {name}: {text}"));
    }

    fn check(&mut self, mention: &Mention, crates: &BTreeSet<String>, macro_homes: &BTreeMap<String, String>) {
        let path: Vec<&str> = mention.path.iter().map(String::as_str).collect();
        match path[..] {
            ["crate", name, ..] => {
                let top = macro_homes.get(name).map_or(name, String::as_str);
                if !self.layer.modules.contains(&top) && !self.layer.modules_below.contains(&top) {
                    self.add(mention.position, "import", top);
                }
            }
            ["std", part, ..] => {
                let name = format!("std::{part}");
                if RATIONED.contains(&part) && !self.layer.may_name(&name) {
                    self.add(mention.position, "use", &name);
                }
            }
            [first, ..] if crates.contains(first) && !self.layer.may_name(first) => {
                self.add(mention.position, "use", first);
            }
            _ => {}
        }
    }

    fn check_printing(&mut self, code: &str) {
        for name in PRINTING {
            for (position, _) in code.match_indices(name) {
                let is_end_of_name =
                    code[..position].ends_with(|before: char| before.is_alphanumeric() || before == '_');
                if !is_end_of_name && !self.layer.may_name("print") {
                    self.add(position, "call", name);
                }
            }
        }
    }
}

fn offences(source: &Source, crates: &BTreeSet<String>, macro_homes: &BTreeMap<String, String>) -> Vec<String> {
    let module = source.module();
    let Some(top) = module.first() else {
        // lib.rs and main.rs stand above the house.
        return Vec::new();
    };
    let Some(layer) = LAYERS.iter().find(|layer| layer.modules.contains(&top.as_str())) else {
        return vec![format!("{}: is in no layer", source.path.display())];
    };
    let code = source.code_without_tests();
    let mentions = mentions(code, &module);
    // Modules of ours may be named like crates (`io::png`).
    let own_names: BTreeSet<&str> = mentions
        .iter()
        .filter(|mention| mention.path[0] == "crate")
        .filter_map(|mention| mention.imported_as.as_deref())
        .collect();
    let mut offences = Offences {
        source,
        layer,
        found: Vec::new(),
    };
    for mention in &mentions {
        if mention.imported_as.is_some() || !own_names.contains(mention.path[0].as_str()) {
            offences.check(mention, crates, macro_homes);
        }
    }
    offences.check_printing(code);
    offences.found
}

#[test]
fn imports_go_down_only() {
    let all = sources::all();
    assert!(all.len() > 20, "only {} files were found", all.len());
    let (crates, macro_homes) = (crates(), macro_homes(&all));
    let offences: Vec<String> = all
        .iter()
        .flat_map(|source| offences(source, &crates, &macro_homes))
        .collect();
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

/// Where files are created: by anything else, half a file would stay behind when it fails.
const CREATES_FILES: [&str; 7] = [
    // Unpacks archives to a temporary folder.
    "src/io/zip.rs",
    // Writes beside the target and renames.
    "src/io/save.rs",
    // Makes files that have nothing in them.
    "src/io/lock.rs",
    // Fills a new folder, which is renamed when it is whole.
    "src/io/dicom/write/mod.rs",
    // A journal only grows, and what was cut short is left out when it is read.
    "src/io/journal/mod.rs",
    // Names the options of a reader, which writes nothing.
    "src/io/hdf5/mod.rs",
    // A recording grows with the session.
    "src/app/program.rs",
];

#[test]
fn files_are_created_in_few_places() {
    let ways = ["fs::write(", "File::create", "File::options(", "OpenOptions"];
    let mut offences = Vec::new();
    for source in sources::all()
        .iter()
        .filter(|source| !CREATES_FILES.iter().any(|path| source.path == Path::new(path)))
    {
        let code = source.code_without_tests();
        for (position, way) in ways.iter().flat_map(|way| code.match_indices(way)) {
            let (path, line) = (source.path.display(), source.line(position));
            offences.push(format!("{path}:{line}: {way}: files are written by io::save"));
        }
    }
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

/// The table as ARCHITECTURE.md prints it.
fn table() -> String {
    let row = |layer: &Layer| {
        format!(
            "| {} | {} | {} |\n",
            layer.modules.join(", "),
            layer.modules_below.join(", "),
            layer.crates.join(", ")
        )
    };
    format!(
        "| module | may import | may name |\n| --- | --- | --- |\n{}",
        LAYERS.iter().map(row).collect::<String>()
    )
}

#[test]
fn the_architecture_page_prints_this_table() {
    let page = sources::read(Path::new("ARCHITECTURE.md"));
    assert!(
        page.contains(&table()),
        "ARCHITECTURE.md should have this table:\n{}",
        table()
    );
}

#[test]
fn a_forbidden_import_is_found_in_every_form() {
    let crates = crates();
    let macro_homes = BTreeMap::from([("say".to_owned(), "words".to_owned())]);
    let count =
        |path: &str, code: &str| offences(&Source::new(Path::new(path), code.into()), &crates, &macro_homes).len();
    for code in [
        "use crate::ui::theme;",
        "use super::super::super::ui;",
        "use crate::{model::plane, app::State};",
        "fn f() { crate::app::update() }",
        "use wgpu::Device;",
        "use eframe::egui;",
        "type T = wgpu::Texture;",
        "use std::{sync::Arc, thread};",
        "fn f() { std::thread::spawn(g) }",
        "fn f() { println!(\"x\") }",
    ] {
        assert!(count("src/io/dicom/a.rs", code) > 0, "not found: {code}");
    }
    for code in [
        "use crate::model::plane; use crate::say; // use crate::ui;",
        "use super::super::png; fn f() { png::write(); say!(\"crate::ui\") }",
        "use dicom_object::X; use std::thread_local;",
        "#[cfg(test)]\nmod tests { use crate::app; }",
    ] {
        assert_eq!(count("src/io/dicom/a.rs", code), 0, "should be allowed: {code}");
    }
    assert_eq!(
        count(
            "src/cli/a.rs",
            "use crate::io::png; fn f() { png::encode(); println!(\"x\") }"
        ),
        0
    );
    assert_eq!(count("src/cli/a.rs", "fn f() { png::Encoder::new() }"), 1);
    assert_eq!(count("src/ui/a.rs", "use eframe::wgpu; fn f() { wgpu::x() }"), 1);
    assert_eq!(count("src/cellar/a.rs", ""), 1);
    assert_eq!(count("src/main.rs", "use crate::ui;"), 0);
}
