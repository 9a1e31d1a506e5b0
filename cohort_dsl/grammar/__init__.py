"""The grammar, one file an area; each function reads one construct from a `TokenStream` or raises its problem."""
