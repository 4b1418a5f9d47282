# Words of the window around the pictures: start page, toolbar, recent files, dialogs.

window-close = Close
window-percent = {" "}%

# Toolbar and status bar
window-presets = Window presets
window-presets-tip = Windows that people know by name; keys 1 to 9
window-jobs-more = {$count ->
    [one] and 1 more
   *[other] and {$count} more
}
window-stop-tip = Stops “{$title}”; what has arrived so far stays. The key stops all of them.

# Layouts and panels
window-layout-single = One pane
window-layout-single-tip = The pane with the keyboard, alone; a double click does the same and takes it back
window-layout-one-and-three = One large, three small
window-layout-one-and-three-tip = The pane with the keyboard becomes the large one; press again, or Tab, for another
window-layout-quad = Four panes
window-layout-quad-tip = Axial, coronal, sagittal and 3D, two by two
window-browser = Study browser
window-browser-tip = The list of what is open, at the left
window-display = Display panel
window-display-tip = Window, colours and slabs, at the right
window-larger = Larger interface
window-smaller = Smaller interface
window-usual-size = Usual size

# Start page and recent files
window-start-begin = Begin
window-start-recent = Opened last
window-start-no-recent = Nothing yet. What you open will be listed here, by file name and folder; names of patients are not kept.
window-recent = Open recent
window-recent-clear = Clear the list
window-recent-missing = not found
window-recent-forget = Forget {$name}
window-recent-forget-tip = Takes it off this list; the files stay
window-recent-several = {$name} and {$count ->
    [one] 1 more
   *[other] {$count} more
}
window-ago-now = just now
window-ago-minutes = {$count ->
    [one] 1 minute ago
   *[other] {$count} minutes ago
}
window-ago-hours = {$count ->
    [one] 1 hour ago
   *[other] {$count} hours ago
}
window-ago-days = {$count ->
    [one] yesterday
   *[other] {$count} days ago
}

# Help sheet
window-keys-mouse = Mouse
window-keys-search = Search
window-keys-none = No key or gesture has that in it.

# About
window-about = About Isocenter
window-about-version = Version {$version}
window-about-copy = Copy
window-about-copy-tip = Copies the version, for a report of something that is wrong
window-about-diagnosis = It is not certified, and nothing in it replaces a certified reading workstation.
window-about-license = Free software under the MIT or the Apache 2.0 licence, as you like.

# Settings page
window-settings = Settings
window-settings-tip = Theme, size, panes, mouse, and what is remembered
window-settings-look = Appearance
window-settings-theme = Theme
window-settings-dark = Dark
window-settings-light = Light
window-settings-system = As the system
window-settings-scale = Size of the interface
window-settings-panes = Panes
window-settings-layout = Layout
window-settings-sides = Patient's left is on the
window-settings-radiological = right of the screen (radiological)
window-settings-neurological = left (neurological)
window-settings-interpolation = Between voxels
window-settings-crosshair = Lines are drawn
window-settings-mouse = Mouse
window-settings-drag = Dragging the window up
window-settings-brighter = makes the picture brighter, not darker
window-settings-memory = Memory
window-settings-recent = Recent files
window-settings-recent-count = {$count ->
    [0] none
   *[other] {$count}
}
window-settings-all = All settings
window-settings-reset = As at first
window-settings-reset-tip = Everything on this page as at the first start; recent files and the place of the window stay
window-settings-kept = Kept in {$path}
window-settings-not-kept = Nothing is kept when the program ends: it knows no folder for your settings.
