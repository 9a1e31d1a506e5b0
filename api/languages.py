"""Which of the page's languages a reader wants."""

from schemas.language import Language

__all__ = ["Language", "language_of"]


def language_of(chosen: str | None, accepted: str | None) -> Language:
    """The chosen one if there is such a language, else the first that the browser accepts (`Accept-Language`, RFC 9110
    section 12.5.4), else English. Whatever is sent, it raises nothing.

    >>> language_of(None, "fr, ko-KR;q=0.8, en;q=0.5"), language_of("en", "ko")
    (<Language.KOREAN: 'ko'>, <Language.ENGLISH: 'en'>)
    """
    known = {language.value: language for language in Language}
    if chosen in known:
        return known[chosen]
    best, best_weight = Language.ENGLISH, 0.0
    for part in (accepted or "")[:500].split(","):
        tag, _, parameter = part.partition(";")
        language = known.get(tag.strip().lower().partition("-")[0])
        weight = _weight(parameter)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    """Of `q=0.8`; 1 without one, and 0, not wanted, where it cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    is_number = name.strip() == "q" and len(digits) <= 5 and digits.isascii() and digits.replace(".", "", 1).isdecimal()
    return min(float(digits), 1.0) if is_number else 0.0
