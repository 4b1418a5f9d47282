//! By what a series is recognised when it is opened again: what the user made of it is kept under this name.

use serde::{Deserialize, Serialize};

use super::volume::{Placement, Volume};

/// The lasting name of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesKey {
    /// Series Instance UID; empty for formats that have none.
    pub series_uid: String,
    /// Name of the file, without its folder, where there is no UID.
    pub file: String,
    /// What else must be equal, as 16 hexadecimal digits: of a DICOM series the patient (careless tools give one UID to
    /// several), of a file its grid, of pictures without a place in space their number and size.
    pub fingerprint: String,
}

impl SeriesKey {
    /// The name of a volume that comes from a file of this name.
    pub fn of(volume: &Volume, file: &str) -> Self {
        let series = &volume.series;
        let has_uid = !series.series_uid.is_empty();
        let grid = match &volume.placement {
            Placement::Patient(_) if has_uid => String::new(),
            Placement::Patient(geometry) => {
                let affine = geometry.patient_from_voxel().to_cols_array();
                let rounded = affine.map(|number| format!("{:.4}", number + 0.0));
                format!("{:?} {}", geometry.dims(), rounded.join(" "))
            }
            Placement::Stack(grid) => format!("{:?}", grid.dims),
        };
        let patient = if has_uid {
            format!("{}\n{}", series.patient.id, series.patient.name)
        } else {
            String::new()
        };
        Self {
            series_uid: series.series_uid.clone(),
            file: if has_uid { String::new() } else { file.to_owned() },
            fingerprint: format!("{:016x}", fnv(&format!("{patient}\n{grid}"))),
        }
    }

    /// All of it as 16 hexadecimal digits, for file names.
    pub fn digest(&self) -> String {
        let Self {
            series_uid,
            file,
            fingerprint,
        } = self;
        format!("{:016x}", fnv(&format!("{series_uid}\n{file}\n{fingerprint}")))
    }
}

/// The hash FNV-1a in 64 bits: the same in every version of the program, which the standard library's is not.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::fnv;

    #[test]
    fn the_hash_is_the_published_one() {
        // The test vectors of the FNV reference code.
        assert_eq!(fnv(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv("foobar"), 0x8594_4171_f739_67e8);
    }
}
