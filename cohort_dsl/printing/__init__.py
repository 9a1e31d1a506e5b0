"""How each construct is written, one file an area; each function gives a `Doc` for the layout."""
