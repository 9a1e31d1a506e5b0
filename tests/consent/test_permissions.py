"""Who lets which purpose use their data: the rule table of DUO, written out by hand."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from engine.catalog.permissions import permits, permits_any
from schemas.consent import PERMISSION_CODES, Purpose, Research, is_permission

DIABETES, TYPE_2, CANCER = 1, 2, 3
KINDS = {(DIABETES, TYPE_2)}
HEALTH = Purpose(research=(Research.HEALTH,), institutions=("snuh",), project="p1", has_ethics_approval=True)
ON_DIABETES = replace(HEALTH, diseases=(DIABETES,))
ON_TYPE_2 = replace(HEALTH, diseases=(TYPE_2,))
ON_BOTH = replace(HEALTH, diseases=(TYPE_2, CANCER))
METHODS = replace(HEALTH, research=(Research.METHODS,))
GENERAL = replace(HEALTH, research=(Research.GENERAL,))
CONTROLS = replace(HEALTH, research=(Research.CONTROLS,))
ANCESTRY = replace(HEALTH, research=(Research.ANCESTRY,))
HEALTH_AND_METHODS = replace(ON_TYPE_2, research=(Research.HEALTH, Research.METHODS))
COMPANY = replace(HEALTH, is_for_profit=True)
SELLS = replace(HEALTH, is_commercial=True)

TABLE = [
    # permissions                  may be used for                                            but not for
    ("GRU", (HEALTH, ON_DIABETES, METHODS, GENERAL, CONTROLS, ANCESTRY, COMPANY, SELLS), ()),
    ("HMB", (HEALTH, ON_DIABETES, METHODS, CONTROLS, COMPANY), (GENERAL, ANCESTRY)),
    ("DS:1", (ON_DIABETES, ON_TYPE_2, HEALTH_AND_METHODS), (HEALTH, ON_BOTH, METHODS, GENERAL, CONTROLS, ANCESTRY)),
    ("DS:2", (ON_TYPE_2,), (ON_DIABETES, ON_BOTH)),
    ("DS:2 DS:3", (ON_TYPE_2, ON_BOTH), (ON_DIABETES,)),
    ("DS", (), (HEALTH, ON_DIABETES, GENERAL)),
    ("POA", (ANCESTRY,), (HEALTH, GENERAL)),
    ("GRU NPOA", (HEALTH, GENERAL), (ANCESTRY,)),
    ("GRU NMDS", (HEALTH, CONTROLS), (METHODS, replace(HEALTH, research=(Research.HEALTH, Research.METHODS)))),
    ("GRU NMDS DS:1", (HEALTH_AND_METHODS,), (METHODS,)),
    ("GRU GSO", (replace(HEALTH, is_genetic=True),), (HEALTH,)),
    ("GRU NPUNCU", (HEALTH,), (COMPANY, SELLS)),
    ("GRU NPU", (HEALTH, SELLS), (COMPANY,)),
    ("GRU NCU", (HEALTH, COMPANY), (SELLS,)),
    ("GRU IRB", (HEALTH,), (replace(HEALTH, has_ethics_approval=False),)),
    ("GRU COL", (replace(HEALTH, collaborates=True),), (HEALTH,)),
    ("GRU PUB", (replace(HEALTH, publishes=True),), (HEALTH,)),
    ("GRU RTN", (replace(HEALTH, returns_results=True),), (HEALTH,)),
    ("GRU GS:KR", (HEALTH,), (replace(HEALTH, countries=("KR", "US")), replace(HEALTH, countries=()))),
    ("GRU GS:US", (), (HEALTH,)),
    ("GRU IS:snuh", (HEALTH,), (replace(HEALTH, institutions=("snuh", "amc")), replace(HEALTH, institutions=()))),
    ("GRU PS:p1", (HEALTH,), (replace(HEALTH, project="p2"),)),
    ("GRU TS:2026-11-29", (HEALTH,), ()),
    ("GRU TS:2026-11-28", (), (HEALTH,)),
    ("GRU MOR:2026-11-29", (HEALTH,), ()),
    ("GRU MOR:2026-11-30", (), (HEALTH,)),
    ("GRU US:kim", (), (HEALTH,)),
    ("GRU RS:aging", (), (HEALTH,)),
    ("GRU XYZ", (), (HEALTH,)),
    ("NPU", (), (HEALTH, GENERAL)),
    ("", (), (HEALTH, GENERAL, ANCESTRY, METHODS, CONTROLS, ON_DIABETES)),
]


def is_permitted(permissions: str, purpose: Purpose) -> bool:
    return permits(
        permissions.split(), purpose, on=datetime.date(2026, 11, 29),
        covers=lambda allowed, disease: allowed == disease or (allowed, disease) in KINDS,
    )  # fmt: skip


@pytest.mark.parametrize(("permissions", "yes", "no"), TABLE, ids=[row[0] or "nothing" for row in TABLE])
def test_a_permission_is_for_these_purposes(permissions, yes, no):
    assert [is_permitted(permissions, purpose) for purpose in yes] == [True] * len(yes)
    assert [is_permitted(permissions, purpose) for purpose in no] == [False] * len(no)


def test_the_page_lists_every_code():
    page = (Path(__file__).parents[2] / "docs/reference/consent.md").read_text()
    rows = {
        line.split("`")[1].partition(":")[0]: line.split("|")[2].strip()
        for line in page.splitlines()
        if line[:3] == "| `"
    }
    assert rows == {code: each.duo.removeprefix("DUO:") for code, each in PERMISSION_CODES.items()}


def test_every_code_is_in_the_table_and_well_formed():
    texts = {text for row in TABLE for text in row[0].split()} - {"XYZ"}
    assert {text.partition(":")[0] for text in texts} == set(PERMISSION_CODES)
    assert all(is_permission(text) for text in texts)


@pytest.mark.parametrize(
    "text", ["gru", "GRU ", "GRU:1", "DS:", "DS:E11", "DS:0", "GS", "GS:KOR", "TS:soon", "PS:a b", "'", ""]
)
def test_what_is_no_permission(text):
    assert not is_permission(text)


def test_every_restriction_stands_against_a_question_of_no_project():
    restrictions = [code for code, each in PERMISSION_CODES.items() if not each.is_use]
    assert permits_any(["GRU"], ["GRU", "HMB"])
    assert permits_any(["DS:1", "HMB"], ["GRU", "HMB"])
    assert not permits_any(["DS:1"], ["GRU", "HMB"])
    assert not any(permits_any(["GRU", code], ["GRU", "HMB"]) for code in (*restrictions, "XYZ"))
