# Why something cannot be computed; said as reasons, after a colon.
algo-no-place = the volume has no place in space
algo-no-step = slices {$step} mm apart cannot be made
algo-not-loaded = the voxels have not all been read
