"""Pages of published numbers: what a reader sees of the cube, in both processes, whatever the address says."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.dashboards.rules import rule_in_korean
from api.published.app import create_public_app
from api.published.content import Published
from api.rates import Rates
from api.settings import ServerSettings
from engine import Cube
from engine.catalog.published import NAMED_RULE, RULES
from engine.pipeline.cube import build_cube
from engine.pipeline.cube_genotypes import RULE
from engine.session import EngineSettings
from schemas.cube import CubeFamily
from schemas.policy import DEFAULT_POLICY
from tests.cube.conftest import Fixed
from tests.lib.servers import application

E11 = "/public/category?family=conditions&code=E11"
ADDRESSES = [
    "/public", "/public/list", "/public/list?family=drugs", "/public/list?family=survey&order=persons",
    "/public/list?family=conditions&search=당뇨&measure=share", E11, f"{E11}&view=region", f"{E11}&measure=share",
    f"{E11}&view=region&measure=share", "/public/category?family=resource&code=everybody",
    "/public/category?family=resource&code=everybody&view=race", f"{E11}&view=year", f"{E11}&view=year&measure=share",
    "/public/category?family=survey&code=smoking.status=never&view=year",
]  # fmt: skip


@pytest.fixture(scope="module")
def settings(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    state = tmp_path_factory.mktemp("dashboard")
    return ServerSettings(releases=releases, state=state, release_id="phase0", fixed_deadlines=False, local_issuer=True)


@pytest.fixture(scope="module")
def cube(settings: ServerSettings) -> Cube:
    inside = EngineSettings(releases=settings.releases, state=settings.state, release_id=settings.release_id)
    return build_cube(inside, DEFAULT_POLICY, settings.cube_folder(), user="s", progress=lambda *_: None, noise=Fixed())


def client_of(cube: Cube | None) -> TestClient:
    app = create_public_app(Published(DEFAULT_POLICY, cube), Rates(), report_keys=Path("no-such-file"))
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def public(cube: Cube) -> Iterator[TestClient]:
    with client_of(cube) as client:
        yield client


def cells(page: str) -> list[list[str]]:
    """The rows of the page's tables, as texts."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_the_first_page_says_who_is_there_and_what_is_not(public: TestClient) -> None:
    page = public.get("/public").text
    # Everybody but person 0 permits it and has answered; nobody has genotypes.
    assert ["Everybody", "700 ± 59", "–"] in cells(page)
    assert ["With survey answers", "700 ± 59", "100.0 % (88.7–100.0)"] in cells(page)
    assert ["With genotypes", "&lt; 97", "&lt; 15.1 %"] in cells(page)
    assert 'href="/public/variants"' in page and "What is not in these lists is not published" in page
    assert [
        "everybody",
        "2026-09-01",
        "published tables: people, diagnoses, medicines, procedures, visits",
        "none",
    ] in cells(page)
    assert ["registered researchers", "2028-03-01", "all kinds of data", "also single common ones"] in cells(page)


def test_a_list_is_ordered_by_what_is_frequent_and_searched(public: TestClient) -> None:
    rows = cells(public.get("/public/list?family=conditions").text)
    assert [row[1] for row in rows[1:]] == ["E11", "I10", "Q99", "R99"]
    assert rows[1] == ["Type 2 diabetes", "E11", "400 ± 59", "57.1 % (47.8–67.3)"]
    assert rows[3][2:] == rows[4][2:] == ["&lt; 97", "&lt; 15.1 %"]
    assert [row[1] for row in cells(public.get("/public/list?family=survey").text)[1:3]] == [
        "smoking.status=never", "smoking.status=former"
    ]  # fmt: skip
    found = public.get("/public/list?family=conditions&search=당뇨&lang=ko").text
    assert [row[0] for row in cells(found)[1:]] == ["제2형 당뇨병"]
    assert "항목 1개" in found


def test_a_category_is_seen_by_sex_and_age_and_by_region(public: TestClient) -> None:
    page = public.get(E11).text
    assert re.search(r"<strong>400 ± 59</strong> persons\s*· 57.1 % \(47\.8–67\.3\) of everybody", page)
    # 200 of the 349 men who permit it, who are shown as 340
    assert ["male", "50-59", "200 ± 80", "58.8 % (34.0–90.6)"] in cells(page)
    assert ["female", "0-9", "&lt; 114", "–"] in cells(page)
    assert ["Busan", "200 ± 72", "58.8 % (36.3–86.9)"] in cells(public.get(f"{E11}&view=region").text)
    assert "<title>By sex and age</title>" in page
    assert "<title>By region</title>" in public.get(f"{E11}&view=region").text
    assert "58.8 % (36.3–86.9)</text>" in public.get(f"{E11}&view=region&measure=share").text


def test_ancestry_is_what_was_recorded_and_says_so(public: TestClient) -> None:
    """Who is shown has a row with a share of everybody; who is not is named, whether there is anybody or not."""
    page = public.get("/public").text
    assert "Ancestry, as recorded (OMOP race)" in page and "It is not genetic ancestry" in page
    assert ["Korean", "240 ± 79", "34.3 % (22.8–46.2)"] in cells(page)
    assert "Too few to show, or nobody: Chinese, Japanese, Vietnamese," in page
    korean = public.get("/public", headers={"accept-language": "ko"}).text
    assert "기록된 인종(OMOP race)" in korean and "유전적 조상이 아니며" in korean
    assert ["한국인", "240 ± 79", "34.3 % (22.8–46.2)"] in cells(korean) and "중국인, 일본인" in korean
    alone = public.get("/public/category?family=resource&code=records&view=race").text
    assert "It is not genetic ancestry" in alone
    assert ["White", "240 ± 79", "100.0 % (61.4–100.0)"] in cells(alone)
    assert ["Thai", "&lt; 112", "–"] in cells(alone)


def test_a_diagnosis_is_seen_by_the_year_of_its_first_record(public: TestClient) -> None:
    """Half had it first in 2018 and half in 2020; the share is of everybody, since nobody belongs to a year."""
    page = public.get(f"{E11}&view=year").text
    assert ["2018", "200 ± 80", "28.6 % (17.1–40.5)"] in cells(page)
    assert ["2019", "&lt; 113", "&lt; 17.6 %"] in cells(page)
    assert "Each person is counted once" in page and "Share of everybody in the resource" in page
    korean = public.get(f"{E11}&view=year", headers={"accept-language": "ko"}).text
    assert "첫 기록 연도에 한 번만" in korean and ["이전", "&lt; 113", "&lt; 17.6 %"] in cells(korean)


def test_an_answer_is_seen_by_the_year_it_was_given(public: TestClient) -> None:
    """An answer says when people were asked, which is no first record of anything."""
    never = "/public/category?family=survey&code=smoking.status=never&view=year"
    page = public.get(never).text
    assert ["2020", "180 ± 80", "25.7 % (14.2–37.6)"] in cells(page)
    assert ["2023", "160 ± 80", "22.9 % (11.4–34.7)"] in cells(page)
    assert "by year of the answer" in page.lower() and "first record" not in page
    korean = public.get(never, headers={"accept-language": "ko"}).text
    assert "응답 연도별" in korean and "첫 기록" not in korean


def test_a_list_has_the_views_that_were_paid_for(public: TestClient) -> None:
    people = public.get("/public/category?family=resource&code=everybody").text
    answers = public.get("/public/category?family=survey&code=smoking.status=never").text
    offered = [
        re.findall(r'<option value="(age|region|race|year)"', page) for page in (people, public.get(E11).text, answers)
    ]
    assert offered == [["age", "region", "race"], ["age", "region", "year"], ["age", "region", "year"]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_view_has_a_picture_with_its_table_and_its_source(public: TestClient, address: str) -> None:
    answer = public.get(address)
    assert answer.status_code == 200
    assert answer.text.count("<svg") == 2 and "<table" in answer.text
    drawn = ('class="whisker"', 'class="tone-0"', "nothing to draw")
    assert any(each in answer.text for each in drawn)
    assert "phase0" in answer.text and DEFAULT_POLICY.version in answer.text
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, max-age=600"
    assert re.findall(r"<script(?![^>]*(?:src=|type=\"application/json\"))|<style|\sstyle=|\son\w+=", answer.text) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', answer.text) == []
    korean = public.get(address, headers={"accept-language": "ko"}).text
    assert '<html lang="ko">' in korean and "공개 통계" in korean


def test_where_lists_come_from_is_said_in_korean(public: TestClient, cube: Cube) -> None:
    for family, tables in cube.families.items():
        if family is CubeFamily.GENOTYPES:
            continue  # a release without any of the variants, so a page without a source
        page = public.get(f"/public/list?family={family.value}", headers={"accept-language": "ko"}).text
        assert rule_in_korean(tables.entry.rule) in page and f">{tables.entry.rule}<" not in page
    assert all(rule_in_korean(rule) for rule in (*RULES, NAMED_RULE, RULE))
    assert rule_in_korean("a rule of another version") is None


def test_both_processes_show_the_same(settings: ServerSettings, public: TestClient) -> None:
    with TestClient(application(settings), raise_server_exceptions=False) as main:
        for address in (*ADDRESSES, "/public/table.csv?family=conditions"):
            one, other = main.get(address), public.get(address)
            assert one.status_code == other.status_code == 200
            assert cells(one.text) == cells(other.text)
    assert 'href="/public" aria-current="page"' in public.get("/public/list").text
    assert public.get("/").url.path == "/public"


@pytest.mark.parametrize(
    ("address", "status", "field", "said"),
    [
        ("/public/list?family=genomes", 404, "family", "no such list"),
        ("/public/list?family=%00", 404, "family", "no such list"),
        ("/public/list?family=genotypes", 404, "family", "no such list"),
        ("/public/category?family=genotypes&code=rs671=reference", 404, "family", "no such list"),
        (f"/public/variants?search={'y' * 101}", 422, "search", "at most 100 characters"),
        ("/public/variants?page=0", 422, None, "must be a number from 1"),
        ("/public/category?family=genomes&code=E11", 404, "family", "no such list"),
        ("/public/category?family=conditions&code=F32", 404, "search", "no category with this code"),
        ("/public/category?family=conditions&code=<b>x</b>", 404, "search", "no category with this code"),
        (f"/public/list?search={'y' * 101}", 422, "search", "at most 100 characters"),
        ("/public/list?order=random", 422, "order", "no such choice"),
        ("/public/list?measure=rows", 422, "measure", "no such choice"),
        (f"{E11}&view=person", 422, "view", "no such choice"),
        (f"{E11}&view=race", 422, "view", "no such choice"),
        ("/public/category?family=resource&code=everybody&view=year", 422, "view", "no such choice"),
        (f"{E11}&measure=1", 422, "measure", "no such choice"),
        ("/public/list?page=0", 422, None, "must be a number from 1"),
        ("/public/list?page=1e9", 422, None, "must be a number from 1"),
        ("/public/list?page=٣", 422, None, "must be a number from 1"),
        ("/public/table.csv?family=conditions&code=F32", 404, "search", "no category with this code"),
    ],
)
def test_a_wrong_address_is_told_beside_its_field(
    public: TestClient, address: str, status: int, field: str | None, said: str
) -> None:
    answer = public.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    (message,) = re.findall(r'<(?:small|p)[^>]*class="wrong" role="alert">([^<]*)<', answer.text)
    assert said in message
    if field:
        assert f'id="{field}-wrong"' in answer.text and f'aria-describedby="{field}-wrong"' in answer.text
    assert "<b>x" not in answer.text


def test_what_is_typed_comes_back_as_text_and_finds_nothing_by_force(public: TestClient) -> None:
    typed = "\"><script>alert(1)</script>{{ 7*7 }}' OR 1=1 --"
    answer = public.get("/public/list", params={"family": "conditions", "search": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text and "49" not in cells(answer.text)
    assert "0 categories" in answer.text and "No category fits" in answer.text
    assert public.get("/public/list?page=999999").status_code == 200


def test_languages_and_pages_keep_what_was_asked(public: TestClient) -> None:
    page = public.get("/public/list?family=survey&search=smoke&measure=share").text
    assert "/public/list?family=survey&amp;search=smoke&amp;measure=share&amp;page=1&amp;lang=ko" in page
    page = public.get(f"{E11}&view=region").text
    assert "/public/category?family=conditions&amp;code=E11&amp;view=region&amp;lang=ko" in page


@pytest.mark.parametrize(
    ("query", "columns", "first"),
    [
        ("family=conditions", ["family", "code", "label"], ["conditions", "E11", "Type 2 diabetes", "400", "59", "", "0.571"]),
        ("family=conditions&code=E11&view=region", ["family", "code", "region"], ["conditions", "E11", "Busan", "200", "72", "", "0.588"]),
        ("family=conditions&code=E11&view=year", ["family", "code", "year"], ["conditions", "E11", "earlier", "", "", "113", ""]),
        ("family=resource&code=records&view=race", ["family", "code", "race"], ["resource", "records", "Korean", "240", "79", "", "1.0"]),
        ("family=conditions&search=rare", ["family", "code", "label"], ["conditions", "Q99", "Rare", "", "", "97", ""]),
    ],
)  # fmt: skip
def test_a_file_has_what_the_page_shows_and_its_source(
    public: TestClient, query: str, columns: list[str], first: list[str]
) -> None:
    answer = public.get(f"/public/table.csv?{query}")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="kohort-phase0-{first[0]}')
    heading, row, *_ = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[:3] == columns and heading[-2:] == ["release", "policy"]
    assert row[: len(first)] == first
    assert row[-2:] == ["phase0", f"{DEFAULT_POLICY.version}+rehearsal"]


def test_without_tables_the_page_says_when_there_will_be_some() -> None:
    with client_of(None) as client:
        page = client.get("/public")
        assert page.status_code == 200
        assert "No tables of this release are published yet" in page.text and "2027-03-01" in page.text
        for address in ("/public/list", E11, "/public/table.csv"):
            assert client.get(address).status_code == 404


def test_nothing_is_sent_to_these_pages(public: TestClient) -> None:
    assert public.post("/public/list", json={}).status_code == 405
