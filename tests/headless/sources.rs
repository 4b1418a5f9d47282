//! The source files of the crate as text, for the tests that read them. Knows just enough of Rust's grammar to tell
//! code from comments and strings, and to see which paths a file names; it is no parser.

use std::path::{Path, PathBuf};

/// The folder of Cargo.toml.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the repository whose name ends in `ending`, in order, relative to the root.
pub fn files_below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut pending = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                files.push(path.strip_prefix(root()).expect("below the root").to_owned());
            }
        }
    }
    files.sort();
    files
}

/// The text of a file of the repository.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|err| panic!("cannot read {}: {err}", path.display()))
}

/// A Rust file in three forms of the same length, so that a position in one is a position in all.
pub struct Source {
    /// Relative to the root.
    pub path: PathBuf,
    /// As it is.
    pub text: String,
    /// Comments are blanks.
    pub without_comments: String,
    /// Comments and the insides of strings are blanks.
    pub code: String,
}

impl Source {
    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        Self::new(path, read(path))
    }

    /// Takes a text for a file's.
    pub fn new(path: &Path, text: String) -> Self {
        let (without_comments, code) = blank(&text);
        Self {
            path: path.to_owned(),
            text,
            without_comments,
            code,
        }
    }

    /// The modules from the crate's root to this file: `["io", "dicom", "scan"]`; empty for `lib.rs` and `main.rs`.
    pub fn module(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .path
            .with_extension("")
            .iter()
            .skip(1)
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
            names.pop();
        }
        names
    }

    /// The line of a position, counted from 1.
    pub fn line(&self, position: usize) -> usize {
        self.text[..position].matches('\n').count() + 1
    }

    /// The code up to the unit tests, which by custom end a file.
    pub fn code_without_tests(&self) -> &str {
        let end = self.code.find("#[cfg(test)]\nmod ").unwrap_or(self.code.len());
        &self.code[..end]
    }
}

/// The Rust files of the library and the program.
pub fn all() -> Vec<Source> {
    files_below("src", ".rs")
        .iter()
        .map(|path| Source::read(path))
        .collect()
}

/// The text without comments, and the same without the insides of strings.
fn blank(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let (mut without_comments, mut code) = (bytes.to_vec(), bytes.to_vec());
    let wipe = |out: &mut Vec<u8>, from: usize, to: usize| {
        out[from..to]
            .iter_mut()
            .filter(|byte| **byte != b'\n')
            .for_each(|byte| *byte = b' ');
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |length| at + length);
            wipe(&mut without_comments, at, end);
            wipe(&mut code, at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = text[at..].find("*/").map_or(bytes.len(), |length| at + length + 2);
            wipe(&mut without_comments, at, end);
            wipe(&mut code, at, end);
            at = end;
        } else if let Some((open, length)) = string(text, at) {
            wipe(&mut code, at + open, at + length - 1);
            at += length;
        } else if let Some(length) = character(rest) {
            wipe(&mut code, at + 1, at + length - 1);
            at += length;
        } else {
            at += 1;
        }
    }
    let utf8 = |bytes| String::from_utf8(bytes).expect("whole characters were wiped");
    (utf8(without_comments), utf8(code))
}

/// Length of the opening and of the whole of the string literal that begins here.
fn string(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &text.as_bytes()[at..];
    let after_name = at > 0 && is_name(text.as_bytes()[at - 1]);
    if rest[0] == b'r' && !after_name {
        let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(1 + hashes) == Some(&b'"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let inside = text[at + 2 + hashes..].find(&close)?;
            return Some((2 + hashes, 2 + hashes + inside + close.len()));
        }
    }
    if rest[0] != b'"' {
        return None;
    }
    let mut end = 1;
    while end < rest.len() && rest[end] != b'"' {
        end += if rest[end] == b'\\' { 2 } else { 1 };
    }
    Some((1, end + 1))
}

/// Length of the character literal that begins here; a lifetime is none.
fn character(rest: &[u8]) -> Option<usize> {
    if rest[0] != b'\'' {
        return None;
    }
    let longest = rest.len().min(12);
    let skip = if rest.get(1) == Some(&b'\\') { 3 } else { 2 };
    let close = skip + rest.get(skip..longest)?.iter().position(|byte| *byte == b'\'')?;
    let inside = std::str::from_utf8(&rest[1..close]).ok()?;
    (inside.starts_with('\\') || inside.chars().count() == 1).then_some(close + 1)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A path that a file names, and under which name if it imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where in the text.
    pub position: usize,
    /// Its segments, from the crate's root (`["crate", "model", "plane"]`) or from a name in scope.
    pub path: Vec<String>,
    /// The name that a `use` gives it.
    pub imported_as: Option<String>,
}

/// Every path in a piece of code, `use` trees spread out, `self` and `super` resolved from the module given.
pub fn mentions(code: &str, module: &[String]) -> Vec<Mention> {
    let mut reader = Reader {
        tokens: tokens(code),
        next: 0,
        found: Vec::new(),
    };
    let mut modules = module.to_vec();
    // The inline modules that are open: their brace depth.
    let (mut depth, mut opened) = (0_usize, Vec::new());
    while let Some((position, token)) = reader.peek(0) {
        let first = reader.found.len();
        match token {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if opened.last() == Some(&depth) {
                    opened.pop();
                    modules.pop();
                }
            }
            "mod" if reader.peek(2).is_some_and(|(_, token)| token == "{") => {
                opened.push(depth);
                modules.push(reader.peek(1).map_or("", |(_, name)| name).to_owned());
                depth += 1;
                reader.next += 2;
            }
            "mod" => {
                if let Some((_, name)) = reader.peek(1) {
                    reader.found.push(Mention {
                        position,
                        path: vec!["self".into(), name.to_owned()],
                        imported_as: Some(name.to_owned()),
                    });
                }
                reader.next += 1;
            }
            "use" => {
                reader.next += 1;
                reader.use_tree(&[]);
                // Back on the tree's last token, which is passed below.
                reader.next -= 1;
            }
            name if is_name(name.as_bytes()[0]) => reader.plain_path(position),
            _ => {}
        }
        reader.next += 1;
        for mention in &mut reader.found[first..] {
            absolute(&mut mention.path, &modules);
        }
    }
    reader.found
}

/// Makes a path that begins with `self` or `super` begin with `crate`.
fn absolute(path: &mut Vec<String>, module: &[String]) {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let strip = match path.first().map(String::as_str) {
        Some("self") => 1 + path[1..].iter().take_while(|name| *name == "super").count(),
        Some("super") => supers,
        _ => return,
    };
    let up = strip - usize::from(path[0] == "self");
    let base = &module[..module.len().saturating_sub(up)];
    let tail = path.split_off(strip);
    *path = std::iter::once("crate".to_owned())
        .chain(base.iter().cloned())
        .chain(tail)
        .collect();
}

struct Reader<'a> {
    tokens: Vec<(usize, &'a str)>,
    next: usize,
    found: Vec<Mention>,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<(usize, &'a str)> {
        self.tokens.get(self.next + ahead).copied()
    }

    fn is(&self, token: &str) -> bool {
        self.peek(0).is_some_and(|(_, found)| found == token)
    }

    /// `a::b::c` outside of `use`; stops on its last token.
    fn plain_path(&mut self, position: usize) {
        let mut path = vec![self.peek(0).map_or("", |(_, name)| name).to_owned()];
        while self.peek(1).is_some_and(|(_, token)| token == "::")
            && let Some((_, name)) = self.peek(2)
            && is_name(name.as_bytes()[0])
        {
            path.push(name.to_owned());
            self.next += 2;
        }
        if path.len() > 1 {
            self.found.push(Mention {
                position,
                path,
                imported_as: None,
            });
        }
    }

    /// One branch of a `use` tree; stops behind it.
    fn use_tree(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        let position = self.peek(0).map_or(0, |(position, _)| position);
        while let Some((_, token)) = self.peek(0) {
            self.next += 1;
            match token {
                "::" => {}
                "{" => {
                    while self.peek(0).is_some() && !self.is("}") {
                        self.use_tree(&path);
                        if self.is(",") {
                            self.next += 1;
                        }
                    }
                    self.next += 1;
                    return;
                }
                "as" => {
                    let name = self.peek(0).map(|(_, name)| name.to_owned());
                    self.next += 1;
                    self.found.push(Mention {
                        position,
                        path,
                        imported_as: name,
                    });
                    return;
                }
                name => path.push(name.to_owned()),
            }
            if !(self.is("::") || self.is("as") || self.is("{"))
                && self.tokens.get(self.next - 1).is_none_or(|(_, token)| *token != "::")
            {
                let name = path.last().cloned();
                self.found.push(Mention {
                    position,
                    path,
                    imported_as: name,
                });
                return;
            }
        }
    }
}

/// Names, `::`, and every other sign alone, with their positions.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let bytes = code.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = if is_name(bytes[at]) {
            bytes[at..].iter().take_while(|byte| is_name(**byte)).count()
        } else if bytes[at..].starts_with(b"::") {
            2
        } else {
            code[at..].chars().next().map_or(1, char::len_utf8)
        };
        if !bytes[at].is_ascii_whitespace() {
            tokens.push((at, &code[at..at + length]));
        }
        at += length;
    }
    tokens
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let text =
        "let a = \"x // y\\\"\"; // crate::ui\nlet b = r#\"crate::gpu\"#; /* crate::io */ let c: &'a char = &'\"';";
    let source = Source::new(Path::new("src/model/a.rs"), text.into());
    assert_eq!(source.code.len(), text.len());
    assert_eq!(source.without_comments.len(), text.len());
    assert!(!source.code.contains("crate"), "{}", source.code);
    assert!(source.without_comments.contains("x // y") && source.without_comments.contains("r#\"crate::gpu\"#"));
    assert!(!source.without_comments.contains("crate::io") && !source.without_comments.contains("crate::ui"));
    assert!(source.code.ends_with("let c: &'a char = &' ';"));
}

#[test]
fn paths_are_seen_in_every_form() {
    let module = ["io".to_owned(), "dicom".to_owned()];
    let paths = |code: &str| {
        mentions(code, &module)
            .into_iter()
            .map(|mention| (mention.path.join("::"), mention.imported_as))
            .collect::<Vec<_>>()
    };
    let as_name = |path: &str, name: &str| (path.to_owned(), Some(name.to_owned()));
    assert_eq!(
        paths("use crate::{model::{plane, voxels::Samples}, say};"),
        [
            as_name("crate::model::plane", "plane"),
            as_name("crate::model::voxels::Samples", "Samples"),
            as_name("crate::say", "say")
        ]
    );
    assert_eq!(
        paths("use super::super::ui as other; use wgpu;"),
        [as_name("crate::ui", "other"), as_name("wgpu", "wgpu")]
    );
    assert_eq!(
        paths("let a = super::nifti::read();"),
        [("crate::io::nifti::read".to_owned(), None)]
    );
    assert_eq!(
        paths("mod inside { fn f() { super::super::png::write() } } fn g() { super::png::x() }"),
        [
            ("crate::io::png::write".to_owned(), None),
            ("crate::io::png::x".to_owned(), None)
        ]
    );
    assert_eq!(
        paths("#[derive(thiserror::Error)] enum E { A(crate::model::B<'a>) }"),
        [
            ("thiserror::Error".to_owned(), None),
            ("crate::model::B".to_owned(), None)
        ]
    );
}
