"""Surfaces: closed, looking outwards, and as large as the segment, by trimesh."""

import numpy as np
import trimesh

import phantom


def written(checks, program, grid, folder, _series):
    labels = phantom.labels(grid)
    for number in phantom.NAMES:
        inside = labels == number
        want = inside.sum() * grid.voxel_mm3
        at = np.argwhere(inside).mean(0)
        centre = (grid.patient_from_voxel @ [*at, 1])[:3]
        for ending in ("stl", "ply", "obj"):
            path = folder / f"{number}.{ending}"
            program("convert", folder / "labels.nii.gz", path, "--segment", number)
            mesh = trimesh.load(path, force="mesh")
            what = f"{grid.name}: surface of {number} as {ending}"
            checks.holds(f"{what} is closed", mesh.is_watertight and mesh.is_winding_consistent)
            # A surface halfway between voxel centres cuts the edges off: small things lose most.
            checks.holds(f"{what} has its volume, outwards", 0.85 * want <= mesh.volume <= 1.02 * want,
                         f"{mesh.volume} mm³ of {want}")
            off = np.linalg.norm(mesh.center_mass - centre)
            checks.holds(f"{what} lies in its place", off < 0.5 * grid.spacing.max(), f"{off} mm")
