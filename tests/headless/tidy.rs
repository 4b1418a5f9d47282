//! What every file of the repository keeps to.

use std::path::{Path, PathBuf};

use super::sources::{self, files_below, read};

const LONGEST_FILE_LINES: usize = 600;

fn rust_files() -> Vec<PathBuf> {
    ["src", "tests"]
        .iter()
        .flat_map(|folder| files_below(folder, ".rs"))
        .collect()
}

/// Files that people write, other than Rust.
fn other_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["shaders", "assets", "scripts", ".ci"]
        .iter()
        .flat_map(|folder| files_below(folder, ""))
        .collect();
    files.retain(|path| {
        path.extension()
            .is_none_or(|ending| ["wgsl", "json", "ftl", "sh"].iter().any(|text| ending == *text))
    });
    files.extend(
        [
            "Cargo.toml",
            "clippy.toml",
            "dev",
            "README.md",
            "ARCHITECTURE.md",
            "CHANGELOG.md",
        ]
        .map(PathBuf::from),
    );
    files
}

fn no_offences(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent = |path: &PathBuf| {
        (!read(path).starts_with("//! ")).then(|| format!("{} does not begin with `//! `", path.display()))
    };
    no_offences(&rust_files().iter().filter_map(silent).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let long = |path: &PathBuf| {
        let lines = read(path).lines().count();
        (lines > LONGEST_FILE_LINES)
            .then(|| format!("{} has {lines} lines, more than {LONGEST_FILE_LINES}", path.display()))
    };
    no_offences(
        &rust_files()
            .iter()
            .chain(&other_files())
            .filter_map(long)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn lines_are_clean() {
    // Spelled so that this file does not accuse itself.
    let postponed = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let mut offences = Vec::new();
    for path in rust_files().iter().chain(&other_files()) {
        let text = read(path);
        if !text.ends_with('\n') {
            offences.push(format!("{} does not end with a line end", path.display()));
        }
        for (number, line) in text.lines().enumerate() {
            let mut complain = |what: &str| offences.push(format!("{}:{}: {what}", path.display(), number + 1));
            if line.ends_with([' ', '\t', '\r']) {
                complain("space at the end of the line");
            }
            if let Some(word) = postponed.iter().find(|word| line.contains(*word)) {
                complain(&format!("{word}: do it or write an issue"));
            }
        }
    }
    no_offences(&offences);
}

/// A file that no `mod` line names is never compiled, and its tests never run.
#[test]
fn every_rust_file_is_part_of_the_crate() {
    let mut offences = Vec::new();
    for path in rust_files() {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if ["lib", "main"].contains(&stem.as_str()) {
            continue;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let (name, home) = if stem == "mod" {
            (
                folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                folder.parent().unwrap_or(Path::new("")),
            )
        } else {
            (stem, folder)
        };
        let parents = ["mod.rs", "lib.rs", "main.rs"]
            .map(|file| home.join(file))
            .into_iter()
            .chain([home.with_extension("rs")]);
        let named = |parent: PathBuf| {
            sources::root().join(&parent).is_file()
                && sources::Source::read(&parent)
                    .code
                    .lines()
                    .any(|line| line.trim_end().ends_with(&format!("mod {name};")))
        };
        // Helpers that the test binaries share are included by path.
        let included = || {
            rust_files().iter().any(|other| {
                *other != path
                    && read(other).contains(&format!(
                        "{}\"]",
                        path.file_name().unwrap_or_default().to_string_lossy()
                    ))
            })
        };
        if !parents.into_iter().any(named) && !included() {
            offences.push(format!("{}: no `mod {name};` in {}", path.display(), home.display()));
        }
    }
    no_offences(&offences);
}

#[test]
fn every_shader_is_used() {
    let rust: Vec<String> = files_below("src", ".rs").iter().map(|path| read(path)).collect();
    let unused = |path: &PathBuf| {
        let name = path
            .strip_prefix("shaders")
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned();
        (!rust.iter().any(|text| text.contains(&name))).then(|| format!("{} is named nowhere in src", path.display()))
    };
    no_offences(
        &files_below("shaders", ".wgsl")
            .iter()
            .filter_map(unused)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_lock_file_has_one_of_each_large_crate() {
    let lock = read(Path::new("Cargo.lock"));
    for name in ["egui", "glam", "wgpu"] {
        assert_eq!(
            lock.matches(&format!("\nname = \"{name}\"\n")).count(),
            1,
            "versions of {name} in Cargo.lock"
        );
    }
}

#[test]
fn every_data_file_can_be_read() {
    let broken = |path: &PathBuf| {
        serde_json::from_str::<serde_json::Value>(&read(path))
            .err()
            .map(|err| format!("{}: {err}", path.display()))
    };
    no_offences(
        &files_below("assets", ".json")
            .iter()
            .filter_map(broken)
            .collect::<Vec<_>>(),
    );
}

/// The crates that Cargo.toml names.
fn dependencies() -> Vec<String> {
    let manifest = read(Path::new("Cargo.toml"));
    let mut names = Vec::new();
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once('=')
            && in_dependencies
        {
            names.push(name.trim().to_owned());
        }
    }
    names
}

/// Each dependency is named somewhere, and has a sentence that says why it is this one.
#[test]
fn every_dependency_is_used_and_has_its_reason() {
    let page = read(Path::new("ARCHITECTURE.md"));
    let rust: Vec<String> = rust_files().iter().map(|path| read(path)).collect();
    let mut offences = Vec::new();
    for name in dependencies() {
        if !page.contains(&format!("`{name}`")) {
            offences.push(format!("ARCHITECTURE.md does not say why `{name}`"));
        }
        let path = format!("{}::", name.replace('-', "_"));
        if !rust.iter().any(|text| text.contains(&path)) {
            offences.push(format!("{name} is used nowhere"));
        }
    }
    no_offences(&offences);
}
