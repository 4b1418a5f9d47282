# What the program without a window has to say.
app-job-demo = Making the demo study
app-job-scan = Reading {$path}
app-job-scan-several = Reading {$count} files and folders
app-job-load = Loading {$name}
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
