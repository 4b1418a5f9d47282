"""RT structure sets: what we write, by dciodvfy, rt-utils and dcmrtstruct2nii, and by its own areas; what rt-utils writes, by us.

A contour goes along the voxels' edges or through their centres, as its writer likes, so that a reader that fills polygons
may see the voxels at the rim otherwise. Where a reader is known not to, equal voxels are asked for.
"""

import contextlib
import io
import shutil

import nibabel
import numpy as np
import pydicom
from rt_utils import RTStructBuilder

import phantom
from dicom_segmentations import complaints, onto


def written(checks, program, grid, folder, series):
    labels = phantom.labels(grid)
    path = folder / "labels.rtstruct.dcm"
    program("convert", folder / "labels.nii.gz", path, "--reference", folder / "image")
    what = f"{grid.name}, contours"
    errors = complaints(path)
    checks.holds(f"{what}: dciodvfy", not errors, errors)

    back = filled(program, grid, folder, path)
    checks.holds(f"{what}: by ourselves", np.array_equal(back, labels), f"{(back != labels).sum()} voxels differ")

    file = pydicom.dcmread(path)
    images = {slice_.SOPInstanceUID: slice_ for slice_ in series}
    for number, contours in enumerate(file.ROIContourSequence, 1):
        volume, off_plane, named = measured(contours, grid, images)
        want = (labels == number).sum() * grid.voxel_mm3
        # They keep a hair inside the voxels' edges, so that fillers that count edges in agree with those that do not.
        checks.holds(f"{what}: volume of {number}", 0.98 * want <= volume <= want, f"{volume} mm³, not {want}")
        checks.holds(f"{what}: {number} lies on its images", off_plane < 1e-3 and named, f"{off_plane} mm, {named}")

    by_dcmrtstruct2nii(checks, what, grid, folder, path)
    if grid.name.startswith("square"):
        # rt-utils 1.2.7 divides by the wrong spacing and exchanges columns and rows elsewhere, and knows no tilt.
        structures = RTStructBuilder.create_from(str(folder / "image"), str(path))
        for number in phantom.NAMES:
            name = structures.get_roi_names()[number - 1]
            mask = structures.get_roi_mask_by_name(name).transpose(1, 0, 2)
            differing = (mask != (labels == number)).sum()
            checks.holds(f"{what}: {name} by rt-utils", differing == 0, f"{differing} voxels differ")


def by_dcmrtstruct2nii(checks, what, grid, folder, path):
    if grid.is_sheared:
        return  # its images have no place for a tilt
    out = folder / "dcmrtstruct2nii"
    out.mkdir()
    # Version 5 was made for pydicom before its version 3.
    pydicom.read_file = pydicom.dcmread
    with contextlib.redirect_stdout(io.StringIO()):  # it asks to be cited
        from dcmrtstruct2nii import dcmrtstruct2nii

        dcmrtstruct2nii(str(path), str(folder / "image"), str(out))
    labels = phantom.labels(grid)
    masks = sorted(out.glob("mask*"))
    checks.holds(f"{what}: masks by dcmrtstruct2nii", len(masks) == len(phantom.NAMES), masks)
    for number, mask in enumerate(masks, 1):
        found = onto(grid, nibabel.load(mask)) > 0
        differing = (found != (labels == number)).sum()
        checks.holds(f"{what}: {number} by dcmrtstruct2nii", differing == 0, f"{differing} voxels differ")


def filled(program, grid, folder, path):
    """The voxels within the contours, as we fill them beside their images."""
    both = folder / f"with-{path.stem}"
    shutil.copytree(folder / "image", both)
    shutil.copy(path, both)
    uid = pydicom.dcmread(path).SeriesInstanceUID
    program("convert", both, folder / f"{path.stem}.nii.gz", "--series", uid)
    return onto(grid, nibabel.load(folder / f"{path.stem}.nii.gz"))


def measured(contours, grid, images):
    """The volume within the contours of a structure (areas of a slice nest, so they are added with their signs), how far
    they are from the planes of the images that they name, and whether they name one."""
    volume, off_plane, named = 0.0, 0.0, True
    columns = grid.patient_from_voxel[:3, :3]
    normal = np.cross(columns[:, 0], columns[:, 1])
    normal /= np.linalg.norm(normal)
    thickness = grid.voxel_mm3 / (grid.spacing[0] * grid.spacing[1] * np.linalg.norm(
        np.cross(columns[:, 0] / grid.spacing[0], columns[:, 1] / grid.spacing[1])))
    for contour in contours.ContourSequence:
        points = np.array(contour.ContourData, float).reshape(-1, 3)
        # Twice the area is the sum of the cross products; a keyhole is walked there and back and adds nothing.
        area = np.cross(points - points[0], np.roll(points, -1, 0) - points[0]).sum(0) / 2
        volume += abs(area @ normal) * thickness
        source = images.get(contour.ContourImageSequence[0].ReferencedSOPInstanceUID)
        named = named and source is not None
        if source is not None:
            corner = np.array(source.ImagePositionPatient, float)
            off_plane = max(off_plane, abs((points - corner) @ normal).max())
    return volume, off_plane, named


def read(checks, program, grid, folder, _series):
    """Structures by rt-utils, converted by us: it walks along the outermost voxels, so the rim may be lost, nothing else."""
    if not grid.name.startswith("square"):
        return
    labels = phantom.labels(grid)
    structures = RTStructBuilder.create_new(str(folder / "image"))
    structures.add_roi(mask=(labels == 1).transpose(1, 0, 2), color=[255, 0, 0], name="Liver")
    path = folder / "rt-utils.dcm"
    with contextlib.redirect_stdout(io.StringIO()):  # it says which file it writes
        structures.save(str(path))
    found = filled(program, grid, folder, path) > 0
    want = labels == 1
    dice = 2 * (found & want).sum() / (found.sum() + want.sum())
    beyond = (found & ~want).sum()
    checks.holds(f"{grid.name}: contours by rt-utils", dice > 0.9 and beyond == 0, f"Dice {dice}, {beyond} voxels beyond")
