"""The problem of a name that is no variant's."""

from schemas.errors import AnalysisProblem

SPELLINGS = ("rs11591147", "1-55039974-G-T", "ENST00000302118.5:c.137G>T", "PCSK9:p.Arg46Leu")


def bad_variant(message: str, *, hint: str | None = None) -> AnalysisProblem:
    """What is wrong with the name; expected is an example of each kind of name."""
    return AnalysisProblem("bad-variant", message, expected=SPELLINGS, hint=hint)
