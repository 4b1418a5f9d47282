//! From a file to its arrays, group by group, each object once, whatever links lead to it.

use std::collections::BTreeSet;

use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Hdf5File};

use super::attributes::Told;
use super::links::{Link, Target, links};
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
        let (mut groups, mut datasets) = match members(file, &group, &inside, &mut found) {
            Ok(members) => members,
            Err(err) if depth == 0 => return Err(err),
            Err(err) => {
                found.unreadable.push((path, reason(&err)));
                continue;
            }
        };
        if found.unreadable.len() > MAX_ARRAYS {
            found.unreadable.truncate(MAX_ARRAYS);
            is_cut = true;
        }
        // Attributes that cannot be read say nothing.
        let told = Told::of(&group.attributes().unwrap_or_default()).or(&around);
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

/// The groups and arrays in a group; what is named there and leads to none is told. Fails where nothing can be listed.
fn members(
    file: &Hdf5File,
    group: &Group,
    inside: &dyn Fn(&str) -> String,
    found: &mut Found,
) -> Result<(Vec<Group>, Vec<Dataset>), Error> {
    match (group.members(), links(file, group, MAX_GROUPS + MAX_ARRAYS)) {
        (Ok((groups, datasets)), Ok(links)) => {
            let known = groups.iter().map(Group::name).chain(datasets.iter().map(Dataset::name));
            let known: BTreeSet<&str> = known.collect();
            for link in links.iter().filter(|link| !known.contains(link.name.as_str())) {
                found.unreadable.extend(lost(link).map(|why| (inside(&link.name), why)));
            }
            Ok((groups, datasets))
        }
        (Ok(members), Err(_)) => Ok(members),
        // One member that is damaged must not cost the others.
        (Err(_), Ok(links)) => Ok(one_by_one(group, &links, inside, found)),
        (Err(err), Err(_)) => Err(err),
    }
}

/// The members of a group of which some cannot be read: those that can.
fn one_by_one(
    group: &Group,
    links: &[Link],
    inside: &dyn Fn(&str) -> String,
    found: &mut Found,
) -> (Vec<Group>, Vec<Dataset>) {
    let mut members = (Vec::new(), Vec::new());
    for link in links {
        let why = match group.group(&link.name) {
            Ok(inner) => {
                members.0.push(inner);
                None
            }
            Err(Error::GroupNotFound(_)) => match group.dataset(&link.name) {
                Ok(dataset) => {
                    members.1.push(dataset);
                    None
                }
                Err(Error::DatasetNotFound(_)) => lost(link),
                Err(err) => Some(reason(&err)),
            },
            Err(err) => Some(reason(&err)),
        };
        found.unreadable.extend(why.map(|why| (inside(&link.name), why)));
    }
    members
}

/// Why a link that leads to no group and no array is left out; one to something else of this file is nobody's loss.
fn lost(link: &Link) -> Option<String> {
    match &link.target {
        Target::Object => None,
        Target::Path(path) => Some(say!("io-hdf5-leads-nowhere", path = path.clone())),
        Target::File(name) => Some(say!("io-hdf5-other-file", name = name.clone())),
    }
}
