"""Who computes what: a logical plan cut into fragments, each given to a kernel or a target that can do it."""
