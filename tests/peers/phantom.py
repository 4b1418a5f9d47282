"""Images and label maps whose every voxel is known, on grids that viewers get wrong.

Arrays are indexed [i, j, k] (i runs along a row); places are DICOM's LPS in mm.
"""

from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

NAMES = {1: "Liver", 2: "Vessel wall", 3: "Spleen"}


@dataclass
class Grid:
    """A grid and the map from its voxel centres to the patient."""

    name: str
    dims: tuple
    patient_from_voxel: np.ndarray

    @property
    def spacing(self):
        return np.linalg.norm(self.patient_from_voxel[:3, :3], axis=0)

    @property
    def voxel_mm3(self):
        return abs(np.linalg.det(self.patient_from_voxel[:3, :3]))

    @property
    def is_sheared(self):
        steps = self.patient_from_voxel[:3, :3] / self.spacing
        return abs(steps.T @ steps - np.eye(3)).max() > 1e-6

    def position(self, slice_index):
        """The centre of the first voxel of a slice."""
        return (self.patient_from_voxel @ [0, 0, slice_index, 1])[:3]

    @property
    def ras(self):
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ self.patient_from_voxel


def _affine(columns, spacing, origin):
    affine = np.eye(4)
    affine[:3, :3] = np.array(columns).T * spacing
    affine[:3, 3] = origin
    return affine


def _turned(about_x, about_z):
    cx, sx, cz, sz = np.cos(about_x), np.sin(about_x), np.cos(about_z), np.sin(about_z)
    return np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])


def grids():
    """Upright; oblique; tilted gantry; and what rt-utils can read: square pixels, as many rows as columns."""
    upright = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    oblique = _turned(0.4, -0.3).T
    # The table moves along z while the slices lean: the step from slice to slice is not their normal.
    tilt = np.radians(15)
    tilted = [[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, 0, 1]]
    uneven = (0.8, 0.9, 2.5)
    square = (0.9, 0.9, 2.0)
    return [
        Grid("upright", (48, 40, 21), _affine(upright, uneven, (-20.5, 13.25, -100))),
        Grid("oblique", (48, 40, 21), _affine(oblique, uneven, (11, -30, 40.5))),
        Grid("tilted", (48, 40, 21), _affine(tilted, uneven, (-20, -18, 7))),
        Grid("square upright", (44, 44, 19), _affine(upright, square, (-20, -20, 3))),
        Grid("square oblique", (44, 44, 19), _affine(oblique, square, (-20, -20, 3))),
    ]


def labels(grid):
    """A ball; a tube with a hole right through and a second part; a box that touches the border of the grid."""
    nx, ny, nz = grid.dims
    i, j, k = np.meshgrid(*map(np.arange, grid.dims), indexing="ij")
    out = np.zeros(grid.dims, np.uint8)
    ball = (i - 12) ** 2 + (j - 13) ** 2 + (1.8 * (k - nz // 2)) ** 2 <= 81
    distance = np.hypot(i - 32, j - 26)
    tube = (distance <= 9) & (distance >= 4) & (k >= 3) & (k < nz - 3)
    part = (abs(i - 34) <= 2) & (abs(j - 6) <= 3) & (abs(k - 8) <= 4)
    box = (i >= nx - 9) & (j >= ny - 7) & (k >= nz - 6)
    out[ball], out[tube | part], out[box] = 1, 2, 3
    return out


def overlapping(grid):
    """Two segments that share voxels."""
    a = labels(grid) == 1
    return [a, np.roll(a, (5, 4, 2), (0, 1, 2))]


def probabilities(grid):
    """From 0 to 1, and nothing at the border."""
    centre = (np.array(grid.dims) - 1) / 2
    at = np.stack(np.meshgrid(*map(np.arange, grid.dims), indexing="ij"), -1)
    distance = np.linalg.norm((at - centre) / centre, axis=-1)
    return np.clip(1.2 - 1.3 * distance, 0, 1).astype(np.float32)


def write_nifti(path, grid, array):
    image = nibabel.Nifti1Image(array, grid.ras)
    image.set_sform(grid.ras, 1)
    # A quaternion cannot say a shear.
    image.set_qform(None if grid.is_sheared else grid.ras, 0 if grid.is_sheared else 1)
    nibabel.save(image, path)


def write_series(folder, grid):
    """The image as a CT series made by pydicom. Its datasets, by slice."""
    Path(folder).mkdir(parents=True)
    rng = np.random.default_rng(5)
    values = rng.integers(-1000, 2000, grid.dims, np.int16)
    study, series, frame = (generate_uid() for _ in range(3))
    row, column = (grid.patient_from_voxel[:3, axis] / grid.spacing[axis] for axis in range(2))
    made = []
    for k in range(grid.dims[2]):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        slice_ = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        slice_.SOPClassUID, slice_.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        slice_.PatientName, slice_.PatientID = "Phantom^Peers", "P-17"
        slice_.PatientBirthDate, slice_.PatientSex = "19700102", "O"
        slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = study, series, frame
        slice_.StudyDate, slice_.StudyTime, slice_.StudyID = "20260102", "101112", "1"
        slice_.AccessionNumber, slice_.ReferringPhysicianName = "A1", ""
        slice_.Modality, slice_.SeriesNumber, slice_.InstanceNumber = "CT", "1", str(k + 1)
        slice_.Manufacturer, slice_.PositionReferenceIndicator = "peers", ""
        slice_.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        slice_.ImagePositionPatient = [f"{value:.12g}" for value in grid.position(k)]
        slice_.ImageOrientationPatient = [f"{value:.10f}" for value in (*row, *column)]
        slice_.PixelSpacing = [f"{grid.spacing[1]:.10g}", f"{grid.spacing[0]:.10g}"]
        slice_.SliceThickness = f"{grid.spacing[2]:.10g}"
        slice_.KVP, slice_.AcquisitionNumber = "120", "1"
        slice_.Rows, slice_.Columns = grid.dims[1], grid.dims[0]
        slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
        slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 1
        slice_.RescaleIntercept, slice_.RescaleSlope, slice_.RescaleType = "0", "1", "HU"
        slice_.PixelData = np.ascontiguousarray(values[:, :, k].T).tobytes()
        slice_.save_as(Path(folder) / f"{k:03}.dcm", enforce_file_format=True)
        made.append(slice_)
    return made
