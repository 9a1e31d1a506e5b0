"""What a search for variants takes."""

MOST_CHARACTERS = 200
"""Of a text to search for."""

MOST_BASES = 5_000_000
"""Of a region; the longest genes have half of it."""

SPELLINGS = ("rs11591147", "1-55039974-G-T", "NM_174936.4:c.137G>T", "PCSK9:p.Arg46Leu", "PCSK9", "1:55039447-55064852")
"""One of each kind."""
