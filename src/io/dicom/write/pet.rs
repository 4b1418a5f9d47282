//! What a PET object must state beside its pixels, so that uptake values (SUV) can be computed from it: the dose, when
//! it was given, the patient's weight, and what was corrected (PS3.3 C.8.9.1, C.8.9.2 and C.8.9.4).

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::modules::Elements;
use super::text::decimal_string;

/// How a PET was acquired. Values of its volume are Bq/ml, decay-corrected to the start of the series.
#[derive(Clone, Debug)]
pub struct PetAcquisition {
    /// Weight of the patient, kg.
    pub weight_kg: f64,
    /// Activity at the time of injection, Bq.
    pub injected_bq: f64,
    /// Half-life of the nuclide, s.
    pub half_life_s: f64,
    /// Share of the decays that give a positron.
    pub positron_fraction: f64,
    /// Name of the tracer.
    pub tracer: &'static str,
    /// Time of the injection, HHMMSS.
    pub injection_time: &'static str,
    /// Date of the scan, YYYYMMDD.
    pub date: &'static str,
    /// Time of its start, HHMMSS.
    pub time: &'static str,
}

pub(super) fn put_pet(elements: &mut Elements, pet: &PetAcquisition, slice: usize, slices: usize) {
    for (tag, vr, value) in [
        (tags::SERIES_DATE, VR::DA, pet.date),
        (tags::SERIES_TIME, VR::TM, pet.time),
        (tags::ACQUISITION_DATE, VR::DA, pet.date),
        (tags::ACQUISITION_TIME, VR::TM, pet.time),
        (tags::UNITS, VR::CS, "BQML"),
        (tags::COUNTS_SOURCE, VR::CS, "EMISSION"),
        (tags::SERIES_TYPE, VR::CS, "WHOLE BODY\\IMAGE"),
        (tags::CORRECTED_IMAGE, VR::CS, "DECY\\ATTN\\SCAT\\DTIM\\RAN\\NORM"),
        (tags::DECAY_CORRECTION, VR::CS, "START"),
        (tags::COLLIMATOR_TYPE, VR::CS, "NONE"),
        (tags::RANDOMS_CORRECTION_METHOD, VR::CS, "DLYD"),
        (tags::FRAME_REFERENCE_TIME, VR::DS, "0"),
        (tags::DECAY_FACTOR, VR::DS, "1"),
    ] {
        elements.text(tag, vr, value);
    }
    elements.text(tags::PATIENT_WEIGHT, VR::DS, decimal_string(pet.weight_kg));
    elements.short(tags::NUMBER_OF_SLICES, u16::try_from(slices).unwrap_or(u16::MAX));
    elements.short(tags::IMAGE_INDEX, u16::try_from(slice + 1).unwrap_or(u16::MAX));
    elements.text(tags::ACTUAL_FRAME_DURATION, VR::IS, "120000");
    let tracer = InMemDicomObject::from_element_iter([
        text(tags::RADIOPHARMACEUTICAL, VR::LO, pet.tracer.to_owned()),
        text(
            tags::RADIOPHARMACEUTICAL_START_TIME,
            VR::TM,
            pet.injection_time.to_owned(),
        ),
        text(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, decimal_string(pet.injected_bq)),
        text(tags::RADIONUCLIDE_HALF_LIFE, VR::DS, decimal_string(pet.half_life_s)),
        text(
            tags::RADIONUCLIDE_POSITRON_FRACTION,
            VR::DS,
            decimal_string(pet.positron_fraction),
        ),
    ]);
    elements.sequence(
        tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
        DataSetSequence::from(vec![tracer]),
    );
}

fn text(tag: dicom_core::Tag, vr: VR, value: String) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, vr, PrimitiveValue::from(value))
}
