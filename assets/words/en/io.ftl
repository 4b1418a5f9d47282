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
