# Why numbers are no geometry or no volume; said as reasons, after a colon.
model-no-side = the volume has a side of {$voxels} voxels
model-not-finite = the voxel positions are not finite numbers
model-flat = the voxel edges do not span a volume
model-not-ascending = slice {$slice} does not lie beyond the slice before it
model-too-large = {$dims} voxels in {$frames} frames are too many to address
model-wrong-slab = slab {$slab}: expected {$expected} samples of type {$wanted}, got {$got} of type {$found}
