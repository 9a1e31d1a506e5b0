"""What tests of the workbench do again and again."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SERIOUS = ("serious", "critical")


def open_workbench(page: "Page", site: tuple[str, str], language: str = "en") -> None:
    """Sign in by the link that `make demo` prints, and wait for the first example to be judged."""
    address, token = site
    page.goto(f"{address}/?lang={language}#token={token}")
    page.wait_for_selector("#verdict.good")


def write(page: "Page", text: str) -> None:
    """Put a document into the editor, as the history and shared links do."""
    page.evaluate("text => document.dispatchEvent(new CustomEvent('kohort:open', {detail: {text}}))", text)


def written(page: "Page") -> str:
    """The editor's text, which the tab keeps as its draft."""
    return str(page.evaluate("sessionStorage.getItem('kohort-draft')"))


def type_at_end(page: "Page", text: str) -> None:
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def until_written(page: "Page", part: str) -> str:
    """Wait until the text has a part, and give the text."""
    page.wait_for_function("part => sessionStorage.getItem('kohort-draft').includes(part)", arg=part)
    return written(page)


def serious_faults(page: "Page", part: str | None = None) -> list[str]:
    """What axe finds to be seriously wrong for people who use assistive technology: rule and first element.

    With `part`, a selector, only there.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    violations: list[dict[str, Any]] = axe.Axe().run(page, part).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0].get('failureSummary', '')[:200]}"
        for each in violations
        if each["impact"] in SERIOUS
    ]
