# What the program without a window has to say.
app-job-demo = Making the demo study
app-job-scan = Reading {$path}
app-job-scan-several = Reading {$count} files and folders
app-job-load = Loading {$name}
app-patient-number = Patient {$number}
app-series-hidden = Series {$number}
app-file-hidden = Hidden file
app-job-thumbnail = Making a small picture
app-job-histogram = Counting values
app-job-panicked = A task broke off because of an error in the program; everything that was open is still there.
app-no-thread = the system gives no more threads; close other programs and try again
app-skipped = {$count ->
    [one] One file was not used; the study list says why.
   *[other] {$count} files were not used; the study list says why.
}
app-job-choose = Waiting for the file dialog
app-job-picture = Writing {$path}
app-no-dialog = The system has no file dialog to offer. Type the path into the field at the top left, drop the files on the window, or give them on the command line.
app-picture-saved = The picture was written to {$path}
app-job-movie = Filming {$path}
app-movie-saved = The movie was written to {$path}
app-movie-nothing = There is nothing to film in that pane; show a series first.
app-movie-not-read = Not all of the series is read yet; make the movie when it is.
app-movie-stopped = it was stopped

app-settings-damaged = The settings file could not be understood ({$why}). It is kept as {$kept}, and the program goes on with its first settings, in a new {$path}.
app-settings-newer = The settings were written by a newer version of this program. They are kept as {$kept}, and this version goes on with its first settings, in a new {$path}.
app-settings-unreadable = The settings in {$path} cannot be read: {$why}. The program goes on with its first settings and does not change the file.
app-settings-not-saved = The settings cannot be saved: {$why}. What you change holds until the program ends. Make room there, or allow writing, and change something again.

# Names of window presets and colour maps, by their names on the command line.
app-preset-brain = Brain
app-preset-subdural = Subdural
app-preset-stroke = Stroke
app-preset-bone = Bone
app-preset-lung = Lung
app-preset-mediastinum = Mediastinum
app-preset-abdomen = Abdomen
app-preset-liver = Liver, contrast
app-preset-angio = Angio (CTA)
app-preset-liver-plain = Liver, plain
app-preset-stroke-narrow = Stroke, narrow
app-preset-posterior-fossa = Posterior fossa
app-preset-temporal-bone = Temporal bone
app-preset-spine = Spine, soft tissue
app-preset-neck = Neck
app-preset-pelvis = Pelvis
app-preset-sinus = Sinus
app-preset-emphysema = Emphysema
app-preset-air = Air
app-preset-pet-7 = PET, SUV 0 to 7
app-preset-pet-10 = PET, SUV 0 to 10
app-preset-pet-15 = PET, SUV 0 to 15
app-colors-gray = Grey
app-colors-inverted-gray = Inverted grey
app-colors-hot = Hot
app-colors-hot-iron = Hot iron
app-colors-pet = PET
app-colors-rainbow = Rainbow
app-colors-viridis = Viridis
app-colors-cool-warm = Cool warm
app-colors-ice = Ice
app-colors-red = Red
app-colors-green = Green
app-colors-blue = Blue

app-version = { $version } ({ $from }, { $machine })
app-version-unoptimised = { $version } ({ $from }, { $machine }, not optimised)
app-version-own-build = own build

# Measurements
app-length-name = Length {$number}
app-length-mm = {$value} mm
app-length-mm-detector = {$value} mm at the detector
app-length-px = {$value} px
app-step-length = length
app-step-move = moving a measurement
app-step-rename = renaming
app-step-visibility = showing or hiding
app-step-delete = deleting a measurement
app-job-measurements = Reading measurements
app-job-save-measurements = Saving measurements
app-measurements-saved = The measurements were written to {$path}

app-segment = Label { $label }
app-job-labels = Reading the label map { $name }
app-labels-odd = { $name } is not a label map: it has values that are not whole numbers from 0 to 65535, or more than 1024 of them. It is drawn as far as it is one; “Use as image” in the browser shows its values
app-labels-elsewhere = { $name } lies nowhere near { $image }: the two have no place in common, so that nothing of it is seen over the image. Show the image that it was made on
app-labels-impossible = { $name } cannot be a label map: it is in colour or has no place in the patient; “Use as image” in the browser shows it

app-no-font = the built-in font cannot be read; install the program again
app-bar-cm = {$cm} cm
app-bar-mm = {$mm} mm
app-bar-detector = { $length } at the detector
app-annotation-slab = slab {$mm} mm
app-annotation-window = C {$center} W {$width}
app-annotation-place = {$x}, {$y}, {$z} mm
app-annotation-slice = slice {$slice} of {$count}
app-transfer-ct-bone-skin = CT bone and skin
app-transfer-ct-bone = CT bone
app-transfer-ct-soft-tissue = CT soft tissue
app-transfer-ct-muscle = CT muscle
app-transfer-ct-lung = CT lung
app-transfer-ct-airways = CT airways
app-transfer-ct-vessels = CT vessels
app-transfer-ct-coronary = CT coronary arteries
app-transfer-ct-mip = CT X-ray
app-transfer-mr-default = MR
app-transfer-mr-angio = MR angiography
app-transfer-mr-brain = MR brain
app-transfer-pt-hot = PET hot spots
app-step-transfer = changing the colours of the volume
app-step-preset = choosing a preset
app-step-reset-transfer = resetting the colours of the volume
app-job-transfer = Reading {$path}
app-transfer-saved = The colours of the volume were written to {$path}
app-job-develop = Path tracing
app-step-scalpel = the cut of the scalpel
app-step-remove-table = removing the table
app-step-remove-bone = removing bone
app-step-reset-masks = undoing all cuts
app-job-remove-table = Looking for the body
app-job-remove-bone = Looking for bones
app-no-table = No body was found to be told from a table: nothing was removed. Is it a CT in HU?
app-no-bone = No bone was found: nothing was removed. Is it a CT in HU?
