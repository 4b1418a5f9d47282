//! The links of a group as they stand in the file. The reader leaves out those that lead nowhere or into another file, and lists
//! nothing of a group of which one member is damaged: here is what to ask for one by one, and what to say is missing.

use hdf5_reader::Hdf5File;
use hdf5_reader::btree_v1::collect_btree_v1_leaves_storage;
use hdf5_reader::btree_v2::{BTreeV2Header, BTreeV2Record, collect_btree_v2_records_storage};
use hdf5_reader::error::Error;
use hdf5_reader::fractal_heap::{FractalHeap, FractalHeapDirectBlockCache};
use hdf5_reader::group::Group;
use hdf5_reader::io::Cursor;
use hdf5_reader::local_heap::LocalHeap;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::link::{LinkMessage, LinkTarget, parse};
use hdf5_reader::messages::link_info::LinkInfoMessage;
use hdf5_reader::symbol_table::SymbolTableNode;

/// The kind of symbol table entry that is a soft link.
const SOFT: u32 = 2;

/// What a name in a group leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An object of this file.
    Object,
    /// A path in this file.
    Path(String),
    /// Another file, by its name.
    File(String),
}

/// A name in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: Target,
}

impl From<&LinkMessage> for Link {
    fn from(message: &LinkMessage) -> Self {
        Self {
            name: message.name.clone(),
            target: match &message.target {
                LinkTarget::Hard { .. } => Target::Object,
                LinkTarget::Soft { path } => Target::Path(path.clone()),
                LinkTarget::External { filename, .. } => Target::File(filename.clone()),
            },
        }
    }
}

/// The links of a group in the order of the file, `most` at most. Fails where they cannot be listed; where what they lead to is
/// damaged, it does not matter here.
pub(super) fn links(file: &Hdf5File, group: &Group, most: usize) -> Result<Vec<Link>, Error> {
    let header = file.get_or_parse_header(group.address())?;
    let mut all = Vec::new();
    for message in &header.messages {
        match message {
            HdfMessage::SymbolTable(table) => {
                all.extend(old(group, table.heap_address, table.btree_address, most)?);
            }
            HdfMessage::Link(link) => all.push(Link::from(link)),
            HdfMessage::LinkInfo(info) if !is_undefined(info.fractal_heap_address, group.offset_size()) => {
                all.extend(dense(group, info, most)?);
            }
            _ => {}
        }
    }
    all.truncate(most);
    Ok(all)
}

/// All bits are set in an address of nothing.
fn is_undefined(address: u64, size: u8) -> bool {
    address >= u64::MAX >> (64 - 8 * u32::from(size.clamp(1, 8)))
}

/// The entries of a symbol table, as files were before links had messages (and as h5py makes them still).
fn old(group: &Group, heap_address: u64, tree_address: u64, most: usize) -> Result<Vec<Link>, Error> {
    let (storage, offset_size, length_size) = (group.storage(), group.offset_size(), group.length_size());
    let heap = LocalHeap::parse_at_storage(storage, heap_address, offset_size, length_size)?;
    let size = usize::try_from(heap.data_segment_size).unwrap_or(usize::MAX);
    let names = storage.read_range(heap.data_segment_address, size)?;
    let name_at = |offset: u64| -> Option<String> {
        let rest = names.get(usize::try_from(offset).ok()?..)?;
        let text = rest.split(|byte| *byte == 0).next()?;
        String::from_utf8(text.to_vec()).ok()
    };
    let leaves = collect_btree_v1_leaves_storage(storage, tree_address, offset_size, length_size, None, &[], None)?;
    let mut all = Vec::new();
    for (_, address) in leaves {
        let start = storage.read_range(address, 8)?;
        let count = match start.get(6..8) {
            Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
            _ => 0,
        };
        let bytes = storage.read_range(address, 8 + count * (2 * usize::from(offset_size) + 24))?;
        let node = SymbolTableNode::parse(&mut Cursor::new(&bytes), offset_size, length_size)?;
        for entry in node.entries {
            let [a, b, c, d, ..] = entry.scratch;
            let target = if entry.cache_type == SOFT {
                Target::Path(name_at(u64::from(u32::from_le_bytes([a, b, c, d]))).unwrap_or_default())
            } else {
                Target::Object
            };
            // A name that is no text leads nowhere that could be asked for.
            let name = name_at(entry.link_name_offset);
            all.extend(name.map(|name| Link { name, target }));
        }
        if all.len() >= most {
            break;
        }
    }
    Ok(all)
}

/// The links of a group of many, which stand in a heap.
fn dense(group: &Group, info: &LinkInfoMessage, most: usize) -> Result<Vec<Link>, Error> {
    let (storage, offset_size, length_size) = (group.storage(), group.offset_size(), group.length_size());
    let heap = FractalHeap::parse_at_storage(storage, info.fractal_heap_address, offset_size, length_size)?;
    let tree = BTreeV2Header::parse_at_storage(storage, info.btree_name_index_address, offset_size, length_size)?;
    let records = collect_btree_v2_records_storage(storage, &tree, offset_size, length_size, None, &[], None)?;
    let mut blocks = FractalHeapDirectBlockCache::default();
    let mut all = Vec::new();
    for record in records.iter().take(most) {
        let (BTreeV2Record::LinkNameHash { heap_id, .. } | BTreeV2Record::CreationOrder { heap_id, .. }) = record
        else {
            continue;
        };
        let bytes = heap.get_object_storage_cached(heap_id, storage, offset_size, length_size, &mut blocks)?;
        let link = parse(&mut Cursor::new(&bytes), offset_size, length_size, bytes.len())?;
        all.push(Link::from(&link));
    }
    Ok(all)
}
