# What the program without a window has to say.
