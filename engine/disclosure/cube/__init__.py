"""The public cube: drawing it once, and the folder it is published as."""
