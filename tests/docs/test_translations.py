"""Pages in Korean say what the English ones say: of the same state, with the same examples, headings and links."""

import re
from pathlib import Path

import pytest

from docs.site import translations

ROOT = Path(__file__).parents[2]
PAGES = translations.translations()
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
FRONT = ROOT / "docs" / "README.ko.md"

every_page = pytest.mark.parametrize("korean", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def linked(page: Path) -> set[Path]:
    """What a page refers to, but for itself in the other language."""
    targets = {(page.parent / target).resolve() for target in LINK.findall(prose(page))}
    return targets - {page, PAGES.get(page), *(korean for korean, english in PAGES.items() if english == page)}


def in_english(targets: set[Path]) -> set[Path]:
    """Pages, and pictures that have words, by what they are in English."""
    return {target.with_name(target.name.replace(".ko.", ".")) for target in targets}


@every_page
def test_a_page_is_of_the_present_state_of_the_english_one(korean: Path) -> None:
    """Where it fails, compare the two pages, then `python -m docs.site.translations PAGE` writes the new state."""
    assert korean not in translations.stale(), f"{PAGES[korean].relative_to(ROOT)} has changed since"


@every_page
def test_a_page_has_the_examples_of_the_english_one(korean: Path) -> None:
    assert translations.examples(korean) == translations.examples(PAGES[korean])


@every_page
def test_a_page_refers_to_what_the_english_one_does(korean: Path) -> None:
    """The front page may name a page more than once, and leads newcomers to where they begin."""
    assert in_english(linked(korean)) == in_english(linked(PAGES[korean]))


@every_page
def test_a_page_leads_to_pages_in_korean_where_there_are(korean: Path) -> None:
    assert linked(korean).isdisjoint(PAGES.values())


@pytest.mark.parametrize("korean", [page for page in PAGES if page != FRONT], ids=lambda page: page.stem)
def test_a_page_has_the_headings_of_the_english_one(korean: Path) -> None:
    """Of the same depths in the same order; the front page is in more sections than the English one."""
    depths = [re.findall(r"^#+ ", prose(page), re.M) for page in (korean, PAGES[korean])]
    assert depths[0] == depths[1]


@every_page
def test_bold_words_end_where_every_reader_of_markdown_sees_it(korean: Path) -> None:
    """CommonMark takes `**` for no end between a mark and a letter, and Korean has particles there."""
    assert re.findall(r"\*\*[^*\n]*[^\w\s*]\*\*\w", prose(korean)) == []


def test_both_pages_name_each_other() -> None:
    for korean, english in PAGES.items():
        assert f"*[English]({english.name})*" in korean.read_text()
        assert f"[한국어]({korean.name})" in english.read_text()


def test_a_change_of_the_prose_is_found_and_one_of_an_example_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(translations, "DOCS", tmp_path)
    english, korean = tmp_path / "page.md", tmp_path / "page.ko.md"
    english.write_text("# Page\n\nOne.\n\n```text\n1\n```\n")
    korean.write_text("# 쪽\n\n하나.\n\n```text\n1\n```\n")
    assert translations.main([]) == 1
    assert translations.main([str(korean)]) == 0
    assert translations.main([]) == 0
    english.write_text("# Page\n\nOne.\n\n```text\n2\n```\n")
    assert translations.stale() == []
    english.write_text("# Page\n\nTwo.\n\n```text\n2\n```\n")
    capsys.readouterr()
    assert translations.main([]) == 1
    assert "page.ko.md: its English page has changed" in capsys.readouterr().out
    translations.mark(korean)
    assert translations.stale() == []
    assert korean.read_text().count("<!-- translates") == 1
