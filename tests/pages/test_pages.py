"""The frame of all pages: words in both languages, the reader's language and theme, and what is vendored."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from api.language_words import language_choices, language_fields
from api.languages import Language
from api.pages import NAVIGATION, WEB
from cohort_dsl import ast
from tests.api.conftest import server, settings, tokens  # noqa: F401 - fixtures

WORDS = sorted({path.name.split(".")[0] for path in (WEB / "words").glob("*.json")})
TOGETHER = [("base", "workbench", "builder", "answers"), ("base", "precision"), ("base", "dashboard", "domains"),
            ("base", "questions", "answers"), ("base", "operations", "domains")]  # fmt: skip
LABELLED = ("Unit", "GroupKind", "CountOperator", "Domain", "Anchor", "Edge", "Mode", "Pick", "Keep", "RuleKind",
            "Zygosity", "ScoreScale", "Comparator", "PersonField", "DimensionKind", "Distinct", "Field", "TextOperator",
            "VariantField", "TrendDirection")  # fmt: skip
"""Choices of the language that cards show, which therefore have words of their own in each language."""


def words(name: str, language: Language) -> dict[str, str]:
    found: dict[str, str] = json.loads((WEB / "words" / f"{name}.{language.value}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(autouse=True)
def no_cookie_of_an_earlier_test(server: TestClient) -> None:  # noqa: F811
    """A language chosen by `?lang=` is kept in a cookie, and the client is shared."""
    server.cookies.clear()


@pytest.mark.parametrize("name", WORDS)
def test_both_languages_say_the_same_things(name: str) -> None:
    english, korean = words(name, Language.ENGLISH), words(name, Language.KOREAN)
    assert list(english) == list(korean)
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", korean[key])), key


@pytest.mark.parametrize("name", WORDS)
def test_no_key_is_a_method_of_a_dictionary(name: str) -> None:
    """A template's `words.keys` would be the method."""
    assert set(words(name, Language.ENGLISH)) & set(dir({})) == set()


@pytest.mark.parametrize("names", TOGETHER)
def test_files_of_one_page_do_not_say_one_thing_twice(names: tuple[str, ...]) -> None:
    counted = Counter(key for name in names for key in words(name, Language.ENGLISH))
    assert [key for key, times in counted.items() if times > 1] == []


def test_what_scripts_and_templates_say_has_words() -> None:
    known = {key for name in WORDS for key in words(name, Language.ENGLISH)}
    scripts = [*(WEB / "static").glob("*.js"), *(WEB / "static" / "builder").glob("*.js")]
    said = {key for path in scripts for key in re.findall(r'\bsay\("([^"]+)"', path.read_text(encoding="utf-8"))}
    templates = ["base.html", "signin.html", "workbench.html", "workbench_ask.html", "workbench_answers.html"]
    for name in [*templates, *(path.name for path in (WEB / "templates").glob("[dq]*.html"))]:
        said |= set(re.findall(r"\bwords\.(\w+)", (WEB / "templates" / name).read_text(encoding="utf-8")))
    assert said - known == set()


@pytest.mark.parametrize("language", Language)
def test_choices_that_cards_show_have_words(language: Language) -> None:
    known = words("builder", language)
    choices = language_choices()
    assert [f"{kind}_{value}" for kind in LABELLED for value in choices[kind] if f"{kind}_{value}" not in known] == []


@pytest.mark.parametrize("language", Language)
def test_kinds_of_events_and_questions_of_genotypes_have_words(language: Language) -> None:
    """The keys that scripts put together of a kind of node and a choice."""
    known = words("builder", language)
    choices = language_choices()
    asked = [f"asked_burden_{unit}" for unit in choices["BurdenUnit"]]
    asked += [f"asked_pair_{kind}" for kind in choices["PairKind"]] + [
        f"asked_phase_{each}" for each in choices["Phase"]
    ]
    kinds = [kind.__name__ for kind in get_args(ast.Events)]
    events = [f"events_{re.sub('(?<!^)(?=[A-Z])', ' ', kind).lower()}" for kind in kinds]
    assert [key for key in (*asked, *events) if key not in known] == []


def test_cards_know_the_largest_burden() -> None:
    script = (WEB / "static" / "builder" / "genotypes.js").read_text(encoding="utf-8")
    assert f"const MOST_BURDEN = {ast.MOST_BURDEN};" in script


def test_fields_are_offered_where_events_have_them() -> None:
    fields = language_fields()
    assert "value" in fields["of"]["measurement"] and "value" not in fields["of"]["visit"]
    assert fields["with_unit"]["measurement"] == ["value", "range low", "range high"]
    assert fields["abnormal"] == ["measurement"]
    assert fields["kinds"]["event"]["date"] == "date" and fields["kinds"]["person"]["race"] == "concept"


def test_the_library_is_the_one_that_was_built() -> None:
    vendored = WEB / "static" / "vendor"
    for line in (vendored / "SHA256SUMS").read_text(encoding="ascii").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((vendored / name).read_bytes()).hexdigest() == digest
    pinned = json.loads((WEB / "vendor" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    licences = (vendored / "LICENCES.txt").read_text(encoding="utf-8")
    assert [name for name, version in pinned.items() if f"{name} {version} (MIT)" not in licences] == []


@pytest.mark.parametrize(
    ("headers", "query", "language"),
    [
        ({}, "", "en"),
        ({"accept-language": "ko-KR,ko;q=0.9"}, "", "ko"),
        ({"accept-language": "ko"}, "?lang=en", "en"),
        ({"accept-language": "en", "cookie": "kohort-language=ko"}, "", "ko"),
        ({"cookie": "kohort-language=xx; kohort-theme=<script>"}, "?lang=../../x", "en"),
    ],
)
def test_the_reader_chooses_the_language(
    server: TestClient, headers: dict[str, str], query: str, language: str  # noqa: F811 - fixtures
) -> None:  # fmt: skip
    for _, path in NAVIGATION:
        reply = server.get(f"{path}{query}", headers=headers)
        assert reply.status_code == 200
        assert reply.headers["content-language"] == language
        assert f'<html lang="{language}">' in reply.text
        assert ("set-cookie" in reply.headers) is (query == "?lang=en")


def test_the_theme_is_the_cookies(server: TestClient) -> None:  # noqa: F811
    reply = server.get("/", headers={"cookie": "kohort-theme=dark"})
    assert '<html lang="en" data-theme="dark">' in reply.text


def test_pages_have_no_inline_script_or_style(server: TestClient) -> None:  # noqa: F811
    """Data for scripts is JSON, which no browser runs, and cannot end its element early."""
    for _, path in NAVIGATION:
        text = server.get(path).text
        assert re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))", text) == []
        assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text) == []
        assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


def test_scripts_ask_nobody_else() -> None:
    for path in Path(WEB / "static").rglob("*.js"):
        if "vendor" not in path.parts:
            urls = set(re.findall(r"https?://[\w./]+", path.read_text(encoding="utf-8")))
            assert urls <= {"http://www.w3.org/2000/svg"}, path
