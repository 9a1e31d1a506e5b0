"""Answers as pictures: SVG text, drawn from the protected answer alone. A picture stands beside a table, never alone.

Intervals are drawn as whiskers or bands, hidden numbers as a dashed range with the words `< 37`. Colours are plain
attributes, so that a saved file looks right everywhere, under classes that a page's style sheet (`PICTURE_STYLE`)
takes over for light and dark.
"""

from api.client.pictures.drawing import PictureAnswer, PictureUnsuited, picture
from api.client.pictures.style import PICTURE_STYLE
from schemas.language import Language
from schemas.wire.pictures import ComparedCohorts, PictureKind

__all__ = ["PICTURE_STYLE", "ComparedCohorts", "Language", "PictureAnswer", "PictureKind", "PictureUnsuited", "picture"]
