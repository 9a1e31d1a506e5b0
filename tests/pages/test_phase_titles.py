"""Phases have a title in each language, from the policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.published.app import create_public_app
from api.published.content import Published
from api.rates import Rates
from schemas.errors import DataProblem
from schemas.policy import DEFAULT_POLICY
from schemas.policy_file import DEFAULT_FILE, parse_policy

TEXT = DEFAULT_FILE.read_text(encoding="utf-8")
PLAIN = "\n".join(line for line in TEXT.splitlines() if not line.startswith("title_ko"))


@pytest.fixture(params=[TEXT, PLAIN], ids=["translated", "plain"])
def page(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A public process under the policy that comes with the program, and under it without translations."""
    policy = parse_policy(request.param, name="policy")
    app = create_public_app(Published(policy, None), Rates(), report_keys=Path("no-such-file"))
    with TestClient(app) as client:
        yield client


def test_a_page_has_the_titles_of_its_language(page: TestClient, request: pytest.FixtureRequest) -> None:
    english, korean = (page.get("/public", headers={"accept-language": each}).text for each in ("en", "ko"))
    for phase in DEFAULT_POLICY.phases:
        title = phase.title.replace("'", "&#39;")
        assert title in english
        assert (str(phase.title_ko) if "translated" in request.node.name else title) in korean


def test_a_translation_is_no_other_policy() -> None:
    assert parse_policy(PLAIN, name="policy").sha256 == DEFAULT_POLICY.sha256
    assert all(phase.title_ko for phase in DEFAULT_POLICY.phases)


def test_a_title_in_korean_is_as_short_as_any() -> None:
    too_long = TEXT.replace('title_ko = "전장 유전체: 모든 변이"', f'title_ko = "{"가" * 121}"')
    with pytest.raises(DataProblem, match="title_ko"):
        parse_policy(too_long, name="policy")
