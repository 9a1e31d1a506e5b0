"""Who carries what: the variants of a release, its calls, and people as sets."""
