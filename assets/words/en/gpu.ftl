# What drawing has to say.
gpu-no-adapter = there is no graphics adapter: install a graphics driver, or Mesa's software Vulkan (mesa-vulkan-drivers)
gpu-no-device = the graphics adapter {$adapter} cannot be used: {$why}
gpu-picture-size = a picture of {$width} × {$height} pixels cannot be drawn: each side must have 1 to {$most} pixels
gpu-out-of-memory = the graphics memory is full; close other volumes or programs
gpu-device-lost = the graphics device was lost: {$why}; start the program again
gpu-timeout = the graphics device did not finish the picture in time; close other programs that draw, or make the window smaller
gpu-refused = the graphics driver refused to draw: {$why}; a newer driver may help
gpu-coarse = shown at {$factors} of its resolution: the whole volume ({$dims} voxels) is too large for the graphics adapter
gpu-partly-coarse = parts are shown at {$factors} of their resolution: the whole volume ({$dims} voxels) is too large for the graphics adapter
gpu-coarse-mask = what is cut away is shown at {$share} of its resolution: a mask of the whole volume ({$dims} voxels) is too large for the graphics adapter
gpu-open-everywhere = crevices are not dark in all of the volumes: the graphics adapter cannot read so many textures for one picture
gpu-too-many-volumes = this is more than the graphics adapter can show in one picture: hide some of the volumes, label maps, slices or cuts
gpu-old-driver = {$driver} breaks when more than two volumes and label maps are in one picture: hide some, or install a newer driver (Mesa 23 or later)
gpu-given-up = it was given up
