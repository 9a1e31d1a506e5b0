"""The languages that people are spoken to in."""

from enum import Enum


class Language(Enum):
    """A language of pages, paraphrases and reports; the value is its BCP 47 tag."""

    ENGLISH = "en"
    KOREAN = "ko"
