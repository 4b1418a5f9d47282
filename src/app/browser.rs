//! The document as patient → study → series, for the browser.

use super::state::{Document, Entry};

/// One patient.
#[derive(Debug, PartialEq, Eq)]
pub struct PatientNode {
    /// Name as the file has it.
    pub name: String,
    /// Patient ID.
    pub id: String,
    /// The studies, in the order of opening.
    pub studies: Vec<StudyNode>,
}

/// One study.
#[derive(Debug, PartialEq, Eq)]
pub struct StudyNode {
    /// Study Instance UID.
    pub uid: String,
    /// Description.
    pub description: String,
    /// Date as the file has it.
    pub date: String,
    /// Indices into the document's entries.
    pub series: Vec<usize>,
}

/// The tree of what is open. Files without a patient or study of their own stand together under an empty name.
pub fn tree(document: &Document) -> Vec<PatientNode> {
    let mut patients: Vec<PatientNode> = Vec::new();
    for (index, entry) in document.entries.iter().enumerate() {
        let series = &entry.volume().series;
        let patient = &series.patient;
        let node = match patients
            .iter()
            .position(|node| node.name == patient.name && node.id == patient.id)
        {
            Some(at) => &mut patients[at],
            None => {
                patients.push(PatientNode {
                    name: patient.name.clone(),
                    id: patient.id.clone(),
                    studies: Vec::new(),
                });
                let last = patients.len() - 1;
                &mut patients[last]
            }
        };
        match node.studies.iter_mut().find(|study| study.uid == series.study_uid) {
            Some(study) => study.series.push(index),
            None => node.studies.push(StudyNode {
                uid: series.study_uid.clone(),
                description: series.study_description.clone(),
                date: series.study_date.clone(),
                series: vec![index],
            }),
        }
    }
    patients
}

/// A person name (PS3.5 6.2.1) as it is read: "Family, Given", the alphabetic group only.
pub fn readable_name(name: &str) -> String {
    let alphabetic = name.split('=').find(|group| !group.trim().is_empty()).unwrap_or("");
    let mut parts = alphabetic.split('^').map(str::trim);
    let family = parts.next().unwrap_or("");
    let given: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    if given.is_empty() {
        family.to_owned()
    } else {
        format!("{family}, {}", given.join(" "))
    }
}

/// A date as DICOM writes it (YYYYMMDD) with dashes; anything else as it is.
pub fn readable_date(date: &str) -> String {
    match (date.len(), date.get(0..4), date.get(4..6), date.get(6..8)) {
        (8, Some(year), Some(month), Some(day)) if date.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => date.to_owned(),
    }
}

/// What a series is called in a list.
pub fn title(entry: &Entry) -> String {
    let series = &entry.volume().series;
    match (series.modality.as_str(), series.description.as_str()) {
        ("", description) => description.to_owned(),
        (modality, "") => modality.to_owned(),
        (modality, description) => format!("{modality} {description}"),
    }
}
