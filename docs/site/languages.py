"""A page in Korean is one to the generator as well: MkDocs calls this for every page it is about to write.

The theme then speaks the language of the page, and its header leads to the same page in the other one, where there is
that; else to the front page. Nothing of MkDocs is imported, since only the generator's environment has it.
"""

from typing import Any

_KOREAN = ".ko.md"


def on_page_context(context: dict[str, Any], *, page: Any, config: Any, nav: Any) -> dict[str, Any]:
    """Set the language of the theme, and the pages that the switch of languages leads to."""
    here = page.file.src_uri
    urls = {each.file.src_uri: each.url for each in nav.pages}
    english = here.replace(_KOREAN, ".md")
    korean = english.replace(".md", _KOREAN)
    config.theme["language"] = "ko" if here.endswith(_KOREAN) else "en"
    config.extra["alternate"] = [
        {"name": "English", "lang": "en", "link": urls.get(english, "index.html")},
        {"name": "한국어", "lang": "ko", "link": urls.get(korean, "index.ko.html")},
    ]
    return context
