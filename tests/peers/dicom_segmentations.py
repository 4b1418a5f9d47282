"""DICOM segmentations: what we write, by dciodvfy, pydicom and highdicom; what highdicom writes, by us."""

import shutil
import subprocess
import sys
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import nrrd
import pydicom
from pydicom.sr.codedict import codes

import phantom


def complaints(path):
    """The errors that dciodvfy finds in a file."""
    tool = shutil.which("dciodvfy", path=str(Path(sys.executable).parent)) or "dciodvfy"
    done = subprocess.run([tool, str(path)], capture_output=True, text=True, timeout=120)
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.startswith("Error") or "Abort" in line]


def slices_of(positions, grid):
    """Which slice each position is the first voxel of."""
    inverse = np.linalg.inv(grid.patient_from_voxel)
    found = []
    for position in positions:
        i, j, k = (inverse @ [*map(float, position), 1])[:3]
        assert max(abs(i), abs(j), abs(k - round(k))) < 1e-3, f"{position} is the corner of no slice"
        found.append(round(k))
    return found


def voxels_by_frames(path, grid, numbers):
    """What a file says of each segment, read frame by frame with pydicom: {number: array [i, j, k]}."""
    file = pydicom.dcmread(path)
    row, column = (grid.patient_from_voxel[:3, axis] / grid.spacing[axis] for axis in range(2))
    shared = file.SharedFunctionalGroupsSequence[0]
    said = [float(x) for x in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
    assert np.allclose(said, [*row, *column], atol=1e-5), f"orientation {said}"
    spacing = [float(x) for x in shared.PixelMeasuresSequence[0].PixelSpacing]
    assert np.allclose(spacing, grid.spacing[1::-1], rtol=1e-6), f"spacing {spacing}"
    frames = file.pixel_array.reshape(-1, file.Rows, file.Columns)
    groups = file.PerFrameFunctionalGroupsSequence
    places = slices_of([group.PlanePositionSequence[0].ImagePositionPatient for group in groups], grid)
    found = {number: np.zeros(grid.dims, np.float64) for number in numbers}
    for frame, group, k in zip(frames, groups, places):
        if file.SegmentationType == "LABELMAP":
            for number in numbers:
                found[number][:, :, k] = (frame == number).T
        else:
            number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
            found[number][:, :, k] = frame.T
    if file.SegmentationType == "FRACTIONAL":
        for array in found.values():
            array /= float(file.MaximumFractionalValue)
    return found


def by_highdicom(path, series, numbers):
    """The same by highdicom, asked for what lies on each source image: {number: array [i, j, k]}."""
    file = highdicom.seg.segread(path)
    uids = [slice_.SOPInstanceUID for slice_ in series]
    frames = file.get_pixels_by_source_instance(uids, segment_numbers=numbers, assert_missing_frames_are_empty=True,
                                                rescale_fractional=True)
    return {number: frames[..., n].transpose(2, 1, 0) for n, number in enumerate(numbers)}


def written(checks, program, grid, folder, series):
    labels = phantom.labels(grid)
    want = {number: labels == number for number in phantom.NAMES}
    for kind in ("seg", "labelmap"):
        path = folder / f"{kind}.dcm"
        program("convert", folder / "labels.nii.gz", path, "--reference", folder / "image", "--as", kind)
        compare(checks, f"{grid.name}, {kind}", path, grid, series, want)

    path = folder / "fractional.dcm"
    program("convert", folder / "share.nii.gz", path, "--reference", folder / "image", "--as", "fractional")
    share = {1: phantom.probabilities(grid)}
    compare(checks, f"{grid.name}, fractional", path, grid, series, share, tolerance=0.5 / 255 + 1e-9)

    layers = phantom.overlapping(grid)
    path = folder / "overlapping.dcm"
    program("convert", folder / "layers.seg.nrrd", path, "--reference", folder / "image", "--as", "seg")
    compare(checks, f"{grid.name}, overlapping", path, grid, series, {1: layers[0], 2: layers[1]})


def compare(checks, what, path, grid, series, want, tolerance=0.0):
    errors = complaints(path)
    checks.holds(f"{what}: dciodvfy", not errors, errors)
    for reader, read in (("pydicom", voxels_by_frames), ("highdicom", by_highdicom)):
        found = read(path, grid if read is voxels_by_frames else series, list(want))
        for number, array in want.items():
            off = abs(found[number].astype(np.float64) - array).max()
            checks.holds(f"{what}: segment {number} by {reader}", off <= tolerance, f"off by {off}")
    file = pydicom.dcmread(path)
    same = all(file[name] == series[0][name] for name in ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID"))
    checks.holds(f"{what}: patient, study and frame of reference", same)


def read(checks, program, grid, folder, series):
    """Segmentations by highdicom, converted by us."""
    labels = phantom.labels(grid)
    algorithm = highdicom.AlgorithmIdentificationSequence("phantom", codes.DCM.ArtificialIntelligence, "1")
    described = [
        highdicom.seg.SegmentDescription(
            number, name, codes.SCT.Organ, codes.SCT.Liver, highdicom.seg.SegmentAlgorithmTypeValues.AUTOMATIC, algorithm)
        for number, name in phantom.NAMES.items()
    ]
    # highdicom wants [slice, row, column] in the order of the source images.
    pixels = labels.transpose(2, 1, 0)
    for kind in ("BINARY", "LABELMAP", "FRACTIONAL"):
        array = pixels
        if kind == "FRACTIONAL":
            array = np.stack([(pixels == number) * 0.5 for number in phantom.NAMES], -1).astype(np.float32)
        made = highdicom.seg.Segmentation(
            series, array, kind, described, pydicom.uid.generate_uid(), 7, pydicom.uid.generate_uid(), 1,
            "peers", "phantom", "1", "1",
            **({"max_fractional_value": 200} if kind == "FRACTIONAL" else {}))
        path = folder / f"highdicom-{kind}.dcm"
        made.save_as(path)
        out = folder / f"highdicom-{kind}.nii.gz"
        if kind == "FRACTIONAL":
            # Each segment is a time point of its own.
            program("convert", path, out, "--frame", 1)
            found, want = nibabel.load(out), (labels == 2) * 0.5
        else:
            program("convert", path, out)
            found, want = nibabel.load(out), labels
        whole = onto(grid, found)
        checks.holds(f"{grid.name}: {kind} by highdicom", np.array_equal(whole, want), f"{found.shape}")


def onto(grid, image):
    """The voxels of a NIfTI image at the centres of a grid that it lies on (it may have fewer slices); outside, 0."""
    steps = np.linalg.inv(image.affine) @ grid.ras
    at = np.stack(np.meshgrid(*map(np.arange, grid.dims), indexing="ij"), -1)
    there = at @ steps[:3, :3].T + steps[:3, 3]
    near = np.rint(there).astype(int)
    assert abs(there - near).max() < 1e-3, "not on the grid"
    inside = ((near >= 0) & (near < image.shape[:3])).all(-1)
    out = np.zeros(grid.dims)
    out[inside] = np.asarray(image.dataobj)[tuple(near[inside].T)]
    return out


def write_layers(path, grid):
    """Overlapping segments as 3D Slicer keeps them: two layers."""
    layers = phantom.overlapping(grid)
    header = {
        "space": "left-posterior-superior",
        "kinds": ["list", "domain", "domain", "domain"],
        "space directions": np.vstack([[np.nan] * 3, grid.patient_from_voxel[:3, :3].T]),
        "space origin": grid.position(0),
    }
    for n, name in enumerate(("First", "Second")):
        header |= {f"Segment{n}_ID": f"S{n}", f"Segment{n}_Name": name, f"Segment{n}_Layer": str(n),
                   f"Segment{n}_LabelValue": "1", f"Segment{n}_Color": "0.9 0.4 0.2"}
    nrrd.write(str(path), np.stack(layers).astype(np.uint8), header)
