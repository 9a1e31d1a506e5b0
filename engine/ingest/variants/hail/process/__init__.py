"""Scripts that run in the Hail environment and nowhere else: they import hail and each other, and nothing of ours."""
