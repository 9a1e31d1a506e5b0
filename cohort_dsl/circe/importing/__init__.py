"""Circe's model to the syntax tree: each file reads one part, and says it in the plainest words of the language."""
