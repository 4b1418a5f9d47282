# Words in the window. Labels are short; `…-tip` is the sentence that appears when one points at it.

# Menus
ui-menu-file = File
ui-menu-navigate = Navigate
ui-menu-view = View
ui-menu-window = Window
ui-menu-help = Help
ui-open-files = Open files…
ui-open-files-tip = DICOM, NIfTI; several at once
ui-open-folder = Open folder…
ui-open-folder-tip = Everything below it is looked at
ui-type-path = Type a path
ui-open-demo = Open the demo study
ui-open-demo-tip = A phantom of head and chest, computed by the program
ui-save-picture = Save picture…
ui-save-picture-tip = What the pane shows, as a PNG at any scale, with or without annotations
ui-close-all = Close everything
ui-quit = Quit
ui-previous-slice = Previous slice
ui-next-slice = Next slice
ui-ten-slices-back = Ten slices back
ui-ten-slices-on = Ten slices on
ui-first-slice = First slice
ui-last-slice = Last slice
ui-previous-frame = Previous time point
ui-next-frame = Next time point
ui-previous-series = Previous series
ui-next-series = Next series
ui-focus-browser = Study list
ui-focus-browser-tip = The arrow keys point at a series, Enter shows it, Escape leads back to the pictures
ui-next-pane = Next pane
ui-cancel = Cancel
ui-cancel-tip = Takes back what is being dragged, else stops what is being read
ui-maximise = Maximise the pane
ui-maximise-tip = This pane alone, or all again
ui-toggle-alignment = Anatomical planes
ui-toggle-alignment-tip = On: along the patient's axes. Off: along the acquisition's own slices, shown as they were taken.
ui-reset-view = Reset view
ui-reset-view-tip = Planes, place and magnification as at opening; the window stays
ui-center = Centre on crosshair
ui-crosshair = Crosshair
ui-crosshair-tip = Whether its lines are drawn
ui-hide-identifiers = Hide identifiers
ui-hide-identifiers-tip = Names, numbers, dates of studies and names of files are not shown, for demonstrations
ui-identifiers-hidden = Identifiers hidden
ui-convention = Neurological convention
ui-convention-tip = On: the patient's left is on the left of the screen. Off (radiological): on the right.
ui-nearest = Nearest voxel
ui-linear = Linear
ui-cubic = Cubic
ui-window-tool = Window tool
ui-window-tool-tip = Left drag changes the window instead of moving the crosshair
ui-invert = Invert
ui-file-window = File's window
ui-file-window-tip = The file's own window; again for the next one
ui-auto-window = Auto
ui-auto-window-tip = From the 0.5th to the 99.5th percentile of the values
ui-keys = Keys and mouse

# Panes
ui-pane-axial = Axial pane
ui-pane-coronal = Coronal pane
ui-pane-sagittal = Sagittal pane
ui-pane-volume = 3D pane
ui-pane-stack = Picture pane
ui-axial = Axial
ui-coronal = Coronal
ui-sagittal = Sagittal
ui-volume-title = 3D
ui-volume-composite = composite
ui-volume-mip = maximum intensity
ui-volume-minip = minimum intensity
ui-volume-average = average
ui-volume-iso = surface
ui-preset-changed = { $name }, changed
ui-stack-title = Stored picture
ui-acquisition = acquisition
ui-anatomical = anatomical
ui-turned = turned
ui-title = {$name} · {$alignment}
ui-title-oblique = {$name} · {$alignment} · {$degrees}° oblique
ui-slice = Slice {$slice} / {$count}
ui-slab = {$mode} {$thickness} mm
ui-mip = MIP
ui-minip = MinIP
ui-mean = Mean
ui-frame = Time {$frame} / {$count}
ui-zoom-line = {$interpolation}  {$zoom} %
ui-inverted = Inverted
ui-window-line = W {$width}  C {$center}
ui-window-numbers = {$width} / {$center}
ui-place = LPS {$x}, {$y}, {$z} mm
ui-voxel = Voxel {$i}, {$j}, {$k}
ui-value-unit = {$value} {$unit}
ui-value-rgb = RGB {$r}, {$g}, {$b}
ui-outside = Outside
ui-not-loaded = Not loaded yet
ui-millimetres = {$length} mm
ui-centimetres = {$length} cm
ui-neurological = Neurological
ui-neurological-tip = The patient's left is on the left of the screen. Most viewers show the patient's left on the right of the screen. N switches.
ui-warnings = {$count ->
    [one] 1 doubt
   *[other] {$count} doubts
}
ui-loading = Loading {$percent} %
ui-stopped = Not all loaded
ui-stopped-tip = Loading was stopped. Choose the series again to go on.

# Study browser
ui-path-field = Path
ui-path-hint = Path of a file or folder
ui-nothing-open = Nothing is open.
ui-no-patient = No patient given
ui-unnamed = Unnamed series
ui-series-number = Series {$number}
ui-dims = {$i} × {$j} × {$k}
ui-frames = {$count ->
    [one] 1 time point
   *[other] {$count} time points
}
ui-files = {$count ->
    [one] 1 file
   *[other] {$count} files
}
ui-spacing-short = {$x} × {$y} × {$z} mm
ui-no-place = No place in space
ui-images = {$count ->
    [one] 1 image
   *[other] {$count} images
}
ui-label-map = Labels
ui-format-dicom = DICOM
ui-format-nifti = NIfTI
ui-format-demo = Demo
ui-show-series = Show
ui-copy-path = Copy path
ui-copy-path-tip = The path of a file of this series
ui-close-series = Close
ui-spacing = Voxel {$x} × {$y} × {$z} mm
ui-skipped = {$count ->
    [one] 1 file not used
   *[other] {$count} files not used
}
ui-skipped-more = and {$count} more
ui-stop = Stop
ui-stop-tip = What has arrived so far stays
ui-progress = {$done} / {$total}
ui-working = working

# Display panel
ui-window = Window
ui-histogram = Histogram
ui-histogram-tip = Drag an edge of the window, or its middle. Double click for the automatic window.
ui-histogram-waits = Values are counted while they come in
ui-histogram-value = {$value}: {$count} voxels
ui-histogram-all = {$count} voxels
ui-histogram-part = {$count} voxels so far
ui-width = W
ui-width-name = Width of the window
ui-center-field = C
ui-center-name = Centre of the window
ui-field-tip = Drag it sideways, or click and type
ui-function = Curve
ui-function-tip = From values to greys, as DICOM defines it
ui-linear-window = Linear
ui-linear-exact = Linear exact
ui-sigmoid = Sigmoid
ui-file-windows = Windows of the file
ui-file-window-number = Window {$number}
ui-presets = Presets
ui-preset-with-key = {$key}  {$name}
ui-colors = Colours
ui-colors-tip = From greys to colours
ui-colors-inverted = {$name}, inverted
ui-interpolation = Interpolation
ui-interpolation-tip = How pixels between voxel centres get their values; the voxels stay as they are
ui-time = Time point
ui-picture = Picture
ui-slabs = Slab thickness
ui-slab-tip = Thickness of the slab: drag it sideways, or click and type; 0 is a thin slice
ui-slab-mode-tip = What a slab shows of the voxels in it
ui-mm-suffix = {" "}mm
ui-warnings-heading = Doubts about this series

# Status bar, messages, start page
ui-at-crosshair = At the crosshair: {$readout}
ui-not-for-diagnosis = Not a medical device. Not for diagnosis.
ui-dismiss = Dismiss
ui-start-title = Isocenter
ui-start-subtitle = A viewer for 3D medical images
ui-start-files = Open files
ui-start-folder = Open a folder
ui-start-demo = Open the demo study
ui-start-path = Type a path
ui-start-drop = or drop files or a folder anywhere on this window
ui-drop = {$count ->
    [one] Drop to open it
   *[other] Drop to open {$count} files or folders
}

# List of keys
ui-mouse-left = Left drag
ui-mouse-left-does = Moves the crosshair, its turning and slab handles; turns the 3D view; windows in a single pane; measures with the length tool (L)
ui-mouse-control-left = Ctrl + left drag
ui-mouse-control-left-does = Window, in the 3D view the curve of colours: right is wider, up is a higher centre; Shift is finer
ui-mouse-middle = Middle drag, Alt + left drag
ui-mouse-middle-does = Moves the picture
ui-mouse-right = Right drag
ui-mouse-right-does = Magnifies
ui-mouse-right-click = Right click
ui-mouse-right-click-does = Menu of the pane
ui-mouse-wheel = Wheel
ui-mouse-wheel-does = Next slice; magnifies in the 3D view
ui-mouse-control-wheel = Ctrl + wheel
ui-mouse-control-wheel-does = Magnifies about the pointer
ui-mouse-shift = Shift + move
ui-mouse-shift-does = The crosshair follows the pointer
ui-mouse-double = Double click
ui-mouse-double-does = One pane alone, or all again

# Trouble with the window itself
ui-no-window = the window cannot be opened: {$why}; use isocenter render for pictures without a window
ui-nothing-shown = There is nothing to show.
ui-no-graphics = there is no graphics device for the window; install a graphics driver, or Mesa's software Vulkan (mesa-vulkan-drivers)
ui-cannot-record = cannot write {$path}: {$why}
ui-unreadable = Not readable

# Measurements and undo
ui-menu-edit = Edit
ui-menu-measure = Measure
ui-undo = Undo
ui-undo-tip = Takes the last change of your work back
ui-undo-step = Undo: {$step}
ui-redo = Redo
ui-redo-tip = Makes the change again that was taken back
ui-redo-step = Redo: {$step}
ui-delete = Delete measurement
ui-delete-tip = Deletes the selected measurement
ui-length-tool = Measure length
ui-length-tool-tip = Press, drag and release, or click twice; Esc puts the tool down
ui-show-measurements = Show measurements
ui-show-measurements-tip = Shows or hides all of them; each has its own switch in the list
ui-export-csv = Export measurements as CSV…
ui-export-csv-tip = Writes a table of the measurements of this series
ui-export-json = Export measurements as JSON…
ui-export-json-tip = Writes the measurements of this series as this program reads them
ui-copy-measurements = Copy measurements
ui-copy-measurements-tip = Puts a table of the measurements of this series on the clipboard
ui-measurements = Measurements
ui-measure-how = Drag from one point to another in any slice.
ui-measure-show = Show {$name}
ui-measure-delete = Delete {$name}
ui-measure-go = Go to {$name}
ui-measure-go-tip = {$place}: a click goes there, a double click renames it
ui-axial-letter = A
ui-coronal-letter = C
ui-sagittal-letter = S
ui-measure-oblique = {$pane} oblique

ui-overlays = Label maps
ui-overlays-tip = Shows or hides the label maps over the image
ui-overlays-fainter = Label maps fainter
ui-overlays-fainter-tip = With the brush or the eraser in hand: a smaller one
ui-overlays-stronger = Label maps stronger
ui-overlays-stronger-tip = With the brush or the eraser in hand: a larger one
ui-segments = Label maps
ui-outlines = Outlines
ui-outlines-tip = Draws only the outlines of segments
ui-opacity = Opacity
ui-opacity-tip = How much label maps cover; [ and ] change it
ui-map-tip = Shows or hides { $name }
ui-map-loading = reading …
ui-segments-all = Show all
ui-segments-none = Hide all
ui-segment-show = Show { $name }
ui-segment-show-tip = Shows or hides { $name }. Alt and a click: only this one; again: all
ui-segment-name = New name of { $name }
ui-segment-color = Colour of { $name }
ui-segment-go = Go to { $name }
ui-segment-go-tip = Label { $label }. A click brings the crosshair into it, a double click renames it
ui-segment-nowhere-tip = Label { $label }, which is nowhere in this map. A double click renames it
ui-segment-here = { $name } ({ $label })
ui-ml = { $ml } mL
ui-use-as-map = Use as label map
ui-use-as-image = Use as image

ui-recent-hidden = Hidden, with all that could identify a patient

ui-copy-picture = Copy picture
ui-copy-picture-tip = Puts what the pane shows on the clipboard, as a picture
ui-picture-title = Picture: { $pane }
ui-picture-scale = Scale
ui-picture-times = { $scale }×
ui-picture-scale-tip = Pixels of the picture for each pixel on the screen
ui-picture-size = { $width } × { $height } pixels
ui-picture-annotated = With annotations
ui-picture-annotated-tip = Orientation letters, scale bar, measurements, and who and what it shows. Hidden identifiers stay hidden.
ui-picture-save = Save as PNG…
ui-menu-volume = 3D
ui-look-anterior = Look from the front
ui-look-posterior = Look from the back
ui-look-left = Look from the patient's left
ui-look-right = Look from the patient's right
ui-look-head = Look from the head
ui-look-feet = Look from the feet
ui-perspective = Perspective
ui-perspective-tip = Things further away look smaller; without it lengths can be compared anywhere.
ui-crop-box = Crop box
ui-crop-box-tip = Shows a box with handles in all panes. What lies outside is not rendered.
ui-add-clip-plane = Cut facing the viewer
ui-add-clip-plane-tip = Cuts away what lies between the viewer and the crosshair.
ui-reset-cuts = Undo all cuts
ui-reset-cuts-tip = Everything is rendered again: crop box, cuts, what the scalpel cut away, table and bone.
ui-scalpel = Scalpel
ui-scalpel-tip = Draw around something in the volume view to cut it away from the shown volume. With Alt it cuts what lies outside; Esc puts it down.
ui-cut-outside = Outside
ui-cut-outside-tip = The scalpel keeps what you draw around and cuts away the rest. Alt turns it round.
ui-remove-table = Remove table
ui-remove-table-tip = Finds the body in a CT and no longer renders what lies beside it. Check the picture: thin parts can be taken for the table.
ui-remove-bone = Remove bone
ui-remove-bone-tip = Finds bones in a CT with contrast and no longer renders them. Check the picture: vessels that touch bone can lose parts.
ui-remove-disabled = For a CT that has been read completely, one at a time.
ui-cuts = 3D cuts
ui-cut-none = whole
ui-cut-none-tip = Nothing is cut away at this slice.
ui-cut-at-slice-tip = Cuts away what lies on the {$side} side of the {$plane} slice; the cut follows the slice.
ui-clip-plane = {$number}: {$side}
ui-clip-plane-tip = Where the plane lies along its direction.
ui-clip-flip = Flip
ui-clip-flip-tip = Cuts away the other side.
ui-clip-remove = Remove
ui-volume-slices = Slices in the volume
ui-volume-slices-tip = Shows the slices of the other panes where they lie in the volume.
ui-together = Together in 3D
ui-together-tip = Renders {$name} together with the shown series, each with its own colours.
ui-cinematic = Cinematic light
ui-cinematic-tip = Follows light through the volume while the view rests: soft shadows, scattering. The picture becomes finer by and by.
ui-developing = Path tracing: {$done} of {$total} samples

ui-movie = Movie…
ui-movie-tip = Turns the volume once around, or goes through the slices, and writes it as pictures or a video
ui-movie-title = Movie
ui-movie-what = What
ui-movie-turntable = Turntable of the volume
ui-movie-sweep = Through the slices: { $pane }
ui-movie-length = Length
ui-movie-pictures = pictures in
ui-movie-frames-tip = How many pictures the movie has
ui-movie-seconds = s
ui-movie-seconds-tip = How long it is seen
ui-movie-size = Size
ui-movie-as-pane = As the pane
ui-movie-format = File
ui-movie-webp = WebP
ui-movie-webp-tip = Exact and small; browsers and most viewers show it.
ui-movie-apng = Animated PNG
ui-movie-apng-tip = Exact; browsers show it, and what does not know it shows the first picture.
ui-movie-gif = GIF
ui-movie-gif-tip = Shown everywhere; at most 256 colours a picture, and a pixel is seen through or it is not.
ui-movie-pngs = Numbered PNG files
ui-movie-pngs-tip = One file a picture, for other programs to go on with.
ui-movie-mp4 = MP4 video
ui-movie-mp4-tip = For slides; not transparent. Made by ffmpeg.
ui-movie-webm = WebM video
ui-movie-webm-tip = For web pages. Made by ffmpeg.
ui-movie-needs-ffmpeg = Needs ffmpeg, which was not found on this computer
ui-movie-transparent = Transparent background
ui-movie-repeats = Plays again and again
ui-movie-annotated-tip = Orientation letters, scale bar, and who and what it shows. Hidden identifiers stay hidden.
ui-movie-save = Save movie…
ui-show-statistics = Segment Statistics
ui-show-statistics-tip = Volume, values and shape of every segment, as a table
ui-show-agreement = Compare Segmentations
ui-show-agreement-tip = How well one segmentation agrees with another, label by label
ui-next-disagreement = Next Disagreement
ui-next-disagreement-tip = The next piece in which two compared segmentations differ, the largest first
ui-previous-disagreement = Previous Disagreement
ui-agreement = Agreement
ui-statistics = Segment statistics
ui-reference = Reference
ui-judged = Judged by it
ui-compare = Compare
ui-compare-needs-two = Choose two different segmentations
ui-measured-map = Segmentation
ui-measure-segments = Measure
ui-no-map = none
ui-agreement-hint = Choose the reference and the segmentation to be judged. What differs is then drawn over the image: agreed, missed, false, or another label.
ui-statistics-hint = Measures every segment of the segmentation in the shown image.
ui-disagreement = {$n} of {$count}: {$ml} mL
ui-disagreements = {$count ->
    [0] no disagreement
    [one] one disagreement
   *[other] {$count} disagreements
}
ui-mean-dice = Mean Dice {$dice}.
ui-judged-sampled = The judged segmentation lies on another grid and was sampled on the reference's.
ui-table-close = Close the table
ui-table-copy = Copy as CSV
ui-table-label = label
ui-table-name = name
ui-table-dice = Dice
ui-table-hausdorff = Hausdorff mm
ui-table-hd95 = HD95 mm
ui-table-mean-distance = mean distance mm
ui-table-sensitivity = sensitivity
ui-table-precision = precision
ui-table-volume-a = reference mL
ui-table-volume-b = judged mL
ui-table-difference = difference mL
ui-table-voxels = voxels
ui-table-volume = mL
ui-table-mean = mean
ui-table-sd = sd
ui-table-min = min
ui-table-median = median
ui-table-max = max
ui-table-p5 = 5 %
ui-table-p95 = 95 %
ui-table-axial = axial mm
ui-table-perpendicular = across mm
ui-table-longest = longest mm
ui-table-surface = surface cm²
ui-table-sphericity = sphericity

# Painting segments
ui-menu-segment = Segment
ui-brush = Brush
ui-brush-tip = Paints the segment that is chosen. [ and ] or Shift and the wheel change the size, Esc takes a stroke back or puts the brush down.
ui-eraser = Eraser
ui-eraser-tip = Takes the segment that is chosen away where it is drawn; with “paint over everything” every segment.
ui-new-segmentation = New segmentation
ui-new-segmentation-tip = Makes an empty label map on the grid of the shown image
ui-paint-makes-new = The first stroke makes a new segmentation
ui-paint-into = Segment to paint
ui-paint-into-tip = The segment of { $name } that is painted
ui-add-segment = Add a segment
ui-add-segment-tip = Adds a segment and paints it
ui-remove-segment = Remove { $name }
ui-remove-segment-tip = Removes the segment and its voxels; undo brings both back
ui-radius = Radius
ui-radius-tip = Radius of the brush in mm in the patient
ui-ball = Ball
ui-ball-tip = A ball through several slices instead of a disc in the pane
ui-paint-over = Paint over
ui-paint-over-tip = What a stroke may cover
ui-over-all = everything
ui-over-unlocked = all but locked
ui-over-background = background only
ui-paint-range = Only values
ui-paint-range-tip = Paints only where the image has a value in this range
ui-segment-lock = Lock { $name }
ui-segment-lock-tip = A locked segment is not painted over
ui-save-labels = Save segmentation
ui-save-labels-tip = Saves the segmentation that is painted to its file; what was there is kept beside it as .bak
ui-save-labels-saved = All of it is saved
ui-save-labels-as = Save segmentation as…
ui-title-unsaved = • { $title }
ui-left-work = Not saved when the program ended
ui-left-work-back = Bring back
ui-left-work-back-name = Bring { $name } back
ui-left-work-number = Segmentation { $number }
ui-left-work-away = Throw away
ui-left-work-away-tip = Deletes the work for good
ui-work = The whole segment
ui-work-mm = by
ui-work-mm-tip = How far growing, shrinking, smoothing and hollowing reach, mm
ui-work-threshold = Threshold
ui-work-threshold-tip = Adds every voxel whose value is in the range above (“Only values”)
ui-work-otsu = Otsu
ui-work-otsu-tip = Sets the range to the values above the threshold that parts the image best
ui-work-grow = Grow
ui-work-grow-tip = Adds a margin all around, in mm in the patient
ui-work-shrink = Shrink
ui-work-shrink-tip = Takes a margin away all around, in mm in the patient
ui-work-smooth = Smooth
ui-work-smooth-tip = Closes gaps and takes bumps away that are thinner than twice this
ui-work-hollow = Hollow
ui-work-hollow-tip = Leaves a rim of this thickness
ui-work-holes = Fill holes
ui-work-holes-tip = Fills what the segment encloses in three dimensions
ui-work-between = Fill between slices
ui-work-between-tip = Fills the empty slices between painted ones with shapes that change steadily
ui-work-largest = Keep largest
ui-work-largest-tip = Drops all but the largest connected part
ui-work-small = Drop small
ui-work-small-tip = Drops connected parts smaller than 0.1 mL
ui-work-clear = Clear
ui-work-clear-tip = Takes all voxels of the segment away

# Cases
ui-open-cases = Open case list…
ui-open-cases-tip = A table (CSV) with images and their masks, to be worked through one after the other
ui-open-cases-folder = Open folder of cases…
ui-open-cases-folder-tip = Images with their masks beside them, in two folders, or in a folder each. How far they are is kept in cases.csv there.
ui-previous-case = Previous case
ui-previous-case-tip = Saves what was painted, and goes back in the list of cases
ui-next-case = Next case
ui-next-case-tip = Saves what was painted, and goes on in the list of cases
ui-case-done-next = Case is done
ui-case-done-next-tip = Saves what was painted, marks the case as done, and goes to the next one that is not
ui-cases = Cases
ui-cases-done = { $done } of { $all } done
ui-cases-close = Put the list of cases away
ui-cases-back = Back
ui-cases-on = Next
ui-cases-done-next = Done, next
ui-case-open = To be done
ui-case-done = Done
ui-case-review = To be looked at again
ui-case-number = Case { $number }

# Leaving unsaved work
ui-leaving = { $count ->
    [one] A segmentation has changes that are not saved
   *[other] { $count } segmentations have changes that are not saved
}
ui-leaving-more = and { $count } more
ui-leaving-save = Save
ui-leaving-keep = Keep for later
ui-leaving-keep-tip = Nothing is written to your files; the program offers the work again at its next start
ui-leaving-stay = Stay
