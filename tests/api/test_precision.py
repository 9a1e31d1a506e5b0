"""What answers are worth is told to anybody, in numbers and as a page in two languages, and takes no data."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from api.languages import Language, language_of
from api.noise_picture import pictures
from api.precision import precision_answer
from engine import Imagined
from schemas.access import Access
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision
from schemas.wire_precision import MOST_SIZE, PrecisionAnswer

SECRET = "S3CRET"


class Page(HTMLParser):
    """Tags with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def test_anybody_may_ask_what_an_answer_is_worth(server: TestClient) -> None:
    answer = PrecisionAnswer.model_validate(server.get("/v1/precision", params={"size": 120}).json())
    assert (answer.size, answer.policy_sha256) == (120, server.get("/v1/policy").json()["sha256"])
    assert [tier.tier for tier in answer.tiers] == [AccessTier.REGISTERED, AccessTier.CONTROLLED]
    count = next(
        each for each in answer.tiers[0].answers if (each.kind, each.precision) == ("count", Precision.STANDARD)
    )
    assert (count.margin, count.shown_from, count.price, count.a_year, count.open) == (44, 81, 1_250_000, 400, True)
    assert count.shown == pytest.approx(0.962, abs=0.001)


def test_no_size_makes_zero_a_number(server: TestClient) -> None:
    answer = PrecisionAnswer.model_validate(server.get("/v1/precision", params={"size": 0}).json())
    assert all(each.shown < 0.001 and each.relative is None for tier in answer.tiers for each in tier.answers)


@pytest.fixture(autouse=True)
def no_cookie_of_an_earlier_test(server: TestClient) -> None:
    """A language chosen by `?lang=` is kept in a cookie, and the client is shared."""
    server.cookies.clear()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "query.size"),
        ({"size": -1}, "query.size"),
        ({"size": MOST_SIZE + 1}, "query.size"),
        ({"size": "9" * 5_000}, "query.size"),
        ({"size": SECRET}, "query.size"),
        ({"size": "1.5"}, "query.size"),
        ({"size": 10, "cells": 1}, "query.cells"),
        ({"size": 10, "cells": 1_001}, "query.cells"),
        ({"size": 10, "steps": 0}, "query.steps"),
        ({"size": 10, "steps": 65}, "query.steps"),
    ],
    ids=range(10),
)
def test_a_number_outside_its_bounds_is_a_problem(server: TestClient, query: dict[str, str], field: str) -> None:
    reply = server.get("/v1/precision", params=query)
    assert (reply.status_code, reply.json()["code"]) == (422, "request-field")
    assert reply.json()["detail"].startswith(field)
    assert SECRET not in reply.text


def test_the_problem_says_which_numbers_may_stand_there(server: TestClient) -> None:
    problems = server.get("/v1/precision", params={"size": -1, "cells": 5_000}).json()["problems"]
    assert [problem["hint"] for problem in problems] == ["at least 0", "at most 1000"]


def test_what_is_not_open_today_says_so() -> None:
    """A grant may narrow precisions and budget; a tier without one has nothing open."""
    grant = next(grant for grant in DEFAULT_POLICY.grants if grant.precisions == (Precision.COARSE,))
    half = dataclasses.replace(
        DEFAULT_POLICY.of(AccessTier.REGISTERED).budget,
        project=DEFAULT_POLICY.of(AccessTier.REGISTERED).budget.project // 2,
    )
    granted: dict[AccessTier, Access | None] = {AccessTier.REGISTERED: dataclasses.replace(grant, budget=half)}
    registered, controlled = precision_answer(DEFAULT_POLICY, Imagined(size=500, cells=2, steps=2), granted).tiers
    assert {(each.precision, each.open) for each in registered.answers} == {
        (Precision.COARSE, True),
        (Precision.STANDARD, False),
    }
    assert registered.answers[0].a_year == 1_250
    assert not any(each.open for each in controlled.answers)


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, None, Language.ENGLISH),
        (None, "ko", Language.KOREAN),
        (None, "ko-KR,ko;q=0.9,en;q=0.8", Language.KOREAN),
        (None, "en-GB,ko;q=0.9", Language.ENGLISH),
        (None, "fr;q=0.9, ko;q=0.3, en;q=0.2", Language.KOREAN),
        (None, "ko;q=0", Language.ENGLISH),
        (None, "ko;q=nonsense", Language.ENGLISH),
        (None, "ko;q=" + "9" * 400, Language.ENGLISH),
        (None, "," * 10_000, Language.ENGLISH),
        ("ko", "en", Language.KOREAN),
        ("en", "ko", Language.ENGLISH),
        ("fr", "ko", Language.KOREAN),
        ("", "", Language.ENGLISH),
    ],
)
def test_the_reader_chooses_the_language_or_the_browser_does(
    chosen: str | None, accepted: str | None, language: Language
) -> None:
    assert language_of(chosen, accepted) is language


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("not</strong> a confidence interval", "Why zero is never shown")), ("ko", ("신뢰구간이", "왜 0명이라고"))],
)
def test_the_page_is_in_the_readers_language(server: TestClient, lang: str, words: tuple[str, ...]) -> None:
    for reply in (
        server.get("/precision", params={"lang": lang}),
        server.get("/precision", headers={"accept-language": lang}),
    ):
        assert (reply.status_code, reply.headers["content-language"]) == (200, lang)
        assert f'<html lang="{lang}">' in reply.text
        assert all(word in reply.text for word in words)
        assert not re.search(r"\{[0-9]?\}|\{\{|None", reply.text)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "query", [{}, {"size": 0}, {"size": 5}, {"size": MOST_SIZE}, {"size": 600, "tier": "controlled"}]
)
def test_the_page_shows_what_the_numbers_are(server: TestClient, lang: str, query: dict[str, str]) -> None:
    reply = server.get("/precision", params={"lang": lang, **query})
    page, size = Page(reply.text), query.get("size", 120)
    answer = PrecisionAnswer.model_validate(server.get("/v1/precision", params={"size": size}).json())
    tier = next(each for each in answer.tiers if each.tier.value == query.get("tier", "registered"))
    counts = [each for each in tier.answers if each.kind == "count"]
    assert len(page.all("figure")) == len(counts)
    for count in counts:
        assert f"±&nbsp;{count.margin:,.0f}" in reply.text
        assert f'<td class="number">{count.a_year:,}</td>' in reply.text


def test_the_page_can_be_used_without_seeing_it_and_without_scripts(server: TestClient) -> None:
    page = Page(server.get("/precision").text)
    labelled = {label["for"] for label in page.all("label")}
    asked = [field for field in page.all("input", "select") if field.get("type") != "hidden"]
    assert {field["id"] for field in asked} == labelled == {"size", "cells", "steps", "tier"}
    assert page.all("form") == [{"id": "calculator", "method": "get", "action": "/precision"}]
    assert page.all("th") and all(heading.get("scope") for heading in page.all("th"))
    drawn = [svg for svg in page.all("svg") if "viewbox" not in svg]
    assert drawn and all(svg["role"] == "img" and svg["aria-label"] for svg in drawn)
    assert not any(
        "style" in attributes or any(name.startswith("on") for name in attributes) for _, attributes in page.tags
    )
    scripts = page.all("script")
    assert [script["src"] for script in scripts if "src" in script] == ["/static/base.js", "/static/precision.js"]
    assert [script["type"] for script in scripts if "src" not in script] == ["application/json"]


def test_only_this_page_may_send_a_form_and_only_to_this_server(server: TestClient) -> None:
    policies = {path: server.get(path).headers["content-security-policy"] for path in ("/precision", "/", "/health")}
    assert "form-action 'self'" in policies["/precision"] and "unsafe" not in policies["/precision"]
    assert all("form-action 'none'" in policies[path] for path in ("/", "/health"))


@pytest.mark.parametrize("value", [SECRET, "-1", "1e3", "1000001", "9" * 4_000, "٣", "<script>", ""])
def test_a_wrong_number_is_pointed_out_and_not_echoed(server: TestClient, value: str) -> None:
    reply = server.get("/precision", params={"size": value, "cells": "7"})
    assert reply.status_code == 422
    fields = {field["id"]: field for field in Page(reply.text).all("input") if "id" in field}
    assert fields["size"].get("aria-invalid") == "true" and fields["size"]["value"] == "120"
    assert "aria-invalid" not in fields["cells"] and fields["cells"]["value"] == "7"
    assert "Enter a whole number from 0 to 1,000,000." in reply.text
    assert value == "" or len(value) < 3 or value not in reply.text


def test_thousands_may_be_separated(server: TestClient) -> None:
    assert 'value="12000"' in server.get("/precision", params={"size": " 12,000 "}).text


def test_what_the_tier_does_not_take_is_left_out_and_said(server: TestClient) -> None:
    text = server.get("/precision", params={"cells": "61", "lang": "en"}).text
    assert "tables of at most 60 cells" in text and "one of 61 cells" not in text
    assert (
        "one of 61 cells" in server.get("/precision", params={"cells": "61", "lang": "en", "tier": "controlled"}).text
    )


def test_the_main_page_leads_to_it_and_the_internal_door_has_none(
    server: TestClient, internal_server: TestClient
) -> None:
    assert 'href="/precision"' in server.get("/").text
    assert internal_server.get("/precision").status_code == 404
    assert internal_server.get("/v1/precision", params={"size": 9}).status_code == 200


@pytest.mark.parametrize("size", [0, 1, 60, 120, 500, 5_000, MOST_SIZE])
def test_a_picture_shows_the_size_between_the_ends_of_its_interval(size: int) -> None:
    for tier in precision_answer(DEFAULT_POLICY, Imagined(size=size, cells=2, steps=2)).tiers:
        for picture in pictures(size, [each for each in tier.answers if each.kind == "count"]):
            assert 0 <= picture.low <= picture.size <= picture.high <= 100
            assert picture.hidden or picture.shown
            assert picture.threshold is None or 0 < picture.threshold < 100
            if picture.answer.shown < 1e-6:
                assert picture.hidden and not picture.shown
