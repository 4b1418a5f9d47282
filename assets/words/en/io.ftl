# What reading and writing files has to say. {$path} is a file or folder, {$why} the reason in a few words.
io-cannot-open = cannot open {$path}: {$why}
io-cannot-write = cannot write {$path}: {$why}
io-cancelled = cancelled
io-no-files = there are no files in {$path}
io-no-images = no images in {$path}: {$count ->
    [one] one file was skipped, {$first}: {$why}
   *[other] {$count} files were skipped, the first is {$first}: {$why}
}
io-too-deep = folders are nested too deep
io-not-a-file = it is not a regular file
io-decoder-panicked = its data broke the decoder; the file is damaged or of an unknown kind
io-slab-wrong-size = decoding gave {$got} samples where {$expected} were expected
io-cannot-read = cannot read {$path}: {$why}

# NIfTI. Reasons why a file is not opened stand alone or after "cannot open …: ".
io-nifti-analyze = it is an Analyze 7.5 file, which does not say which side of the patient is left; convert it to NIfTI
io-nifti-header-size = its NIfTI header says that it is {$size} bytes long, which no NIfTI header is
io-nifti-header-cut = it ends inside its NIfTI header, after {$bytes} bytes
io-nifti-rank = its NIfTI header says that it has {$rank} dimensions; 1 to 7 are possible
io-nifti-side = its NIfTI header says that dimension {$axis} has {$side} voxels
io-nifti-too-many = its NIfTI header says that the grid repeats {$count} times, which is too often
io-nifti-too-large = its NIfTI header asks for more voxels than can be counted
io-nifti-too-few-bytes = its NIfTI header asks for {$asked} bytes of voxels, but the file can hold only {$present}
io-nifti-no-voxels = it ends before its voxels begin, at byte {$offset}
io-nifti-offset = its NIfTI header says that the voxels begin at byte {$offset}, which is no place in a file
io-nifti-no-image = {$name} is the header of a pair, and its image (.img or .img.gz) is not beside it
io-nifti-type-binary = its voxels are single bits, which this program does not read; convert them to bytes
io-nifti-type-wide = its voxels are 128-bit numbers, which this program does not read; convert them to 64 bits
io-nifti-type-unknown = its NIfTI header has the unknown data type {$code}
# NIfTI: doubts.
io-nifti-complex = the voxels are complex numbers; their magnitudes are shown
io-nifti-rgba = the voxels have an opacity, which is not shown
io-nifti-bits = the header says {$bits} bits a voxel, but voxels of type {$kind} have another size; the type was believed
io-nifti-fifth-axis = the file has more than four dimensions; those beyond the third are shown as {$frames} frames in a row
io-nifti-offset-in-header = the header says that the voxels begin at byte {$offset}, inside the header; byte {$used} was taken
io-nifti-cut = the file is cut short: {$present} of {$asked} bytes of voxels are there, the rest is shown as 0
io-nifti-cut-at = {$path} is damaged from slice {$slice} on ({$why}); what is missing is shown as 0
io-nifti-ends = the data end there
io-nifti-checksum = {$path} is damaged: the checksum of the gzip stream is not right, so any voxel may be wrong
io-nifti-rounded = some whole numbers are too large to be kept exactly and were rounded
io-nifti-unit = the header has an unknown unit of length; millimetres were taken
io-nifti-no-spacing = the header has no usable voxel size in some direction; 1 mm was taken
io-nifti-no-form = the header does not say how the volume lies in the patient (no sform, no qform): left and right, front and back are not known
io-nifti-sform-unusable = the sform cannot be used ({$why}), so the qform was taken
io-nifti-qform-unusable = the qform cannot be used ({$why}), so only the sform was taken
io-nifti-forms-unusable = how the volume lies in the patient cannot be used ({$why}), so only voxel sizes were taken: left and right, front and back are not known
io-nifti-forms-differ = sform and qform place the volume up to {$apart} mm apart; the sform was taken
io-nifti-window = Display range

# The built-in study. Names of its windows and of the person who never was.
io-demo-patient = Demo^Isocenter
io-demo-study = Built-in study
io-demo-series = Phantom of head and chest
io-demo-truth = Structures of the phantom
io-demo-soft-tissue = Soft tissue
io-demo-lung = Lung
io-demo-bone = Bone

# Writing.
io-folder-not-empty = the folder is not empty; name a new one
io-not-loaded = its voxels have not all been read
io-read-back = what was read back is not what was written; the disk may be failing
io-nifti-uneven = its slices are not evenly spaced, which NIfTI cannot hold; use --resample to put them on an even grid
io-nifti-wide-colour = NIfTI holds colours in 8 bits only
