//! From a file to its arrays, group by group, each object once, whatever links lead to it.

use std::collections::BTreeSet;

use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Hdf5File};

use super::attributes::Told;
use super::reason;
use crate::say;

/// The most arrays of a file that are looked at.
const MAX_ARRAYS: usize = 1024;
/// The most groups, and how deep they may lie in each other.
const MAX_GROUPS: usize = 4096;
const MAX_DEPTH: usize = 64;

/// An array in a file.
pub(super) struct FoundArray {
    /// Its path, without the slash at its beginning.
    pub(super) path: String,
    pub(super) dataset: Dataset,
    /// What its attributes say, and where they are silent those of the groups around it.
    pub(super) told: Told,
}

/// What is in a file.
pub(super) struct Found {
    /// In the order of their paths.
    pub(super) arrays: Vec<FoundArray>,
    /// Paths of what could not be read, with the reason.
    pub(super) unreadable: Vec<(String, String)>,
}

/// Walks through all groups. Fails only where the outermost cannot be read.
pub(super) fn arrays(file: &Hdf5File) -> Result<Found, Error> {
    let root = file.root_group()?;
    let mut found = Found {
        arrays: Vec::new(),
        unreadable: Vec::new(),
    };
    // Links may lead in a circle, and several to one object.
    let mut seen = BTreeSet::from([root.address()]);
    let mut is_cut = false;
    let mut waiting = vec![(root, String::new(), Told::default(), 0)];
    while let Some((group, path, around, depth)) = waiting.pop() {
        let inside = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            }
        };
        let members = match group.members().or_else(|_| one_by_one(&group, &inside, &mut found)) {
            Ok(members) => members,
            Err(err) if depth == 0 => return Err(err),
            Err(err) => {
                found.unreadable.push((path, reason(&err)));
                continue;
            }
        };
        // Attributes that cannot be read say nothing.
        let told = Told::of(&group.attributes().unwrap_or_default()).or(&around);
        let (mut groups, mut datasets) = members;
        groups.sort_by(|a, b| a.name().cmp(b.name()));
        datasets.sort_by(|a, b| a.name().cmp(b.name()));
        for dataset in datasets {
            if !seen.insert(dataset.address()) {
                continue;
            }
            if found.arrays.len() >= MAX_ARRAYS {
                is_cut = true;
                break;
            }
            found.arrays.push(FoundArray {
                path: inside(dataset.name()),
                told: Told::of(&dataset.attributes()).or(&told),
                dataset,
            });
        }
        for group in groups {
            if !seen.insert(group.address()) {
                continue;
            }
            if depth >= MAX_DEPTH || seen.len() > MAX_GROUPS + MAX_ARRAYS {
                is_cut = true;
                continue;
            }
            let path = inside(group.name());
            waiting.push((group, path, told.clone(), depth + 1));
        }
    }
    if is_cut {
        found
            .unreadable
            .push((String::new(), say!("io-hdf5-too-many", most = MAX_ARRAYS)));
    }
    found.arrays.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The members of a group of which some cannot be read: those that can. Fails where not even their names can be.
fn one_by_one(
    group: &Group,
    inside: &dyn Fn(&str) -> String,
    found: &mut Found,
) -> Result<(Vec<Group>, Vec<Dataset>), Error> {
    let (groups, datasets) = group.member_names()?;
    let mut unreadable = |name: &str, err: &Error| found.unreadable.push((inside(name), reason(err)));
    let mut members = (Vec::new(), Vec::new());
    for name in groups.iter().take(MAX_GROUPS) {
        match group.group(name) {
            Ok(inner) => members.0.push(inner),
            Err(err) => unreadable(name, &err),
        }
    }
    for name in datasets.iter().take(MAX_ARRAYS) {
        match group.dataset(name) {
            Ok(dataset) => members.1.push(dataset),
            Err(err) => unreadable(name, &err),
        }
    }
    Ok(members)
}
