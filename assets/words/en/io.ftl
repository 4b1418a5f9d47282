# What reading and writing files has to say. {$path} is a file or folder, {$why} the reason in a few words.
io-cannot-open = cannot open {$path}: {$why}
io-cannot-write = cannot write {$path}: {$why}
io-cancelled = cancelled
io-no-files = there are no files in {$path}; choose the folder that holds the images
io-no-images = no images in {$path}: {$count ->
    [one] one file was skipped, {$first}: {$why}
   *[other] {$count} files were skipped, the first is {$first}: {$why}
}
io-too-deep = folders are nested too deep; open the innermost folder by itself
io-not-a-file = it is not a regular file; copy it into a plain file first
io-too-many-files = it lists more than {$count} files; the rest was left out; open their folders one by one

# The next step, for each class of reasons. They stand after a semicolon.
-io-fetch = fetch it again from where it came
-io-ask = ask for the series again, as a fresh export
-io-unpacked = ask for the series again uncompressed, or convert it with gdcmconv --raw
-io-images = open the folder of the images that it belongs to
-io-rewrite = save it again with the program that wrote it

# Archives and directories of files.
io-zip-inside = it is an archive; open it by itself
io-zip-damaged = it is damaged or cut short; {-io-fetch}
io-zip-unsupported = it is an archive of a kind that is not supported; unpack it and open the folder
io-zip-encrypted = it is encrypted; unpack it with its password first
io-zip-method = it is packed by a method other than deflate; unpack it first
io-zip-too-large = it was left out because the archive unpacks to suspiciously many bytes; unpack it first if you trust it
io-zip-cannot-write = it cannot be unpacked to the temporary folder: {$why}; make room there, or unpack it yourself and open the folder
io-dicomdir-missing = the DICOMDIR names it, but it is not there; copy the whole disc, or open it where it is complete
io-dicomdir-outside = the DICOMDIR names it, but it lies outside the DICOMDIR's folder; open it by itself
io-decoder-panicked = its data broke the decoder; {-io-unpacked}
io-slab-wrong-size = decoding gave {$got} samples where {$expected} were expected; {-io-fetch}

# DICOM: why a file is not shown.
io-dicom-not-dicom = its content is not a medical image of a known format; if it is one, convert it to DICOM or NIfTI
io-dicom-empty-file = the file is empty; {-io-fetch}
io-dicom-empty = it is a DICOM file without data set; {-io-fetch}
io-dicom-cut-in-header = the file ends within its header; {-io-fetch}
io-dicom-damaged = its header is damaged at byte {$place}; {-io-fetch}
io-dicom-too-deep = its sequences are nested too deep; {-io-ask}
io-dicom-header-too-large = its header is too large; {-io-ask}
io-dicom-cannot-inflate = its deflated data cannot be unpacked; {-io-fetch}
io-dicom-no-pixels = it holds no image; {-io-images}
io-dicom-no-size = its image has no rows or columns; {-io-ask}
io-dicom-no-bits = it does not say how many bits a pixel has; {-io-ask}
io-dicom-bits = pixels of {$bits} bits are not supported; ask for the series with 8 or 16 bits
io-dicom-samples = pixels of {$samples} samples are not supported; ask for the series in grey or RGB
io-dicom-bad-palette = its table of colours is damaged; {-io-ask}
io-dicom-too-large = its image is too large; ask for it at a lower resolution
io-dicom-pixels-missing = it holds only {$have} of {$needed} bytes of its image; {-io-fetch}
io-dicom-packed-too-small = its {$have} bytes of compressed data cannot hold {$needed} bytes of pixels; {-io-fetch}
io-dicom-too-many-frames = it holds {$count} frames, which is too many; ask for it in several files
io-dicom-frames-not-told = which fragments of its pixel data make which frame cannot be told; {-io-unpacked}
io-dicom-copy = it is a copy of {$name}, so nothing is missing
io-dicom-is-directory = it is a DICOM directory, not an image; open its folder, with the files that it names
io-seg-no-number = { $count ->
    [one] 1 frame does not say which segment it shows, so it is left out
   *[other] { $count } frames do not say which segment they show, so they are left out
}
io-seg-bad-numbers = { $count ->
    [one] 1 segment has a number that another has already, or one beyond { $most }, so it has no name
   *[other] { $count } segments have numbers that others have already, or beyond { $most }, so they have no names
}
io-seg-too-many-layers = its segments overlap so much that { $count } layers are needed; { $most } is the most
io-seg-too-many-slabs = its { $layers } layers on a grid of { $slices } slices are more than its few frames can fill
io-seg-overlap-lost = {$path}: the file says that its segments do not overlap, and they do: {$count ->
    [one] one voxel of a slice is
   *[other] {$count} voxels of a slice are
} shown in the later segment only, and would be saved so
io-rtstruct-left-out = { $count ->
    [one] 1 contour lies on no slice of the image, so it is left out
   *[other] { $count } contours lie on no slice of the image, so they are left out
}
io-rtstruct-broken = { $count ->
    [one] 1 contour has no whole points, so it is left out
   *[other] { $count } contours have no whole points, so they are left out
}
io-rtstruct-open = { $count ->
    [one] 1 contour is a point or an open line, which encloses nothing, so it is left out
   *[other] { $count } contours are points or open lines, which enclose nothing, so they are left out
}
io-rtstruct-no-image = the file names neither the images that it was drawn on nor their frame of reference, so its contours are filled on a grid of their own
io-rtstruct-empty = none of its regions has a closed contour
io-seg-planes = the frames of the segmentation do not stand in one stack of planes
io-dicom-is-video = it is a video; ask for its frames as images
io-dicom-is-rtplan = it is a treatment plan, not an image; {-io-images}
io-dicom-is-key-objects = it is a selection of key images, not an image; {-io-images}
io-dicom-is-value-mapping = it is a mapping of values, not an image; {-io-images}
io-dicom-is-raw = it holds raw data, not an image; ask for the images that were made of it
io-dicom-is-report = it is a structured report, which is not shown yet; dcmtk's dsrdump prints it
io-dicom-is-presentation = it is a presentation state, not an image; {-io-images}
io-dicom-is-document = it is an encapsulated document, not an image; dcmtk's dcm2pdf takes it out
io-dicom-is-waveform = it is a waveform, not an image; open it with a program for waveforms
io-dicom-is-registration = it is a registration or a fiducial set, not an image; {-io-images}

# DICOM: why a picture cannot be decoded.
io-dicom-unknown-syntax = its transfer syntax {$uid} is not known; {-io-unpacked}
io-dicom-unsupported-syntax = pixels encoded as {$name} are not supported; {-io-unpacked}
io-dicom-cannot-decode = its pixels ({$name}) cannot be decoded: {$why}; {-io-unpacked}
io-dicom-decoded-size = decoding gave {$got} bytes where {$expected} were expected; {-io-fetch}
io-dicom-codestream-differs = its compressed picture is {$got}, but the header says {$expected}; {-io-unpacked}
io-dicom-rle-damaged = its RLE data are damaged; {-io-fetch}
io-dicom-jpeg-damaged = its JPEG data are damaged or of a kind that is not supported; {-io-unpacked}
io-dicom-short-stream = the compressed pixels of {$path} end early; what is missing is 0

# DICOM: doubts about a volume.
io-dicom-in-file = {$name}: {$text}{$more ->
    [0] {""}
    [one] {" "}(and in one more file)
   *[other] {" "}(and in {$more} more files)
}
io-dicom-no-meta = the file has no meta header; how it is encoded was guessed
io-dicom-no-transfer-syntax = the file does not name its transfer syntax; how it is encoded was guessed
io-dicom-other-encoding = the file is not encoded as its transfer syntax says
io-dicom-damaged-sequence = a sequence in the header is damaged and was left out
io-dicom-truncated = the pixel data end early ({$have} of {$needed} bytes); what is missing is filled with the lowest value
io-dicom-truncated-fragments = the pixel data end early
io-dicom-frames-missing = only {$present} of {$declared} frames are there
io-dicom-bad-bits = the numbers of stored bits contradict each other
io-dicom-overlays = the file carries overlay graphics, which are not drawn; another viewer shows them
io-dicom-voi-table = the file proposes a table for its greys (VOI LUT), which is not applied
io-dicom-bad-window = a window without width was left out
io-dicom-no-position = the file does not say where the images lie in the patient, so they are shown as a stack of pictures
io-dicom-bad-orientation = the orientation of the images makes no sense, so they are shown as a stack of pictures
io-dicom-no-spacing = the distance of pixels is missing or makes no sense, so the images are shown as a stack of pictures
io-dicom-detector-spacing = the size of pixels is that at the detector; in the patient, lengths are shorter than what is measured here
io-dicom-doubtful-spacing = the file does not say whether the size of pixels holds in the patient; lengths are given as at the detector
io-dicom-mosaic = each image is a mosaic of many slices; it is shown whole, without a place in the patient
io-dicom-split = the series holds images of different orientation, size or kind; they make {$stacks} volumes
io-dicom-has-extras = some positions hold more images than others; the surplus is apart, in {$apart ->
    [one] one more volume
   *[other] {$apart} more volumes
} of this series
io-dicom-is-extra = {$pictures ->
    [one] this image lies
   *[other] these {$pictures} images lie
} where other images of the series lie, and could not be joined with them
io-dicom-rescale-differs = slope or intercept differ between the images; each has its own applied
io-dicom-uneven = the slices are not evenly spaced: {$least} to {$most} mm apart
io-dicom-gap = {$count ->
    [one] one slice seems
   *[other] {$count} slices seem
} to be missing between slices {$before} and {$behind}, which are {$step} mm apart instead of {$usual} mm
io-dicom-tilt = the stack leans by {$degrees} degrees from its slices' normal (gantry tilt); it is shown as it stands
io-cannot-read = cannot read {$path}: {$why}

# Tables of labels.
io-table-line = it looks like a table of labels, but line {$line} is none of it; mend that line
io-table-json = it is not whole JSON: {$why}; export it again
io-table-unused = it is a table of labels; open it together with the label map that it names

# NIfTI. Reasons why a file is not opened stand alone or after "cannot open …: ".
io-nifti-analyze = it is an Analyze 7.5 file, which does not say which side of the patient is left; convert it to NIfTI
io-nifti-header-size = its NIfTI header says that it is {$size} bytes long, which no NIfTI header is; {-io-rewrite}
io-nifti-header-cut = it ends inside its NIfTI header, after {$bytes} bytes; {-io-fetch}
io-nifti-rank = its NIfTI header says that it has {$rank} dimensions; 1 to 7 are possible; {-io-rewrite}
io-nifti-side = its NIfTI header says that dimension {$axis} has {$side} voxels; {-io-rewrite}
io-nifti-too-many = its NIfTI header says that the grid repeats {$count} times, which is too often; {-io-rewrite}
io-nifti-too-large = its NIfTI header asks for more voxels than can be counted; {-io-rewrite}
io-nifti-too-few-bytes = its NIfTI header asks for {$asked} bytes of voxels, but the file can hold only {$present}; {-io-fetch}
io-nifti-no-voxels = it ends before its voxels begin, at byte {$offset}; {-io-fetch}
io-nifti-offset = its NIfTI header says that the voxels begin at byte {$offset}, which is no place in a file; {-io-rewrite}
io-nifti-no-image = {$name} is the header of a pair, and its image (.img or .img.gz) is not beside it; put it there
io-nifti-type-binary = its voxels are single bits, which this program does not read; convert them to bytes
io-nifti-type-wide = its voxels are 128-bit numbers, which this program does not read; convert them to 64 bits
io-nifti-type-unknown = its NIfTI header has the unknown data type {$code}; {-io-rewrite}
# NIfTI: doubts.
io-nifti-bits = the header says {$bits} bits a voxel, but voxels of type {$kind} have another size; the type was believed
io-nifti-fifth-axis = the file has more than four dimensions; those beyond the third are shown as {$frames} frames in a row
io-nifti-offset-in-header = the header says that the voxels begin at byte {$offset}, inside the header; byte {$used} was taken
io-nifti-cut = the file is cut short: {$present} of {$asked} bytes of voxels are there, the rest is shown as 0
io-nifti-unit = the header has an unknown unit of length; millimetres were taken
io-nifti-no-spacing = the header has no usable voxel size in some direction; 1 mm was taken
io-nifti-no-form = the header does not say how the volume lies in the patient (no sform, no qform): left and right, front and back are not known
io-nifti-sform-unusable = the sform cannot be used ({$why}), so the qform was taken
io-nifti-qform-unusable = the qform cannot be used ({$why}), so only the sform was taken
io-nifti-forms-unusable = how the volume lies in the patient cannot be used ({$why}), so only voxel sizes were taken: left and right, front and back are not known
io-nifti-forms-differ = sform and qform place the volume up to {$apart} mm apart; the sform was taken
io-nifti-window = Display range

# Files of plain numbers (NIfTI, NRRD, MetaImage): reasons why one is not opened, and doubts.
io-raw-sizes = its header asks for more voxels than can be counted; {-io-rewrite}
io-raw-frames = its header says that the grid repeats {$frames} times, which is too often; {-io-rewrite}
io-raw-no-space = its header does not tell which axes are space, or names more than three; {-io-rewrite}
io-raw-outside = its header says that the data are in {$name}, which is no name of a file in its own folder; put both into one folder and mend the header
io-raw-archive = its data are in another file ({$name}) of the archive; unpack the archive first
io-raw-missing = its data should be in {$name}, which is not beside it; put it there
io-raw-list = its data are spread over several files, which this program does not read; save it as one file first
io-raw-no-voxels = it ends before its voxels begin; {-io-fetch}
io-raw-too-few-bytes = its header asks for {$asked} bytes of voxels, but the file can hold only {$present}; {-io-fetch}
io-raw-no-number = something that is no number of the right size stands among the numbers; {-io-fetch}
io-raw-cut = the file is cut short: {$present} of {$asked} bytes of voxels are there, the rest is shown as 0
io-raw-more = the file holds {$present} bytes where its header asks for {$asked}; if the picture looks shifted, the header is wrong
io-raw-longer = {$path} holds more voxels than its header asks for; if the picture looks shifted, the header is wrong
io-raw-cut-at = {$path} is damaged from slice {$slice} on ({$why}); what is missing is shown as 0; {-io-fetch}
io-raw-ends = the data end there
io-raw-checksum = {$path} is damaged: the checksum of the packed data is not right, so any voxel may be wrong; fetch it again from where it came
io-raw-rounded = some whole numbers are too large to be kept exactly and were rounded
io-raw-complex = the voxels are complex numbers; their magnitudes are shown
io-raw-rgba = the voxels have an opacity, which is not shown

# NRRD.
io-nrrd-header-too-long = its NRRD header does not end; {-io-fetch}
io-nrrd-missing = its NRRD header has no field “{$field}”; {-io-rewrite}
io-nrrd-cut = it ends inside its NRRD header; {-io-fetch}
io-nrrd-count = the field “{$field}” of its NRRD header should have {$count} entries; {-io-rewrite}
io-nrrd-vector = its NRRD header has a direction that is no vector: {$text}; {-io-rewrite}
io-nrrd-block = its voxels are blocks of bytes, which mean nothing without the program that wrote them; {-io-rewrite}
io-nrrd-type = its NRRD header has the unknown type {$name}; {-io-rewrite}
io-nrrd-dimension = its NRRD header has no possible number of axes; 1 to 16 are; {-io-rewrite}
io-nrrd-size = its NRRD header says that an axis has {$size} voxels; {-io-rewrite}
io-nrrd-encoding = its data have the unknown encoding {$name}; {-io-rewrite}
io-nrrd-endian = its NRRD header has the unknown byte order {$name}; {-io-rewrite}
io-nrrd-skip = the field “{$field}” of its NRRD header is {$text}, which cannot be skipped; {-io-rewrite}
io-nrrd-no-endian = the header does not say in which order bytes stand; the lowest was taken to be first
io-nrrd-no-space = the header does not say how the volume lies in the patient (no space): left and right, front and back are not known
io-nrrd-other-space = the header speaks of the space {$space}, of which it is not known how the patient lies in it: left and right, front and back are not known
io-nrrd-unit = the header has the unknown unit of length {$unit}; millimetres were taken
io-raw-segment-label = the segment {$name} has the number {$label}, which cannot be shown; it was left out
io-raw-segment-layer = the segment {$name} is in layer {$layer}, which the file does not have; it was left out
io-raw-segment-twice = the segment {$name} has the number {$label} of another segment; it was left out

# HDF5: reasons why an array is not opened, and doubts.
io-hdf5-no-arrays = it holds no arrays
io-hdf5-too-many = the file holds more arrays or groups than are looked at ({$most} arrays); the rest was left out
io-hdf5-too-many-volumes = the arrays before it make {$most} volumes, or would with it, and no more are taken from one file; write it to a file of its own
io-hdf5-leads-nowhere = it is a link to {$path}, where there is no array
io-hdf5-other-file = it is a link into another file ({$name}), which is not followed; open that file too
io-hdf5-filter = it is packed in a way that this program does not read ({$filter}); write it again with gzip or without packing
io-hdf5-too-large = it asks for more memory at once than this program gives it; write it again in smaller chunks
io-hdf5-unsupported = it uses a part of HDF5 that this program does not read ({$what}); write it again with h5py's defaults
io-hdf5-damaged = it is damaged ({$why}); fetch it again from where it came
io-hdf5-rank = it has {$rank ->
    [one] one axis
   *[other] {$rank} axes
}, and an image has two or three, or up to two more of channels
io-hdf5-empty = it has no voxels: the length of an axis is 0
io-hdf5-repeats = its axes ({$shape}) make more than {$most} volumes; write one array for each volume, or name the axes by axistags
io-hdf5-too-few-bytes = it asks for {$shape} numbers, which its file cannot hold; fetch it again from where it came
io-hdf5-odd-number = its numbers have a size or an order of bits that this program does not read; write it again as whole numbers or fractions of 8 to 64 bits
io-hdf5-kind = it holds {$kind}, which are no voxels
io-hdf5-text = text
io-hdf5-compound = records of several fields
io-hdf5-references = references
io-hdf5-enumeration = names of an enumeration
io-hdf5-lists = lists
io-hdf5-bytes = bytes without a meaning
io-hdf5-affine = the file's affine was taken as nibabel's (indices in the order of the array's axes, to RAS millimetres); if another program wrote it, left and right or the order of axes may be wrong
io-hdf5-unusable = the file's attribute {$name} cannot be used
io-hdf5-axes = the array's axes do not end with z, y, x; they were taken as the file names them
io-hdf5-no-sides = the file says how large the voxels are, but not how the array lies in the patient: left and right, front and back are not known
io-hdf5-no-place = the file says neither how large the voxels are nor how the array lies in the patient; 1 mm was taken, so that lengths, volumes and sides mean nothing
# Arrays without a place that lie on an image.
io-unplaced-follows = the file does not say where the array lies; it has as many voxels as {$image} and was laid on its grid, voxel on voxel
io-unplaced-reversed = the file does not say where the array lies; with its axes in the opposite order it has as many voxels as {$image} and was laid on its grid so
io-unplaced-turned = the file does not say where the array lies; along the axes that it names it has as many voxels as {$image} and was laid on its grid so

# MetaImage.
io-meta-object = it is a MetaIO file, but holds no image but an object of type {$kind}; choose the file of an image
io-meta-missing = its MetaImage header has no field {$field}; {-io-rewrite}
io-meta-type = its MetaImage header has the unknown type {$name}; {-io-rewrite}
io-meta-dimension = its MetaImage header has no possible number of axes; 1 to 8 are; {-io-rewrite}
io-meta-count = the field {$field} of its MetaImage header should have {$count} entries; {-io-rewrite}
io-meta-size = its MetaImage header says that an axis has {$size} voxels; {-io-rewrite}
io-meta-channels = its MetaImage header says that a voxel has {$count} channels; {-io-rewrite}
io-meta-header-size = its MetaImage header has an impossible HeaderSize; {-io-rewrite}
io-meta-no-place = the header has no usable {$field}; how the volume lies in the patient is not known for certain

# What formats cannot hold.
io-uneven = its slices are not evenly spaced, which {$format} cannot hold; use --resample to put them on an even grid
io-sheared = its grid is sheared (a tilted gantry, perhaps), which {$format} cannot hold; use --resample to put it on an upright grid
io-mha-wide-colour = MetaImage holds colours in 8 bits only

# The built-in study. Names of its windows and of the person who never was.
io-demo-patient = Demo^Isocenter
io-demo-study = Built-in study
io-demo-series = Head, chest and abdomen, contrast
io-demo-pet = PET, fluorodeoxyglucose
io-demo-truth = Truth (label map)
io-demo-model = Model output (label map)
io-demo-probability = Model output (probability of a nodule)
io-demo-suv = SUV 0 to 7
io-demo-labels = Labels
io-demo-soft-tissue = Soft tissue
io-demo-lung = Lung
io-demo-bone = Bone

# Writing.
io-folder-not-empty = the folder is not empty; name a new one
io-not-loaded = its voxels have not all been read
io-read-back = what was read back is not what was written; the disk may be failing
io-nifti-wide-colour = NIfTI holds colours in 8 bits only
io-dicom-rounded = the values need more than 16 bits and were rounded to steps of {$step}
io-dicom-sides = pictures of {$columns} × {$rows} pixels are too large for DICOM
io-dicom-wide-colour = colours with more than 8 bits are not written to DICOM
io-dicom-shear = its rows and columns are not perpendicular, which DICOM cannot hold; use --resample to put it on an upright grid
io-seg-nowhere = it has no place in the patient, which a DICOM segmentation must have
io-seg-other-grid = its voxels are not those of the reference image: it stays on its own grid, and no slice of the image is named
io-seg-too-many-segments = there are {$count} segments, and DICOM has numbers for {$most}
io-seg-odd-label = the segment {$name} has the label {$label}, and DICOM has numbers from 1 to {$most}
io-seg-nameless = it has labels that none of its segments has, or numbers that are not whole, which would be lost
io-seg-no-segments = there are no segments to write
io-seg-label-map-overlap = its segments overlap, which a DICOM label map cannot hold: write a binary segmentation
io-seg-renumbered = segments of a binary or fractional DICOM segmentation are numbered from 1: {$name}, label {$label}, is number {$number} there
io-seg-too-large = { $frames } frames are more than a DICOM file can hold: write a label map
io-seg-not-a-share = its values are no probabilities from 0 to 1
io-seg-shared-frame = the segments {$name} and {$other} would have the same probabilities; choose a frame that has one segment
io-seg-frame-nameless = frame {$frame} of the probabilities has no segment, so it would be lost
io-seg-rounded = a DICOM segmentation holds fractions in steps of 1/{$most}: they were rounded

# Measurements on disk.
io-measurements-unreachable = {$path} cannot be used: {$why}
io-measurements-damaged = {$path} is damaged, so its measurements are not shown; it is kept as it is, and set aside under another name at the next change
io-measurements-newer = {$path} was written by a newer version of this program, so its measurements are not shown; it is left as it is
io-measurements-set-aside = {$path} was damaged and is now called {$aside}; the measurements of this session are in a new file
io-measurements-unknown = {$count ->
    [one] One measurement in {$path} is of a kind that this version does not know; it is kept as it is.
   *[other] {$count} measurements in {$path} are of kinds that this version does not know; they are kept as they are.
}
io-measurements-no-place = there is no folder to keep them in
io-measurements-only-here = The measurements are in this session only: {$why}. Save them as a file before you close the study.
io-measurements-other-series = it holds no measurements of this series; name the image that they were made in
io-measurements-unknown-kind = it holds {$count} measurements of kinds that this version does not know
io-measurements-newer-export = it was written by a newer version of this program
io-measurements-no-list = it is no list of measurements: {$why}
io-measurements-two-pictures = the points of "{$name}" lie in two pictures that have no place in space
io-measurements-no-space = the points of "{$name}" are places of the patient, but the image has no place in space; give columns, rows and pictures with "space": "picture"
io-measurements-has-space = the points of "{$name}" are pixels of pictures, but the image has a place in space; give "space": "patient" or "voxel"
io-measurements-not-finite = the points of "{$name}" are no numbers
io-transfer-unreadable = {$path} cannot be read: {$reason}
io-transfer-wrong = {$path} is no transfer function: {$reason}
io-transfer-too-large = it is larger than 1 MB

# Movies.
io-movie-format = the name of a movie must end in .png, .apng, .webp, .gif, .mp4 or .webm
io-movie-sides = each side of such a movie must have 1 to {$most} pixels
io-movie-frames = a movie has 1 to {$most} pictures
io-movie-fps = such movies have {$least} to {$most} pictures a second
io-movie-too-much = so many pictures of this size are too much; make them fewer or smaller
io-movie-opaque = MP4 cannot be transparent; choose a background colour, or a name that ends in .webp, .png or .webm
io-movie-no-ffmpeg = videos are made by ffmpeg, which was not found; install it, or choose a name that ends in .webp, .gif or .png
io-movie-ffmpeg-failed = ffmpeg says: {$why}
io-movie-longer-there = {$more ->
    [0] {$file} is there, which belongs to a longer movie of this name
   *[other] {$file} and {$more} more are there, which belong to a longer movie of this name
}; remove what is old, or choose another name
io-movie-size-differs = a picture has another size than the movie
io-movie-webp-too-large = WebP ends at 4 GB; make the pictures fewer or smaller
io-transfer-too-many = it has more than {$most} points; leave out those that lie on straight lines

# Journals of segmentations
io-journal-broke = { $path }: what is painted cannot be kept safe there: { $why }. Save the segmentation to another place
io-journal-damaged = { $path }: this journal of painted work is damaged at its very beginning, so that nothing of it can be brought back

# Saving segmentations
io-labels-format = segmentations are saved as .nii.gz, .nii, .seg.nrrd, .nrrd, .mha or .dcm: give the file such a name
io-labels-overlap = this format cannot hold segments that overlap: save as .seg.nrrd or .dcm
io-labels-changed = another program has changed this file since it was read: save under another name, so that neither is lost
io-no-cases = there are no cases in it: a list is a table with a column `image`, a folder has images, with or without masks
io-too-many-cases = there are more than {$most} cases in it: divide it
