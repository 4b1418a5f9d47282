# Words in the window.
