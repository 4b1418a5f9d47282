//! The catalogue of words and the code that asks for them say the same.

use std::collections::{BTreeMap, BTreeSet};

use isocenter::app::{presets, transfer_presets};
use isocenter::words::ENGLISH;

use super::sources::{self, Source};

/// Names of the variables in each message, by key, with the part of the program that it is of.
fn catalogue() -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let mut messages = BTreeMap::<String, BTreeSet<String>>::new();
    let mut offences = Vec::new();
    for (area, text) in ENGLISH {
        if let Err((_, errors)) = fluent_bundle::FluentResource::try_new(text.to_owned()) {
            offences.push(format!("{area}.ftl: {errors:?}"));
        }
        let mut current = None;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            // A message begins at the margin; what belongs to it is indented or closes a brace.
            if line.starts_with(|first: char| first.is_ascii_alphabetic())
                && let Some((key, _)) = line.split_once('=')
            {
                let key = key.trim().to_owned();
                if !key.starts_with(&format!("{area}-")) {
                    offences.push(format!("{area}.ftl: {key} should begin with {area}-"));
                }
                if messages.insert(key.clone(), BTreeSet::new()).is_some() {
                    offences.push(format!("{area}.ftl: {key} is there twice"));
                }
                current = Some(key);
            }
            if let Some(variables) = current.as_ref().and_then(|key| messages.get_mut(key)) {
                variables.extend(line.split('$').skip(1).map(leading_name));
            }
        }
    }
    (messages, offences)
}

fn leading_name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-')
        .collect()
}

/// A call of `say!`.
struct Said {
    line: usize,
    key: String,
    variables: BTreeSet<String>,
}

fn said(source: &Source) -> Vec<Said> {
    let code = &source.code;
    let mut calls = Vec::new();
    for (position, name) in code.match_indices("say!(") {
        let start = position + name.len();
        let end = start + closing(&code[start..]);
        let Some(key) = source.without_comments[start..end].split('"').nth(1) else {
            continue;
        };
        let variables = top_level_parts(&code[start..end])
            .skip(1)
            .map(|part| leading_name(part.trim_start()))
            .filter(|name| !name.is_empty());
        calls.push(Said {
            line: source.line(position),
            key: key.to_owned(),
            variables: variables.collect(),
        });
    }
    calls
}

/// Where the bracket closes that was opened before this code.
fn closing(code: &str) -> usize {
    let mut depth = 1_usize;
    for (position, sign) in code.char_indices() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return position;
        }
    }
    code.len()
}

/// What stands between the commas that are in no bracket.
fn top_level_parts(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    code.split(move |sign: char| {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        sign == ',' && depth == 0
    })
}

/// String literals of the code that look like keys.
fn keys_in_strings(source: &Source) -> Vec<(usize, String)> {
    let mut keys = Vec::new();
    let mut at = 0;
    // A quote in the blanked code always begins or ends a literal.
    while let Some(open) = source.code[at..].find('"').map(|offset| at + offset) {
        let Some(close) = source.code[open + 1..].find('"').map(|offset| open + 1 + offset) else {
            break;
        };
        let literal = &source.text[open + 1..close];
        let is_key = ENGLISH
            .iter()
            .any(|(area, _)| literal.strip_prefix(area).is_some_and(|rest| rest.starts_with('-')))
            && literal
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if is_key {
            keys.push((source.line(open), literal.to_owned()));
        }
        at = close + 1;
    }
    keys
}

#[test]
fn every_word_is_in_the_catalogue_and_every_entry_is_used() {
    let (messages, mut offences) = catalogue();
    // Data files name what they hold; the catalogue has what it is called in menus.
    let presets = presets::window_presets()
        .iter()
        .map(|preset| format!("app-preset-{}", preset.name));
    let maps = presets::color_maps()
        .iter()
        .map(|map| format!("app-colors-{}", map.name()));
    let transfers = transfer_presets::transfer_presets()
        .iter()
        .map(|preset| format!("app-transfer-{}", preset.name));
    let mut used: BTreeSet<String> = presets.chain(maps).chain(transfers).collect();
    offences.extend(
        used.iter()
            .filter(|key| !messages.contains_key(*key))
            .map(|key| format!("{key} is missing")),
    );
    for source in sources::all() {
        let place = |line: usize| format!("{}:{line}", source.path.display());
        for Said { line, key, variables } in said(&source) {
            match messages.get(&key) {
                Some(wanted) if *wanted != variables => offences.push(format!(
                    "{}: {key} is given {variables:?} and has {wanted:?}",
                    place(line)
                )),
                _ => {}
            }
        }
        // Tables of actions name keys without saying them at once.
        for (line, key) in keys_in_strings(&source) {
            if !messages.contains_key(&key) {
                offences.push(format!(
                    "{}: {key} looks like a key of the catalogue and is not there",
                    place(line)
                ));
            }
            // Actions add `-tip` to the key of their label.
            used.insert(format!("{key}-tip"));
            used.insert(key);
        }
    }
    offences.extend(
        messages
            .keys()
            .filter(|key| !used.contains(*key))
            .map(|key| format!("{key} is in the catalogue and used nowhere")),
    );
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn calls_are_read_as_they_are_written() {
    let text = "fn f() { say!(\"io-a\", path = g(x, \"a, b = c\"), why = plain(&err)); crate::say!(\n    \"io-b\",\n    count = [1, 2].len(),\n) } // say!(\"io-c\")";
    let source = Source::new(std::path::Path::new("src/io/a.rs"), text.to_owned());
    let calls: Vec<(String, Vec<String>)> = said(&source)
        .into_iter()
        .map(|said| (said.key, said.variables.into_iter().collect()))
        .collect();
    assert_eq!(
        calls,
        [
            ("io-a".to_owned(), vec!["path".to_owned(), "why".to_owned()]),
            ("io-b".to_owned(), vec!["count".to_owned()])
        ]
    );
    assert_eq!(keys_in_strings(&source).len(), 2);
}
