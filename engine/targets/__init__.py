"""Where plans run. Targets are siblings that never import each other and all give the same answer."""
