//! HDF5 files made byte by byte, for tests: the oldest forms of everything, which have no checksums, so that damage reaches far.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const UNDEFINED: u64 = u64::MAX;

/// What numbers an array has.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Bytes, sign, byte order.
    Whole(usize, bool, bool),
    /// Bytes, byte order.
    Fraction(usize, bool),
    /// h5py's enumeration of false and true.
    Truth,
    /// Texts of so many bytes.
    Text(usize),
}

/// How they lie in the file.
#[derive(Clone, Debug)]
pub enum Layout {
    Contiguous,
    Compact,
    Chunked {
        chunk: Vec<u64>,
        shuffle: bool,
        deflate: bool,
        checksum: bool,
    },
}

/// An attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// Shape and values, as `f64`.
    Numbers(Vec<u64>, Vec<f64>),
    Text(String),
}

/// An array of a file.
#[derive(Clone, Debug)]
pub struct Array {
    pub path: String,
    pub shape: Vec<u64>,
    pub kind: Kind,
    /// In C order and in the byte order of the kind.
    pub data: Vec<u8>,
    pub layout: Layout,
    pub attributes: Vec<(&'static str, Attribute)>,
}

impl Array {
    pub fn u8(path: &str, shape: &[u64], value: impl Fn(u64) -> u8) -> Self {
        Self {
            path: path.to_owned(),
            shape: shape.to_vec(),
            kind: Kind::Whole(1, false, false),
            data: (0..shape.iter().product()).map(value).collect(),
            layout: Layout::Contiguous,
            attributes: Vec::new(),
        }
    }

    pub fn with(mut self, name: &'static str, attribute: Attribute) -> Self {
        self.attributes.push((name, attribute));
        self
    }

    pub fn with_numbers(self, name: &'static str, numbers: &[f64]) -> Self {
        self.with(name, Attribute::Numbers(vec![numbers.len() as u64], numbers.to_vec()))
    }
}

/// A file of arrays, with soft links (path, target), behind so many bytes of the user's. A target `file:path` is in another file.
pub fn bytes(arrays: &[Array], links: &[(&str, &str)], user_block: usize) -> Vec<u8> {
    let mut file = File { bytes: vec![0; 96] };
    let mut root = Group::default();
    for array in arrays {
        let address = file.array(array);
        root.at(&array.path, Target::Hard(address));
    }
    for (path, target) in links {
        let target = match target.split_once(':') {
            Some((file, path)) => Target::Elsewhere(file.to_owned(), path.to_owned()),
            None => Target::Soft((*target).to_owned()),
        };
        root.at(path, target);
    }
    let root = file.group(&root);
    let mut head = b"\x89HDF\r\n\x1a\n".to_vec();
    head.extend([0, 0, 0, 0, 0, 8, 8, 0]);
    head.extend([4, 0, 16, 0, 0, 0, 0, 0]);
    for address in [
        user_block as u64,
        UNDEFINED,
        file.bytes.len() as u64,
        UNDEFINED,
        0,
        root,
    ] {
        head.extend(address.to_le_bytes());
    }
    head.resize(96, 0);
    file.bytes[..96].copy_from_slice(&head);
    [vec![0; user_block], file.bytes].concat()
}

enum Target {
    Hard(u64),
    Soft(String),
    Elsewhere(String, String),
    Group(Group),
}

#[derive(Default)]
struct Group(BTreeMap<String, Target>);

impl Group {
    fn at(&mut self, path: &str, target: Target) {
        match path.split_once('/') {
            None => {
                self.0.insert(path.to_owned(), target);
            }
            Some((first, rest)) => {
                let inner = self
                    .0
                    .entry(first.to_owned())
                    .or_insert_with(|| Target::Group(Self::default()));
                if let Target::Group(inner) = inner {
                    inner.at(rest, target);
                }
            }
        }
    }
}

struct File {
    bytes: Vec<u8>,
}

impl File {
    fn put(&mut self, bytes: &[u8]) -> u64 {
        let address = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(address, 0);
        self.bytes.extend(bytes);
        address as u64
    }

    fn object(&mut self, messages: &[(u16, Vec<u8>)]) -> u64 {
        let mut body = Vec::new();
        for (kind, data) in messages {
            let mut data = data.clone();
            data.resize(data.len().next_multiple_of(8), 0);
            body.extend(kind.to_le_bytes());
            body.extend((data.len() as u16).to_le_bytes());
            body.extend([0; 4]);
            body.extend(data);
        }
        let mut head = vec![1, 0];
        head.extend((messages.len() as u16).to_le_bytes());
        head.extend(1_u32.to_le_bytes());
        head.extend((body.len() as u32).to_le_bytes());
        head.extend([0; 4]);
        self.put(&[head, body].concat())
    }

    fn group(&mut self, group: &Group) -> u64 {
        let mut info = vec![0, 0];
        info.extend(UNDEFINED.to_le_bytes());
        info.extend(UNDEFINED.to_le_bytes());
        let mut messages = vec![(2, info), (10, vec![0, 0])];
        for (name, target) in &group.0 {
            let kind = match target {
                Target::Soft(_) => Some(1),
                Target::Elsewhere(..) => Some(64),
                Target::Hard(_) | Target::Group(_) => None,
            };
            let mut link = vec![1, if kind.is_some() { 8 } else { 0 }];
            link.extend(kind);
            link.push(name.len() as u8);
            link.extend(name.as_bytes());
            match target {
                Target::Hard(address) => link.extend(address.to_le_bytes()),
                Target::Group(inner) => link.extend(self.group(inner).to_le_bytes()),
                Target::Soft(path) => {
                    link.extend((path.len() as u16).to_le_bytes());
                    link.extend(path.as_bytes());
                }
                Target::Elsewhere(file, path) => {
                    let info = format!("\0{file}\0{path}\0");
                    link.extend((info.len() as u16).to_le_bytes());
                    link.extend(info.as_bytes());
                }
            }
            messages.push((6, link));
        }
        self.object(&messages)
    }

    fn array(&mut self, array: &Array) -> u64 {
        let mut messages = vec![
            (1, dataspace(&array.shape)),
            (3, datatype(array.kind)),
            (5, vec![2, 2, 0, 0]),
        ];
        let mut layout;
        match &array.layout {
            Layout::Compact => {
                layout = vec![3, 0];
                layout.extend((array.data.len() as u16).to_le_bytes());
                layout.extend(&array.data);
            }
            Layout::Contiguous => {
                let address = self.put(&array.data);
                layout = vec![3, 1];
                layout.extend(address.to_le_bytes());
                layout.extend((array.data.len() as u64).to_le_bytes());
            }
            Layout::Chunked {
                chunk,
                shuffle,
                deflate,
                checksum,
            } => {
                let size = element_bytes(array.kind);
                let filters: Vec<(u16, Vec<u32>)> = [
                    (*shuffle, 2, vec![size as u32]),
                    (*deflate, 1, vec![6]),
                    (*checksum, 3, vec![]),
                ]
                .into_iter()
                .filter(|(is_on, ..)| *is_on)
                .map(|(_, id, values)| (id, values))
                .collect();
                let tree = self.chunks(array, chunk, &filters);
                layout = vec![3, 2, chunk.len() as u8 + 1];
                layout.extend(tree.to_le_bytes());
                chunk
                    .iter()
                    .for_each(|side| layout.extend((*side as u32).to_le_bytes()));
                layout.extend((size as u32).to_le_bytes());
                if !filters.is_empty() {
                    messages.push((11, pipeline(&filters)));
                }
            }
        }
        messages.push((8, layout));
        for (name, attribute) in &array.attributes {
            messages.push((12, attribute_message(name, attribute)));
        }
        self.object(&messages)
    }

    /// Writes all chunks and the tree that finds them, in one leaf.
    fn chunks(&mut self, array: &Array, chunk: &[u64], filters: &[(u16, Vec<u32>)]) -> u64 {
        let size = element_bytes(array.kind);
        let rank = chunk.len();
        let counts: Vec<u64> = array
            .shape
            .iter()
            .zip(chunk)
            .map(|(side, part)| side.div_ceil(*part))
            .collect();
        let mut entries = Vec::new();
        for n in 0..counts.iter().product::<u64>() {
            let first: Vec<u64> = places(n, &counts)
                .iter()
                .zip(chunk)
                .map(|(at, part)| at * part)
                .collect();
            let mut raw = vec![0; chunk.iter().product::<u64>() as usize * size];
            for inside in 0..chunk.iter().product::<u64>() {
                let at: Vec<u64> = places(inside, chunk).iter().zip(&first).map(|(a, b)| a + b).collect();
                if at.iter().zip(&array.shape).all(|(at, side)| at < side) {
                    let from = at.iter().zip(&array.shape).fold(0, |sum, (at, side)| sum * side + at) as usize * size;
                    let to = inside as usize * size;
                    raw[to..to + size].copy_from_slice(&array.data[from..from + size]);
                }
            }
            for (id, _) in filters {
                raw = match id {
                    1 => deflated(&raw),
                    2 => (0..size)
                        .flat_map(|byte| raw.iter().skip(byte).step_by(size).copied())
                        .collect(),
                    _ => [raw.as_slice(), &fletcher32(&raw).to_le_bytes()].concat(),
                };
            }
            let address = self.put(&raw);
            entries.push((raw.len() as u32, first, address));
        }
        let mut tree = b"TREE\x01\x00".to_vec();
        tree.extend((entries.len() as u16).to_le_bytes());
        tree.extend([UNDEFINED.to_le_bytes(), UNDEFINED.to_le_bytes()].concat());
        for (length, first, address) in &entries {
            tree.extend(length.to_le_bytes());
            tree.extend(0_u32.to_le_bytes());
            first.iter().chain([&0]).for_each(|at| tree.extend(at.to_le_bytes()));
            tree.extend(address.to_le_bytes());
        }
        tree.extend(vec![0; 8 + 8 * (rank + 1)]);
        self.put(&tree)
    }
}

/// The n-th place of a grid in C order.
fn places(n: u64, counts: &[u64]) -> Vec<u64> {
    let mut rest = n;
    let mut at: Vec<u64> = counts
        .iter()
        .rev()
        .map(|count| {
            let place = rest % count;
            rest /= count;
            place
        })
        .collect();
    at.reverse();
    at
}

pub fn element_bytes(kind: Kind) -> usize {
    match kind {
        Kind::Whole(size, ..) | Kind::Fraction(size, _) | Kind::Text(size) => size,
        Kind::Truth => 1,
    }
}

fn dataspace(shape: &[u64]) -> Vec<u8> {
    let mut message = vec![1, shape.len() as u8, 0, 0, 0, 0, 0, 0];
    shape.iter().for_each(|side| message.extend(side.to_le_bytes()));
    message
}

fn datatype(kind: Kind) -> Vec<u8> {
    let mut message = Vec::new();
    let mut head = |class: u8, flags: [u8; 3], size: usize| {
        message.push(0x10 | class);
        message.extend(flags);
        message.extend((size as u32).to_le_bytes());
    };
    match kind {
        Kind::Whole(size, is_signed, is_big) => {
            head(0, [u8::from(is_big) | u8::from(is_signed) << 3, 0, 0], size);
            message.extend([0, 0]);
            message.extend((8 * size as u16).to_le_bytes());
        }
        Kind::Fraction(size, is_big) => {
            head(1, [u8::from(is_big) | 0x20, (8 * size - 1) as u8, 0], size);
            message.extend([0, 0]);
            message.extend((8 * size as u16).to_le_bytes());
            let (parts, bias): ([u8; 4], u32) = match size {
                2 => ([10, 5, 0, 10], 15),
                4 => ([23, 8, 0, 23], 127),
                _ => ([52, 11, 0, 52], 1023),
            };
            message.extend(parts);
            message.extend(bias.to_le_bytes());
        }
        Kind::Truth => {
            head(8, [2, 0, 0], 1);
            message.extend(datatype(Kind::Whole(1, true, false)));
            message.extend(b"FALSE\0\0\0TRUE\0\0\0\0\x00\x01");
        }
        Kind::Text(size) => head(3, [0, 0, 0], size),
    }
    message
}

fn pipeline(filters: &[(u16, Vec<u32>)]) -> Vec<u8> {
    let mut message = vec![1, filters.len() as u8, 0, 0, 0, 0, 0, 0];
    for (id, values) in filters {
        for part in [*id, 0, 0, values.len() as u16] {
            message.extend(part.to_le_bytes());
        }
        values.iter().for_each(|value| message.extend(value.to_le_bytes()));
        if values.len() % 2 == 1 {
            message.extend([0; 4]);
        }
    }
    message
}

fn attribute_message(name: &str, attribute: &Attribute) -> Vec<u8> {
    let (kind, shape, data) = match attribute {
        Attribute::Numbers(shape, values) => {
            let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (datatype(Kind::Fraction(8, false)), dataspace(shape), data)
        }
        Attribute::Text(text) => (
            datatype(Kind::Text(text.len() + 1)),
            dataspace(&[]),
            [text.as_bytes(), b"\0"].concat(),
        ),
    };
    let mut message = vec![1, 0];
    for length in [name.len() + 1, kind.len(), shape.len()] {
        message.extend((length as u16).to_le_bytes());
    }
    for mut part in [[name.as_bytes(), b"\0"].concat(), kind, shape] {
        part.resize(part.len().next_multiple_of(8), 0);
        message.extend(part);
    }
    [message, data].concat()
}

fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(raw).unwrap();
    encoder.finish().unwrap()
}

/// Of pairs of bytes, the first the higher one (HDF5 file format, "Fletcher32").
fn fletcher32(data: &[u8]) -> u32 {
    let (mut low, mut high) = (0_u32, 0_u32);
    for pair in data.chunks(2) {
        let word = u32::from(pair[0]) << 8 | pair.get(1).copied().map_or(0, u32::from);
        low = (low + word) % 65535;
        high = (high + low) % 65535;
    }
    high << 16 | low
}
