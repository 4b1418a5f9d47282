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

# DICOM: why a file is not shown.
io-dicom-not-dicom = its content is not a medical image of a known format
io-dicom-empty-file = the file is empty
io-dicom-empty = it is a DICOM file without data set
io-dicom-cut-in-header = the file ends within its header
io-dicom-damaged = its header is damaged at byte {$place}
io-dicom-too-deep = its sequences are nested too deep
io-dicom-header-too-large = its header is too large
io-dicom-cannot-inflate = its deflated data cannot be unpacked
io-dicom-no-pixels = it holds no image
io-dicom-no-size = its image has no rows or columns
io-dicom-no-bits = it does not say how many bits a pixel has
io-dicom-bits = pixels of {$bits} bits are not supported
io-dicom-samples = pixels of {$samples} samples are not supported
io-dicom-bad-palette = its table of colours is damaged
io-dicom-too-large = its image is too large
io-dicom-pixels-missing = it holds only {$have} of {$needed} bytes of its image
io-dicom-copy = it is a copy of {$name}
io-dicom-is-directory = it is a DICOM directory, not an image
io-dicom-is-segmentation = it is a segmentation; these are not shown yet
io-dicom-is-video = it is a video; these are not supported
io-dicom-is-rtstruct = it holds contours (RT Structure Set); these are not shown yet
io-dicom-is-rtplan = it is a treatment plan, not an image
io-dicom-is-key-objects = it is a selection of key images, not an image
io-dicom-is-value-mapping = it is a mapping of values, not an image
io-dicom-is-raw = it holds raw data, not an image
io-dicom-is-report = it is a structured report; these are not shown yet
io-dicom-is-presentation = it is a presentation state, not an image
io-dicom-is-document = it is an encapsulated document, not an image
io-dicom-is-waveform = it is a waveform, not an image
io-dicom-is-registration = it is a registration or a fiducial set, not an image

# DICOM: why a picture cannot be decoded.
io-dicom-unknown-syntax = its transfer syntax {$uid} is not known
io-dicom-unsupported-syntax = pixels encoded as {$name} are not supported
io-dicom-cannot-decode = its pixels ({$name}) cannot be decoded: {$why}
io-dicom-decoded-size = decoding gave {$got} bytes where {$expected} were expected
io-dicom-codestream-differs = its compressed picture is {$got}, but the header says {$expected}
io-dicom-rle-damaged = its RLE data are damaged
io-dicom-short-stream = the compressed pixels of {$path} end early; what is missing is 0
io-dicom-frame-not-found = frame {$frame} cannot be found among the fragments of its pixel data

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
io-dicom-bad-window = a window without width was left out
io-dicom-no-position = the file does not say where the images lie in the patient, so they are shown as a stack of pictures
io-dicom-bad-orientation = the orientation of the images makes no sense, so they are shown as a stack of pictures
io-dicom-no-spacing = the distance of pixels is missing or makes no sense, so the images are shown as a stack of pictures
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
