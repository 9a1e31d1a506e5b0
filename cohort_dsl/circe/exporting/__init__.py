"""The syntax tree to Circe's JSON: what Circe cannot say is refused with its place and what to do about it."""
