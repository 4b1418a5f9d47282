# Words on the command line.
cli-error = error: {$message}
cli-warning = warning: {$message}
cli-neither-file-nor-command = "{$word}" is neither a subcommand nor a file or folder that is there; see isocenter --help
cli-not-a-number = "{$word}" is not a number
cli-not-an-index = "{$word}" is not a list of whole numbers
cli-wrong-count = {$expected} numbers separated by commas are expected, not {$got}
cli-no-volume = no volume could be opened; name a file or folder with images
cli-took-largest = took the largest of {$count} volumes, {$name}; choose another with --series
cli-no-such-series = no volume with the number or series UID {$series}; isocenter info lists the {$count} that there are
cli-no-such-frame = there is no frame {$frame}: the volume has {$count}, counted from 0
cli-place-without-space = these pictures have no place in space: ask for a voxel instead
cli-no-place = no place in space
cli-info-line = {$format}, {$files ->
    [one] one file
   *[other] {$files} files
}, patient {$patient}, unit {$unit}
cli-info-range = values {$low} to {$high}
cli-info-skipped = skipped {$path}: {$reason}
cli-outside = outside
cli-not-a-png = pictures are written as .png; movies also as .apng, .webp, .gif, .mp4 and .webm: the name must end in one of these
cli-not-a-movie = only movies are written so: ask for one with --turntable or --sweep, or let the name end in .png
cli-turntable-needs-volume = --turntable goes around volumes: ask for --view volume, or go through the slices with --sweep
cli-sweep-needs-plane = --sweep goes through slices: ask for another view than volume, or go around with --turntable
cli-not-a-frame-count = "{$word}" is no number of pictures: 1 to {$most} are expected
cli-not-a-size = "{$word}" is not a size: width and height in pixels are expected, like 512x512
cli-not-positive = "{$word}" is not greater than zero
cli-no-such-preset = there is no preset {$name}; give its name, or centre and width like 40,400, or auto
cli-no-such-color-map = there is no colour map {$name}; there are {$names}
cli-no-such-slice = there is no slice {$slice}: the volume has {$count}, counted from 0
cli-normal-up-parallel = the normal and the up direction of an oblique plane must not be parallel
cli-view-without-space = these pictures have no place in space: render them with --view stack
cli-nothing-to-show = there is nothing to show in that pane; show a series there first
cli-bad-script = {$path}, line {$line}: {$why}
cli-job-too-long = a task did not end in time; replay the script with --window to see which
cli-needs-window = a picture of the window needs the window; replay the script with --window
cli-convert-format = cannot write {$path}: this version writes .nii, .nii.gz, .nrrd, .seg.nrrd, .mha, .stl, .ply, .obj and, where the name is that of a folder, DICOM series
cli-surface-nowhere = a surface lies in the patient, and this map does not say where it lies
cli-surface-no-segment = there is no segment with the number or name {$name}; isocenter info lists those that the file names
cli-surface-no-segments = there are no voxels of any segment, so there is no surface to write
cli-surface-too-large = the surface of {$name} has more points than can be numbered
cli-convert-frames = {$path} holds the same labels at several times, and a segmentation has one; choose one with --frame
cli-convert-nowhere = {$path} does not say how it lies in the patient, and DICOM says it: name the image that it was made on with --reference, or write it as .nii.gz or .nrrd
cli-convert-no-names = {$path} has no room for the names and colours of the segments
cli-convert-no-codes = {$path} has no room for the codes that say what the segments are
cli-convert-no-makers = {$path} has no room for how the segments were made and how they are tracked from study to study
cli-convert-no-layers = {$path} does not say which segment lies in which frame
cli-cannot-resample = cannot resample {$path}: {$why}
cli-tags-folder = it is a folder; name one file
cli-tags-bytes = {$count ->
    [one] one byte
   *[other] {$count} bytes
}
cli-tags-fragments = {$count ->
    [one] one fragment
   *[other] {$count} fragments
}
cli-tags-items = {$count ->
    [one] one item
   *[other] {$count} items
}
cli-bench-load = {$dims} voxels: scan {$scan} ms, load {$load} ms, first picture {$first} ms, upload {$upload} ms
cli-bench-work = {$what}: {$median} ms, processor {$cpu} ms
cli-bench-no-labels = work on segments is timed on a label map: name one with --labels SEG
cli-bench-other-grid = {$path} does not lie on the volume's grid; bench wants a label map that does
cli-bench-frames = {$what} {$size}: median {$median} ms, 95 % below {$p95} ms, processor {$cpu} ms
cli-bench-interface = interface {$size}: {$interface} ms of the processor a frame, 95 % below {$slow} ms; triangles {$triangles} ms
cli-unreadable-slices = {$count ->
    [one] a part of the volume cannot be read, so nothing was written: {$why}
   *[other] {$count} parts of the volume cannot be read, so nothing was written: {$why}
}
cli-overlay-needs-plane = overlays and probability maps lie over planes; leave --overlay and --probability out or choose --view axial, coronal, sagittal or oblique
cli-surfaces-need-volume = surfaces stand in volumes; leave --surfaces out or choose --view volume with --mode composite, iso or cinematic
cli-overlay-no-labels = {$path} is no segmentation: its values are not whole numbers from 0 to {$most}
cli-overlay-elsewhere = {$path} lies nowhere near the image; name a map of this image
cli-not-a-share = "{$word}" is not a number from 0 to 1
cli-no-such-transfer = there are no volume colours called {$name}; there are {$names}
cli-not-a-direction = "{$word}" has no direction: give a normal that is not zero
cli-not-a-color = "{$word}" is not a colour: write #rrggbb, or none
cli-labels-without-space = {$path} has no place in space, so nothing in it can be measured; give a label map in NIfTI or DICOM
cli-compare-other-grid = {$path} lies on another grid: it is sampled at the voxels of {$onto}
cli-compare-no-names = the labels in {$path} have no names; compare them with --by number
cli-compare-by-name = {$count ->
    [one] one label is paired by name with another number
   *[other] {$count} labels are paired by name with other numbers
}
cli-compare-nothing = there are no labels in either map; check that these are the right files
cli-compare-mean = mean Dice {$dice}
cli-table-label = label
cli-table-name = name
cli-table-dice = Dice
cli-table-jaccard = Jaccard
cli-table-sensitivity = sens.
cli-table-specificity = spec.
cli-table-precision = prec.
cli-table-hausdorff = HD mm
cli-table-hd95 = HD95 mm
cli-table-mean-distance = mean mm
cli-table-volume-a = A mL
cli-table-volume-b = B mL
cli-table-difference = B−A mL
cli-took-map = took the segmentation {$name} of the {$count} volumes that there are
cli-took-probabilities = took the probabilities {$name} of the {$count} volumes that there are
cli-stats-other-grid = {$path} lies on another grid: it is sampled between its voxels at the centres of the segmentation's
cli-stats-no-values = {$path} has colours and no values to measure
cli-stats-without-value = {$count ->
    [one] one voxel of the segments has no value in the image and is left out of mean and percentiles
   *[other] {$count} voxels of the segments have no value in the image and are left out of mean and percentiles
}
cli-stats-nothing = there are no segments in the map
cli-table-voxels = voxels
cli-table-volume = mL
cli-table-mean = mean
cli-table-sd = sd
cli-table-min = min
cli-table-median = median
cli-table-max = max
cli-table-p5 = 5 %
cli-table-p95 = 95 %
cli-table-axial = axial mm
cli-table-perpendicular = across mm
cli-table-longest = longest mm
cli-table-surface = surface cm²
cli-table-sphericity = sphericity
cli-readers-too-many = at most {$most} readers can be compared at once
cli-readers-agreed = {$count ->
    [one] 1 reader
   *[other] {$count} readers
}
cli-readers-consensus = likely truth
cli-readers-mean = mean Dice of all pairs {$dice}
cli-table-reader = reader
cli-table-mean-dice = mean Dice
cli-table-threshold = threshold
cli-compare-which-label = the reference has several labels; say with --label which of them the probabilities are of: {$labels}
cli-compare-no-probabilities = {$path} is no map of probabilities that lies in space
cli-probability-odd = { $path } holds no probabilities: its values run from { $low } to { $high }, and probabilities are single numbers from 0 to 1, 100 or 255
cli-compare-best = best: threshold {$threshold}, Dice {$dice}
