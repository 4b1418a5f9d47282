"""What we count and measure of label maps, by SimpleITK and scipy: overlaps, distances, readers, statistics."""

import nibabel
import numpy as np
import SimpleITK
from scipy import ndimage
from scipy.spatial import cKDTree

import phantom


def blobs(rng, grid, threshold):
    smooth = ndimage.gaussian_filter(rng.normal(size=grid.dims), 2.2)
    return smooth > threshold * smooth.std()


def pairs(grid):
    """Two readers of five labels: both saw it, saw it at the border, one only, the other only, and nobody."""
    rng = np.random.default_rng(11)
    a, b = np.zeros(grid.dims, np.uint8), np.zeros(grid.dims, np.uint8)
    first = blobs(rng, grid, 1.0)
    a[first] = 1
    b[np.roll(first, (1, 0, 1), (0, 1, 2)) | blobs(rng, grid, 2.4)] = 1
    a[:5, :6, :4], b[:4, :8, :3] = 2, 2
    a[20:23, 30:34, 10:12] = 3
    b[40:43, 30:34, 10:12] = 4
    return a, b


def surface(mask):
    """Set voxels with a neighbour across a face that is not set; beyond the grid nothing is."""
    return np.argwhere(mask & ~ndimage.binary_erosion(mask))


def distances(grid, a, b):
    """Hausdorff, its 95th percentile and mean surface distance, mm, by a tree of the surface voxels' places."""
    places = [surface(mask) @ grid.patient_from_voxel[:3, :3].T for mask in (a, b)]
    to_b, to_a = cKDTree(places[1]).query(places[0])[0], cKDTree(places[0]).query(places[1])[0]
    robust = max(np.percentile(to_b, 95), np.percentile(to_a, 95))
    return max(to_b.max(), to_a.max()), robust, np.concatenate([to_b, to_a]).mean()


def agreement(checks, program, grid, folder, _series):
    a, b = pairs(grid)
    phantom.write_nifti(folder / "a.nii.gz", grid, a)
    phantom.write_nifti(folder / "b.nii.gz", grid, b)
    rows = {row["label"]: row for row in program.json("compare", folder / "a.nii.gz", folder / "b.nii.gz")["labels"]}
    checks.holds(f"{grid.name}: labels compared", sorted(rows) == [1, 2, 3, 4], sorted(rows))
    images = [SimpleITK.GetImageFromArray(x) for x in (a, b)]
    overlaps = SimpleITK.LabelOverlapMeasuresImageFilter()
    overlaps.Execute(*images)
    for label, row in rows.items():
        x, y = a == label, b == label
        what = f"{grid.name}: label {label}"
        both, either = (x & y).sum(), (x | y).sum()
        near(checks, f"{what} Dice", row["dice"], 2 * both / (x.sum() + y.sum()))
        near(checks, f"{what} Jaccard", row["jaccard"], both / either)
        if label <= 2:
            near(checks, f"{what} Dice by SimpleITK", row["dice"], overlaps.GetDiceCoefficient(label))
            near(checks, f"{what} Jaccard by SimpleITK", row["jaccard"], overlaps.GetJaccardCoefficient(label))
            for name, want in zip(("hausdorff_mm", "hd95_mm", "mean_surface_distance_mm"), distances(grid, x, y)):
                near(checks, f"{what} {name}", row[name], want)
        else:
            checks.holds(f"{what} has no distance", row["hausdorff_mm"] is None, row)
        near(checks, f"{what} sensitivity", row["sensitivity"], both / x.sum() if x.any() else None)
        near(checks, f"{what} specificity", row["specificity"], (~x & ~y).sum() / (~x).sum())
        near(checks, f"{what} precision", row["precision"], both / y.sum() if y.any() else None)
        near(checks, f"{what} volume", row["volume_b_ml"], y.sum() * grid.voxel_mm3 / 1000)


def near(checks, what, found, want):
    if want is None:
        checks.holds(what, found is None, found)
    else:
        checks.holds(what, found is not None and abs(found - want) <= 1e-6 * max(1, abs(want)), f"{found}, not {want}")


def readers(checks, program, grid, folder, _series):
    rng = np.random.default_rng(3)
    truth = blobs(rng, grid, 0.9)
    paths, maps = [], []
    for n in range(4):
        noisy = (truth ^ (rng.random(grid.dims) < 0.03 * (n + 1))).astype(np.uint8)
        paths.append(folder / f"reader{n}.nii.gz")
        phantom.write_nifti(paths[-1], grid, noisy)
        maps.append(noisy)
    out = folder / "consensus.nii.gz"
    said = program.json("readers", *paths, "--consensus", out)
    staple = SimpleITK.STAPLEImageFilter()
    staple.SetForegroundValue(1)
    weights = SimpleITK.GetArrayFromImage(staple.Execute([SimpleITK.GetImageFromArray(x) for x in maps]))
    label = said["labels"][0]
    for n, reader in enumerate(label["readers"]):
        # Both stop when steps become small: what is left is not the definition's.
        for name, want in (("sensitivity", staple.GetSensitivity()[n]), ("specificity", staple.GetSpecificity()[n])):
            checks.holds(f"{grid.name}: {name} of reader {n}", abs(reader[name] - want) < 1e-5, f"{reader}, not {want}")
    found = np.asarray(nibabel.load(out).dataobj)
    checks.holds(f"{grid.name}: consensus", np.array_equal(found, weights > 0.5), f"{(found != (weights > 0.5)).sum()}")


def statistics(checks, program, grid, folder, _series):
    labels = phantom.labels(grid)
    values = np.random.default_rng(2).integers(-1000, 1000, grid.dims).astype(np.int16)
    phantom.write_nifti(folder / "values.nii.gz", grid, values)
    said = program.json("stats", folder / "values.nii.gz", "--labels", folder / "labels.nii.gz")["segments"]
    checks.holds(f"{grid.name}: segments measured", [row["label"] for row in said] == [1, 2, 3])
    for row in said:
        inside = labels == row["label"]
        own = values[inside].astype(np.float64)
        what = f"{grid.name}: segment {row['label']}"
        checks.holds(f"{what} voxels", row["voxels"] == inside.sum(), row["voxels"])
        centre = (grid.patient_from_voxel @ [*np.argwhere(inside).mean(0), 1])[:3]
        wanted = {"volume_ml": inside.sum() * grid.voxel_mm3 / 1000, "mean": own.mean(), "sd": own.std(), "min": own.min(),
                  "max": own.max(), "median": np.median(own), "p5": np.percentile(own, 5), "p95": np.percentile(own, 95)}
        for name, want in wanted.items():
            near(checks, f"{what} {name}", row[name], want)
        checks.holds(f"{what} centroid", np.allclose(row["centroid_lps"], centre, atol=1e-4), row["centroid_lps"])
