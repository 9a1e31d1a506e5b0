"""The public process: published tables over HTTP, and nothing that could reach a person's row."""
