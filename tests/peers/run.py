"""Holds what the program writes, reads and counts against other people's libraries: `./dev peers`.

    run.py BINARY

Everything is made on the spot: images and label maps on upright, oblique and tilted grids (phantom.py).
"""

import logging
import sys
import tempfile
import warnings
from pathlib import Path

import contours
import dicom_segmentations
import judge
import label_files
import phantom
import surfaces
from program import Checks, Program

PARTS = [
    dicom_segmentations.written,
    dicom_segmentations.read,
    contours.written,
    contours.read,
    label_files.written,
    surfaces.written,
    judge.agreement,
    judge.readers,
    judge.statistics,
]


def main():
    # They warn of each other's coming versions and of decimal strings that they round themselves.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    program, checks = Program(str(Path(sys.argv[1]).resolve())), Checks()
    with tempfile.TemporaryDirectory() as root:
        for grid in phantom.grids():
            folder = Path(root) / grid.name.replace(" ", "-")
            folder.mkdir()
            series = phantom.write_series(folder / "image", grid)
            phantom.write_nifti(folder / "labels.nii.gz", grid, phantom.labels(grid))
            phantom.write_nifti(folder / "share.nii.gz", grid, phantom.probabilities(grid))
            dicom_segmentations.write_layers(folder / "layers.seg.nrrd", grid)
            for part in PARTS:
                checks.part(f"{grid.name}: {part.__module__}.{part.__name__}", part, program, grid, folder, series)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main())
