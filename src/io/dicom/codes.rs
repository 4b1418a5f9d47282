//! Coded terms in data sets (PS3.3 8.8), and what they say that a segment is.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::elements::Item;
use crate::model::coding::{Code, Coding};

/// The first code of a sequence, and the item that it stands in.
fn code_of<'a>(item: Item<'a>, sequence: Tag) -> Option<(Code, Item<'a>)> {
    let item = item.item(sequence)?;
    let value = [tags::CODE_VALUE, tags::LONG_CODE_VALUE, tags::URN_CODE_VALUE]
        .into_iter()
        .find_map(|tag| item.text(tag))?;
    let code = Code {
        value,
        scheme: item.text(tags::CODING_SCHEME_DESIGNATOR).unwrap_or_default(),
        meaning: item.text(tags::CODE_MEANING).unwrap_or_default(),
    };
    Some((code, item))
}

/// What the item of a segment (C.8.20.4) or of an observation of a region (C.8.8.8) says that it is, whose type stands in the
/// sequence `kind`. Where no category is told, it is that of the type in our table.
pub(super) fn coding_of(item: Item<'_>, kind: Tag) -> Option<Coding> {
    let category = code_of(item, tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE).map(|found| found.0);
    let (kind, inside) = code_of(item, kind)?;
    let region = code_of(item, tags::ANATOMIC_REGION_SEQUENCE);
    let known = Coding::of_kind(kind);
    Some(Coding {
        category: category.unwrap_or(known.category),
        kind: known.kind,
        modifier: code_of(inside, tags::SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE).map(|found| found.0),
        region_modifier: region
            .as_ref()
            .and_then(|(_, inside)| code_of(*inside, tags::ANATOMIC_REGION_MODIFIER_SEQUENCE))
            .map(|found| found.0),
        region: region.map(|found| found.0),
    })
}
