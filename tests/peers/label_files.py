"""NIfTI, NRRD, `.seg.nrrd` and MetaImage: what we write, by nibabel, pynrrd, slicerio and SimpleITK, and back."""

import nibabel
import nrrd
import numpy as np
import SimpleITK
import slicerio

import phantom


def written(checks, program, grid, folder, _series):
    labels = phantom.labels(grid)
    source = folder / "labels.nii.gz"

    program("convert", source, folder / "out.nii")
    image = nibabel.load(folder / "out.nii")
    checks.holds(f"{grid.name}: NIfTI by nibabel",
                 np.array_equal(np.asarray(image.dataobj), labels) and np.allclose(image.affine, grid.ras, atol=1e-4))

    program("convert", source, folder / "out.nrrd")
    array, header = nrrd.read(str(folder / "out.nrrd"))
    checks.holds(f"{grid.name}: NRRD by pynrrd", np.array_equal(array, labels) and on_grid(header, grid), header)

    program("convert", source, folder / "out.seg.nrrd")
    segmentation = slicerio.read_segmentation(str(folder / "out.seg.nrrd"))
    place = np.allclose(segmentation["ijkToLPS"], grid.patient_from_voxel, atol=1e-6)
    checks.holds(f"{grid.name}: .seg.nrrd by slicerio", np.array_equal(segmentation["voxels"], labels) and place)
    numbers = sorted(segment["labelValue"] for segment in segmentation["segments"])
    checks.holds(f"{grid.name}: its segments", numbers == [1, 2, 3], numbers)

    # slicerio writes it anew, and we read what it wrote.
    slicerio.write_segmentation(str(folder / "slicerio.seg.nrrd"), segmentation)
    program("convert", folder / "slicerio.seg.nrrd", folder / "slicerio.nii.gz")
    back = nibabel.load(folder / "slicerio.nii.gz")
    checks.holds(f"{grid.name}: .seg.nrrd of slicerio by us", np.array_equal(np.asarray(back.dataobj), labels))

    program("convert", folder / "layers.seg.nrrd", folder / "layers-again.seg.nrrd")
    layers = slicerio.read_segmentation(str(folder / "layers-again.seg.nrrd"))
    found = layers["voxels"]
    want = phantom.overlapping(grid)
    same = all(
        np.array_equal(found[segment["layer"]] == segment["labelValue"], want[n])
        for n, segment in enumerate(layers["segments"]))
    checks.holds(f"{grid.name}: layers by slicerio", len(layers["segments"]) == 2 and same)

    if grid.is_sheared:
        return  # MetaImage has no place for a shear, and SimpleITK neither
    program("convert", source, folder / "out.mha")
    for name in ("out.mha", "out.nrrd", "out.nii"):
        image = SimpleITK.ReadImage(str(folder / name))
        voxels = np.array_equal(SimpleITK.GetArrayFromImage(image).transpose(2, 1, 0), labels)
        steps = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
        place = np.allclose(steps, grid.patient_from_voxel[:3, :3], atol=1e-5)
        place = place and np.allclose(image.GetOrigin(), grid.position(0), atol=1e-4)
        checks.holds(f"{grid.name}: {name} by SimpleITK", voxels and place)


def on_grid(header, grid):
    return (header["space"] == "left-posterior-superior"
            and np.allclose(header["space directions"], grid.patient_from_voxel[:3, :3].T)
            and np.allclose(header["space origin"], grid.position(0)))
