"""Making a release: sources in, one verified and published folder out."""
