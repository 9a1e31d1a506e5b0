"""Write the style sheet of pictures for pages: `python -m api.pictures_style`. A test compares the two."""

from typing import Final

from api.client.pictures import PICTURE_STYLE
from api.pages import WEB

FILE: Final = WEB / "static" / "pictures.css"


def sheet() -> str:
    """The style sheet."""
    return f"/* Made by `python -m api.pictures_style`; do not edit. */\n{PICTURE_STYLE}"


if __name__ == "__main__":
    FILE.write_text(sheet(), encoding="utf-8")
